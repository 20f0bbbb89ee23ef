//! Whether the collector lives, and whether it takes events.
//!
//! | route | 200 while |
//! |---|---|
//! | `/svar/v1/health/live` | the process answers. If it does not, start it again |
//! | `/svar/v1/health/ready`, `/svar/v1/health` | the store takes writes. If it does not, send customers to another collector, or wait: starting again helps nothing when the disk is full |
//!
//! Ready means that the store answers, that an empty batch goes through its queue and its write lock within three seconds,
//! and that no write has failed in the last ten seconds without one that succeeded since: an empty batch does not notice
//! a full disk. What was found holds for a second, so that asking often costs the store nothing.

use crate::ingest::{chain, now_ms, refuse};
use crate::metrics::refused;
use crate::server::AppState;
use crate::store::{Batch, Store};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Load balancers give an answer a few seconds.
const PATIENCE: Duration = Duration::from_secs(3);
/// After this long without news a failed write is forgotten, so that events may try the store again.
const DOUBT: Duration = Duration::from_secs(10);
/// Several balancers that ask each second cost one look.
const HOLDS: Duration = Duration::from_secs(1);

/// What is known of the store.
#[derive(Debug, Default)]
pub(crate) struct Health {
    failed_at: Mutex<Option<Instant>>,
    /// When the store was last looked at, and whether it was well. Locked meanwhile, so that one looks and the others wait.
    seen: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

impl Health {
    /// A write came to an end at `now`.
    pub(crate) fn written(&self, ok: bool, now: Instant) {
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) = if ok { None } else { Some(now) };
    }

    fn is_in_doubt(&self, now: Instant) -> bool {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| now.saturating_duration_since(at) < DOUBT)
    }

    async fn is_ready(&self, store: &dyn Store) -> bool {
        if self.is_in_doubt(Instant::now()) {
            return false;
        }
        let mut seen = self.seen.lock().await;
        if let Some((at, well)) = *seen
            && at.elapsed() < HOLDS
        {
            return well;
        }
        let look = async {
            store.ping().await?;
            store.put_batch(Batch { received_ms: now_ms(), ..Batch::default() }).await
        };
        let well = match tokio::time::timeout(PATIENCE, look).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                tracing::error!(error = %chain(&error), "the store takes no writes");
                false
            }
            Err(_) => {
                tracing::error!(waited_s = PATIENCE.as_secs(), "the store takes no writes in time");
                false
            }
        };
        *seen = Some((Instant::now(), well));
        well
    }
}

/// The process answers.
pub(crate) async fn live() -> Response {
    no_store("ok".into_response())
}

/// The store takes writes.
pub(crate) async fn ready(State(state): State<AppState>) -> Response {
    no_store(if state.health().is_ready(state.store()).await {
        "ok".into_response()
    } else {
        let text = "the store takes no writes; why is in the log".to_owned();
        refused("store", refuse(StatusCode::SERVICE_UNAVAILABLE, text))
    })
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_is_held_against_the_store_for_a_while() {
        let (health, start) = (Health::default(), Instant::now());
        assert!(!health.is_in_doubt(start));
        health.written(false, start);
        assert!(health.is_in_doubt(start));
        assert!(health.is_in_doubt(start + DOUBT - Duration::from_millis(1)));
        assert!(!health.is_in_doubt(start + DOUBT));
        health.written(true, start);
        assert!(!health.is_in_doubt(start), "one that succeeds clears it");
    }
}
