//! `svar store`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Bench, Told};
use std::io::Write as _;
use std::process::Stdio;

/// 2026-01-01T00:00:00Z.
const NEW_YEAR_MS: u64 = 1_767_225_600_000;
const DAY_MS: u64 = 86_400_000;

/// An export with an attempt on each of the first `days` days of 2026.
fn lines(days: u64) -> String {
    let mut lines = String::from("{\"format\":\"svar.store\",\"version\":1}\n");
    for day in 0..days {
        let ms = NEW_YEAR_MS + day * DAY_MS;
        let state = format!(
            "{{\"attempt\":\"0123456789abcdef{day}\",\"seq\":1,\"widget\":{{\"version\":\"0.1.0\",\"index\":\"\",\"rules\":1}},\
             \"page\":{{\"route\":\"/\",\"lang\":\"sv\"}},\"ui\":{{\"lang\":\"sv\",\"device\":\"phone\",\"input\":\"touch\"}},\
             \"entry\":\"launcher\",\"intent\":\"search\",\"ask\":{{\"shown\":true,\"prompt\":1,\"p\":1.0}},\
             \"declared\":{{\"value\":\"solved\"}},\"contact\":{{\"opened\":false,\"submitted\":false}},\
             \"outcome\":{{\"behaviour\":\"x_plus\",\"class\":\"declared_solved\",\"provisional\":false}},\
             \"privacy\":{{\"mode\":\"full\"}},\"quality\":{{}}}}"
        );
        lines += &format!(
            "{{\"kind\":\"attempt\",\"state\":{state},\"first_received_ms\":{ms},\"last_received_ms\":{ms},\
             \"event_time_ms\":{ms},\"clock_skew\":false}}\n"
        );
    }
    lines + &format!("{{\"kind\":\"end\",\"records\":{days}}}\n")
}

/// The event of an attempt as it is set aside, in JSON within JSON.
fn event(attempt: &str, more: &str) -> String {
    let state = lines(1).lines().nth(1).unwrap().split_once("\"state\":").unwrap().1.to_owned();
    let (state, _) = state.split_once(",\"first_received_ms\"").unwrap();
    let state = state.replacen("0123456789abcdef0", attempt, 1).replacen("\"seq\":1", &format!("\"seq\":1{more}"), 1);
    format!(
        "{{\"specversion\":\"1.0\",\"id\":\"{attempt}-1\",\"source\":\"/svar/widget\",\"type\":\"svar.attempt.v1\",\
         \"time\":\"2026-01-01T00:00:00Z\",\"datacontenttype\":\"application/json\",\"data\":{state}}}"
    )
    .replace('"', "\\\"")
}

/// What an older svar did not understand and set aside; what this one does not, either.
#[test]
fn what_was_set_aside_is_read_again() {
    let bench = Bench::new();
    let row = |attempt: &str, more: &str| {
        format!(
            "{{\"kind\":\"set_aside\",\"id\":\"{attempt}\",\"seq\":1,\"type\":\"svar.attempt.v1\",\"first_received_ms\":\
             {NEW_YEAR_MS},\"last_received_ms\":{NEW_YEAR_MS},\"event\":\"{}\"}}\n",
            event(attempt, more)
        )
    };
    let rows = row("understood-now-1", "") + &row("understood-never", ",\"mood\":1");
    bench.write(
        "given.ndjson",
        &format!("{{\"format\":\"svar.store\",\"version\":1}}\n{rows}{{\"kind\":\"end\",\"records\":2}}\n"),
    );
    let told = bench.svar(&["store", "import", "given.ndjson", "--store", "sqlite:a.sqlite"]).done();
    assert!(told.ends_with("counted 1 attempt that had been set aside\n"), "{told}");
    let made = report(&bench, "sqlite:a.sqlite");
    assert!(made.contains("\"total\": 1,") && made.contains("\"svar.attempt.v1\": 1"), "{made}");
    let told = bench.svar(&["store", "reread", "--store", "sqlite:a.sqlite"]).done();
    let expected = "of what was set aside: 0 understood now and counted, 0 refused, 1 left for a newer svar\n";
    assert_eq!(told, expected);
}

/// The report without the moment it was made.
fn report(bench: &Bench, store: &str) -> String {
    let report = bench.svar(&["report", "--store", store, "--format", "json"]).done();
    report.lines().filter(|line| !line.contains("\"generated_at\"")).collect::<Vec<_>>().join("\n")
}

