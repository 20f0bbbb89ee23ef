//! The document in plain text, 100 columns wide: for terminals and mail.

use super::words::{Cell, Document, Kind, Table};

const WIDTH: usize = 100;
const GAP: usize = 2;
/// Columns are not made narrower than this.
const NARROWEST: usize = 8;

pub(super) fn render(document: &Document) -> String {
    let mut out = String::new();
    heading(&mut out, &document.title, '=');
    paragraph(&mut out, &document.quality);
    paragraph(&mut out, &document.period);
    for headline in &document.headlines {
        let line = format!("{}: {} – {}", headline.name, headline.value, headline.detail);
        wrap(&printable(&line), WIDTH).iter().for_each(|line| push_line(&mut out, line));
    }
    for section in &document.sections {
        out.push('\n');
        heading(&mut out, &section.title, '-');
        section.paragraphs.iter().for_each(|text| paragraph(&mut out, text));
        if let Some(table) = &section.table {
            write_table(&mut out, table);
        }
    }
    out
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

fn heading(out: &mut String, text: &str, under: char) {
    push_line(out, text);
    push_line(out, &under.to_string().repeat(text.chars().count()));
}

fn paragraph(out: &mut String, text: &str) {
    wrap(&printable(text), WIDTH).iter().for_each(|line| push_line(out, line));
    out.push('\n');
}

/// Without what could move the cursor, colour the terminal or turn the line around.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(
            |c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'),
        )
        .collect()
}

/// Lines of at most `width` characters; words that are longer are cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![];
    let (mut line, mut len) = (String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        if len > 0 && len + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
            len = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if len > 0 {
            line.push(' ');
            len += 1;
        }
        len += word.len();
        line.extend(word);
    }
    if len > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

fn write_table(out: &mut String, table: &Table) {
    let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).filter(|kind| *kind != Kind::Bar).collect();
    let names: Vec<String> =
        table.columns.iter().filter(|column| column.kind != Kind::Bar).map(|column| column.name.clone()).collect();
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| {
            row.iter()
                .filter_map(|cell| match cell {
                    Cell::Words(text) => Some(printable(text)),
                    Cell::Bar(_) => None,
                })
                .collect()
        })
        .collect();
    let widths = widths(&names, &rows);
    push_line(out, &format!("{}:", table.caption));
    out.push('\n');
    write_row(out, &names, &kinds, &widths);
    push_line(out, &widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join(&" ".repeat(GAP)));
    rows.iter().for_each(|row| write_row(out, row, &kinds, &widths));
}

/// As wide as the longest cell; where that is too much together, the widest gives way.
fn widths(names: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let len = |text: &String| text.chars().count();
    let mut widths: Vec<usize> = names.iter().map(|name| len(name).min(16)).collect();
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(len(text));
        }
    }
    let room = WIDTH.saturating_sub(GAP * names.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn write_row(out: &mut String, row: &[String], kinds: &[Kind], widths: &[usize]) {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(text, width)| wrap(text, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..height {
        let mut line = String::new();
        for ((cell, kind), width) in cells.iter().zip(kinds).zip(widths) {
            let text = cell.get(at).map_or("", String::as_str);
            let space = " ".repeat(width.saturating_sub(text.chars().count()));
            match kind {
                Kind::Number => line.extend([space.as_str(), text]),
                _ => line.extend([text, space.as_str()]),
            }
            line.push_str(&" ".repeat(GAP));
        }
        push_line(out, &line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping() {
        assert_eq!(wrap("a bb ccc", 4), ["a bb", "ccc"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("åäö åäö", 3), ["åäö", "åäö"]);
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(printable("a\u{1b}[31mb\r\nc\u{202e}d\u{7f}"), "a [31mb  cd ");
    }
}
