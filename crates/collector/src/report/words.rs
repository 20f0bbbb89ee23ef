//! The report in English, as a document of headlines and tables that text and HTML both write down.
//!
//! Percentages always come with the number that they are made from; under five answers there are only counts.

use super::figures::{ENOUGH, Proportion};
use super::questions::{Advice, Listed, MOST};
use super::{Latest, Report, apart};
use svar_outcome::{Behaviour, Class, Reason};

/// What is written down.
pub(super) struct Document {
    pub title: String,
    /// Period, zone, time of making.
    pub period: String,
    /// Other periods: label and query string.
    pub periods: Vec<(String, String)>,
    /// The line of data quality.
    pub quality: String,
    pub headlines: Vec<Headline>,
    pub sections: Vec<Section>,
}

/// A figure that is read first.
pub(super) struct Headline {
    pub name: String,
    pub value: String,
    pub detail: String,
    pub bar: Option<Bar>,
}

/// An interval with the figure in it, all from 0 to 1.
#[derive(Clone, Copy)]
pub(super) struct Bar {
    pub low: f64,
    pub at: Option<f64>,
    pub high: f64,
}

pub(super) struct Section {
    pub id: &'static str,
    pub title: String,
    pub paragraphs: Vec<String>,
    pub table: Option<Table>,
}

pub(super) struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    /// The first cell is the row's header.
    pub rows: Vec<Vec<Cell>>,
}

pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Words,
    Number,
    /// Drawn where it can be drawn, left out in text.
    Bar,
}

pub(super) enum Cell {
    Words(String),
    Bar(Option<Bar>),
}

pub(super) fn cell(text: impl Into<String>) -> Cell {
    Cell::Words(text.into())
}

pub(super) fn column(name: &str, kind: Kind) -> Column {
    Column { name: name.into(), kind }
}

/// What the attempts of a behaviour did, to follow "attempts that".
pub(super) fn behaviour(kind: Behaviour) -> &'static str {
    match kind {
        Behaviour::XPlus => "read to an end",
        Behaviour::XMinus => "gave up",
        Behaviour::U => "left without a sign",
        Behaviour::E => "asked a person",
    }
}

fn class(kind: Class) -> &'static str {
    match kind {
        Class::Escalated => "asked a person",
        Class::DeclaredSolved => "said solved",
        Class::DeclaredPartly => "said partly solved",
        Class::DeclaredNot => "said not solved",
        Class::ExhibitedSolved => "read to an end, said nothing",
        Class::ExhibitedNot => "gave up, said nothing",
        Class::Unknown => "cannot be told",
        Class::Browse => "looked around",
    }
}

fn reason(kind: Reason) -> &'static str {
    match kind {
        Reason::NotFound => "not there",
        Reason::Unclear => "unclear",
        Reason::Wrong => "wrong",
        Reason::Outdated => "outdated",
        Reason::OtherProduct => "another product",
        Reason::CannotDo => "cannot be done",
        Reason::Other => "other",
    }
}

fn advice(kind: Advice) -> &'static str {
    match kind {
        Advice::Write => "Write: nothing is found",
        Advice::FixTheProduct => "Fix the product: it cannot be done",
        Advice::Retitle => "Retitle: found and not opened",
        Advice::Reword => "Reword or add a synonym: ranked below 3",
        Advice::Improve => "Improve: read and did not solve",
    }
}

/// `62%`; never 0% or 100% for what is only near it.
fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    match rounded {
        r if r < 1.0 && share > 0.0 => "under 1%".into(),
        r if r > 99.0 && share < 1.0 => "over 99%".into(),
        r => format!("{r:.0}%"),
    }
}

fn range(low: f64, high: f64) -> String {
    format!("{:.0} to {:.0}%", low * 100.0, high * 100.0)
}

/// `31 of 50 (62%)`, or `2 of 3` where that is too few for a percentage.
fn share(p: &Proportion) -> String {
    match p.rate {
        Some(rate) if p.is_enough() => format!("{} of {} ({})", number(p.count), number(p.n), percent(rate)),
        _ => format!("{} of {}", number(p.count), number(p.n)),
    }
}

/// `31 of 50 who were asked answered (62%)`.
fn share_that(p: &Proportion, what: &str) -> String {
    match p.rate {
        Some(rate) if p.is_enough() => format!("{} of {} {what} ({})", number(p.count), number(p.n), percent(rate)),
        _ => format!("{} of {} {what}", number(p.count), number(p.n)),
    }
}

