//! Takes out of a customer's words what could point to a person, before they leave the browser and again when they
//! arrive.
//!
//! | what | becomes | where |
//! |---|---|---|
//! | e-mail address: `anna@example.se`, `anna @ example.se`, `anna (at) example.se`, `anna%40example.se` | `[e-mail]` | `words` |
//! | address with a user name, a query or a fragment: `https://u:p@host`, `user:pw@host`, `www.x.se/a?token=abc` | `[address]` | `words` |
//! | token: sixteen letters and digits or more that do not read like words | `[token]` | `words` |
//! | seven digits or more, of any script, over any separators: phone, card, account and customer numbers, personal identity numbers | `[number]` | `number` |
//! | a date of six digits, a letter and three digits: identity numbers with a letter in them | `[number]` | `number` |
//!
//! It errs on the side of removing. What reads like a code or a product (`E-104`, `ERR_CONN_503`, `0x80070005`,
//! `KB5034441`, `VR-500`), a recent date, a time, an amount with its currency, a version or an address in a private
//! network stays. `tests/nasty.tsv` lists what goes and what stays in twelve languages.
//!
//! What a person, a street or a company is called is not recognised, nor are numbers in words and an `at` without
//! brackets.
//!
//! # Why no check digits are computed
//!
//! Every identity number of the Nordic countries and every card number has nine digits or more, so the rule of seven
//! digits takes each valid one, and those with a typing error or without valid check digits too (Danish numbers have come
//! without since 2007). Computing them could only make exceptions. Two places might want it and do not need it: numbers
//! that hold a letter are taken by their shape, whatever the check character; and what is kept in spite of seven digits
//! (`number::STAYS`) is grouped as none of these numbers is. The rules themselves, with their sources, are in
//! `tests/nasty.rs`: there they prove that the numbers in the list are as nasty as real ones, and that made-up valid ones
//! never pass.
//!
//! Redacting twice is redacting once: what has been replaced is one sign that no rule looks into, and the rules are
//! applied until they find nothing.

mod number;
mod words;

const MAIL: char = '\u{fdd0}';
const ADDRESS: char = '\u{fdd1}';
const NUMBER: char = '\u{fdd2}';
const TOKEN: char = '\u{fdd3}';

/// What the rules write and read while at work, and what the reader gets. The signs are noncharacters, which Unicode
/// (chapter 23.7) reserves for use within a program.
const MARKS: [(char, &str); 4] = [(MAIL, "[e-mail]"), (ADDRESS, "[address]"), (NUMBER, "[number]"), (TOKEN, "[token]")];

/// `text` with what could point to a person replaced. Other characters, white space included, stay as they are.
pub fn redact(text: &str) -> String {
    let (mut chars, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        let mark = MARKS.iter().find(|(_, mark)| rest.starts_with(mark));
        let (sign, length) = mark.map_or((c, c.len_utf8()), |(sign, mark)| (*sign, mark.len()));
        chars.push(sign);
        rest = rest.get(length..).unwrap_or_default();
    }
    loop {
        let before = chars.len();
        replace(&mut chars, words::find);
        replace(&mut chars, number::find);
        // What is replaced is longer than one sign.
        if chars.len() == before {
            break;
        }
    }
    let mut out = String::new();
    for c in chars {
        match MARKS.iter().find(|(sign, _)| *sign == c) {
            Some((_, mark)) => out.push_str(mark),
            None => out.push(c),
        }
    }
    out
}

/// What a rule finds at a place in a text: where it ends, at least one further, and the sign to put there, if any.
type Found = (usize, Option<char>);

fn replace(chars: &mut Vec<char>, find: fn(&[char], usize) -> Found) {
    let look: Vec<char> = chars.iter().map(|c| fold(*c)).collect();
    let (mut out, mut at) = (Vec::with_capacity(chars.len()), 0);
    while at < look.len() {
        let (end, sign) = find(&look, at);
        match sign {
            Some(sign) => out.push(sign),
            None => out.extend(chars.get(at..end).unwrap_or_default()),
        }
        at = end;
    }
    *chars = out;
}

