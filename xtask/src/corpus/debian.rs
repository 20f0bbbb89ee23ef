//! A Debian package, downloaded and unpacked without being installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::files;
use crate::packages::Apt;
use crate::process;

/// A package that was unpacked.
pub struct Unpacked {
    /// Its name, or that of the package that it stands for.
    pub package: String,
    /// Where its files lie, as below `/`.
    pub folder: PathBuf,
    pub version: String,
}

/// Downloads and unpacks the package in the folder `work`. A package such as `python3-doc`, which has nothing in it and
/// depends on the release's `python3.11-doc`, stands for that one.
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
    let field = |name: &str| process::output(Command::new("dpkg-deb").arg("-f").arg(&archive).arg(name));
    if let Some(meant) = meant(package, &field("Depends")?) {
        std::fs::remove_file(&archive).with_context(|| format!("could not remove {}", archive.display()))?;
        return fetch(&meant, work);
    }
    let folder = work.join("unpacked");
    process::run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&folder))?;
    Ok(Unpacked { package: package.to_owned(), folder, version: field("Version")?.trim().to_owned() })
}

/// The package of documentation that a package without a version in its name depends on: `postgresql-doc-15` for
/// `postgresql-doc`.
fn meant(package: &str, depends: &str) -> Option<String> {
    let program = package.strip_suffix("-doc")?;
    let names = depends.split(',').filter_map(|one| one.split_whitespace().next());
    let versioned = |name: &&str| {
        let rest = name.strip_prefix(program).unwrap_or_default();
        rest.contains("-doc") && rest.contains(|c: char| c.is_ascii_digit())
    };
    names.into_iter().find(versioned).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_a_version_stands_for_one_with() {
        let check = |package: &str, depends: &str, expected: Option<&str>| {
            assert_eq!(meant(package, depends).as_deref(), expected, "{package}: {depends}");
        };
        check("python3-doc", "python3.11-doc (>= 3.11.2-1~)\n", Some("python3.11-doc"));
        check("postgresql-doc", "postgresql-doc-15\n", Some("postgresql-doc-15"));
        check("linux-doc", "linux-doc-6.1 (= 6.1.170-3)", Some("linux-doc-6.1"));
        check("cmake-doc", "libjs-sphinxdoc (>= 5.2), libjs-jquery", None);
        check("postgresql-doc-15", "", None);
        check("gimp-help-en", "gimp-help-common (= 2.10.34-2)", None);
    }
}
