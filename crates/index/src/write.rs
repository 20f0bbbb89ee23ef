//! Articles to the files of an index.

use crate::article::{Article, Block, sections};
use crate::body;
use crate::bytes::Slice;
use crate::core_file::{Core, ShardFile};
use crate::derive::{Families, add_compounds, add_synonyms, firsts};
use crate::directory::Directory;
use crate::entries::{self, Entry};
use crate::error::IndexError;
use crate::file::{self, FileKind, FileRef, Section, SectionKind};
use crate::fixed::encode_weight;
use crate::index::Index;
use crate::manifest::{MANIFEST_NAME, Manifest, ManifestLanguage};
use crate::prepared::{self, Prepared};
use crate::root;
use crate::runs::Runs;
use crate::synonyms::Synonyms;
use crate::terms::{self, ALPHABET, NewEntry, NewList, NewPosting, TITLE_BIT, ZONES};
use crate::text;
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use svar_analysis::marks::{base, strip_marks};
use svar_analysis::{Compounding, Language, Rules, Token, TokenKind, tokens};
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

/// The fields of an article with their weights and length normalisation b (title 4, headings 2,
/// body 1 and b .4/.4/.6 came out best over six help centres; keywords are the author's own and stand between).
const FIELDS: [(f64, f64); 4] = [(4.0, 0.4), (2.0, 0.4), (3.0, 0.4), (1.0, 0.6)];
const TITLE: usize = 0;
const HEADINGS: usize = 1;
const KEYWORDS: usize = 2;
const BODY: usize = 3;

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
    write_prepared(articles, synonyms, policy, &|_, _| None, &|_, _| ())
}

