//! From a folder to articles: reads all files side by side, then settles what only all of them together can tell —
//! site names in titles, who has which id, where links lead.
//!
//! Bodies are on disk all the time but for the one at hand: as they were read in one temporary file, with their links
//! settled in another.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use scraper::Selector;
use svar_index::article::{Article, Block, Inline, inline_text};
use svar_index::body;
use url::Url;

use crate::articles::{self, Articles};
use crate::blocks::space;
use crate::links::{self, Page, Resolved, Site, Target, address_key, encode_path, key};
use crate::pictures::{Asset, Pictures};
use crate::source::walk::{self, ENDINGS, Found, ending};
use crate::source::{Draft, Reading, decode, html, markdown};
use crate::synonyms::{self, SynonymFile, read_synonyms};
use crate::temporary::Spool;
use crate::{IndexerError, language, titles};

/// What the owner says about the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// CSS selector of a page's content, for sites without `<main>`.
    pub content_selector: Option<String>,
    /// Language of pages that do not state theirs.
    pub default_lang: Option<String>,
    /// Where the source is published. Relative addresses of pages and pictures are resolved against it.
    pub base_url: Option<String>,
    /// The file of synonyms, instead of the `synonyms.txt` in the source.
    pub synonyms: Option<PathBuf>,
    /// Where temporary files lie, which hold all articles; the system's folder for them where none is named.
    pub temporary: Option<PathBuf>,
}

/// Something the owner should know about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Path below the source, with `/` between the parts; for a file named apart from it, its path as given.
    pub file: String,
    /// Whether the file was of use.
    pub kind: NoteKind,
    /// What was found, in a sentence without full stop.
    pub reason: String,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoteKind {
    /// The file gave no article, or no synonyms.
    Skipped,
    /// The file was used; something in it was put right or left out.
    Mended,
}

/// Everything found below a source.
#[derive(Debug)]
pub struct Collected {
    /// The articles, on disk.
    pub articles: Articles,
    /// Sorted by file.
    pub notes: Vec<Note>,
    /// Files with an article's ending, read or not.
    pub files_seen: usize,
    /// Pictures below the source that articles refer to, sorted by name.
    pub assets: Vec<Asset>,
    /// The owner's synonyms, where there is a file of them.
    pub synonyms: Option<SynonymFile>,
}

impl Collected {
    /// Adds notes that came out later, with no more of a file than it has anyway.
    pub fn add_notes(&mut self, more: Vec<Note>) {
        let mut all = Notes(std::mem::take(&mut self.notes));
        all.0.extend(more);
        self.notes = all.sorted();
    }
}

/// Reads every article below `source`.
///
/// The same folder gives the same answer. A page that cannot be read is a note; an error is what makes the whole
/// build pointless: no such folder, nothing in it, options that cannot be meant.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let dir = tempfile::tempdir()?;
/// std::fs::write(dir.path().join("router.md"), "# Starta om routern\n\nDra ur kontakten och vänta i tio sekunder.")?;
/// let options = svar_indexer::SourceOptions { default_lang: Some("sv".into()), ..Default::default() };
/// let collected = svar_indexer::collect(dir.path(), &options)?;
/// let articles = collected.articles.all()?;
/// assert_eq!(articles[0].id, "router");
/// assert_eq!(articles[0].title, "Starta om routern");
/// # Ok(())
/// # }
/// ```
pub fn collect(source: &Path, options: &SourceOptions) -> Result<Collected, IndexerError> {
    collect_telling(source, options, &|_, _| ())
}

