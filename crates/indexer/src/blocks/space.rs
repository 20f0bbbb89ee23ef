//! White space as browsers collapse it: runs become one space, also across the edges of inlines, and none is left at
//! the ends of a line. What is empty afterwards is gone.

use svar_index::article::{Image, Inline};

/// Collapses white space, joins neighbouring texts and drops empty inlines. A no-break space is kept as it is.
pub(crate) fn tidy(content: Vec<Inline>) -> Vec<Inline> {
    let mut after_space = true;
    let mut out = collapse(content, &mut after_space);
    trim_end(&mut out);
    out
}

fn collapse(content: Vec<Inline>, after_space: &mut bool) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(content.len());
    for inline in content {
        match inline {
            Inline::Text(t) => {
                let mut text = String::with_capacity(t.len());
                push_collapsed(&t, after_space, &mut text);
                if text.is_empty() {
                    continue;
                }
                match out.last_mut() {
                    Some(Inline::Text(last)) => last.push_str(&text),
                    _ => out.push(Inline::Text(text)),
                }
            }
            Inline::Code(t) => push_verbatim(&t, after_space, &mut out, Inline::Code),
            Inline::Key(t) => push_verbatim(&t, after_space, &mut out, Inline::Key),
            Inline::Strong(c) => push_wrapped(c, after_space, &mut out, Inline::Strong),
            Inline::Emphasis(c) => push_wrapped(c, after_space, &mut out, Inline::Emphasis),
            Inline::Link { href, content } => {
                push_wrapped(content, after_space, &mut out, |content| Inline::Link { href, content })
            }
            Inline::Image(image) => {
                *after_space = false;
                out.push(Inline::Image(image));
            }
            Inline::Break => {
                trim_end(&mut out);
                *after_space = true;
                if !out.is_empty() {
                    out.push(Inline::Break);
                }
            }
        }
    }
    out
}

/// Code and keys are trimmed; a space at their edge moves outside.
fn push_verbatim(written: &str, after_space: &mut bool, out: &mut Vec<Inline>, make: impl FnOnce(String) -> Inline) {
    let mut text = String::with_capacity(written.len());
    let mut start = true;
    push_collapsed(written, &mut start, &mut text);
    let trimmed = text.trim_end_matches(' ');
    if trimmed.is_empty() {
        if !text.is_empty() || !written.is_empty() {
            push_space(after_space, out);
        }
        return;
    }
    if written.starts_with(is_collapsible) {
        push_space(after_space, out);
    }
    let ends_open = trimmed.len() < text.len();
    out.push(make(trimmed.to_owned()));
    *after_space = false;
    if ends_open {
        push_space(after_space, out);
    }
}

/// A space at the edge of bold text or a link moves outside, so that no underline begins or ends with one.
fn push_wrapped(
    content: Vec<Inline>,
    after_space: &mut bool,
    out: &mut Vec<Inline>,
    make: impl FnOnce(Vec<Inline>) -> Inline,
) {
    let mut inner = collapse(content, after_space);
    if let Some(Inline::Text(first)) = inner.first_mut()
        && first.starts_with(' ')
    {
        first.remove(0);
        if first.is_empty() {
            inner.remove(0);
        }
        match out.last_mut() {
            Some(Inline::Text(last)) => last.push(' '),
            _ => out.push(Inline::Text(" ".into())),
        }
    }
    let before = text_end(&inner);
    trim_end(&mut inner);
    let trimmed = before && !text_end(&inner);
    if inner.is_empty() {
        return;
    }
    out.push(make(inner));
    if trimmed {
        out.push(Inline::Text(" ".into()));
    }
}

fn push_space(after_space: &mut bool, out: &mut Vec<Inline>) {
    if !*after_space {
        *after_space = true;
        match out.last_mut() {
            Some(Inline::Text(last)) => last.push(' '),
            _ => out.push(Inline::Text(" ".into())),
        }
    }
}

/// White space of HTML. A no-break space is a letter here.
fn is_collapsible(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{2029}')
}

/// Marks that no reader sees and that would break words for search: soft hyphen, zero-width space, word joiner, BOM,
/// controls.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}') || (c.is_control() && !is_collapsible(c))
}

fn push_collapsed(text: &str, after_space: &mut bool, out: &mut String) {
    for c in text.chars() {
        if is_collapsible(c) {
            if !*after_space {
                out.push(' ');
            }
            *after_space = true;
        } else if !is_invisible(c) {
            out.push(c);
            *after_space = false;
        }
    }
}

/// One line of text: for titles, captions and attributes. No-break spaces become spaces as well.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_space = true;
    push_collapsed(&text.replace('\u{a0}', " "), &mut after_space, &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn text_end(content: &[Inline]) -> bool {
    match content.last() {
        Some(Inline::Text(t)) => t.ends_with(' '),
        _ => false,
    }
}

fn trim_end(content: &mut Vec<Inline>) {
    loop {
        let empty = match content.last_mut() {
            Some(Inline::Text(t)) => {
                t.truncate(t.trim_end_matches(' ').len());
                t.is_empty()
            }
            Some(Inline::Break) => true,
            _ => false,
        };
        if !empty {
            return;
        }
        content.pop();
    }
}

/// Whether nothing here can be seen: no picture, and no letter that is not space.
pub(crate) fn is_blank(content: &[Inline]) -> bool {
    content.iter().all(|inline| match inline {
        Inline::Text(t) | Inline::Code(t) | Inline::Key(t) => t.trim().is_empty(),
        Inline::Strong(c) | Inline::Emphasis(c) | Inline::Link { content: c, .. } => is_blank(c),
        Inline::Image(Image { src, alt, .. }) => src.is_empty() && alt.is_empty(),
        Inline::Break => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(s: &str) -> Inline {
        Inline::Text(s.into())
    }

    #[test]
    fn spaces_collapse_across_edges() {
        let got = tidy(vec![
            t("  Hold "),
            Inline::Strong(vec![t(" Reset ")]),
            t(" for\n10\u{a0}s "),
            Inline::Break,
            t(" now \n"),
        ]);
        let expected = vec![t("Hold "), Inline::Strong(vec![t("Reset")]), t(" for 10\u{a0}s"), Inline::Break, t("now")];
        assert_eq!(got, expected);
    }

    #[test]
    fn a_space_inside_bold_or_code_is_not_lost() {
        assert_eq!(
            tidy(vec![t("a"), Inline::Strong(vec![t(" b ")]), t("c")]),
            vec![t("a "), Inline::Strong(vec![t("b")]), t(" c")]
        );
        assert_eq!(
            tidy(vec![t("a"), Inline::Code(" b ".into()), t("c")]),
            vec![t("a "), Inline::Code("b".into()), t(" c")]
        );
        assert_eq!(tidy(vec![t("a"), Inline::Emphasis(vec![t(" ")]), t("b")]), vec![t("a b")]);
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(
            tidy(vec![t(" "), Inline::Strong(vec![]), Inline::Break, t("\n"), Inline::Code(String::new())]),
            vec![]
        );
        assert!(is_blank(&[t("\u{a0}")]));
        assert_eq!(line(" a\u{a0}\n b\u{ad}c "), "a bc");
    }
}
