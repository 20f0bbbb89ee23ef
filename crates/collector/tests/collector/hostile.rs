//! What nobody sends by mistake, in every field that there is: each is refused with a reason or made harmless, the report
//! shows nothing that acts, and the store is whole.

use super::golden::events;
use super::*;
use serde_json::{Value, json};
use svar_collector::ReportOptions;
use svar_collector::export::{check, export};

const PATH: &str = svar_collector::ingest::PATH;

fn hostile() -> Vec<String> {
    let texts = [
        "'; DROP TABLE attempts; DROP TABLE svar_attempts; --",
        "1' OR '1'='1",
        "$1 ?1 :id @id",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</style></table><svg onload=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "a\u{0}b",
        "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m",
        "x\r\nSet-Cookie: a=b\r\n\r\n<h1>",
        "\u{202e}gnp.exe\u{2066}\u{200f}\u{200b}\u{feff}\u{2069}",
        "\u{fffe}\u{ffff}\u{10ffff}\u{e000}",
        "../../../../etc/passwd\\..\\",
        "${jndi:ldap://x/a}{{7*7}}%s%n%x`id`$(id)",
        "=HYPERLINK(\"http://x\",\"y\")",
        "null",
        "",
    ];
    let long =
        ["x".repeat(5_000), "\u{1f600}".repeat(1_000), format!("e{}", "\u{301}".repeat(1_000)), " ".repeat(5_000)];
    texts.map(str::to_owned).into_iter().chain(long).collect()
}

/// Today's event with everything in it, with an id of its own, of a customer who counts, in full mode. By an old widget, of
/// which nothing is set aside.
fn today(n: usize) -> Value {
    let (_, mut event) = events().into_iter().find(|(name, _)| name == "today").unwrap();
    event["time"] = json!(svar_outcome::utc_timestamp(now_ms()));
    event["data"]["attempt"] = json!(format!("0123456789abcdef-{n}"));
    event["id"] = json!(format!("0123456789abcdef-{n}-{}", event["data"]["seq"]));
    event["data"]["widget"]["version"] = json!("0.0.1");
    event["data"]["privacy"]["mode"] = json!("full");
    for flag in ["automation", "internal"] {
        event["data"]["quality"][flag] = json!(false);
    }
    event
}

/// Pointers to the values of an event that `wanted` says, new fields of the type included.
fn pointers(value: &Value, at: &str, wanted: &dyn Fn(&Value) -> bool, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), wanted, found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| pointers(item, &format!("{at}/{n}"), wanted, found));
        }
        _ if wanted(value) => found.push(at.to_owned()),
        _ => {}
    }
}

/// A collector that takes any number of requests.
async fn patient() -> House {
    House::with_limits(Limits { burst: 1_000_000, flood_per_hour: None, ..Limits::default() }, |_| {}).await
}

/// Sends a body and looks at the answer: JSON, with a reason that can be shown to anyone; returns what was accepted, set
/// aside and refused.
async fn sent(house: &House, body: String, what: &str) -> (u64, u64, u64) {
    let answer = house.ask(request("POST", PATH, &[BATCH], body)).await;
    let status = answer.status.as_u16();
    assert!([202, 400, 413].contains(&status), "{what}: {status}");
    let json = answer.json();
    let mut reasons: Vec<&str> = json["error"].as_str().into_iter().collect();
    let rejected = json["rejected"].as_array().map_or(&[][..], Vec::as_slice);
    reasons.extend(rejected.iter().map(|rejected| rejected["reason"].as_str().unwrap()));
    for reason in &reasons {
        assert!(reason.len() > 20 && reason.len() < 1000, "{what}: {reason}");
        assert!(!reason.contains(['<', '>', '\u{0}', '\u{1b}', '\u{202e}']), "{what}: {reason}");
    }
    let count = |name: &str| json[name].as_u64().unwrap_or(0);
    (count("accepted"), count("set_aside"), reasons.len() as u64)
}

