//! What every store must do. A new one runs [`holds`] with a function that gives a fresh, empty store each time.

use super::*;
use crate::testing::{accepted, attempt};

pub(crate) async fn holds<F: Future<Output = Arc<dyn Store>>>(fresh: impl Fn() -> F) {
    starts_empty(&*fresh().await).await;
    keeps_the_highest_seq(&fresh).await;
    counts_what_was_refused(&*fresh().await).await;
    sets_newer_events_aside(&*fresh().await).await;
    filters_by_time(&*fresh().await).await;
    takes_many_at_once(fresh().await).await;
    gives_back_what_it_got(&*fresh().await).await;
    fails_once_closed(&*fresh().await).await;
}

fn batch(received_ms: i64, events: Vec<AcceptedEvent>) -> Batch {
    Batch { received_ms, events, ..Batch::default() }
}

async fn all(store: &dyn Store) -> Vec<StoredAttempt> {
    let loaded = store.attempts(Filter::default()).await.unwrap();
    assert_eq!(loaded.unreadable, 0);
    loaded.attempts
}

async fn starts_empty(store: &dyn Store) {
    store.ping().await.unwrap();
    assert_eq!(all(store).await, []);
    assert_eq!(store.intake(Filter::default()).await.unwrap(), Intake::default());
    assert_eq!(store.put_batch(Batch::default()).await.unwrap(), Put::default());
}

/// Whatever the order and however often, the last state stands, and the first time of receipt is kept.
async fn keeps_the_highest_seq<F: Future<Output = Arc<dyn Store>>>(fresh: &impl Fn() -> F) {
    for order in [[1, 2, 3, 3], [3, 2, 1, 3], [2, 3, 1, 1], [1, 1, 3, 2], [3, 3, 3, 3]] {
        let store = fresh().await;
        let mut puts = Put::default();
        for (at, seq) in (0_i64..).zip(order) {
            let mut state = attempt("a");
            state.seq = seq;
            state.page.route = format!("/state-{seq}");
            let put = store.put_batch(batch(1000 + at, vec![accepted(state, i64::from(seq) * 10)])).await.unwrap();
            puts.stored += put.stored;
            puts.repeated += put.repeated;
        }
        let stored = all(&*store).await;
        assert_eq!(stored.len(), 1, "{order:?}");
        assert_eq!(stored[0].attempt.seq, 3, "{order:?}");
        assert_eq!(stored[0].attempt.page.route, "/state-3", "{order:?}");
        assert_eq!(stored[0].event_time_ms, 30, "{order:?}");
        assert_eq!(stored[0].first_received_ms, 1000, "{order:?}");
        let news_at = order.iter().position(|seq| *seq == 3).unwrap() as i64;
        assert_eq!(stored[0].last_received_ms, 1000 + news_at, "{order:?}");
        assert_eq!(puts.stored + puts.repeated, 4);
        assert_eq!(store.intake(Filter::default()).await.unwrap().repeated, puts.repeated, "{order:?}");
    }
}

async fn counts_what_was_refused(store: &dyn Store) {
    let rejected = |code| RejectedEvent { code, reason: "why".into(), payload: "{}".into() };
    let second_day_ms = 86_400_000;
    for (received_ms, codes) in [(5, vec!["schema", "time"]), (6, vec!["schema"]), (second_day_ms, vec!["schema"])] {
        let rejected = codes.into_iter().map(rejected).collect();
        store.put_batch(Batch { received_ms, rejected, ..Batch::default() }).await.unwrap();
    }
    let counts = |intake: Intake| intake.rejected.into_iter().collect::<Vec<_>>();
    let intake = store.intake(Filter::default()).await.unwrap();
    assert_eq!(counts(intake), [("schema".to_owned(), 3), ("time".to_owned(), 1)]);
    let second = Filter { since_ms: Some(second_day_ms), until_ms: None };
    assert_eq!(counts(store.intake(second).await.unwrap()), [("schema".to_owned(), 1)]);
    let first = Filter { since_ms: None, until_ms: Some(second_day_ms) };
    assert_eq!(counts(store.intake(first).await.unwrap()), [("schema".to_owned(), 2), ("time".to_owned(), 1)]);
}

