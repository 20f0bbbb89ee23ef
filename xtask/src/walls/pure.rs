//! Pure crates compile for the browser without knowing that there is one: nothing of wasm-bindgen in their tree.

use anyhow::Result;

use crate::process;
use crate::tools::WASM;
use crate::workspace::Workspace;

const PURE: [&str; 5] = ["svar-analysis", "svar-index", "svar-search", "svar-session", "svar-outcome"];

/// What gives a crate a browser, a clock or randomness behind its back.
const FORBIDDEN: [&str; 6] = ["wasm-bindgen", "js-sys", "web-sys", "getrandom", "gloo", "instant"];

/// Forbidden crates in the trees of the pure ones. That they compile for wasm is an error of its own.
pub fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let pure: Vec<&str> = PURE.into_iter().filter(|name| workspace.has(name)).collect();
    let mut found: Vec<String> = PURE
        .iter()
        .filter(|name| !workspace.has(name))
        .map(|name| format!("{name}: expected in the workspace, found none"))
        .collect();
    let mut check = process::cargo();
    check.args(["check", "--quiet", "--target", WASM]);
    for name in pure {
        let tree = process::output(process::cargo().args([
            "tree",
            "--package",
            name,
            "--target",
            WASM,
            "-e",
            "normal",
            "--prefix",
            "none",
        ]))?;
        found.extend(forbidden_in(&tree).into_iter().map(|used| {
            format!("{name} has {used} in its tree; `cargo tree -p {name} --target {WASM} -e normal -i {used}` says through what")
        }));
        check.args(["--package", name]);
    }
    process::run(&mut check)?;
    Ok(found)
}

fn forbidden_in(tree: &str) -> Vec<&'static str> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    FORBIDDEN.into_iter().filter(|forbidden| names.contains(forbidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_whole() {
        assert_eq!(forbidden_in("svar-index v0.1.0 (/x)\nfst v0.4.7\njs-sys-like v1.0.0\n"), Vec::<&str>::new());
        assert_eq!(
            forbidden_in("svar-index v0.1.0\ngetrandom v0.3.1\nwasm-bindgen v0.2.130 (*)\n"),
            ["wasm-bindgen", "getrandom"]
        );
    }
}
