//! What a browser can do: a file each, plain Rust types in and out. Nothing else in svar imports `web_sys`, `js_sys` or
//! `gloo` (event targets in components excepted). Everything here can fail, and says so or does nothing.

pub mod clock;
pub mod fetch;
pub mod focus;
pub mod handle;
pub mod host;
pub mod page;
pub mod scroll;
pub mod timer;
