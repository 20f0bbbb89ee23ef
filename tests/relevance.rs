//! How well the help centre in `examples/help` answers the questions judged by hand in `tests/relevance/`, held against the
//! scores that are kept in `tests/relevance/scores.txt`.
//!
//! The measure is nDCG@10 (Järvelin and Kekäläinen 2002; gain 2^grade − 1, discount log₂(rank + 1)), beside it Success@1:
//! how often the first hit is one that answers. Better figures pass and may be kept; a loss beyond noise fails and says
//! which questions lost. To accept new figures: `SVAR_WRITE_SCORES=1 cargo test --test relevance`.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use svar_index::{Index, Manifest, Policy, fixed, write_with};
use svar_indexer::{SourceOptions, collect};
use svar_search::{Options, search};

const LANGUAGES: [&str; 2] = ["sv", "en"];

/// Fewest questions of a language: below that its figures say little.
const FEWEST: usize = 120;

/// Places that count.
const DEPTH: usize = 10;

/// Losses that are no news. In all, a change that helps some questions and hurts others moves the mean of some 200 by less
/// than .01. A kind has about 20 questions: one that goes from the first place to none is .05 of its mean.
const NOISE_IN_ALL: f64 = 0.01;
const NOISE_OF_A_KIND: f64 = 0.05;

/// Half of the last digit that is kept.
const ROUNDING: f64 = 0.0005;

/// The name under which all questions of a language are kept.
const ALL: &str = "all";

/// Most questions that a failure names.
const MOST_NAMED: usize = 8;

/// A line of a table of questions.
struct Question {
    id: String,
    kind: String,
    question: String,
    /// Article ids with grades: 2 answers, 1 is useful.
    grades: Vec<(String, u32)>,
}

/// A question that was asked.
struct Asked {
    question: Question,
    found: Vec<String>,
    ndcg: f64,
    /// The first hit answers.
    success: bool,
}

/// What is kept of a kind of question.
#[derive(Debug, Clone, Copy)]
struct Score {
    n: usize,
    ndcg: f64,
    success: f64,
}

/// What `scores.txt` says: scores by language and kind, and what each question that scored less than 1 scored.
#[derive(Default)]
struct Kept {
    scores: BTreeMap<(String, String), Score>,
    questions: BTreeMap<String, f64>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/relevance")
}

