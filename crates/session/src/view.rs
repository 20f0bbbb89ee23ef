//! What is to be seen: facts, no words and no markup. The words are the screen's, in the customer's language.

use std::rc::Rc;
use svar_index::article::Block;
use svar_outcome::{Reason, Solved};
use svar_search::{Match, Passage, Span};

/// Everything on screen.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The question as typed.
    pub query: String,
    /// What is below the search box.
    pub screen: Screen,
    /// The way to a person, the same on every screen; none where the owner has set none.
    pub contact: Option<ContactView>,
    /// The question about the issue, where it is asked below results or their absence.
    pub ask: Option<AskView>,
    /// What a screen reader should hear.
    pub announcement: Announcement,
    /// The browser is offline.
    pub offline: bool,
}

/// What is below the search box.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// Nothing typed yet; the index is there.
    Welcome,
    /// The index is on its way; `slow` after some seconds.
    Loading {
        /// It takes longer than it should.
        slow: bool,
    },
    /// Results, or none, and the place of the selected one.
    Results(Rc<Results>, Option<usize>),
    /// An article.
    Article(Rc<ArticleView>),
    /// It does not work.
    Failed(Trouble),
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No network.
    Offline,
    /// The index is not where it should be.
    Missing,
    /// A file is damaged or belongs to another build.
    Damaged,
    /// Widget and index are of different versions.
    Version,
}

/// What a question found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// The articles, best first.
    pub items: Rc<Vec<ResultView>>,
    /// How many articles were met at all.
    pub total: u32,
    /// The question as understood, where a word was corrected.
    pub corrected: Option<String>,
    /// What it took.
    pub matched: Match,
    /// Files are on their way; until they are there, this is what was shown before.
    pub incomplete: bool,
    /// They have been on their way for long.
    pub slow: bool,
    /// Files that may bring more could not be had.
    pub trouble: Option<Trouble>,
}

/// A found article.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultView {
    /// Its number.
    pub article: u32,
    /// Its id.
    pub id: String,
    /// Its score: comparable within one answer only.
    pub score: u32,
    /// Its title.
    pub title: String,
    /// What to highlight in the title.
    pub title_spans: Vec<Span>,
    /// The stretch that answers, once its text is there.
    pub passage: Option<Passage>,
}

/// An article to read.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Address of its own page: absolute or relative to the widget's folder.
    pub url: String,
    /// Language of its text.
    pub lang: String,
    /// `YYYY-MM-DD`, or empty.
    pub updated: String,
    /// Section to begin with, or empty.
    pub anchor: String,
    /// What to read.
    pub body: Body,
    /// The question about the issue.
    pub ask: AskView,
}

/// An article's text.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// On its way.
    Loading,
    /// There.
    Ready(Rc<Vec<Block>>),
    /// Not to be had.
    Failed(Trouble),
}

/// The question whether the issue was solved, and what was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AskView {
    /// The answer so far.
    pub answer: Option<Solved>,
    /// The reason so far.
    pub reason: Option<Reason>,
    /// Revision of its wording: see [`svar_outcome::Where::prompt`].
    pub prompt: u32,
}

/// The way to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactView {
    /// The configured address.
    pub href: String,
    /// Latest question, as typed.
    pub question: String,
    /// Titles of what was read, in order.
    pub read: Vec<String>,
}

/// What a screen reader should hear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Announcement {
    /// Nothing.
    #[default]
    Silence,
    /// So many results, and the first one's title.
    Found(u32, String),
    /// No results.
    NothingFound,
    /// The index is on its way.
    Loading,
    /// It does not work.
    Failed(Trouble),
    /// An answer was taken.
    Thanks,
}
