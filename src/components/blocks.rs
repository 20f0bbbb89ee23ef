//! An article's body as elements. Each kind of block has an element of its own; nothing is made from strings of markup.

use svar_index::article::{Block, Image, Inline};
use svar_session::Msg;
use yew::prelude::*;
use yew::virtual_dom::VNode;

/// What a body needs beside its blocks.
#[derive(Debug)]
pub struct Props<'a> {
    /// Address of the widget's folder: pictures and pages are relative to it.
    pub base: &'a str,
    /// Language of the article.
    pub lang: &'a str,
    /// Where messages go.
    pub send: &'a Callback<Msg>,
}

/// An article's body.
pub fn body(body: &[Block], props: &Props<'_>) -> Html {
    blocks(body, props)
}

/// An address as the article has it, seen from the host page.
pub fn resolve(base: &str, address: &str) -> String {
    let absolute = address.starts_with('/') || address.starts_with("#") || address.split(['/', '?', '#']).next().is_some_and(|s| s.contains(':'));
    if absolute { address.to_owned() } else { format!("{base}{address}") }
}

fn blocks(blocks: &[Block], props: &Props<'_>) -> Html {
    blocks.iter().map(|b| block(b, props)).collect()
}

fn block(block: &Block, props: &Props<'_>) -> Html {
    match block {
        Block::Heading { level, anchor, content } => {
            let content = inlines(content, props);
            let anchor = (!anchor.is_empty()).then(|| AttrValue::from(anchor.clone()));
            // The panel's own title is h2 and the article's h3.
            match level {
                ..=2 => html! { <h4 data-anchor={anchor}>{ content }</h4> },
                3 => html! { <h5 data-anchor={anchor}>{ content }</h5> },
                _ => html! { <h6 data-anchor={anchor}>{ content }</h6> },
            }
        }
        Block::Paragraph(content) => html! { <p>{ inlines(content, props) }</p> },
        Block::List { ordered: false, items, .. } => html! { <ul>{ list_items(items, props) }</ul> },
        Block::List { start, items, .. } => {
            html! { <ol start={(*start != 1).then(|| start.to_string())}>{ list_items(items, props) }</ol> }
        }
        Block::Definitions(pairs) => {
            let pair = |(term, description): &(Vec<Inline>, Vec<Block>)| {
                html! { <><dt>{ inlines(term, props) }</dt><dd>{ self::blocks(description, props) }</dd></> }
            };
            html! { <dl>{ for pairs.iter().map(pair) }</dl> }
        }
        Block::Code(text) => html! { <pre tabindex="0"><code>{ text }</code></pre> },
        Block::Table { caption, rows } => table(caption, rows, props),
        Block::Quote(inner) => html! { <blockquote>{ self::blocks(inner, props) }</blockquote> },
        Block::Note(inner) => html! { <div class="note">{ self::blocks(inner, props) }</div> },
        Block::Image(image) => html! { <figure>{ picture(image, props) }</figure> },
        Block::Details(summary, inner) => {
            html! { <details><summary>{ inlines(summary, props) }</summary>{ self::blocks(inner, props) }</details> }
        }
        Block::Rule => html! { <hr /> },
    }
}

fn list_items(items: &[Vec<Block>], props: &Props<'_>) -> Html {
    let item = |item: &Vec<Block>| match item.as_slice() {
        // A lone paragraph needs no box of its own.
        [Block::Paragraph(content)] => html! { <li>{ inlines(content, props) }</li> },
        _ => html! { <li>{ blocks(item, props) }</li> },
    };
    items.iter().map(item).collect()
}

fn table(caption: &[Inline], rows: &[Vec<(bool, Vec<Inline>)>], props: &Props<'_>) -> Html {
    // Leading rows of nothing but header cells are the head.
    let head = rows.iter().take_while(|r| !r.is_empty() && r.iter().all(|(header, _)| *header)).count();
    let row = |cells: &Vec<(bool, Vec<Inline>)>, scope: &'static str| {
        let cell = |(header, content): &(bool, Vec<Inline>)| {
            if *header {
                html! { <th scope={scope}>{ inlines(content, props) }</th> }
            } else {
                html! { <td>{ inlines(content, props) }</td> }
            }
        };
        html! { <tr>{ for cells.iter().map(cell) }</tr> }
    };
    html! {
        <div class="table" tabindex="0">
            <table>
                if !caption.is_empty() { <caption>{ inlines(caption, props) }</caption> }
                if head > 0 { <thead>{ for rows.iter().take(head).map(|r| row(r, "col")) }</thead> }
                <tbody>{ for rows.iter().skip(head).map(|r| row(r, "row")) }</tbody>
            </table>
        </div>
    }
}

fn inlines(content: &[Inline], props: &Props<'_>) -> Html {
    content.iter().map(|i| inline(i, props)).collect()
}

fn inline(inline: &Inline, props: &Props<'_>) -> Html {
    match inline {
        Inline::Text(text) => VNode::from(text.clone()),
        Inline::Strong(content) => html! { <strong>{ inlines(content, props) }</strong> },
        Inline::Emphasis(content) => html! { <em>{ inlines(content, props) }</em> },
        Inline::Code(text) => html! { <code>{ text }</code> },
        Inline::Key(text) => html! { <kbd>{ text }</kbd> },
        Inline::Link { href, content } => link(href, content, props),
        Inline::Image(image) => picture(image, props),
        Inline::Break => html! { <br /> },
    }
}

fn link(href: &str, content: &[Inline], props: &Props<'_>) -> Html {
    let Some(target) = href.strip_prefix("article:") else {
        return html! { <a href={resolve(props.base, href)}>{ inlines(content, props) }</a> };
    };
    let (id, anchor) = target.split_once('#').unwrap_or((target, ""));
    let (id, anchor) = (id.to_owned(), anchor.to_owned());
    // The address leads to the same article on the page without JavaScript: for a new tab, or for copying.
    let page = format!("{}help/{}.html#{id}", props.base, props.lang);
    let onclick = props.send.reform(move |event: MouseEvent| {
        event.prevent_default();
        Msg::Follow(id.clone(), anchor.clone())
    });
    html! { <a href={page} {onclick}>{ inlines(content, props) }</a> }
}

fn picture(image: &Image, props: &Props<'_>) -> Html {
    let size = |n: u32| (n > 0).then(|| n.to_string());
    html! { <img src={resolve(props.base, &image.src)} alt={image.alt.clone()} width={size(image.width)} height={size(image.height)} loading="lazy" decoding="async" /> }
}
