//! What an event of our type looks like, and what of one is more than that.
//!
//! A widget that is newer than the collector may send fields, and words of a fixed list, that this program does not know:
//! a site's widget is deployed with its pages, its collector when somebody finds the time. A [`Shape`] tells such an event
//! from one that is merely wrong: with the unknown fields left out, and each word of a fixed list replaced by one that is
//! known, it must pass every check that there is.
//!
//! The shape is read off [`full`], an event in which everything is filled in, so that it cannot fall behind the type.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use svar_outcome::event::EVENT_TYPE;
use svar_outcome::{
    Ask, Attempt, Behaviour, Class, Contact, Declared, Device, Entry, Event, Failure, Input, Intent, Match, Mode,
    Outcome, Page, Privacy, Quality, Reading, Reason, Search, Settled, Solved, Ui, Via, Where, Widget,
};

/// The shape of an event.
pub(crate) static EVENT: LazyLock<Shape> = LazyLock::new(|| {
    let event = json!(full());
    Shape::of(&event, "", &event)
});

/// Longest word of a fixed list.
const MAX_WORD_BYTES: usize = 40;

/// One value of an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Object(BTreeMap<String, Shape>),
    List(Box<Shape>),
    /// A word of a fixed list; this one is of it, and never the default.
    Word(String),
    /// Any text.
    Text,
    /// A number or a flag.
    Other,
}

impl Shape {
    /// The shape of `value`, which stands at `pointer` (RFC 6901) in `event`.
    fn of(value: &Value, pointer: &str, event: &Value) -> Shape {
        match value {
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| {
                    (name.clone(), Shape::of(value, &format!("{pointer}/{name}"), event))
                };
                Shape::Object(fields.iter().map(field).collect())
            }
            Value::Array(items) => {
                let first = items.first().unwrap_or(&Value::Null);
                Shape::List(Box::new(Shape::of(first, &format!("{pointer}/0"), event)))
            }
            Value::String(word) => {
                let mut other = event.clone();
                if let Some(value) = other.pointer_mut(pointer) {
                    *value = json!("\u{1}");
                }
                if serde_json::from_value::<Event>(other).is_ok() { Shape::Text } else { Shape::Word(word.clone()) }
            }
            _ => Shape::Other,
        }
    }

    /// What of `item` is known: unknown fields left out, words of fixed lists replaced by one that is of the list. What is
    /// no word is left, and will be refused.
    pub(crate) fn known(&self, item: &Value) -> Value {
        match (self, item) {
            (Shape::Object(shapes), Value::Object(fields)) => {
                let known = |(name, value): (&String, &Value)| Some((name.clone(), shapes.get(name)?.known(value)));
                Value::Object(fields.iter().filter_map(known).collect())
            }
            (Shape::List(shape), Value::Array(items)) => Value::Array(items.iter().map(|i| shape.known(i)).collect()),
            (Shape::Word(ours), Value::String(word)) if is_word(word) => json!(ours),
            (_, other) => other.clone(),
        }
    }

    /// Puts back into `known`, which may have been cleaned since, what [`Shape::known`] took out of `item`: words where
    /// they were replaced, and unknown fields by way of `field`, which may drop them.
    pub(crate) fn put_back(
        &self,
        known: &mut Value,
        item: &Value,
        field: &mut impl FnMut(&str, &Value) -> Option<(String, Value)>,
    ) {
        match (self, known, item) {
            (Shape::Object(shapes), Value::Object(known), Value::Object(fields)) => {
                for (name, value) in fields {
                    match (shapes.get(name), known.get_mut(name)) {
                        (Some(shape), Some(known)) => shape.put_back(known, value, field),
                        // It was cleaned away.
                        (Some(_), None) => {}
                        (None, _) => put(known, shapes, field(name, value)),
                    }
                }
            }
            (Shape::List(shape), Value::Array(known), Value::Array(items)) => {
                known.iter_mut().zip(items).for_each(|(known, item)| shape.put_back(known, item, field));
            }
            (Shape::Word(ours), known, Value::String(word)) if known == ours => *known = json!(word),
            _ => {}
        }
    }
}

fn put(known: &mut Map<String, Value>, shapes: &BTreeMap<String, Shape>, field: Option<(String, Value)>) {
    if let Some((name, value)) = field.filter(|(name, _)| !shapes.contains_key(name)) {
        known.insert(name, value);
    }
}

