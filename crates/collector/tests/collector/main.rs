//! The collector from outside: through its router, and over TCP where that matters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod export;
mod figures;
mod flood;
mod golden;
mod headers;
mod health;
mod hostile;
mod ingest;
mod log;
mod login;
mod metrics;
mod postgres;
mod proxies;
mod reread;
mod server;
mod site;
mod slow;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use svar_collector::{AppState, Limits, Migrate, ServeOptions, Store, StoreAddress, open_store, router};
use svar_outcome::{Attempt, Event};
use tower::ServiceExt;

/// An attempt whose id is `name`, filled up to sixteen characters.
fn attempt(name: &str) -> Attempt {
    Attempt { attempt: format!("{name:x<16}"), seq: 1, ..Attempt::default() }
}

fn now_ms() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64
}

fn event(attempt: Attempt) -> serde_json::Value {
    serde_json::to_value(Event::new(attempt, now_ms())).unwrap()
}

fn batch(attempts: impl IntoIterator<Item = Attempt>) -> String {
    serde_json::Value::Array(attempts.into_iter().map(event).collect()).to_string()
}

fn options(store: &Path) -> ServeOptions {
    ServeOptions {
        store: StoreAddress::Sqlite(store.into()),
        listen: ([127, 0, 0, 1], 0).into(),
        ..ServeOptions::default()
    }
}

/// A collector with a real store in a folder of its own.
struct House {
    _folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    router: axum::Router,
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl House {
    async fn new(change: impl FnOnce(&mut ServeOptions)) -> House {
        House::with_limits(Limits::default(), change).await
    }

    async fn with_limits(limits: Limits, change: impl FnOnce(&mut ServeOptions)) -> House {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(&folder.path().join("svar.sqlite"));
        change(&mut options);
        let store = open_store(&options.store, options.migrate).await.unwrap();
        let router = router(AppState::with_limits(store.clone(), &options, limits).unwrap());
        House { _folder: folder, store, router }
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        ask(&self.router, request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path, &[], "")).await
    }

    /// The metrics, as who sits at the machine sees them.
    async fn metrics(&self) -> String {
        self.ask(local("/metrics")).await.text()
    }

    async fn attempts(&self) -> Vec<svar_collector::StoredAttempt> {
        self.store.attempts(Default::default()).await.unwrap().attempts
    }
}

async fn ask(router: &axum::Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// A request from 203.0.113.9 to help.example.com.
fn request(method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "help.example.com");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body.into()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 50_000))));
    request
}

/// The same request by way of the connection from `address`.
fn from(address: &str, mut request: Request<Body>) -> Request<Body> {
    let address: std::net::IpAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 50_000))));
    request
}

/// A request by who sits at the machine.
fn local(path: &str) -> Request<Body> {
    from("127.0.0.1", request("GET", path, &[("host", "localhost")], ""))
}

const BATCH: (&str, &str) = ("content-type", "application/cloudevents-batch+json");
