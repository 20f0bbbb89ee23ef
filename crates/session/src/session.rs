//! The one place where things are decided.

use crate::msg::*;
use crate::record::{Question, Record};
use crate::view::*;
use std::rc::Rc;
use std::sync::Arc;
use svar_index::file::hex;
use svar_index::manifest::MANIFEST_NAME;
use svar_index::{FileKind, FileRef, Index, IndexError, Manifest};
use svar_outcome::{Contact, Entry, Failure, Input, Reading, Settled, Solved, Via, Where};
use svar_search::{Answer, Options, highlight, passage, search};

/// A question is settled after this long without a key (outcomes: settled questions, not keystrokes).
const SETTLE_MS: u32 = 800;

/// Bytes of memory that an index's shards may take beside its core as they are stored, and half as many decoded. A question
/// touches some 30 kB of them; a hundred questions typed letter by letter in 11,050 long pages touched 3.8 MB. What is let go
/// of comes back from the browser's cache, for its name holds its hash; fetching it again takes a browser more memory than
/// keeping it, and the customer's time.
const KEEP_BYTES: usize = 6_000_000;
/// Results that were looked at for so long without a pick have been read, as far as one can see.
const ASK_MS: u32 = 10_000;
/// Loading longer than this is said.
const SLOW_MS: u32 = 10_000;
/// Results on screen: what fits a phone without much scrolling.
const RESULTS: usize = 8;

/// What a fetched file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Manifest,
    Core(FileRef),
    Shard(FileRef),
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    Settle,
    Slow,
    Ask,
    Idle,
}

/// The index, from nothing to answers.
enum Library {
    Unasked,
    Loading { slow: bool },
    Ready(Box<Index>),
    Failed(Trouble),
}

/// What the customer looks at.
enum Place {
    Search,
    Article {
        article: u32,
        anchor: String,
        body: Option<Rc<Vec<svar_index::article::Block>>>,
        trouble: Option<Trouble>,
        back: Vec<u32>,
    },
}

/// A customer's visit. See the crate's documentation.
pub struct Session {
    config: Config,
    library: Library,
    revision: String,
    place: Place,
    query: String,
    answer: Answer,
    /// The results as shown; rebuilt when the question, the answer or the texts change.
    results: Rc<Results>,
    /// Place of the selected one.
    selected: Option<usize>,
    /// The question has been settled as it stands.
    settled: bool,
    announcement: Announcement,
    record: Option<Record>,
    /// Where beside articles the customer is asked now whether the issue is solved.
    asking: Option<Where>,
    entry: Entry,
    open: bool,
    input: Input,
    attention: bool,
    offline: bool,
    tickets: u32,
    fetches: Vec<(Ticket, Wanted)>,
    /// Something was damaged: caches are passed by when it is tried again.
    distrust: bool,
    /// Shards that could not be had: not asked for again until something changes.
    failed: Vec<(FileRef, Trouble)>,
    timers: Vec<(Ticket, Timer)>,
    /// An article by id, and where in it, that waits for the file which knows the id.
    following: Option<(String, String)>,
}

impl Session {
    /// A visit that has not begun.
    pub fn new(config: Config) -> Session {
        Session {
            config,
            library: Library::Unasked,
            revision: String::new(),
            place: Place::Search,
            query: String::new(),
            answer: Answer::default(),
            results: Rc::default(),
            selected: None,
            settled: true,
            announcement: Announcement::Silence,
            record: None,
            asking: None,
            entry: Entry::default(),
            open: false,
            input: Input::default(),
            attention: true,
            offline: false,
            tickets: 0,
            fetches: Vec::new(),
            distrust: false,
            failed: Vec::new(),
            timers: Vec::new(),
            following: None,
        }
    }

