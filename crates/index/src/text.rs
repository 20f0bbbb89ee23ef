//! A text shard: the bodies of some articles.
//!
//! ```text
//! text    := articles varint · (article varint · length varint)* · body*
//! ```
//!
//! Bodies (see [`crate::body`]) follow in the order of the directory, which is the order of article numbers.

use crate::article::Block;
use crate::body;
use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use std::ops::Range;

/// Encoded bodies by article number, to a section's payload.
pub(crate) fn write(bodies: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut w = Writer::default();
    w.varint(bodies.len() as u64);
    for (article, bytes) in bodies {
        w.varint(u64::from(*article));
        w.varint(bytes.len() as u64);
    }
    bodies.iter().for_each(|(_, bytes)| w.0.extend(bytes));
    w.0
}

/// A shard that answers.
pub struct TextShard {
    directory: Vec<(u32, Range<usize>)>,
    section: Slice,
}

impl TextShard {
    pub(crate) fn open(section: &Slice) -> Result<TextShard, IndexError> {
        let mut r = Reader::new(section.as_ref());
        let count = r.count()?;
        let mut lengths = Vec::with_capacity(count);
        for _ in 0..count {
            lengths.push((r.varint_u32()?, r.varint()? as usize));
        }
        let mut directory = Vec::with_capacity(count);
        for (article, length) in lengths {
            let start = r.at();
            r.take(length)?;
            directory.push((article, start..start + length));
        }
        if !r.is_empty() {
            return Err(damaged("bytes after the last body"));
        }
        Ok(TextShard { directory, section: section.clone() })
    }

    /// The body of an article, or `None` where this shard does not hold it.
    pub fn body(&self, article: u32) -> Option<Vec<Block>> {
        let at = self.directory.binary_search_by_key(&article, |(a, _)| *a).ok()?;
        let (_, range) = self.directory.get(at)?;
        body::read(self.section.as_ref().get(range.clone())?).ok()
    }
}
