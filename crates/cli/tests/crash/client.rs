//! A client: several attempts at once, whose states it delivers as the loader does (`static/svar.js`).
//!
//! One pending state an attempt, a newer one in its place; all that is pending goes in one request; what was not
//! acknowledged stays and goes again. Only waiting is shorter, and where there are several collectors, as behind a load
//! balancer, any of them may get the next request.

use crate::collector::Address;
use crate::truth::{Truth, state};
use fastrand::Rng;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use svar_collector::ingest::PATH;
use svar_outcome::Event;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// How long an answer is waited for; a cut network may never bring it.
const PATIENCE: Duration = Duration::from_secs(12);

/// Most states of an attempt. Few, so that most of what is acknowledged has no later state to hide behind.
const MOST_STATES: u32 = 5;

type Connection = SendRequest<Full<Bytes>>;

pub struct Client {
    name: usize,
    rng: Rng,
    doors: Vec<Address>,
    truth: Arc<Truth>,
    /// Attempts that go on: the `seq` that they are at.
    open: Vec<(String, u32)>,
    /// What is not yet acknowledged, and whether it was sent before.
    pending: BTreeMap<String, (u32, bool)>,
    /// A state that was sent once and will come again out of its turn, as from a network that held it back.
    late: Option<(String, u32)>,
    connection: Option<Connection>,
    made: usize,
}

impl Client {
    pub fn new(name: usize, rng: Rng, doors: Vec<Address>, truth: Arc<Truth>) -> Client {
        Client {
            name,
            rng,
            doors,
            truth,
            open: vec![],
            pending: BTreeMap::new(),
            late: None,
            connection: None,
            made: 0,
        }
    }

    /// Makes attempts and sends them until `done`. What is pending then stays so.
    pub async fn live(mut self, done: Arc<AtomicBool>) -> Client {
        while !done.load(Ordering::Relaxed) {
            for _ in 0..self.rng.usize(1..=3) {
                self.go_on();
            }
            if !self.flush().await {
                sleep(Duration::from_millis(self.rng.u64(1..30))).await;
            }
            if let Some(late) = self.late.take_if(|_| self.rng.usize(0..5) == 0) {
                self.send(&[late], true).await;
            }
        }
        self
    }

    /// As the next visit does: the same again until it is taken.
    pub async fn deliver_the_rest(&mut self) {
        for _ in 0..1000 {
            if self.pending.is_empty() {
                return;
            }
            if !self.flush().await {
                sleep(Duration::from_millis(10)).await;
            }
        }
        panic!("{} attempts cannot be delivered though nothing is in the way", self.pending.len());
    }

    /// A customer does something: a new attempt, or a new state of one. With much pending they go on, but nobody comes.
    fn go_on(&mut self) {
        let room = self.pending.len() < 20;
        if room && (self.open.is_empty() || self.rng.usize(0..3) == 0) {
            self.made += 1;
            self.open.push((format!("client{}-{:08}", self.name, self.made), 0));
        }
        if self.open.is_empty() {
            return;
        }
        let at = self.rng.usize(0..self.open.len());
        let (id, seq) = &mut self.open[at];
        if !room && !self.pending.contains_key(id) {
            return;
        }
        *seq += 1;
        self.pending.insert(id.clone(), (*seq, false));
        if *seq == MOST_STATES || self.rng.usize(0..3) == 0 {
            self.open.swap_remove(at);
        }
    }

    /// Sends what is pending, and whether that was acknowledged.
    async fn flush(&mut self) -> bool {
        let batch: Vec<(String, u32)> = self.pending.iter().map(|(id, (seq, _))| (id.clone(), *seq)).collect();
        let Some(some) = self.rng.choice(&batch) else { return true };
        self.late.get_or_insert_with(|| some.clone());
        let again = self.pending.values().any(|(_, again)| *again);
        self.pending.values_mut().for_each(|(_, again)| *again = true);
        if !self.send(&batch, again).await {
            return false;
        }
        for (id, _) in &batch {
            self.pending.remove(id);
        }
        true
    }

    /// Sends these states in one request, and whether they were acknowledged.
    async fn send(&mut self, batch: &[(String, u32)], again: bool) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let events: Vec<Event> = batch.iter().map(|(id, seq)| Event::new(state(id, *seq), now)).collect();
        self.truth.sending(batch, again);
        let answer = timeout(PATIENCE, self.post(serde_json::to_vec(&events).unwrap())).await;
        let Ok(Some((status, body))) = answer else {
            self.connection = None;
            return false;
        };
        match status {
            StatusCode::ACCEPTED => {
                let expected = format!(r#"{{"accepted":{},"rejected":[]}}"#, batch.len());
                assert_eq!(String::from_utf8_lossy(&body), expected);
                self.truth.acknowledged(batch);
            }
            StatusCode::SERVICE_UNAVAILABLE => self.truth.refuses(),
            other => panic!("expected 202 or 503, found {other}: {}", String::from_utf8_lossy(&body)),
        }
        status == StatusCode::ACCEPTED
    }

    /// The whole answer, or none where the connection was lost before its end.
    async fn post(&mut self, body: Vec<u8>) -> Option<(StatusCode, Bytes)> {
        let mut connection = match self.connection.take() {
            Some(connection) if self.rng.usize(0..20) > 0 => connection,
            _ => self.connect().await?,
        };
        connection.ready().await.ok()?;
        let from: [u8; 3] = [self.rng.u8(..), self.rng.u8(..), self.rng.u8(..)];
        let request = Request::post(PATH)
            .header("host", "help.example.com")
            .header("content-type", svar_outcome::event::BATCH_MEDIA_TYPE)
            // A proxy on this machine is believed: each request is from a customer of her own.
            .header("x-forwarded-for", format!("10.{}.{}.{}", from[0], from[1], from[2]))
            .body(Full::new(body.into()))
            .unwrap();
        let answer = connection.send_request(request).await.ok()?;
        let status = answer.status();
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        self.connection = Some(connection);
        Some((status, body))
    }

    async fn connect(&mut self) -> Option<Connection> {
        let door = self.rng.usize(0..self.doors.len());
        let stream = TcpStream::connect(self.doors[door].get()?).await.ok()?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(async move { drop(connection.await) });
        Some(sender)
    }
}