/// Finds the prepared answer to a question of one or two letters in an index that is complete but for these.
pub type Prepare<'a> = &'a dyn Fn(&Index, &str) -> Option<Prepared>;

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
    // Analysing takes about as long as writing the terms and the rest.
    let (mut done, total) = (0, 2 * articles.len() as u64);
    let mut by_language: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
    for article in articles {
        let article = article.borrow();
        by_language.entry(&article.lang).or_default().push(article);
    }
    let (mut files, mut languages, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for (lang, mut articles) in by_language {
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        if articles.windows(2).any(|w| matches!(w, [a, b] if a.id == b.id)) {
            return Err(IndexError::TooLarge { what: "two articles of a language share an id" });
        }
        let count =
            u32::try_from(articles.len()).map_err(|_| IndexError::TooLarge { what: "over 4 billion articles" })?;
        let before = files.len();
        let mut tell = |more: u64| {
            done += more;
            progress(done, total);
        };
        let (core, bytes) = write_language(lang, &articles, synonyms, policy, prepare, &mut tell, &mut files)?;
        if files.len() == before {
            whole.push(lang.to_owned());
        }
        languages.push(ManifestLanguage { lang: lang.to_owned(), articles: count, core, inside: Some(bytes.into()) });
    }
    // Cores of cut languages go into the manifest as long as there is room.
    let mut room = policy.inside_bytes;
    for language in &mut languages {
        let length = language.inside.as_ref().map_or(0, |bytes| bytes.len());
        if whole.contains(&language.lang) || length > room {
            let bytes = language.inside.take().map_or(Vec::new(), |bytes| bytes.to_vec());
            files.push(IndexFile { name: language.core.name(), bytes });
        } else {
            room -= length;
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files.dedup();
    if files.windows(2).any(|pair| matches!(pair, [a, b] if a.name == b.name)) {
        return Err(IndexError::TooLarge {
            what: "two files have the same hash; any change of an article will mend it",
        });
    }
    files.push(IndexFile { name: MANIFEST_NAME.into(), bytes: Manifest::new(languages).write()? });
    Ok(files)
}

fn write_language(
    lang: &str,
    articles: &[&Article],
    synonyms: &Synonyms,
    policy: &Policy,
    prepare: Prepare<'_>,
    tell: &mut dyn FnMut(u64),
    files: &mut Vec<IndexFile>,
) -> Result<(FileRef, Vec<u8>), IndexError> {
    let before = files.len();
    let mut occurrences = AllOccurrences::new();
    let mut analysed: Vec<Lengths> = Vec::with_capacity(articles.len());
    for (number, article) in (0..).zip(articles) {
        analysed.push(analyse(number, article, &mut occurrences));
        tell(1);
    }
    let bodies: Vec<Vec<u8>> = articles.iter().map(|a| body::write(&a.body)).collect();
    let language = Language::of_tag(lang);
    let mut vocabulary = weigh(occurrences, &analysed);
    let compounding = Compounding::of(language);
    let families = Families::of(language, &vocabulary);
    add_compounds(&mut vocabulary, &families, &compounding);
    add_synonyms(&mut vocabulary, &families, synonyms.of(lang));
    vocabulary.values_mut().for_each(|list| list.keep_heavy(articles.len()));
    let rules = Rules::of(language, vocabulary.keys().map(String::as_str));

    let term_bytes: usize = vocabulary.iter().map(|(term, list)| term.len() + list.bytes()).sum();
    let whole = term_bytes + bodies.iter().map(Vec::len).sum::<usize>() <= policy.whole_bytes;
    let limit = |bytes: usize| if whole { usize::MAX } else { bytes.max(1) };

    let mut sections_of_file = Vec::new();
    let mut put = |kind: FileKind, section_kind, number: usize, payload: Vec<u8>| -> Result<ShardFile, IndexError> {
        let section = Section { kind: section_kind, number: number as u32, payload };
        if whole {
            sections_of_file.push(section);
            return Ok(None);
        }
        let (reference, bytes) = file::seal(kind, &[section])?;
        files.push(IndexFile { name: reference.name(), bytes });
        Ok(Some(reference))
    };

    let mut term_shards = Vec::new();
    let mut entries: BTreeMap<String, NewEntry<'_>> = BTreeMap::new();
    let firsts = if whole { BTreeMap::new() } else { firsts(vocabulary.keys()) };
    entries.extend(firsts.iter().map(|(key, letters)| (key.clone(), NewEntry::Firsts(letters))));
    let lists = vocabulary.iter().map(|(term, list)| (term, NewEntry::Term(rules.number(language, term), list)));
    entries.extend(lists.map(|(term, entry)| (term.clone(), entry)));
    let entries: Vec<(String, NewEntry<'_>)> = entries.into_iter().collect();
    let bytes = |(key, entry): &(String, NewEntry<'_>)| match entry {
        NewEntry::Term(_, list) => key.len() + list.bytes(),
        NewEntry::Firsts(letters) => key.len() + letters.len(),
    };
    let alphabet = alphabet(vocabulary.keys());
    let mut beginnings: Vec<String> = Vec::new();
    let mut last = "";
    let (mut written, mut told) = (0, 0);
    for shard in cut(&entries, limit(policy.term_shard_bytes), bytes, |(key, _)| key) {
        let first = shard.first().map_or("", |(key, _)| key);
        beginnings.push(if beginnings.is_empty() { String::new() } else { root::beginning(last, first) });
        last = shard.last().map_or("", |(key, _)| key);
        let keys = shard.iter().map(|(key, entry)| (key.as_str(), *entry));
        let payload = terms::write(keys, &alphabet, articles.len() as u32)?;
        term_shards.push(put(FileKind::Terms, SectionKind::Terms, term_shards.len(), payload)?);
        written += shard.len();
        let now = (written * articles.len() / entries.len().max(1)) as u64;
        tell(now - told);
        told = now;
    }
    let terms_root = root::write(&beginnings)?;

    let numbered: Vec<usize> = (0..articles.len()).collect();
    let id = |number: &usize| articles.get(*number).map_or("", |a| a.id.as_str());
    let length = |number: &usize| bodies.get(*number).map_or(0, Vec::len);
    let mut directory = Directory::default();
    let all: usize = bodies.iter().map(Vec::len).sum();
    let text_shard_bytes = policy.text_shard_bytes.max((all / MANY_TEXTS).min(policy.text_shard_bytes * 2));
    for shard in cut(&numbered, limit(text_shard_bytes), length, id) {
        let range = shard.first().map_or(0..0, |first| *first..first + shard.len());
        directory.runs.push(shard.len() as u32);
        let payload = text::write(bodies.get(range).unwrap_or_default());
        directory.files.push(put(FileKind::Text, SectionKind::Text, directory.files.len(), payload)?);
    }

    let described = |body: &[Block]| sections(body).iter().any(|s| !s.text.is_empty());
    let entry = |number: &usize| {
        let (article, lengths, body) = (articles.get(*number)?, analysed.get(*number)?, bodies.get(*number)?);
        Some(Entry {
            id: article.id.clone(),
            title: article.title.clone(),
            url: article.url.clone(),
            // Shown only where there is no text to take a passage from.
            description: if described(&article.body) { String::new() } else { article.description.clone() },
            updated: article.updated.clone(),
            words: lengths.words,
            revision: xxh64(body, xxh64(article.title.as_bytes(), 0)) as u16,
        })
    };
    let (mut entry_shards, mut runs) = (Vec::new(), Runs::default());
    let (mut beginnings, mut last) = (Vec::new(), "");
    for shard in cut(&numbered, limit(policy.entries_per_shard), |_| 1, id) {
        let (first, after) = (shard.first().map_or("", id), shard.last().map_or("", id));
        beginnings.push(if beginnings.is_empty() { String::new() } else { root::beginning(last, first) });
        last = after;
        runs.push(shard.len() as u32);
        let all: Vec<Entry> = shard.iter().filter_map(entry).collect();
        entry_shards.push(put(FileKind::Entries, SectionKind::Entries, entry_shards.len(), entries::write(&all))?);
    }
    let entries_root = root::write(&beginnings)?;
    let aliases = (0..).zip(articles).flat_map(|(n, a)| a.aliases.iter().map(move |alias| (alias.clone(), n)));
    let mut core = Core {
        lang: lang.to_owned(),
        fillers: language.fillers().map(str::to_owned).collect(),
        marks: marks(vocabulary.keys()),
        rules,
        compounding,
        alphabet,
        articles: articles.len() as u32,
        aliases: aliases.collect(),
        roots: [entries_root, terms_root].map(Slice::from),
        runs,
        entries: entry_shards,
        terms: term_shards,
        directory: vec![None],
        prepared: Vec::new(),
    };
    if !whole {
        let answers = prepared_answers(&core, &directory, &files[before..], vocabulary.keys(), prepare)?;
        if !answers.is_empty() {
            let payload = prepared::write(answers);
            let section = Section { kind: SectionKind::Prepared, number: 0, payload };
            let (reference, bytes) = file::seal(FileKind::Prepared, &[section])?;
            files.push(IndexFile { name: reference.name(), bytes });
            core.prepared.push(Some(reference));
        }
    }
    let section = Section { kind: SectionKind::Directory, number: 0, payload: directory.write() };
    if directory.files.len() > LONG_DIRECTORY {
        let (reference, bytes) = file::seal(FileKind::Directory, &[section])?;
        files.push(IndexFile { name: reference.name(), bytes });
        core.directory = vec![Some(reference)];
    } else {
        sections_of_file.push(section);
    }
    sections_of_file.insert(0, Section { kind: SectionKind::Core, number: 0, payload: core.write() });
    file::seal(FileKind::Core, &sections_of_file)
}

/// Beyond so many text shards they become larger, twice as large at the most.
const MANY_TEXTS: usize = 600;

/// Most text shards that stand in the core's own file: more would make the first question of a visit dearer than they make
/// the first reading quicker, which has to wait for a file more.
const LONG_DIRECTORY: usize = 256;

/// Fewest shards of terms that begin with one or two letters for which an answer is prepared.
const SHARDS_OF_PREPARED: usize = 3;

fn prepared_answers<'a>(
    core: &Core,
    directory: &Directory,
    files: &[IndexFile],
    terms: impl Iterator<Item = &'a String>,
    prepare: Prepare<'_>,
) -> Result<Vec<Prepared>, IndexError> {
    let sections = [
        Section { kind: SectionKind::Core, number: 0, payload: core.write() },
        Section { kind: SectionKind::Directory, number: 0, payload: directory.write() },
    ];
    let (reference, bytes) = file::seal(FileKind::Core, &sections)?;
    let mut index = Index::open(bytes.into(), reference)?;
    for file in index.files().filter(|file| file.kind == FileKind::Terms).collect::<Vec<_>>() {
        let bytes = files.iter().find(|f| f.name == file.name()).map_or(&[][..], |f| &f.bytes);
        index.attach(bytes.into(), file)?;
    }
    let mut prefixes = std::collections::BTreeSet::new();
    for term in terms {
        for letters in 1..=2 {
            let prefix: String = term.chars().take(letters).collect();
            prefixes.insert(strip_marks(&prefix));
            prefixes.insert(prefix);
        }
    }
    let many = |prefix: &String| index.shards_of_prefix(prefix).len() >= SHARDS_OF_PREPARED;
    Ok(prefixes.iter().filter(|prefix| many(prefix)).filter_map(|prefix| prepare(&index, prefix)).collect())
}

/// One of so many terms must have a letter with marks for it to be looked for: every one more is a part of the alphabet,
/// and perhaps a file, that a question without marks has to look into.
const TERMS_OF_A_MARK: usize = 200;

fn marks<'a>(terms: impl ExactSizeIterator<Item = &'a String>) -> String {
    let all = terms.len();
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for term in terms {
        let letters: std::collections::BTreeSet<char> = term.chars().filter(|c| base(*c) != *c).collect();
        letters.into_iter().for_each(|c| *counts.entry(c).or_default() += 1);
    }
    counts.into_iter().filter(|(_, count)| count * TERMS_OF_A_MARK >= all).map(|(letter, _)| letter).collect()
}

/// The most frequent letters of terms.
fn alphabet<'a>(terms: impl Iterator<Item = &'a String>) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    terms.flat_map(|term| term.chars()).for_each(|letter| *counts.entry(letter).or_default() += 1);
    // By the power of two, so that one article more rarely changes the order, on which all shards depend.
    let mut letters: Vec<(u32, char)> = counts.into_iter().map(|(letter, count)| (count.ilog2(), letter)).collect();
    letters.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    letters.into_iter().map(|(_, letter)| letter).take(ALPHABET).collect()
}

