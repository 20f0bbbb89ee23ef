//! From stored attempts to figures: pure functions, so that any figure can be made again and argued with.
//!
//! What was said and what was done are read from the attempt's facts (`declared`, `contact.submitted`, `behaviour`), not
//! from its class, which shows only the first rule that matched. So someone who said "no" and then asked a person still
//! answered. Someone who said "yes" and then asked a person took it back: that counts as not solved.

use super::figures::{Proportion, Stratum, estimate, median};
use super::zone::Zone;
use super::{
    Attempts, Bounds, Deflection, FloodHour, Latest, LatestRejected, Made, Quality, Report, Searching, StratumFigures,
};
use super::{articles, questions, words};
use crate::store::{Intake, Loaded, StoredAttempt};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use svar_outcome::classify::GLANCE_S;
use svar_outcome::story::IDLE_MS;
use svar_outcome::{Attempt, Behaviour, Class, Mode, Reading, Solved, utc_timestamp};

/// How many attempts "latest" shows.
pub const LATEST: usize = 20;

/// How many hours of floods are told.
pub const FLOOD_HOURS: usize = 10;

/// What the customer said, with what was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes, and left it at that.
    Solved,
    /// Partly.
    Partly,
    /// No; or yes, and then asked a person.
    NotSolved,
}

/// The answer that counts.
pub fn answer(attempt: &Attempt) -> Option<Answer> {
    Some(match attempt.declared.as_ref()?.value {
        Solved::Solved if attempt.outcome.retracted => Answer::NotSolved,
        Solved::Solved => Answer::Solved,
        Solved::Partly => Answer::Partly,
        Solved::NotSolved => Answer::NotSolved,
    })
}

/// What was done; unknown where the attempt does not say.
pub fn behaviour(attempt: &Attempt) -> Behaviour {
    if attempt.contact.submitted { Behaviour::E } else { attempt.outcome.behaviour.unwrap_or(Behaviour::U) }
}

/// How an attempt ended, all evidence together. For lists of what to work on, never for a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Said or shown.
    Solved,
    /// Said no or partly, gave up, or asked a person.
    Unsolved,
    /// Cannot be told.
    Unknown,
}

/// How `attempt` ended.
pub fn ended(attempt: &Attempt) -> Ended {
    match (behaviour(attempt), answer(attempt)) {
        (Behaviour::E, _) | (_, Some(Answer::Partly | Answer::NotSolved)) => Ended::Unsolved,
        (_, Some(Answer::Solved)) | (Behaviour::XPlus, None) => Ended::Solved,
        (Behaviour::XMinus, None) => Ended::Unsolved,
        (Behaviour::U, None) => Ended::Unknown,
    }
}

/// The article read last: the one that says so, else the last in the list.
pub fn last_article(attempt: &Attempt) -> Option<&Reading> {
    attempt.articles.iter().rev().find(|reading| reading.last).or_else(|| attempt.articles.last())
}

/// The question was on screen. Who answered was asked, whatever the event says.
fn asked(attempt: &Attempt) -> bool {
    attempt.ask.shown || attempt.declared.is_some()
}

/// Something was read rather than glanced at. In counts mode only the ids leave the browser, no times.
fn read(attempt: &Attempt) -> bool {
    match attempt.privacy.mode {
        Mode::Counts => !attempt.articles.is_empty(),
        _ => attempt.articles.iter().any(|reading| reading.active_s >= GLANCE_S),
    }
}

