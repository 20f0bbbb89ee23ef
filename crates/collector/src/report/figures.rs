//! The arithmetic: shares with Wilson's interval, hard bounds, and the estimated solve rate.
//!
//! Sources: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209–212.
//! Stratified estimation with additive smoothing of ½ per outcome (Jeffreys' prior). Weights 1/p: Horvitz and Thompson,
//! JASA 47 (1952). Effective number of weighted answers: Kish, "Survey Sampling" (1965), (Σw)²/Σw².

use serde::Serialize;

/// Standard normal quantile for 95 %.
pub const Z: f64 = 1.96;

/// Fewer answers than this are shown as counts: five of five have an interval from 57 % to 100 %.
pub const ENOUGH: u64 = 5;

/// Fewer answers than this in a stratum with over [`LARGE_STRATUM`] of the attempts withhold the estimate.
pub const ENOUGH_IN_STRATUM: u64 = 10;

/// See [`ENOUGH_IN_STRATUM`]; a share of all attempts.
pub const LARGE_STRATUM: f64 = 0.1;

/// `count` of `n`, with Wilson's 95 % interval. Shares are from 0 to 1, and null where `n` is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Proportion {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub n: u64,
    /// `count / n`.
    pub rate: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

impl Proportion {
    /// `count` of `n`; a count over `n` is taken as `n`.
    pub fn new(count: u64, n: u64) -> Proportion {
        let count = count.min(n);
        match wilson(count, n) {
            Some((low, high)) => {
                Proportion { count, n, rate: Some(count as f64 / n as f64), low: Some(low), high: Some(high) }
            }
            None => Proportion { count, n, ..Proportion::default() },
        }
    }

    /// Enough for a percentage.
    pub fn is_enough(&self) -> bool {
        self.n >= ENOUGH
    }
}

/// Wilson's score interval for `count` of `n` at 95 %: (p̂ + z²/2n ± z√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n). None for n = 0.
pub fn wilson(count: u64, n: u64) -> Option<(f64, f64)> {
    if n == 0 {
        return None;
    }
    let (n, p) = (n as f64, count as f64 / n as f64);
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some((((centre - half) / scale).max(0.0), ((centre + half) / scale).min(1.0)))
}

/// Attempts of one behaviour, and what those of them said who answered.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stratum {
    /// Attempts.
    pub attempts: u64,
    /// Answers.
    pub answers: u64,
    /// Answers that said solved.
    pub solved: u64,
    weight: f64,
    weight_solved: f64,
    weight_squared: f64,
}

impl Stratum {
    /// Counts an attempt, and its answer where there is one: solved or not, and the probability with which it was asked.
    pub fn add(&mut self, answer: Option<(bool, f64)>) {
        self.attempts += 1;
        let Some((solved, p)) = answer else { return };
        // An answer to a question that nobody is known to have asked weighs one.
        let weight = if p > 0.0 && p <= 1.0 { 1.0 / p } else { 1.0 };
        self.answers += 1;
        self.weight += weight;
        self.weight_squared += weight * weight;
        if solved {
            self.solved += 1;
            self.weight_solved += weight;
        }
    }

    /// Answers that count for as much as the weighted ones do; the number of answers where all weigh the same.
    fn effective(&self) -> f64 {
        if self.weight_squared > 0.0 { self.weight * self.weight / self.weight_squared } else { 0.0 }
    }

    /// (s + ½) / (n + 1), with weighted answers scaled to their effective number.
    pub fn rate(&self) -> f64 {
        let n = self.effective();
        let share = if self.weight > 0.0 { self.weight_solved / self.weight } else { 0.0 };
        (share * n + 0.5) / (n + 1.0)
    }

    fn variance(&self) -> f64 {
        let rate = self.rate();
        // No answers: as uncertain as one.
        rate * (1.0 - rate) / self.effective().max(1.0)
    }
}

/// The estimated solve rate, or why there is none. Shares are from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Σₖ (Nₖ/N) p̃ₖ.
    pub rate: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub high: Option<f64>,
    /// Why it is withheld.
    pub withheld: Option<String>,
}

/// Estimates over named strata; those who asked a person (`escalated`) count as not solved.
pub fn estimate(strata: &[(&str, Stratum)], escalated: u64) -> Estimate {
    let withheld = |reason: String| Estimate { withheld: Some(reason), ..Estimate::default() };
    let all: u64 = strata.iter().map(|(_, stratum)| stratum.attempts).sum::<u64>() + escalated;
    if all == 0 {
        return withheld("there are no attempts yet".into());
    }
    let share = |stratum: &Stratum| stratum.attempts as f64 / all as f64;
    let thin: Vec<String> = strata
        .iter()
        .filter(|(_, stratum)| share(stratum) > LARGE_STRATUM && stratum.answers < ENOUGH_IN_STRATUM)
        .map(|(name, stratum)| format!("{} of the {} attempts that {name} answered", stratum.answers, stratum.attempts))
        .collect();
    if !thin.is_empty() {
        return withheld(format!(
            "only {}; at least {ENOUGH_IN_STRATUM} answers are needed from every large group",
            thin.join(", and ")
        ));
    }
    let rate: f64 = strata.iter().map(|(_, stratum)| share(stratum) * stratum.rate()).sum();
    let variance: f64 = strata.iter().map(|(_, stratum)| share(stratum) * share(stratum) * stratum.variance()).sum();
    let half = Z * variance.sqrt();
    Estimate { rate: Some(rate), low: Some((rate - half).max(0.0)), high: Some((rate + half).min(1.0)), withheld: None }
}

