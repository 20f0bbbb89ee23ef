//! Long numbers, and what is kept although it has as many digits.
//!
//! A number is a run of digits over anything that is no letter, up to [`MAX_GAP`] characters at a time. Seven digits
//! begin where telephone numbers do: five and six are codes and short numbers.

use super::{Found, NUMBER, is_sign, longest, past};

/// So many digits are taken for a person's.
const MIN_DIGITS: usize = 7;
/// Most characters between two digits of one number: ` (0)` has three, and one may be invisible.
const MAX_GAP: usize = 4;

/// A number that goes, a code that stays, or a step further.
pub(super) fn find(look: &[char], at: usize) -> Found {
    let start = past(look, at, 2, |c| matches!(c, '+' | '('));
    let code = longest(look, start, CODES, 0);
    if code > 0 {
        return (code, None);
    }
    let (mut end, mut digits, mut scan) = (start, 0, start);
    while look.get(scan).is_some_and(|c| c.is_numeric()) && longest(look, scan, CODES, 0) == 0 {
        digits += 1;
        end = scan + 1;
        scan = past(look, end, MAX_GAP, joins);
    }
    if digits == 0 {
        return (end.max(at + 1), None);
    }
    let lettered = longest(look, start, LETTERED, 2);
    if lettered == 0 && (digits < MIN_DIGITS || kept(look, start, end)) {
        return (end, None);
    }
    end = end.max(lettered);
    // A check letter, as in the Spanish DNI.
    end = end.max(longest(look, end, b"L>", 0));
    if look.get(at) == Some(&'(') && look.get(end) == Some(&')') {
        end += 1;
    }
    (end, Some(NUMBER))
}

/// Whether the digits before and after `c` are of one number. All but letters, and signs that come after a number or
/// between two.
pub(super) fn joins(c: char) -> bool {
    !c.is_alphanumeric() && !is_sign(c) && !matches!(c, '×' | '%' | '€' | '$' | '£' | '°' | '=' | '?' | '!')
}

/// Codes that stay although they may have eight digits, as shapes (see [`longest`]): `0x80070005`, `KB5034441`.
const CODES: &[u8] = b"<0XH>|<KBH>";

/// Identity numbers with a letter after the date, and the check character: Finnish ones (`131052A308T`; the letter is the
/// century, since 2023 one of `ABCDEFYXWVU`; `-` and `+` are separators here) and Swedish ones for the time being
/// (`121212-T123`). In both orders of a date the month is in the middle.
const LETTERED: &[u8] = b"<jjbjjjLjjj?>|<jjbjjjLjjj>";

/// What stays, however many digits it has: dates since 2020 (earlier ones may be birthdays), times, addresses in a private
/// network (RFC 1918; any other may be the customer's own) and a mask, versions with a single digit in second place, as
/// telephone numbers do not have, and up to four codes in a list.
const STAYS: &[u8] =
    b"202j-bj-dj|203j-bj-dj|dj.bj.202j|dj/bj/202j|cj:fj|j:fj|cj.fj|cj:fj:fj|192.168.M.M|192.168.M.M:N|\
192.168.M.M/N|10.M.M.M|10.M.M.M:N|10.M.M.M/N|172.16.M.M|172.17.M.M|255.255.255.M|M.j.W.N|M.j.W|\
Zjj, Zjj!|Zjj, Zjj, Zjj!|Zjj, Zjj, Zjj, Zjj!|Zjjj, Zjjj!|Zjjj, Zjjj, Zjjj!";

/// What stays with a currency. Over spaces, hundredths would be a part of a telephone number between other numbers.
const AMOUNTS: &[u8] = b"Msjjj|Msjjjsjjj|Msjjjsjjj,jj|Msjjjsjjj.jj";
/// Currencies after an amount, besides signs, which may stand before it too.
const CURRENCIES: &[u8] = b"KR>|EUR>|SEK>|DKK>";

/// Whether the run from `start` to `end` is nothing but what [`STAYS`].
fn kept(look: &[char], start: usize, end: usize) -> bool {
    let sign = |at: usize| matches!(look.get(at), Some('€' | '$' | '£'));
    let after = past(look, end, 1, char::is_whitespace);
    let money = sign(start.wrapping_sub(1)) || sign(after) || longest(look, after, CURRENCIES, 0) > 0;
    let run = look.get(..end).unwrap_or_default();
    // With a country code in front it is a telephone number.
    let mut at = if look.get(start.wrapping_sub(1)) == Some(&'+') { end + 1 } else { start };
    while at < end {
        let mut to = longest(run, at, STAYS, 0);
        if money {
            to = to.max(longest(run, at, AMOUNTS, 0));
        }
        if to == 0 || run.get(to).is_some_and(|c| c.is_numeric() || matches!(c, '.' | ':')) {
            return false;
        }
        at = past(run, to, end, |c| !c.is_numeric());
    }
    at == end
}