    /// Takes in what happened and says what is to be done, in order.
    pub fn update(&mut self, msg: Msg, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        // Before what happens now begins another one.
        if self.record.as_ref().is_some_and(|r| r.ended_untold(now)) {
            self.report(now, &mut effects);
        }
        match msg {
            Msg::Opened(entry) => self.opened(entry, now, &mut effects),
            Msg::Closed => self.closed(now, &mut effects),
            Msg::Loaded(ticket, result) => self.loaded(ticket, result, now, &mut effects),
            Msg::Elapsed(ticket) => self.elapsed(ticket, now, &mut effects),
            Msg::Typed(query) => self.typed(query, now, &mut effects),
            Msg::Key(key) => self.key(key, now, &mut effects),
            Msg::Picked(place) => self.pick(place, now, &mut effects),
            Msg::Follow(id, anchor) => self.follow(&id, anchor, now, &mut effects),
            Msg::Back => self.back(now, &mut effects),
            Msg::Scrolled(percent, ask_in_sight) => self.scrolled(percent, ask_in_sight, now),
            Msg::Declared(value) => self.declared(value, now, &mut effects),
            Msg::Reasoned(reason) => {
                if let Some(record) = &mut self.record {
                    record.reason(reason, now);
                }
                self.announcement = Announcement::Thanks;
                self.report(now, &mut effects);
            }
            Msg::Contacted => self.contacted(now, &mut effects),
            Msg::ContactedByPage(submitted, case) => self.contacted_by_page(submitted, case, now, &mut effects),
            Msg::Resumed(kept) => self.resumed(&kept, now, &mut effects),
            Msg::NewIssue => self.new_issue(now, &mut effects),
            Msg::Retry => self.retry(&mut effects),
            Msg::Consent(mode) => {
                self.config.mode = mode;
                if let Some(record) = &mut self.record {
                    record.keep_to(mode);
                }
                self.report(now, &mut effects);
            }
            Msg::Attention(seen) => self.attend(seen, now, &mut effects),
            Msg::Online(online) => self.online(online, &mut effects),
            Msg::Input(input) => {
                self.input = input;
                if let Some(record) = &mut self.record {
                    record.set_input(input);
                }
            }
            Msg::Leaving => {
                self.settle(Settled::Close, now);
                self.report(now, &mut effects);
                self.keep(now, &mut effects);
            }
        }
        // An attempt ends by itself, whether or not anything else happens here.
        let ending = self.record.as_ref().filter(|r| !r.is_over(now)).map(|r| r.left_ms(now));
        if let Some(ms) = ending.filter(|_| !self.timers.iter().any(|(_, t)| *t == Timer::Idle)) {
            self.wait(Timer::Idle, ms, &mut effects);
        }
        effects
    }

    /// What is to be seen now.
    pub fn view(&self) -> View {
        let screen = match (&self.place, &self.library) {
            (Place::Article { article, anchor, body, trouble, .. }, Library::Ready(index)) => {
                match index.entry(*article) {
                    Some(entry) => Screen::Article(Rc::new(ArticleView {
                        id: entry.id.clone(),
                        title: entry.title.clone(),
                        url: entry.url.clone(),
                        lang: index.lang().to_owned(),
                        updated: entry.updated.clone(),
                        anchor: anchor.clone(),
                        body: match (body, trouble) {
                            (Some(body), _) => Body::Ready(Rc::clone(body)),
                            (None, Some(trouble)) => Body::Failed(*trouble),
                            (None, None) => Body::Loading,
                        },
                        ask: self.ask(Where::Article),
                    })),
                    None => Screen::Welcome,
                }
            }
            (_, Library::Failed(trouble)) => Screen::Failed(*trouble),
            (_, Library::Unasked) => Screen::Loading { slow: false },
            (_, Library::Loading { slow }) => Screen::Loading { slow: *slow },
            (Place::Search, Library::Ready(_)) if self.query.trim().is_empty() => Screen::Welcome,
            (Place::Search, Library::Ready(_)) => Screen::Results(Rc::clone(&self.results), self.selected),
        };
        View {
            query: self.query.clone(),
            screen,
            contact: self.contact(),
            ask: self.asking.map(|place| self.ask(place)),
            announcement: self.announcement.clone(),
            offline: self.offline,
        }
    }

    fn ask(&self, place: Where) -> AskView {
        let declared = self.record.as_ref().and_then(Record::declared);
        let (answer, reason) = (declared.as_ref().map(|d| d.value), declared.and_then(|d| d.reason));
        AskView { answer, reason, prompt: place.prompt() }
    }

    fn contact(&self) -> Option<ContactView> {
        if self.config.contact.is_empty() {
            return None;
        }
        let title = |id: &str| match &self.library {
            Library::Ready(index) => index.entry(index.article(id).ok()??).map(|e| e.title.clone()),
            _ => None,
        };
        let mut read: Vec<String> = self.record.iter().flat_map(Record::article_ids).filter_map(title).collect();
        read.dedup();
        Some(ContactView { href: self.config.contact.clone(), question: self.query.trim().to_owned(), read })
    }

