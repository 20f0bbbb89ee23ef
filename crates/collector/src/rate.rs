//! How often an address may send: a token bucket each, in memory, gone with the process and never logged.
//!
//! The table is bounded without a scan: buckets live in two generations. When the young one is full it becomes the old
//! one and the old one is forgotten; a bucket in use moves to the young one. Forgetting a bucket gives its address a full
//! one, which an attacker with that many addresses would have anyway.
//!
//! IPv6 addresses count by their /64, the smallest network that is handed out (RFC 6177).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Addresses in one generation.
const GENERATION: usize = 8192;

/// Token buckets by address.
#[derive(Debug)]
pub struct Rate {
    burst: f64,
    per_second: f64,
    generations: Mutex<[HashMap<IpAddr, Bucket>; 2]>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Rate {
    /// At most `burst` requests at once, `per_second` in the long run. Zero `per_second` never fills up again.
    pub fn new(burst: u32, per_second: f64) -> Rate {
        Rate { burst: f64::from(burst), per_second: per_second.max(0.0), generations: Mutex::default() }
    }

    /// Takes a token for `address` at `now`.
    ///
    /// # Errors
    /// The whole seconds to wait, at least 1, when there is none.
    pub fn take(&self, address: IpAddr, now: Instant) -> Result<(), u64> {
        let key = network(address);
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let [young, old] = &mut *generations;
        let mut bucket =
            young.get(&key).or_else(|| old.get(&key)).copied().unwrap_or(Bucket { tokens: self.burst, at: now });
        let passed_s = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed_s * self.per_second).min(self.burst);
        bucket.at = now;
        let taken = bucket.tokens >= 1.0;
        let wait_s = if taken { 0.0 } else { (1.0 - bucket.tokens) / self.per_second.max(1e-6) };
        if taken {
            bucket.tokens -= 1.0;
        }
        if young.len() >= GENERATION && !young.contains_key(&key) {
            *old = std::mem::take(young);
        }
        young.insert(key, bucket);
        if taken { Ok(()) } else { Err((wait_s.ceil() as u64).clamp(1, 3600)) }
    }

    /// Gives `address` back the token it took, as if it had not.
    pub fn give_back(&self, address: IpAddr) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let [young, old] = &mut *generations;
        let key = network(address);
        if let Some(bucket) = young.get_mut(&key).or_else(|| old.get_mut(&key)) {
            bucket.tokens = (bucket.tokens + 1.0).min(self.burst);
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.generations.lock().unwrap().iter().map(HashMap::len).sum()
    }
}

/// What counts as one sender: an IPv4 address, or the /64 of an IPv6 one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    #[test]
    fn a_burst_then_a_steady_drip() {
        let rate = Rate::new(3, 0.5);
        let (address, start) = (IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)), Instant::now());
        let at = |s| start + Duration::from_secs(s);
        assert_eq!([0, 0, 0].map(|s| rate.take(address, at(s))), [Ok(()); 3]);
        assert_eq!(rate.take(address, at(0)), Err(2), "half a token a second");
        assert_eq!(rate.take(address, at(1)), Err(1));
        assert_eq!(rate.take(address, at(2)), Ok(()));
        assert_eq!(rate.take(address, at(2)), Err(2));
        assert_eq!(rate.take("198.51.100.1".parse().unwrap(), at(2)), Ok(()), "others are not held up");
    }

    #[test]
    fn one_network_one_bucket() {
        let rate = Rate::new(1, 0.0);
        let now = Instant::now();
        assert!(rate.take("2001:db8::1".parse().unwrap(), now).is_ok());
        assert!(rate.take("2001:db8::2".parse().unwrap(), now).is_err());
        assert!(rate.take("2001:db8:0:1::1".parse().unwrap(), now).is_ok());
        assert!(rate.take("192.0.2.7".parse().unwrap(), now).is_ok());
        assert!(rate.take("::ffff:192.0.2.7".parse().unwrap(), now).is_err(), "mapped IPv4 is IPv4");
    }

    #[test]
    fn what_was_given_back_can_be_taken_again() {
        let rate = Rate::new(1, 0.0);
        let (address, now) = ("192.0.2.7".parse().unwrap(), Instant::now());
        for _ in 0..3 {
            assert!(rate.take(address, now).is_ok());
            rate.give_back(address);
        }
        rate.give_back(address);
        assert!(rate.take(address, now).is_ok());
        assert!(rate.take(address, now).is_err(), "never more than the burst");
        rate.give_back("198.51.100.1".parse().unwrap());
        assert_eq!(rate.len(), 1, "who never came is not remembered");
    }

    #[test]
    fn the_table_is_bounded_and_keeps_who_is_in_use() {
        let rate = Rate::new(1, 0.0);
        let now = Instant::now();
        let busy = "203.0.113.9".parse().unwrap();
        assert!(rate.take(busy, now).is_ok());
        for n in 0..100_000_u32 {
            rate.take(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n)), now).ok();
            if n % 1000 == 0 {
                assert!(rate.take(busy, now).is_err());
            }
        }
        assert!(rate.len() <= 2 * GENERATION, "{}", rate.len());
    }
}
