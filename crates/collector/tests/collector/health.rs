//! Alive, and ready to take events.

use super::*;
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use svar_collector::store::{Loaded, Page, Position, Restore};
use svar_collector::{Batch, Filter, Intake, Pruned, Put, StoreError};

/// A store that can be made to fail, as a full disk would: reading goes on.
#[derive(Default)]
struct Moody {
    fails: AtomicBool,
    broken: bool,
    panics: bool,
    writes: AtomicUsize,
}

#[async_trait]
impl Store for Moody {
    async fn put_batch(&self, batch: Batch) -> Result<Put, StoreError> {
        assert!(!self.panics, "in a test, on purpose");
        self.writes.fetch_add(1, Ordering::SeqCst);
        // An empty batch writes nothing, and a full disk lets it through.
        let fails = self.broken || self.fails.load(Ordering::SeqCst) && !batch.events.is_empty();
        if fails { Err(StoreError::Busy { waited_s: 5 }) } else { Ok(Put::default()) }
    }
    async fn attempts(&self, _: Filter) -> Result<Loaded, StoreError> {
        if self.broken { Err(StoreError::Closed) } else { Ok(Loaded::default()) }
    }
    async fn intake(&self, _: Filter) -> Result<Intake, StoreError> {
        if self.broken { Err(StoreError::Closed) } else { Ok(Intake::default()) }
    }
    async fn page(&self, _: &Position, _: u32) -> Result<Page, StoreError> {
        Err(StoreError::Closed)
    }
    async fn restore(&self, _: Restore) -> Result<u64, StoreError> {
        Err(StoreError::Closed)
    }
    async fn older(&self, _: i64) -> Result<Pruned, StoreError> {
        Err(StoreError::Closed)
    }
    async fn prune(&self, _: i64, _: u32) -> Result<Pruned, StoreError> {
        Err(StoreError::Closed)
    }
    async fn ping(&self) -> Result<(), StoreError> {
        if self.broken { Err(StoreError::Closed) } else { Ok(()) }
    }
    async fn close(&self) {}
}

/// A store that takes nothing and gives nothing.
pub fn broken() -> impl Store {
    Moody { broken: true, ..Moody::default() }
}

/// A store with a mistake in it.
pub fn panicking() -> impl Store {
    Moody { panics: true, ..Moody::default() }
}

const LIVE: &str = "/svar/v1/health/live";
const READY: &str = "/svar/v1/health/ready";

async fn status(router: &axum::Router, path: &str) -> u16 {
    ask(router, request("GET", path, &[], "")).await.status.as_u16()
}

#[tokio::test]
async fn alive_without_a_store_but_not_ready() {
    let broken = router(AppState::new(Arc::new(broken()), &options(Path::new("unused"))).unwrap());
    assert_eq!(status(&broken, LIVE).await, 200);
    assert_eq!(status(&broken, READY).await, 503);
    assert_eq!(status(&broken, "/svar/v1/health").await, 503);
    let house = House::new(|_| {}).await;
    for path in [LIVE, READY, "/svar/v1/health"] {
        let answer = house.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "ok"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(house.attempts().await.len(), 0, "asking leaves nothing behind");
    assert_eq!(house.store.intake(Filter::default()).await.unwrap(), Intake::default());
}

#[tokio::test]
async fn a_write_that_fails_makes_it_unready_until_one_succeeds() {
    let store = Arc::new(Moody::default());
    let router = router(AppState::new(store.clone(), &options(Path::new("unused"))).unwrap());
    let post = async || {
        ask(&router, request("POST", "/svar/v1/attempts", &[BATCH], batch([attempt("a")]))).await.status.as_u16()
    };
    assert_eq!(status(&router, READY).await, 200);
    store.fails.store(true, Ordering::SeqCst);
    assert_eq!(post().await, 503);
    assert_eq!((status(&router, READY).await, status(&router, LIVE).await), (503, 200));
    store.fails.store(false, Ordering::SeqCst);
    assert_eq!(post().await, 202);
    assert_eq!(status(&router, READY).await, 200);
}

#[tokio::test]
async fn asking_often_costs_the_store_little() {
    let store = Arc::new(Moody::default());
    let router = router(AppState::new(store.clone(), &options(Path::new("unused"))).unwrap());
    for _ in 0..100 {
        assert_eq!(status(&router, READY).await, 200);
    }
    assert!(store.writes.load(Ordering::SeqCst) <= 5, "one look a second");
}
