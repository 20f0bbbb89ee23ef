//! The widget into dist/: the application as WebAssembly with its glue, the loader, the styles and the words.
//!
//! Trunk does it, as Trunk.toml and index.html say. It is run offline so that it uses the wasm-bindgen that `tools` made
//! sure of, or complains, and never fetches another; hence the `cargo fetch` before it. Two things are then left out of the
//! module that a visitor would download for nothing: the names of functions, and the folders of the machine it was built
//! on, which also differ from machine to machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::{self, Tools, WASM};
use crate::{finish, process};

/// Where the built widget is; the command carries it inside.
pub const DIST: &str = "dist";

/// What must be in [`DIST`] after a build; the words are a file per language beside them.
pub const FILES: [&str; 4] = ["svar.js", "svar-widget.js", MODULE, "widget.css"];

const MODULE: &str = "svar-widget_bg.wasm";

/// The folder of the words on screen, in [`DIST`].
pub const WORDS: &str = "words";

/// The standard library is compiled with the widget, for size, and a panic is a trap without a message: measured 108 kB
/// brotli before and 96 kB after, on the same code. Both are unstable features of cargo and rustc, hence `RUSTC_BOOTSTRAP`; plain
/// `trunk build` does without them, and all else in the workspace too.
const STD_FROM_SOURCE: [(&str, &str); 3] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];

/// Builds the widget. Cargo itself sees when nothing changed.
pub fn run(tools: &Tools) -> Result<()> {
    if !Path::new("index.html").is_file() {
        bail!(
            "expected index.html at the repository's root, found none: Trunk reads from it what belongs to the widget"
        );
    }
    process::run(process::cargo().args(["fetch", "--quiet", "--target", WASM]).envs(STD_FROM_SOURCE))?;
    let mut trunk = tools.command("trunk");
    trunk.args(["build", "--offline", "--release", "--cargo-profile", "widget", "--dist", DIST]);
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk 0.21 takes NO_COLOR=1, as everybody sets it, for a wrong argument.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    let mut flags = shorter_paths()?;
    flags.extend(["-Zunstable-options".to_owned(), "-Cpanic=immediate-abort".to_owned()]);
    trunk.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).envs(STD_FROM_SOURCE);
    process::run(&mut trunk)?;
    let missing: Vec<&str> =
        FILES.into_iter().chain([WORDS]).filter(|file| !Path::new(DIST).join(file).exists()).collect();
    if !missing.is_empty() {
        bail!(
            "expected {} in {DIST}/ after building, found none: index.html must name what to copy (data-trunk)",
            missing.join(", ")
        );
    }
    finish::run(tools, Path::new(DIST), MODULE, "svar-widget.js", &["svar.js", "widget.css"])
}

/// What tells rustc to write `yew-0.23.0/src/…` into panic messages instead of the way there on this machine.
fn shorter_paths() -> Result<Vec<String>> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let mut folders = vec![std::env::current_dir()?, Path::new(sysroot.trim()).join("lib/rustlib/src/rust")];
    if let Some(home) = tools::cargo_home() {
        // A folder per registry; its name has a hash of the registry's address in it.
        let registries = std::fs::read_dir(home.join("registry/src")).into_iter().flatten();
        folders.extend(
            registries
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .collect::<std::collections::BTreeSet<PathBuf>>(),
        );
    }
    Ok(folders.iter().map(|folder| format!("--remap-path-prefix={}/=", folder.display())).collect())
}