/// As [`collect`]; `progress` is told, from several threads, how many of how many files are read.
///
/// # Errors
/// As [`collect`].
pub fn collect_telling(
    source: &Path,
    options: &SourceOptions,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Collected, IndexerError> {
    match fs::metadata(source) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => return Err(IndexerError::Source { path: source.to_owned(), found: "a file".into() }),
        Err(e) => return Err(IndexerError::Source { path: source.to_owned(), found: e.to_string() }),
    }
    let (synonyms, about_synonyms) = match &options.synonyms {
        Some(path) => read_synonyms(path).map(|(file, notes)| (Some(file), notes))?,
        None => synonyms::find(source),
    };
    let temporary = options.temporary.clone();
    let options = Options::check(options)?;
    let walked = walk::walk(source)?;
    let files_seen = walked.files.len() + walked.skipped.len();
    let mut notes = Notes(about_synonyms);
    for (file, reason) in &walked.skipped {
        notes.skipped(file, reason.clone());
    }
    let by_language = parted_by_language(&walked.files);

    let mut site = Site { base_url: options.base_url.clone(), ..Site::default() };
    let mut drafts: Vec<Drafted<'_>> = Vec::new();
    let temporary = temporary.unwrap_or_else(std::env::temp_dir);
    let spool = Spool::new(&temporary)?;
    for (found, read) in walked.files.iter().zip(read_all(&walked.files, &options, &spool, progress)?) {
        match read {
            Err(reason) => notes.skipped(&found.name, reason),
            Ok((reading, body, mended)) => {
                mended.into_iter().for_each(|m| notes.mended(&found.name, m));
                match reading {
                    Reading::Article(draft) => drafts.push(Drafted { found, draft, body }),
                    Reading::Skipped(reason) => notes.skipped(&found.name, reason),
                    Reading::Unpublished(reason) => {
                        site.unpublished.insert(key(&found.name), reason.clone());
                        notes.skipped(&found.name, reason);
                    }
                    Reading::Redirect(to) => {
                        notes.skipped(&found.name, format!("a redirect to {}", links::shortened(&to)));
                        site.redirects.insert(key(&found.name), (found.name.clone(), to));
                    }
                }
            }
        }
    }

    let langs: Vec<String> = drafts.iter().map(|d| lang_of(d.found, &d.draft, &options, by_language)).collect();
    let titles = titles_of(&mut drafts, &langs, &mut notes);
    let mut placed = Vec::with_capacity(drafts.len());
    for ((drafted, lang), title) in drafts.into_iter().zip(langs).zip(titles) {
        place_article(drafted, lang, title, &options, &mut site, &mut placed, &mut notes);
    }
    drop_taken_aliases(&mut placed, &site, &mut notes);
    let mut writer = articles::Writer::new(&temporary)?;
    let assets = settle_addresses(source, placed, &spool, &site, &mut writer, &mut notes)?;

    let articles = writer.finish();
    let notes = notes.sorted();
    if articles.is_empty() {
        return Err(no_article(source, files_seen, files_seen + walked.others, &notes));
    }
    Ok(Collected { articles, notes, files_seen, assets, synonyms })
}

/// Options that can be used.
#[derive(Debug)]
struct Options {
    content_selector: Option<String>,
    default_lang: Option<String>,
    base_url: Option<Url>,
}

impl Options {
    fn check(given: &SourceOptions) -> Result<Options, IndexerError> {
        if let Some(selector) = &given.content_selector {
            Selector::parse(selector)
                .map_err(|e| IndexerError::Selector { selector: selector.clone(), reason: e.to_string() })?;
        }
        let default_lang = match &given.default_lang {
            Some(written) => {
                Some(language::tag(written).ok_or_else(|| IndexerError::Language { found: written.clone() })?)
            }
            None => None,
        };
        let base_url = match &given.base_url {
            Some(written) => {
                let wrong = |reason: &str| IndexerError::BaseUrl { found: written.clone(), reason: reason.to_owned() };
                let mut url = Url::parse(written.trim()).map_err(|e| wrong(&e.to_string()))?;
                if !matches!(url.scheme(), "http" | "https") {
                    return Err(wrong("it is neither http nor https"));
                }
                url.set_query(None);
                url.set_fragment(None);
                if !url.path().ends_with('/') {
                    let path = format!("{}/", url.path());
                    url.set_path(&path);
                }
                Some(url)
            }
            None => None,
        };
        Ok(Options { content_selector: given.content_selector.clone(), default_lang, base_url })
    }
}

/// Notes with the order in which they arose within a file.
#[derive(Debug, Default)]
struct Notes(Vec<Note>);

impl Notes {
    /// More of a kind than this in one file only bury the others.
    const MOST_PER_FILE: usize = 20;

    fn skipped(&mut self, file: &str, reason: String) {
        self.0.push(Note { file: file.to_owned(), kind: NoteKind::Skipped, reason });
    }

    fn mended(&mut self, file: &str, reason: String) {
        self.0.push(Note { file: file.to_owned(), kind: NoteKind::Mended, reason });
    }

