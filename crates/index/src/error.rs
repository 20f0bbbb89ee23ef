//! What can be wrong with an index.

/// Why bytes were refused. Each says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// Not one of our files.
    #[error("not a svar index file: expected it to begin with \"svar\", found {found:?}; is the address right?")]
    NotAnIndex {
        /// The first bytes, as text.
        found: String,
    },
    /// Made by a newer or much older svar.
    #[error(
        "index format {found}, but this svar reads format {supported}; build the index and deploy the widget with the same svar"
    )]
    Format {
        /// In the file.
        found: u8,
        /// What is read here.
        supported: u8,
    },
    /// Made with another text analysis.
    #[error(
        "index made with text analysis {found}, but this svar has {supported}; build the index and deploy the widget with the same svar"
    )]
    Analysis {
        /// In the file.
        found: u16,
        /// What is used here.
        supported: u16,
    },
    /// Content and checksum differ, or the content breaks its grammar.
    #[error("damaged index file: {what}; deploy the folder again")]
    Damaged {
        /// What was found.
        what: &'static str,
    },
    /// A whole file, but not one that this index names.
    #[error("file {name} is whole but not part of this index; deploy all files of one build together")]
    NotOfThisIndex {
        /// Its name by content.
        name: String,
    },
    /// More than the format can hold.
    #[error("too much for one index: {what}")]
    TooLarge {
        /// What was too much.
        what: &'static str,
    },
    /// What the index is written to, or its articles are read from, refused.
    #[error("{why}")]
    Disk {
        /// What it says.
        why: String,
    },
}

impl From<std::io::Error> for IndexError {
    fn from(error: std::io::Error) -> IndexError {
        IndexError::Disk { why: error.to_string() }
    }
}

/// Damage. In the browser nobody reads what it is, and the sentences are left out there.
pub(crate) fn damaged(what: &'static str) -> IndexError {
    IndexError::Damaged { what: if cfg!(target_arch = "wasm32") { "" } else { what } }
}
