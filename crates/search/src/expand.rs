//! The ways in which a word of a question can be met in the vocabulary.
//!
//! Each way is a [`Group`]: terms that count as one, with one document frequency. A word takes, in each article, the group
//! that scores best there; groups are not added up.
//!
//! | group | when | quality |
//! |---|---|---|
//! | the word and its other forms (same stem) | always | 1 |
//! | the same with marks, where none were typed | always | 0.9 |
//! | completions of the last word | unfinished | 0.9, or 0.4 where the word itself is known; × √(typed ÷ whole length) |
//! | corrections: 1 edit from 4 letters, 2 from 8 | nothing above | 0.7, 0.5 |

use crate::question::Word;
use crate::rank::Match;
use crate::walk::{Found, Pattern, walk};
use svar_analysis::{marks, strip_marks};
use svar_index::{FileRef, Index};

/// Parts of 256.
pub const FULL: u32 = 256;
const MARKS: u32 = 230;
const COMPLETION: u32 = 230;
const COMPLETION_OF_KNOWN: u32 = 102;
const ONE_EDIT: u32 = 180;
const TWO_EDITS: u32 = 128;

/// Most corrections of one word that are followed, the most frequent first.
const MAX_CORRECTIONS: usize = 3;

/// Terms that count as one.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it takes to believe in it.
    pub kind: Match,
    /// How much it counts, in parts of 256.
    pub quality: u32,
    /// The terms.
    pub terms: Vec<GroupTerm>,
}

/// A term of a group.
#[derive(Debug, Clone)]
pub struct GroupTerm {
    /// The term.
    pub term: String,
    /// Its shard.
    pub shard: usize,
    /// Its postings there.
    pub offset: u64,
    /// How much it counts within the group, in parts of 256.
    pub share: u32,
}

/// A word with its groups.
#[derive(Debug, Clone)]
pub struct Expansion {
    /// The word.
    pub word: Word,
    /// Its groups, the most literal first. Empty where the vocabulary knows nothing like it.
    pub groups: Vec<Group>,
    /// The term that the word was corrected to, if it was.
    pub corrected: Option<String>,
}

/// Expands one word. Shards that are needed and not attached are added to `needs`, each once.
pub fn expand(index: &Index, word: &Word, needs: &mut Vec<FileRef>) -> Expansion {
    let mut expander = Expander { index, word, letters: word.term.chars().collect(), needs };
    let mut groups = Vec::new();
    let literal = expander.forms(false);
    let known = !literal.is_empty();
    push(&mut groups, Match::Exact, FULL, literal);

    if word.plain {
        let mut marked = expander.forms(true);
        marked.retain(|t| marks::has_marks(&t.term));
        push(&mut groups, Match::Fuzzy, MARKS, marked);
    }
    let known_somehow = !groups.is_empty();
    if word.unfinished {
        let completions = expander.completions(&groups, 0);
        push(&mut groups, Match::Prefix, if known { COMPLETION_OF_KNOWN } else { COMPLETION }, completions);
    }
    let mut corrected = None;
    let far_enough = !groups.is_empty() && (known_somehow || word.unfinished);
    if !far_enough {
        let edits = match expander.letters.len() {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        for edits in 1..=edits {
            let quality = if edits == 1 { ONE_EDIT } else { TWO_EDITS };
            let (terms, best) = expander.corrections(edits);
            push(&mut groups, Match::Fuzzy, quality, terms);
            if word.unfinished {
                let mut completions = expander.completions(&groups, edits);
                completions.retain(|t| t.term != word.term);
                push(&mut groups, Match::Fuzzy, quality * COMPLETION / FULL, completions);
            }
            if !groups.is_empty() {
                corrected = best.or_else(|| groups.first().and_then(|g| g.terms.first()).map(|t| t.term.clone()));
                break;
            }
        }
    }
    Expansion { word: word.clone(), groups, corrected }
}

fn push(groups: &mut Vec<Group>, kind: Match, quality: u32, terms: Vec<GroupTerm>) {
    if !terms.is_empty() {
        groups.push(Group { kind, quality, terms });
    }
}

struct Expander<'a> {
    index: &'a Index,
    word: &'a Word,
    letters: Vec<char>,
    needs: &'a mut Vec<FileRef>,
}

