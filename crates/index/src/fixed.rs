//! The arithmetic of scores: integers only, so that a question scores the same natively and in the browser, bit for bit.
//! (std's `ln`, `exp` and `powf` give other bits in wasm.)

/// A term's weight in an article is stored in five bits: 3 of exponent and 2 of mantissa,
/// value = (4 + m) × 2^(e + 2) in units of 1/128. That is 0.125 to 28 in steps of 14 to 25 %. Finer steps, 4 bits of
/// mantissa, cost 8 % more bytes of terms after compression and ranked no better.
pub fn decode_weight(code: u8) -> u32 {
    (4 + u32::from(code & 3)) << (2 + (code >> 2 & 7))
}

/// How many codes there are.
const WEIGHTS: u8 = 32;

/// The code whose weight is nearest to `weight`, a number of 1/128. What is too small or too large takes the end of the
/// scale. Ties go to the smaller code.
pub fn encode_weight(weight: f64) -> u8 {
    let mut best = 0;
    for code in 1..WEIGHTS {
        let (a, b) = (f64::from(decode_weight(best)), f64::from(decode_weight(code)));
        if weight - a <= b - weight {
            break;
        }
        best = code;
    }
    best
}

/// log₂(x) in units of 1/65,536, rounded down; 0 for x = 0.
/// By repeated squaring of the mantissa: Knuth, The Art of Computer Programming 1, 1.2.2, exercise 25's binary method.
pub fn log2(x: u64) -> u32 {
    if x == 0 {
        return 0;
    }
    let whole = 63 - x.leading_zeros();
    // Mantissa in [1, 2) with 31 fractional bits.
    let mut mantissa = if whole >= 31 { x >> (whole - 31) } else { x << (31 - whole) };
    let mut out = whole << 16;
    for bit in (0..16).rev() {
        mantissa = (mantissa * mantissa) >> 31;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            out |= 1 << bit;
        }
    }
    out
}

/// Inverse document frequency of a term in `df` of `n` articles to the power of ¾, in units of 1/256:
/// log₂(1 + (n − df + ½)/(df + ½)) = log₂((2n + 2)/(2 df + 1)), after Robertson and Zaragoza 2009 (as in Lucene's BM25,
/// with another base). The power keeps one rare word from deciding alone; .7 to .8 came out best over six help centres,
/// and ¾ takes two square roots. More articles than exist count as all of them.
pub fn idf(df: u32, n: u32) -> u32 {
    let df = df.min(n);
    let idf = (log2(2 * u64::from(n) + 2) - log2(2 * u64::from(df) + 1)) >> 8;
    (idf * (idf * 256).isqrt()).isqrt()
}

/// BM25's saturation w/(k₁ + w) with k₁ = 1.2, in units of 1/1,024; `weight` in units of 1/128.
pub fn saturate(weight: u32) -> u32 {
    const K1: u32 = 154; // 1.2 × 128, rounded
    // As near to 1,024 as it gets; more would not fit 32 bits, which the browser divides faster than 64.
    let w = weight.min(1 << 21);
    w * 1024 / (K1 + w)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_round_to_the_nearest_code() {
        for code in 0..WEIGHTS {
            assert_eq!(encode_weight(f64::from(decode_weight(code))), code);
        }
        assert_eq!((encode_weight(0.0), encode_weight(1e9)), (0, WEIGHTS - 1));
        assert!((0..WEIGHTS - 1).all(|c| decode_weight(c) < decode_weight(c + 1)));
    }

    #[test]
    fn logarithms() {
        for (x, expected) in [(1, 0), (2, 1 << 16), (8, 3 << 16), (u64::MAX, (63 << 16) + 65_535)] {
            assert_eq!(log2(x), expected);
        }
        for x in [3u64, 10, 12_345, 1 << 40] {
            let exact = libm::log2(x as f64) * 65_536.0;
            assert!((f64::from(log2(x)) - exact).abs() < 2.0, "{x}");
        }
    }

    #[test]
    fn rarer_is_heavier() {
        assert!(idf(1, 1000) > idf(10, 1000) && idf(10, 1000) > idf(999, 1000));
        assert_eq!(idf(2000, 1000), idf(1000, 1000));
        assert!(saturate(128) < saturate(256) && saturate(u32::MAX) <= 1024);
    }
}
