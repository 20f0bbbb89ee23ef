//! The door that attempts come in by.

use super::*;
use axum::body::Bytes;
use serde_json::json;
use std::time::Duration;
use svar_collector::Filter;

const PATH: &str = "/svar/v1/attempts";

async fn post(house: &House, body: impl Into<Body>) -> Answer {
    house.ask(request("POST", PATH, &[BATCH], body)).await
}

#[tokio::test]
async fn an_attempt_is_stored_once_whatever_comes_when() {
    let house = House::new(|_| {}).await;
    for seq in [2, 1, 3, 3, 2] {
        let answer = post(&house, batch([Attempt { seq, ..attempt("a") }])).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        assert_eq!(answer.json(), json!({"accepted": 1, "rejected": []}));
    }
    let stored = house.attempts().await;
    assert_eq!(stored.iter().map(|s| s.attempt.seq).collect::<Vec<_>>(), [3]);
    assert!(stored[0].first_received_ms < stored[0].last_received_ms || stored.len() == 1);
}

#[tokio::test]
async fn every_media_type_that_the_widget_uses() {
    let house = House::new(|_| {}).await;
    for (at, media_type) in [
        "application/cloudevents-batch+json",
        "application/cloudevents-batch+json; charset=utf-8",
        "application/json",
        "text/plain;charset=UTF-8",
        "Text/Plain",
    ]
    .into_iter()
    .enumerate()
    {
        let body = batch([attempt(&format!("type{at}x"))]);
        let answer = house.ask(request("POST", PATH, &[("content-type", media_type)], body)).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{media_type}: {}", answer.text());
    }
    let single = event(attempt("single")).to_string();
    let answer = house.ask(request("POST", PATH, &[("content-type", "application/cloudevents+json")], single)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(house.attempts().await.len(), 6);
}

#[tokio::test]
async fn a_mixed_batch_keeps_what_is_good() {
    let house = House::new(|_| {}).await;
    let mut wrong = event(attempt("wrong"));
    wrong["data"]["email"] = json!("anna@example.se");
    let mut newer = event(attempt("newer"));
    newer["type"] = json!("svar.attempt.v2");
    let body = json!([event(attempt("a")), wrong, newer, "text", event(attempt("b"))]);
    let answer = post(&house, body.to_string()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let answer = answer.json();
    assert_eq!(answer["accepted"], 2);
    assert_eq!(answer["set_aside"], 1);
    assert_eq!(answer["rejected"][0]["index"], 1);
    assert_eq!(answer["rejected"][1]["index"], 3);
    assert!(answer["rejected"][0]["reason"].as_str().unwrap().contains("unknown field `email`"));
    assert_eq!(house.attempts().await.len(), 2);
    let intake = house.store.intake(Filter::default()).await.unwrap();
    assert_eq!((intake.rejected.get("schema"), intake.set_aside["svar.attempt.v2"]), (Some(&2), 1));
}

#[tokio::test]
async fn a_batch_with_nothing_good_in_it() {
    let house = House::new(|_| {}).await;
    let answer = post(&house, "[{}, 7]").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["accepted"], 0);
    assert_eq!(answer.json()["rejected"].as_array().unwrap().len(), 2);
    let answer = post(&house, "<xml/>").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["error"].as_str().unwrap().contains("expected JSON"));
    let answer = post(&house, "[]").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "an empty batch is a batch");
    assert_eq!(house.store.intake(Filter::default()).await.unwrap().rejected.values().sum::<u64>(), 3);
}

#[tokio::test]
async fn too_large_too_many_too_deep() {
    let house = House::new(|_| {}).await;
    let large = format!("[\"{}\"]", "x".repeat(60_000));
    let answer = post(&house, large.clone()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.json()["error"].as_str().unwrap().contains("at most 60000 bytes, found 60004"), "{}", answer.text());
    let body = format!("[{}]", vec!["{}"; 51].join(","));
    assert!(post(&house, body).await.json()["error"].as_str().unwrap().contains("51 events"));
    let answer = post(&house, format!("{}{}", "[".repeat(20_000), "]".repeat(20_000))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["error"].as_str().unwrap().contains("at most 32"), "{}", answer.text());
    // Fifty whole events fit.
    let attempts = (0..50).map(|n| attempt(&format!("fits{n}x")));
    assert_eq!(post(&house, batch(attempts)).await.json()["accepted"], 50);
}

#[tokio::test]
async fn other_methods_and_types_say_what_to_do() {
    let house = House::new(|_| {}).await;
    for method in ["GET", "PUT", "DELETE"] {
        let answer = house.ask(request(method, PATH, &[], "")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.header("allow"), "POST, OPTIONS");
        assert!(answer.json()["error"].as_str().unwrap().contains("expected POST"));
    }
    for headers in
        [vec![("content-type", "application/x-www-form-urlencoded")], vec![], vec![BATCH, ("content-encoding", "gzip")]]
    {
        let answer = house.ask(request("POST", PATH, &headers, "[]")).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{headers:?}");
        assert!(answer.json()["error"].as_str().unwrap().starts_with("expected"), "{}", answer.text());
    }
}

