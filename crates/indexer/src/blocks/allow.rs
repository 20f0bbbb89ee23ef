//! Which elements are blocks, which are left out, and which set text apart: the allow-list.

use scraper::ElementRef;
use svar_index::article::{Block, Inline, inline_text};

/// Elements that stand on lines of their own.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Why an element does not become part of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// Nobody misses it.
    Silently,
    /// Something the customer could see on the page; the note says how many of these there were.
    Counted(&'static str),
}

/// Whether the element by its name alone is no content.
pub(crate) fn by_name(name: &str) -> Option<LeftOut> {
    Some(match name {
        "script" | "style" | "template" | "noscript" | "head" | "title" | "meta" | "link" | "base" | "param"
        | "source" | "track" | "map" | "area" | "col" | "colgroup" | "input" | "select" | "textarea" | "option"
        | "optgroup" | "datalist" | "progress" | "meter" | "output" | "button" | "nav" | "dialog" | "search"
        | "svg" | "rp" | "annotation" | "annotation-xml" | "noframes" | "frameset" | "marquee" | "slot" => {
            LeftOut::Silently
        }
        "iframe" => LeftOut::Counted("iframe"),
        "object" | "embed" | "applet" => LeftOut::Counted("embedded object"),
        "video" => LeftOut::Counted("video"),
        "audio" => LeftOut::Counted("audio clip"),
        "canvas" => LeftOut::Counted("canvas"),
        _ => return None,
    })
}

/// The value of an attribute.
///
/// `ElementRef::attr` interns the name in a table that all threads share, which took a tenth of the time over 2,500 pages.
pub(crate) fn attr<'a>(el: ElementRef<'a>, name: &str) -> Option<&'a str> {
    el.value().attrs().find(|(n, _)| *n == name).map(|(_, value)| value)
}

/// The first word of the role, in lower case.
pub(crate) fn role(el: ElementRef<'_>) -> Option<String> {
    attr(el, "role")?.split_whitespace().next().map(str::to_ascii_lowercase)
}

/// Whether a role takes the element out of the content.
pub(crate) fn by_role(role: &str) -> bool {
    matches!(
        role,
        "navigation"
            | "banner"
            | "contentinfo"
            | "complementary"
            | "search"
            | "dialog"
            | "alertdialog"
            | "menu"
            | "menubar"
            | "toolbar"
            | "tooltip"
            | "progressbar"
            | "scrollbar"
            | "slider"
    )
}

/// Whether the element is not shown: `hidden`, `aria-hidden`, `display: none`.
pub(crate) fn is_hidden(el: ElementRef<'_>) -> bool {
    let hidden = attr(el, "hidden").is_some_and(|h| !h.eq_ignore_ascii_case("until-found"));
    let aria = attr(el, "aria-hidden").is_some_and(|h| h.trim().eq_ignore_ascii_case("true"));
    let style = attr(el, "style").is_some_and(|s| {
        let s: String = s.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        s.contains("display:none")
    });
    hidden || aria || style
}

/// Whether class or role says note, tip, warning and the like, in the ways that generators write it:
/// `note`, `admonition tip`, `alert-warning`, `callout--info`, `markdown-alert-note`, `theme-admonition`.
pub(crate) fn is_note(el: ElementRef<'_>) -> bool {
    if role(el).is_some_and(|r| matches!(r.as_str(), "note" | "alert" | "doc-notice" | "doc-tip")) {
        return true;
    }
    let Some(class) = attr(el, "class") else { return false };
    class.split_ascii_whitespace().any(|token| {
        let token = token.to_ascii_lowercase();
        let whole = matches!(
            token.as_str(),
            "note"
                | "tip"
                | "hint"
                | "info"
                | "warning"
                | "caution"
                | "danger"
                | "important"
                | "attention"
                | "notice"
                | "infobox"
                | "warn"
                | "seealso"
        );
        whole || token.split(['-', '_']).any(|part| matches!(part, "admonition" | "callout" | "alert")) || {
            let mut parts = token.split(['-', '_']).filter(|p| !p.is_empty());
            let first = parts.next();
            let last = parts.next_back();
            let strong = |p: Option<&str>| matches!(p, Some("note" | "tip" | "warning" | "caution" | "danger"));
            // `note-box`, `block-note`; not `release-notes`, `tip-of-the-day-list`.
            (strong(first) && matches!(last, Some("box" | "block" | "panel" | "content" | "body"))) || strong(last)
        }
    })
}