#[test]
fn out_of_one_store_and_into_another() {
    let bench = Bench::new();
    bench.write("given.ndjson", &lines(9));
    let told = bench.svar(&["store", "import", "given.ndjson", "--store", "sqlite:a.sqlite"]).done();
    assert_eq!(told, "imported 9 records, 9 of them new to the store or later than what it had\n");
    let told = bench.svar(&["store", "export", "--store", "sqlite:a.sqlite", "--out", "out.ndjson"]);
    assert_eq!((told.code, told.err.as_str(), told.out.as_str()), (Some(0), "exported 9 records\n", ""));
    let out = std::fs::read_to_string(bench.path("out.ndjson")).unwrap();
    assert_eq!(out.lines().count(), 11);
    assert_eq!(bench.svar(&["store", "export", "--store", "sqlite:a.sqlite"]).done().lines().count(), 11);

    // By way of stdin, twice.
    for changed in [9, 0] {
        let mut command = bench.command();
        command.args(["store", "import", "--store", "sqlite:b.sqlite"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(out.as_bytes()).unwrap();
        let told = Told::of(&child.wait_with_output().unwrap()).done();
        assert!(told.starts_with(&format!("imported 9 records, {changed} of them")), "{told}");
    }
    let made = report(&bench, "sqlite:a.sqlite");
    assert!(made.contains("\"total\": 9"), "{made}");
    assert_eq!(report(&bench, "sqlite:b.sqlite"), made);
    // Nothing half-written is left beside it.
    let names: Vec<_> = common::files(&bench.path(".")).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name.ends_with(".part")), "{names:?}");
}

#[test]
fn a_damaged_file_is_left_alone_unless_told_otherwise() {
    let bench = Bench::new();
    let damaged = lines(9).replacen("\"kind\":\"attempt\"", "\"kind\":\"attemp", 1);
    bench.write("damaged.ndjson", &damaged);
    let arguments = ["store", "import", "damaged.ndjson", "--store", "sqlite:a.sqlite"];
    let words = ["nothing of damaged.ndjson was imported", "--skip-damaged", "line 2: expected a record of an export"];
    bench.svar(&arguments).refused(1, &words);
    assert!(!bench.path("a.sqlite").exists());
    let told = bench.svar(&[&arguments[..], &["--skip-damaged"]].concat());
    assert!(told.err.contains("passed over: line 2: expected"), "{told:?}");
    assert!(told.done().ends_with("passed over 2 damaged lines\n"), "the second is the end, which counts nine");
    assert!(report(&bench, "sqlite:a.sqlite").contains("\"total\": 8"));

    bench.write("newer.ndjson", "{\"format\":\"svar.store\",\"version\":2,\"made_by\":\"3.0.0\"}\n");
    let told = bench.svar(&["store", "import", "newer.ndjson", "--store", "sqlite:a.sqlite", "--skip-damaged"]);
    told.refused(1, &["found version 2, made by svar 3.0.0"]);
    bench.svar(&["store", "import", "nowhere", "--store", "sqlite:a.sqlite"]).refused(1, &["could not read nowhere"]);
    let told = bench.svar(&["store", "export", "--store", "sqlite:a.sqlite", "--out", "no/such/folder.ndjson"]);
    told.refused(1, &["could not write no/such/folder.ndjson"]);
    // A mistyped name gives no empty export, and no store.
    bench.svar(&["store", "export", "--store", "sqlite:typo"]).refused(1, &["found no such file"]);
    bench.svar(&["store", "prune", "--store", "sqlite:typo", "--older-than", "1d"]).refused(1, &["found no such file"]);
    assert!(!bench.path("typo").exists());
}

#[test]
fn what_is_old_is_removed() {
    let bench = Bench::new();
    bench.write("given.ndjson", &lines(9));
    bench.svar(&["store", "import", "given.ndjson", "--store", "sqlite:a.sqlite"]).done();
    let prune = |more: &[&str]| bench.svar(&[&["store", "prune", "--store", "sqlite:a.sqlite"], more].concat());
    let rest = ", 0 events set aside, 0 daily counts of refused and repeated events\n";
    assert_eq!(prune(&["--before", "2026-01-04", "--dry-run"]).done(), format!("would remove 3 attempts{rest}"));
    // Midnight comes earlier in the east.
    let east = ["--before", "2026-01-04", "--timezone", "Asia/Tokyo"];
    assert_eq!(prune(&east).done(), format!("removed 3 attempts{rest}"));
    assert_eq!(prune(&["--before", "2026-01-05T00:00:01Z"]).done(), format!("removed 2 attempts{rest}"));
    assert!(report(&bench, "sqlite:a.sqlite").contains("\"total\": 4"));
    assert_eq!(prune(&["--older-than", "36500d"]).done(), format!("removed 0 attempts{rest}"));
    assert_eq!(prune(&["--older-than", "1d"]).done(), format!("removed 4 attempts{rest}"));
    prune(&[]).refused(2, &["--before"]);
    prune(&["--before", "2026-01-04", "--older-than", "4d"]).refused(2, &["cannot be used with"]);
    for wrong in ["400", "0d", "-1d", "1y"] {
        prune(&[&format!("--older-than={wrong}")]).refused(2, &["such as 400d"]);
    }
    prune(&["--before", "yesterday"]).refused(1, &["expected before as a day"]);
}