#[tokio::test]
async fn origins_and_preflight() {
    let house = House::new(|options| options.allowed_origins = vec!["https://www.example.com".into()]).await;
    let body = || batch([attempt("a")]);
    let ask = |origin: &'static str| house.ask(request("POST", PATH, &[BATCH, ("origin", origin)], body()));

    let answer = ask("https://www.example.com").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.com");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("vary"), "origin");
    let answer = ask("https://help.example.com").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::ACCEPTED, ""));
    for wrong in ["https://evil.example", "null", "http://www.example.com"] {
        let answer = ask(wrong).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{wrong}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert!(answer.json()["error"].as_str().unwrap().contains(wrong));
    }

    let preflight = |origin: &'static str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        house.ask(request("OPTIONS", PATH, &headers, ""))
    };
    let answer = preflight("https://www.example.com").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.com");
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(answer.header("access-control-allow-headers"), "content-type");
    let answer = preflight("https://evil.example").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::FORBIDDEN, ""));
    assert_eq!(house.attempts().await.len(), 1);
}

#[tokio::test]
async fn a_refused_origin_can_still_read_nothing_but_an_allowed_one_reads_errors() {
    let house = House::new(|options| options.allowed_origins = vec!["https://www.example.com".into()]).await;
    let answer = house.ask(request("POST", PATH, &[("origin", "https://www.example.com")], "x")).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.com", "else the page sees no reason");
}

#[tokio::test]
async fn too_often() {
    let limits = Limits { burst: 3, per_second: 0.001, ..Limits::default() };
    let house = House::with_limits(limits, |_| {}).await;
    for _ in 0..3 {
        assert_eq!(post(&house, "[]").await.status, StatusCode::ACCEPTED);
    }
    let answer = post(&house, "[]").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((900..=1000).contains(&wait), "{wait}");
    assert!(answer.json()["error"].as_str().unwrap().contains("send again in"));

    // Another address is not held up, and an address cannot talk its way out.
    let mut other = request("POST", PATH, &[BATCH], "[]");
    other.extensions_mut().insert(ConnectInfo(SocketAddr::from(([198, 51, 100, 1], 1))));
    assert_eq!(house.ask(other).await.status, StatusCode::ACCEPTED);
    let lying = request("POST", PATH, &[BATCH, ("x-forwarded-for", "198.51.100.77")], "[]");
    assert_eq!(house.ask(lying).await.status, StatusCode::TOO_MANY_REQUESTS);
    // A proxy on this machine is believed, its last word only.
    for (forwarded, expected) in
        [("10.0.0.1, 192.0.2.1", 202), ("10.0.0.2, 192.0.2.1", 202), ("x, 192.0.2.1", 202), ("y, 192.0.2.1", 429)]
    {
        let mut proxied = request("POST", PATH, &[BATCH, ("x-forwarded-for", forwarded)], "[]");
        proxied.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        assert_eq!(house.ask(proxied).await.status, expected, "{forwarded}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_said_so() {
    let state = AppState::new(Arc::new(health::broken()), &options(Path::new("unused"))).unwrap();
    let router = router(state);
    let answer = ask(&router, request("POST", PATH, &[BATCH], batch([attempt("a")]))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "30");
    assert!(answer.json()["error"].as_str().unwrap().contains("nothing was kept"));
    assert_eq!(ask(&router, request("GET", "/svar/v1/health", &[], "")).await.status, StatusCode::SERVICE_UNAVAILABLE);

    // A real store that went away.
    let house = House::new(|_| {}).await;
    assert_eq!(house.get("/svar/v1/health").await.text(), "ok");
    house.store.close().await;
    assert_eq!(post(&house, batch([attempt("a")])).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.get("/svar/v1/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_slow_body_is_not_waited_for() {
    let limits = Limits { body_timeout: Duration::from_millis(20), ..Limits::default() };
    let house = House::with_limits(limits, |_| {}).await;
    // One chunk, and then nothing ever more.
    let body = Body::new(Dripping(Some(Bytes::from_static(b"["))));
    let answer = post(&house, body).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert!(answer.json()["error"].as_str().unwrap().contains("within 0.02 s"));
}

pub struct Dripping(pub Option<Bytes>);

impl axum::body::HttpBody for Dripping {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        match self.0.take() {
            Some(bytes) => std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(bytes)))),
            None => std::task::Poll::Pending,
        }
    }
}
