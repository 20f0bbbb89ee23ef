//! Crashes: collectors, databases and networks are ended at random moments while clients send, and what is stored is
//! compared with what was acknowledged.
//!
//! Everything is real: `svar serve` as a process that gets SIGKILL, SQLite in its file and PostgreSQL on a server that is
//! stopped without a goodbye, HTTP over TCP by way of a proxy that cuts. [`client`] sends as the loader does, [`truth`]
//! keeps what was sent and what was acknowledged, [`proxy`] is the bad network, [`collector`] the process.
//!
//! SVAR_FULL=1 kills some hundred times, otherwise a few dozen. What is drawn by lot follows from one number, SVAR_SEED,
//! which is told at the end and when something is wrong; the same number draws the same lots, though not the same
//! interleaving of processes.
//!
//! What a killed process cannot show is whether the disk has what the operating system was given: that is
//! `synchronous=FULL`, which the SQLite store's own tests ask for.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod client;
mod collector;
#[path = "../common/mod.rs"]
mod common;
mod postgres;
mod proxy;
mod truth;

use client::Client;
use collector::{Address, Collector};
use common::Bench;
use fastrand::Rng;
use postgres::OwnServer;
use proxy::Proxy;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use svar_collector::{Migrate, Store, open_store};
use truth::Truth;

/// Nothing here may take this long; it keeps a failing test from waiting for ever.
const EVER: Duration = Duration::from_secs(60);

/// What is ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Blow {
    /// The collector, at work.
    Collector,
    /// The collector, before it has said that it listens.
    Start,
    /// The collector, after its disk was full for a while.
    FullDisk,
    /// PostgreSQL, as a power cut would.
    Server,
    /// Every connection to PostgreSQL, from its side.
    Connections,
}

impl Blow {
    fn name(self) -> &'static str {
        match self {
            Blow::Collector => "of a collector",
            Blow::Start => "of a collector that starts",
            Blow::FullDisk => "of a collector whose disk is full",
            Blow::Server => "of the database",
            Blow::Connections => "of all connections to the database",
        }
    }
}

/// A store under fire.
struct Storm {
    name: &'static str,
    seed: u64,
    rng: Rng,
    bench: Bench,
    store: String,
    server: Option<OwnServer>,
    collectors: Vec<(Option<Collector>, Address)>,
    truth: Arc<Truth>,
    done: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<Client>>,
    proxies: Vec<Proxy>,
    kills: BTreeMap<Blow, usize>,
}

/// Few in every run, many where there is time.
fn few_or_many(few: usize, many: usize) -> usize {
    if std::env::var_os("SVAR_FULL").is_some() { many } else { few }
}

