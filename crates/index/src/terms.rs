//! A term shard: the terms of a range of the vocabulary and where they occur.
//!
//! ```text
//! terms    := fst length varint · fst · lists varint · rules · splits · heads · numbers · codes · zones
//! fst      := a map of the `fst` crate (format 3) from a key's UTF-8 bytes to a number
//! key      := a term; its number is the place of its list
//!           | "!" · a term without its first letter; its number is the first letters there are, 21 bits each
//! rules    := u8*, one a list
//! splits   := (cuts varint · u8*)*, one a list
//! heads    := (articles × 4 + (2, where synonyms follow) + (1, where compounds follow) varint
//!             · [compounds varint] · [synonyms varint])*, one a list
//! numbers  := (article delta varint)*, codes := u8*, zones := u8*, one a posting
//! code     := title bit (128) | weight (5 bits, see `fixed::decode_weight`)
//! ```
//!
//! A list's postings are those of the term itself, then those of its compounds, then those of its synonyms; lists follow
//! each other in the order of their terms. What is alike stands together because it compresses better so.
//!
//! The rule is how the term becomes its stem: its number in the core (see `svar_analysis::stems`). A list's own postings
//! say where the term stands as a word, those of compounds where it is a part of one, those of synonyms where something
//! stands that the owner calls its synonym. Each of the three is in the order of article numbers; the first delta is the
//! number itself, each later one the distance to the one before.
//!
//! The split says what the term is made of, where it is a compound (`Compounding::cuts`), so that nobody needs the shards of
//! all that it might be made of to know.
//!
//! The weight is the term's frequency in the article over all fields, weighted and normalised by field length (BM25F,
//! Robertson and Zaragoza 2009) and not yet saturated, so that forms of a word can be added up before they are. The zones
//! are a bit for each stretch of the article in which the term occurs: an article is cut into as many equal stretches as it
//! has 60 words, at most 8. Words that share a zone stand near each other.
//!
//! A key with `!` leads from a word typed with a wrong first letter to the shards that hold what was meant. They are
//! written where an index is cut into files; in a whole one every term is at hand.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};

/// Where a term occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// Number of the article.
    pub article: u32,
    /// Weight in units of 1/128.
    pub weight: u32,
    /// The term is in the title.
    pub in_title: bool,
    /// A bit for each stretch of the article that it occurs in; none where only title or keywords have it.
    pub zones: u8,
}

/// Most stretches of an article.
pub const ZONES: u32 = 8;

/// Begins the key of a term without its first letter.
pub const FIRST: char = '!';

/// A posting on its way into a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewPosting {
    pub article: u32,
    pub code: u8,
    pub zones: u8,
}

/// Everything about a term on its way into a shard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct NewList {
    /// Where it stands as a word of its own.
    pub literal: Vec<NewPosting>,
    /// Where it is part of a compound.
    pub compounds: Vec<NewPosting>,
    /// Where its synonyms stand.
    pub synonyms: Vec<NewPosting>,
    /// What it is made of.
    pub cuts: Vec<u8>,
}

impl NewList {
    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        3 * (self.literal.len() + self.compounds.len() + self.synonyms.len())
    }
}

/// What a key leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NewEntry<'a> {
    /// A term's rule and list.
    Term(u8, &'a NewList),
    /// First letters, packed.
    Firsts(u64),
}

pub(crate) const TITLE_BIT: u8 = 128;

const LETTER_BITS: u32 = 21;

/// At most three letters in one number; more do not fit and are left out.
pub(crate) fn pack_firsts(letters: impl Iterator<Item = char>) -> u64 {
    letters.take(3).fold(0, |packed, letter| packed << LETTER_BITS | u64::from(u32::from(letter)))
}

/// The letters that [`FIRST`] keys lead to.
pub fn firsts(packed: u64) -> impl Iterator<Item = char> {
    (0..3).filter_map(move |i| {
        let code = packed >> (i * LETTER_BITS) & ((1 << LETTER_BITS) - 1);
        char::from_u32(code as u32).filter(|c| *c != '\0')
    })
}

