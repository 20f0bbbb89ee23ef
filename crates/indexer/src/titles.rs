//! What all pages say in their `<title>` is the site's name and not the article's: ` – Acme`, ` | Help | Acme`.
//!
//! A suffix (or prefix) counts as the site's when at least three titles and at least half of those in the language
//! have it. Several are removed one after the other.

use std::collections::BTreeMap;

/// Separators between an article's title and the site's name, as generators write them.
const SEPARATORS: [&str; 9] = [" – ", " | ", " - ", " — ", " · ", " :: ", " « ", " » ", ": "];
/// Fewest titles that show a pattern rather than a coincidence.
const FEWEST: usize = 3;
/// Site, section, product: nothing seen in practice has more.
const MOST_PARTS: usize = 4;

/// Removes the site's name from the titles, where many share it.
pub(crate) fn strip_site_name(titles: &mut [String]) {
    for _ in 0..MOST_PARTS {
        if !strip_shared(titles, suffix) && !strip_shared(titles, prefix) {
            return;
        }
    }
}

/// Removes a name that the page itself says is the site's (`og:site_name`).
pub(crate) fn strip_known_name(title: &str, site: &str) -> String {
    let site = site.trim();
    if site.is_empty() {
        return title.to_owned();
    }
    for separator in SEPARATORS {
        let rest = title
            .strip_suffix(site)
            .and_then(|t| t.strip_suffix(separator))
            .or_else(|| title.strip_prefix(site).and_then(|t| t.strip_prefix(separator)));
        if let Some(rest) = rest.map(str::trim).filter(|r| !r.is_empty()) {
            return rest.to_owned();
        }
    }
    title.to_owned()
}

fn strip_shared(titles: &mut [String], part: fn(&str) -> Option<(&str, &str)>) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for title in titles.iter() {
        if let Some((_, shared)) = part(title) {
            *counts.entry(shared).or_default() += 1;
        }
    }
    // The first in order among equals, so that the answer does not hang on the order of files.
    let Some(count) = counts.values().max().copied() else { return false };
    let shared = counts.iter().find(|(_, c)| **c == count).map(|(s, _)| (*s).to_owned());
    let Some(shared) = shared.filter(|_| count >= FEWEST && count * 2 >= titles.len()) else { return false };
    for title in titles.iter_mut() {
        if let Some((kept, _)) = part(title).filter(|(_, s)| *s == shared) {
            *title = kept.to_owned();
        }
    }
    true
}

/// (what is kept, the last separator and what follows)
fn suffix(title: &str) -> Option<(&str, &str)> {
    let at = SEPARATORS.iter().filter(|s| **s != ": ").filter_map(|s| title.rfind(s)).max()?;
    let (kept, shared) = title.split_at_checked(at)?;
    let kept = kept.trim();
    (!kept.is_empty()).then_some((kept, shared))
}

/// (what is kept, what precedes up to the first separator)
fn prefix(title: &str) -> Option<(&str, &str)> {
    let end = SEPARATORS.iter().filter_map(|s| title.find(s).map(|at| at + s.len())).min()?;
    let (shared, kept) = title.split_at_checked(end)?;
    let kept = kept.trim();
    (!kept.is_empty() && !shared.trim().is_empty()).then_some((kept, shared))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(titles: &[&str], expected: &[&str]) {
        let mut titles: Vec<String> = titles.iter().map(|t| (*t).to_owned()).collect();
        strip_site_name(&mut titles);
        assert_eq!(titles, expected);
    }

    #[test]
    fn shared_parts_go_and_own_parts_stay() {
        check(&["Router – Acme", "Bill – Acme", "TV – fel – Acme"], &["Router", "Bill", "TV – fel"]);
        check(&["A | Help | Acme", "B | Help | Acme", "C | Help | Acme"], &["A", "B", "C"]);
        check(&["Acme: A", "Acme: B", "Acme: C"], &["A", "B", "C"]);
        check(&["A – Acme", "B – Acme"], &["A – Acme", "B – Acme"]);
        check(&["A – x", "B – y", "C – z"], &["A – x", "B – y", "C – z"]);
        check(&["Acme", "A | Acme", "B | Acme", "C | Acme"], &["Acme", "A", "B", "C"]);
        check(&[], &[]);
    }

    #[test]
    fn a_known_name_goes_from_one_title() {
        assert_eq!(strip_known_name("Router | Acme", "Acme"), "Router");
        assert_eq!(strip_known_name("Acme - Router", "Acme"), "Router");
        assert_eq!(strip_known_name("Acme", "Acme"), "Acme");
        assert_eq!(strip_known_name("Router", ""), "Router");
    }
}
