//! Text with the words that were asked for marked: text and spans, never markup from strings.

use super::element::El;
use svar_search::Span;

/// `el` with `text` in it, `spans` of it in `<mark>`. Spans that do not fit the text are left out.
pub fn marked(mut el: El, text: &str, spans: &[Span]) -> El {
    let mut at = 0;
    for span in spans {
        let (Some(before), Some(word)) = (text.get(at..span.start), text.get(span.start..span.end)) else { continue };
        el = el.text(before.to_owned()).el(El::new("mark").text(word.to_owned()));
        at = span.end;
    }
    el.text(text.get(at..).unwrap_or_default().to_owned())
}
