//! The wasm module. It does nothing by itself: the loader starts it by [`svar_widget::mount`], late and as often as it
//! likes.

use svar_widget as _;

fn main() {}
