//! How many requests had to wait for each other, one after the other.

/// A request: when the page asked, and when all of the answer was there.
#[derive(Clone, Copy)]
pub struct Request {
    pub asked: f64,
    pub there: f64,
}

/// The longest chain of requests each of which was asked for after the answer to the one before was there. On a link
/// where a way there and back takes far longer than anything else, and bytes take no time, that is the number of times
/// that a visitor waits for that way. 0 without requests.
pub fn steps(requests: &[Request]) -> usize {
    let mut requests = requests.to_vec();
    requests.sort_by(|a, b| a.asked.total_cmp(&b.asked));
    let mut chains: Vec<(f64, usize)> = Vec::new();
    for request in requests {
        let before = chains.iter().filter(|(there, _)| *there <= request.asked).map(|(_, length)| *length).max();
        chains.push((request.there, before.unwrap_or(0) + 1));
    }
    chains.into_iter().map(|(_, length)| length).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_side_by_side_is_one_step() {
        let check = |requests: &[(f64, f64)], expected: usize| {
            let requests: Vec<Request> =
                requests.iter().map(|(asked, there)| Request { asked: *asked, there: *there }).collect();
            assert_eq!(steps(&requests), expected);
        };
        check(&[], 0);
        check(&[(0.0, 400.0), (1.0, 401.0), (399.0, 800.0)], 1);
        check(&[(0.0, 400.0), (405.0, 805.0), (810.0, 1210.0)], 3);
        // Asked for at once, and one of them had to wait for a connection.
        check(&[(0.0, 400.0), (0.0, 800.0), (0.0, 400.0)], 1);
        check(&[(810.0, 1210.0), (0.0, 400.0), (402.0, 802.0), (403.0, 803.0)], 3);
    }
}
