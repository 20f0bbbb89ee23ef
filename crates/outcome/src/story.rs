//! What happened in an attempt, in order, and what follows from it.
//!
//! A [`Story`] is how an attempt began and a list of [`Moment`]s. [`Story::attempt`] makes of it the state to send, and
//! [`Story::end`] says whether it is over: both are functions of the story, of the time, and of whether an article is
//! being seen. Nothing else is remembered, so a story that is written down ([`crate::kept`]) and read again on the next
//! page goes on as if nothing had happened.
//!
//! `tests/cases.md` has what they say of some sixty customers, in words.
//!
//! Every moment has the same shape, whatever happened, so that a browser needs little code to keep it, to write it down
//! and to read it again (a type for each would weigh 3 kB more):
//!
//! | [`Act`] | `numbers` | `words` |
//! |---|---|---|
//! | `Searched` | length, results, match, settled, whole: all that it needs was there, it finds nothing more | question, redacted; ids of the first three |
//! | `Opened` | via, rank (0: none), words in the article | id, revision, language |
//! | `Seen` | milliseconds, how far it was scrolled in percent | |
//! | `Asked` | where | |
//! | `Declared` | the answer | |
//! | `Reasoned` | the reason | |
//! | `Contacted` | submitted, carried | channel, case |
//! | `Failed` | what | |
//! | `NewIssue` | | |
//!
//! What is one of a list (`Match`, `Via`, ...) is its place in it, a flag 0 or 1.

use crate::attempt::*;
use crate::classify::{Evidence, LastAct, classify};

/// After this long without an act an attempt is over.
pub const IDLE_MS: u64 = 30 * 60 * 1000;

/// An unbroken look at an article counts for no longer: by then a page that has the focus has lost its reader.
const LOOK_MS: u64 = 5 * 60 * 1000;

/// Most moments that are remembered; beyond, the oldest searches and articles go.
pub const MAX_MOMENTS: usize = 200;

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A question was settled.
    Searched,
    /// An article was opened.
    Opened,
    /// The article opened last was seen.
    Seen,
    /// The question whether the issue was solved came into sight.
    Asked,
    /// It was answered.
    Declared,
    /// And why not.
    Reasoned,
    /// The way to a person was opened, or taken to its end.
    Contacted,
    /// Something in the widget failed.
    Failed,
    /// The customer turned to another issue.
    NewIssue,
}

impl Act {
    /// All of them, in order.
    pub const ALL: &'static [Act] = &[
        Act::Searched,
        Act::Opened,
        Act::Seen,
        Act::Asked,
        Act::Declared,
        Act::Reasoned,
        Act::Contacted,
        Act::Failed,
        Act::NewIssue,
    ];
}

/// An act, its time and what goes with it: see the table above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00Z, by the customer's clock.
    pub at_ms: u64,
    /// What happened.
    pub act: Act,
    /// Its numbers.
    pub numbers: [u32; 5],
    /// Its words.
    pub words: Vec<String>,
}

impl Moment {
    /// An act with a number, or with none.
    pub fn new(at_ms: u64, act: Act, number: u32) -> Moment {
        Moment { at_ms, act, numbers: [number, 0, 0, 0, 0], words: Vec::new() }
    }

    /// A settled question. What was picked, and whether it reformulates, follows from the moments around it.
    pub fn searched(at_ms: u64, search: Search, whole: bool) -> Moment {
        let numbers = [search.len, search.results, search.matched as u32, search.settled as u32, u32::from(whole)];
        let mut words = search.top;
        words.insert(0, search.q.unwrap_or_default());
        Moment { at_ms, act: Act::Searched, numbers, words }
    }

    /// An article that was opened, of so many words. Seconds and the rest follow.
    pub fn opened(at_ms: u64, reading: Reading, words: u32) -> Moment {
        let numbers = [reading.via as u32, reading.rank.unwrap_or_default(), words, 0, 0];
        Moment { at_ms, act: Act::Opened, numbers, words: vec![reading.id, reading.rev, reading.lang] }
    }

    /// The way to a person.
    pub fn contacted(at_ms: u64, contact: Contact) -> Moment {
        let numbers = [u32::from(contact.submitted), u32::from(contact.carried), 0, 0, 0];
        let words = vec![contact.channel.unwrap_or_default(), contact.case_ref.unwrap_or_default()];
        Moment { at_ms, act: Act::Contacted, numbers, words }
    }

    /// Its word at `place`; empty where there is none.
    pub fn word(&self, place: usize) -> String {
        self.words.get(place).cloned().unwrap_or_default()
    }
}