/// `62% (31 of 50)`, or that there are not enough yet.
fn rate(p: &Proportion, what: &str) -> String {
    match p.rate {
        None => format!("no {what} yet"),
        Some(rate) if p.is_enough() => format!("{} ({} of {})", percent(rate), number(p.count), number(p.n)),
        Some(_) => format!("not enough {what} yet ({} of {})", number(p.count), number(p.n)),
    }
}

fn interval(p: &Proportion) -> String {
    match (p.low, p.high) {
        (Some(low), Some(high)) if p.is_enough() => range(low, high),
        _ => "–".into(),
    }
}

fn bar(p: &Proportion) -> Option<Bar> {
    match (p.low, p.high) {
        (Some(low), Some(high)) if p.is_enough() => Some(Bar { low, at: p.rate, high }),
        _ => None,
    }
}

/// `12 345`, with spaces that do not break.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

/// `1 attempt`, `2 attempts`.
fn count(n: u64, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {one}s", number(n)) }
}

fn seconds(s: f64) -> String {
    if s < 60.0 { format!("{s:.0} s") } else { format!("{:.0} min {:02.0} s", (s / 60.0).floor(), (s % 60.0).floor()) }
}

/// Puts a report into words.
pub(super) fn document(report: &Report) -> Document {
    let mut sections = vec![];
    let empty = report.attempts.total == 0;
    if empty {
        sections.push(nothing_yet(report));
    } else {
        sections.extend([solved(report), ends(report), unsolved(report), zero_results(report), articles(report)]);
        sections.extend([contact(report), searching(report)]);
    }
    sections.push(latest(report));
    sections.extend(apart::section(report));
    if !empty {
        sections.push(estimate_parts(report));
    }
    sections.push(how(report));
    Document {
        title: "Were issues solved?".into(),
        period: period(report),
        periods: periods(report),
        quality: quality(report),
        headlines: if empty { vec![] } else { headlines(report) },
        sections,
    }
}

fn period(report: &Report) -> String {
    let zone = &report.made.zone;
    let span = match (report.made.filter.since_ms, report.made.filter.until_ms) {
        (None, None) => "All attempts so far".to_owned(),
        (Some(since), None) => format!("From {}", zone.minute(since)),
        (None, Some(until)) => format!("Until {}", zone.minute(until)),
        (Some(since), Some(until)) => format!("From {} until {}", zone.minute(since), zone.minute(until)),
    };
    format!("{span}. Made {}. Times are in {}.", zone.minute(report.made.at_ms), zone.name())
}

fn periods(report: &Report) -> Vec<(String, String)> {
    let since = |days: i64| report.made.zone.date(report.made.at_ms.saturating_sub(days * 86_400_000));
    // Kept, so that the days mean the same.
    let zone = report.made.zone.name();
    vec![
        ("All".into(), format!("?timezone={zone}")),
        ("Today".into(), format!("?since={}&timezone={zone}", since(0))),
        ("7 days".into(), format!("?since={}&timezone={zone}", since(6))),
        ("30 days".into(), format!("?since={}&timezone={zone}", since(29))),
        ("90 days".into(), format!("?since={}&timezone={zone}", since(89))),
    ]
}

fn quality(report: &Report) -> String {
    let q = &report.quality;
    let mut parts = vec![];
    if report.attempts.total > 0 {
        if q.response.n == 0 {
            parts.push("nobody has been asked yet".into());
        } else {
            parts.push(share_that(&q.response, "who were asked answered"));
        }
        parts.push(share_that(&q.counts_mode, "in counts mode"));
        parts.push(share_that(&q.unknown, "cannot be told"));
        parts.push(share_that(&q.provisional, "may still go on"));
        if q.truncated.count > 0 {
            parts.push(share_that(&q.truncated, "too long to be sent whole"));
        }
    }
    let also = [
        (q.rejected_events, "event refused", "events refused"),
        (q.repeated_events, "repeated event dropped", "repeated events dropped"),
        (q.set_aside_events, "set aside of newer widgets", "set aside of newer widgets"),
        (q.unreadable_attempts, "stored attempt unreadable", "stored attempts unreadable"),
        (
            q.dropped_attempts,
            "attempt lost in a browser that had no room for it",
            "attempts lost in browsers that had no room for them",
        ),
        (q.clock_skew, "attempt from a browser with a wrong clock", "attempts from browsers with a wrong clock"),
        (q.with_failures, "visit in which the widget failed", "visits in which the widget failed"),
        (q.excluded_flood, "attempt of a flood left out", "attempts of floods left out"),
        (q.excluded_automation, "attempt by automation left out", "attempts by automation left out"),
        (q.excluded_internal, "attempt by your own people left out", "attempts by your own people left out"),
    ];
    for (n, one, many) in also {
        if n > 0 || one == "event refused" {
            parts.push(format!("{} {}", number(n), if n == 1 { one } else { many }));
        }
    }
    format!("Data quality: {}.", parts.join("; "))
}

