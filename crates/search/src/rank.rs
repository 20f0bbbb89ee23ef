//! From groups to ranked articles.
//!
//! score(article) = Σ over words of max over the word's groups of
//! saturate(Σ weight × share) × idf(group) × quality, fillers at 0.3,
//! then × (1 + 0.15 × share of the question's idf that stands in the title).
//!
//! After BM25F (Robertson and Zaragoza 2009): weights are normalised at build (see `svar_index::terms`), added up over the
//! forms of a word, and saturated once. All of it is integer arithmetic (see `svar_index::fixed`).

use crate::expand::{Expansion, FULL, Group, expand};
use crate::question::{MAX_WORDS, words};
use svar_index::{FileRef, Index, fixed};

/// What it took to meet a question, from the most literal on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Match {
    /// Nothing found.
    #[default]
    None,
    /// Words as typed, or another form of them.
    Exact,
    /// The last word was unfinished.
    Prefix,
    /// A synonym of the owner's.
    Synonym,
    /// A part of a compound.
    Compound,
    /// A spelling was corrected, or marks were forgiven.
    Fuzzy,
    /// Only a part of the question was met.
    Fallback,
}

impl Match {
    /// The word used in events and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Match::None => "none",
            Match::Exact => "exact",
            Match::Prefix => "prefix",
            Match::Synonym => "synonym",
            Match::Compound => "compound",
            Match::Fuzzy => "fuzzy",
            Match::Fallback => "fallback",
        }
    }
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Most hits.
    pub limit: usize,
}

impl Default for Options {
    /// Ten hits.
    fn default() -> Options {
        Options { limit: 10 }
    }
}

/// What a question found.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The best articles, best first; equal scores in the order of ids.
    pub hits: Vec<Hit>,
    /// How many articles were met at all.
    pub total: u32,
    /// What it took to meet the best hit.
    pub matched: Match,
    /// The question as it was understood, where a word was corrected.
    pub corrected: Option<String>,
    /// Files without which this answer is not complete, in the order of need.
    pub needs: Vec<FileRef>,
    /// The words with their ways, for highlights.
    pub(crate) expansions: Vec<Expansion>,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub article: u32,
    /// Comparable within one answer only.
    pub score: u32,
    /// Why, a reason for each word that was met.
    pub reasons: Vec<Reason>,
}

/// Why an article was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The word of the question, folded.
    pub word: String,
    /// How it was met.
    pub kind: Match,
    /// A term of the article that met it.
    pub term: String,
    /// Its part of the score, before the title's share.
    pub score: u32,
    /// It stands in the title.
    pub in_title: bool,
}

const FILLER: u32 = 77; // 0.3 × 256
const TITLE_SHARE: u64 = 38; // 0.15 × 256

/// What one word does for one article.
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    score: u32,
    group: u16,
    in_title: bool,
}

/// Answers `question` from what is attached. An empty question, or one without letters and digits, finds nothing.
pub fn search(index: &Index, question: &str, options: &Options) -> Answer {
    let mut needs = Vec::new();
    let known =
        |term: &str| index.shards_of_prefix(term).filter_map(|s| index.term_shard(s)).any(|s| s.lookup(term).is_some());
    let expansions: Vec<Expansion> = words(question, &|term| index.is_filler(term), &known)
        .iter()
        .take(MAX_WORDS)
        .map(|w| expand(index, w, &mut needs))
        .collect();
    let n = index.len();
    let mut totals = vec![0u32; n as usize];
    let mut title = vec![0u32; n as usize];
    let mut per_word: Vec<Vec<(u32, Met)>> = Vec::with_capacity(expansions.len());
    let mut question_idf = 0;
    for expansion in &expansions {
        let (met, idf) = score_word(index, expansion);
        question_idf += idf;
        for (article, m) in &met {
            if let (Some(total), Some(t)) = (totals.get_mut(*article as usize), title.get_mut(*article as usize)) {
                *total = total.saturating_add(m.score);
                *t += if m.in_title { idf } else { 0 };
            }
        }
        per_word.push(met);
    }
    let (mut ranked, mut found): (Vec<(u32, u32)>, u32) = (Vec::new(), 0);
    for (article, (&total, &in_title)) in (0..).zip(totals.iter().zip(&title)) {
        if total > 0 {
            let share = u64::from(in_title) * 256 / u64::from(question_idf.max(1));
            let score = u64::from(total) + u64::from(total) * share * TITLE_SHARE / (256 * 256);
            let score = u32::try_from(score).unwrap_or(u32::MAX);
            found += 1;
            // The best few, kept in order; of equal scores the earlier article stays ahead.
            let at = ranked.partition_point(|(s, _)| *s >= score);
            if at < options.limit {
                ranked.insert(at, (score, article));
                ranked.truncate(options.limit);
            }
        }
    }
    let hits: Vec<Hit> = ranked
        .into_iter()
        .map(|(score, article)| Hit { article, score, reasons: reasons(index, article, &expansions, &per_word) })
        .collect();
    let matched = hits.first().map_or(Match::None, |hit| matched(hit, &expansions));
    Answer { corrected: corrected(question, &expansions), hits, total: found, matched, needs, expansions }
}

