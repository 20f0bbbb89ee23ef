//! What an attempt holds. Names and values are the wire format: lower case with underscores, absent where unknown.
//!
//! Unknown fields are refused on reading (`deny_unknown_fields`), so that nothing travels that is not written here.
//! Limits in the docs (how many searches, how many characters) are kept by [`Attempt::bounded`], which the session calls
//! before sending and the collector calls to check.

use crate::classify::{Behaviour, Class};
use serde::{Deserialize, Serialize};

/// Most searches and most articles that one event carries; the latest are kept.
pub const MAX_SEARCHES: usize = 10;
/// See [`MAX_SEARCHES`].
pub const MAX_ARTICLES: usize = 20;
/// Longest question text, in characters.
pub const MAX_QUESTION_CHARS: usize = 80;
/// Longest comment, in characters.
pub const MAX_COMMENT_CHARS: usize = 500;
/// Longest label: a language, a variant.
pub const MAX_WORD_CHARS: usize = 80;
/// Longest route.
pub const MAX_NAME_CHARS: usize = 300;
/// Longest reading of one article, in seconds: a day.
pub const MAX_ACTIVE_S: u32 = 86_400;

/// The full state of one attempt at one moment. The default is one in which nothing has happened, without an id.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Random identifier that dies with the attempt: 16 to 64 characters of `[0-9a-zA-Z-]`.
    pub attempt: String,
    /// Grows by one with each event of the attempt; the highest one wins.
    pub seq: u32,
    /// Which widget and index answered.
    pub widget: Widget,
    /// Where it was embedded.
    pub page: Page,
    /// What it was shown on.
    pub ui: Ui,
    /// How the customer came in.
    pub entry: Entry,
    /// The strongest intent seen.
    pub intent: Intent,
    /// Settled questions in order, the latest [`MAX_SEARCHES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub searches: Vec<Search>,
    /// Articles opened in order, the latest [`MAX_ARTICLES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub articles: Vec<Reading>,
    /// Whether and how the customer was asked if the issue was solved.
    pub ask: Ask,
    /// What the customer answered, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
    /// What became of the way to a person.
    pub contact: Contact,
    /// What the browser made of it all.
    pub outcome: Outcome,
    /// Free text, redacted. Only where the owner allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// What went wrong in the widget itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// How much the customer and the owner let out.
    pub privacy: Privacy,
    /// What makes this attempt count less or not at all.
    pub quality: Quality,
}

/// Which widget and index answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Widget {
    /// Version of the widget.
    pub version: String,
    /// Revision of the index: hexadecimal, changes with its content. Empty where none could be loaded.
    pub index: String,
    /// Revision of the classification rules.
    pub rules: u32,
    /// The owner's name for a variant under test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// Where the widget was embedded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The path with numbers and identifiers masked; never query string or fragment.
    pub route: String,
    /// Language of the page, or empty.
    pub lang: String,
}

/// What the widget was shown on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ui {
    /// Language of the widget.
    pub lang: String,
    /// Kind of device by the width of the window.
    pub device: Device,
    /// Last used kind of input.
    pub input: Input,
    /// The browser said it was offline at some time.
    #[serde(default)]
    pub offline: bool,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
        }
    };
}

