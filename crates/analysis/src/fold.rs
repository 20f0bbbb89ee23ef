//! A word's term: lower case, with base letters and combining marks composed.
//!
//! Lower case is Unicode's simple one (UnicodeData.txt, field 13) for the scripts in [`lower`], letter by letter: `ẞ` becomes
//! `ß`, the Turkish dotted İ a plain i. The whole table would weigh 4 kB in the browser.
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
        out.push(lower(narrow(c)));
    }
    out
}

/// ASCII for its full-width form, as Japanese keyboards give it.
fn narrow(c: char) -> char {
    match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The small letter of a capital in Latin, Greek, Cyrillic and Armenian; other characters stay as they are. The scripts of
/// the other languages that help centres are written in know no case.
pub fn lower(c: char) -> char {
    let code = c as u32;
    let next_if = |even: bool| code + u32::from((code.is_multiple_of(2)) == even);
    let small = match code {
        0x41..=0x5a => code + 32,
        0..=0xbf => code,
        0xc0..=0xde if code != 0xd7 => code + 32,
        0x130 => 0x69,
        0x178 => 0xff,
        0x100..=0x137 | 0x14a..=0x177 | 0x1de..=0x1ef | 0x1f8..=0x21f | 0x222..=0x233 => next_if(true),
        0x139..=0x148 | 0x179..=0x17e | 0x1cd..=0x1dc => next_if(false),
        0x386 => 0x3ac,
        0x388..=0x38a => code + 37,
        0x38c => 0x3cc,
        0x38e | 0x38f => code + 63,
        0x391..=0x3ab if code != 0x3a2 => code + 32,
        0x400..=0x40f => code + 80,
        0x410..=0x42f => code + 32,
        0x460..=0x481 | 0x48a..=0x4bf | 0x4d0..=0x52f => next_if(true),
        0x4c0 => 0x4cf,
        0x4c1..=0x4ce => next_if(false),
        0x531..=0x556 => code + 48,
        0x1e9e => 0xdf,
        0x1e00..=0x1e95 | 0x1ea0..=0x1eff => next_if(true),
        _ => code,
    };
    char::from_u32(small).unwrap_or(c)
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
            ("ＡＢｃ１", "abc1"),
            ("", ""),
        ] {
            assert_eq!(fold(word), term);
        }
    }

    /// Every letter of the scripts that are covered, held against the standard library's whole table.
    #[test]
    fn lower_case_is_unicode_s() {
        let blocks = [
            0..=0x17f,
            0x1cd..=0x1dc,
            0x1de..=0x1ef,
            0x1f8..=0x21f,
            0x222..=0x233,
            0x386..=0x3ff - 0x31,
            0x400..=0x52f,
        ];
        for code in blocks.into_iter().chain([0x531..=0x556, 0x1e00..=0x1eff]).flatten() {
            let Some(c) = char::from_u32(code) else { continue };
            let expected = if c == '\u{130}' { 'i' } else { c.to_lowercase().next().unwrap() };
            assert_eq!(lower(c), expected, "U+{code:04X}");
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
