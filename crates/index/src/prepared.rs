//! Prepared answers: what one or two letters find, in an index that is cut into files.
//!
//! ```text
//! prepared := prefixes varint · prefix*         in byte order
//! prefix   := str · total varint · hits varint · hit*
//! hit      := article varint · score varint · how u8 · term str
//! how      := kind × 4 + (2, where the term stands in the title or the text) + (1, where it stands in the title)
//! ```
//!
//! The first letter of a question begins words of many shards, most of which the next letters have no use for. So the
//! answers to the shortest questions are found at build, by the search itself, and are one small file.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};

/// The answer to a question of one or two letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The letters.
    pub prefix: String,
    /// How many articles are met.
    pub total: u32,
    /// The best of them, best first.
    pub hits: Vec<PreparedHit>,
}

/// An article of a prepared answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedHit {
    /// Its number.
    pub article: u32,
    /// What the word does for it.
    pub score: u32,
    /// The term stands in its title.
    pub in_title: bool,
    /// The term stands in its title or in a stretch of its text, not in its keywords alone.
    pub placed: bool,
    /// How the letters were met, as the search numbers it; at most 63.
    pub kind: u8,
    /// The term.
    pub term: String,
}

/// Answers in any order to a section's payload.
pub(crate) fn write(mut all: Vec<Prepared>) -> Vec<u8> {
    all.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    let mut w = Writer::default();
    w.varint(all.len() as u64);
    for prepared in &all {
        w.str(&prepared.prefix);
        w.varint(u64::from(prepared.total));
        w.varint(prepared.hits.len() as u64);
        for hit in &prepared.hits {
            w.varint(u64::from(hit.article));
            w.varint(u64::from(hit.score));
            w.u8(hit.kind << 2 | u8::from(hit.placed) << 1 | u8::from(hit.in_title));
            w.str(&hit.term);
        }
    }
    w.0
}

/// A section's answers.
pub(crate) fn read(section: &Slice) -> Result<Vec<Prepared>, IndexError> {
    let mut r = Reader::new(section.as_ref());
    let mut all = Vec::new();
    for _ in 0..r.count()? {
        let (prefix, total) = (r.string()?, r.varint_u32()?);
        let mut hits = Vec::new();
        for _ in 0..r.count()? {
            let (article, score, how, term) = (r.varint_u32()?, r.varint_u32()?, r.u8()?, r.string()?);
            hits.push(PreparedHit {
                article,
                score,
                in_title: how & 1 != 0,
                placed: how & 2 != 0,
                kind: how >> 2,
                term,
            });
        }
        all.push(Prepared { prefix, total, hits });
    }
    if r.is_empty() { Ok(all) } else { Err(damaged("bytes after the last prepared answer")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_back() {
        let hit = |article, term: &str| PreparedHit {
            article,
            score: 700,
            in_title: true,
            placed: false,
            kind: 6,
            term: term.into(),
        };
        let prepared =
            |prefix: &str| Prepared { prefix: prefix.into(), total: 300, hits: vec![hit(2, "faktura"), hit(0, "få")] };
        let bytes = write(vec![prepared("få"), prepared("f")]);
        let length = bytes.len();
        let section = Slice::new(bytes.into(), 0..length);
        assert_eq!(read(&section), Ok(vec![prepared("f"), prepared("få")]));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let length = bytes.len();
            let _ = read(&Slice::new(bytes.into(), 0..length));
        }
    }
}
