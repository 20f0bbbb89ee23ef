//! HTML to the article's block tree, by allow-list.
//!
//! [`read`] walks the content's elements once. What is on the list becomes a [`Block`] or an [`Inline`]; other
//! containers only give what is inside them; what is no content (`allow`) is left out, and counted where a customer
//! would have seen it. Text straight in a container becomes paragraphs, white space collapses as in browsers
//! (`space`). Markdown takes the same road by way of its HTML.
//!
//! Addresses of links and pictures are kept as written: only `links` and `pictures` know the other pages.
//! Recursion ends at [`MOST_DEEP`] elements; the text below comes out flat.

mod allow;
mod inline;
pub(crate) mod space;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Node};
use svar_index::article::{Block, Inline, inline_text};

use allow::LeftOut;
pub(crate) use allow::attr;
use space::{is_blank, tidy};

/// Elements within elements that are followed. Pages by hand have some 30; each level costs about a kilobyte of stack.
const MOST_DEEP: usize = 100;
/// Blocks within blocks (lists in lists in notes). The widget and the index format walk these by recursion too.
const MOST_NESTED: usize = 16;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Words of the first `<h1>`, which is then not among the blocks.
    pub title: Option<String>,
    pub blocks: Vec<Block>,
    /// Every id on the page to the anchor of the heading it lies under; the empty anchor is the top.
    pub anchors: BTreeMap<String, String>,
    /// What was left out that a customer would have seen, and how often.
    pub left_out: BTreeMap<&'static str, u32>,
}

/// How to read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// The roots were pointed at (`main`, a selector): headers and footers straight inside belong to the content.
    pub pointed_at: bool,
    /// Give headings without id the anchor that Markdown renderers give them.
    pub slugs: bool,
}

/// Reads the content below `roots`, in order.
pub(crate) fn read(roots: &[ElementRef<'_>], manner: Manner) -> Content {
    let mut walker = Walker { manner, ..Walker::default() };
    for root in roots {
        walker.controlled.extend(root.descendent_elements().filter_map(revealed_by));
    }
    let mut blocks = Vec::new();
    for root in roots {
        walker.flow(*root, 0, &mut blocks);
    }
    tidy_rules(&mut blocks);
    let anchors = walker.ids.into_iter().rev().collect();
    Content { title: walker.title, blocks, anchors, left_out: walker.left_out }
}

/// What a button or a tab on the page shows when pressed is content, though hidden at first: accordions, tab panels.
fn revealed_by<'a>(el: ElementRef<'a>) -> Option<&'a str> {
    let opens = matches!(el.value().name(), "button" | "a" | "summary")
        || matches!(allow::role(el).as_deref(), Some("tab" | "button"));
    if opens { attr(el, "aria-controls") } else { None }
}

/// How good an anchor is that stands before a heading: a wrapper's id also scrolls there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Wrapper,
    Mark,
    Section,
}

#[derive(Debug, Default)]
struct Walker<'a> {
    manner: Manner,
    controlled: BTreeSet<&'a str>,
    title: Option<String>,
    left_out: BTreeMap<&'static str, u32>,
    /// Every id and the anchor it belongs to.
    ids: Vec<(String, String)>,
    /// Ids from here on stand straight before whatever comes next, so that a heading takes them along.
    loose_from: usize,
    /// The anchor of the heading we are below.
    below: String,
    before_heading: Option<(Nearness, String)>,
    slugs: BTreeMap<String, u32>,
    nested: usize,
    in_note: bool,
    in_label: bool,
}

impl<'a> Walker<'a> {
    /// The children of `parent` as blocks.
    fn flow(&mut self, parent: ElementRef<'a>, depth: usize, out: &mut Vec<Block>) {
        if depth >= MOST_DEEP {
            return self.flatten(parent, out);
        }
        let mut run = Vec::new();
        for child in parent.children() {
            match child.value() {
                Node::Text(text) => run.push(Inline::Text(text.to_string())),
                Node::Element(_) => {
                    if let Some(el) = ElementRef::wrap(child) {
                        self.child(el, depth, &mut run, out);
                    }
                }
                _ => {}
            }
        }
        self.flush(&mut run, out);
    }

