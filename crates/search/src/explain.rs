//! A score as a tree of named numbers.
//!
//! Every number is computed again from the index, by the same functions as the ranking's, so the tree is the score and
//! not a story about it. Integers are in the units that `svar_index::fixed` gives; divisions round down.

use crate::expand::{Expansion, Member};
use crate::pieces;
use crate::rank::{Answer, CLOSENESS, FILLER, Hit, Met, TITLE, Weight, best_zone, meet, scaled, weigh};
use svar_index::{Index, fixed};

/// Most terms that are named.
const MAX_TERMS: usize = 6;

/// A number, what it is called and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What it is.
    pub name: String,
    /// The number.
    pub value: u32,
    /// How it follows from its parts.
    pub from: From,
    /// What it is made of.
    pub parts: Vec<Explanation>,
}

/// How a number follows from its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// It stands for itself.
    Itself,
    /// It is their sum.
    Sum,
    /// It is the first times each of the others in turn, each time divided by 256 and at least 1.
    Product,
}

impl Explanation {
    fn leaf(name: impl Into<String>, value: u32) -> Explanation {
        Explanation { name: name.into(), value, from: From::Itself, parts: Vec::new() }
    }

    fn sum(name: impl Into<String>, value: u32, parts: Vec<Explanation>) -> Explanation {
        Explanation { name: name.into(), value, from: From::Sum, parts }
    }

    fn product(name: impl Into<String>, value: u32, parts: Vec<Explanation>) -> Explanation {
        Explanation { name: name.into(), value, from: From::Product, parts }
    }

    /// What the parts come to; the number itself for a leaf.
    pub fn computed(&self) -> u32 {
        let mut values = self.parts.iter().map(|p| p.value);
        match self.from {
            From::Itself => self.value,
            From::Sum => values.sum(),
            From::Product => {
                let first = values.next().unwrap_or(0);
                values.fold(first, scaled)
            }
        }
    }
}

/// Why `hit` has its score in `answer`.
pub fn explain(index: &Index, answer: &Answer, hit: &Hit) -> Explanation {
    let met =
        answer.expansions.iter().map(|e| (e, meet(index, e).get(hit.article as usize).copied().unwrap_or_default()));
    let met: Vec<(&Expansion, Met)> = met.filter(|(_, met)| met.score > 0).collect();
    let mut parts: Vec<Explanation> = met.iter().filter_map(|(e, met)| word(index, e, met, hit.article)).collect();
    let zone = best_zone(met.iter().map(|(_, met)| met));
    for (name, value, factor, counts) in [
        (
            "words that stand together",
            hit.closeness,
            CLOSENESS,
            &(|m: &Met| m.stands_in(zone)) as &dyn Fn(&Met) -> bool,
        ),
        ("words in the title", hit.title, TITLE, &|m: &Met| m.in_title),
    ] {
        let words = met.iter().filter(|(_, met)| counts(met));
        let words: Vec<Explanation> = words.map(|(e, met)| Explanation::leaf(&e.word.term, met.score)).collect();
        if !words.is_empty() {
            let sum = words.iter().map(|w| w.value).sum();
            let factors = vec![Explanation::sum("words", sum, words), Explanation::leaf("factor", factor)];
            parts.push(Explanation::product(name, value, factors));
        }
    }
    parts.extend(pieces_of(index, answer, hit));
    Explanation::sum("score", hit.score, parts)
}

fn pieces_of(index: &Index, answer: &Answer, hit: &Hit) -> Option<Explanation> {
    let mut words: Vec<Vec<Explanation>> = answer.expansions.iter().map(|_| Vec::new()).collect();
    pieces::each(index, &answer.expansions, &answer.families, &mut |said| {
        let weight = said.weights.get(hit.article as usize).copied().unwrap_or(0);
        if let (Some(word), true) = (words.get_mut(said.word), weight > 0) {
            let saturated = Explanation::leaf(format!("weight {weight} after saturation"), fixed::saturate(weight));
            let factors = vec![saturated, Explanation::leaf("idf", said.idf)];
            word.push(Explanation::product(pieces::text(said.piece), said.score(weight), factors));
        }
    });
    let total = |parts: &[Explanation]| parts.iter().map(|p| p.value).sum();
    let named = answer.expansions.iter().zip(words).filter(|(_, pieces)| !pieces.is_empty());
    let words: Vec<Explanation> =
        named.map(|(e, pieces)| Explanation::sum(&e.word.term, total(&pieces), pieces)).collect();
    let factors = vec![Explanation::sum("words", total(&words), words), Explanation::leaf("factor", pieces::PIECE)];
    (hit.pieces > 0).then(|| Explanation::product("pieces of words", hit.pieces, factors))
}

fn word(index: &Index, expansion: &Expansion, met: &Met, article: u32) -> Option<Explanation> {
    let group = expansion.groups.get(usize::from(met.group))?;
    let members: Vec<Explanation> = group.members.iter().filter_map(|m| member(index, m, article)).collect();
    let sum = members.iter().map(|m| m.value).sum();
    let mut factors = vec![
        Explanation::sum("terms", sum, members),
        Explanation::leaf(format!("quality of this way, {}", group.kind.word()), group.quality),
    ];
    if expansion.word.filler {
        factors.push(Explanation::leaf("filler word", FILLER));
    }
    Some(Explanation::product(&expansion.word.term, met.score, factors))
}

fn member(index: &Index, member: &Member, article: u32) -> Option<Explanation> {
    let mut weights = vec![Weight::default(); index.len() as usize];
    let (articles, idf) = weigh(index, member, &mut weights);
    let weight = articles.into_iter().find(|(a, _)| *a == article)?.1;
    let mut name = member.terms.iter().map(|t| t.term.as_str()).take(MAX_TERMS).collect::<Vec<_>>().join(", ");
    if member.terms.len() > MAX_TERMS {
        name += ", …";
    }
    let saturated = Explanation::leaf(format!("weight {} after saturation", weight.sum), fixed::saturate(weight.sum));
    Some(Explanation::product(name, weight.score(idf), vec![saturated, Explanation::leaf("idf", idf)]))
}
