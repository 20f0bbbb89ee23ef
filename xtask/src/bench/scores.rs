//! How good lists are: nDCG@10, its mean over questions, and how far a difference of two engines may be chance.

use std::collections::BTreeMap;

use super::seed::Chance;

/// Places that count.
pub const DEPTH: usize = 10;

/// Times that questions are drawn again for an interval. Its ends move by some 0.001 between 2,000 and more.
const DRAWS: usize = 2_000;

/// nDCG@10 of a list for one question (Järvelin and Kekäläinen 2002; gain 2^grade - 1, discount log2(rank + 1)): 1 if the
/// pages that answer stand in front in the order of their grades, 0 if none is among the first ten. What is not judged
/// counts as wrong. A page that is listed twice counts where it stands first.
pub fn ndcg<S: AsRef<str>>(list: &[S], grades: &BTreeMap<String, u32>) -> f64 {
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for id in list.iter().map(AsRef::as_ref).take(DEPTH) {
        let grade = if seen.contains(&id) { 0 } else { grades.get(id).copied().unwrap_or(0) };
        seen.push(id);
        found.push(grade);
    }
    let mut best: Vec<u32> = grades.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = gain(&best);
    if ideal > 0.0 { gain(&found) / ideal } else { 0.0 }
}

fn gain(grades: &[u32]) -> f64 {
    let discounted = |(at, grade): (usize, &u32)| f64::from((1_u32 << grade) - 1) / libm::log2(at as f64 + 2.0);
    // Not `sum`, which makes -0 of nothing.
    grades.iter().take(DEPTH).enumerate().map(discounted).fold(0.0, |sum, gain| sum + gain)
}

/// The mean; 0 of none.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The 95 % interval of the mean of paired differences, by drawing questions again (bootstrap, percentiles). `name` seeds
/// it, so that the same values give the same interval.
pub fn interval(differences: &[f64], name: &[&str]) -> (f64, f64) {
    if differences.is_empty() {
        return (0.0, 0.0);
    }
    let mut chance = Chance::of(name);
    let mut means: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let sum: f64 = (0..differences.len()).map(|_| differences[chance.below(differences.len())]).sum();
            sum / differences.len() as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (means[DRAWS / 40], means[DRAWS - 1 - DRAWS / 40])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &[&str], expected: f64) {
        let grades = BTreeMap::from([("best".to_owned(), 2), ("good".to_owned(), 1)]);
        let found = ndcg(list, &grades);
        assert!((found - expected).abs() < 1e-4, "{list:?}: {found}, expected {expected}");
    }

    #[test]
    fn lists_are_graded_by_place() {
        check(&["best", "good"], 1.0);
        // (1 + 3 / log2(3)) / (3 + 1 / log2(3))
        check(&["good", "best"], 0.796_7);
        // 3 / (3 + 1 / log2(3))
        check(&["best", "x", "y"], 0.826_2);
        check(&["best", "best"], 0.826_2);
        check(&[], 0.0);
        check(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "best"], 0.0);
    }

    #[test]
    fn an_interval_holds_the_mean_and_comes_out_the_same() {
        let differences: Vec<f64> = (0..100).map(|n| f64::from(n % 5) / 10.0).collect();
        let (low, high) = interval(&differences, &["a"]);
        assert!(low < 0.2 && 0.2 < high && high - low < 0.08, "{low} {high}");
        assert_eq!(interval(&differences, &["a"]), (low, high));
        assert_eq!(interval(&[0.3; 9], &["a"]).0, interval(&[0.3; 9], &["b"]).1);
        assert_eq!(interval(&[], &["a"]), (0.0, 0.0));
    }
}