/// What all lots follow from.
fn seed() -> u64 {
    match std::env::var("SVAR_SEED") {
        Ok(given) => given.parse().unwrap_or_else(|_| panic!("expected a number in SVAR_SEED, found `{given}`")),
        Err(_) => fastrand::u64(..1_000_000),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let bench = Bench::new();
    let store = "sqlite:kept.sqlite".to_owned();
    let mut storm = Storm::gather("sqlite", bench, store, None, 1, false).await;
    let (start, full) = (few_or_many(5, 40), few_or_many(3, 30));
    storm.rage(&[(Blow::Collector, few_or_many(30, 250)), (Blow::Start, start), (Blow::FullDisk, full)]).await;
    storm.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_behind_a_bad_network() {
    let bench = Bench::new();
    let store = "sqlite:kept.sqlite".to_owned();
    let mut storm = Storm::gather("sqlite, network", bench, store, None, 1, true).await;
    storm.rage(&[(Blow::Collector, few_or_many(20, 150))]).await;
    storm.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql() {
    let Some(server) = OwnServer::start("svar_crash").await else { return };
    let store = server.address();
    let mut storm = Storm::gather("postgresql", Bench::new(), store, Some(server), 2, false).await;
    let (server, connections) = (few_or_many(4, 40), few_or_many(8, 80));
    storm
        .rage(&[(Blow::Collector, few_or_many(12, 120)), (Blow::Server, server), (Blow::Connections, connections)])
        .await;
    storm.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_behind_a_bad_network() {
    let Some(server) = OwnServer::start("svar_crash_network").await else { return };
    let store = server.address();
    let mut storm = Storm::gather("postgresql, network", Bench::new(), store, Some(server), 2, true).await;
    storm.rage(&[(Blow::Collector, few_or_many(8, 60)), (Blow::Server, few_or_many(2, 20))]).await;
    storm.settle().await;
}

impl Storm {
    /// Starts collectors and clients, over a network that cuts where it is `bad`.
    async fn gather(
        name: &'static str,
        bench: Bench,
        store: String,
        server: Option<OwnServer>,
        collectors: usize,
        bad: bool,
    ) -> Storm {
        let seed = seed();
        let rng = Rng::with_seed(name.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())));
        std::fs::create_dir(bench.path("site")).unwrap();
        let mut storm = Storm {
            name,
            seed,
            rng,
            bench,
            store,
            server,
            collectors: (0..collectors).map(|_| (None, Address::default())).collect(),
            truth: Arc::default(),
            done: Arc::default(),
            clients: vec![],
            proxies: vec![],
            kills: BTreeMap::new(),
        };
        for at in 0..collectors {
            storm.start(at).await;
        }
        let mut doors = vec![];
        for (_, address) in &storm.collectors {
            if bad {
                let proxy = Proxy::start(address.clone(), storm.rng.fork()).await;
                doors.push(proxy.address());
                storm.proxies.push(proxy);
            } else {
                doors.push(address.clone());
            }
        }
        for n in 0..6 {
            let client = Client::new(n, storm.rng.fork(), doors.clone(), storm.truth.clone());
            storm.clients.push(tokio::spawn(client.live(storm.done.clone())));
        }
        storm
    }

    fn spawn(&mut self, at: usize, file_blocks: Option<u64>) {
        let (collector, address) = &mut self.collectors[at];
        *collector = Some(Collector::spawn(&self.bench, &self.store, address.clone(), file_blocks));
    }

    async fn start(&mut self, at: usize) {
        self.spawn(at, None);
        self.listens(at).await;
    }

    async fn listens(&mut self, at: usize) {
        let began = Instant::now();
        while !self.collectors[at].0.as_mut().is_some_and(Collector::listens) {
            assert!(began.elapsed() < EVER, "{}: a collector does not start\n{}", self.told(), self.log());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn kill(&mut self, at: usize) {
        // Dropping it is SIGKILL.
        self.collectors[at].0 = None;
    }

    /// Strikes so many times, in an order drawn by lot, each time at a moment drawn by lot.
    async fn rage(&mut self, blows: &[(Blow, usize)]) {
        let mut blows: Vec<Blow> = blows.iter().flat_map(|(blow, times)| vec![*blow; *times]).collect();
        self.rng.shuffle(&mut blows);
        for (n, blow) in blows.into_iter().enumerate() {
            // Some work between two blows; the moment within it is anyone's guess.
            let some = self.rng.u64(1..60);
            self.until_acknowledged(some).await;
            tokio::time::sleep(Duration::from_micros(self.rng.u64(0..8000))).await;
            self.strike(blow).await;
            *self.kills.entry(blow).or_default() += 1;
            if n % 20 == 0 {
                self.compare().await;
            }
        }
        self.until_acknowledged(20).await;
    }

    async fn strike(&mut self, blow: Blow) {
        let at = self.rng.usize(0..self.collectors.len());
        match blow {
            Blow::Collector => {
                self.kill(at);
                self.start(at).await;
            }
            Blow::Start => {
                self.kill(at);
                self.spawn(at, None);
                tokio::time::sleep(Duration::from_micros(self.rng.u64(0..40_000))).await;
                self.kill(at);
                self.start(at).await;
            }
            Blow::FullDisk => {
                self.kill(at);
                let largest = ["kept.sqlite", "kept.sqlite-wal"]
                    .map(|name| std::fs::metadata(self.bench.path(name)).map_or(0, |file| file.len()));
                // In blocks of 512 bytes.
                let room = largest.into_iter().max().unwrap_or(0) / 512 + self.rng.u64(64..512);
                self.spawn(at, Some(room));
                self.listens(at).await;
                let refused = self.truth.refused() + self.rng.u64(1..20);
                self.until("a full disk refuses", |truth| truth.refused() >= refused).await;
                self.kill(at);
                self.start(at).await;
            }
            Blow::Server => {
                let server = self.server.as_ref().unwrap();
                server.does(&["stop", "-m", "immediate"]).await;
                let refused = self.truth.refused() + self.rng.u64(0..10);
                // A cut network may bring no answer at all.
                if self.proxies.is_empty() {
                    self.until("a server that is away refuses", |truth| truth.refused() >= refused).await;
                }
                self.server.as_ref().unwrap().does(&["start"]).await;
            }
            Blow::Connections => self.server.as_ref().unwrap().end_connections().await,
        }
    }

    async fn until_acknowledged(&self, more: u64) {
        let before = self.truth.requests();
        self.until("something is stored", |truth| truth.requests() >= before + more).await;
    }

    async fn until(&self, what: &str, holds: impl Fn(&Truth) -> bool) {
        let began = Instant::now();
        while !holds(&self.truth) {
            let clients = self.clients.iter().filter(|client| !client.is_finished()).count();
            assert!(clients == 6, "{}: a client has given up; it says above why\n{}", self.told(), self.log());
            assert!(began.elapsed() < EVER, "{}: waited in vain until {what}\n{}", self.told(), self.log());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn open(&self) -> Arc<dyn Store> {
        let address = self.store.replace("sqlite:", &format!("sqlite:{}/", self.bench.path("").display()));
        open_store(&address.parse().unwrap(), Migrate::Never).await.unwrap()
    }

    /// While all goes on: nothing that was acknowledged until now is missing, nothing is there that nobody sent.
    async fn compare(&self) {
        let before = self.truth.now();
        let store = self.open().await;
        let loaded = store.attempts(Default::default()).await.unwrap();
        store.close().await;
        self.truth.compare(&before, &loaded, &self.told());
    }

    /// The storm is over: what clients left undone is compared first, then they send the rest and all is compared again.
    async fn settle(mut self) {
        self.proxies.iter().for_each(Proxy::calm_down);
        self.done.store(true, Ordering::Relaxed);
        let mut clients = vec![];
        for client in std::mem::take(&mut self.clients) {
            clients.push(client.await.unwrap());
        }
        self.compare().await;
        for mut client in clients {
            client.deliver_the_rest().await;
        }
        let attempts = self.truth.all_are_acknowledged();
        self.compare().await;
        for at in 0..self.collectors.len() {
            assert!(self.collectors[at].0.take().unwrap().ends_gracefully(), "{}", self.told());
        }
        let report = self.bench.svar(&["report", "--format", "json", "--store", &self.store]).done();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["attempts"]["total"], attempts, "{}: the report counts each once", self.told());

        let mut kills: Vec<String> = self.kills.iter().map(|(blow, n)| format!("{n} {}", blow.name())).collect();
        let cuts: usize = self.proxies.iter().map(Proxy::cuts).sum();
        if cuts > 0 {
            kills.push(format!("{cuts} of a connection"));
        }
        let sum = self.kills.values().sum::<usize>() + cuts;
        let again = self.truth.repeated();
        assert!(again > 0, "{}: nothing came twice, so nothing was tried", self.told());
        // Not by `println!`, which is heard only when a test fails.
        let line = format!(
            "crash: {sum} kills ({}); {attempts} attempts, {} requests acknowledged, {again} repeated, none lost, none doubled; {}\n",
            kills.join(", "),
            self.truth.requests(),
            self.told()
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }

    fn told(&self) -> String {
        format!("{}, SVAR_SEED={}", self.name, self.seed)
    }

    /// The last words of collectors.
    fn log(&self) -> String {
        self.collectors.iter().filter_map(|(collector, _)| Some(collector.as_ref()?.log())).collect()
    }
}
