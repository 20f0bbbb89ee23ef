//! `svar serve` and `svar report`.

#![allow(clippy::unwrap_used)]

mod common;

use common::Bench;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

/// A server that ends with the test.
struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(bench: &Bench, more: &[&str]) -> Served {
    let mut command = bench.command();
    command.args(["serve", "--site", "out", "--store", "sqlite:kept.sqlite", "--listen", "127.0.0.1:0"]).args(more);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.next().unwrap().strip_prefix("listening on http://").unwrap().to_owned();
    assert_eq!(lines.next().unwrap(), format!("report  http://{address}/report"));
    Served { child, address }
}

impl Served {
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
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
}
