//! The body of a request to the collector, whatever it holds.
//!
//! Nothing panics; each field is within its limits, what a customer wrote is redacted; what was accepted, sent once more, is
//! accepted as it stands.

use svar_collector::accept::{Accepted, MAX_EVENTS, MAX_PAYLOAD_BYTES, MAX_SET_ASIDE_BYTES, accept};
use svar_outcome::event::Event;
use svar_outcome::{
    Attempt, MAX_ACTIVE_S, MAX_ARTICLES, MAX_COMMENT_CHARS, MAX_NAME_CHARS, MAX_QUESTION_CHARS, MAX_SEARCHES,
    MAX_WORD_CHARS, Mode, redact,
};

/// When everything is received: 2026-11-23T15:00:00Z, a full hour, so that counts mode changes no time.
const NOW_MS: i64 = 1_795_446_000_000;

/// Longest word of ours for the sender: 300 characters of the parser's and a sentence around them.
const MAX_REASON_CHARS: usize = 500;

pub fn holds(body: &[u8]) {
    let first = accept(body, NOW_MS);
    is_consistent(&first);
    for event in &first.batch.events {
        is_within_limits(&event.attempt);
        is_redacted(&event.attempt);
        let ms = u64::try_from(event.event_time_ms).expect("a time near the time of receipt");
        let again = serde_json::to_vec(&Event::new(event.attempt.clone(), ms)).expect("an event is JSON");
        let second = accept(&again, NOW_MS);
        assert!(second.batch.rejected.is_empty(), "refused the second time: {:?}", second.refusals);
        let [same] = &second.batch.events[..] else { panic!("one event, then {}", second.batch.events.len()) };
        assert_eq!(same.attempt, event.attempt, "another one the second time");
        // Events are sent with whole seconds.
        assert_eq!(same.event_time_ms, event.event_time_ms - event.event_time_ms % 1000);
        assert!(!same.clock_skew, "a wrong clock was put right the first time");
    }
    for event in &first.batch.set_aside {
        assert!(event.json.len() <= MAX_SET_ASIDE_BYTES, "{} bytes", event.json.len());
        let second = accept(event.json.as_bytes(), NOW_MS);
        assert!(second.batch.rejected.is_empty(), "refused once set aside: {:?}, {}", second.refusals, event.json);
        // Or accepted, where all that was new in it is what its mode does not let out.
        let same = second.batch.set_aside[..] == std::slice::from_ref(event)[..];
        assert!(same || second.batch.events.len() == 1, "set aside as another one: {} and {second:?}", event.json);
    }
}

fn is_consistent(accepted: &Accepted) {
    let batch = &accepted.batch;
    match &accepted.unreadable {
        Some(reason) => {
            let nothing = batch.events.is_empty() && batch.set_aside.is_empty() && accepted.refusals.is_empty();
            assert!(nothing && batch.rejected.len() == 1 && &batch.rejected[0].reason == reason);
        }
        None => {
            assert!(batch.events.len() + batch.set_aside.len() + batch.rejected.len() <= MAX_EVENTS);
            assert_eq!(accepted.refusals.len(), batch.rejected.len());
        }
    }
    for rejected in &batch.rejected {
        assert!(rejected.payload.len() <= MAX_PAYLOAD_BYTES);
        at_most(MAX_REASON_CHARS, &rejected.reason);
    }
}

fn is_redacted(attempt: &Attempt) {
    let questions = attempt.searches.iter().filter_map(|search| search.q.as_ref());
    for words in questions.chain(&attempt.comment).chain([&attempt.page.route]) {
        assert_eq!(&redact(words), words, "stored as it came");
    }
}

fn is_within_limits(attempt: &Attempt) {
    assert!((16..=64).contains(&attempt.attempt.len()));
    assert!(attempt.searches.len() <= MAX_SEARCHES && attempt.articles.len() <= MAX_ARTICLES);
    assert!(attempt.failures.len() <= 10);
    assert_ne!(attempt.privacy.mode, Mode::Off);
    for search in &attempt.searches {
        search.q.iter().for_each(|q| at_most(MAX_QUESTION_CHARS, q));
        assert!(search.top.len() <= 3);
        search.top.iter().for_each(|id| at_most(MAX_NAME_CHARS, id));
    }
    for reading in &attempt.articles {
        at_most(MAX_NAME_CHARS, &reading.id);
        at_most(MAX_WORD_CHARS, &reading.rev);
        at_most(35, &reading.lang);
        assert!(reading.scroll <= 100 && reading.active_s <= MAX_ACTIVE_S);
    }
    let declared = attempt.declared.as_ref().and_then(|declared| declared.article.as_deref());
    for (most, text) in [
        (MAX_WORD_CHARS, Some(attempt.widget.version.as_str())),
        (MAX_WORD_CHARS, Some(&attempt.widget.index)),
        (MAX_WORD_CHARS, attempt.widget.variant.as_deref()),
        (MAX_NAME_CHARS, Some(&attempt.page.route)),
        (35, Some(&attempt.page.lang)),
        (35, Some(&attempt.ui.lang)),
        (MAX_WORD_CHARS, attempt.contact.channel.as_deref()),
        (MAX_WORD_CHARS, attempt.contact.case_ref.as_deref()),
        (MAX_NAME_CHARS, declared),
        (MAX_COMMENT_CHARS, attempt.comment.as_deref()),
    ] {
        at_most(most, text.unwrap_or_default());
    }
}

fn at_most(most: usize, text: &str) {
    assert!(text.chars().count() <= most, "at most {most} characters: {text:?}");
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
