//! From groups to ranked articles.
//!
//! ```text
//! score(article)  = Σ over words word(article) + closeness(article) + title(article) + pieces(article)
//! word(article)   = max over the word's groups of (Σ over the group's members member(article)) × quality,
//!                   × 0.3 for a filler word
//! member(article) = saturate(Σ over its terms weight × share) × idf(articles of the member)
//! closeness       = 1.17 × max over the article's zones of Σ over words in that zone word(article);
//!                   a word in the title stands in every zone
//! title           = 0.35 × Σ over words in the title word(article); a compound that articles know as a word is in the
//!                   title when all of its parts are
//! ```
//!
//! After BM25F (Robertson and Zaragoza 2009): weights are normalised at build (see `svar_index::terms`), added up over the
//! forms of a word, and saturated once. Closeness stands for the score of the article's best passage, as in passage
//! retrieval (Callan 1994, "Passage-level evidence in document retrieval"), from one byte a posting. Every part is a sum
//! over words of what cannot be negative, so that a word more never costs an article anything it had. All of it is integer
//! arithmetic (see `svar_index::fixed`); [`crate::explain()`] shows it.

use crate::expand::{Expansion, FULL, Family, Group, Member, expand};
use crate::pieces;
use crate::question::{Word, words};
use svar_index::terms::{Postings, ZONES};
use svar_index::{FileRef, Index, Prepared, PreparedHit, fixed};

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
    const ALL: [Match; 7] =
        [Match::None, Match::Exact, Match::Prefix, Match::Synonym, Match::Compound, Match::Fuzzy, Match::Fallback];

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
    /// Answers to questions of one or two letters may be those that were prepared, which are [`PREPARED_HITS`] at most.
    pub prepared: bool,
}

impl Default for Options {
    /// Ten hits, and prepared answers.
    fn default() -> Options {
        Options { limit: PREPARED_HITS, prepared: true }
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
    /// Files of terms without which this answer is not complete, in the order of need.
    pub needs: Vec<FileRef>,
    /// The words with their ways, for highlights.
    pub(crate) expansions: Vec<Expansion>,
    /// For pieces of words.
    pub(crate) families: Vec<Family>,
}

impl Answer {
    /// The files with titles and addresses of hits that are not attached, each once, in the order of hits. As long as the
    /// answer is not complete, who the hits are may still change.
    pub fn entries(&self, index: &Index) -> Vec<FileRef> {
        let mut files = Vec::new();
        for file in self.hits.iter().filter_map(|hit| index.missing_entry(hit.article)) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub article: u32,
    /// Comparable within one answer only: what its reasons say, and the next three.
    pub score: u32,
    /// For words that stand near each other.
    pub closeness: u32,
    /// For words in the title.
    pub title: u32,
    /// For pieces of words.
    pub pieces: u32,
    /// Why, a reason for each word that was met.
    pub reasons: Vec<Reason>,
}

/// Why an article was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The word of the question, folded.
    pub word: String,
    /// How it was met: the most literal way there is.
    pub kind: Match,
    /// A term of the article, or of its synonym, that met it.
    pub term: String,
    /// Its part of the score.
    pub score: u32,
    /// It stands in the title.
    pub in_title: bool,
}

/// Parts of 256.
pub(crate) const FILLER: u32 = 77;
pub(crate) const CLOSENESS: u32 = 300;
pub(crate) const TITLE: u32 = 90;

/// What one word does for one article.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Met {
    pub score: u32,
    /// The group that scores best.
    pub group: u16,
    /// The most literal group.
    pub literal: u16,
    pub in_title: bool,
    pub zones: u8,
    /// How many of a group's members stand in the title.
    titles: u8,
}

impl Met {
    /// A word in the title stands in every zone.
    pub fn stands_in(&self, zone: u32) -> bool {
        self.in_title || self.zones >> zone & 1 == 1
    }
}

/// Most hits of a prepared answer.
pub const PREPARED_HITS: usize = 10;

/// Letters of the longest question that may have a prepared answer.
const PREPARED_LETTERS: usize = 2;

/// The answer that is prepared for `prefix`: what [`search`] finds in an index, if anything.
///
/// # Errors
/// The files that must be attached first.
pub fn prepare(index: &Index, prefix: &str) -> Result<Option<Prepared>, Vec<FileRef>> {
    let answer = search(index, prefix, &Options { limit: PREPARED_HITS, prepared: false });
    if !answer.needs.is_empty() {
        return Err(answer.needs);
    }
    let hit = |hit: &Hit| {
        let reason = hit.reasons.first()?;
        Some(PreparedHit {
            article: hit.article,
            score: reason.score,
            in_title: reason.in_title,
            placed: hit.closeness > 0,
            kind: reason.kind as u8,
            term: reason.term.clone(),
        })
    };
    let hits: Vec<PreparedHit> = answer.hits.iter().filter_map(hit).collect();
    Ok((!hits.is_empty()).then(|| Prepared { prefix: prefix.to_owned(), total: answer.total, hits }))
}

