//! Walking the terms of a shard: every one that a typed word could stand for, in one pass.
//!
//! The distance is optimal string alignment (insertion, deletion, substitution and transposition of neighbours, each
//! costing one; Boytsov 2011, section 2.1). One row of its table is kept for each letter of a term; the next term goes on
//! from the row of the last letter that both share, and all terms that begin like one whose row is out of reach are left out.

use crate::expand::FULL;
use svar_analysis::same_base;
use svar_index::terms::TermShard;

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Pattern<'a> {
    /// Folded letters of the typed word.
    pub letters: &'a [char],
    /// Most edits.
    pub edits: u8,
    /// Also terms that go on after the pattern.
    pub prefix: bool,
    /// A plain letter of the pattern also stands for that letter with marks.
    pub forgive_marks: bool,
}

/// A term of the vocabulary: one that a pattern could stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The term.
    pub term: String,
    /// Number of its shard.
    pub shard: usize,
    /// Its place in the shard.
    pub place: usize,
    /// How much it counts, in parts of 256.
    pub share: u32,
    /// Edits between the pattern and the term, or the part of the term that the pattern covers.
    pub edits: u8,
    /// The term goes on after the pattern.
    pub longer: bool,
}

impl Found {
    /// Whether it is the same term.
    pub fn is(&self, other: &Found) -> bool {
        self.place == other.place && self.shard == other.shard
    }
}

/// Adds all terms of `shard` within reach of `pattern` to `found`, in byte order. An empty pattern reaches nothing.
pub fn walk(shard: &TermShard, number: usize, pattern: Pattern<'_>, found: &mut Vec<Found>) {
    if pattern.letters.is_empty() {
        return;
    }
    let plain = pattern.edits == 0 && !pattern.forgive_marks;
    let keys = if plain { shard.beginning(pattern.letters) } else { 0..shard.len() };
    let mut tell = |at: usize, edits, longer| {
        let term = shard.key(at).iter().collect();
        found.push(Found { term, shard: number, place: at, share: FULL, edits, longer });
    };
    if plain {
        let length = pattern.letters.len();
        for at in keys {
            let longer = shard.key(at).len() > length;
            if pattern.prefix || !longer {
                tell(at, 0, longer);
            }
        }
        return;
    }
    let mut walk = Walk::new(pattern);
    // Letters at the beginning of a key after which it is known that it is out of reach.
    let mut left = usize::MAX;
    for at in keys {
        let shared = shard.shared(at);
        if shared >= left {
            continue;
        }
        let key = shard.key(at);
        walk.back(shared);
        left = walk.follow(key);
        if left == usize::MAX
            && let Some((edits, longer)) = walk.met()
        {
            tell(at, edits, longer);
        }
    }
}

/// A row of the distance table, and what is known when it is reached.
#[derive(Clone, Copy)]
struct Step {
    /// The letter that led here.
    letter: char,
    /// Fewest edits with which the whole pattern was met on the way.
    covered: Option<u8>,
}

struct Walk<'a> {
    pattern: Pattern<'a>,
    /// A step for each letter on the way.
    steps: Vec<Step>,
    /// A row of the distance table for each step, and the empty one before them.
    rows: Vec<u8>,
}

