//! What is measured, as `cargo xtask bench` lays it out.
//!
//! ```text
//! FOLDER/pages/…           help pages, with their content in <main> and their language
//! FOLDER/questions.jsonl   {"id", "text"}; ids of questions as they were written begin with `typed/`
//! ```

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use svar_index::{Article, IndexFile, MANIFEST_NAME, Policy, Synonyms, write_prepared};
use svar_indexer::{SourceOptions, collect};
use svar_search::prepare;

use crate::Library;

/// Names another folder than the default one.
pub const VARIABLE: &str = "SVAR_LAID";

/// LibreOffice's help in Swedish, from the repository's root.
const DEFAULT: &str = "out/bench/libreoffice-sv";

/// A question of the folder.
#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    /// Form, corpus and number.
    pub id: String,
    /// As it is typed.
    pub text: String,
}

/// The folder to measure, and its name.
///
/// # Errors
/// Where there is none.
pub fn folder() -> Result<(PathBuf, String)> {
    // Criterion's programs are run in the folder of their crate.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os(VARIABLE).map_or_else(|| DEFAULT.into(), PathBuf::from);
    let folder = root.join(&named);
    if !folder.join("pages").is_dir() {
        bail!(
            "expected pages in {}/pages, found none: `cargo xtask bench engine` fetches the corpus and lays it out, once; {VARIABLE}=FOLDER names another folder",
            named.display()
        );
    }
    let name = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok((folder, name))
}

/// Builds the index of a folder's pages, as `svar build` does.
///
/// # Errors
/// Where pages cannot be read or make no index.
pub fn build(folder: &Path) -> Result<Vec<IndexFile>> {
    index_of(&articles(folder)?, &Policy::default())
}

/// The articles of a folder's pages.
///
/// # Errors
/// Where pages cannot be read.
pub fn articles(folder: &Path) -> Result<Vec<Article>> {
    let pages = folder.join("pages");
    let collected = collect(&pages, &SourceOptions::default()).with_context(|| format!("in {}", pages.display()))?;
    Ok(collected.articles.all()?)
}

/// Their index, cut in this way.
///
/// # Errors
/// Where they make no index.
pub fn index_of(articles: &[Article], policy: &Policy) -> Result<Vec<IndexFile>> {
    Ok(write_prepared(articles, &Synonyms::default(), policy, &prepare, &|_, _| ())?)
}

/// A built index, ready to be asked.
///
/// # Errors
/// Where it does not open.
pub fn library(files: Vec<IndexFile>) -> Result<Library> {
    let mut files: HashMap<String, _> = files.into_iter().map(|file| (file.name, file.bytes.into())).collect();
    let manifest = files.remove(MANIFEST_NAME).context("expected a manifest, found none")?;
    Ok(Library::new(manifest, files)?)
}

/// An index folder on disk, ready to be asked.
///
/// # Errors
/// Where it cannot be read or does not open.
pub fn read(folder: &Path) -> Result<Library> {
    let unreadable = || format!("could not read {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.extension().is_some_and(|ending| ending == "bin") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
            files.push(IndexFile { name, bytes });
        }
    }
    library(files).with_context(|| format!("in {}", folder.display()))
}

/// The questions of a file, a line each.
///
/// # Errors
/// Where a line is no question.
pub fn questions(file: &Path) -> Result<Vec<Question>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let read = |(number, line): (usize, &str)| {
        let expected = || format!("{}:{}: expected {{\"id\": …, \"text\": …}}", file.display(), number + 1);
        serde_json::from_str(line).with_context(expected)
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(read).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use svar_index::article::{Block, Inline};

    const ARTICLES: [(&str, &str); 6] = [
        ("Flytta förfallodag", "Du kan flytta fakturans förfallodag högst fjorton dagar. Logga in och välj fakturan."),
        ("Läs fakturan", "Fakturan visar elnätsavgift och moms. Fakturanummer står överst, kundnummer under adressen."),
        ("Byt router", "Routern startas om med knappen. Lampan ska lysa grönt innan bredbandet fungerar igen."),
        ("Säg upp avtalet", "Avtalet har en uppsägningstid. Skicka tillbaka routern och sladden inom fjorton dagar."),
        ("Strömavbrott", "Kartan visar avbrott. Ersättning betalas ut efter tolv timmar, utan att du begär det."),
        ("Kontakta kundservice", "Kundservice svarar på frågor om fakturan, avtalet och bredbandet."),
    ];

    /// A small help centre, cut into files.
    pub(crate) fn library() -> Library {
        let article = |(title, text): &(&str, &str)| Article {
            id: (*title).into(),
            lang: "sv".into(),
            title: (*title).into(),
            body: vec![Block::Paragraph(vec![Inline::Text((*text).into())])],
            ..Article::default()
        };
        let articles: Vec<Article> = ARTICLES.iter().map(article).collect();
        let policy = Policy { whole_bytes: 0, term_shard_bytes: 60, entries_per_shard: 2, ..Policy::default() };
        super::library(index_of(&articles, &policy).expect("an index")).expect("it opens")
    }
}
