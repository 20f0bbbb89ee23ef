//! A term shard: the terms of a range of the vocabulary and where they occur.
//!
//! ```text
//! terms    := keys varint · postings varint · stream
//! stream   := the keys in byte order, then the lists of those that are terms, by range coding (see `range`), keys and
//!             lists each with models of their own
//! key      := a term, and its rule
//!           | "!" · letters of terms without their first, and those first letters
//! list     := split, where the term stands itself, its compounds, its synonyms; where it stands in [`MOST`] articles
//!             itself, in how many more
//! posting  := article, whether in the title, weight (5 bits, see `fixed::decode_weight`), zones
//! ```
//!
//! The models of the stream start anew in each shard. A key is the letters it shares with the one before, and the others;
//! letters are coded by their place in the index's alphabet (in the core), which has the most frequent first.
//!
//! The rule is how the term becomes its stem: its number in the core (see `svar_analysis::stems`). The split says what the
//! term is made of, where it is a compound (`Compounding::cuts`), so that nobody needs the shards of all that it might be
//! made of to know. A list's own postings say where the term stands as a word, those of compounds where it is a part of
//! one, those of synonyms where something stands that the owner calls its synonym. Each of the three is in the order of
//! article numbers.
//!
//! The weight is the term's frequency in the article over all fields, weighted and normalised by field length (BM25F,
//! Robertson and Zaragoza 2009) and not yet saturated, so that forms of a word can be added up before they are. The zones
//! are a bit for each stretch of the article in which the term occurs: an article is cut into as many equal stretches as it
//! has 60 words, at most 8. Words that share a zone stand near each other. Of compounds and synonyms the first zone is
//! kept; the others cost bytes and ranked no better.
//!
//! What a posting says is mostly known already: its article from how many there are (Golomb 1966, "Run-length encodings";
//! the parameter follows what is left of both), its weight and zones from what the shard said of the same article before.
//! A word that stands in it once weighs the same as others that do.
//!
//! A key with `!` leads from a word typed with a wrong first letter, or without it, to the shards that hold what was meant:
//! by the [`MIDDLE`] letters after the first to all first letters of terms that go on so. They are written where an index is
//! cut into files; in a whole one every term is at hand.

use crate::bytes::{Reader, Slice, Writer};
use crate::error::{IndexError, damaged};
use crate::range::{Coder, Decoder, Encoder, Mark, NUMBER};
use std::ops::Range;
use std::sync::OnceLock;

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

/// Begins the key of first letters.
pub const FIRST: char = '!';

/// Letters after a term's first that lead to it.
pub const MIDDLE: usize = 5;

/// A posting on its way into a shard, or out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NewPosting {
    pub article: u32,
    /// [`TITLE_BIT`] and the weight.
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
    /// In how many articles it stands as a word beside those that are listed.
    pub left_out: u32,
}

impl NewList {
    /// Lets go of the lightest postings of a term that stands in many of so many articles, where it decides little, and of
    /// all but [`MOST`].
    pub fn keep_heavy(&mut self, articles: usize) {
        for (which, postings) in [&mut self.literal, &mut self.compounds, &mut self.synonyms].into_iter().enumerate() {
            let weight = |p: &NewPosting| p.code & WEIGHT;
            let mut weights: Vec<u8> = postings.iter().map(weight).collect();
            weights.sort_unstable();
            let least = weights.get(weights.len() * LIGHT / 100).copied().unwrap_or(0);
            if postings.len() > MANY.max(articles / MANY_OF) {
                postings.retain(|p| p.code & TITLE_BIT != 0 || weight(p) >= least);
            }
            if postings.len() > MOST {
                if which == 0 {
                    self.left_out = (postings.len() - MOST) as u32;
                }
                postings.sort_by_key(|p| std::cmp::Reverse((p.code & TITLE_BIT, weight(p))));
                postings.truncate(MOST);
                postings.sort_unstable_by_key(|p| p.article);
            }
        }
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        2 * (self.literal.len() + self.compounds.len() + self.synonyms.len())
    }
}

