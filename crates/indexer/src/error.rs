//! What can stop a build. Everything else is a [`crate::Note`].

use std::io;
use std::path::PathBuf;

/// Why articles could not be collected or a folder not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexerError {
    /// The source is missing or is no folder.
    #[error(
        "expected a folder of articles at {path}, found {found}; name the folder that your site generator writes, or that holds your Markdown"
    )]
    Source {
        /// What was asked for.
        path: PathBuf,
        /// What is there.
        found: String,
    },
    /// Nothing in the source could be read as an article.
    #[error(
        "no article found in {path}: looked for files ending in {endings}, saw {seen} of them among {files} files{notes}"
    )]
    NoArticle {
        /// The source.
        path: PathBuf,
        /// The endings that articles have.
        endings: String,
        /// Files with such an ending.
        seen: usize,
        /// Files of any kind.
        files: usize,
        /// The first few reasons, or what to do; begins with a separator.
        notes: String,
    },
    /// The content selector is not valid CSS.
    #[error(
        "expected a CSS selector for the content, such as `main` or `#content .article`, found `{selector}`: {reason}"
    )]
    Selector {
        /// As given.
        selector: String,
        /// What the parser says.
        reason: String,
    },
    /// The base address cannot be one.
    #[error(
        "expected the address where the source is published, such as https://help.example.com/, found `{found}`: {reason}"
    )]
    BaseUrl {
        /// As given.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The default language is no language tag.
    #[error("expected a language tag such as sv, en or pt-BR, found `{found}`")]
    Language {
        /// As given.
        found: String,
    },
    /// A folder rule cannot be read. It may say who may read what lies below it, so nothing is built without it.
    #[error(
        "{file} cannot be understood: {reason}; expected `audience: NAME` and `lang: TAG`, a line each. Nothing is built, since the folder may not be for everyone"
    )]
    FolderRule {
        /// Path below the source.
        file: String,
        /// What is wrong, with the line.
        reason: String,
    },
    /// The file of synonyms that was asked for cannot be read.
    #[error("expected a text file of synonyms at {path}: {source}; name one that is there, or none")]
    Synonyms {
        /// What was asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file to deploy has a name that leads elsewhere, or that another file has as well.
    #[error("expected a name below the folder for each file to deploy, each once, found `{name}`: {reason}")]
    Name {
        /// As given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder to write is not one that svar wrote.
    #[error(
        "{path} is not a folder that svar wrote: {found}. It would be replaced as a whole, so it is left alone; choose another folder, or empty this one"
    )]
    Foreign {
        /// The folder asked for.
        path: PathBuf,
        /// What was found there.
        found: String,
    },
    /// What does not fit into memory could not be kept on disk.
    #[error(
        "could not {action} a temporary file in {folder}: {source}; svar keeps there what does not fit into memory, up to twice what the pages take: make room, or name another folder in TMPDIR"
    )]
    Temporary {
        /// A verb: `create`, `write`, `read back`.
        action: &'static str,
        /// Where the file was, or was to be.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something could not be read or written.
    #[error("could not {action} {path}: {source}{outcome}")]
    Io {
        /// A verb: `read`, `write`, `replace`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// How things stand now and what to do, beginning with a separator; may be empty.
        outcome: String,
        /// What the system says.
        source: io::Error,
    },
}

impl IndexerError {
    /// A failure that leaves nothing behind.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        IndexerError::Io { action, path: path.into(), outcome: String::new(), source }
    }
}
