//! The stretch of an article that answers, and which of its words were asked for.

use crate::rank::Answer;
use svar_analysis::{TokenKind, strip_marks, tokens};
use svar_index::Index;
use svar_index::article::{Block, sections};
use svar_index::terms::Derived;

/// Bytes of a text that were asked for; in order and apart from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A stretch of an article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// Fragment identifier of its section, or empty.
    pub anchor: String,
    /// Its section's heading, or empty for the text below the title.
    pub heading: String,
    /// The text, at most about [`LENGTH`] words.
    pub text: String,
    /// What to highlight in it.
    pub spans: Vec<Span>,
    /// Text was left out before it.
    pub cut_before: bool,
    /// Text was left out after it.
    pub cut_after: bool,
}

/// Words in a passage: two to three lines in the widget.
pub const LENGTH: usize = 28;

/// How far back a passage may begin to begin with a sentence, in words.
const LEAD: usize = 8;

/// Which word of the question a term of an article answers, if any.
fn word_of(answer: &Answer, term: &str) -> Option<usize> {
    let meets = |e: &crate::expand::Expansion| {
        e.groups.iter().flat_map(|g| &g.members).any(|m| {
            m.terms.iter().any(|t| t.term == term || m.also == Some(Derived::Compounds) && is_part(&t.term, term))
        }) || (e.word.unfinished
            && (term.starts_with(&e.word.term) || e.word.plain && strip_marks(term).starts_with(&e.word.term)))
    };
    let content = answer.expansions.iter().position(|e| !e.word.filler && meets(e));
    content.or_else(|| answer.expansions.iter().position(meets))
}

/// Whether `part` is likely to be the beginning or the end of the compound `term`: how the index was split is not known here.
fn is_part(part: &str, term: &str) -> bool {
    part.chars().count() > 3 && term.len() > part.len() + 2 && (term.starts_with(part) || term.ends_with(part))
}

/// What to highlight in any text, a title say. Filler words are left alone.
pub fn highlight(answer: &Answer, text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for token in tokens(text) {
        let wanted =
            word_of(answer, &token.term).and_then(|w| answer.expansions.get(w)).is_some_and(|e| !e.word.filler);
        if !wanted {
            continue;
        }
        // A joined token covers its parts, and neighbours of a run share a character.
        let mut span = Span { start: token.start, end: token.end };
        while let Some(before) = spans.pop_if(|s| s.end > span.start) {
            span = Span { start: span.start.min(before.start), end: span.end.max(before.end) };
        }
        spans.push(span);
    }
    spans
}

/// The passage of an article that answers best: the window with the most different words of the question, weighted as the
/// ranking weighs them; of equal ones the first. Where nothing is met (the title or the keywords were), the beginning.
pub fn passage(index: &Index, answer: &Answer, article: u32, body: &[Block]) -> Passage {
    let weights: Vec<u32> = match answer.hits.iter().find(|h| h.article == article) {
        Some(hit) => answer
            .expansions
            .iter()
            .map(|e| hit.reasons.iter().find(|r| r.word == e.word.term).map_or(1, |r| r.score.max(1)))
            .collect(),
        None => vec![1; answer.expansions.len()],
    };
    let sections = sections(body);
    let mut best: Option<(u32, usize, usize)> = None; // score, section, first word
    for (number, section) in sections.iter().enumerate() {
        let words: Vec<Option<usize>> = section_words(&section.text).iter().map(|t| word_of(answer, &t.term)).collect();
        let in_heading: Vec<usize> = tokens(&section.heading).iter().filter_map(|t| word_of(answer, &t.term)).collect();
        for start in 0..words.len().max(1) {
            if start > 0 && words.get(start).copied().flatten().is_none() {
                continue;
            }
            let window = words.iter().skip(start).take(LENGTH).flatten();
            let mut seen: Vec<usize> = Vec::new();
            for &w in window.chain(&in_heading) {
                if !seen.contains(&w) {
                    seen.push(w);
                }
            }
            let score: u32 = seen.iter().filter_map(|w| weights.get(*w)).sum();
            if score > 0 && best.is_none_or(|(s, ..)| score > s) {
                best = Some((score, number, start));
            }
        }
    }
    let (number, start) = best.map_or((0, 0), |(_, number, start)| (number, start));
    let Some(section) = sections.get(number) else {
        let text = index.entry(article).map(|e| e.description.clone()).unwrap_or_default();
        return Passage { spans: highlight(answer, &text), text, ..Passage::default() };
    };
    let words = section_words(&section.text);
    let from = words.get(lead(&section.text, &words, start)).map_or(0, |t| t.start);
    let from = if section.text.get(..from).is_some_and(|b| tokens(b).is_empty()) { 0 } else { from };
    let first = words.iter().position(|t| t.start >= from).unwrap_or(0);
    let to = words.get(first + LENGTH).map_or(section.text.len(), |t| t.start);
    let text = section.text.get(from..to).unwrap_or_default().trim_end();
    let shown = text.replace('\n', " ");
    Passage {
        anchor: section.anchor.clone(),
        heading: section.heading.clone(),
        spans: highlight(answer, &shown),
        cut_before: from > 0,
        cut_after: to < section.text.len(),
        text: shown,
    }
}

fn section_words(text: &str) -> Vec<svar_analysis::Token> {
    tokens(text).into_iter().filter(|t| t.kind != TokenKind::Joined).collect()
}

/// The word to begin with so that the passage begins with a sentence, if one begins shortly before `start`; otherwise a
/// few words before it.
fn lead(text: &str, words: &[svar_analysis::Token], start: usize) -> usize {
    let earliest = start.saturating_sub(LEAD);
    for at in (earliest..=start).rev() {
        let begins = match at.checked_sub(1).and_then(|b| words.get(b)).zip(words.get(at)) {
            None => true,
            Some((before, word)) => {
                text.get(before.end..word.start).is_some_and(|gap| gap.contains(['.', '!', '?', '\n', ':']))
            }
        };
        if begins {
            return at;
        }
    }
    start.saturating_sub(3)
}
