//! The whole house in one process: articles → bytes → search → session → attempt → collector → report.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use svar_collector::{AppState, Migrate, ReportOptions, ServeOptions, StoreAddress, open_store, report, router};
use svar_index::{IndexFile, Policy, write};
use svar_indexer::{SourceOptions, collect};
use svar_outcome::{Entry, Event, Solved, to_json};
use svar_session::{Config, Effect, Msg, Now, Screen, Session, Ticket};

/// A customer whose widget gets its files from memory.
struct Customer {
    session: Session,
    files: Vec<IndexFile>,
    now: Now,
    sent: Vec<Event>,
}

impl Customer {
    fn tell(&mut self, msg: Msg) {
        self.now.ms += 100;
        self.now.id += 1;
        let effects = self.session.update(msg, self.now);
        let mut wanted: Vec<(Ticket, String)> = Vec::new();
        for effect in effects {
            match effect {
                Effect::Fetch(ticket, name, _) => wanted.push((ticket, name)),
                Effect::Deliver(event) => self.sent.push(*event),
                Effect::Wait(..) | Effect::Focus(..) | Effect::Keep(_) => {}
            }
        }
        for (ticket, name) in wanted {
            let bytes: Arc<[u8]> = self.files.iter().find(|f| f.name == name).unwrap().bytes.clone().into();
            self.tell(Msg::Loaded(ticket, Ok(bytes)));
        }
    }

    /// Asks, opens the best article, reads, answers.
    fn asks(&mut self, question: &str, seconds: u64, answer: Option<Solved>) -> String {
        self.tell(Msg::Opened(Entry::Launcher));
        self.tell(Msg::Typed(question.into()));
        self.tell(Msg::Picked(0));
        let Screen::Article(article) = self.session.view().screen else { panic!("nothing to read for {question}") };
        self.now.ms += seconds * 1000;
        self.tell(Msg::Scrolled(100, true));
        answer.into_iter().for_each(|a| self.tell(Msg::Declared(a)));
        self.tell(Msg::NewIssue);
        self.tell(Msg::Closed);
        article.id.clone()
    }
}

#[tokio::test]
async fn from_a_folder_of_articles_to_a_report_on_outcomes() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/help");
    let collected = collect(&source, &SourceOptions::default()).unwrap();
    let public: Vec<_> = collected.articles.all().unwrap().into_iter().filter(|a| a.audience.is_empty()).collect();
    let per_language = |lang: &str| public.iter().filter(|a| a.lang == lang).count();
    assert!(per_language("sv") >= 30 && per_language("en") >= 30);

    // Once in one file, once cut into many: customers notice no difference.
    let mut opened = Vec::new();
    for policy in [
        Policy::default(),
        Policy {
            whole_bytes: 0,
            term_shard_bytes: 4_000,
            text_shard_bytes: 8_000,
            entries_per_shard: 5,
            inside_bytes: 50_000,
        },
    ] {
        let config = Config { lang: "sv".into(), version: "test".into(), ..Config::default() };
        let now = Now { ms: 1_795_445_104_000, id: 1 };
        let files = write(&public, &policy).unwrap();
        let mut customer = Customer { session: Session::new(config), files, now, sent: Vec::new() };
        let ids = [
            customer.asks("flyta förfalodag", 25, Some(Solved::Solved)),
            customer.asks("glömt lösenord", 40, Some(Solved::Solved)),
            customer.asks("E-104", 30, Some(Solved::NotSolved)),
            customer.asks("ersättning strömavbrott", 60, None),
        ];
        assert_eq!(ids[0], "invoice-due-date-extension");
        assert_eq!(ids[1], "forgotten-password");
        assert_eq!(ids[2], "router-error-codes");
        assert_eq!(ids[3], "outage-compensation");
        opened.push((ids, customer.sent));
    }
    assert_eq!(opened[0].0, opened[1].0);

    // The collector gets all of it twice and in the wrong order.
    let folder = tempfile::tempdir().unwrap();
    let store = StoreAddress::Sqlite(folder.path().join("attempts.sqlite"));
    let store = open_store(&store, Migrate::default()).await.unwrap();
    let options = ServeOptions::default();
    let app = router(AppState::new(store.clone(), &options).unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let events: Vec<String> = opened[0].1.iter().rev().map(|e| to_json(e).unwrap()).collect();
    for _ in 0..2 {
        let body = format!("[{}]", events.join(","));
        let answer = post(address, &body).await;
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }

    let report = report(&*store, &ReportOptions::default()).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let text = report.to_text();
    assert_eq!(json["attempts"]["total"], 4, "counted once, however often they came:\n{text}");
    assert_eq!((&json["declared"]["count"], &json["declared"]["n"]), (&2.into(), &3.into()), "{text}");
    let unsolved = json["unsolved_questions"]["first"].to_string();
    assert!(unsolved.contains("e-104"), "{unsolved}");
    assert!(text.contains("router-error-codes"), "{text}");
}

/// One request by hand: the test needs no HTTP client.
async fn post(address: std::net::SocketAddr, body: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /svar/v1/attempts HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/cloudevents-batch+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
