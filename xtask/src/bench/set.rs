//! A set: pages, and questions of which it is known what they ask for. How one comes about is a file here for each kind.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use super::forms::{Form, Setting};
use super::page::Page;
use super::{gnome, judged, libreoffice, manuals, seed};
use crate::corpus;

/// Every set whose answers are scored, in the order of the tables.
pub const NAMES: [&str; 7] = [
    "libreoffice-sv",
    "libreoffice-en",
    "libreoffice-de",
    "gnome-help-sv",
    "gnome-help-en",
    "examples-sv",
    "examples-en",
];

/// Pages and what is asked of them.
pub struct Set {
    pub name: String,
    pub language: String,
    /// Where the pages come from, with the version.
    pub origin: String,
    pub pages: Vec<Page>,
    pub questions: Vec<Question>,
}

/// A question and what answers it.
pub struct Question {
    pub id: String,
    pub text: String,
    pub part: Part,
    /// The kind that whoever judged it gave it; none where questions are of one kind and asked in every form instead.
    pub kind: Option<String>,
    /// Grade of each page that answers it, 1 or 2.
    pub grades: BTreeMap<String, u32>,
}

/// What a question may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Looked at while svar is tuned.
    Tuning,
    /// Reported, and not looked at.
    Holdout,
    /// Our own, judged by hand.
    Judged,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Tuning, Part::Holdout, Part::Judged];

    pub fn name(self) -> &'static str {
        match self {
            Part::Tuning => "tuning",
            Part::Holdout => "holdout",
            Part::Judged => "judged",
        }
    }
}

/// A question as it is put to the engines.
#[derive(Serialize, Deserialize)]
pub struct Asked {
    pub id: String,
    pub text: String,
    pub form: Form,
    /// Id of the same question as it was written.
    pub clean: String,
    pub part: Part,
    pub kind: Option<String>,
    pub grades: BTreeMap<String, u32>,
}

/// Reads the set of that name, fetching its corpus first where it has to; `svar` is the command. With at most `limit`
/// questions, if that is fewer than the set has.
pub fn load(name: &str, limit: usize, svar: &Path) -> Result<Set> {
    use corpus::Name;
    match name {
        "libreoffice-sv" => libreoffice::load(name, "sv", Name::LibreOfficeSwedish, limit),
        "libreoffice-en" => libreoffice::load(name, "en", Name::LibreOfficeEnglish, limit),
        "libreoffice-de" => libreoffice::load(name, "de", Name::LibreOfficeGerman, limit),
        "gnome-help-sv" => gnome::load(name, "sv", Name::GnomeSwedish, limit),
        "gnome-help-en" => gnome::load(name, "en", Name::GnomeEnglish, limit),
        "examples-sv" => judged::load(name, "sv", svar, limit),
        "examples-en" => judged::load(name, "en", svar, limit),
        "debian-docs-en" => manuals::load(name, limit),
        _ => bail!("expected a set of {}, found `{name}`", NAMES.join(", ")),
    }
}

impl Set {
    /// Every question in every form that it has. What was judged by kind is asked as written alone.
    pub fn asked(&self) -> Vec<Asked> {
        let vocabulary = self.vocabulary();
        let setting = Setting { language: &self.language, vocabulary: &vocabulary };
        let mut all = Vec::new();
        for question in &self.questions {
            let forms = if question.kind.is_some() { &Form::ALL[..1] } else { &Form::ALL[..] };
            for form in forms {
                let Some(text) = form.of(&question.id, &question.text, &setting) else { continue };
                let id = |form: Form| format!("{}/{}", form.name(), question.id);
                all.push(Asked {
                    id: id(*form),
                    text,
                    form: *form,
                    clean: id(Form::Typed),
                    part: question.part,
                    kind: question.kind.clone(),
                    grades: question.grades.clone(),
                });
            }
        }
        all
    }

    /// Words on two pages or more: what is on one alone may be a slip.
    fn vocabulary(&self) -> HashSet<String> {
        let mut once = HashSet::new();
        let mut twice = HashSet::new();
        for word in self.pages.iter().flat_map(Page::words) {
            if !once.insert(word.clone()) {
                twice.insert(word);
            }
        }
        twice
    }
}

/// A question that nobody has put into a part yet.
pub struct Candidate {
    pub text: String,
    /// Ids of the pages that answer it; the first one decides the part.
    pub answers: Vec<String>,
}

/// Questions of candidates, at most `limit`: one for each page, then by chance, all of it drawn from the texts alone. Both
/// halves get different pages.
pub fn sample(set: &str, candidates: Vec<Candidate>, limit: usize) -> Vec<Question> {
    let mut by_page: BTreeMap<String, (u64, Candidate)> = BTreeMap::new();
    for candidate in candidates {
        let Some(page) = candidate.answers.first() else { continue };
        let drawn = seed::hash(&["sample", set, page, &candidate.text]);
        let best = by_page.get(page).is_none_or(|(other, _)| drawn < *other);
        if best {
            by_page.insert(page.clone(), (drawn, candidate));
        }
    }
    let mut drawn: Vec<(u64, Candidate)> = by_page.into_values().collect();
    drawn.sort_by_key(|(drawn, _)| *drawn);
    drawn.truncate(limit);
    let question = |(_, candidate): (u64, Candidate)| {
        let page = candidate.answers.first().map(String::as_str).unwrap_or_default();
        // The page's name without the set's, so that a page is in the same half in every language.
        let part = if seed::hash(&["half", page]).is_multiple_of(2) { Part::Tuning } else { Part::Holdout };
        Question {
            id: format!("{:08x}", seed::hash(&["question", set, page, &candidate.text]) >> 32),
            part,
            kind: None,
            grades: candidate.answers.iter().map(|id| (id.clone(), 1)).collect(),
            text: candidate.text,
        }
    };
    let mut questions: Vec<Question> = drawn.into_iter().map(question).collect();
    questions.sort_by(|a, b| a.id.cmp(&b.id));
    questions
}

/// The words of a text, in lower case and in order, as far as they have letters or digits.
pub fn plain_words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether the text says what the title says: the same words in any order, without what stands in brackets.
pub fn is_title(text: &str, title: &str) -> bool {
    let title = title.split(['(', '[']).next().unwrap_or_default();
    let set = |text: &str| plain_words(text).into_iter().collect::<HashSet<_>>();
    set(text) == set(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_one_question_and_both_halves_get_different_pages() {
        let candidates = || -> Vec<Candidate> {
            let candidate = |n: usize| Candidate { text: format!("q{n}"), answers: vec![format!("page{}", n / 3)] };
            (0..300).map(candidate).collect()
        };
        let questions = sample("x", candidates(), 80);
        assert_eq!(questions.len(), 80);
        let pages: HashSet<&String> = questions.iter().flat_map(|question| question.grades.keys()).collect();
        assert_eq!(pages.len(), 80);
        let tuning = questions.iter().filter(|question| question.part == Part::Tuning).count();
        assert!((25..56).contains(&tuning), "{tuning}");
        let again: Vec<String> =
            sample("x", candidates().into_iter().rev().collect(), 80).into_iter().map(|q| q.text).collect();
        assert_eq!(again, questions.into_iter().map(|question| question.text).collect::<Vec<_>>());
    }

    #[test]
    fn a_title_is_known_in_any_order() {
        let check =
            |text: &str, title: &str, expected: bool| assert_eq!(is_title(text, title), expected, "{text} | {title}");
        check("tabeller infoga", "Infoga tabeller", true);
        check("abs funktion", "Abs-funktion [Runtime]", true);
        check("tabeller infoga", "Infoga tabell", false);
    }
}
