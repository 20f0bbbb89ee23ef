//! Receives attempts, keeps them and reports on outcomes.
//!
//! ```text
//! POST /svar/v1/attempts ─► ingest ─► accept ─► store ──────► report ─► GET /report, `svar report`
//!                           origin    one event SQLite or   folds over
//!                           rate      at a time PostgreSQL  Vec<StoredAttempt>
//! ```
//!
//! - [`accept`] turns the bytes of a request into events that may be stored and refusals that say why. Pure.
//! - [`ingest`] is the HTTP side of that; [`origin`] and [`rate`] say who may send, and how often; [`flood`] who
//!   sends more than people do; [`peer`] who it is, behind proxies too.
//! - [`store`] keeps of each attempt the state with the highest `seq`, in SQLite or PostgreSQL behind one trait.
//! - [`reread`] looks again at what was set aside for a newer program.
//! - [`export`] writes a store down as lines of JSON and reads them back; [`retention`] removes what is old.
//! - [`mod@report`] makes every figure as a fold over stored attempts. Pure, apart from [`report::report`] that reads the store.
//! - [`site`] serves the static files: the owner's site, the portal and the built help folder.
//! - [`login`] says who may see the report and the [`metrics`]; [`headers`] go out with every answer; [`health`] tells
//!   a load balancer whether to send anyone.
//! - [`server`] puts it together; [`connection`] listens, and ends what is slow.
//!
//! What is deliberately absent: sessions, cookies, addresses and user agents. Nothing that identifies a person is stored,
//! and nothing of the sort is logged.

pub mod accept;
pub mod connection;
pub mod export;
pub mod flood;
pub mod headers;
pub mod health;
pub mod ingest;
pub mod login;
pub mod metrics;
pub mod origin;
pub mod peer;
pub mod rate;
pub mod report;
pub mod reread;
pub mod retention;
pub mod server;
mod shape;
pub mod site;
pub mod store;
#[cfg(test)]
mod testing;

pub use login::Token;
pub use peer::Network;
pub use report::{Report, ReportOptions, report};
pub use server::{AppState, Limits, ServeOptions, Server, router};
pub use store::{
    Batch, Filter, Intake, Migrate, Pruned, Put, Store, StoreAddress, StoreError, StoredAttempt, open_store,
};
