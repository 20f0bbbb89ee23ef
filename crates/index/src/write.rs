//! Articles to the files of an index.
//!
//! Neither articles nor postings are all in memory at any time: articles are read one by one, what their words say goes
//! sorted to scratch, and files go to the [`Storage`] as they are sealed. What stays is the vocabulary and a line an article.
//!
//! ```text
//! articles ─► occurrences ─sort─► lists of terms ─► parts of compounds, synonyms ─sort─► lists, complete ─► term shards
//!          ─► entries, texts
//! ```

use crate::article::{Article, sections};
use crate::body;
use crate::bytes::{Slice, Writer};
use crate::core_file::{Core, ShardFile};
use crate::cut::cut;
use crate::derive::{complete_lists, firsts};
use crate::directory::Directory;
use crate::entries::{self, Entry};
use crate::error::IndexError;
use crate::file::{self, FileKind, FileRef, Section, SectionKind};
use crate::index::Index;
use crate::letters::{alphabet, marks};
use crate::lists::CompleteOnTape;
use crate::manifest::{MANIFEST_NAME, Manifest, ManifestLanguage};
use crate::occurrences::{Lengths, analyse};
use crate::prepared::{self, Prepared};
use crate::root::Beginnings;
use crate::runs::Runs;
use crate::sorter::Sorter;
use crate::storage::{InMemory, Storage};
use crate::synonyms::Synonyms;
use crate::terms::{self, NewEntry, NewList};
use crate::text;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use svar_analysis::marks::strip_marks;
use svar_analysis::{Compounding, Language, Rules};
use xxhash_rust::xxh64::xxh64;

/// How an index is cut into files.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// A language whose terms and texts weigh at most this many bytes, uncompressed, goes into one file. 0 always cuts.
    pub whole_bytes: usize,
    /// A term shard is closed when its keys, and two bytes for each posting, reach this many bytes. Coded they are a third
    /// less.
    pub term_shard_bytes: usize,
    /// A text shard is closed when its bodies reach this many bytes, or up to twice as many where there are a lot.
    pub text_shard_bytes: usize,
    /// Articles of a shard of entries.
    pub entries_per_shard: usize,
    /// Room in the manifest for cores of languages that are cut, in bytes. 0 leaves every core a file of its own.
    pub inside_bytes: usize,
}

impl Default for Policy {
    /// 600 kB: about 300 articles of 300 words, a single download of some 150 kB compressed. The other sizes weigh the
    /// bytes of a question against the number of files (docs/index-format.md).
    fn default() -> Policy {
        Policy {
            whole_bytes: 600_000,
            term_shard_bytes: 6_000,
            text_shard_bytes: 48_000,
            entries_per_shard: 48,
            inside_bytes: 40_000,
        }
    }
}

/// A file on its way to disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexFile {
    /// Name in the index folder.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Articles that are read one at a time, by numbers from 0, each several times.
pub trait Articles {
    /// How many there are.
    fn count(&self) -> usize;

    /// The language and the id of an article.
    fn key(&self, number: usize) -> (&str, &str);

    /// An article, its body left empty.
    fn head(&self, number: usize) -> io::Result<Article>;

    /// Its body, as [`body::write`] gives it.
    fn body(&self, number: usize) -> io::Result<Vec<u8>>;
}

impl<A: Borrow<Article>> Articles for [A] {
    fn count(&self) -> usize {
        self.len()
    }

    fn key(&self, number: usize) -> (&str, &str) {
        self.get(number).map(Borrow::borrow).map_or(("", ""), |a: &Article| (&a.lang, &a.id))
    }

    fn head(&self, number: usize) -> io::Result<Article> {
        let head = self.get(number).map(|a| Article { body: Vec::new(), ..a.borrow().clone() });
        Ok(head.unwrap_or_default())
    }

    fn body(&self, number: usize) -> io::Result<Vec<u8>> {
        Ok(body::write(self.get(number).map_or(&[], |a| &a.borrow().body)))
    }
}

/// Articles of one audience to the files of its index, the manifest last. Each language becomes a part of its own.
/// The same articles give the same bytes, in whatever order they come. No articles give a manifest without languages.
///
/// # Errors
/// [`IndexError::TooLarge`] beyond 4 billion articles or 4 GiB a file, or where two articles of a language share an id.
pub fn write(articles: &[Article], policy: &Policy) -> Result<Vec<IndexFile>, IndexError> {
    write_with(articles, &Synonyms::default(), policy)
}

