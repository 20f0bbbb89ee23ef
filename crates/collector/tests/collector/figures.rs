//! The report's figures, against arithmetic done by hand.

use super::*;
use svar_collector::report::{Report, Zone};
use svar_collector::store::{Intake, LatestRefusal, Loaded};
use svar_collector::{Filter, StoredAttempt};
use svar_outcome::*;

const NOON_MS: i64 = 1_795_435_200_000; // 2026-11-23T12:00:00Z

fn report_on(attempts: Vec<Attempt>) -> Report {
    report_with(attempts, Intake::default())
}

fn report_with(attempts: Vec<Attempt>, intake: Intake) -> Report {
    let attempts = (0_i64..)
        .zip(attempts)
        .map(|(at, attempt)| StoredAttempt {
            attempt,
            first_received_ms: NOON_MS + at * 60_000,
            last_received_ms: NOON_MS + at * 60_000,
            event_time_ms: NOON_MS + at * 60_000,
            clock_skew: false,
            flood: false,
        })
        .collect();
    let loaded = Loaded { attempts, unreadable: 0 };
    Report::new(&loaded, &intake, Filter::default(), &Zone::named(Some("Europe/Stockholm")).unwrap(), NOON_MS)
}

/// An attempt of a behaviour: asked or not, with an answer or not. Its class follows by the rules.
fn made(behaviour: Behaviour, asked: bool, said: Option<Solved>) -> Attempt {
    let mut attempt = attempt("x");
    attempt.intent = Intent::Search;
    attempt.ask = Ask { shown: asked, place: None, prompt: 1, p: if asked { 1.0 } else { 0.0 } };
    attempt.declared = said.map(|value| Declared { value, ..Declared::default() });
    attempt.contact.submitted = behaviour == Behaviour::E;
    attempt.contact.opened = behaviour == Behaviour::E;
    let class = match (behaviour, said) {
        (Behaviour::E, _) => Class::Escalated,
        (_, Some(Solved::Solved)) => Class::DeclaredSolved,
        (_, Some(Solved::Partly)) => Class::DeclaredPartly,
        (_, Some(Solved::NotSolved)) => Class::DeclaredNot,
        (Behaviour::XPlus, None) => Class::ExhibitedSolved,
        (Behaviour::XMinus, None) => Class::ExhibitedNot,
        (Behaviour::U, None) => Class::Unknown,
    };
    attempt.outcome = Outcome { behaviour: Some(behaviour), class, provisional: false, retracted: false };
    attempt
}

fn times(n: usize, attempt: Attempt) -> Vec<Attempt> {
    vec![attempt; n]
}

/// | behaviour | attempts | asked | solved | partly | not | silent |
/// |---|---|---|---|---|---|---|
/// | X+ | 12 | 12 | 8 | 1 | 1 | 2 |
/// | X− | 10 | 10 | 1 | – | 9 | – |
/// | U | 2 | 1 | – | – | – | 2 |
/// | E | 6 | 3 | (1, taken back) | – | 1 | 4 |
///
/// and 4 browsing, 2 by automation, 1 internal.
fn by_hand() -> Vec<Attempt> {
    use Behaviour::*;
    use Solved::{NotSolved, Partly};
    let mut taken_back = made(E, true, Some(Solved::Solved));
    taken_back.outcome.retracted = true;
    let mut browse = attempt("b");
    browse.outcome.class = Class::Browse;
    let mut automation = made(XPlus, true, Some(Solved::Solved));
    automation.quality.automation = true;
    let mut internal = made(XMinus, true, Some(NotSolved));
    internal.quality.internal = true;
    [
        times(8, made(XPlus, true, Some(Solved::Solved))),
        times(1, made(XPlus, true, Some(Partly))),
        times(1, made(XPlus, true, Some(NotSolved))),
        times(2, made(XPlus, true, None)),
        times(1, made(XMinus, true, Some(Solved::Solved))),
        times(9, made(XMinus, true, Some(NotSolved))),
        times(1, made(U, true, None)),
        times(1, made(U, false, None)),
        times(1, taken_back),
        times(1, made(E, true, Some(NotSolved))),
        times(1, made(E, true, None)),
        times(3, made(E, false, None)),
        times(4, browse),
        times(2, automation),
        times(1, internal),
    ]
    .concat()
}

fn close(got: Option<f64>, expected: f64) {
    let got = got.unwrap();
    assert!((got - expected).abs() < 1e-5, "expected {expected}, got {got}");
}

