//! The core: what every question in a language needs.
//!
//! ```text
//! core     := lang str · fillers words · stems rules · links rules · false last parts words
//!           · articles varint · entry* · terms varint · shard* · texts varint · shard*
//! words    := varint · str*
//! rules    := varint · rule*
//! rule     := cut str · add str
//! entry    := id str · aliases varint · str* · title str · url str · description str · updated str
//!           · words varint · revision u32 · text shard varint
//! shard    := first str · hash u64 · length u32
//! ```
//!
//! The rules of stems are those of `svar_analysis::stems`, links and false last parts those of `svar_analysis::compound`.
//! Articles are numbered in the order of their ids. A term shard holds the terms from its `first` (inclusive) to the next
//! one's (exclusive); `first` of a text shard is empty. A shard with hash and length 0 is a section of the core's own
//! file, with the shard's place in the list as its number.

use crate::bytes::{Reader, Writer};
use crate::error::{IndexError, damaged};
use crate::file::{FileKind, FileRef};
use svar_analysis::stems::Rule;
use svar_analysis::{Compounding, Rules};

/// What is known of an article without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Stable identifier.
    pub id: String,
    /// Earlier identifiers.
    pub aliases: Vec<String>,
    /// Title.
    pub title: String,
    /// Address of its own page: absolute or relative to the widget's folder.
    pub url: String,
    /// One or two sentences, or empty.
    pub description: String,
    /// `YYYY-MM-DD`, or empty.
    pub updated: String,
    /// Words in title and body.
    pub words: u32,
    /// Changes with the article's content.
    pub revision: u32,
    /// Number of the text shard that holds its body.
    pub text_shard: u32,
}

/// A shard by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShardRef {
    /// First term; empty for text shards.
    pub first: String,
    /// The file, or `None` where the core's own file holds it.
    pub file: Option<FileRef>,
}

/// The core of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Core {
    pub lang: String,
    pub fillers: Vec<String>,
    pub rules: Rules,
    pub compounding: Compounding,
    pub entries: Vec<Entry>,
    pub terms: Vec<ShardRef>,
    pub texts: Vec<ShardRef>,
}

impl Core {
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.str(&self.lang);
        w.varint(self.fillers.len() as u64);
        self.fillers.iter().for_each(|f| w.str(f));
        write_rules(&mut w, self.rules.all());
        write_rules(&mut w, &self.compounding.links);
        w.varint(self.compounding.false_last.len() as u64);
        self.compounding.false_last.iter().for_each(|f| w.str(f));
        w.varint(self.entries.len() as u64);
        for entry in &self.entries {
            w.str(&entry.id);
            w.varint(entry.aliases.len() as u64);
            entry.aliases.iter().for_each(|a| w.str(a));
            for text in [&entry.title, &entry.url, &entry.description, &entry.updated] {
                w.str(text);
            }
            w.varint(u64::from(entry.words));
            w.u32(entry.revision);
            w.varint(u64::from(entry.text_shard));
        }
        for shards in [&self.terms, &self.texts] {
            w.varint(shards.len() as u64);
            for shard in shards {
                w.str(&shard.first);
                let (hash, length) = shard.file.map_or((0, 0), |f| (f.hash, f.length));
                w.u64(hash);
                w.u32(length);
            }
        }
        w.0
    }

    pub fn read(bytes: &[u8]) -> Result<Core, IndexError> {
        let mut r = Reader::new(bytes);
        let lang = r.string()?;
        let fillers = read_words(&mut r)?;
        let rules = Rules::new(read_rules(&mut r)?);
        let compounding = Compounding { links: read_rules(&mut r)?, false_last: read_words(&mut r)? };
        let count = r.count()?;
        let mut entries = Vec::with_capacity(count);
        for _ in 0..count {
            let id = r.string()?;
            let mut aliases = Vec::new();
            for _ in 0..r.count()? {
                aliases.push(r.string()?);
            }
            let (title, url, description, updated) = (r.string()?, r.string()?, r.string()?, r.string()?);
            let (words, revision, text_shard) = (r.varint_u32()?, r.u32()?, r.varint_u32()?);
            entries.push(Entry { id, aliases, title, url, description, updated, words, revision, text_shard });
        }
        let mut shards = |kind| -> Result<Vec<ShardRef>, IndexError> {
            let mut shards = Vec::new();
            for _ in 0..r.count()? {
                let first = r.string()?;
                let file = FileRef::read(kind, &mut r)?;
                shards.push(ShardRef { first, file: (file.length > 0).then_some(file) });
            }
            Ok(shards)
        };
        let (terms, texts) = (shards(FileKind::Terms)?, shards(FileKind::Text)?);
        if entries.iter().any(|e| e.text_shard as usize >= texts.len()) {
            return Err(damaged("an article in a text shard that does not exist"));
        }
        if !terms.is_sorted_by(|a, b| a.first < b.first) {
            return Err(damaged("term shards out of order"));
        }
        Ok(Core { lang, fillers, rules, compounding, entries, terms, texts })
    }
}

fn write_rules(w: &mut Writer, rules: &[Rule]) {
    w.varint(rules.len() as u64);
    for rule in rules {
        w.str(&rule.cut);
        w.str(&rule.add);
    }
}

fn read_rules(r: &mut Reader<'_>) -> Result<Vec<Rule>, IndexError> {
    (0..r.count()?).map(|_| Ok(Rule { cut: r.string()?, add: r.string()? })).collect()
}

fn read_words(r: &mut Reader<'_>) -> Result<Vec<String>, IndexError> {
    (0..r.count()?).map(|_| r.string()).collect()
}
