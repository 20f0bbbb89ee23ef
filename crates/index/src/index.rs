//! An index that answers: the core of one language and the shards attached so far.

use crate::article::Block;
use crate::core_file::{Core, ShardFile};
use crate::directory::Directory;
use crate::entries::{self, Entry};
use crate::error::{IndexError, damaged};
use crate::file::{self, File, FileKind, FileRef, SectionKind};
use crate::prepared::{self, Prepared};
use crate::root::Root;
use crate::slot::{Coded, Slot, oldest};
use crate::terms::TermShard;
use crate::text::TextShard;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use svar_analysis::{Compounding, Rules};

/// One language of a help centre.
pub struct Index {
    core: Core,
    /// Of entries, and of terms.
    roots: [Root; 2],
    reference: FileRef,
    entries: Vec<Slot<Vec<Entry>>>,
    terms: Vec<Slot<Coded<TermShard>>>,
    /// Texts are known once their directory is.
    directory: Option<Directory>,
    texts: Vec<Slot<TextShard>>,
    prepared: Option<Vec<Prepared>>,
    /// Counts the calls of [`Index::evict`].
    clock: AtomicU32,
}

impl Index {
    /// Opens a core file. Shards inside it are attached at once.
    ///
    /// # Errors
    /// Everything that [`IndexError`] tells apart; [`IndexError::NotOfThisIndex`] where the content is not what
    /// `expected` names.
    pub fn open(bytes: Arc<[u8]>, expected: FileRef) -> Result<Index, IndexError> {
        let file = file::open(bytes)?;
        if file.reference != expected {
            return Err(IndexError::NotOfThisIndex { name: file.reference.name() });
        }
        let core = Core::read(file.section(SectionKind::Core)?)?;
        let mut index = Index {
            reference: file.reference,
            roots: [Root::open(&core.roots[0], core.entries.len())?, Root::open(&core.roots[1], core.terms.len())?],
            entries: core.entries.iter().map(|_| Slot::empty()).collect(),
            terms: core.terms.iter().map(|_| Slot::empty()).collect(),
            directory: None,
            texts: Vec::new(),
            prepared: None,
            clock: AtomicU32::new(0),
            core,
        };
        index.attach_sections(&file, 0)?;
        let inside = |shards: &[ShardFile], there: &dyn Fn(usize) -> bool| {
            shards.iter().enumerate().all(|(i, s)| s.is_some() || there(i))
        };
        let complete = inside(&index.core.entries, &|i| index.entries[i].is_there())
            && inside(&index.core.terms, &|i| index.terms[i].is_there())
            && inside(&index.core.directory, &|_| index.directory.is_some())
            && index.directory.as_ref().is_none_or(|d| inside(&d.files, &|i| index.texts[i].is_there()));
        if complete { Ok(index) } else { Err(damaged("a shard that should be inside the core is missing")) }
    }

    /// Attaches the shard that `expected` names. Attaching it again changes nothing.
    ///
    /// # Errors
    /// As [`Index::open`]; [`IndexError::NotOfThisIndex`] for a whole file that is another one. The index is then as before.
    pub fn attach(&mut self, bytes: Arc<[u8]>, expected: FileRef) -> Result<(), IndexError> {
        let length = bytes.len() as u32;
        let file = file::open(bytes)?;
        if file.reference != expected || !self.of_kind(expected.kind).contains(&Some(expected)) {
            return Err(IndexError::NotOfThisIndex { name: file.reference.name() });
        }
        self.attach_sections(&file, length)
    }

    /// Lets go of shards until those attached take at most `most` bytes as they are stored, and at most half as many
    /// decoded, those first that were asked for longest ago (counted in calls of this function). They can be attached again; sections of
    /// the core's own file and prepared answers stay.
    pub fn evict(&mut self, most: usize) {
        self.clock.fetch_add(1, Ordering::Relaxed);
        let (entries, terms) = (self.entries.len(), self.terms.len());
        let mut stored: Vec<_> = self.entries.iter().map(Slot::last_used).collect();
        stored.extend(self.terms.iter().map(Slot::last_used));
        stored.extend(self.texts.iter().map(Slot::last_used));
        for place in oldest(stored, most) {
            if let Some(slot) = self.entries.get_mut(place) {
                slot.let_go();
            } else if let Some(slot) = self.terms.get_mut(place - entries) {
                slot.let_go();
            } else if let Some(slot) = self.texts.get_mut(place - entries - terms) {
                slot.let_go();
            }
        }
        for place in oldest(self.terms.iter().map(|slot| slot.decoded(TermShard::bytes)).collect(), most / 2) {
            if let Some(slot) = self.terms.get_mut(place) {
                slot.let_go_decoded();
            }
        }
    }

