//! Range coding: bits in as few bytes as they are surprising.
//!
//! ```text
//! stream := bytes of the coded fraction, the most significant first; those beyond the end are 0
//! ```
//!
//! A bit is coded by a *model*, which knows how often it was set before, so that what is expected costs next to nothing
//! and nobody has to store a table: who reads learns as who writes. Range coding is G. N. N. Martin 1979, "Range encoding:
//! an algorithm for removing redundancy from a digitised message"; the range has 32 bits and is brought back above 2²⁴ by
//! whole bytes. A model's step is 1 ÷ (times seen + 1.6), at least 1 ÷ 31.6: after the rule of succession it learns fast at
//! first, which matters in files of a few kB.
//!
//! [`Coder`] has the same calls for both directions, so that a format is written down once, as the function that codes it.
//!
//! Why not compression alone: brotli at quality 11 made 646 kB of the term shards of LibreOffice's Swedish help when they
//! were bytes; modelled and coded they are 30 % less, and as small on a server that compresses nothing.

/// How likely a bit is to be set, as learnt so far.
#[derive(Debug, Clone, Copy)]
struct Bit {
    /// In parts of 65,536.
    set: u16,
    /// How often it was seen, as far as that matters.
    seen: u8,
}

/// Times after which a model's step gets no smaller.
const SEEN: usize = 30;

/// A probability stays this far from 0 and 1, in parts of 65,536: an unlikely bit costs at most 11 bits.
const SURE: u16 = 32;

/// A power of two of them, so that no access needs a check.
const STEPS: [u16; 32] = {
    let mut steps = [0; 32];
    let mut seen = 0;
    while seen <= SEEN {
        steps[seen] = (655_360 / (10 * seen as u32 + 16)) as u16;
        seen += 1;
    }
    steps
};

impl Bit {
    fn learn(&mut self, bit: bool) {
        let step = u32::from(STEPS[usize::from(self.seen) % STEPS.len()]);
        let set = u32::from(self.set);
        let moved = if bit { set + (((65_535 - set) * step) >> 16) } else { set - ((set * step) >> 16) };
        self.set = (moved as u16).clamp(SURE, u16::MAX - SURE);
        self.seen += u8::from(usize::from(self.seen) < SEEN);
    }

    fn bound(self, range: u32) -> u32 {
        (range >> 16) * u32::from(self.set)
    }
}

/// The models of a stream, by their places. One array of them, and calls with places in it instead of references to
/// models, are 2 kB less of the widget than fields of arrays.
struct Models(Vec<Bit>);

impl Models {
    fn new(models: usize) -> Models {
        Models(vec![Bit { set: 1 << 15, seen: 0 }; models])
    }

    /// The model at a place. There is one, or whoever codes has a layout that is too small: then the last one.
    fn at(&mut self, place: usize) -> Option<&mut Bit> {
        let last = self.0.len().wrapping_sub(1);
        debug_assert!(place <= last, "model {place} of {last}");
        self.0.get_mut(place.min(last))
    }
}

/// How many models a number takes.
pub(crate) const NUMBER: usize = 64;

/// Codes bits in one direction. What goes in when writing comes out when reading; what goes in when reading is ignored.
pub(crate) trait Coder {
    /// Which direction that is.
    const WRITES: bool;

    /// A bit with the model at a place.
    fn bit(&mut self, place: usize, bit: bool) -> bool;

    /// The low `bits` of a number, each as likely set as not.
    fn raw(&mut self, bits: u32, value: u32) -> u32;

    /// A number of so many bits by a tree of 2^`bits` models from a place on.
    fn tree(&mut self, place: usize, bits: u32, value: u32) -> u32 {
        let mut node = 1u32;
        for bit in (0..bits).rev() {
            node = node << 1 | u32::from(self.bit(place + node as usize, value >> bit & 1 == 1));
        }
        node - (1 << bits)
    }

    /// A number, small ones being likely, by [`NUMBER`] models from a place on: its length in bits, one by one, then the
    /// highest two bits with models. `u32::MAX` is too large and becomes one less.
    fn number(&mut self, place: usize, value: u32) -> u32 {
        let value = value.saturating_add(1);
        let mut length = 0;
        while length < 31 && self.bit(place + length as usize, length < value.ilog2()) {
            length += 1;
        }
        let modelled = length.min(2);
        let mut out = 1u32;
        for bit in (length - modelled..length).rev() {
            let high = place + 32 + (length.min(7) * 4 + out) as usize;
            out = out << 1 | u32::from(self.bit(high, value >> bit & 1 == 1));
        }
        let low = length - modelled;
        (out << low | self.raw(low, value & ((1 << low) - 1))) - 1
    }
}

/// Below this a byte is coded and the range widened.
const LOW: u32 = 1 << 24;

/// Writes a stream.
pub(crate) struct Encoder {
    models: Models,
    low: u64,
    range: u32,
    /// The last byte that may still change by a carry, and how many bytes of 255 follow it. The first byte is none.
    last: Option<u8>,
    full: usize,
    out: Vec<u8>,
}

impl Encoder {
    /// With so many models that have seen nothing.
    pub fn new(models: usize) -> Encoder {
        Encoder { models: Models::new(models), low: 0, range: u32::MAX, last: None, full: 0, out: Vec::new() }
    }

