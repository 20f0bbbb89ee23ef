//! Slow, half and very many: every connection comes to an end. Over real TCP.

use super::metrics::value;
use super::server::{Running, get, post, raw, start_with};
use super::*;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(200);
/// Nothing here may take this long; it keeps a failing test from waiting for ever.
const EVER: Duration = Duration::from_secs(20);

async fn metric(running: &Running, sample: &str) -> f64 {
    let text = raw(running.addr, &get(running.addr, "/metrics", "")).await;
    value(&text.replace("\r\n", "\n"), sample)
}

/// Asks until the metric is at least one.
async fn until(running: &Running, sample: &str) {
    let began = Instant::now();
    while metric(running, sample).await < 1.0 {
        assert!(began.elapsed() < EVER, "{sample} never came");
    }
}

/// Reads to the end, however that comes.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = vec![];
    drop(timeout(EVER, stream.read_to_end(&mut read)).await.expect("the other side ends it"));
    read
}

#[tokio::test]
async fn half_a_header_and_none_at_all() {
    let running = start_with(|options| options.limits.header_timeout = SOON).await;
    for said in ["", "GET / HT", "POST /svar/v1/attempts HTTP/1.1\r\nHost: a\r\nContent-Le"] {
        let mut stream = TcpStream::connect(running.addr).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        assert!(rest(&mut stream).await.is_empty(), "{said}");
    }
    // A header line after the other, always in time for the next and never done.
    let mut stream = TcpStream::connect(running.addr).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let began = Instant::now();
    while stream.write_all(b"X-More: 1\r\n").await.is_ok() {
        let mut byte = [0];
        if matches!(timeout(SOON / 10, stream.read(&mut byte)).await, Ok(Ok(0) | Err(_))) {
            break;
        }
        assert!(began.elapsed() < EVER);
    }
    assert_eq!(metric(&running, r#"svar_connections_ended_total{reason="no_request"}"#).await, 4.0);
}

#[tokio::test]
async fn a_header_that_is_too_large_or_is_none() {
    let running = start_with(|_| {}).await;
    let large = format!("X-Large: {}\r\n", "x".repeat(40_000));
    let answer = raw(running.addr, &get(running.addr, "/", &large)).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = "X-Many: 1\r\n".repeat(200);
    assert!(raw(running.addr, &get(running.addr, "/", &many)).await.starts_with("HTTP/1.1 431"));
    assert!(raw(running.addr, "\u{1}\u{2}\u{3} nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    assert!(metric(&running, r#"svar_connections_ended_total{reason="malformed"}"#).await >= 3.0);
}

#[tokio::test]
async fn a_body_in_drops_and_half_a_body() {
    let running = start_with(|options| options.limits.body_timeout = SOON).await;
    let head = format!(
        "POST /svar/v1/attempts HTTP/1.1\r\nHost: {}\r\nContent-Type: text/plain\r\nContent-Length: 10000\r\n\r\n[",
        running.addr
    );
    let mut half = TcpStream::connect(running.addr).await.unwrap();
    half.write_all(head.as_bytes()).await.unwrap();
    assert!(rest(&mut half).await.starts_with(b"HTTP/1.1 408"));

    let mut drops = TcpStream::connect(running.addr).await.unwrap();
    drops.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let mut sent = 0;
    while timeout(SOON / 20, drops.read_exact(&mut answer)).await.is_err() {
        drop(drops.write_all(b" ").await);
        sent += 1;
        assert!(sent < 1000, "it is not waited for");
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert!(sent > 3, "it was a drip: {sent}");
    let slow = r#"svar_http_refusals_total{route="attempts",reason="slow",status="408"}"#;
    assert_eq!(metric(&running, slow).await, 2.0);

    // Who goes away in the middle leaves nothing.
    let mut gone = TcpStream::connect(running.addr).await.unwrap();
    gone.write_all(head.as_bytes()).await.unwrap();
    drop(gone);
    let began = Instant::now();
    while metric(&running, "svar_connections_open").await > 1.0 {
        assert!(began.elapsed() < EVER, "it is let go of");
    }
}

const LARGE: u64 = 64 * 1024 * 1024;

/// A site with a file that fits into no buffer on the way.
async fn with_a_large_file(change: impl FnOnce(&mut Limits)) -> (tempfile::TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::File::create(folder.path().join("large.bin")).unwrap().set_len(LARGE).unwrap();
    let running = start_with(|options| {
        options.site = Some(folder.path().into());
        change(&mut options.limits);
    })
    .await;
    (folder, running)
}

#[tokio::test]
async fn a_reader_that_does_not_read() {
    let (_folder, running) = with_a_large_file(|limits| limits.write_timeout = SOON).await;
    let mut stream = TcpStream::connect(running.addr).await.unwrap();
    stream.write_all(get(running.addr, "/large.bin", "").as_bytes()).await.unwrap();
    until(&running, r#"svar_connections_ended_total{reason="stalled"}"#).await;
    let read = rest(&mut stream).await;
    assert!(read.starts_with(b"HTTP/1.1 200") && (read.len() as u64) < LARGE, "{}", read.len());

    // Who reads gets all of it, and what was sent is counted.
    let before = metric(&running, "svar_network_sent_bytes_total").await;
    let mut stream = TcpStream::connect(running.addr).await.unwrap();
    stream.write_all(get(running.addr, "/large.bin", "").as_bytes()).await.unwrap();
    assert!(rest(&mut stream).await.len() as u64 > LARGE);
    let sent = metric(&running, "svar_network_sent_bytes_total").await - before;
    assert!(sent > LARGE as f64 && sent < LARGE as f64 + 20_000.0, "{sent}");
}

#[tokio::test]
async fn a_reader_that_reads_in_drops() {
    let (_folder, running) = with_a_large_file(|limits| {
        limits.write_timeout = EVER;
        limits.response_timeout = SOON;
    })
    .await;
    let mut stream = TcpStream::connect(running.addr).await.unwrap();
    stream.write_all(get(running.addr, "/large.bin", "").as_bytes()).await.unwrap();
    let mut piece = vec![0; 100_000];
    let mut read = 0;
    while let Ok(n @ 1..) = timeout(EVER, stream.read(&mut piece)).await.unwrap() {
        read += n as u64;
        // Between drops something else happens, which takes its time.
        metric(&running, "svar_connections_open").await;
    }
    assert!(read < LARGE, "{read}");
    until(&running, r#"svar_connections_ended_total{reason="stalled"}"#).await;
}

#[tokio::test]
async fn an_address_has_a_share_of_the_connections() {
    let running = start_with(|options| {
        options.limits.connections_per_address = 2;
        options.trusted_proxies = vec![];
    })
    .await;
    let kept = async || {
        let mut stream = TcpStream::connect(running.addr).await.unwrap();
        let ask = format!("GET /svar/v1/health/live HTTP/1.1\r\nHost: {}\r\n\r\n", running.addr);
        // Written to a connection that is closed already, it fails or the reading does.
        drop(stream.write_all(ask.as_bytes()).await);
        let mut answer = [0; 12];
        let read = stream.read_exact(&mut answer).await;
        read.is_ok_and(|_| &answer == b"HTTP/1.1 200").then_some(stream)
    };
    let first = kept().await.expect("a place");
    let second = kept().await.expect("a place");
    for _ in 0..5 {
        assert!(kept().await.is_none(), "beyond its share");
    }
    drop(first);
    let began = Instant::now();
    let third = loop {
        if let Some(stream) = kept().await {
            break stream;
        }
        assert!(began.elapsed() < EVER, "a place that is given back can be had");
    };
    drop((second, third));
    let began = Instant::now();
    loop {
        let text = TcpStream::connect(running.addr).await.unwrap();
        if asked_on(text, &get(running.addr, "/metrics", "")).await.is_some_and(|text| {
            value(&text.replace("\r\n", "\n"), r#"svar_connections_ended_total{reason="share"}"#) >= 5.0
        }) {
            break;
        }
        assert!(began.elapsed() < EVER);
    }
}

async fn asked_on(mut stream: TcpStream, text: &str) -> Option<String> {
    stream.write_all(text.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.contains("# EOF").then_some(answer)
}

#[tokio::test]
async fn proxies_have_as_many_connections_as_they_want() {
    let running = start_with(|options| options.limits.connections_per_address = 2).await;
    let mut held = vec![];
    for _ in 0..20 {
        held.push(TcpStream::connect(running.addr).await.unwrap());
    }
    assert!(raw(running.addr, &get(running.addr, "/svar/v1/health", "")).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn beyond_all_places_newcomers_wait_in_line() {
    let running = start_with(|options| options.limits.connections = 2).await;
    let mut held = vec![];
    for _ in 0..2 {
        let mut stream = TcpStream::connect(running.addr).await.unwrap();
        let ask = format!("GET /svar/v1/health/live HTTP/1.1\r\nHost: {}\r\n\r\n", running.addr);
        stream.write_all(ask.as_bytes()).await.unwrap();
        stream.read_exact(&mut [0; 12]).await.unwrap();
        held.push(stream);
    }
    let mut waiting = TcpStream::connect(running.addr).await.unwrap();
    waiting.write_all(get(running.addr, "/svar/v1/health/live", "").as_bytes()).await.unwrap();
    assert!(timeout(SOON, waiting.read_u8()).await.is_err(), "no place yet");
    held.pop();
    assert!(rest(&mut waiting).await.starts_with(b"HTTP/1.1 200"));
}

/// A request whose header is read and whose body is half there, for certain: the server has said `100 Continue`.
async fn under_way(running: &Running, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(running.addr).await.unwrap();
    let head = post(running.addr, body).replace("Connection: close", "Expect: 100-continue");
    let head = head.strip_suffix(body).unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    timeout(EVER, stream.read_exact(&mut told)).await.unwrap().unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[tokio::test]
async fn a_request_under_way_when_it_stops_is_finished() {
    let running = start_with(|_| {}).await;
    let body = batch([attempt("last")]);
    let mut stream = under_way(&running, &body).await;
    let (start, end) = body.split_at(20);
    stream.write_all(start.as_bytes()).await.unwrap();
    running.stop.send(()).unwrap();
    // It has stopped listening, and still waits.
    let began = Instant::now();
    while TcpStream::connect(running.addr).await.is_ok() {
        assert!(began.elapsed() < EVER);
    }
    assert!(!running.task.is_finished());
    stream.write_all(end.as_bytes()).await.unwrap();
    let answer = String::from_utf8(rest(&mut stream).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202") && answer.contains("\"accepted\":1"), "{answer}");
    timeout(EVER, running.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_it_from_stopping() {
    let running = start_with(|options| options.limits.stop_timeout = SOON).await;
    let mut stream = under_way(&running, &batch([attempt("never")])).await;
    running.stop.send(()).unwrap();
    let began = Instant::now();
    timeout(EVER, running.task).await.unwrap().unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "well before the body's ten seconds: {:?}", began.elapsed());
    assert!(rest(&mut stream).await.is_empty(), "cut off without an answer");
}
