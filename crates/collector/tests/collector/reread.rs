//! Widgets that are newer than the collector: nothing of theirs is lost, and a newer collector reads it.

use super::golden::events;
use super::*;
use serde_json::{Value, json};
use svar_collector::reread::{Reread, reread};
use svar_collector::store::{Position, Record, SetAsideEvent};
use svar_collector::{Batch, Filter};

const PATH: &str = svar_collector::ingest::PATH;

/// Today's event with everything in it, by a widget of `version`, as of now.
fn today(version: &str) -> Value {
    let (_, mut event) = events().into_iter().find(|(name, _)| name == "today").unwrap();
    event["time"] = json!(svar_outcome::utc_timestamp(now_ms()));
    event["data"]["widget"]["version"] = json!(version);
    event
}

async fn set_aside(house: &House) -> Vec<svar_collector::store::SetAside> {
    let page = house.store.page(&Position::SetAside(None), 100).await.unwrap();
    let rows = page.records.into_iter().map(|record| match record {
        Record::SetAside(row) => row,
        other => panic!("{other:?}"),
    });
    rows.collect()
}

async fn post(house: &House, event: &Value) -> Answer {
    house.ask(request("POST", PATH, &[BATCH], json!([event]).to_string())).await
}

/// What becomes of today's event after `change`, by a widget of `version`: `set aside`, or why it is refused.
async fn fate(version: &str, change: impl FnOnce(&mut Value)) -> String {
    let house = House::new(|_| {}).await;
    let mut event = today(version);
    change(&mut event);
    let answer = post(&house, &event).await;
    assert_eq!(house.attempts().await.len(), 0);
    match set_aside(&house).await.len() {
        0 => answer.json()["rejected"][0]["reason"].as_str().unwrap().to_owned(),
        _ => {
            assert_eq!((answer.status, answer.json()["set_aside"].as_u64()), (StatusCode::ACCEPTED, Some(1)));
            "set aside".into()
        }
    }
}

#[tokio::test]
async fn what_only_adds_is_set_aside_and_what_is_wrong_is_refused() {
    let add = |e: &mut Value| e["data"]["searches"][0]["mood"] = json!("curious");
    assert_eq!(fate("99.0.0", add).await, "set aside");
    assert_eq!(fate("99.0.0", |e| e["traceparent"] = json!("00-1")).await, "set aside");
    assert_eq!(fate("99.0.0", |e| e["data"]["entry"] = json!("voice")).await, "set aside");
    assert_eq!(fate("99.0.0-rc.1+7", |e| e["data"]["privacy"]["mode"] = json!("minimal")).await, "set aside");
    assert_eq!(fate(env!("CARGO_PKG_VERSION"), add).await, "set aside", "builds between releases");
    for (version, change, words) in [
        ("0.0.9", add as fn(&mut Value), "unknown field `mood`"),
        ("new", add, "unknown field `mood`"),
        ("99.0", add, "unknown field `mood`"),
        ("99.0.0", |e| (e["data"]["mood"], e["data"]["seq"]) = (json!(1), json!("7")), "unknown field `mood`"),
        ("99.0.0", |e| (e["data"]["mood"], e["data"]["ask"]) = (json!(1), json!(null)), "invalid type: null"),
        ("99.0.0", |e| (e["data"]["mood"], e["id"]) = (json!(1), json!("x")), "the event's id"),
        ("99.0.0", |e| (e["data"]["mood"], e["data"]["page"]["route"]) = (json!(1), json!("/\u{0}")), "control"),
        (
            "99.0.0",
            |e| (e["data"]["mood"], e["data"]["privacy"]["mode"]) = (json!(1), json!("off")),
            "must not be sent",
        ),
        ("99.0.0", |e| e["data"]["mood"] = json!("x ".repeat(10_000)), "at most 16384 bytes"),
        ("99.0.0", |e| e["data"]["entry"] = json!(7), "which is not repeated here"),
        ("99.0.0", |e| e["data"]["entry"] = json!("Anna Berg"), "which is not repeated here"),
        ("99.0.0", |e| e["data"]["entry"] = json!(""), "which is not repeated here"),
    ] {
        let reason = fate(version, change).await;
        assert!(reason.contains(words), "{words}: {reason}");
    }
}