#[test]
fn the_figures_by_hand() {
    let report = report_on(by_hand());
    let a = report.attempts;
    // N = 12 + 10 + 2 + 6; A = 12 + 10 + 1 + 3; S = 8 + 1; P = 1; F = 1 + 9 + 1 + 1 taken back
    assert_eq!((a.total, a.browse, a.asked, a.answered), (30, 4, 26, 22));
    assert_eq!((a.solved, a.partly, a.not_solved, a.retracted, a.escalated), (9, 1, 12, 1, 6));
    assert_eq!((a.exhibited_solved, a.exhibited_not, a.unknown), (2, 0, 2));
    assert_eq!((report.quality.excluded_automation, report.quality.excluded_internal), (2, 1));

    // p̂ = 9/22 = .409091; z²/2n = 3.8416/44 = .087309; root of .409091 × .590909/22 + 3.8416/1936
    // = root of .010988 + .001984 = .113896; × 1.96 = .223236; 1 + z²/n = 1.174618
    // (.409091 + .087309 − .223236)/1.174618 = .232556; (.409091 + .087309 + .223236)/1.174618 = .612655
    close(report.declared.rate, 9.0 / 22.0);
    close(report.declared.low, 0.232556);
    close(report.declared.high, 0.612655);
    close(report.quality.response.rate, 22.0 / 26.0);
    // [S/A, (A − P − F)/A] = [9/26, 13/26]
    let bounds = report.bounds.unwrap();
    close(Some(bounds.low), 9.0 / 26.0);
    close(Some(bounds.high), 0.5);

    // X+ 12/30 × 8.5/11 + X− 10/30 × 1.5/11 + U 2/30 × .5/1 + E 0 = .309091 + .045455 + .033333
    close(report.estimated.rate, 0.387879);
    // .16 × .772727 × .227273/10 + .111111 × .136364 × .863636/10 + .004444 × .25/1 = .00522957; root .0723158; × 1.96
    close(report.estimated.low, 0.387879 - 0.141739);
    close(report.estimated.high, 0.387879 + 0.141739);

    close(report.exhibited.rate, 12.0 / 28.0);
    assert_eq!((report.calibration.count, report.calibration.n), (8, 10));
    close(report.escalation.rate, 0.2);
    assert_eq!(
        report.strata.iter().map(|s| (s.attempts, s.answers)).collect::<Vec<_>>(),
        [(12, 10), (10, 10), (2, 0), (6, 2)]
    );
}

/// The order in which attempts come does not matter to any figure.
#[test]
fn a_widget_that_failed_is_counted_also_where_nothing_else_happened() {
    let mut broken = Attempt { failures: vec![svar_outcome::Failure::IndexMissing], ..Attempt::default() };
    broken.outcome.class = Class::Browse;
    let mut ours = broken.clone();
    ours.quality.internal = true;
    let mut solved = made(Behaviour::XPlus, true, Some(Solved::Solved));
    solved.failures = broken.failures.clone();
    let report = report_on(vec![broken, ours, solved]);
    assert_eq!((report.quality.with_failures, report.attempts.total, report.attempts.browse), (2, 1, 1));
}

#[test]
fn any_order_gives_the_same() {
    let forwards = report_on(by_hand());
    let backwards = report_on(by_hand().into_iter().rev().collect());
    let figures = |report: &Report| {
        let mut json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        json.as_object_mut().unwrap().remove("latest");
        json
    };
    assert_eq!(figures(&forwards), figures(&backwards));
}

fn search(q: &str, results: u32, picked: Option<u32>) -> Search {
    Search { q: Some(q.into()), len: q.len() as u32, results, picked, ..Search::default() }
}

fn reading(id: &str, active_s: u32) -> Reading {
    Reading { id: id.into(), active_s, last: true, ..Reading::default() }
}

