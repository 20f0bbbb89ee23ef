//! Events of version 1 as widgets have sent them, and what is stored of each: `tests/golden/events-v1`.
//!
//! A widget lives on in caches and open tabs. A file that is there is never changed; what is stored of it may only gain
//! fields. Who changes the event adds a file: `today.json`, which holds everything that today's event can, is held against
//! the type, and the one that it replaces is kept under a name with its date.

use super::*;
use serde_json::{Value, json};
use std::path::PathBuf;
use svar_collector::accept::accept;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/events-v1")
}

/// The events by name.
pub fn events() -> Vec<(String, Value)> {
    let mut events = vec![];
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = name.strip_suffix(".json").filter(|name| !name.ends_with(".stored")) {
            events.push((name.to_owned(), read(&format!("{name}.json"))));
        }
    }
    events.sort_by(|(a, _), (b, _)| a.cmp(b));
    events
}

fn read(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// All of them are taken, and stored as it is written beside them.
#[tokio::test]
async fn every_event_that_was_ever_sent_is_understood() {
    let events = events();
    assert!(events.len() >= 8, "{}", events.len());
    for (name, event) in events {
        let time: String = event["time"].as_str().unwrap().into();
        let received_ms = time.parse::<jiff::Timestamp>().unwrap().as_millisecond() + 60_000;
        let accepted = accept(json!([event]).to_string().as_bytes(), received_ms);
        assert_eq!(accepted.refusals, [], "{name}");
        let house = House::new(|_| {}).await;
        house.store.put_batch(accepted.batch).await.unwrap();
        let stored = house.attempts().await;
        assert_eq!(stored.len(), 1, "{name}");
        let expected = read(&format!("{name}.stored.json"));
        let stored = serde_json::to_value(&stored[0]).unwrap();
        assert_eq!(stored, expected, "{name}:\n{}", serde_json::to_string_pretty(&stored).unwrap());
    }
}
