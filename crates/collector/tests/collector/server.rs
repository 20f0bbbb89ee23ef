//! Over real TCP: addresses, slow senders, stopping, and who may see the report.

use super::*;
use std::time::Duration;
use svar_collector::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

pub struct Running {
    folder: tempfile::TempDir,
    pub addr: SocketAddr,
    pub stop: oneshot::Sender<()>,
    pub task: tokio::task::JoinHandle<anyhow::Result<()>>,
}

async fn start() -> Running {
    start_with(|_| {}).await
}

pub async fn start_with(change: impl FnOnce(&mut ServeOptions)) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(&folder.path().join("svar.sqlite"));
    change(&mut options);
    let server = Server::bind(options).await.unwrap();
    let addr = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.run(async {
        stopped.await.ok();
    }));
    Running { folder, addr, stop, task }
}

/// Sends `text` as it is and reads until the other side closes.
pub async fn raw(addr: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

pub fn get(addr: SocketAddr, path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n{headers}Connection: close\r\n\r\n")
}

pub fn post(addr: SocketAddr, body: &str) -> String {
    format!(
        "POST /svar/v1/attempts HTTP/1.1\r\nHost: {addr}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn from_an_attempt_to_the_report_and_across_a_restart() {
    let running = start().await;
    assert_ne!(running.addr.port(), 0);
    assert!(raw(running.addr, &get(running.addr, "/svar/v1/health", "")).await.ends_with("ok"));
    let mut mine = attempt("mine");
    mine.searches.push(svar_outcome::Search { q: Some("my own <question>".into()), results: 3, ..Default::default() });
    mine.outcome.class = svar_outcome::Class::Unknown;
    let answer = raw(running.addr, &post(running.addr, &batch([mine]))).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");

    let page = raw(running.addr, &get(running.addr, "/report", "")).await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("my own &lt;question&gt;"), "{page}");
    let lower = page.to_lowercase();
    assert!(lower.contains("content-security-policy: default-src 'none'; style-src 'self'"), "{page}");
    assert!(lower.contains("referrer-policy: no-referrer") && lower.contains("cache-control: no-store"), "{page}");
    assert!(raw(running.addr, &get(running.addr, "/report.css", "")).await.contains("prefers-color-scheme: dark"));

    running.stop.send(()).unwrap();
    running.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(running.addr).await.is_err(), "nobody listens any more");

    let server = Server::bind(options(&running.folder.path().join("svar.sqlite"))).await.unwrap();
    let addr = server.local_addr();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(server.run(async {
        stopped.await.ok();
    }));
    let json = raw(addr, &get(addr, "/report.json?timezone=Europe/Stockholm", "")).await;
    assert!(json.contains("\"total\": 1") && json.contains("\"time_zone\": \"Europe/Stockholm\""), "{json}");
    stop.send(()).unwrap();
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_report_is_for_who_sits_at_the_machine() {
    let running = start().await;
    let addr = running.addr;
    for headers in [
        "X-Forwarded-For: 203.0.113.9\r\n",
        "Forwarded: for=203.0.113.9\r\n",
        "Via: 1.1 proxy\r\n",
        "X-Real-IP: 1.2.3.4\r\n",
    ] {
        for path in ["/report", "/report.json"] {
            let answer = raw(addr, &get(addr, path, headers)).await;
            assert!(answer.starts_with("HTTP/1.1 403"), "{headers}: {answer}");
            assert!(answer.contains("ssh -L"), "says what to do: {answer}");
        }
    }
    // A name elsewhere that points here (DNS rebinding), and a proxy that speaks HTTP/1.0.
    let rebound =
        format!("GET /report.json HTTP/1.1\r\nHost: evil.example:{}\r\nConnection: close\r\n\r\n", addr.port());
    assert!(raw(addr, &rebound).await.starts_with("HTTP/1.1 403"));
    assert!(raw(addr, &format!("GET /report HTTP/1.0\r\nHost: {addr}\r\n\r\n")).await.contains(" 403 "));
    for host in ["localhost", "127.0.0.1:99", "[::1]:99", "LOCALHOST:1"] {
        let local = format!("GET /report.json HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert!(raw(addr, &local).await.starts_with("HTTP/1.1 200"), "{host}");
    }
    for (query, words) in [("?timezone=Mars", "time zone"), ("?since=soon", "as a day"), ("?limit=3", "expected since")]
    {
        let answer = raw(addr, &get(addr, &format!("/report.json{query}"), "")).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains(words), "{query}: {answer}");
    }

    // From elsewhere.
    let house = House::new(|_| {}).await;
    let answer = house.ask(request("GET", "/report", &[("host", "localhost")], "")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_large_body_hears_why() {
    let running = start().await;
    let answer = raw(running.addr, &post(running.addr, &"x".repeat(300_000))).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("found 300000"), "{answer}");
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_connections() {
    let running = start().await;
    let _idle = TcpStream::connect(running.addr).await.unwrap();
    let mut kept = TcpStream::connect(running.addr).await.unwrap();
    kept.write_all(format!("GET /svar/v1/health HTTP/1.1\r\nHost: {}\r\n\r\n", running.addr).as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    kept.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    running.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    let error = |options: ServeOptions| async { format!("{:#}", Server::bind(options).await.err().unwrap()) };

    let mut inside = options(&at("svar.sqlite"));
    inside.site = Some(folder.path().into());
    assert!(error(inside).await.contains("is served to everyone"));
    assert!(!at("svar.sqlite").exists(), "nothing was left behind");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut busy = options(&at("a.sqlite"));
    busy.listen = taken.local_addr().unwrap();
    assert!(error(busy).await.contains("could not listen on 127.0.0.1:"));

    // Nobody listens on port 1.
    let store = "postgres://u:secret@127.0.0.1:1/svar".parse().unwrap();
    let said = error(ServeOptions { store, ..options(&at("x")) }).await;
    assert!(said.contains("PostgreSQL at 127.0.0.1:1") && !said.contains("secret"), "{said}");
}
