//! Where attempts are kept.
//!
//! A [`Store`] keeps, of each attempt, the state with the highest `seq`: states arrive late, twice and in any order, and
//! none of that changes a figure. What was refused is counted, with one example a day and reason; events of a newer
//! version than this program knows are set aside whole.
//!
//! | table | one row for | grows with |
//! |---|---|---|
//! | `attempts` | an attempt: its latest state | customers |
//! | `rejected` | a day and a reason: how many, the latest example (redacted, at most 2 kB) | days × reasons × starts |
//! | `tallies` | a day and a name: how many (`repeated`, `set_aside_only_counted`) | days × starts |
//! | `set_aside` | an attempt in the words of a newer widget, its latest state; or an event of a newer type | bounded by [`MAX_SET_ASIDE`] |
//!
//! What is stored depends on which events came in, and when, but not on their order: see `writer.rs`, which both stores
//! write through. In PostgreSQL the names start with `svar_`. The counts of the two middle tables are kept apart by
//! collector, under a random name for each start, and summed when read: collectors do not wait for each other, and a count
//! that is imported twice is known again.
//!
//! A store is read in [`Page`]s, row by row in the order of its keys, and [`Restore`]d in any order and as often as one
//! likes (`record.rs`): that is what export, import and `reread` are made of.
//!
//! To add a store: a file beside `sqlite.rs`, a variant of [`StoreAddress`], and the suite in `suite.rs` run over it.
//! Migrations are embedded in the code and recorded in `svar_schema`; a store made by a newer program is refused.

mod address;
mod postgres;
mod read;
mod record;
mod sqlite;
#[cfg(test)]
pub(crate) mod suite;
mod writer;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use svar_outcome::Attempt;
use svar_outcome::event::EVENT_TYPE;

pub use address::{PostgresAddress, StoreAddress};
pub use postgres::PostgresStore;
pub use record::{Page, Position, Record, Refusals, Restore, SetAside, Tally};
pub use sqlite::SqliteStore;

/// Most rows that are set aside; what comes later is only counted. Collectors that write at once may each pass it by one
/// commit's events. A hundred thousand attempts are some 200 MB, and weeks on a busy site.
#[cfg(not(test))]
pub const MAX_SET_ASIDE: i64 = 100_000;
/// So few that the suite can pass it.
#[cfg(test)]
pub(crate) const MAX_SET_ASIDE: i64 = 2_000;

/// Days for which refusals and tallies are kept.
pub const KEEP_REFUSALS_DAYS: i64 = 400;

/// The tally of events that came again or too late.
const REPEATED: &str = "repeated";
/// The tally of events of newer types past [`MAX_SET_ASIDE`].
const ONLY_COUNTED: &str = "set_aside_only_counted";

/// An event that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptedEvent {
    /// The attempt, redacted again.
    pub attempt: Attempt,
    /// When the customer's browser took the state, milliseconds since 1970-01-01T00:00Z. Where its clock was absurd,
    /// when it was received.
    pub event_time_ms: i64,
    /// The browser's clock disagreed with ours by more than [`crate::accept::MAX_AHEAD_MS`] or
    /// [`crate::accept::MAX_BEHIND_MS`].
    pub clock_skew: bool,
    /// It came past the flood limit of its sender: see [`crate::flood`].
    pub flood: bool,
}

/// An event that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedEvent {
    /// Which check refused it: one word from a fixed list, so that counts stay few.
    pub code: &'static str,
    /// In words, for the one who sends.
    pub reason: String,
    /// What was sent, redacted and cut to 2 kB.
    pub payload: String,
}

/// An event that a newer program will understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideEvent {
    /// Of our type in newer words: the attempt's id, and of each attempt the highest `seq` is kept. Of a newer type: the
    /// CloudEvents `id`, and `seq` is 0.
    pub id: String,
    /// See `id`.
    pub seq: i64,
    /// CloudEvents `type`, `svar.attempt.vN`.
    pub event_type: String,
    /// The whole event as JSON, its texts redacted.
    pub json: String,
    /// See [`AcceptedEvent::flood`].
    pub flood: bool,
}

