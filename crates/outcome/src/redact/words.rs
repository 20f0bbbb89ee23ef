//! E-mail addresses, addresses that let someone in, and tokens: what is found in the words between white space. The whole
//! word goes.

use super::{ADDRESS, Found, MAIL, TOKEN, alnum, is_sign, longest, past};

/// A word that goes, alone or with the next ones, or one that stays.
pub(super) fn find(look: &[char], at: usize) -> Found {
    let end = word_end(look, at);
    if end == at {
        return (at + 1, None);
    }
    if let Some(found) = mail(look, at, end) {
        return found;
    }
    let word = look.get(at..end).unwrap_or_default();
    let between: [fn(&char) -> bool; 2] =
        [|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '+' | '='), |c| !c.is_ascii_alphanumeric()];
    let sign = if lets_in(word) {
        Some(ADDRESS)
    } else if between.iter().any(|between| word.split(between).any(is_token)) {
        Some(TOKEN)
    } else {
        None
    };
    (end, sign)
}

fn word_end(look: &[char], at: usize) -> usize {
    past(look, at, look.len(), |c| !c.is_whitespace() && !is_sign(c))
}

/// Past at most two spaces.
fn skip_spaces(look: &[char], at: usize) -> usize {
    past(look, at, 2, char::is_whitespace)
}

/// The sign `@`, also as `%40` and in brackets (in German also with an ä, which is `\xe4`), as shapes.
const AT: &[u8] = b"@|%40|(A)|(AT)|(\xe4)|(\xe4T)";

/// An e-mail address, or a user name before a host, that begins with the word from `at` to `end`. Where there are spaces
/// or brackets, a dot with a letter must follow, or a dot in brackets: `i7 @ 3.5 GHz` stays.
fn mail(look: &[char], at: usize, end: usize) -> Option<Found> {
    let mut sign = past(look, at, end - at, |c| !c.is_alphanumeric());
    if sign == end {
        return None;
    }
    while sign < end && longest(look, sign, AT, 0) == 0 {
        sign += 1;
    }
    sign = skip_spaces(look, sign);
    let after = longest(look, sign, AT, 0);
    if after == 0 {
        return None;
    }
    let from = skip_spaces(look, after);
    let to = word_end(look, from);
    let tight = sign < end && from == after && look.get(sign) != Some(&'(') && alnum(look, from);
    let dot = |i: usize| matches!(look.get(i), Some('.' | '(')) && look.get(i + 1).is_some_and(|c| c.is_alphabetic());
    if !tight && !(from..=skip_spaces(look, to)).any(dot) {
        return None;
    }
    let opens = look.get(at..sign)?.contains(&':');
    Some((to, Some(if opens { ADDRESS } else { MAIL })))
}

/// An address with a query or a fragment: something after `?` or `#`, and a `/` before or a `=` after.
fn lets_in(word: &[char]) -> bool {
    let (mut tail, mut some, mut telling) = (false, false, false);
    for c in word {
        tail |= matches!(c, '?' | '#');
        some |= tail && c.is_alphanumeric();
        telling |= *c == if tail { '=' } else { '/' };
    }
    some && telling
}

/// Shortest token, in letters and digits.
const MIN_TOKEN: usize = 16;

/// How much rarer each letter is in words than in random text, 9 the rarest: 3 + 2 ln(1 / 26 f), rounded, f being its
/// share in Swedish, German, Danish, Dutch, English and Finnish, roughly. Random letters average 4, words 2.5.
const RARE: &[u8; 26] = b"25431544274241349222356966";

/// Whether letters, digits and the signs between them are no word: letters and digits alternate as in keys and UUIDs, or,
/// without signs, it begins as `{"` does in base64 (a JWT), capitals stand among digits (`AKIAIOSFODNN7EXAMPLE`), capitals
/// are scattered, or its letters are too rare.
///
/// Measured on 2,000 random ones each: of 16 letters and digits 96 % are found (98 % of small ones, all hexadecimal ones), of
/// 24 over 99 %; of letters alone 66 % at 16, 88 % at 24, 95 % at 32. Among 1.6 million words of Swedish and German help
/// (GNOME, LibreOffice) nothing of what people write is taken for one, but decimals and names in programs
/// (`SetOVERWRITEToAlways`).
fn is_token(run: &[char]) -> bool {
    let (mut all, mut digits, mut upper, mut switches, mut rare) = (0, 0, 0, 0, 0);
    let mut was_digit = None;
    for c in run.iter().filter(|c| c.is_ascii_alphanumeric()) {
        let digit = c.is_ascii_digit();
        all += 1;
        digits += usize::from(digit);
        upper += usize::from(c.is_ascii_uppercase());
        switches += usize::from(was_digit == Some(!digit));
        was_digit = Some(digit);
        let letter = (c.to_ascii_lowercase() as usize).wrapping_sub('a' as usize);
        rare += RARE.get(letter).map_or(6, |r| usize::from(r - b'0'));
    }
    let letters = all - digits;
    let lower = letters - upper;
    let unbroken = all == run.len();
    all >= MIN_TOKEN
        && letters > 0
        && (switches * 4 > all - usize::from(unbroken)
            || unbroken
                && (run.starts_with(&['e', 'y', 'J'])
                    || (lower == 0 && digits > 0)
                    || upper.min(lower) * 8 > letters * 3
                    || rare > all * 3 + 12))
}