/// Whether this is the title line of a note, such as `admonition-title`.
pub(crate) fn is_note_title(el: ElementRef<'_>) -> bool {
    attr(el, "class").is_some_and(|class| {
        class.split_ascii_whitespace().any(|t| {
            let t = t.to_ascii_lowercase();
            ["title", "heading", "header"].iter().any(|end| t == *end || (t.ends_with(end) && t.len() > end.len()))
        })
    })
}

/// Whether a quotation begins with a bold word and a sign, as people write notes in Markdown: **Obs!**, **Tip:** or
/// **Note**: and the text.
pub(crate) fn quotes_a_note(blocks: &[Block]) -> bool {
    let Some(Block::Paragraph(content)) = blocks.first() else { return false };
    let Some(Inline::Strong(bold)) = content.first() else { return false };
    let bold = inline_text(bold);
    let short = bold.chars().count() <= 30 && bold.split_whitespace().count() <= 3;
    let signed = bold.ends_with(['!', ':']);
    let sign_follows = matches!(content.get(1), Some(Inline::Text(t)) if t.starts_with([':', '!']));
    short && (signed || sign_follows)
}

/// Whether a permalink's words say nothing about the heading: `#`, `¶`, a chain, or "Permalink to this heading".
pub(crate) fn is_permalink(el: ElementRef<'_>, words: &str, has_other_text: bool) -> bool {
    let words = words.trim().to_lowercase();
    if words.is_empty()
        || is_permalink_sign(&words)
        || words.starts_with("permalink")
        || words.starts_with("direct link to")
        || words.starts_with("link to this")
    {
        return true;
    }
    let class = attr(el, "class").unwrap_or_default().to_ascii_lowercase();
    let marked = [
        "headerlink",
        "header-anchor",
        "heading-anchor",
        "heading-link",
        "anchor",
        "anchor-link",
        "anchorjs-link",
        "hash-link",
        "permalink",
        "headline-hash",
        "sl-anchor-link",
    ];
    has_other_text && class.split_ascii_whitespace().any(|c| marked.contains(&c))
}

/// Whether a link in a heading shows a sign only.
pub(crate) fn is_permalink_sign(words: &str) -> bool {
    let words = words.trim();
    !words.is_empty() && words.chars().all(|c| matches!(c, '#' | '¶' | '§' | '🔗' | '⚓' | '∞' | '↩' | '\u{fe0f}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn notes_by_class_and_role() {
        for (attributes, expected) in [
            ("class='note'", true),
            ("class='admonition tip'", true),
            ("class='alert alert-warning'", true),
            ("class='markdown-alert-note'", true),
            ("class='theme-admonition theme-admonition-info alert'", true),
            ("class='starlight-aside starlight-aside--note'", true),
            ("class='note-box'", true),
            ("role='note'", true),
            ("class='Warning'", true),
            ("class='release-notes'", false),
            ("class='notes'", false),
            ("class='article-info'", false),
            ("class='product-information'", false),
            ("class='footnote'", false),
            ("class='tip-list'", false),
            ("", false),
        ] {
            let html = Html::parse_fragment(&format!("<div {attributes}>x</div>"));
            let el = html.root_element().child_elements().next().unwrap();
            assert_eq!(is_note(el), expected, "{attributes}");
        }
    }
}