/// A prepared answer as the search would have found it.
fn prepared_answer(prepared: &Prepared, word: &Word, limit: usize) -> Answer {
    let kind = |hit: &PreparedHit| Match::ALL.into_iter().find(|m| *m as u8 == hit.kind).unwrap_or_default();
    let hit = |hit: &PreparedHit| {
        let closeness = if hit.placed { scaled(hit.score, CLOSENESS) } else { 0 };
        let title = if hit.in_title { scaled(hit.score, TITLE) } else { 0 };
        let reason = Reason {
            word: word.term.clone(),
            kind: kind(hit),
            term: hit.term.clone(),
            score: hit.score,
            in_title: hit.in_title,
        };
        Hit {
            article: hit.article,
            score: hit.score + closeness + title,
            closeness,
            title,
            pieces: 0,
            reasons: vec![reason],
        }
    };
    Answer {
        hits: prepared.hits.iter().take(limit).map(hit).collect(),
        total: prepared.total,
        matched: prepared.hits.first().map_or(Match::None, kind),
        expansions: vec![Expansion { word: word.clone(), groups: Vec::new(), corrected: None, beginnings: Vec::new() }],
        ..Answer::default()
    }
}

/// Answers `question` from what is attached. An empty question, or one without letters and digits, finds nothing.
pub fn search(index: &Index, question: &str, options: &Options) -> Answer {
    let mut needs = Vec::new();
    let words = words(question, &|term| index.is_filler(term), &|term| index.find_term(term).is_some());
    if let ([word], true) = (words.as_slice(), options.prepared)
        && word.unfinished
        && word.term.chars().count() <= PREPARED_LETTERS
    {
        match index.prepared(&word.term) {
            Ok(Some(prepared)) => return prepared_answer(prepared, word, options.limit),
            Ok(None) => {}
            Err(file) => return Answer { needs: vec![file], ..Answer::default() },
        }
    }
    let (expansions, families) = expand(index, &words, &mut needs);
    let met: Vec<Vec<Met>> = expansions.iter().map(|e| meet(index, e)).collect();
    let pieces = pieces::scores(index, &expansions, &families);
    let (mut ranked, mut total): (Vec<Hit>, u32) = (Vec::new(), 0);
    for article in 0..index.len() {
        let of_article = || met.iter().filter_map(|m| m.get(article as usize));
        let words: u32 = of_article().map(|m| m.score).sum();
        if words == 0 {
            continue;
        }
        total += 1;
        let pieces = pieces.get(article as usize).copied().unwrap_or(0);
        let sum =
            |closeness: u32, title: u32| words.saturating_add(closeness).saturating_add(title).saturating_add(pieces);
        // Most cannot be among the best, however near each other their words stand.
        let most = sum(scaled(words, CLOSENESS), scaled(words, TITLE));
        if ranked.len() >= options.limit && ranked.last().is_some_and(|last| most <= last.score) {
            continue;
        }
        let zone = best_zone(of_article());
        let closeness = scaled(of_article().filter(|m| m.stands_in(zone)).map(|m| m.score).sum(), CLOSENESS);
        let title = scaled(of_article().filter(|m| m.in_title).map(|m| m.score).sum(), TITLE);
        let score = sum(closeness, title);
        // The best few, kept in order; of equal scores the earlier article stays ahead.
        let at = ranked.partition_point(|hit| hit.score >= score);
        if at < options.limit {
            ranked.insert(at, Hit { article, score, closeness, title, pieces, reasons: Vec::new() });
            ranked.truncate(options.limit);
        }
    }
    for hit in &mut ranked {
        hit.reasons = reasons(index, hit.article, &expansions, &met);
    }
    let matched = ranked.first().map_or(Match::None, |hit| matched(hit, &expansions));
    Answer { corrected: corrected(question, &expansions), hits: ranked, total, matched, needs, expansions, families }
}

/// The zone whose words weigh most, of equal ones the first.
pub(crate) fn best_zone<'a>(met: impl Iterator<Item = &'a Met> + Clone) -> u32 {
    let weight = |zone| met.clone().filter(|m| m.stands_in(zone)).map(|m| m.score).sum::<u32>();
    (1..ZONES).fold(0, |best, zone| if weight(zone) > weight(best) { zone } else { best })
}

/// `factor` parts of 256 of `value`. Of something there is always something left.
pub(crate) fn scaled(value: u32, factor: u32) -> u32 {
    (value * factor / FULL).max(u32::from(value > 0))
}