/// What a key leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NewEntry<'a> {
    /// A term's rule and list.
    Term(u8, &'a NewList),
    /// First letters.
    Firsts(&'a str),
}

pub(crate) const TITLE_BIT: u8 = 128;

const WEIGHT: u8 = 31;

/// A term stands in many articles where it stands in an eighth of them, and in so many.
const MANY_OF: usize = 8;
const MANY: usize = 128;

/// Percent of postings that are light. Without them LibreOffice's help takes 4 % fewer bytes of terms and ranked as well
/// in Swedish and German and better in English (nDCG@10 .704 to .711); twice as many cost as much as the first gained.
const LIGHT: usize = 30;

/// Most postings of a list: of more the heaviest are kept, those in titles first, so that the commonest word of a hundred
/// thousand articles takes no more than that of ten thousand. In how many articles a word stands is kept, for its idf. A
/// tenth of that, where 2,500 articles have the place of 25,000, cost .16 of the 77 hundredths of nDCG@10 on the judged
/// sets; cutting lists so is static pruning (Carmel et al. 2001, "Static index pruning for information retrieval systems").
const MOST: usize = 4_096;

/// Most letters of an alphabet; others are written out.
pub(crate) const ALPHABET: usize = 126;
const END: u32 = 0;
const OTHER: u32 = 127;

/// What was said of an article before: the last weight, the smallest, and all zones.
#[derive(Clone, Copy)]
struct Seen {
    last: u8,
    least: u8,
    zones: u8,
}

/// No term was seen in the article.
const UNSEEN: Seen = Seen { last: u8::MAX, least: u8::MAX, zones: 0 };

/// Letters that two keys share, as far as that is told apart, and those of the one before.
const SHARED_LETTERS: usize = 31;
const LETTERS_BEFORE: usize = 15;

/// Letters of a term, as far as they make a difference to what is expected of its list.
const LONG: usize = 15;

/// Where the models of keys begin, and by what they are told apart.
mod keys {
    use crate::range::NUMBER;

    /// Letters shared with the key before, by how many that one has.
    pub const SHARED: usize = 0;
    /// A letter, by the one before.
    pub const LETTER: usize = SHARED + 16 * 32;
    /// How many first letters.
    pub const FIRSTS: usize = LETTER + 128 * 128;
    /// Whether the rule is the last one, by the last letter.
    pub const SAME_RULE: usize = FIRSTS + NUMBER;
    /// A rule, by the last letter.
    pub const RULE: usize = SAME_RULE + 128;
    /// All of them.
    pub const ALL: usize = RULE + 32 * 256;
}

/// Where those of lists begin.
mod lists {
    use crate::range::NUMBER;

    /// Whether there is a split, by the length; how many cuts; and each of them.
    pub const SPLIT: usize = 0;
    pub const CUTS: usize = SPLIT + 16;
    pub const CUT: usize = CUTS + NUMBER;
    /// How many postings, by the length.
    pub const LITERAL: usize = CUT + 256;
    /// Whether there are derived ones, by which and the length; and how many, by which.
    pub const DERIVED: usize = LITERAL + 4 * NUMBER;
    pub const DERIVED_COUNT: usize = DERIVED + 3 * 16;
    /// How many are left out.
    pub const LEFT_OUT: usize = DERIVED_COUNT + 3 * NUMBER;
    /// Units of a gap, by the part of one that is expected, how short the last gap was, and which unit.
    pub const UNITS: usize = LEFT_OUT + NUMBER;
    pub const MORE_UNITS: usize = UNITS + 8 * 3 * 8;
    /// The highest bits within a unit, by how short the last gap was.
    pub const HIGH: usize = MORE_UNITS + NUMBER;
    /// By the list's length and whether it is derived.
    pub const IN_TITLE: usize = HIGH + 3 * 4;
    /// The same, and whether the article's last weight is its least.
    pub const SAME_WEIGHT: usize = IN_TITLE + 5 * 2;
    /// By whether it is derived.
    pub const LEAST_WEIGHT: usize = SAME_WEIGHT + 5 * 2 * 2;
    /// By what is known of the article.
    pub const WEIGHT: usize = LEAST_WEIGHT + 2;
    /// Whether it is in any zone, by whether it is in the title.
    pub const PLACED: usize = WEIGHT + 9 * 32;
    /// The first zone, by the last one of the article that is known.
    pub const ZONE: usize = PLACED + 2;
    /// Whether there are others, by how often the term seems to occur and the first zone.
    pub const SEVERAL: usize = ZONE + 9 * 8;
    /// Whether a later zone is one of them, by how often the term seems to occur, how many zones there are already, and
    /// whether the article is known to reach there.
    pub const MORE_ZONES: usize = SEVERAL + 10 * 8;
    /// All of them.
    pub const ALL: usize = MORE_ZONES + 10 * 3 * 3;
}

/// Units of a gap that are counted one by one.
const UNITS: u32 = 12;

/// The distance to the next article, of which `expected` eighths are the mean. `short`: how much shorter than expected the
/// one before was, 0 to 2.
fn code_gap(c: &mut impl Coder, expected: u32, short: usize, gap: u32) -> u32 {
    // A unit is the power of two below 5/8 of the mean, about what Golomb's rule gives; the part is in eighths of it.
    let mean = expected * 5 / 8;
    let bits = (mean / 8).max(1).ilog2();
    let part = (mean >> bits).clamp(8, 15) as usize - 8;
    let units = gap >> bits;
    let mut counted = 0;
    while counted < UNITS && c.bit(lists::UNITS + (part * 3 + short) * 8 + counted.min(5) as usize, counted < units) {
        counted += 1;
    }
    if counted == UNITS {
        counted = counted.saturating_add(c.number(lists::MORE_UNITS, units.saturating_sub(UNITS)));
    }
    // Within a long first unit, short distances are likelier than long ones.
    let modelled = if counted == 0 { bits.min(2) } else { 0 };
    let high = c.tree(lists::HIGH + short * 4, modelled, gap >> (bits - modelled) & ((1 << modelled) - 1));
    let low = bits - modelled;
    let low_bits = c.raw(low, gap & ((1 << low) - 1));
    (counted << bits).wrapping_add(high << low | low_bits)
}

/// A key.
#[derive(Default)]
struct Key {
    letters: Vec<char>,
    /// How many letters it shares with the key before.
    shared: usize,
    firsts: Vec<char>,
    rule: u8,
}

/// Codes a shard's keys, one after another: what is written and what is read.
struct Keys<'a> {
    alphabet: &'a [char],
    /// Letters of the key before.
    before: usize,
    rule: u8,
}

