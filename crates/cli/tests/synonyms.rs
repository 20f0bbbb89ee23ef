//! The owner's synonyms, from a text file to answers.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Bench, files};
use std::fs;

const SYNONYMS: &str = "\
# What our customers say
faktura, räkning, nota
[sv]
bredbandslåda, svart dosa => router
inget funkar alls => starta om
mobbe, lur => mobiltelefon, mobil
reducerat pris, avdrag => rabatt
[en]
black box => router
only
";

/// With an article that says "fakturan".
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("help/sv/faktura.md", "# Flytta förfallodagen\n\nDu kan flytta fakturan två veckor i Mina sidor.");
    bench
}

/// The ids of what `question` finds, and how it was met.
fn ask(bench: &Bench, lang: &str, more: &[&str], question: &str) -> (Vec<String>, String) {
    let told =
        bench.svar(&[&["search", "--index", "out", "--lang", lang, "--json"], more, &[question]].concat()).done();
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    let ids = json["hits"].as_array().unwrap().iter().map(|h| h["id"].as_str().unwrap().to_owned()).collect();
    (ids, json["matched"].as_str().unwrap().to_owned())
}

#[track_caller]
fn finds(bench: &Bench, lang: &str, question: &str, id: &str) {
    assert_eq!(ask(bench, lang, &[], question).0.first().map(String::as_str), Some(id), "{question}");
}

#[test]
fn customers_find_with_their_own_words() {
    let bench = bench();
    bench.build("out", &[]).done();
    for (lang, question) in [("sv", "räkning"), ("sv", "svart dosa"), ("sv", "inget funkar alls"), ("en", "black box")]
    {
        assert_eq!(ask(&bench, lang, &[], question).0, [""; 0], "{question} without synonyms");
    }
    bench.write("help/synonyms.txt", SYNONYMS);
    bench.build("out", &[]).done();
    finds(&bench, "sv", "räkning", "faktura");
    finds(&bench, "sv", "räkningar", "faktura");
    finds(&bench, "sv", "flytta nota", "faktura");
    finds(&bench, "sv", "bredbandslåda", "router");
    finds(&bench, "en", "black box", "router");
    finds(&bench, "sv", "svart dosa", "router");
    finds(&bench, "sv", "starta om svart dosa", "router");
    finds(&bench, "sv", "inget funkar alls", "router");
    assert_eq!(ask(&bench, "en", &[], "svart dosa").0, [""; 0], "what is for one language stays there");
    assert_eq!(ask(&bench, "sv", &[], "avdrag").0, [""; 0], "what is for staff stays there");
    assert_eq!(ask(&bench, "sv", &["--audience", "staff"], "reducerat pris").0, ["rabatt"]);
}

#[test]
fn an_answer_says_that_a_synonym_met_it() {
    let bench = bench();
    bench.write("help/synonyms.txt", SYNONYMS);
    bench.build("out", &["--quiet"]).done();
    for (question, matched) in
        [("faktura", "exact"), ("räkning", "synonym"), ("svart dosa", "synonym"), ("inget funkar alls", "synonym")]
    {
        assert_eq!(ask(&bench, "sv", &[], question).1, matched, "{question}");
    }
}

#[test]
fn a_build_tells_what_leads_nowhere() {
    let bench = bench();
    bench.write("help/synonyms.txt", SYNONYMS);
    let told = bench.build("out", &["--json"]);
    assert!(told.err.contains("synonyms: 5 of 6 lines in synonyms.txt used\n"), "{}", told.err);
    assert!(!told.err.contains("skipped: "), "{}", told.err);
    let json: serde_json::Value = serde_json::from_str(&told.done()).unwrap();
    assert_eq!(json["synonyms"], serde_json::json!({"file": "synonyms.txt", "lines": 6, "used": 5}));
    let notes: Vec<String> = json["notes"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let expected = [
        "expected several words with commas between them, found only `only` (line 10)",
        "`mobiltelefon` stands in no article in sv, so that nothing leads to it (line 6)",
        "`mobil` stands in no article in sv, so that nothing leads to it (line 6)",
    ];
    assert_eq!(notes.len(), expected.len(), "{notes:?}");
    for (note, expected) in notes.iter().zip(expected) {
        assert!(note.contains(expected) && note.contains("mended") && note.contains("synonyms.txt"), "{note}");
    }
    assert!(!files(&bench.path("out")).iter().any(|(name, _)| name.contains("synonyms")));

    let check = bench.svar(&["check", "out", "--synonyms", "help/synonyms.txt"]).done();
    let notes: Vec<&str> = check.lines().filter(|l| l.starts_with("note: ")).collect();
    assert_eq!(notes.len(), 2, "{check}");
    assert!(notes[0].starts_with("note: help/synonyms.txt: `mobiltelefon` stands in no article in sv"), "{check}");
    assert!(check.lines().last().unwrap().starts_with("whole: "), "{check}");
    assert!(!bench.svar(&["check", "out"]).done().contains("note: "));
    bench.write("later.txt", "siffra => kontakten\nplatta => surfplatta\n");
    let check = bench.svar(&["check", "out", "--synonyms", "later.txt"]).done();
    assert!(
        check.contains("note: later.txt: `surfplatta` stands in no article") && !check.contains("kontakten"),
        "{check}"
    );
    bench.svar(&["check", "out", "--synonyms", "none.txt"]).refused(1, &["a text file of synonyms at none.txt"]);
}

#[test]
fn another_file_can_be_named() {
    let bench = bench();
    bench.write("help/synonyms.txt", "räkning => faktura");
    bench.write("own.txt", "nota => faktura\n");
    let told = bench.build("out", &["--synonyms", "own.txt"]);
    assert!(told.err.contains("synonyms: 1 of 1 line in own.txt used\n"), "{}", told.err);
    told.done();
    finds(&bench, "sv", "nota", "faktura");
    assert_eq!(ask(&bench, "sv", &[], "räkning").0, [""; 0]);
    bench
        .build("other", &["--synonyms", "none.txt"])
        .refused(1, &["expected a text file of synonyms at none.txt", "name one that is there, or none"]);
    assert!(!bench.path("other").exists());
    fs::remove_file(bench.path("help/synonyms.txt")).unwrap();
    let without = bench.build("out", &[]);
    assert!(!without.err.contains("synonyms"), "{}", without.err);
}

#[test]
fn a_large_index_has_them_too() {
    let bench = Bench::new();
    let filler: String = (0..900).map(|i| format!("ord{i}x ")).collect();
    for i in 0..120 {
        bench.write(&format!("help/sv/a{i}.md"), &format!("# Artikel nummer{i}\n\nOm sak{i}s. {filler}"));
    }
    bench.write("help/synonyms.txt", "grunka, liten grej => sak77s\nmojäng => sak777s\n");
    let told = bench.build("out", &[]);
    assert!(told.err.contains("synonyms: 1 of 2 lines in synonyms.txt used\n"), "{}", told.err);
    assert!(told.err.contains("mended: synonyms.txt: `sak777s` stands in no article"), "{}", told.err);
    finds(&bench, "sv", "grunka", "a77");
    finds(&bench, "sv", "liten grej", "a77");
    let check = bench.svar(&["check", "out", "--synonyms", "help/synonyms.txt"]).done();
    assert_eq!(check.lines().filter(|l| l.starts_with("note: ")).count(), 1, "{check}");
}
