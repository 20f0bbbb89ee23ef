//! The manifest: the one file with a fixed name, which names everything else.
//!
//! ```text
//! manifest := revision u64 · languages varint · language*
//! language := tag str · articles varint · core hash (5 bytes) · inside varint · core file, of so many bytes
//! ```
//!
//! A core that is small beside its shards is inside, so that a question needs one file less before the first shard is known.
//!
//! Languages are in the order of their tags. The revision is the XXH64 of the cores' hashes in that order: it changes
//! whenever anything in the index does.

use crate::bytes::{Reader, Writer};
use crate::error::IndexError;
use crate::file::{self, FileKind, FileRef, Section, SectionKind};
use crate::index::Index;
use std::sync::Arc;
use xxhash_rust::xxh64::xxh64;

/// The manifest's name in the index folder.
pub const MANIFEST_NAME: &str = "manifest.bin";

/// What an index folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Changes whenever anything in the index does.
    pub revision: u64,
    /// The languages, by tag.
    pub languages: Vec<ManifestLanguage>,
}

/// One language of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestLanguage {
    /// BCP 47 tag, lower case.
    pub lang: String,
    /// Number of articles.
    pub articles: u32,
    /// Its core.
    pub core: FileRef,
    /// The core's bytes, where they are inside the manifest; otherwise the core is a file of its own.
    pub inside: Option<Arc<[u8]>>,
}

impl ManifestLanguage {
    /// Opens the language's core. `read` is asked for the file of its name, where it is not inside the manifest.
    ///
    /// # Errors
    /// What `read` says, and everything that [`IndexError`] tells apart.
    pub fn open<E: From<IndexError>>(&self, read: impl FnOnce(&str) -> Result<Arc<[u8]>, E>) -> Result<Index, E> {
        let bytes = match &self.inside {
            Some(bytes) => Arc::clone(bytes),
            None => read(&self.core.name())?,
        };
        Ok(Index::open(bytes, self.core)?)
    }
}

impl Manifest {
    pub(crate) fn new(mut languages: Vec<ManifestLanguage>) -> Manifest {
        languages.sort_by(|a, b| a.lang.cmp(&b.lang));
        let hashes: Vec<u8> = languages.iter().flat_map(|l| l.core.hash.to_le_bytes()).collect();
        Manifest { revision: xxh64(&hashes, 0), languages }
    }

    pub(crate) fn write(&self) -> Result<Vec<u8>, IndexError> {
        let mut w = Writer::default();
        w.u64(self.revision);
        w.varint(self.languages.len() as u64);
        for language in &self.languages {
            w.str(&language.lang);
            w.varint(u64::from(language.articles));
            language.core.write(&mut w);
            w.varint(language.inside.as_ref().map_or(0, |bytes| bytes.len() as u64));
            language.inside.iter().for_each(|bytes| w.0.extend(bytes.iter()));
        }
        Ok(file::seal(FileKind::Manifest, &[Section { kind: SectionKind::Manifest, number: 0, payload: w.0 }])?.1)
    }

    /// Reads `manifest.bin`.
    ///
    /// # Errors
    /// Everything that [`IndexError`] tells apart.
    pub fn open(bytes: Arc<[u8]>) -> Result<Manifest, IndexError> {
        let file = file::open(bytes)?;
        let section = file.section(SectionKind::Manifest)?;
        let mut r = Reader::new(section.as_ref());
        let revision = r.u64()?;
        let mut languages = Vec::new();
        for _ in 0..r.count()? {
            let lang = r.string()?;
            let articles = r.varint_u32()?;
            let core = FileRef::read(FileKind::Core, &mut r)?;
            let length = r.varint()? as usize;
            let inside = if length == 0 { None } else { Some(r.take(length)?.into()) };
            languages.push(ManifestLanguage { lang, articles, core, inside });
        }
        Ok(Manifest { revision, languages })
    }

    /// The language that serves a customer who wants `tag`: the same tag, else the same primary subtag (`pt-br` and `pt`
    /// serve each other), else none.
    pub fn language(&self, tag: &str) -> Option<&ManifestLanguage> {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let primary = |t: &str| t.split('-').next().unwrap_or_default().to_owned();
        self.languages
            .iter()
            .find(|l| l.lang == tag)
            .or_else(|| self.languages.iter().find(|l| primary(&l.lang) == primary(&tag)))
    }
}