impl Keys<'_> {
    /// The next key; `None` where what is read is none. When reading, `key` is the one before.
    fn code<C: Coder>(&mut self, c: &mut C, key: &mut Key) -> Option<()> {
        let place = keys::SHARED + self.before.min(LETTERS_BEFORE) * (SHARED_LETTERS + 1);
        let shared = c.tree(place, 5, key.shared.min(SHARED_LETTERS) as u32) as usize;
        let told = if C::WRITES { key.letters.get(shared..).unwrap_or_default().to_vec() } else { Vec::new() };
        let mut told = told.into_iter();
        key.letters.truncate(shared);
        key.shared = key.letters.len();
        let mut last = key.letters.last().map_or(END, |l| self.number(*l));
        while let Some((number, letter)) = self.letter(c, last, told.next()) {
            last = number;
            key.letters.push(letter);
            if key.letters.len() > usize::from(u16::MAX) {
                return None;
            }
        }
        self.before = key.letters.len();
        if key.letters.first() == Some(&FIRST) {
            let old = std::mem::take(&mut key.firsts);
            for at in 0..=c.number(keys::FIRSTS, (old.len() as u32).saturating_sub(1)) {
                let letter = self.letter(c, OTHER, old.get(at as usize).copied());
                key.firsts.extend(letter.map(|(_, letter)| letter));
                if at > u32::from(u16::MAX) {
                    return None;
                }
            }
            return Some(());
        }
        key.firsts.clear();
        if !c.bit(keys::SAME_RULE + last as usize, key.rule == self.rule) {
            let place = keys::RULE + last.min(31) as usize * 256;
            self.rule = c.tree(place, 8, u32::from(key.rule)) as u8;
        }
        key.rule = self.rule;
        Some(())
    }

    fn number(&self, letter: char) -> u32 {
        self.alphabet.iter().position(|l| *l == letter).map_or(OTHER, |at| at as u32 + 1)
    }

    /// The next letter and its number, if there is one.
    fn letter(&self, c: &mut impl Coder, after: u32, letter: Option<char>) -> Option<(u32, char)> {
        let number = c.tree(keys::LETTER + after as usize * 128, 7, letter.map_or(END, |l| self.number(l)));
        let letter = match number {
            END => return None,
            OTHER => char::from_u32(c.raw(21, letter.map_or(0, u32::from))),
            number => self.alphabet.get(number as usize - 1).copied(),
        };
        // What the alphabet does not have is another letter.
        Some(letter.map_or((OTHER, char::REPLACEMENT_CHARACTER), |letter| (number, letter)))
    }
}

/// What a term leads to.
#[derive(Default)]
struct List {
    cuts: Vec<u8>,
    postings: [Vec<NewPosting>; 3],
    left_out: u32,
}

/// Codes the lists of a shard's terms, one after another.
struct Lists {
    /// By article, of which there are so many.
    seen: Vec<Seen>,
    articles: u32,
    about: u32,
}

/// A number not far above that of the articles, three binary digits and zeros, so that one article more rarely changes it:
/// the distances of all postings are coded by it.
fn about(articles: u32) -> u32 {
    let step = (articles + 1).ilog2().saturating_sub(2);
    ((articles >> step) + 1) << step
}

impl Lists {
    fn new(articles: u32) -> Lists {
        Lists { seen: vec![UNSEEN; articles as usize], articles, about: about(articles) }
    }

