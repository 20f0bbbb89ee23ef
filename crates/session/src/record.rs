//! Keeps the attempt: from what happens to what is sent.

use crate::msg::{Config, Now};
use svar_index::file::hex;
use svar_outcome::classify::RULES_REVISION;
use svar_outcome::kept;
use svar_outcome::*;

/// The attempt in the making.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    story: Story,
    /// The latest settled question as typed. It goes nowhere: see [`Record::searched`].
    typed: String,
    /// Since when an open article is seen.
    seen_since: Option<u64>,
    /// How far it was scrolled.
    scroll: u8,
    /// Something has happened since the last state that was sent.
    changed: bool,
    /// The last state that was sent says that the attempt is over.
    told: bool,
}

/// What a settled question found.
pub(crate) struct Question<'a> {
    pub text: &'a str,
    pub results: u32,
    pub matched: Match,
    pub top: Vec<String>,
    pub settled: Settled,
    /// All files that it needs are there: it finds nothing more.
    pub whole: bool,
}

/// An attempt of which nothing is known but the page.
fn blank(config: &Config, index: &str) -> Attempt {
    Attempt {
        widget: Widget {
            version: config.version.clone(),
            index: index.to_owned(),
            rules: RULES_REVISION,
            variant: config.variant.clone(),
        },
        page: config.page.clone(),
        ui: Ui { lang: config.ui.clone(), device: config.device, ..Ui::default() },
        privacy: Privacy { mode: config.mode, gpc: config.gpc },
        quality: Quality { automation: config.automation, internal: config.internal, ..Quality::default() },
        ..Attempt::default()
    }
}

impl Record {
    pub fn new(config: &Config, index: &str, entry: Entry, now: Now) -> Record {
        let attempt = [hex((now.id >> 64) as u64), hex(now.id as u64)].concat();
        let mut start = Attempt { attempt, entry, ..blank(config, index) };
        start.quality.dropped = config.dropped;
        Record::of(Story { start, began_ms: now.ms, moments: Vec::new() })
    }

    fn of(story: Story) -> Record {
        Record { story, typed: String::new(), seen_since: None, scroll: 0, changed: false, told: false }
    }

    /// The attempt that was kept in this tab: see [`Record::kept`].
    pub fn resumed(config: &Config, index: &str, text: &str) -> Option<Record> {
        let story = kept::story(text, blank(config, index))?;
        let mut record = Record::of(story);
        record.typed = record.question().unwrap_or_default().to_owned();
        Some(record)
    }

    /// What goes on with the next page of this tab; nothing where nothing has happened, or nothing may be kept.
    pub fn kept(&self, now: Now) -> String {
        if self.mode() == Mode::Off || self.story.moments.is_empty() || self.is_over(now) {
            return String::new();
        }
        kept::keep(&self.story, self.mode())
    }

    /// Whether the next act belongs to another attempt.
    pub fn is_over(&self, now: Now) -> bool {
        self.story.end(self.seen_since, now.ms).0.is_some()
    }

    /// It is over, and no state that was sent says so.
    pub fn ended_untold(&self, now: Now) -> bool {
        !self.told && self.is_over(now)
    }

    /// Milliseconds until it is over, should nothing more happen.
    pub fn left_ms(&self, now: Now) -> u32 {
        let (_, end) = self.story.end(self.seen_since, now.ms);
        u32::try_from((end + 1).saturating_sub(now.ms)).unwrap_or(u32::MAX)
    }

    pub fn id(&self) -> &str {
        &self.story.start.attempt
    }

    /// The answer so far, and the reason.
    pub fn declared(&self) -> Option<Declared> {
        self.story.attempt(None, self.story.began_ms).declared
    }

    /// The latest question, redacted.
    pub fn question(&self) -> Option<&str> {
        let searched = self.story.moments.iter().rfind(|m| m.act == Act::Searched)?;
        searched.words.first().map(String::as_str)
    }

    /// The article opened last, if no question came after it.
    pub fn open_article(&self) -> Option<&str> {
        let (_, latest) = self.story.latest().filter(|(_, m)| m.act == Act::Opened)?;
        latest.words.first().map(String::as_str)
    }

    /// Ids of what was opened, in order.
    pub fn article_ids(&self) -> impl Iterator<Item = &str> {
        self.story.moments.iter().filter(|m| m.act == Act::Opened).filter_map(|m| m.words.first()).map(String::as_str)
    }

    /// Something happened that belongs into the next state to be sent.
    fn act(&mut self, moment: Moment, now: Now) {
        self.count(now);
        self.changed |= self.story.push(moment);
    }

    pub fn set_index(&mut self, revision: &str) {
        self.story.start.widget.index = revision.to_owned();
    }

    pub fn set_input(&mut self, input: Input) {
        self.story.start.ui.input = input;
    }

    pub fn went_offline(&mut self) {
        self.story.start.ui.offline = true;
    }

    pub fn failed(&mut self, failure: Failure, now: Now) {
        self.act(Moment::new(now.ms, Act::Failed, failure as u32), now);
    }

