//! The one writer of a store: a queue with an end, group commit, and what a group of requests comes to.
//!
//! ```text
//! put_batch ─► queue ─► Group: one row an attempt ─► Tables::put, one transaction ─► each request its answer
//! ```
//!
//! Because waiting for the disk dominates, requests that arrive during one commit share the next ([`MAX_GROUP`]). A
//! group is put together here, the same for every database: of each attempt the state that stands ([`Row::beats`]), of each
//! reason for a refusal one count. [`ON_CONFLICT`] says the same to the database about what is stored already, so that
//! it makes no difference which events met in a group, which came later and which another collector wrote. Putting rows
//! back and removing old ones waits in the same queue, so that a store has one that writes.
//!
//! What a database must do is [`Tables`]; this module never reads and knows no SQL dialect.

use super::{
    Batch, KEEP_REFUSALS_DAYS, Pruned, Put, Record, Refusals, Restore, SetAside, StoreError, StoredAttempt, Tally, day,
};
use async_trait::async_trait;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Most requests that share one commit. More would make the first of them wait for the last.
pub const MAX_GROUP: usize = 64;

/// Requests that may wait for the writer; beyond that they wait at the door for [`QUEUE_WAIT`].
const QUEUE: usize = 256;
const QUEUE_WAIT: Duration = Duration::from_secs(5);

macro_rules! wins {
    () => {
        "((excluded.seq, excluded.data) > (kept.seq, kept.data) \
          OR ((excluded.seq, excluded.data) = (kept.seq, kept.data) \
              AND (excluded.last_received_ms, excluded.event_time_ms, excluded.clock_skew) \
                < (kept.last_received_ms, kept.event_time_ms, kept.clock_skew)))"
    };
}

macro_rules! on_conflict {
    ($($column:literal)*) => {
        concat!(
            " ON CONFLICT (attempt) DO UPDATE SET ",
            $($column, " = CASE WHEN ", wins!(), " THEN excluded.", $column, " ELSE kept.", $column, " END, ",)*
            "first_received_ms = CASE WHEN excluded.first_received_ms < kept.first_received_ms \
                THEN excluded.first_received_ms ELSE kept.first_received_ms END, \
             flood = CASE WHEN excluded.flood < kept.flood THEN excluded.flood ELSE kept.flood END \
             WHERE excluded.first_received_ms < kept.first_received_ms OR excluded.flood < kept.flood OR ",
            wins!()
        )
    };
}

/// What ends the statement that inserts attempts `AS kept`: [`Row::beats`] in SQL, understood alike by SQLite and
/// PostgreSQL. Texts must compare by their bytes: SQLite's `BINARY`, PostgreSQL's `"C"`. Nothing is written where nothing
/// changes.
pub(super) const ON_CONFLICT: &str =
    on_conflict!("seq" "last_received_ms" "event_time_ms" "clock_skew" "class" "behaviour" "declared" "data");

/// The same for what is set aside: the highest `seq`, and of two with the same the one that came first.
pub(super) const ON_CONFLICT_SET_ASIDE: &str = " ON CONFLICT (id) DO UPDATE SET \
    seq = CASE WHEN excluded.seq > kept.seq THEN excluded.seq ELSE kept.seq END, \
    last_received_ms = CASE WHEN excluded.seq > kept.seq THEN excluded.last_received_ms ELSE kept.last_received_ms END, \
    event = CASE WHEN excluded.seq > kept.seq THEN excluded.event ELSE kept.event END, \
    received_ms = CASE WHEN excluded.received_ms < kept.received_ms THEN excluded.received_ms ELSE kept.received_ms END, \
    flood = CASE WHEN excluded.flood < kept.flood THEN excluded.flood ELSE kept.flood END \
 WHERE excluded.seq > kept.seq OR excluded.received_ms < kept.received_ms OR excluded.flood < kept.flood";

