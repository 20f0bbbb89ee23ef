//! Where the files of an index go as they are made, and where what does not fit into memory lies meanwhile.
//!
//! Nothing here knows a disk: whoever has an index written to one hands in a [`Storage`] that does. [`InMemory`] is one that
//! keeps everything, for small indexes and for tests.

use crate::write::IndexFile;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// Bytes that are written once and read back from anywhere.
pub trait Scratch: Read + Write + Seek {}

impl<T: Read + Write + Seek> Scratch for T {}

/// Takes the files of an index. What goes wrong here ends the writing; the message is handed on as it is, so it should name
/// what could not be done, where, and what to do.
pub trait Storage {
    /// Takes a file. Each name comes once, the manifest's last.
    fn put(&mut self, name: &str, bytes: Vec<u8>) -> io::Result<()>;

    /// The bytes of a file that was put here.
    fn get(&mut self, name: &str) -> io::Result<Vec<u8>>;

    /// Empty room for what does not fit into memory. It is let go of when it is dropped.
    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>>;

    /// How many bytes of what is being sorted stay in memory before they go to scratch. Less makes more, shorter runs; the
    /// files are the same. 32 MB: beyond it a large help centre is written no faster.
    fn memory_bytes(&self) -> usize {
        32 << 20
    }
}

/// A storage that keeps everything in memory.
#[derive(Debug, Default)]
pub struct InMemory(BTreeMap<String, Vec<u8>>);

impl InMemory {
    /// The files, by name.
    pub fn into_files(self) -> impl Iterator<Item = IndexFile> {
        self.0.into_iter().map(|(name, bytes)| IndexFile { name, bytes })
    }
}

impl Storage for InMemory {
    fn put(&mut self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        self.0.insert(name.to_owned(), bytes);
        Ok(())
    }

    fn get(&mut self, name: &str) -> io::Result<Vec<u8>> {
        self.0
            .get(name)
            .cloned()
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{name} was not written")))
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

/// What is written or read at once.
const BLOCK: usize = 1 << 16;

/// Scratch that grows at its end.
pub(crate) struct Tape {
    scratch: Box<dyn Scratch>,
    /// Bytes in `scratch`.
    written: u64,
    /// Bytes that follow.
    held: Vec<u8>,
}

/// A stretch of a tape in memory: whoever reads on from where he was finds most of it here.
#[derive(Default)]
pub(crate) struct Window {
    at: u64,
    bytes: Vec<u8>,
}

impl Tape {
    pub fn new(storage: &mut dyn Storage) -> io::Result<Tape> {
        Ok(Tape { scratch: storage.scratch()?, written: 0, held: Vec::new() })
    }

    /// Where the next bytes will begin.
    pub fn end(&self) -> u64 {
        self.written + self.held.len() as u64
    }

    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.held.extend(bytes);
        if self.held.len() >= BLOCK { self.write_held() } else { Ok(()) }
    }

    fn write_held(&mut self) -> io::Result<()> {
        self.scratch.seek(SeekFrom::Start(self.written))?;
        self.scratch.write_all(&self.held)?;
        self.written += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }

    /// The bytes of `range`, which is cut off at the tape's end.
    pub fn read<'w>(&mut self, window: &'w mut Window, range: Range<u64>) -> io::Result<&'w [u8]> {
        if !self.held.is_empty() {
            self.write_held()?;
        }
        let end = range.end.min(self.written);
        let start = range.start.min(end);
        if start < window.at || end > window.at + window.bytes.len() as u64 {
            let most = (end - start).max(BLOCK as u64).min(self.written - start);
            window.at = start;
            window.bytes.resize(most as usize, 0);
            self.scratch.seek(SeekFrom::Start(start))?;
            self.scratch.read_exact(&mut window.bytes)?;
        }
        let from = (start - window.at) as usize;
        Ok(window.bytes.get(from..from + (end - start) as usize).unwrap_or_default())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Keeps files in memory, and as little else as it is told.
    pub(crate) struct Narrow {
        pub files: InMemory,
        pub memory_bytes: usize,
        /// How many bytes scratch takes before it is full.
        pub room: usize,
    }

    struct Full(Cursor<Vec<u8>>, usize);

    impl Read for Full {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0.read(buf)
        }
    }

    impl Seek for Full {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.get_ref().len() + bytes.len() > self.1 {
                return Err(io::Error::new(io::ErrorKind::StorageFull, "the scratch is full"));
            }
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Storage for Narrow {
        fn put(&mut self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
            self.files.put(name, bytes)
        }
        fn get(&mut self, name: &str) -> io::Result<Vec<u8>> {
            self.files.get(name)
        }
        fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
            Ok(Box::new(Full(Cursor::new(Vec::new()), self.room)))
        }
        fn memory_bytes(&self) -> usize {
            self.memory_bytes
        }
    }

    proptest::proptest! {
        #[test]
        fn a_tape_reads_back(lengths in proptest::collection::vec(0usize..90_000, 0..6)) {
            let mut tape = Tape::new(&mut InMemory::default()).unwrap();
            let mut ranges = Vec::new();
            for (n, length) in lengths.iter().enumerate() {
                let start = tape.end();
                tape.append(&vec![n as u8; *length]).unwrap();
                ranges.push(start..tape.end());
            }
            let mut window = Window::default();
            for (n, range) in ranges.iter().enumerate().rev().chain(ranges.iter().enumerate()) {
                let read = tape.read(&mut window, range.clone()).unwrap();
                proptest::prop_assert!(read.len() == lengths[n] && read.iter().all(|b| *b == n as u8));
            }
            let end = tape.end();
            proptest::prop_assert_eq!(tape.read(&mut window, end..end + 9).unwrap(), &[][..]);
        }
    }
}