/// What a word does for each article.
pub(crate) fn meet(index: &Index, expansion: &Expansion) -> Vec<Met> {
    let n = index.len() as usize;
    let (mut best, mut of_group) = (vec![Met::default(); n], vec![Met::default(); n]);
    let mut weights = vec![Weight::default(); n];
    let known = expansion.groups.first().is_some_and(|group| group.members.len() == 1);
    for (number, group) in (0u16..).zip(&expansion.groups) {
        let mut articles: Vec<u32> = Vec::new();
        for member in &group.members {
            let (of_member, idf) = weigh(index, member, &mut weights);
            for (article, weight) in of_member {
                let Some(met) = of_group.get_mut(article as usize) else { continue };
                if met.score == 0 {
                    articles.push(article);
                }
                met.score += weight.score(idf);
                met.zones |= weight.zones;
                met.titles += u8::from(weight.in_title);
            }
        }
        // A compound that articles know as a word is in the title when all of its parts are.
        let titles = if known { group.members.len() } else { 1 };
        for article in articles {
            let (Some(met), Some(of_group)) = (best.get_mut(article as usize), of_group.get_mut(article as usize))
            else {
                continue;
            };
            let of_group = std::mem::take(of_group);
            let score = scaled(of_group.score, group.quality);
            let score = if expansion.word.filler { scaled(score, FILLER) } else { score };
            let literal = if met.score == 0 { number } else { met.literal };
            if score > met.score {
                *met = Met { score, group: number, in_title: usize::from(of_group.titles) >= titles, ..of_group };
            }
            met.literal = literal;
        }
    }
    best
}

/// What a member's terms weigh in one article, not yet saturated.
#[derive(Clone, Copy, Default)]
pub(crate) struct Weight {
    pub sum: u32,
    pub in_title: bool,
    pub zones: u8,
}

impl Weight {
    pub fn score(self, idf: u32) -> u32 {
        scaled(fixed::saturate(self.sum), idf).max(1)
    }
}

/// What a member's terms weigh in the articles where they stand, and the member's idf. `weights`: a place for each article,
/// as they are afterwards.
pub(crate) fn weigh(index: &Index, member: &Member, weights: &mut [Weight]) -> (Vec<(u32, Weight)>, u32) {
    let (mut articles, mut left_out) = (Vec::new(), 0);
    for term in &member.terms {
        let Some(shard) = index.term_shard(term.shard) else { continue };
        left_out += shard.postings(term.place).left_out();
        let mut add = |postings: Postings<'_>| {
            for posting in postings {
                let Some(weight) = weights.get_mut(posting.article as usize) else { continue };
                if weight.sum == 0 {
                    articles.push((posting.article, Weight::default()));
                }
                weight.sum = weight.sum.saturating_add(scaled(posting.weight, term.share));
                weight.in_title |= posting.in_title;
                weight.zones |= posting.zones;
            }
        };
        add(shard.postings(term.place));
        if let Some(also) = member.also {
            add(shard.postings(term.place).derived(also));
        }
    }
    for (article, weight) in &mut articles {
        if let Some(all) = weights.get_mut(*article as usize) {
            std::mem::swap(all, weight);
        }
    }
    let idf = fixed::idf(articles.len() as u32 + left_out, index.len());
    (articles, idf)
}

fn reasons(index: &Index, article: u32, expansions: &[Expansion], met: &[Vec<Met>]) -> Vec<Reason> {
    let reason = |(expansion, met): (&Expansion, &Vec<Met>)| {
        let met = met.get(article as usize).filter(|m| m.score > 0)?;
        let group = |number: u16| expansion.groups.get(usize::from(number));
        Some(Reason {
            word: expansion.word.term.clone(),
            kind: group(met.literal)?.kind,
            term: term_in(index, article, group(met.group)?)?,
            score: met.score,
            in_title: met.in_title,
        })
    };
    expansions.iter().zip(met).filter_map(reason).collect()
}

/// The heaviest term of a group in an article.
fn term_in(index: &Index, article: u32, group: &Group) -> Option<String> {
    let mut best: Option<(u32, &str)> = None;
    for (member, term) in group.members.iter().flat_map(|m| m.terms.iter().map(move |t| (m, t))) {
        let Some(shard) = index.term_shard(term.shard) else { continue };
        let itself = shard.postings(term.place);
        let also = member.also.and_then(|also| shard.postings(term.place).derived(also).of(article));
        let weight: u32 = itself.of(article).into_iter().chain(also).map(|p| p.weight).sum();
        if weight > 0 && best.is_none_or(|(b, _)| weight > b) {
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