    /// Moves the highest byte out.
    fn shift(&mut self) {
        let carry = self.low >> 32 != 0;
        let byte = (self.low >> 24) as u8;
        if carry || byte != u8::MAX {
            if let Some(last) = self.last {
                self.out.push(last.wrapping_add(u8::from(carry)));
            }
            let full = if carry { 0 } else { u8::MAX };
            self.out.extend(std::iter::repeat_n(full, self.full));
            (self.last, self.full) = (Some(byte), 0);
        } else {
            self.full += 1;
        }
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    fn widen(&mut self) {
        while self.range < LOW {
            self.range <<= 8;
            self.shift();
        }
    }

    /// What follows is coded by so many models that have seen nothing.
    pub fn renew(&mut self, models: usize) {
        self.models = Models::new(models);
    }

    /// The stream.
    pub fn finish(mut self) -> Vec<u8> {
        // Of all that are within the range, the number with the fewest bytes.
        for bits in (0..32).rev() {
            let rounded = (self.low + (1 << bits) - 1) >> bits << bits;
            if rounded < self.low + u64::from(self.range) {
                self.low = rounded;
                break;
            }
        }
        (0..5).for_each(|_| self.shift());
        while self.out.last() == Some(&0) {
            self.out.pop();
        }
        self.out
    }
}

impl Coder for Encoder {
    const WRITES: bool = true;

    fn bit(&mut self, place: usize, bit: bool) -> bool {
        let Some(model) = self.models.at(place) else { return false };
        let bound = model.bound(self.range);
        if bit {
            self.range = bound;
        } else {
            self.low += u64::from(bound);
            self.range -= bound;
        }
        model.learn(bit);
        self.widen();
        bit
    }

    fn raw(&mut self, bits: u32, value: u32) -> u32 {
        for bit in (0..bits).rev() {
            self.range >>= 1;
            if value >> bit & 1 == 1 {
                self.low += u64::from(self.range);
            }
            self.widen();
        }
        value
    }
}

/// Where a stream was read to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    at: usize,
    range: u32,
    code: u32,
}

/// Reads a stream. Any bytes are a stream, of something.
pub(crate) struct Decoder<'a> {
    models: Models,
    bytes: &'a [u8],
    at: usize,
    range: u32,
    code: u32,
}

impl<'a> Decoder<'a> {
    /// With so many models that have seen nothing.
    pub fn new(bytes: &'a [u8], models: usize) -> Decoder<'a> {
        let mut decoder = Decoder { models: Models::new(models), bytes, at: 0, range: u32::MAX, code: 0 };
        (0..4).for_each(|_| decoder.next());
        decoder
    }

    /// Where it is, to go on from there later.
    pub fn mark(&self) -> Mark {
        Mark { at: self.at, range: self.range, code: self.code }
    }

    /// Goes on where another one of the same bytes was, with so many models that have seen nothing: as [`Encoder::renew`].
    pub fn resume(bytes: &'a [u8], mark: Mark, models: usize) -> Decoder<'a> {
        Decoder { models: Models::new(models), bytes, at: mark.at, range: mark.range, code: mark.code }
    }

    fn next(&mut self) {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        self.code = self.code << 8 | u32::from(byte);
    }

    fn widen(&mut self) {
        while self.range < LOW {
            self.range <<= 8;
            self.next();
        }
    }
}

impl Coder for Decoder<'_> {
    const WRITES: bool = false;

    fn bit(&mut self, place: usize, _: bool) -> bool {
        let Some(model) = self.models.at(place) else { return false };
        let bound = model.bound(self.range);
        let bit = self.code < bound;
        if bit {
            self.range = bound;
        } else {
            self.code -= bound;
            self.range -= bound;
        }
        model.learn(bit);
        self.widen();
        bit
    }

    fn raw(&mut self, bits: u32, _: u32) -> u32 {
        let mut value = 0;
        for _ in 0..bits {
            self.range >>= 1;
            let bit = self.code >= self.range;
            if bit {
                self.code -= self.range;
            }
            value = value << 1 | u32::from(bit);
            self.widen();
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a stream may hold.
    #[derive(Debug, Clone)]
    enum Said {
        Bit(bool),
        Raw(u32),
        Tree(u32),
        Number(u32),
    }

    fn code(coder: &mut impl Coder, all: &[Said]) -> Vec<Said> {
        let one = |said: &Said| match *said {
            Said::Bit(b) => Said::Bit(coder.bit(0, b)),
            Said::Raw(v) => Said::Raw(coder.raw(13, v)),
            Said::Tree(v) => Said::Tree(coder.tree(1, 4, v)),
            Said::Number(v) => Said::Number(coder.number(17, v)),
        };
        all.iter().map(one).collect()
    }

    fn check(all: &[Said]) -> usize {
        let mut encoder = Encoder::new(17 + NUMBER);
        code(&mut encoder, all);
        let bytes = encoder.finish();
        let read = code(&mut Decoder::new(&bytes, 17 + NUMBER), all);
        assert_eq!(format!("{read:?}"), format!("{all:?}"));
        bytes.len()
    }

    #[test]
    fn what_is_expected_costs_little() {
        assert_eq!(check(&[]), 0);
        // 11 bits of 1/2,048 each, and what it takes to learn that.
        assert!(check(&vec![Said::Bit(false); 10_000]) < 20);
        assert!(check(&vec![Said::Number(3); 1_000]) < 20);
        // A carry through many bytes.
        assert!(check(&vec![Said::Raw(8191); 1_000]) <= 1_626);
    }

    fn said() -> impl proptest::strategy::Strategy<Value = Said> {
        use proptest::prelude::*;
        prop_oneof![
            any::<bool>().prop_map(Said::Bit),
            (0u32..1 << 13).prop_map(Said::Raw),
            (0u32..16).prop_map(Said::Tree),
            prop_oneof![0u32..50, 0u32..u32::MAX - 1].prop_map(Said::Number),
        ]
    }

    proptest::proptest! {
        #[test]
        fn reads_back(all in proptest::collection::vec(said(), 0..300)) {
            check(&all);
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, all in proptest::collection::vec(said(), 0..300)) {
            code(&mut Decoder::new(&bytes, 17 + NUMBER), &all);
        }
    }
}