/// What is known is cleaned as ever, what is not is redacted, and the mode lets out no more than it does.
#[tokio::test]
async fn what_is_set_aside_holds_nothing_that_should_not_be_there() {
    let house = House::new(|_| {}).await;
    let mut event = today("99.0.0");
    event["data"]["searches"][0]["q"] = json!("mejla anna@example.se");
    event["data"]["note"] = json!({"to anna@example.se": [701740605, "070-174 06 05"]});
    event["data"]["intent"] = json!("wish");
    assert_eq!(post(&house, &event).await.status, StatusCode::ACCEPTED);
    let kept: Value = serde_json::from_str(&set_aside(&house).await[0].event).unwrap();
    assert_eq!(kept["data"]["note"], json!({"to [e-mail]": ["[number]", "[number]"]}));
    // Mode no_text, which is today's; ids are the owner's and stay.
    assert_eq!((&kept["data"]["searches"][0]["q"], &kept["data"]["comment"]), (&Value::Null, &Value::Null));
    assert_eq!(kept["data"]["articles"], event["data"]["articles"]);
    assert_eq!(kept["data"]["intent"], "wish");
    assert!(!kept.to_string().contains("anna"), "{kept}");

    // In counts mode, and in one that nobody knows, less is left.
    for mode in ["counts", "minimal"] {
        let house = House::new(|_| {}).await;
        event["data"]["privacy"]["mode"] = json!(mode);
        assert_eq!(post(&house, &event).await.status, StatusCode::ACCEPTED);
        let kept = set_aside(&house).await.remove(0).event;
        assert!(kept.contains(&format!("\"mode\":\"{mode}\"")), "{kept}");
        for gone in ["konto", "phone", "touch", "CASE-2026", "mailto", "cannot_do", "\"active_s\":40", "compound"] {
            assert!(!kept.contains(gone), "{gone}: {kept}");
        }
    }
}

/// As when the collector is upgraded: what an older one set aside is counted, once, and the latest state stands.
#[tokio::test]
async fn a_newer_program_reads_what_an_older_one_set_aside() {
    let mut places = vec![House::new(|_| {}).await];
    if let Some(address) = postgres::schema_of_its_own().await {
        let mut house = House::new(|_| {}).await;
        house.store = open_store(&address, Migrate::Locked).await.unwrap();
        places.push(house);
    }
    for house in places {
        let now_ms = now_ms() as i64;
        let state = |name: &str, seq: u32| {
            let mut state = attempt(name);
            state.seq = seq;
            event(state)
        };
        let row = |event: &Value, id: &str, seq: i64| SetAsideEvent {
            id: id.into(),
            seq,
            event_type: event["type"].as_str().unwrap().into(),
            json: event.to_string(),
            flood: id.starts_with('f'),
        };
        let mut bad = state("b", 1);
        bad["data"]["articles"] = json!([{"id": "no id at all"}]);
        let mut still = state("s", 1);
        (still["data"]["mood"], still["data"]["widget"]["version"]) = (json!(1), json!("99.0.0"));
        let newer = json!({"specversion": "1.0", "type": "svar.attempt.v2", "id": "0123456789abcdef-1"});
        let aside = vec![
            row(&state("a", 3), "axxxxxxxxxxxxxxx", 3),
            row(&state("o", 1), "oxxxxxxxxxxxxxxx", 1),
            row(&state("f", 2), "fxxxxxxxxxxxxxxx", 2),
            row(&bad, "bxxxxxxxxxxxxxxx", 1),
            row(&still, "sxxxxxxxxxxxxxxx", 1),
            row(&newer, "0123456789abcdef-1", 0),
        ];
        let put = |received_ms, events: Vec<Value>, set_aside| {
            let body = serde_json::to_vec(&events).unwrap();
            let events = svar_collector::accept::accept(&body, now_ms).batch.events;
            house.store.put_batch(Batch { received_ms, events, set_aside, ..Batch::default() })
        };
        // `a` went on in words that were not understood; `o` went on in words that were.
        put(now_ms - 9, vec![state("a", 2), state("o", 1)], vec![]).await.unwrap();
        put(now_ms - 5, vec![], aside).await.unwrap();
        put(now_ms - 1, vec![state("o", 2)], vec![]).await.unwrap();
        let expected = Reread { understood: 3, refused: 1, left: 2 };
        assert_eq!(reread(&*house.store).await.unwrap(), expected);
        assert_eq!(reread(&*house.store).await.unwrap(), Reread { left: 2, ..Reread::default() });
        let mut seqs: Vec<_> = house
            .attempts()
            .await
            .iter()
            .map(|s| {
                (
                    s.attempt.attempt[..1].to_owned(),
                    s.attempt.seq,
                    now_ms - s.first_received_ms,
                    now_ms - s.last_received_ms,
                    s.flood,
                )
            })
            .collect();
        seqs.sort();
        assert_eq!(seqs, [("a".into(), 3, 9, 5, false), ("f".into(), 2, 5, 5, true), ("o".into(), 2, 9, 1, false)]);
        let intake = house.store.intake(Filter::default()).await.unwrap();
        assert_eq!((intake.repeated, &intake.rejected), (0, &[("schema".to_owned(), 1)].into()));
        assert_eq!(intake.set_aside, [("svar.attempt.v1".to_owned(), 1), ("svar.attempt.v2".to_owned(), 1)].into());
    }
}

/// The states of an attempt are one row, whatever their order.
#[tokio::test]
async fn an_attempt_is_set_aside_once() {
    let house = House::new(|_| {}).await;
    for seq in [1, 3, 2, 3] {
        let mut event = today("99.0.0");
        (event["data"]["seq"], event["data"]["mood"]) = (json!(seq), json!(seq));
        event["id"] = json!(format!("{}-{seq}", event["data"]["attempt"].as_str().unwrap()));
        assert_eq!(post(&house, &event).await.status, StatusCode::ACCEPTED);
    }
    let rows = set_aside(&house).await;
    assert_eq!((rows.len(), rows[0].seq), (1, 3));
    assert!(rows[0].event.contains("\"mood\":3"));
}
