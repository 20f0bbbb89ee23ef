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
    gives_everything_row_by_row([fresh(place).await, fresh(place).await]).await;
    prunes_what_is_old(place.fresh(2).await.try_into().ok().unwrap()).await;
    prunes_while_others_write(place.fresh(2).await).await;
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
    let mut put = Put::default();
    for (received_ms, ids) in
        [(7, vec![("one", 1), ("two", 2)]), (8, vec![("two", 1), ("two", 4), ("two", 3)]), (6, vec![("two", 1)])]
    {
        let set_aside = ids.into_iter().map(|(id, seq)| set_aside(id, seq)).collect();
        put.stored += store.put_batch(Batch { received_ms, set_aside, ..Batch::default() }).await.unwrap().stored;
    }
    let intake = store.intake(Filter::default()).await.unwrap();
    assert_eq!((intake.set_aside, put.stored), ([("svar.attempt.v2".to_owned(), 2)].into(), 0));
    assert_eq!(all(store).await, []);
    let kept: Vec<_> = everything(store, 1)
        .await
        .into_iter()
        .map(|record| match record {
            Record::SetAside(row) => (row.id, row.seq, row.first_received_ms, row.last_received_ms, row.event),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = |id: &str, seq: i64, first, last| (id.to_owned(), seq, first, last, seq.to_string());
    assert_eq!(kept, [expected("one", 1, 7, 7), expected("two", 4, 6, 8)]);
    // One that was overtaken since is not settled by its older state.
    let settled = vec![("one".to_owned(), 1), ("two".to_owned(), 2)];
    assert_eq!(store.restore(Restore { settled, ..Restore::default() }).await.unwrap(), 1);
    assert_eq!(store.intake(Filter::default()).await.unwrap().set_aside["svar.attempt.v2"], 1);
}

fn set_aside(id: &str, seq: i64) -> SetAsideEvent {
    SetAsideEvent { id: id.into(), seq, event_type: "svar.attempt.v2".into(), json: seq.to_string(), flood: false }
}

/// All rows, `most` at a time.
async fn everything(store: &dyn Store, most: u32) -> Vec<Record> {
    let (mut records, mut position) = (vec![], Position::START);
    while position != Position::End {
        let page = store.page(&position, most).await.unwrap();
        assert!(page.records.len() <= most as usize && page.unreadable == 0);
        records.extend(page.records);
        position = page.next;
    }
    records
}

/// A store with some of everything.
async fn fill(store: &dyn Store) {
    for n in 0..7_i64 {
        let mut state = attempt(&format!("a{n}-"));
        state.seq = 2;
        let flood = n % 2 == 0;
        let event = AcceptedEvent { flood, clock_skew: n == 3, ..accepted(state, 100 + n) };
        let code = ["schema", "time"][n as usize % 2];
        let rejected = vec![RejectedEvent { code, reason: format!("why {n}"), payload: "{\"a\":1}".into() }];
        let set_aside = vec![SetAsideEvent { flood, ..set_aside(&format!("later-{n}-0123456789"), n) }];
        let events = vec![event.clone(), event];
        store.put_batch(Batch { received_ms: n * 86_400_000, events, rejected, set_aside }).await.unwrap();
    }
}

/// What is read row by row is everything, whatever the size of the pages; put back in any order, twice, it is the same.
async fn gives_everything_row_by_row(stores: [Arc<dyn Store>; 2]) {
    let [from, to] = stores;
    fill(&*from).await;
    let records = everything(&*from, 100).await;
    assert_eq!(records.len(), 4 * 7);
    for most in [1, 2, 3, 7, 8] {
        assert_eq!(everything(&*from, most).await, records, "{most} at a time");
    }
    let backwards = Restore { records: records.iter().rev().cloned().collect(), ..Restore::default() };
    assert_eq!(to.restore(backwards.clone()).await.unwrap(), 28);
    assert_eq!(everything(&*to, 5).await, records);
    // Again, in halves, and within one: nothing changes, nothing is counted.
    let (half, rest) = records.split_at(11);
    let doubled = [half, rest, half].concat();
    for records in [half.to_vec(), rest.to_vec(), doubled] {
        assert_eq!(to.restore(Restore { records, ..Restore::default() }).await.unwrap(), 0);
    }
    assert_eq!(everything(&*to, 5).await, records);
    assert_eq!(to.intake(Filter::default()).await.unwrap(), from.intake(Filter::default()).await.unwrap());
    // What has gone on since stays as it is.
    let mut newer = attempt("a0-");
    newer.seq = 9;
    to.put_batch(batch(1, vec![accepted(newer, 5)])).await.unwrap();
    let gone_on = everything(&*to, 50).await;
    assert_eq!(to.restore(backwards).await.unwrap(), 0);
    assert_eq!(everything(&*to, 50).await, gone_on);
}

async fn prunes_what_is_old(stores: [Arc<dyn Store>; 2]) {
    let [store, other] = stores;
    fill(&*store).await;
    // By the time of their latest state: 100 to 106 ms; what was set aside and the counts are of days 0 to 6.
    assert_eq!(store.older(0).await.unwrap(), Pruned::default());
    assert!(store.prune(0, 10).await.unwrap().is_nothing());
    assert_eq!(store.older(104).await.unwrap(), Pruned { attempts: 4, set_aside: 1, counts: 0 });
    assert_eq!(store.prune(104, 3).await.unwrap(), Pruned { attempts: 3, set_aside: 1, counts: 0 });
    assert_eq!(other.prune(104, 3).await.unwrap(), Pruned { attempts: 1, set_aside: 0, counts: 0 });
    let times: Vec<i64> = all(&*store).await.iter().map(|stored| stored.event_time_ms).collect();
    assert_eq!(times, [104, 105, 106]);
    let fourth_day = 3 * 86_400_000 + 1;
    let expected = Pruned { attempts: 3, set_aside: 3, counts: 6 };
    assert_eq!(store.older(fourth_day).await.unwrap(), expected);
    let mut sum = Pruned::default();
    crate::retention::prune(&*store, fourth_day, |pruned| sum += pruned).await.unwrap();
    assert_eq!((sum, store.older(fourth_day).await.unwrap()), (expected, Pruned::default()));
    assert_eq!(everything(&*store, 100).await.len(), 4 + 4 + 3);
}

/// Two collectors that prune at once, while one of them takes events: nothing young is lost, nothing old is left, and
/// each row is counted once.
async fn prunes_while_others_write(stores: Vec<Arc<dyn Store>>) {
    for n in 0..300 {
        stores[0].put_batch(batch(1, vec![accepted(attempt(&format!("old{n}-")), n)])).await.unwrap();
    }
    let mut tasks = vec![];
    for store in stores.clone() {
        tasks.push(tokio::spawn(async move {
            let mut gone = 0;
            while store.older(1000).await.unwrap().attempts > 0 {
                gone += store.prune(1000, 7).await.unwrap().attempts;
            }
            gone
        }));
    }
    for n in 0..60 {
        // Young ones; and some of the old that go on and are young from then.
        let events = [format!("new{n}-"), format!("old{}-", 5 * n)].map(|name| {
            let mut state = attempt(&name);
            state.seq = 5;
            accepted(state, 2000 + n)
        });
        stores[1].put_batch(batch(2, events.into())).await.unwrap();
    }
    let mut gone = 0;
    for task in tasks {
        gone += task.await.unwrap();
    }
    let left = all(&*stores[0]).await;
    assert_eq!(left.len(), 120);
    assert!(left.iter().all(|stored| stored.event_time_ms >= 2000));
    assert!((240..=300).contains(&gone), "each once: {gone}");
}

/// Past the limit events are counted; those that are kept already are not counted again.
async fn counts_what_it_has_no_room_for(store: &dyn Store) {
    let event = |n: i64| set_aside(&format!("event-{n:05}"), 0);
    let put = |range: std::ops::Range<i64>| {
        store.put_batch(Batch { received_ms: 1, set_aside: range.map(event).collect(), ..Batch::default() })
    };
    let counted = || async {
        let intake = store.intake(Filter::default()).await.unwrap();
        intake.set_aside.values().sum::<u64>() + intake.only_counted
    };
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
    flood: bool,
}

impl Arrival {
    /// As an event of the attempt in the world `world`.
    fn event(&self, world: &str) -> AcceptedEvent {
        let mut state = attempt(&format!("{world}-{}", self.attempt));
        state.seq = self.seq;
        // Bytes and letters have different orders here, in every language's: Z, a, å.
        state.page.route = ["/Z", "/a", "/\u{e5}", "/\u{10ffff}"][usize::from(self.variant)].into();
        AcceptedEvent {
            attempt: state,
            event_time_ms: self.event_time_ms,
            clock_skew: self.clock_skew,
            flood: self.flood,
        }
    }
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let arrival = (0..2_u8, 1..4_u32, 0..4_u8, 0..4_i64, 0..3_i64, any::<bool>(), any::<bool>()).prop_map(
        |(attempt, seq, variant, received_ms, event_time_ms, clock_skew, flood)| Arrival {
            attempt,
            seq,
            variant,
            received_ms,
            event_time_ms,
            clock_skew,
            flood,
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
/// they came in first; the first time that anything came in; and a flood where all of it was.
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
                flood: of_it().all(|arrival| arrival.flood),
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
    let event = AcceptedEvent { clock_skew: true, flood: true, ..accepted(state.clone(), 7) };
    store.put_batch(batch(9, vec![event])).await.unwrap();
    let expected = StoredAttempt {
        attempt: state,
        first_received_ms: 9,
        last_received_ms: 9,
        event_time_ms: 7,
        clock_skew: true,
        flood: true,
    };
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

/// SQL that fills tables of the first version: `(prefix)attempts` and so on, of which PostgreSQL's counts have a collector.
pub(crate) fn rows_of_the_first_version(prefix: &str) -> String {
    let data = serde_json::to_string(&attempt("old")).unwrap();
    let (name, collector, skew) = if prefix.is_empty() { ("", "", "1") } else { ("collector, ", "'c', ", "true") };
    format!(
        "INSERT INTO {prefix}attempts (attempt, seq, first_received_ms, last_received_ms, event_time_ms, clock_skew, class,
            behaviour, declared, data) VALUES ('oldxxxxxxxxxxxxx', 1, 5, 6, 7, {skew}, 'unknown', NULL, NULL, '{data}');
         INSERT INTO {prefix}rejected ({name}day, code, n, last_received_ms, reason, payload)
            VALUES ({collector}0, 'json', 3, 9, 'why', 'p'), ({collector}1, 'json', 2, 8, 'other', 'p');
         INSERT INTO {prefix}tallies ({name}day, name, n) VALUES ({collector}0, 'repeated', 4), ({collector}1, 'repeated', 5);
         INSERT INTO {prefix}set_aside (id, type, received_ms, event) VALUES ('later', 'svar.attempt.v2', 11, '{{}}')"
    )
}

pub(crate) async fn has_the_rows_of_the_first_version(store: &dyn Store) {
    let expected = StoredAttempt {
        attempt: attempt("old"),
        first_received_ms: 5,
        last_received_ms: 6,
        event_time_ms: 7,
        clock_skew: true,
        flood: false,
    };
    assert_eq!(all(store).await, [expected]);
    let intake = store.intake(Filter::default()).await.unwrap();
    assert_eq!((intake.rejected["json"], intake.repeated, intake.set_aside["svar.attempt.v2"]), (5, 9, 1));
    assert_eq!(intake.latest["json"], LatestRefusal { received_ms: 9, reason: "why".into() });
    let later = everything(store, 100).await.pop();
    let expected = SetAside {
        id: "later".into(),
        seq: 0,
        event_type: "svar.attempt.v2".into(),
        first_received_ms: 11,
        last_received_ms: 11,
        event: "{}".into(),
        flood: false,
    };
    assert_eq!(later, Some(Record::SetAside(expected)));
    assert_eq!(store.older(12).await.unwrap().set_aside, 1);
    assert_eq!(store.older(11).await.unwrap().set_aside, 0);
    assert_eq!(store.put_batch(batch(12, vec![accepted(attempt("old"), 7)])).await.unwrap().repeated, 1);
    assert_eq!(store.intake(Filter::default()).await.unwrap().repeated, 10);
}