    // The index.

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn fetch(&mut self, wanted: Wanted, effects: &mut Vec<Effect>) {
        let failed = self.failed.iter().any(|(file, _)| Wanted::Shard(*file) == wanted);
        if failed || self.fetches.iter().any(|(_, w)| *w == wanted) {
            return;
        }
        let ticket = self.ticket();
        let name = match wanted {
            Wanted::Manifest => MANIFEST_NAME.to_owned(),
            Wanted::Core(file) | Wanted::Shard(file) => file.name(),
        };
        let cached = match wanted {
            _ if self.distrust => Cached::Never,
            Wanted::Manifest => Cached::Checked,
            _ => Cached::Welcome,
        };
        self.fetches.push((ticket, wanted));
        effects.push(Effect::Fetch(ticket, name, cached));
    }

    fn wait(&mut self, timer: Timer, ms: u32, effects: &mut Vec<Effect>) {
        self.timers.retain(|(_, t)| *t != timer);
        let ticket = self.ticket();
        self.timers.push((ticket, timer));
        effects.push(Effect::Wait(ticket, ms));
    }

    fn load(&mut self, effects: &mut Vec<Effect>) {
        self.library = Library::Loading { slow: false };
        self.fetch(Wanted::Manifest, effects);
        self.wait(Timer::Slow, SLOW_MS, effects);
    }

    fn loaded(&mut self, ticket: Ticket, result: Result<Arc<[u8]>, LoadError>, now: Now, effects: &mut Vec<Effect>) {
        let Some(wanted) = take(&mut self.fetches, ticket) else { return };
        let is_shard = matches!(wanted, Wanted::Shard(_));
        let outcome = match result {
            Ok(bytes) => self.take(wanted, bytes, effects).map_err(|error| trouble_of(&error)),
            Err(LoadError::Offline) => Err(Trouble::Offline),
            Err(LoadError::Missing) => Err(Trouble::Missing),
        };
        if let Err(trouble) = outcome {
            self.failed(wanted, trouble, now);
        }
        if matches!(self.library, Library::Ready(_)) {
            if let Some((id, anchor)) = self.following.take() {
                self.follow(&id, anchor, now, effects);
            }
            self.complete_place(effects);
            if !self.query.trim().is_empty() {
                let incomplete = self.results.incomplete;
                // Looked for anew when the last of the terms that it lacks is there, not at each: of thirty shards that a slip
                // asks for, twenty-nine searches would be for nothing. Titles and texts change nothing of who is found.
                let needs = |w: &Wanted| self.answer.needs.iter().any(|file| *w == Wanted::Shard(*file));
                if is_shard && !needs(&wanted) {
                    self.complete_answer(effects);
                } else if !self.fetches.iter().any(|(_, w)| needs(w)) {
                    self.search(effects);
                }
                // Settled before all of it was there: now it is known what it found.
                if self.settled && incomplete && !self.results.incomplete && matches!(self.place, Place::Search) {
                    self.count_question(Settled::Idle, now);
                    self.ask_later(now, effects);
                }
            }
        }
    }

    fn take(&mut self, wanted: Wanted, bytes: Arc<[u8]>, effects: &mut Vec<Effect>) -> Result<(), IndexError> {
        match wanted {
            Wanted::Manifest => {
                let manifest = Manifest::open(bytes)?;
                self.revision = hex(manifest.revision);
                let language = manifest.language(&self.config.lang).or(manifest.languages.first());
                let language = language.ok_or(IndexError::Damaged { what: "a manifest without a language" })?;
                match &language.inside {
                    Some(bytes) => self.take(Wanted::Core(language.core), Arc::clone(bytes), effects)?,
                    None => self.fetch(Wanted::Core(language.core), effects),
                }
            }
            Wanted::Core(expected) => {
                let index = Index::open(bytes, expected)?;
                self.library = Library::Ready(Box::new(index));
                self.timers.retain(|(_, t)| *t != Timer::Slow);
                self.announcement = Announcement::Silence;
                if let Some(record) = &mut self.record {
                    record.set_index(&self.revision);
                }
            }
            Wanted::Shard(expected) => {
                if let Library::Ready(index) = &mut self.library {
                    index.attach(bytes, expected)?;
                }
            }
        }
        Ok(())
    }

