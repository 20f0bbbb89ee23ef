//! Attempts for tests.

use crate::store::AcceptedEvent;
use svar_outcome::{Attempt, Event};

/// An attempt whose id is `name`, filled up to sixteen characters.
pub(crate) fn attempt(name: &str) -> Attempt {
    Attempt { attempt: format!("{name:x<16}"), seq: 1, ..Attempt::default() }
}

/// As it is stored.
pub(crate) fn accepted(attempt: Attempt, event_time_ms: i64) -> AcceptedEvent {
    AcceptedEvent { attempt, event_time_ms, clock_skew: false, flood: false }
}

/// As it comes in.
pub(crate) fn event(attempt: Attempt, ms: u64) -> serde_json::Value {
    serde_json::to_value(Event::new(attempt, ms)).unwrap()
}

/// The PostgreSQL server that `cargo xtask test` starts for the tests; none, and a word about it, outside of that.
pub(crate) fn postgres() -> Option<String> {
    let server = std::env::var("SVAR_TEST_POSTGRES").ok();
    if server.is_none() {
        use std::io::Write as _;
        // Not by `eprintln!`, which is heard only when a test fails.
        let _ = writeln!(
            std::io::stderr(),
            "skipped, no PostgreSQL: `cargo xtask test --only native` starts one for the tests"
        );
    }
    server
}
