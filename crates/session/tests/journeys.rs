//! Customers as scripts: messages in, effects and views out. Answers may come late, out of order or not at all.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use svar_index::article::{Block, Inline};
use svar_index::{Article, IndexFile, Policy, Synonyms, write, write_prepared};
use svar_outcome::*;
use svar_search::prepare;
use svar_session::*;

fn article(id: &str, title: &str, text: &str) -> Article {
    let words = |s: &str| vec![Inline::Text(s.into())];
    let see = Inline::Link { href: "article:flytt#tider".into(), content: words("flytt") };
    let body = vec![
        Block::Paragraph(words(text)),
        Block::Heading { level: 2, anchor: "tider".into(), content: words("Tider") },
        Block::Paragraph(vec![Inline::Text("Vardagar åtta till arton. Se även ".into()), see]),
    ];
    Article {
        id: id.into(),
        lang: "sv".into(),
        url: format!("{id}.html"),
        title: title.into(),
        body,
        ..Article::default()
    }
}

fn files(policy: &Policy) -> Vec<IndexFile> {
    write(&sample(), policy).unwrap()
}

fn sample() -> [Article; 3] {
    [
        article("faktura", "Läs din faktura", "Fakturan visar avgifter och förbrukning för månaden som gått."),
        article("anstand", "Få längre tid att betala", "Du kan flytta fakturans förfallodag fjorton dagar."),
        article("flytt", "När du flyttar", "Anmäl flytten senast fjorton dagar innan."),
    ]
}

/// A customer and the outside world around her widget.
struct Visit {
    session: Session,
    files: Vec<IndexFile>,
    now: Now,
    fetches: Vec<(Ticket, String)>,
    waits: Vec<(Ticket, u64)>,
    sent: Vec<Event>,
    focus: Vec<Focus>,
    /// What goes on with the next page of the tab.
    kept: String,
}

impl Visit {
    fn new(config: Config, policy: &Policy) -> Visit {
        let config = Config { contact: "mailto:hjalp@vindla.example".into(), lang: "sv".into(), ..config };
        Visit {
            session: Session::new(config),
            files: files(policy),
            now: Now { ms: 1_795_445_104_000, id: 7 },
            fetches: vec![],
            waits: vec![],
            sent: vec![],
            focus: vec![],
            kept: String::new(),
        }
    }

    /// A widget that is open with its index there.
    fn ready() -> Visit {
        let mut visit = Visit::new(Config::default(), &Policy::default());
        visit.tell(Msg::Opened(Entry::Launcher));
        visit.arrive();
        visit
    }

    fn tell(&mut self, msg: Msg) -> &mut Visit {
        self.now.id += 1;
        for effect in self.session.update(msg, self.now) {
            match effect {
                Effect::Fetch(ticket, name, _) => self.fetches.push((ticket, name)),
                Effect::Wait(ticket, ms) => self.waits.push((ticket, self.now.ms + u64::from(ms))),
                Effect::Focus(focus) => self.focus.push(focus),
                Effect::Deliver(event) => self.sent.push(*event),
                Effect::Keep(kept) => self.kept = kept,
            }
        }
        self
    }

    fn bytes(&self, name: &str) -> Arc<[u8]> {
        self.files.iter().find(|f| f.name == name).unwrap().bytes.clone().into()
    }

    /// Everything asked for arrives, and what is asked for then, too.
    fn arrive(&mut self) -> &mut Visit {
        while !self.fetches.is_empty() {
            let (ticket, name) = self.fetches.remove(0);
            let bytes = self.bytes(&name);
            self.tell(Msg::Loaded(ticket, Ok(bytes)));
        }
        self
    }

    /// Lets one file arrive, by its place among those on their way.
    fn one_arrives(&mut self, at: usize) -> &mut Visit {
        let (ticket, name) = self.fetches.remove(at);
        let bytes = self.bytes(&name);
        self.tell(Msg::Loaded(ticket, Ok(bytes)))
    }

    fn pass(&mut self, ms: u64) -> &mut Visit {
        self.now.ms += ms;
        while let Some(at) = self.waits.iter().position(|(_, due)| *due <= self.now.ms) {
            let (ticket, _) = self.waits.remove(at);
            self.tell(Msg::Elapsed(ticket));
        }
        self
    }

    fn type_in(&mut self, question: &str) -> &mut Visit {
        for end in question.char_indices().map(|(i, c)| i + c.len_utf8()) {
            self.tell(Msg::Typed(question[..end].into())).pass(90);
        }
        self
    }

    fn titles(&self) -> Vec<String> {
        match self.session.view().screen {
            Screen::Results(results, _) => results.items.iter().map(|i| i.title.clone()).collect(),
            other => panic!("no results: {other:?}"),
        }
    }

    fn reading(&self) -> String {
        match self.session.view().screen {
            Screen::Article(article) => article.id.clone(),
            other => panic!("not reading: {other:?}"),
        }
    }

    /// The customer goes to another page of the same tab: another widget, with what this one kept.
    fn next_page(&mut self) -> Visit {
        self.tell(Msg::Leaving);
        let mut next = Visit::new(Config::default(), &Policy::default());
        next.now = self.now;
        if !self.kept.is_empty() {
            next.tell(Msg::Resumed(self.kept.clone()));
        }
        next
    }

    fn open(&mut self) -> &mut Visit {
        self.tell(Msg::Opened(Entry::Launcher)).arrive()
    }

    /// The wording of the question on screen, if it is there.
    fn asks(&self) -> Option<u32> {
        let view = self.session.view();
        match view.screen {
            Screen::Article(article) => Some(article.ask.prompt),
            _ => view.ask.map(|ask| ask.prompt),
        }
    }

