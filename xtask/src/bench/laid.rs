//! A set laid out as files: what every engine reads, and what is needed to judge their answers.
//!
//! ```text
//! out/bench/SET/pages/ID.html     for svar and Pagefind
//! out/bench/SET/corpus.jsonl      the same pages as records, for MiniSearch
//! out/bench/SET/questions.jsonl   {"id", "text"}
//! out/bench/SET/laid.json         this, with the answers
//! ```
//!
//! Reading 2,500 pages takes longer than searching them. What was laid out by this very program from the same corpus is
//! therefore used again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::set::{self, Asked, Set};

/// A set as files.
#[derive(Serialize, Deserialize)]
pub struct Laid {
    pub name: String,
    pub language: String,
    pub origin: String,
    pub pages: usize,
    /// Every question in every form.
    pub asked: Vec<Asked>,
    /// What it was laid out from; empty if that is not told by a corpus's version.
    made_of: String,
}

impl Laid {
    /// The set of that name, laid out unless it is.
    pub fn ensure(name: &str, limit: usize, svar: &Path) -> Result<Laid> {
        let made_of = made_of(name, limit)?;
        if let Some(laid) = Laid::found(name, &made_of) {
            return Ok(laid);
        }
        let set = set::load(name, limit, svar)?;
        if set.questions.is_empty() {
            bail!("expected questions in {name}, found none");
        }
        // Asked for again: loading may have fetched the corpus.
        Laid::out(&set, self::made_of(name, limit)?)
    }

    /// Where the files are.
    pub fn folder(&self) -> PathBuf {
        folder(&self.name)
    }

    fn found(name: &str, made_of: &str) -> Option<Laid> {
        let text = std::fs::read_to_string(folder(name).join("laid.json")).ok()?;
        let laid: Laid = serde_json::from_str(&text).ok()?;
        (laid.made_of == made_of && !made_of.is_empty()).then_some(laid)
    }

    fn out(set: &Set, made_of: String) -> Result<Laid> {
        let folder = folder(&set.name);
        let failed = || format!("could not write into {}", folder.display());
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(failed)?;
        }
        let mut records = String::new();
        for page in &set.pages {
            let file = folder.join("pages").join(format!("{}.html", page.id));
            std::fs::create_dir_all(file.parent().unwrap_or(&folder)).with_context(failed)?;
            std::fs::write(&file, page.html(&set.language)).with_context(failed)?;
            writeln!(records, "{}", serde_json::to_string(page)?)?;
        }
        let asked = set.asked();
        let mut questions = String::new();
        for Asked { id, text, .. } in &asked {
            writeln!(questions, "{}", serde_json::json!({ "id": id, "text": text }))?;
        }
        std::fs::write(folder.join("corpus.jsonl"), records).with_context(failed)?;
        std::fs::write(folder.join("questions.jsonl"), questions).with_context(failed)?;
        let (name, language, origin) = (set.name.clone(), set.language.clone(), set.origin.clone());
        let laid = Laid { name, language, origin, pages: set.pages.len(), asked, made_of };
        // Last: without it what lies there counts as not laid out.
        std::fs::write(folder.join("laid.json"), serde_json::to_string(&laid)?).with_context(failed)?;
        Ok(laid)
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new("out/bench").join(name)
}

/// This program as it was compiled, the corpus as it was fetched, the limit. Empty for a set that is not a corpus.
fn made_of(name: &str, limit: usize) -> Result<String> {
    let Ok(corpus) = std::fs::read_to_string(Path::new("corpora").join(name).join("package.txt")) else {
        return Ok(String::new());
    };
    let compiled = std::env::current_exe()?.metadata()?.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!("{} {limit} {}", compiled.as_nanos(), corpus.trim()))
}
