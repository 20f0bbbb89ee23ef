//! From the bytes of a request to events that may be stored. Pure: the time of receipt comes in as an argument.
//!
//! Each event is checked on its own, so that one bad event never costs the good ones beside it:
//!
//! | code | refuses |
//! |---|---|
//! | `json` | a body that is no JSON, or nests deeper than [`MAX_DEPTH`] |
//! | `batch` | more than [`MAX_EVENTS`] events, or neither an array nor an object |
//! | `specversion` | anything but CloudEvents 1.0 |
//! | `type` | a type that is not ours |
//! | `schema` | a missing or wrongly typed field; an unknown one, or an unknown word of a fixed list, of a widget that is older than this program |
//! | `id` | an attempt id that is not 16 to 64 of `[0-9A-Za-z-]`, an event id that is not `ATTEMPT-SEQ` |
//! | `time` | a time that is not RFC 3339 |
//! | `limits` | lists and texts longer than the event's definition allows, numbers out of range |
//! | `alphabet` | characters that a name, a version or a case number does not need: see below |
//! | `privacy` | an event in mode `off`, which sends nothing |
//!
//! A clock that is off is no reason to refuse: the event is marked and the time of receipt is used instead. What the
//! event's privacy mode does not let out is removed, whatever the sender did. A key that comes twice counts as it came last.
//!
//! Set aside for the program that will know them are events of a newer `svar.attempt.vN`, redacted throughout; and events
//! of a widget that is not older than this program which are good but for fields and words that we do not know (`shape.rs`).
//! Of these what is known is checked and cleaned as ever, and what is not is redacted. `again` looks at them anew.
//!
//! What a field may hold, so that sentences, addresses and numbers of persons do not fit where they do not belong:
//!
//! | fields | what is done |
//! |---|---|
//! | `searches.q`, `comment`, `page.route` | redacted again |
//! | `widget.variant` | redacted; what is no letter, digit, space or one of `._-` becomes `-`: an owner's label costs no event |
//! | `page.lang`, `ui.lang`, `articles.lang` | emptied unless `[0-9A-Za-z_-]`, at most 35 characters (RFC 5646, 4.4.1) |
//! | `quality.dropped` | at most `MAX_DROPPED` (1,000): one sender must not make up the figure |
//! | article ids | refused with white space, `@` or control characters; digits stay, they are the owner's |
//! | `contact.case_ref`, `.channel`, versions, revisions, `source`, `datacontenttype` | refused unless letters, digits and some of `-._/:#+;= ` |
//! | the reason and the example kept of a refusal | redacted; of the sender's words at most a single one is quoted, that looks like a field's name or a version |
//!
//! Source: CloudEvents specification 1.0.2, JSON event format and JSON batch format.

use crate::shape;
use crate::store::{AcceptedEvent, Batch, RejectedEvent, SetAsideEvent};
use serde::Deserialize as _;
use serde_json::Value;
use svar_outcome::event::{EVENT_TYPE, Event};
use svar_outcome::{
    Attempt, MAX_ACTIVE_S, MAX_ARTICLES, MAX_COMMENT_CHARS, MAX_NAME_CHARS, MAX_QUESTION_CHARS, MAX_SEARCHES,
    MAX_WORD_CHARS, Mode, redact,
};

/// Most events in a request.
pub const MAX_EVENTS: usize = 50;
/// Deepest nesting of arrays and objects. An event needs six.
pub const MAX_DEPTH: usize = 32;
/// A browser's clock may be this far ahead of ours before it counts as wrong: five minutes, as Kerberos allows (RFC 4120).
pub const MAX_AHEAD_MS: i64 = 5 * 60 * 1000;
/// And this far behind: a state that waited for a week in a tab that was offline can still be true.
pub const MAX_BEHIND_MS: i64 = 7 * 24 * 3600 * 1000;
/// Most bytes kept of a refused event.
pub const MAX_PAYLOAD_BYTES: usize = 2048;

/// Largest event of a newer version that is set aside; ours are far smaller.
pub const MAX_SET_ASIDE_BYTES: usize = 16_384;

/// Most attempts that a browser is believed to have lost since it last told.
const MAX_DROPPED: u32 = 1000;

/// Longest language tag, in characters (RFC 5646, 4.4.1).
const MAX_LANG_CHARS: usize = 35;

/// What a request held.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Accepted {
    /// What to store.
    pub batch: Batch,
    /// Index within the request and reason, in order, for the answer.
    pub refusals: Vec<(usize, String)>,
    /// The request as a whole could not be read; `refusals` is empty then.
    pub unreadable: Option<String>,
}