    fn last(&self) -> &Attempt {
        &self.sent.last().unwrap().data
    }
}

#[test]
fn finds_reads_and_says_solved() {
    let mut visit = Visit::ready();
    visit.type_in("flyta förfalodag").pass(1000);
    assert_eq!(visit.titles()[0], "Få längre tid att betala");
    assert!(matches!(visit.session.view().announcement, Announcement::Found(_, _)));
    visit.tell(Msg::Key(Key::Down)).tell(Msg::Key(Key::Enter));
    assert_eq!(visit.reading(), "anstand");
    assert_eq!(visit.focus.last(), Some(&Focus::Heading));
    visit.pass(20_000).tell(Msg::Scrolled(100, true)).tell(Msg::Declared(Solved::Solved));
    let attempt = visit.last();
    assert_eq!(attempt.outcome.class, Class::DeclaredSolved);
    assert_eq!(attempt.outcome.behaviour, Some(Behaviour::XPlus));
    assert!(attempt.outcome.provisional);
    assert_eq!((attempt.searches.len(), attempt.searches[0].picked), (1, Some(1)));
    assert_eq!(attempt.searches[0].q.as_deref(), Some("flyta förfalodag"));
    assert_eq!(attempt.searches[0].matched, Match::Fuzzy);
    assert_eq!((attempt.articles[0].active_s, attempt.articles[0].scroll), (20, 100));
    assert_eq!(attempt.declared.as_ref().unwrap().article.as_deref(), Some("anstand"));
    assert!(attempt.ask.shown);
}

#[test]
fn a_change_of_mind_is_one_attempt_with_a_higher_seq() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).pass(15_000);
    visit
        .tell(Msg::Declared(Solved::NotSolved))
        .tell(Msg::Reasoned(Reason::Unclear))
        .tell(Msg::Declared(Solved::Solved));
    let seqs: Vec<u32> = visit.sent.iter().map(|e| e.data.seq).collect();
    assert_eq!(seqs, [1, 2, 3]);
    assert!(visit.sent.iter().all(|e| e.data.attempt == visit.sent[0].data.attempt));
    assert_eq!(visit.sent[1].data.declared.as_ref().unwrap().reason, Some(Reason::Unclear));
    assert_eq!(visit.last().declared.as_ref().unwrap().reason, None, "a reason goes with its answer");
}

#[test]
fn asking_a_person_after_saying_solved_takes_it_back() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).pass(15_000).tell(Msg::Declared(Solved::Solved));
    let way = visit.session.view().contact.unwrap();
    assert_eq!((way.question.as_str(), way.read.as_slice()), ("faktura", ["Läs din faktura".to_owned()].as_slice()));
    visit.tell(Msg::Contacted);
    let attempt = visit.last();
    assert_eq!((attempt.outcome.class, attempt.outcome.retracted), (Class::Escalated, true));
    assert!(!attempt.outcome.provisional && attempt.contact.submitted);
    let before = attempt.attempt.clone();
    visit.type_in("flytta").pass(900).tell(Msg::Leaving);
    assert_ne!(visit.last().attempt, before, "what comes after is another attempt");
}

#[test]
fn only_settled_questions_count_and_a_continued_one_is_the_same() {
    let mut visit = Visit::ready();
    visit.type_in("fak").pass(900).tell(Msg::Typed("faktura".into())).pass(900);
    visit.tell(Msg::Typed("xyzzyx".into())).pass(900).tell(Msg::Leaving);
    let questions: Vec<_> = visit.last().searches.iter().map(|s| (s.q.clone().unwrap(), s.reformulates)).collect();
    assert_eq!(questions, [("faktura".to_owned(), false), ("xyzzyx".to_owned(), true)]);
    assert_eq!(visit.last().outcome.class, Class::ExhibitedNot);
    assert_eq!(visit.session.view().announcement, Announcement::NothingFound);
}

#[test]
fn the_beginning_of_what_is_redacted_does_not_stay_as_a_question_of_its_own() {
    let mut visit = Visit::ready();
    for typed in [
        "ring 070174",
        "ring 0701740605",
        "ring 0701740605 eller mejla anna",
        "ring 0701740605 eller mejla anna@example.se",
    ] {
        visit.tell(Msg::Typed(typed.into())).pass(900);
    }
    visit.tell(Msg::Leaving);
    let questions: Vec<_> = visit.last().searches.iter().map(|s| s.q.as_deref().unwrap()).collect();
    assert_eq!(questions, ["ring [number] eller mejla [e-mail]"]);
}

#[test]
fn looking_only_is_no_attempt_and_an_unchanged_state_is_not_sent_again() {
    let mut visit = Visit::ready();
    visit.tell(Msg::Closed).tell(Msg::Leaving);
    assert!(visit.sent.is_empty());
    visit
        .tell(Msg::Opened(Entry::Launcher))
        .type_in("faktura")
        .pass(900)
        .tell(Msg::Leaving)
        .tell(Msg::Leaving)
        .tell(Msg::Closed);
    assert_eq!(visit.sent.len(), 1);
}

#[test]
fn time_counts_only_while_seen() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).pass(5_000).tell(Msg::Attention(false)).pass(600_000);
    visit.tell(Msg::Attention(true)).pass(4_000).tell(Msg::Back).pass(60_000).tell(Msg::Leaving);
    assert_eq!(visit.last().articles[0].active_s, 9);
}