/// Why an attempt is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A person was asked.
    Contact,
    /// The customer turned to another issue.
    NewIssue,
    /// Nothing happened for [`IDLE_MS`].
    Idle,
}

/// An attempt as it is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// What was known when it began, and the number of the last state that was sent.
    pub start: Attempt,
    /// When it began.
    pub began_ms: u64,
    /// What happened, in order.
    pub moments: Vec<Moment>,
}

impl Story {
    /// Adds what happened, and says whether that is new. What goes on where the last moment left off becomes one with it;
    /// being asked in a place, or one kind of failure, happens once.
    pub fn push(&mut self, moment: Moment) -> bool {
        let [first, second, ..] = moment.numbers;
        if moment.act == Act::Seen
            && let Some(last) = self.moments.last_mut().filter(|last| last.act == Act::Seen)
        {
            let [ms, scroll, ..] = &mut last.numbers;
            (*ms, *scroll, last.at_ms) = (ms.saturating_add(first), second.max(*scroll), moment.at_ms);
            return true;
        }
        let once = matches!(moment.act, Act::Asked | Act::Failed);
        if once && self.moments.iter().any(|m| m.act == moment.act && m.numbers == moment.numbers) {
            return false;
        }
        if self.moments.len() >= MAX_MOMENTS {
            let old = self.moments.iter().position(|m| matches!(m.act, Act::Searched | Act::Opened | Act::Seen));
            self.moments.remove(old.unwrap_or_default());
            self.start.quality.truncated = true;
        }
        self.moments.push(moment);
        true
    }

    /// The latest settled question or opened article, and its place.
    pub fn latest(&self) -> Option<(usize, &Moment)> {
        self.moments.iter().enumerate().rfind(|(_, m)| matches!(m.act, Act::Searched | Act::Opened))
    }

    /// Why it is over at `now_ms`, if it is, and since when; otherwise when it will be, should nothing more happen.
    /// `seen_since`: an article is being seen since then.
    pub fn end(&self, seen_since: Option<u64>, now_ms: u64) -> (Option<End>, u64) {
        let mut last = self.began_ms;
        for Moment { at_ms, act, numbers: [submitted, ..], .. } in &self.moments {
            match act {
                Act::NewIssue => return (Some(End::NewIssue), *at_ms),
                Act::Contacted if *submitted > 0 => return (Some(End::Contact), *at_ms),
                _ if *at_ms > last.saturating_add(IDLE_MS) => break,
                _ => last = last.max(*at_ms),
            }
        }
        let seen = seen_since.filter(|since| *since <= last.saturating_add(IDLE_MS));
        let end = last.max(seen.unwrap_or_default()).saturating_add(IDLE_MS);
        ((now_ms > end).then_some(End::Idle), end)
    }

    /// For how long an article has been seen that is not among the moments yet.
    pub fn seen_ms(seen_since: Option<u64>, now_ms: u64) -> u32 {
        seen_since.map_or(0, |since| now_ms.saturating_sub(since).min(LOOK_MS) as u32)
    }