/// The same for refusals put back: of the same collector, day and check the larger count is the later one.
pub(super) const ON_CONFLICT_REFUSALS: &str = " ON CONFLICT (collector, day, code) DO UPDATE SET n = excluded.n, \
    last_received_ms = excluded.last_received_ms, reason = excluded.reason, payload = excluded.payload \
 WHERE excluded.n > kept.n";

/// The same for tallies.
pub(super) const ON_CONFLICT_TALLIES: &str =
    " ON CONFLICT (collector, day, name) DO UPDATE SET n = excluded.n WHERE excluded.n > kept.n";

/// An attempt as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub attempt: String,
    pub seq: i64,
    pub first_received_ms: i64,
    pub last_received_ms: i64,
    pub event_time_ms: i64,
    pub clock_skew: bool,
    pub flood: bool,
    pub class: String,
    pub behaviour: Option<String>,
    pub declared: Option<String>,
    /// The whole attempt as JSON.
    pub data: String,
}

impl Row {
    /// Whether this state stands rather than `other`: the higher `seq`; of the same `seq` with different content, which
    /// only a broken widget sends, the later in the order of bytes; of the very same state the one that came in first.
    fn beats(&self, other: &Row) -> bool {
        self.rank() > other.rank()
    }

    fn rank(&self) -> (i64, &str, Reverse<(i64, i64, bool)>) {
        (self.seq, &self.data, Reverse((self.last_received_ms, self.event_time_ms, self.clock_skew)))
    }

    /// What stands of this one and `other` of the same attempt: the better state, the first time that anything came in,
    /// and a flood only where all of it was.
    fn merge(&mut self, mut other: Row) {
        let first = self.first_received_ms.min(other.first_received_ms);
        let flood = self.flood && other.flood;
        if other.beats(self) {
            std::mem::swap(self, &mut other);
        }
        (self.first_received_ms, self.flood) = (first, flood);
    }
}

/// Refusals of a day by one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RejectedRow {
    pub n: i64,
    pub last_received_ms: i64,
    pub reason: String,
    pub payload: String,
}

/// One row an attempt, in the order of their ids.
fn merge(attempts: &mut BTreeMap<String, Row>, row: Row) {
    match attempts.get_mut(&row.attempt) {
        None => drop(attempts.insert(row.attempt.clone(), row)),
        Some(kept) => kept.merge(row),
    }
}

/// The same of what is set aside.
fn merge_set_aside(rows: &mut BTreeMap<String, SetAside>, mut row: SetAside) {
    match rows.get_mut(&row.id) {
        None => drop(rows.insert(row.id.clone(), row)),
        Some(kept) => {
            let first = kept.first_received_ms.min(row.first_received_ms);
            let flood = kept.flood && row.flood;
            if row.seq > kept.seq {
                std::mem::swap(kept, &mut row);
            }
            (kept.first_received_ms, kept.flood) = (first, flood);
        }
    }
}

/// The requests of one commit, put together.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// One an attempt, in the order of their ids: collectors that write at once lock rows in the same order.
    pub attempts: Vec<Row>,
    /// By day and check.
    pub rejected: BTreeMap<(i64, &'static str), RejectedRow>,
    /// By id.
    pub set_aside: BTreeMap<String, SetAside>,
    batches: Vec<Arrivals>,
}

/// What came in one batch: its day, and attempt and `seq` of its events in order.
#[derive(Debug)]
struct Arrivals {
    day: i64,
    events: Vec<(String, i64)>,
}