/// Full-width forms as ASCII (Unicode block FF00), so that the rules see `＠` as `@`, and all brackets as round ones.
fn fold(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '[' | '{' | '<' => '(',
        ']' | '}' | '>' => ')',
        _ => c,
    }
}

/// Where at most `most` characters end, from `at` on, that `test` holds for. Small code rather than fast: it is called from
/// everywhere.
#[inline(never)]
fn past(look: &[char], at: usize, most: usize, test: fn(char) -> bool) -> usize {
    at + look.iter().skip(at).take(most).take_while(|c| test(**c)).count()
}

/// Where the longest of `shapes` ends that `look` has from `at`, 0 if it has none. They are parted by `|`. In a shape stands
/// for
///
/// - `b` to `j`: a digit, at most 1 to 9; `Z`: a digit but zero; `L`: a letter of ASCII; `?`: a letter or digit
/// - `M`, `N`, `W`: 1 to 3, 1 to 5, 4 or 5 digits without a zero in front, or one alone; `H`: 1 to 8 hexadecimal digits
/// - `s`: white space or a dot, comma or apostrophe
/// - `<` and `>`: no letter or digit before, or after; `!`: the end
/// - anything else: itself, capitals also small
///
/// With `gap`, as many characters that join numbers may stand in between.
#[inline(never)]
fn longest(look: &[char], at: usize, shapes: &[u8], gap: usize) -> usize {
    let (mut longest, mut to, mut fits) = (0, at, true);
    for &e in shapes.iter().chain(b"|") {
        if e == b'|' {
            if fits {
                longest = longest.max(to);
            }
            (to, fits) = (at, true);
            continue;
        }
        if !matches!(e, b'<' | b'>') {
            to = past(look, to, gap, number::joins);
        }
        let c = look.get(to).copied().unwrap_or_default();
        let (least, most) = match e {
            b'M' => (1, 3),
            b'N' => (1, 5),
            b'W' => (4, 5),
            b'H' => (1, 8),
            _ => (0, 0),
        };
        if most > 0 {
            let end = past(look, to, 9, if e == b'H' { |c| c.is_ascii_hexdigit() } else { |c| c.is_ascii_digit() });
            fits &= (to + least..=to + most).contains(&end) && (c != '0' || end == to + 1 || e == b'H');
            to = end;
            continue;
        }
        let digit = c.is_ascii_digit();
        fits &= match e {
            b'<' => !alnum(look, to.wrapping_sub(1)),
            b'>' => !c.is_alphanumeric(),
            b'!' => c == '\0',
            b'b'..=b'j' => digit && c as u32 + 49 <= u32::from(e),
            b'Z' => digit && c != '0',
            b'L' => c.is_ascii_alphabetic(),
            b'?' => c.is_alphanumeric(),
            b's' => c.is_whitespace() || matches!(c, '.' | ',' | '\''),
            _ => c.to_ascii_uppercase() as u32 == u32::from(e),
        };
        to += usize::from(!matches!(e, b'<' | b'>' | b'!'));
    }
    longest
}

fn is_sign(c: char) -> bool {
    matches!(c, MAIL..=TOKEN)
}

/// Whether the character at `at` is a letter or a digit; no beyond either end.
fn alnum(look: &[char], at: usize) -> bool {
    look.get(at).is_some_and(|c| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_not_for_customers() {
        assert_eq!(redact("\u{fdd0}"), "[e-mail]");
        assert_eq!(redact("[number]@[token]"), "[number]@[token]");
        assert_eq!(redact("[e-mail]1234567[e-mail]"), "[e-mail][number][e-mail]");
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_twice_is_once(text in "\\PC{0,80}") {
            let once = redact(&text);
            proptest::prop_assert_eq!(redact(&once), once);
        }
        /// The same over what the rules look for.
        #[test]
        fn twice_is_once_among_what_goes(text in "([0-9]{1,8}|[a-zA-Z]{1,9}|[-+.,:;/@#?=%() \u{a0}\u{fdd2}０]{1,3}|0x|KB|kr|\\(at\\)|\\[number\\]){0,24}") {
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