    /// No more than `mode` lets out leaves of this attempt from now on: what was typed under a stricter one stays here.
    pub fn keep_to(&mut self, mode: Mode) {
        let strictest = self.story.start.privacy.mode.max(mode);
        self.changed |= strictest != self.story.start.privacy.mode;
        self.story.start.privacy.mode = strictest;
    }

    /// A settled question. The same one again counts once; one that goes on where the last left off replaces it.
    pub fn searched(&mut self, question: Question<'_>, now: Now) {
        let typed = question.text.trim();
        let before = std::mem::replace(&mut self.typed, typed.to_owned());
        let search = Search {
            q: Some(redact(typed)),
            len: typed.chars().count() as u32,
            results: question.results,
            matched: question.matched,
            top: question.top,
            settled: question.settled,
            ..Search::default()
        };
        // Typing went on, or was taken back: one question. Seen in what was typed: once redacted, the beginning of a
        // telephone number and the whole have nothing in common, and the beginning would stay.
        if let Some((at, latest)) = self.story.latest()
            && latest.act == Act::Searched
            && !before.is_empty()
            && (self.typed.starts_with(&before) || before.starts_with(&self.typed))
        {
            self.story.moments.remove(at);
        }
        self.act(Moment::searched(now.ms, search, question.whole), now);
    }

    /// An article was opened.
    pub fn opened(&mut self, reading: Reading, words: u32, now: Now, seen: bool) {
        self.pause(now);
        self.act(Moment::opened(now.ms, reading, words), now);
        self.seen_since = seen.then_some(now.ms);
    }

    /// The article was left, the page hidden: time stops counting.
    pub fn pause(&mut self, now: Now) {
        self.count(now);
        self.seen_since = None;
    }

    /// An open article is seen again. What is seen after the attempt is over says nothing of it.
    pub fn resume(&mut self, now: Now) {
        if self.seen_since.is_none() && !self.is_over(now) {
            self.seen_since = Some(now.ms);
        }
    }

    /// Puts what was seen since the last time among the moments.
    fn count(&mut self, now: Now) {
        let ms = Story::seen_ms(self.seen_since, now.ms);
        if let Some(since) = &mut self.seen_since
            && (ms > 0 || self.scroll > 0)
        {
            *since = now.ms;
            let numbers = [ms, u32::from(std::mem::take(&mut self.scroll)), 0, 0, 0];
            self.story.push(Moment { at_ms: now.ms, act: Act::Seen, numbers, words: Vec::new() });
            self.changed |= ms >= 1000;
        }
    }

    pub fn scrolled(&mut self, percent: u8, now: Now) {
        self.scroll = self.scroll.max(percent.min(100));
        self.count(now);
    }

    /// Whether this attempt is one of those that are asked in `place`.
    pub fn draws(&self, place: Where) -> bool {
        place.draws(self.id())
    }

    /// The question whether the issue was solved came into sight.
    pub fn asked(&mut self, place: Where, now: Now) {
        if !self.is_over(now) {
            self.act(Moment::new(now.ms, Act::Asked, place as u32), now);
        }
    }

    pub fn declare(&mut self, value: Solved, place: Where, now: Now) {
        // Whoever answered was asked.
        self.act(Moment::new(now.ms, Act::Asked, place as u32), now);
        self.act(Moment::new(now.ms, Act::Declared, value as u32), now);
    }

    pub fn reason(&mut self, reason: Reason, now: Now) {
        self.act(Moment::new(now.ms, Act::Reasoned, reason as u32), now);
    }

    pub fn contacted(&mut self, contact: Contact, now: Now) {
        self.act(Moment::contacted(now.ms, contact), now);
    }

    pub fn close(&mut self, now: Now) {
        self.pause(now);
        if !self.is_over(now) {
            self.act(Moment::new(now.ms, Act::NewIssue, 0), now);
        }
    }

    fn mode(&self) -> Mode {
        let privacy = &self.story.start.privacy;
        if privacy.gpc && privacy.mode != Mode::Off { Mode::Counts.max(privacy.mode) } else { privacy.mode }
    }

    /// The state to send now, if anything has changed since the last one that was sent and there is something to say.
    pub fn report(&mut self, now: Now) -> Option<Box<Event>> {
        self.count(now);
        let mode = self.mode();
        if mode == Mode::Off {
            return None;
        }
        let attempt = self.story.attempt(self.seen_since, now.ms);
        // A widget that failed is counted, even if nobody could do anything with it.
        if attempt.outcome.class == Class::Browse && attempt.failures.is_empty() {
            return None;
        }
        self.changed |= self.ended_untold(now);
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        self.told = !attempt.outcome.provisional;
        // An attempt that has ended by itself is as old as its end, whenever that is found.
        let (_, end) = self.story.end(self.seen_since, now.ms);
        self.story.start.seq += 1;
        let attempt = Attempt { seq: self.story.start.seq, ..attempt };
        Some(Box::new(Event::new(attempt.bounded().in_mode(mode), now.ms.min(end))))
    }
}
