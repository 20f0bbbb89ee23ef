//! The envelope: CloudEvents 1.0, structured JSON, in batches (`application/cloudevents-batch+json`).
//! Source: CloudEvents specification 1.0.2, JSON event format and JSON batch format.

use crate::attempt::Attempt;
use serde::{Deserialize, Serialize};

/// The only event type there is.
pub const EVENT_TYPE: &str = "svar.attempt.v1";

/// Media type of a batch of events.
pub const BATCH_MEDIA_TYPE: &str = "application/cloudevents-batch+json";

/// Most bytes in one request to the collector: what `fetch` with `keepalive` and `sendBeacon` let out is 64 KiB.
pub const MAX_BATCH_BYTES: usize = 60_000;

/// One CloudEvent that carries the full state of one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Always `1.0`.
    pub specversion: String,
    /// `ATTEMPT-SEQ`: the same state sent again has the same id.
    pub id: String,
    /// URI reference of what made it: `/svar/widget`.
    pub source: String,
    /// Always [`EVENT_TYPE`].
    #[serde(rename = "type")]
    pub event_type: String,
    /// When the state was taken, RFC 3339 in UTC, by the customer's clock. In counts mode the full hour.
    pub time: String,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// The attempt.
    pub data: Attempt,
}

impl Event {
    /// Wraps `attempt` as it stands at `now_ms`, milliseconds since 1970-01-01T00:00Z.
    pub fn new(attempt: Attempt, now_ms: u64) -> Event {
        let now_ms = if attempt.privacy.mode == crate::Mode::Counts { now_ms - now_ms % 3_600_000 } else { now_ms };
        Event {
            specversion: "1.0".into(),
            id: [attempt.attempt.as_str(), "-", &attempt.seq.to_string()].concat(),
            source: "/svar/widget".into(),
            event_type: EVENT_TYPE.into(),
            time: utc_timestamp(now_ms),
            datacontenttype: "application/json".into(),
            data: attempt,
        }
    }
}

/// RFC 3339 timestamp in UTC with whole seconds, `2026-11-23T15:04:05Z`.
/// Civil date from days after Howard Hinnant, "chrono-compatible low-level date algorithms".
pub fn utc_timestamp(ms: u64) -> String {
    let seconds = ms / 1000;
    let (days, rest) = ((seconds / 86_400) as i64, seconds % 86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let rest = rest as i64;
    let mut out = String::with_capacity(20);
    for (value, width, after) in [
        (year, 4, '-'),
        (month, 2, '-'),
        (day, 2, 'T'),
        (rest / 3600, 2, ':'),
        (rest / 60 % 60, 2, ':'),
        (rest % 60, 2, 'Z'),
    ] {
        let digits = value.to_string();
        (digits.len()..width).for_each(|_| out.push('0'));
        out.push_str(&digits);
        out.push(after);
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn blank() -> Attempt {
        Attempt { attempt: "0123456789abcdef".into(), seq: 1, ..Attempt::default() }
    }

    #[test]
    fn timestamps() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_795_445_104_999, "2026-11-23T14:45:04Z"),
            (4_102_444_799_000, "2099-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc_timestamp(ms), expected);
        }
    }

    #[test]
    fn an_event_reads_back_and_refuses_what_it_does_not_know() {
        let event = Event::new(blank(), 0);
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        let extra = json.replace("\"seq\":1", "\"seq\":1,\"email\":\"x\"");
        assert!(serde_json::from_str::<Event>(&extra).is_err());
    }

    #[test]
    fn counts_mode_keeps_no_words_and_only_the_hour() {
        let mut attempt = blank();
        attempt.searches.push(crate::Search { q: Some("hemlig".into()), ..Default::default() });
        attempt.page.route = "/konto".into();
        let event = Event::new(attempt.in_mode(crate::Mode::Counts), 5_400_000);
        let json = serde_json::to_string(&event).unwrap();
        assert!(!json.contains("hemlig") && !json.contains("konto"), "{json}");
        assert_eq!(event.time, "1970-01-01T01:00:00Z");
    }
}