impl Group {
    /// Puts batches together.
    ///
    /// # Errors
    /// When an attempt cannot be written as JSON.
    pub fn of(batches: &[Batch]) -> Result<Group, StoreError> {
        let mut group = Group::default();
        let mut attempts: BTreeMap<String, Row> = BTreeMap::new();
        for batch in batches {
            let mut arrivals = Arrivals { day: day(batch.received_ms), events: Vec::with_capacity(batch.events.len()) };
            for event in &batch.events {
                let row = arrived(event, batch.received_ms)?;
                arrivals.events.push((row.attempt.clone(), row.seq));
                merge(&mut attempts, row);
            }
            for rejected in &batch.rejected {
                let row = RejectedRow {
                    n: 1,
                    last_received_ms: batch.received_ms,
                    reason: plain(&rejected.reason),
                    payload: plain(&rejected.payload),
                };
                group
                    .rejected
                    .entry((arrivals.day, rejected.code))
                    .and_modify(|kept| *kept = RejectedRow { n: kept.n + 1, ..row.clone() })
                    .or_insert(row);
            }
            for event in &batch.set_aside {
                let row = SetAside {
                    id: event.id.clone(),
                    seq: event.seq,
                    event_type: event.event_type.clone(),
                    first_received_ms: batch.received_ms,
                    last_received_ms: batch.received_ms,
                    event: plain(&event.json),
                    flood: event.flood,
                };
                merge_set_aside(&mut group.set_aside, row);
            }
            group.batches.push(arrivals);
        }
        group.attempts = attempts.into_values().collect();
        Ok(group)
    }

    /// What became of each batch, and the repeats of each day; `before` are the `seq`s that were stored before the group,
    /// by attempt.
    pub fn puts(&self, mut before: HashMap<String, i64>) -> (Vec<Put>, BTreeMap<i64, i64>) {
        let mut repeated = BTreeMap::new();
        let puts = self.batches.iter().map(|batch| {
            let mut put = Put::default();
            for (attempt, seq) in &batch.events {
                match before.get_mut(attempt) {
                    Some(stored) if *stored >= *seq => {
                        put.repeated += 1;
                        *repeated.entry(batch.day).or_default() += 1;
                    }
                    Some(stored) => {
                        *stored = *seq;
                        put.stored += 1;
                    }
                    None => {
                        before.insert(attempt.clone(), *seq);
                        put.stored += 1;
                    }
                }
            }
            put
        });
        let puts = puts.collect();
        (puts, repeated)
    }
}

/// Rows to be put back, put together as a group is: one an attempt, in order.
#[derive(Debug, Default)]
pub(super) struct Restoring {
    pub attempts: Vec<Row>,
    pub refusals: Vec<Refusals>,
    pub tallies: Vec<Tally>,
    pub set_aside: Vec<SetAside>,
    pub settled: Vec<(String, i64)>,
}

impl Restoring {
    /// # Errors
    /// When an attempt cannot be written as JSON.
    pub fn of(restore: Restore) -> Result<Restoring, StoreError> {
        let mut restoring = Restoring { settled: restore.settled, ..Restoring::default() };
        let (mut attempts, mut set_aside) = (BTreeMap::new(), BTreeMap::new());
        for record in restore.records {
            match record {
                Record::Attempt(stored) => merge(&mut attempts, row(&stored)?),
                Record::Refusals(row) => restoring.refusals.push(Refusals {
                    reason: plain(&row.reason),
                    payload: plain(&row.payload),
                    ..row
                }),
                Record::Tally(row) => restoring.tallies.push(row),
                Record::SetAside(row) => {
                    merge_set_aside(&mut set_aside, SetAside { event: plain(&row.event), ..row });
                }
            }
        }
        restoring.attempts = attempts.into_values().collect();
        restoring.set_aside = set_aside.into_values().collect();
        Ok(restoring)
    }
}

/// As an event comes in.
fn arrived(event: &super::AcceptedEvent, received_ms: i64) -> Result<Row, StoreError> {
    row(&StoredAttempt {
        attempt: event.attempt.clone(),
        first_received_ms: received_ms,
        last_received_ms: received_ms,
        event_time_ms: event.event_time_ms,
        clock_skew: event.clock_skew,
        flood: event.flood,
    })
}