#[test]
fn time_goes_on_counting_when_the_panel_is_opened_again() {
    let mut visit = Visit::ready();
    visit.type_in("flytt").tell(Msg::Picked(0)).pass(10_000).tell(Msg::Closed).pass(60_000);
    visit.tell(Msg::Opened(Entry::Launcher)).pass(10_000).tell(Msg::Closed);
    assert_eq!(visit.last().articles[0].active_s, 20);
}

#[test]
fn a_question_left_before_its_answer_is_there_is_no_sign_of_anything() {
    let mut visit = large();
    visit.tell(Msg::Typed("fjorton dagar ".into())).tell(Msg::Key(Key::Enter)).tell(Msg::Leaving);
    assert_eq!((visit.last().searches[0].results, visit.last().outcome.class), (0, Class::Unknown));
    // When the answer has come it is known what the question found.
    visit.arrive().tell(Msg::Leaving);
    let attempt = visit.last();
    assert_eq!((attempt.searches.len(), attempt.searches[0].results, attempt.searches[0].top.len()), (1, 2, 2));
    assert_eq!(attempt.seq, 2);
}

#[test]
fn after_half_an_hour_another_attempt_begins() {
    let mut visit = Visit::ready();
    visit
        .type_in("faktura")
        .pass(900)
        .tell(Msg::Leaving)
        .pass(31 * 60 * 1000)
        .type_in("flytt")
        .pass(900)
        .tell(Msg::Leaving);
    let told: Vec<_> = visit.sent.iter().map(|e| (e.data.attempt == visit.sent[0].data.attempt, e.data.seq)).collect();
    assert_eq!(told, [(true, 1), (true, 2), (false, 1)]);
    let ends: Vec<_> = visit.sent.iter().map(|e| (e.data.outcome.provisional, e.time.as_str())).collect();
    // What has ended by itself is as old as its end.
    assert_eq!(ends[0], (true, "2026-11-23T14:45:05Z"));
    assert_eq!(ends[1], (false, "2026-11-23T15:15:05Z"));
}

#[test]
fn what_could_point_to_a_person_is_gone_before_it_leaves() {
    let mut visit = Visit::ready();
    visit.tell(Msg::Typed("faktura till anna@example.se 070-174 06 05".into())).pass(900).tell(Msg::Leaving);
    assert_eq!(visit.last().searches[0].q.as_deref(), Some("faktura till [e-mail] [number]"));
}

#[test]
fn privacy_modes_keep_their_word() {
    let run = |config: Config| {
        let mut visit = Visit::new(config, &Policy::default());
        visit.tell(Msg::Opened(Entry::Launcher)).arrive();
        visit.type_in("faktura").tell(Msg::Picked(0)).pass(20_000).tell(Msg::Declared(Solved::Solved));
        visit.sent.pop().map(|e| to_json(&e).unwrap())
    };
    let page = Page { route: "/konto".into(), lang: "sv".into() };
    let with = |mode, gpc| Config { mode, gpc, page: page.clone(), ..Config::default() };
    assert!(run(with(Mode::Full, false)).unwrap().contains("\"q\":\"faktura\""));
    assert!(!run(with(Mode::NoText, false)).unwrap().contains("\"q\""));
    let counts = run(with(Mode::Full, true)).unwrap();
    assert!(
        !counts.contains("/konto") && !counts.contains("searches") && counts.contains("declared_solved"),
        "{counts}"
    );
    assert_eq!(run(with(Mode::Off, false)), None);
}

#[test]
fn consent_denied_takes_the_words_back_and_granted_begins_with_the_next_issue() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").pass(900).tell(Msg::Leaving);
    assert_eq!(visit.last().searches[0].q.as_deref(), Some("faktura"));
    // A state that replaces the one before is sent at once, without words.
    let before = visit.sent.len();
    visit.tell(Msg::Consent(Mode::Counts));
    let (attempt, seq) = (visit.last().attempt.clone(), visit.last().seq);
    assert_eq!((visit.sent.len(), seq, visit.last().privacy.mode), (before + 1, 2, Mode::Counts));
    assert!(visit.last().searches.is_empty());
    visit.tell(Msg::Consent(Mode::Full)).tell(Msg::Picked(0)).tell(Msg::Declared(Solved::Solved));
    assert_eq!((&visit.last().attempt, visit.last().privacy.mode), (&attempt, Mode::Counts));
    visit.tell(Msg::NewIssue).type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_eq!(visit.last().searches[0].q.as_deref(), Some("flytt"));
    assert_ne!(visit.last().attempt, attempt);
}

#[test]
fn answers_out_of_order_and_answers_too_late_change_nothing() {
    let policy =
        Policy { whole_bytes: 0, term_shard_bytes: 100, text_shard_bytes: 100, entries_per_shard: 2, inside_bytes: 0 };
    let mut visit = Visit::new(Config::default(), &policy);
    visit.tell(Msg::Opened(Entry::Launcher));
    let (manifest, _) = visit.fetches.remove(0);
    let bytes = visit.bytes("manifest.bin");
    visit.tell(Msg::Loaded(manifest, Ok(bytes.clone()))).tell(Msg::Loaded(manifest, Ok(bytes)));
    let core = visit.fetches.remove(0);
    assert!(visit.fetches.is_empty(), "the second manifest asked for nothing");
    // Typed before the core is there: the question waits.
    visit.tell(Msg::Typed("förfallodag".into()));
    let bytes = visit.bytes(&core.1);
    visit.tell(Msg::Loaded(core.0, Ok(bytes)));
    assert!(matches!(visit.session.view().screen, Screen::Results(r, _) if r.incomplete));
    visit.fetches.reverse();
    visit.arrive();
    assert_eq!(visit.titles()[0], "Få längre tid att betala");
    // A body that fails says so where it would stand; asking again helps.
    visit.pass(900).fetches.clear();
    visit.tell(Msg::Picked(0));
    if let Some((ticket, name)) = visit.fetches.pop() {
        visit.tell(Msg::Loaded(ticket, Err(LoadError::Offline)));
        assert!(
            matches!(visit.session.view().screen, Screen::Article(a) if a.body == Body::Failed(Trouble::Offline)),
            "{name}"
        );
        visit.tell(Msg::Retry).arrive();
    }
    assert_eq!(visit.reading(), "anstand");
}