    fn sorted(mut self) -> Vec<Note> {
        self.0.sort_by(|a, b| a.file.cmp(&b.file));
        let mut out: Vec<Note> = Vec::with_capacity(self.0.len());
        let mut here = 0;
        for note in self.0 {
            let same_file = out.last().is_some_and(|last| last.file == note.file);
            here = if same_file { here + 1 } else { 0 };
            if here < Self::MOST_PER_FILE && !out.last().is_some_and(|last| *last == note) {
                out.push(note);
            } else if here == Self::MOST_PER_FILE {
                out.push(Note { reason: "more of the same".into(), ..note });
            }
        }
        out
    }
}

/// An article as it was read.
#[derive(Debug)]
struct Drafted<'a> {
    found: &'a Found,
    /// Without the blocks of its content.
    draft: Box<Draft>,
    body: Spooled,
}

/// The blocks of a draft, on disk.
#[derive(Debug, Default)]
struct Spooled {
    stretch: Range<u64>,
    blocks: usize,
    /// The words of the first block, where that is a heading.
    first_heading: Option<String>,
    opening: Opening,
}

/// What the title makes of a body's beginning.
#[derive(Debug, Default)]
enum Opening {
    #[default]
    Stays,
    /// This heading comes before it.
    Heading(String),
    /// The first block repeats the title.
    Goes,
}

impl Spooled {
    fn of(blocks: &[Block], spool: &Spool) -> Result<Spooled, IndexerError> {
        let first_heading = match blocks.first() {
            Some(Block::Heading { content, .. }) => Some(inline_text(content)),
            _ => None,
        };
        let stretch = spool.append(&body::write(blocks))?;
        Ok(Spooled { stretch, blocks: blocks.len(), first_heading, opening: Opening::Stays })
    }

    fn read(self, spool: &Spool) -> Result<Vec<Block>, IndexerError> {
        let mut blocks = body::read(&spool.read(&self.stretch)?).map_err(|_| spool.damaged())?;
        match self.opening {
            Opening::Stays => {}
            Opening::Heading(heading) => {
                let content = vec![Inline::Text(heading)];
                blocks.insert(0, Block::Heading { level: 2, anchor: String::new(), content });
            }
            Opening::Goes => drop(blocks.remove(0)),
        }
        Ok(blocks)
    }
}

type Read = Result<(Reading, Spooled, Vec<String>), String>;

/// Reads all files on as many threads as the machine has, and returns them in the order given.
fn read_all(
    files: &[Found],
    options: &Options,
    spool: &Spool,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Read>, IndexerError> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(files.len().max(1));
    let (next, read) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        // A selector cannot be shared between threads.
        let selector = options.content_selector.as_deref().and_then(|s| Selector::parse(s).ok());
        let mut done = Vec::new();
        while let Some((at, found)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            files.get(at).map(|f| (at, f))
        } {
            let one = match read_one(found, selector.as_ref()) {
                Ok((Reading::Article(mut draft), mended)) => {
                    let blocks = std::mem::take(&mut draft.content.blocks);
                    // Nothing more needs to be read where it cannot be kept.
                    let body =
                        Spooled::of(&blocks, spool).inspect_err(|_| next.store(files.len(), Ordering::Relaxed))?;
                    Ok((Reading::Article(draft), body, mended))
                }
                other => other.map(|(reading, mended)| (reading, Spooled::default(), mended)),
            };
            done.push((at, one));
            progress(read.fetch_add(1, Ordering::Relaxed) + 1, files.len() as u64);
        }
        Ok::<_, IndexerError>(done)
    };
    let mut all: Vec<(usize, Read)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            let done = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all = all.and_then(|mut all| {
                all.extend(done?);
                Ok(all)
            });
        }
        all
    })?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, read)| read).collect())
}

