//! GNOME's help as a set: what a page's author says about it in a sentence, asked without the page holding that sentence.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;

use super::set::{self, Candidate, Set};
use crate::corpus::{self, Name};

/// Most questions a language.
const QUESTIONS: usize = 250;

/// Pages and questions.
pub fn load(name: &str, language: &str, corpus: Name, limit: usize) -> Result<Set> {
    let folder = corpus::ensure(corpus)?;
    let id = |file: &std::path::Path| file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let files = corpus::files(&folder, "html")?;
    let files: Vec<_> = files.into_iter().filter_map(|file| Some((id(&file)?, file))).collect();
    let pages = super::page::read_all(&files, "main")?;
    let titles: HashMap<&str, &str> = pages.iter().map(|page| (page.id.as_str(), page.title.as_str())).collect();
    let english: HashMap<String, String> = match corpus {
        Name::GnomeEnglish => HashMap::new(),
        _ => {
            let english = corpus::gnome::descriptions(&corpus::ensure(Name::GnomeEnglish)?)?;
            english.into_iter().map(|description| (description.id, description.text)).collect()
        }
    };
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for description in corpus::gnome::descriptions(&folder)? {
        let translated = english.get(&description.id).is_none_or(|english| *english != description.text);
        let title = titles.get(description.id.as_str());
        if translated && title.is_some_and(|title| !set::is_title(&description.text, title)) {
            by_text.entry(description.text).or_default().push(description.id);
        }
    }
    let candidates = by_text.into_iter().map(|(text, answers)| Candidate { text, answers }).collect();
    let questions = set::sample(name, candidates, limit.min(QUESTIONS));
    let origin = corpus::version(corpus)?;
    Ok(Set { name: name.to_owned(), language: language.to_owned(), origin, pages, questions })
}
