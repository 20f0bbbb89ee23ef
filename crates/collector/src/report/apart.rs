//! What came in and is in no figure, and why, in words for the one who looks after the site.

use super::words::{Cell, Column, Kind, Section, Table, cell, column, number};
use super::{Quality, Report};

/// A check of [`crate::accept`]: what it refused, and what that usually means.
fn refused(code: &str) -> (&'static str, &'static str) {
    match code {
        "json" => (
            "Refused: not JSON",
            "Not sent by a widget, or cut off on the way: a scanner, a program of your own, or a proxy that changes bodies.",
        ),
        "batch" => {
            ("Refused: too many at once", "More than 50 events in one request, or no list. Not sent by a widget.")
        }
        "specversion" | "type" => (
            "Refused: another kind of event",
            "Not sent by a widget: a program that takes this address for another one.",
        ),
        "schema" => (
            "Refused: not as an event is defined",
            "A field is missing, unknown or of the wrong type. Not sent by a widget, or changed on the way.",
        ),
        "id" => ("Refused: without a proper id", "Not sent by a widget, or changed on the way."),
        "time" => ("Refused: without a time", "Not sent by a widget, or changed on the way."),
        "limits" => (
            "Refused: too long or out of range",
            "A text or a list is longer, or a number larger, than a widget sends.",
        ),
        "alphabet" => (
            "Refused: characters that do not belong",
            "An article's id has white space or an @ in it, or a version or a case number has more than letters, digits and \
             a few signs: look at the ids of your articles, and at what your page gives the widget.",
        ),
        "privacy" => ("Refused: privacy mode off", "In this mode nothing is sent by a widget, and nothing is kept."),
        _ => ("Refused: another reason", "By another version of svar."),
    }
}

/// The rows: what, how many, what it means, the latest.
fn rows(quality: &Quality) -> Vec<[String; 4]> {
    let q = quality;
    let mut rows: Vec<[String; 4]> = vec![];
    let mut row = |what: &str, n: u64, means: String, latest: String| {
        if n > 0 {
            rows.push([what.to_owned(), number(n), means, latest]);
        }
    };
    let hours = |of: &[super::FloodHour]| {
        of.iter().map(|hour| format!("{}: {}", hour.hour, number(hour.attempts))).collect::<Vec<_>>().join("; ")
    };
    row(
        "Flood",
        q.excluded_flood,
        "Attempts past what one address may begin in an hour. If they are people – an office, a call centre, a proxy that \
         svar does not know – say so when starting svar serve: --flood, --flood-exempt, --trusted-proxy."
            .into(),
        match q.flood_hours.len() as u64 {
            shown if shown < q.flood_hours_total => {
                format!("The worst {shown} of {} hours: {}", number(q.flood_hours_total), hours(&q.flood_hours))
            }
            _ => hours(&q.flood_hours),
        },
    );
    let none = String::new;
    row("Automation", q.excluded_automation, "Driven by a program: a test, a crawler, a monitor.".into(), none());
    row("Your own people", q.excluded_internal, "Their pages carry data-internal.".into(), none());
    for (event_type, n) in &q.set_aside_by_type {
        row(
            "Set aside",
            *n,
            match event_type.as_str() {
                "svar.attempt.v1" => {
                    "Attempts by a widget that is newer than this svar and says more than it understands. None \
                                      is lost: they are counted when a newer svar starts on this store."
                        .into()
                }
                other => format!(
                    "Events of the type {other}, by a widget that is much newer than this svar. None is lost: a newer svar \
                     counts them."
                ),
            },
            none(),
        );
    }
    row(
        "Set aside, only counted",
        q.set_aside_only_counted,
        "Events by a newer widget for which there was no room any more. Run a newer svar soon.".into(),
        none(),
    );
    for (code, n) in &q.rejected_by_reason {
        let (what, means) = refused(code);
        let latest = q.rejected_latest.get(code).map(|latest| format!("{}: {}", latest.time, latest.reason));
        row(what, *n, format!("{means} ({code})"), latest.unwrap_or_default());
    }
    row(
        "Came again",
        q.repeated_events,
        "Sent twice, or overtaken by a later state. Harmless: each attempt is counted once.".into(),
        none(),
    );
    row(
        "Unreadable",
        q.unreadable_attempts,
        "Stored attempts that are damaged, or were written by another version of svar.".into(),
        none(),
    );
    row(
        "Wrong clock",
        q.clock_skew,
        "Counted, at the time they came in: the visitor's clock was more than five minutes ahead or a week behind."
            .into(),
        none(),
    );
    rows
}

/// The section; none where there is nothing to tell.
pub(super) fn section(report: &Report) -> Option<Section> {
    let rows = rows(&report.quality);
    if rows.is_empty() {
        return None;
    }
    let columns: [Column; 4] = [
        column("What", Kind::Words),
        column("How many", Kind::Number),
        column("What it means", Kind::Words),
        column("Latest, or when", Kind::Words),
    ];
    Some(Section {
        id: "apart",
        title: "Kept out of the figures".into(),
        paragraphs: vec![],
        table: Some(Table {
            caption: "What came in and is in no figure above, but for wrong clocks".into(),
            columns: columns.into(),
            rows: rows.into_iter().map(|row| row.map(cell).into_iter().collect::<Vec<Cell>>()).collect(),
        }),
    })
}
