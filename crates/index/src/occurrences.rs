//! Where the words of an article stand, and what that weighs.
//!
//! ```text
//! occurrences := article varint · fields u8 · count varint* · zones u8
//! ```
//!
//! The fields are a bit for each that the term stands in, for which a count follows. So it lies on scratch until the averages
//! of all articles are known.

use crate::article::{Article, Block, sections};
use crate::bytes::{Reader, Writer};
use crate::error::IndexError;
use crate::fixed::encode_weight;
use crate::terms::{NewPosting, TITLE_BIT, ZONES};
use std::collections::HashMap;
use svar_analysis::{Token, TokenKind, tokens};

/// The fields of an article with their weights and length normalisation b (title 4, headings 2,
/// body 1 and b .4/.4/.6 came out best over six help centres; keywords are the author's own and stand between).
const FIELDS: [(f64, f64); 4] = [(4.0, 0.4), (2.0, 0.4), (3.0, 0.4), (1.0, 0.6)];
const TITLE: usize = 0;
const HEADINGS: usize = 1;
const KEYWORDS: usize = 2;
const BODY: usize = 3;

/// Words in each field of an article, and in all that is read.
pub(crate) struct Lengths {
    fields: [u32; FIELDS.len()],
    pub words: u32,
}

/// How often a term occurs in each field of an article, at most 65,535 times, and in which zones.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Occurrences {
    counts: [u16; FIELDS.len()],
    zones: u8,
}

impl Occurrences {
    /// As they lie on scratch.
    pub fn write(&self, article: u32, w: &mut Writer) {
        w.varint(u64::from(article));
        let bits = (0..).zip(self.counts).map(|(field, count)| u8::from(count > 0) << field);
        w.u8(bits.fold(0, |all, bit| all | bit));
        self.counts.iter().filter(|count| **count > 0).for_each(|count| w.varint(u64::from(*count)));
        w.u8(self.zones);
    }

    fn read(r: &mut Reader<'_>) -> Result<(u32, Occurrences), IndexError> {
        let (article, fields) = (r.varint_u32()?, r.u8()?);
        let mut counts = [0; FIELDS.len()];
        for (field, count) in counts.iter_mut().enumerate() {
            *count = if fields >> field & 1 == 1 { r.varint()? as u16 } else { 0 };
        }
        Ok((article, Occurrences { counts, zones: r.u8()? }))
    }
}

/// An article being counted.
#[derive(Default)]
struct Analysed<'a> {
    terms: HashMap<&'a str, Occurrences>,
    lengths: [u32; FIELDS.len()],
}

impl<'a> Analysed<'a> {
    /// Counts tokens in a field. `at` is how many words of the text come before them and how many there are, where the
    /// tokens stand somewhere in it.
    fn add(&mut self, field: usize, tokens: &'a [Token], at: Option<(u32, u32)>) {
        let mut words = 0;
        for token in tokens {
            let occurrences = self.terms.entry(&token.term).or_default();
            occurrences.counts[field] = occurrences.counts[field].saturating_add(1);
            if let Some((before, all)) = at {
                // A heading stands where its text begins.
                let here = if field == BODY { before + words } else { before };
                occurrences.zones |= 1 << zone(here, all);
            }
            words += u32::from(token.kind != TokenKind::Joined);
        }
        self.lengths[field] += words;
    }
}

/// Words of a stretch that can be read at a glance; passages of about 60 words ranked best.
const ZONE_WORDS: u32 = 60;

/// The zone of a word that `before` of the text's `all` words precede.
fn zone(before: u32, all: u32) -> u32 {
    let zones = (all / ZONE_WORDS).clamp(1, ZONES);
    (u64::from(before) * u64::from(zones) / u64::from(all.max(1))).min(u64::from(zones - 1)) as u32
}

fn words(tokens: &[Token]) -> u32 {
    tokens.iter().filter(|t| t.kind != TokenKind::Joined).count() as u32
}