/// Reads the body of a request that came in at `received_ms`.
pub fn accept(body: &[u8], received_ms: i64) -> Accepted {
    let mut accepted = Accepted { batch: Batch { received_ms, ..Batch::default() }, ..Accepted::default() };
    let items = match items(body) {
        Ok(items) => items,
        Err((code, reason)) => {
            // More than is kept, so that the cut does not go through what redaction would have found.
            let start = body.get(..2 * MAX_PAYLOAD_BYTES).unwrap_or(body);
            let payload = cut(&clean(&String::from_utf8_lossy(start)));
            accepted.batch.rejected.push(RejectedEvent { code, reason: reason.clone(), payload });
            accepted.unreadable = Some(reason);
            return accepted;
        }
    };
    for (index, item) in items.into_iter().enumerate() {
        match one(&item, received_ms) {
            Ok(One::Event(event)) => accepted.batch.events.push(*event),
            Ok(One::SetAside(event)) => accepted.batch.set_aside.push(event),
            Err((code, reason)) => {
                let payload = cut(&redacted(item, &[]).to_string());
                accepted.refusals.push((index, reason.clone()));
                accepted.batch.rejected.push(RejectedEvent { code, reason, payload });
            }
        }
    }
    accepted
}

type Refusal = (&'static str, String);

/// What an event is good for.
#[derive(Debug)]
pub(crate) enum One {
    Event(Box<AcceptedEvent>),
    SetAside(SetAsideEvent),
}

/// Looks again at an event that was set aside when it came in at `received_ms`.
///
/// # Errors
/// The check that refuses it, now that it can be made, and why.
pub(crate) fn again(event: &str, received_ms: i64) -> Result<One, (&'static str, String)> {
    let item = serde_json::from_str(event)
        .map_err(|_| ("json", "expected the event as it was set aside, found no JSON".to_owned()))?;
    one(&item, received_ms)
}

fn items(body: &[u8]) -> Result<Vec<Value>, Refusal> {
    let depth = depth(body);
    if depth > MAX_DEPTH {
        return Err((
            "json",
            format!("the body nests {depth} deep or more, at most {MAX_DEPTH} is read; an event needs six"),
        ));
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Array(items)) if items.len() > MAX_EVENTS => Err((
            "batch",
            format!(
                "the batch holds {} events, at most {MAX_EVENTS} are read; send the rest in another request",
                items.len()
            ),
        )),
        Ok(Value::Array(items)) => Ok(items),
        Ok(object @ Value::Object(_)) => Ok(vec![object]),
        Ok(_) => {
            Err(("batch", "expected a JSON array of events, or one event as an object; found something else".into()))
        }
        Err(error) => Err((
            "json",
            format!(
                "expected JSON, found something else at line {} column {}; send a CloudEvents batch, a JSON array of events",
                error.line(),
                error.column()
            ),
        )),
    }
}

/// Deepest nesting of brackets outside strings. Looked at before parsing, so that depth is ours to decide.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_string = false,
            (true, _) => {}
            (false, b'"') => in_string = true,
            (false, b'[' | b'{') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
    }
    deepest
}

fn one(item: &Value, received_ms: i64) -> Result<One, Refusal> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    if !item.is_object() {
        return Err(("schema", "expected an event as a JSON object, found something else".into()));
    }
    let specversion = text("specversion");
    if specversion != "1.0" {
        return Err(("specversion", format!("expected specversion \"1.0\", found {}", quote(specversion))));
    }
    let event_type = text("type");
    if event_type != EVENT_TYPE {
        if newer(event_type) {
            return set_aside(item, event_type).map(One::SetAside);
        }
        return Err(("type", format!("expected type \"{EVENT_TYPE}\", found {}", quote(event_type))));
    }
    let event: Event = match serde_json::from_value(item.clone()) {
        Ok(event) => event,
        Err(error) => {
            if let Some(event) = of_a_newer_widget(item) {
                return set_aside_what_is_more(item, event, received_ms).map(One::SetAside);
            }
            let error = unquoted(&error.to_string());
            return Err(("schema", format!("the event is not as svar.attempt.v1 is defined: {error}")));
        }
    };
    let (event_time_ms, clock_skew) = check(&event, received_ms)?;
    let attempt = cleaned(event.data);
    // In counts mode only the hour leaves the browser; if more came, it goes no further.
    let event_time_ms = match attempt.privacy.mode {
        Mode::Counts => event_time_ms - event_time_ms.rem_euclid(3_600_000),
        _ => event_time_ms,
    };
    Ok(One::Event(Box::new(AcceptedEvent { attempt, event_time_ms, clock_skew, flood: false })))
}

/// What is known of an event that only has fields and words that we do not know, by a widget that is not older than we are.
fn of_a_newer_widget(item: &Value) -> Option<Event> {
    let mut event: Event = serde_json::from_value(shape::EVENT.known(item)).ok()?;
    // Builds between releases carry the same number.
    if release(&event.data.widget.version)? < release(env!("CARGO_PKG_VERSION"))? {
        return None;
    }
    // A mode that we do not know may let out as little as the strictest that we know.
    let mode = item.get("data").and_then(|data| data.get("privacy")?.get("mode"));
    event.data.privacy.mode = mode.and_then(|mode| Mode::deserialize(mode).ok()).unwrap_or(Mode::Counts);
    Some(event)
}

