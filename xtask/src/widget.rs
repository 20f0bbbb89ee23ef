//! The widget into dist/: the application as WebAssembly with its glue, the loader, the styles and the words.
//!
//! Trunk does it, as Trunk.toml and index.html say. It is run offline so that it uses the wasm-bindgen that `tools` made
//! sure of, or complains, and never fetches another; hence the `cargo fetch` before it.

use std::path::Path;

use anyhow::{Result, bail};

use crate::process;
use crate::tools::{Tools, WASM};

/// Where the built widget is; the command carries it inside.
pub const DIST: &str = "dist";

/// What must be in [`DIST`] after a build; the words are a file per language beside them.
pub const FILES: [&str; 4] = ["svar.js", "svar-widget.js", "svar-widget_bg.wasm", "widget.css"];

/// The folder of the words on screen, in [`DIST`].
pub const WORDS: &str = "words";

/// Builds the widget. Cargo itself sees when nothing changed.
pub fn run(tools: &Tools) -> Result<()> {
    if !Path::new("index.html").is_file() {
        bail!(
            "expected index.html at the repository's root, found none: Trunk reads from it what belongs to the widget"
        );
    }
    process::run(process::cargo().args(["fetch", "--quiet", "--target", WASM]))?;
    let mut trunk = tools.command("trunk");
    trunk.args(["build", "--offline", "--release", "--cargo-profile", "widget", "--dist", DIST]);
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk 0.21 takes NO_COLOR=1, as everybody sets it, for a wrong argument.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    process::run(&mut trunk)?;
    let missing: Vec<&str> =
        FILES.into_iter().chain([WORDS]).filter(|file| !Path::new(DIST).join(file).exists()).collect();
    if !missing.is_empty() {
        bail!(
            "expected {} in {DIST}/ after building, found none: index.html must name what to copy (data-trunk)",
            missing.join(", ")
        );
    }
    Ok(())
}
