//! Which questions find which articles, language by language, in tables that a person can read: `tests/words/`.
//!
//! ```text
//! id: title | text                 an article of the help centre; the text may be missing
//! question → id … [way]            the first hits are these, in this order, and are met in this way
//! question → - none                nothing is found
//! ? question → id … [way]          should be so and is not yet: the table tells when that changes
//! ~ asked = meant                  a synonym of the owner's
//! # remark
//! ```
//!
//! A question is unfinished, as typed letter by letter, unless `␣` ends it. Articles that are found after the named ones
//! are nobody's business, unless `.` follows the last: then there must be none.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use svar_analysis::tokens;
use svar_index::article::{Block, Inline, sections};
use svar_index::{Article, Index, Manifest, Policy, Synonym, Synonyms, write_with};
use svar_search::{Options, search};

const WAYS: [&str; 7] = ["none", "exact", "prefix", "synonym", "compound", "fuzzy", "fallback"];

/// Languages, tables, and fewest questions of each.
const TABLES: [(&str, &str, usize); 15] = [
    ("da", include_str!("words/da.txt"), 20),
    ("de", include_str!("words/de.txt"), 20),
    ("en", include_str!("words/en.txt"), 30),
    ("es", include_str!("words/es.txt"), 15),
    ("fi", include_str!("words/fi.txt"), 20),
    ("fr", include_str!("words/fr.txt"), 20),
    ("it", include_str!("words/it.txt"), 20),
    ("ja", include_str!("words/ja.txt"), 12),
    ("ko", include_str!("words/ko.txt"), 10),
    ("nb", include_str!("words/nb.txt"), 20),
    ("nl", include_str!("words/nl.txt"), 20),
    ("nn", include_str!("words/nn.txt"), 15),
    ("pt", include_str!("words/pt.txt"), 15),
    ("sv", include_str!("words/sv.txt"), 90),
    ("zh", include_str!("words/zh.txt"), 10),
];

/// A line that says what a question finds.
struct Line<'a> {
    number: usize,
    /// It is known not to hold.
    fails: bool,
    question: &'a str,
    ids: Vec<&'a str>,
    only: bool,
    way: Option<&'a str>,
}

/// A help centre and what is asked of it.
struct Table<'a> {
    articles: Vec<Article>,
    synonyms: Vec<Synonym>,
    lines: Vec<Line<'a>>,
}

fn read<'a>(lang: &str, text: &'a str) -> Table<'a> {
    let mut table = Table { articles: Vec::new(), synonyms: Vec::new(), lines: Vec::new() };
    for (number, line) in (1..).zip(text.lines()).filter(|(_, l)| !l.is_empty() && !l.starts_with('#')) {
        if let Some((question, expected)) = line.split_once('→') {
            table.lines.push(read_line(number, question.trim(), expected));
        } else if let Some((asked, meant)) = line.strip_prefix("~ ").and_then(|l| l.split_once(" = ")) {
            table.synonyms.push(Synonym { lang: lang.into(), asked: asked.into(), meant: meant.into() });
        } else {
            let (id, rest) = line.split_once(": ").unwrap_or_else(|| panic!("{lang} line {number}: {line}"));
            let (title, text) = rest.split_once(" | ").unwrap_or((rest, ""));
            let body = vec![Block::Paragraph(vec![Inline::Text(text.into())])];
            table.articles.push(Article {
                id: id.into(),
                lang: lang.into(),
                title: title.into(),
                body,
                ..Article::default()
            });
        }
    }
    table
}

fn read_line<'a>(number: usize, question: &'a str, expected: &'a str) -> Line<'a> {
    let (fails, question) = match question.strip_prefix("? ") {
        Some(question) => (true, question),
        None => (false, question),
    };
    let mut ids: Vec<&str> = expected.split('#').next().unwrap_or_default().split_whitespace().collect();
    let way = ids.pop_if(|last| WAYS.contains(last));
    let only = ids.pop_if(|last| *last == ".").is_some();
    ids.retain(|id| *id != "-");
    Line { number, fails, question, ids, only, way }
}