/// Cuts `items` into parts of about `limit`, a quarter more or less: within that before the item whose name has the lowest
/// hash. So where parts begin depends on names more than on sizes, and what changes in one part rarely moves the ends of
/// others. Nothing gives no part; a single large item is a part of its own.
fn cut<'a, T>(
    items: &'a [T],
    limit: usize,
    size: impl Fn(&T) -> usize,
    name: impl Fn(&'a T) -> &'a str,
) -> Vec<&'a [T]> {
    let (least, most) = (limit - limit / 4, limit.saturating_add(limit / 4));
    let (mut parts, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        let (mut total, mut best) = (0usize, None);
        let mut end = rest.len();
        for (at, item) in rest.iter().enumerate() {
            if at > 0 && total >= least {
                let hash = xxh64(name(item).as_bytes(), 0);
                best = best.filter(|(lowest, _)| *lowest <= hash).or(Some((hash, at)));
            }
            total = total.saturating_add(size(item));
            if total > most && at > 0 {
                end = best.map_or(at, |(_, at)| at);
                break;
            }
        }
        let (part, others) = rest.split_at(end);
        parts.push(part);
        rest = others;
    }
    parts
}

/// Words in each field of an article, and in all that is read.
struct Lengths {
    fields: [u32; FIELDS.len()],
    words: u32,
}