/// The three numbers of a version.
fn release(version: &str) -> Option<[u32; 3]> {
    let mut numbers = version.split(['-', '+']).next()?.split('.').map(|number| number.parse().ok());
    let release = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(release)
}

/// Sets an event of our type aside, of which `event` is what is known.
fn set_aside_what_is_more(item: &Value, event: Event, received_ms: i64) -> Result<SetAsideEvent, Refusal> {
    check(&event, received_ms)?;
    let (id, seq) = (event.data.attempt.clone(), i64::from(event.data.seq));
    let event = Event { data: cleaned(event.data), ..event };
    let mut kept = serde_json::to_value(event)
        .map_err(|_| ("schema", "expected an event that can be written down, found another".to_owned()))?;
    shape::EVENT.put_back(&mut kept, item, &mut |name, value| Some((clean(name), redacted(value.clone(), &[]))));
    let mode = "/data/privacy/mode";
    if let (Some(kept), Some(theirs)) = (kept.pointer_mut(mode), item.pointer(mode)) {
        *kept = theirs.clone();
    }
    small_enough(SetAsideEvent { id, seq, event_type: EVENT_TYPE.into(), json: kept.to_string(), flood: false })
}

fn small_enough(event: SetAsideEvent) -> Result<SetAsideEvent, Refusal> {
    match event.json.len() {
        0..=MAX_SET_ASIDE_BYTES => Ok(event),
        found => Err(("limits", format!("expected an event of at most {MAX_SET_ASIDE_BYTES} bytes, found {found}"))),
    }
}

/// All checks of what is in an event; returns the time to count it at, and whether the sender's clock is wrong.
fn check(event: &Event, received_ms: i64) -> Result<(i64, bool), Refusal> {
    check_ids(event)?;
    let time = check_time(&event.time, received_ms)?;
    check_limits(event)?;
    if event.data.privacy.mode == Mode::Off {
        return Err(("privacy", "an attempt in privacy mode \"off\" must not be sent".into()));
    }
    Ok(time)
}

/// `svar.attempt.vN` with N over 1.
fn newer(event_type: &str) -> bool {
    event_type.strip_prefix("svar.attempt.v").and_then(|n| n.parse::<u16>().ok()).is_some_and(|n| n > 1)
}

fn set_aside(item: &Value, event_type: &str) -> Result<SetAsideEvent, Refusal> {
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    if !is_id(id, 16, 100) {
        return Err(("id", format!("expected an event id of 16 to 100 of [0-9A-Za-z-], found {}", quote(id))));
    }
    let json = redacted(item.clone(), &["id", "attempt", "time", "type"]).to_string();
    small_enough(SetAsideEvent { id: id.into(), seq: 0, event_type: event_type.into(), json, flood: false })
}

