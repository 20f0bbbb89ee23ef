//! A term shard: the terms of a range of the vocabulary and where they occur.
//!
//! ```text
//! terms    := fst length varint · fst · postings
//! fst      := a map of the `fst` crate (format 3) from a term's UTF-8 bytes to the offset of its list in `postings`
//! list     := rule u8 · articles varint · posting*
//! posting  := article delta varint · code u8
//! code     := title bit (128) | weight (see `fixed::decode_weight`)
//! ```
//!
//! The rule is how the term becomes its stem: its number in the core (see `svar_analysis::stems`). A list is in the order of article numbers; the first delta is the number itself, each later one the distance to the
//! one before. The weight is the term's frequency in the article over all fields, weighted and normalised by field length
//! (BM25F, Robertson and Zaragoza 2009) and not yet saturated, so that forms of a word can be added up before they are.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};

/// Where a term occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Number of the article.
    pub article: u32,
    /// Weight in units of 1/128.
    pub weight: u32,
    /// The term is in the title.
    pub in_title: bool,
}

/// A posting on its way into a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewPosting {
    pub article: u32,
    pub code: u8,
}

pub(crate) const TITLE_BIT: u8 = 128;

/// Terms in byte order with their postings in article order, to a section's payload.
pub(crate) fn write<'a>(terms: impl Iterator<Item = (&'a str, u8, &'a [NewPosting])>) -> Result<Vec<u8>, IndexError> {
    let refused = |_| IndexError::TooLarge { what: "terms out of order or repeated" };
    let mut map = fst::MapBuilder::memory();
    let mut postings = Writer::default();
    for (term, rule, list) in terms {
        map.insert(term, postings.0.len() as u64).map_err(refused)?;
        postings.u8(rule);
        postings.varint(list.len() as u64);
        let mut before = 0;
        for posting in list {
            postings.varint(u64::from(posting.article - before));
            postings.u8(posting.code);
            before = posting.article;
        }
    }
    let map = map.into_inner().map_err(refused)?;
    let mut w = Writer::default();
    w.varint(map.len() as u64);
    w.0.extend(map);
    w.0.extend(postings.0);
    Ok(w.0)
}

/// A shard that answers.
pub struct TermShard {
    map: fst::raw::Fst<Slice>,
    postings: Slice,
}

impl TermShard {
    pub(crate) fn open(section: &Slice) -> Result<TermShard, IndexError> {
        let bytes = section.as_ref();
        let mut r = Reader::new(bytes);
        let length = r.varint()? as usize;
        let start = r.at();
        r.take(length)?;
        let map = fst::raw::Fst::new(section.part(start..start + length))
            .map_err(|_| damaged("a term map that cannot be read"))?;
        let postings = section.part(start + length..bytes.len());
        Ok(TermShard { map, postings })
    }

    /// The map, for walking over terms; its values go into [`TermShard::postings`].
    pub fn map(&self) -> &fst::raw::Fst<Slice> {
        &self.map
    }

    /// The list at `offset`, in the order of article numbers. Empty where there is no list.
    pub fn postings(&self, offset: u64) -> Postings<'_> {
        let bytes = usize::try_from(offset).ok().and_then(|o| self.postings.as_ref().get(o..)).unwrap_or_default();
        let mut reader = Reader::new(bytes);
        let rule = reader.u8().unwrap_or(0);
        let left = reader.varint_u32().unwrap_or(0);
        Postings { reader, rule, left, article: 0 }
    }

    /// Where `term` occurs, or `None` where it does not.
    pub fn lookup(&self, term: &str) -> Option<Postings<'_>> {
        self.map.get(term).map(|offset| self.postings(offset.value()))
    }
}

/// The postings of one term.
pub struct Postings<'a> {
    reader: Reader<'a>,
    rule: u8,
    left: u32,
    article: u32,
}

impl Postings<'_> {
    /// Number of the rule that makes the term its stem.
    pub fn rule(&self) -> u8 {
        self.rule
    }

    /// In how many articles the term occurs (those not yet taken).
    pub fn articles(&self) -> u32 {
        self.left
    }
}

impl Iterator for Postings<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        self.left = self.left.checked_sub(1)?;
        let delta = self.reader.varint_u32().ok()?;
        let code = self.reader.u8().ok()?;
        self.article = self.article.wrapping_add(delta);
        Some(Posting {
            article: self.article,
            weight: crate::fixed::decode_weight(code),
            in_title: code & TITLE_BIT != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_back() {
        let list = |articles: &[u32]| {
            articles.iter().map(|&article| NewPosting { article, code: 16 | TITLE_BIT }).collect::<Vec<_>>()
        };
        let lists = [("faktura", list(&[0, 5, 700])), ("router", list(&[3]))];
        let payload = write(lists.iter().map(|(t, l)| (*t, 7, l.as_slice()))).unwrap();
        let length = payload.len();
        let shard = TermShard::open(&Slice::new(payload.into(), 0..length)).unwrap();
        let got = |term| shard.lookup(term).map(|p| p.map(|p| (p.article, p.weight, p.in_title)).collect::<Vec<_>>());
        assert_eq!(got("faktura"), Some(vec![(0, 32, true), (5, 32, true), (700, 32, true)]));
        assert_eq!(got("router"), Some(vec![(3, 32, true)]));
        assert_eq!(got("fakt"), None);
        assert_eq!(shard.lookup("router").map(|p| p.rule()), Some(7));
        assert_eq!(shard.postings(u64::MAX).count(), 0);
    }
}
