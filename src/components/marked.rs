//! Text with the words that were asked for marked: text and spans, never markup from strings.

use svar_search::Span;
use yew::prelude::*;

/// `text` with `spans` in `<mark>`. Spans that do not fit the text are left out.
pub fn marked(text: &str, spans: &[Span]) -> Html {
    let mut parts: Vec<Html> = Vec::with_capacity(spans.len() * 2 + 1);
    let mut at = 0;
    for span in spans {
        let (Some(before), Some(word)) = (text.get(at..span.start), text.get(span.start..span.end)) else { continue };
        parts.push(html! { before.to_owned() });
        parts.push(html! { <mark>{ word.to_owned() }</mark> });
        at = span.end;
    }
    parts.push(html! { text.get(at..).unwrap_or_default().to_owned() });
    parts.into_iter().collect()
}
