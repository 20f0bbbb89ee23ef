//! What customers asked and did not get solved, and what they asked and found nothing for.
//!
//! Questions are grouped by their text as typed, in lower case, trimmed, with single spaces. (Grouping by meaning comes
//! with svar-analysis.) An attempt counts once per question, however often it was asked. A question that the next one
//! continues (`how do i`, then `how do i reset`) was still being typed and is left out.

use super::figures::wilson;
use super::fold::{self, Ended};
use crate::store::StoredAttempt;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use svar_outcome::{Attempt, Reason, Search};

/// Most questions in a list; the report says how many there are in all.
pub const MOST: usize = 50;

/// A question that attempts ended on without being solved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnsolvedQuestion {
    /// The question, redacted, in lower case.
    pub question: String,
    /// Attempts with this question that were not solved.
    pub people: u64,
    /// Attempts with this question.
    pub asked: u64,
    /// The last time it was asked nothing was found.
    pub zero_results: bool,
    /// Reasons given, with how many gave them.
    pub reasons: BTreeMap<Reason, u64>,
    /// The article that most of them read last.
    pub last_article: Option<String>,
    /// What to do about it.
    pub advice: Advice,
}

/// What to do about an unsolved question. Our own rules, first that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Nothing is found: write the article.
    Write,
    /// Customers say that it cannot be done: the product is the matter.
    FixTheProduct,
    /// Articles are found and mostly not opened: their titles do not say that they answer this.
    Retitle,
    /// What was opened ranked below third place: use the customers' words in it, or add a synonym.
    Reword,
    /// It was read and did not solve: improve it.
    Improve,
}

/// A question for which nothing was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ZeroResultQuestion {
    /// The question, redacted, in lower case.
    pub question: String,
    /// Attempts in which nothing was found for it.
    pub people: u64,
}

/// The list, and how many it was cut from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed<T> {
    /// How many there are.
    pub total: u64,
    /// The first of them, at most [`MOST`].
    pub first: Vec<T>,
}

impl<T> Listed<T> {
    pub(super) fn of(mut all: Vec<T>) -> Listed<T> {
        let total = all.len() as u64;
        all.truncate(MOST);
        Listed { total, first: all }
    }
}

/// Lower case, trimmed, single spaces.
pub fn normal(question: &str) -> String {
    question.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The settled questions of an attempt in order, normalised; unfinished ones left out.
fn asked(attempt: &Attempt) -> Vec<(String, &Search)> {
    let texts: Vec<_> =
        attempt.searches.iter().filter_map(|search| search.q.as_deref().map(|q| (normal(q), search))).collect();
    let mut kept: Vec<(String, &Search)> = vec![];
    for (at, (text, search)) in texts.iter().enumerate() {
        let continued = texts.get(at + 1).is_some_and(|(next, _)| next.starts_with(text.as_str()) && next != text);
        let unfinished = continued && search.picked.is_none();
        if text.is_empty() || unfinished {
            continue;
        }
        kept.retain(|(earlier, _)| earlier != text);
        kept.push((text.clone(), search));
    }
    kept
}

#[derive(Default)]
struct Group {
    asked: u64,
    people: u64,
    zero_results: bool,
    found_unopened: u64,
    opened_low: u64,
    reasons: BTreeMap<Reason, u64>,
    articles: BTreeMap<String, u64>,
}

/// Unsolved questions, the one that most people surely leave with first: by attempts × the lower end of the interval of
/// the share not solved. `attempts` come oldest first.
pub fn unsolved<'a>(attempts: impl Iterator<Item = &'a StoredAttempt>) -> Listed<UnsolvedQuestion> {
    let mut groups: HashMap<String, Group> = HashMap::new();
    for stored in attempts {
        let attempt = &stored.attempt;
        let left_without = fold::ended(attempt) == Ended::Unsolved;
        for (question, search) in asked(attempt) {
            let group = groups.entry(question).or_default();
            group.asked += 1;
            group.zero_results = search.results == 0;
            if !left_without {
                continue;
            }
            group.people += 1;
            group.found_unopened += u64::from(search.results > 0 && search.picked.is_none());
            group.opened_low += u64::from(search.picked.is_some_and(|rank| rank > 3));
            if let Some(reason) = attempt.declared.as_ref().and_then(|declared| declared.reason) {
                *group.reasons.entry(reason).or_default() += 1;
            }
            if let Some(article) = fold::last_article(attempt) {
                *group.articles.entry(article.id.clone()).or_default() += 1;
            }
        }
    }
    let mut all: Vec<(f64, UnsolvedQuestion)> = groups
        .into_iter()
        .filter(|(_, group)| group.people > 0)
        .map(|(question, group)| {
            let low = wilson(group.people, group.asked).map_or(0.0, |(low, _)| low);
            (group.asked as f64 * low, unsolved_question(question, group))
        })
        .collect();
    all.sort_by(|(a_rank, a), (b_rank, b)| {
        b_rank.total_cmp(a_rank).then_with(|| b.people.cmp(&a.people)).then_with(|| a.question.cmp(&b.question))
    });
    Listed::of(all.into_iter().map(|(_, question)| question).collect())
}

fn unsolved_question(question: String, group: Group) -> UnsolvedQuestion {
    let most = |n: u64| n * 2 > group.people;
    let advice = if group.zero_results {
        Advice::Write
    } else if group.reasons.get(&Reason::CannotDo).is_some_and(|n| most(*n)) {
        Advice::FixTheProduct
    } else if most(group.found_unopened) {
        Advice::Retitle
    } else if most(group.opened_low) {
        Advice::Reword
    } else {
        Advice::Improve
    };
    // Ties go to the first id in order, so that the report is the same each time.
    let last_article = group
        .articles
        .into_iter()
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(article, _)| article);
    UnsolvedQuestion {
        question,
        people: group.people,
        asked: group.asked,
        zero_results: group.zero_results,
        reasons: group.reasons,
        last_article,
        advice,
    }
}

/// Questions for which nothing was found, most people first.
pub fn zero_results<'a>(attempts: impl Iterator<Item = &'a StoredAttempt>) -> Listed<ZeroResultQuestion> {
    let mut groups: HashMap<String, u64> = HashMap::new();
    for stored in attempts {
        for (question, search) in asked(&stored.attempt) {
            if search.results == 0 {
                *groups.entry(question).or_default() += 1;
            }
        }
    }
    let mut all: Vec<_> =
        groups.into_iter().map(|(question, people)| ZeroResultQuestion { question, people }).collect();
    all.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.question.cmp(&b.question)));
    Listed::of(all)
}
