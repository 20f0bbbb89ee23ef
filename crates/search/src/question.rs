//! A question to words.

use svar_analysis::{TokenKind, has_marks, tokens};

/// Most words of a question that are looked up. A customer's sentence has fewer; a pasted page has more.
pub const MAX_WORDS: usize = 24;

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub term: String,
    /// Where it stands in the question, in bytes.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Says little about what is asked.
    pub filler: bool,
    /// May be unfinished: the question ends with it.
    pub unfinished: bool,
    /// Written without any mark, so that å may be meant by a.
    pub plain: bool,
}

/// The words of `question`, each once, in order. `known` tells whether a term is in the vocabulary: tied words
/// (`E-104`) are one word where their joined form is known and their parts otherwise.
/// When the question has marks somewhere, its plain letters are meant as plain: the customer has the keys.
pub fn words(question: &str, filler: &dyn Fn(&str) -> bool, known: &dyn Fn(&str) -> bool) -> Vec<Word> {
    let all = tokens(question);
    let marks = all.iter().any(|t| has_marks(&t.term));
    let last_end = question.trim_end_matches(|c: char| !c.is_alphanumeric() && !c.is_whitespace()).len();
    let mut out: Vec<Word> = Vec::new();
    let mut chain = 0;
    for token in all {
        match token.kind {
            TokenKind::Word => chain = 0,
            TokenKind::Part => chain += 1,
            TokenKind::Joined => {
                if known(&token.term) {
                    out.truncate(out.len().saturating_sub(chain));
                } else {
                    chain = 0;
                    continue;
                }
                chain = 0;
            }
        }
        out.push(Word {
            filler: filler(&token.term),
            unfinished: token.end == last_end,
            plain: !marks,
            term: token.term,
            start: token.start,
            end: token.end,
        });
    }
    let mut seen: Vec<String> = Vec::new();
    out.retain(|w| {
        let first = !seen.contains(&w.term);
        seen.push(w.term.clone());
        first || w.unfinished
    });
    out.truncate(MAX_WORDS);
    // An unfinished word is no filler yet: "de" may become "debitering".
    let only_fillers = out.iter().all(|w| w.filler);
    for word in &mut out {
        word.filler &= !only_fillers;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, known: &[&str], expected: &str) {
        let got: Vec<String> =
            words(question, &|t| svar_analysis::Language::Swedish.is_filler(t), &|t| known.contains(&t))
                .into_iter()
                .map(|w| {
                    format!("{}{}{}", w.term, if w.filler { "~" } else { "" }, if w.unfinished { "…" } else { "" })
                })
                .collect();
        assert_eq!(got.join(" "), expected, "{question}");
    }

    #[test]
    fn words_of_questions() {
        check("Hur betalar jag min faktura", &[], "hur~ betalar jag~ min~ faktura…");
        check("faktura ", &[], "faktura");
        check("faktura?", &[], "faktura…");
        check("felkod E-104", &["e104"], "felkod e104…");
        check("felkod E-104", &[], "felkod e 104…");
        check("wi-fi lösenord", &["wifi"], "wifi lösenord…");
        check("hur", &[], "hur…");
        check("", &[], "");
    }
}