#[test]
fn questions_that_nobody_answered() {
    let asks = |searches: Vec<Search>, said: Option<Solved>, why: Option<Reason>, article: Option<&str>| {
        let mut attempt = made(Behaviour::XMinus, true, said);
        attempt.searches = searches;
        attempt.articles = article.map(|id| reading(id, 20)).into_iter().collect();
        if let Some(declared) = &mut attempt.declared {
            declared.reason = why;
        }
        attempt
    };
    let report = report_on(vec![
        // Three people, one question, in several spellings; twice in one attempt counts once.
        asks(
            vec![search("WiFi  does not work", 4, Some(1)), search("wifi does not work ", 4, Some(1))],
            Some(Solved::NotSolved),
            Some(Reason::Unclear),
            Some("wifi"),
        ),
        asks(vec![search("wifi does not work", 4, Some(1))], Some(Solved::Partly), Some(Reason::Unclear), Some("wifi")),
        asks(vec![search("wifi does not work", 4, Some(1))], None, None, Some("router")),
        // Nothing found. The first question was still being typed.
        asks(vec![search("how do i", 9, None), search("how do i leave", 0, None)], None, None, None),
        // Solved: no trace among the unsolved, but the question counts as asked.
        asks(vec![search("wifi does not work", 4, Some(1))], Some(Solved::Solved), None, Some("wifi")),
        // Found and never opened; opened far down; cannot be done.
        asks(vec![search("prices", 5, None)], Some(Solved::NotSolved), None, None),
        asks(vec![search("swap card", 9, Some(7))], Some(Solved::NotSolved), None, Some("cards")),
        asks(vec![search("pay with snow", 2, Some(1))], Some(Solved::NotSolved), Some(Reason::CannotDo), Some("pay")),
    ]);
    let list: Vec<_> = report
        .unsolved_questions
        .first
        .iter()
        .map(|q| {
            let advice = serde_json::to_value(q.advice).unwrap();
            (
                q.question.as_str(),
                q.people,
                q.asked,
                q.zero_results,
                q.last_article.as_deref(),
                advice.as_str().unwrap().to_owned(),
            )
        })
        .collect();
    // 4 × Wilson's lower end of 3/4 = 1.20; 1 × that of 1/1 = .21 for the others
    assert_eq!(
        list,
        [
            ("wifi does not work", 3, 4, false, Some("wifi"), "improve".into()),
            ("how do i leave", 1, 1, true, None, "write".into()),
            ("pay with snow", 1, 1, false, Some("pay"), "fix_the_product".into()),
            ("prices", 1, 1, false, None, "retitle".into()),
            ("swap card", 1, 1, false, Some("cards"), "reword".into()),
        ]
    );
    assert_eq!(report.unsolved_questions.first[0].reasons, [(Reason::Unclear, 2)].into());
    assert_eq!(report.zero_result_questions.first.len(), 1);
    assert_eq!(report.zero_result_questions.first[0].people, 1);
}

#[test]
fn articles_by_outcome() {
    let read = |id: &str, behaviour, said| {
        let mut attempt = made(behaviour, true, said);
        attempt.articles = vec![reading("first", 5), reading(id, 30)];
        attempt.articles[0].last = false;
        attempt
    };
    use Behaviour::*;
    let report = report_on(
        [
            times(6, read("good", XPlus, Some(Solved::Solved))),
            times(3, read("good", XPlus, None)),
            times(1, read("good", XPlus, Some(Solved::NotSolved))),
            times(4, read("poor", U, Some(Solved::NotSolved))),
            times(1, read("poor", U, Some(Solved::Partly))),
            times(2, read("poor", E, None)),
            times(2, read("thin", XPlus, Some(Solved::Solved))),
        ]
        .concat(),
    );
    let rows: Vec<_> = report
        .articles
        .first
        .iter()
        .map(|a| {
            (a.article.as_str(), a.attempts, a.solved, a.partly, a.not_solved, a.exhibited_solved, a.contact_after)
        })
        .collect();
    assert_eq!(
        rows,
        [("poor", 7, 0, 1, 4, 0, 2), ("good", 10, 6, 0, 1, 3, 0), ("thin", 2, 2, 0, 0, 0, 0)],
        "where work helps most comes first; the article before the last gets nothing"
    );
    close(report.articles.first[1].declared.rate, 6.0 / 7.0);
    let text = report.to_text();
    let thin = text.lines().find(|line| line.starts_with("thin")).unwrap();
    assert!(thin.contains("too few answers") && !thin.contains('%'), "{thin}");
    // Six and two solved answers, 35 s of reading each; three silent do not count.
    assert_eq!((report.median_active_s_to_solved, report.median_active_s_to_solved_n), (Some(35.0), 8));
}

