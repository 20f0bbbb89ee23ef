//! The root of the vocabulary: which shard a term is in. Ids of articles have one as well.
//!
//! ```text
//! root := a map of the `fst` crate (format 3) from the beginning of each shard to its number
//! ```
//!
//! A beginning is the shortest text that is after all terms of the shard before and not after the shard's own first. An
//! automaton shares what beginnings have in common at both ends and is asked where it lies: opening it costs nothing,
//! however many shards there are. (Lucene's block tree keeps its terms so: a finite-state transducer over the beginnings
//! of blocks, and the blocks apart. Terms themselves are smaller in shards of their own coding: see `terms`.)

use crate::bytes::Slice;
use crate::error::{IndexError, damaged};
use fst::raw::{Fst, Node, Output};

/// A map from terms, or ids, to numbers of shards.
pub(crate) struct Root(Fst<Slice>);

/// Where shards begin, as they are written one after another.
#[derive(Default)]
pub(crate) struct Beginnings<'a> {
    all: Vec<String>,
    last: &'a str,
}

impl<'a> Beginnings<'a> {
    /// A shard from `first` to `last`. The first shard has everything before it, too.
    pub fn push(&mut self, first: &str, last: &'a str) {
        self.all.push(if self.all.is_empty() { String::new() } else { beginning(self.last, first) });
        self.last = last;
    }

    /// As [`write`].
    pub fn write(&self) -> Result<Vec<u8>, IndexError> {
        write(&self.all)
    }
}

/// The shortest text that is after `last` and not after `first`, which is after `last` itself.
fn beginning(last: &str, first: &str) -> String {
    let end = first.char_indices().map(|(at, letter)| at + letter.len_utf8()).find(|&end| {
        let (begin, before) = (&first.as_bytes()[..end], last.as_bytes());
        begin > before
    });
    first.get(..end.unwrap_or(first.len())).unwrap_or(first).to_owned()
}

/// Beginnings in their order, the first of which is empty, to bytes.
fn write(beginnings: &[String]) -> Result<Vec<u8>, IndexError> {
    let refused = |_| IndexError::TooLarge { what: "term shards out of order or repeated" };
    let mut map = fst::MapBuilder::memory();
    for (number, beginning) in (0..).zip(beginnings) {
        map.insert(beginning, number).map_err(refused)?;
    }
    map.into_inner().map_err(refused)
}

impl Root {
    /// A root of so many shards.
    pub fn open(section: &Slice, shards: usize) -> Result<Root, IndexError> {
        let map = Fst::new(section.clone()).map_err(|_| damaged("a root that cannot be read"))?;
        if map.len() == shards { Ok(Root(map)) } else { Err(damaged("a root of another number of shards")) }
    }

    /// The last of the shards that begin at or before `key`, and the last of those that begin with it, if any do.
    pub fn find(&self, key: &str) -> (u64, Option<u64>) {
        let (mut node, mut output) = (self.0.root(), Output::zero());
        // The greatest key before `key` so far: this one, or the last one below a node.
        let (mut best, mut below) = (Output::zero(), None);
        let mut begins = true;
        for &byte in key.as_bytes() {
            if node.is_final() {
                (best, below) = (output.cat(node.final_output()), None);
            }
            let next = node.find_input(byte);
            // What goes on with a lower byte is before the key, however it ends.
            let lower = match next {
                Some(at) => at.checked_sub(1),
                None => (0..node.len()).rev().find(|at| node.transition(*at).inp < byte),
            };
            if let Some(lower) = lower.map(|at| node.transition(at)) {
                below = Some((lower.addr, output.cat(lower.out)));
            }
            let Some(next) = next.map(|at| node.transition(at)) else {
                begins = false;
                break;
            };
            output = output.cat(next.out);
            node = self.0.node(next.addr);
        }
        let last = begins.then(|| self.last(node, output).value());
        if begins && node.is_final() {
            (best, below) = (output.cat(node.final_output()), None);
        }
        (below.map_or(best, |(at, output)| self.last(self.0.node(at), output)).value(), last)
    }

    /// The greatest key at or below a node.
    fn last<'a>(&'a self, mut node: Node<'a>, mut output: Output) -> Output {
        while let Some(at) = node.len().checked_sub(1) {
            let next = node.transition(at);
            output = output.cat(next.out);
            node = self.0.node(next.addr);
        }
        output.cat(node.final_output())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(beginnings: &[&str]) -> Root {
        let bytes = write(&beginnings.iter().map(|b| (*b).to_owned()).collect::<Vec<_>>()).unwrap();
        let length = bytes.len();
        Root::open(&Slice::new(bytes.into(), 0..length), beginnings.len()).unwrap()
    }

    #[test]
    fn beginnings_are_short() {
        for (last, first, expected) in
            [("", "abc", "a"), ("abc", "abd", "abd"), ("ab", "abc", "abc"), ("abzz", "ac", "ac"), ("få", "fö", "fö")]
        {
            assert_eq!(beginning(last, first), expected, "{last} {first}");
        }
    }

    proptest::proptest! {
        #[test]
        fn finds_what_a_list_finds(
            mut all in proptest::collection::btree_set("[abå]{1,4}", 0..20),
            key in "[abåc]{0,5}",
        ) {
            all.insert(String::new());
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            let found = open(&all).find(&key);
            let at_most = all.iter().rposition(|b| *b <= key.as_str()).unwrap() as u64;
            let begins = all.iter().rposition(|b| b.starts_with(&key)).map(|at| at as u64);
            proptest::prop_assert_eq!(found.0, at_most);
            // Where nothing begins so, there may still be a node for it.
            proptest::prop_assert_eq!(found.1, begins);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let length = bytes.len();
            let _ = Root::open(&Slice::new(bytes.into(), 0..length), 1);
        }
    }
}
