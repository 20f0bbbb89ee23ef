//! Entries: what is known of some articles without their bodies.
//!
//! ```text
//! entries  := articles varint · ids · titles · urls · descriptions · dates · numbers
//! ids, titles, urls, descriptions, dates := (shared varint · str)*, one an article
//! numbers  := (words varint · revision u16)*, one an article
//! ```
//!
//! In an address the article's id, where it has it, is written as U+0000, so that most are alike.
//!
//! What is alike stands together, because it compresses better so, and a string leaves out what it shares with the
//! beginning of the one before (`shared` bytes). Articles are in the order of their numbers, of which the first follows from
//! the core (see [`crate::core_file`]), so that articles that come or go elsewhere change nothing here.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};

/// What is known of an article without its body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// Stable identifier.
    pub id: String,
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
    /// Changes with the article's content, but for one change in 65,536.
    pub revision: u16,
}

const STRINGS: usize = 5;

/// Stands for the id in an address, in which it cannot be otherwise.
const ID: char = '\0';

/// Entries to a section's payload.
pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let mut w = Writer::default();
    w.varint(entries.len() as u64);
    let column = |e: &Entry, at: usize| -> String {
        let url = if e.id.is_empty() { e.url.clone() } else { e.url.replacen(&e.id, "\0", 1) };
        [&e.id, &e.title, &url, &e.description, &e.updated].get(at).map_or(String::new(), |s| (*s).clone())
    };
    for at in 0..STRINGS {
        let mut before = String::new();
        for text in entries.iter().map(|e| column(e, at)) {
            let same = before.chars().zip(text.chars()).take_while(|(a, b)| a == b);
            let shared: usize = same.map(|(c, _)| c.len_utf8()).sum();
            w.varint(shared as u64);
            w.str(text.get(shared..).unwrap_or_default());
            before = text;
        }
    }
    for entry in entries {
        w.varint(u64::from(entry.words));
        w.u16(entry.revision);
    }
    w.0
}

/// A section's entries.
pub(crate) fn read(section: &Slice) -> Result<Vec<Entry>, IndexError> {
    let mut r = Reader::new(section.as_ref());
    let count = r.count()?;
    let mut entries = vec![Entry::default(); count];
    for at in 0..STRINGS {
        let mut before = String::new();
        for entry in &mut entries {
            let shared = r.varint()? as usize;
            if !before.is_char_boundary(shared) {
                return Err(damaged("a string that shares more than there is"));
            }
            before.truncate(shared);
            before.push_str(r.str()?);
            let text = before.clone();
            match at {
                0 => entry.id = text,
                1 => entry.title = text,
                2 => {
                    entry.url = match text.split_once(ID) {
                        Some((before, after)) => [before, &entry.id, after].concat(),
                        None => text,
                    }
                }
                3 => entry.description = text,
                _ => entry.updated = text,
            }
        }
    }
    for entry in &mut entries {
        entry.words = r.varint_u32()?;
        entry.revision = r.u16()?;
    }
    if r.is_empty() { Ok(entries) } else { Err(damaged("bytes after the last entry")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn entries_read_back(texts in proptest::collection::vec(["\\PC{0,8}", "\\PC{0,8}", "[a-cå]{0,6}", "\\PC{0,8}", "[0-9-]{0,4}"], 0..6)) {
            let entries: Vec<Entry> = (0..).zip(texts).map(|(n, [id, title, url, description, updated])| Entry {
                id, title, url, description, updated, words: n * 300, revision: u16::MAX - n as u16,
            }).collect();
            let bytes = write(&entries);
            let length = bytes.len();
            proptest::prop_assert_eq!(read(&Slice::new(bytes.into(), 0..length)), Ok(entries));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let length = bytes.len();
            let _ = read(&Slice::new(bytes.into(), 0..length));
        }
    }
}