#[test]
fn what_fails_is_said_and_can_be_tried_again() {
    let mut visit = Visit::new(Config::default(), &Policy::default());
    visit.tell(Msg::Opened(Entry::Launcher));
    let (ticket, _) = visit.fetches.remove(0);
    visit.tell(Msg::Loaded(ticket, Err(LoadError::Missing)));
    assert_eq!(visit.session.view().screen, Screen::Failed(Trouble::Missing));
    visit.tell(Msg::Retry);
    let (ticket, _) = visit.fetches.remove(0);
    let mut bytes = visit.bytes("manifest.bin").to_vec();
    bytes[20] ^= 1;
    visit.tell(Msg::Loaded(ticket, Ok(bytes.into())));
    assert_eq!(visit.session.view().screen, Screen::Failed(Trouble::Damaged));
    visit.tell(Msg::Retry).pass(11_000);
    assert_eq!(visit.session.view().screen, Screen::Loading { slow: true });
    visit.arrive();
    assert_eq!(visit.session.view().screen, Screen::Welcome);
    visit.type_in("faktura").pass(900).tell(Msg::Leaving);
    assert_eq!(visit.last().failures, [Failure::IndexMissing, Failure::IndexDamaged, Failure::Slow]);
}

#[test]
fn offline_comes_back_by_itself() {
    let mut visit = Visit::new(Config::default(), &Policy::default());
    visit.tell(Msg::Online(false)).tell(Msg::Opened(Entry::Launcher));
    let (ticket, _) = visit.fetches.remove(0);
    visit.tell(Msg::Loaded(ticket, Err(LoadError::Offline)));
    assert_eq!(visit.session.view().screen, Screen::Failed(Trouble::Offline));
    visit.tell(Msg::Online(true)).arrive();
    assert_eq!(visit.session.view().screen, Screen::Welcome);
    assert!(!visit.session.view().offline);
}

#[test]
fn links_between_articles_open_inside_and_lead_back() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).tell(Msg::Follow("flytt".into(), "tider".into()));
    assert_eq!(visit.reading(), "flytt");
    assert!(visit.focus.contains(&Focus::Section));
    visit.tell(Msg::Follow("finns-inte".into(), String::new()));
    assert_eq!(visit.reading(), "flytt");
    visit.tell(Msg::Back);
    assert_eq!(visit.reading(), "faktura");
    visit.tell(Msg::Back);
    assert_eq!(visit.titles()[0], "Läs din faktura");
    assert_eq!(visit.focus.last(), Some(&Focus::Search));
}

#[test]
fn a_new_issue_ends_the_attempt() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).pass(15_000).tell(Msg::Declared(Solved::Solved)).tell(Msg::NewIssue);
    assert!(!visit.last().outcome.provisional);
    assert_eq!(visit.session.view().screen, Screen::Welcome);
    let first = visit.last().attempt.clone();
    visit.type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_ne!(visit.last().attempt, first);
}

#[test]
fn a_shard_that_cannot_be_had_is_said_and_not_asked_for_forever() {
    let policy =
        Policy { whole_bytes: 0, term_shard_bytes: 100, text_shard_bytes: 100, entries_per_shard: 2, inside_bytes: 0 };
    let mut visit = Visit::new(Config::default(), &policy);
    visit.tell(Msg::Opened(Entry::Launcher)).arrive();
    visit.tell(Msg::Typed("förfallodag".into()));
    let mut asked = 0;
    while let Some((ticket, _)) = visit.fetches.pop() {
        asked += 1;
        assert!(asked < 50, "asked for again and again");
        visit.tell(Msg::Loaded(ticket, Err(LoadError::Offline)));
    }
    let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
    assert_eq!((results.trouble, results.incomplete), (Some(Trouble::Offline), false));
    visit.tell(Msg::Retry).arrive();
    assert_eq!(visit.titles()[0], "Få längre tid att betala");
    let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
    assert_eq!(results.trouble, None);
}

/// Everything cut small, and the core inside the manifest, as a large help centre has it.
const LARGE: Policy =
    Policy { whole_bytes: 0, term_shard_bytes: 100, text_shard_bytes: 100, entries_per_shard: 1, inside_bytes: 50_000 };

#[test]
fn the_first_letter_of_a_large_help_centre_asks_for_one_file_and_titles() {
    let articles = sample();
    let policy = Policy { term_shard_bytes: 20, ..LARGE };
    let mut visit = Visit::new(Config::default(), &LARGE);
    visit.files = write_prepared(&articles, &Synonyms::default(), &policy, &prepare, &|_, _| ()).unwrap();
    visit.tell(Msg::Opened(Entry::Launcher)).arrive();
    visit.tell(Msg::Typed("f".into()));
    assert!(visit.fetches.iter().all(|(_, name)| name.starts_with("short-")) && visit.fetches.len() == 1);
    visit.one_arrives(0);
    assert!(!visit.fetches.is_empty() && visit.fetches.iter().all(|(_, name)| name.starts_with("entries-")));
    visit.arrive();
    assert_eq!(visit.titles().len(), 3);
}

