//! What a vocabulary tells about its terms beside where they stand: in which compounds, as whose synonyms, and how they go
//! on after their first letter. All of it is found at build, so that the browser reads lists and knows no language.

use crate::error::IndexError;
use crate::fixed::{decode_weight, encode_weight};
use crate::lists::{self, Complete, Lists, OnTape};
use crate::occurrences::{Lengths, Weights};
use crate::sorter::Sorter;
use crate::storage::Storage;
use crate::synonyms::{Synonym, words};
use crate::terms::{FIRST, MIDDLE, NewList, NewPosting, TITLE_BIT};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use svar_analysis::{Compounding, Language};

/// The complete list of every term, by the `occurrences` of words in articles of these lengths.
pub(crate) fn complete_lists(
    language: Language,
    compounding: &Compounding,
    occurrences: Sorter,
    articles: &[Lengths],
    synonyms: &mut dyn Iterator<Item = &Synonym>,
    storage: &mut dyn Storage,
) -> Result<Complete, IndexError> {
    let weights = Weights::of(articles);
    let mut literals = Lists::new(storage)?;
    let mut merged = occurrences.merge(storage)?;
    while let Some((term, occurrences)) = merged.next()? {
        literals.push(term, &lists::chunk(&weights.postings(&occurrences)?))?;
    }
    drop(merged);
    let (terms, mut literals) = literals.into_parts();
    let (mut compounds, mut meant) = (Sorter::new(storage), Sorter::new(storage));
    let families = Families::of(language, &terms);
    let mut cuts = add_compounds(&families, &mut literals, compounding, &mut compounds, storage)?;
    add_synonyms(&families, &mut literals, synonyms, &mut meant, storage)?;
    drop(families);

    let (mut compounds, mut meant) = (compounds.merge(storage)?, meant.merge(storage)?);
    let (mut compound, mut synonym) = (compounds.next()?, meant.next()?);
    let mut complete = Complete::new(storage)?;
    let mut terms = terms.into_iter().enumerate().peekable();
    loop {
        let firsts = [terms.peek().map(|(_, term)| &**term), key_of(&compound), key_of(&synonym)];
        let Some(term) = firsts.into_iter().flatten().min().map(str::to_owned) else { break };
        let mut list = NewList::default();
        if let Some((number, _)) = terms.next_if(|(_, next)| **next == *term) {
            list.literal = lists::postings(literals.get(number)?)?;
            list.cuts = cuts.remove(&number).unwrap_or_default();
        }
        if let Some((_, chunks)) = compound.take_if(|(key, _)| *key == term) {
            list.compounds = gathered(&chunks)?;
            keep_telling(&mut list.compounds, &list.literal);
            compound = compounds.next()?;
        }
        if let Some((_, chunks)) = synonym.take_if(|(key, _)| *key == term) {
            list.synonyms = gathered(&chunks)?;
            synonym = meant.next()?;
        }
        list.keep_heavy(articles.len());
        complete.push(term, &list)?;
    }
    Ok(complete)
}

fn key_of(next: &Option<(String, Vec<u8>)>) -> Option<&str> {
    next.as_ref().map(|(key, _)| key.as_str())
}

/// The forms of each word.
struct Families<'a> {
    language: Language,
    /// In byte order.
    terms: &'a [Box<str>],
    /// Stems in byte order, each with the numbers of the terms that have it: the shortest first, of equal ones the first in
    /// the alphabet.
    stems: Vec<(Box<str>, u32)>,
}

