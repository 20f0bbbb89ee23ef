//! The index format: a golden index that must go on reading, and a small index with every byte damaged and every cut
//! tried. Nothing may panic, and nothing may answer wrongly.
//!
//! `tests/golden/format-7/` was written when the format was made, by running this test with SVAR_WRITE_GOLDEN=1. A format
//! or an analysis that changes gets another number, and its golden index a folder of its own.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use svar_index::article::{Block, Inline};
use svar_index::{Article, FORMAT, Manifest, Policy, write};
use svar_search::{Options, search};

type Files = BTreeMap<String, Vec<u8>>;

fn articles() -> Vec<Article> {
    let article = |lang: &str, id: &str, title: &str, text: &str| Article {
        id: id.into(),
        aliases: vec![format!("old-{id}")],
        lang: lang.into(),
        url: format!("help/{lang}.html#{id}"),
        title: title.into(),
        description: "Kort sagt.".into(),
        keywords: vec!["nyckelord".into()],
        updated: "2026-11-23".into(),
        body: vec![
            Block::Paragraph(vec![Inline::Text(text.into())]),
            Block::Heading { level: 2, anchor: "mer".into(), content: vec![Inline::Text("Mer om det".into())] },
            Block::List {
                ordered: true,
                start: 1,
                items: vec![vec![Block::Paragraph(vec![Inline::Strong(vec![Inline::Text("Först".into())])])]],
            },
        ],
        ..Article::default()
    };
    vec![
        article("sv", "faktura", "Läs din faktura", "Fakturan visar avgifter. Felkod E-104 betyder något annat."),
        article("sv", "flytt", "När du flyttar", "Anmäl flytten fjorton dagar innan du flyttar."),
        article("en", "invoice", "Understand your invoice", "The invoice shows fees and what you used."),
    ]
}

fn built(policy: &Policy) -> Files {
    write(&articles(), policy).unwrap().into_iter().map(|f| (f.name, f.bytes)).collect()
}

/// What a customer would see for some questions: ids and scores, and the words of the first article.
fn answers(files: &Files) -> Result<String, String> {
    let get = |name: &str| -> Result<Arc<[u8]>, String> {
        files.get(name).map(|b| b.clone().into()).ok_or(format!("no {name}"))
    };
    let manifest = Manifest::open(get("manifest.bin")?).map_err(|e| e.to_string())?;
    let mut out = String::new();
    for (lang, questions) in
        [("sv", ["fakturor", "flyta", "e104", "dagar"]), ("en", ["invoices", "fees", "invoce", "xyzzyx"])]
    {
        let language = manifest.language(lang).ok_or("no language")?;
        let read = |name: &str| get(name).map_err(Box::<dyn std::error::Error>::from);
        let mut index = language.open(read).map_err(|e| e.to_string())?;
        let shards: Vec<_> = index.files().collect();
        for file in shards {
            index.attach(get(&file.name())?, file).map_err(|e| e.to_string())?;
        }
        for question in questions {
            let answer = search(&index, question, &Options::default());
            assert!(answer.needs.is_empty());
            let hits: Vec<String> = answer
                .hits
                .iter()
                .map(|h| format!("{}={}", index.entry(h.article).map_or("?", |e| &e.id), h.score))
                .collect();
            out.push_str(&format!("{lang} {question}: {}\n", hits.join(" ")));
        }
        let body = index.body(0).map_err(|f| f.name())?.ok_or("no body")?;
        out.push_str(&format!("{body:?}\n"));
    }
    Ok(out)
}

/// In one file, in many, and in many with the cores inside the manifest.
const POLICIES: [Policy; 3] = [
    Policy { whole_bytes: usize::MAX, term_shard_bytes: 0, text_shard_bytes: 0, entries_per_shard: 2, inside_bytes: 0 },
    Policy { whole_bytes: 0, term_shard_bytes: 120, text_shard_bytes: 60, entries_per_shard: 2, inside_bytes: 0 },
    Policy { whole_bytes: 0, term_shard_bytes: 400, text_shard_bytes: 400, entries_per_shard: 1, inside_bytes: 9_000 },
];

#[test]
fn every_damaged_byte_and_every_cut_is_refused() {
    for policy in POLICIES {
        let files = built(&policy);
        let expected = answers(&files).unwrap();
        let mut tried = 0;
        for name in files.keys() {
            let whole = &files[name];
            for at in 0..whole.len() {
                for change in [1, 0x80, 0xff] {
                    let mut bad = files.clone();
                    bad.get_mut(name).unwrap()[at] ^= change;
                    // Refused with a reason; never another answer.
                    match answers(&bad) {
                        Err(reason) => assert!(!reason.is_empty()),
                        Ok(got) => assert_eq!(got, expected, "{name} byte {at}"),
                    }
                    tried += 1;
                }
                let mut bad = files.clone();
                bad.insert(name.clone(), whole[..at].to_vec());
                assert!(answers(&bad).is_err(), "{name} cut at {at}");
            }
        }
        assert!(tried > 3_000, "{tried}");
    }
}

#[test]
fn a_whole_file_in_another_s_place_is_refused() {
    let files = built(&POLICIES[1]);
    let names: Vec<&String> = files.keys().filter(|n| *n != "manifest.bin").collect();
    for a in &names {
        for b in &names {
            let mut swapped = files.clone();
            swapped.insert((*a).clone(), files[*b].clone());
            assert_eq!(answers(&swapped).is_ok(), a == b, "{b} in the place of {a}");
        }
    }
}

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/format-{FORMAT}"))
}

#[test]
fn the_golden_index_reads_and_is_still_what_is_written() {
    if std::env::var_os("SVAR_WRITE_GOLDEN").is_some() {
        write_golden();
    }
    let mut files = Files::new();
    let mut expected = String::new();
    for entry in std::fs::read_dir(golden()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "answers.txt" {
            expected = std::fs::read_to_string(path).unwrap();
        } else {
            files.insert(name, std::fs::read(path).unwrap());
        }
    }
    assert_eq!(answers(&files).unwrap(), expected);
    assert!(
        files == built(&POLICIES[1]),
        "the same articles give other bytes: a change of format or analysis needs a new number"
    );
}

fn write_golden() {
    let files = built(&POLICIES[1]);
    std::fs::create_dir_all(golden()).unwrap();
    std::fs::write(golden().join("answers.txt"), answers(&files).unwrap()).unwrap();
    for (name, bytes) in files {
        std::fs::write(golden().join(name), bytes).unwrap();
    }
}