fn row(stored: &StoredAttempt) -> Result<Row, StoreError> {
    let attempt = &stored.attempt;
    Ok(Row {
        attempt: attempt.attempt.clone(),
        seq: i64::from(attempt.seq),
        first_received_ms: stored.first_received_ms,
        last_received_ms: stored.last_received_ms,
        event_time_ms: stored.event_time_ms,
        clock_skew: stored.clock_skew,
        flood: stored.flood,
        class: word(&attempt.outcome.class)?,
        behaviour: attempt.outcome.behaviour.as_ref().map(word).transpose()?,
        declared: attempt.declared.as_ref().map(|declared| word(&declared.value)).transpose()?,
        data: serde_json::to_string(attempt)?,
    })
}

/// The wire word of an enum, `declared_solved`.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(match serde_json::to_value(value)? {
        serde_json::Value::String(word) => word,
        other => other.to_string(),
    })
}

/// Without U+0000, which PostgreSQL's texts cannot hold: a body that is no JSON may be full of it.
fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Why a group was not stored. Nothing of it was.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something in the group is not taken: alone, each batch gets its own chance and its own error.
    Content(StoreError),
    /// Nothing is taken now, whatever it holds.
    Store(StoreError),
}

/// The tables of one kind of database, as the writer needs them.
#[async_trait]
pub(super) trait Tables: Send + 'static {
    /// Stores a group in one transaction, durably, and says what became of each batch.
    async fn put(&mut self, group: &Group) -> Result<Vec<Put>, Failure>;
    /// Forgets refusals and tallies of days before this one.
    async fn forget(&mut self, before_day: i64) -> Result<(), StoreError>;
    /// See [`super::Store::restore`].
    async fn restore(&mut self, restoring: &Restoring) -> Result<u64, StoreError>;
    /// See [`super::Store::prune`].
    async fn prune(&mut self, before_ms: i64, most: u32) -> Result<Pruned, StoreError>;
    /// Lets go of the database.
    async fn close(self);
}

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

enum Job {
    Put(Batch, Answer<Put>),
    Upkeep(Upkeep),
    Close(oneshot::Sender<()>),
}

/// What is done between groups.
enum Upkeep {
    Restore(Restore, Answer<u64>),
    Prune { before_ms: i64, most: u32, answer: Answer<Pruned> },
}

impl Upkeep {
    async fn run(self, tables: &mut impl Tables) {
        match self {
            Upkeep::Restore(restore, answer) => {
                let done = match Restoring::of(restore) {
                    Ok(restoring) => tables.restore(&restoring).await,
                    Err(error) => Err(error),
                };
                drop(answer.send(done));
            }
            Upkeep::Prune { before_ms, most, answer } => drop(answer.send(tables.prune(before_ms, most).await)),
        }
    }

    fn fail(self, error: StoreError) {
        match self {
            Upkeep::Restore(_, answer) => drop(answer.send(Err(error))),
            Upkeep::Prune { answer, .. } => drop(answer.send(Err(error))),
        }
    }
}

/// The way to the writer.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the task that writes.
    pub fn start(tables: impl Tables) -> Writer {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(write(tables, waiting));
        Writer { jobs }
    }

    /// See [`super::Store::put_batch`].
    pub async fn put(&self, batch: Batch) -> Result<Put, StoreError> {
        self.ask(|answer| Job::Put(batch, answer)).await
    }

    /// See [`super::Store::restore`].
    pub async fn restore(&self, restore: Restore) -> Result<u64, StoreError> {
        self.ask(|answer| Job::Upkeep(Upkeep::Restore(restore, answer))).await
    }

    /// See [`super::Store::prune`].
    pub async fn prune(&self, before_ms: i64, most: u32) -> Result<Pruned, StoreError> {
        self.ask(|answer| Job::Upkeep(Upkeep::Prune { before_ms, most, answer })).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send_timeout(job(answer), QUEUE_WAIT).await.map_err(|error| match error {
            mpsc::error::SendTimeoutError::Timeout(_) => StoreError::Busy { waited_s: QUEUE_WAIT.as_secs() },
            mpsc::error::SendTimeoutError::Closed(_) => StoreError::Closed,
        })?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Whether it writes no more.
    pub fn is_closed(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Comes back when what is waiting is written and the database let go of.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Job::Close(done)).await.is_ok() {
            drop(closed.await);
        }
    }
}

