//! What is timed: the headline cases, found by looking at an index's vocabulary, so that they are the worst of that very
//! index and follow when it changes.
//!
//! A beginning *touches* the terms that begin like it, marks aside, for a plain letter also stands for that letter with
//! marks. A word is *simple* when it stands in articles, is made of letters alone and is not known to be a compound.

use std::collections::BTreeMap;

use serde::Serialize;
use svar_analysis::strip_marks;
use svar_index::terms::FIRST;
use svar_index::{FileKind, FileRef, Index};

use crate::Library;
use crate::laid::Question;

/// Something to time.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// As in file names and on the command line.
    pub name: &'static str,
    /// For the reader of a table.
    pub title: String,
    /// What is done.
    pub work: Work,
}

/// What is done in a case.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Manifest and core are opened.
    Open,
    /// A file is attached, that is decoded.
    Attach(String),
    /// A question is answered with everything attached.
    Search(String),
    /// Everything is attached, and let go of until no more is left than the widget keeps.
    EvictAll,
    /// The questions come by in turn, again and again; after each has attached what it needs, room is made.
    EvictSome(Vec<String>),
}

/// The cases of an index, which gets everything attached; `questions` is what people ask of it. Cases that an index does not
/// have are left out.
pub fn find(library: &Library, questions: &[Question]) -> Vec<Case> {
    let vocabulary = Vocabulary::of(&library.index);
    let mut cases = vec![case("open", "open manifest and core", Work::Open)];
    for (name, title, file) in shards(library) {
        cases.push(case(name, &format!("{title}, {} bytes", length(library, &file)), Work::Attach(file.name())));
    }
    let finder = Finder { library, vocabulary: &vocabulary };
    let typed: Vec<&str> =
        questions.iter().filter(|q| q.id.starts_with("typed/")).map(|question| question.text.as_str()).collect();
    let typical = finder.typical(&typed);
    let after = typical.as_deref().and_then(|question| finder.two_letters_after(question));
    let asked = [
        ("first-letter", "one letter, prepared", finder.first_letter()),
        ("worst-prefix", "the beginning that touches most terms and is not prepared", finder.worst_prefix()),
        ("heaviest-prefix", "the one whose terms stand in most articles, of those", finder.heaviest_prefix()),
        ("two-letters-after", "two letters after a whole word, where nothing is prepared", after),
        ("typo-second", "a typo in the second letter", finder.typo_second()),
        ("typo-first", "a typo in the first letter", finder.typo_first()),
        ("compound", "a long compound that nobody knows", finder.compound()),
        ("compound-misspelt", "the same with a typo in it", finder.compound_misspelt()),
        ("nonsense", "a long word that is like nothing", finder.nonsense()),
        ("three-words", "a typical question of three words", typical),
        ("longest", "the longest question", finder.longest(&typed)),
    ];
    for (name, title, question) in asked {
        let Some(question) = question else { continue };
        cases.push(case(name, &format!("{title}: `{question}`"), Work::Search(question)));
    }
    cases.push(case("evict-all", "let go of all but 4 MB", Work::EvictAll));
    let some: Vec<String> = typed.iter().take(ASKED).map(|question| (*question).to_owned()).collect();
    cases.push(case("evict-some", "make room for the files of one question", Work::EvictSome(some)));
    cases
}

/// Questions that come by in [`Work::EvictSome`]: more than what is kept can serve.
const ASKED: usize = 100;

fn case(name: &'static str, title: &str, work: Work) -> Case {
    Case { name, title: title.to_owned(), work }
}

fn length(library: &Library, file: &FileRef) -> usize {
    library.bytes(&file.name()).map_or(0, |bytes| bytes.len())
}

/// The term shard of middling size and the largest.
fn shards(library: &Library) -> Vec<(&'static str, &'static str, FileRef)> {
    let mut files: Vec<FileRef> = library.index.files().filter(|file| file.kind == FileKind::Terms).collect();
    files.sort_by_key(|file| (length(library, file), file.name()));
    let named = [
        ("attach-median", "attach the median term shard", files.get(files.len() / 2)),
        ("attach-largest", "attach the largest term shard", files.last()),
    ];
    named.into_iter().filter_map(|(name, title, file)| Some((name, title, *file?))).collect()
}

/// A term of the index.
struct Term {
    text: String,
    /// In how many articles it stands as a word.
    articles: u32,
    compound: bool,
}

impl Term {
    fn letters(&self) -> usize {
        self.text.chars().count()
    }
}

/// What a beginning touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Touched {
    terms: usize,
    /// In how many articles each of the terms stands, added up.
    articles: u64,
}

/// All terms in their order, and how many terms beginnings touch.
struct Vocabulary {
    terms: Vec<Term>,
    /// By beginnings of one to three letters without marks.
    touched: BTreeMap<String, Touched>,
}