#[test]
fn deflection_in_bands() {
    let opened = |behaviour, said, articles: Vec<Reading>| {
        let mut attempt = made(behaviour, true, said);
        attempt.contact.opened = true;
        attempt.articles = articles;
        attempt
    };
    use Behaviour::*;
    let mut counts = opened(U, None, vec![reading("a", 0)]);
    counts.privacy.mode = Mode::Counts;
    let report = report_on(vec![
        opened(U, Some(Solved::Solved), vec![reading("a", 30)]),
        opened(U, None, vec![reading("a", 30)]),
        counts,
        opened(XMinus, None, vec![]),
        opened(U, None, vec![reading("a", 3)]),
        opened(U, Some(Solved::NotSolved), vec![reading("a", 30)]),
        opened(E, None, vec![]),
        made(XPlus, true, None),
    ]);
    let d = report.deflection;
    assert_eq!((d.opened, d.confirmed, d.potential, d.submitted, d.left), (7, 1, 2, 1, 3));
}

#[test]
fn searches_that_failed() {
    let mut attempt = made(Behaviour::XMinus, false, None);
    attempt.searches = vec![
        search("one", 3, None),                                     // failed: asked anew
        Search { reformulates: true, ..search("two", 3, Some(1)) }, // picked
        search("three", 0, None),                                   // nothing found
        search("four", 3, None),                                    // failed: gave up
    ];
    let mut looked = made(Behaviour::U, false, None);
    looked.searches = vec![search("five", 3, None)]; // looked and left: no failure
    let report = report_on(vec![attempt, looked]);
    assert_eq!((report.searching.unsuccessful.count, report.searching.unsuccessful.n), (3, 5));
    assert_eq!(report.searching.zero_results.count, 1);
}

/// All that came in and does not count is told in words, in text and on the page alike, and each in JSON.
#[test]
fn what_is_kept_out_is_explained() {
    let mut attempts: Vec<StoredAttempt> = (0_i64..40)
        .map(|n| StoredAttempt {
            attempt: made(Behaviour::XPlus, true, Some(Solved::NotSolved)),
            first_received_ms: NOON_MS + n % 13 * 3_600_000,
            last_received_ms: NOON_MS,
            event_time_ms: NOON_MS,
            clock_skew: false,
            flood: true,
        })
        .collect();
    attempts[0].attempt.quality.automation = true;
    for _ in 0..7 {
        let attempt = made(Behaviour::XPlus, true, Some(Solved::Solved));
        attempts.push(StoredAttempt { attempt, flood: false, clock_skew: true, ..attempts[1].clone() });
    }
    let loaded = Loaded { attempts, unreadable: 2 };
    let latest = LatestRefusal { received_ms: NOON_MS, reason: "expected a time as RFC 3339 <b>".into() };
    let intake = Intake {
        rejected: ["json", "batch", "type", "schema", "id", "time", "limits", "alphabet", "privacy", "new"]
            .map(|code| (code.to_owned(), 3))
            .into(),
        latest: [("time".to_owned(), latest)].into(),
        repeated: 5,
        set_aside: [("svar.attempt.v1".to_owned(), 8), ("svar.attempt.v2".to_owned(), 4)].into(),
        only_counted: 1,
    };
    let zone = Zone::named(Some("Europe/Stockholm")).unwrap();
    let report = Report::new(&loaded, &intake, Filter::default(), &zone, NOON_MS);
    let (a, q) = (&report.attempts, &report.quality);
    assert_eq!((a.total, a.solved, a.not_solved, report.latest.len()), (7, 7, 0, 7), "no flood in any figure");
    assert_eq!((q.excluded_flood, q.excluded_automation, q.set_aside_events), (40, 0, 13));
    let hours: Vec<_> = q.flood_hours.iter().map(|hour| (hour.hour.as_str(), hour.attempts)).collect();
    assert_eq!((hours.len(), q.flood_hours_total, hours[0]), (10, 13, ("2026-11-23 13:00", 4)));
    let one_line = report.to_text().split_whitespace().collect::<Vec<_>>().join(" ");
    let html = report.to_html();
    for words in ["40 attempts of floods left out", "13 set aside of newer widgets", "2 stored attempts unreadable"] {
        assert!(one_line.contains(words) && html.contains(words), "{words}: {one_line}");
    }
    for words in [
        "--flood-exempt",
        "The worst 10 of 13 hours: 2026-11-23 13:00: 4; 2026-11-23 14:00: 3",
        "counted when a newer svar starts on this store",
        "Events of the type svar.attempt.v2",
        "for which there was no room",
        "Not sent by a widget, or cut off on the way",
        "In this mode nothing is sent",
        "Refused: another reason",
        "more than five minutes ahead or a week behind",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("2026-11-23 13:00: expected a time as RFC 3339 &lt;b&gt;"), "{html}");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["quality"]["rejected_latest"]["time"]["time"], "2026-11-23 13:00");
    assert!(!report_on(by_hand()).to_text().contains("Refused"), "nothing is told of what there is not");
}