words!(
    /// Kind of device by the width of the window.
    Device {
        /// 640 CSS pixels or wider.
        #[default]
        Desktop,
        /// Narrower than 640 CSS pixels.
        Phone,
    }
);
words!(
    /// Last used kind of input.
    Input {
        /// Keys.
        Keyboard,
        /// Mouse or trackpad.
        #[default]
        Pointer,
        /// Finger.
        Touch,
    }
);
words!(
    /// How the customer came in.
    Entry {
        /// The launcher button.
        #[default]
        Launcher,
        /// A keyboard shortcut.
        Shortcut,
        /// A search box within the page.
        Inline,
        /// An article suggested for the page.
        Suggested,
        /// The page's own code.
        Api,
        /// A link into the widget.
        Deeplink,
        /// The contact form.
        ContactForm,
    }
);
words!(
    /// The strongest intent seen; `contact` is stronger than `search`, and that than `browse`.
    Intent {
        /// Nothing searched or opened.
        #[default]
        Browse,
        /// Searched or opened an article.
        Search,
        /// Looked for a person.
        Contact,
    }
);
words!(
    /// What language work it took to match the question's best hit.
    Match {
        /// Words as typed, or another form of them.
        Exact,
        /// The last word was unfinished.
        Prefix,
        /// A spelling was corrected.
        Fuzzy,
        /// A part of a compound.
        Compound,
        /// The owner's synonyms.
        Synonym,
        /// Only part of the question could be matched.
        Fallback,
        /// Nothing found.
        #[default]
        None,
    }
);
words!(
    /// How it was seen that a question is meant as it stands.
    Settled {
        /// No key for 800 ms.
        #[default]
        Idle,
        /// Enter or an arrow key.
        Enter,
        /// One of its results was opened.
        Pick,
        /// The panel was closed, the page left, or a person asked.
        Close,
    }
);
words!(
    /// Where the customer was asked whether the issue was solved.
    Where {
        /// Below an article.
        #[default]
        Article,
        /// Below results that nobody picked.
        Results,
        /// Below "nothing found".
        Nothing,
        /// In the closing row.
        Closing,
    }
);
words!(
    /// The answer to "Did this solve your issue?".
    Solved {
        /// Yes.
        #[default]
        Solved,
        /// Partly.
        Partly,
        /// No.
        NotSolved,
    }
);
words!(
    /// Why an issue was not solved.
    Reason {
        /// What was looked for was not there.
        NotFound,
        /// Hard to understand.
        Unclear,
        /// Not true.
        Wrong,
        /// No longer true.
        Outdated,
        /// About something else than the customer has.
        OtherProduct,
        /// Understood, but it cannot be done.
        CannotDo,
        /// Anything else.
        #[default]
        Other,
    }
);
words!(
    /// How much leaves the browser.
    Mode {
        /// Everything listed: redacted question texts, and comments where the owner allows them.
        #[default]
        Full,
        /// No question text and no comment.
        NoText,
        /// Behaviour, declared answer, class, article ids and the hour only.
        Counts,
        /// Nothing.
        Off,
    }
);
words!(
    /// What went wrong in the widget.
    Failure {
        /// The index was not where it should be.
        #[default]
        IndexMissing,
        /// A file did not have the content it should.
        IndexDamaged,
        /// The page's policy or an extension refused it.
        Blocked,
        /// It took more than ten seconds.
        Slow,
    }
);

/// A settled question: idle for 800 ms, Enter, a pick, or the widget closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The question, redacted, at most [`MAX_QUESTION_CHARS`]. Absent where the mode does not allow text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Length of the question in characters, before redaction.
    pub len: u32,
    /// Number of articles found.
    pub results: u32,
    /// What it took to match.
    #[serde(rename = "match")]
    pub matched: Match,
    /// Ids of the first three articles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top: Vec<String>,
    /// Rank of the article that was opened, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked: Option<u32>,
    /// The question before was asked anew in other words, without opening anything in between.
    #[serde(default)]
    pub reformulates: bool,
    /// How it was seen that it is meant.
    #[serde(default)]
    pub settled: Settled,
}

/// An article that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The article's id.
    pub id: String,
    /// Revision of its text: hexadecimal.
    pub rev: String,
    /// Its language.
    pub lang: String,
    /// How it was reached.
    pub via: Via,
    /// Which of `searches` led to it, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<u32>,
    /// Its rank there, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// Visible and focused seconds.
    pub active_s: u32,
    /// How far it was scrolled, in percent.
    pub scroll: u8,
    /// The last article read in the attempt.
    pub last: bool,
}

words!(
    /// How an article was reached.
    Via {
        /// From the results.
        #[default]
        Results,
        /// From a suggestion.
        Suggested,
        /// From another article.
        Article,
        /// From a link into the widget or the page's own code.
        Link,
    }
);