    /// The next list, of a term of so many letters; `None` where what is read is none. When reading, `list` is any.
    fn code<C: Coder>(&mut self, c: &mut C, letters: usize, list: &mut List) -> Option<()> {
        let long = letters.min(LONG);
        let old = std::mem::take(&mut list.cuts);
        if c.bit(lists::SPLIT + long, !old.is_empty()) {
            for at in 0..=c.number(lists::CUTS, (old.len() as u32).saturating_sub(1)) {
                if at > 255 {
                    return None;
                }
                let cut = old.get(at as usize).map_or(0, |cut| u32::from(*cut));
                list.cuts.push(c.tree(lists::CUT, 8, cut) as u8);
            }
        }
        for (which, postings) in list.postings.iter_mut().enumerate() {
            let length = postings.len() as u32;
            let count = if which == 0 {
                c.number(lists::LITERAL + long / 4 * NUMBER, length)
            } else if c.bit(lists::DERIVED + which * 16 + long, length > 0) {
                c.number(lists::DERIVED_COUNT + which * NUMBER, length.saturating_sub(1)).saturating_add(1)
            } else {
                0
            };
            if count > self.articles {
                return None;
            }
            postings.resize(count as usize, NewPosting::default());
            self.postings(c, usize::from(which > 0), postings)?;
        }
        let most = list.postings.first().is_some_and(|postings| postings.len() == MOST);
        list.left_out = if most { c.number(lists::LEFT_OUT, list.left_out) } else { 0 };
        Some(())
    }

    fn postings(&mut self, c: &mut impl Coder, derived: usize, all: &mut [NewPosting]) -> Option<()> {
        let many = (all.len() as u32).checked_ilog2().map_or(0, |bits| bits as usize + 1).min(4);
        let (mut from, mut short, mut left) = (0u32, 0, all.len() as u32);
        for posting in all {
            // Of at most 2²⁴ articles: no more than 28 bits.
            let mean = self.about.saturating_sub(from).max(left) * 8 / left.max(1);
            let gap = code_gap(c, mean, short, posting.article.wrapping_sub(from));
            posting.article = from.wrapping_add(gap);
            // None where there is no such article.
            let seen = self.seen.get_mut(posting.article as usize)?;
            // The next one is expected near where this one was near.
            short = match gap.saturating_mul(8) {
                gap if gap.saturating_mul(3) < mean => 2,
                gap if gap < mean => 1,
                _ => 0,
            };
            (from, left) = (posting.article + 1, left - 1);
            code_posting(c, derived, many, seen, posting);
        }
        Some(())
    }
}

/// What is said of an article. `derived`: 0 or 1; `many`: how many postings the list has, 0 to 4.
fn code_posting(c: &mut impl Coder, derived: usize, many: usize, seen: &mut Seen, p: &mut NewPosting) {
    let title = c.bit(lists::IN_TITLE + many * 2 + derived, p.code & TITLE_BIT != 0);
    let weight = p.code & WEIGHT;
    let known = seen.last <= WEIGHT;
    let once = seen.last == seen.least;
    let same = lists::SAME_WEIGHT + (many * 2 + derived) * 2 + usize::from(once);
    let weight = if !title && known && c.bit(same, weight == seen.last) {
        seen.last
    } else if !title && known && !once && c.bit(lists::LEAST_WEIGHT + derived, weight == seen.least) {
        seen.least
    } else {
        let by = match (title, known) {
            (true, _) => 8,
            (false, true) => 4 + usize::from(seen.least >> 3 & 3),
            (false, false) => derived * 2 + usize::from(many > 2),
        };
        c.tree(lists::WEIGHT + by * 32, 5, u32::from(weight)) as u8
    };
    // How much more than a single occurrence it weighs; where that is unknown, how much it weighs.
    let often = match seen.least {
        least if least > WEIGHT => 6 + usize::from(weight >> 3 & 3),
        least => usize::from(weight.saturating_sub(least)).min(5),
    };
    let mut zones = 0u8;
    if c.bit(lists::PLACED + usize::from(title), p.zones != 0) {
        let last = 8 - seen.zones.leading_zeros() as usize;
        let first = c.tree(lists::ZONE + last * 8, 3, p.zones.trailing_zeros() & 7);
        zones = 1 << first;
        // Derived postings have one zone.
        let several = derived == 0
            && first + 1 < ZONES
            && c.bit(lists::SEVERAL + often * 8 + first as usize, p.zones & p.zones.wrapping_sub(1) != 0);
        let end = if several { ZONES } else { 0 };
        for zone in first + 1..end {
            let reach = if seen.zones == 0 { 2 } else { usize::from(seen.zones >> zone != 0) };
            let set = (zones.count_ones() as usize).min(3) - 1;
            let more = lists::MORE_ZONES + (often * 3 + set) * 3 + reach;
            zones |= u8::from(c.bit(more, p.zones >> zone & 1 == 1)) << zone;
        }
    }
    if !title {
        (seen.last, seen.least) = (weight, seen.least.min(weight));
    }
    seen.zones |= zones;
    *p = NewPosting { article: p.article, code: weight | if title { TITLE_BIT } else { 0 }, zones };
}

