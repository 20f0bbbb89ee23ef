//! Temporary files: what a build holds on disk and not in memory.
//!
//! They have no name where the system allows that (Linux), and lose it at once elsewhere: whatever ends the build, nothing is
//! left behind. Their errors say where they were to be and what to do.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::IndexerError;

/// A file that is gone when it is dropped.
#[derive(Debug)]
pub struct TemporaryFile {
    file: File,
    folder: PathBuf,
}

impl TemporaryFile {
    /// An empty one in `folder`.
    pub fn new(folder: &Path) -> io::Result<TemporaryFile> {
        match tempfile::tempfile_in(folder) {
            Ok(file) => Ok(TemporaryFile { file, folder: folder.to_owned() }),
            Err(source) => Err(refused("create", folder, source)),
        }
    }
}

fn refused(action: &'static str, folder: &Path, source: io::Error) -> io::Error {
    io::Error::new(source.kind(), IndexerError::Temporary { action, folder: folder.to_owned(), source })
}

impl Read for TemporaryFile {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.file.read(buf).map_err(|e| refused("read back", &self.folder, e))
    }
}

impl Write for TemporaryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|e| refused("write", &self.folder, e))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|e| refused("write", &self.folder, e))
    }
}

impl Seek for TemporaryFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to).map_err(|e| refused("read back", &self.folder, e))
    }
}

/// Written at once.
const BLOCK: usize = 1 << 18;

/// Stretches of bytes in a temporary file, from several threads.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    spooled: Mutex<Spooled>,
}

#[derive(Debug)]
struct Spooled {
    file: TemporaryFile,
    /// Bytes in the file.
    written: u64,
    /// Bytes that follow.
    held: Vec<u8>,
}

impl Spool {
    pub fn new(folder: &Path) -> Result<Spool, IndexerError> {
        let folder = folder.to_owned();
        let file = TemporaryFile::new(&folder).map_err(|e| known(e, &folder))?;
        Ok(Spool { folder, spooled: Mutex::new(Spooled { file, written: 0, held: Vec::new() }) })
    }

    /// Where `bytes` lie from now on.
    pub fn append(&self, bytes: &[u8]) -> Result<Range<u64>, IndexerError> {
        let mut spooled = self.spooled.lock().unwrap_or_else(PoisonError::into_inner);
        let start = spooled.written + spooled.held.len() as u64;
        spooled.held.extend(bytes);
        if spooled.held.len() >= BLOCK {
            spooled.write_held().map_err(|e| known(e, &self.folder))?;
        }
        Ok(start..start + bytes.len() as u64)
    }

    /// The bytes of a stretch.
    pub fn read(&self, stretch: &Range<u64>) -> Result<Vec<u8>, IndexerError> {
        let mut spooled = self.spooled.lock().unwrap_or_else(PoisonError::into_inner);
        spooled.read(stretch).map_err(|e| known(e, &self.folder))
    }

    /// The error where what was read back is not what was written.
    pub fn damaged(&self) -> IndexerError {
        known(io::ErrorKind::InvalidData.into(), &self.folder)
    }
}

/// The error of a temporary file in `folder`, which most are already.
fn known(error: io::Error, folder: &Path) -> IndexerError {
    let other = |source| IndexerError::Temporary { action: "read back", folder: folder.to_owned(), source };
    error.downcast().unwrap_or_else(other)
}

impl Spooled {
    fn read(&mut self, stretch: &Range<u64>) -> io::Result<Vec<u8>> {
        if stretch.end > self.written {
            self.write_held()?;
        }
        let mut bytes = vec![0; (stretch.end - stretch.start) as usize];
        self.file.seek(SeekFrom::Start(stretch.start))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn write_held(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.written))?;
        self.file.write_all(&self.held)?;
        self.written += self.held.len() as u64;
        self.held.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_read_back_and_leave_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::new(dir.path()).unwrap();
        let stretches: Vec<_> = [3, 0, BLOCK, 5].map(|n| (n, spool.append(&vec![n as u8; n]).unwrap())).into();
        for (n, stretch) in stretches.iter().rev() {
            assert_eq!(spool.read(stretch).unwrap(), vec![*n as u8; *n]);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Spool::new(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(error.starts_with("could not create a temporary file in /nowhere/at/all: "), "{error}");
        assert!(error.contains("TMPDIR"), "{error}");
    }
}
