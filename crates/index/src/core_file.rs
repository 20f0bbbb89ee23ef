//! The core: what every question in a language needs.
//!
//! ```text
//! core     := lang str · fillers words · marks str · stems rules · links rules · false last parts words
//!           · alphabet str · articles varint · aliases varint · alias*
//!           · root · root · runs (see `runs`) · files · files · files · files
//! words    := varint · str*
//! rules    := varint · rule*
//! rule     := cut str · add str
//! alias    := str · article varint
//! shards   := varint · shard*                   of entries, of terms, of texts, of prepared answers
//! root     := varint · see `root`               of entries by id, of terms
//! files    := shards varint · own u8 · hash (5 bytes)*, where own is 1
//!             of entries, of terms, of the directory, of prepared answers
//! ```
//!
//! `marks` are the letters with marks that are worth looking for where none were typed. The rules of stems are those of `svar_analysis::stems`, links and false last parts those of `svar_analysis::compound`.
//! Articles are numbered in the order of their ids, and shards of entries and of texts have them in that order. A term
//! shard holds the terms from its beginning in the root
//! (inclusive) to the next one's (exclusive). The alphabet has the most frequent letters of terms first. Shards that have no files of their own are sections of the core's, with the
//! shard's place in the list as its number. The runs are those of entries.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use crate::file::{FileKind, FileRef};
use crate::runs::Runs;
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
    /// The articles of each shard of entries.
    pub runs: Runs,
    /// Earlier ids and the numbers of their articles.
    pub aliases: Vec<(String, u32)>,
    /// Where each shard of entries and each of terms begins.
    pub roots: [Slice; 2],
    pub entries: Vec<ShardFile>,
    pub terms: Vec<ShardFile>,
    /// The directory of texts, which is one.
    pub directory: Vec<ShardFile>,
    /// At most one: prepared answers.
    pub prepared: Vec<ShardFile>,
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
        w.varint(self.aliases.len() as u64);
        for (alias, article) in &self.aliases {
            w.str(alias);
            w.varint(u64::from(*article));
        }
        for root in &self.roots {
            w.varint(root.as_ref().len() as u64);
            w.0.extend(root.as_ref());
        }
        self.runs.write(&mut w);
        for shards in [&self.entries, &self.terms, &self.directory, &self.prepared] {
            write_files(&mut w, shards);
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
        let mut aliases = Vec::new();
        for _ in 0..r.count()? {
            aliases.push((r.string()?, r.varint_u32()?));
        }
        let roots = [read_root(section, &mut r)?, read_root(section, &mut r)?];
        let runs = Runs::read(&mut r, articles)?;
        let entries = read_files(&mut r, FileKind::Entries)?;
        let terms = read_files(&mut r, FileKind::Terms)?;
        let directory = read_files(&mut r, FileKind::Directory)?;
        let prepared = read_files(&mut r, FileKind::Prepared)?;
        if entries.len() != runs.len() {
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
            runs,
            entries,
            terms,
            directory,
            prepared,
        };
        Ok(core)
    }
}

/// All of them have files, or none has.
pub(crate) fn write_files(w: &mut Writer, files: &[ShardFile]) {
    w.varint(files.len() as u64);
    w.u8(u8::from(files.iter().any(Option::is_some)));
    files.iter().flatten().for_each(|file| file.write(w));
}

pub(crate) fn read_files(r: &mut Reader<'_>, kind: FileKind) -> Result<Vec<ShardFile>, IndexError> {
    let (count, own) = (r.varint()? as usize, r.u8()? == 1);
    // Those without are sections of the core's own file, of which there are not so many.
    if !own && count > u16::MAX.into() {
        return Err(damaged("a count beyond the file"));
    }
    let mut files = Vec::new();
    for _ in 0..count {
        files.push(if own { Some(FileRef::read(kind, r)?) } else { None });
    }
    Ok(files)
}

fn read_root(section: &Slice, r: &mut Reader<'_>) -> Result<Slice, IndexError> {
    let length = r.count()?;
    let start = r.at();
    r.take(length)?;
    Ok(section.part(start..start + length))
}

fn write_rules(w: &mut Writer, rules: &[Rule]) {
    w.varint(rules.len() as u64);
    for rule in rules {
        w.str(&rule.cut);
        w.str(&rule.add);
    }
}

fn read_rules(r: &mut Reader<'_>) -> Result<Vec<Rule>, IndexError> {
    let mut rules = Vec::new();
    for _ in 0..r.count()? {
        rules.push(Rule { cut: r.string()?, add: r.string()? });
    }
    Ok(rules)
}

fn read_words(r: &mut Reader<'_>) -> Result<Vec<String>, IndexError> {
    let mut words = Vec::new();
    for _ in 0..r.count()? {
        words.push(r.string()?);
    }
    Ok(words)
}