    fn failed(&mut self, wanted: Wanted, trouble: Trouble, now: Now) {
        self.distrust |= matches!(trouble, Trouble::Damaged | Trouble::Version);
        if let Some(failure) = failure_of(trouble) {
            self.record_mut(now).failed(failure, now);
        }
        match wanted {
            Wanted::Manifest | Wanted::Core(_) => {
                self.library = Library::Failed(trouble);
                self.timers.retain(|(_, t)| *t != Timer::Slow);
                self.announcement = Announcement::Failed(trouble);
            }
            Wanted::Shard(file) => {
                self.failed.push((file, trouble));
                // Answers go on without the shard; only an article that cannot be read or opened says so.
                if let (Place::Article { body: None, trouble: slot, .. }, FileKind::Text) = (&mut self.place, file.kind)
                {
                    *slot = Some(trouble);
                    self.announcement = Announcement::Failed(trouble);
                }
                if file.kind == FileKind::Entries && self.following.take().is_some() {
                    self.announcement = Announcement::Failed(trouble);
                }
            }
        }
    }

    fn retry(&mut self, effects: &mut Vec<Effect>) {
        self.failed.clear();
        match (&mut self.place, &self.library) {
            (Place::Article { trouble, .. }, Library::Ready(_)) => {
                *trouble = None;
                self.complete_place(effects);
            }
            (_, Library::Failed(_)) => {
                self.load(effects);
                self.announcement = Announcement::Loading;
                effects.push(Effect::Focus(Focus::Search));
            }
            (Place::Search, Library::Ready(_)) => self.search(effects),
            _ => {}
        }
    }

    fn online(&mut self, online: bool, effects: &mut Vec<Effect>) {
        self.offline = !online;
        if !online && let Some(record) = &mut self.record {
            record.went_offline();
        }
        let waiting = match (&self.place, &self.library) {
            (Place::Article { trouble, .. }, Library::Ready(_)) => trouble.is_some(),
            (_, library) => matches!(library, Library::Failed(Trouble::Offline)) || !self.failed.is_empty(),
        };
        if online && waiting {
            self.retry(effects);
        }
    }

    // Opening and closing.

    fn opened(&mut self, entry: Entry, now: Now, effects: &mut Vec<Effect>) {
        self.open = true;
        self.entry = entry;
        self.attend(self.attention, now, effects);
        if matches!(self.library, Library::Unasked | Library::Failed(_)) {
            self.load(effects);
        }
        effects.push(Effect::Focus(if matches!(self.place, Place::Search) { Focus::Search } else { Focus::Heading }));
    }

    fn closed(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.settle(Settled::Close, now);
        if let Some(record) = &mut self.record {
            record.pause(now);
        }
        self.open = false;
        self.announcement = Announcement::Silence;
        self.report(now, effects);
    }

    fn attend(&mut self, seen: bool, now: Now, effects: &mut Vec<Effect>) {
        self.attention = seen;
        let reading = self.open && matches!(self.place, Place::Article { .. });
        if let Some(record) = &mut self.record {
            if !seen {
                record.pause(now);
            } else if reading {
                record.resume(now);
            }
        }
        if !seen {
            self.report(now, effects);
            self.keep(now, effects);
        } else if self.open && matches!(self.place, Place::Search) && self.settled {
            self.ask_later(now, effects);
        }
    }

    /// What goes on with the next page of this tab.
    fn keep(&mut self, now: Now, effects: &mut Vec<Effect>) {
        effects.push(Effect::Keep(self.record.as_ref().map_or_else(String::new, |r| r.kept(now))));
    }

    /// Goes on with what was kept on an earlier page: the attempt, and what the customer looked at.
    fn resumed(&mut self, kept: &str, now: Now, effects: &mut Vec<Effect>) {
        let Some(record) = Record::resumed(&self.config, &self.revision, kept) else { return };
        self.record = Some(record);
        if self.record.as_ref().is_some_and(|r| r.is_over(now)) {
            self.report(now, effects);
            self.record = None;
            return;
        }
        let fresh = matches!(self.library, Library::Unasked);
        let Some(record) = self.record.as_ref().filter(|_| fresh) else { return };
        self.following = record.open_article().map(|id| (id.to_owned(), String::new()));
        // What was redacted is no question.
        if let Some(question) = record.question().filter(|q| !q.contains('[')) {
            self.query = question.to_owned();
        }
    }

