//! Takes out of a customer's words what could point to a person, before they leave the browser and again when they
//! arrive.
//!
//! A text is looked at in pieces between white space, longest pattern first:
//!
//! | what | becomes |
//! |---|---|
//! | e-mail address (something, `@`, something with a dot) | `[e-mail]` |
//! | address with a user name or a query (`https://u:p@host`, `…?token=…`) | `[address]` |
//! | seven digits or more, also over spaces, hyphens, dots, slashes, brackets and `+`: phone and card numbers, personal identity numbers, customer numbers | `[number]` |
//! | sixteen letters and digits or more in a run that mixes both: tokens, keys, UUIDs | `[token]` |
//!
//! It errs on the side of removing. Error codes and product names (`E-104`, `ERR_CONN_503`, `VR-500`, `24/7`) stay.
//! Redacting twice is redacting once.

/// `text` with what could point to a person replaced. Other characters, white space included, stay as they are.
pub fn redact(text: &str) -> String {
    let words = redact_words(text);
    redact_numbers(&words)
}

fn redact_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let space = &piece[word.len()..];
        match mark(word) {
            Some(mark) => out.push_str(mark),
            None => out.push_str(word),
        }
        out.push_str(space);
    }
    out
}

fn mark(word: &str) -> Option<&'static str> {
    if matches!(word, "[e-mail]" | "[address]" | "[number]" | "[token]") {
        return None;
    }
    if let Some((scheme, rest)) = word.split_once(':')
        && rest.starts_with("//")
        && !scheme.is_empty()
        && (rest.contains('@') || rest.contains('?') || rest.contains('#'))
    {
        return Some("[address]");
    }
    if let Some((before, after)) = word.split_once(['@', '＠'])
        && before.chars().any(char::is_alphanumeric)
        && after.chars().any(char::is_alphanumeric)
        && after.contains('.')
    {
        return Some("[e-mail]");
    }
    let runs = word.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '=')));
    for run in runs {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let letters = run.chars().filter(char::is_ascii_alphabetic).count();
        if digits + letters >= 16 && digits >= 3 && letters >= 3 {
            return Some("[token]");
        }
    }
    None
}

/// Characters that may stand between the digits of one number.
fn joins(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '-' | '\u{2010}'..='\u{2015}' | '.' | '/' | '(' | ')' | '+')
}

fn redact_numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let starts = chars[at].is_numeric() || matches!(chars[at], '+' | '(');
        if !starts {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let (mut end, mut digits, mut scan, mut gap) = (at, 0, at, 0);
        while scan < chars.len() {
            if chars[scan].is_numeric() {
                digits += 1;
                gap = 0;
                end = scan + 1;
            } else if joins(chars[scan]) && gap < 3 {
                gap += 1;
            } else {
                break;
            }
            scan += 1;
        }
        if digits >= 7 {
            out.push_str("[number]");
            at = end;
        } else {
            let stop = end.max(at + 1);
            out.extend(&chars[at..stop]);
            at = stop;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_what_stays() {
        for (input, expected) in [
            ("min mejl är anna.berg@example.se tack", "min mejl är [e-mail] tack"),
            ("ring 070-174 06 05", "ring [number]"),
            ("ring +46 (0)70 174 06 05 nu", "ring [number] nu"),
            ("personnummer 19121212-1212?", "personnummer [number]?"),
            ("kort 4242 4242 4242 4242 nekas", "kort [number] nekas"),
            ("https://vindla.example/x?token=abc", "[address]"),
            ("https://anna:hemligt@vindla.example/", "[address]"),
            ("nyckel sk4f8a9b2c7d1e6f3a5b", "nyckel [token]"),
            ("123e4567-e89b-12d3-a456-426614174000", "[token]"),
            ("felkod E-104 på VR-500", "felkod E-104 på VR-500"),
            ("ERR_CONN_503 24/7 wifi 5 GHz", "ERR_CONN_503 24/7 wifi 5 GHz"),
            ("faktura 2026-09", "faktura 2026-09"),
            ("reskostnadsersättning och elnätsavgift", "reskostnadsersättning och elnätsavgift"),
            ("", ""),
            ("@ . 1", "@ . 1"),
        ] {
            assert_eq!(redact(input), expected);
            assert_eq!(redact(&redact(input)), redact(input), "twice is once: {input}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_is_idempotent(text in "\\PC{0,80}") {
            let once = redact(&text);
            proptest::prop_assert_eq!(redact(&once), once);
        }
        #[test]
        fn no_long_number_survives(digits in "[0-9]{7,30}", before in "[a-zåäö ]{0,10}") {
            let got = redact(&format!("{before}{digits}"));
            proptest::prop_assert!(!got.contains(&digits));
        }
    }
}
