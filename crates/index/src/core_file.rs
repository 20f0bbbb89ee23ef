//! The core: what every question in a language needs.
//!
//! ```text
//! core     := lang str · fillers words · marks str · stems rules · links rules · false last parts words
//!           · alphabet str · articles varint · run varint · aliases varint · alias*
//!           · root varint · root (see `root`) · shards · shards · shards · shards
//! words    := varint · str*
//! rules    := varint · rule*
//! rule     := cut str · add str
//! alias    := str · article varint
//! shards   := varint · shard*                   of entries, of terms, of texts, of prepared answers
//! shard    := first str (but of terms) · length varint · hash u64, where the length is not 0
//! ```
//!
//! `marks` are the letters with marks that are worth looking for where none were typed. The rules of stems are those of `svar_analysis::stems`, links and false last parts those of `svar_analysis::compound`.
//! Articles are numbered in the order of their ids; each shard of entries has `run` of them, the last one what is left, and
//! `first` is its first id; that of a text shard is empty. A term shard holds the terms from its beginning in the root
//! (inclusive) to the next one's (exclusive). The alphabet has the most frequent letters of terms first. A shard of length 0 is a section of the core's own file, with the shard's place in
//! the list as its number.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use crate::file::{FileKind, FileRef};
use svar_analysis::stems::Rule;
use svar_analysis::{Compounding, Rules};

/// A shard by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShardRef {
    /// First id; empty for others than entries.
    pub first: String,
    /// The file, or `None` where the core's own file holds it.
    pub file: Option<FileRef>,
}

/// Place of the term shards among the four lists: where they begin stands in the root.
const TERMS: usize = 1;

/// The core of one language.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub lang: String,
    pub fillers: Vec<String>,
    pub marks: String,
    pub rules: Rules,
    pub compounding: Compounding,
    /// The most frequent letters of terms.
    pub alphabet: Vec<char>,
    /// Number of articles.
    pub articles: u32,
    /// Articles of a shard of entries.
    pub run: u32,
    /// Earlier ids and the numbers of their articles.
    pub aliases: Vec<(String, u32)>,
    /// Where each term shard begins.
    pub root: Slice,
    pub entries: Vec<ShardRef>,
    pub terms: Vec<ShardRef>,
    pub texts: Vec<ShardRef>,
    /// At most one: prepared answers.
    pub prepared: Vec<ShardRef>,
}

impl Core {
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::default();
        w.str(&self.lang);
        w.varint(self.fillers.len() as u64);
        self.fillers.iter().for_each(|f| w.str(f));
        w.str(&self.marks);
        write_rules(&mut w, self.rules.all());
        write_rules(&mut w, &self.compounding.links);
        w.varint(self.compounding.false_last.len() as u64);
        self.compounding.false_last.iter().for_each(|f| w.str(f));
        w.str(&self.alphabet.iter().collect::<String>());
        w.varint(u64::from(self.articles));
        w.varint(u64::from(self.run));
        w.varint(self.aliases.len() as u64);
        for (alias, article) in &self.aliases {
            w.str(alias);
            w.varint(u64::from(*article));
        }
        w.varint(self.root.as_ref().len() as u64);
        w.0.extend(self.root.as_ref());
        for (which, shards) in [&self.entries, &self.terms, &self.texts, &self.prepared].into_iter().enumerate() {
            w.varint(shards.len() as u64);
            for shard in shards {
                if which != TERMS {
                    w.str(&shard.first);
                }
                w.varint(shard.file.map_or(0, |f| u64::from(f.length)));
                if let Some(file) = shard.file {
                    w.u64(file.hash);
                }
            }
        }
        w.0
    }

    pub fn read(section: &Slice) -> Result<Core, IndexError> {
        let mut r = Reader::new(section.as_ref());
        let lang = r.string()?;
        let fillers = read_words(&mut r)?;
        let marks = r.string()?;
        let rules = Rules::new(read_rules(&mut r)?);
        let compounding = Compounding { links: read_rules(&mut r)?, false_last: read_words(&mut r)? };
        let alphabet: Vec<char> = r.str()?.chars().collect();
        let (articles, run) = (r.varint_u32()?, r.varint_u32()?);
        let aliases = (0..r.count()?).map(|_| Ok((r.string()?, r.varint_u32()?))).collect::<Result<_, IndexError>>()?;
        let length = r.count()?;
        let root = section.part(r.at()..r.at() + length);
        r.take(length)?;
        let mut shards = |kind| -> Result<Vec<ShardRef>, IndexError> {
            let mut shards = Vec::new();
            for _ in 0..r.count()? {
                let first = if kind == FileKind::Terms { String::new() } else { r.string()? };
                let length = r.varint_u32()?;
                let file = if length == 0 { None } else { Some(FileRef { kind, hash: r.u64()?, length }) };
                shards.push(ShardRef { first, file });
            }
            Ok(shards)
        };
        let (entries, terms) = (shards(FileKind::Entries)?, shards(FileKind::Terms)?);
        let (texts, prepared) = (shards(FileKind::Text)?, shards(FileKind::Prepared)?);
        if entries.len() as u64 != u64::from(articles).div_ceil(u64::from(run.max(1))) {
            return Err(damaged("shards of entries for another number of articles"));
        }
        let core = Core {
            lang,
            fillers,
            marks,
            rules,
            compounding,
            alphabet,
            articles,
            run,
            aliases,
            root,
            entries,
            terms,
            texts,
            prepared,
        };
        Ok(core)
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
