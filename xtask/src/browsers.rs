//! What the browser journeys need: Chromium, Firefox, Node with npm, and the packages of tests/browser.
//!
//! Building and the demo need none of this. Where apt may install, it does; elsewhere the error says what to install.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::{self, Apt};
use crate::process;
use crate::tools::{Tools, Version};

/// The first Node whose test runner knows `--test-concurrency`, which the journeys are run with.
const NODE: Version = Version { major: 20, minor: 10, patch: 0 };

const FOLDER: &str = "tests/browser";

/// Where the browsers are. Node and npm are in PATH.
pub struct Browsers {
    pub chromium: PathBuf,
    pub firefox: PathBuf,
}

impl Browsers {
    /// Finds browsers, Node and its packages, and installs what is missing.
    pub fn ensure(tools: &Tools) -> Result<Browsers> {
        install_missing(&[("chromium", chromium), ("firefox-esr", firefox)])?;
        let chromium = checked_chromium()?;
        let firefox = firefox().context(
            "expected Firefox, found none: install firefox-esr or firefox, or name its file in SVAR_FIREFOX",
        )?;
        check_node()?;
        node_packages(tools, FOLDER)?;
        println!("chromium: {}", chromium.display());
        println!("firefox: {}", firefox.display());
        Ok(Browsers { chromium, firefox })
    }
}

/// Finds Chromium, Node and npm, and installs what is missing: for the bench, which asks no other browser.
pub fn chromium_and_node() -> Result<PathBuf> {
    install_missing(&[("chromium", chromium)])?;
    let chromium = checked_chromium()?;
    check_node()?;
    println!("chromium: {}", chromium.display());
    Ok(chromium)
}

fn checked_chromium() -> Result<PathBuf> {
    chromium()
        .context("expected Chromium, found none: install chromium or google-chrome, or name its file in SVAR_CHROMIUM")
}

fn check_node() -> Result<()> {
    match node() {
        Some(found) if found >= NODE => println!("node {found}"),
        Some(found) => bail!("expected Node {NODE} or later, found {found}: install it from nodejs.org"),
        None => bail!("expected Node {NODE} or later, found none: install it from nodejs.org"),
    }
    if process::find("npm").is_none() {
        bail!("expected npm beside Node, found none: install npm");
    }
    Ok(())
}

fn chromium() -> Option<PathBuf> {
    named("SVAR_CHROMIUM", &["chromium", "google-chrome", "chromium-browser"])
}

fn firefox() -> Option<PathBuf> {
    named("SVAR_FIREFOX", &["firefox-esr", "firefox"])
}

fn named(variable: &str, programs: &[&str]) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(file) => Some(PathBuf::from(file)).filter(|file| file.is_file()),
        None => programs.iter().find_map(|program| process::find(program)),
    }
}

fn node() -> Option<Version> {
    process::output(Command::new("node").arg("--version")).ok().as_deref().and_then(Version::in_text)
}

/// A package of apt's, and what finds its program.
type Wanted = (&'static str, fn() -> Option<PathBuf>);

/// One apt run for everything missing, Node included. Does nothing without apt or without the right to use it.
fn install_missing(wanted: &[Wanted]) -> Result<()> {
    let mut missing: Vec<&str> =
        wanted.iter().filter(|(_, find)| find().is_none()).map(|(package, _)| *package).collect();
    let lacks_node = node().is_none_or(|found| found < NODE) || process::find("npm").is_none();
    if missing.is_empty() && !lacks_node {
        return Ok(());
    }
    let Some(apt) = Apt::find() else { return Ok(()) };
    apt.update()?;
    // Debian 12 has Node 18: installing it would cost minutes and still not do.
    if lacks_node
        && packages::candidate("nodejs").as_deref().and_then(Version::in_text).is_some_and(|offered| offered >= NODE)
    {
        missing.extend(["nodejs", "npm"]);
    }
    if missing.is_empty() {
        return Ok(());
    }
    println!("installing {} (once; 1 to 3 minutes)", missing.join(", "));
    apt.install(&missing)
}

/// Whether Node is there and new enough, with npm.
pub fn has_node() -> bool {
    node().is_some_and(|found| found >= NODE) && process::find("npm").is_some()
}

/// What `folder`'s lock file names, installed unless it is.
pub fn node_packages(tools: &Tools, folder: &str) -> Result<()> {
    let lock = Path::new(folder).join("package-lock.json");
    let wanted =
        lock.metadata().and_then(|file| file.modified()).with_context(|| format!("expected {}", lock.display()))?;
    // npm writes this file last.
    let installed =
        Path::new(folder).join("node_modules/.package-lock.json").metadata().and_then(|file| file.modified());
    if installed.is_ok_and(|installed| installed >= wanted) {
        return Ok(());
    }
    println!("installing the Node packages of {folder} (a few seconds)");
    process::run(tools.command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder))
}
