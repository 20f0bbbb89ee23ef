//! Many values as one: the least value that a given part of them does not exceed (nearest rank).

/// The value below which or at which `part` (0 to 1) of the values lie; none of none.
pub fn percentile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    // The product may come out a hair above a whole number.
    let rank = (part * sorted.len() as f64 - 1e-9).ceil().max(1.0);
    sorted.get(rank as usize - 1).copied()
}

/// The middle value, the lower of two.
pub fn median(values: &[f64]) -> Option<f64> {
    percentile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let check = |part: f64, expected: f64| assert_eq!(percentile(&hundred, part), Some(expected), "{part}");
        check(0.5, 50.0);
        check(0.95, 95.0);
        check(0.99, 99.0);
        check(1.0, 100.0);
        check(0.0, 1.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }
}
