//! Runs of text inside a block.

use scraper::{ElementRef, Node};
use svar_index::article::{Image, Inline, inline_text};

use super::{MOST_DEEP, Nearness, Piece, Walker, attr, space};

/// Bold in links in bold: more than this says nothing new, and is unwrapped.
const MOST_NESTED_INLINES: usize = 8;

impl<'a> Walker<'a> {
    /// The inlines of one element.
    pub(super) fn inline(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Inline>) {
        let before = out.len();
        self.remember_id(el, Nearness::Mark);
        match el.value().name() {
            "br" => out.push(Inline::Break),
            "wbr" => {}
            "img" => out.extend(image(el).map(Inline::Image)),
            "input" => out.push(Inline::Text(if attr(el, "checked").is_some() { "☑ " } else { "☐ " }.into())),
            "svg" => out.extend(attr(el, "aria-label").map(|label| Inline::Text(label.to_owned()))),
            "strong" | "b" => {
                let content = self.inline_content(el, depth);
                self.wrap(content, out, Inline::Strong);
            }
            "em" | "i" | "cite" | "dfn" => {
                let content = self.inline_content(el, depth);
                self.wrap(content, out, Inline::Emphasis);
            }
            "code" | "samp" | "var" | "tt" => {
                let content = self.inline_content(el, depth);
                codify(content, out);
            }
            "kbd" if !el.descendent_elements().skip(1).any(|e| e.value().name() == "kbd") => {
                let content = self.inline_content(el, depth);
                let mut words = String::new();
                content.iter().for_each(|i| words.push_str(&raw_text(i)));
                out.push(Inline::Key(words));
            }
            "q" => {
                out.push(Inline::Text("“".into()));
                self.inline_children(el, depth, out);
                out.push(Inline::Text("”".into()));
            }
            "a" => {
                let content = self.inline_content(el, depth);
                match attr(el, "href") {
                    // Links in links come from parsers other than ours; the outer one goes.
                    Some(href) if !content.iter().any(|i| matches!(i, Inline::Link { .. })) => {
                        out.push(Inline::Link { href: href.trim().to_owned(), content });
                    }
                    _ => out.extend(content),
                }
            }
            _ => self.inline_children(el, depth, out),
        }
        // What stands before an id no longer does once there is text between.
        if !space::is_blank(out.get(before..).unwrap_or_default()) {
            self.settle();
        }
    }

    fn wrap(&self, content: Vec<Inline>, out: &mut Vec<Inline>, make: fn(Vec<Inline>) -> Inline) {
        if nesting(&content) >= MOST_NESTED_INLINES {
            out.extend(content);
        } else {
            out.push(make(content));
        }
    }

    fn inline_content(&mut self, el: ElementRef<'a>, depth: usize) -> Vec<Inline> {
        let mut content = Vec::new();
        self.inline_children(el, depth, &mut content);
        content
    }

    /// The inlines inside an element.
    pub(super) fn inline_children(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Inline>) {
        if depth >= MOST_DEEP {
            let mut text = String::new();
            self.each_visible(el, &mut |piece| match piece {
                Piece::Text(t) => text.push_str(t),
                Piece::Break | Piece::Edge => text.push(' '),
            });
            out.push(Inline::Text(text));
            return;
        }
        for child in el.children() {
            match child.value() {
                Node::Text(text) => out.push(Inline::Text(text.to_string())),
                Node::Element(_) => {
                    if let Some(el) = ElementRef::wrap(child)
                        && !self.leaves_out(el)
                    {
                        self.inline(el, depth + 1, out);
                    }
                }
                _ => {}
            }
        }
    }
}

/// A box that a task list draws; nobody can tick it.
pub(super) fn is_tick_box(el: ElementRef<'_>) -> bool {
    el.value().name() == "input"
        && attr(el, "disabled").is_some()
        && attr(el, "type").is_some_and(|t| t.eq_ignore_ascii_case("checkbox"))
}

