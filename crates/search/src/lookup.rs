//! Terms of an index by what a customer may have meant: forms of a word, completions, corrections, parts.

use crate::expand::{FULL, Member};
use crate::pieces::LETTERS;
use crate::walk::{Found, Pattern, walk};
use svar_analysis::marks::base;
use svar_analysis::{same_base, strip_marks};
use svar_index::terms::{Derived, FIRST, MIDDLE};
use svar_index::{FileRef, Index};

/// Most corrections of one word that are followed, the most frequent first.
const MAX_CORRECTIONS: usize = 3;

/// Fewest letters of a term whose first letter may be mistyped.
const MIN_FIRSTS: usize = 5;

/// How much another form of a word counts beside the word as it was typed, in parts of 256.
const OTHER_FORM: u32 = 180;

/// Most shards that two or three letters ask for beside other words: some 50 kB.
const MOST_SHARDS: usize = 12;

/// Most shards that are looked through for a word with a slip, or for the forms of one: some 120 kB. No letter of 2,500 pages
/// has more.
const MOST_SHARDS_OF_A_SLIP: usize = 30;

/// Letters at the beginning of a word that are taken to be right as long as something is found that has them.
const BEGINNING: usize = 3;

/// Fewest letters of a word whose first two are taken to be right.
const MIN_TWO_KEPT: usize = 6;

/// Looks into what is attached and notes what is not.
pub struct Lookup<'a> {
    /// The index.
    pub index: &'a Index,
    /// Shards that are needed and not attached, each once.
    pub needs: &'a mut Vec<FileRef>,
    /// A shard was needed and not attached since this was last set to false: what is unknown may only be unseen.
    pub missed: bool,
}

