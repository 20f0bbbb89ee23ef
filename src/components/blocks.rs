//! An article's body as elements. Each kind of block has an element of its own; nothing is made from strings of markup.

use super::element::{El, all, words};
use svar_index::article::{Block, Image, Inline};
use svar_session::Msg;
use yew::prelude::*;

/// What a body needs beside its blocks.
pub struct Around<'a> {
    /// Address of the widget's folder: pictures and pages are relative to it.
    pub base: &'a str,
    /// Language of the article.
    pub lang: &'a str,
    /// Where messages go.
    pub send: &'a Callback<Msg>,
}

/// An address as the article has it, seen from the host page.
pub fn resolve(base: &str, address: &str) -> String {
    let first = address.split(['/', '?', '#']).next().unwrap_or_default();
    let absolute = address.starts_with(['/', '#']) || first.contains(':');
    if absolute { address.to_owned() } else { [base, address].concat() }
}

/// `el` with the blocks in it.
pub fn blocks(mut el: El, blocks: &[Block], around: &Around<'_>) -> El {
    for b in blocks {
        el = el.push(block(b, around));
    }
    el
}

fn block(block: &Block, around: &Around<'_>) -> Html {
    match block {
        Block::Heading { level, anchor, content } => {
            // The panel's own title is h2 and the article's h3.
            let tag = ["h4", "h4", "h4", "h5", "h6"].get(usize::from(*level)).copied().unwrap_or("h6");
            let anchor = (!anchor.is_empty()).then(|| AttrValue::from(anchor.clone()));
            inlines(El::new(tag).maybe("data-anchor", anchor), content, around).html()
        }
        Block::Paragraph(content) => inlines(El::new("p"), content, around).html(),
        Block::List { ordered, start, items } => {
            let mut list = El::new(if *ordered { "ol" } else { "ul" });
            if *ordered && *start != 1 {
                list = list.with("start", start.to_string());
            }
            for item in items {
                list = list.el(match item.as_slice() {
                    // A lone paragraph needs no box of its own.
                    [Block::Paragraph(content)] => inlines(El::new("li"), content, around),
                    _ => blocks(El::new("li"), item, around),
                });
            }
            list.html()
        }
        Block::Definitions(pairs) => {
            let mut list = El::new("dl");
            for (term, description) in pairs {
                list = list.el(inlines(El::new("dt"), term, around)).el(blocks(El::new("dd"), description, around));
            }
            list.html()
        }
        Block::Code(text) => El::new("pre").with("tabindex", "0").el(El::new("code").text(text.clone())).html(),
        Block::Table { caption, rows } => table(caption, rows, around),
        Block::Quote(inner) => blocks(El::new("blockquote"), inner, around).html(),
        Block::Note(inner) => blocks(El::new("div").class("note"), inner, around).html(),
        Block::Image(image) => El::new("figure").push(picture(image, around)).html(),
        Block::Details(summary, inner) => {
            blocks(El::new("details").el(inlines(El::new("summary"), summary, around)), inner, around).html()
        }
        Block::Rule => El::new("hr").html(),
    }
}

fn table(caption: &[Inline], rows: &[Vec<(bool, Vec<Inline>)>], around: &Around<'_>) -> Html {
    // Leading rows of nothing but header cells are the head.
    let head = rows.iter().take_while(|r| !r.is_empty() && r.iter().all(|(header, _)| *header)).count();
    let (mut thead, mut tbody) = (El::new("thead"), El::new("tbody"));
    for (number, cells) in rows.iter().enumerate() {
        let in_head = number < head;
        let mut row = El::new("tr");
        for (header, content) in cells {
            let cell =
                if *header { El::new("th").with("scope", if in_head { "col" } else { "row" }) } else { El::new("td") };
            row = row.el(inlines(cell, content, around));
        }
        if in_head {
            thead = thead.el(row);
        } else {
            tbody = tbody.el(row);
        }
    }
    let mut el = El::new("table");
    if !caption.is_empty() {
        el = el.el(inlines(El::new("caption"), caption, around));
    }
    if head > 0 {
        el = el.el(thead);
    }
    // It may be wider than the panel: then the keyboard must reach it to scroll it.
    El::new("div").class("table").with("tabindex", "0").el(el.el(tbody)).html()
}

fn inlines(mut el: El, content: &[Inline], around: &Around<'_>) -> El {
    for i in content {
        el = el.push(inline(i, around));
    }
    el
}

fn inline(inline: &Inline, around: &Around<'_>) -> Html {
    let (tag, text) = match inline {
        Inline::Text(text) => return words(text.clone()),
        Inline::Strong(content) => return inlines(El::new("strong"), content, around).html(),
        Inline::Emphasis(content) => return inlines(El::new("em"), content, around).html(),
        Inline::Link { href, content } => return link(href, content, around),
        Inline::Image(image) => return picture(image, around),
        Inline::Break => return El::new("br").html(),
        Inline::Code(text) => ("code", text),
        Inline::Key(text) => ("kbd", text),
    };
    El::new(tag).text(text.clone()).html()
}

fn link(href: &str, content: &[Inline], around: &Around<'_>) -> Html {
    let a = El::new("a");
    let Some(target) = href.strip_prefix("article:") else {
        return inlines(a.with("href", resolve(around.base, href)), content, around).html();
    };
    let (id, anchor) = target.split_once('#').unwrap_or((target, ""));
    // The address leads to the same article on the page without JavaScript: for a new tab, or for copying.
    let page = [around.base, "help/", around.lang, ".html#", id].concat();
    inlines(
        a.with("href", page).sends_instead(around.send, Msg::Follow(id.to_owned(), anchor.to_owned())),
        content,
        around,
    )
    .html()
}

fn picture(image: &Image, around: &Around<'_>) -> Html {
    let size = |n: u32| (n > 0).then(|| AttrValue::from(n.to_string()));
    let el = El::new("img").with("src", resolve(around.base, &image.src)).with("alt", image.alt.clone());
    all(vec![el.maybe("width", size(image.width)).maybe("height", size(image.height)).with("loading", "lazy").html()])
}
