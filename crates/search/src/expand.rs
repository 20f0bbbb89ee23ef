//! The ways in which a word of a question can be met in the vocabulary.
//!
//! Each way is a [`Group`]: terms that count as one, with one document frequency. A word takes, in each article, the group
//! that scores best there; groups are not added up.
//!
//! | group | when | quality |
//! |---|---|---|
//! | the word and its other forms (same stem), each at .7 | always | 1 |
//! | the same with marks, where none were typed | always | .9 |
//! | compounds that a group's terms are parts of, and they themselves | always | × .8 |
//! | synonyms of the owner's, and the word itself, instead of the word alone | there are some | 1 |
//! | the parts of a compound, added up | it is made of known words | × .8 |
//! | two or three words written as one | they are known so | .55 each |
//! | completions of the last word | unfinished, and alone or of two letters and more | .9, or .8 where the word itself is known; × √(typed ÷ whole length) |
//! | corrections: 1 edit from 4 letters, 2 from 8 | the word is not known | 1, .8 |
//! | a compound with one part unfinished or corrected | nothing above | .6 |
//!
//! A correction costs nothing by itself: it is made only for a word that the help centre does not know, so that it never
//! stands beside a literal match of that word. One edit may be the first letter, where the word meant has five letters.

use crate::lookup::Lookup;
use crate::pieces::{LETTERS, has_pieces};
use crate::question::Word;
use crate::rank::Match;
use crate::walk::Found;
use svar_analysis::marks;
use svar_index::terms::Derived;
use svar_index::{FileRef, Index};

/// Parts of 256.
pub const FULL: u32 = 256;
const MARKS: u32 = 230;
const COMPOUNDS: u32 = 210;
const SYNONYMS: u32 = 256;
const PARTS: u32 = 200;
const JOINED: u32 = 140;
const COMPLETION: u32 = 230;
const COMPLETION_OF_KNOWN: u32 = 200;
const ONE_EDIT: u32 = 250;
const TWO_EDITS: u32 = 200;
const MENDED: u32 = 160;

/// A way of meeting a word.
#[derive(Debug, Clone)]
pub struct Group {
    /// What it takes to believe in it.
    pub kind: Match,
    /// How much it counts, in parts of 256.
    pub quality: u32,
    /// What it is made of: one member, or the parts of a compound, whose scores are added up.
    pub members: Vec<Member>,
}

/// Terms that count as one.
#[derive(Debug, Clone)]
pub struct Member {
    /// The terms.
    pub terms: Vec<Found>,
    /// What counts beside the places where they stand as words.
    pub also: Option<Derived>,
}

impl Group {
    /// All its terms.
    pub fn terms(&self) -> impl Iterator<Item = &Found> {
        self.members.iter().flat_map(|m| &m.terms)
    }
}

/// A word with its groups.
#[derive(Debug, Clone)]
pub struct Expansion {
    /// The word.
    pub word: Word,
    /// Its groups, the most literal first. Empty where the vocabulary knows nothing like it.
    pub groups: Vec<Group>,
    /// What the word was corrected to, if it was.
    pub corrected: Option<String>,
    /// How the terms of its own groups begin.
    pub beginnings: Vec<String>,
}

/// Terms that begin alike.
#[derive(Debug, Clone)]
pub struct Family {
    /// A bit for each word of the question that was met by a term with this beginning.
    pub words: u32,
    /// The terms.
    pub terms: Vec<Found>,
}

/// Expands the words of a question, and finds what begins like the terms that they were met by. Shards that are needed and
/// not attached are added to `needs`, each once.
pub fn expand(index: &Index, words: &[Word], needs: &mut Vec<FileRef>) -> (Vec<Expansion>, Vec<Family>) {
    let mut lookup = Lookup { index, needs, missed: false };
    // What each word is a part of together with its neighbours.
    let mut together: Vec<Vec<Group>> = words.iter().map(|_| Vec::new()).collect();
    for start in 0..words.len() {
        for length in 2..=3 {
            let run = words.get(start..start + length).unwrap_or_default();
            if let Some(group) = joined(&mut lookup, run) {
                for groups in together.iter_mut().skip(start).take(length) {
                    groups.push(group.clone());
                }
            }
        }
    }
    let alone = words.len() == 1;
    let each = words.iter().zip(together);
    let all: Vec<Expansion> = each.map(|(word, together)| expand_word(&mut lookup, word, alone, together)).collect();
    let mut families: Vec<(&str, Family)> = Vec::new();
    for (word, beginning) in (0..).zip(&all).flat_map(|(word, e)| e.beginnings.iter().map(move |b| (word, b))) {
        match families.iter_mut().find(|(b, _)| b == beginning) {
            Some((_, family)) => family.words |= 1 << word,
            None => families.push((beginning, Family { words: 1 << word, terms: lookup.beginning(beginning) })),
        }
    }
    let families = families.into_iter().map(|(_, family)| family).collect();
    (all, families)
}

