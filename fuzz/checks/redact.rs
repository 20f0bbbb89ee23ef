//! What a customer writes, whatever it holds.
//!
//! Nothing panics; redacting twice is redacting once; and a number of a card or of a person, a telephone number or an
//! e-mail address that stands in it is gone. The first bytes say which and how it is written, the rest is the text around.

use svar_outcome::redact;

pub fn holds(bytes: &[u8]) {
    is_idempotent(&String::from_utf8_lossy(bytes));
    let Some((choices, text)) = bytes.split_at_checked(20) else { return };
    let text = String::from_utf8_lossy(text);
    let secret = secret(choices);
    let middle = text.chars().count() / 2;
    let before: String = text.chars().take(middle).collect();
    let after: String = text.chars().skip(middle).collect();
    let whole = format!("{before} {secret} {after}");
    let redacted = redact(&whole);
    assert!(
        before.contains(&secret) || after.contains(&secret) || !redacted.contains(&secret),
        "{secret} is still in {redacted:?}, from {whole:?}"
    );
    is_idempotent(&whole);
}

fn is_idempotent(text: &str) {
    let once = redact(text);
    assert_eq!(redact(&once), once, "twice is not once, from {text:?}");
}

/// Something that points to a person, of `choices`: a byte for the kind, one for how it is grouped, the rest for its digits.
fn secret(choices: &[u8]) -> String {
    let [kind, grouping, rest @ ..] = choices else { return String::new() };
    let digits: Vec<u8> = rest.iter().map(|byte| byte % 10).collect();
    let (month, day) = (1 + digits[2], 1 + 2 * digits[4] + digits[5]);
    let date = [digits[0], digits[1], month / 10, month % 10, day / 10, day % 10];
    match kind % 4 {
        // A card: 16 digits, the last by Luhn (ISO/IEC 7812-1, annex B).
        0 => {
            let mut card = vec![4];
            card.extend(&digits[..14]);
            card.push(luhn(&card));
            grouped(&card, [4, 4, 4, 4], *grouping)
        }
        // A personnummer: a date and three digits, the last by Luhn (Skatteverket, SKV 704).
        1 => {
            let mut number = [&date[..], &digits[6..9]].concat();
            number.push(luhn(&number));
            grouped(&number, [6, 4, 0, 0], *grouping)
        }
        // A telephone number.
        2 => {
            let number = [&[0, 7], &digits[..8]].concat();
            grouped(&number, [3, 3, 2, 2], *grouping)
        }
        // An e-mail address.
        _ => {
            let letters = |digits: &[u8]| digits.iter().map(|digit| char::from(b'a' + digit)).collect::<String>();
            let at = ["@", " @ ", " (at) ", "[at]", "＠"][usize::from(grouping % 5)];
            format!("{}{at}{}.example", letters(&digits[..6]), letters(&digits[6..12]))
        }
    }
}

fn luhn(digits: &[u8]) -> u8 {
    let doubled = |digit: u8| digit * 2 - if digit > 4 { 9 } else { 0 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(if at % 2 == 0 { doubled(*digit) } else { *digit }))
        .sum();
    ((10 - sum % 10) % 10) as u8
}

/// In groups as people write them.
fn grouped(digits: &[u8], groups: [usize; 4], choice: u8) -> String {
    let between = ["", " ", "-", "\u{a0}", " - ", "–"][usize::from(choice % 6)];
    let mut rest = digits;
    let mut parts = Vec::new();
    for length in groups {
        let (part, left) = rest.split_at(length.min(rest.len()));
        if !part.is_empty() {
            parts.push(part.iter().map(|digit| char::from(b'0' + digit)).collect::<String>());
        }
        rest = left;
    }
    parts.join(between)
}
