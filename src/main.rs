//! The wasm module. It does nothing by itself: the loader starts it by [`svar_widget::mount`], late and as often as it
//! likes.

use svar_widget as _;

/// 1 kB brotli less than the standard library's allocator for this target.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {}