async fn sets_newer_events_aside(store: &dyn Store) {
    let event = |id: &str| SetAsideEvent { id: id.into(), event_type: "svar.attempt.v2".into(), json: "{}".into() };
    for ids in [vec!["one", "two"], vec!["two"]] {
        let set_aside = ids.into_iter().map(event).collect();
        store.put_batch(Batch { set_aside, ..Batch::default() }).await.unwrap();
    }
    assert_eq!(store.intake(Filter::default()).await.unwrap().set_aside, 2);
    assert_eq!(all(store).await, []);
}

async fn filters_by_time(store: &dyn Store) {
    let events = [("c", 30), ("a", 10), ("b", 20)].map(|(id, ms)| accepted(attempt(id), ms));
    store.put_batch(batch(1, events.into())).await.unwrap();
    for (since_ms, until_ms, expected) in [
        (None, None, vec![10, 20, 30]),
        (Some(20), None, vec![20, 30]),
        (None, Some(20), vec![10]),
        (Some(20), Some(30), vec![20]),
        (Some(31), None, vec![]),
    ] {
        let loaded = store.attempts(Filter { since_ms, until_ms }).await.unwrap();
        let got: Vec<i64> = loaded.attempts.iter().map(|stored| stored.event_time_ms).collect();
        assert_eq!(got, expected, "since {since_ms:?} until {until_ms:?}");
    }
}

/// Many writers, some of them with the same attempt: nothing is lost and nothing counted twice.
async fn takes_many_at_once(store: Arc<dyn Store>) {
    let mut tasks = vec![];
    for n in 0..200_u32 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let mut state = attempt(&format!("shared{}", n % 10));
            state.seq = n;
            let own = accepted(attempt(&format!("own{n}")), 1);
            store.put_batch(batch(1, vec![accepted(state, 1), own])).await
        }));
    }
    let mut put = Put::default();
    for task in tasks {
        let one = task.await.unwrap().unwrap();
        put.stored += one.stored;
        put.repeated += one.repeated;
    }
    assert_eq!(put.stored + put.repeated, 400);
    let stored = all(&*store).await;
    assert_eq!(stored.len(), 210);
    let mut highest: Vec<u32> = stored.iter().map(|s| s.attempt.seq).filter(|seq| *seq >= 190).collect();
    highest.sort_unstable();
    assert_eq!(highest, (190..200).collect::<Vec<_>>());
}

async fn gives_back_what_it_got(store: &dyn Store) {
    let mut state = attempt("whole");
    state
        .searches
        .push(svar_outcome::Search { q: Some("hur byter jag \"lösenord\"? \u{1f600}".into()), ..Default::default() });
    state.articles.push(svar_outcome::Reading { id: "a/b c".into(), active_s: 12, last: true, ..Default::default() });
    state.ask = svar_outcome::Ask { shown: true, place: Some(svar_outcome::Where::Nothing), prompt: 1, p: 0.1 };
    state.declared = Some(svar_outcome::Declared { value: svar_outcome::Solved::Partly, ..Default::default() });
    let event = AcceptedEvent { clock_skew: true, ..accepted(state.clone(), 7) };
    store.put_batch(batch(9, vec![event])).await.unwrap();
    let expected =
        StoredAttempt { attempt: state, first_received_ms: 9, last_received_ms: 9, event_time_ms: 7, clock_skew: true };
    assert_eq!(all(store).await, [expected]);
}

async fn fails_once_closed(store: &dyn Store) {
    store.put_batch(batch(1, vec![accepted(attempt("kept"), 1)])).await.unwrap();
    store.close().await;
    assert!(store.ping().await.is_err());
    assert!(store.put_batch(batch(2, vec![accepted(attempt("lost"), 2)])).await.is_err());
    assert!(store.attempts(Filter::default()).await.is_err());
    store.close().await;
}