    /// The state at `now_ms`. `seen_since`: as in [`Story::end`].
    pub fn attempt(&self, seen_since: Option<u64>, now_ms: u64) -> Attempt {
        let mut attempt = self.start.clone();
        // Milliseconds and words of the article that was opened last, the last act, and whether anything was opened since
        // the last question.
        let (mut seen_ms, mut length, mut last_act, mut picked) = (0_u32, 0, LastAct::None, false);
        let now = seen_since.map(|_| Moment::new(now_ms, Act::Seen, Story::seen_ms(seen_since, now_ms)));
        for moment in self.moments.iter().chain(&now) {
            let [first, second, third, fourth, fifth] = moment.numbers;
            match moment.act {
                Act::Searched => {
                    // What was not all there yet is no sign of anything.
                    last_act = if fifth > 0 { LastAct::Search { results: second } } else { LastAct::None };
                    attempt.searches.push(Search {
                        q: Some(moment.word(0)).filter(|q| !q.is_empty()),
                        len: first,
                        results: second,
                        matched: nth(Match::ALL, third),
                        settled: nth(Settled::ALL, fourth),
                        top: moment.words.iter().skip(1).cloned().collect(),
                        picked: None,
                        reformulates: !picked && !attempt.searches.is_empty(),
                    });
                    (picked, attempt.intent) = (false, attempt.intent.max(Intent::Search));
                }
                Act::Opened => {
                    let (via, rank) = (nth(Via::ALL, first), Some(second).filter(|rank| *rank > 0));
                    let search = attempt.searches.len().checked_sub(1).filter(|_| via == Via::Results);
                    if let Some(search) = search.and_then(|s| attempt.searches.get_mut(s)) {
                        search.picked = rank;
                    }
                    let id = moment.word(0);
                    match attempt.articles.last_mut() {
                        Some(again) if again.id == id => {}
                        before => {
                            before.into_iter().for_each(|a| a.last = false);
                            let (rev, lang, search) = (moment.word(1), moment.word(2), search.map(|s| s as u32));
                            let reading =
                                Reading { id, rev, lang, via, search, rank, last: true, ..Reading::default() };
                            attempt.articles.push(reading);
                            (seen_ms, length) = (0, third);
                        }
                    }
                    (picked, attempt.intent) = (true, attempt.intent.max(Intent::Search));
                    last_act = LastAct::Read { active_s: seen_ms / 1000, words: length };
                }
                Act::Seen => {
                    if let Some(article) = attempt.articles.last_mut() {
                        seen_ms = seen_ms.saturating_add(first);
                        article.active_s = seen_ms / 1000;
                        article.scroll = article.scroll.max(second.min(100) as u8);
                        last_act = LastAct::Read { active_s: article.active_s, words: length };
                    }
                }
                Act::Asked => {
                    let place = nth(Where::ALL, first);
                    let p = place.probability().max(attempt.ask.p);
                    attempt.ask = Ask { shown: true, place: Some(place), prompt: place.prompt(), p };
                }
                Act::Declared => {
                    let value = nth(Solved::ALL, first);
                    let reason = attempt.declared.take().filter(|d| d.value == value).and_then(|d| d.reason);
                    let article = attempt.articles.last().map(|a| a.id.clone());
                    attempt.declared = Some(Declared { value, article, reason, has_comment: false });
                }
                Act::Reasoned => {
                    if let Some(declared) = attempt.declared.as_mut().filter(|d| d.value != Solved::Solved) {
                        declared.reason = Some(nth(Reason::ALL, first));
                    }
                }
                Act::Contacted => {
                    let said_solved = attempt.declared.as_ref().is_some_and(|d| d.value == Solved::Solved);
                    attempt.outcome.retracted |= first > 0 && said_solved;
                    let word = |place| Some(moment.word(place)).filter(|word| !word.is_empty());
                    attempt.contact = Contact {
                        opened: true,
                        channel: word(0),
                        submitted: first > 0 || attempt.contact.submitted,
                        case_ref: word(1),
                        carried: second > 0,
                    };
                    attempt.intent = Intent::Contact;
                }
                Act::Failed => attempt.failures.push(nth(Failure::ALL, first)),
                Act::NewIssue => {}
            }
        }
        let (behaviour, class) = classify(&attempt, Evidence { last_act });
        let (end, _) = self.end(seen_since, now_ms);
        attempt.outcome = Outcome { behaviour, class, provisional: end.is_none(), ..attempt.outcome };
        attempt
    }
}

/// The one at `place`, or the default.
pub(crate) fn nth<T: Copy + Default>(all: &[T], place: u32) -> T {
    all.get(place as usize).copied().unwrap_or_default()
}

/// Where customers are asked whether the issue was solved, and how many of those who get there.
///
/// Everyone who has read an article is asked below it. In the other places a customer is asked with a known probability,
/// which her attempt's id decides, the same draw in all places: whoever is asked where few are, is asked where more are.
/// So the probability that an attempt was asked at all is the highest of the places where it was.
impl Where {
    /// Of 256 attempts that get there, so many are asked.
    const fn of_256(self) -> u16 {
        match self {
            Where::Article => 256,
            Where::Nothing => 128,
            Where::Results | Where::Closing => 64,
        }
    }

    /// Probability that an attempt that gets there is asked there.
    pub fn probability(self) -> f64 {
        f64::from(self.of_256()) / 256.0
    }

    /// Whether the attempt with this id is asked there. Ids are random; their first two digits, of sixteen, decide.
    pub fn draws(self, attempt: &str) -> bool {
        let drawn = attempt.get(..2).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        drawn.unwrap_or_default() < self.of_256()
    }

    /// Revision of the wording there: 1 is "Did this solve your issue?", 2 "Is your issue solved?"
    pub fn prompt(self) -> u32 {
        if self == Where::Article { 1 } else { 2 }
    }
}