/// A widget that is open and has a large index's core.
fn large() -> Visit {
    let mut visit = Visit::new(Config::default(), &LARGE);
    visit.tell(Msg::Opened(Entry::Launcher)).arrive();
    visit
}

#[test]
fn a_large_help_centre_takes_three_steps_to_the_first_list() {
    let mut visit = Visit::new(Config::default(), &LARGE);
    visit.tell(Msg::Opened(Entry::Launcher)).tell(Msg::Typed("fjorton dagar ".into()));
    let mut steps: Vec<Vec<String>> = Vec::new();
    while !visit.fetches.is_empty() {
        let together = std::mem::take(&mut visit.fetches);
        let mut kinds: Vec<String> =
            together.iter().map(|(_, name)| name.split(['-', '.']).next().unwrap().to_owned()).collect();
        kinds.dedup();
        steps.push(kinds);
        for (ticket, name) in together {
            let bytes = visit.bytes(&name);
            visit.tell(Msg::Loaded(ticket, Ok(bytes)));
        }
    }
    assert_eq!(steps, [["manifest"], ["terms"], ["entries"]]);
    assert_eq!(visit.titles(), ["Få längre tid att betala", "När du flyttar"]);
}

#[test]
fn an_answer_is_looked_for_when_the_last_of_its_terms_is_there() {
    let mut visit = Visit::new(Config::default(), &Policy { term_shard_bytes: 20, ..LARGE });
    visit.tell(Msg::Opened(Entry::Launcher)).arrive();
    visit.tell(Msg::Typed("fakturans dagar flytten ".into()));
    let terms = std::mem::take(&mut visit.fetches);
    assert!(terms.len() > 2 && terms.iter().all(|(_, name)| name.starts_with("terms-")), "{terms:?}");
    for (at, (ticket, name)) in terms.iter().enumerate() {
        // What was found with some of them would ask for the titles of others than are found in the end.
        assert!(visit.fetches.is_empty(), "{at} of {}", terms.len());
        let bytes = visit.bytes(name);
        visit.tell(Msg::Loaded(*ticket, Ok(bytes)));
    }
    assert!(visit.fetches.iter().any(|(_, name)| name.starts_with("entries-")));
    visit.arrive();
    assert_eq!(visit.titles().len(), 3);
}

#[test]
fn what_is_shown_stays_until_what_replaces_it_is_whole() {
    let mut visit = large();
    visit.tell(Msg::Typed("fjorton dagar ".into())).arrive();
    let before = visit.titles();
    visit.tell(Msg::Typed("fjorton dagar förbrukning ".into()));
    while !visit.fetches.is_empty() {
        let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
        assert!(results.incomplete);
        assert_eq!(visit.titles(), before);
        visit.one_arrives(0);
    }
    assert_ne!(visit.titles(), before);
    // What is picked is what was seen, also while other files are on their way.
    visit.tell(Msg::Typed("anmäl".into())).tell(Msg::Picked(0));
    assert!(!visit.reading().is_empty());
}

/// Another number that looks as if drawn at random, below `most`.
fn draw(random: &mut u64, most: usize) -> usize {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*random >> 33) as usize % most
}

#[test]
fn the_best_hits_are_shown_before_the_last_titles_are_there() {
    let (mut early, mut picked) = (0, 0);
    for order in 0..24 {
        let mut visit = Visit::new(Config::default(), &Policy { entries_per_shard: 1, ..LARGE });
        visit.tell(Msg::Opened(Entry::Launcher)).arrive();
        visit.tell(Msg::Typed("fjorton dagar förbrukning ".into()));
        let (mut random, mut seen) = (order, vec![]);
        while !visit.fetches.is_empty() {
            let at = draw(&mut random, visit.fetches.len());
            visit.one_arrives(at);
            let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
            assert_eq!(results.incomplete, !visit.fetches.is_empty());
            seen.push(visit.titles());
            // What is picked of them counts as what it is: one of the best.
            if order % 2 == 1 && seen.last().is_some_and(|titles| titles.len() == 1) {
                visit.tell(Msg::Picked(0)).tell(Msg::Leaving);
                let searched = &visit.last().searches[0];
                assert_eq!((searched.picked, &searched.top), (Some(1), &vec![visit.reading()]));
                picked += 1;
                break;
            }
        }
        let whole = seen.last().unwrap();
        assert!(seen.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "{seen:?}");
        early += usize::from(seen.iter().any(|titles| !titles.is_empty() && titles.len() < whole.len()));
    }
    assert!(early > 3 && picked > 3, "{early} {picked}");
}

#[test]
fn the_order_in_which_files_arrive_changes_nothing() {
    let mut expected: Option<(Vec<String>, u32)> = None;
    for order in 0..24 {
        let mut visit = large();
        visit.tell(Msg::Typed("flytta fakturans förfallodag senast".into()));
        let mut random = order;
        while !visit.fetches.is_empty() {
            let at = draw(&mut random, visit.fetches.len());
            visit.one_arrives(at);
        }
        let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
        let got = (visit.titles(), results.total);
        assert_eq!(&got, expected.get_or_insert_with(|| got.clone()), "order {order}");
    }
    assert_eq!(expected.map(|(titles, _)| titles.len()), Some(3));
}

