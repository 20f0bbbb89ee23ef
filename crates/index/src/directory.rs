//! The directory of texts: which text shards there are. Only who reads needs it, so where it is long it is a file of its own.
//!
//! ```text
//! directory := runs (see `runs`) · files (see `core_file`)
//! ```

use crate::bytes::{Reader, Slice, Writer};
use crate::core_file::{ShardFile, read_files, write_files};
use crate::error::{IndexError, damaged};
use crate::file::FileKind;
use crate::runs::Runs;

/// The text shards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    /// Which articles each has.
    pub runs: Runs,
    /// Their files.
    pub files: Vec<ShardFile>,
}

impl Directory {
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::default();
        self.runs.write(&mut w);
        write_files(&mut w, &self.files);
        w.0
    }

    /// A directory of so many articles.
    pub fn read(section: &Slice, articles: u32) -> Result<Directory, IndexError> {
        let mut r = Reader::new(section.as_ref());
        let directory = Directory { runs: Runs::read(&mut r, articles)?, files: read_files(&mut r, FileKind::Text)? };
        if directory.files.len() == directory.runs.len() && r.is_empty() {
            Ok(directory)
        } else {
            Err(damaged("a directory of other shards than it has articles of"))
        }
    }
}
