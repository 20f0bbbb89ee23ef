//! What cargo knows about this checkout: its root, where results go, which crates there are and what they use.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// Makes the repository's root the current folder, so that every path in this program is written as in the documentation.
pub fn enter() -> Result<()> {
    let own =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = own.parent().unwrap_or(Path::new("."));
    std::env::set_current_dir(root).with_context(|| format!("expected the checkout at {}", root.display()))
}

/// The crates of this workspace and the folder where cargo puts results.
pub struct Workspace {
    pub packages: Vec<Package>,
    pub target: PathBuf,
}

/// One crate of ours and the crates of the workspace that it uses outside its tests.
pub struct Package {
    pub name: String,
    pub uses: Vec<String>,
}

impl Workspace {
    /// Asks `cargo metadata`.
    pub fn read() -> Result<Workspace> {
        let text = process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        Workspace::parse(&text)
    }

    fn parse(metadata: &str) -> Result<Workspace> {
        let metadata: Value = serde_json::from_str(metadata).context("`cargo metadata` did not answer in JSON")?;
        let target = metadata["target_directory"].as_str().context("`cargo metadata` names no target_directory")?;
        let listed = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
        let names: Vec<&str> = listed.iter().filter_map(|package| package["name"].as_str()).collect();
        let packages = listed
            .iter()
            .filter_map(|package| {
                let dependencies = package["dependencies"].as_array()?;
                let uses = dependencies
                    .iter()
                    .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                    .filter_map(|dependency| dependency["name"].as_str())
                    .filter(|name| names.contains(name))
                    .map(str::to_owned)
                    .collect();
                Some(Package { name: package["name"].as_str()?.to_owned(), uses })
            })
            .collect();
        Ok(Workspace { packages, target: PathBuf::from(target) })
    }

    /// Whether the workspace has a crate of that name.
    pub fn has(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_others_and_test_dependencies_are_left_out() {
        let workspace = Workspace::parse(
            r#"{"target_directory": "/t", "packages": [
                {"name": "svar-search", "dependencies": [
                    {"name": "svar-index", "kind": null}, {"name": "fst", "kind": null}, {"name": "svar-outcome", "kind": "dev"}]},
                {"name": "svar-index", "dependencies": []},
                {"name": "svar-outcome", "dependencies": []}]}"#,
        )
        .expect("well formed");
        assert_eq!(workspace.target, Path::new("/t"));
        assert_eq!(workspace.packages[0].uses, ["svar-index"]);
        assert!(workspace.has("svar-outcome") && !workspace.has("fst"));
    }
}