/// Two or three words that may be one that was written apart (`leverans adress`), or for which the owner has a synonym.
fn joined(lookup: &mut Lookup<'_>, run: &[Word]) -> Option<Group> {
    let (first, last) = (run.first()?, run.last()?);
    let term: String = run.iter().map(|w| w.term.as_str()).collect();
    let synonyms: Vec<Found> = lookup.term(&term).into_iter().collect();
    if lookup.any_has(&synonyms, Derived::Synonyms) {
        return Some(group(Match::Synonym, SYNONYMS, synonyms, Some(Derived::Synonyms)));
    }
    // A filler word is part of another (`upp sägnings tid`) only where its neighbour is no word by itself.
    if run.iter().any(|w| w.filler) && run.iter().all(|w| w.filler || lookup.term(&w.term).is_some()) {
        return None;
    }
    let mut terms = lookup.forms(&term, first.plain);
    for link in lookup.index.compounding().links.iter().skip(1).filter(|_| run.len() == 2) {
        if let Some(start) = first.term.strip_suffix(link.add.as_str()) {
            let linked = lookup.forms(&[start, &link.cut, &last.term].concat(), first.plain);
            terms.extend(linked.into_iter().filter(|t| !terms.contains(t)).collect::<Vec<_>>());
        }
    }
    (!terms.is_empty()).then(|| group(Match::Compound, JOINED, terms, None))
}