    fn new_issue(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.settle(Settled::Close, now);
        if let Some(record) = &mut self.record {
            record.close(now);
        }
        self.report(now, effects);
        self.record = None;
        self.query.clear();
        self.results = Rc::default();
        self.answer = Answer::default();
        self.settled = true;
        self.asking = None;
        self.place = Place::Search;
        self.announcement = Announcement::Silence;
        effects.push(Effect::Focus(Focus::Search));
    }

    // Searching.

    fn typed(&mut self, query: String, now: Now, effects: &mut Vec<Effect>) {
        if self.query == query {
            return;
        }
        if let Some(record) = &mut self.record {
            record.pause(now);
        }
        self.query = query;
        self.settled = false;
        self.asking = None;
        // Whoever types has left the link that was to open.
        self.following = None;
        self.failed.clear();
        self.place = Place::Search;
        if self.query.trim().is_empty() {
            self.results = Rc::default();
            self.answer = Answer::default();
            self.announcement = Announcement::Silence;
            self.timers.retain(|(_, t)| *t != Timer::Settle);
            return;
        }
        // What questions before this one needed makes way; what is evicted and needed again is in the browser's cache.
        if let Library::Ready(index) = &mut self.library {
            index.evict(self.config.keep_bytes.unwrap_or(KEEP_BYTES));
        }
        self.search(effects);
        self.wait(Timer::Settle, SETTLE_MS, effects);
    }

    /// Answers the question from what is there.
    fn search(&mut self, effects: &mut Vec<Effect>) {
        let Library::Ready(index) = &self.library else { return };
        self.answer = search(index, &self.query, &Options { limit: RESULTS, prepared: true });
        self.complete_answer(effects);
    }

    /// Asks for what the answer lacks, and shows what there is of it.
    fn complete_answer(&mut self, effects: &mut Vec<Effect>) {
        let Library::Ready(index) = &self.library else { return };
        let failed = |file: &FileRef| self.failed.iter().any(|(f, _)| f == file);
        let mut needs = self.answer.needs.clone();
        let known = needs.iter().all(failed);
        // As long as terms are missing the hits may change. Most stay, and their titles come a step earlier so.
        needs.extend(self.answer.entries(index));
        let waiting = !needs.iter().all(failed);
        for file in &needs {
            self.fetch(Wanted::Shard(*file), effects);
        }
        if waiting {
            if !self.results.incomplete {
                self.wait(Timer::Slow, SLOW_MS, effects);
            }
        } else if self.settled {
            self.fetch_passages(effects);
        }
        self.show_results(waiting, known, &needs);
    }

    /// The results, as long as files are `waiting` those before the first without a title, where the terms are `known`.
    /// `without`: files that could not be had.
    fn show_results(&mut self, waiting: bool, known: bool, without: &[FileRef]) {
        let Library::Ready(index) = &self.library else { return };
        let answer = &self.answer;
        let mut items: Vec<ResultView> = Vec::new();
        for hit in answer.hits.iter().filter(|_| known) {
            let Some(entry) = index.entry(hit.article) else {
                if waiting {
                    break;
                }
                continue;
            };
            let body = index.body(hit.article).ok().flatten();
            items.push(ResultView {
                article: hit.article,
                id: entry.id.clone(),
                score: hit.score,
                title: entry.title.clone(),
                title_spans: highlight(answer, &entry.title),
                passage: body.map(|b| passage(index, answer, hit.article, &b)),
            });
        }
        let mut results = Results::clone(&self.results);
        let selected = self.selected.and_then(|s| results.items.get(s)).map(|r| r.article);
        let goes_on = results.items.len() <= items.len()
            && results.items.iter().zip(&items).all(|(before, item)| before.article == item.article);
        // What is on screen stays until what replaces it is whole, or only goes on below it: nothing moves under the
        // customer's finger.
        if goes_on || !waiting {
            results.items = Rc::new(items);
            results.total = answer.total;
            results.corrected.clone_from(&answer.corrected);
            results.matched = answer.matched;
        }
        results.incomplete = waiting;
        results.slow &= waiting;
        let trouble = self.failed.iter().find(|(f, _)| without.contains(f)).map(|(_, trouble)| *trouble);
        results.trouble = trouble.filter(|_| !waiting);
        // A selection stays with its article while the question stays; typing takes it back.
        self.selected =
            selected.filter(|_| self.settled).and_then(|a| results.items.iter().position(|i| i.article == a));
        self.results = Rc::new(results);
    }