/// Nothing that acts, in none of the ways in which the report is written; and the store is whole.
async fn is_sound(house: &House, accepted: u64) {
    let report = svar_collector::report(&*house.store, &ReportOptions::default()).await.unwrap();
    let (html, text) = (report.to_html(), report.to_text());
    for acts in ["<script", "<img", "<svg onload", "</style>", "<a href=\"javascript", "<h1>\n", "\" onerror", "<b>"] {
        assert!(!html.contains(acts), "{acts}");
    }
    for written in [&html, &text] {
        let marks = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        let odd = written.chars().find(|c| (c.is_control() && *c != '\n') || marks(*c));
        assert_eq!(odd, None);
    }
    // The page as it is served, with its headers.
    let page = house.ask(local("/report")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let _: Value = serde_json::from_str(&report.to_json()).unwrap();

    house.store.ping().await.unwrap();
    let stored = house.store.attempts(Default::default()).await.unwrap();
    assert_eq!((stored.attempts.len() as u64, stored.unreadable), (accepted, 0));
    let mut out = vec![];
    let exported = export(&*house.store, &mut out, 0).await.unwrap();
    assert_eq!(check(&mut &out[..]).unwrap(), exported.records, "what is stored can be read back");
    assert!(!out.contains(&0));
    let one = house.ask(request("POST", PATH, &[BATCH], batch([attempt("after-all-that")]))).await;
    assert_eq!(one.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn in_every_text_of_an_event() {
    let house = patient().await;
    let mut places = vec![];
    pointers(&today(0), "", &Value::is_string, &mut places);
    assert!(places.len() > 30, "{places:?}");
    let (mut n, mut accepted, mut refused) = (0, 0, 0);
    for text in hostile() {
        let mut batch = vec![];
        for place in &places {
            n += 1;
            let mut event = today(n);
            *event.pointer_mut(place).unwrap() = json!(text);
            batch.push(event);
        }
        // Few of the long ones at a time, or a body would be too large.
        let size = if text.len() > 1000 { 5 } else { 25 };
        for events in batch.chunks(size) {
            let (ok, aside, no) = sent(&house, json!(events).to_string(), &text).await;
            assert_eq!(ok + aside + no, events.len() as u64, "{text}: each has its answer");
            assert_eq!(aside, 0, "{text}");
            (accepted, refused) = (accepted + ok, refused + no);
        }
    }
    assert!(accepted > 50 && refused > 300, "{accepted} {refused}");
    is_sound(&house, accepted).await;
    // Not refused for being hostile: a question is a question, and the same comes back.
    let questions: Vec<String> =
        house.attempts().await.into_iter().filter_map(|s| s.attempt.searches.first()?.q.clone()).collect();
    assert!(questions.iter().any(|q| q.contains("DROP TABLE attempts")), "{questions:?}");
    assert!(questions.iter().all(|q| q.chars().count() <= 80 && !q.contains(char::is_control)));
}

/// Every value, texts or not, replaced by every kind of value; and every object given a field too many.
#[tokio::test]
async fn values_of_another_kind() {
    let house = patient().await;
    let mut places = vec![];
    pointers(&today(0), "", &|_| true, &mut places);
    let values = [
        "-1",
        "0.5",
        "1e308",
        "-1e308",
        "1E+2",
        "18446744073709551616",
        "9007199254740993",
        "4294967296",
        "true",
        "null",
        "[]",
        "{}",
        "[[[[]]]]",
        "\"\"",
        "\"\\u0000\"",
    ];
    let (mut n, mut accepted) = (0, 0);
    for value in values {
        let mut batch = vec![];
        for place in &places {
            n += 1;
            let mut event = today(n);
            *event.pointer_mut(place).unwrap() = json!("HERE");
            batch.push(event.to_string().replacen("\"HERE\"", value, 1));
        }
        for events in batch.chunks(30) {
            let (ok, aside, no) = sent(&house, format!("[{}]", events.join(",")), value).await;
            assert_eq!((ok + aside + no, aside), (events.len() as u64, 0), "{value}");
            accepted += ok;
        }
    }
    for place in ["", "/data", "/data/ui", "/data/searches/0", "/data/outcome"] {
        for name in
            ["__proto__", "constructor", "<script>alert(1)</script>", "a\u{0}", "\u{202e}", "$ne", "anna@example.se"]
        {
            n += 1;
            let mut event = today(n);
            event.pointer_mut(place).unwrap()[name] = json!({"<img src=x onerror=alert(1)>": "\u{1b}[2J"});
            // By a widget that is older, and by one that may know what it does.
            for (version, expected) in [("0.0.1", (0, 0, 1)), ("99.0.0", (0, 1, 0))] {
                event["data"]["widget"]["version"] = json!(version);
                assert_eq!(sent(&house, json!([event]).to_string(), name).await, expected, "{place} {name}");
            }
        }
    }
    is_sound(&house, accepted).await;
}

#[tokio::test]
async fn bodies_that_are_more_or_less_json() {
    let house = patient().await;
    let good = today(1).to_string();
    let twice = good.replacen("\"seq\":7", "\"seq\":9,\"seq\":7", 1);
    let surrogate = today(2).to_string().replacen("flytta f", "\\ud83d f", 1);
    assert!(surrogate.contains("\\ud83d f"));
    for (what, body, expected) in [
        ("a key twice: the last one counts", format!("[{twice}]"), (1, 0, 0)),
        ("a lone surrogate", format!("[{surrogate}]"), (0, 0, 1)),
        ("a pair of them the wrong way", "[\"\\udc00\\ud800\"]".into(), (0, 0, 1)),
        ("more than a double holds", "[1e999]".into(), (0, 0, 1)),
        ("a number of many digits", format!("[{}]", "9".repeat(50_000)), (0, 0, 1)),
        ("no number", "[NaN, Infinity, -Infinity]".into(), (0, 0, 1)),
        ("deep", format!("{}{}", "[".repeat(29_000), "]".repeat(29_000)), (0, 0, 1)),
        ("deep objects", format!("{}1{}", "{\"a\":".repeat(9_000), "}".repeat(9_000)), (0, 0, 1)),
        ("deep and never closed", "{\"a\":[".repeat(9_000), (0, 0, 1)),
        (
            "deep within an event",
            today(3).to_string().replacen("\"seq\":7", &format!("\"seq\":{}7{}", "[".repeat(40), "]".repeat(40)), 1),
            (0, 0, 1),
        ),
        ("many that are nothing", format!("[{}]", vec!["0"; 29_000].join(",")), (0, 0, 1)),
        ("a mark at the start", format!("\u{feff}[{good}]"), (0, 0, 1)),
        ("two at once", format!("[{good}][{good}]"), (0, 0, 1)),
        ("comments", format!("/* */ [{good}] // x"), (0, 0, 1)),
        ("single quotes", good.replace('"', "'"), (0, 0, 1)),
        ("a page", "<html><script>alert(1)</script>".into(), (0, 0, 1)),
        ("a form", "a=b&c=d".into(), (0, 0, 1)),
        ("NUL", "\u{0}".repeat(60_000), (0, 0, 1)),
        ("too much", " ".repeat(60_001), (0, 0, 1)),
    ] {
        assert_eq!(sent(&house, body, what).await, expected, "{what}");
    }
    // No text at all.
    for body in [&b"\xff\xfe[\x00]\x00"[..], b"\x1f\x8b\x08\x00", b"[\"\xc0\x80\"]", b"[\"\xed\xa0\x80\"]"] {
        let answer = house.ask(request("POST", PATH, &[BATCH], body.to_vec())).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:?}");
    }
    assert_eq!(house.attempts().await[0].attempt.seq, 7);
    is_sound(&house, 1).await;
}
