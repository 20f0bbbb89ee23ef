//! What every store must do. A new one runs [`holds`] and [`any_order_gives_the_same`] with a [`Place`] to keep attempts in.

use super::*;
use crate::testing::{accepted, attempt};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where stores can be had.
#[async_trait]
pub(crate) trait Place: Sync {
    /// `n` stores over one database that is new and empty, as `n` collectors would open it.
    async fn fresh(&self, n: usize) -> Vec<Arc<dyn Store>>;
}

async fn fresh(place: &dyn Place) -> Arc<dyn Store> {
    place.fresh(1).await.remove(0)
}

pub(crate) async fn holds(place: &dyn Place) {
    starts_empty(&*fresh(place).await).await;
    keeps_the_highest_seq(place).await;
    counts_what_was_refused(&*fresh(place).await).await;
    forgets_old_refusals(&*fresh(place).await).await;
    sets_newer_events_aside(&*fresh(place).await).await;
    counts_what_it_has_no_room_for(&*fresh(place).await).await;
    filters_by_time(&*fresh(place).await).await;
    takes_many_at_once(fresh(place).await).await;
    takes_from_two_collectors_at_once(place.fresh(2).await).await;
    gives_back_what_it_got(&*fresh(place).await).await;
    fails_once_closed(&*fresh(place).await).await;
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
async fn keeps_the_highest_seq(place: &dyn Place) {
    for order in [[1, 2, 3, 3], [3, 2, 1, 3], [2, 3, 1, 1], [1, 1, 3, 2], [3, 3, 3, 3]] {
        let store = fresh(place).await;
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

async fn forgets_old_refusals(store: &dyn Store) {
    let refused = |received_ms, payload: &str| Batch {
        received_ms,
        rejected: vec![RejectedEvent { code: "json", reason: "why".into(), payload: payload.into() }],
        ..Batch::default()
    };
    // A body that is no JSON may hold anything.
    store.put_batch(refused(0, "\0\u{1f600}")).await.unwrap();
    store.put_batch(refused((KEEP_REFUSALS_DAYS + 1) * 86_400_000, "")).await.unwrap();
    // Forgotten after the answer: the next one comes after that.
    store.put_batch(Batch { received_ms: (KEEP_REFUSALS_DAYS + 1) * 86_400_000, ..Batch::default() }).await.unwrap();
    assert_eq!(store.intake(Filter::default()).await.unwrap().rejected["json"], 1);
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

/// Past the limit events are counted; those that are kept already are not counted again.
async fn counts_what_it_has_no_room_for(store: &dyn Store) {
    let event =
        |n: i64| SetAsideEvent { id: format!("event-{n:05}"), event_type: "svar.attempt.v2".into(), json: "{}".into() };
    let put = |range: std::ops::Range<i64>| {
        store.put_batch(Batch { received_ms: 1, set_aside: range.map(event).collect(), ..Batch::default() })
    };
    let counted = || async { store.intake(Filter::default()).await.unwrap().set_aside };
    put(0..MAX_SET_ASIDE - 1).await.unwrap();
    assert_eq!(counted().await, MAX_SET_ASIDE as u64 - 1);
    put(MAX_SET_ASIDE - 1..MAX_SET_ASIDE + 4).await.unwrap();
    assert_eq!(counted().await, MAX_SET_ASIDE as u64 + 4);
    put(0..10).await.unwrap();
    assert_eq!(counted().await, MAX_SET_ASIDE as u64 + 4);
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

/// Two collectors are sent the same attempts at once, each in its own order: the same stands in the end as if one had
/// been sent them in the right order, and no answer is a failure.
async fn takes_from_two_collectors_at_once(stores: Vec<Arc<dyn Store>>) {
    const ATTEMPTS: u32 = 40;
    const SEQS: u32 = 5;
    let mut tasks = vec![];
    for (collector, store) in stores.iter().enumerate() {
        for n in 0..SEQS {
            let (seq, backwards) = if collector == 0 { (n + 1, false) } else { (SEQS - n, true) };
            let mut events: Vec<_> = (0..ATTEMPTS)
                .map(|id| {
                    let mut state = attempt(&format!("{id:02}"));
                    state.seq = seq;
                    // Both send the same seq with other content.
                    state.page.route = format!("/{collector}");
                    accepted(state, i64::from(seq))
                })
                .collect();
            if backwards {
                events.reverse();
            }
            for events in events.chunks(10) {
                let (store, batch) = (store.clone(), batch(i64::from(10 * seq) + collector as i64, events.to_vec()));
                tasks.push(tokio::spawn(async move { store.put_batch(batch).await }));
            }
        }
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let stored = all(&*stores[0]).await;
    assert_eq!(stored, all(&*stores[1]).await);
    assert_eq!(stored.len(), ATTEMPTS as usize);
    for stored in stored {
        let found = (stored.attempt.seq, stored.attempt.page.route.as_str(), stored.first_received_ms);
        assert_eq!((found, stored.last_received_ms), ((SEQS, "/1", 10), i64::from(10 * SEQS) + 1));
    }
}

/// One event that comes in.
#[derive(Debug, Clone)]
struct Arrival {
    /// One of a few attempts.
    attempt: u8,
    seq: u32,
    /// Different content under the same `seq`.
    variant: u8,
    received_ms: i64,
    event_time_ms: i64,
    clock_skew: bool,
}

impl Arrival {
    /// As an event of the attempt in the world `world`.
    fn event(&self, world: &str) -> AcceptedEvent {
        let mut state = attempt(&format!("{world}-{}", self.attempt));
        state.seq = self.seq;
        // Bytes and letters have different orders here, in every language's: Z, a, å.
        state.page.route = ["/Z", "/a", "/\u{e5}", "/\u{10ffff}"][usize::from(self.variant)].into();
        AcceptedEvent { attempt: state, event_time_ms: self.event_time_ms, clock_skew: self.clock_skew }
    }
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let arrival = (0..2_u8, 1..4_u32, 0..4_u8, 0..4_i64, 0..3_i64, any::<bool>()).prop_map(
        |(attempt, seq, variant, received_ms, event_time_ms, clock_skew)| Arrival {
            attempt,
            seq,
            variant,
            received_ms,
            event_time_ms,
            clock_skew,
        },
    );
    proptest::collection::vec(arrival, 1..12)
}

/// The same arrivals in two orders, some of them twice.
fn two_orders() -> impl Strategy<Value = (Vec<Arrival>, Vec<Arrival>)> {
    arrivals().prop_flat_map(|arrivals| {
        let n = arrivals.len();
        let again = proptest::sample::subsequence(arrivals.clone(), 0..=n);
        let twice = again.prop_map({
            let arrivals = arrivals.clone();
            move |again| [arrivals.clone(), again].concat()
        });
        (Just(arrivals).prop_shuffle(), twice.prop_shuffle())
    })
}

/// What must stand, said as plainly as can be: of the highest `seq` the last content in the order of bytes; its times as
/// they came in first; and the first time that anything came in.
fn expected(world: &str, arrivals: &[Arrival]) -> BTreeMap<String, StoredAttempt> {
    let mut expected = BTreeMap::new();
    for name in 0..2_u8 {
        let of_it = || arrivals.iter().filter(|arrival| arrival.attempt == name);
        let Some(seq) = of_it().map(|arrival| arrival.seq).max() else { continue };
        let json = |arrival: &Arrival| serde_json::to_string(&arrival.event(world).attempt).unwrap();
        let content = of_it().filter(|arrival| arrival.seq == seq).map(json).max().unwrap();
        let first = of_it()
            .filter(|arrival| json(arrival) == content)
            .min_by_key(|arrival| (arrival.received_ms, arrival.event_time_ms, arrival.clock_skew))
            .unwrap();
        let event = first.event(world);
        expected.insert(
            event.attempt.attempt.clone(),
            StoredAttempt {
                first_received_ms: of_it().map(|arrival| arrival.received_ms).min().unwrap(),
                last_received_ms: first.received_ms,
                event_time_ms: event.event_time_ms,
                clock_skew: event.clock_skew,
                attempt: event.attempt,
            },
        );
    }
    expected
}

/// Any order, repetition and interleaving of events gives the same stored state: one after the other, all in one commit,
/// and by two collectors at once.
pub(crate) fn any_order_gives_the_same(place: &dyn Place) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stores = RefCell::new(vec![]);
    let next = AtomicU32::new(0);
    // Each case asks the disk some twenty times.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64);
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let checked = runner.run(&two_orders(), |(one, other)| {
        runtime.block_on(async {
            let case = next.fetch_add(1, Ordering::Relaxed);
            // Reading takes everything: not too many cases in one database.
            if case.is_multiple_of(32) {
                let fresh = place.fresh(2).await;
                stores.replace(fresh);
            }
            let stores: Vec<Arc<dyn Store>> = stores.borrow().clone();
            let world = |name: &str| format!("{case:06}{name}");
            let single = |world: &str, arrival: &Arrival| batch(arrival.received_ms, vec![arrival.event(world)]);
            for arrival in &one {
                stores[0].put_batch(single(&world("slow"), arrival)).await.unwrap();
            }
            let grouped: Vec<_> =
                other.iter().map(|arrival| stores[0].put_batch(single(&world("group"), arrival))).collect();
            together(grouped).await;
            let split =
                other.iter().enumerate().map(|(n, arrival)| stores[n % 2].put_batch(single(&world("split"), arrival)));
            together(split.collect()).await;
            let everything = all(&*stores[1]).await;
            for name in ["slow", "group", "split"] {
                let world = world(name);
                let stored: BTreeMap<_, _> = everything
                    .iter()
                    .filter(|stored| stored.attempt.attempt.starts_with(&world))
                    .map(|stored| (stored.attempt.attempt.clone(), stored.clone()))
                    .collect();
                prop_assert_eq!(stored, expected(&world, &one), "{}", name);
            }
            Ok(())
        })
    });
    checked.unwrap();
}

/// Waits for all of them, which are under way at once.
async fn together<F: Future<Output = Result<Put, StoreError>>>(puts: Vec<F>) {
    let mut waiting: Vec<_> = puts.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|put| match put.as_mut().poll(context) {
            std::task::Poll::Ready(done) => {
                done.unwrap();
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
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
