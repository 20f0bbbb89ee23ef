//! `svar build` and `svar check`.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Bench, Told, files};
use std::fs;

/// Hashes in names as `#`.
fn masked(name: &str) -> String {
    let hash = |part: &str| [10, 16].contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    name.split_inclusive(['-', '.', '/'])
        .map(|part| match part.char_indices().next_back() {
            Some((at, '.')) if hash(&part[..at]) => "#.",
            _ => part,
        })
        .collect()
}

#[test]
fn a_build_is_a_whole_deployable_folder() {
    let bench = Bench::new();
    let told = bench.build("out", &["--contact", "mailto:help@a.se?subject=\"x\"", "--collector", "/svar/v1/attempts"]);
    assert!(told.err.contains("articles for everyone: en 1, sv 2"), "{}", told.err);
    assert!(told.err.contains("articles for staff: sv 1"), "{}", told.err);
    let tag = "<script async src=\"svar.js\" data-contact=\"mailto:help@a.se?subject=&quot;x&quot;\" data-collector=\"/svar/v1/attempts\"></script>";
    assert_eq!(told.done(), format!("{tag}\n"));

    let files = files(&bench.path("out"));
    let mut names: Vec<String> = files.iter().map(|(name, _)| masked(name)).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "index.html",
            "svar.js",
            "svar/help/en.html",
            "svar/help/plain.css",
            "svar/help/sv.html",
            "svar/index/core-#.bin",
            "svar/index/core-#.bin",
            "svar/index/manifest.bin",
            "svar/index/staff/core-#.bin",
            "svar/index/staff/manifest.bin",
            "svar/widget-#.css",
            "svar/widget-#.js",
            "svar/widget-#.wasm",
            "svar/words/en-#.txt",
            "svar/words/sv-#.txt",
        ]
    );
    let text = |name: &str| String::from_utf8(files.iter().find(|(n, _)| n == name).unwrap().1.clone()).unwrap();
    let loader = text("svar.js");
    assert!(loader.starts_with("start(JSON.parse('{\"svar:files\":1,\"version\":\"") && loader.ends_with("\"}}'));"));
    for (name, _) in files.iter().filter(|(n, _)| n.contains("/widget-") || n.contains("/words/")) {
        assert!(loader.contains(name.strip_prefix("svar/").unwrap()), "{name} in {loader}");
    }
    let page = text("index.html");
    assert!(page.contains(tag) && page.contains("<html lang=\"en\">") && page.contains("svar/help/sv.html"), "{page}");
    assert!(!page.contains("<style") && !page.contains("style="), "{page}");
    let everyones: Vec<&Vec<u8>> = files.iter().filter(|(n, _)| !n.contains("staff")).map(|(_, b)| b).collect();
    assert!(everyones.iter().all(|b| !String::from_utf8_lossy(b).contains("rabatt")), "what is for staff stays there");
}

#[test]
fn the_same_articles_give_the_same_bytes() {
    let bench = Bench::new();
    bench.build("a", &[]).done();
    bench.build("b", &["--quiet"]).done();
    let first = files(&bench.path("a"));
    assert_eq!(first, files(&bench.path("b")));
    bench.build("a", &[]).done();
    assert_eq!(first, files(&bench.path("a")), "over an earlier build");
}

#[test]
fn json_lists_every_note_and_file() {
    let bench = Bench::new();
    bench.write("help/sv/utkast.md", "---\ndraft: true\n---\n# Snart\n\nText.");
    let told = bench.build("out", &["--json"]);
    assert!(told.err.contains("skipped: sv/utkast.md: "), "{}", told.err);
    let json: serde_json::Value = serde_json::from_str(&told.done()).unwrap();
    assert_eq!(json["notes"][0]["file"], "sv/utkast.md");
    assert_eq!(json["notes"][0]["kind"], "skipped");
    assert_eq!(json["files"].as_array().unwrap().len(), files(&bench.path("out")).len());
    assert_eq!(json["script_tag"], "<script async src=\"svar.js\"></script>");
    let quiet = bench.build("out", &["--quiet"]);
    assert_eq!((quiet.err.as_str(), quiet.code), ("", Some(0)));
}

#[test]
fn a_portal_keeps_its_own_start_page() {
    let bench = Bench::new();
    bench.build("out", &[]).done();
    assert!(bench.path("out/index.html").is_file());
    bench.write(
        "help/index.html",
        "<!doctype html><title>Start</title><script async src=\"/svar.js\"></script><main><h1>Start</h1><p>Hej.</main>",
    );
    bench.build("out", &["--lang", "sv"]).done();
    assert!(!bench.path("out/index.html").exists());
    bench.write("out/index.html", "<title>Mine</title>");
    fs::remove_file(bench.path("help/index.html")).unwrap();
    bench.build("out", &[]).refused(1, &["out/index.html", "found another page", "--out"]);
    assert_eq!(fs::read_to_string(bench.path("out/index.html")).unwrap(), "<title>Mine</title>");
}