/// The report over `loaded`, oldest first; `made` says when and for which period.
pub(super) fn fold(loaded: &Loaded, intake: &Intake, made: Made) -> Report {
    let is_left_out =
        |stored: &&StoredAttempt| stored.flood || stored.attempt.quality.internal || stored.attempt.quality.automation;
    let is_browse = |stored: &&StoredAttempt| stored.attempt.outcome.class == Class::Browse;
    let counted: Vec<&StoredAttempt> =
        loaded.attempts.iter().filter(|stored| !is_left_out(stored) && !is_browse(stored)).collect();
    let customers = || loaded.attempts.iter().filter(|stored| !is_left_out(stored));
    let n = counted.len() as u64;
    let count = |test: &dyn Fn(&Attempt) -> bool| counted.iter().filter(|s| test(&s.attempt)).count() as u64;
    let of_all = |test: &dyn Fn(&Attempt) -> bool| Proportion::new(count(test), n);

    let asked_n = count(&asked);
    let solved = count(&|a| answer(a) == Some(Answer::Solved));
    let partly = count(&|a| answer(a) == Some(Answer::Partly));
    let not_solved = count(&|a| answer(a) == Some(Answer::NotSolved));
    let answered = solved + partly + not_solved;

    let strata = [Behaviour::XPlus, Behaviour::XMinus, Behaviour::U, Behaviour::E].map(|kind| {
        let mut stratum = Stratum::default();
        for stored in counted.iter().filter(|stored| behaviour(&stored.attempt) == kind) {
            let said = answer(&stored.attempt).map(|said| (said == Answer::Solved, stored.attempt.ask.p));
            stratum.add(said);
        }
        (kind, stratum)
    });
    let attempts_of = |kind: Behaviour| strata.iter().filter(|(k, _)| *k == kind).map(|(_, s)| s.attempts).sum::<u64>();
    let (x_plus, x_minus, escalated) =
        (attempts_of(Behaviour::XPlus), attempts_of(Behaviour::XMinus), attempts_of(Behaviour::E));
    let estimable: Vec<(&str, Stratum)> = strata
        .iter()
        .filter(|(kind, _)| *kind != Behaviour::E)
        .map(|(kind, stratum)| (words::behaviour(*kind), *stratum))
        .collect();

    let mut times: Vec<u32> = counted
        .iter()
        .filter(|s| answer(&s.attempt) == Some(Answer::Solved) && s.attempt.privacy.mode != Mode::Counts)
        .map(|s| s.attempt.articles.iter().fold(0_u32, |sum, reading| sum.saturating_add(reading.active_s)))
        .filter(|seconds| *seconds > 0)
        .collect();
    // What has no last state, because no page was there any more to send it, is over all the same.
    let over_ms = made.at_ms.saturating_sub(IDLE_MS as i64);
    let open = counted.iter().filter(|s| s.attempt.outcome.provisional && s.event_time_ms >= over_ms).count() as u64;
    let own = |test: &dyn Fn(&Attempt) -> bool| {
        loaded.attempts.iter().filter(|stored| !stored.flood && test(&stored.attempt)).count() as u64
    };

    let (hours, flood_hours_total) = flood_hours(loaded, &made.zone);
    let utc = |ms: i64| utc_timestamp(u64::try_from(ms).unwrap_or(0));

    Report {
        schema: "svar.report.v1",
        generated_at: utc(made.at_ms),
        time_zone: made.zone.name().to_owned(),
        since: made.filter.since_ms.map(utc),
        until: made.filter.until_ms.map(utc),
        quality: Quality {
            response: Proportion::new(answered, asked_n),
            counts_mode: of_all(&|a| a.privacy.mode == Mode::Counts),
            unknown: of_all(&|a| a.outcome.class == Class::Unknown),
            provisional: Proportion::new(open, n),
            truncated: of_all(&|a| a.quality.truncated),
            dropped_attempts: customers().map(|stored| u64::from(stored.attempt.quality.dropped)).sum(),
            clock_skew: counted.iter().filter(|stored| stored.clock_skew).count() as u64,
            // Where the widget failed there is often nothing else to count.
            with_failures: customers().filter(|stored| !stored.attempt.failures.is_empty()).count() as u64,
            rejected_events: intake.rejected.values().sum(),
            rejected_by_reason: intake.rejected.clone(),
            repeated_events: intake.repeated,
            rejected_latest: intake
                .latest
                .iter()
                .map(|(code, latest)| {
                    let time = made.zone.minute(latest.received_ms);
                    (code.clone(), LatestRejected { time, reason: latest.reason.clone() })
                })
                .collect(),
            set_aside_events: intake.set_aside.values().sum::<u64>() + intake.only_counted,
            set_aside_by_type: intake.set_aside.clone(),
            set_aside_only_counted: intake.only_counted,
            unreadable_attempts: loaded.unreadable,
            excluded_flood: loaded.attempts.iter().filter(|stored| stored.flood).count() as u64,
            flood_hours: hours,
            flood_hours_total,
            excluded_automation: own(&|a| a.quality.automation),
            excluded_internal: own(&|a| a.quality.internal && !a.quality.automation),
        },
        attempts: Attempts {
            total: n,
            browse: customers().filter(is_browse).count() as u64,
            asked: asked_n,
            answered,
            solved,
            partly,
            not_solved,
            retracted: count(&|a| a.outcome.retracted),
            exhibited_solved: count(&|a| a.outcome.class == Class::ExhibitedSolved),
            exhibited_not: count(&|a| a.outcome.class == Class::ExhibitedNot),
            unknown: count(&|a| a.outcome.class == Class::Unknown),
            escalated,
        },
        declared: Proportion::new(solved, answered),
        bounds: (asked_n > 0).then(|| Bounds {
            asked: asked_n,
            low: solved as f64 / asked_n as f64,
            high: asked_n.saturating_sub(partly + not_solved) as f64 / asked_n as f64,
        }),
        estimated: estimate(&estimable, escalated),
        strata: strata
            .iter()
            .map(|(kind, stratum)| StratumFigures {
                behaviour: *kind,
                attempts: stratum.attempts,
                answers: stratum.answers,
                solved: stratum.solved,
                rate: if *kind == Behaviour::E { 0.0 } else { stratum.rate() },
            })
            .collect(),
        exhibited: Proportion::new(x_plus, x_plus + x_minus + escalated),
        calibration: strata
            .iter()
            .find(|(kind, _)| *kind == Behaviour::XPlus)
            .map(|(_, stratum)| Proportion::new(stratum.solved, stratum.answers))
            .unwrap_or_default(),
        escalation: Proportion::new(escalated, n),
        deflection: deflection(&counted),
        searching: searching(&counted),
        median_active_s_to_solved: median(&mut times),
        median_active_s_to_solved_n: times.len() as u64,
        unsolved_questions: questions::unsolved(counted.iter().copied()),
        zero_result_questions: questions::zero_results(counted.iter().copied()),
        articles: articles::articles(counted.iter().copied()),
        latest: loaded
            .attempts
            .iter()
            .rev()
            .filter(|stored| !stored.flood)
            .take(LATEST)
            .map(|stored| latest(stored, &made.zone))
            .collect(),
        made,
    }
}