impl Expander<'_> {
    /// All terms within reach of `pattern` in the shards of terms that begin with `scope`, each with its shard.
    fn walk(&mut self, scope: &str, pattern: Pattern<'_>) -> Vec<(usize, Found)> {
        let mut shards = vec![];
        for start in self.scopes(scope, pattern.forgive_marks) {
            for number in self.index.shards_of_prefix(&start) {
                // Kept in order: shards follow the alphabet, so that terms come out in theirs.
                if let Err(at) = shards.binary_search(&number) {
                    shards.insert(at, number);
                }
            }
        }
        let mut out = Vec::new();
        for number in shards {
            if let Some(shard) = self.index.term_shard(number) {
                out.extend(walk(shard, pattern).into_iter().map(|f| (number, f)));
            } else if let Some(file) = self.index.missing_terms(number)
                && !self.needs.contains(&file)
            {
                self.needs.push(file);
            }
        }
        out
    }

    /// Beginnings of terms under which `scope` may be found. Where marks are forgiven, only its first letter is kept, also
    /// with the marks that it may have been typed without.
    fn scopes(&self, scope: &str, forgive_marks: bool) -> Vec<String> {
        let Some(first) = scope.chars().next() else { return vec![String::new()] };
        if !forgive_marks {
            return vec![scope.to_owned()];
        }
        const MARKED: &str = "åäàáâãæçèéêëìíîïñòóôõöøùúûüýßœšž";
        let marked = MARKED.chars().filter(|c| marks::base(*c) == first).map(String::from);
        std::iter::once(first.to_string()).chain(marked).collect()
    }

    /// The word and the terms that share its stem: by its own rule where it is known, else by the rules whose ending it
    /// has, of which the one that cuts most and leads to a stem that exists is taken.
    fn forms(&mut self, forgive_marks: bool) -> Vec<GroupTerm> {
        let (index, word) = (self.index, self.word.term.as_str());
        let rules = index.rules();
        let known = index.shards_of_prefix(word).filter_map(|s| index.term_shard(s)).find_map(|s| s.lookup(word));
        let stems = match known {
            Some(postings) => vec![rules.stem(word, postings.rule())],
            None => rules.candidates(word),
        };
        // All of its forms begin like the word, as far as the shortest stem goes but for the last letter, which some
        // rules change (`happy`, `happi`).
        let common = |stem: &String| stem.chars().zip(&self.letters).take_while(|(a, b)| a == *b).count();
        let shared = stems.iter().map(common).min().unwrap_or(0).min(self.letters.len());
        let begin: Vec<char> =
            self.letters.iter().take(if shared > 3 { shared - 1 } else { shared }).copied().collect();
        let scope: String = begin.iter().collect();
        let longest = self.letters.len() + 8;
        let plain = |text: &str| if forgive_marks { strip_marks(text) } else { text.to_owned() };
        let mut found: Vec<(String, GroupTerm)> = Vec::new();
        for (shard, f) in self.walk(&scope, Pattern { letters: &begin, edits: 0, prefix: true, forgive_marks }) {
            if f.term.chars().count() <= longest {
                let rule = index.term_shard(shard).map_or(0, |s| s.postings(f.offset).rule());
                let stem = plain(&rules.stem(&f.term, rule));
                found.push((stem, GroupTerm { term: f.term, shard, offset: f.offset, share: FULL }));
            }
        }
        let exists = stems.iter().map(|s| plain(s)).find(|s| found.iter().any(|(stem, _)| stem == s));
        let same = |(stem, term): &(String, GroupTerm)| Some(stem) == exists.as_ref() || plain(&term.term) == word;
        found.retain(same);
        found.into_iter().map(|(_, term)| term).collect()
    }

    /// Terms that go on after the word, at most `edits` away, but for those in `groups`. The longer a term, the less it
    /// counts: √(typed ÷ whole length).
    fn completions(&mut self, groups: &[Group], edits: u8) -> Vec<GroupTerm> {
        let letters = std::mem::take(&mut self.letters);
        let pattern = Pattern { letters: &letters, edits, prefix: true, forgive_marks: self.word.plain };
        let scope = if edits == 0 { self.word.term.clone() } else { letters.iter().take(1).collect() };
        let found = self.walk(&scope, pattern);
        let typed = letters.len() as u32;
        self.letters = letters;
        found
            .into_iter()
            .filter(|(_, f)| f.longer && f.edits == edits)
            .filter(|(_, f)| !groups.iter().flat_map(|g| &g.terms).any(|t| t.term == f.term))
            .map(|(shard, f)| {
                let whole = (f.term.chars().count() as u32).max(typed);
                let share = (typed * FULL * FULL / whole).isqrt();
                GroupTerm { term: f.term, shard, offset: f.offset, share }
            })
            .collect()
    }

    /// Terms exactly `edits` away with their other forms, and the most frequent of them.
    fn corrections(&mut self, edits: u8) -> (Vec<GroupTerm>, Option<String>) {
        let letters = self.letters.clone();
        let pattern = Pattern { letters: &letters, edits, prefix: false, forgive_marks: self.word.plain };
        let scope: String = letters.iter().take(1).collect();
        let mut found: Vec<(u32, Found)> = self
            .walk(&scope, pattern)
            .into_iter()
            .filter(|(_, f)| f.edits == edits)
            .map(|(shard, f)| (self.index.term_shard(shard).map_or(0, |s| s.postings(f.offset).articles()), f))
            .collect();
        let mut best = None;
        let mut terms: Vec<GroupTerm> = Vec::new();
        for _ in 0..MAX_CORRECTIONS {
            // The most frequent of those left; of equal ones the first in the alphabet.
            let most = found.iter().map(|(articles, _)| *articles).max();
            let Some(at) = found.iter().position(|(articles, _)| Some(*articles) == most) else { break };
            let (_, f) = found.remove(at);
            best.get_or_insert_with(|| f.term.clone());
            let word = Word { term: f.term.clone(), plain: false, ..self.word.clone() };
            let mut other =
                Expander { index: self.index, letters: f.term.chars().collect(), word: &word, needs: self.needs };
            for term in other.forms(false) {
                if !terms.iter().any(|t| t.term == term.term) {
                    terms.push(term);
                }
            }
        }
        (terms, best)
    }
}