fn headlines(report: &Report) -> Vec<Headline> {
    let e = &report.estimated;
    let estimated = match (e.rate, e.low, e.high) {
        (Some(rate), Some(low), Some(high)) => Headline {
            name: "Estimated solve rate".into(),
            value: percent(rate),
            detail: format!("of {}; 95% interval {}", count(report.attempts.total, "attempt"), range(low, high)),
            bar: Some(Bar { low, at: Some(rate), high }),
        },
        _ => Headline {
            name: "Estimated solve rate".into(),
            value: "not enough answers yet".into(),
            detail: format!("Withheld: {}.", e.withheld.as_deref().unwrap_or("too little is known")),
            bar: None,
        },
    };
    let headline = |name: &str, p: &Proportion, what: &str, of: &str| Headline {
        name: name.into(),
        value: match p.rate {
            Some(rate) if p.is_enough() => percent(rate),
            Some(_) => format!("not enough {what} yet"),
            None => format!("no {what} yet"),
        },
        detail: match p.n {
            0 => of.into(),
            _ if p.is_enough() => format!("{} of {} {of}; 95% interval {}", number(p.count), number(p.n), interval(p)),
            _ => format!("{} of {} {of}", number(p.count), number(p.n)),
        },
        bar: bar(p),
    };
    vec![
        estimated,
        headline("Declared solve rate", &report.declared, "answers", "who answered said solved"),
        headline("Asked a person", &report.escalation, "attempts", "attempts"),
    ]
}

fn solved(report: &Report) -> Section {
    let mut rows = vec![];
    let mut row = |name: &str, value: String, interval: String, bar: Option<Bar>, says: &str| {
        rows.push(vec![cell(name), cell(value), cell(interval), Cell::Bar(bar), cell(says)]);
    };
    let p = &report.declared;
    row(
        "Declared solve rate",
        rate(p, "answers"),
        interval(p),
        bar(p),
        "Of those who answered “Did this solve your issue?”, those who said yes. Those who do not answer may differ.",
    );
    match report.bounds {
        Some(b) => row(
            "Hard bounds",
            format!("{} of {} asked", range(b.low, b.high), number(b.asked)),
            "–".into(),
            Some(Bar { low: b.low, at: None, high: b.high }),
            "Where the truth lies for those asked, whatever the silent would have said.",
        ),
        None => row("Hard bounds", "nobody has been asked yet".into(), "–".into(), None, ""),
    }
    let e = &report.estimated;
    match (e.rate, e.low, e.high) {
        (Some(at), Some(low), Some(high)) => row(
            "Estimated solve rate",
            format!("{} of {}", percent(at), count(report.attempts.total, "attempt")),
            range(low, high),
            Some(Bar { low, at: Some(at), high }),
            "All attempts: answers carried over to the silent who behaved alike. It helps against silence and is no cure.",
        ),
        _ => row(
            "Estimated solve rate",
            "not enough answers yet".into(),
            "–".into(),
            None,
            &format!("Withheld: {}.", e.withheld.as_deref().unwrap_or("too little is known")),
        ),
    }
    let p = &report.exhibited;
    row(
        "Exhibited rate",
        rate(p, "attempts"),
        interval(p),
        bar(p),
        "Read to an end, of those who read to an end, gave up or asked a person. What people did, not what they said.",
    );
    let p = &report.calibration;
    row(
        "… checked against answers",
        rate(p, "answers"),
        interval(p),
        bar(p),
        "Of those who read to an end and answered, those who said solved. The nearer to 100%, the more the row above says.",
    );
    let p = &report.escalation;
    row(
        "Asked a person",
        rate(p, "attempts"),
        interval(p),
        bar(p),
        "Of all attempts. A low share is no success by itself: people also leave.",
    );
    let (median, n) = (report.median_active_s_to_solved, report.median_active_s_to_solved_n);
    row(
        "Reading time to solved",
        match median {
            Some(s) if n >= ENOUGH => format!("{} (median of {})", seconds(s), number(n)),
            _ => format!("not enough answers yet ({})", number(n)),
        },
        "–".into(),
        None,
        "Visible and focused seconds of reading in attempts that were declared solved.",
    );
    Section {
        id: "solved",
        title: "Was the issue solved?".into(),
        paragraphs: vec![],
        table: Some(Table {
            caption: "Solve rates, each with what it is made from".into(),
            columns: vec![
                column("Figure", Kind::Words),
                column("Value", Kind::Words),
                column("95% interval", Kind::Number),
                column("0 to 100%", Kind::Bar),
                column("What it says", Kind::Words),
            ],
            rows,
        }),
    }
}

