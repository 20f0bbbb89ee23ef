//! The forms in which a question is asked: as written, and damaged as people damage what they type.
//!
//! A form that damages a word takes the longest one that it may, by chance among equals; chance comes from the question's
//! id and the form, so a question is always damaged in the same way. A form that finds nothing to damage gives no question.

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::edits::{Place, edited};
use super::seed::Chance;

/// A way to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As written.
    Typed,
    /// One edit – a letter inserted, left out, replaced, or two swapped – in a word of 4 letters or more, after its first.
    Typo,
    /// One edit at the first letter of a word of 5 letters or more; the first two may be swapped.
    First,
    /// Two edits in a word of 8 letters or more, after its first.
    Two,
    /// The last word cut to 40 to 90 % of its letters, 2 at least, as while typing.
    Cut,
    /// Letters without their marks: å ä ö é ü as a a o e u, ß as ss.
    NoMarks,
    /// A compound of 9 letters or more written as two words, where compounds are written as one.
    Apart,
}

/// What is known about the language of a set.
pub struct Setting<'a> {
    /// `sv`, `en` or `de`.
    pub language: &'a str,
    /// The words that its pages use, in lower case.
    pub vocabulary: &'a HashSet<String>,
}

impl Form {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Form; 7] = [Form::Typed, Form::Typo, Form::First, Form::Two, Form::Cut, Form::NoMarks, Form::Apart];

    /// As it stands in tables.
    pub fn name(self) -> &'static str {
        match self {
            Form::Typed => "typed",
            Form::Typo => "typo",
            Form::First => "first",
            Form::Two => "two",
            Form::Cut => "cut",
            Form::NoMarks => "nomarks",
            Form::Apart => "apart",
        }
    }

    /// The question in this form; none if it has nothing that this form could damage.
    pub fn of(self, id: &str, question: &str, setting: &Setting<'_>) -> Option<String> {
        let mut chance = Chance::of(&["form", self.name(), id]);
        match self {
            Form::Typed => Some(question.to_owned()),
            Form::Typo => in_longest(question, 4, &mut chance, |word, chance| {
                edited(word, 1, chance, setting.language, Place::AfterFirst)
            }),
            Form::First => in_longest(question, 5, &mut chance, |word, chance| {
                edited(word, 1, chance, setting.language, Place::First)
            }),
            Form::Two => in_longest(question, 8, &mut chance, |word, chance| {
                edited(word, 2, chance, setting.language, Place::AfterFirst)
            }),
            Form::Cut => cut(question, &mut chance),
            Form::NoMarks => {
                let plain: String = question.chars().map(without_mark).collect();
                (plain != question).then_some(plain)
            }
            Form::Apart if matches!(setting.language, "sv" | "de") => {
                in_longest(question, 9, &mut chance, |word, chance| apart(word, setting.vocabulary, chance))
            }
            Form::Apart => None,
        }
    }
}

/// Runs of letters.
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphabetic()) {
        let end = at + c.len_utf8();
        match found.last_mut() {
            Some(word) if word.end == at => word.end = end,
            _ => found.push(at..end),
        }
    }
    found
}

/// The question with the longest word for which `damage` has an answer replaced by that.
fn in_longest(
    question: &str,
    letters: usize,
    chance: &mut Chance,
    damage: impl Fn(&[char], &mut Chance) -> Option<String>,
) -> Option<String> {
    let mut eligible: Vec<(usize, usize, Range<usize>, String)> = Vec::new();
    for range in words(question) {
        let word: Vec<char> = question.get(range.clone())?.chars().collect();
        if word.len() < letters {
            continue;
        }
        if let Some(damaged) = damage(&word, chance) {
            eligible.push((word.len(), chance.below(usize::MAX), range, damaged));
        }
    }
    let (_, _, range, damaged) = eligible.into_iter().max_by_key(|(length, tie, ..)| (*length, *tie))?;
    Some(format!("{}{damaged}{}", question.get(..range.start)?, question.get(range.end..)?))
}

