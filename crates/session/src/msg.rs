//! What comes in and what goes out.

use std::sync::Arc;
use svar_outcome::{Device, Entry, Event, Input, Mode, Page, Reason, Solved};

/// What is fixed while the widget is on the page.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Version of the widget.
    pub version: String,
    /// Language wanted for articles, a BCP 47 tag.
    pub lang: String,
    /// Language of the words on screen.
    pub ui: String,
    /// Where a person is reached: a `mailto:`, `tel:` or `http(s):` address. Empty: there is none.
    pub contact: String,
    /// How much may leave the browser.
    pub mode: Mode,
    /// Global Privacy Control or Do Not Track is set: nothing beyond counts leaves.
    pub gpc: bool,
    /// Route and language of the page.
    pub page: Page,
    /// Width class of the window.
    pub device: Device,
    /// Driven by a program.
    pub automation: bool,
    /// The owner's own people.
    pub internal: bool,
    /// The owner's name for a variant under test.
    pub variant: Option<String>,
    /// Attempts that this browser had no room to keep until they could be sent, not told yet.
    pub dropped: u32,
    /// How many bytes of memory an index's shards may take beside its core; `None` is 4 MB, some 20 times what a
    /// question touches.
    pub keep_bytes: Option<usize>,
}

/// The moment of a message.
#[derive(Debug, Clone, Copy, Default)]
pub struct Now {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub ms: u64,
    /// Fresh randomness, for an identifier should one be needed.
    pub id: u128,
}

/// Names something that was asked of the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// Why a file could not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadError {
    /// The browser is offline or the server cannot be reached.
    Offline,
    /// The server said that there is no such file, or failed.
    Missing,
}

/// A key pressed in the search box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Next result.
    Down,
    /// Previous result.
    Up,
    /// Open the selected result; without one, the question is meant as it stands.
    Enter,
}

/// Everything that can happen.
#[derive(Debug, Clone)]
pub enum Msg {
    /// The panel was opened.
    Opened(Entry),
    /// The panel was closed.
    Closed,
    /// A file arrived, or did not.
    Loaded(Ticket, Result<Arc<[u8]>, LoadError>),
    /// Time asked for has passed.
    Elapsed(Ticket),
    /// The question now reads so.
    Typed(String),
    /// A key in the search box.
    Key(Key),
    /// A result was pressed: its place, from 0.
    Picked(usize),
    /// A link to an article, by id and anchor, in the article that is read.
    Follow(String, String),
    /// Back to where the article was opened.
    Back,
    /// How far what is shown is scrolled, in percent, and whether the question about the issue is in sight.
    Scrolled(u8, bool),
    /// The customer said whether the issue was solved.
    Declared(Solved),
    /// And why not.
    Reasoned(Reason),
    /// The way to a person was taken.
    Contacted,
    /// The page's own way to a person was opened, or with `true` taken to its end; the case's number as an event may have
    /// it, or empty.
    ContactedByPage(bool, String),
    /// What [`Effect::Keep`] gave on an earlier page of this tab.
    Resumed(String),
    /// A new issue: the attempt ends and the box is empty.
    NewIssue,
    /// Try again what failed.
    Retry,
    /// So much may leave from now on, after the customer has been asked.
    Consent(Mode),
    /// The page is seen and has the focus, or not.
    Attention(bool),
    /// The browser says it is online or offline.
    Online(bool),
    /// The kind of input used last.
    Input(Input),
    /// The page is going away.
    Leaving,
}

/// What a cache may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cached {
    /// As it likes: the name says what is in the file.
    Welcome,
    /// After asking the server whether it is still true: the manifest.
    Checked,
    /// Nothing: what it has is damaged.
    Never,
}

/// Where the focus should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// The search box.
    Search,
    /// The heading of what is read.
    Heading,
    /// A section of what is read is scrolled to; its anchor is in the view.
    Section,
    /// The question about the issue is scrolled to with what it now asks; the focus stays.
    Ask,
}

/// Everything that can be asked of the outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Get a file of the index by name; answer with [`Msg::Loaded`].
    Fetch(Ticket, String, Cached),
    /// Answer with [`Msg::Elapsed`] after that many milliseconds.
    Wait(Ticket, u32),
    /// Move the focus once the view is on screen.
    Focus(Focus),
    /// Keep this for the next page of this tab, or nothing if it is empty.
    Keep(String),
    /// Deliver the state of an attempt. It replaces earlier states of the same attempt that are not delivered yet.
    Deliver(Box<Event>),
}