fn read_one(found: &Found, selector: Option<&Selector>) -> Result<(Reading, Vec<String>), String> {
    let bytes = fs::read(&found.path).map_err(|e| format!("the file cannot be read: {e}"))?;
    let kind = ending(&found.name).unwrap_or_default();
    let is_markdown = kind.starts_with('m');
    let (text, decoded) = decode::decode(&bytes, !is_markdown);
    let reading = match kind {
        _ if is_markdown => markdown::read(&text),
        "xhtml" => html::read(&html::expand_empty_elements(&text), selector),
        _ => html::read(&text, selector),
    };
    let mut mended: Vec<String> = decoded.into_iter().collect();
    match reading {
        Reading::Article(mut draft) => {
            mended.append(&mut draft.mended);
            if !draft.content.left_out.is_empty() {
                let counts: Vec<String> = draft
                    .content
                    .left_out
                    .iter()
                    .map(|(what, n)| if *n == 1 { format!("1 {what}") } else { format!("{n} {what}{}", plural(what)) })
                    .collect();
                mended.push(format!("left out: {}", counts.join(", ")));
            }
            Ok((Reading::Article(draft), mended))
        }
        // Why the file was skipped says more than how it was decoded.
        other => Ok((other, Vec::new())),
    }
}

fn plural(what: &str) -> &'static str {
    if what.ends_with('s') { "es" } else { "s" }
}

/// Whether every article lies in a top folder named by a language, and there are several: then folders tell more
/// than the default. (A lone `it/` may be the IT department.)
fn parted_by_language(files: &[Found]) -> bool {
    let mut tags: Vec<String> = Vec::new();
    for found in files {
        let Some((top, _)) = found.name.split_once('/') else {
            if key(&found.name).is_empty() {
                continue;
            }
            return false;
        };
        match language::folder(top) {
            Some(tag) => tags.push(tag),
            None => return false,
        }
    }
    tags.sort();
    tags.dedup();
    tags.len() > 1
}

fn lang_of(found: &Found, draft: &Draft, options: &Options, by_language: bool) -> String {
    let folder = || found.name.split_once('/').and_then(|(top, _)| language::folder(top));
    let stated = draft.lang.clone().or_else(|| found.rule.lang.clone());
    let guessed = || if by_language { folder() } else { options.default_lang.clone().or_else(folder) };
    stated.or_else(guessed).or_else(|| options.default_lang.clone()).unwrap_or_else(|| "und".to_owned())
}

/// The articles' titles; takes from the bodies what repeats them.
fn titles_of(drafts: &mut [Drafted<'_>], langs: &[String], notes: &mut Notes) -> Vec<String> {
    // Titles of pages, by language: sites have a name in each.
    let mut by_lang: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (drafted, lang)) in drafts.iter().zip(langs).enumerate() {
        if drafted.draft.page_title.is_some() {
            by_lang.entry(lang).or_default().push(at);
        }
    }
    let mut page_titles: HashMap<usize, String> = HashMap::new();
    let mut site_headings: Vec<(usize, String)> = Vec::new();
    for members in by_lang.values() {
        let of = |at: &usize| drafts.get(*at).map(|d| &d.draft);
        let mut group: Vec<String> = members
            .iter()
            .filter_map(of)
            .map(|d| {
                titles::strip_known_name(
                    d.page_title.as_deref().unwrap_or_default(),
                    d.site_name.as_deref().unwrap_or_default(),
                )
            })
            .collect();
        titles::strip_site_name(&mut group);
        page_titles.extend(members.iter().copied().zip(group));
        // A heading that most pages share is the site's name in its banner.
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for heading in members.iter().filter_map(of).filter_map(|d| d.content.title.as_deref()) {
            *counts.entry(heading).or_default() += 1;
        }
        for (heading, count) in counts {
            if count >= 3 && count * 2 > members.len() {
                site_headings.extend(members.iter().map(|at| (*at, heading.to_owned())));
            }
        }
    }
    for (at, heading) in site_headings {
        if let Some(Drafted { draft, .. }) = drafts.get_mut(at)
            && draft.content.title.as_deref() == Some(&heading)
        {
            draft.content.title = None;
        }
    }
    let mut out = Vec::with_capacity(drafts.len());
    for (at, Drafted { found, draft, body }) in drafts.iter_mut().enumerate() {
        let heading = draft.content.title.take();
        let title = draft
            .stated_title
            .clone()
            .or_else(|| heading.clone())
            .or_else(|| page_titles.get(&at).cloned())
            .or_else(|| draft.og_title.clone())
            .map(|t| space::line(&t))
            .filter(|t| !t.is_empty());
        let title = title.unwrap_or_else(|| {
            notes.mended(&found.name, "no title: the file's name is used".into());
            from_stem(&found.name)
        });
        // A first heading beside another title in the front matter is part of the text.
        if let Some(heading) = heading.filter(|h| !same_words(h, &title)) {
            body.opening = Opening::Heading(heading);
            body.blocks += 1;
        } else if body.first_heading.as_ref().is_some_and(|heading| same_words(heading, &title)) {
            body.opening = Opening::Goes;
            body.blocks -= 1;
        }
        if body.blocks == 0 {
            notes.mended(&found.name, "the article has a title and no text".into());
        }
        out.push(title);
    }
    out
}