/// Keys in byte order, each with postings in article order, to a section's payload.
pub(crate) fn write<'a>(entries: impl Iterator<Item = (&'a str, NewEntry<'a>)>) -> Result<Vec<u8>, IndexError> {
    let refused = |_| IndexError::TooLarge { what: "terms out of order or repeated" };
    let mut map = fst::MapBuilder::memory();
    let [mut rules, mut splits, mut heads, mut numbers, mut codes, mut zones] = [const { Vec::new() }; 6].map(Writer);
    for (key, entry) in entries {
        let (rule, list) = match entry {
            NewEntry::Firsts(packed) => {
                map.insert(key, packed).map_err(refused)?;
                continue;
            }
            NewEntry::Term(rule, list) => (rule, list),
        };
        map.insert(key, rules.0.len() as u64).map_err(refused)?;
        rules.u8(rule);
        splits.varint(list.cuts.len() as u64);
        splits.0.extend(&list.cuts);
        let derived = [&list.compounds, &list.synonyms];
        let which = u64::from(!list.synonyms.is_empty()) * 2 + u64::from(!list.compounds.is_empty());
        heads.varint(list.literal.len() as u64 * 4 + which);
        derived.iter().filter(|d| !d.is_empty()).for_each(|d| heads.varint(d.len() as u64));
        for postings in std::iter::once(&list.literal).chain(derived) {
            let mut before = 0;
            for posting in postings {
                numbers.varint(u64::from(posting.article - before));
                codes.u8(posting.code);
                zones.u8(posting.zones);
                before = posting.article;
            }
        }
    }
    let map = map.into_inner().map_err(refused)?;
    let mut w = Writer::default();
    w.varint(map.len() as u64);
    w.0.extend(map);
    w.varint(rules.0.len() as u64);
    [rules, splits, heads, numbers, codes, zones].into_iter().for_each(|column| w.0.extend(column.0));
    Ok(w.0)
}

/// A list's place in the columns.
#[derive(Clone, Copy, Default)]
struct Place {
    rule: u8,
    /// The first byte of its cuts in the column of splits, and how many they are.
    cuts: (u32, u32),
    /// Postings of the term itself, of its compounds and of its synonyms.
    counts: [u32; 3],
    /// For each of them the first byte in the column of numbers.
    numbers: [u32; 3],
    /// Number of the first posting.
    posting: u32,
}

/// A shard that answers.
pub struct TermShard {
    map: fst::raw::Fst<Slice>,
    lists: Vec<Place>,
    splits: Slice,
    numbers: Slice,
    codes: Slice,
    zones: Slice,
}

impl TermShard {
    pub(crate) fn open(section: &Slice) -> Result<TermShard, IndexError> {
        let bytes = section.as_ref();
        let mut r = Reader::new(bytes);
        let length = r.varint()? as usize;
        let start = r.at();
        r.take(length)?;
        let map = fst::raw::Fst::new(section.part(start..start + length))
            .map_err(|_| damaged("a term map that cannot be read"))?;
        let count = r.count()?;
        let rules = r.take(count)?;
        let mut lists = Vec::with_capacity(count);
        let start = r.at();
        for &rule in rules {
            let length = r.count()?;
            let cuts = ((r.at() - start) as u32, length as u32);
            r.take(length)?;
            lists.push(Place { rule, cuts, ..Place::default() });
        }
        let splits = section.part(start..r.at());
        let mut postings = 0u32;
        for list in &mut lists {
            let head = r.varint_u32()?;
            let mut derived = |bit| if head & bit == 0 { Ok(0) } else { r.varint_u32() };
            list.counts = [head >> 2, derived(1)?, derived(2)?];
            list.posting = postings;
            for count in list.counts {
                postings = postings.checked_add(count).ok_or(damaged("more postings than a shard can have"))?;
            }
        }
        let first = r.at();
        for list in &mut lists {
            for (start, count) in list.numbers.iter_mut().zip(list.counts) {
                *start = (r.at() - first) as u32;
                for _ in 0..count {
                    r.varint_u32()?;
                }
            }
        }
        let numbers = section.part(first..r.at());
        let columns = r.at();
        let each = postings as usize;
        r.take(each)?;
        r.take(each)?;
        if !r.is_empty() {
            return Err(damaged("bytes after the last posting"));
        }
        let (codes, zones) = (section.part(columns..columns + each), section.part(columns + each..columns + 2 * each));
        Ok(TermShard { map, lists, splits, numbers, codes, zones })
    }

    /// The map, for walking over keys.
    pub fn map(&self) -> &fst::raw::Fst<Slice> {
        &self.map
    }

    /// The list at place `number`, in the order of article numbers. Empty where there is no list.
    pub fn postings(&self, number: u64) -> Postings<'_> {
        let place = usize::try_from(number).ok().and_then(|n| self.lists.get(n)).copied().unwrap_or_default();
        Postings::of(self, place, 0)
    }

    /// What the term of the list at place `number` is made of, for `Compounding::parts`; nothing where it is no compound.
    pub fn cuts(&self, number: u64) -> &[u8] {
        let place = usize::try_from(number).ok().and_then(|n| self.lists.get(n)).copied().unwrap_or_default();
        let (start, length) = (place.cuts.0 as usize, place.cuts.1 as usize);
        self.splits.as_ref().get(start..start + length).unwrap_or_default()
    }

    /// The number of a key, or `None` where it is unknown.
    pub fn get(&self, key: &str) -> Option<u64> {
        self.map.get(key).map(|output| output.value())
    }

    /// Where `term` occurs, or `None` where it is unknown.
    pub fn lookup(&self, term: &str) -> Option<Postings<'_>> {
        self.get(term).map(|offset| self.postings(offset))
    }
}

/// What a list says about a term beside where it stands as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derived {
    /// Where it is part of a compound.
    Compounds = 1,
    /// Where a synonym stands.
    Synonyms = 2,
}

