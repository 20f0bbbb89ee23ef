//! What `/metrics` tells.

use super::*;
use std::collections::BTreeSet;
use std::time::Duration;

const PATH: &str = "/svar/v1/attempts";

/// The value of a sample, by its name with labels.
#[track_caller]
pub fn value(text: &str, sample: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in {text}")).parse().unwrap()
}

#[tokio::test]
async fn events_by_what_became_of_them() {
    let house = House::new(|_| {}).await;
    let text = house.metrics().await;
    assert_eq!(value(&text, r#"svar_events_total{outcome="stored"}"#), 0.0, "0 and not missing");
    assert_eq!(value(&text, r#"svar_events_rejected_total{reason="schema"}"#), 0.0);
    let mut newer = event(attempt("newer"));
    newer["type"] = "svar.attempt.v2".into();
    let mixed = serde_json::json!([event(attempt("a")), event(attempt("b")), newer, {"specversion": "2.0"}, 7]);
    for body in [mixed.to_string(), batch([attempt("a")]), "<xml/>".into()] {
        house.ask(request("POST", PATH, &[BATCH], body)).await;
    }
    let text = house.metrics().await;
    for (sample, expected) in [
        (r#"svar_events_total{outcome="stored"}"#, 2.0),
        (r#"svar_events_total{outcome="repeated"}"#, 1.0),
        (r#"svar_events_total{outcome="set_aside"}"#, 1.0),
        (r#"svar_events_rejected_total{reason="specversion"}"#, 1.0),
        (r#"svar_events_rejected_total{reason="schema"}"#, 1.0),
        (r#"svar_events_rejected_total{reason="json"}"#, 1.0),
        (r#"svar_http_responses_total{route="attempts",status="202"}"#, 2.0),
        (r#"svar_http_responses_total{route="attempts",status="400"}"#, 1.0),
        (r#"svar_http_refusals_total{route="attempts",reason="unreadable",status="400"}"#, 1.0),
        ("svar_store_write_duration_seconds_count", 3.0),
        (r#"svar_store_write_duration_seconds_bucket{le="+Inf"}"#, 3.0),
        ("svar_store_write_failures_total", 0.0),
        ("svar_store_writes_waiting", 0.0),
        (r#"svar_build_info{version="0.1.0"}"#, 1.0),
    ] {
        assert_eq!(value(&text, sample), expected, "{sample}");
    }
    assert!(value(&text, "svar_store_write_duration_seconds_sum") > 0.0);
    assert!(text.ends_with("# EOF\n"));
    let answer = house.ask(local("/metrics")).await;
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn refusals_by_reason_and_status() {
    let limits = Limits { burst: 6, per_second: 0.001, body_timeout: Duration::from_millis(20), ..Limits::default() };
    let house = House::with_limits(limits, |_| {}).await;
    let slow = ingest::Dripping(Some(axum::body::Bytes::from_static(b"[")));
    for request in [
        request("POST", PATH, &[BATCH, ("origin", "https://evil.example")], "[]"),
        request("PUT", PATH, &[], "[]"),
        request("POST", PATH, &[], "[]"),
        request("POST", PATH, &[BATCH, ("content-encoding", "gzip")], "[]"),
        request("POST", PATH, &[BATCH], "x".repeat(60_001)),
        request("POST", PATH, &[BATCH], Body::new(slow)),
        request("POST", PATH, &[BATCH], "["),
        request("POST", PATH, &[BATCH], "[7]"),
        request("POST", PATH, &[BATCH], "[]"),
        request("POST", PATH, &[BATCH], "[]"),
        request("GET", "/report", &[], ""),
        request("GET", "/no/such/page", &[], ""),
        request("DELETE", "/", &[], ""),
    ] {
        house.ask(request).await;
    }
    house.ask(local("/report?since=soon")).await;
    let text = house.metrics().await;
    for (route, reason, status, times) in [
        ("attempts", "origin", 403, 1.0),
        ("attempts", "method", 405, 1.0),
        ("attempts", "content_type", 415, 1.0),
        ("attempts", "content_encoding", 415, 1.0),
        ("attempts", "size", 413, 1.0),
        ("attempts", "slow", 408, 1.0),
        ("attempts", "unreadable", 400, 1.0),
        ("attempts", "no_good_event", 400, 1.0),
        ("attempts", "rate", 429, 2.0),
        ("report", "login", 403, 1.0),
        ("report", "query", 400, 1.0),
        ("site", "method", 405, 1.0),
    ] {
        let sample = format!(r#"svar_http_refusals_total{{route="{route}",reason="{reason}",status="{status}"}}"#);
        assert_eq!(value(&text, &sample), times, "{sample}");
    }
    assert_eq!(value(&text, r#"svar_http_responses_total{route="site",status="404"}"#), 1.0);

    let broken = router(AppState::new(Arc::new(health::broken()), &options(Path::new("unused"))).unwrap());
    ask(&broken, request("POST", PATH, &[BATCH], batch([attempt("a")]))).await;
    let text = ask(&broken, local("/metrics")).await.text();
    assert_eq!(value(&text, "svar_store_write_failures_total"), 1.0);
    assert_eq!(value(&text, r#"svar_http_refusals_total{route="attempts",reason="store",status="503"}"#), 1.0);
    assert_eq!(value(&text, r#"svar_events_total{outcome="stored"}"#), 0.0, "what was not kept is not counted");
}

#[tokio::test]
async fn nothing_from_outside_becomes_a_label() {
    let house = House::new(|_| {}).await;
    for n in 0..50 {
        house.get(&format!("/marker-{n}?marker=1")).await;
        house.get(&format!("/svar/v1/health/marker-{n}")).await;
        house.ask(request("POST", PATH, &[BATCH, ("origin", "https://marker.example")], "[]")).await;
        house.ask(request("POST", PATH, &[BATCH], format!(r#"[{{"specversion":"marker-{n}"}}]"#))).await;
        house.ask(request(&format!("MARKER{n}"), "/marker", &[], "")).await;
    }
    let text = house.metrics().await;
    assert!(!text.to_lowercase().contains("marker"), "{text}");
    assert!(text.lines().count() < 150, "{}", text.lines().count());
}

/// Every metric that there is is in the documentation, and the other way round.
#[tokio::test]
async fn the_documented_list_is_the_list() {
    let documentation = include_str!("../../../../docs/collector.md");
    let house = House::new(|_| {}).await;
    // Families without a sample are left out, so there must have been an answer and a refusal.
    assert_eq!(house.get("/report").await.status, StatusCode::FORBIDDEN);
    let text = house.metrics().await;
    let told: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            let (name, kind) = line.strip_prefix("# TYPE ")?.split_once(' ')?;
            Some(match kind {
                "counter" => format!("{name}_total"),
                "info" => format!("{name}_info"),
                _ => name.to_owned(),
            })
        })
        .collect();
    let documented: BTreeSet<String> = documentation
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split(['`', '{']).next()?.to_owned()))
        .filter(|name| name.starts_with("svar_"))
        .collect();
    assert_eq!(told, documented);
    assert!(told.len() >= 13, "{told:?}");
}