fn same_words(a: &str, b: &str) -> bool {
    let plain = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    plain(a) == plain(b)
}

/// `sv/starta-om_routern.md` to `Starta om routern`.
fn from_stem(name: &str) -> String {
    let key = key(name);
    let stem = key.rsplit('/').next().unwrap_or_default();
    let words = space::line(&links::decode_percent(stem).replace(['-', '_'], " "));
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => "Index".to_owned(),
    }
}

/// An article and the page it came from.
#[derive(Debug)]
struct Placed<'a> {
    found: &'a Found,
    /// Without its body.
    article: Article,
    body: Spooled,
    base_href: Option<String>,
    address: Option<Url>,
}

/// Gives a draft its id, address and place among the others.
fn place_article<'a>(
    Drafted { found, draft, body }: Drafted<'a>,
    lang: String,
    title: String,
    options: &Options,
    site: &mut Site,
    articles: &mut Vec<Placed<'a>>,
    notes: &mut Notes,
) {
    if lang == "und" {
        notes.mended(
            &found.name,
            "the page does not say its language: state it in <html lang>, front matter, _svar.yaml or as the default"
                .into(),
        );
    }
    let id = draft
        .id
        .map(|id| clean_id(&id))
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| id_from_path(&found.name, &lang));
    let audience = draft.audience.or_else(|| found.rule.audience.clone()).unwrap_or_default();
    let unique = (lang.clone(), audience.clone(), id.clone());
    if let Some(first) = site.by_id.get(&unique).copied() {
        let other = articles.get(first).map_or("", |p| p.found.name.as_str());
        notes.skipped(&found.name, format!("the id `{id}` is taken by {other}"));
        // Links to it lead to the one that was kept.
        site.by_path.entry(key(&found.name)).or_insert(first);
        return;
    }
    let (url, address) = address_of(found, draft.url.as_deref(), &lang, &id, options, notes);
    let at = articles.len();
    site.by_id.insert(unique, at);
    site.by_path.entry(key(&found.name)).or_insert(at);
    if let Some(address) = &address {
        site.by_address.entry(address_key(address)).or_insert(at);
    }
    let mut aliases: Vec<String> = Vec::new();
    for alias in draft.aliases.iter().map(|a| key(&clean_id(a))).filter(|a| !a.is_empty() && *a != id) {
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    site.targets.push(Target {
        id: id.clone(),
        lang: lang.clone(),
        audience: audience.clone(),
        url: url.clone(),
        anchors: draft.content.anchors,
    });
    let article = Article {
        id,
        aliases,
        lang,
        audience,
        url,
        title,
        description: draft.description,
        keywords: draft.keywords,
        author: draft.author,
        updated: draft.updated,
        body: Vec::new(),
    };
    articles.push(Placed { found, article, body, base_href: draft.base_href, address });
}

fn clean_id(id: &str) -> String {
    // A `#` would begin an anchor in `article:ID#anchor`; the collector takes no `@` for an article's.
    space::line(id).replace(['#', ' ', '@'], "-").trim_matches('/').to_owned()
}

/// The path without ending; without the folder of the language as well, so that translations share an id.
fn id_from_path(name: &str, lang: &str) -> String {
    let path = key(name);
    let is_lang = |folder: &str| language::folder(folder).is_some_and(|tag| tag == *lang);
    let rest = match path.split_once('/') {
        Some((top, rest)) if is_lang(top) => rest,
        // The start page of a language.
        None if is_lang(&path) && is_index(name) => "",
        _ => &path,
    };
    let id = clean_id(rest);
    if id.is_empty() { "index".to_owned() } else { id }
}

fn is_index(name: &str) -> bool {
    name.rsplit('/').next().and_then(|file| file.rsplit_once('.')).is_some_and(|(stem, _)| stem == "index")
}

