//! Which of the owner's synonyms lead to articles, over all indexes of a build: what an audience or a language has no
//! article for may lead to one of another.

use std::sync::Arc;

use anyhow::Result;
use svar_index::{FileRef, Index, MANIFEST_NAME, Manifest, Synonyms, synonyms};

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

    /// Adds what an index says. `read` is asked for the term shards that are not attached.
    pub fn add(&mut self, index: &mut Index, read: impl FnMut(FileRef) -> Result<Arc<[u8]>>) -> Result<()> {
        let here = synonyms::leads(index, self.synonyms, read)?;
        self.leads.iter_mut().zip(here).for_each(|(all, here)| *all |= here);
        Ok(())
    }

    /// Adds what an audience's index says, whose files `read` reads by their names.
    pub fn add_audience(&mut self, mut read: impl FnMut(&str) -> Result<Arc<[u8]>>) -> Result<()> {
        if self.leads.is_empty() {
            return Ok(());
        }
        for language in &Manifest::open(read(MANIFEST_NAME)?)?.languages {
            let mut index = language.open(&mut read)?;
            self.add(&mut index, |file| read(&file.name()))?;
        }
        Ok(())
    }

    /// For each synonym, whether it leads to an article of any index.
    pub fn all(&self) -> &[bool] {
        &self.leads
    }
}