/// As [`write()`], with the owner's synonyms.
///
/// # Errors
/// As [`write()`].
pub fn write_with(articles: &[Article], synonyms: &Synonyms, policy: &Policy) -> Result<Vec<IndexFile>, IndexError> {
    write_prepared(articles, synonyms, policy, &|_, _| Ok(None), &|_, _| ())
}

/// Finds the prepared answer to a question of one or two letters in an index that is complete but for these, or names the
/// files that must be attached first.
pub type Prepare<'a> = &'a dyn Fn(&Index, &str) -> Result<Option<Prepared>, Vec<FileRef>>;

/// Is told how many of how many parts of the work are done.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// As [`write_with()`], with prepared answers to the shortest questions where a language is cut into files.
///
/// # Errors
/// As [`write()`].
pub fn write_prepared<A: Borrow<Article>>(
    articles: &[A],
    synonyms: &Synonyms,
    policy: &Policy,
    prepare: Prepare<'_>,
    progress: Progress<'_>,
) -> Result<Vec<IndexFile>, IndexError> {
    let mut storage = InMemory::default();
    write_to(&mut storage, articles, synonyms, policy, prepare, progress)?;
    let (manifest, mut files): (Vec<_>, Vec<_>) = storage.into_files().partition(|file| file.name == MANIFEST_NAME);
    files.extend(manifest);
    Ok(files)
}

/// As [`write_prepared()`], with articles that need not be in memory; the files go to `storage` as soon as they are there.
///
/// # Errors
/// As [`write()`], and [`IndexError::Disk`] with what the storage or the articles say.
pub fn write_to<A: Articles + ?Sized>(
    storage: &mut dyn Storage,
    articles: &A,
    synonyms: &Synonyms,
    policy: &Policy,
    prepare: Prepare<'_>,
    progress: Progress<'_>,
) -> Result<(), IndexError> {
    let mut by_language: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for number in 0..articles.count() {
        by_language.entry(articles.key(number).0).or_default().push(number);
    }
    // Analysing takes about as long as writing the terms and the rest.
    let (mut done, total) = (0, 2 * articles.count() as u64);
    let mut output = Output { storage, checksums: HashMap::new() };
    let mut languages = Vec::new();
    // Cores of cut languages go into the manifest as long as there is room.
    let mut room = policy.inside_bytes;
    for (lang, mut numbers) in by_language {
        numbers.sort_by_key(|number| articles.key(*number).1);
        if numbers.windows(2).any(|w| matches!(w, [a, b] if articles.key(*a).1 == articles.key(*b).1)) {
            return Err(IndexError::TooLarge { what: "two articles of a language share an id" });
        }
        let count =
            u32::try_from(numbers.len()).map_err(|_| IndexError::TooLarge { what: "over 4 billion articles" })?;
        let mut tell = |more: u64| {
            done += more;
            progress(done, total);
        };
        let articles = OfLanguage { articles, numbers };
        let written = write_language(lang, &articles, synonyms, policy, prepare, &mut tell, &mut output)?;
        let inside = if written.whole || written.bytes.len() > room {
            output.put(&written.core, written.bytes)?;
            None
        } else {
            room -= written.bytes.len();
            Some(written.bytes.into())
        };
        languages.push(ManifestLanguage { lang: lang.to_owned(), articles: count, core: written.core, inside });
    }
    Ok(output.storage.put(MANIFEST_NAME, Manifest::new(languages).write()?)?)
}

/// Articles of one language in the order of their ids, which numbers them anew.
struct OfLanguage<'a, A: ?Sized> {
    articles: &'a A,
    numbers: Vec<usize>,
}

impl<A: Articles + ?Sized> OfLanguage<'_, A> {
    fn number(&self, number: usize) -> usize {
        self.numbers.get(number).copied().unwrap_or(usize::MAX)
    }

    fn id(&self, number: usize) -> &str {
        self.articles.key(self.number(number)).1
    }

    fn head(&self, number: usize) -> io::Result<Article> {
        self.articles.head(self.number(number))
    }

    fn body(&self, number: usize) -> io::Result<Vec<u8>> {
        self.articles.body(self.number(number))
    }
}

