//! A help page as every engine gets it: the same text, the same headings, the same keywords, and nothing else.
//!
//! What is on a page is written anew without attributes, pictures and scripts: as HTML for svar and Pagefind, which read
//! pages, and as sections for MiniSearch, which is handed records.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node, Selector};
use serde::Serialize;

use super::forms::words;

/// A page.
#[derive(Serialize)]
pub struct Page {
    pub id: String,
    pub title: String,
    /// What customers say and the text does not; empty where pages have none.
    pub keywords: String,
    pub sections: Vec<Section>,
    #[serde(skip)]
    html: String,
}

/// A heading and the text below it, up to the next heading; a line a block.
#[derive(Default, Serialize)]
pub struct Section {
    /// 1 to 6.
    pub level: usize,
    pub heading: String,
    pub text: String,
}

/// Reads files, each with the id of its page, on two threads. Files without text are no pages.
pub fn read_all(files: &[(String, PathBuf)], content: &str) -> Result<Vec<Page>> {
    let read = |files: &[(String, PathBuf)]| -> Result<Vec<Page>> {
        let mut pages = Vec::new();
        for (id, file) in files {
            let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
            pages.extend(Page::read(id, &text, content));
        }
        Ok(pages)
    };
    let (first, second) = files.split_at(files.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| read(second));
        let mut pages = read(first)?;
        pages.extend(other.join().map_err(|_| anyhow!("reading pages panicked: its message stands above"))??);
        Ok(pages)
    })
}

impl Page {
    /// Reads what `content` (CSS) selects in a file. None if it selects nothing or there is no text in it.
    pub fn read(id: &str, file: &str, content: &str) -> Option<Page> {
        let document = Html::parse_document(file);
        let content = document.select(&Selector::parse(content).ok()?).next()?;
        let title = Selector::parse("title").ok()?;
        let named = document.select(&title).next().map(|title| spaced(&title.text().collect::<String>()));
        Page::of(id, named.unwrap_or_default(), "", content, 0)
    }

    /// Reads an element. Its headings move `up` so many levels. Its first heading of the first level is the title, which is
    /// put in front where there is none.
    pub fn of(id: &str, title: String, keywords: &str, content: ElementRef<'_>, up: usize) -> Option<Page> {
        let mut writer = Writer { up, ..Writer::default() };
        content.children().for_each(|child| writer.node(child));
        writer.end_block();
        let mut page = Page {
            id: id.to_owned(),
            title,
            keywords: keywords.to_owned(),
            sections: writer.sections,
            html: writer.html,
        };
        match page.sections.iter().find(|section| section.level == 1 && !section.heading.is_empty()) {
            Some(section) => page.title = section.heading.clone(),
            None => {
                page.html.insert_str(0, &format!("<h1>{}</h1>", escaped(&page.title)));
                if page.sections.first().is_none_or(|section| !section.heading.is_empty()) {
                    page.sections.insert(0, Section::default());
                }
                page.sections[0] =
                    Section { level: 1, heading: page.title.clone(), ..std::mem::take(&mut page.sections[0]) };
            }
        }
        page.sections.retain(|section| !section.heading.is_empty() || !section.text.is_empty());
        page.lines().next()?;
        (!page.title.is_empty()).then_some(page)
    }

    /// The page as a file. Keywords stand where svar reads them, and once more, unseen, where Pagefind does.
    pub fn html(&self, language: &str) -> String {
        let (id, title, keywords) = (escaped(&self.id), escaped(&self.title), escaped(&self.keywords));
        let mut html = format!("<!doctype html>\n<html lang=\"{language}\">\n<meta charset=\"utf-8\">\n");
        let _ = write!(html, "<title>{title}</title>\n<meta name=\"svar:id\" content=\"{id}\">\n");
        let mut unseen = String::new();
        if !keywords.is_empty() {
            let _ = writeln!(html, "<meta name=\"keywords\" content=\"{keywords}\">");
            unseen = format!("<p hidden data-pagefind-weight=\"3\">{keywords}</p>\n");
        }
        let _ = write!(html, "<main data-pagefind-body>\n{}\n{unseen}</main>\n", self.html);
        html
    }

    /// The text below headings, a line a block.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(|section| section.text.lines())
    }

    /// Every word on the page, in lower case.
    pub fn words(&self) -> HashSet<String> {
        let texts = self.sections.iter().flat_map(|section| [&section.heading, &section.text]);
        texts
            .flat_map(|text| words(text).into_iter().filter_map(|range| text.get(range)))
            .map(str::to_lowercase)
            .collect()
    }
}

