//! The report: were customers' issues solved?
//!
//! Every figure is a fold over stored attempts ([`fold`], [`questions`], [`articles`]; arithmetic in [`figures`]). `words`
//! says it in English for the one who looks after the articles; [`text`](Report::to_text) and
//! [`html`](Report::to_html) write the same words down in two ways. A percentage never comes without the number it is made
//! from, and none is shown for fewer than five answers.
//!
//! # JSON
//!
//! [`Report::to_json`] writes the fields of [`Report`] under their own names, in snake case; `schema` changes when one
//! changes its meaning. Shares are numbers from 0 to 1, null where there is nothing to divide by; `*_s` are seconds;
//! everything else that is a number counts attempts, or events where the name says so. Times are RFC 3339 in UTC, except
//! `latest[].time`, `quality.rejected_latest` and `quality.flood_hours`, which are in `time_zone`.

mod apart;
pub mod articles;
pub mod figures;
pub mod fold;
mod html;
pub mod questions;
mod text;
mod words;
mod zone;

use crate::ingest::now_ms;
use crate::store::{Filter, Intake, Loaded, Store, StoreError};
use articles::ArticleOutcome;
use figures::{Estimate, Proportion};
use questions::{Listed, UnsolvedQuestion, ZeroResultQuestion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use svar_outcome::{Behaviour, Class};

pub use zone::Zone;

/// The stylesheet of the HTML report, served at `/report.css`.
pub const STYLESHEET: &str = include_str!("report.css");

/// Under which the HTML report works, and all that it needs.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a report is to cover.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportOptions {
    /// First day (`2026-11-01`, in the time zone) or moment (RFC 3339). From the beginning where absent or empty.
    pub since: Option<String>,
    /// Last day, included, or the moment at which to stop. Until now where absent or empty.
    pub until: Option<String>,
    /// IANA time zone, `Europe/Stockholm`; UTC where absent or empty.
    pub timezone: Option<String>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No such time zone.
    #[error("expected a time zone such as Europe/Stockholm or UTC, found `{found}`")]
    Zone {
        /// What was asked for.
        found: String,
    },
    /// No such day.
    #[error("expected {option} as a day, 2026-11-01, or a time, 2026-11-01T12:00:00Z, found `{found}`")]
    Period {
        /// Which end of the period.
        option: &'static str,
        /// What was asked for.
        found: String,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far the figures can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// Those who answered, of those who were asked.
    pub response: Proportion,
    /// Attempts in counts mode (Global Privacy Control, Do Not Track, or no consent).
    pub counts_mode: Proportion,
    /// Attempts of which nothing can be told.
    pub unknown: Proportion,
    /// Attempts that may still go on: nothing said that they are over, less than half an hour ago.
    pub provisional: Proportion,
    /// Attempts with more searches or articles than an event carries.
    pub truncated: Proportion,
    /// Attempts that browsers had no room to keep until they could be sent, and told of later.
    pub dropped_attempts: u64,
    /// Attempts from a browser with a wrong clock, counted at the time of receipt.
    pub clock_skew: u64,
    /// Visits in which the widget itself failed in some way, those in which nothing else happened among them.
    pub with_failures: u64,
    /// Events that were refused.
    pub rejected_events: u64,
    /// The same by the check that refused them; see [`crate::accept`].
    pub rejected_by_reason: BTreeMap<String, u64>,
    /// The latest of each.
    pub rejected_latest: BTreeMap<String, LatestRejected>,
    /// Events that came again or too late to matter. Harmless.
    pub repeated_events: u64,
    /// What is set aside of widgets that are newer than this program, all of it.
    pub set_aside_events: u64,
    /// The same by type: attempts of `svar.attempt.v1`, events of newer types.
    pub set_aside_by_type: BTreeMap<String, u64>,
    /// Of `set_aside_events`, those that there was no room for.
    pub set_aside_only_counted: u64,
    /// Stored attempts that could not be read back.
    pub unreadable_attempts: u64,
    /// Left out: past what one address may begin in an hour; see [`crate::flood`].
    pub excluded_flood: u64,
    /// The hours in which they came in, in order; of many those with the most.
    pub flood_hours: Vec<FloodHour>,
    /// How many such hours there were.
    pub flood_hours_total: u64,
    /// Left out: driven by a program.
    pub excluded_automation: u64,
    /// Left out: the owner's own people.
    pub excluded_internal: u64,
}

/// An event that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LatestRejected {
    /// When it came in, in the report's time zone.
    pub time: String,
    /// Why it was refused, in words.
    pub reason: String,
}

/// An hour in which there was a flood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FloodHour {
    /// When it began, `2026-11-23 16:00`, in the report's time zone.
    pub hour: String,
    /// Attempts that came in past the limit.
    pub attempts: u64,
}

/// How many attempts, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Attempts {
    /// N: all attempts but browsing, floods, automation and the owner's own people.
    pub total: u64,
    /// Opened and closed again; not among `total`.
    pub browse: u64,
    /// A: asked whether it was solved.
    pub asked: u64,
    /// S + P + F.
    pub answered: u64,
    /// S: said solved and left it at that.
    pub solved: u64,
    /// P: said partly.
    pub partly: u64,
    /// F: said no, or took back a solved by asking a person.
    pub not_solved: u64,
    /// Of `not_solved`: said solved first, then asked a person.
    pub retracted: u64,
    /// Of class `exhibited_solved`: said nothing and read long enough.
    pub exhibited_solved: u64,
    /// Of class `exhibited_not`: said nothing and gave up.
    pub exhibited_not: u64,
    /// Of class `unknown`.
    pub unknown: u64,
    /// E: asked a person.
    pub escalated: u64,
}