/// How often a term occurs in each field of an article, at most 65,535 times, and in which zones.
#[derive(Default)]
struct Occurrences {
    article: u32,
    counts: [u16; FIELDS.len()],
    zones: u8,
}

/// Where each term occurs, by the numbers of articles. Only looked into and sorted at the end, so that no hash order gets
/// out.
type AllOccurrences = HashMap<String, Vec<Occurrences>>;

/// An article being counted.
struct Analysed {
    terms: BTreeMap<String, Occurrences>,
    lengths: [u32; FIELDS.len()],
}

impl Analysed {
    /// Counts tokens in a field. `at` is how many words of the text come before them and how many there are, where the
    /// tokens stand somewhere in it.
    fn add(&mut self, field: usize, tokens: &[Token], at: Option<(u32, u32)>) {
        let mut words = 0;
        for token in tokens {
            let occurrences = self.terms.entry(token.term.clone()).or_default();
            occurrences.counts[field] = occurrences.counts[field].saturating_add(1);
            if let Some((before, all)) = at {
                // A heading stands where its text begins.
                let here = if field == BODY { before + words } else { before };
                occurrences.zones |= 1 << zone(here, all);
            }
            words += u32::from(token.kind != TokenKind::Joined);
        }
        self.lengths[field] += words;
    }
}

