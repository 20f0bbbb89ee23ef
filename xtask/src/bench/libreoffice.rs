//! LibreOffice's help as a set: what its authors wrote into the index, asked for as a customer would type it.
//!
//! `Tabeller -- infoga` becomes `tabeller infoga`, and every page that the index names for it is right. The index is kept
//! in a script beside the pages and the pages' own notes of it are attributes, which `page` leaves out, so that no engine
//! reads the keywords. Parts of the Swedish and German help are still English: keywords that the English index has as well,
//! and pages most of whose text is the English page's, are indexed but not asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result};

use super::page::Page;
use super::set::{self, Candidate, Set};
use crate::corpus::{self, Name};

/// What on a page is the article.
const CONTENT: &str = "#DisplayArea";

/// Most questions a language.
const QUESTIONS: usize = 300;

/// Pages and questions.
pub fn load(name: &str, language: &str, corpus: Name, limit: usize) -> Result<Set> {
    let folder = corpus::ensure(corpus)?;
    let pages = pages(corpus)?;
    let english = match corpus {
        Name::LibreOfficeEnglish => None,
        _ => Some((keywords(Name::LibreOfficeEnglish)?, self::pages(Name::LibreOfficeEnglish)?)),
    };
    let foreign: HashSet<&str> = match &english {
        Some((_, english)) => untranslated(&pages, english),
        None => HashSet::new(),
    };
    let titles: HashMap<&str, &str> = pages.iter().map(|page| (page.id.as_str(), page.title.as_str())).collect();
    let mut candidates = Vec::new();
    for (text, named) in keywords(corpus)? {
        let english = english.as_ref().is_some_and(|(keywords, _)| keywords.contains_key(&text));
        let answers: Vec<String> = named.into_iter().filter(|id| titles.contains_key(id.as_str())).collect();
        let trivial = answers.iter().any(|id| titles.get(id.as_str()).is_some_and(|title| set::is_title(&text, title)));
        if !english && !trivial && !answers.iter().any(|id| foreign.contains(id.as_str())) {
            candidates.push(Candidate { text, answers });
        }
    }
    let questions = set::sample(name, candidates, limit.min(QUESTIONS));
    let origin = corpus::version(corpus)
        .with_context(|| format!("remove {} and run `cargo xtask corpus {name}` again", folder.display()))?;
    Ok(Set { name: name.to_owned(), language: language.to_owned(), origin, pages, questions })
}

fn pages(name: Name) -> Result<Vec<Page>> {
    let folder = corpus::ensure(name)?;
    let files = corpus::libreoffice::pages(&folder, name.inside())?;
    super::page::read_all(&files, CONTENT)
}

/// Questions and the pages that the index names for each.
fn keywords(name: Name) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let folder = corpus::ensure(name)?;
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (keyword, id) in corpus::libreoffice::keywords(&folder, name.inside())? {
        if let Some(question) = question(&keyword) {
            all.entry(question).or_default().insert(id);
        }
    }
    Ok(all)
}

/// A keyword as it would be typed: in lower case, without what divides its levels, without where else to look. None for
/// what is made of signs or has no word of three letters.
fn question(keyword: &str) -> Option<String> {
    let lower = keyword.to_lowercase();
    let own = [", se ", ", see ", ", siehe "].iter().find_map(|elsewhere| Some(lower.split_once(elsewhere)?.0));
    let mut words = Vec::new();
    for word in own.unwrap_or(&lower).split_whitespace().filter(|word| *word != "--") {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() {
            return None;
        }
        words.push(word);
    }
    let said = words.iter().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 3);
    said.then(|| words.join(" "))
}

/// Pages most of whose lines, of three words or more, stand in the English page of the same id.
fn untranslated<'a>(pages: &'a [Page], english: &[Page]) -> HashSet<&'a str> {
    let english: HashMap<&str, &Page> = english.iter().map(|page| (page.id.as_str(), page)).collect();
    let long = |line: &&str| line.split_whitespace().nth(2).is_some();
    let same = |page: &Page| {
        let Some(original) = english.get(page.id.as_str()) else { return false };
        let original: HashSet<&str> = original.lines().collect();
        let lines: Vec<&str> = page.lines().filter(long).collect();
        2 * lines.iter().filter(|line| original.contains(*line)).count() > lines.len()
    };
    pages.iter().filter(|page| same(page)).map(|page| page.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_what_somebody_would_type() {
        let check =
            |keyword: &str, expected: Option<&str>| assert_eq!(question(keyword).as_deref(), expected, "{keyword}");
        check("Tabeller --  infoga", Some("tabeller infoga"));
        check("Autoformat, funktion, för tabeller", Some("autoformat funktion för tabeller"));
        check("teckningar, se även ritobjekt", Some("teckningar"));
        check("GROSS2 (Funktion)", Some("gross2 funktion"));
        check("om-så-sökningar som fält", Some("om-så-sökningar som fält"));
        check("= -- in Writer tables", None);
        check("\"&\" operator", None);
        check("F1", None);
    }
}
