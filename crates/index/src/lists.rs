//! The lists of terms while an index is written: on scratch, for together they are larger than the texts.
//!
//! ```text
//! chunk    := postings varint · (gap varint · code u8 · zones u8)*    in the order of article numbers
//! list     := chunk · chunk · chunk · left_out varint · cut u8*       see `terms::NewList`
//! ```
//!
//! A gap is the distance to the article before, the first to article 0. Several chunks after another are what was gathered
//! from several terms.

use crate::bytes::{Reader, Writer};
use crate::error::IndexError;
use crate::storage::{Storage, Tape, Window};
use crate::terms::{NewList, NewPosting};

/// Terms in byte order with something of each on scratch.
pub(crate) struct Lists {
    terms: Vec<Box<str>>,
    on_tape: OnTape,
}

/// What is on scratch, by the number of the term.
pub(crate) struct OnTape {
    tape: Tape,
    window: Window,
    /// Where each ends, which is where the next one begins.
    ends: Vec<u64>,
}

impl Lists {
    pub fn new(storage: &mut dyn Storage) -> Result<Lists, IndexError> {
        let on_tape = OnTape { tape: Tape::new(storage)?, window: Window::default(), ends: Vec::new() };
        Ok(Lists { terms: Vec::new(), on_tape })
    }

    /// Adds the next term.
    pub fn push(&mut self, term: String, bytes: &[u8]) -> Result<(), IndexError> {
        self.terms.push(term.into());
        self.on_tape.tape.append(bytes)?;
        self.on_tape.ends.push(self.on_tape.tape.end());
        Ok(())
    }

    /// The terms, and apart from them what is on scratch.
    pub fn into_parts(self) -> (Vec<Box<str>>, OnTape) {
        (self.terms, self.on_tape)
    }
}

impl OnTape {
    /// What was pushed with the term of this number. Those that follow it are read fastest.
    pub fn get(&mut self, number: usize) -> Result<&[u8], IndexError> {
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied()).unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        Ok(self.tape.read(&mut self.window, start..end)?)
    }
}

/// Terms in byte order with their complete lists on scratch.
pub(crate) struct Complete {
    lists: Lists,
    sizes: Vec<u32>,
}

/// Complete lists on scratch, by the number of their terms.
pub(crate) struct CompleteOnTape {
    on_tape: OnTape,
    sizes: Vec<u32>,
}

impl Complete {
    pub fn new(storage: &mut dyn Storage) -> Result<Complete, IndexError> {
        Ok(Complete { lists: Lists::new(storage)?, sizes: Vec::new() })
    }

    /// Adds the next term.
    pub fn push(&mut self, term: String, list: &NewList) -> Result<(), IndexError> {
        self.sizes.push(list.bytes() as u32);
        self.lists.push(term, &write(list))
    }

    /// The terms, and apart from them their lists.
    pub fn into_parts(self) -> (Vec<Box<str>>, CompleteOnTape) {
        let (terms, on_tape) = self.lists.into_parts();
        (terms, CompleteOnTape { on_tape, sizes: self.sizes })
    }
}

impl CompleteOnTape {
    /// About how many bytes the list of this number takes in a shard.
    pub fn size(&self, number: usize) -> usize {
        self.sizes.get(number).map_or(0, |size| *size as usize)
    }

    /// The list of this number. Those that follow it are read fastest.
    pub fn get(&mut self, number: usize) -> Result<NewList, IndexError> {
        read(self.on_tape.get(number)?)
    }
}

fn write_chunk(w: &mut Writer, postings: &[NewPosting]) {
    w.varint(postings.len() as u64);
    let mut before = 0;
    for posting in postings {
        w.varint(u64::from(posting.article - before));
        w.u8(posting.code);
        w.u8(posting.zones);
        before = posting.article;
    }
}

fn read_chunk(r: &mut Reader<'_>, postings: &mut Vec<NewPosting>) -> Result<(), IndexError> {
    let mut article = 0u32;
    for _ in 0..r.count()? {
        article = article.wrapping_add(r.varint_u32()?);
        postings.push(NewPosting { article, code: r.u8()?, zones: r.u8()? });
    }
    Ok(())
}

/// Postings in the order of articles to a chunk.
pub(crate) fn chunk(postings: &[NewPosting]) -> Vec<u8> {
    let mut w = Writer::default();
    write_chunk(&mut w, postings);
    w.0
}

/// The postings of all chunks.
pub(crate) fn postings(chunks: &[u8]) -> Result<Vec<NewPosting>, IndexError> {
    let (mut r, mut postings) = (Reader::new(chunks), Vec::new());
    while !r.is_empty() {
        read_chunk(&mut r, &mut postings)?;
    }
    Ok(postings)
}

/// A list to bytes.
fn write(list: &NewList) -> Vec<u8> {
    let mut w = Writer::default();
    for postings in [&list.literal, &list.compounds, &list.synonyms] {
        write_chunk(&mut w, postings);
    }
    w.varint(u64::from(list.left_out));
    w.0.extend(&list.cuts);
    w.0
}

/// Bytes to a list.
fn read(bytes: &[u8]) -> Result<NewList, IndexError> {
    let (mut r, mut list) = (Reader::new(bytes), NewList::default());
    for postings in [&mut list.literal, &mut list.compounds, &mut list.synonyms] {
        read_chunk(&mut r, postings)?;
    }
    list.left_out = r.varint_u32()?;
    list.cuts = bytes.get(r.at()..).unwrap_or_default().to_vec();
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::InMemory;

    #[test]
    fn lists_read_back() {
        let posting = |article| NewPosting { article, code: 130, zones: 5 };
        let list = NewList {
            literal: vec![posting(0), posting(7), posting(300)],
            cuts: vec![9, 1],
            left_out: 700,
            ..NewList::default()
        };
        let mut lists = Lists::new(&mut InMemory::default()).unwrap();
        lists.push("a".into(), &write(&list)).unwrap();
        lists.push("b".into(), &[]).unwrap();
        lists.push("c".into(), &[chunk(&list.literal), chunk(&[posting(2)])].concat()).unwrap();
        let (terms, mut on_tape) = lists.into_parts();
        assert_eq!(terms.len(), 3);
        assert_eq!(read(on_tape.get(0).unwrap()), Ok(list));
        assert_eq!(on_tape.get(1), Ok(&[][..]));
        let articles: Vec<u32> = postings(on_tape.get(2).unwrap()).unwrap().iter().map(|p| p.article).collect();
        assert_eq!(articles, [0, 7, 300, 2]);
        assert_eq!(on_tape.get(3), Ok(&[][..]));
    }
}
