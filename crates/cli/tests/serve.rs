//! `svar serve` and `svar report`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Bench, Told};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A server that ends with the test.
struct Served {
    child: Child,
    address: String,
    /// How the report is guarded, as told at the start.
    guard: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(bench: &Bench, store: &str, more: &[&str]) -> Command {
    let mut command = bench.command();
    command.args(["serve", "--site", "out", "--store", store, "--listen", "127.0.0.1:0"]).args(more);
    command.env_remove("SVAR_REPORT_TOKEN");
    command
}

fn serve(bench: &Bench, more: &[&str]) -> Served {
    started(command(bench, "sqlite:kept.sqlite", more))
}

fn started(mut command: Command) -> Served {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.next().unwrap().strip_prefix("listening on http://").unwrap().to_owned();
    assert_eq!(lines.next().unwrap(), format!("report  http://{address}/report"));
    let guard = lines.next().unwrap().trim().to_owned();
    Served { child, address, guard }
}

impl Served {
    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1"), "", "")
    }

    fn ask(&self, line: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let fixed = format!("Host: {}\r\nContent-Length: {length}\r\nConnection: close\r\n", self.address);
        // In one piece: who is refused early may find the connection closed.
        stream.write_all(format!("{line}\r\n{fixed}{headers}\r\n{body}").as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

#[test]
fn the_folder_is_served_behind_the_portal() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    let served = serve(&bench, &["--csp"]);
    let page = served.get("/");
    assert!(page.contains("Try the widget") && page.contains("script-src 'self' 'wasm-unsafe-eval'"), "{page}");
    assert!(served.get("/svar.js").contains("svar:files"));
    assert!(served.get("/report").starts_with("HTTP/1.1 200"));
    drop(served);
    bench.write("portal/index.html", "<title>Mine</title>");
    let served = serve(&bench, &["--portal", "portal", "--csp", "default-src 'self'"]);
    let page = served.get("/");
    assert!(
        page.contains("<title>Mine</title>") && page.contains("content-security-policy: default-src 'self'\r"),
        "{page}"
    );
    assert!(served.get("/svar/help/sv.html").contains("Starta om routern"));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_gracefully() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    for signal in ["-TERM", "-INT"] {
        let mut served = serve(&bench, &[]);
        let status =
            std::process::Command::new("kill").args([signal, &served.child.id().to_string()]).status().unwrap();
        assert!(status.success());
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn how_the_report_is_guarded_is_told_and_true() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    let served = serve(&bench, &[]);
    assert_eq!(served.guard, "shown on this machine only; /metrics too");
    assert!(served.get("/metrics").contains("svar_build_info"));

    bench.write("token", "correct-horse-battery\n");
    let served = serve(&bench, &["--report-token-file", "token"]);
    assert!(served.guard.contains("the token"), "{}", served.guard);
    assert!(served.get("/report").starts_with("HTTP/1.1 401"));
    let with = |token: &str| served.ask("GET /report HTTP/1.1", &format!("Authorization: Bearer {token}\r\n"), "");
    assert!(with("correct-horse-battery").starts_with("HTTP/1.1 200"));
    assert!(with("correct-horse").starts_with("HTTP/1.1 401"));

    let mut by_environment = command(&bench, "sqlite:kept.sqlite", &[]);
    by_environment.env("SVAR_REPORT_TOKEN", "another-horse-battery");
    let served = started(by_environment);
    assert!(served.get("/metrics").starts_with("HTTP/1.1 401"));
    let bearer = "Authorization: Bearer another-horse-battery\r\n";
    assert!(served.ask("GET /metrics HTTP/1.1", bearer, "").starts_with("HTTP/1.1 200"));

    // A proxy on this machine is trusted without being named.
    let served = serve(&bench, &["--report-user-header", "X-Forwarded-User"]);
    assert!(served.guard.contains("`x-forwarded-user`"), "{}", served.guard);
    assert!(served.get("/report").starts_with("HTTP/1.1 403"));
    assert!(served.ask("GET /report HTTP/1.1", "X-Forwarded-User: anna\r\n", "").starts_with("HTTP/1.1 200"));
}

#[test]
fn limits_and_headers_are_what_was_asked_for() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    let served = serve(&bench, &["--burst", "2", "--rate", "1/h", "--hsts", "--trusted-proxy", "10.0.0.0/8"]);
    let post = |forwarded: &str| {
        let headers = format!("Content-Type: text/plain\r\nX-Forwarded-For: {forwarded}\r\n");
        let answer = served.ask("POST /svar/v1/attempts HTTP/1.1", &headers, "[]");
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    let answers = ["192.0.2.1", "192.0.2.1, 10.1.2.3", "8.8.8.8, 192.0.2.1", "192.0.2.2"].map(post);
    assert_eq!(answers, ["202", "202", "429", "202"]);
    assert!(served.get("/").contains("strict-transport-security: max-age=31536000\r"));
}

/// Hostile requests, and every line of the log read: JSON, and nothing personal in it.
#[cfg(unix)]
#[test]
fn the_log_is_json_line_by_line_and_holds_nothing_personal() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    bench.write("token", "correct-horse-battery");
    let more = ["--log", "json", "--log-level", "debug", "--report-token-file", "token", "--burst", "20"];
    let mut command = command(&bench, "sqlite:kept.sqlite", &more);
    command.stderr(Stdio::piped());
    let mut served = started(command);
    let stderr = served.child.stderr.take().unwrap();
    let lines = std::thread::spawn(move || BufReader::new(stderr).lines().map(Result::unwrap).collect::<Vec<_>>());
    let hostile = "X-Forwarded-For: 198.51.100.77\r\nUser-Agent: marker\r\nReferer: https://marker.example/?q=marker\r\n\
                   Cookie: marker=marker\r\nAuthorization: Bearer marker-marker-marker\r\n";
    for line in [
        "GET /marker?q=marker HTTP/1.1",
        "GET /report?since=marker HTTP/1.1",
        "POST /svar/v1/attempts?marker HTTP/1.1",
        "PUT /svar/v1/attempts HTTP/1.1",
        "MARKER / HTTP/1.1",
        "marker",
    ] {
        for more in
            ["", "Content-Type: text/plain\r\n", "Content-Type: text/plain\r\nOrigin: https://marker.example\r\n"]
        {
            for body in
                ["", "marker", r#"[{"specversion":"1.0","type":"marker","data":{"searches":[{"q":"marker"}]}}]"#]
            {
                served.ask(line, &format!("{hostile}{more}"), body);
            }
        }
    }
    // The store goes away, which is an error.
    std::fs::remove_file(bench.path("kept.sqlite")).unwrap();
    assert!(served.get("/svar/v1/health/ready").starts_with("HTTP/1.1 503"));
    let pid = served.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
    let lines = lines.join().unwrap();
    let mut levels = std::collections::BTreeMap::new();
    for line in &lines {
        let json: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["fields", "level", "message", "target", "time"], "{line}");
        assert!(line.starts_with("{\"time\":"), "{line}");
        let time = json["time"].as_str().unwrap();
        assert!(time.len() == 24 && time.ends_with('Z') && time.as_bytes()[10] == b'T', "{line}");
        assert!(json["target"].as_str().unwrap().starts_with("svar"), "{line}");
        *levels.entry(json["level"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        for personal in ["marker", "198.51.100", "127.0.0.1", "correct-horse"] {
            assert!(!line.to_lowercase().contains(personal), "{personal} in {line}");
        }
    }
    assert!(["debug", "info", "error"].iter().all(|level| levels.contains_key(*level)), "{levels:?}");
    assert!(lines.iter().any(|line| line.contains("a request was refused")), "{levels:?}");
    assert!(lines.last().unwrap().contains("stopped"), "{lines:?}");
}

#[test]
fn a_report_needs_a_store_that_is_there() {
    let bench = Bench::new();
    bench
        .svar(&["report", "--store", "sqlite:none.sqlite"])
        .refused(1, &["none.sqlite, found no such file", "svar serve"]);
    assert!(!bench.path("none.sqlite").exists());
    bench.svar(&["report", "--store", "kept"]).refused(1, &["sqlite:FILE"]);
    bench.build("out", &["--quiet"]).done();
    drop(serve(&bench, &[]));
    let report = |more: &[&str]| bench.svar(&[&["report", "--store", "sqlite:kept.sqlite"], more].concat());
    assert!(!report(&[]).done().is_empty());
    let json: serde_json::Value = serde_json::from_str(&report(&["--format", "json"]).done()).unwrap();
    assert_eq!(json["attempts"]["total"], 0);
    report(&["--format", "html", "--out", "r.html"]).done();
    let page = std::fs::read_to_string(bench.path("r.html")).unwrap();
    assert!(page.contains("<style>") && !page.contains("/report.css"), "the page stands alone");
    report(&["--since", "soon"]).refused(1, &["found `soon`"]);
    report(&["--timezone", "Mars/Olympus"]).refused(1, &["found `Mars/Olympus`"]);
}

/// Two collectors over one PostgreSQL, as behind a load balancer, and a report from elsewhere.
#[test]
fn collectors_share_a_postgresql() {
    const POST: &str = "POST /svar/v1/attempts HTTP/1.1";
    const TEXT: &str = "Content-Type: text/plain\r\n";
    let Ok(server) = std::env::var("SVAR_TEST_POSTGRES") else {
        // Not by `eprintln!`, which is heard only when a test fails.
        let word = "skipped, no PostgreSQL: `cargo xtask test --only native` starts one for the tests";
        writeln!(std::io::stderr(), "{word}").unwrap();
        return;
    };
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    let store = format!("{server}?options=-csearch_path%3Dsvar_cli");
    let report = |store: &str| bench.svar(&["report", "--format", "json", "--store", store]);
    // The schema is not there: no tables can be made, and none are read.
    bench.svar(&["serve", "--site", "out", "--store", &store]).refused(1, &["the right to create tables"]);
    report(&store).refused(1, &["start `svar serve`"]);
    // The database's own schema `public`, where nothing else in the tests keeps anything.
    let collectors =
        [started(command(&bench, &server, &[])), started(command(&bench, &server, &["--no-migration-lock"]))];
    for collector in &collectors {
        let answer = collector.ask(POST, TEXT, "[]");
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
        let answer = collector.ask(POST, TEXT, "no events at all \0");
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(collector.get("/svar/v1/health").starts_with("HTTP/1.1 200"));
    }
    drop(collectors);
    let json: serde_json::Value = serde_json::from_str(&report(&server).done()).unwrap();
    assert_eq!(json["quality"]["rejected_by_reason"]["json"], 2, "one from each: {json}");
}

#[test]
fn a_password_is_not_repeated() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    for store in ["postgres://u:s3cret@127.0.0.1:1/d", "postgres://u:s3cret@h:port/d", "mysql://u:s3cret@h/d"] {
        for told in [
            bench.svar(&["report", "--store", store]),
            bench.svar(&["serve", "--site", "out", "--listen", "127.0.0.1:0", "--store", store]),
        ] {
            told.refused(1, &["expected"]);
            assert!(!told.err.contains("s3cret") && !told.out.contains("s3cret"), "{told:?}");
        }
    }
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    let svar = |site: &str, store: &str, listen: &str| {
        bench.svar(&["serve", "--site", site, "--store", store, "--listen", listen])
    };
    svar("out", "sqlite:k.sqlite", "8787").refused(2, &["--listen", "127.0.0.1:8787"]);
    svar("nowhere", "sqlite:k.sqlite", "127.0.0.1:0").refused(1, &["expected a folder to serve at nowhere"]);
    svar("out", "sqlite:out/k.sqlite", "127.0.0.1:0").refused(1, &["served to everyone"]);

    let refused = |code: i32, more: &[&str], words: &[&str]| {
        Told::of(&command(&bench, "sqlite:kept.sqlite", more).output().unwrap()).refused(code, words);
    };
    refused(2, &["--trusted-proxy", "balancer"], &["--trusted-proxy", "found `balancer`", "10.0.0.0/8"]);
    refused(2, &["--trusted-proxy", "10.0.0.5/8"], &["write 10.0.0.0/8", "or 10.0.0.5"]);
    refused(2, &["--trusted-proxy", "0.0.0.0/0"], &["every address there is"]);
    for rate in ["4", "0/s", "four/s", "4/day", "inf/s", "NaN/s", ""] {
        refused(2, &["--rate", rate], &["--rate", "such as 4/s, 200/min or 5000/h"]);
    }
    refused(2, &["--burst", "0"], &["--burst"]);
    refused(2, &["--hsts", "a year"], &["--hsts"]);
    refused(2, &["--log", "xml"], &["text", "json"]);
    refused(1, &["--report-token-file", "none"], &["could not read the token in none"]);
    bench.write("short", "secret\n");
    refused(1, &["--report-token-file", "short"], &["short holds no usable token", "at least 16", "openssl rand"]);
    refused(1, &["--report-user-header", "X User"], &["such as X-Forwarded-User"]);
    refused(1, &["--report-user-header", "User-Agent"], &["of people who have not"]);
    refused(1, &["--log", "json", "--report-user-header", "Host"], &["\"level\":\"error\"", "of people who have not"]);
}

/// An old attempt is gone soon after the start, and told of in log and metrics; without `--keep` it stays.
#[test]
fn what_is_too_old_to_be_kept_is_removed() {
    let bench = Bench::new();
    bench.build("out", &["--quiet"]).done();
    let old = r#"{"kind":"tally","collector":"c","day":3,"name":"repeated","n":7}"#;
    bench.write(
        "old.ndjson",
        &format!("{{\"format\":\"svar.store\",\"version\":1}}\n{old}\n{{\"kind\":\"end\",\"records\":1}}\n"),
    );
    bench.svar(&["store", "import", "old.ndjson", "--store", "sqlite:kept.sqlite"]).done();
    let repeated = |served: &Served| served.get("/report.json").contains("\"repeated_events\": 7");
    assert!(repeated(&serve(&bench, &[])));
    bench
        .svar(&["serve", "--site", "out", "--store", "sqlite:kept.sqlite", "--keep", "1w"])
        .refused(2, &["or forever"]);
    for wrong in ["1000", "0/h", "5/min", "none"] {
        let arguments = ["serve", "--site", "out", "--store", "sqlite:kept.sqlite", "--flood", wrong];
        bench.svar(&arguments).refused(2, &["such as 1000/h, or off"]);
    }
    let mut command = command(&bench, "sqlite:kept.sqlite", &["--keep", "30d", "--flood", "off"]);
    command.stderr(Stdio::piped());
    let mut served = started(command);
    let log = BufReader::new(served.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    // Comes at once, or the test ends by its own time limit.
    let told = log.into_iter().find(|line| line.contains("removed what is older")).unwrap();
    assert!(told.contains("counts: 1; days: 30"), "{told}");
    assert!(!repeated(&served));
    assert!(served.get("/metrics").contains("svar_store_pruned_attempts_total 0"));
}