/// Words of a stretch that can be read at a glance; passages of about 60 words ranked best.
const ZONE_WORDS: u32 = 60;

/// The zone of a word that `before` of the text's `all` words precede.
fn zone(before: u32, all: u32) -> u32 {
    let zones = (all / ZONE_WORDS).clamp(1, ZONES);
    (u64::from(before) * u64::from(zones) / u64::from(all.max(1))).min(u64::from(zones - 1)) as u32
}

fn words(tokens: &[Token]) -> u32 {
    tokens.iter().filter(|t| t.kind != TokenKind::Joined).count() as u32
}

/// Adds the article of this number to all occurrences.
fn analyse(number: u32, article: &Article, all_occurrences: &mut AllOccurrences) -> Lengths {
    let mut analysed = Analysed { terms: BTreeMap::new(), lengths: [0; FIELDS.len()] };
    let sections: Vec<[Vec<Token>; 2]> =
        sections(&article.body).iter().map(|s| [tokens(&s.heading), tokens(&s.text)]).collect();
    let all = sections.iter().map(|[_, text]| words(text)).sum();
    let mut before = 0;
    for [heading, text] in &sections {
        analysed.add(HEADINGS, heading, Some((before, all)));
        analysed.add(BODY, text, Some((before, all)));
        before += words(text);
    }
    let title = tokens(&article.title);
    analysed.add(TITLE, &title, None);
    article.keywords.iter().for_each(|k| analysed.add(KEYWORDS, &tokens(k), None));
    // A description usually repeats the text; it is searched as part of it.
    analysed.add(BODY, &tokens(&article.description), None);
    for (term, occurrences) in analysed.terms {
        let occurrences = Occurrences { article: number, ..occurrences };
        match all_occurrences.get_mut(&term) {
            Some(list) => list.push(occurrences),
            None => drop(all_occurrences.insert(term, vec![occurrences])),
        }
    }
    Lengths { fields: analysed.lengths, words: all + words(&title) }
}

/// To the nearest number of six binary digits: so an average rarely changes with an article more, on which every weight
/// depends.
fn rounded(average: u64) -> u64 {
    let step = average.checked_ilog2().unwrap_or(0).saturating_sub(5);
    ((average + (1 << step >> 1)) >> step) << step
}

/// Terms in byte order with their postings in the order of articles. Weights after BM25F (Robertson and Zaragoza 2009):
/// Σ over fields of weight × frequency ÷ (1 − b + b × length ÷ average length).
fn weigh(all: AllOccurrences, articles: &[Lengths]) -> BTreeMap<String, NewList> {
    let mut averages = [1.0; FIELDS.len()];
    for (field, average) in averages.iter_mut().enumerate() {
        let filled = articles.iter().filter(|a| a.fields[field] > 0).count();
        let total: u64 = articles.iter().map(|a| u64::from(a.fields[field])).sum();
        if filled > 0 {
            *average = rounded(total * 256 / filled as u64) as f64 / 256.0;
        }
    }
    let posting = |Occurrences { article, counts, zones }: &Occurrences| {
        let mut weight = 0.0;
        for (field, (boost, b)) in FIELDS.iter().enumerate() {
            let length = articles.get(*article as usize).map_or(0, |a| a.fields[field]);
            let length = f64::from(length) / averages[field];
            weight += boost * f64::from(counts[field]) / (1.0 - b + b * length);
        }
        let title = if counts[TITLE] > 0 { TITLE_BIT } else { 0 };
        NewPosting { article: *article, code: encode_weight(weight * 128.0) | title, zones: *zones }
    };
    let list = |list: Vec<Occurrences>| NewList { literal: list.iter().map(posting).collect(), ..NewList::default() };
    all.into_iter().map(|(term, occurrences)| (term, list(occurrences))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Inline;

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
        let number = index.shards_of_prefix("faktura").start;
        assert!(index.terms_are_there().all(|there| there) && index.term_shard(number).is_some());
        index.evict(4_000);
        let left = index.terms_are_there().filter(|there| *there).count();
        assert!(left > 0 && left < index.terms_are_there().count(), "{left}");
        assert!(index.missing_terms(number).is_none() && index.missing_entry(0).is_some());
        index.evict(0);
        assert!(index.terms_are_there().all(|there| !there) && index.body(0).is_err());
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