/// Takes what is waiting, commits it together, answers each.
async fn write(mut tables: impl Tables, mut jobs: mpsc::Receiver<Job>) {
    let mut closing = None;
    let mut forgotten_on = None;
    while let Some(job) = jobs.recv().await {
        let mut batches = vec![];
        let mut answers = vec![];
        let mut upkeep = None;
        let mut next = Some(job);
        while let Some(job) = next.take() {
            match job {
                Job::Put(batch, answer) => {
                    batches.push(batch);
                    answers.push(answer);
                }
                Job::Upkeep(job) => {
                    // After those that came before it.
                    upkeep = Some(job);
                    break;
                }
                Job::Close(done) => {
                    jobs.close();
                    closing = Some(done);
                }
            }
            if batches.len() < MAX_GROUP {
                next = jobs.try_recv().ok();
            }
        }
        if batches.is_empty() {
            if let Some(upkeep) = upkeep {
                upkeep.run(&mut tables).await;
            }
            continue;
        }
        let today = batches.iter().map(|batch| day(batch.received_ms)).max();
        match put(&mut tables, &batches).await {
            Ok(puts) => answers.into_iter().zip(puts).for_each(|(answer, put)| drop(answer.send(Ok(put)))),
            Err(Failure::Content(_)) if batches.len() > 1 => {
                let mut gone = None;
                for (batch, answer) in batches.iter().zip(answers) {
                    let put = match &gone {
                        Some(error) => Err(StoreError::clone(error)),
                        None => match put(&mut tables, std::slice::from_ref(batch)).await {
                            Ok(puts) => Ok(puts.first().copied().unwrap_or_default()),
                            Err(Failure::Content(error)) => Err(error),
                            Err(Failure::Store(error)) => Err(gone.insert(error).clone()),
                        },
                    };
                    drop(answer.send(put));
                }
            }
            Err(Failure::Content(error)) => {
                answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone()))))
            }
            Err(Failure::Store(error)) => {
                // Those in line behind would wait as long for the same answer, and those behind them twice as long.
                while let Ok(job) = jobs.try_recv() {
                    match job {
                        Job::Put(_, answer) => answers.push(answer),
                        Job::Upkeep(job) => job.fail(error.clone()),
                        Job::Close(done) => {
                            jobs.close();
                            closing = Some(done);
                        }
                    }
                }
                answers.into_iter().for_each(|answer| drop(answer.send(Err(error.clone()))));
                if let Some(upkeep) = upkeep {
                    upkeep.fail(error);
                }
                continue;
            }
        }
        if let Some(upkeep) = upkeep {
            upkeep.run(&mut tables).await;
        }
        if let Some(today) = today.filter(|today| forgotten_on != Some(*today)) {
            // Once a day will do, and if it fails tomorrow is early enough.
            forgotten_on = Some(today);
            if let Err(error) = tables.forget(today.saturating_sub(KEEP_REFUSALS_DAYS)).await {
                tracing::warn!(error = %crate::ingest::chain(&error), "old refusals could not be forgotten");
            }
        }
    }
    tables.close().await;
    if let Some(done) = closing {
        done.send(()).ok();
    }
}

