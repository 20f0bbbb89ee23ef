//! What is logged, on every level and by whomever: nothing of what came from outside.

use super::*;
use std::fmt::{Debug, Write as _};
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hears everything, of every crate.
struct Everything;

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(attributes.metadata().name().into());
        attributes.record(&mut line);
        LINES.lock().unwrap().push(line.0);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        LINES.lock().unwrap().push(line.0);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("{} {}", event.metadata().level(), event.metadata().target()));
        event.record(&mut line);
        LINES.lock().unwrap().push(line.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

/// What must not be found. Every hostile request below carries all of them wherever there is room.
const PERSONAL: [&str; 4] = ["marker", "203.0.113", "198.51.100", "2001:db8"];

#[tokio::test]
async fn nothing_personal_whatever_comes() {
    tracing::subscriber::set_global_default(Everything).unwrap();
    let mut evil = event(attempt("marker"));
    evil["data"]["searches"] = serde_json::json!([{"q": "marker words <script>' OR 1=1 --", "results": 0}]);
    evil["data"]["page"] = serde_json::json!({"route": "/marker/route", "lang": "sv"});
    evil["source"] = "marker".into();
    let mut unknown = event(attempt("marker-two"));
    unknown["data"]["marker"] = "marker".into();
    let bodies = [
        serde_json::json!([evil]).to_string(),
        serde_json::json!([unknown, "marker", {"specversion": "marker"}, {"specversion": "1.0", "type": "marker"}])
            .to_string(),
        "marker".into(),
        format!("{}marker{}", "[".repeat(5000), "]".repeat(5000)),
        format!("[\"{}\"]", "marker".repeat(20_000)),
    ];
    let headers = [
        BATCH,
        ("x-forwarded-for", "198.51.100.77, marker"),
        ("x-real-ip", "198.51.100.78"),
        ("forwarded", "for=198.51.100.79"),
        ("user-agent", "marker"),
        ("referer", "https://marker.example/?q=marker"),
        ("cookie", "marker=marker"),
        ("authorization", "Bearer marker"),
        ("x-forwarded-user", "marker"),
    ];
    let origin = [&headers[..], &[("origin", "https://marker.example")]].concat();
    let token = svar_collector::Token::new("correct-horse-battery").unwrap();
    let limits = Limits { burst: 30, per_second: 0.001, ..Limits::default() };
    let open = House::with_limits(limits, |_| {}).await;
    let guarded = House::with_limits(limits, |options| options.report_token = Some(token)).await;
    let broken = router(AppState::new(Arc::new(health::broken()), &options(Path::new("unused"))).unwrap());
    let panicking = router(AppState::new(Arc::new(health::panicking()), &options(Path::new("unused"))).unwrap());
    for router in [&open.router, &guarded.router, &broken, &panicking] {
        for peer in ["203.0.113.9", "2001:db8::9", "127.0.0.1"] {
            for body in &bodies {
                for headers in [&headers[..], &origin] {
                    let request = request("POST", "/svar/v1/attempts?q=marker", headers, body.clone());
                    ask(router, from(peer, request)).await;
                }
            }
            for path in [
                "/report?since=marker",
                "/report?marker=marker",
                "/metrics?marker",
                "/marker?q=marker",
                "/svar/v1/health?marker",
            ] {
                for method in ["GET", "POST", "MARKER"] {
                    ask(router, from(peer, request(method, path, &headers, "marker"))).await;
                    ask(router, from(peer, request(method, path, &[("host", "localhost")], "marker"))).await;
                }
            }
        }
    }
    // Over TCP, so that hyper has its say.
    let running = server::start_with(|_| {}).await;
    for said in [
        "GET /marker?q=marker HTTP/1.1\r\nHost: marker\r\nX-Forwarded-For: 198.51.100.77\r\n\r\n",
        "MARKER marker marker\r\n\r\n",
        "POST /svar/v1/attempts HTTP/1.1\r\nHost: marker\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nmarker",
        "GET / HTTP/1.1\r\nmarker marker\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(running.addr).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        drop(stream.read_to_end(&mut vec![]).await);
    }
    running.stop.send(()).unwrap();
    running.task.await.unwrap().unwrap();

    let lines = LINES.lock().unwrap();
    for line in lines.iter() {
        let found = PERSONAL.iter().find(|word| line.to_lowercase().contains(*word));
        assert!(found.is_none(), "{found:?} in {line}");
        assert!(!line.contains("127.0.0.1"), "an address in {line}");
    }
    // And there was something to look at: refusals, failures of the store, warnings, what SQLite was asked.
    for expected in [
        "a request was refused",
        "a batch could not be stored",
        "is no trusted proxy",
        "batch",
        "started",
        "stopped",
        "sqlx",
    ] {
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected} in {} lines", lines.len());
    }
    assert!(lines.len() > 300, "{}", lines.len());
}