/// The address that readers are given, and the absolute one where there is one.
fn address_of(
    found: &Found,
    written: Option<&str>,
    lang: &str,
    id: &str,
    options: &Options,
    notes: &mut Notes,
) -> (String, Option<Url>) {
    if let Some(written) = written {
        let absolute = match &options.base_url {
            Some(base) => base.join(written).ok(),
            None => Url::parse(written).ok(),
        };
        match absolute.filter(|u| matches!(u.scheme(), "http" | "https")) {
            Some(url) => return (url.to_string(), Some(url)),
            None if written.starts_with('/') && !written.starts_with("//") => return (written.to_owned(), None),
            None => notes.mended(
                &found.name,
                format!("the page's address is neither absolute nor below /: {}", links::shortened(written)),
            ),
        }
    }
    if let Some(base) = &options.base_url {
        let path = match ending(&found.name) {
            Some(e) if e.starts_with('m') => {
                format!("{}html", found.name.get(..found.name.len() - e.len()).unwrap_or(&found.name))
            }
            _ => found.name.clone(),
        };
        if let Ok(url) = base.join(&encode_path(&path)) {
            return (url.to_string(), Some(url));
        }
    }
    (format!("help/{lang}.html#{}", encode_path(id)), None)
}

/// An alias must not hide an article that bears the name.
fn drop_taken_aliases(articles: &mut [Placed<'_>], site: &Site, notes: &mut Notes) {
    let mut taken: HashMap<(String, String, String), String> = HashMap::new();
    for placed in articles {
        let article = &mut placed.article;
        let (lang, audience, id) = (article.lang.clone(), article.audience.clone(), article.id.clone());
        article.aliases.retain(|alias| {
            let unique = (lang.clone(), audience.clone(), alias.clone());
            if site.by_id.contains_key(&unique) {
                notes.mended(&placed.found.name, format!("alias `{alias}` left out: it is the id of another article"));
                return false;
            }
            match taken.get(&unique) {
                Some(other) => {
                    notes.mended(&placed.found.name, format!("alias `{alias}` left out: {other} has it"));
                    false
                }
                None => {
                    taken.insert(unique, id.clone());
                    true
                }
            }
        });
    }
}

/// Links and pictures of all articles, which are then whole.
fn settle_addresses(
    source: &Path,
    articles: Vec<Placed<'_>>,
    spool: &Spool,
    site: &Site,
    writer: &mut articles::Writer,
    notes: &mut Notes,
) -> Result<Vec<Asset>, IndexerError> {
    let mut pictures = Pictures::new(source);
    for (at, placed) in articles.into_iter().enumerate() {
        let file = placed.found.name.as_str();
        let page = Page { name: file, target: at, base_href: placed.base_href.as_deref(), address: placed.address };
        let exists = |path: &str| !path.contains('\0') && source.join(path).is_file();
        let mut reasons: Vec<String> = Vec::new();
        let mut lost: Vec<String> = Vec::new();
        let mut link = |href: &str| match site.resolve(&page, href, &exists) {
            Resolved::Link(href) => Some(href),
            Resolved::Words(reason) => {
                reasons.extend(reason);
                None
            }
        };
        let mut picture = |image| match pictures.resolve(site, &page, image) {
            Ok(image) => Some(image),
            Err(reason) => {
                lost.push(reason);
                None
            }
        };
        let body = links::rewrite(placed.body.read(spool)?, &mut link, &mut picture);
        writer.push(Article { body, ..placed.article })?;
        for reason in reasons.into_iter().chain(lost) {
            notes.mended(file, reason);
        }
    }
    Ok(pictures.assets())
}

fn no_article(source: &Path, seen: usize, files: usize, notes: &[Note]) -> IndexerError {
    const FIRST: usize = 3;
    let endings: Vec<String> = ENDINGS.iter().map(|e| format!(".{e}")).collect();
    let mut text: String = notes.iter().take(FIRST).map(|n| format!("; {}: {}", n.file, n.reason)).collect();
    if notes.len() > FIRST {
        text.push_str("; and more");
    }
    if seen == 0 {
        text = "; name the folder that the site generator writes".into();
    }
    IndexerError::NoArticle { path: source.to_owned(), endings: endings.join(" "), seen, files, notes: text }
}

#[cfg(test)]
mod tests;
