//! A text shard: the bodies of some articles.
//!
//! ```text
//! text    := articles varint · length varint* · body*
//! ```
//!
//! Bodies (see [`crate::body`]) are in the order of article numbers, of which the first follows from the core.

use crate::article::Block;
use crate::body;
use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use std::ops::Range;

/// Encoded bodies to a section's payload.
pub(crate) fn write(bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut w = Writer::default();
    w.varint(bodies.len() as u64);
    bodies.iter().for_each(|body| w.varint(body.len() as u64));
    bodies.iter().for_each(|body| w.0.extend(body));
    w.0
}

/// A shard that answers.
pub struct TextShard {
    directory: Vec<Range<usize>>,
    section: Slice,
}

impl TextShard {
    pub(crate) fn open(section: &Slice, articles: usize) -> Result<TextShard, IndexError> {
        let mut r = Reader::new(section.as_ref());
        let count = r.count()?;
        let mut lengths = Vec::with_capacity(count);
        for _ in 0..count {
            lengths.push(r.varint()? as usize);
        }
        let mut directory = Vec::with_capacity(count);
        for length in lengths {
            let start = r.at();
            r.take(length)?;
            directory.push(start..start + length);
        }
        if !r.is_empty() || directory.len() != articles {
            return Err(damaged("other bodies than the core knows"));
        }
        Ok(TextShard { directory, section: section.clone() })
    }

    /// The body of the article at a place in this shard, or `None` beyond the last.
    pub fn body(&self, at: usize) -> Option<Vec<Block>> {
        let range = self.directory.get(at)?;
        body::read(self.section.as_ref().get(range.clone())?).ok()
    }
}
