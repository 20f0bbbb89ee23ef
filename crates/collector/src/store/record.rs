//! The rows of a store, the same for every kind of database: what an export has a line each of.
//!
//! Reading goes through the tables in turn and through each by its primary key, `WHERE key > last ORDER BY key LIMIT n`:
//! no offset, no sorting beside the key's own index, and no lock. What is written meanwhile is in or not.

use super::StoredAttempt;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// An attempt as it stands.
    Attempt(Box<StoredAttempt>),
    /// What a collector refused on a day by one check.
    Refusals(Refusals),
    /// What a collector counted on a day.
    Tally(Tally),
    /// What waits for a newer program.
    SetAside(SetAside),
}

/// Events that a collector refused on a day by one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusals {
    /// Which collector, by the random name of one start. Of the same collector, day and code the larger count stands.
    pub collector: String,
    /// Days since 1970-01-01, in UTC.
    pub day: i64,
    /// The check that refused them.
    pub code: String,
    /// How many.
    pub n: i64,
    /// When the latest came in, milliseconds since 1970-01-01T00:00Z.
    pub last_received_ms: i64,
    /// Why it was refused, in words.
    pub reason: String,
    /// What it was, redacted and cut to 2 kB.
    pub payload: String,
}

/// Something that a collector counted on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// See [`Refusals::collector`].
    pub collector: String,
    /// Days since 1970-01-01, in UTC.
    pub day: i64,
    /// What.
    pub name: String,
    /// How many.
    pub n: i64,
}

/// What is set aside; see [`super::SetAsideEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// The attempt's id, or the event's.
    pub id: String,
    /// Of the highest, the one that is kept.
    pub seq: i64,
    /// CloudEvents `type`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When the first of it came in, milliseconds since 1970-01-01T00:00Z.
    pub first_received_ms: i64,
    /// When this one came in.
    pub last_received_ms: i64,
    /// The event as JSON.
    pub event: String,
    /// All of it came past the flood limit.
    #[serde(default)]
    pub flood: bool,
}

/// How far a store has been read: a table, and the key of the row read last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// By attempt.
    Attempts(Option<String>),
    /// By collector, day and code.
    Refusals(Option<(String, i64, String)>),
    /// By collector, day and name.
    Tallies(Option<(String, i64, String)>),
    /// By id.
    SetAside(Option<String>),
    /// There is no more.
    End,
}

impl Position {
    /// Before the first row.
    pub const START: Position = Position::Attempts(None);

    /// The next table.
    pub(super) fn over(&self) -> Position {
        match self {
            Position::Attempts(_) => Position::Refusals(None),
            Position::Refusals(_) => Position::Tallies(None),
            Position::Tallies(_) => Position::SetAside(None),
            Position::SetAside(_) | Position::End => Position::End,
        }
    }
}

/// Some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// In the order of their keys; none at the end of a table.
    pub records: Vec<Record>,
    /// Attempts that are there and could not be read: damaged, or written by another version of this program.
    pub unreadable: u64,
    /// What follows.
    pub next: Position,
}

/// Rows to be put back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restore {
    /// In any order, repeated or not.
    pub records: Vec<Record>,
    /// Rows, by id and `seq`, that are set aside no longer: they are among `records` as attempts, or turned out to be no
    /// good.
    pub settled: Vec<(String, i64)>,
}
