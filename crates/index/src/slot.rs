//! A place for a shard, which may be attached and can be let go again.

use std::sync::atomic::{AtomicU32, Ordering};

/// A place for a shard.
pub(crate) struct Slot<T> {
    shard: Option<T>,
    /// About what it takes in memory; 0 where it is a section of the core's own, which is never let go.
    bytes: u32,
    /// When it was last asked for, by the index's clock.
    used: AtomicU32,
}

impl<T> Slot<T> {
    /// A place that is empty.
    pub fn empty() -> Slot<T> {
        Slot { shard: None, bytes: 0, used: AtomicU32::new(0) }
    }

    /// Puts a shard here that takes so many bytes of memory; 0 where it can never be let go.
    pub fn put(&mut self, shard: T, bytes: u32) {
        (self.shard, self.bytes) = (Some(shard), bytes);
    }

    /// The shard. It was used now.
    pub fn get(&self, now: &AtomicU32) -> Option<&T> {
        self.used.store(now.load(Ordering::Relaxed), Ordering::Relaxed);
        self.shard.as_ref()
    }

    /// Whether it is attached.
    pub fn is_there(&self) -> bool {
        self.shard.is_some()
    }
}

/// What the index asks of its places, whatever is in them.
pub(crate) trait Evict {
    /// How many bytes letting it go would free, and when it was last used; `None` where there is nothing to let go.
    fn last_used(&self) -> Option<(u32, u32)>;
    /// Lets the shard go.
    fn let_go(&mut self);
}

impl<T> Evict for Slot<T> {
    fn last_used(&self) -> Option<(u32, u32)> {
        (self.is_there() && self.bytes > 0).then(|| (self.used.load(Ordering::Relaxed), self.bytes))
    }

    fn let_go(&mut self) {
        (self.shard, self.bytes) = (None, 0);
    }
}
