//! What the widget knows and decides.
//!
//! ```text
//! Msg ──► Session::update(msg, now) ──► Vec<Effect>
//!                 │
//!                 └─► Session::view() ──► View
//! ```
//!
//! The session has no clock, no randomness, no network and no screen. Time and fresh identifiers come with each message
//! ([`Now`]), bytes come as [`Msg::Loaded`], and what should happen goes out as [`Effect`]s. So a customer's visit is a list
//! of messages that can be replayed as a test.
//!
//! Each thing that is asked of the outside carries a [`Ticket`]; an answer whose ticket is no longer waited for is dropped.

mod msg;
mod record;
mod session;
mod view;

pub use msg::{Cached, Config, Effect, Focus, Key, LoadError, Msg, Now, Ticket};
pub use session::Session;
pub use view::{Announcement, ArticleView, AskView, Body, ContactView, ResultView, Results, Screen, Trouble, View};
