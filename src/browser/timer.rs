//! Waiting. A timer is cancelled by being dropped.

/// Calls `done` after `ms` milliseconds unless the returned timer is dropped first.
pub fn after(ms: u32, done: impl FnOnce() + 'static) -> Timer {
    Timer(gloo::timers::callback::Timeout::new(ms, done))
}

/// A running timer.
#[derive(Debug)]
pub struct Timer(#[allow(dead_code)] gloo::timers::callback::Timeout);