/// Where files go, each name once.
struct Output<'a> {
    storage: &'a mut dyn Storage,
    /// The whole checksum of each file by the part of it that is in its name.
    checksums: HashMap<FileRef, u64>,
}

impl Output<'_> {
    fn put(&mut self, file: &FileRef, bytes: Vec<u8>) -> Result<(), IndexError> {
        let checksum = xxh64(&bytes, 0);
        match self.checksums.insert(*file, checksum) {
            None => Ok(self.storage.put(&file.name(), bytes)?),
            Some(before) if before == checksum => Ok(()),
            Some(_) => Err(IndexError::TooLarge {
                what: "two files have the same hash; any change of an article will mend it",
            }),
        }
    }

    fn seal(&mut self, kind: FileKind, section: Section) -> Result<FileRef, IndexError> {
        let (reference, bytes) = file::seal(kind, &[section])?;
        self.put(&reference, bytes)?;
        Ok(reference)
    }
}

/// A language that was written but for its core.
struct Written {
    core: FileRef,
    bytes: Vec<u8>,
    /// Everything is in the core.
    whole: bool,
}

/// What an article's text says that is needed again, of each in the order of their numbers.
#[derive(Default)]
struct Read {
    lengths: Vec<Lengths>,
    body_bytes: Vec<u32>,
    revisions: Vec<u16>,
    /// Articles without any text.
    bare: BTreeSet<usize>,
    aliases: Vec<(String, u32)>,
}

/// Reads all articles of a language: what is needed again, and the occurrences of their words.
fn read_all<A: Articles + ?Sized>(
    articles: &OfLanguage<'_, A>,
    tell: &mut dyn FnMut(u64),
    storage: &mut dyn Storage,
) -> Result<(Read, Sorter), IndexError> {
    let (mut read, mut sorter) = (Read::default(), Sorter::new(storage));
    for number in 0..articles.numbers.len() {
        let (head, bytes) = (articles.head(number)?, articles.body(number)?);
        let body = body::read(&bytes)?;
        let mut w = Writer::default();
        let lengths = analyse(&head, &body, |term, occurrences| {
            w.0.clear();
            occurrences.write(number as u32, &mut w);
            sorter.add(term, &w.0, storage)
        })?;
        read.lengths.push(lengths);
        read.body_bytes.push(bytes.len() as u32);
        read.revisions.push(xxh64(&bytes, xxh64(head.title.as_bytes(), 0)) as u16);
        if sections(&body).iter().all(|s| s.text.is_empty()) {
            read.bare.insert(number);
        }
        read.aliases.extend(head.aliases.into_iter().map(|alias| (alias, number as u32)));
        tell(1);
    }
    Ok((read, sorter))
}

/// What a key of a term shard leads to, before its list is read.
enum Key<'a> {
    /// The term of this number.
    Term(usize),
    Firsts(&'a str),
}

