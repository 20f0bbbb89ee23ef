//! Numbers for a monitoring system: `GET /metrics`, guarded as the report is.
//!
//! The text is OpenMetrics 1.0, which Prometheus reads since 2.5; names and units follow Prometheus' conventions. The list
//! with the meaning of each is in `docs/collector.md`, and a test holds the two together. All of it counts from the start
//! of the process. No label comes from outside: routes, reasons and codes are fixed words, so that their number is bounded.

use crate::server::AppState;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Media type of OpenMetrics 1.0.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds: a commit on a good disk takes one to ten milliseconds, and a write that waits for a queue and for a lock gives
/// up after ten seconds.
const WRITE_BUCKETS_S: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The checks of [`crate::accept`].
const CHECKS: [&str; 10] =
    ["json", "batch", "specversion", "type", "schema", "id", "time", "limits", "alphabet", "privacy"];

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refusal {
    route: &'static str,
    reason: &'static str,
    status: u16,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

/// All that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    events: Family<Outcome, Counter>,
    rejected: Family<Reason, Counter>,
    flood: Counter,
    answers: Family<Answer, Counter>,
    refusals: Family<Refusal, Counter>,
    writes_waiting: Gauge,
    write_duration: Histogram,
    write_failures: Counter,
    pruned_attempts: Counter,
    /// Connections that are open now.
    pub(crate) connections_open: Gauge,
    /// Connections taken since the start.
    pub(crate) connections: Counter,
    connections_ended: Family<Reason, Counter>,
    /// Bytes read from connections.
    pub(crate) received: Counter,
    /// Bytes written to connections.
    pub(crate) sent: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("svar"),
            events: Family::default(),
            rejected: Family::default(),
            flood: Counter::default(),
            answers: Family::default(),
            refusals: Family::default(),
            writes_waiting: Gauge::default(),
            write_duration: Histogram::new(WRITE_BUCKETS_S),
            write_failures: Counter::default(),
            pruned_attempts: Counter::default(),
            connections_open: Gauge::default(),
            connections: Counter::default(),
            connections_ended: Family::default(),
            received: Counter::default(),
            sent: Counter::default(),
        };
        metrics.register();
        // What has not happened yet is 0 and not missing, so that a rise from nothing shows.
        for outcome in ["stored", "repeated", "set_aside"] {
            drop(metrics.events.get_or_create(&Outcome { outcome }));
        }
        for reason in CHECKS {
            drop(metrics.rejected.get_or_create(&Reason { reason }));
        }
        for reason in ["no_request", "stalled", "malformed", "share", "stopped"] {
            drop(metrics.connections_ended.get_or_create(&Reason { reason }));
        }
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("build", "Which svar this is", Info::new(Build { version: env!("CARGO_PKG_VERSION") }));
        registry.register("events", "Events taken, by what became of them", self.events.clone());
        registry.register("events_rejected", "Events refused, by the check that refused them", self.rejected.clone());
        registry.register("events_flood", "Events taken that are past the flood limit", self.flood.clone());
        registry.register("http_responses", "Answers, by route and status", self.answers.clone());
        registry.register("http_refusals", "Requests refused, by route, reason and status", self.refusals.clone());
        registry.register(
            "store_writes_waiting",
            "Batches handed to the store that it has not written yet",
            self.writes_waiting.clone(),
        );
        registry.register_with_unit(
            "store_write_duration",
            "From handing a batch to the store until it is written or refused, waiting included",
            Unit::Seconds,
            self.write_duration.clone(),
        );
        registry.register("store_write_failures", "Batches that the store refused", self.write_failures.clone());
        registry.register(
            "store_pruned_attempts",
            "Attempts removed for their age by this collector",
            self.pruned_attempts.clone(),
        );
        registry.register("connections_open", "Connections that are open", self.connections_open.clone());
        registry.register("connections", "Connections taken", self.connections.clone());
        registry.register("connections_ended", "Connections ended by us, by reason", self.connections_ended.clone());
        registry.register_with_unit(
            "network_received",
            "Bytes read from connections",
            Unit::Bytes,
            self.received.clone(),
        );
        registry.register_with_unit("network_sent", "Bytes written to connections", Unit::Bytes, self.sent.clone());
    }

    /// Events that came to `outcome`: stored, repeated or set_aside.
    pub(crate) fn events(&self, outcome: &'static str, n: u64) {
        self.events.get_or_create(&Outcome { outcome }).inc_by(n);
    }

    /// An event refused by the check `code`.
    pub(crate) fn rejected(&self, code: &'static str) {
        self.rejected.get_or_create(&Reason { reason: code }).inc();
    }

    /// Events past the flood limit.
    pub(crate) fn flood(&self, n: u64) {
        self.flood.inc_by(n);
    }

    /// A batch is handed to the store; it waits until what comes back is dropped.
    pub(crate) fn writing(&self) -> Writing {
        self.writes_waiting.inc();
        Writing(self.writes_waiting.clone())
    }

    /// A batch was written, or not, after `took`.
    pub(crate) fn written(&self, took: Duration, ok: bool) {
        self.write_duration.observe(took.as_secs_f64());
        if !ok {
            self.write_failures.inc();
        }
    }

    /// Attempts were removed for their age.
    pub(crate) fn pruned(&self, attempts: u64) {
        self.pruned_attempts.inc_by(attempts);
    }

    /// A connection that we ended for `reason`.
    pub(crate) fn connection_ended(&self, reason: &'static str) {
        self.connections_ended.get_or_create(&Reason { reason }).inc();
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Something that waits; dropping it, in whatever way, ends that.
pub(crate) struct Writing(Gauge);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Why a request was refused: one word of a fixed list, carried by the answer to [`count`].
#[derive(Debug, Clone, Copy)]
struct Refused(&'static str);

/// The answer, marked as a refusal for `reason`.
pub(crate) fn refused(reason: &'static str, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.extensions_mut().insert(Refused(reason));
    response
}

/// Counts every answer.
pub(crate) async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let route = route(request.uri().path());
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let metrics = state.metrics();
    metrics.answers.get_or_create(&Answer { route, status }).inc();
    let reason = match response.extensions_mut().remove::<Refused>() {
        Some(Refused(reason)) => reason,
        None if status == StatusCode::METHOD_NOT_ALLOWED => "method",
        None => return response,
    };
    metrics.refusals.get_or_create(&Refusal { route, reason, status }).inc();
    tracing::debug!(route, reason, status, "a request was refused");
    response
}

/// One of a fixed list, whatever is asked for.
fn route(path: &str) -> &'static str {
    match path {
        crate::ingest::PATH => "attempts",
        "/report" | "/report.json" | "/report.css" => "report",
        "/metrics" => "metrics",
        path if path.starts_with("/svar/v1/health") => "health",
        _ => "site",
    }
}

/// `GET /metrics`.
pub(crate) async fn metrics(State(state): State<AppState>) -> Response {
    match state.metrics().text() {
        Ok(text) => ([(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
