//! The attempt: one person pursuing one issue, and the only thing that travels from a customer's browser to the
//! company.
//!
//! - [`attempt`] says which fields an attempt holds; there are no others.
//! - [`event`] wraps it as a CloudEvents 1.0 event, `svar.attempt.v1`.
//! - [`story`] remembers what happened and makes of it the state to send; [`kept`] writes it down for the next page.
//! - [`mod@classify`] turns what happened into a behaviour and a class.
//! - [`mod@redact`] takes out of a customer's words what could point to a person.
//!
//! Pure: no clock, no randomness, no network. Time and identifiers come in as arguments.

pub mod attempt;
pub mod classify;
pub mod event;
pub mod json;
pub mod kept;
pub mod redact;
pub mod route;
pub mod story;

pub use attempt::*;
pub use classify::{Behaviour, Class, Evidence, LastAct, classify, reading_threshold_s};
pub use event::{EVENT_TYPE, Event, utc_timestamp};
pub use json::to_json;
pub use redact::redact;
pub use route::route;
pub use story::{Act, End, Moment, Story};
