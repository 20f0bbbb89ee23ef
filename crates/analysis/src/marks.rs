//! Letters without their marks: what a customer types who has no å, ä, ö, é, ü or ø on the keyboard.
//!
//! Marks are meaning in Swedish (`får` is not `far`), so nothing is stripped in an index. A question typed without
//! marks is forgiven by comparing base letters; marks that are typed mean themselves.

/// The base letter of a lower-case Latin letter with marks; any other character is its own base.
/// One letter for one letter: `ß` is `s`, `æ` is `a`.
pub fn base(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'æ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' | 'ð' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' => 'g',
        'ĥ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ĺ' | 'ł' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ǹ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'œ' => 'o',
        'ŕ' | 'ř' => 'r',
        'ß' | 'ś' | 'ŝ' | 'ş' | 'š' => 's',
        'ţ' | 'ť' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        _ => c,
    }
}

/// Whether a letter of the article answers a letter of the question: the same, or typed without its marks.
pub fn same_base(article: char, question: char) -> bool {
    article == question || base(article) == question
}

/// Whether `term` holds a letter with marks.
pub fn has_marks(term: &str) -> bool {
    term.chars().any(|c| base(c) != c)
}

/// `term` with base letters only.
pub fn strip_marks(term: &str) -> String {
    term.chars().map(base).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_letters() {
        assert_eq!(strip_marks("återbetalningsärende"), "aterbetalningsarende");
        assert_eq!(strip_marks("straße über ærø"), "strase uber aro");
        assert!(has_marks("räkning") && !has_marks("faktura") && !has_marks(""));
        assert!(same_base('ä', 'a') && !same_base('a', 'ä') && same_base('ä', 'ä'));
    }
}