/// Most postings that a byte of a stream may stand for: a bit costs at least 1/1,420 bits, a posting a few of them.
const POSTINGS_OF_A_BYTE: usize = 4_096;

/// Keys in byte order, each with postings in the order of articles, to a section's payload. `alphabet`: the most frequent
/// letters; `articles`: how many there are in the index.
pub(crate) fn write<'a>(
    entries: impl ExactSizeIterator<Item = (&'a str, NewEntry<'a>)>,
    alphabet: &[char],
    articles: u32,
) -> Result<Vec<u8>, IndexError> {
    if articles > MOST_ARTICLES {
        return Err(IndexError::TooLarge { what: "over 16 million articles in a language" });
    }
    let mut w = Writer::default();
    w.varint(entries.len() as u64);
    let (mut coded, mut encoder) = (Keys { alphabet, before: 0, rule: 0 }, Encoder::new(keys::ALL));
    let (mut lists, mut all) = (Vec::new(), 0u64);
    let long = || IndexError::TooLarge { what: "a term, a compound or a list" };
    let mut before: Vec<char> = Vec::new();
    for (key, new) in entries {
        let letters: Vec<char> = key.chars().collect();
        if letters <= before {
            return Err(IndexError::TooLarge { what: "terms out of order or repeated" });
        }
        let shared = letters.iter().zip(&before).take_while(|(a, b)| a == b).count();
        let (rule, firsts) = match new {
            NewEntry::Term(rule, list) => {
                lists.push((letters.len(), list));
                (rule, "")
            }
            NewEntry::Firsts(letters) => (0, letters),
        };
        before.clone_from(&letters);
        coded
            .code(&mut encoder, &mut Key { letters, shared, firsts: firsts.chars().collect(), rule })
            .ok_or_else(long)?;
    }
    encoder.renew(lists::ALL);
    let mut coded = Lists::new(articles);
    for (letters, list) in lists {
        let first_zone = |postings: &[NewPosting]| {
            postings.iter().map(|p| NewPosting { zones: p.zones & p.zones.wrapping_neg(), ..*p }).collect()
        };
        let postings = [list.literal.clone(), first_zone(&list.compounds), first_zone(&list.synonyms)];
        all += postings.iter().map(|p| p.len() as u64).sum::<u64>();
        let mut list = List { cuts: list.cuts.clone(), postings, left_out: list.left_out };
        coded.code(&mut encoder, letters, &mut list).ok_or_else(long)?;
    }
    w.varint(all);
    w.0.extend(encoder.finish());
    Ok(w.0)
}

/// A key's place in the columns.
#[derive(Clone, Copy, Default)]
struct KeyPlace {
    /// Where its letters end.
    end: u32,
    /// The place of its first letters, or of its list.
    at: u32,
    /// How many letters it shares with the key before, at most [`SHARED_LETTERS`].
    shared: u8,
    rule: u8,
}

/// A list's place in the columns.
#[derive(Clone, Copy, Default)]
struct Place {
    /// The first of its cuts, and how many they are.
    cut: u32,
    cuts: u16,
    /// Postings of the term itself, of its compounds and of its synonyms.
    counts: [u32; 3],
    /// Number of the first posting.
    posting: u32,
    left_out: u32,
}

impl Place {
    fn cuts(self) -> Range<usize> {
        let start = self.cut as usize;
        start..start + usize::from(self.cuts)
    }
}

/// Most articles of an index: their numbers have three bytes in memory.
const MOST_ARTICLES: u32 = 1 << 24;

/// A posting in five bytes, of which a visitor's memory holds hundreds of thousands.
#[derive(Clone, Copy)]
struct Packed {
    article: [u8; 3],
    code: u8,
    zones: u8,
}

impl Packed {
    fn of(posting: &NewPosting) -> Packed {
        let [a, b, c, _] = posting.article.to_le_bytes();
        Packed { article: [a, b, c], code: posting.code, zones: posting.zones }
    }

    fn article(self) -> u32 {
        let [a, b, c] = self.article;
        u32::from_le_bytes([a, b, c, 0])
    }

    fn read(self) -> Posting {
        Posting {
            article: self.article(),
            weight: crate::fixed::decode_weight(self.code),
            in_title: self.code & TITLE_BIT != 0,
            zones: self.zones,
        }
    }
}

/// A shard that answers. Its lists are read when they are first asked for: of the shards that are looked through for a
/// word with a slip most hold nothing like it.
pub struct TermShard {
    letters: Vec<char>,
    keys: Vec<KeyPlace>,
    firsts: Vec<Vec<char>>,
    stored: Slice,
    /// Where lists begin in what is stored.
    mark: Mark,
    /// How many postings there are.
    postings: usize,
    articles: u32,
    lists: OnceLock<Columns>,
}