fn write_language<A: Articles + ?Sized>(
    lang: &str,
    articles: &OfLanguage<'_, A>,
    synonyms: &Synonyms,
    policy: &Policy,
    prepare: Prepare<'_>,
    tell: &mut dyn FnMut(u64),
    output: &mut Output<'_>,
) -> Result<Written, IndexError> {
    let count = articles.numbers.len();
    let language = Language::of_tag(lang);
    let compounding = Compounding::of(language);
    let (read, occurrences) = read_all(articles, tell, output.storage)?;
    let mut synonyms = synonyms.of(lang);
    let lists = complete_lists(language, &compounding, occurrences, &read.lengths, &mut synonyms, output.storage)?;
    let (vocabulary, mut lists) = lists.into_parts();
    let terms = || vocabulary.iter().map(|term| &**term);
    let rules = Rules::of(language, terms());
    let alphabet = alphabet(terms());

    let term_bytes: usize = terms().enumerate().map(|(number, term)| term.len() + lists.size(number)).sum();
    let text_bytes: usize = read.body_bytes.iter().map(|bytes| *bytes as usize).sum();
    let whole = term_bytes + text_bytes <= policy.whole_bytes;
    let limit = |bytes: usize| if whole { usize::MAX } else { bytes.max(1) };

    let mut sections_of_file = Vec::new();
    let mut put = |kind: FileKind, section_kind, number: usize, payload: Vec<u8>| -> Result<ShardFile, IndexError> {
        let section = Section { kind: section_kind, number: number as u32, payload };
        if whole {
            sections_of_file.push(section);
            return Ok(None);
        }
        output.seal(kind, section).map(Some)
    };

    let mut term_shards = Vec::new();
    let firsts = if whole { BTreeMap::new() } else { firsts(terms()) };
    let mut keys: Vec<(&str, Key<'_>)> = terms().enumerate().map(|(number, term)| (term, Key::Term(number))).collect();
    keys.extend(firsts.iter().map(|(key, letters)| (key.as_str(), Key::Firsts(letters))));
    keys.sort_unstable_by_key(|(key, _)| *key);
    let bytes = |(key, entry): &(&str, Key<'_>)| match entry {
        Key::Term(number) => key.len() + lists.size(*number),
        Key::Firsts(letters) => key.len() + letters.len(),
    };
    let shards = cut(&keys, limit(policy.term_shard_bytes), bytes, |(key, _)| key);
    let mut beginnings = Beginnings::default();
    let (mut written, mut told) = (0, 0);
    for shard in shards {
        let first = shard.first().map_or("", |(key, _)| key);
        beginnings.push(first, shard.last().map_or("", |(key, _)| key));
        let payload = terms_of(shard, &mut lists, &rules, language, &alphabet, count as u32)?;
        term_shards.push(put(FileKind::Terms, SectionKind::Terms, term_shards.len(), payload)?);
        written += shard.len();
        let now = (written * count / keys.len().max(1)) as u64;
        tell(now - told);
        told = now;
    }
    let terms_root = beginnings.write()?;
    drop((keys, lists));

    let numbered: Vec<usize> = (0..count).collect();
    let id = |number: &usize| articles.id(*number);
    let length = |number: &usize| read.body_bytes.get(*number).map_or(0, |bytes| *bytes as usize);
    let mut directory = Directory::default();
    let text_shard_bytes = policy.text_shard_bytes.max((text_bytes / MANY_TEXTS).min(policy.text_shard_bytes * 2));
    for shard in cut(&numbered, limit(text_shard_bytes), length, id) {
        directory.runs.push(shard.len() as u32);
        let bodies: Vec<Vec<u8>> = shard.iter().map(|number| articles.body(*number)).collect::<io::Result<_>>()?;
        let payload = text::write(&bodies);
        directory.files.push(put(FileKind::Text, SectionKind::Text, directory.files.len(), payload)?);
    }

    let entry = |number: &usize| -> io::Result<Entry> {
        let head = articles.head(*number)?;
        Ok(Entry {
            id: head.id,
            title: head.title,
            url: head.url,
            // Shown only where there is no text to take a passage from.
            description: if read.bare.contains(number) { head.description } else { String::new() },
            updated: head.updated,
            words: read.lengths.get(*number).map_or(0, |lengths| lengths.words),
            revision: read.revisions.get(*number).copied().unwrap_or_default(),
        })
    };
    let (mut entry_shards, mut runs) = (Vec::new(), Runs::default());
    let mut beginnings = Beginnings::default();
    for shard in cut(&numbered, limit(policy.entries_per_shard), |_| 1, id) {
        beginnings.push(shard.first().map_or("", id), shard.last().map_or("", id));
        runs.push(shard.len() as u32);
        let all: Vec<Entry> = shard.iter().map(entry).collect::<io::Result<_>>()?;
        entry_shards.push(put(FileKind::Entries, SectionKind::Entries, entry_shards.len(), entries::write(&all))?);
    }
    let entries_root = beginnings.write()?;
    let mut core = Core {
        lang: lang.to_owned(),
        fillers: language.fillers().map(str::to_owned).collect(),
        marks: marks(terms()),
        rules,
        compounding,
        alphabet,
        articles: count as u32,
        aliases: read.aliases,
        roots: [entries_root, terms_root].map(Slice::from),
        runs,
        entries: entry_shards,
        terms: term_shards,
        directory: vec![None],
        prepared: Vec::new(),
    };
    if !whole {
        let answers = prepared_answers(&core, &directory, terms(), prepare, output.storage)?;
        if !answers.is_empty() {
            let payload = prepared::write(answers);
            let section = Section { kind: SectionKind::Prepared, number: 0, payload };
            core.prepared.push(Some(output.seal(FileKind::Prepared, section)?));
        }
    }
    let section = Section { kind: SectionKind::Directory, number: 0, payload: directory.write() };
    if directory.files.len() > LONG_DIRECTORY {
        core.directory = vec![Some(output.seal(FileKind::Directory, section)?)];
    } else {
        sections_of_file.push(section);
    }
    sections_of_file.insert(0, Section { kind: SectionKind::Core, number: 0, payload: core.write() });
    let (core, bytes) = file::seal(FileKind::Core, &sections_of_file)?;
    Ok(Written { core, bytes, whole })
}

/// The payload of a term shard.
fn terms_of(
    shard: &[(&str, Key<'_>)],
    lists: &mut CompleteOnTape,
    rules: &Rules,
    language: Language,
    alphabet: &[char],
    articles: u32,
) -> Result<Vec<u8>, IndexError> {
    let read: Vec<NewList> = shard
        .iter()
        .map(|(_, key)| match key {
            Key::Term(number) => lists.get(*number),
            Key::Firsts(_) => Ok(NewList::default()),
        })
        .collect::<Result<_, IndexError>>()?;
    let entries = shard.iter().zip(&read).map(|((key, entry), list)| match entry {
        Key::Term(_) => (*key, NewEntry::Term(rules.number(language, key), list)),
        Key::Firsts(letters) => (*key, NewEntry::Firsts(letters)),
    });
    terms::write(entries, alphabet, articles)
}

/// Beyond so many text shards they become larger, twice as large at the most.
const MANY_TEXTS: usize = 600;

/// Most text shards that stand in the core's own file: more would make the first question of a visit dearer than they make
/// the first reading quicker, which has to wait for a file more.
const LONG_DIRECTORY: usize = 256;

/// Fewest shards of terms that begin with one or two letters for which an answer is prepared.
const SHARDS_OF_PREPARED: usize = 3;

/// Bytes of shards that are kept while answers are prepared. The answers to one letter and to it with another need the same.
const PREPARING_BYTES: usize = 32 << 20;

fn prepared_answers<'a>(
    core: &Core,
    directory: &Directory,
    terms: impl Iterator<Item = &'a str>,
    prepare: Prepare<'_>,
    storage: &mut dyn Storage,
) -> Result<Vec<Prepared>, IndexError> {
    let sections = [
        Section { kind: SectionKind::Core, number: 0, payload: core.write() },
        Section { kind: SectionKind::Directory, number: 0, payload: directory.write() },
    ];
    let (reference, bytes) = file::seal(FileKind::Core, &sections)?;
    let mut index = Index::open(bytes.into(), reference)?;
    let mut prefixes = BTreeSet::new();
    for term in terms {
        for letters in 1..=2 {
            let prefix: String = term.chars().take(letters).collect();
            prefixes.insert(strip_marks(&prefix));
            prefixes.insert(prefix);
        }
    }
    prefixes.retain(|prefix| index.shards_of_prefix(prefix).len() >= SHARDS_OF_PREPARED);
    let mut answers = Vec::new();
    for prefix in &prefixes {
        let mut attached = BTreeSet::new();
        while let Err(needs) = prepare(&index, prefix).map(|answer| answers.extend(answer)) {
            let missing: Vec<FileRef> = needs.into_iter().filter(|file| attached.insert(*file)).collect();
            // What was given and is asked for again can never be answered.
            if missing.is_empty() {
                break;
            }
            for file in missing {
                index.attach(storage.get(&file.name())?.into(), file)?;
            }
        }
        index.evict(PREPARING_BYTES);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Block, Inline};
    use crate::storage::tests::Narrow;

    fn article(id: &str, title: &str, text: &str) -> Article {
        let body = vec![Block::Paragraph(vec![Inline::Text(text.into())])];
        Article {
            id: id.into(),
            lang: "sv".into(),
            url: format!("{id}.html"),
            title: title.into(),
            body,
            ..Article::default()
        }
    }

    fn sample() -> Vec<Article> {
        (0..40)
            .map(|i| {
                article(
                    &format!("a{i:02}"),
                    &format!("Artikel nummer {i}"),
                    &format!("Om faktura {i} och router {}", i * 7),
                )
            })
            .collect()
    }

    fn open(files: &[IndexFile]) -> Index {
        let get = |name: &str| -> std::sync::Arc<[u8]> {
            files.iter().find(|f| f.name == name).unwrap().bytes.clone().into()
        };
        let manifest = Manifest::open(get(MANIFEST_NAME)).unwrap();
        let core = manifest.language("sv-SE").unwrap().core;
        Index::open(get(&core.name()), core).unwrap()
    }

    #[test]
    fn a_small_help_centre_is_two_files_and_reads_back() {
        let files = write(&sample(), &Policy::default()).unwrap();
        assert_eq!(files.len(), 2);
        let index = open(&files);
        let number = index.article("a07").unwrap().unwrap();
        assert_eq!(index.entry(number).unwrap().title, "Artikel nummer 7");
        assert_eq!(index.body(number).unwrap().unwrap(), sample()[7].body);
        let shard = index.term_shard(index.shards_of_prefix("faktura").start).unwrap();
        assert_eq!(shard.lookup("faktura").unwrap().count(), 40);
        assert_eq!(index.body(99), Ok(None));
    }

    #[test]
    fn a_word_of_very_many_articles_is_cut_and_counted() {
        let articles: Vec<Article> = (0..5_000).map(|i| article(&format!("a{i:04}"), "Rad", "Om ord")).collect();
        let index = open(&write(&articles, &Policy::default()).unwrap());
        let ord = index.term_shard(0).unwrap().lookup("ord").unwrap();
        assert_eq!((ord.articles(), ord.count()), (5_000, 4_096));
    }

    #[test]
    fn a_cut_one_answers_the_same_once_attached() {
        let policy = Policy {
            whole_bytes: 0,
            term_shard_bytes: 6_000,
            text_shard_bytes: 200,
            entries_per_shard: 7,
            inside_bytes: 0,
        };
        let files = write(&sample(), &policy).unwrap();
        assert!(files.len() > 10);
        let mut index = open(&files);
        let missing = index.body(0).unwrap_err();
        assert!(index.missing_terms(0).is_some());
        let shards: Vec<FileRef> = index.files().collect();
        for shard in shards {
            let bytes = files.iter().find(|f| f.name == shard.name()).unwrap().bytes.clone();
            index.attach(bytes.into(), shard).unwrap();
        }
        assert!(missing.name().starts_with("entries-"));
        assert!(index.body(0).unwrap().is_some());
        for term in ["artikel", "faktura", "nummer", "om", "router", "0", "zebra"] {
            let shards = index.shards_of_prefix(term);
            let found: usize =
                shards.filter_map(|s| index.term_shard(s)).filter_map(|s| s.lookup(term)).map(|p| p.count()).sum();
            assert_eq!(found > 0, term != "zebra", "{term}");
        }
    }

    #[test]
    fn what_was_used_last_is_evicted_last() {
        let policy = Policy {
            whole_bytes: 0,
            term_shard_bytes: 300,
            text_shard_bytes: 200,
            entries_per_shard: 7,
            inside_bytes: 0,
        };
        let files = write(&sample(), &policy).unwrap();
        let mut index = open(&files);
        let shards: Vec<FileRef> = index.files().collect();
        for shard in &shards {
            let bytes = files.iter().find(|f| f.name == shard.name()).unwrap().bytes.clone();
            index.attach(bytes.into(), *shard).unwrap();
        }
        index.evict(usize::MAX);
        let all = index.terms_are_there().count();
        let number = index.shards_of_prefix("faktura").start;
        let there = |index: &Index| index.terms_are_there().filter(|(stored, _)| *stored).count();
        let decoded = |index: &Index| index.terms_are_there().filter(|(_, decoded)| *decoded).count();
        let lists = |index: &Index, number: usize| index.term_shard(number).map(|shard| shard.postings(0).articles());
        assert!((0..all).all(|number| lists(&index, number).is_some()));
        index.evict(usize::MAX);
        assert!(lists(&index, number).is_some());
        assert_eq!((there(&index), decoded(&index)), (all, all));
        // Decoded ones take more than their files and go first; they are decoded again.
        index.evict(4_000);
        assert!(there(&index) == all && decoded(&index) < all);
        assert!(index.terms_are_there().nth(number) == Some((true, true)));
        assert!((0..all).all(|number| index.term_shard(number).is_some_and(|shard| !shard.is_empty())));
        assert_eq!(decoded(&index), all);
        index.evict(usize::MAX);
        assert!(index.term_shard(number).is_some());
        index.evict(150);
        assert!(there(&index) > 0 && there(&index) < all, "{}", there(&index));
        assert!(index.missing_terms(number).is_none() && index.missing_entry(0).is_some());
        index.evict(0);
        assert_eq!((there(&index), index.body(0).is_err()), (0, true));
        // In one file there is nothing to let go of.
        let mut whole = open(&write(&sample(), &Policy::default()).unwrap());
        whole.evict(0);
        assert!(whole.term_shard(0).is_some() && whole.body(0).is_ok());
    }

    #[test]
    fn same_articles_same_bytes_in_any_order() {
        let mut reversed = sample();
        reversed.reverse();
        assert_eq!(write(&sample(), &Policy::default()).unwrap(), write(&reversed, &Policy::default()).unwrap());
    }

    /// Articles of two languages with compounds and synonyms, and what an index of them is with so little memory.
    fn written_in(memory_bytes: usize, room: usize) -> Result<Vec<IndexFile>, IndexError> {
        let mut articles = sample();
        let compounds = article("b", "Fakturaavgift", "Routerkabeln, fakturaadressen och en pappersfaktura.");
        articles.push(Article { description: "Om avgifter".into(), aliases: vec!["old".into()], ..compounds });
        articles.extend(
            (0..30).map(|i| Article { lang: "en".into(), ..article(&format!("e{i}"), "Invoice", "Your bill") }),
        );
        let synonym =
            |asked: &str, meant: &str| crate::Synonym { lang: "".into(), asked: asked.into(), meant: meant.into() };
        let synonyms =
            Synonyms(vec![synonym("räkning", "faktura"), synonym("räkning", "router"), synonym("x y", "bill")]);
        let policy = Policy {
            whole_bytes: 1_000,
            term_shard_bytes: 100,
            text_shard_bytes: 200,
            entries_per_shard: 7,
            inside_bytes: 900,
        };
        let mut storage = Narrow { files: InMemory::default(), memory_bytes, room };
        write_to(&mut storage, &articles[..], &synonyms, &policy, &|_, _| Ok(None), &|_, _| ())?;
        Ok(storage.files.into_files().collect())
    }

    #[test]
    fn how_little_is_kept_in_memory_changes_nothing() {
        let expected = written_in(usize::MAX, usize::MAX).unwrap();
        assert!(expected.len() > 20);
        for memory_bytes in [0, 500, 3_000, 20_000] {
            assert_eq!(written_in(memory_bytes, usize::MAX).unwrap(), expected, "{memory_bytes}");
        }
    }

    #[test]
    fn full_scratch_is_an_error() {
        for room in [0, 100, 1_000, 2_000] {
            let error = written_in(500, room).err().map(|e| e.to_string());
            assert_eq!(error.as_deref(), Some("the scratch is full"), "{room}");
        }
    }

    #[test]
    fn a_file_of_another_build_is_refused() {
        let policy = Policy {
            whole_bytes: 0,
            term_shard_bytes: 6_000,
            text_shard_bytes: 200,
            entries_per_shard: 7,
            inside_bytes: 0,
        };
        let mut index = open(&write(&sample(), &policy).unwrap());
        let other = write(&sample()[..20], &policy).unwrap();
        let foreign = other.iter().find(|f| f.name.starts_with("terms")).unwrap();
        let wanted = index.missing_terms(0).unwrap();
        let refused = index.attach(foreign.bytes.clone().into(), wanted);
        assert!(matches!(refused, Err(IndexError::NotOfThisIndex { .. })));
    }

    #[test]
    fn shared_ids_are_refused() {
        assert!(write(&[article("a", "A", ""), article("a", "B", "")], &Policy::default()).is_err());
        assert_eq!(write(&[], &Policy::default()).unwrap().len(), 1);
    }
}