/// The questions of a table in order, or what is wrong with it, a line for each fault.
fn questions(lang: &str, table: &str, known: &BTreeSet<String>) -> Result<Vec<Question>, String> {
    let (mut read, mut faults): (Vec<Question>, String) = (Vec::new(), String::new());
    let (mut ids, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for (number, line) in (1..).zip(table.lines()).filter(|(_, l)| !l.starts_with('#')) {
        let mut fault = |what: String| writeln!(faults, "{lang}.tsv line {number}: {what}").unwrap();
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, kind, question, articles] = columns[..] else {
            fault(format!("id, kind, question and articles between tabs are expected, found {line:?}"));
            continue;
        };
        let number = id.strip_prefix(lang).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
        if number.len() != 3 || !number.bytes().all(|b| b.is_ascii_digit()) {
            fault(format!("an id looks like {lang}-001, found {id:?}"));
        }
        if kind.is_empty() || kind == ALL || !kind.bytes().all(|b| b.is_ascii_lowercase()) {
            fault(format!("a kind is a small word other than {ALL:?}, found {kind:?}"));
        }
        if question.trim() != question || question.is_empty() {
            fault(format!("a question neither empty nor with blanks around it is expected, found {question:?}"));
        }
        if !ids.insert(id) || !texts.insert(question) {
            fault(format!("{id} or its question {question:?} stands in the table twice"));
        }
        let mut grades: Vec<(String, u32)> = Vec::new();
        for article in articles.split(' ') {
            let (article, grade) = match article.split_once(':') {
                None => (article, 2),
                Some((article, "1")) => (article, 1),
                Some((_, grade)) => {
                    fault(format!("a grade is :1 or nothing, found {grade:?}"));
                    continue;
                }
            };
            if !known.contains(article) || grades.iter().any(|(a, _)| a == article) {
                fault(format!("{article:?} is no public article in {lang}, or named twice"));
            }
            grades.push((article.to_owned(), grade));
        }
        if !grades.iter().any(|(_, grade)| *grade == 2) {
            fault("no article answers".into());
        }
        read.push(Question { id: id.into(), kind: kind.into(), question: question.into(), grades });
    }
    if read.len() < FEWEST {
        writeln!(faults, "{lang}.tsv: at least {FEWEST} questions are expected, found {}", read.len()).unwrap();
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// All questions, asked of the public articles of their language, with the owner's synonyms where there are any.
fn ask_all() -> Vec<(&'static str, Vec<Asked>)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/help");
    let collected = collect(&source, &SourceOptions::default()).unwrap();
    let public: Vec<_> = collected.articles.all().unwrap().into_iter().filter(|a| a.audience.is_empty()).collect();
    let synonyms = collected.synonyms.map(|file| file.synonyms()).unwrap_or_default();
    let files = write_with(&public, &synonyms, &Policy::default()).unwrap();
    let bytes = |name: &str| -> Arc<[u8]> { files.iter().find(|f| f.name == name).unwrap().bytes.clone().into() };
    let manifest = Manifest::open(bytes("manifest.bin")).unwrap();
    let ask = |lang: &'static str| {
        let core = manifest.language(lang).unwrap().core;
        let index = Index::open(bytes(&core.name()), core).unwrap();
        let known = public.iter().filter(|a| a.lang == lang).map(|a| a.id.clone()).collect();
        let table = std::fs::read_to_string(folder().join(format!("{lang}.tsv"))).unwrap();
        let questions = questions(lang, &table, &known).unwrap_or_else(|faults| panic!("{faults}"));
        (lang, questions.into_iter().map(|question| ask(&index, question)).collect())
    };
    LANGUAGES.map(ask).into()
}

fn ask(index: &Index, question: Question) -> Asked {
    let answer = search(index, &question.question, &Options { limit: DEPTH, prepared: true });
    assert!(answer.needs.is_empty(), "{}: an index of this size is one file", question.id);
    let found: Vec<String> = answer.hits.iter().map(|h| index.entry(h.article).unwrap().id.clone()).collect();
    let grade = |id: &String| question.grades.iter().find(|(a, _)| a == id).map_or(0, |(_, grade)| *grade);
    let grades: Vec<u32> = found.iter().map(grade).collect();
    let mut best: Vec<u32> = question.grades.iter().map(|(_, grade)| *grade).collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    Asked { ndcg: gain(&grades) / gain(&best), success: grades.first() == Some(&2), found, question }
}

fn gain(grades: &[u32]) -> f64 {
    let discount = |at: usize| f64::from(fixed::log2(at as u64 + 2)) / 65_536.0;
    let discounted = |(at, grade): (usize, &u32)| f64::from((1_u32 << grade) - 1) / discount(at);
    grades.iter().take(DEPTH).enumerate().map(discounted).fold(0.0, |sum, gain| sum + gain)
}

/// Scores in the order in which they are kept: all, then the kinds by name.
fn scores(asked: &[Asked]) -> Vec<(&str, Score)> {
    let kinds: BTreeSet<&str> = asked.iter().map(|a| a.question.kind.as_str()).collect();
    let score = |kind| {
        let of_kind: Vec<&Asked> = of_kind(asked, kind).collect();
        let mean = |sum: f64| sum / of_kind.len() as f64;
        let ndcg = mean(of_kind.iter().map(|a| a.ndcg).sum());
        let success = mean(of_kind.iter().filter(|a| a.success).count() as f64);
        (kind, Score { n: of_kind.len(), ndcg, success })
    };
    std::iter::once(ALL).chain(kinds).map(score).collect()
}

fn of_kind<'a>(asked: &'a [Asked], kind: &'a str) -> impl Iterator<Item = &'a Asked> {
    asked.iter().filter(move |a| kind == ALL || a.question.kind == kind)
}

/// What [`written`] wrote: lines of five columns that begin with a language are scores, all others questions.
fn read(kept: &str) -> Kept {
    let mut out = Kept::default();
    let lines = kept.lines().filter(|l| !l.starts_with('#'));
    for line in lines {
        let columns: Vec<&str> = line.split_whitespace().collect();
        match columns[..] {
            [] | ["language", ..] => {}
            [lang, kind, n, ndcg, success] if LANGUAGES.contains(&lang) => {
                let score =
                    Score { n: n.parse().unwrap(), ndcg: ndcg.parse().unwrap(), success: success.parse().unwrap() };
                out.scores.insert((lang.into(), kind.into()), score);
            }
            [id, ndcg, ..] => {
                out.questions.insert(id.into(), ndcg.parse().unwrap());
            }
            _ => panic!("scores.txt: a score or a question is expected, found {line:?}"),
        }
    }
    out
}

fn written(all: &[(&str, Vec<Asked>)]) -> String {
    let mut out = String::from(
        "# How well the questions beside this file are answered (tests/relevance.rs).\n\
         # Written by `SVAR_WRITE_SCORES=1 cargo test --test relevance`.\n\n",
    );
    writeln!(out, "{:<9} {:<9} {:>4} {:>8} {:>10}", "language", "kind", "n", "nDCG@10", "Success@1").unwrap();
    for (lang, asked) in all {
        for (kind, score) in scores(asked) {
            writeln!(out, "{lang:<9} {kind:<9} {:>4} {:>8.3} {:>10.3}", score.n, score.ndcg, score.success).unwrap();
        }
    }
    out.push_str("\n# The questions that score less than 1, so that a loss can name the ones that lost.\n\n");
    for asked in all.iter().flat_map(|(_, asked)| asked).filter(|a| a.ndcg < 1.0 - ROUNDING) {
        writeln!(out, "{} {:.3} {}", asked.question.id, asked.ndcg, asked.question.question).unwrap();
    }
    out
}

/// What got worse by more than noise, or is not kept; empty where nothing did.
fn losses(lang: &str, asked: &[Asked], kept: &Kept) -> String {
    let mut out = String::new();
    for (kind, now) in scores(asked) {
        let noise = if kind == ALL { NOISE_IN_ALL } else { NOISE_OF_A_KIND };
        match kept.scores.get(&(lang.to_owned(), kind.to_owned())) {
            Some(then) if then.n == now.n && now.ndcg > then.ndcg - noise - ROUNDING => {}
            Some(then) if then.n == now.n => {
                writeln!(
                    out,
                    "{lang} {kind}: nDCG@10 {:.3}, kept {:.3}; Success@1 {:.3}, kept {:.3}. Most was lost by",
                    now.ndcg, then.ndcg, now.success, then.success
                )
                .unwrap();
                out.push_str(&most_lost(asked, kind, kept));
            }
            then => {
                let then = then.map_or("none".into(), |t| format!("one for {}", t.n));
                writeln!(out, "{lang} {kind}: a score for {} questions is expected, found {then}", now.n).unwrap();
            }
        }
    }
    out
}

fn most_lost(asked: &[Asked], kind: &str, kept: &Kept) -> String {
    let loss = |a: &Asked| kept.questions.get(&a.question.id).copied().unwrap_or(1.0) - a.ndcg;
    let mut lost: Vec<&Asked> = of_kind(asked, kind).filter(|a| loss(a) > ROUNDING).collect();
    lost.sort_by(|a, b| loss(b).total_cmp(&loss(a)));
    let mut out = String::new();
    for a in lost.into_iter().take(MOST_NAMED) {
        let expected: Vec<String> = a.question.grades.iter().map(|(id, grade)| format!("{id}:{grade}")).collect();
        let found = a.found.get(..3).unwrap_or(&a.found).join(" ");
        let (id, question) = (&a.question.id, &a.question.question);
        writeln!(out, "  {id} −{:.3} {question:?}\n    expected {}\n    found {found}", loss(a), expected.join(" "))
            .unwrap();
    }
    out
}

#[test]
fn questions_are_answered_as_well_as_before() {
    let all = ask_all();
    let path = folder().join("scores.txt");
    if std::env::var_os("SVAR_WRITE_SCORES").is_some() {
        std::fs::write(&path, written(&all)).unwrap();
    }
    let kept = read(&std::fs::read_to_string(path).unwrap_or_default());
    let losses: String = all.iter().map(|(lang, asked)| losses(lang, asked, &kept)).collect();
    assert!(
        losses.is_empty(),
        "questions are answered worse than before:\n{losses}\
         If this is meant, keep the new scores with SVAR_WRITE_SCORES=1 cargo test --test relevance\n\
         and say in the commit what they buy."
    );
}

#[test]
fn a_table_with_faults_is_refused() {
    let known = BTreeSet::from(["faktura".to_owned()]);
    for (line, fault) in [
        ("sv-001 plain", "between tabs"),
        ("en-001\tplain\tfaktura\tfaktura", "looks like sv-001"),
        ("sv-001\tall\tfaktura\tfaktura", "a kind is"),
        ("sv-001\tplain\t faktura\tfaktura", "blanks around"),
        ("sv-001\tplain\tfaktura\tflytt", "no public article"),
        ("sv-001\tplain\tfaktura\tfaktura faktura:1", "named twice"),
        ("sv-001\tplain\tfaktura\tfaktura:3", "a grade is"),
        ("sv-001\tplain\tfaktura\tfaktura:1", "no article answers"),
        ("sv-001\tplain\ta\tfaktura\nsv-001\tplain\tb\tfaktura", "twice"),
        ("sv-001\tplain\tfaktura\tfaktura", "at least 120"),
    ] {
        let faults = questions("sv", line, &known).err().unwrap_or_default();
        assert!(faults.contains(fault), "{line:?}: {faults}");
    }
}

#[test]
fn a_loss_is_told_and_a_gain_is_not() {
    let asked = |number: usize, ndcg: f64| Asked {
        question: Question {
            id: format!("sv-{number:03}"),
            kind: "typo".into(),
            question: format!("fråga {number}"),
            grades: vec![("faktura".into(), 2), ("flytt".into(), 1)],
        },
        found: vec!["router".into()],
        ndcg,
        success: ndcg > 0.9,
    };
    let all = |scores: [f64; 3]| (1..).zip(scores).map(|(number, ndcg)| asked(number, ndcg)).collect::<Vec<_>>();
    let kept = read(&written(&[("sv", all([1.0, 0.5, 0.8]))]));
    assert_eq!(losses("sv", &all([1.0, 0.5, 0.8]), &kept), "");
    assert_eq!(losses("sv", &all([1.0, 0.9, 0.8]), &kept), "");
    assert_eq!(losses("sv", &all([0.98, 0.5, 0.8]), &kept), "");
    let told = losses("sv", &all([1.0, 0.5, 0.2]), &kept);
    for part in ["sv all", "sv typo: nDCG@10 0.567, kept 0.767", "sv-003 −0.600 \"fråga 3\"", "faktura:2 flytt:1"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("sv-001"), "{told}");
    assert!(losses("sv", &all([1.0; 3])[..2], &kept).contains("found one for 3"));
    assert!(losses("en", &all([1.0; 3]), &kept).contains("found none"));
}