/// Lists of a shard.
#[derive(Default)]
struct Columns {
    places: Vec<Place>,
    cuts: Vec<u8>,
    postings: Vec<Packed>,
}

impl TermShard {
    pub(crate) fn open(section: &Slice, alphabet: &[char], articles: u32) -> Result<TermShard, IndexError> {
        let bytes = section.as_ref();
        let mut r = Reader::new(bytes);
        let (count, postings) = (r.varint()? as usize, r.varint()? as usize);
        let most = bytes.len().saturating_mul(POSTINGS_OF_A_BYTE);
        if count > most || postings > most || articles > MOST_ARTICLES {
            return Err(damaged("a count beyond the file"));
        }
        let stored = section.part(r.at()..bytes.len());
        let mut decoder = Decoder::new(stored.as_ref(), keys::ALL);
        let mut coded = Keys { alphabet, before: 0, rule: 0 };
        let (mut letters, mut keys, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut key, mut terms) = (Key::default(), 0);
        for _ in 0..count {
            // What is read follows from the stream alone, except that a key goes on from the one before.
            coded.code(&mut decoder, &mut key).ok_or(damaged("a key that is none"))?;
            let is_first = key.letters.first() == Some(&FIRST);
            letters.extend(&key.letters);
            let at = if is_first { firsts.len() as u32 } else { terms };
            terms += u32::from(!is_first);
            keys.push(KeyPlace { end: letters.len() as u32, at, shared: key.shared as u8, rule: key.rule });
            if is_first {
                firsts.push(std::mem::take(&mut key.firsts));
            }
        }
        let mark = decoder.mark();
        Ok(TermShard { letters, keys, firsts, stored, mark, postings, articles, lists: OnceLock::new() })
    }

    /// The lists, read now if they were not; none where another number of postings was stated than there is, which no writer
    /// does.
    fn lists(&self) -> &Columns {
        self.lists.get_or_init(|| self.read_lists().unwrap_or_default())
    }

    fn read_lists(&self) -> Option<Columns> {
        let mut decoder = Decoder::resume(self.stored.as_ref(), self.mark, lists::ALL);
        let (mut coded, mut list) = (Lists::new(self.articles), List::default());
        let mut all = Columns::default();
        // As many as are stated, where there can be so many: a list that grows would be copied, and leave holes.
        all.postings.reserve_exact(self.postings.min(self.stored.as_ref().len() * 8));
        for number in 0..self.len() {
            let key = self.key(number);
            if key.first() == Some(&FIRST) {
                continue;
            }
            coded.code(&mut decoder, key.len(), &mut list)?;
            all.places.push(Place {
                cut: all.cuts.len() as u32,
                cuts: list.cuts.len() as u16,
                counts: list.postings.each_ref().map(|p| p.len() as u32),
                posting: all.postings.len() as u32,
                left_out: list.left_out,
            });
            all.cuts.extend(&list.cuts);
            for postings in &list.postings {
                all.postings.extend(postings.iter().map(Packed::of));
            }
            if all.postings.len() > self.postings {
                break;
            }
        }
        (all.postings.len() == self.postings).then_some(all)
    }

    /// Bytes that it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let lists = self.lists.get().map_or(0, |all| {
            all.cuts.len() + size_of::<Place>() * all.places.len() + size_of::<Packed>() * all.postings.len()
        });
        4 * (self.letters.len() + 4 * self.firsts.len()) + size_of::<KeyPlace>() * self.keys.len() + lists
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn at(&self, number: usize) -> KeyPlace {
        self.keys.get(number).copied().unwrap_or_default()
    }

    fn place(&self, number: usize) -> Place {
        let key = self.keys.get(number).filter(|_| self.is_term(number));
        key.and_then(|key| self.lists().places.get(key.at as usize)).copied().unwrap_or_default()
    }

    fn is_term(&self, number: usize) -> bool {
        self.key(number).first().is_some_and(|letter| *letter != FIRST)
    }

    /// The letters of the key at place `number`, in byte order; none beyond the last.
    pub fn key(&self, number: usize) -> &[char] {
        let start = number.checked_sub(1).map_or(0, |before| self.at(before).end);
        self.letters.get(start as usize..self.at(number).end as usize).unwrap_or_default()
    }

    /// How many letters the key at place `number` shares with the one before it.
    pub fn shared(&self, number: usize) -> usize {
        usize::from(self.at(number).shared)
    }

    /// The places of the keys that begin with `letters`.
    pub fn beginning(&self, letters: &[char]) -> Range<usize> {
        let cut = |number: usize| {
            let key = self.key(number);
            key.get(..letters.len()).unwrap_or(key)
        };
        let find = |before: &dyn Fn(&[char]) -> bool| {
            let (mut start, mut end) = (0, self.len());
            while start < end {
                let middle = start.midpoint(end);
                if before(cut(middle)) { start = middle + 1 } else { end = middle }
            }
            start
        };
        find(&|key| key < letters)..find(&|key| key <= letters)
    }

    /// The postings of the key at place `number`, in the order of article numbers. None where there is no such key.
    pub fn postings(&self, number: usize) -> Postings<'_> {
        Postings::new(self, self.place(number), 0)
    }

    /// Number of the rule that makes the term at place `number` its stem.
    pub fn rule(&self, number: usize) -> u8 {
        self.at(number).rule
    }

    /// What the term at place `number` is made of, for `Compounding::parts`; nothing where it is no compound.
    pub fn cuts(&self, number: usize) -> &[u8] {
        self.lists().cuts.get(self.place(number).cuts()).unwrap_or_default()
    }

    /// The letters that the [`FIRST`] key at place `number` leads to.
    pub fn firsts(&self, number: usize) -> &[char] {
        self.firsts.get(self.at(number).at as usize).filter(|_| !self.is_term(number)).map_or(&[], Vec::as_slice)
    }

    /// The place of a key, or `None` where it is unknown.
    pub fn get(&self, key: &str) -> Option<usize> {
        let letters: Vec<char> = key.chars().collect();
        let first = self.beginning(&letters).start;
        (self.key(first) == letters && first < self.len()).then_some(first)
    }

    /// Where `term` occurs, or `None` where it is unknown.
    pub fn lookup(&self, term: &str) -> Option<Postings<'_>> {
        self.get(term).map(|number| self.postings(number))
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
    all: std::slice::Iter<'a, Packed>,
}

