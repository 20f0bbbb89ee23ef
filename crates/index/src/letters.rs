//! The letters of a vocabulary.

use crate::terms::ALPHABET;
use std::collections::{BTreeMap, BTreeSet};
use svar_analysis::marks::base;

/// One of so many terms must have a letter with marks for it to be looked for: every one more is a part of the alphabet,
/// and perhaps a file, that a question without marks has to look into.
const TERMS_OF_A_MARK: usize = 200;

/// The letters with marks that are worth looking for where none were typed.
pub(crate) fn marks<'a>(terms: impl ExactSizeIterator<Item = &'a str>) -> String {
    let all = terms.len();
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for term in terms {
        let letters: BTreeSet<char> = term.chars().filter(|c| base(*c) != *c).collect();
        letters.into_iter().for_each(|c| *counts.entry(c).or_default() += 1);
    }
    counts.into_iter().filter(|(_, count)| count * TERMS_OF_A_MARK >= all).map(|(letter, _)| letter).collect()
}

/// The most frequent letters of terms.
pub(crate) fn alphabet<'a>(terms: impl Iterator<Item = &'a str>) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    terms.flat_map(|term| term.chars()).for_each(|letter| *counts.entry(letter).or_default() += 1);
    // By the power of two, so that one article more rarely changes the order, on which all shards depend.
    let mut letters: Vec<(u32, char)> = counts.into_iter().map(|(letter, count)| (count.ilog2(), letter)).collect();
    letters.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
    letters.into_iter().map(|(_, letter)| letter).take(ALPHABET).collect()
}
