//! What goes and what stays of real shapes (`nasty.tsv`), and the check digits of the numbers in it.
//!
//! [`redact`] computes no check digit (its module says why). They are here, so that the numbers in the list are as valid as
//! real ones, and so that any number that is valid can be tried.
//!
//! | number | rule | source |
//! |---|---|---|
//! | cards | Luhn over 13 to 19 digits | ISO/IEC 7812-1, annex B |
//! | personnummer, samordningsnummer | YYMMDD, in the latter the day + 60, and Luhn over ten digits | Skatteverket, SKV 704 and SKV 707 |
//! | fødselsnummer, D-number, H-number | DDMMYY, day + 40 or month + 40, two digits mod 11 | Skatteetaten, Folkeregisteret |
//! | CPR | DDMMYY; mod 11 with 4 3 2 7 6 5 4 3 2 1, not kept since 2007, so the date decides | CPR-kontoret, Personnummeret i CPR |
//! | henkilötunnus | DDMMYY, century sign, three digits, the nine mod 31 as a character | Digi- ja väestötietovirasto, with the signs of 2023 |
//! | kennitala | DDMMYY, day + 40 for companies, mod 11 with 3 2 7 6 5 4 3 2 1, century | Þjóðskrá |

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use svar_outcome::redact;

/// `\u{…}` as the character that it names.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split("\\u{");
    out.push_str(parts.next().unwrap());
    for part in parts {
        let (code, rest) = part.split_once('}').expect("a brace");
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        out.push_str(rest);
    }
    out
}

fn rows() -> Vec<(String, String, &'static str)> {
    include_str!("nasty.tsv")
        .lines()
        .filter(|line| !line.starts_with("# ") && *line != "#")
        .map(|line| {
            let mut columns = line.split('\t');
            let (input, expected, kind) = (columns.next().unwrap(), columns.next(), columns.next());
            let expected = expected.unwrap_or_else(|| panic!("three columns: {line}"));
            let expected = if expected == "=" { input } else { expected };
            (unescaped(input), unescaped(expected), kind.unwrap_or_else(|| panic!("three columns: {line}")))
        })
        .collect()
}

#[test]
fn nasty_real_shapes() {
    let mut wrong = Vec::new();
    for (input, expected, kind) in rows() {
        let got = redact(&input);
        if got != expected {
            wrong.push(format!("{kind}: {input}\n    expected {expected}\n    got      {got}"));
        }
        assert_eq!(redact(&got), got, "twice is once: {input}");
        assert_eq!(kind == "keep", expected == input, "{kind}: {input}");
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_list_is_as_nasty_as_it_says() {
    let rows = rows();
    assert!(rows.len() >= 150, "{}", rows.len());
    for (input, _, kind) in &rows {
        let valid: fn(&[u32]) -> bool = match *kind {
            "card" => |d| d.windows(d.len().clamp(13, 19)).any(luhn),
            "personnummer" => |d| d.windows(10).any(|d| luhn(d) && is_date(d[4] * 10 + d[5], d[2] * 10 + d[3])),
            "samordningsnummer" => |d| d.windows(10).any(|d| luhn(d) && d[4] >= 6),
            "fødselsnummer" => |d| d.windows(11).any(norwegian),
            "cpr" => |d| d.windows(10).any(|d| is_date(d[0] * 10 + d[1], d[2] * 10 + d[3])),
            "kennitala" => |d| d.windows(10).any(|d| sum(d, &ICELAND).is_multiple_of(11)),
            "hetu" => {
                assert!(finnish(input), "{input}");
                continue;
            }
            _ => continue,
        };
        let digits: Vec<u32> = input.chars().filter_map(digit).collect();
        assert!(valid(&digits), "no valid {kind}: {input}");
    }
    for kind in
        ["card", "personnummer", "samordningsnummer", "fødselsnummer", "cpr", "hetu", "kennitala", "phone", "keep"]
    {
        assert!(rows.iter().filter(|(_, _, k)| *k == kind).count() >= 3, "{kind}");
    }
}

/// Of ASCII and full width.
fn digit(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| (c as u32).checked_sub('０' as u32).filter(|d| *d < 10))
}

fn is_date(day: u32, month: u32) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

const NORWAY: [u32; 11] = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0];
const NORWAY_2: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const DENMARK: [u32; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const ICELAND: [u32; 10] = [3, 2, 7, 6, 5, 4, 3, 2, 1, 0];
const FINLAND: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

fn sum(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |d: u32| d * 2 - if d > 4 { 9 } else { 0 };
    digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| if i % 2 == 1 { doubled(*d) } else { *d })
        .sum::<u32>()
        .is_multiple_of(10)
}

fn norwegian(d: &[u32]) -> bool {
    is_date((d[0] % 4) * 10 + d[1], (d[2] % 4) * 10 + d[3])
        && sum(d, &NORWAY).is_multiple_of(11)
        && sum(d, &NORWAY_2).is_multiple_of(11)
}