    /// Texts are fetched for a question that is meant, not for every letter.
    fn fetch_passages(&mut self, effects: &mut Vec<Effect>) {
        let Library::Ready(index) = &self.library else { return };
        let mut files: Vec<FileRef> =
            self.answer.hits.iter().take(5).filter_map(|h| index.body(h.article).err()).collect();
        files.dedup();
        for file in files {
            self.fetch(Wanted::Shard(file), effects);
        }
    }

    /// The question is meant as it stands.
    fn settle(&mut self, settled: Settled, now: Now) {
        if self.settled || self.query.trim().is_empty() || !matches!(self.library, Library::Ready(_)) {
            return;
        }
        self.settled = true;
        self.timers.retain(|(_, t)| *t != Timer::Settle);
        self.count_question(settled, now);
    }

    /// Records the settled question with what it has found so far.
    fn count_question(&mut self, settled: Settled, now: Now) {
        // What is on screen may still be of the question before.
        let found = |item: &&ResultView| self.answer.hits.iter().any(|hit| hit.article == item.article);
        let top = self.results.items.iter().filter(found).take(3).map(|item| item.id.clone()).collect();
        let text = std::mem::take(&mut self.query);
        let question = Question {
            text: &text,
            results: self.answer.total,
            matched: match_of(self.answer.matched),
            top,
            settled,
            whole: !self.results.incomplete,
        };
        self.record_mut(now).searched(question, now);
        self.query = text;
    }

    fn elapsed(&mut self, ticket: Ticket, now: Now, effects: &mut Vec<Effect>) {
        match take(&mut self.timers, ticket) {
            // What is still coming belongs to the answer.
            Some(Timer::Settle) if self.results.incomplete => self.wait(Timer::Settle, SETTLE_MS, effects),
            Some(Timer::Settle) => self.settle_and_say(Settled::Idle, now, effects),
            Some(Timer::Ask) if self.attention && self.open => self.ask_in(Where::Results, now),
            Some(Timer::Slow) => {
                match &mut self.library {
                    Library::Loading { slow } => *slow = true,
                    Library::Ready(_) if self.results.incomplete => Rc::make_mut(&mut self.results).slow = true,
                    _ => return,
                }
                self.announcement = Announcement::Loading;
                self.record_mut(now).failed(Failure::Slow, now);
            }
            // The end of an attempt is looked for with every message.
            Some(Timer::Ask | Timer::Idle) | None => {}
        }
    }

    fn settle_and_say(&mut self, settled: Settled, now: Now, effects: &mut Vec<Effect>) {
        self.settle(settled, now);
        if !matches!(self.library, Library::Ready(_)) {
            return;
        }
        self.ask_later(now, effects);
        self.fetch_passages(effects);
        self.announcement = match self.results.items.first() {
            _ if self.query.trim().is_empty() => Announcement::Silence,
            Some(first) => Announcement::Found(self.answer.total, first.title.clone()),
            None => Announcement::NothingFound,
        };
    }

    fn key(&mut self, key: Key, now: Now, effects: &mut Vec<Effect>) {
        let count = self.results.items.len();
        let selected = self.selected;
        let next = match (key, selected) {
            (Key::Enter, Some(place)) => return self.pick(place, now, effects),
            (Key::Enter, None) => return self.settle_and_say(Settled::Enter, now, effects),
            (_, _) if count == 0 => return,
            (Key::Down, None) => 0,
            (Key::Down, Some(at)) => (at + 1) % count,
            (Key::Up, None | Some(0)) => count - 1,
            (Key::Up, Some(at)) => at - 1,
        };
        // Whoever chooses among results means the question.
        self.settle(Settled::Enter, now);
        self.selected = Some(next);
    }

    // Reading.

