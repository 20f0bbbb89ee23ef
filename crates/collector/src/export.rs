//! A store as lines of JSON (NDJSON), for backups, for moving between kinds of database, and for your own analysis.
//!
//! ```text
//! {"format":"svar.store","version":1,"made_by":"0.1.0","made_at":"2026-11-23T14:45:04Z"}
//! {"kind":"attempt","state":{…},"first_received_ms":…,"last_received_ms":…,"event_time_ms":…,"clock_skew":false,"flood":false}
//! {"kind":"refusals","collector":"…","day":20780,"code":"schema","n":3,"last_received_ms":…,"reason":"…","payload":"…"}
//! {"kind":"tally","collector":"…","day":20780,"name":"repeated","n":17}
//! {"kind":"set_aside","id":"…","seq":4,"type":"svar.attempt.v1","first_received_ms":…,"last_received_ms":…,"event":"…","flood":false}
//! {"kind":"end","records":4}
//! ```
//!
//! A line is a [`Record`], the first says what this is, the last how many there must be: a file that broke off is noticed.
//! Neither side holds more than some hundred records at a time. An import into an empty store gives the same report;
//! into one that has some of it, or later states, it adds what is missing ([`Store::restore`]).
//!
//! `version` changes when an older program could no longer read it rightly.

use crate::accept::is_id;
use crate::store::{Position, Record, Restore, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read as _, Write};
use svar_outcome::utc_timestamp;

/// What the first line says.
const FORMAT: &str = "svar.store";
/// The only version there is.
const VERSION: u32 = 1;
/// Rows read, or put back, at a time.
const PAGE: u32 = 500;
/// Bytes of lines after which they are put back, fewer than [`PAGE`] though they are.
const PAGE_BYTES: usize = 4_000_000;
/// Longest line. An event is at most 60 kB, and JSON within JSON at most doubles that.
const MAX_LINE_BYTES: u64 = 1_000_000;
/// Damaged lines that are told one by one.
const TOLD: usize = 20;
/// Times go up to the end of the year 9999.
const LAST_MS: i64 = 253_402_300_800_000;

/// Why there is no export, or none of it was imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("the export could not be read or written")]
    File(#[from] io::Error),
    /// Something else than an export.
    #[error("expected an export of a store, whose first line names the format \"{FORMAT}\"; {found}")]
    NoExport {
        /// What is there.
        found: String,
    },
    /// Made by a newer program.
    #[error(
        "expected an export of version {VERSION}, found version {found}, made by svar {made_by}: import it with that svar \
         or a newer one"
    )]
    Newer {
        /// Version found.
        found: u32,
        /// The program that made it.
        made_by: String,
    },
    /// A line that is none of an export's.
    #[error(transparent)]
    Damaged(#[from] Damage),
}

/// A line that is none of an export's, or is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}, found {found}")]
pub struct Damage {
    /// From 1.
    pub line: u64,
    /// What should be there.
    pub expected: &'static str,
    /// What is.
    pub found: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    #[serde(default)]
    made_by: String,
    #[serde(default)]
    made_at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    kind: TheEnd,
    records: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TheEnd {
    End,
}

/// What was exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Lines, the first and the last excepted.
    pub records: u64,
    /// Stored attempts that could not be read and are not among them.
    pub unreadable: u64,
}

/// Writes all of a store to `out`, as made at `now_ms`. What is written to the store meanwhile is in or not.
///
/// # Errors
/// When the store cannot be read or `out` not be written.
pub async fn export(store: &dyn Store, out: &mut impl Write, now_ms: u64) -> Result<Exported, ExportError> {
    let header = Header {
        format: FORMAT.into(),
        version: VERSION,
        made_by: env!("CARGO_PKG_VERSION").into(),
        made_at: utc_timestamp(now_ms),
    };
    line(out, &header)?;
    let mut exported = Exported::default();
    let mut position = Position::START;
    while position != Position::End {
        let page = store.page(&position, PAGE).await?;
        for record in &page.records {
            line(out, record)?;
        }
        exported.records += page.records.len() as u64;
        exported.unreadable += page.unreadable;
        position = page.next;
    }
    line(out, &End { kind: TheEnd::End, records: exported.records })?;
    out.flush()?;
    Ok(exported)
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// What to do about a damaged line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDamage {
    /// End there with an error. What came before it is imported.
    Stop,
    /// Count it and go on.
    Skip,
}

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Good records.
    pub records: u64,
    /// Rows that are new in the store or other than before.
    pub changed: u64,
    /// Lines that were passed over.
    pub damaged: u64,
    /// The first of them.
    pub damages: Vec<Damage>,
}

/// Reads an export from `input` into a store.
///
/// # Errors
/// When it is no export or one of a newer version, or the store does not take it; and, unless told to skip, at the first
/// damaged line.
pub async fn import(store: &dyn Store, input: &mut impl BufRead, on_damage: OnDamage) -> Result<Imported, ExportError> {
    let mut lines = Lines::open(input)?;
    let mut imported = Imported::default();
    let mut restore = Restore::default();
    let mut bytes = 0;
    loop {
        let next = lines.next()?;
        let ended = matches!(next, Next::End);
        match next {
            Next::Record(record, length) => {
                imported.records += 1;
                bytes += length;
                restore.records.push(record);
            }
            Next::Damaged(damage) if on_damage == OnDamage::Skip => {
                imported.damaged += 1;
                if imported.damages.len() < TOLD {
                    imported.damages.push(damage);
                }
            }
            Next::Damaged(damage) => {
                store.restore(restore).await?;
                return Err(damage.into());
            }
            Next::End => {}
        }
        if ended || restore.records.len() >= PAGE as usize || bytes >= PAGE_BYTES {
            imported.changed += store.restore(std::mem::take(&mut restore)).await?;
            bytes = 0;
        }
        if ended {
            return Ok(imported);
        }
    }
}

