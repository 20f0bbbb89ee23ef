//! Where shards begin.

use xxhash_rust::xxh64::xxh64;

/// Cuts `items` into parts of about `limit`, a quarter more or less: within that before the item whose name has the lowest
/// hash. So where parts begin depends on names more than on sizes, and what changes in one part rarely moves the ends of
/// others. Nothing gives no part; a single large item is a part of its own.
pub(crate) fn cut<'a, T>(
    items: &'a [T],
    limit: usize,
    size: impl Fn(&T) -> usize,
    name: impl Fn(&'a T) -> &'a str,
) -> Vec<&'a [T]> {
    let (least, most) = (limit - limit / 4, limit.saturating_add(limit / 4));
    let (mut parts, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        let (mut total, mut best) = (0usize, None);
        let mut end = rest.len();
        for (at, item) in rest.iter().enumerate() {
            if at > 0 && total >= least {
                let hash = xxh64(name(item).as_bytes(), 0);
                best = best.filter(|(lowest, _)| *lowest <= hash).or(Some((hash, at)));
            }
            total = total.saturating_add(size(item));
            if total > most && at > 0 {
                end = best.map_or(at, |(_, at)| at);
                break;
            }
        }
        let (part, others) = rest.split_at(end);
        parts.push(part);
        rest = others;
    }
    parts
}
