//! A word's term: lower case, with base letters and combining marks composed.
//!
//! Lower case is Unicode's simple one, letter by letter (`ẞ` becomes `ß`; the Turkish dotted İ becomes a plain i).
//! Composition covers the letters that the languages here write with U+0300 to U+036F; a full NFC table would weigh
//! 63 kB in the browser. Both sides use this one function, so that what it does not know still matches itself.

/// Combining marks that are composed, and the pairs (base, composed) for each.
const COMPOSED: &[(char, &str)] = &[
    ('\u{300}', "aàeèiìoòuùnǹ"),
    ('\u{301}', "aáeéiíoóuúyýcćnńsśzźlĺrŕ"),
    ('\u{302}', "aâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷ"),
    ('\u{303}', "aãnñoõiĩuũ"),
    ('\u{304}', "aāeēiīoōuū"),
    ('\u{306}', "aăgğuŭeĕiĭoŏ"),
    ('\u{307}', "cċeėgġzż"),
    ('\u{308}', "aäeëiïoöuüyÿ"),
    ('\u{30a}', "aåuů"),
    ('\u{30b}', "oőuű"),
    ('\u{30c}', "cčdďeěnňrřsštťzž"),
    ('\u{327}', "cçsşţţ"),
    ('\u{328}', "aąeęiįuų"),
];

/// The term of `word`. Folding twice is folding once. Empty input gives an empty term.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if ('\u{300}'..='\u{36f}').contains(&c) {
            let composed = out.chars().next_back().and_then(|base| compose(base, c));
            if let Some(letter) = composed {
                out.pop();
                out.push(letter);
            }
            // A mark that composes with nothing here is dropped: it would only keep words apart.
            continue;
        }
        match c {
            '\u{130}' => out.push('i'),
            '’' | 'ʼ' => out.push('\''),
            _ => out.extend(c.to_lowercase().filter(|l| !('\u{300}'..='\u{36f}').contains(l))),
        }
    }
    out
}

fn compose(base: char, mark: char) -> Option<char> {
    let (_, pairs) = COMPOSED.iter().find(|(m, _)| *m == mark)?;
    let mut letters = pairs.chars();
    while let (Some(from), Some(to)) = (letters.next(), letters.next()) {
        if from == base {
            return Some(to);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms() {
        for (word, term) in [
            ("Faktura", "faktura"),
            ("ÅÄÖ", "åäö"),
            ("A\u{30a}terbetalning", "återbetalning"),
            ("fo\u{308}rsenad", "försenad"),
            ("İstanbul", "istanbul"),
            ("STRAẞE", "straße"),
            ("it’s", "it's"),
            ("", ""),
        ] {
            assert_eq!(fold(word), term);
        }
    }

    proptest::proptest! {
        #[test]
        fn twice_is_once(word in "\\PC{0,20}") {
            let once = fold(&word);
            proptest::prop_assert_eq!(fold(&once), once);
        }
    }
}