fn ends(report: &Report) -> Section {
    let a = &report.attempts;
    let row = |name: &str, n: u64| vec![cell(name), cell(number(n)), cell(share(&Proportion::new(n, a.total)))];
    let mut paragraphs = vec![format!("{} in all.", count(a.total, "attempt"))];
    if a.browse > 0 {
        paragraphs.push(format!(
            "The widget was also opened and closed {} without a question or an article; that is not an attempt.",
            if a.browse == 1 { "once".into() } else { format!("{} times", number(a.browse)) }
        ));
    }
    if a.retracted > 0 {
        paragraphs.push(format!(
            "{} said solved and then asked a person; they are counted as not solved.",
            count(a.retracted, "customer")
        ));
    }
    Section {
        id: "ends",
        title: "How attempts ended".into(),
        paragraphs,
        table: Some(Table {
            caption: "What was said, and what was done by those who said nothing".into(),
            columns: vec![
                column("Ended with", Kind::Words),
                column("Attempts", Kind::Number),
                column("Of all", Kind::Number),
            ],
            rows: vec![
                row("Said: solved", a.solved),
                row("Said: partly", a.partly),
                row("Said: not solved", a.not_solved),
                row("Said nothing: read to an end", a.exhibited_solved),
                row("Said nothing: gave up", a.exhibited_not),
                row("Said nothing: cannot be told", a.unknown),
                row("Asked a person, whatever was said", a.escalated),
            ],
        }),
    }
}

fn unsolved(report: &Report) -> Section {
    let list = &report.unsolved_questions;
    let rows = list
        .first
        .iter()
        .map(|q| {
            let reasons: Vec<String> = q.reasons.iter().map(|(kind, n)| format!("{} {}", reason(*kind), n)).collect();
            vec![
                cell(q.question.clone()),
                cell(format!("{} of {}", number(q.people), number(q.asked))),
                cell(if q.zero_results { "nothing found" } else { "" }),
                cell(reasons.join(", ")),
                cell(q.last_article.clone().unwrap_or_default()),
                cell(advice(q.advice)),
            ]
        })
        .collect();
    let columns = [
        ("Question", Kind::Words),
        ("Not solved, of those who asked", Kind::Number),
        ("Search", Kind::Words),
        ("Reasons given", Kind::Words),
        ("Read last", Kind::Words),
        ("What to do", Kind::Words),
    ];
    listed(
        "unsolved",
        "Questions left unsolved",
        list,
        "Customers who asked this said no or partly, gave up, or asked a person",
        &columns,
        rows,
        "No question was left unsolved by a customer who sent its words.",
    )
}

fn zero_results(report: &Report) -> Section {
    let list = &report.zero_result_questions;
    let rows = list.first.iter().map(|q| vec![cell(q.question.clone()), cell(number(q.people))]).collect();
    listed(
        "nothing-found",
        "Questions with no results",
        list,
        "Nothing was found for these; each is an article, a synonym or a word to add",
        &[("Question", Kind::Words), ("Attempts", Kind::Number)],
        rows,
        "Every question that customers sent found something.",
    )
}