/// Reads an export to its end without importing it; returns how many records it has.
///
/// # Errors
/// When it is no export, one of a newer version, or damaged.
pub fn check(input: &mut impl BufRead) -> Result<u64, ExportError> {
    let mut lines = Lines::open(input)?;
    let mut records = 0;
    loop {
        match lines.next()? {
            Next::Record(..) => records += 1,
            Next::Damaged(damage) => return Err(damage.into()),
            Next::End => return Ok(records),
        }
    }
}

/// The lines of an export, one after the other.
struct Lines<'a, R> {
    input: &'a mut R,
    bytes: Vec<u8>,
    line: u64,
    records: u64,
    /// The last line, or the end of the file, was there.
    over: bool,
}

enum Next {
    /// With its length in bytes.
    Record(Record, usize),
    Damaged(Damage),
    End,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Record(Record),
    End(End),
}

const A_RECORD: &str = "a record of an export (attempt, refusals, tally, set_aside) or its end";

impl<'a, R: BufRead> Lines<'a, R> {
    fn open(input: &'a mut R) -> Result<Lines<'a, R>, ExportError> {
        let mut lines = Lines { input, bytes: vec![], line: 0, records: 0, over: false };
        let no_export = |found: &str| Err(ExportError::NoExport { found: found.to_owned() });
        if !lines.read()? {
            return no_export("found nothing");
        }
        match serde_json::from_slice::<Header>(&lines.bytes) {
            Ok(header) if header.format != FORMAT => no_export("found another format"),
            Ok(Header { version: VERSION, .. }) => Ok(lines),
            Ok(header) => {
                let made_by = header.made_by.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
                Err(ExportError::Newer { found: header.version, made_by })
            }
            Err(_) => no_export("found a first line that is not one"),
        }
    }

    /// Reads a line into `bytes`, without its end; false at the end of the file. Of one that is too long only the start is
    /// kept.
    fn read(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        self.line += 1;
        let read = self.input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut self.bytes)?;
        if read as u64 == MAX_LINE_BYTES && self.bytes.last() != Some(&b'\n') {
            loop {
                let rest = self.input.fill_buf()?;
                let end = rest.iter().position(|byte| *byte == b'\n');
                let n = end.map_or(rest.len(), |at| at + 1);
                self.input.consume(n);
                if end.is_some() || n == 0 {
                    break;
                }
            }
        }
        Ok(read > 0)
    }

    fn next(&mut self) -> io::Result<Next> {
        if self.over {
            return Ok(Next::End);
        }
        loop {
            if !self.read()? {
                self.over = true;
                let found = format!("the end of the file after {} good records: it broke off", self.records);
                return Ok(self.damaged("the line that ends an export", found));
            }
            if !self.bytes.trim_ascii().is_empty() {
                break;
            }
        }
        if self.bytes.len() as u64 >= MAX_LINE_BYTES {
            return Ok(self.damaged(A_RECORD, format!("a line of {MAX_LINE_BYTES} bytes or more")));
        }
        Ok(match serde_json::from_slice(&self.bytes) {
            Ok(Line::Record(record)) => match unsound(&record) {
                None => {
                    self.records += 1;
                    Next::Record(record, self.bytes.len())
                }
                Some((expected, found)) => self.damaged(expected, found),
            },
            Ok(Line::End(end)) => {
                self.over = true;
                if end.records == self.records {
                    Next::End
                } else {
                    let found = format!("the end of one with {}, after {} good ones", end.records, self.records);
                    self.damaged("as many records as the end says", found)
                }
            }
            // serde's words say more when they need not choose.
            Err(_) => match serde_json::from_slice::<Record>(&self.bytes) {
                Err(error) => self.damaged(A_RECORD, error.to_string()),
                Ok(_) => self.damaged(A_RECORD, "something else".into()),
            },
        })
    }

    fn damaged(&self, expected: &'static str, found: String) -> Next {
        Next::Damaged(Damage { line: self.line, expected, found })
    }
}

/// What no collector stores: keys that would not be found again, times that are none.
fn unsound(record: &Record) -> Option<(&'static str, String)> {
    let id = |id: &str| (!is_id(id, 16, 100)).then(|| ("an id of 16 to 100 of [0-9A-Za-z-]", "another one".to_owned()));
    let name = |text: &str| {
        let plain = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        (!plain).then(|| ("a name of at most 64 letters, digits and any of _.-", "another one".to_owned()))
    };
    let time =
        |ms: i64| (!(0..LAST_MS).contains(&ms)).then(|| ("a time in milliseconds from 1970 to 9999", format!("{ms}")));
    let day = |day: i64| time(day.saturating_mul(86_400_000));
    let number = |n: i64| (n < 0).then(|| ("a number that is not negative", format!("{n}")));
    match record {
        Record::Attempt(stored) => id(&stored.attempt.attempt)
            .or_else(|| time(stored.first_received_ms))
            .or_else(|| time(stored.last_received_ms))
            .or_else(|| time(stored.event_time_ms)),
        Record::Refusals(row) => name(&row.collector)
            .or_else(|| name(&row.code))
            .or_else(|| day(row.day))
            .or_else(|| time(row.last_received_ms))
            .or_else(|| number(row.n)),
        Record::Tally(row) => {
            name(&row.collector).or_else(|| name(&row.name)).or_else(|| day(row.day)).or_else(|| number(row.n))
        }
        Record::SetAside(row) => id(&row.id)
            .or_else(|| name(&row.event_type))
            .or_else(|| time(row.first_received_ms))
            .or_else(|| time(row.last_received_ms))
            .or_else(|| number(row.seq)),
    }
}