impl<'a> Walk<'a> {
    fn new(pattern: Pattern<'a>) -> Walk<'a> {
        let rows = (0..=pattern.letters.len()).map(|i| i.min(255) as u8).collect();
        Walk { pattern, steps: Vec::new(), rows }
    }

    fn width(&self) -> usize {
        self.pattern.letters.len() + 1
    }

    /// Goes back to so many letters.
    fn back(&mut self, letters: usize) {
        self.steps.truncate(letters);
        self.rows.truncate((self.steps.len() + 1) * self.width());
    }

    /// Goes on to the end of `key`, or until it is out of reach: then to how many letters that was, otherwise `usize::MAX`.
    fn follow(&mut self, key: &[char]) -> usize {
        for &letter in key.iter().skip(self.steps.len()) {
            let before = self.steps.last().and_then(|s| s.covered);
            // Once met without an edit, nothing can be nearer and no distance is needed any more.
            let covered = if before == Some(0) && self.pattern.prefix {
                self.rows.resize(self.rows.len() + self.width(), u8::MAX);
                before
            } else {
                let (least, last) = self.row(letter);
                let met = Some(last).filter(|e| *e <= self.pattern.edits);
                let covered = match (before, met) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                if least > self.pattern.edits && !(self.pattern.prefix && covered.is_some()) {
                    self.rows.truncate((self.steps.len() + 1) * self.width());
                    return self.steps.len() + 1;
                }
                covered
            };
            self.steps.push(Step { letter, covered });
        }
        usize::MAX
    }

    /// How the key that was followed to its end meets the pattern: the edits, and whether it goes on.
    fn met(&self) -> Option<(u8, bool)> {
        let whole = self.rows.last().copied().filter(|e| *e <= self.pattern.edits);
        let covered = self.steps.last().and_then(|s| s.covered).filter(|_| self.pattern.prefix);
        // Where the pattern was met earlier with fewer edits than in whole, the term is a continuation.
        match (whole, covered) {
            (Some(w), Some(c)) if c < w => Some((c, true)),
            (Some(w), _) => Some((w, false)),
            (None, Some(c)) => Some((c, true)),
            (None, None) => None,
        }
    }

    /// Adds the next row of the optimal-string-alignment table; its least entry and its last.
    fn row(&mut self, letter: char) -> (u8, u8) {
        let (typed, forgive, width) = (self.pattern.letters, self.pattern.forgive_marks, self.width());
        let same =
            |article: char, question: char| if forgive { same_base(article, question) } else { article == question };
        let before = self.steps.last().map(|s| s.letter);
        let above = self.steps.len() * width;
        let at = |rows: &[u8], i: usize| rows.get(i).copied().unwrap_or(u8::MAX);
        let mut last = at(&self.rows, above).saturating_add(1);
        let mut least = last;
        self.rows.push(last);
        for (j, &question) in typed.iter().enumerate() {
            let cost = u8::from(!same(letter, question));
            let mut best = at(&self.rows, above + j)
                .saturating_add(cost)
                .min(at(&self.rows, above + j + 1).saturating_add(1))
                .min(last.saturating_add(1));
            let swapped = j > 0
                && cost > 0
                && before.is_some_and(|b| same(b, question))
                && typed.get(j - 1).is_some_and(|&q| same(letter, q));
            if swapped && let Some(above2) = above.checked_sub(width) {
                best = best.min(at(&self.rows, above2 + j - 1).saturating_add(1));
            }
            self.rows.push(best);
            last = best;
            least = least.min(best);
        }
        (least, last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use svar_index::{Article, Index, Manifest, Policy, write};

    const WORDS: [&str; 12] = [
        "faktura",
        "fakturan",
        "fakturor",
        "flytta",
        "får",
        "far",
        "återbetalning",
        "router",
        "routern",
        "öppettider",
        "e104",
        "straße",
    ];

    fn index() -> Index {
        let article = Article { id: "a".into(), lang: "xx".into(), title: WORDS.join(" "), ..Article::default() };
        let files = write(&[article], &Policy::default()).unwrap();
        let get =
            |n: &str| -> std::sync::Arc<[u8]> { files.iter().find(|f| f.name == n).unwrap().bytes.clone().into() };
        let core = Manifest::open(get("manifest.bin")).unwrap().languages[0].core;
        Index::open(get(&core.name()), core).unwrap()
    }

    fn check(word: &str, edits: u8, prefix: bool, forgive_marks: bool, expected: &str) {
        let letters: Vec<char> = word.chars().collect();
        let index = index();
        let mut found = Vec::new();
        walk(index.term_shard(0).unwrap(), 0, Pattern { letters: &letters, edits, prefix, forgive_marks }, &mut found);
        let got: Vec<String> =
            found.iter().map(|f| format!("{}{}{}", f.term, if f.longer { "…" } else { "" }, f.edits)).collect();
        assert_eq!(got.join(" "), expected, "{word}");
    }

    #[test]
    fn within_reach() {
        check("faktura", 0, false, false, "faktura0");
        check("fakt", 0, true, false, "faktura…0 fakturan…0 fakturor…0");
        check("fakura", 1, false, false, "faktura1");
        check("faktrua", 1, false, false, "faktura1");
        check("afktura", 1, false, false, "faktura1");
        check("akturan", 1, false, false, "fakturan1");
        check("rooter", 1, false, false, "router1");
        check("rouetr", 1, true, false, "router1 routern…1");
        check("far", 0, false, true, "far0 får0");
        check("får", 0, false, true, "får0");
        check("aterbet", 0, true, true, "återbetalning…0");
        check("oppettidr", 1, false, true, "öppettider1");
        check("strase", 0, false, true, "straße0");
        check("", 2, true, true, "");
        check("zzzz", 1, false, false, "");
    }

    /// Optimal string alignment by the textbook, to hold the walk against.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = match (i, j) {
                    (0, n) | (n, 0) => n,
                    _ => {
                        let cost = usize::from(a[i - 1] != b[j - 1]);
                        let mut best = (d[i - 1][j] + 1).min(d[i][j - 1] + 1).min(d[i - 1][j - 1] + cost);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            best = best.min(d[i - 2][j - 2] + 1);
                        }
                        best
                    }
                };
            }
        }
        d[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn finds_what_the_textbook_finds(word in "[fakturnoöe]{1,9}", edits in 0u8..3) {
            let letters: Vec<char> = word.chars().collect();
            let index = index();
            let pattern = Pattern { letters: &letters, edits, prefix: false, forgive_marks: false };
            let mut found = Vec::new();
            walk(index.term_shard(0).unwrap(), 0, pattern, &mut found);
            let got: Vec<(String, usize)> = found.into_iter().map(|f| (f.term, f.edits as usize)).collect();
            let mut expected: Vec<(String, usize)> = WORDS.iter()
                .map(|w| (w.to_string(), distance(&letters, &w.chars().collect::<Vec<_>>())))
                .filter(|(_, d)| *d <= edits as usize).collect();
            expected.sort();
            proptest::prop_assert_eq!(got, expected);
        }
    }
}