/// The index in one file, so that everything is at hand.
fn open(table: &Table<'_>) -> Index {
    let policy = Policy { whole_bytes: usize::MAX, ..Policy::default() };
    let files = write_with(&table.articles, &Synonyms(table.synonyms.clone()), &policy).unwrap();
    let bytes = |name: &str| -> Arc<[u8]> { files.iter().find(|f| f.name == name).unwrap().bytes.clone().into() };
    let core = Manifest::open(bytes("manifest.bin")).unwrap().languages[0].core;
    Index::open(bytes(&core.name()), core).unwrap()
}

/// What a line says and what is found instead, or `None` where the line is true.
fn untrue(index: &Index, line: &Line<'_>) -> Option<String> {
    let question = line.question.replace('␣', " ");
    let answer = search(index, &question, &Options::default());
    let found: Vec<String> = answer.hits.iter().map(|h| index.entry(h.article).unwrap().id.clone()).collect();
    let known = line.ids.iter().all(|id| matches!(index.article(id), Ok(Some(_))));
    let first = found.iter().zip(&line.ids).filter(|(a, b)| a == *b).count() == line.ids.len();
    let only = found.len() == line.ids.len() || !line.only && !line.ids.is_empty();
    let way = line.way.is_none_or(|way| way == answer.matched.word());
    let holds = known && first && only && way;
    let told = match (known, line.fails) {
        (false, _) => "no such article".to_owned(),
        (_, true) => "holds now, take the ? away".to_owned(),
        _ => format!("found {} ({})", found.get(..4).unwrap_or(&found).join(" "), answer.matched.word()),
    };
    let expected = format!("{} {}", line.ids.join(" "), line.way.unwrap_or_default());
    (holds == line.fails || !known)
        .then(|| format!("line {}: {} → {}: {told}", line.number, line.question, expected.trim()))
}

#[test]
fn tables_are_true() {
    let mut report: Vec<String> = Vec::new();
    for (lang, text, fewest) in TABLES {
        let table = read(lang, text);
        let index = open(&table);
        if table.lines.len() < fewest {
            report.push(format!("{lang}: {} questions, {fewest} are wanted", table.lines.len()));
        }
        report.extend(table.lines.iter().filter_map(|line| untrue(&index, line)).map(|told| format!("{lang} {told}")));
    }
    assert!(report.is_empty(), "{} lines are untrue:\n{}", report.len(), report.join("\n"));
}

/// Whatever else a word finds: as it stands in an article, it finds that article.
#[test]
fn every_word_finds_the_articles_that_have_it() {
    let mut lost: Vec<(&str, String)> = Vec::new();
    for (lang, text, _) in TABLES {
        let table = read(lang, text);
        let index = open(&table);
        for (number, term) in terms(&index) {
            let answer = search(&index, &format!("{term} "), &Options { limit: usize::MAX, prepared: false });
            if !answer.hits.iter().any(|h| h.article == number) && !lost.contains(&(lang, term.clone())) {
                lost.push((lang, term));
            }
        }
    }
    assert_eq!(lost, []);
}

/// Every term of every article, with the article's number.
fn terms(index: &Index) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    for number in 0..index.len() {
        let body = index.body(number).unwrap().unwrap();
        let text: String = sections(&body).iter().map(|s| format!(" {} {}", s.heading, s.text)).collect();
        let all = index.entry(number).unwrap().title.clone() + &text;
        out.extend(tokens(&all).into_iter().map(|token| (number, token.term)));
    }
    out
}

#[test]
fn an_untrue_line_is_told() {
    let table = read("sv", "a: Faktura\nb: Router | Sladd och faktura\n");
    let index = open(&table);
    for (line, told) in [
        ("faktura → a exact", None),
        ("faktura → a b .", None),
        ("faktura → a .", Some("found a b (exact)")),
        ("faktura → b", Some("found a b (exact)")),
        ("faktura → a fuzzy", Some("found a b (exact)")),
        ("faktura → - none", Some("found a b (exact)")),
        ("xyz → - none", None),
        ("? faktura → a", Some("take the ? away")),
        ("? xyz → a", None),
        ("faktura → c", Some("no such article")),
        ("? faktura → c", Some("no such article")),
    ] {
        let (question, expected) = line.split_once('→').unwrap();
        let found = untrue(&index, &read_line(1, question.trim(), expected));
        assert_eq!(found.is_some(), told.is_some(), "{line}: {found:?}");
        assert!(found.unwrap_or_default().contains(told.unwrap_or_default()), "{line}");
    }
}
