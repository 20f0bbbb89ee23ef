//! Which of the owner's synonyms lead to articles, over all indexes of a build: what an audience or a language has no
//! article for may lead to one of another.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use svar_index::{FileKind, Index, IndexFile, MANIFEST_NAME, Manifest, Synonyms, synonyms};

/// What has been found out so far.
pub struct Leads<'a> {
    synonyms: &'a Synonyms,
    leads: Vec<bool>,
}

impl<'a> Leads<'a> {
    /// Before any index: nothing leads anywhere.
    pub fn new(synonyms: &'a Synonyms) -> Leads<'a> {
        Leads { synonyms, leads: vec![false; synonyms.0.len()] }
    }

    /// Adds what an index says whose term shards are attached.
    pub fn add(&mut self, index: &Index) -> Result<()> {
        match synonyms::leads(index, self.synonyms) {
            Ok(here) => self.leads.iter_mut().zip(here).for_each(|(all, here)| *all |= here),
            Err(file) => bail!("{} is missing", file.name()),
        }
        Ok(())
    }

    /// Adds what the files of an audience's index say, as they go to the disk.
    pub fn add_files(&mut self, files: &[IndexFile]) -> Result<()> {
        if self.leads.is_empty() {
            return Ok(());
        }
        let get = |name: &str| -> Result<Arc<[u8]>> {
            let file = files.iter().find(|f| f.name == name).with_context(|| format!("{name} was not written"))?;
            Ok(file.bytes.as_slice().into())
        };
        for language in &Manifest::open(get(MANIFEST_NAME)?)?.languages {
            let mut index = language.open(get)?;
            for file in index.files().filter(|f| f.kind == FileKind::Terms).collect::<Vec<_>>() {
                index.attach(get(&file.name())?, file)?;
            }
            self.add(&index)?;
        }
        Ok(())
    }

    /// For each synonym, whether it leads to an article of any index.
    pub fn all(&self) -> &[bool] {
        &self.leads
    }
}