    /// One element among inlines (`run`, a paragraph being gathered) and blocks.
    fn child(&mut self, el: ElementRef<'a>, depth: usize, run: &mut Vec<Inline>, out: &mut Vec<Block>) {
        let name = el.value().name();
        if self.leaves_out(el) {
            return;
        }
        let heading = heading_level(el);
        if heading.is_none() && !allow::is_block(name) {
            if !contains_block(el) {
                self.inline(el, depth + 1, run);
                return;
            }
            self.flush(run, out);
            self.remember_id(el, Nearness::Wrapper);
            let from = out.len();
            self.flow(el, depth + 1, out);
            if name == "a"
                && let Some(href) = attr(el, "href")
            {
                out.iter_mut().skip(from).for_each(|block| link_all(block, href));
            }
            return;
        }
        self.flush(run, out);
        match (heading, name) {
            (Some(level), _) => self.heading(el, level, depth, out),
            (_, "hr") => out.push(Block::Rule),
            (_, "pre") => self.code(el, out),
            (_, "ul" | "ol" | "menu" | "dir") => self.list(el, depth, out),
            (_, "dl") => self.definitions(el, depth, out),
            (_, "table") => self.table(el, depth, out),
            (_, "details") => self.details(el, depth, out),
            (_, "blockquote") => {
                self.remember_id(el, Nearness::Wrapper);
                let note = allow::is_note(el);
                let blocks = self.inside(el, depth, note);
                self.set_apart(blocks, note, out);
            }
            _ => self.container(el, depth, out),
        }
    }

    fn container(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Block>) {
        let name = el.value().name();
        let nearness = if matches!(name, "section" | "article") { Nearness::Section } else { Nearness::Wrapper };
        self.remember_id(el, nearness);
        if self.in_note && allow::is_note_title(el) && !contains_block(el) {
            let words = self.words_of(el, depth);
            if !is_blank(&words) {
                out.push(Block::Paragraph(vec![Inline::Strong(words)]));
            }
            return;
        }
        // A wrapper around much of the page is no note, whatever its class says.
        if !self.in_note && allow::is_note(el) && !holds_sections(el) {
            let blocks = self.inside(el, depth, true);
            return self.set_apart(blocks, true, out);
        }
        self.flow(el, depth + 1, out);
    }

    /// The blocks inside an element that nests.
    fn inside(&mut self, el: ElementRef<'a>, depth: usize, note: bool) -> Vec<Block> {
        let outer = self.in_note;
        self.in_note |= note;
        self.nested += 1;
        let mut blocks = Vec::new();
        self.flow(el, depth + 1, &mut blocks);
        self.nested -= 1;
        self.in_note = outer;
        tidy_rules(&mut blocks);
        blocks
    }

    fn set_apart(&mut self, blocks: Vec<Block>, note: bool, out: &mut Vec<Block>) {
        if blocks.is_empty() {
        } else if self.nested >= MOST_NESTED || (note && self.in_note) {
            out.extend(blocks);
        } else if note || allow::quotes_a_note(&blocks) {
            out.push(Block::Note(blocks));
        } else {
            out.push(Block::Quote(blocks));
        }
    }