/// The last word cut short, and what follows it left out. None if it has fewer than 3 letters.
fn cut(question: &str, chance: &mut Chance) -> Option<String> {
    let last = words(question).pop()?;
    if question.get(last.end..)?.chars().any(char::is_alphanumeric) {
        return None;
    }
    let word: Vec<char> = question.get(last.clone())?.chars().collect();
    let per_mille = 400 + chance.below(501);
    let kept = (word.len() * per_mille / 1000).max(2);
    let short: String = word.get(..kept).filter(|short| short.len() < word.len())?.iter().collect();
    Some(format!("{}{short}", question.get(..last.start)?))
}

/// The letter as typed on a keyboard without its mark.
fn without_mark(c: char) -> Plain {
    let plain = match c {
        'å' | 'ä' | 'à' | 'á' | 'â' | 'ã' => "a",
        'ö' | 'ø' | 'ò' | 'ó' | 'ô' | 'õ' => "o",
        'é' | 'è' | 'ê' | 'ë' => "e",
        'ü' | 'ù' | 'ú' | 'û' => "u",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        'æ' => "ae",
        'Å' | 'Ä' | 'À' | 'Á' => "A",
        'Ö' | 'Ø' | 'Ó' => "O",
        'É' | 'È' => "E",
        'Ü' | 'Ú' => "U",
        _ => return Plain::Same(c),
    };
    Plain::Other(plain)
}

