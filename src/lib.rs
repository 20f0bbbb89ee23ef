//! The svar help widget: the only code that knows a browser exists.
//!
//! - [`app`]: the root component. It holds the session (`svar_session`), shows its view and carries out its effects.
//! - [`components`]: functions from what the view says to elements.
//! - [`browser`]: one file for each thing a browser can do; plain Rust types in and out.
//! - [`copy`]: the words on screen, a file per language.
//!
//! The loader (`static/svar.js`) draws the launcher, fetches this module on intent and calls [`mount`].

pub mod app;
pub mod browser;
pub mod components;
pub mod config;
pub mod copy;

pub use browser::handle::mount;
