//! A place for a shard, which may be attached and can be let go again.

use crate::bytes::Slice;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A place for a shard.
pub(crate) struct Slot<T> {
    shard: Option<T>,
    /// Bytes that it takes in memory; 0 where it is a section of the core's own, which is never let go.
    bytes: u32,
    /// When it was last asked for, by the index's clock.
    used: AtomicU32,
}

/// When something was last used, and its bytes.
pub(crate) type Use = (u32, u32);

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

    /// What letting it go would free; `None` where there is nothing to let go.
    pub fn last_used(&self) -> Option<Use> {
        (self.is_there() && self.bytes > 0).then(|| (self.used.load(Ordering::Relaxed), self.bytes))
    }

    /// Lets the shard go.
    pub fn let_go(&mut self) {
        (self.shard, self.bytes) = (None, 0);
    }
}

/// A shard that takes several times its bytes when it is decoded, which is done again when it is needed again.
pub(crate) struct Coded<T> {
    /// As in its file.
    pub stored: Slice,
    pub decoded: OnceLock<T>,
}

impl<T> Slot<Coded<T>> {
    /// What letting go of the decoded shard alone would free, of which `bytes` tells how much that is; `None` where there is
    /// nothing to let go.
    pub fn decoded(&self, bytes: fn(&T) -> usize) -> Option<Use> {
        let (used, _) = self.last_used()?;
        self.shard.as_ref()?.decoded.get().map(|shard| (used, bytes(shard) as u32))
    }

    /// Lets go of the decoded shard alone.
    pub fn let_go_decoded(&mut self) {
        if let Some(shard) = &mut self.shard {
            shard.decoded.take();
        }
    }
}

/// Those places that must be let go of so that all take at most `most` bytes: the ones that were used longest ago. Looked for
/// one by one, for there are few; sorting would be half a kilobyte of the widget.
pub(crate) fn oldest(places: Vec<Option<Use>>, most: usize) -> Vec<usize> {
    let mut places: Vec<(usize, Use)> =
        places.into_iter().enumerate().filter_map(|(place, last)| last.map(|last| (place, last))).collect();
    let mut bytes: usize = places.iter().map(|(_, (_, bytes))| *bytes as usize).sum();
    let mut out = Vec::new();
    while bytes > most {
        let oldest = places.iter().enumerate().min_by_key(|(_, (_, (used, _)))| *used);
        let Some(at) = oldest.map(|(at, _)| at) else { break };
        let (place, (_, size)) = places.swap_remove(at);
        bytes -= size as usize;
        out.push(place);
    }
    out
}
