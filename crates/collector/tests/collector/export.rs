//! A store as lines of JSON, and back.

use super::*;
use svar_collector::export::{ExportError, OnDamage, check, export, import};
use svar_collector::report::{Report, Zone};
use svar_collector::store::{AcceptedEvent, RejectedEvent, SetAsideEvent};
use svar_collector::{Batch, Filter, Pruned, StoreError, retention};
use svar_outcome::*;

const NOON_MS: i64 = 1_795_435_200_000; // 2026-11-23T12:00:00Z

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        // Knuth's MMIX constants.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn heads(&mut self) -> bool {
        self.below(2) == 0
    }

    fn attempt(&mut self, n: u64) -> Attempt {
        let articles = ["router", "faktura/förfallodag", "hc/360001234567", "<b>\"&'", "\u{202e}\u{1f600}"];
        let mut state = attempt(&format!("{:08x}-{n}-", self.below(1 << 32)));
        state.widget = Widget {
            version: "0.1.0".into(),
            index: format!("{:x}", self.below(999)),
            rules: 1,
            variant: self.heads().then(|| "Röd".into()),
        };
        state.page = Page { route: self.one(&["/", "/konto/*", "/hjälp"]).into(), lang: "sv".into() };
        state.intent = self.one(&[Intent::Browse, Intent::Search, Intent::Contact]);
        state.entry = self.one(&[Entry::Launcher, Entry::Api, Entry::ContactForm]);
        state.searches = (0..self.below(4))
            .map(|_| Search {
                q: self.heads().then(|| self.0.to_string() + " å \"quoted\"\\ \u{1f600}\u{7}"),
                len: self.below(80) as u32,
                results: self.below(3) as u32,
                matched: self.one(&[Match::Exact, Match::Fuzzy, Match::None]),
                top: (0..self.below(4)).map(|_| self.one(&articles).to_owned()).collect(),
                picked: self.heads().then_some(2),
                reformulates: self.heads(),
                settled: self.one(Settled::ALL),
            })
            .collect();
        state.articles = (0..self.below(4))
            .map(|_| Reading {
                id: self.one(&articles).into(),
                active_s: self.below(90) as u32,
                rank: self.heads().then_some(3),
                search: self.heads().then_some(0),
                scroll: self.below(101) as u8,
                ..Reading::default()
            })
            .collect();
        let shown = self.heads();
        state.ask = Ask {
            shown,
            place: self.heads().then_some(Where::Results),
            prompt: 1,
            p: self.one(&[0.1, 0.25, 1.0, 1e-6]),
        };
        state.declared = self.heads().then(|| Declared {
            value: self.one(&[Solved::Solved, Solved::Partly, Solved::NotSolved]),
            reason: self.heads().then(|| self.one(&[Reason::Unclear, Reason::CannotDo])),
            ..Declared::default()
        });
        state.contact.opened = self.below(3) == 0;
        state.contact.submitted = self.below(5) == 0;
        state.outcome.behaviour =
            self.heads().then(|| self.one(&[Behaviour::XPlus, Behaviour::XMinus, Behaviour::U, Behaviour::E]));
        state.outcome.class =
            self.one(&[Class::Unknown, Class::Browse, Class::DeclaredSolved, Class::ExhibitedNot, Class::Escalated]);
        state.outcome.provisional = self.heads();
        state.comment = self.heads().then(|| "rad ett\nrad två".into());
        state.failures = self.heads().then_some(Failure::Slow).into_iter().collect();
        state.privacy.mode = self.one(&[Mode::Full, Mode::NoText, Mode::Counts]);
        state.quality.automation = self.below(9) == 0;
        state.quality.internal = self.below(9) == 0;
        state
    }
}

