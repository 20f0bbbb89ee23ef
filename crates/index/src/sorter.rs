//! Sorting what does not fit into memory: records are gathered by key, written to scratch as sorted runs whenever they reach
//! a limit, and merged (Knuth, The Art of Computer Programming 3, 5.4).
//!
//! ```text
//! run      := record*                           in byte order of their keys, each once
//! record   := key varint · value varint · key · value, the numbers being lengths
//! ```
//!
//! By hand, because the crates for it (extsort, ext-sort) open files themselves, which nothing here may.

use crate::bytes::{Reader, Writer};
use crate::error::IndexError;
use crate::storage::{Storage, Tape, Window};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;

/// About what a key takes in memory beside its letters and its value.
const BYTES_OF_A_KEY: usize = 96;

/// Takes values by key.
pub(crate) struct Sorter {
    limit: usize,
    /// What is not in a run yet. Only looked into and sorted, so that no hash order gets out.
    held: HashMap<String, Vec<u8>>,
    bytes: usize,
    runs: Option<Runs>,
}

struct Runs {
    tape: Tape,
    ranges: Vec<Range<u64>>,
}

impl Sorter {
    /// One that keeps as much in memory as `storage` says.
    pub fn new(storage: &dyn Storage) -> Sorter {
        Sorter { limit: storage.memory_bytes(), held: HashMap::new(), bytes: 0, runs: None }
    }

    /// Adds to the value of `key`, at its end.
    pub fn add(&mut self, key: &str, value: &[u8], storage: &mut dyn Storage) -> Result<(), IndexError> {
        match self.held.get_mut(key) {
            Some(held) => {
                let before = held.capacity();
                held.extend(value);
                self.bytes += held.capacity() - before;
            }
            None => {
                self.bytes += BYTES_OF_A_KEY + key.len() + value.len();
                self.held.insert(key.to_owned(), value.to_vec());
            }
        }
        if self.bytes > self.limit { self.write_run(storage) } else { Ok(()) }
    }

    fn sorted(&mut self) -> Vec<(String, Vec<u8>)> {
        self.bytes = 0;
        let mut all: Vec<(String, Vec<u8>)> = std::mem::take(&mut self.held).into_iter().collect();
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all
    }

    fn write_run(&mut self, storage: &mut dyn Storage) -> Result<(), IndexError> {
        let all = self.sorted();
        let runs = match &mut self.runs {
            Some(runs) => runs,
            none => none.insert(Runs { tape: Tape::new(storage)?, ranges: Vec::new() }),
        };
        let start = runs.tape.end();
        for (key, value) in all {
            let mut w = Writer::default();
            w.varint(key.len() as u64);
            w.varint(value.len() as u64);
            w.0.extend(key.as_bytes());
            runs.tape.append(&w.0)?;
            runs.tape.append(&value)?;
        }
        runs.ranges.push(start..runs.tape.end());
        Ok(())
    }

    /// All keys in byte order.
    pub fn merge(mut self, storage: &mut dyn Storage) -> Result<Merged, IndexError> {
        if self.runs.is_some() {
            self.write_run(storage)?;
        }
        let held = self.sorted().into_iter();
        let Some(Runs { mut tape, ranges }) = self.runs else { return Ok(Merged { held, runs: None }) };
        let mut heads = BinaryHeap::new();
        let mut cursors: Vec<Cursor> =
            ranges.into_iter().map(|rest| Cursor { rest, value: Vec::new(), window: Window::default() }).collect();
        for (run, cursor) in cursors.iter_mut().enumerate() {
            heads.extend(cursor.next(&mut tape)?.map(|key| Reverse((key, run))));
        }
        Ok(Merged { held, runs: Some(Merging { tape, cursors, heads }) })
    }
}

/// Keys in byte order, each with what was added to it, in the order in which it was added.
pub(crate) struct Merged {
    held: std::vec::IntoIter<(String, Vec<u8>)>,
    runs: Option<Merging>,
}

struct Merging {
    tape: Tape,
    cursors: Vec<Cursor>,
    /// The next key of each run. Of equal ones that of the earlier run is first.
    heads: BinaryHeap<Reverse<(String, usize)>>,
}

struct Cursor {
    rest: Range<u64>,
    /// Of the key that was read last.
    value: Vec<u8>,
    window: Window,
}

/// The longest two varints.
const LENGTHS: u64 = 20;

impl Cursor {
    /// The next key.
    fn next(&mut self, tape: &mut Tape) -> Result<Option<String>, IndexError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let start = self.rest.start;
        let mut r = Reader::new(tape.read(&mut self.window, start..start + LENGTHS)?);
        let (key, value) = (r.varint()?, r.varint()?);
        let start = start + r.at() as u64;
        let end = start.saturating_add(key).saturating_add(value);
        let mut r = Reader::new(tape.read(&mut self.window, start..end)?);
        let key = r.take(key as usize)?.to_vec();
        self.value = r.take(value as usize)?.to_vec();
        self.rest.start = end;
        String::from_utf8(key).map(Some).map_err(|_| crate::error::damaged("text that is not UTF-8"))
    }
}

impl Merged {
    /// The next key and its value.
    pub fn next(&mut self) -> Result<Option<(String, Vec<u8>)>, IndexError> {
        let Some(Merging { tape, cursors, heads }) = &mut self.runs else { return Ok(self.held.next()) };
        let Some(Reverse((key, run))) = heads.pop() else { return Ok(None) };
        let mut all = Vec::new();
        let mut next = Some(run);
        while let Some(cursor) = next.and_then(|run| cursors.get_mut(run).map(|cursor| (run, cursor))) {
            let (run, cursor) = cursor;
            if all.is_empty() {
                all = std::mem::take(&mut cursor.value);
            } else {
                all.extend(&cursor.value);
            }
            heads.extend(cursor.next(tape)?.map(|key| Reverse((key, run))));
            next = match heads.peek() {
                Some(Reverse((other, _))) if *other == key => heads.pop().map(|Reverse((_, run))| run),
                _ => None,
            };
        }
        Ok(Some((key, all)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::tests::Narrow;
    use std::collections::BTreeMap;

    proptest::proptest! {
        #[test]
        fn any_limit_gives_the_same(
            values in proptest::collection::vec(("[abå]{0,3}", proptest::collection::vec(proptest::prelude::any::<u8>(), 0..4)), 0..60),
            memory_bytes in 0usize..3_000,
        ) {
            let mut storage = Narrow { files: Default::default(), memory_bytes, room: usize::MAX };
            let (mut sorter, mut expected) = (Sorter::new(&storage), BTreeMap::<String, Vec<u8>>::new());
            for (key, value) in &values {
                sorter.add(key, value, &mut storage).unwrap();
                expected.entry(key.clone()).or_default().extend(value);
            }
            let mut merged = sorter.merge(&mut storage).unwrap();
            let mut found = Vec::new();
            while let Some(next) = merged.next().unwrap() {
                found.push(next);
            }
            proptest::prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