    fn heading(&mut self, el: ElementRef<'a>, level: u8, depth: usize, out: &mut Vec<Block>) {
        let outer = std::mem::replace(&mut self.in_label, true);
        let mut content = Vec::new();
        let has_other_text = el.children().any(|c| match c.value() {
            Node::Text(t) => !t.trim().is_empty(),
            Node::Element(e) => e.name() != "a",
            _ => false,
        });
        // Ids that stand loose before the heading belong to it, and so do its own and those inside.
        self.remember_id(el, Nearness::Section);
        let inside_from = self.ids.len();
        let mut blocks = Vec::new();
        if contains_block(el) {
            self.flow(el, depth + 1, &mut blocks);
            content.extend(table::one_line(blocks));
        } else {
            self.inline_children(el, depth + 1, &mut content);
        }
        self.in_label = outer;
        let content = without_permalinks(el, content, has_other_text);
        let content =
            tidy(content.into_iter().map(|i| if i == Inline::Break { Inline::Text(" ".into()) } else { i }).collect());
        if is_blank(&content) {
            return;
        }
        if level == 1 && self.title.is_none() && self.nested == 0 {
            self.title = Some(space::line(&inline_text(&content)));
            self.settle();
            return;
        }
        let own = attr(el, "id").map(clean_id).filter(|id| !id.is_empty());
        let inner = self.ids.get(inside_from).map(|(id, _)| id.clone());
        let before = self.before_heading.take().map(|(_, id)| id);
        let anchor = match own.or(inner).or(before) {
            Some(anchor) => anchor,
            None if self.manner.slugs => self.slug(&inline_text(&content)),
            None => String::new(),
        };
        for (_, belongs) in self.ids.iter_mut().skip(self.loose_from) {
            belongs.clone_from(&anchor);
        }
        if !anchor.is_empty() {
            self.ids.push((anchor.clone(), anchor.clone()));
        }
        if self.nested == 0 {
            self.below.clone_from(&anchor);
        }
        self.settle();
        out.push(Block::Heading { level: level.clamp(2, 6), anchor, content });
    }

    fn code(&mut self, el: ElementRef<'a>, out: &mut Vec<Block>) {
        self.remember_id(el, Nearness::Wrapper);
        let mut text = String::new();
        self.each_visible(el, &mut |piece| match piece {
            Piece::Text(t) => text.push_str(t),
            Piece::Break => text.push('\n'),
            // Highlighters that put each line in an element of its own.
            Piece::Edge if !text.is_empty() && !text.ends_with('\n') => text.push('\n'),
            Piece::Edge => {}
        });
        let text: String =
            text.replace("\r\n", "\n").chars().filter(|c| !space::is_invisible(*c) || *c == '\t').collect();
        let text = text.trim_start_matches('\n').trim_end();
        if !text.trim().is_empty() {
            self.settle();
            out.push(Block::Code(text.to_owned()));
        }
    }

    fn list(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Block>) {
        self.remember_id(el, Nearness::Wrapper);
        let mut items = Vec::new();
        self.nested += 1;
        self.items(el, depth, &mut items);
        self.nested -= 1;
        if items.is_empty() {
            return;
        }
        let ordered = el.value().name() == "ol";
        // A bulleted list of headings with text is a page's layout: accordions, cards.
        let layout = !ordered && items.iter().all(|item| matches!(item.first(), Some(Block::Heading { .. })));
        if layout || self.nested >= MOST_NESTED {
            out.extend(items.into_iter().flatten());
            return;
        }
        let start = attr(el, "start").and_then(|s| s.trim().parse().ok()).filter(|_| ordered).unwrap_or(1);
        out.push(Block::List { ordered, start, items });
    }

