//! Articles in, bytes out; bytes in, an index out.
//!
//! - [`article`]: what a source yields and the widget shows.
//! - [`write()`]: articles to a set of files, or with [`write_to()`] to a [`Storage`]; [`Index`]: files to answers.
//! - [`synonyms`]: what the owner says means the same, and whether it leads anywhere.
//! - [`mod@file`]: the container that every file is; [`manifest`], [`core_file`], [`entries`], [`terms`], [`text`], [`prepared`] and [`body`] are what it
//!   holds, writer and reader side by side under their spec. [`fixed`] has the integer arithmetic of scores.
//!
//! ```text
//! manifest.bin ──► core-HASH.bin (one per language) ──► terms-HASH.bin …, entries-HASH.bin …, text-HASH.bin …
//! ```
//!
//! Every file names the next by the hash of its content, so two versions of an index never mix. The manifest alone has a
//! fixed name and must not be cached. A small help centre's terms, entries and texts are inside its core; a large one's core,
//! which is then small, is inside the manifest.
//!
//! Nothing here reads or writes files or the network: bytes come in and go out as arguments, or through the caller's
//! [`Storage`].

pub mod article;
pub mod body;
pub mod core_file;
pub mod entries;
pub mod file;
pub mod fixed;
pub mod manifest;
pub mod prepared;
pub mod synonyms;
pub mod terms;
pub mod text;

mod bytes;
mod cut;
mod derive;
mod directory;
mod error;
mod index;
mod letters;
mod lists;
mod occurrences;
mod range;
mod root;
mod runs;
mod slot;
mod sorter;
mod storage;
mod write;

pub use article::Article;
pub use entries::Entry;
pub use error::IndexError;
pub use file::{FORMAT, FileKind, FileRef};
pub use index::Index;
pub use manifest::{MANIFEST_NAME, Manifest, ManifestLanguage};
pub use prepared::{Prepared, PreparedHit};
pub use storage::{InMemory, Scratch, Storage};
pub use synonyms::{Synonym, Synonyms};
pub use write::{Articles, IndexFile, Policy, Prepare, Progress, write, write_prepared, write_to, write_with};