impl SetAsideEvent {
    /// Which attempt it is of, as far as can be told: in a newer type too the event's id would be `ATTEMPT-SEQ`.
    pub(crate) fn attempt(&self) -> &str {
        match self.id.rsplit_once('-') {
            Some((attempt, _)) if self.event_type != EVENT_TYPE => attempt,
            _ => &self.id,
        }
    }
}

/// What one request brought, ready to be stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// When it came in, milliseconds since 1970-01-01T00:00Z.
    pub received_ms: i64,
    /// To be kept.
    pub events: Vec<AcceptedEvent>,
    /// To be counted.
    pub rejected: Vec<RejectedEvent>,
    /// To be kept apart.
    pub set_aside: Vec<SetAsideEvent>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Put {
    /// Events with a higher `seq` than what was stored of their attempt.
    pub stored: u64,
    /// Events whose `seq` was stored already, or overtaken. Where collectors write the same attempt at the same moment,
    /// each may count its event as stored; what is stored is one state all the same.
    pub repeated: u64,
}

/// An attempt as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredAttempt {
    /// Its latest state: of the highest `seq`, and should two states claim the same one, the later in the order of their
    /// JSON's bytes.
    #[serde(rename = "state")]
    pub attempt: Attempt,
    /// When the first event of it came in, milliseconds since 1970-01-01T00:00Z.
    pub first_received_ms: i64,
    /// When the latest state came in, for the first time.
    pub last_received_ms: i64,
    /// When the latest state was taken.
    pub event_time_ms: i64,
    /// See [`AcceptedEvent::clock_skew`].
    pub clock_skew: bool,
    /// All that came of it came past the flood limit: left out of every figure.
    #[serde(default)]
    pub flood: bool,
}

/// Which attempts to read, by the time of their latest state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// From this time on, milliseconds since 1970-01-01T00:00Z.
    pub since_ms: Option<i64>,
    /// Before this time.
    pub until_ms: Option<i64>,
}

/// What came in beside the attempts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Intake {
    /// Refused events by the check that refused them.
    pub rejected: BTreeMap<String, u64>,
    /// The latest of each.
    pub latest: BTreeMap<String, LatestRefusal>,
    /// Events that came again or too late to matter.
    pub repeated: u64,
    /// Attempts and events of a newer widget that are set aside, by type.
    pub set_aside: BTreeMap<String, u64>,
    /// Events of a newer widget past [`MAX_SET_ASIDE`], which are only counted.
    pub only_counted: u64,
}

/// The latest refusal by a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LatestRefusal {
    /// When it came in, milliseconds since 1970-01-01T00:00Z.
    pub received_ms: i64,
    /// Why it was refused, in words.
    pub reason: String,
}

impl Intake {
    /// Takes in what a collector refused on a day by one check.
    fn refused(&mut self, code: String, n: i64, latest: LatestRefusal) {
        *self.rejected.entry(code.clone()).or_default() += unsigned(n);
        let kept = self.latest.entry(code).or_default();
        *kept = std::mem::take(kept).max(latest);
    }

    /// Takes in a tally; names that this program does not know are left alone.
    fn tally(&mut self, name: &str, n: u64) {
        match name {
            REPEATED => self.repeated += n,
            ONLY_COUNTED => self.only_counted += n,
            _ => {}
        }
    }
}

/// The attempts that a filter lets through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// Oldest first.
    pub attempts: Vec<StoredAttempt>,
    /// Rows that are there and could not be read back: damaged, or written by another version of this program.
    pub unreadable: u64,
}

/// What was removed for its age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Attempts.
    pub attempts: u64,
    /// Rows that were set aside.
    pub set_aside: u64,
    /// Counts of refusals and others, of a day each.
    pub counts: u64,
}

impl Pruned {
    /// Nothing was.
    pub fn is_nothing(self) -> bool {
        self == Pruned::default()
    }
}

impl std::ops::AddAssign for Pruned {
    fn add_assign(&mut self, more: Pruned) {
        self.attempts += more.attempts;
        self.set_aside += more.set_aside;
        self.counts += more.counts;
    }
}