/// Counts the words of an article, of which `head` is all but the body. `each` is told of every term once, in no order.
pub(crate) fn analyse(
    head: &Article,
    body: &[Block],
    mut each: impl FnMut(&str, &Occurrences) -> Result<(), IndexError>,
) -> Result<Lengths, IndexError> {
    let sections: Vec<[Vec<Token>; 2]> = sections(body).iter().map(|s| [tokens(&s.heading), tokens(&s.text)]).collect();
    let (title, description) = (tokens(&head.title), tokens(&head.description));
    let keywords: Vec<Vec<Token>> = head.keywords.iter().map(|k| tokens(k)).collect();
    let all = sections.iter().map(|[_, text]| words(text)).sum();
    let (mut analysed, mut before) = (Analysed::default(), 0);
    for [heading, text] in &sections {
        analysed.add(HEADINGS, heading, Some((before, all)));
        analysed.add(BODY, text, Some((before, all)));
        before += words(text);
    }
    analysed.add(TITLE, &title, None);
    keywords.iter().for_each(|keyword| analysed.add(KEYWORDS, keyword, None));
    // A description usually repeats the text; it is searched as part of it.
    analysed.add(BODY, &description, None);
    analysed.terms.iter().try_for_each(|(term, occurrences)| each(term, occurrences))?;
    Ok(Lengths { fields: analysed.lengths, words: all + words(&title) })
}

/// To the nearest number of six binary digits: so an average rarely changes with an article more, on which every weight
/// depends.
fn rounded(average: u64) -> u64 {
    let step = average.checked_ilog2().unwrap_or(0).saturating_sub(5);
    ((average + (1 << step >> 1)) >> step) << step
}

/// What words weigh in each of all articles. After BM25F (Robertson and Zaragoza 2009):
/// Σ over fields of weight × frequency ÷ (1 − b + b × length ÷ average length).
pub(crate) struct Weights<'a> {
    articles: &'a [Lengths],
    averages: [f64; FIELDS.len()],
}

impl<'a> Weights<'a> {
    pub fn of(articles: &'a [Lengths]) -> Weights<'a> {
        let mut averages = [1.0; FIELDS.len()];
        for (field, average) in averages.iter_mut().enumerate() {
            let filled = articles.iter().filter(|a| a.fields[field] > 0).count();
            let total: u64 = articles.iter().map(|a| u64::from(a.fields[field])).sum();
            if filled > 0 {
                *average = rounded(total * 256 / filled as u64) as f64 / 256.0;
            }
        }
        Weights { articles, averages }
    }

    fn posting(&self, article: u32, Occurrences { counts, zones }: &Occurrences) -> NewPosting {
        let mut weight = 0.0;
        for (field, (boost, b)) in FIELDS.iter().enumerate() {
            let length = self.articles.get(article as usize).map_or(0, |a| a.fields[field]);
            let length = f64::from(length) / self.averages[field];
            weight += boost * f64::from(counts[field]) / (1.0 - b + b * length);
        }
        let title = if counts[TITLE] > 0 { TITLE_BIT } else { 0 };
        NewPosting { article, code: encode_weight(weight * 128.0) | title, zones: *zones }
    }

    /// The postings of a term by its occurrences one after another.
    pub fn postings(&self, occurrences: &[u8]) -> Result<Vec<NewPosting>, IndexError> {
        let (mut r, mut postings) = (Reader::new(occurrences), Vec::new());
        while !r.is_empty() {
            let (article, occurrences) = Occurrences::read(&mut r)?;
            postings.push(self.posting(article, &occurrences));
        }
        Ok(postings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn occurrences_read_back(article: u32, counts: [u16; 4], zones: u8) {
            let mut w = Writer::default();
            Occurrences { counts, zones }.write(article, &mut w);
            let mut r = Reader::new(&w.0);
            proptest::prop_assert_eq!(Occurrences::read(&mut r), Ok((article, Occurrences { counts, zones })));
            proptest::prop_assert!(r.is_empty());
        }
    }
}