impl Vocabulary {
    fn of(index: &Index) -> Vocabulary {
        let mut terms = Vec::new();
        let mut touched: BTreeMap<String, Touched> = BTreeMap::new();
        for shard in index.shards_of_prefix("").filter_map(|number| index.term_shard(number)) {
            for place in 0..shard.len() {
                let text: String = shard.key(place).iter().collect();
                if text.starts_with(FIRST) {
                    continue;
                }
                let articles = shard.postings(place).articles();
                let plain: Vec<char> = strip_marks(&text).chars().collect();
                for letters in 1..=3 {
                    let beginning = plain.get(..letters).filter(|b| b.iter().all(|letter| letter.is_alphabetic()));
                    if let Some(beginning) = beginning {
                        let touched = touched.entry(beginning.iter().collect()).or_default();
                        touched.terms += 1;
                        touched.articles += u64::from(articles);
                    }
                }
                terms.push(Term { text, articles, compound: !shard.cuts(place).is_empty() });
            }
        }
        Vocabulary { terms, touched }
    }

    fn knows(&self, text: &str) -> bool {
        self.terms.binary_search_by(|term| term.text.as_str().cmp(text)).is_ok()
    }

    /// The beginning of that kind that touches most; of equal ones the first.
    fn most_touched<T: Ord>(&self, by: fn(&Touched) -> T, fits: &dyn Fn(&str) -> bool) -> Option<String> {
        let of_kind = self.touched.iter().rev().filter(|(beginning, _)| fits(beginning));
        of_kind.max_by_key(|(_, touched)| by(touched)).map(|(beginning, _)| beginning.clone())
    }

    /// Simple words of so many letters, the most frequent first; of equal ones the first in the alphabet.
    fn simple(&self, letters: std::ops::RangeInclusive<usize>) -> Vec<&Term> {
        let fits = |term: &&Term| {
            term.articles > 0
                && !term.compound
                && letters.contains(&term.letters())
                && term.text.chars().all(char::is_alphabetic)
        };
        let mut words: Vec<&Term> = self.terms.iter().filter(fits).collect();
        words.sort_by_key(|term| std::cmp::Reverse(term.articles));
        words
    }
}

/// Simple words that are tried before a case is given up.
const TRIED: usize = 200;

struct Finder<'a> {
    library: &'a Library,
    vocabulary: &'a Vocabulary,
}

impl Finder<'_> {
    fn is_prepared(&self, beginning: &str) -> bool {
        matches!(self.library.index.prepared(beginning), Ok(Some(_)))
    }

    fn first_letter(&self) -> Option<String> {
        let fits = |beginning: &str| beginning.chars().count() == 1 && self.is_prepared(beginning);
        self.vocabulary.most_touched(|touched| touched.terms, &fits)
    }

    fn worst_prefix(&self) -> Option<String> {
        self.vocabulary.most_touched(|touched| touched.terms, &|beginning| self.is_searched(beginning))
    }

    fn heaviest_prefix(&self) -> Option<String> {
        self.vocabulary.most_touched(|touched| touched.articles, &|beginning| self.is_searched(beginning))
    }

    /// Whether it is a beginning of two or three letters whose answer is not prepared.
    fn is_searched(&self, beginning: &str) -> bool {
        beginning.chars().count() > 1 && !self.is_prepared(beginning)
    }

    fn two_letters_after(&self, question: &str) -> Option<String> {
        let word = question.split(' ').next()?;
        let two = |beginning: &str| beginning.chars().count() == 2;
        let beginning = self.vocabulary.most_touched(|touched| touched.terms, &two)?;
        Some(format!("{word} {beginning}"))
    }

    /// The letter that touches most terms.
    fn heaviest_letter(&self) -> Option<char> {
        let one = |beginning: &str| beginning.chars().count() == 1;
        self.vocabulary.most_touched(|touched| touched.terms, &one)?.chars().next()
    }

    /// A frequent word with another second letter, whose first letter touches most terms: all their shards are asked.
    fn typo_second(&self) -> Option<String> {
        let first = self.heaviest_letter()?;
        let words = self.vocabulary.simple(6..=10);
        let words = words.into_iter().filter(|word| word.text.starts_with(first)).take(TRIED);
        words.flat_map(|word| replaced(&word.text, 1)).find(|(typed, meant)| self.corrects(typed, meant)).map(|t| t.0)
    }

    /// A frequent word with another first letter, one that touches most terms: they are all looked at in vain.
    fn typo_first(&self) -> Option<String> {
        let first = self.heaviest_letter()?;
        let words = self.vocabulary.simple(6..=10).into_iter().take(TRIED);
        let typed = words.flat_map(|word| replaced(&word.text, 0)).filter(|(typed, _)| typed.starts_with(first));
        typed.into_iter().find(|(typed, meant)| self.corrects(typed, meant)).map(|t| t.0)
    }

    fn corrects(&self, typed: &str, meant: &str) -> bool {
        !self.vocabulary.knows(typed) && self.library.search(typed).corrected.as_deref() == Some(meant)
    }

    /// Three frequent simple words written as one.
    fn compound(&self) -> Option<String> {
        let mut words = self.vocabulary.simple(7..=12);
        words.truncate(12);
        // The longest ones make the longest word; which of equal ones comes first stays as it was.
        words.sort_by_key(|word| std::cmp::Reverse(word.letters()));
        words.truncate(3);
        let compound: String = words.iter().map(|word| word.text.as_str()).collect();
        (words.len() == 3 && !self.vocabulary.knows(&compound)).then_some(compound)
    }

    fn compound_misspelt(&self) -> Option<String> {
        let compound: Vec<char> = self.compound()?.chars().collect();
        let mut swapped = compound.clone();
        // In the last part, where there is most to look through before it.
        let at = compound.len().checked_sub(4)?;
        swapped.swap(at, at + 1);
        let typed: String = swapped.into_iter().collect();
        (!self.vocabulary.knows(&typed)).then_some(typed)
    }

    fn nonsense(&self) -> Option<String> {
        let backwards: String = self.compound()?.chars().rev().take(16).collect();
        (self.library.search(&backwards).total == 0).then_some(backwards)
    }

    fn longest(&self, typed: &[&str]) -> Option<String> {
        let longest = typed.iter().rev().max_by_key(|question| question.chars().count());
        longest.map(|question| (*question).to_owned())
    }

    /// Of the questions of three words, none of them a filler, the one that meets the median number of articles.
    fn typical(&self, typed: &[&str]) -> Option<String> {
        let index = &self.library.index;
        let plain = |question: &&&str| {
            let words: Vec<String> = question.split(' ').map(str::to_lowercase).collect();
            words.len() == 3 && words.iter().all(|word| word.chars().count() > 1 && !index.is_filler(word))
        };
        let mut all: Vec<(u32, &str)> =
            typed.iter().filter(plain).map(|question| (self.library.search(question).total, *question)).collect();
        all.sort_unstable();
        all.get(all.len() / 2).map(|(_, question)| (*question).to_owned())
    }
}