#[test]
fn what_cannot_be_built_says_what_to_do() {
    let bench = Bench::new();
    let svar = |arguments: &[&str]| bench.svar(arguments);
    fs::create_dir(bench.path("empty")).unwrap();
    svar(&["build", "empty", "--out", "o", "--widget", "widget"]).refused(1, &["no article found in empty", ".md"]);
    svar(&["build", "none", "--out", "o", "--widget", "widget"]).refused(1, &["expected a folder of articles at none"]);
    svar(&["build", "help", "--out", "o", "--widget", "empty"])
        .refused(1, &["expected the widget folder empty to hold svar.js", "svar-widget_bg.wasm", "found no svar.js"]);
    bench.write("old/svar.js", "const FILES = {};");
    for name in ["svar-widget.js", "svar-widget_bg.wasm", "widget.css", "words/en.txt"] {
        bench.write(&format!("old/{name}"), "");
    }
    svar(&["build", "help", "--out", "o", "--widget", "old"])
        .refused(1, &["svar:files", "the widget folder old", "cargo xtask build"]);
    svar(&["build", "help", "--out", ".", "--widget", "widget"]).refused(1, &["the source help lies in ."]);
    bench
        .build("o", &["--contact", "javascript:alert(1)"])
        .refused(2, &["--contact", "mailto:, tel:, https:// or http://"]);
    bench.build("o", &["--contact", "help@a.se"]).refused(2, &["write mailto:help@a.se"]);
    bench.build("o", &["--collector", "ftp://a.se"]).refused(2, &["--collector", "/svar/v1/attempts"]);
    bench.build("o", &["--content-selector", "main["]).refused(1, &["expected a CSS selector", "main["]);
    bench.write("help/sv/chef.md", "---\naudience: Våra chefer\n---\n# Chef\n\nText.");
    bench.build("o", &[]).refused(1, &["made of a-z, 0-9, - and _", "_svar.yaml"]);
    svar(&[]).refused(2, &["Usage: svar"]);
    assert!(!bench.path("o").exists());
}

#[test]
fn check_names_every_damaged_and_missing_file() {
    let bench = Bench::new();
    bench.build("out", &[]).done();
    let whole = bench.svar(&["check", "out"]).done();
    assert!(whole.contains("sv: 2 articles, 1 file, ") && whole.contains("index for staff"), "{whole}");
    assert!(whole.contains("words in en, sv, 6 files") && whole.contains("whole: 11 files"), "{whole}");
    assert!(bench.svar(&["check", "out/svar/index/staff"]).done().contains("sv: 1 article, 1 file, "));

    let all = files(&bench.path("out"));
    let checked = all.iter().filter(|(name, _)| *name != "index.html" && !name.contains("/help/"));
    for (name, bytes) in checked {
        let path = bench.path("out").join(name);
        let mut damaged = bytes.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        // A byte of the loader's own code is the server's business; the text that it holds is ours.
        if name != "svar.js" {
            fs::write(&path, &damaged).unwrap();
            let told = bench.svar(&["check", "out"]);
            told.refused(1, &["1 file missing or damaged in out"]);
            assert!(told.out.lines().any(|l| l.starts_with("BAD ") && l.contains(name.as_str())), "{told:?}");
            fs::remove_file(&path).unwrap();
            let told = bench.svar(&["check", "out"]);
            told.refused(1, &["missing or damaged in out"]);
            assert!(told.out.contains(&format!("{name}: missing")), "{told:?}");
        }
        fs::write(&path, bytes).unwrap();
    }
    bench.svar(&["check", "out"]).done();
    bench.svar(&["check", "help"]).refused(1, &["expected an index at help", "manifest.bin", "svar build"]);
}

#[test]
fn compressed_copies_lie_beside_the_files() {
    let bench = Bench::new();
    let told = bench.build("out", &["--compress"]);
    assert!(told.err.contains("(gzip) in ") && told.err.contains("; 0 of "), "{}", told.err);
    let first = files(&bench.path("out"));
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["svar.js", "svar/index/manifest.bin", "svar/help/sv.html"] {
        let size = |ending: &str| {
            let name = format!("{name}{ending}");
            first.iter().find(|(n, _)| *n == name).map_or(usize::MAX, |(_, bytes)| bytes.len())
        };
        let smaller = size(".br") < size("") && size(".gz") < size("");
        // The manifest of a small help centre may be too small to gain by it.
        assert!(smaller || name.ends_with("manifest.bin"), "{name}: {names:?}");
    }
    // Again: the same bytes, and nothing compressed anew.
    let told = bench.build("out", &["--compress"]);
    let copies = names.iter().filter(|n| n.ends_with(".br") || n.ends_with(".gz")).count();
    assert!(copies > 6 && told.err.contains(&format!("; {copies} of {copies} copies taken over")), "{}", told.err);
    assert_eq!(files(&bench.path("out")), first);
    // Without: none are left.
    bench.build("out", &[]).done();
    assert!(files(&bench.path("out")).iter().all(|(name, _)| !name.ends_with(".br") && !name.ends_with(".gz")));
}

#[test]
fn a_failed_build_says_where_and_leaves_everything_as_it_was() {
    let bench = Bench::new();
    bench.build("out", &[]).done();
    let before = files(&bench.path("out"));
    let beside = || std::fs::read_dir(bench.path("")).unwrap().count();
    let count = beside();
    bench.write("help/sv/router.md", "# Starta om\n\nText.");
    for (temporary, words) in [("nowhere", "create a temporary file in nowhere"), ("widget/svar.js", "TMPDIR")] {
        let mut command = bench.command();
        command.args(["build", "help", "--out", "out", "--widget", "widget"]).env("TMPDIR", temporary);
        let told = Told::of(&command.output().unwrap());
        told.refused(1, &[words]);
        assert_eq!(files(&bench.path("out")), before);
    }
    // Not even read, where the folder is not ours.
    fs::create_dir(bench.path("mine")).unwrap();
    bench.write("mine/page.html", "mine");
    bench.write("help/_svar.yaml", "a rule that cannot be understood");
    bench.build("mine", &[]).refused(1, &["not a folder that svar wrote"]);
    assert_eq!(beside(), count + 1);
}