    fn items(&mut self, list: ElementRef<'a>, depth: usize, items: &mut Vec<Vec<Block>>) {
        if depth >= MOST_DEEP {
            let mut blocks = Vec::new();
            self.flatten(list, &mut blocks);
            items.extend((!blocks.is_empty()).then_some(blocks));
            return;
        }
        for child in list.children() {
            if let Node::Text(text) = child.value() {
                let words = tidy(vec![Inline::Text(text.to_string())]);
                if !is_blank(&words) {
                    self.settle();
                    items.push(vec![Block::Paragraph(words)]);
                }
            }
            let Some(el) = ElementRef::wrap(child) else { continue };
            if self.leaves_out(el) {
                continue;
            }
            match el.value().name() {
                // A list straight in a list belongs to the item before it.
                "ul" | "ol" => {
                    let mut blocks = Vec::new();
                    self.list(el, depth + 1, &mut blocks);
                    match items.last_mut() {
                        Some(last) => last.extend(blocks),
                        None => items.extend((!blocks.is_empty()).then_some(blocks)),
                    }
                }
                "li" => {
                    self.remember_id(el, Nearness::Wrapper);
                    let mut blocks = Vec::new();
                    self.flow(el, depth + 1, &mut blocks);
                    tidy_rules(&mut blocks);
                    items.extend((!blocks.is_empty()).then_some(blocks));
                }
                _ if el.child_elements().any(|e| e.value().name() == "li") => self.items(el, depth + 1, items),
                _ => {
                    let mut run = Vec::new();
                    let mut blocks = Vec::new();
                    self.child(el, depth + 1, &mut run, &mut blocks);
                    self.flush(&mut run, &mut blocks);
                    items.extend((!blocks.is_empty()).then_some(blocks));
                }
            }
        }
    }

    fn definitions(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Block>) {
        self.remember_id(el, Nearness::Wrapper);
        let mut pairs: Vec<(Vec<Inline>, Vec<Block>)> = Vec::new();
        self.nested += 1;
        self.pairs(el, depth + 1, &mut pairs);
        self.nested -= 1;
        pairs.retain(|(term, description)| !is_blank(term) || !description.is_empty());
        if pairs.is_empty() {
            return;
        }
        if self.nested >= MOST_NESTED {
            for (term, description) in pairs {
                out.extend((!is_blank(&term)).then_some(Block::Paragraph(term)));
                out.extend(description);
            }
            return;
        }
        out.push(Block::Definitions(pairs));
    }

    fn pairs(&mut self, el: ElementRef<'a>, depth: usize, pairs: &mut Vec<(Vec<Inline>, Vec<Block>)>) {
        for child in el.child_elements() {
            if self.leaves_out(child) {
                continue;
            }
            self.remember_id(child, Nearness::Wrapper);
            match child.value().name() {
                "dt" => {
                    self.in_label = true;
                    let term = self.words_of(child, depth);
                    self.in_label = false;
                    match pairs.last_mut() {
                        // Several terms with one description.
                        Some((terms, description)) if description.is_empty() && !is_blank(terms) => {
                            terms.push(Inline::Break);
                            terms.extend(term);
                        }
                        _ => pairs.push((term, Vec::new())),
                    }
                }
                "dd" => {
                    let mut blocks = Vec::new();
                    self.flow(child, depth + 1, &mut blocks);
                    tidy_rules(&mut blocks);
                    match pairs.last_mut() {
                        Some((_, description)) => description.extend(blocks),
                        None => pairs.push((Vec::new(), blocks)),
                    }
                }
                _ if depth < MOST_DEEP => self.pairs(child, depth + 1, pairs),
                _ => {}
            }
        }
    }

    fn details(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Block>) {
        self.remember_id(el, Nearness::Wrapper);
        let mut summary = Vec::new();
        let mut blocks = Vec::new();
        let mut run = Vec::new();
        self.nested += 1;
        for child in el.children() {
            match child.value() {
                Node::Text(text) => run.push(Inline::Text(text.to_string())),
                _ => {
                    let Some(child) = ElementRef::wrap(child) else { continue };
                    if child.value().name() == "summary" && summary.is_empty() {
                        self.in_label = true;
                        summary = self.words_of(child, depth + 1);
                        self.in_label = false;
                    } else if depth + 1 < MOST_DEEP {
                        self.child(child, depth + 1, &mut run, &mut blocks);
                    } else {
                        self.flatten(child, &mut blocks);
                    }
                }
            }
        }
        self.flush(&mut run, &mut blocks);
        self.nested -= 1;
        tidy_rules(&mut blocks);
        if blocks.is_empty() || is_blank(&summary) || self.nested >= MOST_NESTED {
            out.extend((!is_blank(&summary)).then_some(Block::Paragraph(summary)));
            out.extend(blocks);
        } else {
            out.push(Block::Details(summary, blocks));
        }
    }