    fn pick(&mut self, place: usize, now: Now, effects: &mut Vec<Effect>) {
        self.settle(Settled::Pick, now);
        let Some(result) = self.results.items.get(place) else { return };
        let (article, rank) = (result.article, place as u32 + 1);
        let anchor = result.passage.as_ref().map(|p| p.anchor.clone()).unwrap_or_default();
        self.selected = Some(place);
        self.read(article, anchor, Via::Results, Some(rank), Vec::new(), now, effects);
    }

    fn follow(&mut self, id: &str, anchor: String, now: Now, effects: &mut Vec<Effect>) {
        let Library::Ready(index) = &self.library else { return };
        let article = match index.article(id) {
            Ok(Some(article)) => article,
            Ok(None) => return,
            Err(file) => {
                // As with typing: what could not be had before may be asked for again.
                self.failed.clear();
                self.following = Some((id.to_owned(), anchor));
                self.fetch(Wanted::Shard(file), effects);
                return;
            }
        };
        let mut trail = Vec::new();
        let mut via = Via::Link;
        if let Place::Article { article: here, back, .. } = &self.place {
            trail.clone_from(back);
            trail.push(*here);
            via = Via::Article;
        }
        self.read(article, anchor, via, None, trail, now, effects);
    }

    #[allow(clippy::too_many_arguments)] // Where, how and from where are different facts; a struct would only rename them.
    fn read(
        &mut self,
        article: u32,
        anchor: String,
        via: Via,
        rank: Option<u32>,
        back: Vec<u32>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Library::Ready(index) = &self.library else { return };
        let Some(entry) = index.entry(article) else { return };
        let reading = Reading {
            id: entry.id.clone(),
            rev: hex(u64::from(entry.revision)).split_off(12),
            lang: index.lang().to_owned(),
            via,
            rank,
            ..Reading::default()
        };
        let words = entry.words;
        let seen = self.attention && self.open;
        self.asking = None;
        self.timers.retain(|(_, t)| *t != Timer::Ask);
        self.record_mut(now).opened(reading, words, now, seen);
        self.place = Place::Article { article, anchor, body: None, trouble: None, back };
        self.announcement = Announcement::Silence;
        // The heading first: focusing it scrolls to the top, and the section has the last word on that.
        effects.push(Effect::Focus(Focus::Heading));
        self.complete_place(effects);
    }

    /// Puts the body in place, or asks for it.
    fn complete_place(&mut self, effects: &mut Vec<Effect>) {
        let (Place::Article { article, body, trouble, anchor, .. }, Library::Ready(index)) =
            (&mut self.place, &self.library)
        else {
            return;
        };
        if body.is_some() || trouble.is_some() {
            return;
        }
        match index.body(*article) {
            Ok(Some(blocks)) => {
                *body = Some(Rc::new(blocks));
                if !anchor.is_empty() {
                    effects.push(Effect::Focus(Focus::Section));
                }
            }
            Ok(None) => *trouble = Some(Trouble::Damaged),
            Err(file) => self.fetch(Wanted::Shard(file), effects),
        }
    }

    fn back(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Place::Article { back, .. } = &mut self.place else { return };
        let mut trail = std::mem::take(back);
        if let Some(record) = &mut self.record {
            record.pause(now);
        }
        match trail.pop() {
            Some(article) => self.read(article, String::new(), Via::Article, None, trail, now, effects),
            None => {
                self.place = Place::Search;
                self.announcement = Announcement::Silence;
                effects.push(Effect::Focus(Focus::Search));
                self.ask_in(Where::Closing, now);
            }
        }
    }

    fn scrolled(&mut self, percent: u8, ask_in_sight: bool, now: Now) {
        let place = match self.place {
            Place::Article { body: Some(_), .. } => Some(Where::Article),
            Place::Article { .. } => None,
            Place::Search => self.asking,
        };
        if let (Some(record), Some(place)) = (self.record.as_mut(), place) {
            if place == Where::Article {
                record.scrolled(percent, now);
            }
            if ask_in_sight {
                record.asked(place, now);
            }
        }
    }

    // Asking.

    /// Asks below "nothing found", or below results once they have been looked at.
    fn ask_later(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.results.incomplete || self.results.trouble.is_some() || self.query.trim().is_empty() {
            return;
        }
        match self.results.items.is_empty() {
            true => self.ask_in(Where::Nothing, now),
            false if self.asking.is_none() => self.wait(Timer::Ask, ASK_MS, effects),
            false => {}
        }
    }