impl<'a> Postings<'a> {
    /// `which`: of the term itself (0), its compounds (1) or its synonyms (2).
    fn new(shard: &'a TermShard, place: Place, which: usize) -> Postings<'a> {
        let before: u32 = place.counts.iter().take(which).sum();
        let count = place.counts.get(which).copied().unwrap_or(0);
        let start = (place.posting + before) as usize;
        let all = shard.lists().postings.get(start..start + count as usize).unwrap_or_default();
        Postings { shard, place, all: all.iter() }
    }

    /// In how many articles the term occurs as a word.
    pub fn articles(&self) -> u32 {
        self.place.counts[0].saturating_add(self.place.left_out)
    }

    /// How many of these the list does not tell, being cut.
    pub fn left_out(&self) -> u32 {
        self.place.left_out
    }

    /// Whether the term has a derived list.
    pub fn has(&self, derived: Derived) -> bool {
        self.place.counts.get(derived as usize).is_some_and(|count| *count > 0)
    }

    /// What it says of one article, if it does.
    pub fn of(&self, article: u32) -> Option<Posting> {
        let all = self.all.as_slice();
        let at = all.binary_search_by_key(&article, |posting| posting.article()).ok()?;
        all.get(at).map(|posting| posting.read())
    }

    /// The derived list; empty where there is none.
    pub fn derived(self, derived: Derived) -> Postings<'a> {
        Postings::new(self.shard, self.place, derived as usize)
    }
}

