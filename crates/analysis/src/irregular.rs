//! Irregular forms and their bases: `böcker` is `bok`, `paid` is `pay`, `angemeldet` is `anmelden`.
//!
//! Snowball's algorithms cut endings; a form that changes inside keeps its own stem. The tables in `irregular/` list such
//! forms of everyday words, above all those of buying, paying, sending, receiving, losing, breaking, changing, logging in
//! and moving. [`base`] puts the base in a form's place before the word is stemmed. What is listed is inflection:
//! `delivery` and `deliver` stay two words. Forms that an article more often means as another word are left out (`left`,
//! `found`, Swedish `händer` "happens"), and so are forms that the regular way joins already, to which a test holds the
//! tables. Where Snowball's algorithm takes the bare word for another one (Swedish `dator` for `data`), another form is the base.
//!
//! ```text
//! line  = base ":" form+            # the rest is a comment
//! form  = word                      the whole term
//!       | "-" word                  also the last part of a compound, behind 3 letters or more: -böcker, handböcker
//!       | "+" word                  also behind a particle of a verb: +skrivit, beskrivit
//! ```
//!
//! The tables were written by us from the grammar of each language, no list was copied. Each pair can be looked up:
//! Swedish in SAOL, Norwegian in Bokmålsordboka and Nynorskordboka, Danish in Den Danske Ordbog, German in Duden, Dutch
//! in Van Dale, English in the Oxford dictionary and in Quirk et al., Finnish in Kielitoimiston sanakirja, French in
//! Le Petit Robert and Bescherelle, Spanish in the DLE of the RAE, Italian in Treccani, Portuguese in Priberam.
//!
//! Only [`Language::stem`] comes here, and only a build stems: the tables are not in the browser.

pub mod alternation;

use crate::Language;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Fewest letters of a form that ends a compound, and of one that carries an ending of [`Table::endings`]: short forms
/// are found at the end of too many words.
const MIN_FORM: usize = 5;

/// Fewest letters of a compound before the form.
const MIN_BEFORE: usize = 3;

/// The base of an irregular form, with what stands before the form in a compound. None where `term` is not one.
pub fn base(language: Language, term: &str) -> Option<String> {
    let table = table(language)?;
    if let Some(entry) = table.find(term) {
        return Some(entry.base.to_owned());
    }
    // The longest form first: `passwörter` before `wörter`.
    term.char_indices().skip(2).find_map(|(at, _)| {
        let (before, form) = term.split_at(at);
        let entry = table.find(form)?;
        let fits = match entry.within {
            Within::Nothing => false,
            Within::Compound => before.chars().count() >= MIN_BEFORE && entry.form.chars().count() >= MIN_FORM,
            Within::Particle => table.particles.contains(&before),
        };
        fits.then(|| format!("{before}{}", entry.base))
    })
}

/// What a form may be the end of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Compound,
    Particle,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    form: &'static str,
    base: &'static str,
    within: Within,
}

struct Table {
    entries: HashMap<&'static str, Entry>,
    particles: Vec<&'static str>,
    /// Endings that a listed form may carry, and what stands there in the table: `gekaufte` is listed as `gekauft`.
    endings: &'static [(&'static str, &'static str)],
}

impl Table {
    fn find(&self, term: &str) -> Option<Entry> {
        let listed = self.entries.get(term).copied();
        listed.or_else(|| {
            self.endings.iter().find_map(|(ending, instead)| {
                let form = format!("{}{instead}", term.strip_suffix(ending)?);
                self.entries.get(form.as_str()).filter(|e| e.form.chars().count() >= MIN_FORM).copied()
            })
        })
    }
}

fn table(language: Language) -> Option<&'static Table> {
    static TABLES: LazyLock<Vec<(Language, Table)>> = LazyLock::new(|| {
        SOURCES
            .iter()
            .map(|source| {
                let entries = entries(source.text).map(|entry| (entry.form, entry)).collect();
                let particles = source.particles.split_ascii_whitespace().collect();
                (source.language, Table { entries, particles, endings: source.endings })
            })
            .collect()
    });
    TABLES.iter().find(|(of, _)| *of == language).map(|(_, table)| table)
}

fn entries(text: &'static str) -> impl Iterator<Item = Entry> {
    text.lines().flat_map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let (base, forms) = line.split_once(':').unwrap_or_default();
        forms.split_ascii_whitespace().map(move |form| {
            let (within, form) = match (form.strip_prefix('-'), form.strip_prefix('+')) {
                (Some(form), _) => (Within::Compound, form),
                (_, Some(form)) => (Within::Particle, form),
                _ => (Within::Nothing, form),
            };
            Entry { form, base, within }
        })
    })
}

struct Source {
    language: Language,
    text: &'static str,
    /// Prefixes of verbs, separable or not.
    particles: &'static str,
    endings: &'static [(&'static str, &'static str)],
}