/// Whether and how the customer was asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The question was on screen.
    pub shown: bool,
    /// Where.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Where>,
    /// Revision of its wording.
    pub prompt: u32,
    /// Probability that this attempt was asked there, over 0 and at most 1.
    pub p: f64,
}

/// What the customer answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The answer.
    pub value: Solved,
    /// The article last read when it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Why not, where asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// A comment was written.
    #[serde(default)]
    pub has_comment: bool,
}

/// What became of the way to a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// It was opened.
    pub opened: bool,
    /// Which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// It was sent, or, for a link, followed.
    pub submitted: bool,
    /// The case's number in the company's system; opaque here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_ref: Option<String>,
    /// The question and what was read went along.
    #[serde(default)]
    pub carried: bool,
}

/// What the browser made of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What was done, ignoring what was said. Absent for an attempt that is only browsing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behaviour: Option<Behaviour>,
    /// The class; the first rule that matches.
    pub class: Class,
    /// No closing rule has fired yet.
    pub provisional: bool,
    /// Declared solved first, then asked a person.
    #[serde(default)]
    pub retracted: bool,
}

/// How much the customer and the owner let out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// The mode that this event was made in.
    pub mode: Mode,
    /// Global Privacy Control was set.
    #[serde(default)]
    pub gpc: bool,
}

/// What makes an attempt count less or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Driven by a program.
    #[serde(default)]
    pub automation: bool,
    /// The owner's own people.
    #[serde(default)]
    pub internal: bool,
    /// Earlier searches or articles were left out.
    #[serde(default)]
    pub truncated: bool,
    /// Attempts that this browser had no room to keep until they could be sent, since it last told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// The first `most` characters.
fn clip(text: Option<&mut String>, most: usize) {
    if let Some(text) = text
        && let Some((end, _)) = text.char_indices().nth(most)
    {
        text.truncate(end);
    }
}

impl Attempt {
    /// Keeps the limits that the fields state: the latest searches and articles, the first characters of texts.
    /// Indices from articles into searches follow; `quality.truncated` says that something was left out.
    pub fn bounded(mut self) -> Attempt {
        let dropped = self.searches.len().saturating_sub(MAX_SEARCHES);
        if dropped > 0 {
            self.searches.drain(..dropped);
            for reading in &mut self.articles {
                reading.search = reading.search.and_then(|s| s.checked_sub(dropped as u32));
            }
            self.quality.truncated = true;
        }
        let dropped = self.articles.len().saturating_sub(MAX_ARTICLES);
        if dropped > 0 {
            self.articles.drain(..dropped);
            self.quality.truncated = true;
        }
        for search in &mut self.searches {
            clip(search.q.as_mut(), MAX_QUESTION_CHARS);
            search.top.truncate(3);
        }
        for reading in &mut self.articles {
            reading.active_s = reading.active_s.min(MAX_ACTIVE_S);
        }
        clip(self.comment.as_mut(), MAX_COMMENT_CHARS);
        clip(self.widget.variant.as_mut(), MAX_WORD_CHARS);
        clip(Some(&mut self.page.route), MAX_NAME_CHARS);
        clip(Some(&mut self.page.lang), MAX_WORD_CHARS);
        clip(Some(&mut self.ui.lang), MAX_WORD_CHARS);
        self
    }

    /// The same attempt with only what `mode` lets out. `Off` has nothing to send; callers do not send then.
    pub fn in_mode(mut self, mode: Mode) -> Attempt {
        self.privacy.mode = mode;
        if mode != Mode::Full {
            self.comment = None;
            self.searches.iter_mut().for_each(|s| s.q = None);
        }
        if matches!(mode, Mode::Counts | Mode::Off) {
            self.searches.clear();
            for reading in &mut self.articles {
                *reading = Reading { id: std::mem::take(&mut reading.id), last: reading.last, ..Reading::default() };
            }
            self.page = Page::default();
            self.ui = Ui::default();
            self.widget.variant = None;
            if let Some(declared) = &mut self.declared {
                declared.reason = None;
                declared.has_comment = false;
            }
            self.contact =
                Contact { opened: self.contact.opened, submitted: self.contact.submitted, ..Contact::default() };
        }
        self
    }
}
