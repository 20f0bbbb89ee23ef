//! Walking a term map: every term that a typed word could stand for, in one pass over the map's branches.
//!
//! The distance is optimal string alignment (insertion, deletion, substitution and transposition of neighbours, each
//! costing one; Boytsov 2011, section 2.1). One row of its table is kept for each letter on the way down, and a branch is
//! left as soon as no entry of its row is within reach. `fst`'s own Levenshtein automaton knows no transposition and may take 20 MB.

use crate::expand::FULL;
use svar_analysis::{same_base, token::MAX_TERM_CHARS};
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
    /// Offset of its postings in the shard.
    pub offset: u64,
    /// How much it counts, in parts of 256.
    pub share: u32,
    /// Edits between the pattern and the term, or the part of the term that the pattern covers.
    pub edits: u8,
    /// The term goes on after the pattern.
    pub longer: bool,
}

/// Adds all terms of `shard` within reach of `pattern` to `found`, in byte order. An empty pattern reaches nothing.
pub fn walk(shard: &TermShard, number: usize, pattern: Pattern<'_>, found: &mut Vec<Found>) {
    if pattern.letters.is_empty() {
        return;
    }
    let first: Vec<u8> = (0..=pattern.letters.len()).map(|i| i.min(255) as u8).collect();
    let mut walk = Walk { shard, number, pattern, rows: vec![first], letters: Vec::new(), bytes: Vec::new(), found };
    let root = shard.map().root();
    walk.step(root, 0, None);
}

struct Walk<'a> {
    shard: &'a TermShard,
    number: usize,
    pattern: Pattern<'a>,
    /// A row of the distance table for each letter on the way, and the empty one.
    rows: Vec<Vec<u8>>,
    letters: Vec<char>,
    bytes: Vec<u8>,
    found: &'a mut Vec<Found>,
}

impl Walk<'_> {
    /// `covered`: fewest edits with which the whole pattern was met on the way here.
    fn step(&mut self, node: fst::raw::Node<'_>, output: u64, covered: Option<u8>) {
        let depth = self.letters.len();
        if node.is_final() {
            let whole = self.rows.get(depth).and_then(|r| r.last()).copied().filter(|e| *e <= self.pattern.edits);
            // Where the pattern was met earlier with fewer edits than in whole, the term is a continuation.
            let best = match (whole, covered.filter(|_| self.pattern.prefix)) {
                (Some(w), Some(c)) if c < w => Some((c, true)),
                (Some(w), _) => Some((w, false)),
                (None, Some(c)) => Some((c, true)),
                (None, None) => None,
            };
            if let Some((edits, longer)) = best {
                self.found(edits, longer, output.wrapping_add(node.final_output().value()));
            }
        }
        if covered == Some(0) && self.pattern.prefix {
            self.rest(node, output);
        } else {
            self.branch(node, output, covered);
        }
    }

    /// Everything below a node on whose way the whole pattern was met without edits: no distance is needed any more.
    fn rest(&mut self, node: fst::raw::Node<'_>, output: u64) {
        for i in 0..node.len() {
            let transition = node.transition(i);
            self.bytes.push(transition.inp);
            let next = self.shard.map().node(transition.addr);
            let output = output.wrapping_add(transition.out.value());
            if next.is_final() {
                self.found(0, true, output.wrapping_add(next.final_output().value()));
            }
            self.rest(next, output);
            self.bytes.pop();
        }
    }

    fn found(&mut self, edits: u8, longer: bool, offset: u64) {
        if let Ok(term) = std::str::from_utf8(&self.bytes) {
            self.found.push(Found { term: term.to_owned(), shard: self.number, offset, share: FULL, edits, longer });
        }
    }

    /// Goes on from a node. Between two bytes of one letter no term can end, so that there nothing else is to be done.
    fn branch(&mut self, node: fst::raw::Node<'_>, output: u64, covered: Option<u8>) {
        for i in 0..node.len() {
            let transition = node.transition(i);
            self.bytes.push(transition.inp);
            let next = self.shard.map().node(transition.addr);
            let output = output.wrapping_add(transition.out.value());
            match last_letter(&self.bytes) {
                None => self.branch(next, output, covered),
                Some(letter) => self.step_letter(letter, next, output, covered),
            }
            self.bytes.pop();
        }
    }

    fn step_letter(&mut self, letter: char, node: fst::raw::Node<'_>, output: u64, covered: Option<u8>) {
        if self.letters.len() > MAX_TERM_CHARS {
            return;
        }
        let row = self.row(letter);
        let reach = row.iter().min().copied().unwrap_or(u8::MAX);
        let met = row.last().copied().filter(|e| *e <= self.pattern.edits);
        let covered = match (covered, met) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if reach > self.pattern.edits && !(self.pattern.prefix && covered.is_some()) {
            return;
        }
        self.rows.push(row);
        self.letters.push(letter);
        self.step(node, output, covered);
        self.letters.pop();
        self.rows.pop();
    }

    /// The next row of the optimal-string-alignment table.
    fn row(&self, letter: char) -> Vec<u8> {
        let depth = self.letters.len();
        let (typed, forgive) = (self.pattern.letters, self.pattern.forgive_marks);
        let same =
            |article: char, question: char| if forgive { same_base(article, question) } else { article == question };
        let empty: &[u8] = &[];
        let above = self.rows.last().map_or(empty, |r| r.as_slice());
        let above2 = depth.checked_sub(1).and_then(|i| self.rows.get(i)).map_or(empty, |r| r.as_slice());
        let before = self.letters.last().copied();
        let at = |row: &[u8], i: usize| row.get(i).copied().unwrap_or(u8::MAX);
        let mut row = Vec::with_capacity(typed.len() + 1);
        row.push(at(above, 0).saturating_add(1));
        for (j, &question) in typed.iter().enumerate() {
            let cost = u8::from(!same(letter, question));
            let mut best = at(above, j)
                .saturating_add(cost)
                .min(at(above, j + 1).saturating_add(1))
                .min(at(&row, j).saturating_add(1));
            let swapped = j > 0
                && before.is_some_and(|b| same(b, question))
                && typed.get(j - 1).is_some_and(|&q| same(letter, q))
                && cost > 0;
            if swapped {
                best = best.min(at(above2, j - 1).saturating_add(1));
            }
            row.push(best);
        }
        row
    }
}

/// The letter that ends `bytes`, or `None` in the middle of one.
fn last_letter(bytes: &[u8]) -> Option<char> {
    let start = bytes.iter().rposition(|b| b & 0xc0 != 0x80)?;
    std::str::from_utf8(bytes.get(start..)?).ok()?.chars().next()
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
