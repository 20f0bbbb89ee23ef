//! What building needs beyond cargo: the wasm target, wasm-bindgen and Trunk. What is missing is installed.
//!
//! wasm-bindgen's command must have the very version of the library in Cargo.lock, or it refuses the module; the lock file
//! is the one place that says which. Tools are looked for in PATH and in cargo's own bin folder, and what was found there
//! is put in front of the PATH that child processes see. Browsers and Node are in `browsers`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use crate::{process, workspace::Workspace};

/// The target that the widget is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The Trunk that is installed if there is none. Any later 0.21 serves as well.
const TRUNK: Version = Version { major: 0, minor: 21, patch: 14 };

/// The tools of a build, found or installed.
pub struct Tools {
    path: OsString,
}

impl Tools {
    /// Finds every tool and installs what is missing, saying so.
    pub fn ensure() -> Result<Tools> {
        wasm_target()?;
        standard_library_source()?;
        let lock = std::fs::read_to_string("Cargo.lock").context("expected Cargo.lock at the repository's root")?;
        let wanted = locked(&lock, "wasm-bindgen")
            .context("expected wasm-bindgen in Cargo.lock: does the root package still use it?")?;
        let bindgen = find("wasm-bindgen", |found| found == wanted);
        let bindgen =
            bindgen.map_or_else(|| install("wasm-bindgen", "wasm-bindgen-cli", wanted, false, "3 to 5 minutes"), Ok)?;
        let fits =
            |found: Version| found.major == TRUNK.major && found.minor == TRUNK.minor && found.patch >= TRUNK.patch;
        let trunk =
            find("trunk", fits).map_or_else(|| install("trunk", "trunk", TRUNK, true, "5 to 10 minutes"), Ok)?;
        println!("wasm-bindgen {wanted}: {}", bindgen.display());
        println!("trunk {}: {}", version_of(&trunk).unwrap_or(TRUNK), trunk.display());
        Ok(Tools { path: path_with(&[&bindgen, &trunk])? })
    }

    /// A command that finds the same tools as we did.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.path);
        command
    }
}

fn wasm_target() -> Result<()> {
    let folder = process::output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    if process::find("rustup").is_none() {
        bail!(
            "expected Rust's {WASM} target, found neither it nor rustup: install Rust with rustup.rs, or your system's package of that target"
        );
    }
    println!("installing Rust's {WASM} target (about half a minute)");
    process::run(Command::new("rustup").args(["target", "add", WASM]))
}

/// The widget's standard library is compiled with it.
fn standard_library_source() -> Result<()> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
        return Ok(());
    }
    if process::find("rustup").is_none() {
        bail!(
            "expected the source of Rust's standard library, found neither it nor rustup: install Rust with rustup.rs, or your system's package of it (rust-src)"
        );
    }
    println!("installing the source of Rust's standard library (about half a minute)");
    process::run(Command::new("rustup").args(["component", "add", "rust-src"]))
}

/// The file of the first such tool whose version fits, in PATH and then in cargo's bin folder.
fn find(program: &str, fits: impl Fn(Version) -> bool) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(cargo_bin());
    folders
        .map(|folder| process::executable(&folder, program))
        .filter(|file| file.is_file())
        .find(|file| version_of(file).is_some_and(&fits))
}

fn version_of(file: &Path) -> Option<Version> {
    process::output(Command::new(file).arg("--version").env_remove("NO_COLOR"))
        .ok()
        .as_deref()
        .and_then(Version::in_text)
}

fn cargo_bin() -> Option<PathBuf> {
    cargo_home().map(|home| home.join("bin"))
}

/// Where cargo keeps what it downloads and installs.
pub fn cargo_home() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

fn install(program: &str, package: &str, version: Version, locked: bool, patience: &str) -> Result<PathBuf> {
    println!("installing {package} {version} (once; compiles it, {patience} on two cores)");
    let version = version.to_string();
    let mut command = process::cargo();
    command.args(["install", package, "--version", &version]);
    if locked {
        command.arg("--locked");
    }
    // A folder of its own: the workspace's build cache stays as it is, and an interrupted install goes on where it was.
    command.env("CARGO_TARGET_DIR", Workspace::read()?.target.join("tools"));
    process::run(&mut command).with_context(|| {
        format!("could not install {package} {version}; by hand: cargo install {package} --version {version}")
    })?;
    let wanted = Version::in_text(&version);
    find(program, |found| Some(found) == wanted)
        .ok_or_else(|| anyhow!("expected {program} {version} in PATH or in cargo's bin folder after installing it, found none: is another install root set (CARGO_INSTALL_ROOT)?"))
}

/// PATH with the tools' folders in front, so that an older tool of the same name is not found first.
fn path_with(files: &[&Path]) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = files.iter().filter_map(|file| file.parent()).map(Path::to_owned).collect();
    folders.extend(std::env::split_paths(&path));
    std::env::join_paths(folders).context("a folder in PATH cannot be passed on")
}

/// The version of a package in a Cargo.lock; none if it is not there or written in an unknown way.
fn locked(lock: &str, package: &str) -> Option<Version> {
    let lock: toml::Table = lock.parse().ok()?;
    let packages = lock.get("package")?.as_array()?;
    let found = packages.iter().find(|entry| entry.get("name").and_then(|name| name.as_str()) == Some(package))?;
    Version::in_text(found.get("version")?.as_str()?)
}

/// Three numbers; what follows them (a pre-release, a commit) is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

impl Version {
    /// The first word of the text that reads as a version, with or without a leading `v`.
    pub fn in_text(text: &str) -> Option<Version> {
        text.split_whitespace().find_map(|word| {
            let mut numbers = word.trim_start_matches('v').split(['.', '-', '+']).map(str::parse);
            match (numbers.next()?, numbers.next()?, numbers.next()?) {
                (Ok(major), Ok(minor), Ok(patch)) => Some(Version { major, minor, patch }),
                _ => None,
            }
        })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(major: u32, minor: u32, patch: u32) -> Option<Version> {
        Some(Version { major, minor, patch })
    }

    #[test]
    fn versions_are_found_in_what_tools_print() {
        let check = |text: &str, expected: Option<Version>| assert_eq!(Version::in_text(text), expected, "{text}");
        check("wasm-bindgen 0.2.130", version(0, 2, 130));
        check("trunk 0.21.14\n", version(0, 21, 14));
        check("v20.20.2\n", version(20, 20, 2));
        check("trunk 0.22.0-beta.1 (4c3a7f)", version(0, 22, 0));
        check("18.20.4+dfsg-1~deb12u1", version(18, 20, 4));
        check("wasm-bindgen", None);
        check("", None);
    }

    #[test]
    fn the_lock_file_says_which_wasm_bindgen() {
        let lock = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\ndependencies = [\n \"cfg-if\",\n]\n";
        assert_eq!(locked(lock, "wasm-bindgen"), version(0, 2, 130));
        assert_eq!(locked(lock, "trunk"), None);
        assert_eq!(locked("not a lock file", "trunk"), None);
    }
}