    /// The words of an element as one line, whatever is inside.
    fn words_of(&mut self, el: ElementRef<'a>, depth: usize) -> Vec<Inline> {
        if contains_block(el) {
            self.nested += 1;
            let mut blocks = Vec::new();
            self.flow(el, depth + 1, &mut blocks);
            self.nested -= 1;
            tidy(table::one_line(blocks))
        } else {
            let mut run = Vec::new();
            self.inline_children(el, depth + 1, &mut run);
            tidy(run)
        }
    }

    /// Ends a paragraph.
    fn flush(&mut self, run: &mut Vec<Inline>, out: &mut Vec<Block>) {
        if run.is_empty() {
            return;
        }
        let mut pieces: Vec<Vec<Inline>> = vec![Vec::new()];
        let mut breaks = 0_usize;
        for inline in run.drain(..) {
            match &inline {
                Inline::Break => breaks += 1,
                Inline::Text(t) if t.trim().is_empty() => {}
                _ => {
                    // Two line breaks are how old pages write a new paragraph.
                    if breaks > 1 {
                        pieces.push(Vec::new());
                    }
                    breaks = 0;
                }
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(inline);
            }
        }
        for piece in pieces {
            let piece = tidy(piece);
            if is_blank(&piece) {
                continue;
            }
            self.settle();
            match pictures_only(&piece) {
                Some(images) => out.extend(images.into_iter().map(Block::Image)),
                None => out.push(Block::Paragraph(piece)),
            }
        }
    }

    /// What lies too deep: text and paragraphs, nothing more.
    fn flatten(&mut self, el: ElementRef<'a>, out: &mut Vec<Block>) {
        let mut runs: Vec<String> = vec![String::new()];
        self.each_visible(el, &mut |piece| match piece {
            Piece::Text(t) => {
                if let Some(run) = runs.last_mut() {
                    run.push_str(t);
                }
            }
            Piece::Break => {
                if let Some(run) = runs.last_mut() {
                    run.push(' ');
                }
            }
            Piece::Edge => {
                if runs.last().is_some_and(|r| !r.trim().is_empty()) {
                    runs.push(String::new());
                }
            }
        });
        for run in runs {
            let content = tidy(vec![Inline::Text(run)]);
            if !is_blank(&content) {
                self.settle();
                out.push(Block::Paragraph(content));
            }
        }
    }

