//! Stems without a stemmer: what an index carries so that the browser needs no language of its own.
//!
//! At build each term's stem is found by the language's stemmer and written down as a *rule*: what was cut off the end and
//! what was put in its place. A language needs a few dozen rules, and a term needs one byte. When a question is asked, the
//! stem of a known term is its rule carried out; an unknown form of a word is tried with each rule whose ending it has,
//! and the help centre's own vocabulary tells which of the stems exists.
//!
//! This answers like the stemmer for known terms and goes by the vocabulary for unknown ones. It costs no code per language, where
//! Snowball's Swedish and English alone weigh 3.3 kB brotli.

use crate::Language;
use std::collections::BTreeMap;

/// How a term becomes its stem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rule {
    /// Cut off the end.
    pub cut: String,
    /// Put in its place.
    pub add: String,
}

impl Rule {
    /// `word` with the ending exchanged, or `None` where it does not end so.
    pub fn apply(&self, word: &str) -> Option<String> {
        let mut out = word.strip_suffix(self.cut.as_str())?.to_owned();
        out.push_str(&self.add);
        Some(out)
    }
}

/// Most rules of a language: a term's rule is one byte. Rarer ones are left out, and such a term is its own stem.
pub const MAX_RULES: usize = 255;

/// Fewest letters that an unknown word keeps when a rule cuts it.
const MIN_STEM: usize = 3;

/// The rules of an index. The first one changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Rules as an index has them.
    pub fn new(rules: Vec<Rule>) -> Rules {
        Rules(rules)
    }

    /// The rules that `terms` need, the most frequent first after the one that changes nothing.
    pub fn of<'a>(language: Language, terms: impl Iterator<Item = &'a str>) -> Rules {
        let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
        for term in terms {
            *counts.entry(rule(term, &language.stem(term))).or_default() += 1;
        }
        counts.remove(&Rule::default());
        let mut rules: Vec<(usize, Rule)> = counts.into_iter().map(|(rule, count)| (count, rule)).collect();
        rules.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
        let rules = std::iter::once(Rule::default()).chain(rules.into_iter().map(|(_, rule)| rule));
        Rules(rules.take(MAX_RULES).collect())
    }

    /// The number of a term's rule.
    pub fn number(&self, language: Language, term: &str) -> u8 {
        let rule = rule(term, &language.stem(term));
        self.0.iter().position(|r| *r == rule).and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
    }

    /// All rules by number.
    pub fn all(&self) -> &[Rule] {
        &self.0
    }

    /// The stem of a known term. An unknown number leaves it as it is.
    pub fn stem(&self, term: &str, number: u8) -> String {
        self.0.get(usize::from(number)).and_then(|rule| rule.apply(term)).unwrap_or_else(|| term.to_owned())
    }

    /// What the stem of an unknown word could be: each once, the most cut first, the word itself last.
    pub fn candidates(&self, word: &str) -> Vec<String> {
        let mut all: Vec<(usize, String)> = Vec::new();
        for rule in &self.0 {
            let Some(stem) = rule.apply(word) else { continue };
            let kept = word.chars().count() - rule.cut.chars().count();
            if (kept < MIN_STEM && !rule.cut.is_empty()) || all.iter().any(|(_, s)| *s == stem) {
                continue;
            }
            let at = all.partition_point(|(cut, _)| *cut >= rule.cut.len());
            all.insert(at, (rule.cut.len(), stem));
        }
        all.into_iter().map(|(_, stem)| stem).collect()
    }
}

fn rule(term: &str, stem: &str) -> Rule {
    let common: usize = term.chars().zip(stem.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
    let rest = |s: &str| s.get(common..).unwrap_or_default().to_owned();
    Rule { cut: rest(term), add: rest(stem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWEDISH: &str =
        "faktura fakturan fakturor avbrott avbrottet router routern flytta flyttar flyttade betalning betalningar";
    const ENGLISH: &str = "invoice invoices moving moved happy happier complaint complaints policies policy e104";

    fn rules(language: Language, words: &str) -> Rules {
        Rules::of(language, words.split(' '))
    }

    #[test]
    fn known_terms_have_the_stemmer_s_stems() {
        for (language, words) in [(Language::Swedish, SWEDISH), (Language::English, ENGLISH)] {
            let rules = rules(language, words);
            for term in words.split(' ') {
                assert_eq!(rules.stem(term, rules.number(language, term)), language.stem(term));
            }
        }
    }

    #[test]
    fn unknown_forms_reach_the_stems_there_are() {
        let rules = rules(Language::Swedish, SWEDISH);
        for (word, stem) in
            [("fakturor", "faktur"), ("avbrotten", "avbrotten"), ("lampan", "lamp"), ("betalningen", "betalningen")]
        {
            assert!(rules.candidates(word).contains(&stem.to_owned()), "{word}: {:?}", rules.candidates(word));
        }
        assert_eq!(rules.candidates("år").last().map(String::as_str), Some("år"));
    }

    proptest::proptest! {
        #[test]
        fn no_word_panics(word in "\\PC{0,12}", number: u8) {
            let rules = rules(Language::Swedish, SWEDISH);
            rules.stem(&word, number);
            proptest::prop_assert!(!rules.candidates(&word).is_empty());
        }
    }
}
