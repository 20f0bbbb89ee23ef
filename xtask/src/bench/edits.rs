//! Edits in a word: a letter inserted, left out, replaced, or two neighbours swapped.

use super::seed::Chance;

/// Where in a word an edit goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    First,
    AfterFirst,
}

/// Draws before a word counts as one that cannot be edited, such as `aaaa` for swaps alone; far more than is needed.
const DRAWS: usize = 100;

/// The word after so many edits that cannot be had with fewer.
pub fn edited(word: &[char], edits: usize, chance: &mut Chance, language: &str, place: Place) -> Option<String> {
    (0..DRAWS).find_map(|_| {
        let mut now = word.to_vec();
        for _ in 0..edits {
            edit(&mut now, chance, language, place);
        }
        let kept = place == Place::First || now.first() == word.first();
        (kept && distance(word, &now) == edits).then(|| now.into_iter().collect())
    })
}

fn edit(word: &mut Vec<char>, chance: &mut Chance, language: &str, place: Place) {
    let first = usize::from(place == Place::AfterFirst);
    let at = |chance: &mut Chance, end: usize| match place {
        Place::First => 0,
        Place::AfterFirst => first + chance.below(end.saturating_sub(first)),
    };
    let length = word.len();
    match chance.below(4) {
        0 => word.insert(at(chance, length + 1), letter(chance, language)),
        1 => {
            word.remove(at(chance, length));
        }
        2 => {
            let at = at(chance, length);
            word[at] = letter(chance, language);
        }
        _ => {
            let at = at(chance, length - 1);
            word.swap(at, at + 1);
        }
    }
}

/// A letter of the language's keyboard.
fn letter(chance: &mut Chance, language: &str) -> char {
    let more = match language {
        "sv" => "åäö",
        "de" => "äöü",
        _ => "",
    };
    let all: Vec<char> = ('a'..='z').chain(more.chars()).collect();
    chance.one_of(&all).copied().unwrap_or('e')
}

/// Edits between two words, swapped neighbours being one (optimal string alignment).
pub fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if swapped { least.min(rows[i - 2][j - 2] + 1) } else { least }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn swapped_neighbours_are_one_edit() {
        let check = |a: &str, b: &str, expected: usize| assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
        check("faktura", "faktrua", 1);
        check("faktura", "akura", 2);
        check("", "ab", 2);
    }
}
