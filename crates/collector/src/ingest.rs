//! `POST /svar/v1/attempts`: the door that attempts come in by.
//!
//! | answer | when | body |
//! |---|---|---|
//! | 202 | at least one event is stored, durably (or the batch was empty) | `{"accepted":2,"rejected":[{"index":1,"reason":"…"}]}` |
//! | 400 | no event could be accepted | the same, or `{"error":"…"}` where the body could not be read at all |
//! | 403 | the page's origin is not on the list | `{"error":"…"}`, as in all below |
//! | 405 | another method | with `Allow` |
//! | 408 | the body took more than [`crate::Limits::body_timeout`] | |
//! | 413 | more than [`MAX_BATCH_BYTES`] | |
//! | 415 | another content type, or a compressed body | |
//! | 429 | too many requests from one address | with `Retry-After` |
//! | 503 | the store does not take it now; nothing is stored | with `Retry-After` |
//!
//! Sending the same again is always safe. `accepted` counts events that were stored before too.

use crate::accept::accept;
use crate::flood;
use crate::headers::CORP;
use crate::metrics::refused;
use crate::origin::Verdict;
use crate::peer::Peer;
use crate::server::AppState;
use crate::store::{Batch, Put, StoreError};
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::json;
use std::net::IpAddr;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use svar_outcome::event::MAX_BATCH_BYTES;

/// The path that events are sent to.
pub const PATH: &str = "/svar/v1/attempts";

const MEDIA_TYPES: [&str; 4] =
    [svar_outcome::event::BATCH_MEDIA_TYPE, "application/cloudevents+json", "application/json", "text/plain"];

/// Bytes of a body that is too large which are read and thrown away, so that the sender hears why instead of a reset
/// connection.
const DRAIN_BYTES: usize = 1_000_000;

/// Seconds after which a sender may try a failing store again.
const RETRY_AFTER_S: u64 = 30;

#[derive(Serialize)]
struct Answer {
    accepted: usize,
    rejected: Vec<Rejected>,
    /// Of a newer version: kept for a later program, not counted.
    #[serde(skip_serializing_if = "is_zero")]
    set_aside: usize,
}