impl Lookup<'_> {
    /// The shard, where it is attached; otherwise it is noted.
    fn attached(&mut self, number: usize) -> bool {
        if let Some(file) = self.index.missing_terms(number)
            && !self.needs.contains(&file)
        {
            self.needs.push(file);
        }
        let there = self.index.term_shard(number).is_some();
        self.missed |= !there;
        there
    }

    /// One term, as it is.
    pub fn term(&mut self, term: &str) -> Option<Found> {
        self.attached(self.index.shards_of_prefix(term).start);
        let (shard, place) = self.index.find_term(term)?;
        Some(Found { term: term.to_owned(), shard, place, share: FULL, edits: 0, longer: false })
    }

    /// Whether one of the terms has a derived list.
    pub fn any_has(&self, terms: &[Found], derived: Derived) -> bool {
        terms.iter().any(|t| self.index.term_shard(t.shard).is_some_and(|s| s.postings(t.place).has(derived)))
    }

    /// In how many articles a term stands as a word.
    fn articles(&self, term: &Found) -> u32 {
        self.index.term_shard(term.shard).map_or(0, |s| s.postings(term.place).articles())
    }

    /// All terms within reach of `pattern` in the shards of terms that begin with `scope`.
    fn walk(&mut self, scope: &str, pattern: Pattern<'_>) -> Vec<Found> {
        let mut shards = vec![];
        let marks = self.index.marks();
        for start in scopes(scope, pattern.forgive_marks.then_some(marks)) {
            for number in self.index.shards_of_prefix(&start) {
                // Kept in order: shards follow the alphabet, so that terms come out in theirs.
                if let Err(at) = shards.binary_search(&number) {
                    shards.insert(at, number);
                }
            }
        }
        let mut out = Vec::new();
        for number in shards {
            if self.attached(number)
                && let Some(shard) = self.index.term_shard(number)
            {
                walk(shard, number, pattern, &mut out);
            }
        }
        // Keys of first letters are no terms, unless they were asked for.
        out.retain(|t| t.term.starts_with(FIRST) == scope.starts_with(FIRST));
        out
    }

    /// Whether so few letters are typed that terms which begin with them are in too many shards to be asked for. One letter
    /// has no forms anywhere.
    pub fn says_little(&self, letters: &[char]) -> bool {
        letters.len() < 2 || letters.len() <= BEGINNING && self.shards_of(letters) > MOST_SHARDS
    }

    /// How many shards have terms that begin with these letters.
    fn shards_of(&self, letters: &[char]) -> usize {
        let scope: String = letters.iter().collect();
        self.index.shards_of_prefix(&scope).len()
    }

    /// The word and the terms that share its stem: by its own rule where it is known, else by the rules whose ending it
    /// has, of which the one that cuts most and leads to a stem that exists is taken.
    pub fn forms(&mut self, word: &str, forgive_marks: bool) -> Vec<Found> {
        let index = self.index;
        let rules = index.rules();
        let letters: Vec<char> = word.chars().collect();
        if self.says_little(&letters) {
            return self.term(word).into_iter().collect();
        }
        let rule_of = |shard, place| index.term_shard(shard).map_or(0, |s| s.rule(place));
        let stems = match index.find_term(word) {
            Some((shard, place)) => vec![rules.stem(word, rule_of(shard, place))],
            None => rules.candidates(word),
        };
        // Most of its forms begin like the word, as far as the shortest stem goes but for the last letter, which some
        // rules change (`happy`, `happi`).
        let common = |stem: &String| stem.chars().zip(&letters).take_while(|(a, b)| a == *b).count();
        let shared = stems.iter().map(common).min().unwrap_or(0);
        let begin = letters.get(..if shared > 3 { shared - 1 } else { shared }).unwrap_or_default();
        let longest = letters.len() + 8;
        let plain = |text: &str| if forgive_marks { strip_marks(text) } else { text.to_owned() };
        let stem_of = |term: &Found| plain(&rules.stem(&term.term, rule_of(term.shard, term.place)));
        let mut starts: Vec<String> = vec![begin.iter().collect()];
        // A rule may leave a letter of a word or none (`mice`, `mous`); what begins so is more than its forms are worth.
        if begin.is_empty() || self.shards_of(begin) > MOST_SHARDS_OF_A_SLIP {
            starts.clone_from(&stems);
            starts.push(word.to_owned());
        }
        let mut found: Vec<Found> = Vec::new();
        for start in starts {
            if index.shards_of_prefix(&start).len() <= MOST_SHARDS_OF_A_SLIP {
                found.extend(self.begun(&start, forgive_marks));
            }
        }
        found.retain(|t| t.term.chars().count() <= longest);
        // The others are irregular: a rule turns the stem round to them (`bok`, `böcker`).
        for stem in &stems {
            for rule in rules.all().iter().filter(|r| !r.add.is_empty()) {
                let form = stem.strip_suffix(rule.add.as_str()).map(|start| start.to_owned() + &rule.cut);
                found.extend(form.and_then(|form| self.term(&form)));
            }
        }
        found.extend(self.term(word));
        let exists = stems.iter().map(|s| plain(s)).find(|s| found.iter().any(|t| stem_of(t) == *s));
        let mut seen = Vec::new();
        found.retain(|t| {
            let is_form = exists.as_ref() == Some(&stem_of(t)) || plain(&t.term) == word;
            let is_new = is_form && !seen.contains(&(t.shard, t.place));
            seen.extend(is_new.then_some((t.shard, t.place)));
            is_new
        });
        found.iter_mut().filter(|t| t.term != word).for_each(|t| t.share = OTHER_FORM);
        found
    }

    /// Terms that go on after the letters, exactly `edits` away. The longer a term, the less it counts:
    /// √(typed ÷ whole length).
    pub fn completions(&mut self, letters: &[char], edits: u8, forgive_marks: bool) -> Vec<Found> {
        let mut found = match edits {
            0 => self.begun(&letters.iter().collect::<String>(), forgive_marks),
            _ => self.near(letters, edits, true, forgive_marks),
        };
        found.retain(|t| t.longer);
        let typed = letters.len() as u32;
        for term in &mut found {
            let whole = (term.term.chars().count() as u32).max(typed);
            term.share = (typed * FULL * FULL / whole).isqrt();
        }
        found
    }

    /// The completion that is likeliest to be meant: frequent and not much longer. Of equal ones the first.
    pub fn likely<'t>(&self, completions: &'t [Found]) -> Option<&'t Found> {
        let mut best: Option<(u32, &Found)> = None;
        for term in completions {
            let weight = self.articles(term).saturating_mul(term.share);
            if best.is_none_or(|(b, _)| weight > b) {
                best = Some((weight, term));
            }
        }
        best.map(|(_, term)| term)
    }

    /// All terms that begin with these letters; where they are fewer than a piece has, only the term that they are.
    pub fn beginning(&mut self, letters: &str) -> Vec<Found> {
        if letters.chars().count() < LETTERS {
            return self.term(letters).into_iter().collect();
        }
        self.begun(letters, false)
    }

    /// All terms that begin so, those that are no longer among them.
    fn begun(&mut self, start: &str, forgive_marks: bool) -> Vec<Found> {
        let letters: Vec<char> = start.chars().collect();
        self.walk(start, Pattern { letters: &letters, edits: 0, prefix: true, forgive_marks })
    }

    /// The most frequent terms exactly `edits` away, each followed by its other forms; of equal ones the first in the
    /// alphabet.
    pub fn corrections(&mut self, letters: &[char], edits: u8, forgive_marks: bool) -> Vec<Found> {
        let mut found = self.near(letters, edits, false, forgive_marks);
        // What stands nowhere alone is more often no word at all.
        found.retain(|t| self.articles(t) > 0 || self.any_has(std::slice::from_ref(t), Derived::Synonyms));
        let mut terms: Vec<Found> = Vec::new();
        for _ in 0..MAX_CORRECTIONS {
            let most = found.iter().map(|t| self.articles(t)).max();
            let Some(at) = found.iter().position(|t| Some(self.articles(t)) == most) else { break };
            let term = found.remove(at);
            let others = self.forms(&term.term, false);
            for form in std::iter::once(term).chain(others) {
                if !terms.iter().any(|t| t.term == form.term) {
                    terms.push(form);
                }
            }
        }
        terms
    }

    /// Terms exactly `edits` away from the letters, or whose beginning is, and whether they go on after it. One edit may be
    /// at the first letter, of longer terms and where nothing else is near; two may not: that would be another word.
    fn near(&mut self, letters: &[char], edits: u8, prefix: bool, forgive_marks: bool) -> Vec<Found> {
        // What was missed elsewhere must not keep this from being asked for in the same step.
        let before = std::mem::take(&mut self.missed);
        let found = self.nearest(letters, edits, prefix, forgive_marks);
        self.missed |= before;
        found
    }

    fn nearest(&mut self, letters: &[char], edits: u8, prefix: bool, forgive_marks: bool) -> Vec<Found> {
        let whole = self.index.is_whole();
        // Most slips come after the first letters; only where none did, the alphabet is searched further.
        let mut found = Vec::new();
        for kept in [BEGINNING, 2, 1, 0] {
            // Of a short word little else is left to go by: `ruot` is `rout`, not `runt`.
            if kept == 2 && letters.len() < MIN_TWO_KEPT {
                continue;
            }
            if !found.is_empty() || self.missed || kept == 0 && !whole {
                break;
            }
            let begin = letters.get(..kept).unwrap_or(letters);
            let scope: String = begin.iter().collect();
            // What a slip at the second letter would cost there is more than the rest of the visit.
            if kept > 0 && self.shards_of(begin) > MOST_SHARDS_OF_A_SLIP {
                continue;
            }
            found = self.walk(&scope, Pattern { letters, edits, prefix, forgive_marks });
            found.retain(|t| t.edits == edits && begins_alike(&t.term, letters, kept, forgive_marks));
        }
        let same_first = |term: &str| begins_alike(term, letters, 1, forgive_marks);
        if edits > 1 || found.iter().any(|t| same_first(&t.term)) {
            found.retain(|t| same_first(&t.term));
            return found;
        }
        if !whole && !self.missed {
            self.other_firsts(letters, prefix, forgive_marks, &mut found);
        }
        found.retain(|t| t.term.chars().count() >= MIN_FIRSTS && t.term.chars().all(char::is_alphabetic));
        found
    }

    /// In a cut index: terms one edit at the first letter away. Where a letter too many was typed, or two were swapped, the
    /// word meant is at hand; a wrong letter or a missing one is found by what follows it.
    fn other_firsts(&mut self, letters: &[char], prefix: bool, forgive_marks: bool, found: &mut Vec<Found>) {
        let Some((first, rest)) = letters.split_first() else { return };
        let mut swapped = letters.to_vec();
        swapped.swap(0, usize::from(!rest.is_empty()));
        let mut meant = Vec::new();
        for letters in [rest, &swapped] {
            let scope: String = letters.iter().collect();
            meant.extend(self.walk(&scope, Pattern { letters, edits: 0, prefix, forgive_marks }));
        }
        for (wrong, rest) in [(Some(*first), rest), (None, letters)] {
            let middle = rest.get(..MIDDLE).unwrap_or(rest);
            let key: Vec<char> = std::iter::once(FIRST).chain(middle.iter().copied()).collect();
            let scope: String = key.iter().collect();
            // A word that is shorter than that may go on, if it is a beginning.
            let prefix_of_middle = prefix && middle.len() < MIDDLE;
            let mut firsts: Vec<char> = Vec::new();
            for key in self.walk(&scope, Pattern { letters: &key, edits: 0, prefix: prefix_of_middle, forgive_marks }) {
                let shard = self.index.term_shard(key.shard);
                firsts.extend(shard.map_or(&[][..], |shard| shard.firsts(key.place)));
            }
            firsts.sort_unstable();
            firsts.dedup();
            for letter in firsts.into_iter().filter(|l| Some(*l) != wrong) {
                let letters: Vec<char> = std::iter::once(letter).chain(rest.iter().copied()).collect();
                let scope: String = letters.iter().collect();
                meant.extend(self.walk(&scope, Pattern { letters: &letters, edits: 0, prefix, forgive_marks }));
            }
        }
        for term in meant {
            let at = found.partition_point(|t| t.term < term.term);
            if found.get(at).is_none_or(|t| t.term != term.term) {
                found.insert(at, term);
            }
        }
    }

    /// The parts of a compound that are worth finding, each with its compounds; none where `term` is no compound. A word that
    /// is known, in this form or in another, says itself what it is made of; any other is taken apart.
    pub fn parts(&mut self, term: &str, forgive_marks: bool) -> Vec<Member> {
        let index = self.index;
        let compounding = index.compounding();
        let known = self.forms(term, forgive_marks);
        let stored = |form: &Found| {
            let parts = compounding.parts(&form.term, index.term_shard(form.shard)?.cuts(form.place));
            (!parts.is_empty()).then_some(parts)
        };
        let parts = if known.is_empty() && !self.missed {
            self.split(term, forgive_marks)
        } else {
            let itself = known.iter().find(|f| f.term == term || forgive_marks && strip_marks(&f.term) == term);
            itself.map_or_else(|| known.iter().find_map(stored), stored).unwrap_or_default()
        };
        let worth = parts.into_iter().filter(|part| !index.is_filler(part));
        worth.map(|part| Member { terms: self.forms(&part, forgive_marks), also: Some(Derived::Compounds) }).collect()
    }

    /// The parts of a word that nobody knows.
    fn split(&mut self, term: &str, forgive_marks: bool) -> Vec<String> {
        let mut asked: Vec<(String, bool)> = Vec::new();
        self.index.compounding().split(term, &mut |word, exactly| {
            if exactly {
                return self.term(word).is_some_and(|t| self.articles(&t) > 0);
            }
            if let Some((_, known)) = asked.iter().find(|(w, _)| w == word) {
                return *known;
            }
            let known = self.forms(word, forgive_marks).iter().any(|t| self.articles(t) > 0);
            asked.push((word.to_owned(), known));
            known
        })
    }
}