enum Plain {
    Same(char),
    Other(&'static str),
}

impl FromIterator<Plain> for String {
    fn from_iter<I: IntoIterator<Item = Plain>>(letters: I) -> String {
        letters.into_iter().fold(String::new(), |mut text, letter| {
            match letter {
                Plain::Same(c) => text.push(c),
                Plain::Other(letters) => text.push_str(letters),
            }
            text
        })
    }
}

/// Words that are more often an ending: `importera` is no compound.
const ENDINGS: [&str; 9] = ["ade", "are", "arna", "ens", "era", "erar", "erna", "het", "ska"];

/// The compound as two words, where both are words of the pages: the first perhaps with a linking s, which it keeps, as
/// people write it (`arbetsmiljö` → `arbets miljö`). Of several places the one nearest the middle.
fn apart(word: &[char], vocabulary: &HashSet<String>, chance: &mut Chance) -> Option<String> {
    const PART: usize = 3;
    let lower = |part: &[char]| part.iter().flat_map(|c| c.to_lowercase()).collect::<String>();
    let known = |part: &[char]| part.len() >= PART && vocabulary.contains(&lower(part));
    let splits = |at: &usize| {
        let (first, second) = word.split_at(*at);
        let linked = first.strip_suffix(&['s']).is_some_and(known);
        known(second) && !ENDINGS.contains(&lower(second).as_str()) && (known(first) || linked)
    };
    let places: Vec<usize> = (PART..=word.len().checked_sub(PART)?).filter(splits).collect();
    let balance = |at: usize| at.min(word.len() - at);
    let best = places.iter().map(|at| balance(*at)).max()?;
    let places: Vec<usize> = places.into_iter().filter(|at| balance(*at) == best).collect();
    let (first, second) = word.split_at(*chance.one_of(&places)?);
    Some(first.iter().chain(&[' ']).chain(second).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::edits::distance;

    const QUESTION: &str = "Hur infogar jag en sidbrytning?";

    fn of(form: Form, id: &str, question: &str, language: &str) -> Option<String> {
        let vocabulary = ["sid", "brytning", "arbet", "arbete", "arbets", "plats", "tidning", "artikel", "era"];
        let vocabulary = vocabulary.iter().map(|word| (*word).to_owned()).collect();
        form.of(id, question, &Setting { language, vocabulary: &vocabulary })
    }

    /// The damaged question of many ids, so that every kind of edit comes about.
    fn many(form: Form, question: &str, language: &str) -> Vec<String> {
        (0..500).filter_map(|id| of(form, &id.to_string(), question, language)).collect()
    }

    fn chars(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn the_same_question_is_damaged_in_the_same_way() {
        for form in Form::ALL {
            assert_eq!(of(form, "7", QUESTION, "sv"), of(form, "7", QUESTION, "sv"), "{form:?}");
        }
    }

    #[test]
    fn one_edit_goes_into_the_longest_word_but_not_its_first_letter() {
        let all = many(Form::Typo, QUESTION, "sv");
        assert_eq!(all.len(), 500);
        for damaged in &all {
            let word = damaged.strip_prefix("Hur infogar jag en s").and_then(|rest| rest.strip_suffix('?'));
            let word = word.unwrap_or_else(|| panic!("{damaged}"));
            assert_eq!(distance(&chars("idbrytning"), &chars(word)), 1, "{damaged}");
        }
        let lengths: HashSet<usize> = all.iter().map(|damaged| damaged.chars().count()).collect();
        assert_eq!(lengths.len(), 3, "inserted, left out, and replaced or swapped");
        assert_eq!(of(Form::Typo, "1", "en ny dag", "sv"), None);
    }

    #[test]
    fn an_edit_at_the_first_letter_leaves_the_rest() {
        for damaged in many(Form::First, "ny skrivare", "sv") {
            let word = damaged.strip_prefix("ny ").unwrap_or_else(|| panic!("{damaged}"));
            assert_eq!(distance(&chars("skrivare"), &chars(word)), 1, "{damaged}");
            assert!(word.ends_with("rivare") && !word.starts_with("skr"), "{damaged}");
        }
        assert_eq!(of(Form::First, "1", "mus bytt", "sv"), None);
    }

    #[test]
    fn two_edits_are_two_and_need_a_long_word() {
        for damaged in many(Form::Two, "egen skrivare", "sv") {
            let word = damaged.strip_prefix("egen s").unwrap_or_else(|| panic!("{damaged}"));
            assert_eq!(distance(&chars("krivare"), &chars(word)), 2, "{damaged}");
        }
        assert_eq!(of(Form::Two, "1", "skriver", "sv"), None);
    }

    #[test]
    fn the_last_word_is_cut_to_two_letters_or_more() {
        let lengths: HashSet<usize> = many(Form::Cut, "ny skrivare.", "sv")
            .iter()
            .map(|damaged| damaged.strip_prefix("ny ").unwrap_or_else(|| panic!("{damaged}")).len())
            .collect();
        assert_eq!(lengths, HashSet::from([3, 4, 5, 6, 7]));
        assert!(many(Form::Cut, "min mus", "sv").iter().all(|damaged| damaged == "min mu"));
        assert_eq!(of(Form::Cut, "1", "ja nu", "sv"), None);
        assert_eq!(of(Form::Cut, "1", "kapitel 12", "sv"), None);
    }

    #[test]
    fn marks_go_from_letters() {
        let check = |question: &str, expected: Option<&str>| {
            assert_eq!(of(Form::NoMarks, "1", question, "sv").as_deref(), expected, "{question}");
        };
        check("Återställ lösenordet på idén", Some("Aterstall losenordet pa iden"));
        check("größe über", Some("grosse uber"));
        check("mus", None);
    }

    #[test]
    fn compounds_are_written_apart_where_both_parts_are_words() {
        let check = |question: &str, language: &str, expected: Option<&str>| {
            assert_eq!(of(Form::Apart, "1", question, language).as_deref(), expected, "{question}");
        };
        check("en sidbrytning", "sv", Some("en sid brytning"));
        check("Tidningsartikel", "sv", Some("Tidnings artikel"));
        check("arbetsplats", "de", Some("arbets plats"));
        check("arbetsplats", "en", None);
        check("skrivaren", "sv", None);
        check("sidplats", "sv", None);
        check("artikelera", "sv", None);
    }
}