/// What a word does for each article it is met in, in the order of articles, and the word's idf by its best group.
fn score_word(index: &Index, expansion: &Expansion) -> (Vec<(u32, Met)>, u32) {
    let n = index.len() as usize;
    let mut best: Vec<Met> = vec![Met::default(); n];
    let mut word_idf = 0;
    let mut sums = vec![(0u32, false); n];
    for (number, group) in expansion.groups.iter().enumerate() {
        sums.fill((0, false));
        let mut articles = 0;
        for term in &group.terms {
            let Some(shard) = index.term_shard(term.shard) else { continue };
            for posting in shard.postings(term.offset) {
                let Some(sum) = sums.get_mut(posting.article as usize) else { continue };
                articles += u32::from(sum.0 == 0);
                sum.0 = sum.0.saturating_add((posting.weight * term.share / FULL).max(1));
                sum.1 |= posting.in_title;
            }
        }
        let idf = fixed::idf(articles, n as u32);
        if number == 0 {
            word_idf = idf;
        }
        let filler = if expansion.word.filler { FILLER } else { FULL };
        for (met, &(weight, in_title)) in best.iter_mut().zip(&sums) {
            if weight == 0 {
                continue;
            }
            let score = (fixed::saturate(weight) * idf / FULL * group.quality / FULL * filler / FULL).max(1);
            if score > met.score {
                *met = Met { score, group: number as u16, in_title };
            }
        }
    }
    if expansion.word.filler {
        word_idf = word_idf * FILLER / FULL;
    }
    ((0..).zip(best).filter(|(_, m)| m.score > 0).collect(), word_idf)
}

fn reasons(index: &Index, article: u32, expansions: &[Expansion], per_word: &[Vec<(u32, Met)>]) -> Vec<Reason> {
    expansions
        .iter()
        .zip(per_word)
        .filter_map(|(expansion, met)| {
            let at = met.binary_search_by_key(&article, |(a, _)| *a).ok()?;
            let (_, met) = met.get(at)?;
            let group = expansion.groups.get(usize::from(met.group))?;
            let term = term_in(index, article, group)?;
            Some(Reason {
                word: expansion.word.term.clone(),
                kind: group.kind,
                term,
                score: met.score,
                in_title: met.in_title,
            })
        })
        .collect()
}

/// The heaviest term of a group in an article.
fn term_in(index: &Index, article: u32, group: &Group) -> Option<String> {
    let mut best: Option<(u32, &str)> = None;
    for term in &group.terms {
        let Some(shard) = index.term_shard(term.shard) else { continue };
        let weight = shard
            .postings(term.offset)
            .take_while(|p| p.article <= article)
            .find(|p| p.article == article)
            .map(|p| p.weight);
        if let Some(weight) = weight
            && best.is_none_or(|(b, _)| weight > b)
        {
            best = Some((weight, &term.term));
        }
    }
    best.map(|(_, term)| term.to_owned())
}

fn matched(hit: &Hit, expansions: &[Expansion]) -> Match {
    let mut worst = Match::Exact;
    for expansion in expansions.iter().filter(|e| !e.word.filler) {
        match hit.reasons.iter().find(|r| r.word == expansion.word.term) {
            Some(reason) => worst = worst.max(reason.kind),
            None => return Match::Fallback,
        }
    }
    worst
}

fn corrected(question: &str, expansions: &[Expansion]) -> Option<String> {
    if expansions.iter().all(|e| e.corrected.is_none()) {
        return None;
    }
    let mut out = String::new();
    let mut at = 0;
    for expansion in expansions {
        if let Some(term) = &expansion.corrected {
            out.push_str(question.get(at..expansion.word.start).unwrap_or_default());
            out.push_str(term);
            at = expansion.word.end;
        }
    }
    out.push_str(question.get(at..).unwrap_or_default());
    Some(out.trim().to_owned())
}