impl<'a> Families<'a> {
    /// The families of a vocabulary, which is in byte order.
    pub fn of(language: Language, terms: &'a [Box<str>]) -> Families<'a> {
        let mut stems: Vec<(Box<str>, u32)> = (0..).zip(terms).map(|(n, t)| (language.stem(t).into(), n)).collect();
        let letters = |number: u32| terms.get(number as usize).map_or(0, |term| term.chars().count());
        stems.sort_unstable_by(|(a, m), (b, n)| a.cmp(b).then_with(|| (letters(*m), m).cmp(&(letters(*n), n))));
        Families { language, terms, stems }
    }

    /// The numbers of the forms of `word` that occur.
    fn numbers(&self, word: &str) -> impl Iterator<Item = usize> {
        let stem = self.language.stem(word);
        let start = self.stems.partition_point(|(s, _)| **s < *stem);
        let from = self.stems.get(start..).unwrap_or_default();
        from.iter().take_while(move |(s, _)| **s == *stem).map(|(_, number)| *number as usize)
    }

    /// The forms of `word` that occur.
    fn forms(&self, word: &str) -> impl Iterator<Item = &'a str> {
        let terms = self.terms;
        self.numbers(word).filter_map(move |number| terms.get(number)).map(|term| &**term)
    }

    /// The term that speaks for `word`: itself where it occurs, else its family's shortest.
    fn speaker<'w>(&self, word: &'w str) -> Option<&'w str>
    where
        'a: 'w,
    {
        if self.terms.binary_search_by(|term| (**term).cmp(word)).is_ok() {
            Some(word)
        } else {
            self.forms(word).next()
        }
    }
}

/// Articles with what they will say of a term, in the order of their numbers.
#[derive(Default)]
struct Gathered(BTreeMap<u32, (u32, u8, u8)>);

impl Gathered {
    fn add(&mut self, posting: &NewPosting) {
        let (weight, zones, title) = self.0.entry(posting.article).or_default();
        *weight = weight.saturating_add(decode_weight(posting.code));
        *zones |= posting.zones;
        *title |= posting.code & TITLE_BIT;
    }

    /// Only the articles of both; the smaller weight, and the zones that both share, if any.
    fn and(self, other: &Gathered) -> Gathered {
        let both = self.0.into_iter().filter_map(|(article, (weight, zones, title))| {
            let (other_weight, other_zones, other_title) = *other.0.get(&article)?;
            let shared = if zones & other_zones == 0 { zones | other_zones } else { zones & other_zones };
            Some((article, (weight.min(other_weight), shared, title & other_title)))
        });
        Gathered(both.collect())
    }

    fn postings(self) -> Vec<NewPosting> {
        let posting = |(article, (weight, zones, title)): (u32, (u32, u8, u8))| NewPosting {
            article,
            code: encode_weight(f64::from(weight)) | title,
            zones,
        };
        self.0.into_iter().map(posting).collect()
    }
}

/// Postings of other terms in chunks, as they were gathered for one, to what it says of each article.
fn gathered(chunks: &[u8]) -> Result<Vec<NewPosting>, IndexError> {
    let mut gathered = Gathered::default();
    lists::postings(chunks)?.iter().for_each(|posting| gathered.add(posting));
    Ok(gathered.postings())
}

/// Takes from the postings of compounds those where the word itself says as much, for they add little: 11 % fewer postings,
/// and ranked no worse.
fn keep_telling(compounds: &mut Vec<NewPosting>, literal: &[NewPosting]) {
    let own: HashMap<u32, u8> = literal.iter().map(|p| (p.article, p.code & !TITLE_BIT)).collect();
    compounds.retain(|p| own.get(&p.article).is_none_or(|own| *own < p.code & !TITLE_BIT));
}

/// Fewest letters of a last part that stands nowhere alone.
const MIN_LAST: usize = 5;

/// Most words of which it is kept whether they are known: 12 MB.
const MOST_ASKED: usize = 200_000;

