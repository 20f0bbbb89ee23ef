//! The article: what a source yields, what the index stores and what the widget shows.
//!
//! A body is a typed tree of [`Block`]s and [`Inline`]s and never markup: sources keep what is on this list and drop
//! the rest, and the widget renders each kind as elements of its own. Nothing here can carry a script, a style or an
//! event handler. [`sections`] flattens a body into the stretches of text that are searched and quoted.
//!
//! This module does no parsing of HTML or Markdown (the indexer does) and knows no bytes (`body` does).

/// One help article in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Article {
    /// Stable identifier, unique within a language and audience. It survives renames where the owner states it.
    /// The same id in two languages means: translations of each other.
    pub id: String,
    /// Earlier ids of this article, so that old links and old outcomes still find it.
    pub aliases: Vec<String>,
    /// BCP 47 language tag, lower case (`sv`, `en`, `pt-br`).
    pub lang: String,
    /// Who may read it. Empty means everyone.
    pub audience: String,
    /// Address of the article's own page: absolute, or relative to the widget's folder. Never empty.
    pub url: String,
    /// Title as a person reads it. Never empty.
    pub title: String,
    /// One or two sentences on what the article is for. May be empty.
    pub description: String,
    /// Words customers use that the text lacks.
    pub keywords: Vec<String>,
    /// Who wrote it. May be empty. Never sent to the browser.
    pub author: String,
    /// Date of the last change, `YYYY-MM-DD`, or empty where unknown.
    pub updated: String,
    /// What is read.
    pub body: Vec<Block>,
}

/// A block of an article's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading below the title. `level` is 2 to 6; `anchor` is the page's own anchor or empty.
    Heading {
        /// 2 to 6.
        level: u8,
        /// Fragment identifier on the article's page, or empty.
        anchor: String,
        /// The heading's words.
        content: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// Numbered steps or a bulleted list; each item is a list of blocks.
    List {
        /// Numbered, so that the order matters.
        ordered: bool,
        /// First number of an ordered list, otherwise 1.
        start: u32,
        /// The items in order.
        items: Vec<Vec<Block>>,
    },
    /// Terms and what they mean: (term, description).
    Definitions(Vec<(Vec<Inline>, Vec<Block>)>),
    /// Preformatted text, white space kept.
    Code(String),
    /// A table. Rows may differ in length.
    Table {
        /// Words above the table; may be empty.
        caption: Vec<Inline>,
        /// Rows of cells in order. `true` marks a header cell.
        rows: Vec<Vec<(bool, Vec<Inline>)>>,
    },
    /// A quotation.
    Quote(Vec<Block>),
    /// A note, tip or warning set apart from the text.
    Note(Vec<Block>),
    /// A picture on a line of its own.
    Image(Image),
    /// Something that folds away: (summary, what is inside).
    Details(Vec<Inline>, Vec<Block>),
    /// A thematic break.
    Rule,
}

/// A picture, by address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    /// `http`, `https` or relative to the widget's folder. Sources refuse every other scheme.
    pub src: String,
    /// What a person who cannot see it should know. May be empty for decoration.
    pub alt: String,
    /// Width in CSS pixels, 0 where unknown.
    pub width: u32,
    /// Height in CSS pixels, 0 where unknown.
    pub height: u32,
}

/// A run of text inside a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Plain text; white space is single spaces.
    Text(String),
    /// Strong importance.
    Strong(Vec<Inline>),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Code, a file name, what is shown on a device's screen.
    Code(String),
    /// A key to press.
    Key(String),
    /// A link.
    Link {
        /// `http`, `https`, `mailto`, `tel`, relative, or `article:ID` (optionally `#anchor`) for another article of
        /// this help centre. Sources refuse every other scheme.
        href: String,
        /// The link's words.
        content: Vec<Inline>,
    },
    /// A picture in the line.
    Image(Image),
    /// A forced line break.
    Break,
}

/// A stretch of an article from one heading to the next. The first has an empty heading: the text below the title.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Fragment identifier on the article's page, or empty.
    pub anchor: String,
    /// The heading's text, or empty.
    pub heading: String,
    /// The text below it: blocks separated by a line feed.
    pub text: String,
}

/// Flattens a body into its sections, in reading order. An empty body gives no section; a first section without text
/// and heading is left out.
pub fn sections(body: &[Block]) -> Vec<Section> {
    let mut all = vec![Section::default()];
    for block in body {
        if let Block::Heading { anchor, content, .. } = block {
            all.push(Section { anchor: anchor.clone(), heading: inline_text(content), text: String::new() });
        } else if let Some(last) = all.last_mut() {
            block_text(block, &mut last.text);
        }
    }
    all.retain(|s| !s.heading.is_empty() || !s.text.is_empty());
    all
}

/// The words of a run of inlines, without marks.
pub fn inline_text(content: &[Inline]) -> String {
    let mut out = String::new();
    push_inlines(content, &mut out);
    out.trim().to_owned()
}

/// Appends the words of `block` to `out`, each leaf block on a line of its own.
pub fn block_text(block: &Block, out: &mut String) {
    let line = |content: &[Inline], out: &mut String| {
        let text = inline_text(content);
        push_line(&text, out);
    };
    match block {
        Block::Heading { content, .. } | Block::Paragraph(content) => line(content, out),
        Block::List { items, .. } => items.iter().flatten().for_each(|b| block_text(b, out)),
        Block::Definitions(pairs) => {
            for (term, description) in pairs {
                line(term, out);
                description.iter().for_each(|b| block_text(b, out));
            }
        }
        Block::Code(text) => push_line(text, out),
        Block::Table { caption, rows } => {
            line(caption, out);
            for row in rows {
                let cells: Vec<String> = row.iter().map(|(_, cell)| inline_text(cell)).collect();
                push_line(cells.join(" · ").trim_matches([' ', '·']), out);
            }
        }
        Block::Quote(blocks) | Block::Note(blocks) => blocks.iter().for_each(|b| block_text(b, out)),
        Block::Image(image) => push_line(&image.alt, out),
        Block::Details(summary, blocks) => {
            line(summary, out);
            blocks.iter().for_each(|b| block_text(b, out));
        }
        Block::Rule => {}
    }
}

fn push_line(text: &str, out: &mut String) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(text);
}

fn push_inlines(content: &[Inline], out: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(t) | Inline::Code(t) | Inline::Key(t) => out.push_str(t),
            Inline::Strong(c) | Inline::Emphasis(c) | Inline::Link { content: c, .. } => push_inlines(c, out),
            Inline::Image(image) => out.push_str(&image.alt),
            Inline::Break => out.push(' '),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> Vec<Inline> {
        vec![Inline::Text(s.into())]
    }

    #[test]
    fn sections_follow_headings_and_flatten_blocks() {
        let body = vec![
            Block::Paragraph(text("Intro.")),
            Block::Heading { level: 2, anchor: "how".into(), content: text("How") },
            Block::List {
                ordered: true,
                start: 1,
                items: vec![vec![Block::Paragraph(text("One"))], vec![Block::Paragraph(text("Two"))]],
            },
            Block::Table { caption: vec![], rows: vec![vec![(true, text("A")), (true, text("B"))]] },
        ];
        let got = sections(&body);
        assert_eq!(got.len(), 2);
        assert_eq!(got[0].text, "Intro.");
        assert_eq!((got[1].anchor.as_str(), got[1].text.as_str()), ("how", "One\nTwo\nA · B"));
        assert_eq!(sections(&[]), vec![]);
    }
}