/// A word with each other letter in that place, each with the word.
fn replaced(word: &str, place: usize) -> impl Iterator<Item = (String, String)> + '_ {
    ('a'..='z').filter_map(move |letter| {
        let typed: String = word.chars().enumerate().map(|(at, old)| if at == place { letter } else { old }).collect();
        (typed != word).then(|| (typed, word.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laid::tests::library;

    fn cases() -> Vec<Case> {
        let mut library = library();
        library.attach_missing().expect("all there");
        let question = |id: &str, text: &str| Question { id: id.into(), text: text.into() };
        let questions = [
            question("typed/1", "flytta fakturans förfallodag"),
            question("typed/2", "säga upp avtalet"),
            question("typed/3", "hur länge dröjer det innan kundservice svarar"),
            question("typo/1", "flyta fakturans förfallodag till någon annan gång i framtiden"),
        ];
        find(&library, &questions)
    }

    fn question(name: &str) -> String {
        let case = cases().into_iter().find(|case| case.name == name).expect(name);
        match case.work {
            Work::Search(question) => question,
            other => panic!("expected a question, found {other:?}"),
        }
    }

    #[test]
    fn beginnings_are_counted() {
        let mut library = library();
        library.attach_missing().expect("all there");
        let vocabulary = Vocabulary::of(&library.index);
        assert!(vocabulary.knows("förfallodag") && !vocabulary.knows("fakt"));
        let touched =
            |beginning: &str| vocabulary.terms.iter().filter(|t| strip_marks(&t.text).starts_with(beginning)).count();
        for (beginning, count) in &vocabulary.touched {
            assert_eq!(touched(beginning), count.terms, "{beginning}");
        }
        assert!(!vocabulary.touched.keys().any(|b| b.contains(FIRST)));
    }

    #[test]
    fn the_worst_are_found() {
        assert_eq!(question("longest"), "hur länge dröjer det innan kundservice svarar");
        assert_eq!(question("worst-prefix").chars().count(), 2);
        assert!(question("two-letters-after").ends_with(char::is_alphabetic));
        assert!(question("compound").chars().count() > 20);
        let names: Vec<&str> = cases().iter().map(|case| case.name).collect();
        for name in ["open", "attach-median", "attach-largest", "typo-second", "typo-first", "evict-all", "evict-some"]
        {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
    }

    #[test]
    fn letters_are_replaced() {
        let all: Vec<String> = replaced("få", 1).map(|(typed, _)| typed).collect();
        assert_eq!((all.len(), all[0].as_str(), all[25].as_str()), (26, "fa", "fz"));
    }
}