    /// `bytes`: size of the file, where its shards can be let go again; otherwise 0.
    fn attach_sections(&mut self, file: &File, bytes: u32) -> Result<(), IndexError> {
        for (number, section) in file.sections(SectionKind::Entries) {
            let entries = entries::read(section)?;
            let expected = self.core.runs.articles_of(number as usize).len();
            let slot = self.entries.get_mut(number as usize).filter(|_| entries.len() == expected);
            slot.ok_or(damaged("entries that the core does not know"))?.put(entries, bytes);
        }
        for (number, section) in file.sections(SectionKind::Terms) {
            let slot =
                self.terms.get_mut(number as usize).ok_or(damaged("a term shard that the core does not know"))?;
            let shard = TermShard::open(section, &self.core.alphabet, self.core.articles)?;
            slot.put(Coded { stored: section.clone(), decoded: shard.into() }, bytes);
        }
        if let Ok(section) = file.section(SectionKind::Directory)
            && self.directory.is_none()
        {
            let directory = Directory::read(section, self.core.articles)?;
            self.texts = directory.files.iter().map(|_| Slot::empty()).collect();
            self.directory = Some(directory);
        }
        for (number, section) in file.sections(SectionKind::Text) {
            let articles = self.directory.as_ref().map_or(0..0, |d| d.runs.articles_of(number as usize));
            let slot = self.texts.get_mut(number as usize).ok_or(damaged("a text shard that nobody knows"))?;
            slot.put(TextShard::open(section, articles.len())?, bytes);
        }
        if let Ok(section) = file.section(SectionKind::Prepared) {
            self.prepared = Some(prepared::read(section)?);
        }
        Ok(())
    }

    /// The files of the shards of a kind, as far as they are known.
    fn of_kind(&self, kind: FileKind) -> &[ShardFile] {
        match kind {
            FileKind::Entries => &self.core.entries,
            FileKind::Terms => &self.core.terms,
            FileKind::Directory => &self.core.directory,
            FileKind::Prepared => &self.core.prepared,
            FileKind::Text => self.directory.as_ref().map_or(&[], |directory| &directory.files),
            FileKind::Manifest | FileKind::Core => &[],
        }
    }

    /// All shard files that this index names so far, attached or not. Texts are among them once their directory is attached.
    pub fn files(&self) -> impl Iterator<Item = FileRef> {
        let kinds = [FileKind::Entries, FileKind::Terms, FileKind::Directory, FileKind::Prepared, FileKind::Text];
        kinds.into_iter().flat_map(|kind| self.of_kind(kind)).flatten().copied()
    }

    /// The core's own file.
    pub fn reference(&self) -> FileRef {
        self.reference
    }

    /// BCP 47 tag of the articles.
    pub fn lang(&self) -> &str {
        &self.core.lang
    }

    /// Letters with marks that are worth looking for where none were typed.
    pub fn marks(&self) -> &str {
        &self.core.marks
    }

    /// How terms become stems.
    pub fn rules(&self) -> &Rules {
        &self.core.rules
    }

    /// How compounds are made.
    pub fn compounding(&self) -> &Compounding {
        &self.core.compounding
    }

    /// Whether `term` says little about what is asked.
    pub fn is_filler(&self, term: &str) -> bool {
        self.core.fillers.iter().any(|f| f == term)
    }

    /// Whether everything is in the core's own file, so that every term is at hand.
    pub fn is_whole(&self) -> bool {
        self.core.terms.iter().all(Option::is_none)
    }

    /// Number of articles.
    pub fn len(&self) -> u32 {
        self.core.articles
    }

    /// Whether there is no article.
    pub fn is_empty(&self) -> bool {
        self.core.articles == 0
    }

    /// An article by number, or `None` where there is none or its entry is not attached.
    pub fn entry(&self, article: u32) -> Option<&Entry> {
        let (shard, at) = self.core.runs.shard_of(article)?;
        self.entries.get(shard)?.get(&self.clock)?.get(at)
    }

    /// The file that holds an article's entry, where it is not attached.
    pub fn missing_entry(&self, article: u32) -> Option<FileRef> {
        self.missing_entries(self.core.runs.shard_of(article)?.0)
    }