    /// Visible text below an element, without recursion.
    fn each_visible(&mut self, root: ElementRef<'a>, visit: &mut dyn FnMut(Piece<'_>)) {
        let mut left_out = None;
        for edge in root.traverse() {
            match edge {
                ego_tree::iter::Edge::Open(node) => {
                    if left_out.is_some() {
                        continue;
                    }
                    match node.value() {
                        Node::Text(text) => visit(Piece::Text(text)),
                        Node::Element(e) => {
                            if let Some(el) = ElementRef::wrap(node) {
                                if node.id() != root.id() && self.leaves_out(el) {
                                    left_out = Some(node.id());
                                } else if e.name() == "br" {
                                    visit(Piece::Break);
                                } else if allow::is_block(e.name()) {
                                    visit(Piece::Edge);
                                }
                            }
                        }
                        _ => {}
                    }
                }
                ego_tree::iter::Edge::Close(node) => {
                    if left_out == Some(node.id()) {
                        left_out = None;
                    } else if left_out.is_none() && node.value().as_element().is_some_and(|e| allow::is_block(e.name()))
                    {
                        visit(Piece::Edge);
                    }
                }
            }
        }
    }

    /// Whether the element is no content; counts it where that is worth a note.
    fn leaves_out(&mut self, el: ElementRef<'a>) -> bool {
        let name = el.value().name();
        if attr(el, "data-svar-ignore").is_some() {
            return true;
        }
        let revealed = attr(el, "id").is_some_and(|id| self.controlled.contains(id));
        if !revealed && allow::is_hidden(el) {
            return true;
        }
        // The button of an accordion holds the question; a ticked box in a list says what is done.
        if (name == "button" && self.in_label) || inline::is_tick_box(el) || inline::is_labelled_icon(el) {
            return false;
        }
        match allow::by_name(name) {
            Some(LeftOut::Silently) => return true,
            Some(LeftOut::Counted(what)) => {
                *self.left_out.entry(what).or_default() += 1;
                return true;
            }
            None => {}
        }
        let note = allow::is_note(el);
        if let Some(role) = allow::role(el)
            && allow::by_role(&role)
            && !note
        {
            return true;
        }
        match name {
            "aside" => !note,
            "header" | "footer" => !self.manner.pointed_at && !in_sectioning(el),
            "form" => !holds_content(el),
            // Line numbers of highlighters are in a column of their own.
            "td" | "span" | "div" | "pre" => attr(el, "class").is_some_and(|c| {
                c.split_ascii_whitespace().any(|c| {
                    matches!(c, "gutter" | "linenos" | "lineno" | "linenodiv" | "line-numbers-rows" | "rouge-gutter")
                })
            }),
            _ => false,
        }
    }

    fn remember_id(&mut self, el: ElementRef<'a>, nearness: Nearness) {
        let id = attr(el, "id").or_else(|| if el.value().name() == "a" { attr(el, "name") } else { None });
        let Some(id) = id.map(clean_id).filter(|id| !id.is_empty()) else { return };
        if self.before_heading.as_ref().is_none_or(|(n, _)| nearness >= *n) {
            // Of two marks in a row the first is as good; of two sections or wrappers the inner one is nearer.
            if nearness != Nearness::Mark || self.before_heading.as_ref().is_none_or(|(n, _)| *n < Nearness::Mark) {
                self.before_heading = Some((nearness, id.clone()));
            }
        }
        self.ids.push((id, self.below.clone()));
    }

    /// Something visible was written: ids seen so far belong to what is above.
    fn settle(&mut self) {
        if self.in_label {
            return;
        }
        self.loose_from = self.ids.len();
        self.before_heading = None;
    }

    /// The anchor that GitHub and most Markdown renderers give a heading.
    fn slug(&mut self, words: &str) -> String {
        let slug: String = words
            .trim()
            .chars()
            .flat_map(char::to_lowercase)
            .filter_map(|c| match c {
                ' ' | '\u{a0}' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            })
            .collect();
        let seen = self.slugs.entry(slug.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => slug,
            n => format!("{slug}-{}", n - 1),
        }
    }
}

/// What is met when an element is read without recursion.
enum Piece<'t> {
    Text(&'t str),
    Break,
    /// Where a block begins or ends.
    Edge,
}

/// 1 to 6, also for `role=heading`.
fn heading_level(el: ElementRef<'_>) -> Option<u8> {
    match el.value().name() {
        "h1" => Some(1),
        "h2" => Some(2),
        "h3" => Some(3),
        "h4" => Some(4),
        "h5" => Some(5),
        "h6" => Some(6),
        "div" | "span" | "p" if allow::role(el).as_deref() == Some("heading") => {
            Some(attr(el, "aria-level").and_then(|l| l.trim().parse().ok()).unwrap_or(2).clamp(1, 6))
        }
        _ => None,
    }
}

fn contains_block(el: ElementRef<'_>) -> bool {
    el.descendent_elements().skip(1).any(|e| allow::is_block(e.value().name()))
}

