//! Attempts from one sender that are far more than people make: they are stored and marked, and no figure counts them.
//!
//! In memory, by network address as in [`crate::rate`]: the attempts that began in the last sixty minutes, each once however
//! many events it sends. While there are as many as the limit, and from then until no further one has come for an hour, an
//! attempt that begins is past the limit. So of a flood that goes on for days as many attempts are counted as the limit
//! says, and no more. A state of an attempt that was counted before belongs to it and is counted; and an attempt of which
//! anything came within the limit is none of a flood ([`crate::store::StoredAttempt::flood`]).
//!
//! What this does not see: senders with many addresses; and each collector counts for itself, so that several behind a
//! balancer let through that many times the limit. After a restart everyone begins anew.
//!
//! No address leaves this module. The table is bounded as the one of rates is: two generations, of which the older is
//! forgotten when the younger holds 150,000 attempts and addresses. That takes as many attempts from other
//! addresses, within an hour.

use crate::rate::network;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Attempts remembered in one generation; an address weighs as much as some. Some 10 MB in all.
const GENERATION: usize = 150_000;
/// What an address weighs.
const ADDRESS: usize = 8;
/// Minutes for which an attempt is remembered, and for which a flood goes on without more of it.
const WINDOW_MIN: u32 = 60;

/// What begins where, lately.
#[derive(Debug)]
pub struct Flood {
    limit: Option<usize>,
    start: Instant,
    hashes: RandomState,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    young: HashMap<IpAddr, Sender>,
    old: HashMap<IpAddr, Sender>,
    /// Attempts and addresses in `young`.
    weight: usize,
}

#[derive(Debug, Default)]
struct Sender {
    /// When each attempt was seen first, by the hash of its id.
    seen: HashMap<u64, u32>,
    /// When `seen` was last gone through.
    looked: u32,
    /// Until when what begins is part of a flood.
    until: Option<u32>,
}

/// Whether an attempt is past the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not.
    Within,
    /// It is, and its sender was not before.
    Begins,
    /// It is, as others of its sender were.
    GoesOn,
}

impl Flood {
    /// At most `limit` attempts an hour from one address; none for no limit.
    pub fn new(limit: Option<u32>) -> Flood {
        Flood {
            limit: limit.map(|limit| limit.max(1) as usize),
            start: Instant::now(),
            hashes: RandomState::new(),
            table: Mutex::default(),
        }
    }

    /// An event of `attempt` came from `address` at `now`.
    pub fn judge(&self, address: IpAddr, attempt: &str, now: Instant) -> Verdict {
        let Some(limit) = self.limit else { return Verdict::Within };
        let minute = u32::try_from(now.saturating_duration_since(self.start).as_secs() / 60).unwrap_or(u32::MAX);
        let (key, hash) = (network(address), self.hashes.hash_one(attempt));
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = table.sender(key);
        let before = sender.seen.len();
        let verdict = sender.judge(hash, minute, limit);
        let after = sender.seen.len();
        table.weight = (table.weight + after).saturating_sub(before);
        verdict
    }

    #[cfg(test)]
    fn weight(&self) -> (usize, usize) {
        let table = self.table.lock().unwrap();
        let of = |senders: &HashMap<IpAddr, Sender>| senders.values().map(|s| ADDRESS + s.seen.len()).sum::<usize>();
        assert_eq!(of(&table.young), table.weight);
        (of(&table.young), of(&table.old))
    }
}

impl Table {
    fn sender(&mut self, key: IpAddr) -> &mut Sender {
        if self.weight >= GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        let (old, weight) = (&mut self.old, &mut self.weight);
        self.young.entry(key).or_insert_with(|| {
            let sender = old.remove(&key).unwrap_or_default();
            *weight += ADDRESS + sender.seen.len();
            sender
        })
    }
}