impl Iterator for Postings<'_> {
    type Item = Posting;

    fn next(&mut self) -> Option<Posting> {
        self.all.next().map(|posting| posting.read())
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn list(articles: &[u32]) -> Vec<NewPosting> {
        articles.iter().map(|&article| NewPosting { article, code: 4 | TITLE_BIT, zones: 5 }).collect()
    }

    fn open(entries: &[(&str, NewEntry<'_>)]) -> TermShard {
        let alphabet: Vec<char> = "ekaf".chars().collect();
        let payload = write(entries.iter().copied(), &alphabet, 701).unwrap();
        let length = payload.len();
        TermShard::open(&Slice::new(payload.into(), 0..length), &alphabet, 701).unwrap()
    }

    #[test]
    fn lists_read_back() {
        let all = |literal: &[u32], compounds: &[u32], synonyms: &[u32]| NewList {
            literal: list(literal),
            compounds: list(compounds),
            synonyms: list(synonyms),
            cuts: literal.iter().map(|a| *a as u8).collect(),
            left_out: 0,
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
        assert_eq!(shard.get("router").map(|place| shard.rule(place)), Some(7));
        assert_eq!(shard.postings(usize::MAX).count(), 0);
    }

    #[test]
    fn a_long_list_keeps_its_heaviest_and_how_many_there_are() {
        let posting = |article: u32| NewPosting {
            article,
            code: (article % 7) as u8 | if article.is_multiple_of(100) { TITLE_BIT } else { 0 },
            zones: 1,
        };
        let articles = MOST as u32 * 2;
        let mut list = NewList { literal: (0..articles).map(posting).collect(), ..NewList::default() };
        list.keep_heavy(articles as usize * 100);
        let payload = write([("ord", NewEntry::Term(0, &list))].into_iter(), &[], articles).unwrap();
        let length = payload.len();
        let shard = TermShard::open(&Slice::new(payload.into(), 0..length), &[], articles).unwrap();
        let ord = shard.lookup("ord").unwrap();
        assert_eq!((ord.articles(), ord.left_out()), (articles, articles - MOST as u32));
        let kept: Vec<Posting> = ord.collect();
        assert_eq!(kept.len(), MOST);
        assert!(kept.is_sorted_by_key(|p| p.article));
        assert_eq!(kept.iter().filter(|p| p.in_title).count() as u32, articles.div_ceil(100));
        assert!(kept.iter().all(|p| p.in_title || p.weight >= crate::fixed::decode_weight(3)));
    }

    #[test]
    fn first_letters_read_back() {
        let list = NewList { literal: list(&[1]), ..NewList::default() };
        let shard = open(&[("!aktur", NewEntry::Firsts("få𝒳")), ("fak", NewEntry::Term(0, &list))]);
        assert_eq!(shard.firsts(shard.get("!aktur").unwrap()), ['f', 'å', '𝒳']);
        assert_eq!(shard.firsts(shard.get("fak").unwrap()), []);
        assert_eq!(shard.lookup("!aktur").map(|p| p.count()), Some(0));
    }

    #[test]
    fn keys_by_their_beginning() {
        let one = NewList { literal: list(&[0]), ..NewList::default() };
        let words = ["fa", "faktura", "fakturor", "far", "får", "g"];
        let entries: Vec<_> = words.iter().map(|word| (*word, NewEntry::Term(0, &one))).collect();
        let shard = open(&entries);
        let begin = |letters: &str| shard.beginning(&letters.chars().collect::<Vec<_>>());
        assert_eq!([begin("fa"), begin("fakt"), begin("å"), begin(""), begin("fb")], [0..4, 1..3, 6..6, 0..6, 4..4]);
        assert_eq!(shard.key(2).iter().collect::<String>(), "fakturor");
        assert_eq!([shard.shared(0), shard.shared(2), shard.shared(3), shard.shared(4)], [0, 6, 2, 1]);
        assert!(shard.key(6).is_empty());
    }

    /// Terms with lists of any shape.
    fn lists() -> impl proptest::strategy::Strategy<Value = std::collections::BTreeMap<String, (u8, NewList)>> {
        use proptest::prelude::*;
        let postings = |zones: fn(u8) -> u8| {
            let posting = (any::<bool>(), 0u8..32, any::<u8>());
            proptest::collection::btree_map(0u32..300, posting, 0..40).prop_map(move |all| {
                let code = |title, weight| weight | if title { TITLE_BIT } else { 0 };
                let one =
                    |(article, (title, weight, z))| NewPosting { article, code: code(title, weight), zones: zones(z) };
                all.into_iter().map(one).collect::<Vec<_>>()
            })
        };
        let first = |zones: u8| zones & zones.wrapping_neg();
        let list = (any::<u8>(), postings(|z| z), postings(first), postings(first), any::<Vec<u8>>()).prop_map(
            |(rule, literal, compounds, synonyms, mut cuts)| {
                cuts.truncate(200);
                (rule, NewList { literal, compounds, synonyms, cuts, left_out: 0 })
            },
        );
        proptest::collection::btree_map("[a-håα𝒳]{1,9}", list, 0..12)
    }

    proptest::proptest! {
        #[test]
        fn any_lists_read_back(lists in lists()) {
            let alphabet = ['a', 'b', 'c', 'å'];
            let entries = lists.iter().map(|(term, (rule, list))| (term.as_str(), NewEntry::Term(*rule, list)));
            let payload = write(entries.collect::<Vec<_>>().into_iter(), &alphabet, 300).unwrap();
            let length = payload.len();
            let shard = TermShard::open(&Slice::new(payload.into(), 0..length), &alphabet, 300).unwrap();
            for (number, (term, (rule, list))) in lists.iter().enumerate() {
                proptest::prop_assert_eq!(shard.get(term), Some(number));
                proptest::prop_assert_eq!(shard.rule(number), *rule);
                proptest::prop_assert_eq!(shard.cuts(number), &list.cuts);
                let all: Vec<NewPosting> =
                    [&list.literal, &list.compounds, &list.synonyms].into_iter().flatten().copied().collect();
                let start = shard.place(number).posting as usize;
                let read = |p: &Packed| NewPosting { article: p.article(), code: p.code, zones: p.zones };
                let read: Vec<NewPosting> = shard.lists().postings[start..start + all.len()].iter().map(read).collect();
                proptest::prop_assert_eq!(read, all);
            }
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let length = bytes.len();
            if let Ok(shard) = TermShard::open(&Slice::new(bytes.into(), 0..length), &['e'], 300) {
                let _ = shard.lists();
            }
        }
    }
}