fn articles(report: &Report) -> Section {
    let list = &report.articles;
    let rows = list
        .first
        .iter()
        .map(|a| {
            vec![
                cell(a.article.clone()),
                cell(number(a.solved)),
                cell(number(a.partly)),
                cell(number(a.not_solved)),
                cell(number(a.exhibited_solved)),
                cell(number(a.contact_after)),
                cell(number(a.attempts)),
                cell(match a.declared.rate {
                    Some(rate) if a.declared.is_enough() => {
                        format!("{}, {}", percent(rate), interval(&a.declared))
                    }
                    _ => "too few answers".into(),
                }),
                Cell::Bar(bar(&a.declared)),
            ]
        })
        .collect();
    let columns = [
        ("Article", Kind::Words),
        ("Solved", Kind::Number),
        ("Partly", Kind::Number),
        ("Not", Kind::Number),
        ("Read to an end, silent", Kind::Number),
        ("Asked a person", Kind::Number),
        ("Read last in", Kind::Number),
        ("Solved of answers, 95% interval", Kind::Number),
        ("0 to 100%", Kind::Bar),
    ];
    let mut section = listed(
        "articles",
        "Articles by outcome",
        list,
        "The article read last gets the credit; those where work helps most come first",
        &columns,
        rows,
        "No article has been read yet.",
    );
    if list.total > 0 {
        section.paragraphs.push(format!(
            "A share is shown from {ENOUGH} answers on. With intervals that overlap, the order says little: read the articles."
        ));
    }
    section
}

fn listed<T>(
    id: &'static str,
    title: &str,
    list: &Listed<T>,
    caption: &str,
    columns: &[(&str, Kind)],
    rows: Vec<Vec<Cell>>,
    none: &str,
) -> Section {
    let mut paragraphs = vec![];
    if list.total == 0 {
        paragraphs.push(none.into());
    } else if list.total > list.first.len() as u64 {
        paragraphs.push(format!("The first {MOST} of {}.", number(list.total)));
    }
    let table = (list.total > 0).then(|| Table {
        caption: caption.into(),
        columns: columns.iter().map(|(name, kind)| column(name, *kind)).collect(),
        rows,
    });
    Section { id, title: title.into(), paragraphs, table }
}

fn contact(report: &Report) -> Section {
    let d = &report.deflection;
    let title = "After opening the way to a person".to_owned();
    if d.opened == 0 {
        let paragraphs = vec!["Nobody has opened the way to a person in the widget.".into()];
        return Section { id: "contact", title, paragraphs, table: None };
    }
    let row = |name: &str, n: u64, says: &str| vec![cell(name), cell(share(&Proportion::new(n, d.opened))), cell(says)];
    Section {
        id: "contact",
        title,
        paragraphs: vec![],
        table: Some(Table {
            caption: "Deflection in bands, because silence is not success".into(),
            columns: vec![
                column("Band", Kind::Words),
                column("Attempts", Kind::Number),
                column("What it says", Kind::Words),
            ],
            rows: vec![
                row("Confirmed", d.confirmed, "Said solved and sent nothing."),
                row(
                    "Potential",
                    d.potential,
                    "Read something, said nothing and sent nothing. May be solved, may have left.",
                ),
                row("None", d.submitted, "Sent a message or followed the link to a person."),
                row("Left", d.left, "Sent nothing, and read nothing or said that it was not solved."),
            ],
        }),
    }
}

fn searching(report: &Report) -> Section {
    let s = &report.searching;
    let mut paragraphs = vec![];
    if s.unsuccessful.n == 0 {
        paragraphs.push("No questions were sent: customers opened articles directly, or sent counts only.".into());
    } else {
        paragraphs.push(format!(
            "{} settled questions failed: nothing found, or nothing picked before other words, giving up or asking a person. \
             {} found nothing. Looking and not clicking is no failure by itself.",
            share(&s.unsuccessful),
            share(&s.zero_results)
        ));
    }
    if let Some(rank) = s.solved_reciprocal_rank.filter(|_| s.solved_reciprocal_rank_n >= ENOUGH) {
        paragraphs.push(format!(
            "The article that solved ranked well if this is near 1: mean of 1/rank {rank:.2} (n = {}).",
            number(s.solved_reciprocal_rank_n)
        ));
    }
    Section { id: "searching", title: "Searching".into(), paragraphs, table: None }
}

