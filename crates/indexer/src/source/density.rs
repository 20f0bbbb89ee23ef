//! Finding the content of a page that does not say where it is.
//!
//! From `<body>` down, we step into a part as long as it holds nearly all the text that is neither in links nor in
//! navigation, header, footer, aside or form, and as long as no main heading is left behind. Where the text spreads
//! over several parts we stop. (Simpler than Kohlschütter et al., "Boilerplate detection using shallow text
//! features", 2010: a help page's own text is usually in one part, and what is wrongly kept does less harm in a
//! search than what is wrongly lost.)

use std::collections::HashMap;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

/// A part with this share of the text holds the content (in percent).
const NEARLY_ALL_PERCENT: usize = 75;

#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    text: usize,
    main_headings: usize,
}

/// The element that holds the page's text: `<body>` if nothing smaller does. `None` for a page without body.
pub(crate) fn densest(html: &Html) -> Option<ElementRef<'_>> {
    let body = html.root_element().child_elements().find(|e| e.value().name() == "body")?;
    let weights = weights(body);
    let weight = |el: ElementRef<'_>| weights.get(&el.id()).copied().unwrap_or_default();
    let mut best = body;
    loop {
        let here = weight(best);
        let next = best.child_elements().find(|child| {
            let w = weight(*child);
            is_container(child.value().name())
                && w.text > 0
                && w.text * 100 >= here.text * NEARLY_ALL_PERCENT
                && (w.main_headings > 0 || here.main_headings == 0)
        });
        match next {
            Some(child) => best = child,
            None => return Some(best),
        }
    }
}

fn is_container(name: &str) -> bool {
    matches!(name, "div" | "section" | "center" | "form" | "table" | "tbody" | "tr" | "td" | "font" | "span")
        || name.contains('-')
}

fn is_furniture(name: &str) -> bool {
    matches!(
        name,
        "a" | "nav"
            | "header"
            | "footer"
            | "aside"
            | "form"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "button"
            | "select"
            | "option"
            | "textarea"
            | "dialog"
            | "iframe"
            | "svg"
    )
}

/// What each element holds outside links and furniture. One pass without recursion.
fn weights(body: ElementRef<'_>) -> HashMap<NodeId, Weight> {
    let mut weights = HashMap::new();
    let mut open: Vec<Weight> = Vec::new();
    let mut furniture = 0_usize;
    for edge in body.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(e) => {
                    // A form around the whole page is no furniture; the text in it counts.
                    let whole = e.name() == "form"
                        && node.descendants().any(|d| d.value().as_element().is_some_and(|e| e.name() == "h1"));
                    furniture += usize::from(is_furniture(e.name()) && !whole);
                    open.push(Weight { text: 0, main_headings: usize::from(e.name() == "h1" && furniture == 0) });
                }
                Node::Text(text) if furniture == 0 => {
                    if let Some(w) = open.last_mut() {
                        w.text += text.split_whitespace().map(str::len).sum::<usize>();
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(e) = node.value() {
                    let whole = e.name() == "form"
                        && node.descendants().any(|d| d.value().as_element().is_some_and(|e| e.name() == "h1"));
                    furniture -= usize::from(is_furniture(e.name()) && !whole);
                    let w = open.pop().unwrap_or_default();
                    if let Some(parent) = open.last_mut() {
                        parent.text += w.text;
                        parent.main_headings += w.main_headings;
                    }
                    weights.insert(node.id(), w);
                }
            }
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, id: &str) {
        let html = Html::parse_document(html);
        let el = densest(&html).unwrap();
        assert_eq!(el.attr("id").unwrap_or(el.value().name()), id);
    }

    #[test]
    fn the_part_with_the_text() {
        let long = "Håll in knappen i tio sekunder tills lampan blinkar. ".repeat(5);
        check(&format!("<div id=menu><a href=x>{long}</a></div><div id=c><p>{long}</p></div>"), "c");
        check(&format!("<div id=a><div id=b><h1>R</h1><div id=c>{long}</div></div><div>kort</div></div>"), "b");
        check(&format!("<div id=x>{long}</div><div id=y>{long}</div>"), "body");
        check(&format!("<form id=f><h1>R</h1><div id=d>{long}</div></form>"), "f");
        check("", "body");
        check(&"<div>".repeat(3000), "body");
    }
}
