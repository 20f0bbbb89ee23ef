//! Finding the files: the folder tree in a fixed order, and the folder rules in it.
//!
//! Hidden files, `node_modules` and folders that svar itself wrote are passed over. A symbolic link to a folder is
//! followed, but every folder is walked once, so loops end.
//!
//! A file `_svar.yaml` holds for its folder and all below it, where no nearer one says otherwise:
//!
//! ```yaml
//! audience: staff
//! lang: sv
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::front_matter;
use crate::{IndexerError, language};

/// Endings that articles have, in lower case.
pub(crate) const ENDINGS: [&str; 5] = ["html", "htm", "xhtml", "md", "markdown"];
/// The file with a folder's rule.
const RULE_FILE: &str = "_svar.yaml";

/// What a folder says about the files below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    pub audience: Option<String>,
    pub lang: Option<String>,
}

/// A file that may be an article.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub path: PathBuf,
    /// Path below the source with `/` between the parts.
    pub name: String,
    pub rule: Rule,
}

/// What lies below a source.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Sorted by name.
    pub files: Vec<Found>,
    /// Files with other endings.
    pub others: usize,
    /// (path below the source, why it was skipped)
    pub skipped: Vec<(String, String)>,
}

/// The ending of a file name in lower case, where it is an article's.
pub(crate) fn ending(name: &str) -> Option<&'static str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let known = ENDINGS.iter().find(|e| ending.eq_ignore_ascii_case(e))?;
    (!stem.is_empty() && !stem.ends_with('/')).then_some(known)
}