#[test]
fn a_link_to_an_article_that_is_not_known_yet_opens_when_it_is() {
    let mut visit = large();
    visit.tell(Msg::Follow("flytt".into(), String::new()));
    assert_eq!(visit.session.view().screen, Screen::Welcome);
    visit.arrive();
    assert_eq!(visit.reading(), "flytt");
    // Where its file cannot be had, that is said, and the link may be followed again.
    let mut visit = large();
    visit.tell(Msg::Follow("flytt".into(), String::new()));
    let (ticket, _) = visit.fetches.remove(0);
    visit.tell(Msg::Loaded(ticket, Err(LoadError::Offline)));
    assert_eq!(visit.session.view().announcement, Announcement::Failed(Trouble::Offline));
    visit.tell(Msg::Follow("flytt".into(), String::new())).arrive();
    assert_eq!(visit.reading(), "flytt");
    // Whoever has gone on typing is not taken away from it.
    let mut visit = large();
    visit.tell(Msg::Follow("flytt".into(), String::new())).tell(Msg::Typed("fjorton dagar ".into())).arrive();
    assert_eq!(visit.titles(), ["Få längre tid att betala", "När du flyttar"]);
}

/// What may happen to a file on its way.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Offline,
    Missing,
    Damaged,
    AnotherFile,
    Slow,
}

#[test]
fn a_file_that_fails_or_is_slow_changes_nothing_but_the_time() {
    const QUESTION: &str = "flytta fakturans förfallodag senast";
    let clean = |visit: &mut Visit| {
        let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
        assert_eq!((results.trouble, results.slow, results.incomplete), (None, false, false));
        visit.titles()
    };
    let mut visit = large();
    visit.tell(Msg::Typed(QUESTION.into()));
    let mut names = Vec::new();
    while !visit.fetches.is_empty() {
        names.push(visit.fetches[0].1.clone());
        visit.one_arrives(0);
    }
    let expected = clean(&mut visit);
    assert!(names.len() > 5 && expected.len() == 3, "{names:?}");
    for unlucky in &names {
        for fate in [Fate::Offline, Fate::Missing, Fate::Damaged, Fate::AnotherFile, Fate::Slow] {
            let mut visit = large();
            visit.tell(Msg::Typed(QUESTION.into()));
            let mut struck = false;
            while !visit.fetches.is_empty() {
                let (ticket, name) = visit.fetches.remove(0);
                let bytes = visit.bytes(&name);
                let answer = match fate {
                    _ if struck || name != *unlucky => Ok(bytes),
                    Fate::Offline => Err(LoadError::Offline),
                    Fate::Missing => Err(LoadError::Missing),
                    Fate::Damaged => Ok(bytes.iter().enumerate().map(|(i, b)| b ^ u8::from(i == 9)).collect()),
                    Fate::AnotherFile => Ok(visit.bytes(names.iter().find(|n| *n != unlucky).unwrap())),
                    Fate::Slow => {
                        visit.pass(11_000);
                        let view = visit.session.view();
                        let Screen::Results(results, _) = view.screen else { panic!("no results") };
                        assert!(results.slow && results.incomplete, "{name}");
                        assert_eq!(view.announcement, Announcement::Loading);
                        Ok(bytes)
                    }
                };
                struck |= name == *unlucky;
                visit.tell(Msg::Loaded(ticket, answer));
            }
            let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
            let trouble = match fate {
                Fate::Offline => Some(Trouble::Offline),
                Fate::Missing => Some(Trouble::Missing),
                Fate::Damaged | Fate::AnotherFile => Some(Trouble::Damaged),
                Fate::Slow => None,
            };
            assert_eq!((results.trouble, results.incomplete), (trouble, false), "{fate:?} {unlucky}");
            if trouble.is_some() {
                visit.tell(Msg::Retry).arrive();
            }
            assert_eq!(clean(&mut visit), expected, "{fate:?} {unlucky}");
        }
    }
}

#[test]
fn titles_that_cannot_be_had_are_said() {
    let mut visit = large();
    visit.tell(Msg::Typed("fjorton dagar ".into()));
    while let Some((ticket, name)) = visit.fetches.pop() {
        let answer = if name.starts_with("entries") { Err(LoadError::Missing) } else { Ok(visit.bytes(&name)) };
        visit.tell(Msg::Loaded(ticket, answer));
    }
    let Screen::Results(results, _) = visit.session.view().screen else { panic!("no results") };
    assert_eq!((results.items.len(), results.trouble, results.incomplete), (0, Some(Trouble::Missing), false));
    visit.tell(Msg::Retry).arrive();
    assert_eq!(visit.titles(), ["Få längre tid att betala", "När du flyttar"]);
}

#[test]
fn keeping_nothing_in_memory_changes_nothing_but_what_is_fetched() {
    let visit = |keep_bytes| {
        let mut visit = Visit::new(Config { keep_bytes, ..Config::default() }, &LARGE);
        visit.tell(Msg::Opened(Entry::Launcher)).arrive();
        visit
    };
    let (mut forgetful, mut other) = (visit(Some(0)), visit(None));
    for question in ["förfallodag", "flytta", "avgifter faktura", "flytten", "förfallodag"] {
        let mut shown = Vec::new();
        for visit in [&mut forgetful, &mut other] {
            visit.type_in(question).arrive().pass(1000).arrive();
            shown.push(visit.titles());
            let first = visit.titles().len() - 1;
            visit.tell(Msg::Picked(first)).arrive();
            shown.push(vec![visit.reading()]);
            visit.tell(Msg::Back).arrive();
            shown.push(visit.titles());
            visit.tell(Msg::Typed(String::new()));
        }
        let (a, b) = shown.split_at(3);
        assert_eq!(a, b, "{question}");
    }
}

