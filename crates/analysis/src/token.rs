//! Text to tokens.
//!
//! A word is a run of letters and digits; `+` or `#` after a single letter belongs to it (`C++`, `C#`). Words that hyphens,
//! underscores, apostrophes or, between digits, slashes, points and colons tie together (`Wi-Fi`, `E-104`, `ERR_CONN_503`,
//! `l'eau`, `24/7`) give their parts and, after the last, one [`TokenKind::Joined`] token (`wifi`, `e104`, `errconn503`,
//! `leau`, `247`), so that every way of writing them meets.
//!
//! Chinese, Japanese and Korean are written without spaces, or with endings that stick. A run of their characters gives
//! every two neighbours as a word (`請求書`: `請求`, `求書`), a single character itself: overlapping bigrams find what
//! a dictionary would, without one (Nie, Gao, Zhang and Zhou 2000, "On the use of words and n-grams for Chinese
//! information retrieval").

use crate::fold::fold;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A word that stands alone.
    Word,
    /// A part of tied words.
    Part,
    /// Tied words written as one. Its span covers all its parts, and its position is the last part's.
    Joined,
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded word.
    pub term: String,
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte in the text.
    pub end: usize,
    /// Number of the word in the text, from 0.
    pub position: u32,
    /// What it is.
    pub kind: TokenKind,
}

/// Longest term, in characters: what is longer is no word, and the rest is cut off.
pub const MAX_TERM_CHARS: usize = 48;

/// Most parts of one joined token. Longer chains (file paths, dotted names) give parts only.
const MAX_PARTS: usize = 4;

/// The tokens of `text` in reading order. No text is refused; a text without letters and digits has none.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut position = 0;
    // First token of the chain that is being read, and where it ended.
    let mut chain: Option<(usize, usize)> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !is_word(c) {
            continue;
        }
        if is_cjk(c) {
            close(&mut out, chain.take());
            let mut before: Option<usize> = None;
            let mut next = Some((start, c));
            while let Some((at, c)) = next.filter(|(_, c)| is_cjk(*c)) {
                let end = at + c.len_utf8();
                let alone = before.is_none() && !chars.peek().is_some_and(|(_, c)| is_cjk(*c));
                if let Some(start) = before.or(alone.then_some(at)) {
                    out.push(Token { term: fold(&text[start..end]), start, end, position, kind: TokenKind::Word });
                    position += 1;
                }
                before = Some(at);
                next = chars.next_if(|(_, c)| is_cjk(*c));
            }
            continue;
        }
        let (mut end, mut letters, mut last) = (start + c.len_utf8(), 1, c);
        while let Some(&(at, next)) = chars.peek() {
            let inside = (is_word(next) && !is_cjk(next)) || is_mark(next);
            let sign =
                matches!(next, '+' | '#') && letters == 1 && c.is_ascii_alphabetic() || (next == '+' && last == '+');
            if !(inside || sign) {
                break;
            }
            letters += 1;
            last = next;
            end = at + next.len_utf8();
            chars.next();
        }
        let tied = chain.is_some_and(|(_, before)| ties(&text[before..start], &text[..before], c));
        if !tied {
            close(&mut out, chain.take());
        }
        let first = match chain {
            Some((first, _)) => first,
            None => out.len(),
        };
        chain = Some((first, end));
        let term: String = fold(&text[start..end]).chars().take(MAX_TERM_CHARS).collect();
        out.push(Token { term, start, end, position, kind: TokenKind::Word });
        position += 1;
    }
    close(&mut out, chain);
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Han, Hiragana, Katakana and Hangul, by their blocks in Unicode's Blocks.txt.
fn is_cjk(c: char) -> bool {
    let code = u32::from(c);
    matches!(code, 0x3005..=0x3007 | 0x3041..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff)
        || matches!(code, 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff66..=0xff9f | 0x20000..=0x3ffff)
}

/// Whether `between` ties the word that ends `before` to the one that begins with `next`.
fn ties(between: &str, before: &str, next: char) -> bool {
    let mut chars = between.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return false };
    match c {
        '-' | '_' | '\u{2010}' | '\u{2011}' => true,
        '\'' | '’' | 'ʼ' => next.is_alphabetic() && before.ends_with(char::is_alphabetic),
        '/' | '.' | ':' => next.is_ascii_digit() && before.ends_with(|b: char| b.is_ascii_digit()),
        _ => false,
    }
}

fn close(out: &mut Vec<Token>, chain: Option<(usize, usize)>) {
    let Some((first, _)) = chain else { return };
    let parts = out.len() - first;
    if parts < 2 {
        return;
    }
    for token in &mut out[first..] {
        token.kind = TokenKind::Part;
    }
    if parts > MAX_PARTS {
        return;
    }
    let term: String = out[first..].iter().flat_map(|t| t.term.chars()).take(MAX_TERM_CHARS).collect();
    if let (Some(start), Some(last)) = (out.get(first).map(|t| t.start), out.last()) {
        let joined = Token { term, start, end: last.end, position: last.position, kind: TokenKind::Joined };
        out.push(joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> String {
        tokens(text).into_iter().map(|t| t.term).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words() {
        for (text, expected) in [
            ("Hur betalar jag min faktura?", "hur betalar jag min faktura"),
            ("Wi-Fi", "wi fi wifi"),
            ("E-104, E104", "e 104 e104 e104"),
            ("ERR_CONN_503", "err conn 503 errconn503"),
            ("öppet 24/7", "öppet 24 7 247"),
            ("C++ och C#", "c++ och c#"),
            ("it’s O'Brien's", "it s its o brien s obriens"),
            ("l'eau d’été, dell'acqua", "l eau leau d été dété dell acqua dellacqua"),
            ("請求書 を見る", "請求 求書 を見 見る"),
            ("円 123円 Wi-Fi設定", "円 123 円 wi fi wifi 設定"),
            ("비밀번호를 변경", "비밀 밀번 번호 호를 변경"),
            ("Ｅ－１０４ ＡＢＣ", "e 104 abc"),
            ("el- och nätavgift", "el och nätavgift"),
            ("a/b och/eller", "a b och eller"),
            ("a-b-c-d-e", "a b c d e"),
            ("fo\u{308}rsenad", "försenad"),
            ("", ""),
            ("… — !", ""),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn spans_point_into_the_text(text in "\\PC{0,60}") {
            for token in tokens(&text) {
                let piece = &text[token.start..token.end];
                proptest::prop_assert!(!piece.is_empty());
                if token.kind != TokenKind::Joined {
                    let folded: String = fold(piece).chars().take(MAX_TERM_CHARS).collect();
                    proptest::prop_assert_eq!(folded, token.term);
                }
            }
        }
    }
}
