//! Articles by what became of those who read them. The last article read gets the credit, and the blame.
//!
//! Nothing here counts views, and the order is by where work helps most: attempts left unsolved after the article, by
//! the lower end of the interval of the share of answers that were partly or no.

use super::figures::{Proportion, wilson};
use super::fold::{self, Answer};
use super::questions::Listed;
use crate::store::StoredAttempt;
use serde::Serialize;
use std::collections::BTreeMap;
use svar_outcome::Behaviour;

/// An article and the attempts in which it was read last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleOutcome {
    /// The article's id.
    pub article: String,
    /// Attempts in which it was read last.
    pub attempts: u64,
    /// Said solved.
    pub solved: u64,
    /// Said partly.
    pub partly: u64,
    /// Said not solved, or took back a solved by asking a person.
    pub not_solved: u64,
    /// Said nothing and read long enough.
    pub exhibited_solved: u64,
    /// Asked a person afterwards.
    pub contact_after: u64,
    /// Solved of those who answered.
    pub declared: Proportion,
}

/// All articles that were read last in some attempt.
pub fn articles<'a>(attempts: impl Iterator<Item = &'a StoredAttempt>) -> Listed<ArticleOutcome> {
    let mut by_id: BTreeMap<String, ArticleOutcome> = BTreeMap::new();
    for stored in attempts {
        let attempt = &stored.attempt;
        let Some(reading) = fold::last_article(attempt) else { continue };
        let row = by_id.entry(reading.id.clone()).or_insert_with(|| ArticleOutcome {
            article: reading.id.clone(),
            attempts: 0,
            solved: 0,
            partly: 0,
            not_solved: 0,
            exhibited_solved: 0,
            contact_after: 0,
            declared: Proportion::default(),
        });
        row.attempts += 1;
        match fold::answer(attempt) {
            Some(Answer::Solved) => row.solved += 1,
            Some(Answer::Partly) => row.partly += 1,
            Some(Answer::NotSolved) => row.not_solved += 1,
            None if fold::behaviour(attempt) == Behaviour::XPlus => row.exhibited_solved += 1,
            None => {}
        }
        row.contact_after += u64::from(attempt.contact.submitted);
    }
    let mut all: Vec<ArticleOutcome> = by_id.into_values().collect();
    for row in &mut all {
        row.declared = Proportion::new(row.solved, row.solved + row.partly + row.not_solved);
    }
    let need = |row: &ArticleOutcome| {
        let not = row.partly + row.not_solved;
        wilson(not, row.declared.n).map_or(0.0, |(low, _)| low * row.declared.n as f64)
    };
    all.sort_by(|a, b| {
        need(b)
            .total_cmp(&need(a))
            .then_with(|| b.contact_after.cmp(&a.contact_after))
            .then_with(|| a.article.cmp(&b.article))
    });
    Listed::of(all)
}
