//! Which crate may use which. Dependencies of tests are free: tests go through the whole house.

use crate::workspace::Workspace;

/// A crate and what it may use. `ARCHITECTURE.md` draws the same.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("svar-analysis", &[]),
    ("svar-outcome", &[]),
    ("svar-index", &["svar-analysis"]),
    ("svar-search", &["svar-index", "svar-analysis"]),
    ("svar-session", &["svar-search", "svar-index", "svar-outcome", "svar-analysis"]),
    ("svar-widget", &["svar-session", "svar-search", "svar-index", "svar-outcome", "svar-analysis"]),
    ("svar-indexer", &["svar-index", "svar-analysis", "svar-search"]),
    ("svar-collector", &["svar-outcome", "svar-analysis"]),
    (
        "svar-cli",
        &[
            "svar-indexer",
            "svar-collector",
            "svar-session",
            "svar-search",
            "svar-index",
            "svar-outcome",
            "svar-analysis",
            "svar-simulate",
        ],
    ),
    (
        "svar-simulate",
        &[
            "svar-indexer",
            "svar-collector",
            "svar-session",
            "svar-search",
            "svar-index",
            "svar-outcome",
            "svar-analysis",
        ],
    ),
    ("svar-bench-engine", &["svar-indexer", "svar-search", "svar-index", "svar-analysis"]),
    ("svar-bench-load", &["svar-outcome"]),
    ("xtask", &[]),
];

/// Arrows that are not allowed, and crates that the table does not know.
pub fn check(workspace: &Workspace) -> Vec<String> {
    let mut found = Vec::new();
    for package in &workspace.packages {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            found.push(format!(
                "{}: new here; give it a row in xtask/src/walls/arrows.rs and in ARCHITECTURE.md",
                package.name
            ));
            continue;
        };
        for used in package.uses.iter().filter(|used| !allowed.contains(&used.as_str())) {
            found.push(format!(
                "{} uses {used}; it may use {}",
                package.name,
                if allowed.is_empty() { "nothing of ours".to_owned() } else { allowed.join(", ") }
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Package;

    fn check_one(name: &str, uses: &[&str]) -> usize {
        let package = Package { name: name.to_owned(), uses: uses.iter().map(|used| (*used).to_owned()).collect() };
        check(&Workspace { packages: vec![package], target: "target".into() }).len()
    }

    #[test]
    fn arrows_point_one_way() {
        assert_eq!(check_one("svar-search", &["svar-index", "svar-analysis"]), 0);
        assert_eq!(check_one("svar-index", &["svar-search"]), 1);
        assert_eq!(check_one("svar-collector", &["svar-search", "svar-indexer", "svar-outcome"]), 2);
        assert_eq!(check_one("xtask", &["svar-outcome"]), 1);
        assert_eq!(check_one("svar-utils", &[]), 1);
    }
}
