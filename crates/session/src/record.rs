//! Keeps the attempt: from what happens to what is sent.

use crate::msg::{Config, Now};
use svar_index::file::hex;
use svar_outcome::classify::RULES_REVISION;
use svar_outcome::*;

/// After this long without an act, the next act begins another attempt.
pub(crate) const IDLE_MS: u64 = 30 * 60 * 1000;

/// The attempt in the making.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    attempt: Attempt,
    last_act: LastAct,
    /// The latest settled question as typed. It goes nowhere: see [`Record::searched`].
    typed: String,
    /// Words of the article that was read last.
    words: u32,
    /// When attention was last counted, while an article is open and seen.
    reading_since: Option<u64>,
    active_ms: u64,
    acted_ms: u64,
    /// Something has changed since the last state that was sent.
    changed: bool,
    /// An article was opened since the last settled question.
    picked_since: bool,
    closed: bool,
}

/// What a settled question found.
pub(crate) struct Settled<'a> {
    pub question: &'a str,
    pub results: u32,
    pub matched: Match,
    pub top: Vec<String>,
    /// All files that it needs are there: it finds nothing more.
    pub whole: bool,
}

impl Record {
    pub fn new(config: &Config, index: &str, entry: Entry, now: Now) -> Record {
        let attempt = Attempt {
            attempt: [hex((now.id >> 64) as u64), hex(now.id as u64)].concat(),
            seq: 0,
            widget: Widget {
                version: config.version.clone(),
                index: index.to_owned(),
                rules: RULES_REVISION,
                variant: config.variant.clone(),
            },
            page: config.page.clone(),
            ui: Ui { lang: config.ui.clone(), device: config.device, ..Ui::default() },
            entry,
            privacy: Privacy { mode: config.mode, gpc: config.gpc },
            quality: Quality { automation: config.automation, internal: config.internal, truncated: false },
            ..Attempt::default()
        };
        Record {
            attempt,
            last_act: LastAct::None,
            typed: String::new(),
            words: 0,
            reading_since: None,
            active_ms: 0,
            acted_ms: now.ms,
            changed: false,
            picked_since: false,
            closed: false,
        }
    }

    /// Whether the next act belongs to another attempt.
    pub fn is_over(&self, now: Now) -> bool {
        self.closed || now.ms.saturating_sub(self.acted_ms) > IDLE_MS
    }

    pub fn declared(&self) -> Option<&Declared> {
        self.attempt.declared.as_ref()
    }

    /// Something happened that belongs into the next state to be sent.
    fn act(&mut self, now: Now) {
        self.acted_ms = now.ms;
        self.changed = true;
    }

    pub fn set_index(&mut self, revision: &str) {
        self.attempt.widget.index = revision.to_owned();
    }

    pub fn set_input(&mut self, input: Input) {
        self.attempt.ui.input = input;
    }

    pub fn went_offline(&mut self) {
        self.attempt.ui.offline = true;
    }

    pub fn failed(&mut self, failure: Failure) {
        if !self.attempt.failures.contains(&failure) {
            self.attempt.failures.push(failure);
            self.changed = true;
        }
    }

    /// No more than `mode` lets out leaves of this attempt from now on: what was typed under a stricter one stays here.
    pub fn keep_to(&mut self, mode: Mode) {
        let strictest = self.attempt.privacy.mode.max(mode);
        self.changed |= strictest != self.attempt.privacy.mode;
        self.attempt.privacy.mode = strictest;
    }

    fn intend(&mut self, intent: Intent) {
        self.attempt.intent = self.attempt.intent.max(intent);
    }

    /// A settled question. The same one again counts once; one that goes on where the last left off replaces it.
    pub fn searched(&mut self, settled: &Settled<'_>, now: Now) {
        self.act(now);
        self.intend(Intent::Search);
        let typed = settled.question.trim();
        let before = std::mem::replace(&mut self.typed, typed.to_owned());
        let len = typed.chars().count() as u32;
        let fresh = Search {
            q: Some(redact(typed)),
            len,
            results: settled.results,
            matched: settled.matched,
            top: settled.top.clone(),
            picked: None,
            reformulates: !self.picked_since && !self.attempt.searches.is_empty(),
        };
        // What was not all there yet is no sign of anything.
        self.last_act = if settled.whole { LastAct::Search { results: settled.results } } else { LastAct::None };
        if let Some(last) = self.attempt.searches.last_mut()
            && !self.picked_since
            && last.picked.is_none()
            && (self.typed.starts_with(&before) || before.starts_with(&self.typed))
        {
            // Typing went on, or was taken back: one question. Seen in what was typed: once redacted, the beginning of a
            // telephone number and the whole have nothing in common, and the beginning would stay.
            let reformulates = last.reformulates;
            *last = Search { reformulates, ..fresh };
            return;
        }
        self.picked_since = false;
        self.attempt.searches.push(fresh);
    }

