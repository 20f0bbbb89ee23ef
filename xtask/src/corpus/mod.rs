//! `cargo xtask corpus`: real help centres out of Debian's packages, in corpora/ (not in git).
//!
//! A corpus is a folder of pages that `svar build` reads, with what the bench makes questions of beside them. How a
//! package becomes such a folder is a file here for each kind; `debian` gets the packages.

mod debian;
pub mod gnome;
pub mod libreoffice;
pub mod manuals;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A corpus that can be fetched.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    #[value(name = "libreoffice-sv")]
    LibreOfficeSwedish,
    #[value(name = "libreoffice-en")]
    LibreOfficeEnglish,
    #[value(name = "libreoffice-de")]
    LibreOfficeGerman,
    #[value(name = "gnome-help-sv")]
    GnomeSwedish,
    #[value(name = "gnome-help-en")]
    GnomeEnglish,
    #[value(name = "debian-docs-en")]
    Manuals,
}

/// What is written down about a corpus.
struct Facts {
    /// Its folder in corpora/.
    folder: &'static str,
    /// Debian's packages.
    packages: &'static [&'static str],
    megabytes: u32,
    /// What the package calls the language.
    inside: &'static str,
    /// The language for `svar build`.
    language: &'static str,
    kind: Kind,
}

enum Kind {
    LibreOffice,
    Gnome,
    Manuals,
}

/// Says which packages a corpus came out of and in which versions.
const VERSION: &str = "package.txt";

impl Name {
    fn facts(self) -> Facts {
        use Kind::{Gnome, LibreOffice, Manuals};
        let facts = |folder, packages, megabytes, inside, language, kind| Facts {
            folder,
            packages,
            megabytes,
            inside,
            language,
            kind,
        };
        match self {
            Name::LibreOfficeSwedish => facts("libreoffice-sv", &["libreoffice-help-sv"], 3, "sv", "sv", LibreOffice),
            Name::LibreOfficeEnglish => {
                facts("libreoffice-en", &["libreoffice-help-en-us"], 3, "en-US", "en", LibreOffice)
            }
            Name::LibreOfficeGerman => facts("libreoffice-de", &["libreoffice-help-de"], 3, "de", "de", LibreOffice),
            Name::GnomeSwedish => facts("gnome-help-sv", &["gnome-user-docs"], 9, "sv", "sv", Gnome),
            Name::GnomeEnglish => facts("gnome-help-en", &["gnome-user-docs"], 9, "C", "en", Gnome),
            Name::Manuals => facts("debian-docs-en", &manuals::PACKAGES, 150, "en", "en", Manuals),
        }
    }

    /// What the package calls the language, which LibreOffice's pages and keywords have in their addresses.
    pub fn inside(self) -> &'static str {
        self.facts().inside
    }
}

/// Fetches the corpus unless it is there, and prints the command that builds an index of it.
pub fn run(name: Name) -> Result<()> {
    let goal = ensure(name)?;
    let Facts { folder, language, kind, .. } = name.facts();
    println!("{}: {}", goal.display(), version(name)?);
    let selector = match kind {
        Kind::LibreOffice => " --content-selector '#DisplayArea'",
        Kind::Gnome | Kind::Manuals => "",
    };
    println!("build an index of it:");
    println!("  target/release/svar build {}{selector} --lang {language} --out out/{folder}", goal.display());
    println!("or see it served:");
    println!("  cargo xtask demo --site {} --out out/{folder} --{selector} --lang {language}", goal.display());
    Ok(())
}

/// The corpus's folder, fetched unless it is there.
pub fn ensure(name: Name) -> Result<PathBuf> {
    let Facts { folder, packages, megabytes, inside, kind, .. } = name.facts();
    let goal = Path::new("corpora").join(folder);
    // What was fetched before the bench needed questions lacks this file.
    if goal.join(VERSION).is_file() {
        return Ok(goal);
    }
    let work = Path::new("corpora").join(format!(".{folder}.part"));
    remove(&work)?;
    println!("downloading {} (about {megabytes} MB)", packages.join(", "));
    let pages = work.join("pages");
    let mut versions = Vec::new();
    let mut all = 0;
    for package in packages {
        let place = work.join(package);
        std::fs::create_dir_all(&place).with_context(|| format!("could not create {}", place.display()))?;
        let found = debian::fetch(package, &place)?;
        let count = match kind {
            Kind::LibreOffice => libreoffice::gather(&found.folder, inside, &pages),
            Kind::Gnome => gnome::gather(&found.folder, inside, &pages),
            Kind::Manuals => manuals::gather(&found.folder, &pages),
        }
        .with_context(|| format!("in {} {}", found.package, found.version))?;
        if count == 0 {
            bail!("expected pages in {} {}, found none: has the package changed?", found.package, found.version);
        }
        println!("{} {}: {count} pages", found.package, found.version);
        versions.push(format!("{} {}", found.package, found.version));
        all += count;
        remove(&place)?;
    }
    std::fs::write(pages.join(VERSION), format!("{}\n", versions.join(", ")))?;
    remove(&goal)?;
    // Renamed last, so that an interrupted fetch is not taken for a corpus.
    std::fs::rename(&pages, &goal).with_context(|| format!("could not create {}", goal.display()))?;
    remove(&work)?;
    println!("{}: {all} pages", goal.display());
    Ok(goal)
}

/// The packages that the corpus came out of, each with its version.
pub fn version(name: Name) -> Result<String> {
    let file = Path::new("corpora").join(name.facts().folder).join(VERSION);
    let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    Ok(text.trim().to_owned())
}

/// Every file with that extension under the folder, in order.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
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