#[test]
fn an_attempt_goes_on_with_the_next_page_of_the_tab() {
    let mut first = Visit::ready();
    first.type_in("flyta förfalodag").pass(900).tell(Msg::Picked(0)).pass(12_000).tell(Msg::Scrolled(60, false));
    let mut second = first.next_page();
    let (id, seq) = (first.last().attempt.clone(), first.last().seq);
    // She finds herself where she was: in the article, the question behind it.
    second.pass(60_000).open();
    assert_eq!(second.reading(), "anstand");
    second.pass(9_000).tell(Msg::Scrolled(100, true)).tell(Msg::Declared(Solved::NotSolved));
    assert_eq!((&second.last().attempt, second.last().seq), (&id, seq + 1));
    second.tell(Msg::Back);
    assert_eq!(second.titles()[0], "Få längre tid att betala");
    let mut third = second.next_page();
    third.open().tell(Msg::Declared(Solved::Solved));
    let attempt = third.last();
    assert_eq!((&attempt.attempt, attempt.outcome.class), (&id, Class::DeclaredSolved));
    assert_eq!((attempt.searches.len(), attempt.searches[0].picked, attempt.articles.len()), (1, Some(1), 1));
    assert_eq!((attempt.articles[0].active_s, attempt.articles[0].scroll, attempt.articles[0].last), (21, 100, true));
    let seqs: Vec<u32> = first.sent.iter().chain(&second.sent).chain(&third.sent).map(|e| e.data.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as u32).collect::<Vec<_>>());
}

#[test]
fn what_ended_while_no_page_was_there_is_told_by_the_next_one_and_does_not_go_on() {
    let mut first = Visit::ready();
    first.type_in("faktura").pass(900);
    let mut second = first.next_page();
    assert!(second.sent.is_empty() && first.last().outcome.provisional);
    let mut third = Visit::new(Config::default(), &Policy::default());
    third.now = Now { ms: first.now.ms + 40 * 60 * 1000, id: 99 };
    third.tell(Msg::Resumed(first.kept.clone()));
    assert_eq!((&third.last().attempt, third.last().seq), (&first.last().attempt, first.last().seq + 1));
    assert!(!third.last().outcome.provisional);
    third.open();
    assert_eq!(third.session.view().query, "");
    third.type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_ne!(third.last().attempt, first.last().attempt);
    // What makes no sense begins anew.
    second = Visit::new(Config::default(), &Policy::default());
    second.tell(Msg::Resumed("svar0\tx".into())).open().type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_eq!(second.last().seq, 1);
}

#[test]
fn nothing_is_kept_of_what_is_over_or_may_not_be_and_no_words_where_they_may_not_leave() {
    let mut visit = Visit::ready();
    visit.tell(Msg::Leaving);
    assert_eq!(visit.kept, "", "looking is no act");
    visit.type_in("faktura anna@example.se").pass(900).tell(Msg::Leaving);
    assert!(visit.kept.contains("faktura [e-mail]") && !visit.kept.contains("anna"), "{}", visit.kept);
    visit.tell(Msg::Consent(Mode::Counts)).tell(Msg::Attention(false));
    assert!(!visit.kept.is_empty() && !visit.kept.contains("e-mail"), "{}", visit.kept);
    visit.tell(Msg::Contacted).tell(Msg::Leaving);
    assert_eq!(visit.kept, "", "what is over does not go on");
    let mut off = Visit::new(Config { mode: Mode::Off, ..Config::default() }, &Policy::default());
    off.open().type_in("faktura").pass(900).tell(Msg::Leaving);
    assert_eq!((off.kept.as_str(), off.sent.len()), ("", 0));
    // What was redacted is no question to go on with; the rest of the attempt is.
    let mut visit = Visit::ready();
    visit.type_in("faktura anna@example.se").pass(900);
    let mut next = visit.next_page();
    next.open();
    assert_eq!(next.session.view().query, "");
    next.type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_eq!((next.last().searches.len(), next.last().searches[1].reformulates), (2, true));
}

#[test]
fn an_attempt_ends_by_itself_and_an_answer_may_still_come() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).pass(20_000).tell(Msg::Attention(false));
    visit.pass(31 * 60 * 1000);
    let (id, seq) = (visit.last().attempt.clone(), visit.last().seq);
    assert_eq!((visit.last().outcome.provisional, visit.last().outcome.class), (false, Class::ExhibitedSolved));
    visit.pass(60 * 60 * 1000).tell(Msg::Attention(true)).pass(5_000).tell(Msg::Declared(Solved::Partly));
    let attempt = visit.last();
    assert_eq!((&attempt.attempt, attempt.seq, attempt.outcome.class), (&id, seq + 1, Class::DeclaredPartly));
    assert_eq!((attempt.outcome.provisional, attempt.articles[0].active_s), (false, 20));
    visit.type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_ne!(visit.last().attempt, id);
}

