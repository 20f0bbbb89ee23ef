//! `svar search`.

#![allow(clippy::unwrap_used)]

mod common;

use common::Bench;
use std::fs;

fn built() -> Bench {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    bench
}

#[test]
fn a_mistyped_question_is_answered() {
    let bench = built();
    for index in ["out", "out/svar", "out/svar/index"] {
        let told = bench.svar(&["search", "--index", index, "--lang", "sv", "flyta fakturan"]).done();
        assert!(
            told.starts_with("Showing results for “flytta fakturan”\n1 of 1 article, sv, matched: fuzzy\n"),
            "{told}"
        );
        assert!(
            told.contains("\n 1. Flytta fakturans förfallodag\n    faktura  help/sv.html#faktura  score "),
            "{told}"
        );
        assert!(told.contains("Du kan flytta förfallodagen två veckor") && !told.contains('\x1b'), "{told}");
    }
}

#[test]
fn json_says_why_and_where() {
    let bench = built();
    let told = bench.svar(&["search", "--index", "out", "--lang", "sv-FI", "--json", "förfallodagen flyta"]).done();
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((json["lang"].as_str(), json["matched"].as_str()), (Some("sv"), Some("fuzzy")));
    assert_eq!(json["corrected"], "förfallodagen flytta");
    assert_eq!((json["question"].as_str(), json["total"].as_u64()), (Some("förfallodagen flyta"), Some(1)));
    let hit = &json["hits"][0];
    assert_eq!((hit["rank"].as_u64(), hit["id"].as_str()), (Some(1), Some("faktura")));
    assert_eq!(hit["reasons"][1]["word"], "flyta");
    assert_eq!(hit["reasons"][1]["kind"], "fuzzy");
    let text = hit["passage"]["text"].as_str().unwrap();
    let marked: Vec<&str> = (hit["passage"]["spans"].as_array().unwrap().iter())
        .map(|s| &text[s[0].as_u64().unwrap() as usize..s[1].as_u64().unwrap() as usize])
        .collect();
    assert_eq!(marked, ["flytta", "förfallodagen"]);
}

#[test]
fn a_score_is_explained_as_numbers_that_add_up() {
    fn check(node: &serde_json::Value) {
        let parts: Vec<&serde_json::Value> = node["parts"].as_array().into_iter().flatten().collect();
        let mut values = parts.iter().map(|p| p["value"].as_u64().unwrap());
        let computed = match node["from"].as_str().unwrap() {
            "sum" => values.sum(),
            "product" => {
                let first = values.next().unwrap();
                values.fold(first, |product, factor| (product * factor / 256).max(1))
            }
            _ => node["value"].as_u64().unwrap(),
        };
        assert_eq!(Some(computed), node["value"].as_u64(), "{node:#}");
        parts.into_iter().for_each(check);
    }
    let bench = built();
    let told =
        bench.svar(&["search", "--index", "out", "--lang", "sv", "--json", "--explain", "flyta fakturan"]).done();
    let json: serde_json::Value = serde_json::from_str(&told).unwrap();
    let hit = &json["hits"][0];
    assert_eq!(hit["explanation"]["value"], hit["score"]);
    assert!(hit["explanation"]["parts"].as_array().unwrap().len() > 2, "{hit:#}");
    check(&hit["explanation"]);
    let told = bench.svar(&["search", "--index", "out", "--lang", "sv", "--explain", "flyta fakturan"]).done();
    assert!(told.contains("  score = sum of\n") && told.contains("  quality of this way, fuzzy\n"), "{told}");
}

#[test]
fn the_language_is_the_customers_or_the_first() {
    let bench = built();
    let lang_of = |lang: &str, more: &[&str]| {
        let mut command = bench.command();
        command.args(["search", "--index", "out", "--json", "router"]).args(more).env("LANG", lang);
        let json: serde_json::Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        json["lang"].as_str().unwrap().to_owned()
    };
    assert_eq!(lang_of("sv_SE.UTF-8", &[]), "sv");
    assert_eq!(lang_of("C.UTF-8", &[]), "en");
    assert_eq!(lang_of("sv_SE.UTF-8", &["--lang", "en"]), "en");
    let told = bench.svar(&["search", "--index", "out", "--lang", "fi", "router"]);
    told.refused(1, &["found `fi`; there are: en, sv"]);
}

#[test]
fn audiences_see_their_own() {
    let bench = built();
    let everyone = bench.svar(&["search", "--index", "out", "--lang", "sv", "rabatt"]).done();
    assert_eq!(everyone, "Nothing found for “rabatt” (sv).\n");
    let staff = bench.svar(&["search", "--index", "out", "--audience", "staff", "rabatt"]).done();
    assert!(staff.contains("1. Ge rabatt"), "{staff}");
    bench.svar(&["search", "--index", "out", "--audience", "../x", "rabatt"]).refused(1, &["there are: staff"]);
}

#[test]
fn a_large_index_is_read_as_far_as_a_question_needs() {
    let bench = Bench::new();
    let filler: String = (0..900).map(|i| format!("ord{i}x ")).collect();
    for i in 0..120 {
        bench.write(&format!("help/sv/a{i}.md"), &format!("# Artikel nummer{i}\n\nOm sak{i}s. {filler}"));
    }
    bench.build("out", &["--quiet"]).done();
    assert!(
        bench.svar(&["check", "out"]).done().lines().any(|l| l.contains("sv: 122 articles") && !l.contains("1 file,"))
    );
    let told = bench.svar(&["search", "--index", "out", "--lang", "sv", "sak77s"]).done();
    assert!(told.contains("1. Artikel nummer77\n") && told.contains("Om sak77s."), "{told}");
    let shards = fs::read_dir(bench.path("out/svar/index")).unwrap().map(|e| e.unwrap().path());
    shards.filter(|p| p.to_str().unwrap().contains("/terms-")).for_each(|p| fs::remove_file(p).unwrap());
    bench.svar(&["search", "--index", "out", "--lang", "sv", "sak77s"]).refused(1, &["terms-", "missing"]);
}

#[test]
fn a_file_of_questions_becomes_a_run() {
    let bench = built();
    bench.write(
        "q.jsonl",
        "{\"id\": \"q1\", \"text\": \"starta om router\"}\n\n{\"id\": \"q2\", \"text\": \"zzzz\"}\n{\"id\": \"q3\", \"text\": \"flyta faktura\", \"more\": 1}\n",
    );
    let arguments = ["search", "--index", "out", "--lang", "sv", "--questions", "q.jsonl", "--run", "r.tsv"];
    let told = bench.svar(&arguments);
    assert!(told.err.starts_with("3 questions, 2 of them found something"), "{told:?}");
    told.done();
    let run = fs::read_to_string(bench.path("r.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = run.lines().map(|l| l.split('\t').collect()).collect();
    assert!(rows.iter().all(|r| r.len() == 4 && r[3].parse::<u32>().is_ok_and(|s| s > 0)), "{run}");
    let named: Vec<&[&str]> = rows.iter().map(|r| &r[..3]).collect();
    assert_eq!(named, [["q1", "router", "1"], ["q3", "faktura", "1"]]);

    bench.write("q.jsonl", "{\"id\": \"q1\", \"text\": \"a\"}\nnonsense\n");
    bench.svar(&arguments).refused(1, &["q.jsonl:2: expected {\"id\""]);
    bench.svar(&["search", "--index", "out"]).refused(2, &["QUESTION"]);
    bench.svar(&["search", "--index", "out", "--questions", "q.jsonl"]).refused(2, &["--run"]);
}
