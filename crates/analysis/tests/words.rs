//! Which words share a stem, language by language, in tables that a person can read: `tests/words/`.
//!
//! `= a b c` share one stem. `! a b` must not. `? a b` should and do not yet, `~ a b` do and should not: the
//! table tells when that changes.

use svar_analysis::Language;

/// Lines of the table that are not true, each with the stems found.
fn untrue(language: Language, table: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in table.lines().enumerate() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(sign) = words.next() else { continue };
        let stems: Vec<(&str, String)> = words.map(|word| (word, language.stem(word))).collect();
        let shared = |(i, (_, stem)): (usize, &(&str, String))| stems[..i].iter().any(|(_, other)| other == stem);
        let met = stems.iter().enumerate().filter(|pair| shared(*pair)).count();
        let holds = stems.len() >= 2
            && match sign {
                "=" | "~" => met == stems.len() - 1,
                "!" | "?" => met == 0,
                _ => false,
            };
        if !holds {
            let told: Vec<String> = stems.iter().map(|(word, stem)| format!("{word} ({stem})")).collect();
            found.push(format!("line {}: {sign} {}", number + 1, told.join(" ")));
        }
    }
    found
}

#[test]
fn tables_are_true() {
    let tables = [
        (Language::Danish, include_str!("words/da.txt"), 25),
        (Language::Dutch, include_str!("words/nl.txt"), 25),
        (Language::English, include_str!("words/en.txt"), 25),
        (Language::Finnish, include_str!("words/fi.txt"), 25),
        (Language::French, include_str!("words/fr.txt"), 25),
        (Language::German, include_str!("words/de.txt"), 25),
        (Language::Italian, include_str!("words/it.txt"), 25),
        (Language::Norwegian, include_str!("words/nb.txt"), 25),
        (Language::Portuguese, include_str!("words/pt.txt"), 25),
        (Language::Spanish, include_str!("words/es.txt"), 25),
        (Language::Swedish, include_str!("words/sv.txt"), 40),
    ];
    let mut report: Vec<String> = Vec::new();
    for (language, table, fewest) in tables {
        let lines = table.lines().filter(|line| line.starts_with(['=', '!', '?', '~'])).count();
        if lines < fewest {
            report.push(format!("{language:?}: {lines} lines, {fewest} are wanted"));
        }
        report.extend(untrue(language, table).into_iter().map(|line| format!("{language:?} {line}")));
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
}

proptest::proptest! {
    /// Every word has a stem, in every language, and no word panics.
    #[test]
    fn every_word_has_a_stem(word in "\\PC{0,16}") {
        for tag in ["da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "pt", "sv", "xx"] {
            let stem = Language::of_tag(tag).stem(&word);
            proptest::prop_assert!(word.is_empty() || !stem.is_empty(), "{tag} {word}");
        }
    }
}