pub(crate) fn is_id(id: &str, shortest: usize, longest: usize) -> bool {
    (shortest..=longest).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_ids(event: &Event) -> Result<(), Refusal> {
    let attempt = &event.data.attempt;
    if !is_id(attempt, 16, 64) {
        return Err(("id", format!("expected an attempt id of 16 to 64 of [0-9A-Za-z-], found {}", quote(attempt))));
    }
    if event.id != format!("{attempt}-{}", event.data.seq) {
        let found = quote(&event.id);
        return Err((
            "id",
            format!("expected the event's id to be its attempt's id, a hyphen and its seq, found {found}"),
        ));
    }
    Ok(())
}

/// The time to count the event at, and whether the sender's clock is wrong.
fn check_time(time: &str, received_ms: i64) -> Result<(i64, bool), Refusal> {
    let parsed: jiff::Timestamp = time.parse().map_err(|_| {
        ("time", format!("expected a time as RFC 3339 in UTC, for example 2026-11-23T15:04:05Z, found {}", quote(time)))
    })?;
    let ms = parsed.as_millisecond();
    let skewed = ms > received_ms.saturating_add(MAX_AHEAD_MS) || ms < received_ms.saturating_sub(MAX_BEHIND_MS);
    Ok(if skewed { (received_ms, true) } else { (ms, false) })
}

fn check_limits(event: &Event) -> Result<(), Refusal> {
    let attempt = &event.data;
    let at_most = |what: &str, found: usize, most: usize| {
        if found > most { Err(("limits", format!("expected at most {most} {what}, found {found}"))) } else { Ok(()) }
    };
    at_most("searches", attempt.searches.len(), MAX_SEARCHES)?;
    at_most("articles", attempt.articles.len(), MAX_ARTICLES)?;
    at_most("failures", attempt.failures.len(), 10)?;
    for search in &attempt.searches {
        at_most("characters in searches.q", count(search.q.as_deref()), MAX_QUESTION_CHARS)?;
        at_most("articles in searches.top", search.top.len(), 3)?;
        search.top.iter().try_for_each(|id| article_id("searches.top", id))?;
    }
    for reading in &attempt.articles {
        article_id("articles.id", &reading.id)?;
        word("articles.rev", &reading.rev, "-._")?;
        plain("articles.lang", &reading.lang, MAX_WORD_CHARS)?;
        at_most("percent in articles.scroll", reading.scroll.into(), 100)?;
        at_most("seconds in articles.active_s", reading.active_s as usize, MAX_ACTIVE_S as usize)?;
    }
    at_most("characters in comment", count(attempt.comment.as_deref()), MAX_COMMENT_CHARS)?;
    word("source", &event.source, "-._/:")?;
    word("datacontenttype", &event.datacontenttype, "-.+/;= ")?;
    word("widget.version", &attempt.widget.version, "-._+")?;
    word("widget.index", &attempt.widget.index, "-._")?;
    plain("widget.variant", attempt.widget.variant.as_deref().unwrap_or_default(), MAX_WORD_CHARS)?;
    plain("page.route", &attempt.page.route, MAX_NAME_CHARS)?;
    plain("page.lang", &attempt.page.lang, MAX_WORD_CHARS)?;
    plain("ui.lang", &attempt.ui.lang, MAX_WORD_CHARS)?;
    word("contact.channel", attempt.contact.channel.as_deref().unwrap_or_default(), "-_")?;
    word("contact.case_ref", attempt.contact.case_ref.as_deref().unwrap_or_default(), "-._/:#")?;
    article_id("declared.article", attempt.declared.as_ref().and_then(|d| d.article.as_deref()).unwrap_or_default())?;
    // JSON knows no infinity, but the type does. Who was not sampled may say with which probability.
    let p = attempt.ask.p;
    let within = p.is_finite() && (0.0..=1.0).contains(&p) && (p > 0.0 || !attempt.ask.shown);
    if !within {
        return Err(("limits", format!("expected ask.p over 0 and at most 1 where asked (0 where not), found {p}")));
    }
    Ok(())
}

fn count(text: Option<&str>) -> usize {
    text.map_or(0, |text| text.chars().count())
}

/// An article's id as `svar build` makes them of paths and of what authors write.
fn article_id(field: &str, text: &str) -> Result<(), Refusal> {
    plain(field, text, MAX_NAME_CHARS)?;
    if text.contains(|c: char| c == '@' || c.is_whitespace()) {
        return Err(("alphabet", format!("expected an article's id without @ and white space in {field}")));
    }
    Ok(())
}

/// Letters and digits of ASCII, and `also`.
fn word(field: &str, text: &str, also: &str) -> Result<(), Refusal> {
    plain(field, text, MAX_WORD_CHARS)?;
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c)) {
        return Err((
            "alphabet",
            format!("expected only letters and digits of ASCII and any of \"{also}\" in {field}"),
        ));
    }
    Ok(())
}

fn plain(field: &str, text: &str, most: usize) -> Result<(), Refusal> {
    let found = text.chars().count();
    if found > most {
        return Err(("limits", format!("expected at most {most} characters in {field}, found {found}")));
    }
    if text.chars().any(char::is_control) {
        return Err(("limits", format!("expected no control characters in {field}, found one")));
    }
    Ok(())
}

/// Redacts again, removes what the mode does not let out, control characters, and what labels do not need.
fn cleaned(attempt: Attempt) -> Attempt {
    let mode = attempt.privacy.mode;
    let mut attempt = attempt.in_mode(mode);
    for search in &mut attempt.searches {
        search.q = search.q.take().map(|q| clip(&clean(&q), MAX_QUESTION_CHARS));
    }
    attempt.comment = attempt.comment.take().map(|comment| clip(&clean(&comment), MAX_COMMENT_CHARS));
    attempt.page.route = clean(&attempt.page.route);
    attempt.quality.dropped = attempt.quality.dropped.min(MAX_DROPPED);
    let variant = attempt.widget.variant.as_deref().map(clean);
    attempt.widget.variant = variant.map(|v| v.replace(|c: char| !(c.is_alphanumeric() || " ._-".contains(c)), "-"));
    let readings = attempt.articles.iter_mut().map(|r| &mut r.lang);
    for lang in readings.chain([&mut attempt.page.lang, &mut attempt.ui.lang]) {
        if lang.len() > MAX_LANG_CHARS || !lang.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
            lang.clear();
        }
    }
    attempt
}

fn clean(text: &str) -> String {
    redact(&text.replace(char::is_control, " "))
}