/// The middle value; the mean of the two in the middle for an even number. None for none.
pub fn median(values: &mut [u32]) -> Option<f64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let high = f64::from(*values.get(middle)?);
    if values.len() % 2 == 1 {
        return Some(high);
    }
    Some((high + f64::from(*values.get(middle.checked_sub(1)?)?)) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 5e-5, "expected {expected}, got {got}");
    }

    /// Known values: Wikipedia and R's `prop.test(correct = FALSE)`, here with z = 1.96.
    #[test]
    fn wilson_known_values() {
        for (count, n, low, high) in [
            (0, 10, 0.0, 0.2775),
            (1, 1, 0.2065, 1.0),
            (5, 5, 0.5655, 1.0),
            (5, 10, 0.2366, 0.7634),
            (8, 10, 0.4902, 0.9433),
            (81, 263, 0.2553, 0.3662),
            (50, 100, 0.4038, 0.5962),
        ] {
            let (got_low, got_high) = wilson(count, n).unwrap();
            close(got_low, low);
            close(got_high, high);
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(Proportion::new(3, 0), Proportion { count: 0, n: 0, rate: None, low: None, high: None });
    }

    proptest::proptest! {
        #[test]
        fn wilson_holds_the_rate(n in 1_u64..100_000, share in 0.0..=1.0_f64) {
            let count = ((n as f64) * share) as u64;
            let p = Proportion::new(count, n);
            let (low, rate, high) = (p.low.unwrap(), p.rate.unwrap(), p.high.unwrap());
            proptest::prop_assert!(0.0 <= low && low <= rate + 1e-12 && rate <= high + 1e-12 && high <= 1.0);
        }
    }

    fn stratum(attempts: u64, answers: &[(bool, f64)]) -> Stratum {
        let mut stratum = Stratum::default();
        answers.iter().for_each(|answer| stratum.add(Some(*answer)));
        (answers.len() as u64..attempts).for_each(|_| stratum.add(None));
        stratum
    }

    #[test]
    fn the_estimate_by_hand() {
        // X+: 60 attempts, 20 answers, 16 solved: (16 + .5)/21 = .785714
        // X−: 20 attempts, 10 answers, 1 solved: (1 + .5)/11 = .136364
        // U: 10 attempts, 10 % of all, so nothing is asked of it; 0 answers: .5/1 = .5
        // E: 10 attempts: 0
        let yes = |n| vec![(true, 1.0); n];
        let no = |n| vec![(false, 1.0); n];
        let plus = stratum(60, &[yes(16), no(4)].concat());
        let minus = stratum(20, &[yes(1), no(9)].concat());
        let unclear = stratum(10, &[]);
        let got = estimate(&[("read", plus), ("gave up", minus), ("left", unclear)], 10);
        // .6 × .785714 + .2 × .136364 + .1 × .5 + 0 = .548701
        close(got.rate.unwrap(), 0.548701);
        // .36 × .785714 × .214286/20 + .04 × .136364 × .863636/10 + .01 × .25/1
        // = .00303061 + .00047107 + .0025 = .00600168; √ = .0774705; × 1.96 = .151842
        close(got.low.unwrap(), 0.548701 - 0.151842);
        close(got.high.unwrap(), 0.548701 + 0.151842);
    }

    #[test]
    fn the_estimate_is_withheld_where_a_large_group_is_silent() {
        let answered = stratum(80, &[(true, 1.0); 40]);
        let silent = stratum(20, &[(false, 1.0); 9]);
        let got = estimate(&[("read to the end", answered), ("gave up", silent)], 0);
        assert_eq!(got.rate, None);
        assert_eq!(
            got.withheld.unwrap(),
            "only 9 of the 20 attempts that gave up answered; at least 10 answers are needed from every large group"
        );
        assert!(estimate(&[], 0).withheld.unwrap().contains("no attempts"));
        // Everybody asked a person: nothing to estimate, and nothing solved.
        close(estimate(&[], 7).rate.unwrap(), 0.0);
    }

    #[test]
    fn answers_that_were_sampled_weigh_more() {
        // Ten asked for certain said solved; ten asked one time in four said not. Σw = 10 + 40 = 50, solved share 10/50.
        // Effective answers 50²/(10 + 160) = 14.70588; (.2 × 14.70588 + .5)/15.70588 = .219101
        let mixed = stratum(100, &[vec![(true, 1.0); 10], vec![(false, 0.25); 10]].concat());
        close(mixed.rate(), 0.219101);
        // All asked with the same probability: as if it were one. (10 + .5)/21
        let same = stratum(100, &[vec![(true, 0.25); 10], vec![(false, 0.25); 10]].concat());
        close(same.rate(), 0.5);
        // A broken probability weighs one.
        close(stratum(1, &[(true, 0.0)]).rate(), 0.75);
    }

    #[test]
    fn medians() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [7]), Some(7.0));
        assert_eq!(median(&mut [30, 10]), Some(20.0));
        assert_eq!(median(&mut [50, 10, 30]), Some(30.0));
    }
}