fn expand_word(lookup: &mut Lookup<'_>, word: &Word, alone: bool, together: Vec<Group>) -> Expansion {
    let mut groups = Vec::new();
    lookup.missed = false;
    let literal = lookup.forms(&word.term, false);
    let known = !literal.is_empty();
    // A rare word is no better than the synonym that articles use: their group counts, this one only says what was met.
    let quality = if lookup.any_has(&literal, Derived::Synonyms) { 1 } else { FULL };
    push(&mut groups, Match::Exact, quality, literal.clone());
    push_derived(lookup, &mut groups, Match::Exact, FULL, literal);
    if word.plain {
        let mut marked = lookup.forms(&word.term, true);
        marked.retain(|t| marks::has_marks(&t.term));
        push(&mut groups, Match::Fuzzy, MARKS, marked.clone());
        push_derived(lookup, &mut groups, Match::Fuzzy, MARKS, marked);
    }
    let known_somehow = !groups.is_empty();
    // Where compounds are written apart, two words in one are a slip of the keys like any other.
    let ties = lookup.index.compounding().ties();
    if !word.filler && ties && !lookup.missed {
        push_parts(lookup, &mut groups, Match::Exact, FULL, &word.term, word.plain);
    }
    let understood = !groups.is_empty() || !together.is_empty();
    let (own, others) = (groups.len(), together.len());
    groups.extend(together);
    let letters: Vec<char> = word.term.chars().collect();
    let mut completed = false;
    // A few letters beside other words say little, and would ask for all of their shards.
    if word.unfinished && (alone || !lookup.says_little(&letters)) {
        let mut completions = lookup.completions(&letters, 0, word.plain);
        completions.retain(|c| !groups.iter().flat_map(Group::terms).any(|t| t.is(c)));
        completed = !completions.is_empty();
        // What a known word's completion is made of says little, and would ask for many shards.
        if known {
            push(&mut groups, Match::Prefix, COMPLETION_OF_KNOWN, completions);
        } else {
            push_completions(lookup, &mut groups, Match::Prefix, COMPLETION, completions);
        }
    }
    let mut corrected = None;
    let most_edits = match letters.len() {
        // What the shards of the word itself would say comes before all guesses.
        _ if known_somehow || completed || understood || lookup.missed => 0,
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    for edits in 1..=most_edits {
        if lookup.missed {
            break;
        }
        let quality = if edits == 1 { ONE_EDIT } else { TWO_EDITS };
        let terms = lookup.corrections(&letters, edits, word.plain);
        let mut best = terms.first().map(|t| t.term.clone());
        push(&mut groups, Match::Fuzzy, quality, terms.clone());
        if let Some(best) = &best {
            push_derived(lookup, &mut groups, Match::Fuzzy, quality, terms);
            push_parts(lookup, &mut groups, Match::Fuzzy, quality, best, false);
        }
        if word.unfinished {
            let mut completions = lookup.completions(&letters, edits, word.plain);
            completions.retain(|c| !groups.iter().flat_map(Group::terms).any(|t| t.is(c)));
            best = best.or_else(|| lookup.likely(&completions).map(|t| t.term.clone()));
            push_completions(lookup, &mut groups, Match::Fuzzy, quality * COMPLETION / FULL, completions);
        }
        if best.is_some() {
            corrected = best;
            break;
        }
    }
    if groups.is_empty() && !ties && !lookup.missed {
        push_parts(lookup, &mut groups, Match::Exact, FULL, &word.term, word.plain);
    }
    if groups.is_empty() && !word.filler && !lookup.missed {
        corrected = push_mended(lookup, &mut groups, word, &letters);
    }
    let mut beginnings: Vec<String> = Vec::new();
    if ties && has_pieces(word) {
        let own = groups.iter().take(own).chain(groups.iter().skip(own + others));
        for term in own.flat_map(Group::terms) {
            let beginning = term.term.chars().take(LETTERS).collect();
            if !beginnings.contains(&beginning) {
                beginnings.push(beginning);
            }
        }
    }
    Expansion { word: word.clone(), groups, corrected, beginnings }
}

fn group(kind: Match, quality: u32, terms: Vec<Found>, also: Option<Derived>) -> Group {
    Group { kind, quality, members: vec![Member { terms, also }] }
}

fn push(groups: &mut Vec<Group>, kind: Match, quality: u32, terms: Vec<Found>) {
    if !terms.is_empty() {
        groups.push(group(kind, quality, terms, None));
    }
}

/// The compounds and the synonyms of terms that are met in this `kind` with this `quality`.
fn push_derived(lookup: &Lookup<'_>, groups: &mut Vec<Group>, kind: Match, quality: u32, terms: Vec<Found>) {
    if lookup.any_has(&terms, Derived::Synonyms) {
        let synonyms =
            group(kind.max(Match::Synonym), quality * SYNONYMS / FULL, terms.clone(), Some(Derived::Synonyms));
        groups.push(synonyms);
    }
    if lookup.any_has(&terms, Derived::Compounds) {
        groups.push(group(kind.max(Match::Compound), quality * COMPOUNDS / FULL, terms, Some(Derived::Compounds)));
    }
}

/// The parts of `term`, where it is a compound.
fn push_parts(lookup: &mut Lookup<'_>, groups: &mut Vec<Group>, kind: Match, quality: u32, term: &str, plain: bool) {
    let mut members = lookup.parts(term, plain);
    members.retain(|m| !m.terms.is_empty());
    if !members.is_empty() {
        groups.push(Group { kind: kind.max(Match::Compound), quality: quality * PARTS / FULL, members });
    }
}

/// Completions, and what the likeliest of them is part of or made of.
fn push_completions(
    lookup: &mut Lookup<'_>,
    groups: &mut Vec<Group>,
    kind: Match,
    quality: u32,
    completions: Vec<Found>,
) {
    let likely = lookup.likely(&completions).cloned();
    push(groups, kind, quality, completions);
    if let Some(likely) = likely {
        let quality = quality * likely.share / FULL;
        let forms = lookup.forms(&likely.term, false);
        push_derived(lookup, groups, kind, quality, forms);
        push_parts(lookup, groups, kind, quality, &likely.term, false);
    }
}

/// A compound that nobody knows, one part of which is unfinished or misspelt: the longest other part that is known. Says
/// how it is read, where a part was corrected.
fn push_mended(lookup: &mut Lookup<'_>, groups: &mut Vec<Group>, word: &Word, letters: &[char]) -> Option<String> {
    let mut best: Option<(usize, Option<String>, [Vec<Found>; 2])> = None;
    let index = lookup.index;
    let text = |letters: &[char]| letters.iter().collect::<String>();
    for cut in 3..letters.len().saturating_sub(2) {
        let (head, tail) = letters.split_at(cut);
        let merit = head.len().pow(2) + tail.len().pow(2);
        if best.as_ref().is_some_and(|(b, ..)| merit <= *b) {
            continue;
        }
        let first = index.compounding().first(head, &mut |word, _| lookup.term(word).is_some());
        if let Some(first) = first.filter(|f| !index.is_filler(f)) {
            let mut terms = if word.unfinished { lookup.completions(tail, 0, word.plain) } else { Vec::new() };
            let mut read = None;
            if terms.is_empty() && tail.len() > 3 {
                terms = lookup.corrections(tail, 1, word.plain);
                read = terms.first().map(|t| text(head) + &t.term);
            }
            if !terms.is_empty() {
                best = Some((merit, read, [lookup.forms(&first, word.plain), terms]));
            }
        } else if head.len() > 3 && !index.is_filler(&text(tail)) {
            let known = lookup.forms(&text(tail), word.plain);
            let terms = if known.is_empty() { Vec::new() } else { lookup.corrections(head, 1, word.plain) };
            if let Some(meant) = terms.first() {
                best = Some((merit, Some(meant.term.clone() + &text(tail)), [terms, known]));
            }
        }
    }
    let (_, read, members) = best?;
    let members = members.into_iter().map(|terms| Member { terms, also: Some(Derived::Compounds) }).collect();
    groups.push(Group { kind: if read.is_some() { Match::Fuzzy } else { Match::Compound }, quality: MENDED, members });
    read
}
