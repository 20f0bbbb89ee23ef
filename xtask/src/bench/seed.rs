//! Chance that comes out the same on every machine: drawn from a text that names what it is for.

/// A number for the texts, as good as random and always the same (FNV-1a, mixed once more).
pub fn hash(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    mix(hash)
}

/// A row of numbers, as good as random (splitmix64).
pub struct Chance(u64);

impl Chance {
    /// The row that belongs to the texts.
    pub fn of(parts: &[&str]) -> Chance {
        Chance(hash(parts))
    }

    /// The next number below `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // The high bits of a product: even over the range, to one part in 2^64 / end.
        let wide = u128::from(mix(self.0)) * end as u128;
        usize::try_from(wide >> 64).unwrap_or_default()
    }

    /// One of them; none of none.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_texts_give_the_same_numbers() {
        let row = |parts: &[&str]| {
            let mut chance = Chance::of(parts);
            (0..8).map(|_| chance.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(row(&["a", "b"]), row(&["a", "b"]));
        assert_ne!(row(&["a", "b"]), row(&["ab"]));
        assert_ne!(row(&["a", "b"]), row(&["b", "a"]));
    }

    #[test]
    fn numbers_are_spread_over_the_range() {
        let mut chance = Chance::of(&["spread"]);
        let mut counts = [0; 4];
        (0..4000).for_each(|_| counts[chance.below(4)] += 1);
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.one_of::<u8>(&[]), None);
    }
}