impl Sender {
    fn judge(&mut self, hash: u64, minute: u32, limit: usize) -> Verdict {
        if self.looked != minute {
            self.seen.retain(|_, seen| minute.saturating_sub(*seen) < WINDOW_MIN);
            self.until = self.until.filter(|until| *until > minute);
            self.looked = minute;
        }
        if self.seen.contains_key(&hash) {
            return Verdict::Within;
        }
        if self.until.is_none() && self.seen.len() < limit {
            self.seen.insert(hash, minute);
            return Verdict::Within;
        }
        match self.until.replace(minute.saturating_add(WINDOW_MIN)) {
            None => Verdict::Begins,
            Some(_) => Verdict::GoesOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate::Rate;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n))
    }

    #[test]
    fn the_limits_worth_is_counted_and_the_rest_of_a_flood_is_not() {
        let flood = Flood::new(Some(3));
        let at = |minutes: u64| flood.start + Duration::from_secs(60 * minutes);
        let judge = |attempt: &str, minutes| flood.judge(address(1), attempt, at(minutes));
        // Each attempt once, however many events.
        for attempt in ["a", "b", "a", "a", "c", "b"] {
            assert_eq!(judge(attempt, 0), Verdict::Within, "{attempt}");
        }
        assert_eq!((judge("d", 1), judge("e", 2)), (Verdict::Begins, Verdict::GoesOn));
        assert_eq!(judge("a", 2), Verdict::Within, "it goes on and was counted");
        assert_eq!(flood.judge(address(2), "d", at(2)), Verdict::Within, "others are not held up");
        // The first three are forgotten after an hour; the flood goes on while there is more of it.
        for minutes in [59, 61, 100, 159] {
            assert_eq!(judge(&format!("f{minutes}"), minutes), Verdict::GoesOn, "{minutes}");
        }
        // An hour without: over.
        assert_eq!(judge("g", 159 + 60), Verdict::Within);
    }

    #[test]
    fn people_who_come_one_after_the_other_are_no_flood() {
        let flood = Flood::new(Some(60));
        for minutes in 0..1000 {
            let now = flood.start + Duration::from_secs(60 * minutes);
            assert_eq!(flood.judge(address(1), &format!("a{minutes}"), now), Verdict::Within, "{minutes}");
        }
    }

    #[test]
    fn one_network_one_sender_and_no_limit_none() {
        let (flood, none) = (Flood::new(Some(1)), Flood::new(None));
        let now = flood.start;
        for (from, attempt, expected) in [
            ("2001:db8::1", "a", Verdict::Within),
            ("2001:db8::2", "b", Verdict::Begins),
            ("2001:db8:0:1::1", "c", Verdict::Within),
            ("192.0.2.7", "d", Verdict::Within),
            ("::ffff:192.0.2.7", "e", Verdict::Begins),
        ] {
            assert_eq!(flood.judge(from.parse().unwrap(), attempt, now), expected, "{from}");
            assert_eq!(none.judge(from.parse().unwrap(), attempt, now), Verdict::Within);
        }
        assert_eq!(none.weight(), (0, 0));
    }

    /// A million attempts, faster than time goes on: by the rate limit few are read at all; past it, were there none, as many
    /// are counted as the limit says. What is remembered stays small, from one address and from very many.
    #[test]
    fn a_million_attempts() {
        let (flood, rate) = (Flood::new(Some(1000)), Rate::new(240, 4.0));
        let ids: Vec<String> = (0..1000).map(|n| format!("{n:013}")).collect();
        let (mut read, mut counted, mut counted_without) = (0_u32, 0_u32, 0_u32);
        let without = Flood::new(Some(1000));
        for n in 0..1_000_000_u32 {
            // A thousand a second, for a thousand seconds.
            let now = flood.start + Duration::from_millis(u64::from(n));
            let id = format!("{}{}", ids[n as usize % 1000], n / 1000);
            counted_without += u32::from(without.judge(address(7), &id, now) == Verdict::Within);
            if rate.take(address(7), now).is_ok() {
                read += 1;
                counted += u32::from(flood.judge(address(7), &id, now) == Verdict::Within);
            }
        }
        assert_eq!((read, counted, counted_without), (240 + 4 * 1000 - 1, 1000, 1000));
        assert_eq!(flood.weight(), (ADDRESS + 1000, 0));
        // And from very many addresses, while one keeps on: it is not forgotten.
        let mut most = 0;
        for n in 0..300_000_u32 {
            flood.judge(address(100 + n), "a", flood.start);
            if n % 10_000 == 0 {
                assert_eq!(flood.judge(address(7), &n.to_string(), flood.start), Verdict::GoesOn);
                let (young, old) = flood.weight();
                most = most.max(young + old);
            }
        }
        assert!(most <= 2 * (GENERATION + ADDRESS + 1000), "{most}");
    }
}