/// The postings of one term.
pub struct Postings<'a> {
    shard: &'a TermShard,
    place: Place,
    numbers: Reader<'a>,
    left: u32,
    posting: usize,
    article: u32,
}

impl<'a> Postings<'a> {
    /// `which`: of the term itself (0), its compounds (1) or its synonyms (2).
    fn of(shard: &'a TermShard, place: Place, which: usize) -> Postings<'a> {
        let number = place.numbers.get(which).copied().unwrap_or(0) as usize;
        let numbers = Reader::new(shard.numbers.as_ref().get(number..).unwrap_or_default());
        let before: u32 = place.counts.iter().take(which).sum();
        let left = place.counts.get(which).copied().unwrap_or(0);
        Postings { shard, place, numbers, left, posting: (place.posting + before) as usize, article: 0 }
    }

    /// Number of the rule that makes the term its stem.
    pub fn rule(&self) -> u8 {
        self.place.rule
    }

    /// In how many articles the term occurs (those not yet taken).
    pub fn articles(&self) -> u32 {
        self.left
    }

    /// Whether the term has a derived list.
    pub fn has(&self, derived: Derived) -> bool {
        self.place.counts.get(derived as usize).is_some_and(|count| *count > 0)
    }

    /// The derived list; empty where there is none.
    pub fn derived(self, derived: Derived) -> Postings<'a> {
        Postings::of(self.shard, self.place, derived as usize)
    }
}

impl Iterator for Postings<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        self.left = self.left.checked_sub(1)?;
        let delta = self.numbers.varint_u32().ok()?;
        let column = |column: &Slice| column.as_ref().get(self.posting).copied().unwrap_or(0);
        let (code, zones) = (column(&self.shard.codes), column(&self.shard.zones));
        self.posting += 1;
        self.article = self.article.wrapping_add(delta);
        Some(Posting {
            article: self.article,
            weight: crate::fixed::decode_weight(code),
            in_title: code & TITLE_BIT != 0,
            zones,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(articles: &[u32]) -> Vec<NewPosting> {
        articles.iter().map(|&article| NewPosting { article, code: 4 | TITLE_BIT, zones: 5 }).collect()
    }

    fn open(entries: &[(&str, NewEntry<'_>)]) -> TermShard {
        let payload = write(entries.iter().copied()).unwrap();
        let length = payload.len();
        TermShard::open(&Slice::new(payload.into(), 0..length)).unwrap()
    }

    #[test]
    fn lists_read_back() {
        let all = |literal: &[u32], compounds: &[u32], synonyms: &[u32]| NewList {
            literal: list(literal),
            compounds: list(compounds),
            synonyms: list(synonyms),
            cuts: literal.iter().map(|a| *a as u8).collect(),
        };
        let lists = [
            ("adress", all(&[2], &[], &[1, 9])),
            ("artikel", all(&[], &[4, 6], &[])),
            ("faktura", all(&[0, 5, 700], &[1, 2], &[3])),
            ("router", all(&[3], &[], &[])),
        ];
        let entries: Vec<(&str, NewEntry<'_>)> = lists.iter().map(|(t, l)| (*t, NewEntry::Term(7, l))).collect();
        let shard = open(&entries);
        for (term, expected) in &lists {
            let articles = |p: Postings<'_>| p.map(|p| p.article).collect::<Vec<_>>();
            let of = |list: &[NewPosting]| list.iter().map(|p| p.article).collect::<Vec<_>>();
            assert_eq!(articles(shard.lookup(term).unwrap()), of(&expected.literal), "{term}");
            assert_eq!(
                articles(shard.lookup(term).unwrap().derived(Derived::Compounds)),
                of(&expected.compounds),
                "{term}"
            );
            assert_eq!(
                articles(shard.lookup(term).unwrap().derived(Derived::Synonyms)),
                of(&expected.synonyms),
                "{term}"
            );
            assert_eq!(shard.lookup(term).unwrap().has(Derived::Synonyms), !expected.synonyms.is_empty());
            assert_eq!(shard.cuts(shard.get(term).unwrap()), expected.cuts, "{term}");
        }
        let first = shard.lookup("faktura").unwrap().next();
        assert_eq!(first, Some(Posting { article: 0, weight: 32, in_title: true, zones: 5 }));
        assert!(shard.lookup("fakt").is_none());
        assert_eq!(shard.lookup("router").map(|p| p.rule()), Some(7));
        assert_eq!(shard.postings(u64::MAX).count(), 0);
    }

    #[test]
    fn first_letters_read_back() {
        let shard = open(&[("!aktura", NewEntry::Firsts(pack_firsts("få𝒳".chars())))]);
        let mut letters: Vec<char> = firsts(shard.get("!aktura").unwrap()).collect();
        letters.sort_unstable();
        assert_eq!(letters, ['f', 'å', '𝒳']);
        assert_eq!(firsts(0).count(), 0);
        assert_eq!(pack_firsts("abcd".chars()), pack_firsts("abc".chars()));
    }
}