fn latest(report: &Report) -> Section {
    let row = |l: &Latest| {
        let mut ended = class(l.class).to_owned();
        if l.provisional {
            ended.push_str(" (so far)");
        }
        if let Some(why) = &l.not_counted {
            ended.push_str(&format!(" – not counted: {why}"));
        }
        vec![
            cell(l.time.clone()),
            cell(ended),
            cell(l.question.clone().unwrap_or_else(|| "–".into())),
            cell(l.last_article.clone().unwrap_or_else(|| "–".into())),
        ]
    };
    Section {
        id: "latest",
        title: "Latest attempts".into(),
        paragraphs: if report.latest.is_empty() { vec!["None yet.".into()] } else { vec![] },
        table: (!report.latest.is_empty()).then(|| Table {
            caption: "The newest first; questions are redacted before they leave the browser".into(),
            columns: ["Time", "Ended with", "Question", "Read last"].map(|name| column(name, Kind::Words)).into(),
            rows: report.latest.iter().map(row).collect(),
        }),
    }
}

fn estimate_parts(report: &Report) -> Section {
    Section {
        id: "strata",
        title: "What the estimate is made from".into(),
        paragraphs: vec![
            "Attempts are grouped by what people did. In each group the answers given stand for those not given; who asked a \
             person counts as not solved."
                .into(),
        ],
        table: Some(Table {
            caption: "Groups by behaviour".into(),
            columns: vec![
                column("Attempts that", Kind::Words),
                column("Attempts", Kind::Number),
                column("Said solved, of answers", Kind::Number),
                column("Taken as solved", Kind::Number),
            ],
            rows: report
                .strata
                .iter()
                .map(|s| {
                    vec![
                        cell(behaviour(s.behaviour)),
                        cell(number(s.attempts)),
                        cell(format!("{} of {}", number(s.solved), number(s.answers))),
                        cell(match s.behaviour {
                            Behaviour::E => "0% by rule".into(),
                            _ if s.answers < ENOUGH => "too few answers".into(),
                            _ => format!("{} (n = {})", percent(s.rate), number(s.answers)),
                        }),
                    ]
                })
                .collect(),
        }),
    }
}

fn nothing_yet(report: &Report) -> Section {
    let limited = report.made.filter != crate::store::Filter::default();
    let mut paragraphs = vec![];
    let a = &report.attempts;
    let q = &report.quality;
    let own = q.excluded_automation + q.excluded_internal + q.excluded_flood;
    if limited {
        paragraphs.push("There are no attempts to count in this period. Choose a longer one.".to_owned());
    } else {
        paragraphs.push(
            "No customer has tried yet, or nothing has reached this collector. To see your own attempt here: open a page that \
             carries the widget, ask a question, open an article, answer “Did this solve your issue?”, and load this page again."
                .to_owned(),
        );
    }
    if a.browse > 0 {
        paragraphs.push(format!(
            "The widget was opened and closed {} without a question or an article. So it does reach this collector.",
            if a.browse == 1 { "once".into() } else { format!("{} times", number(a.browse)) }
        ));
    }
    if own > 0 {
        paragraphs.push(format!(
            "{} by automation, by your own people or in a flood came in and {} left out of the figures; see below.",
            count(own, "attempt"),
            if own == 1 { "is" } else { "are" }
        ));
    }
    if report.quality.rejected_events > 0 {
        let why: Vec<String> =
            report.quality.rejected_by_reason.iter().map(|(code, n)| format!("{code}: {}", number(*n))).collect();
        paragraphs.push(format!(
            "{} came in and could not be accepted ({}). What that means is said below.",
            count(report.quality.rejected_events, "event"),
            why.join(", ")
        ));
    } else if !limited && a.browse == 0 && own == 0 {
        paragraphs.push(
            "If you did and this page stays empty, look in the browser's network panel for a request to /svar/v1/attempts: 403 \
             means that the page's origin is not allowed (allow it when starting `svar serve`); no request at all means that \
             Global Privacy Control with mode off, or the page's own policy (connect-src), keeps it from being sent."
                .to_owned(),
        );
    }
    Section { id: "nothing-yet", title: "No attempts yet".into(), paragraphs, table: None }
}

fn how(report: &Report) -> Section {
    Section {
        id: "how",
        title: "How to read this".into(),
        paragraphs: vec![
            "The unit is the attempt: one person pursuing one issue. What people said, what they did and whether they asked a \
             person are kept apart and never added up."
                .into(),
            "Intervals are Wilson's at 95% (1927). The estimate weighs answers by the probability of being asked, smooths each \
             group by half an answer, and is withheld while a group with over 10% of attempts has fewer than 10 answers."
                .into(),
            "There are no targets here for views, searches or clicks, and nobody is ranked.".into(),
            format!("The same figures as JSON: /report.json ({}).", report.schema),
        ],
        table: None,
    }
}