/// Fills a store by way of several collectors, one after the other.
async fn fill(address: &StoreAddress) {
    let mut dice = Dice(7);
    for start in 0..3_u64 {
        let store = open_store(address, Migrate::Locked).await.unwrap();
        for n in 0..60_u64 {
            let mut batch = Batch { received_ms: NOON_MS + dice.below(40 * 86_400_000) as i64, ..Batch::default() };
            for at in 0..6 {
                // Some come again, with other states.
                let mut attempt = dice.attempt(start * 1000 + n * 6 + at);
                for seq in 0..=dice.below(2) {
                    attempt.seq = seq as u32;
                    batch.events.push(AcceptedEvent {
                        attempt: attempt.clone(),
                        event_time_ms: batch.received_ms - dice.below(10_000_000) as i64,
                        clock_skew: dice.below(10) == 0,
                        flood: dice.below(10) == 0,
                    });
                }
            }
            if dice.below(3) == 0 {
                batch.events.extend(batch.events.clone());
                let code = dice.one(&["schema", "time", "json"]);
                let reason = format!("expected {n}, \"found\" \u{e5}");
                batch.rejected.push(RejectedEvent { code, reason, payload: "\u{0}{\\".into() });
                batch.set_aside.push(SetAsideEvent {
                    id: format!("0123456789abcdef-{start}-{n}"),
                    seq: dice.below(5) as i64,
                    event_type: dice.one(&["svar.attempt.v1", "svar.attempt.v2"]).into(),
                    json: format!("{{\"a\":\"{n}\\n\"}}"),
                    flood: dice.below(2) == 0,
                });
            }
            store.put_batch(batch).await.unwrap();
        }
        store.close().await;
    }
}

/// The whole report, as made at one and the same moment.
async fn report_of(store: &dyn Store) -> String {
    let loaded = store.attempts(Filter::default()).await.unwrap();
    let intake = store.intake(Filter::default()).await.unwrap();
    Report::new(&loaded, &intake, Filter::default(), &Zone::named(Some("Europe/Stockholm")).unwrap(), NOON_MS).to_json()
}

async fn exported(store: &dyn Store) -> Vec<u8> {
    let mut out = vec![];
    let exported = export(store, &mut out, 0).await.unwrap();
    assert_eq!((exported.records + 2, exported.unreadable), (out.iter().filter(|b| **b == b'\n').count() as u64, 0));
    assert_eq!(check(&mut &out[..]).unwrap(), exported.records);
    out
}

fn file(folder: &tempfile::TempDir, name: &str) -> StoreAddress {
    StoreAddress::Sqlite(folder.path().join(name))
}

/// Out of one kind of database, into the other, and back: the same report to the byte, and the same export.
#[tokio::test]
async fn an_export_replays_to_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    fill(&file(&folder, "first")).await;
    let first = open_store(&file(&folder, "first"), Migrate::Never).await.unwrap();
    let (report, lines) = (report_of(&*first).await, exported(&*first).await);
    let there = lines.len();
    assert!(lines.split(|b| *b == b'\n').count() > 1100 && there > 500_000, "more than two pages: {there}");

    let mut through = vec![file(&folder, "second"), file(&folder, "third")];
    match postgres::schema_of_its_own().await {
        Some(address) => through.insert(1, address),
        None => drop(through.pop()),
    }
    let mut last = lines.clone();
    for address in through {
        let store = open_store(&address, Migrate::Locked).await.unwrap();
        let imported = import(&*store, &mut &last[..], OnDamage::Stop).await.unwrap();
        assert_eq!(imported.records, imported.changed, "{address}: into an empty store all is news");
        assert_eq!(report_of(&*store).await, report, "{address}");
        // Again: nothing changes.
        assert_eq!(import(&*store, &mut &lines[..], OnDamage::Stop).await.unwrap().changed, 0, "{address}");
        last = exported(&*store).await;
        assert_eq!(report_of(&*store).await, report, "{address}");
        store.close().await;
    }
    let in_order = |lines: &[u8]| {
        let mut lines: Vec<Vec<u8>> = lines.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        lines.sort();
        lines
    };
    assert_eq!(in_order(&last), in_order(&lines), "not a line is another one");
}

/// What has gone on since the export was made stays as it is; what has been removed comes back.
#[tokio::test]
async fn newer_states_stand() {
    let house = House::new(|_| {}).await;
    let put = async |name: &str, seq: u32| {
        let mut state = attempt(name);
        state.seq = seq;
        let event = AcceptedEvent { attempt: state, event_time_ms: NOON_MS, clock_skew: false, flood: false };
        let batch = Batch { received_ms: NOON_MS, events: vec![event], ..Batch::default() };
        house.store.put_batch(batch).await.unwrap()
    };
    put("a", 1).await;
    put("b", 1).await;
    let lines = exported(&*house.store).await;
    put("a", 2).await;
    put("c", 1).await;
    let before = house.attempts().await;
    assert_eq!(import(&*house.store, &mut &lines[..], OnDamage::Stop).await.unwrap().changed, 0);
    assert_eq!(house.attempts().await, before);
    let pruned = retention::prune(&*house.store, NOON_MS + 1, |_| {}).await.unwrap();
    assert_eq!(pruned, Pruned { attempts: 3, ..Pruned::default() });
    assert_eq!(import(&*house.store, &mut &lines[..], OnDamage::Stop).await.unwrap().changed, 2);
    let seqs: Vec<_> = house.attempts().await.iter().map(|stored| stored.attempt.seq).collect();
    assert_eq!(seqs, [1, 1]);
}