/// The first `most` characters.
fn clip(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// What was found, for a reason: in quotes if it looks like a name, a version or an id. Other words come from who knows
/// whom, and a reason is kept.
fn quote(text: &str) -> String {
    let plain = text.len() <= 80 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/+".contains(c));
    match clean(text) {
        same if plain && same == text => format!("\"{text}\""),
        _ => format!("another text of {} characters", text.chars().count()),
    }
}

/// serde's words without the sender's. They are quoted before the last `, expected`, if anywhere: the name of an unknown
/// field, which says what is wrong, or a value, which does not.
fn unquoted(error: &str) -> String {
    let (found, expected) = error.rsplit_once(", expected").unwrap_or((error, ""));
    let found = match found.split_once(['`', '"']) {
        Some((what, name)) if what.ends_with("field ") => {
            let name = quote(name.strip_suffix('`').unwrap_or(name));
            format!("{what}{}", name.replace('"', "`"))
        }
        Some((what, _)) => format!("{what}which is not repeated here"),
        None => found.to_owned(),
    };
    let comma = if expected.is_empty() { "" } else { ", expected" };
    clip(&clean(&format!("{found}{comma}{expected}")), 300)
}

/// At most [`MAX_PAYLOAD_BYTES`] bytes, whole characters.
pub(crate) fn cut(text: &str) -> String {
    let mut end = text.len().min(MAX_PAYLOAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].into()
}

/// `value` with every text redacted, keys too, and numbers of seven digits or more; fields named in `keep` stay where they
/// hold nothing but `[0-9A-Za-z:.+-]`.
fn redacted(value: Value, keep: &[&str]) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text)),
        Value::Number(number) => match clean(&number.to_string()) {
            text if text == number.to_string() => Value::Number(number),
            text => Value::String(text),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(|item| redacted(item, keep)).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(key, value)| {
                    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || ":.+-".contains(c));
                    let kept = keep.contains(&key.as_str()) && value.as_str().is_some_and(plain);
                    (clean(&key), if kept { value } else { redacted(value, keep) })
                })
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{attempt, event};
    use serde_json::json;
    use svar_outcome::{Declared, Reading, Search, Solved};

    const NOW_MS: i64 = 1_795_445_104_000; // 2026-11-23T14:45:04Z

    fn good() -> Value {
        event(attempt("a"), NOW_MS as u64)
    }

    #[test]
    fn what_a_widget_sends_is_within_the_limits_whatever_it_was_given() {
        let long = "ö".repeat(5_000);
        let mut state = attempt("a");
        state.widget.variant = Some(long.clone());
        (state.page.route, state.page.lang, state.ui.lang) = (format!("/{long}"), long.clone(), long.clone());
        state.searches = vec![Search { q: Some(long.clone()), top: vec!["a".into(); 9], ..Search::default() }; 30];
        state.articles = vec![Reading { id: "a".into(), active_s: u32::MAX, ..Reading::default() }; 30];
        state.comment = Some(long);
        assert_eq!(accept(event(state.clone(), NOW_MS as u64).to_string().as_bytes(), NOW_MS).batch.events.len(), 0);
        let accepted = accept(event(state.bounded(), NOW_MS as u64).to_string().as_bytes(), NOW_MS);
        assert_eq!((accepted.batch.events.len(), accepted.refusals), (1, vec![]));
    }

    #[test]
    fn one_sender_does_not_make_up_a_figure() {
        let mut state = attempt("a");
        state.quality.dropped = u32::MAX;
        let got = accept(event(state, NOW_MS as u64).to_string().as_bytes(), NOW_MS);
        assert_eq!(got.batch.events[0].attempt.quality.dropped, MAX_DROPPED);
    }

    /// What comes of one event, changed by `change`: `ok`, or the code that refuses it.
    fn check(change: impl FnOnce(&mut Value)) -> &'static str {
        let mut item = good();
        change(&mut item);
        let got = accept(json!([item]).to_string().as_bytes(), NOW_MS);
        assert_eq!(got.batch.rejected.len(), got.refusals.len());
        match (got.batch.events.len(), got.batch.set_aside.len()) {
            (1, 0) => "ok",
            (0, 1) => "set aside",
            _ => got.batch.rejected[0].code,
        }
    }

    #[test]
    fn each_check() {
        let long = |n: usize| "x".repeat(n);
        type Case = (&'static str, Box<dyn Fn(&mut Value)>, &'static str);
        fn case(what: &'static str, change: impl Fn(&mut Value) + 'static, expected: &'static str) -> Case {
            (what, Box::new(change), expected)
        }
        let search = |q: &str| json!({"q": q, "len": 3, "results": 1, "match": "exact"});
        let (question, too_long, comment) = (search(&long(80)), search(&long(81)), long(501));
        let many: Vec<Value> = (0..11).map(|_| search("q")).collect();
        let (route, lang) = (long(301), long(81));
        let cases = [
            case("as it should be", |_| {}, "ok"),
            case("CloudEvents 0.3", |e| e["specversion"] = json!("0.3"), "specversion"),
            case("no specversion", |e| drop(e.as_object_mut().unwrap().remove("specversion")), "specversion"),
            case("another type", |e| e["type"] = json!("com.example.order"), "type"),
            case("version 0", |e| e["type"] = json!("svar.attempt.v0"), "type"),
            case("a newer version", |e| e["type"] = json!("svar.attempt.v2"), "set aside"),
            case(
                "newer, with what only it knows",
                |e| (e["type"], e["data"]["mood"]) = (json!("svar.attempt.v3"), json!(1)),
                "set aside",
            ),
            case("an unknown field", |e| e["data"]["email"] = json!("a@b.se"), "schema"),
            case("an unknown extension", |e| e["traceparent"] = json!("x"), "schema"),
            case("a missing field", |e| drop(e["data"].as_object_mut().unwrap().remove("ask")), "schema"),
            case("a wrong type", |e| e["data"]["seq"] = json!("1"), "schema"),
            case("a negative seq", |e| e["data"]["seq"] = json!(-1), "schema"),
            case("an unknown word", |e| e["data"]["entry"] = json!("carrier_pigeon"), "schema"),
            case("id too short", |e| (e["data"]["attempt"], e["id"]) = (json!("abc"), json!("abc-1")), "id"),
            case(
                "id with a slash",
                |e| (e["data"]["attempt"], e["id"]) = (json!("0123456789/abcdef"), json!("0123456789/abcdef-1")),
                "id",
            ),
            case("event id of another", |e| e["id"] = json!("bxxxxxxxxxxxxxxx-1"), "id"),
            case("no time", |e| e["time"] = json!("yesterday"), "time"),
            case("a time without zone", |e| e["time"] = json!("2026-11-23T14:45:04"), "time"),
            case("another zone", |e| e["time"] = json!("2026-11-23T15:45:04+01:00"), "ok"),
            case("a clock in 1970", |e| e["time"] = json!("1970-01-01T00:00:00Z"), "ok"),
            case("a question of 80", move |e| e["data"]["searches"] = json!([question]), "ok"),
            case("a question of 81", move |e| e["data"]["searches"] = json!([too_long]), "limits"),
            case("eleven searches", move |e| e["data"]["searches"] = json!(many), "limits"),
            case(
                "four on top",
                |e| {
                    e["data"]["searches"] =
                        json!([{"len": 1, "results": 9, "match": "exact", "top": ["a", "b", "c", "d"]}])
                },
                "limits",
            ),
            case("a comment of 501", move |e| e["data"]["comment"] = json!(comment), "limits"),
            case("a long route", move |e| e["data"]["page"]["route"] = json!(route), "limits"),
            case("a long language", move |e| e["data"]["page"]["lang"] = json!(lang), "limits"),
            case("a language with more in it", |e| e["data"]["page"]["lang"] = json!("sv, anna@example.se"), "ok"),
            case("a variant in words", |e| e["data"]["widget"]["variant"] = json!("Röd knapp!"), "ok"),
            case(
                "an address as article",
                |e| e["data"]["declared"] = json!({"value": "solved", "article": "anna@example.se"}),
                "alphabet",
            ),
            case(
                "words as an article",
                |e| {
                    e["data"]["searches"] =
                        json!([{"len": 1, "results": 9, "match": "exact", "top": ["a", "Anna Berg"]}])
                },
                "alphabet",
            ),
            case(
                "an article's number",
                |e| {
                    e["data"]["searches"] =
                        json!([{"len": 1, "results": 9, "match": "exact", "top": ["hc/360001234567-Fråga"]}])
                },
                "ok",
            ),
            case("a case number", |e| e["data"]["contact"]["case_ref"] = json!("ÄRENDE 1"), "alphabet"),
            case("a case number", |e| e["data"]["contact"]["case_ref"] = json!("CASE-2026/00012345"), "ok"),
            case("a channel in words", |e| e["data"]["contact"]["channel"] = json!("ring Anna"), "alphabet"),
            case("a channel", |e| e["data"]["contact"]["channel"] = json!("mailto"), "ok"),
            case("a version in words", |e| e["data"]["widget"]["version"] = json!("1.0 (anna@example.se)"), "alphabet"),
            case("a pre-release", |e| e["data"]["widget"]["version"] = json!("0.1.0-rc.1+5c2"), "ok"),
            case("an index in words", |e| e["data"]["widget"]["index"] = json!("Anna Berg"), "alphabet"),
            case("a source with a user", |e| e["source"] = json!("https://anna@example.se"), "alphabet"),
            case("a control character", |e| e["data"]["page"]["route"] = json!("/a\u{0}b"), "limits"),
            case(
                "scrolled 101 %",
                |e| e["data"]["articles"] = json!([{"id": "a", "rev": "1", "lang": "sv", "via": "results", "active_s": 1, "scroll": 101, "last": true}]),
                "limits",
            ),
            case("asked with p 0", |e| e["data"]["ask"] = json!({"shown": true, "prompt": 1, "p": 0}), "limits"),
            case(
                "asked with p over 1",
                |e| e["data"]["ask"] = json!({"shown": true, "prompt": 1, "p": 1.01}),
                "limits",
            ),
            case(
                "asked with p under 0",
                |e| e["data"]["ask"] = json!({"shown": false, "prompt": 1, "p": -0.5}),
                "limits",
            ),
            case("asked with p 1", |e| e["data"]["ask"] = json!({"shown": true, "prompt": 1, "p": 1}), "ok"),
            case("not asked", |e| e["data"]["ask"] = json!({"shown": false, "prompt": 1, "p": 0}), "ok"),
            case("mode off", |e| e["data"]["privacy"]["mode"] = json!("off"), "privacy"),
        ];
        for (what, change, expected) in cases {
            assert_eq!(check(change), expected, "{what}");
        }
    }

    #[test]
    fn bad_events_never_cost_the_good_ones() {
        let mut wrong = good();
        wrong["data"]["name"] = json!("Anna Berg, anna@example.se, 0701740605");
        let body = json!([good(), 7, wrong, event(attempt("b"), NOW_MS as u64), {}, null]);
        let got = accept(body.to_string().as_bytes(), NOW_MS);
        assert_eq!(got.unreadable, None);
        assert_eq!(got.batch.events.len(), 2);
        assert_eq!(got.refusals.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2, 4, 5]);
        assert!(got.refusals[1].1.contains("unknown field `name`"), "{:?}", got.refusals[1]);
        let kept = &got.batch.rejected[1].payload;
        assert!(!kept.contains("anna@") && !kept.contains("0701740605"), "{kept}");
    }

    #[test]
    fn a_body_that_is_no_batch() {
        let fifty_one = json!(vec![good(); 51]).to_string();
        for (body, code) in [
            (&b""[..], "json"),
            (b"hello", "json"),
            (b"[{]", "json"),
            (b"\xff\xfe", "json"),
            (b"7", "batch"),
            (b"\"text\"", "batch"),
            (fifty_one.as_bytes(), "batch"),
        ] {
            let got = accept(body, NOW_MS);
            assert_eq!(got.batch.rejected[0].code, code, "{:?}", String::from_utf8_lossy(body));
            assert!(got.unreadable.is_some() && got.refusals.is_empty());
        }
        assert_eq!(
            accept(b"[]", NOW_MS),
            Accepted { batch: Batch { received_ms: NOW_MS, ..Batch::default() }, ..Accepted::default() }
        );
        assert_eq!(accept(good().to_string().as_bytes(), NOW_MS).batch.events.len(), 1, "one event alone");
    }

    #[test]
    fn depth_is_looked_at_before_parsing() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(accept(nested(33).as_bytes(), NOW_MS).batch.rejected[0].code, "json");
        assert!(accept(nested(33).as_bytes(), NOW_MS).unreadable.unwrap().contains("at most 32"));
        assert_eq!(
            accept(nested(32).as_bytes(), NOW_MS).batch.rejected[0].code,
            "schema",
            "deep enough to be looked at"
        );
        assert!(accept("[".repeat(60_000).as_bytes(), NOW_MS).unreadable.is_some(), "never a full stack");
        assert_eq!(depth(br#"["[[[", "\"[[", {"a": "]"}]"#), 2, "brackets in strings do not count");
    }

    #[test]
    fn clocks_that_are_off_are_marked() {
        let time_of = |ms: i64| {
            let got = accept(json!([event(attempt("a"), ms as u64)]).to_string().as_bytes(), NOW_MS);
            (got.batch.events[0].event_time_ms, got.batch.events[0].clock_skew)
        };
        let s = |seconds: i64| seconds * 1000;
        assert_eq!(time_of(NOW_MS - s(60)), (NOW_MS - s(60), false));
        assert_eq!(time_of(NOW_MS + s(299)), (NOW_MS + s(299), false));
        assert_eq!(time_of(NOW_MS + s(301)), (NOW_MS, true));
        assert_eq!(time_of(NOW_MS - s(7 * 86_400 - 1)), (NOW_MS - s(7 * 86_400 - 1), false));
        assert_eq!(time_of(NOW_MS - s(8 * 86_400)), (NOW_MS, true));
        assert_eq!(time_of(0), (NOW_MS, true));
    }

    #[test]
    fn texts_are_redacted_again() {
        let mut state = attempt("a");
        state.searches.push(Search { q: Some("ring mig 070-174 06 05\nanna@example.se".into()), ..Search::default() });
        state.comment = Some("kort 4242 4242 4242 4242".into());
        state.page.route = "/kund/19121212-1212".into();
        state.page.lang = "sv anna".into();
        state.ui.lang = "zh-Hant-TW".into();
        state.widget.variant = Some("Blå (anna@example.se)".into());
        let got = accept(json!([event(state, NOW_MS as u64)]).to_string().as_bytes(), NOW_MS);
        let stored = &got.batch.events[0].attempt;
        assert_eq!(stored.searches[0].q.as_deref(), Some("ring mig [number] [e-mail]"));
        assert_eq!(stored.comment.as_deref(), Some("kort [number]"));
        assert_eq!(stored.page.route, "/kund/[number]");
        assert_eq!((stored.page.lang.as_str(), stored.ui.lang.as_str()), ("", "zh-Hant-TW"));
        assert_eq!(stored.widget.variant.as_deref(), Some("Blå -e-mail-"));
    }

    /// A sender that says `counts` and sends more is not believed.
    #[test]
    fn what_the_mode_does_not_let_out_is_removed() {
        let mut state = attempt("a");
        state.searches.push(Search { q: Some("hemligt".into()), ..Search::default() });
        state.articles.push(Reading { id: "router".into(), active_s: 40, last: true, ..Reading::default() });
        state.declared = Some(Declared { value: Solved::Solved, ..Declared::default() });
        state.comment = Some("hemligt".into());
        let mut item = event(state, NOW_MS as u64);
        item["data"]["privacy"]["mode"] = json!("counts");
        let got = accept(json!([item]).to_string().as_bytes(), NOW_MS);
        let stored = &got.batch.events[0];
        assert!(!serde_json::to_string(&stored.attempt).unwrap().contains("hemligt"));
        assert_eq!(stored.attempt.articles[0].id, "router");
        assert_eq!(stored.attempt.articles[0].active_s, 0);
        assert_eq!(stored.event_time_ms % 3_600_000, 0);
    }

    /// Whatever the sender wrote, the reason that is kept and answered quotes none of it but a field's name.
    #[test]
    fn reasons_do_not_repeat_what_was_sent() {
        type Case = (&'static str, fn(&mut Value, &str));
        let ways: [Case; 8] = [
            ("unknown field", |e, text| e["data"][text] = json!(1)),
            ("unknown variant", |e, text| e["data"]["entry"] = json!(text)),
            ("invalid type", |e, text| e["data"]["seq"] = json!(text)),
            ("specversion", |e, text| e["specversion"] = json!(text)),
            ("type", |e, text| e["type"] = json!(text)),
            ("id", |e, text| e["id"] = json!(text)),
            ("an attempt id", |e, text| e["data"]["attempt"] = json!(text)),
            ("a time", |e, text| e["time"] = json!(text)),
        ];
        for secret in ["anna@example.se", "0701740605", "Anna Berg", "x`, expected `Anna Berg`", "field `Anna Berg"] {
            for (expected, change) in ways {
                let mut item = good();
                change(&mut item, secret);
                let got = accept(json!([item]).to_string().as_bytes(), NOW_MS);
                let reason = &got.batch.rejected[0].reason;
                assert!(reason.contains(expected), "{reason}");
                assert_eq!(*reason, got.refusals[0].1);
                assert!(!["anna@", "070174", "Anna"].iter().any(|s| reason.contains(s)), "{secret}: {reason}");
            }
        }
        let got = accept(b"[anna@example.se, 070-174 06 05", NOW_MS);
        assert_eq!(got.batch.rejected[0].payload, "[e-mail] [number]");
    }

    #[test]
    fn what_is_kept_of_a_refusal_is_small() {
        let mut wrong = good();
        wrong["data"]["extra"] = json!("å".repeat(20_000));
        let got = accept(json!([wrong]).to_string().as_bytes(), NOW_MS);
        assert!(got.batch.rejected[0].payload.len() <= MAX_PAYLOAD_BYTES);
        let mut newer = good();
        newer["type"] = json!("svar.attempt.v2");
        newer["data"]["extra"] = json!("ord ".repeat(MAX_SET_ASIDE_BYTES / 4));
        assert_eq!(accept(json!([newer]).to_string().as_bytes(), NOW_MS).batch.rejected[0].code, "limits");
    }

    #[test]
    fn a_newer_event_is_kept_whole_but_redacted() {
        let mut newer = good();
        newer["type"] = json!("svar.attempt.v2");
        newer["data"]["thoughts"] = json!(["mejla anna@example.se", 701740605]);
        let got = accept(json!([newer]).to_string().as_bytes(), NOW_MS);
        let kept: Value = serde_json::from_str(&got.batch.set_aside[0].json).unwrap();
        assert_eq!(kept["data"]["attempt"], "axxxxxxxxxxxxxxx");
        assert_eq!(kept["data"]["thoughts"], json!(["mejla [e-mail]", "[number]"]));
        assert_eq!(kept["time"], newer["time"]);
        newer["data"]["note"] = json!({"time": "anna@example.se", "type": "070-174 06 05"});
        let got = accept(json!([newer]).to_string().as_bytes(), NOW_MS);
        let kept: Value = serde_json::from_str(&got.batch.set_aside[0].json).unwrap();
        assert_eq!(kept["data"]["note"], json!({"time": "[e-mail]", "type": "[number]"}));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            accept(&body, NOW_MS);
        }
        #[test]
        fn never_panics_on_damaged_events(at in 0_usize..700, byte in proptest::prelude::any::<u8>()) {
            let mut body = json!([good()]).to_string().into_bytes();
            let at = at % body.len();
            body[at] = byte;
            accept(&body, NOW_MS);
        }
    }
}