#[test]
fn those_who_pick_nothing_or_find_nothing_are_asked_with_a_known_probability() {
    // Ids in this test begin with two zeros, so this attempt is asked wherever anyone is.
    let mut visit = Visit::ready();
    visit.type_in("faktura").pass(900);
    assert_eq!(visit.asks(), None, "whoever reads the list is left alone");
    visit.pass(10_000);
    assert_eq!(visit.asks(), Some(2));
    visit.tell(Msg::Leaving);
    assert!(!visit.last().ask.shown, "out of sight");
    visit.tell(Msg::Scrolled(100, true)).tell(Msg::Declared(Solved::Solved));
    let ask = visit.last().ask.clone();
    assert_eq!((ask.shown, ask.place, ask.prompt, ask.p), (true, Some(Where::Results), 2, 0.25));
    assert_eq!(visit.last().declared.as_ref().unwrap().article, None);
    assert_eq!(visit.asks(), Some(2), "the answer stays and can be changed");
    // Typing takes it away; whoever has answered is not asked again below results.
    visit.type_in("flytt").pass(30_000);
    assert_eq!(visit.asks(), None);

    let mut visit = Visit::ready();
    visit.type_in("xyzzyx").pass(900);
    assert_eq!(visit.asks(), Some(2));
    visit.tell(Msg::Scrolled(100, true)).tell(Msg::Leaving);
    assert_eq!((visit.last().ask.place, visit.last().ask.p), (Some(Where::Nothing), 0.5));
    // An article is read after all: everyone is asked there.
    visit.type_in("faktura").tell(Msg::Picked(0)).tell(Msg::Scrolled(100, true)).tell(Msg::Leaving);
    assert_eq!((visit.last().ask.place, visit.last().ask.p), (Some(Where::Article), 1.0));
    // And once more when she comes back from it without an answer.
    visit.tell(Msg::Back);
    assert_eq!(visit.asks(), Some(2));
    visit.tell(Msg::Scrolled(100, true)).tell(Msg::Declared(Solved::NotSolved));
    assert_eq!((visit.last().ask.place, visit.last().ask.p), (Some(Where::Closing), 1.0));

    // Of 256 ids so many are asked.
    for (place, expected) in [(Where::Results, 64), (Where::Nothing, 128), (Where::Closing, 64), (Where::Article, 256)]
    {
        let asked = (0..256).filter(|n| place.draws(&format!("{n:02x}0123456789abcd"))).count();
        assert_eq!((asked, asked as f64 / 256.0), (expected, place.probability()));
    }
    let mut undrawn = Visit::new(Config::default(), &Policy::default());
    undrawn.now.id = 0x90 << 120;
    undrawn.open().type_in("xyzzyx").pass(900);
    assert_eq!(undrawn.asks(), None);
    undrawn.tell(Msg::Typed("faktura".into())).pass(900).pass(20_000);
    assert_eq!(undrawn.asks(), None);
    undrawn.tell(Msg::Declared(Solved::Solved)).tell(Msg::Leaving);
    assert_eq!((undrawn.last().declared.clone(), undrawn.last().ask.shown), (None, false));
}

#[test]
fn nobody_is_asked_behind_her_back() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").pass(900).tell(Msg::Attention(false)).pass(60_000);
    assert_eq!(visit.asks(), None);
    visit.tell(Msg::Attention(true)).pass(9_000);
    assert_eq!(visit.asks(), None);
    visit.pass(1_000);
    assert_eq!(visit.asks(), Some(2));
    // Not while something is missing.
    let mut visit = large();
    visit.tell(Msg::Typed("fjorton dagar ".into())).tell(Msg::Key(Key::Enter)).pass(9_000);
    assert_eq!(visit.asks(), None);
}

#[test]
fn how_a_question_was_settled_is_told() {
    for (act, expected) in [
        (Msg::Key(Key::Enter), Settled::Enter),
        (Msg::Key(Key::Down), Settled::Enter),
        (Msg::Picked(0), Settled::Pick),
        (Msg::Closed, Settled::Close),
        (Msg::Input(Input::Touch), Settled::Idle),
    ] {
        let mut visit = Visit::ready();
        visit.type_in("faktura").tell(act).pass(900).tell(Msg::Leaving);
        assert_eq!(visit.last().searches[0].settled, expected);
    }
}

#[test]
fn the_pages_own_form_ends_the_attempt_and_none_begins_with_it() {
    let mut visit = Visit::ready();
    visit.type_in("faktura").tell(Msg::Picked(0)).pass(15_000).tell(Msg::ContactedByPage(false, String::new()));
    assert_eq!((visit.last().outcome.class, visit.last().contact.submitted), (Class::Unknown, false));
    visit.tell(Msg::ContactedByPage(true, "CASE-17".into()));
    let contact = visit.last().contact.clone();
    assert_eq!((visit.last().outcome.class, contact.case_ref.as_deref()), (Class::Escalated, Some("CASE-17")));
    assert_eq!((contact.channel.as_deref(), visit.last().outcome.provisional), (Some("page"), false));
    let sent = visit.sent.len();
    visit.tell(Msg::ContactedByPage(true, "CASE-18".into()));
    assert_eq!(visit.sent.len(), sent, "the second form belongs to no attempt");
    let mut visit = Visit::ready();
    visit.tell(Msg::ContactedByPage(true, String::new())).tell(Msg::Leaving);
    assert!(visit.sent.is_empty());
}

#[test]
fn attempts_that_were_dropped_are_told_once() {
    let mut visit = Visit::new(Config { dropped: 3, ..Config::default() }, &Policy::default());
    visit.open().type_in("faktura").pass(900).tell(Msg::Leaving);
    assert_eq!(visit.last().quality.dropped, 3);
    visit.tell(Msg::NewIssue).type_in("flytt").pass(900).tell(Msg::Leaving);
    assert_eq!(visit.last().quality.dropped, 0);
}

#[test]
fn what_fails_again_is_not_told_again() {
    let mut visit = Visit::new(Config::default(), &Policy::default());
    visit.tell(Msg::Opened(Entry::Launcher));
    for _ in 0..3 {
        let (ticket, _) = visit.fetches.remove(0);
        visit.tell(Msg::Loaded(ticket, Err(LoadError::Missing))).tell(Msg::Leaving).tell(Msg::Retry);
    }
    assert_eq!((visit.sent.len(), visit.last().failures.as_slice()), (1, [Failure::IndexMissing].as_slice()));
}
