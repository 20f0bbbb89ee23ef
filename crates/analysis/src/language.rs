//! What is known about each language: its stemmer and its filler words.

use rust_stemmers::{Algorithm, Stemmer};

/// A language of an index. Every tag that is not known here is [`Language::Other`]: Unicode words, no stems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Swedish.
    Swedish,
    /// English.
    English,
    /// Any other.
    Other,
}

impl Language {
    /// The language of a BCP 47 tag; only the primary subtag counts and case does not.
    pub fn of_tag(tag: &str) -> Language {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "sv" => Language::Swedish,
            "en" => Language::English,
            _ => Language::Other,
        }
    }

    /// The stem of a term, after Snowball's algorithm for the language (snowballstem.org). Terms with digits and terms
    /// of languages without a stemmer are their own stem.
    pub fn stem(self, term: &str) -> String {
        let algorithm = match self {
            Language::Swedish => Algorithm::Swedish,
            Language::English => Algorithm::English,
            Language::Other => return term.to_owned(),
        };
        if term.chars().any(|c| c.is_ascii_digit()) {
            return term.to_owned();
        }
        let stemmer = Stemmer::create(algorithm);
        let stem = stemmer.stem(term);
        match swedish_base(term) {
            Some(base) if self == Language::Swedish && stem == term => stemmer.stem(base).into_owned(),
            _ => stem.into_owned(),
        }
    }

    /// Whether `term` is a filler word: one that says little about what a customer is after. Filler words are indexed
    /// and matched; they count less.
    pub fn is_filler(self, term: &str) -> bool {
        self.fillers().any(|w| w == term)
    }

    /// The filler words of the language.
    pub fn fillers(self) -> impl Iterator<Item = &'static str> {
        let words = match self {
            Language::Swedish => SWEDISH,
            Language::English => ENGLISH,
            Language::Other => "",
        };
        words.split_ascii_whitespace()
    }
}

/// Snowball's Swedish leaves the definite singular in -an and -et alone (`fakturan`, `avbrottet`), so that it parts
/// from its own base form. The base form of such a word, where at least four letters are left.
fn swedish_base(term: &str) -> Option<&str> {
    const NOT_DEFINITE: [&str; 7] = ["internet", "ethernet", "alfabet", "magnet", "planet", "staket", "itet"];
    if NOT_DEFINITE.iter().any(|w| term.ends_with(w)) {
        return None;
    }
    let base = if term.ends_with("an") { term.strip_suffix('n') } else { term.strip_suffix("et") }?;
    (base.chars().count() >= 4).then_some(base)
}

/// Closed-class words and the verbs of asking, chosen by us from the grammar of the language.
const SWEDISH: &str = "och att det den de dem som en ett i på av för med till är var från om inte har hade jag du vi ni han hon man \
    mig dig oss er min mitt mina din ditt dina vår vårt våra sin sitt sina så men eller när då hur vad vem vilken vilket vilka varför \
    kan kunde ska skulle vill ville måste får fick blir blev vara varit göra gör gjort gå går finns där här denna detta dessa \
    man alla allt något någon några ingen inget inga än också bara ju nu upp ut in vid efter utan under över mot hos mellan \
    behöver hej tack";

/// See [`SWEDISH`].
const ENGLISH: &str = "a an the and or but if of to in on at by for from with without about into over after before is are was were be \
    been being am do does did done have has had having i you he she it we they me him her us them my your his its our their this that \
    these those there here what which who whom whose when where why how can could will would shall should may might must not no so \
    than then too very just as up down out off get got want need please hi hello thanks";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (tag, language) in [
            ("sv", Language::Swedish),
            ("sv-SE", Language::Swedish),
            ("SV_fi", Language::Swedish),
            ("en-gb", Language::English),
            ("svenska", Language::Other),
            ("", Language::Other),
        ] {
            assert_eq!(Language::of_tag(tag), language);
        }
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let sv = |a, b| assert_eq!(Language::Swedish.stem(a), Language::Swedish.stem(b), "{a} {b}");
        for (a, b) in [
            ("faktura", "fakturan"),
            ("fakturor", "fakturorna"),
            ("avbrott", "avbrottet"),
            ("router", "routern"),
            ("flytta", "flyttar"),
        ] {
            sv(a, b);
        }
        let en = |a, b| assert_eq!(Language::English.stem(a), Language::English.stem(b), "{a} {b}");
        for (a, b) in
            [("invoice", "invoices"), ("moving", "move"), ("restarted", "restart"), ("complaint", "complaints")]
        {
            en(a, b);
        }
        assert_eq!(Language::Swedish.stem("e104"), "e104");
        assert_eq!(Language::Other.stem("laskut"), "laskut");
    }

    #[test]
    fn fillers() {
        assert!(Language::Swedish.is_filler("hur") && !Language::Swedish.is_filler("faktura"));
        assert!(Language::English.is_filler("the") && !Language::English.is_filler("sv"));
        assert!(!Language::Swedish.is_filler(""));
    }
}
