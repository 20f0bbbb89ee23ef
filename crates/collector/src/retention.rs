//! Forgetting what is old: in short transactions of 500 rows, so that nobody who writes waits for long.
//!
//! Several collectors on one database may do so at once: each takes rows that no other has taken, and stops when it finds
//! none.

use crate::metrics::Metrics;
use crate::store::{Pruned, Store, StoreError};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// Most rows of a table that one transaction removes.
const AT_ONCE: u32 = 500;
/// Between two rounds of a collector, more or less.
const EVERY: Duration = Duration::from_secs(3600);
/// Between two transactions of a round, more or less: 500 rows each half second are forty million a day.
const PAUSE: Duration = Duration::from_millis(500);

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// Removes all that is older than `before_ms`, as fast as the store takes it; `removed` hears of each transaction.
///
/// # Errors
/// When the store fails; what was removed until then is.
pub async fn prune(store: &dyn Store, before_ms: i64, mut removed: impl FnMut(Pruned)) -> Result<Pruned, StoreError> {
    sweep(store, before_ms, || Duration::ZERO, &mut removed).await
}

async fn sweep(
    store: &dyn Store,
    before_ms: i64,
    pause: impl Fn() -> Duration,
    removed: &mut impl FnMut(Pruned),
) -> Result<Pruned, StoreError> {
    let mut total = Pruned::default();
    loop {
        let pruned = store.prune(before_ms, AT_ONCE).await?;
        if pruned.is_nothing() {
            return Ok(total);
        }
        total += pruned;
        removed(pruned);
        tokio::time::sleep(pause()).await;
    }
}

/// Half of `time` to one and a half: collectors that started together do not go on together.
fn about(time: Duration) -> Duration {
    let share = RandomState::new().hash_one(0) % 1000;
    time / 2 + time.mul_f64(share as f64 / 1000.0)
}

/// Keeps what is at most `days` old and removes the rest, now and about once an hour, for ever.
pub(crate) async fn keep(store: Arc<dyn Store>, days: u32, metrics: &Metrics) {
    loop {
        let before_ms = crate::ingest::now_ms().saturating_sub(i64::from(days) * DAY_MS);
        let mut removed = |pruned: Pruned| metrics.pruned(pruned.attempts);
        match sweep(&*store, before_ms, || about(PAUSE), &mut removed).await {
            Ok(pruned) if pruned.is_nothing() => {}
            Ok(Pruned { attempts, set_aside, counts }) => {
                tracing::info!(attempts, set_aside, counts, days, "removed what is older than it is to be kept");
            }
            Err(error) => {
                let error = crate::ingest::chain(&error);
                tracing::warn!(error, "what is old could not be removed; tried again in an hour");
            }
        }
        tokio::time::sleep(about(EVERY)).await;
    }
}