/// Whether `term` has the first `count` of the letters, marks forgiven or not.
fn begins_alike(term: &str, letters: &[char], count: usize, forgive_marks: bool) -> bool {
    let same = |(a, b): (char, &char)| a == *b || forgive_marks && same_base(a, *b);
    letters.len() >= count && term.chars().zip(letters).take(count).filter(|pair| same(*pair)).count() == count
}

/// Letters of a scope that are also tried with marks, and most scopes that may become.
const MARKED_LETTERS: usize = 4;
const MAX_SCOPES: usize = 24;

/// Beginnings of terms under which `scope` may be found. Where marks are forgiven, its first letters stand also for those
/// with `marks`; the rest is left out, for what follows a few letters is rarely in another shard.
fn scopes(scope: &str, marks: Option<&str>) -> Vec<String> {
    let Some(marks) = marks else { return vec![scope.to_owned()] };
    let mut scopes = vec![String::new()];
    let letters = MARKED_LETTERS + usize::from(scope.starts_with(FIRST));
    for letter in scope.chars().take(letters) {
        let mut longer = Vec::new();
        for meant in marks.chars().filter(|c| base(*c) == letter).chain([letter]) {
            longer.extend(scopes.iter().map(|scope| scope.clone() + meant.encode_utf8(&mut [0; 4])));
        }
        if longer.len() > MAX_SCOPES {
            break;
        }
        scopes = longer;
    }
    scopes
}