fn holds_sections(el: ElementRef<'_>) -> bool {
    let mut headings = 0;
    el.descendent_elements().any(|e| {
        let name = e.value().name();
        headings += u32::from(matches!(name, "h2" | "h3"));
        name == "h1" || headings > 1
    })
}

/// A form around the whole page (ASP.NET) is a wrapper; one with a question about the page is no content.
fn holds_content(form: ElementRef<'_>) -> bool {
    const LITTLE_TEXT_BYTES: usize = 500;
    let mut text = 0;
    form.descendants().any(|node| match node.value() {
        Node::Element(e) => matches!(e.name(), "h1" | "main" | "article"),
        Node::Text(t) => {
            text += t.trim().len();
            text > LITTLE_TEXT_BYTES
        }
        _ => false,
    })
}

/// Whether a header or footer belongs to a part of the content and not to the page.
fn in_sectioning(el: ElementRef<'_>) -> bool {
    el.ancestors().filter_map(ElementRef::wrap).any(|a| {
        matches!(a.value().name(), "main" | "article" | "section" | "blockquote" | "details")
            || attr(a, "data-svar-body").is_some()
            || matches!(allow::role(a).as_deref(), Some("main" | "article"))
    })
}

fn clean_id(id: &str) -> String {
    id.trim().to_owned()
}

fn pictures_only(content: &[Inline]) -> Option<Vec<svar_index::article::Image>> {
    let mut images = Vec::new();
    for inline in content {
        match inline {
            Inline::Image(image) => images.push(image.clone()),
            // A thumbnail that leads to the large picture.
            Inline::Link { href, content } => match content.as_slice() {
                [Inline::Image(image)] if leads_to_picture(href) => images.push(image.clone()),
                _ => return None,
            },
            Inline::Text(t) if t.trim().is_empty() => {}
            Inline::Break => {}
            _ => return None,
        }
    }
    (!images.is_empty()).then_some(images)
}

fn leads_to_picture(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif"].iter().any(|e| path.ends_with(e))
}

/// Puts the link of a whole card on its paragraphs and headings.
fn link_all(block: &mut Block, href: &str) {
    if let Block::Paragraph(content) | Block::Heading { content, .. } = block {
        let linked = content.iter().any(|i| matches!(i, Inline::Link { .. }));
        if !linked {
            *content = vec![Inline::Link { href: href.to_owned(), content: std::mem::take(content) }];
        }
    }
}

/// No rule at the ends, none after another.
fn tidy_rules(blocks: &mut Vec<Block>) {
    blocks.dedup_by(|a, b| *a == Block::Rule && *b == Block::Rule);
    if blocks.last() == Some(&Block::Rule) {
        blocks.pop();
    }
    if blocks.first() == Some(&Block::Rule) {
        blocks.remove(0);
    }
}

/// Takes the permalinks out of a heading and unwraps links of the heading to itself.
fn without_permalinks(heading: ElementRef<'_>, content: Vec<Inline>, has_other_text: bool) -> Vec<Inline> {
    // Which links are permalinks is told by their elements; inlines have lost the class. Both are in the same order.
    let mut links = heading
        .descendent_elements()
        .filter(|e| e.value().name() == "a" && attr(*e, "href").is_some_and(|h| h.trim().starts_with('#')));
    content
        .into_iter()
        .flat_map(|inline| match inline {
            Inline::Link { content, .. } if allow::is_permalink_sign(&inline_text(&content)) => Vec::new(),
            Inline::Link { href, content } if href.trim().starts_with('#') => {
                let words = inline_text(&content);
                let el = links.find(|e| attr(*e, "href") == Some(href.as_str()));
                if el.is_some_and(|el| allow::is_permalink(el, &words, has_other_text)) { Vec::new() } else { content }
            }
            other => vec![other],
        })
        .collect()
}

#[cfg(test)]
mod tests;