    /// Asks in `place` if this attempt is one of those that are, and has not answered yet.
    fn ask_in(&mut self, place: Where, now: Now) {
        let searching = matches!(self.place, Place::Search) && self.settled && !self.query.trim().is_empty();
        let drawn = |r: &&Record| r.draws(place) && r.declared().is_none() && !r.is_over(now);
        if searching && self.record.as_ref().filter(drawn).is_some() {
            self.asking = Some(place);
        }
    }

    // Outcome.

    fn record_mut(&mut self, now: Now) -> &mut Record {
        if self.record.as_ref().is_some_and(|r| r.is_over(now)) {
            self.record = None;
        }
        let (config, revision, entry, offline) = (&mut self.config, &self.revision, self.entry, self.offline);
        let input = self.input;
        self.record.get_or_insert_with(|| {
            let mut record = Record::new(config, revision, entry, now);
            config.dropped = 0;
            record.set_input(input);
            if offline {
                record.went_offline();
            }
            record
        })
    }

    fn declared(&mut self, value: Solved, now: Now, effects: &mut Vec<Effect>) {
        let place = match self.place {
            Place::Article { .. } => Some(Where::Article),
            Place::Search => self.asking,
        };
        // An answer belongs to the attempt in which the article was read, even after contact.
        match (&mut self.record, place) {
            (Some(record), Some(place)) => record.declare(value, place, now),
            _ => return,
        }
        self.announcement = Announcement::Thanks;
        effects.push(Effect::Focus(Focus::Ask));
        self.report(now, effects);
    }

    fn contacted(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.settle(Settled::Close, now);
        let href = &self.config.contact;
        let channel = href.split(':').next().filter(|s| matches!(*s, "mailto" | "tel")).unwrap_or("link").to_owned();
        // What the address carries: see the contact component.
        let carried = channel == "mailto"
            && !href.contains('?')
            && self.contact().is_some_and(|c| !c.question.is_empty() || !c.read.is_empty());
        let contact = Contact { opened: true, channel: Some(channel), submitted: true, case_ref: None, carried };
        self.record_mut(now).contacted(contact, now);
        self.report(now, effects);
    }

    /// Without an attempt there is nothing that ends here: whoever goes straight to the company's form has not asked svar.
    fn contacted_by_page(&mut self, submitted: bool, case: String, now: Now, effects: &mut Vec<Effect>) {
        self.settle(Settled::Close, now);
        if let Some(record) = self.record.as_mut().filter(|r| !r.is_over(now)) {
            let case_ref = Some(case).filter(|case| !case.is_empty());
            let channel = Some("page".to_owned());
            record.contacted(Contact { opened: true, channel, submitted, case_ref, carried: false }, now);
            self.report(now, effects);
        }
    }

    fn report(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if let Some(event) = self.record.as_mut().and_then(|r| r.report(now)) {
            effects.push(Effect::Deliver(event));
        }
    }
}

/// Takes what waits for `ticket`, if anything does. There are never more than a handful.
fn take<T>(waiting: &mut Vec<(Ticket, T)>, ticket: Ticket) -> Option<T> {
    let at = waiting.iter().position(|(t, _)| *t == ticket)?;
    Some(waiting.swap_remove(at).1)
}

fn trouble_of(error: &IndexError) -> Trouble {
    match error {
        IndexError::Format { .. } | IndexError::Analysis { .. } => Trouble::Version,
        IndexError::NotAnIndex { .. } => Trouble::Missing,
        _ => Trouble::Damaged,
    }
}

fn failure_of(trouble: Trouble) -> Option<Failure> {
    match trouble {
        Trouble::Offline => None,
        Trouble::Missing => Some(Failure::IndexMissing),
        Trouble::Damaged | Trouble::Version => Some(Failure::IndexDamaged),
    }
}

fn match_of(matched: svar_search::Match) -> svar_outcome::Match {
    use svar_outcome::Match as Wire;
    use svar_search::Match;
    match matched {
        Match::None => Wire::None,
        Match::Exact => Wire::Exact,
        Match::Prefix => Wire::Prefix,
        Match::Synonym => Wire::Synonym,
        Match::Compound => Wire::Compound,
        Match::Fuzzy => Wire::Fuzzy,
        Match::Fallback => Wire::Fallback,
    }
}