/// Gathers for terms, and for words that are none, where they are parts of compounds, and says where the vocabulary's
/// compounds are cut, by their numbers. A filler word is never a part that is worth finding.
fn add_compounds(
    families: &Families<'_>,
    literals: &mut OnTape,
    compounding: &Compounding,
    found: &mut Sorter,
    storage: &mut dyn Storage,
) -> Result<HashMap<usize, Vec<u8>>, IndexError> {
    let mut splits = HashMap::new();
    if !compounding.ties() {
        return Ok(splits);
    }
    let language = families.language;
    // Asked some hundred times a term, mostly of what was asked before. Only looked into, so that no hash order gets out.
    let terms: HashSet<&str> = families.terms.iter().map(|term| &**term).collect();
    let mut asked: HashMap<String, bool> = HashMap::new();
    let mut known = |word: &str, exactly: bool| {
        if exactly || terms.contains(word) {
            return terms.contains(word);
        }
        if let Some(known) = asked.get(word) {
            return *known;
        }
        let known = families.numbers(word).next().is_some();
        if asked.len() >= MOST_ASKED {
            asked.clear();
        }
        asked.insert(word.to_owned(), known);
        known
    };
    for (number, term) in families.terms.iter().enumerate() {
        let mut parts = compounding.split(term, &mut known);
        splits.extend(compounding.cuts(term, &parts).filter(|cuts| !cuts.is_empty()).map(|cuts| (number, cuts)));
        if parts.is_empty() {
            // A last part that stands nowhere alone (`verifiering` in `tvåstegsverifiering`) may still be asked for.
            let last = |word: &str| word.chars().count() >= MIN_LAST && term.ends_with(word);
            parts = compounding.split(term, &mut |word, exactly| known(word, exactly) || last(word));
        }
        let stem = language.stem(term);
        for part in parts {
            match families.speaker(&part).or(Some(&part)) {
                Some(word) if !language.is_filler(word) && language.stem(word) != stem => {
                    found.add(word, literals.get(number)?, storage)?;
                }
                _ => {}
            }
        }
    }
    Ok(splits)
}

/// Gathers for terms where their synonyms stand. What is asked for becomes a term where it is none yet; several words become
/// one (see [`Synonym::term`]). Synonyms of what no article says lead nowhere and are left out.
fn add_synonyms<'a>(
    families: &Families<'_>,
    literals: &mut OnTape,
    synonyms: impl Iterator<Item = &'a Synonym>,
    found: &mut Sorter,
    storage: &mut dyn Storage,
) -> Result<(), IndexError> {
    // The same said twice, or in two forms of a word, counts once.
    let mut done: BTreeSet<(String, Vec<String>)> = BTreeSet::new();
    for synonym in synonyms {
        let Some(asked) = synonym.term() else { continue };
        let meant = words(&synonym.meant);
        let term = families.speaker(&asked).unwrap_or(&asked).to_owned();
        if !done.insert((term.clone(), meant.iter().map(|word| families.language.stem(word)).collect())) {
            continue;
        }
        let mut all: Option<Gathered> = None;
        for word in meant {
            let mut gathered = Gathered::default();
            for number in families.numbers(&word) {
                lists::postings(literals.get(number)?)?.iter().for_each(|posting| gathered.add(posting));
            }
            all = Some(match all {
                Some(all) => all.and(&gathered),
                None => gathered,
            });
        }
        if let Some(all) = all.filter(|all| !all.0.is_empty()) {
            found.add(&term, &lists::chunk(&all.postings()), storage)?;
        }
    }
    Ok(())
}

/// Fewest letters of a term whose first letter may be mistyped.
const MIN_FIRSTS: usize = 5;

/// What begins the terms that go on with the same letters, by these.
pub(crate) fn firsts<'a>(terms: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut letters: BTreeMap<String, BTreeSet<char>> = BTreeMap::new();
    for term in terms.filter(|term| term.chars().count() >= MIN_FIRSTS && term.chars().all(char::is_alphabetic)) {
        let middle = std::iter::once(FIRST).chain(term.chars().skip(1).take(MIDDLE)).collect();
        letters.entry(middle).or_default().extend(term.chars().next());
    }
    letters.into_iter().map(|(middle, firsts)| (middle, firsts.into_iter().collect())).collect()
}