async fn put(tables: &mut impl Tables, batches: &[Batch]) -> Result<Vec<Put>, Failure> {
    tables.put(&Group::of(batches).map_err(Failure::Content)?).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RejectedEvent;
    use crate::testing::{accepted, attempt};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn state(name: &str, seq: u32, route: &str) -> super::super::AcceptedEvent {
        let mut state = attempt(name);
        state.seq = seq;
        state.page.route = route.into();
        accepted(state, 1)
    }

    fn batch(received_ms: i64, events: Vec<super::super::AcceptedEvent>) -> Batch {
        Batch { received_ms, events, ..Batch::default() }
    }

    #[test]
    fn a_group_has_one_row_an_attempt_in_order() {
        let batches = [
            batch(5, vec![state("b", 1, "/"), state("a", 3, "/")]),
            batch(4, vec![state("a", 2, "/"), state("b", 2, "/")]),
        ];
        let group = Group::of(&batches).unwrap();
        let rows: Vec<_> = group
            .attempts
            .iter()
            .map(|row| (&row.attempt[..1], row.seq, row.first_received_ms, row.last_received_ms))
            .collect();
        assert_eq!(rows, [("a", 3, 4, 5), ("b", 2, 4, 4)]);
        // `a` was stored with seq 2: its 3 is news, the 2 that comes after is not.
        let before = HashMap::from([(group.attempts[0].attempt.clone(), 2)]);
        let (puts, repeated) = group.puts(before);
        assert_eq!(puts, [Put { stored: 2, repeated: 0 }, Put { stored: 1, repeated: 1 }]);
        assert_eq!(repeated, BTreeMap::from([(0, 1)]));
    }

    #[test]
    fn refusals_are_counted_by_day_and_check() {
        let refused = |received_ms, payload: &str| Batch {
            received_ms,
            rejected: vec![RejectedEvent { code: "json", reason: "why".into(), payload: payload.into() }],
            ..Batch::default()
        };
        let group = Group::of(&[refused(1, "a"), refused(2, "b\0"), refused(86_400_000, "c")]).unwrap();
        let rows: Vec<_> = group.rejected.iter().map(|(key, row)| (*key, row.n, row.payload.as_str())).collect();
        assert_eq!(rows, [((0, "json"), 2, "b\u{fffd}"), ((1, "json"), 1, "c")]);
    }

    /// Refuses groups with the attempt `bad` in it, and everything while it is `gone`.
    struct Picky(Arc<AtomicBool>);

    #[async_trait]
    impl Tables for Picky {
        async fn put(&mut self, group: &Group) -> Result<Vec<Put>, Failure> {
            tokio::task::yield_now().await;
            if self.0.load(Ordering::Relaxed) {
                return Err(Failure::Store(StoreError::Busy { waited_s: 1 }));
            }
            if group.attempts.iter().any(|row| row.attempt.starts_with("bad")) {
                return Err(Failure::Content(StoreError::Busy { waited_s: 2 }));
            }
            Ok(group.puts(HashMap::new()).0)
        }
        async fn forget(&mut self, _: i64) -> Result<(), StoreError> {
            Ok(())
        }
        async fn restore(&mut self, _: &Restoring) -> Result<u64, StoreError> {
            Ok(0)
        }
        async fn prune(&mut self, _: i64, _: u32) -> Result<Pruned, StoreError> {
            Ok(Pruned::default())
        }
        async fn close(self) {}
    }

    #[tokio::test]
    async fn one_that_is_not_taken_costs_no_other() {
        let gone = Arc::new(AtomicBool::new(false));
        let writer = Writer::start(Picky(gone.clone()));
        let one = |name| batch(1, vec![state(name, 1, "/")]);
        let (a, bad, b) = tokio::join!(writer.put(one("a")), writer.put(one("bad")), writer.put(one("b")));
        assert_eq!((a.unwrap().stored, b.unwrap().stored), (1, 1));
        assert!(matches!(bad, Err(StoreError::Busy { waited_s: 2 })), "{bad:?}");
        gone.store(true, Ordering::Relaxed);
        let (a, b) = tokio::join!(writer.put(one("a")), writer.put(one("b")));
        assert!(matches!((&a, &b), (Err(StoreError::Busy { waited_s: 1 }), Err(StoreError::Busy { waited_s: 1 }))));
        gone.store(false, Ordering::Relaxed);
        assert_eq!(writer.put(one("a")).await.unwrap().stored, 1);
        writer.close().await;
        assert!(writer.is_closed());
        assert!(matches!(writer.put(one("a")).await, Err(StoreError::Closed)));
    }
}