/// The hours of floods, in order, and how many there were; of many those with the most.
fn flood_hours(loaded: &Loaded, zone: &Zone) -> (Vec<FloodHour>, u64) {
    const HOUR_MS: i64 = 3_600_000;
    let mut by_hour: BTreeMap<i64, u64> = BTreeMap::new();
    for stored in loaded.attempts.iter().filter(|stored| stored.flood) {
        *by_hour.entry(stored.first_received_ms.div_euclid(HOUR_MS)).or_default() += 1;
    }
    let total = by_hour.len() as u64;
    let mut hours: Vec<(i64, u64)> = by_hour.into_iter().collect();
    hours.sort_by_key(|(hour, n)| (Reverse(*n), *hour));
    hours.truncate(FLOOD_HOURS);
    hours.sort_unstable();
    let told = |(hour, attempts)| FloodHour { hour: zone.minute(hour * HOUR_MS), attempts };
    (hours.into_iter().map(told).collect(), total)
}

fn deflection(counted: &[&StoredAttempt]) -> Deflection {
    let mut bands = Deflection::default();
    for attempt in counted.iter().map(|stored| &stored.attempt) {
        if !(attempt.contact.opened || attempt.contact.submitted) {
            continue;
        }
        bands.opened += 1;
        match (attempt.contact.submitted, answer(attempt)) {
            (true, _) => bands.submitted += 1,
            (false, Some(Answer::Solved)) => bands.confirmed += 1,
            (false, None) if read(attempt) => bands.potential += 1,
            (false, _) => bands.left += 1,
        }
    }
    bands
}

fn searching(counted: &[&StoredAttempt]) -> Searching {
    let (mut settled, mut unsuccessful, mut nothing) = (0, 0, 0);
    let (mut reciprocal, mut ranked) = (0.0, 0_u64);
    for attempt in counted.iter().map(|stored| &stored.attempt) {
        let gave_up = matches!(behaviour(attempt), Behaviour::XMinus | Behaviour::E);
        for (at, search) in attempt.searches.iter().enumerate() {
            settled += 1;
            nothing += u64::from(search.results == 0);
            let asked_anew = match attempt.searches.get(at + 1) {
                Some(next) => next.reformulates,
                None => gave_up,
            };
            unsuccessful += u64::from(search.results == 0 || (search.picked.is_none() && asked_anew));
        }
        if answer(attempt) == Some(Answer::Solved)
            && let Some(rank) = last_article(attempt).and_then(|reading| reading.rank).filter(|rank| *rank > 0)
        {
            reciprocal += 1.0 / f64::from(rank);
            ranked += 1;
        }
    }
    Searching {
        unsuccessful: Proportion::new(unsuccessful, settled),
        zero_results: Proportion::new(nothing, settled),
        solved_reciprocal_rank: (ranked > 0).then(|| reciprocal / ranked as f64),
        solved_reciprocal_rank_n: ranked,
    }
}

fn latest(stored: &StoredAttempt, zone: &Zone) -> Latest {
    let attempt = &stored.attempt;
    Latest {
        time: zone.minute(stored.event_time_ms),
        class: attempt.outcome.class,
        provisional: attempt.outcome.provisional,
        question: attempt.searches.iter().rev().find_map(|search| search.q.clone()),
        last_article: last_article(attempt).map(|reading| reading.id.clone()),
        not_counted: match &attempt.quality {
            quality if quality.automation => Some("automation".into()),
            quality if quality.internal => Some("internal".into()),
            _ => None,
        },
    }
}