/// Whether there is a henkilötunnus in `text`, over white space.
fn finnish(text: &str) -> bool {
    let ascii = |c: char| {
        digit(c).and_then(|d| char::from_digit(d, 10)).unwrap_or(match c {
            'Ａ'..='Ｚ' => (c as u32 - 'Ａ' as u32 + 'A' as u32) as u8 as char,
            c => c.to_ascii_uppercase(),
        })
    };
    let chars: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).map(ascii).collect();
    chars.windows(11).any(|w| {
        let digits: Vec<u32> = w[..6].iter().chain(&w[7..10]).filter_map(|c| c.to_digit(10)).collect();
        let number = digits.iter().fold(0, |n, d| n * 10 + d) as usize;
        digits.len() == 9
            && is_date(digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
            && "-+ABCDEFYXWVU".contains(w[6])
            && w[10] == FINLAND[number % 31] as char
    })
}

/// `digits` and the digits after them that `valid` asks for, if there are any.
fn completed(digits: Vec<u32>, more: usize, valid: impl Fn(&[u32]) -> bool) -> Option<String> {
    (0..10_u32.pow(more as u32)).find_map(|n| {
        let all: Vec<u32> =
            digits.iter().copied().chain((0..more).rev().map(|place| n / 10_u32.pow(place as u32) % 10)).collect();
        valid(&all).then(|| all.iter().map(u32::to_string).collect())
    })
}

fn two(n: u32) -> [u32; 2] {
    [n / 10, n % 10]
}

/// Any valid number of a person or a card.
fn valid_number() -> impl Strategy<Value = String> {
    let parts = (0..9_u8, 1..=28_u32, 1..=12_u32, 0..100_u32, 0..1000_u32, "[3-6][0-9]{11,17}", 0..13_usize);
    parts.prop_filter_map("no check digit fits", |(kind, day, month, year, serial, card, sign)| {
        let serial = [serial / 100, serial / 10 % 10, serial % 10];
        let date = |day, month| [two(day), two(month), two(year)].concat();
        let with = |date: Vec<u32>, serial: &[u32]| [date, serial.to_vec()].concat();
        match kind {
            0 => completed(card.chars().filter_map(digit).collect(), 1, luhn),
            1 => completed(with([two(year), two(month), two(day)].concat(), &serial), 1, luhn),
            2 => completed(with([two(year), two(month), two(day + 60)].concat(), &serial), 1, luhn),
            3 => completed(with(date(day, month), &serial), 2, norwegian),
            4 => completed(with(date(day + 40, month), &serial), 2, norwegian),
            5 => completed(with(date(day, month + 40), &serial), 2, norwegian),
            6 => completed(with(date(day, month), &serial), 1, |d| sum(d, &DENMARK).is_multiple_of(11)),
            7 => completed(with(date(day, month), &serial[..2]), 1, |d| sum(d, &ICELAND).is_multiple_of(11))
                .map(|n| n + "9"),
            _ => {
                let text = |d: &[u32]| d.iter().map(u32::to_string).collect::<String>();
                let (date, serial) = (text(&date(day, month)), text(&serial));
                let check = FINLAND[(date.clone() + &serial).parse::<usize>().unwrap() % 31] as char;
                let sign = "-+ABCDEFYXWVU".chars().nth(sign).unwrap();
                Some(format!("{date}{sign}{serial}{check}"))
            }
        }
    })
}

proptest! {
    #[test]
    fn no_valid_number_passes(number in valid_number()) {
        prop_assert_eq!(redact(&format!("nr {number} tack")), "nr [number] tack");
    }

    /// Also with something between any two of its characters.
    #[test]
    fn no_valid_number_passes_over_separators(
        number in valid_number(),
        between in prop::collection::vec("|[-–−_/,:·  \u{202f}\u{2009}\u{200b}\u{ad}]", 20),
    ) {
        let spread: String = number.chars().zip(&between).flat_map(|(c, b)| [c.to_string(), b.clone()]).collect();
        let got = redact(&format!("nr {spread} tack"));
        prop_assert!(!got.contains(|c: char| c.is_ascii_digit()), "{spread} → {got}");
    }

    /// Dots are for versions too, so they are tried where people put them.
    #[test]
    fn no_valid_number_passes_with_dots(number in valid_number(), groups in prop::sample::select(vec![&[2][..], &[3], &[4], &[6, 4], &[4, 2, 2, 4], &[6, 3, 2]])) {
        let chars: Vec<char> = number.chars().collect();
        let (mut parts, mut at) = (Vec::new(), 0);
        for length in groups.iter().cycle() {
            parts.push(chars[at..(at + length).min(chars.len())].iter().collect::<String>());
            at += length;
            if at >= chars.len() {
                break;
            }
        }
        let got = redact(&format!("nr {} tack", parts.join(".")));
        prop_assert!(!got.contains(|c: char| c.is_ascii_digit()), "{} → {got}", parts.join("."));
    }

    #[test]
    fn digits_of_any_script_go(number in "[0-9]{7,16}", zero in prop::sample::select(vec!['0', '٠', '۰', '०', '০', '０', '๐'])) {
        let number: String = number.chars().map(|c| char::from_u32(zero as u32 + c as u32 - 48).unwrap()).collect();
        prop_assert_eq!(redact(&number), "[number]");
    }

    #[test]
    fn addresses_go(user in "[a-z][a-z0-9._+-]{0,12}", host in "[a-zåäö]{2,12}\\.[a-z]{2,6}", at in prop::sample::select(vec!["@", " @ ", "＠", " (at) ", "[at]", "%40"])) {
        prop_assert_eq!(redact(&format!("{user}{at}{host}")), "[e-mail]");
    }
}
