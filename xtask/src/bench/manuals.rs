//! Manuals of programs as a set: headings that stand on one page only, asked as somebody would type them.
//!
//! It is large, and its questions are easy: what they ask for stands on the page word for word. So it says how fast an
//! engine is and how much it loads, and nothing about how good its answers are.

use std::collections::BTreeMap;

use anyhow::Result;

use super::page::Page;
use super::set::{self, Candidate, Set};
use crate::corpus::{self, Name};

/// How many questions of how many words.
const QUESTIONS: [(usize, usize); 3] = [(1, 34), (2, 33), (3, 33)];

/// Shorter words are seldom looked for alone.
const SHORTEST_ALONE: usize = 4;

/// Pages and questions.
pub fn load(name: &str, limit: usize) -> Result<Set> {
    let folder = corpus::ensure(Name::Manuals)?;
    let pages = super::page::read_all(&corpus::manuals::pages(&folder)?, "main")?;
    let headings = headings(&pages);
    let of_words = |(words, count): (usize, usize)| {
        let asked = headings.iter().filter(|(text, _)| text.split(' ').count() == words);
        let candidates = asked.map(|(text, id)| Candidate { text: text.clone(), answers: vec![id.clone()] });
        set::sample(name, candidates.collect(), count)
    };
    let mut questions: Vec<_> = QUESTIONS.into_iter().flat_map(of_words).collect();
    questions.sort_by(|a, b| a.id.cmp(&b.id));
    questions.truncate(limit);
    let origin = corpus::version(Name::Manuals)?;
    Ok(Set { name: name.to_owned(), language: "en".to_owned(), origin, pages, questions })
}

/// What headings ask, each with the one page that has it.
fn headings(pages: &[Page]) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, Option<String>> = BTreeMap::new();
    for page in pages {
        for question in page.sections.iter().filter_map(|section| question(&section.heading)) {
            let place = all.entry(question).or_insert_with(|| Some(page.id.clone()));
            if place.as_ref().is_some_and(|id| *id != page.id) {
                *place = None;
            }
        }
    }
    all.into_iter().filter_map(|(text, place)| Some((text, place?))).collect()
}

/// A heading as it would be typed: without its number, in lower case. None unless it is made of words alone: names such
/// as `QString` or `max_connections` are left out, and so are single short words.
fn question(heading: &str) -> Option<String> {
    let numbered = |word: &&str| word.chars().all(|c| c.is_ascii_digit() || c == '.');
    let words: Vec<&str> = heading.split_whitespace().skip_while(numbered).collect();
    let is_word = |word: &&str| {
        word.chars().all(char::is_alphabetic)
            && word.chars().skip(1).all(char::is_lowercase)
            && word.chars().count() > 1
    };
    let long = words.len() > 1 || words.iter().all(|word| word.chars().count() >= SHORTEST_ALONE);
    (!words.is_empty() && long && words.iter().all(is_word)).then(|| words.join(" ").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_what_somebody_would_type() {
        let check =
            |heading: &str, expected: Option<&str>| assert_eq!(question(heading).as_deref(), expected, "{heading}");
        check("8.15.3. Accessing Arrays", Some("accessing arrays"));
        check("Toolbox", Some("toolbox"));
        check("Crop", Some("crop"));
        check("Fog", None);
        check("Rotate and shear", Some("rotate and shear"));
        check("QString Class", None);
        check("max_connections (integer)", None);
        check("1.2", None);
    }

    #[test]
    fn a_heading_of_two_pages_asks_for_neither() {
        let page = |id: &str, html: &str| {
            Page::read(id, &format!("<title>{id}</title><main>{html}<p>Text</main>"), "main").expect("a page with text")
        };
        let pages = [
            page("a", "<h1>Overview</h1><h2>Scaling images</h2><h2>Scaling images</h2>"),
            page("b", "<h1>Overview</h1>"),
        ];
        let expected = BTreeMap::from([("scaling images".to_owned(), "a".to_owned())]);
        assert_eq!(headings(&pages), expected);
    }
}
