//! An index on disk, found from whatever folder a person names, and read as the browser reads it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use anyhow::{Context as _, Result, bail};
use svar_index::{FileRef, Index, MANIFEST_NAME, Manifest, ManifestLanguage};
use svar_search::{Answer, Options, search};

/// Where the index lies below a folder that `svar build` wrote.
pub const BELOW_DEPLOYED: &str = "svar/index";

/// The index folder that `given` means: itself, or the one in a folder that `svar build` wrote.
pub fn find(given: &Path) -> Result<PathBuf> {
    let candidates = [given.to_owned(), given.join("index"), given.join(BELOW_DEPLOYED)];
    if let Some(found) = candidates.into_iter().find(|c| c.join(MANIFEST_NAME).is_file()) {
        return Ok(found);
    }
    let found = match fs::metadata(given) {
        Ok(meta) if meta.is_dir() => "a folder with neither",
        Ok(_) => "a file",
        Err(_) => "nothing",
    };
    bail!(
        "expected an index at {}, that is {MANIFEST_NAME} or {BELOW_DEPLOYED}/{MANIFEST_NAME} in it, found {found}; make one with `svar build`",
        given.display()
    )
}

/// What an audience's folder may be called: lower-case ASCII letters, digits, `-` and `_`.
pub fn is_audience_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

/// The audiences other than everyone that the index folder holds, sorted.
pub fn audiences(index: &Path) -> Result<Vec<String>> {
    let unreadable = || format!("could not read the folder {}", index.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(index).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        if let Some(name) = entry.file_name().to_str().filter(|n| is_audience_name(n))
            && entry.path().is_dir()
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Arc<[u8]>> {
    match fs::read(path) {
        Ok(bytes) => Ok(bytes.into()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            bail!("{} is missing; deploy the folder again", path.display())
        }
        Err(e) => Err(e).with_context(|| format!("could not read {}", path.display())),
    }
}

/// Reads the manifest of an index folder.
pub fn manifest(index: &Path) -> Result<Manifest> {
    let path = index.join(MANIFEST_NAME);
    Manifest::open(read(&path)?).with_context(|| path.display().to_string())
}

/// One language of an index folder, with the files that questions have asked for so far.
pub struct Library {
    folder: PathBuf,
    /// The language and its articles.
    pub index: Index,
    attached: BTreeSet<FileRef>,
}

impl Library {
    /// Opens a language.
    pub fn open(folder: &Path, language: &ManifestLanguage) -> Result<Library> {
        let index = language.open(|name| read(&folder.join(name)))?;
        Ok(Library { folder: folder.to_owned(), index, attached: BTreeSet::new() })
    }

    /// The complete answer: searches, attaches what the answer needs and searches again, as the widget does.
    pub fn ask(&mut self, question: &str, options: &Options) -> Result<Answer> {
        loop {
            let answer = search(&self.index, question, options);
            if answer.needs.is_empty() {
                for file in answer.entries(&self.index) {
                    self.attach(file)?;
                }
                return Ok(answer);
            }
            for file in &answer.needs {
                self.attach(*file)?;
            }
        }
    }

    /// The body of an article, empty where there is none.
    pub fn body(&mut self, article: u32) -> Result<Vec<svar_index::article::Block>> {
        loop {
            match self.index.body(article) {
                Ok(body) => return Ok(body.unwrap_or_default()),
                Err(file) => self.attach(file)?,
            }
        }
    }

    fn attach(&mut self, file: FileRef) -> Result<()> {
        let path = self.folder.join(file.name());
        // Asked for again after it came: it does not hold what its name says.
        if !self.attached.insert(file) {
            bail!("{} does not hold what the index expects of it; deploy the folder again", path.display());
        }
        self.index.attach(read(&path)?, file).with_context(|| path.display().to_string())
    }
}
