//! Reading source for the walls that are a text check: files of a folder, lines that are more than a comment.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A text file and where it is.
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

impl Source {
    /// Every text file under the folder, in order; none if there is no such folder.
    pub fn under(folder: &str) -> Result<Vec<Source>> {
        let mut found = Vec::new();
        if Path::new(folder).is_dir() {
            collect(Path::new(folder), &mut found)?;
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Lines that are not only a comment, with their number from 1 on.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let comment =
            |line: &str| ["//", "/*", "* ", "*/", "<!--"].iter().any(|start| line.trim_start().starts_with(start));
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(move |(_, line)| !comment(line))
    }
}

/// The file's text; none for what is not UTF-8.
pub fn text(path: &Path) -> Result<Option<String>> {
    let bytes = std::fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    Ok(String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')))
}

fn collect(folder: &Path, found: &mut Vec<Source>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if let Some(text) = text(&path)? {
            found.push(Source { path, text });
        }
    }
    Ok(())
}