/// Where the truth lies for those asked, whatever the silent would have said. Shares from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bounds {
    /// A.
    pub asked: u64,
    /// S/A: had no silent one been solved.
    pub low: f64,
    /// (A − P − F)/A: had every silent one been solved.
    pub high: f64,
}

/// One behaviour within the estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StratumFigures {
    /// Which.
    pub behaviour: Behaviour,
    /// N of it.
    pub attempts: u64,
    /// n of it: answers.
    pub answers: u64,
    /// s of it: answers that said solved.
    pub solved: u64,
    /// p̃ of it, from 0 to 1: answers weighted by 1/p and smoothed; 0 for those who asked a person.
    pub rate: f64,
}

/// What became of attempts in which the way to a person was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Deflection {
    /// All of them.
    pub opened: u64,
    /// Said solved, sent nothing.
    pub confirmed: u64,
    /// Read something, said nothing, sent nothing.
    pub potential: u64,
    /// Sent: not deflected.
    pub submitted: u64,
    /// The rest: left with nothing read, or said that it was not solved, and sent nothing.
    pub left: u64,
}

/// How searching went.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Searching {
    /// Settled questions with no results, or with no pick and followed by other words, giving up or asking a person.
    pub unsuccessful: Proportion,
    /// Settled questions with no results.
    pub zero_results: Proportion,
    /// Mean of 1/rank of the article that solved, from 0 to 1.
    pub solved_reciprocal_rank: Option<f64>,
    /// Attempts that it is made from.
    pub solved_reciprocal_rank_n: u64,
}

/// One of the latest attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Latest {
    /// `2026-11-23 16:04`, in the report's time zone.
    pub time: String,
    /// Its class.
    pub class: Class,
    /// It may still go on.
    pub provisional: bool,
    /// The question asked last, redacted. Absent in the modes that send none.
    pub question: Option<String>,
    /// The article read last.
    pub last_article: Option<String>,
    /// Why it is not among the figures: `automation` or `internal`.
    pub not_counted: Option<String>,
}

/// The report; see the module's words on its JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// `svar.report.v1`.
    pub schema: &'static str,
    /// When it was made.
    pub generated_at: String,
    /// The time zone of days and of `latest[].time`.
    pub time_zone: String,
    /// From when, where that was asked for.
    pub since: Option<String>,
    /// Until when, not included, where that was asked for.
    pub until: Option<String>,
    /// How far the figures can be trusted.
    pub quality: Quality,
    /// How many attempts, and what became of them.
    pub attempts: Attempts,
    /// Declared solve rate: S of S + P + F.
    pub declared: Proportion,
    /// Hard bounds; null while nobody was asked.
    pub bounds: Option<Bounds>,
    /// Estimated solve rate of all attempts.
    pub estimated: Estimate,
    /// What it is made from.
    pub strata: Vec<StratumFigures>,
    /// Exhibited rate: X⁺ of X⁺ + X⁻ + E.
    pub exhibited: Proportion,
    /// Its calibration: those who declared solved, of those in X⁺ who answered.
    pub calibration: Proportion,
    /// E of N.
    pub escalation: Proportion,
    /// Of those who opened the way to a person.
    pub deflection: Deflection,
    /// How searching went.
    pub searching: Searching,
    /// Median of the seconds of reading, visible and focused, in attempts declared solved.
    pub median_active_s_to_solved: Option<f64>,
    /// Attempts that it is made from.
    pub median_active_s_to_solved_n: u64,
    /// What to work on.
    pub unsolved_questions: Listed<UnsolvedQuestion>,
    /// What nothing was found for.
    pub zero_result_questions: Listed<ZeroResultQuestion>,
    /// Articles by what became of those who read them last.
    pub articles: Listed<ArticleOutcome>,
    /// The latest attempts, newest first, those that do not count included and marked, but for floods.
    pub latest: Vec<Latest>,
    #[serde(skip)]
    made: Made,
}

/// When and for what a report was made.
#[derive(Debug, Clone)]
struct Made {
    at_ms: i64,
    filter: Filter,
    zone: Zone,
}

/// Reads the store and makes the report.
///
/// # Errors
/// When the zone or the period cannot be understood, or the store cannot be read.
pub async fn report(store: &dyn Store, options: &ReportOptions) -> Result<Report, ReportError> {
    let zone = Zone::named(options.timezone.as_deref())?;
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let filter = Filter {
        since_ms: given(&options.since).map(|text| zone.since(&text)).transpose()?,
        until_ms: given(&options.until).map(|text| zone.until(&text)).transpose()?,
    };
    let loaded = store.attempts(filter).await?;
    let intake = store.intake(filter).await?;
    Ok(Report::new(&loaded, &intake, filter, &zone, now_ms()))
}

impl Report {
    /// Makes the report from what a store holds, at the time `now_ms`.
    pub fn new(loaded: &Loaded, intake: &Intake, filter: Filter, zone: &Zone, now_ms: i64) -> Report {
        fold::fold(loaded, intake, Made { at_ms: now_ms, filter, zone: zone.clone() })
    }

    /// Plain text for a terminal, 100 columns wide.
    pub fn to_text(&self) -> String {
        text::render(&words::document(self))
    }

    /// JSON, indented; see the module's words.
    pub fn to_json(&self) -> String {
        // A struct of plain values always serialises.
        serde_json::to_string_pretty(self).unwrap_or_else(|_| "null".into())
    }

    /// A whole page without scripts, that takes its stylesheet from `/report.css`.
    pub fn to_html(&self) -> String {
        html::render(&words::document(self))
    }
}