/// Walks the tree below `source`.
pub(crate) fn walk(source: &Path) -> Result<Walked, IndexerError> {
    let mut walked = Walked::default();
    let mut seen = BTreeSet::new();
    // Linked folders wait until all real ones are walked, so that an article keeps its own path.
    let mut linked: BTreeMap<String, (PathBuf, Rule)> = BTreeMap::new();
    let mut folders = vec![(String::new(), source.to_owned(), Rule::default())];
    loop {
        let (name, path, rule) = match folders.pop() {
            Some(folder) => folder,
            None => match linked.pop_first() {
                Some((name, (path, rule))) => (name, path, rule),
                None => break,
            },
        };
        match fs::canonicalize(&path) {
            Ok(real) if seen.insert(real.clone()) => {}
            Ok(_) => continue,
            Err(e) if name.is_empty() => return Err(IndexerError::io("read", path, e)),
            Err(e) => {
                walked.skipped.push((name, format!("the folder cannot be opened: {e}")));
                continue;
            }
        }
        let mut entries = match fs::read_dir(&path).and_then(|d| d.collect::<Result<Vec<_>, _>>()) {
            Ok(entries) => entries,
            Err(e) if name.is_empty() => return Err(IndexerError::io("read", path, e)),
            Err(e) => {
                walked.skipped.push((name, format!("the folder cannot be listed: {e}")));
                continue;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let rule = folder_rule(&path, &name, rule)?;
        let own_output = path.join("svar.js").is_file() && path.join("svar").is_dir();
        for entry in entries {
            let raw = entry.file_name();
            let part = raw.to_string_lossy();
            if part.starts_with('.') || part == "node_modules" || (own_output && part == "svar") {
                continue;
            }
            let below = if name.is_empty() { part.to_string() } else { format!("{name}/{part}") };
            let is_link = entry.file_type().is_ok_and(|t| t.is_symlink());
            // Follows links; a dangling one is not there.
            let Ok(meta) = fs::metadata(entry.path()) else {
                if ending(&below).is_some() {
                    walked.skipped.push((below, "the file cannot be opened".into()));
                }
                continue;
            };
            if meta.is_dir() {
                if is_link {
                    linked.insert(below, (entry.path(), rule.clone()));
                } else {
                    folders.push((below, entry.path(), rule.clone()));
                }
            } else if ending(&below).is_none() {
                walked.others += 1;
            } else if raw.to_str().is_none() {
                walked.skipped.push((below, "the file name is not UTF-8; rename the file".into()));
            } else if meta.len() > LARGEST_BYTES {
                let reason = format!(
                    "the file has {} MB, more than an article can have ({} MB)",
                    meta.len() >> 20,
                    LARGEST_BYTES >> 20
                );
                walked.skipped.push((below, reason));
            } else {
                walked.files.push(Found { path: entry.path(), name: below, rule: rule.clone() });
            }
        }
    }
    walked.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(walked)
}

/// A page of this size is a dump and not an article; parsing takes some ten times its size in memory.
const LARGEST_BYTES: u64 = 32 << 20;

fn folder_rule(folder: &Path, name: &str, above: Rule) -> Result<Rule, IndexerError> {
    let path = folder.join(RULE_FILE);
    if !path.exists() {
        return Ok(above);
    }
    let file = if name.is_empty() { RULE_FILE.to_owned() } else { format!("{name}/{RULE_FILE}") };
    let broken = |reason: String| IndexerError::FolderRule { file: file.clone(), reason };
    let text = fs::read_to_string(&path).map_err(|e| IndexerError::io("read", &path, e))?;
    let fields = front_matter::fields(text.trim_start_matches('\u{feff}'))
        .map_err(|e| broken(format!("line {}: {}", e.line, e.reason)))?;
    let mut rule = above;
    for (key, value) in &fields {
        match (key.as_str(), value.as_slice()) {
            ("audience", [one]) => rule.audience = Some(super::audience(one)),
            ("audience", []) => rule.audience = Some(String::new()),
            ("lang", [one]) => {
                rule.lang = Some(language::tag(one).ok_or_else(|| broken(format!("`{one}` is no language tag")))?)
            }
            ("audience" | "lang", _) => return Err(broken(format!("`{key}` has several values"))),
            _ => return Err(broken(format!("`{key}` is not known"))),
        }
    }
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn names(walked: &Walked) -> Vec<&str> {
        walked.files.iter().map(|f| f.name.as_str()).collect()
    }

    #[test]
    fn articles_in_order_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "b.md",
            "a/x.HTML",
            "a.html",
            "pic.png",
            ".hidden.md",
            "node_modules/m/readme.md",
            ".git/a.md",
            "c.markdown",
            "d.txt",
        ] {
            write(dir.path(), name, "x");
        }
        let walked = walk(dir.path()).unwrap();
        assert_eq!(names(&walked), ["a.html", "a/x.HTML", "b.md", "c.markdown"]);
        assert_eq!(walked.others, 2);
    }

    #[test]
    fn what_svar_wrote_is_not_read_again() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.html", "public/svar.js", "public/svar/help/sv.html", "svar/real-folder.md"] {
            write(dir.path(), name, "x");
        }
        assert_eq!(names(&walk(dir.path()).unwrap()), ["a.html", "svar/real-folder.md"]);
    }

    #[test]
    fn rules_hold_below_and_the_nearest_wins() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "a.md", "x");
        write(dir.path(), "staff/_svar.yaml", "audience: Staff\nlang: sv\n");
        write(dir.path(), "staff/b.md", "x");
        write(dir.path(), "staff/deep/c.md", "x");
        write(dir.path(), "staff/open/_svar.yaml", "audience:\n");
        write(dir.path(), "staff/open/d.md", "x");
        let walked = walk(dir.path()).unwrap();
        let audiences: Vec<_> = walked.files.iter().map(|f| f.rule.audience.as_deref()).collect();
        assert_eq!(audiences, [None, Some("staff"), Some("staff"), Some("")]);
        assert_eq!(walked.files[3].rule.lang.as_deref(), Some("sv"));
    }

    #[test]
    fn a_broken_rule_stops_the_build() {
        for text in ["audience: [a, b]", "audiense: staff", "audience: a: b", "lang: svenska språket"] {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), "x/_svar.yaml", text);
            let error = walk(dir.path()).unwrap_err().to_string();
            assert!(error.starts_with("x/_svar.yaml cannot be understood"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_ring_end() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "z/a.md", "x");
        symlink(dir.path(), dir.path().join("z/loop")).unwrap();
        symlink(dir.path().join("z"), dir.path().join("a-link")).unwrap();
        symlink(dir.path().join("gone"), dir.path().join("gone.md")).unwrap();
        let walked = walk(dir.path()).unwrap();
        assert_eq!(names(&walked), ["z/a.md"]);
        assert_eq!(walked.skipped.len(), 1);
    }
}
