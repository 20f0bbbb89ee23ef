//! Looking again at what was set aside: a newer program understands what an older one did not.
//!
//! `svar serve` does so when it starts, `svar store import` at its end, `svar store reread` when told to. What is understood
//! becomes attempts by the same rules as ever (the highest `seq` stands), as of the time it came in; what turns out to be no
//! good is counted among the refusals; what is still not understood stays where it is. Each row moves in one transaction, so
//! that an attempt is counted once, whatever happens and however many programs do this at once. (Of refusals, two programs
//! that look at the very same moment may each count one.)

use crate::accept::{One, again};
use crate::store::{Position, Record, Refusals, Restore, Store, StoreError, StoredAttempt, collector_id, day};
use std::collections::BTreeMap;

/// Rows looked at and moved at a time.
const PAGE: u32 = 500;

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reread {
    /// Understood now, and put among the attempts.
    pub understood: u64,
    /// Refused now.
    pub refused: u64,
    /// Still set aside.
    pub left: u64,
}

/// Looks at everything that is set aside.
///
/// # Errors
/// When the store fails; what was moved until then is.
pub async fn reread(store: &dyn Store) -> Result<Reread, StoreError> {
    let mut done = Reread::default();
    let mut position = Position::SetAside(None);
    // Of one collector the larger count stands, so that these grow.
    let collector = collector_id();
    let mut refusals: BTreeMap<(i64, &'static str), Refusals> = BTreeMap::new();
    while position != Position::End {
        let page = store.page(&position, PAGE).await?;
        position = page.next;
        let mut restore = Restore::default();
        for record in page.records {
            let Record::SetAside(row) = record else { continue };
            match again(&row.event, row.last_received_ms) {
                Ok(One::SetAside(_)) => {
                    done.left += 1;
                    continue;
                }
                Ok(One::Event(event)) => {
                    done.understood += 1;
                    restore.records.push(Record::Attempt(Box::new(StoredAttempt {
                        attempt: event.attempt,
                        first_received_ms: row.first_received_ms,
                        last_received_ms: row.last_received_ms,
                        event_time_ms: event.event_time_ms,
                        clock_skew: event.clock_skew,
                        flood: row.flood,
                    })));
                }
                Err((code, reason)) => {
                    done.refused += 1;
                    let day = day(row.last_received_ms);
                    let n = refusals.get(&(day, code)).map_or(0, |kept| kept.n) + 1;
                    let payload = crate::accept::cut(&row.event);
                    let last_received_ms = row.last_received_ms;
                    let collector = collector.clone();
                    let counted = Refusals { collector, day, code: code.into(), n, last_received_ms, reason, payload };
                    restore.records.push(Record::Refusals(counted.clone()));
                    refusals.insert((day, code), counted);
                }
            }
            restore.settled.push((row.id, row.seq));
        }
        if !restore.settled.is_empty() {
            store.restore(restore).await?;
        }
    }
    Ok(done)
}

/// The same when a collector starts; what came of it is logged.
pub(crate) async fn at_start(store: &dyn Store) {
    match reread(store).await {
        Ok(done) if done == Reread::default() => {}
        Ok(Reread { understood, refused, left }) => {
            tracing::info!(understood, refused, left, "looked again at what was set aside of newer widgets");
        }
        Err(error) => {
            let error = crate::ingest::chain(&error);
            tracing::warn!(error, "what was set aside could not be looked at; `svar store reread` does so later");
        }
    }
}
