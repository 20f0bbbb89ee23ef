//! Those who send: each over a connection of its own that is kept, the next request as soon as the last is answered.
//!
//! Every event is a new attempt, of the size that one has whose customer searched twice and read an article.

use anyhow::{Context as _, Result, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::handshake;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use svar_outcome::event::BATCH_MEDIA_TYPE;
use svar_outcome::{Attempt, Class, Event, Intent, Reading, Search};
use tokio::net::TcpStream;

pub struct Load {
    pub address: SocketAddr,
    pub prefix: String,
    pub clients: usize,
    pub events: usize,
    pub time: Duration,
}

/// Sends for so long, and says how many requests a second were taken and how long they took, in microseconds.
pub async fn send(load: Load) -> Result<Value> {
    let load = Arc::new(load);
    let began = Instant::now();
    let clients: Vec<_> = (0..load.clients).map(|n| tokio::spawn(client(n, load.clone(), began + load.time))).collect();
    let (mut times, mut bytes) = (Vec::new(), 0);
    for client in clients {
        let (took, sent) = client.await??;
        times.extend(took);
        bytes += sent;
    }
    let seconds = began.elapsed().as_secs_f64();
    ensure!(!times.is_empty(), "expected requests to be taken within {} s, found none", load.time.as_secs());
    times.sort_unstable();
    let percentile = |percent: usize| times.get((times.len() - 1) * percent / 100);
    Ok(json!({
        "requests": times.len(),
        "events_per_second": (times.len() * load.events) as f64 / seconds,
        "p50_us": percentile(50),
        "p99_us": percentile(99),
        "bytes_per_event": bytes / (times.len() * load.events),
    }))
}

/// Microseconds of each request, and bytes sent in all.
async fn client(number: usize, load: Arc<Load>, until: Instant) -> Result<(Vec<u64>, usize)> {
    let stream = TcpStream::connect(load.address).await.context("the server cannot be reached")?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut times, mut bytes, mut made) = (Vec::new(), 0, 0);
    while Instant::now() < until {
        let events = (0..load.events).map(|_| {
            made += 1;
            event(format!("{}-{number:04}-{made:08}", load.prefix))
        });
        let body = serde_json::to_vec(&events.collect::<Vec<Event>>())?;
        bytes += body.len();
        let request = Request::post("/svar/v1/attempts")
            .header("host", "help.example.com")
            .header("content-type", BATCH_MEDIA_TYPE)
            // A proxy on this machine is believed: a customer each.
            .header("x-forwarded-for", format!("10.{}.{}.{}", number % 250, made / 250 % 250, made % 250))
            .body(Full::new(Bytes::from(body)))?;
        let began = Instant::now();
        sender.ready().await?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let said = answer.into_body().collect().await?.to_bytes();
        times.push(u64::try_from(began.elapsed().as_micros())?);
        ensure!(status == StatusCode::ACCEPTED, "expected 202, found {status}: {}", String::from_utf8_lossy(&said));
    }
    Ok((times, bytes))
}

fn event(id: String) -> Event {
    let mut attempt = Attempt { attempt: id, seq: 1, intent: Intent::Search, ..Attempt::default() };
    attempt.widget.version = "0.1.0".into();
    attempt.widget.index = "0a1b2c3d4e5f6071".into();
    attempt.page.route = "/bredband".into();
    attempt.page.lang = "sv".into();
    attempt.ui.lang = "sv".into();
    for (question, results) in [("routern startar inte", 4), ("starta om router", 7)] {
        attempt.searches.push(Search {
            q: Some(question.into()),
            len: 20,
            results,
            top: vec!["sv/router".into(), "sv/bredband".into(), "sv/faktura".into()],
            ..Search::default()
        });
    }
    attempt.articles.push(Reading {
        id: "sv/router".into(),
        rev: "0a1b2c3d".into(),
        lang: "sv".into(),
        active_s: 40,
        scroll: 80,
        last: true,
        ..Reading::default()
    });
    attempt.outcome.class = Class::ExhibitedSolved;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    Event::new(attempt, now)
}
