//! Pieces of words: what articles share with a question beside whole words, their forms and the parts of compounds.
//!
//! ```text
//! pieces(article) = 0.19 × Σ over words, but fillers, Σ over the word's pieces
//!                   saturate(Σ over terms at hand that have the piece, weight) × idf(articles of the word's family)
//! ```
//!
//! A piece is four letters in a row, marks aside, of the word or of what it was corrected to; a word's ends count as a
//! letter each, the end of an unfinished one not. Terms at hand are the words' families: all terms that begin with the same
//! four letters as one that a word was met by. They stand where the words themselves were looked up, so that the pieces
//! need neither a whole vocabulary nor, but where a family lies across two, another shard of a cut index. The idf of a
//! piece counts articles in which its own word's family has it; a word more adds to weights and never takes from an idf.
//!
//! Character n-grams as a second score follow McNamee and Mayfield 2004, "Character n-gram tokenization for European
//! language text retrieval", who found four letters best. They help where compounds are tied: `bench/relevance.md` has the figures.

use crate::expand::{Expansion, Family};
use crate::question::Word;
use crate::rank::scaled;
use svar_analysis::marks::base;
use svar_index::terms::Derived;
use svar_index::{Index, fixed};

/// Letters of a piece, and of the beginning that a family shares.
pub(crate) const LETTERS: usize = 4;

/// Parts of 256.
pub(crate) const PIECE: u32 = 48;

/// Stands for the ends of a word.
const END: char = '_';

/// Four letters, 16 bits each; of letters beyond them the lower bits.
type Piece = u64;

/// The pieces of a term. `ended`: its end counts.
fn pieces(term: &str, ended: bool) -> Vec<Piece> {
    let mut out = Vec::new();
    let (mut piece, mut letters) = (0, 0);
    for letter in [END].into_iter().chain(term.chars()).chain(ended.then_some(END)) {
        piece = piece << 16 | u64::from(u32::from(base(letter)) & 0xffff);
        letters += 1;
        if letters >= LETTERS {
            out.push(piece);
        }
    }
    out
}

/// The letters of a piece, for people.
pub(crate) fn text(piece: Piece) -> String {
    (0..4).rev().filter_map(|i| char::from_u32((piece >> (16 * i) & 0xffff) as u32)).collect()
}

/// Whether a word has pieces that count.
pub(crate) fn has_pieces(word: &Word) -> bool {
    !word.filler && word.term.chars().count() + usize::from(!word.unfinished) + 1 >= LETTERS
}

/// What a piece of a word says of articles.
pub(crate) struct Said<'a> {
    /// Place of the word in the question.
    pub word: usize,
    /// The piece.
    pub piece: Piece,
    /// How rare it is.
    pub idf: u32,
    /// The weight of the terms that have it, for each article; 0 where there is none.
    pub weights: &'a [u32],
}

impl Said<'_> {
    /// What it does for an article of this weight.
    pub fn score(&self, weight: u32) -> u32 {
        scaled(fixed::saturate(weight), self.idf)
    }
}

/// Tells of each piece of each word in turn what it says.
pub(crate) fn each(index: &Index, words: &[Expansion], families: &[Family], tell: &mut dyn FnMut(Said<'_>)) {
    let terms = |family: &Family| family.terms.iter().map(|t| pieces(&t.term, true)).collect();
    let of_terms: Vec<Vec<Vec<Piece>>> = families.iter().map(terms).collect();
    let count = index.len() as usize;
    for (number, word) in words.iter().enumerate().filter(|(_, w)| !w.beginnings.is_empty()) {
        let all = pieces(word.corrected.as_ref().unwrap_or(&word.word.term), !word.word.unfinished);
        // For each piece a weight of each article, and in how many articles the word's own families have it.
        let mut weights = vec![0u32; all.len() * count];
        let mut own = vec![0; all.len()];
        // Terms of the own families; compounds of them, in articles that have none; terms of the other words' families.
        for step in 0..3 {
            for (family, of_terms) in families.iter().zip(&of_terms) {
                if (family.words >> number & 1 == 1) != (step < 2) {
                    continue;
                }
                for (term, of_term) in family.terms.iter().zip(of_terms) {
                    let Some(shard) = index.term_shard(term.shard) else { continue };
                    for (at, _) in all.iter().enumerate().filter(|(_, piece)| of_term.contains(piece)) {
                        let (Some(weights), Some(own)) = (weights.get_mut(at * count..), own.get_mut(at)) else {
                            continue;
                        };
                        let mut postings = shard.postings(term.place);
                        if step == 0 {
                            *own += postings.left_out();
                        }
                        if step == 1 {
                            postings = postings.derived(Derived::Compounds);
                        }
                        for posting in postings {
                            let Some(weight) = weights.get_mut(posting.article as usize) else { continue };
                            if *weight == 0 || step != 1 {
                                *own += u32::from(*weight == 0 && step < 2);
                                *weight = weight.saturating_add(posting.weight.max(1));
                            }
                        }
                    }
                }
            }
        }
        for ((weights, &piece), own) in weights.chunks(count.max(1)).zip(&all).zip(own) {
            if own > 0 {
                tell(Said { word: number, piece, idf: fixed::idf(own, index.len()), weights });
            }
        }
    }
}

/// What all pieces do for each article; nothing where no word has any.
pub(crate) fn scores(index: &Index, words: &[Expansion], families: &[Family]) -> Vec<u32> {
    let mut all = Vec::new();
    each(index, words, families, &mut |said| {
        all.resize(said.weights.len(), 0);
        for (score, &weight) in all.iter_mut().zip(said.weights).filter(|(_, w)| **w > 0) {
            *score += said.score(weight);
        }
    });
    all.iter_mut().for_each(|score| *score = scaled(*score, PIECE));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_words() {
        let of = |term, ended| pieces(term, ended).into_iter().map(text).collect::<Vec<_>>().join(" ");
        assert_eq!(of("nöjd", true), "_noj nojd ojd_");
        assert_eq!(of("nöjd", false), "_noj nojd");
        assert_eq!(of("el", true), "_el_");
        assert_eq!(of("el", false), "");
        assert_eq!(of("", true), "");
    }
}
