//! `cargo xtask corpus`: LibreOffice's help, 2,560 pages a language, as a large real help centre in corpora/ (not in git).
//!
//! The pages keep their place under the language's folder (`sv/text/swriter/…`): each has a `<base href>` that leads to the
//! folder above, and links are written from there. Pictures, styles and scripts are not part of the package's text and
//! stay out.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::Apt;
use crate::process;

/// A corpus that can be fetched.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Name {
    #[value(name = "libreoffice-sv")]
    Swedish,
    #[value(name = "libreoffice-en")]
    English,
    #[value(name = "libreoffice-de")]
    German,
}

impl Name {
    /// Its folder in corpora/, Debian's package, the folder inside the package, and the language for `svar build`.
    fn facts(self) -> [&'static str; 4] {
        match self {
            Name::Swedish => ["libreoffice-sv", "libreoffice-help-sv", "sv", "sv"],
            Name::English => ["libreoffice-en", "libreoffice-help-en-us", "en-US", "en"],
            Name::German => ["libreoffice-de", "libreoffice-help-de", "de", "de"],
        }
    }
}

/// Fetches the corpus unless it is there, and prints the command that builds an index of it.
pub fn run(name: Name) -> Result<()> {
    let [corpus, package, folder, language] = name.facts();
    let goal = Path::new("corpora").join(corpus);
    if goal.is_dir() {
        println!("{} is already there", goal.display());
    } else {
        let work = Path::new("corpora").join(format!(".{corpus}.part"));
        remove(&work)?;
        std::fs::create_dir_all(&work).with_context(|| format!("could not create {}", work.display()))?;
        let pages = fetch(package, folder, &work)?;
        // Renamed last, so that an interrupted fetch is not taken for a corpus.
        std::fs::rename(work.join("pages"), &goal).with_context(|| format!("could not create {}", goal.display()))?;
        remove(&work)?;
        println!("{}: {pages} pages", goal.display());
    }
    println!("build an index of it:");
    println!(
        "  target/release/svar build {} --content-selector '#DisplayArea' --lang {language} --out out/{corpus}",
        goal.display()
    );
    println!("or see it served:");
    println!(
        "  cargo xtask demo --site {} --out out/{corpus} -- --content-selector '#DisplayArea' --lang {language}",
        goal.display()
    );
    Ok(())
}

/// Downloads and unpacks the package in `work` and gathers its pages in `work/pages`. Returns how many.
fn fetch(package: &str, folder: &str, work: &Path) -> Result<usize> {
    if process::find("apt-get").is_none() || process::find("dpkg-deb").is_none() {
        bail!(
            "expected apt-get and dpkg-deb to fetch {package}, found none: run this on Debian or Ubuntu (a container will do)"
        );
    }
    println!("downloading {package} (about 3 MB)");
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
    let unpacked = work.join("unpacked");
    process::run(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(&unpacked))?;
    let help = unpacked.join("usr/share/libreoffice/help");
    let pages = files(&help.join(folder).join("text"), "html")?;
    for page in &pages {
        let place = work.join("pages").join(page.strip_prefix(&help)?);
        std::fs::create_dir_all(place.parent().unwrap_or(work))?;
        std::fs::copy(page, &place).with_context(|| format!("could not write {}", place.display()))?;
    }
    if pages.is_empty() {
        bail!(
            "expected pages under {} in {package}, found none: has the package changed?",
            help.join(folder).display()
        );
    }
    Ok(pages.len())
}

/// Every file with that extension under the folder, in order.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("could not remove {}", folder.display()))?;
    }
    Ok(())
}