/// Writes HTML and sections from one walk over a page.
#[derive(Default)]
struct Writer {
    html: String,
    sections: Vec<Section>,
    /// Text since the last block began.
    block: String,
    up: usize,
}

impl Writer {
    fn node(&mut self, node: NodeRef<'_, Node>) {
        if let Node::Text(text) = node.value() {
            self.html.push_str(&escaped(text));
            self.block.push_str(text);
        } else if let Some(element) = ElementRef::wrap(node) {
            self.element(element);
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        match (element.value().name(), heading_level(element.value().name())) {
            _ if element.value().attr("hidden").is_some() => {}
            (
                "script" | "style" | "template" | "noscript" | "meta" | "link" | "title" | "head" | "nav" | "aside"
                | "button" | "input" | "select" | "textarea" | "form" | "iframe" | "object" | "svg" | "img" | "video",
                _,
            ) => {}
            (_, Some(level)) => self.heading(element, level.saturating_sub(self.up).max(1)),
            ("br" | "hr", _) => {
                self.html.push_str("<br>");
                self.block.push(' ');
            }
            (name @ ("em" | "strong" | "b" | "i" | "kbd" | "code" | "sub" | "sup"), _) => self.wrap(name, element),
            ("a" | "span" | "u" | "font" | "small" | "time" | "abbr" | "var" | "samp" | "cite" | "q", _) => {
                element.children().for_each(|child| self.node(child));
            }
            (
                name @ ("p" | "ul" | "ol" | "li" | "dl" | "dt" | "dd" | "table" | "thead" | "tbody" | "tr" | "td"
                | "th" | "pre" | "blockquote"),
                _,
            ) => self.block(name, element),
            _ => self.block("div", element),
        }
    }

    fn wrap(&mut self, name: &str, element: ElementRef<'_>) {
        let _ = write!(self.html, "<{name}>");
        element.children().for_each(|child| self.node(child));
        let _ = write!(self.html, "</{name}>");
    }

    fn block(&mut self, name: &str, element: ElementRef<'_>) {
        self.end_block();
        self.wrap(name, element);
        self.end_block();
    }

    fn heading(&mut self, element: ElementRef<'_>, level: usize) {
        self.end_block();
        let heading = spaced(&element.text().collect::<String>());
        let _ = write!(self.html, "<h{level}>{}</h{level}>", escaped(&heading));
        self.sections.push(Section { level, heading, text: String::new() });
    }

    /// Puts the block's text where it belongs.
    fn end_block(&mut self) {
        let text = spaced(&std::mem::take(&mut self.block));
        if text.is_empty() {
            return;
        }
        if self.sections.is_empty() {
            self.sections.push(Section { level: 1, ..Section::default() });
        }
        if let Some(section) = self.sections.last_mut() {
            if !section.text.is_empty() {
                section.text.push('\n');
            }
            section.text.push_str(&text);
        }
    }
}

fn heading_level(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Page {
        let file = format!("<title>Named</title><nav>Elsewhere</nav><div id=x>{content}</div>");
        Page::read("a/b", &file, "#x").expect("a page with text")
    }

    #[test]
    fn a_page_is_its_headings_and_the_text_below_them() {
        let page = read(
            "<meta itemprop=keywords content=secret><h1 id=y>Insert <b>a table</b></h1><p class=z>Click <span>here</span>\n\
             <span hidden>Mac</span></p><h2>Rows &amp; columns</h2><ul><li>One<li>Two</ul><script>x</script>",
        );
        let sections: Vec<(usize, &str, &str)> =
            page.sections.iter().map(|s| (s.level, s.heading.as_str(), s.text.as_str())).collect();
        assert_eq!(sections, [(1, "Insert a table", "Click here"), (2, "Rows & columns", "One\nTwo")]);
        assert_eq!(page.title, "Insert a table");
        let html = page.html("sv");
        assert!(html.contains("<main data-pagefind-body>\n<h1>Insert a table</h1><p>Click here\n</p>"), "{html}");
        assert!(html.contains("<h2>Rows &amp; columns</h2><ul><li>One</li><li>Two</li></ul>"), "{html}");
        for gone in ["secret", "Mac", "script", "Elsewhere", "keywords", "class"] {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
        assert!(page.words().contains("columns"));
    }

    #[test]
    fn a_page_without_a_heading_gets_its_title_as_one() {
        let page = read("Some text<p>More");
        assert_eq!(page.title, "Named");
        assert_eq!(page.sections[0].heading, "Named");
        assert!(page.html("en").contains("<h1>Named</h1>Some text"), "{}", page.html("en"));
        assert!(Page::read("a", "<div id=x> </div>", "#x").is_none());
    }
}
