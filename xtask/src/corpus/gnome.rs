//! GNOME's help, some 290 short pages a language, from Mallard (projectmallard.org) to HTML.
//!
//! Each page has a description, a sentence about it for the pages that lead there. It is kept out of the page and written
//! beside the pages as what the bench asks.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use roxmltree::{Document, Node, ParsingOptions};
use serde::{Deserialize, Serialize};

use super::files;

/// Where the descriptions lie, a line each.
const DESCRIPTIONS: &str = "descriptions.jsonl";

/// What a page's author says about it.
#[derive(Serialize, Deserialize)]
pub struct Description {
    /// The page's file without its ending.
    pub id: String,
    pub text: String,
}

/// Writes the package's pages of a language as HTML, and their descriptions. Returns how many pages.
pub fn gather(package: &Path, language: &str, goal: &Path) -> Result<usize> {
    std::fs::create_dir_all(goal)?;
    let pages = files(&package.join("usr/share/help").join(language).join("gnome-help"), "page")?;
    let mut descriptions = String::new();
    for file in &pages {
        let mallard = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
        let page = Page::read(&mallard).with_context(|| format!("could not understand {}", file.display()))?;
        let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        std::fs::write(goal.join(format!("{id}.html")), page.html)?;
        if !page.description.is_empty() {
            let description = Description { id, text: page.description };
            writeln!(descriptions, "{}", serde_json::to_string(&description)?)?;
        }
    }
    std::fs::write(goal.join(DESCRIPTIONS), descriptions)?;
    Ok(pages.len())
}

/// The descriptions of a corpus that was gathered.
pub fn descriptions(corpus: &Path) -> Result<Vec<Description>> {
    let file = corpus.join(DESCRIPTIONS);
    let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("in {}", file.display()))).collect()
}

/// A page of Mallard's as HTML.
struct Page {
    html: String,
    description: String,
}

impl Page {
    fn read(mallard: &str) -> Result<Page> {
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        let document = Document::parse_with_options(mallard, options)?;
        let root = document.root_element();
        let info = child(root, "info");
        let title = child(root, "title").map(text).unwrap_or_default();
        let mut html = String::from("<!doctype html>\n<meta charset=\"utf-8\">\n<title>");
        escape(&title, &mut html);
        html.push_str("</title>\n<main>\n");
        inside(root, 1, &mut html);
        html.push_str("\n</main>\n");
        let description = info.and_then(|info| child(info, "desc")).map(text).unwrap_or_default();
        Ok(Page { html, description })
    }
}

/// What is inside a node, as HTML; a title in it is a heading of that level.
fn inside(node: Node<'_, '_>, level: usize, html: &mut String) {
    for child in node.children() {
        if let Some(text) = child.text().filter(|_| child.is_text()) {
            escape(text, html);
        } else if child.is_element() && !is_elsewhere(child) {
            element(child, level, html);
        }
    }
}

fn element(node: Node<'_, '_>, level: usize, html: &mut String) {
    let deeper = if node.tag_name().name() == "section" { level + 1 } else { level };
    let heading = format!("h{level}");
    let tag = match node.tag_name().name() {
        "title" => match node.parent().map(|parent| parent.tag_name().name()) {
            Some("page" | "section") => heading.as_str(),
            _ => "p",
        },
        "p" | "code" | "em" | "tr" | "td" | "thead" | "tbody" | "table" => node.tag_name().name(),
        "steps" => "ol",
        "list" | "terms" => "ul",
        "item" => "li",
        "note" | "section" | "figure" | "subtitle" | "desc" => "div",
        "screen" => "pre",
        // Names of keys, menus, files: their text is what matters.
        _ => "",
    };
    if tag.is_empty() {
        return inside(node, deeper, html);
    }
    let _ = write!(html, "<{tag}>");
    inside(node, deeper, html);
    let _ = write!(html, "</{tag}>");
}

/// What is not on the page of GNOME's own desktop, in the reader's language: what is said about the page, what the help
/// browser puts together, what holds for another desktop.
fn is_elsewhere(node: Node<'_, '_>) -> bool {
    let only = |attribute: roxmltree::Attribute<'_, '_>| {
        attribute.name() == "test" && attribute.value().split([' ', ',']).any(|test| test == "platform:gnome-classic")
    };
    matches!(node.tag_name().name(), "info" | "links" | "comment" | "include") || node.attributes().any(only)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The text of a node with single spaces.
fn text(node: Node<'_, '_>) -> String {
    let all: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_html_without_what_is_said_about_it() {
        let page = Page::read(
            r#"<page xmlns="http://projectmallard.org/1.0/" xmlns:if="http://projectmallard.org/if/1.0/" id="x">
                 <info><link type="guide" xref="a11y"/><desc>Get <em>online</em>
                   without a cable.</desc></info>
                 <title>Wi-Fi &amp; you</title>
                 <steps><item><p>Open <gui>Settings</gui>.</p></item></steps>
                 <p if:test="platform:gnome-classic">Elsewhere</p>
                 <section id="s"><title>More</title><links type="topic"/></section>
               </page>"#,
        )
        .expect("well formed");
        assert_eq!(page.description, "Get online without a cable.");
        let html = page.html.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(html.contains("<title>Wi-Fi &amp; you</title> <main> <h1>Wi-Fi &amp; you</h1>"), "{html}");
        assert!(html.contains("<ol><li><p>Open Settings.</p></li></ol> <div><h2>More</h2></div>"), "{html}");
        assert!(!html.contains("online") && !html.contains("Elsewhere"), "{html}");
    }
}