    /// An article was opened.
    pub fn opened(&mut self, reading: Reading, words: u32, now: Now, seen: bool) {
        self.act(now);
        self.intend(Intent::Search);
        self.pause(now);
        if let (Some(rank), Via::Results) = (reading.rank, reading.via)
            && let Some(search) = self.attempt.searches.last_mut()
        {
            search.picked = Some(rank);
        }
        self.picked_since = true;
        let search = (reading.via == Via::Results)
            .then(|| self.attempt.searches.len().checked_sub(1))
            .flatten()
            .map(|s| s as u32);
        self.attempt.articles.iter_mut().for_each(|a| a.last = false);
        match self.attempt.articles.last_mut().filter(|a| a.id == reading.id) {
            Some(again) => again.last = true,
            None => self.attempt.articles.push(Reading { search, last: true, ..reading }),
        }
        self.words = words;
        self.active_ms = self.attempt.articles.last().map_or(0, |a| u64::from(a.active_s) * 1000);
        self.reading_since = seen.then_some(now.ms);
        self.count(now);
    }

    /// The article was left, the page hidden: time stops counting.
    pub fn pause(&mut self, now: Now) {
        self.count(now);
        self.reading_since = None;
    }

    /// An open article is seen again.
    pub fn resume(&mut self, now: Now) {
        if self.reading_since.is_none() {
            self.reading_since = Some(now.ms);
        }
    }

    fn count(&mut self, now: Now) {
        let Some(since) = self.reading_since else { return };
        self.active_ms += now.ms.saturating_sub(since);
        self.reading_since = Some(now.ms);
        if let Some(last) = self.attempt.articles.last_mut() {
            let before = last.active_s;
            last.active_s = u32::try_from(self.active_ms / 1000).unwrap_or(u32::MAX);
            self.changed |= last.active_s != before;
            self.last_act = LastAct::Read { active_s: last.active_s, words: self.words };
        }
    }

    pub fn scrolled(&mut self, percent: u8) {
        if let Some(last) = self.attempt.articles.last_mut() {
            last.scroll = last.scroll.max(percent.min(100));
        }
    }

    /// The question whether the issue was solved came into sight.
    pub fn asked(&mut self, place: Where) {
        self.changed |= !self.attempt.ask.shown;
        self.attempt.ask = Ask { shown: true, place: Some(place), prompt: 1, p: 1.0 };
    }

    pub fn declare(&mut self, value: Solved, now: Now) {
        self.act(now);
        self.count(now);
        let article = self.attempt.articles.last().map(|a| a.id.clone());
        let reason = self.attempt.declared.as_ref().filter(|d| d.value == value).and_then(|d| d.reason);
        self.attempt.declared = Some(Declared { value, article, reason, has_comment: false });
        // Whoever answered was asked.
        if !self.attempt.ask.shown {
            self.asked(Where::Article);
        }
    }

    pub fn reason(&mut self, reason: Reason, now: Now) {
        self.act(now);
        if let Some(declared) = self.attempt.declared.as_mut().filter(|d| d.value != Solved::Solved) {
            declared.reason = Some(reason);
        }
    }

    pub fn contacted(&mut self, channel: &str, carried: bool, now: Now) {
        self.act(now);
        self.count(now);
        self.intend(Intent::Contact);
        let solved = self.attempt.declared.as_ref().is_some_and(|d| d.value == Solved::Solved);
        self.attempt.outcome.retracted |= solved;
        self.attempt.contact =
            Contact { opened: true, channel: Some(channel.to_owned()), submitted: true, case_ref: None, carried };
        self.closed = true;
    }

    pub fn close(&mut self, now: Now) {
        self.pause(now);
        self.changed |= !self.closed;
        self.closed = true;
    }

    /// What to tell a person: the latest question as typed is not kept, so the redacted one, and titles are the caller's.
    pub fn article_ids(&self) -> impl Iterator<Item = &str> {
        self.attempt.articles.iter().map(|a| a.id.as_str())
    }

    /// The state to send now, if anything has changed since the last one that was sent and there is something to say.
    pub fn report(&mut self, now: Now) -> Option<Box<Event>> {
        self.count(now);
        let mode = if self.attempt.privacy.gpc && self.attempt.privacy.mode != Mode::Off {
            Mode::Counts
        } else {
            self.attempt.privacy.mode
        };
        if mode == Mode::Off {
            return None;
        }
        let (behaviour, class) = classify(&self.attempt, Evidence { last_act: self.last_act });
        // A widget that failed is counted, even if nobody could do anything with it.
        if class == Class::Browse && self.attempt.failures.is_empty() {
            return None;
        }
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let retracted = self.attempt.outcome.retracted;
        self.attempt.outcome = Outcome { behaviour, class, provisional: !self.closed, retracted };
        self.attempt.seq += 1;
        Some(Box::new(Event::new(self.attempt.clone().bounded().in_mode(mode), now.ms)))
    }
}