#[test]
fn no_bare_percentages() {
    let report = report_on(times(2, made(Behaviour::XPlus, true, Some(Solved::Solved))));
    for written in [report.to_text(), report.to_html()] {
        assert!(written.contains("not enough answers yet"), "{written}");
        assert!(!written.contains("100% ("), "{written}");
    }
    assert!(report.to_html().contains("not enough answers yet (2 of 2)"));
    let five = report_on(times(5, made(Behaviour::XPlus, true, Some(Solved::Solved)))).to_text();
    assert!(five.contains("100% (5 of 5)") && five.contains("57 to 100%"), "{five}");
}

#[test]
fn an_empty_store_is_honest_and_helpful() {
    let report = report_on(vec![]);
    for written in [report.to_text(), report.to_html()] {
        assert!(written.contains("No attempts yet"), "{written}");
        assert!(written.contains("ask a question"), "{written}");
        assert!(!written.contains(" 0%") && !written.contains("NaN"), "{written}");
    }
    let rejected = Intake { rejected: [("schema".to_owned(), 3)].into(), ..Intake::default() };
    let text = report_with(vec![], rejected.clone()).to_text();
    assert!(text.contains("Kept out of the figures") && text.contains("Refused: not as an event is"), "{text}");
    assert!(report_with(vec![], rejected).to_text().contains("3 events came in and could not be accepted (schema: 3)"));
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["declared"]["rate"], serde_json::Value::Null);
    assert_eq!(json["schema"], "svar.report.v1");
}

#[test]
fn the_owner_sees_her_own_attempt() {
    let mut mine = made(Behaviour::XPlus, true, None);
    mine.quality.internal = true;
    mine.searches = vec![search("is this on?", 2, Some(1))];
    mine.articles = vec![reading("on", 14)];
    let report = report_on(vec![mine]);
    let text = report.to_text();
    assert!(text.contains("2026-11-23 13:00"), "in Stockholm: {text}");
    assert!(text.contains("is this on?") && text.contains("not counted: internal"), "{text}");
    assert_eq!(report.attempts.total, 0);
    let many = report_on(times(30, made(Behaviour::U, false, None)));
    assert_eq!(many.latest.len(), 20);
    assert_eq!(many.latest[0].time, "2026-11-23 13:29", "the newest first");
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=1>&\u{202e}\u{1b}[2J";
    let mut attempt = made(Behaviour::XMinus, true, Some(Solved::NotSolved));
    attempt.searches = vec![search(hostile, 0, None)];
    attempt.articles = vec![reading(hostile, 20)];
    let report = report_on(vec![attempt]);
    let html = report.to_html();
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("\"'>"), "{html}");
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=1&gt;&amp;"));
    for written in [html.clone(), report.to_text()] {
        assert!(!written.contains('\u{202e}') && !written.contains('\u{1b}'));
    }
    // What the policy refuses is not there.
    for refused in ["style=", "<style", "onerror=\"", "javascript:", "<iframe"] {
        assert!(!html.contains(refused), "{refused}");
    }
}

/// Every tag that is opened is closed, in order; tables have captions and headers with a scope.
#[test]
fn the_page_is_well_formed() {
    let mut attempts = by_hand();
    attempts[0].searches = vec![search("a < b & c", 0, None)];
    attempts[0].articles = vec![reading("a", 20)];
    for html in [report_on(attempts).to_html(), report_on(vec![]).to_html()] {
        let mut open: Vec<&str> = vec![];
        for tag in html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
            if tag.starts_with('!') || tag.ends_with('/') || matches!(name, "meta" | "link") {
                continue;
            }
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "</{name}>");
            } else {
                open.push(name);
            }
        }
        assert_eq!(open, Vec::<&str>::new());
        assert_eq!(html.matches("<table").count(), html.matches("<caption").count());
        assert_eq!(html.matches("<th ").count(), html.matches("<th scope=").count());
        assert!(html.contains("<html lang=\"en\">") && html.contains("<h1>"));
    }
}

#[test]
fn text_fits_its_width() {
    let mut attempts = by_hand();
    attempts[0].articles = vec![reading(&"a-very-long-article-id/".repeat(10), 20)];
    attempts[9].searches = vec![search(&"supercalifragilistic ".repeat(4), 0, None)];
    for line in report_on(attempts).to_text().lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}