/// As words of our lists are.
fn is_word(word: &str) -> bool {
    (1..=MAX_WORD_BYTES).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// An event in which every option is set, every list has an entry and no word is the default. Who adds a field to an event
/// is sent here by the compiler: fill it in.
pub(crate) fn full() -> Event {
    let attempt = "0123456789abcdef".to_owned();
    let article = "hjälp/faktura-360001234567".to_owned();
    Event {
        specversion: "1.0".into(),
        id: format!("{attempt}-7"),
        source: "/svar/widget".into(),
        event_type: EVENT_TYPE.into(),
        time: "2026-11-23T14:45:04Z".into(),
        datacontenttype: "application/json".into(),
        data: Attempt {
            attempt,
            seq: 7,
            widget: Widget {
                version: "0.1.0".into(),
                index: "5c2f".into(),
                rules: 1,
                variant: Some("Röd knapp".into()),
            },
            page: Page { route: "/konto/*/faktura".into(), lang: "sv".into() },
            ui: Ui { lang: "sv".into(), device: Device::Phone, input: Input::Touch, offline: true },
            entry: Entry::ContactForm,
            intent: Intent::Contact,
            searches: vec![Search {
                q: Some("flytta förfallodag".into()),
                len: 18,
                results: 4,
                matched: Match::Compound,
                top: vec![article.clone()],
                picked: Some(1),
                reformulates: true,
                settled: Settled::Pick,
            }],
            articles: vec![Reading {
                id: article.clone(),
                rev: "9f3a".into(),
                lang: "sv".into(),
                via: Via::Suggested,
                search: Some(0),
                rank: Some(1),
                active_s: 40,
                scroll: 100,
                last: true,
            }],
            ask: Ask { shown: true, place: Some(Where::Closing), prompt: 1, p: 0.25 },
            declared: Some(Declared {
                value: Solved::NotSolved,
                article: Some(article),
                reason: Some(Reason::CannotDo),
                has_comment: true,
            }),
            contact: Contact {
                opened: true,
                channel: Some("mailto".into()),
                submitted: true,
                case_ref: Some("CASE-2026/00012345".into()),
                carried: true,
            },
            outcome: Outcome {
                behaviour: Some(Behaviour::E),
                class: Class::Escalated,
                provisional: true,
                retracted: true,
            },
            comment: Some("Det stod inget om autogiro.".into()),
            failures: vec![Failure::IndexDamaged],
            privacy: Privacy { mode: Mode::NoText, gpc: true },
            quality: Quality { automation: true, internal: true, truncated: true, dropped: 3 },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words by their pointers, lists as `0`.
    fn words(shape: &Shape, at: &str, found: &mut Vec<(String, String)>) {
        match shape {
            Shape::Object(fields) => {
                fields.iter().for_each(|(name, shape)| words(shape, &format!("{at}/{name}"), found));
            }
            Shape::List(shape) => words(shape, &format!("{at}/0"), found),
            Shape::Word(word) => found.push((at.into(), word.clone())),
            Shape::Text | Shape::Other => {}
        }
    }

    #[test]
    fn lists_of_words_are_told_from_texts() {
        let mut found = vec![];
        words(&EVENT, "", &mut found);
        let names: Vec<_> = found.iter().map(|(at, _)| at.strip_prefix("/data/").unwrap()).collect();
        assert_eq!(
            names,
            [
                "articles/0/via",
                "ask/where",
                "declared/reason",
                "declared/value",
                "entry",
                "failures/0",
                "intent",
                "outcome/behaviour",
                "outcome/class",
                "privacy/mode",
                "searches/0/match",
                "searches/0/settled",
                "ui/device",
                "ui/input",
            ]
        );
        assert!(found.iter().all(|(_, word)| is_word(word)));
        // None is the default, so that a word which was cleaned away is not taken for one that was replaced.
        let blank = json!(Event::new(Attempt::default(), 0));
        for (at, word) in &found {
            assert!(blank.pointer(at).is_none_or(|value| value != word), "{at}");
        }
    }

    /// Nothing is null, empty, zero or false, in an option or a list that would hide what is in it.
    #[test]
    fn everything_is_filled_in() {
        fn look(value: &Value, at: &str) {
            match value {
                Value::Object(fields) => fields.iter().for_each(|(name, value)| look(value, &format!("{at}/{name}"))),
                Value::Array(items) => {
                    assert!(!items.is_empty(), "{at}");
                    items.iter().for_each(|item| look(item, at));
                }
                Value::Null | Value::Bool(false) => panic!("{at} is not filled in"),
                Value::String(text) => assert!(!text.is_empty(), "{at}"),
                Value::Number(_) | Value::Bool(true) => {}
            }
        }
        look(&json!(full()), "");
    }

    /// The golden event of today is this one, and so are the checks that walk it.
    #[test]
    fn the_golden_event_of_today_is_todays() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/events-v1/today.json");
        let today: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(
            today,
            json!(full()),
            "the event has changed: keep tests/golden/events-v1/today.json and its .stored.json under a name with \
             today's date, and write the new one:\n{:#}",
            json!(full())
        );
    }

    #[test]
    fn what_is_known_and_back() {
        let event = json!(full());
        let mut item = event.clone();
        item["data"]["entry"] = json!("voice");
        item["data"]["searches"][0]["mood"] = json!({"deep": [1]});
        item["traceparent"] = json!("x");
        let known = EVENT.known(&item);
        assert_eq!(known, event);
        let mut back = known.clone();
        EVENT.put_back(&mut back, &item, &mut |name, value| Some((name.into(), value.clone())));
        assert_eq!(back, item);
        // No sentence in the place of a word.
        item["data"]["entry"] = json!("Anna Berg");
        assert_eq!(EVENT.known(&item)["data"]["entry"], "Anna Berg", "which is no event");
        // Not under the name of a field that was cleaned away.
        let mut cleaned = known;
        cleaned["data"].as_object_mut().unwrap().remove("comment");
        EVENT.put_back(&mut cleaned, &item, &mut |_, value| Some(("comment".into(), value.clone())));
        assert_eq!(cleaned["data"]["comment"], Value::Null);
    }
}
