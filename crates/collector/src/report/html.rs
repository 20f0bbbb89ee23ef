//! The document as one HTML page: no script, no inline style, works under
//! [`CONTENT_SECURITY_POLICY`](super::CONTENT_SECURITY_POLICY). Whatever came from outside goes through [`escape`].

use super::text::printable;
use super::words::{Bar, Cell, Document, Kind, Section, Table};

pub(super) fn render(document: &Document) -> String {
    let mut out = String::with_capacity(32 * 1024);
    out.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n");
    out.push_str(&format!("<title>{} – svar</title>\n", escape(&document.title)));
    out.push_str("<link rel=\"stylesheet\" href=\"/report.css\">\n</head>\n<body>\n");
    out.push_str("<a class=\"skip\" href=\"#figures\">To the figures</a>\n<header>\n");
    out.push_str(&format!("<p class=\"brand\">svar report</p>\n<h1>{}</h1>\n", escape(&document.title)));
    out.push_str(&format!("<p class=\"quality\">{}</p>\n", escape(&document.quality)));
    out.push_str(&format!("<p class=\"period\">{}</p>\n", escape(&document.period)));
    out.push_str("<nav aria-label=\"Period\"><ul>");
    for (label, query) in &document.periods {
        out.push_str(&format!("<li><a href=\"/report{}\">{}</a></li>", escape(query), escape(label)));
    }
    out.push_str("</ul></nav>\n</header>\n<main id=\"figures\">\n");
    if !document.headlines.is_empty() {
        out.push_str("<dl class=\"headlines\">\n");
        for headline in &document.headlines {
            // "not enough answers yet" is a sentence, not a figure.
            let class = if headline.bar.is_some() { "figure" } else { "figure none" };
            out.push_str(&format!(
                "<div><dt>{}</dt><dd class=\"{class}\">{}</dd>{}<dd class=\"detail\">{}</dd></div>\n",
                escape(&headline.name),
                escape(&headline.value),
                headline.bar.map_or_else(String::new, |bar| format!("<dd class=\"bar\">{}</dd>", draw(bar))),
                escape(&headline.detail)
            ));
        }
        out.push_str("</dl>\n");
    }
    document.sections.iter().for_each(|section| write_section(&mut out, section));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_section(out: &mut String, section: &Section) {
    out.push_str(&format!("<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n", section.id));
    out.push_str(&format!("<h2 id=\"{}-h\">{}</h2>\n", section.id, escape(&section.title)));
    for paragraph in &section.paragraphs {
        out.push_str(&format!("<p>{}</p>\n", escape(paragraph)));
    }
    if let Some(table) = &section.table {
        write_table(out, section.id, table);
    }
    out.push_str("</section>\n");
}

fn write_table(out: &mut String, id: &str, table: &Table) {
    // A wide table scrolls in its own frame, which therefore can be reached by keyboard.
    out.push_str(&format!("<div class=\"frame\" role=\"region\" aria-labelledby=\"{id}-c\" tabindex=\"0\"><table>\n"));
    out.push_str(&format!("<caption id=\"{id}-c\">{}</caption>\n<thead><tr>", escape(&table.caption)));
    for column in &table.columns {
        out.push_str(&format!("<th scope=\"col\"{}>{}</th>", class_of(column.kind), escape(&column.name)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
            let content = match cell {
                Cell::Words(text) => escape(text),
                Cell::Bar(bar) => bar.map_or_else(String::new, draw),
            };
            let class = class_of(column.kind);
            if at == 0 {
                out.push_str(&format!("<th scope=\"row\"{class}>{content}</th>"));
            } else {
                out.push_str(&format!("<td{class}>{content}</td>"));
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn class_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Words => "",
        Kind::Number => " class=\"n\"",
        Kind::Bar => " class=\"bar\"",
    }
}

/// An interval on a line from 0 to 100 %. Its figures are in words beside it, so it is hidden from screen readers.
fn draw(bar: Bar) -> String {
    let x = |share: f64| share.clamp(0.0, 1.0) * 100.0;
    let (low, high) = (x(bar.low), x(bar.high));
    let at = bar
        .at
        .map_or_else(String::new, |at| format!("<circle class=\"at\" cx=\"{:.1}\" cy=\"6\" r=\"3.5\"/>", x(at) + 4.0));
    format!(
        "<svg width=\"108\" height=\"12\" viewBox=\"0 0 108 12\" preserveAspectRatio=\"xMinYMid\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"track\" x=\"4\" y=\"5\" width=\"100\" height=\"2\" rx=\"1\"/>\
         <rect class=\"span\" x=\"{:.1}\" y=\"4\" width=\"{:.1}\" height=\"4\" rx=\"2\"/>{at}</svg>",
        low + 4.0,
        (high - low).max(1.0)
    )
}

/// Text as text in elements and in double-quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping() {
        assert_eq!(escape("<script>\"&'\u{0}</script>"), "&lt;script&gt;&quot;&amp;&#39; &lt;/script&gt;");
    }

    #[test]
    fn a_bar_stays_within_its_line() {
        let drawn = draw(Bar { low: -0.5, at: Some(2.0), high: f64::NAN });
        assert!(drawn.contains("cx=\"104.0\""), "{drawn}");
        assert!(!drawn.contains("style"), "{drawn}");
    }
}
