//! An index with its files in memory, so that attaching one is computing and no waiting.

use std::collections::HashMap;
use std::sync::Arc;

use svar_index::{FileRef, Index, IndexError, Manifest, ManifestLanguage};
use svar_search::{Answer, Options, search};

/// What the widget keeps attached (`svar_session`).
pub const KEEP_BYTES: usize = 4_000_000;

/// The first language of an index.
pub struct Library {
    manifest: Arc<[u8]>,
    /// By name, without the manifest.
    files: HashMap<String, Arc<[u8]>>,
    /// The index, with what is attached of it.
    pub index: Index,
}

impl Library {
    /// An index by its manifest and its other files, of which it may have more than are needed. Nothing is attached.
    ///
    /// # Errors
    /// As [`Manifest::open`] and [`Index::open`]; where a file is missing, or there is no article.
    pub fn new(manifest: Arc<[u8]>, files: HashMap<String, Arc<[u8]>>) -> Result<Library, IndexError> {
        let index = opened(&manifest, &files)?;
        Ok(Library { manifest, files, index })
    }

    /// Opens manifest and core once more, as a visit begins.
    ///
    /// # Errors
    /// As [`Library::new`].
    pub fn open(&self) -> Result<Index, IndexError> {
        opened(&self.manifest, &self.files)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Where there is no such file.
    pub fn bytes(&self, name: &str) -> Result<Arc<[u8]>, IndexError> {
        self.files.get(name).map(Arc::clone).ok_or(missing(name))
    }

    /// Attaches a file, which may be attached.
    ///
    /// # Errors
    /// As [`Index::attach`], or where there is no such file.
    pub fn attach(&mut self, file: FileRef) -> Result<(), IndexError> {
        let bytes = self.bytes(&file.name())?;
        self.index.attach(bytes, file)
    }

    /// The file of that name.
    ///
    /// # Errors
    /// Where the index names no such file.
    pub fn file(&self, name: &str) -> Result<FileRef, IndexError> {
        self.index.files().find(|file| file.name() == name).ok_or(missing(name))
    }

    /// The files of terms, entries and prepared answers that are not attached. Texts are left alone: no search reads them.
    pub fn missing(&self) -> Vec<FileRef> {
        let index = &self.index;
        let mut files: Vec<FileRef> =
            index.shards_of_prefix("").filter_map(|number| index.missing_terms(number)).collect();
        for file in (0..index.len()).filter_map(|article| index.missing_entry(article)) {
            if files.last() != Some(&file) {
                files.push(file);
            }
        }
        files.extend(index.prepared("").err());
        files
    }

    /// Attaches all of them.
    ///
    /// # Errors
    /// As [`Library::attach`].
    pub fn attach_missing(&mut self) -> Result<(), IndexError> {
        self.missing().into_iter().try_for_each(|file| self.attach(file))
    }

    /// Attaches what the answer to a question needs, as the widget does: the files of each step, which wait for each other.
    /// Titles of hits come with the terms that are still missing.
    ///
    /// # Errors
    /// As [`Library::attach`].
    pub fn attach_for(&mut self, question: &str) -> Result<Vec<Vec<FileRef>>, IndexError> {
        let mut steps = Vec::new();
        loop {
            let answer = self.search(question);
            let mut files = answer.needs.clone();
            files.extend(answer.entries(&self.index));
            if files.is_empty() {
                return Ok(steps);
            }
            files.iter().try_for_each(|file| self.attach(*file))?;
            steps.push(files);
        }
    }

    /// Answers from what is attached.
    pub fn search(&self, question: &str) -> Answer {
        search(&self.index, question, &Options::default())
    }
}

fn opened(manifest: &Arc<[u8]>, files: &HashMap<String, Arc<[u8]>>) -> Result<Index, IndexError> {
    let manifest = Manifest::open(Arc::clone(manifest))?;
    let language: &ManifestLanguage = manifest.languages.first().ok_or(missing("a language"))?;
    language.open(|name| files.get(name).map(Arc::clone).ok_or(missing(name)))
}

fn missing(name: &str) -> IndexError {
    IndexError::NotOfThisIndex { name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::laid::tests::library;

    #[test]
    fn what_is_missing_can_be_attached_and_let_go_again() {
        let mut library = library();
        assert!(library.missing().len() > 3, "cut into files");
        library.attach_missing().expect("all there");
        assert_eq!(library.missing(), []);
        library.index.evict(0);
        assert!(library.missing().len() > 2, "prepared answers stay");
    }

    #[test]
    fn a_question_attaches_what_it_needs_and_no_more() {
        let mut library = library();
        let all = library.missing().len();
        let steps = library.attach_for("flytta förfallodag ").expect("all there");
        assert!(steps.len() > 1, "terms, then titles");
        let answer = library.search("flytta förfallodag ");
        assert!(answer.needs.is_empty() && answer.entries(&library.index).is_empty());
        assert_eq!(answer.total, 1);
        assert!(!library.missing().is_empty() && library.missing().len() < all);
        assert!(library.attach_for("flytta förfallodag ").expect("all there").is_empty());
    }
}