const SOURCES: &[Source] = &[
    Source {
        language: Language::Danish,
        text: include_str!("irregular/da.txt"),
        particles: "af an be bort for fra gen god ind med mod ned om op over på til ud under ved",
        endings: &[("s", ""), ("ne", ""), ("nes", ""), ("e", "")],
    },
    Source {
        language: Language::Dutch,
        text: include_str!("irregular/nl.txt"),
        particles: "aan achter af be bij door goed her in kwijt mee mis na om onder ont op over samen terug toe uit vast ver \
            voor vrij weg",
        endings: &[("de", "d"), ("te", "t")],
    },
    Source {
        language: Language::English,
        text: include_str!("irregular/en.txt"),
        particles: "mis over pre re under",
        endings: &[("'s", "")],
    },
    Source { language: Language::Finnish, text: include_str!("irregular/fi.txt"), particles: "", endings: &[] },
    Source {
        language: Language::French,
        text: include_str!("irregular/fr.txt"),
        particles: "",
        endings: &[("e", ""), ("s", ""), ("es", "")],
    },
    Source {
        language: Language::German,
        text: include_str!("irregular/de.txt"),
        particles: "ab an auf aus be bei bereit durch ein ent er fehl fest frei her heraus herunter hin hinzu hoch los mit nach \
            runter statt um unter ver vor weg weiter wieder zu zurück zusammen über",
        endings: &[
            ("te", "t"),
            ("ten", "t"),
            ("ter", "t"),
            ("tes", "t"),
            ("tem", "t"),
            ("ne", "n"),
            ("nen", "n"),
            ("ner", "n"),
            ("nes", "n"),
            ("nem", "n"),
            ("n", ""),
        ],
    },
    Source {
        language: Language::Italian,
        text: include_str!("irregular/it.txt"),
        particles: "",
        endings: &[("a", "o"), ("i", "o"), ("e", "o")],
    },
    Source {
        language: Language::Norwegian,
        text: include_str!("irregular/nb.txt"),
        particles: "an av be bort for fra gjen god inn med mot ned om opp over på til under ut ved",
        endings: &[("s", ""), ("ne", ""), ("nes", ""), ("e", "")],
    },
    Source {
        language: Language::Portuguese,
        text: include_str!("irregular/pt.txt"),
        particles: "",
        endings: &[("s", ""), ("a", "o"), ("as", "o")],
    },
    Source {
        language: Language::Spanish,
        text: include_str!("irregular/es.txt"),
        particles: "",
        endings: &[("s", ""), ("n", ""), ("a", "o"), ("as", "o")],
    },
    Source {
        language: Language::Swedish,
        text: include_str!("irregular/sv.txt"),
        particles: "an av be bort er fast fram från för genom god in med mot ned om på till under upp ut vid åter över",
        endings: &[("s", ""), ("na", ""), ("nas", "")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// All entries of all tables, each with its language and its line of the form `base: form`.
    fn all() -> impl Iterator<Item = (&'static Source, Entry, String)> {
        SOURCES.iter().flat_map(|source| {
            entries(source.text).map(move |e| (source, e, format!("{:?} {}: {}", source.language, e.base, e.form)))
        })
    }

    fn assert_none(what: &str, found: Vec<String>) {
        assert!(found.is_empty(), "{} {what}:\n{}", found.len(), found.join("\n"));
    }

    #[test]
    fn no_form_is_joined_without_the_table() {
        let needless = |(source, e, _): &(&Source, Entry, String)| {
            let listed = |form: String| entries(source.text).any(|other| other.form == form && other.base == e.base);
            let ended = source.endings.iter().filter_map(|(end, instead)| {
                let form = format!("{}{instead}", e.form.strip_suffix(end)?);
                (form.chars().count() >= MIN_FORM).then_some(form)
            });
            source.language.regular_stem(e.form) == source.language.regular_stem(e.base)
                || ended.into_iter().any(listed)
        };
        assert_none("are joined anyway", all().filter(needless).map(|(.., line)| line).collect());
    }

    #[test]
    fn every_form_has_one_base_which_is_no_form() {
        let mut wrong = Vec::new();
        for source in SOURCES {
            let mut forms: HashMap<&str, &str> = HashMap::new();
            for e in entries(source.text) {
                if forms.insert(e.form, e.base).is_some() {
                    wrong.push(format!("{:?} {}: {} is there twice", source.language, e.base, e.form));
                }
            }
            let bases = entries(source.text).map(|e| e.base).filter(|base| forms.contains_key(base));
            wrong.extend(bases.map(|base| format!("{:?} {base} is a form and a base", source.language)));
        }
        assert_none("are wrong", wrong);
    }

    #[test]
    fn only_languages_that_write_compounds_as_one_word_have_ends_of_compounds() {
        use Language::{Danish, Dutch, Finnish, German, Norwegian, Swedish};
        let compounding = [Danish, Dutch, Finnish, German, Norwegian, Swedish];
        let wrong = |(source, e, _): &(&Source, Entry, String)| match e.within {
            Within::Nothing => false,
            Within::Compound => e.form.chars().count() < MIN_FORM || !compounding.contains(&source.language),
            Within::Particle => source.particles.is_empty(),
        };
        assert_none("can end nothing", all().filter(wrong).map(|(.., line)| line).collect());
    }

    #[test]
    fn forms_and_what_they_end() {
        for (language, term, expected) in [
            (Language::Swedish, "böcker", Some("bok")),
            (Language::Swedish, "handböckernas", Some("handbok")),
            (Language::Swedish, "avbröts", Some("avbryta")),
            (Language::Swedish, "böckeri", None),
            (Language::Swedish, "", None),
            (Language::German, "angemeldeten", Some("anmelden")),
            (Language::German, "gekaufte", Some("kaufen")),
            (Language::Dutch, "opgezegd", Some("opzeggen")),
            (Language::English, "women's", Some("woman")),
            (Language::Other, "mice", None),
        ] {
            assert_eq!(base(language, term).as_deref(), expected, "{term}");
        }
    }
}
