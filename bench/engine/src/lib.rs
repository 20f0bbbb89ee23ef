//! How fast the search engine answers, and what a question asks a host for.
//!
//! [`Library`] is an index with its files in memory, which is what gets timed: natively by `benches/questions.rs` (criterion)
//! and in a browser by `src/bin/browser.rs` with `bench/peers/engine.mjs`. [`mod@cases`] finds what to time by looking at a
//! vocabulary, [`laid`] builds the index from a folder of pages, and [`cold`] counts what one question loads.
//!
//! `cargo xtask bench engine` and `cargo xtask bench scale` run all of it; bench/README.md explains their tables. Nothing
//! uses this crate.

mod library;

#[cfg(not(target_arch = "wasm32"))]
pub mod cases;
#[cfg(not(target_arch = "wasm32"))]
pub mod cold;
#[cfg(not(target_arch = "wasm32"))]
pub mod laid;

pub use library::{KEEP_BYTES, Library};
