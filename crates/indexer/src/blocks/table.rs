//! Tables, and blocks where only a line fits (cells, terms, summaries).

use scraper::ElementRef;
use svar_index::article::{Block, Inline};

use super::space::{is_blank, tidy};
use super::{MOST_DEEP, Nearness, Walker, allow};

impl<'a> Walker<'a> {
    pub(super) fn table(&mut self, el: ElementRef<'a>, depth: usize, out: &mut Vec<Block>) {
        self.remember_id(el, Nearness::Wrapper);
        let rows = rows(el);
        if depth + 1 >= MOST_DEEP {
            return self.flatten(el, out);
        }
        if is_layout(el, &rows) {
            for cell in rows.into_iter().flat_map(|(_, cells)| cells) {
                if !self.leaves_out(cell) {
                    self.remember_id(cell, Nearness::Wrapper);
                    self.flow(cell, depth + 1, out);
                }
            }
            return;
        }
        let mut caption = Vec::new();
        for child in el.child_elements().filter(|e| e.value().name() == "caption") {
            caption.extend(self.words_of(child, depth));
        }
        let mut filled = Vec::new();
        for (in_head, cells) in rows {
            let mut row = Vec::with_capacity(cells.len());
            for cell in cells {
                if self.leaves_out(cell) {
                    continue;
                }
                self.remember_id(cell, Nearness::Wrapper);
                let header = in_head
                    || cell.value().name() == "th"
                    || matches!(allow::role(cell).as_deref(), Some("rowheader" | "columnheader"));
                row.push((header, self.words_of(cell, depth)));
            }
            if row.iter().any(|(_, cell)| !is_blank(cell)) {
                filled.push(row);
            }
        }
        if !filled.is_empty() {
            self.settle();
            out.push(Block::Table { caption, rows: filled });
        } else if !is_blank(&caption) {
            out.push(Block::Paragraph(caption));
        }
    }
}

/// (whether the row is in the head, its cells), without the rows of tables inside.
fn rows(table: ElementRef<'_>) -> Vec<(bool, Vec<ElementRef<'_>>)> {
    let mut rows = Vec::new();
    let cells = |row: ElementRef<'_>| {
        row.child_elements().filter(|c| matches!(c.value().name(), "td" | "th")).map(|c| c.id()).collect::<Vec<_>>()
    };
    let mut push = |row: ElementRef<'_>, in_head: bool| rows.push((in_head, cells(row)));
    for child in table.child_elements() {
        match child.value().name() {
            "tr" => push(child, false),
            part @ ("thead" | "tbody" | "tfoot") => {
                child.child_elements().filter(|r| r.value().name() == "tr").for_each(|r| push(r, part == "thead"));
            }
            _ => {}
        }
    }
    rows.into_iter()
        .map(|(head, ids)| {
            (head, ids.into_iter().filter_map(|id| table.tree().get(id).and_then(ElementRef::wrap)).collect())
        })
        .collect()
}

/// A table that only places things: one cell, a role that says so, or cells with whole sections in them.
fn is_layout(table: ElementRef<'_>, rows: &[(bool, Vec<ElementRef<'_>>)]) -> bool {
    if matches!(allow::role(table).as_deref(), Some("presentation" | "none")) {
        return true;
    }
    let cells = || rows.iter().flat_map(|(_, cells)| cells);
    let stated = table.child_elements().any(|e| matches!(e.value().name(), "caption" | "thead"))
        || cells().any(|c| c.value().name() == "th");
    if cells().count() <= 1 {
        return !stated || cells().count() == 0;
    }
    !stated
        && cells().any(|cell| {
            cell.descendent_elements().skip(1).any(|e| {
                matches!(e.value().name(), "h1" | "h2" | "h3" | "h4" | "table" | "pre" | "section" | "article")
            })
        })
}

/// Blocks as one run of text: line breaks between them, signs before the items of lists.
pub(super) fn one_line(blocks: Vec<Block>) -> Vec<Inline> {
    let mut out = Vec::new();
    for block in blocks {
        push_line(block, &mut out);
    }
    out
}

fn push_line(block: Block, out: &mut Vec<Inline>) {
    match block {
        Block::Paragraph(content) | Block::Heading { content, .. } => push_content(content, out),
        Block::List { ordered, start, items } => {
            for (number, item) in (start..).zip(items) {
                let mut line = vec![Inline::Text(if ordered { format!("{number}. ") } else { "• ".into() })];
                line.extend(one_line(item));
                push_content(line, out);
            }
        }
        Block::Definitions(pairs) => {
            for (term, description) in pairs {
                push_content(term, out);
                push_content(one_line(description), out);
            }
        }
        Block::Code(text) => text.lines().for_each(|line| push_content(vec![Inline::Code(line.to_owned())], out)),
        Block::Table { caption, rows } => {
            push_content(caption, out);
            for row in rows {
                let mut line = Vec::new();
                for (_, cell) in row {
                    if !line.is_empty() {
                        line.push(Inline::Text(" · ".into()));
                    }
                    line.extend(cell);
                }
                push_content(line, out);
            }
        }
        Block::Quote(blocks) | Block::Note(blocks) => push_content(one_line(blocks), out),
        Block::Details(summary, blocks) => {
            push_content(summary, out);
            push_content(one_line(blocks), out);
        }
        Block::Image(image) => push_content(vec![Inline::Image(image)], out),
        Block::Rule => {}
    }
}

fn push_content(content: Vec<Inline>, out: &mut Vec<Inline>) {
    let content = tidy(content);
    if is_blank(&content) {
        return;
    }
    if !out.is_empty() {
        out.push(Inline::Break);
    }
    out.extend(content);
}