#[derive(Serialize)]
struct Rejected {
    index: usize,
    reason: String,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// The handler, for every method.
pub async fn attempts(State(state): State<AppState>, peer: Peer, request: Request) -> Response {
    let verdict = state.origins().judge(request.headers());
    let mut response = match (&verdict, request.method()) {
        (Verdict::Refused(origin), _) => refused(
            "origin",
            refuse(
                StatusCode::FORBIDDEN,
                format!(
                    "expected a page of this host or of an allowed origin, found {origin}; \
                     allow it when starting `svar serve`, or send from another page"
                ),
            ),
        ),
        (_, &Method::OPTIONS) => preflight(),
        (_, &Method::POST) => post(&state, peer, request).await,
        (_, method) => {
            let mut response = refuse(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("expected POST with a batch of events, found {method}; the report is at /report"),
            );
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
            response
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A beacon of a page elsewhere is no CORS request; what it is answered nobody reads.
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    if let Verdict::Allowed(origin) = verdict {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    }
    response
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    // A day; browsers cap it at two hours (Chromium) or a day (Firefox).
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

async fn post(state: &AppState, peer: Peer, request: Request) -> Response {
    let sender = state.sender(peer, request.headers());
    if let Err(wait_s) = state.rate().take(sender, Instant::now()) {
        let text =
            format!("too many requests from one address; send again in {wait_s} s, several attempts in one batch");
        return retry(refused("rate", refuse(StatusCode::TOO_MANY_REQUESTS, text)), wait_s);
    }
    if let Some(response) = wrong_type(request.headers()) {
        return response;
    }
    let body = match tokio::time::timeout(state.limits().body_timeout, read(request.into_body())).await {
        Ok(Ok(body)) => body,
        Ok(Err(response)) => return response,
        Err(_) => {
            let seconds = state.limits().body_timeout.as_secs_f64();
            let text = format!(
                "expected the whole body within {seconds} s; send again, with fewer events if the network is slow"
            );
            return refused("slow", refuse(StatusCode::REQUEST_TIMEOUT, text));
        }
    };
    let mut accepted = accept(&body, now_ms());
    let flood = mark_flood(state, sender, &mut accepted.batch);
    let answer = Answer {
        accepted: accepted.batch.events.len(),
        set_aside: accepted.batch.set_aside.len(),
        rejected: accepted.refusals.into_iter().map(|(index, reason)| Rejected { index, reason }).collect(),
    };
    let codes: Vec<&'static str> = accepted.batch.rejected.iter().map(|rejected| rejected.code).collect();
    match put(state, accepted.batch).await {
        Ok(put) => {
            let metrics = state.metrics();
            metrics.events("stored", put.stored);
            metrics.events("repeated", put.repeated);
            metrics.events("set_aside", answer.set_aside as u64);
            metrics.flood(flood);
            codes.iter().for_each(|code| metrics.rejected(code));
            tracing::debug!(stored = put.stored, repeated = put.repeated, rejected = codes.len(), "batch");
        }
        Err(error) => {
            tracing::error!(error = %chain(&error), "a batch could not be stored");
            let text = format!(
                "the store does not take events now and nothing was kept; send the same again in {RETRY_AFTER_S} s"
            );
            return retry(refused("store", refuse(StatusCode::SERVICE_UNAVAILABLE, text)), RETRY_AFTER_S);
        }
    }
    if let Some(reason) = accepted.unreadable {
        return refused("unreadable", refuse(StatusCode::BAD_REQUEST, reason));
    }
    let nothing = answer.accepted == 0 && answer.set_aside == 0 && !answer.rejected.is_empty();
    if nothing {
        return refused("no_good_event", (StatusCode::BAD_REQUEST, Json(answer)));
    }
    (StatusCode::ACCEPTED, Json(answer)).into_response()
}

/// Marks what is past the flood limit of its sender; returns how many events that are. Whoever sends does not hear of it.
fn mark_flood(state: &AppState, sender: IpAddr, batch: &mut Batch) -> u64 {
    let Some(table) = state.flood(sender) else { return 0 };
    let now = Instant::now();
    let judge = |attempt: &str| {
        let verdict = table.judge(sender, attempt, now);
        if verdict == flood::Verdict::Begins {
            tracing::warn!(
                "more attempts from one address than people make: what follows is kept out of the figures until an hour has \
                 passed without (--flood, --flood-exempt)"
            );
        }
        verdict != flood::Verdict::Within
    };
    let mut marked = 0;
    for event in &mut batch.events {
        event.flood = judge(&event.attempt.attempt);
        marked += u64::from(event.flood);
    }
    for event in &mut batch.set_aside {
        event.flood = judge(event.attempt());
        marked += u64::from(event.flood);
    }
    marked
}

/// Stores a batch, and tells metrics and health how that went.
async fn put(state: &AppState, batch: Batch) -> Result<Put, StoreError> {
    let began = Instant::now();
    let writing = state.metrics().writing();
    let put = state.store().put_batch(batch).await;
    drop(writing);
    let now = Instant::now();
    state.metrics().written(now - began, put.is_ok());
    state.health().written(put.is_ok(), now);
    put
}

fn wrong_type(headers: &HeaderMap) -> Option<Response> {
    let found = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("none");
    let media_type = found.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let printable = |text: &str| text.chars().filter(|c| !c.is_control()).take(100).collect::<String>();
    if !MEDIA_TYPES.contains(&media_type.as_str()) {
        let text = format!("expected content type {}, found {}", MEDIA_TYPES.join(", "), printable(found));
        return Some(refused("content_type", refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)));
    }
    let coding = headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("identity");
    if !coding.eq_ignore_ascii_case("identity") {
        let text = format!("expected a body that is not compressed, found content encoding {}", printable(coding));
        return Some(refused("content_encoding", refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)));
    }
    None
}

async fn read(mut body: Body) -> Result<Vec<u8>, Response> {
    let mut bytes = vec![];
    let mut seen = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            let text = "the body broke off; send the same again".into();
            return Err(refused("broken_off", refuse(StatusCode::BAD_REQUEST, text)));
        };
        let Some(data) = frame.data_ref() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= MAX_BATCH_BYTES {
            bytes.extend_from_slice(data);
        } else if seen > DRAIN_BYTES {
            break;
        }
    }
    if seen > MAX_BATCH_BYTES {
        let found = if seen > DRAIN_BYTES { format!("more than {DRAIN_BYTES}") } else { seen.to_string() };
        let text = format!("expected at most {MAX_BATCH_BYTES} bytes, found {found}; send fewer events in one request");
        return Err(refused("size", refuse(StatusCode::PAYLOAD_TOO_LARGE, text)));
    }
    Ok(bytes)
}

/// A refusal in words.
pub(crate) fn refuse(status: StatusCode, error: String) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// The same, to be tried again in `seconds`.
pub(crate) fn retry(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// An error and what caused it, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The collector's clock, milliseconds since 1970-01-01T00:00Z.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
