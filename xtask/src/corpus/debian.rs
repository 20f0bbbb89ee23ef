//! A Debian package, downloaded and unpacked without being installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::files;
use crate::packages::Apt;
use crate::process;

/// A package that was unpacked.
pub struct Unpacked {
    /// Where its files lie, as below `/`.
    pub folder: PathBuf,
    pub version: String,
}

/// Downloads and unpacks the package in the folder `work`.
pub fn fetch(package: &str, work: &Path) -> Result<Unpacked> {
    if process::find("apt-get").is_none() || process::find("dpkg-deb").is_none() {
        bail!(
            "expected apt-get and dpkg-deb to fetch {package}, found none: run this on Debian or Ubuntu (a container will do)"
        );
    }
    let download = || {
        process::run(
            Command::new("apt-get")
                .args(["download", "-q", "-o", "APT::Sandbox::User=root", package])
                .current_dir(work),
        )
    };
    if download().is_err() {
        let apt = Apt::find().with_context(|| {
            format!("apt does not know {package} and we may not update its lists: run `sudo apt-get update` first")
        })?;
        apt.update()?;
        download()?;
    }
    let archive = files(work, "deb")?
        .pop()
        .with_context(|| format!("expected {package} as a .deb in {}, found none", work.display()))?;
    let folder = work.join("unpacked");
    process::run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&folder))?;
    let version = process::output(Command::new("dpkg-deb").arg("-f").arg(&archive).arg("Version"))?;
    Ok(Unpacked { folder, version: version.trim().to_owned() })
}