    fn missing_entries(&self, shard: usize) -> Option<FileRef> {
        let there = self.entries.get(shard).is_some_and(Slot::is_there);
        self.core.entries.get(shard).copied().flatten().filter(|_| !there)
    }

    /// The number of an article by its id or one of its earlier ids; `Ok(None)` where there is none.
    ///
    /// # Errors
    /// The file that must be attached first to know.
    pub fn article(&self, id: &str) -> Result<Option<u32>, FileRef> {
        let shard = self.roots[0].find(id).0 as usize;
        if let Some(file) = self.missing_entries(shard) {
            return Err(file);
        }
        let entries = self.entries.get(shard).and_then(|s| s.get(&self.clock)).map_or(&[][..], Vec::as_slice);
        let found = entries.binary_search_by(|e| e.id.as_str().cmp(id)).ok();
        let found = found.map(|at| self.core.runs.articles_of(shard).start + at as u32);
        let alias = || self.core.aliases.iter().find(|(alias, _)| alias == id).map(|(_, article)| *article);
        Ok(found.or_else(alias))
    }

    /// Numbers of the term shards that hold the terms beginning with `prefix`.
    pub fn shards_of_prefix(&self, prefix: &str) -> std::ops::Range<usize> {
        let (start, last) = self.roots[1].find(prefix);
        let end = last.unwrap_or(start).max(start) + 1;
        let (start, end) = (start as usize, (end as usize).min(self.terms.len()));
        start..end
    }

    /// The shard and the place in it of a term that is known, where its shard is attached.
    pub fn find_term(&self, term: &str) -> Option<(usize, usize)> {
        let shard = self.shards_of_prefix(term).start;
        Some((shard, self.term_shard(shard)?.get(term)?))
    }

    /// A term shard where it is attached.
    pub fn term_shard(&self, number: usize) -> Option<&TermShard> {
        let Coded { stored, decoded, .. } = self.terms.get(number)?.get(&self.clock)?;
        if let Some(shard) = decoded.get() {
            return Some(shard);
        }
        // What was read once can be read again.
        let shard = TermShard::open(stored, &self.core.alphabet, self.core.articles).ok()?;
        let _ = decoded.set(shard);
        decoded.get()
    }

    /// Which term shards are attached, and decoded.
    #[cfg(test)]
    pub(crate) fn terms_are_there(&self) -> impl Iterator<Item = (bool, bool)> {
        self.terms.iter().map(|slot| (slot.is_there(), slot.decoded(TermShard::bytes).is_some()))
    }

    /// The file of a term shard that is not attached.
    pub fn missing_terms(&self, number: usize) -> Option<FileRef> {
        match self.terms.get(number) {
            Some(slot) if !slot.is_there() => *self.core.terms.get(number)?,
            _ => None,
        }
    }

    /// The prepared answer to a question of one or two letters; `Ok(None)` where there is none.
    ///
    /// # Errors
    /// The file that must be attached first to know.
    pub fn prepared(&self, prefix: &str) -> Result<Option<&Prepared>, FileRef> {
        match (&self.prepared, self.core.prepared.first().copied().flatten()) {
            (Some(all), _) => {
                Ok(all.binary_search_by(|p| p.prefix.as_str().cmp(prefix)).ok().and_then(|at| all.get(at)))
            }
            (None, Some(file)) => Err(file),
            (None, None) => Ok(None),
        }
    }

    /// The body of an article: `Ok(None)` where there is no such article, `Err` with the file that must be attached first,
    /// which may be its entry's.
    ///
    /// # Errors
    /// The file with the entry or the body, whichever is not attached.
    pub fn body(&self, article: u32) -> Result<Option<Vec<Block>>, FileRef> {
        if let Some(file) = self.missing_entry(article) {
            return Err(file);
        }
        let Some(directory) = &self.directory else {
            return self.core.directory.first().copied().flatten().map_or(Ok(None), Err);
        };
        let Some((shard, at)) = directory.runs.shard_of(article) else { return Ok(None) };
        match (self.texts.get(shard).map(|s| s.get(&self.clock)), directory.files.get(shard).copied().flatten()) {
            (Some(Some(shard)), _) => Ok(shard.body(at)),
            (_, Some(file)) => {
                debug_assert_eq!(file.kind, FileKind::Text);
                Err(file)
            }
            _ => Ok(None),
        }
    }
}