/// An icon that says its name, as in "press ☰ Menu".
pub(super) fn is_labelled_icon(el: ElementRef<'_>) -> bool {
    el.value().name() == "svg" && attr(el, "aria-label").is_some_and(|l| !l.trim().is_empty())
}

/// Levels of inlines within inlines.
fn nesting(content: &[Inline]) -> usize {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Strong(c) | Inline::Emphasis(c) | Inline::Link { content: c, .. } => 1 + nesting(c),
            _ => 0,
        })
        .max()
        .unwrap_or(0)
}

/// Text becomes code; links and pictures inside stay what they are.
fn codify(content: Vec<Inline>, out: &mut Vec<Inline>) {
    let mut text = String::new();
    let mut pieces = Vec::new();
    for inline in content {
        match inline {
            Inline::Link { href, content } => {
                if !text.is_empty() {
                    pieces.push(Inline::Code(std::mem::take(&mut text)));
                }
                let mut inner = Vec::new();
                codify(content, &mut inner);
                pieces.push(Inline::Link { href, content: inner });
            }
            Inline::Image(image) => {
                if !text.is_empty() {
                    pieces.push(Inline::Code(std::mem::take(&mut text)));
                }
                pieces.push(Inline::Image(image));
            }
            other => text.push_str(&raw_text(&other)),
        }
    }
    if !text.is_empty() {
        pieces.push(Inline::Code(text));
    }
    out.extend(pieces);
}

/// The words of an inline with the spaces at their edges.
fn raw_text(inline: &Inline) -> String {
    match inline {
        Inline::Text(t) | Inline::Code(t) | Inline::Key(t) => t.clone(),
        Inline::Strong(c) | Inline::Emphasis(c) | Inline::Link { content: c, .. } => c.iter().map(raw_text).collect(),
        Inline::Break => " ".to_owned(),
        other => inline_text(std::slice::from_ref(other)),
    }
}

/// A picture with its address as written. `None` for pixels that only count visits and for pictures without address.
fn image(el: ElementRef<'_>) -> Option<Image> {
    let pixels = |name: &str| -> Option<u32> {
        let value = attr(el, name)?.trim();
        let value = value.strip_suffix("px").unwrap_or(value);
        value.split('.').next()?.parse().ok()
    };
    let (width, height) = (pixels("width"), pixels("height"));
    if matches!((width, height), (Some(0 | 1), Some(0 | 1))) {
        return None;
    }
    // Lazy loaders put a placeholder in src and the picture elsewhere.
    let written = |name: &str| attr(el, name).map(str::trim).filter(|s| !s.is_empty() && !s.starts_with("data:"));
    let first_of = |name: &str| written(name).and_then(|s| s.split([',', ' ']).find(|p| !p.is_empty()));
    let src = written("src")
        .filter(|_| written("data-src").is_none() || attr(el, "loading").is_none())
        .or_else(|| written("data-src"))
        .or_else(|| written("data-original"))
        .or_else(|| first_of("srcset"))
        .or_else(|| first_of("data-srcset"))
        .or_else(|| attr(el, "src").map(str::trim))
        .unwrap_or_default();
    let alt = space::line(attr(el, "alt").unwrap_or_default());
    if src.is_empty() && alt.is_empty() {
        return None;
    }
    let known = |n: Option<u32>| n.filter(|n| *n <= 20_000).unwrap_or(0);
    Some(Image { src: src.to_owned(), alt, width: known(width), height: known(height) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_links() {
        let text = |s: &str| Inline::Text(s.into());
        let mut out = Vec::new();
        codify(
            vec![
                text("a "),
                Inline::Strong(vec![text("b")]),
                Inline::Link { href: "x".into(), content: vec![text("c")] },
            ],
            &mut out,
        );
        assert_eq!(
            out,
            vec![
                Inline::Code("a b".into()),
                Inline::Link { href: "x".into(), content: vec![Inline::Code("c".into())] }
            ]
        );
    }
}
