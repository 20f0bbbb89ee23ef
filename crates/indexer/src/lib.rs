//! Help articles as site owners keep them, read into [`Article`]s, and the folder that they deploy.
//!
//! [`collect`] turns a folder of HTML and Markdown into articles. Messy content is no error: a page is understood as
//! far as it goes, and what was left out or put right is told in [`Note`]s. The owner's [`SynonymFile`] comes along.
//! [`plain_pages`] writes the help centre as ordinary pages for whoever has no JavaScript, and a [`Deployment`] puts a
//! finished folder in place in one step.
//!
//! ```text
//!  walk ─► decode ─► html     ─┐
//!                    markdown ─┴─► blocks ─► Draft ─► titles ─► links, pictures ─► Article ─► plain, deploy
//! ```
//!
//! Memory holds a line a page: articles are in temporary files ([`Articles`]), and what is to be deployed is written as it
//! comes.
//!
//! The same folder gives the same articles, notes and bytes on any machine: nothing here reads a clock, and no hash
//! order reaches what goes out. This crate knows no index and no search; the command puts them together.

mod articles;
mod blocks;
mod collect;
mod compress;
mod deploy;
mod error;
mod language;
mod links;
mod pictures;
mod plain;
mod source;
mod synonyms;
mod temporary;
mod titles;

pub use articles::{Articles, Key, Part};
pub use collect::{Collected, Note, NoteKind, SourceOptions, collect, collect_telling};
pub use compress::{Copies, compress};
pub use deploy::{DeployFile, Deployment};
pub use error::IndexerError;
pub use pictures::Asset;
pub use plain::plain_pages;
pub use svar_index::article::Article;
pub use synonyms::{SYNONYMS_NAME, SynonymFile, read_synonyms};
pub use temporary::TemporaryFile;
