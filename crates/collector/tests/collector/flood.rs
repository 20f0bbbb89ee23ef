//! More from one sender than people make.

use super::*;
use svar_collector::{ReportOptions, Server, report};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const PATH: &str = svar_collector::ingest::PATH;

async fn house(limit: u32, change: impl FnOnce(&mut ServeOptions)) -> House {
    let limits = Limits { burst: 100_000, flood_per_hour: Some(limit), ..Limits::default() };
    House::with_limits(limits, change).await
}

/// Sends `attempts` from `address`, with `headers`.
async fn send(house: &House, address: &str, headers: &[(&str, &str)], attempts: Vec<Attempt>) {
    let headers = [&[BATCH], headers].concat();
    let answer = house.ask(from(address, request("POST", PATH, &headers, batch(attempts)))).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    // Who sends does not hear of it.
    assert!(!answer.text().contains("flood"), "{}", answer.text());
}

fn names(prefix: &str, n: std::ops::Range<u32>) -> Vec<Attempt> {
    n.map(|n| attempt(&format!("{prefix}{n}-"))).collect()
}

/// Of those whose id begins with `prefix`: how many are counted and how many are marked.
async fn marks(house: &House, prefix: &str) -> (usize, usize) {
    let attempts = house.attempts().await;
    let flood: Vec<bool> = attempts
        .iter()
        .filter(|stored| stored.attempt.attempt.starts_with(prefix))
        .map(|stored| stored.flood)
        .collect();
    (flood.iter().filter(|flood| !**flood).count(), flood.iter().filter(|flood| **flood).count())
}

#[tokio::test]
async fn what_is_past_the_limit_is_kept_and_marked() {
    let house = house(5, |options| {
        options.flood_exempt = vec!["198.51.100.0/24".parse().unwrap()];
        options.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
    })
    .await;
    send(&house, "203.0.113.9", &[], names("a", 0..9)).await;
    assert_eq!(marks(&house, "a").await, (5, 4));
    // Saying to be forwarded for others helps nobody who is not trusted.
    for n in 0..3 {
        let forwarded = format!("192.0.2.{n}");
        send(&house, "203.0.113.9", &[("x-forwarded-for", &forwarded)], names("b", n..n + 1)).await;
    }
    assert_eq!(marks(&house, "b").await, (0, 3));
    // Others are not touched: neighbours, customers of a balancer, networks that are exempt, a proxy that does not say whom.
    for (address, forwarded) in
        [("203.0.113.10", None), ("10.0.0.1", Some("192.0.2.1")), ("10.0.0.1", Some("192.0.2.2"))]
    {
        let headers: Vec<(&str, &str)> = forwarded.iter().map(|address| ("x-forwarded-for", *address)).collect();
        send(
            &house,
            address,
            &headers,
            names(&format!("c{address}{forwarded:?}").replace(|c: char| !c.is_ascii_alphanumeric(), ""), 0..5),
        )
        .await;
    }
    assert_eq!(marks(&house, "c").await, (15, 0));
    for address in ["198.51.100.77", "10.0.0.1", "127.0.0.1"] {
        send(&house, address, &[], names(&format!("d{}", address.replace('.', "")), 0..9)).await;
    }
    assert_eq!(marks(&house, "d").await, (27, 0));
    // The whole /64 is one.
    send(&house, "2001:db8::1", &[], names("e", 0..5)).await;
    send(&house, "2001:db8::2", &[], names("f", 0..5)).await;
    assert_eq!((marks(&house, "e").await, marks(&house, "f").await), ((5, 0), (0, 5)));
    let metrics = house.metrics().await;
    assert!(metrics.contains("svar_events_flood_total 12\n"), "{metrics}");

    // What goes on was counted and is; what comes by an honest way too is none of the flood.
    let mut on = names("a", 0..9);
    on.iter_mut().for_each(|state| state.seq = 2);
    send(&house, "203.0.113.9", &[], on).await;
    assert_eq!(marks(&house, "a").await, (5, 4));
    send(&house, "203.0.113.77", &[], names("a", 8..9)).await;
    assert_eq!(marks(&house, "a").await, (6, 3));

    // Set aside, they keep their mark.
    let mut newer = event(attempt("g"));
    (newer["type"], newer["id"]) = ("svar.attempt.v2".into(), "gxxxxxxxxxxxxxxx-1".into());
    let body = serde_json::json!([newer]).to_string();
    assert_eq!(house.ask(request("POST", PATH, &[BATCH], body)).await.status, StatusCode::ACCEPTED);
    let position = svar_collector::store::Position::SetAside(None);
    let page = house.store.page(&position, 9).await.unwrap();
    assert!(matches!(&page.records[..], [svar_collector::store::Record::SetAside(row)] if row.flood), "{page:?}");
}

#[tokio::test]
async fn without_a_limit_nothing_is_marked() {
    let limits = Limits { flood_per_hour: None, ..Limits::default() };
    let house = House::with_limits(limits, |_| {}).await;
    send(&house, "203.0.113.9", &[], names("a", 0..50)).await;
    assert_eq!(marks(&house, "a").await, (50, 0));
}

/// Over TCP, by way of a proxy on this machine: some thousands from one address, and two customers.
#[tokio::test]
async fn a_flood_over_the_wire_moves_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::bind(options(&folder.path().join("svar.sqlite"))).await.unwrap();
    let address = server.local_addr();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async move { drop(stopped.await) }));
    let send = async |client: &str, attempts: Vec<Attempt>| {
        let body = batch(attempts);
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: {address}\r\nX-Forwarded-For: {client}\r\nContent-Type: application/json\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    let solved = |mut state: Attempt, value| {
        state.declared = Some(svar_outcome::Declared { value, ..Default::default() });
        state.outcome.class = svar_outcome::Class::DeclaredSolved;
        state
    };
    for n in 0..80 {
        let flood = names("f", 50 * n..50 * (n + 1));
        let flood = flood.into_iter().map(|state| solved(state, svar_outcome::Solved::NotSolved)).collect();
        assert_eq!(send("203.0.113.66", flood).await, "202");
    }
    for n in 0..6 {
        let one = solved(attempt(&format!("c{n}-")), svar_outcome::Solved::Solved);
        assert_eq!(send(&format!("198.51.100.{n}"), vec![one]).await, "202");
    }
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    let store = open_store(&StoreAddress::Sqlite(folder.path().join("svar.sqlite")), Migrate::Never).await.unwrap();
    let report = report(&*store, &ReportOptions::default()).await.unwrap();
    // The limit's own worth is counted.
    assert_eq!((report.attempts.total, report.attempts.not_solved, report.attempts.solved), (1006, 1000, 6));
    assert_eq!(report.quality.excluded_flood, 3000);
}
