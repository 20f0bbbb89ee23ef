//! `cargo xtask build`: the widget, then the command with the widget inside.

use std::path::PathBuf;

use anyhow::Result;

use crate::tools::Tools;
use crate::workspace::Workspace;
use crate::{process, widget};

/// Builds both and returns the command's file.
pub fn run(tools: &Tools) -> Result<PathBuf> {
    widget::run(tools)?;
    process::run(process::cargo().args(["build", "--release", "--package", "svar-cli"]))?;
    binary()
}

/// Where `cargo build --release` puts the command.
pub fn binary() -> Result<PathBuf> {
    Ok(process::executable(&Workspace::read()?.target.join("release"), "svar"))
}