#[tokio::test]
async fn damaged_lines_are_named() {
    let house = House::new(|_| {}).await;
    for name in ["a", "b", "c"] {
        let event = AcceptedEvent { attempt: attempt(name), event_time_ms: 5, clock_skew: false, flood: false };
        house.store.put_batch(Batch { received_ms: 5, events: vec![event], ..Batch::default() }).await.unwrap();
    }
    let good = String::from_utf8(exported(&*house.store).await).unwrap();
    let with = |line: usize, text: &str| {
        let mut lines: Vec<&str> = good.lines().collect();
        lines[line - 1] = text;
        lines.join("\n") + "\n"
    };
    let long = format!("{{\"kind\":\"{}\"}}", "x".repeat(2_000_000));
    let third = good.lines().nth(2).unwrap();
    for (lines, at, words) in [
        (with(3, "{\"kind\":\"attempt\",\"state\":{}"), 3, "EOF while parsing"),
        (with(3, "\u{0}"), 3, "expected value"),
        (with(3, "{\"kind\":\"picture\"}"), 3, "unknown variant `picture`"),
        (with(3, &third.replace("\"seq\":1", "\"seq\":-1")), 3, "invalid value"),
        (with(3, &third.replace("bxxxxxxxxxxxxxxx", "b\\u0000x")), 3, "expected an id of 16 to 100"),
        (with(3, &third.replace("\"event_time_ms\":5", "\"event_time_ms\":9007199254740993")), 3, "from 1970 to 9999"),
        (with(3, &third.replace("\"kind\"", "\"mood\":1,\"kind\"")), 3, "unknown field `mood`"),
        (with(3, &long), 3, "a line of 1000000 bytes or more"),
        (with(5, "{\"kind\":\"end\",\"records\":4}"), 5, "the end of one with 4, after 3 good ones"),
        (good.lines().take(4).collect::<Vec<_>>().join("\n"), 5, "it broke off"),
        (good.lines().take(1).collect::<Vec<_>>().join("\n"), 2, "after 0 good records"),
    ] {
        let told = check(&mut lines.as_bytes()).unwrap_err();
        let ExportError::Damaged(damage) = &told else { panic!("{told}") };
        assert_eq!(damage.line, at, "{told}");
        assert!(
            told.to_string().starts_with(&format!("line {at}: expected ")) && told.to_string().contains(words),
            "{told}"
        );
        // It stops there, with what came before; or goes on with what comes after.
        for on_damage in [OnDamage::Stop, OnDamage::Skip] {
            let other = House::new(|_| {}).await;
            let done = import(&*other.store, &mut lines.as_bytes(), on_damage).await;
            let left = other.attempts().await.len();
            match on_damage {
                OnDamage::Stop => {
                    assert_eq!(done.unwrap_err().to_string(), told.to_string());
                    assert_eq!(left, 3.min(at as usize - 2), "{told}");
                }
                OnDamage::Skip => {
                    let done = done.unwrap();
                    // Without a line the end is not right, either.
                    let expected = if at == 3 { (2, 2, 2) } else { (lines.lines().count().min(4) as u64 - 1, 1, left) };
                    assert_eq!((done.records, done.damaged, left), expected, "{told}");
                    assert_eq!(done.damages[0].to_string(), told.to_string());
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_export_is_refused() {
    let house = House::new(|_| {}).await;
    for (lines, words) in [
        ("", "found nothing"),
        ("\n", "found a first line that is not one"),
        ("{\"kind\":\"end\",\"records\":0}\n", "found a first line that is not one"),
        ("{\"format\":\"svar.report\",\"version\":1}\n", "another format"),
        (
            "{\"format\":\"svar.store\",\"version\":2,\"made_by\":\"9.1\\u001b[2J\",\"new\":1}\n",
            "expected an export of version 1, found version 2, made by svar 9.1[2J: import it with that svar or a newer one",
        ),
    ] {
        for on_damage in [OnDamage::Stop, OnDamage::Skip] {
            let error = import(&*house.store, &mut lines.as_bytes(), on_damage).await.unwrap_err();
            assert!(error.to_string().contains(words), "{lines}: {error}");
        }
    }
    house.store.close().await;
    let mut out = vec![];
    assert!(matches!(export(&*house.store, &mut out, 0).await, Err(ExportError::Store(StoreError::Database { .. }))));
}
