//! What was sent and what was acknowledged: what a store is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use svar_collector::store::Loaded;
use svar_outcome::{Attempt, Class, Intent, Reading, Search};

/// Of one attempt, the highest `seq`s; 0 where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    sent: u32,
    acknowledged: u32,
}

/// By attempt.
pub type Snapshot = BTreeMap<String, Known>;

/// What all clients have seen.
#[derive(Default)]
pub struct Truth {
    attempts: Mutex<Snapshot>,
    requests: AtomicU64,
    refused: AtomicU64,
    repeated: AtomicU64,
}

/// The state of an attempt at `seq`: it follows from these two, so that what is stored can be checked whole.
pub fn state(id: &str, seq: u32) -> Attempt {
    let mut attempt = Attempt { attempt: id.into(), seq, ..Attempt::default() };
    attempt.searches.push(Search {
        q: Some("routern startar inte".into()),
        len: seq,
        results: 2,
        top: vec!["sv/router".into()],
        ..Search::default()
    });
    attempt.articles.push(Reading {
        id: "sv/router".into(),
        rev: "0a1b2c3d".into(),
        lang: "sv".into(),
        active_s: seq,
        last: true,
        ..Reading::default()
    });
    attempt.page.route = "/bredband".into();
    attempt.intent = Intent::Search;
    attempt.outcome.class = Class::Unknown;
    attempt
}

impl Truth {
    /// To be called before the first byte leaves. `again`: some of it was sent before.
    pub fn sending(&self, batch: &[(String, u32)], again: bool) {
        let mut attempts = self.attempts.lock().unwrap();
        for (id, seq) in batch {
            let known = attempts.entry(id.clone()).or_default();
            known.sent = known.sent.max(*seq);
        }
        self.repeated.fetch_add(again.into(), Ordering::Relaxed);
    }

    /// The collector said that it has it.
    pub fn acknowledged(&self, batch: &[(String, u32)]) {
        let mut attempts = self.attempts.lock().unwrap();
        for (id, seq) in batch {
            let known = attempts.entry(id.clone()).or_default();
            known.acknowledged = known.acknowledged.max(*seq);
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// The collector said that it cannot now.
    pub fn refuses(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests acknowledged so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Requests answered with 503 so far.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Requests with something that was sent before.
    pub fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    /// As it stands.
    pub fn now(&self) -> Snapshot {
        self.attempts.lock().unwrap().clone()
    }

    /// That everything was sent and acknowledged, and how many attempts that are.
    pub fn all_are_acknowledged(&self) -> usize {
        let attempts = self.now();
        for (id, known) in &attempts {
            assert_eq!(known.sent, known.acknowledged, "{id}");
        }
        attempts.len()
    }

    /// That what was `loaded` has all that was acknowledged `before` that, nothing that was never sent, and each attempt
    /// once.
    pub fn compare(&self, before: &Snapshot, loaded: &Loaded, told: &str) {
        let after = self.now();
        assert_eq!(loaded.unreadable, 0, "{told}: rows that cannot be read");
        let mut seen = BTreeMap::new();
        let mut doubled = BTreeSet::new();
        for stored in &loaded.attempts {
            let (id, seq) = (&stored.attempt.attempt, stored.attempt.seq);
            if seen.insert(id.as_str(), seq).is_some() {
                doubled.insert(id.as_str());
            }
            let sent = after.get(id).map_or(0, |known| known.sent);
            assert!((1..=sent).contains(&seq), "{told}: {id} is stored at {seq}, sent was at most {sent}");
            assert_eq!(stored.attempt, state(id, seq), "{told}: another state was sent");
        }
        assert!(doubled.is_empty(), "{told}: doubled: {doubled:?}");
        let lost: Vec<_> = before
            .iter()
            .filter(|(id, known)| seen.get(id.as_str()).copied().unwrap_or(0) < known.acknowledged)
            .map(|(id, known)| format!("{id}: {} acknowledged, {:?} stored", known.acknowledged, seen.get(id.as_str())))
            .collect();
        assert!(lost.is_empty(), "{told}: {} of {} lost:\n{}", lost.len(), before.len(), lost.join("\n"));
    }
}