/// Why a store could not do what was asked. Cheap to clone: one failed commit may be the answer to many requests.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused, or is not there.
    #[error("the store failed while {doing}; {advice}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Where to look.
        advice: &'static str,
        /// The database's own words.
        #[source]
        source: Arc<sqlx::Error>,
    },
    /// It did not answer in time.
    #[error("the store did not answer within {waited_s} s while {doing}")]
    Silent {
        /// What was being done.
        doing: &'static str,
        /// Seconds waited.
        waited_s: u64,
    },
    /// More is coming in than the disk takes.
    #[error("the store is busy: its queue of writes has been full for {waited_s} s")]
    Busy {
        /// Seconds waited.
        waited_s: u64,
    },
    /// It was closed.
    #[error("the store is closed")]
    Closed,
    /// Made by a newer program.
    #[error(
        "the store has schema version {found}, this program knows up to {known}: run a newer svar, or name another store"
    )]
    Newer {
        /// Version found.
        found: i64,
        /// Latest version known.
        known: i64,
    },
    /// Made by an older program, and not to be changed by this one.
    #[error(
        "the store has schema version {found}, this program reads {known}: start `svar serve` of this version on it once, \
         which brings it up to date"
    )]
    Older {
        /// Version found; 0 where there are no tables of ours.
        found: i64,
        /// Version needed.
        known: i64,
    },
    /// An attempt could not be written as JSON.
    #[error("an attempt could not be written as JSON")]
    Json(#[source] Arc<serde_json::Error>),
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> StoreError {
        StoreError::Json(Arc::new(error))
    }
}

/// Keeps attempts. Everything in one [`Batch`] is stored, or nothing is; when `put_batch` comes back it survives a
/// power cut.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Stores a batch durably. The same event again changes nothing but a count.
    async fn put_batch(&self, batch: Batch) -> Result<Put, StoreError>;
    /// The attempts whose latest state lies in the filter's time, oldest first.
    async fn attempts(&self, filter: Filter) -> Result<Loaded, StoreError>;
    /// What came in beside them. Days count in UTC, so a filter within a day takes the whole day.
    async fn intake(&self, filter: Filter) -> Result<Intake, StoreError>;
    /// The next rows at `position`, at most `most` of one table, and where to go on.
    async fn page(&self, position: &Position, most: u32) -> Result<Page, StoreError>;
    /// Puts rows back, in one transaction. What stands already, or is overtaken by what stands, changes nothing and is not
    /// counted anywhere. Returns how many rows changed.
    async fn restore(&self, restore: Restore) -> Result<u64, StoreError>;
    /// How much [`Store::prune`] would remove in the end.
    async fn older(&self, before_ms: i64) -> Result<Pruned, StoreError>;
    /// Removes what is older, at most `most` rows of each table, in one short transaction: attempts by the time of their
    /// latest state, what was set aside by when it came in, counts by their day. Several may do so at once.
    async fn prune(&self, before_ms: i64, most: u32) -> Result<Pruned, StoreError>;
    /// Whether it answers.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Writes what is waiting and lets go of the database. Later calls fail.
    async fn close(&self);
}

/// Whether opening a store may make its tables and bring them up to date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Migrate {
    /// Yes, one collector at a time: PostgreSQL by an advisory lock, SQLite by its own.
    #[default]
    Locked,
    /// Yes, without an advisory lock, for databases that have none. The statements can be repeated, and are tried again
    /// where two collectors got in each other's way; better to start one first.
    Unlocked,
    /// No: the store must be there and of this program's version.
    Never,
}

/// Opens the store at an address.
///
/// # Errors
/// When it is not there or not ours, its folder is missing, the server cannot be reached or lets us not in, or a newer
/// svar made it. No error holds a password.
pub async fn open_store(address: &StoreAddress, migrate: Migrate) -> anyhow::Result<Arc<dyn Store>> {
    Ok(match address {
        StoreAddress::Sqlite(path) => Arc::new(SqliteStore::open(path, migrate).await?),
        StoreAddress::Postgres(address) => Arc::new(PostgresStore::open(address, migrate).await?),
    })
}

/// A random name for this start of a collector: it keeps its counts in rows of its own, which no other waits for.
pub(crate) fn collector_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    let random = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", random(), random())
}

/// Days since 1970-01-01, in UTC.
pub(crate) fn day(ms: i64) -> i64 {
    ms.div_euclid(86_400_000)
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
