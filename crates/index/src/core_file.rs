//! The core: what every question in a language needs.
//!
//! ```text
//! core     := lang str · fillers words · marks str · stems rules · links rules · false last parts words
//!           · alphabet str · articles varint · aliases varint · alias*
//!           · root · root · counts · counts · shards · shards · shards · shards
//! words    := varint · str*
//! rules    := varint · rule*
//! rule     := cut str · add str
//! alias    := str · article varint
//! shards   := varint · shard*                   of entries, of terms, of texts, of prepared answers
//! root     := varint · see `root`               of entries by id, of terms
//! counts   := varint · varint*                  articles of each shard of entries, of texts
//! shard    := length varint · hash u64, where the length is not 0
//! ```
//!
//! `marks` are the letters with marks that are worth looking for where none were typed. The rules of stems are those of `svar_analysis::stems`, links and false last parts those of `svar_analysis::compound`.
//! Articles are numbered in the order of their ids, and shards of entries and of texts have them in that order. A term
//! shard holds the terms from its beginning in the root
//! (inclusive) to the next one's (exclusive). The alphabet has the most frequent letters of terms first. A shard of length 0 is a section of the core's own file, with the shard's place in
//! the list as its number.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use crate::file::{FileKind, FileRef};
use svar_analysis::stems::Rule;
use svar_analysis::{Compounding, Rules};

/// A shard's file, or `None` where the core's own file holds it.
pub(crate) type ShardFile = Option<FileRef>;

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
    /// The first article of each shard of entries, and of each of texts.
    pub starts: [Vec<u32>; 2],
    /// Earlier ids and the numbers of their articles.
    pub aliases: Vec<(String, u32)>,
    /// Where each shard of entries and each of terms begins.
    pub roots: [Slice; 2],
    pub entries: Vec<ShardFile>,
    pub terms: Vec<ShardFile>,
    pub texts: Vec<ShardFile>,
    /// At most one: prepared answers.
    pub prepared: Vec<ShardFile>,
}

/// Which of the two kinds of shards that have articles.
pub(crate) const ENTRIES: usize = 0;
pub(crate) const TEXTS: usize = 1;

impl Core {
    /// The shard of a kind that has an article, and the article's place in it; `None` beyond the last article.
    pub fn shard_of(&self, kind: usize, article: u32) -> Option<(usize, usize)> {
        let starts = self.starts.get(kind).filter(|_| article < self.articles)?;
        let shard = starts.partition_point(|start| *start <= article).checked_sub(1)?;
        Some((shard, (article - starts.get(shard)?) as usize))
    }

    /// The articles of a shard of a kind; none beyond the last shard.
    pub fn articles_of(&self, kind: usize, shard: usize) -> std::ops::Range<u32> {
        let start = |shard: usize| self.starts.get(kind).and_then(|starts| starts.get(shard)).copied();
        start(shard).map_or(0..0, |from| from..start(shard + 1).unwrap_or(self.articles))
    }

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
        w.varint(self.aliases.len() as u64);
        for (alias, article) in &self.aliases {
            w.str(alias);
            w.varint(u64::from(*article));
        }
        for root in &self.roots {
            w.varint(root.as_ref().len() as u64);
            w.0.extend(root.as_ref());
        }
        for starts in &self.starts {
            w.varint(starts.len() as u64);
            let ends = starts.iter().skip(1).chain([&self.articles]);
            starts.iter().zip(ends).for_each(|(start, end)| w.varint(u64::from(end - start)));
        }
        for shards in [&self.entries, &self.terms, &self.texts, &self.prepared] {
            w.varint(shards.len() as u64);
            for shard in shards {
                w.varint(shard.map_or(0, |f| u64::from(f.length)));
                shard.iter().for_each(|file| w.u64(file.hash));
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
        let articles = r.varint_u32()?;
        let aliases = (0..r.count()?).map(|_| Ok((r.string()?, r.varint_u32()?))).collect::<Result<_, IndexError>>()?;
        let mut root = || -> Result<Slice, IndexError> {
            let length = r.count()?;
            let start = r.at();
            r.take(length)?;
            Ok(section.part(start..start + length))
        };
        let roots = [root()?, root()?];
        let mut starts = || -> Result<Vec<u32>, IndexError> {
            let (mut starts, mut next) = (Vec::new(), 0u32);
            for _ in 0..r.count()? {
                starts.push(next);
                next = next.checked_add(r.varint_u32()?).ok_or(damaged("more articles than a number counts"))?;
            }
            if next == articles { Ok(starts) } else { Err(damaged("shards for another number of articles")) }
        };
        let starts = [starts()?, starts()?];
        let mut shards = |kind| -> Result<Vec<ShardFile>, IndexError> {
            let mut shards = Vec::new();
            for _ in 0..r.count()? {
                let length = r.varint_u32()?;
                shards.push(if length == 0 { None } else { Some(FileRef { kind, hash: r.u64()?, length }) });
            }
            Ok(shards)
        };
        let (entries, terms) = (shards(FileKind::Entries)?, shards(FileKind::Terms)?);
        let (texts, prepared) = (shards(FileKind::Text)?, shards(FileKind::Prepared)?);
        if [entries.len(), texts.len()] != starts.each_ref().map(Vec::len) {
            return Err(damaged("shards for another number of articles"));
        }
        let core = Core {
            lang,
            fillers,
            marks,
            rules,
            compounding,
            alphabet,
            articles,
            aliases,
            roots,
            starts,
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
