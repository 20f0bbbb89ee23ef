//! The help centre without JavaScript: one page per language with every public article in it.
//!
//! Whoever has no JavaScript, an old browser or a broken connection reads these; the widget links to them. They hold
//! no script and no inline style, so that they work under the strictest policy. Articles for some only are never in.

use std::collections::HashSet;

use svar_index::article::{Article, Block, Image, Inline};

use crate::blocks::space;
use crate::links::encode_path;
use crate::{Articles, Deployment, IndexerError, Part, language};

/// Words on the page, in its own language.
struct Words {
    title: &'static str,
    contents: &'static str,
    to_top: &'static str,
    updated: &'static str,
    skip: &'static str,
}

const SWEDISH: Words = Words {
    title: "Hjälp",
    contents: "Innehåll",
    to_top: "Till innehållet",
    updated: "Uppdaterad",
    skip: "Hoppa till artiklarna",
};
const ENGLISH: Words = Words {
    title: "Help",
    contents: "Contents",
    to_top: "To the contents",
    updated: "Updated",
    skip: "Skip to the articles",
};

/// Writes the pages, `svar/help/<lang>.html` for each language in order, and their stylesheet. Without public articles there
/// are none.
///
/// # Errors
/// What reading the articles and writing the files says.
pub fn plain_pages(articles: &Articles, deployment: &mut Deployment) -> Result<(), IndexerError> {
    let everyones = articles.of("");
    for lang in everyones.languages() {
        let page = page(lang, everyones.in_language(lang))?;
        deployment.put(&format!("svar/help/{lang}.html"), page.as_bytes())?;
    }
    if everyones.is_empty() {
        return Ok(());
    }
    deployment.put("svar/help/plain.css", include_bytes!("plain.css"))
}

/// An article's `id` attribute on the page: without the white space that HTML forbids there.
fn element_id(id: &str) -> String {
    id.split_whitespace().collect::<Vec<_>>().join("_")
}

fn page(lang: &str, articles: Part<'_>) -> Result<String, IndexerError> {
    let words = if lang.split('-').next() == Some("sv") { SWEDISH } else { ENGLISH };
    let direction = if language::right_to_left(lang) { "rtl" } else { "ltr" };
    let mut out = Page {
        out: String::new(),
        here: articles.keys().map(|key| key.id).collect(),
        anchors: HashSet::new(),
        article: String::new(),
    };
    out.raw("<!doctype html>\n<html lang=\"");
    out.text(lang);
    out.raw("\" dir=\"");
    out.raw(direction);
    out.raw("\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    out.text(words.title);
    out.raw("</title>\n<link rel=\"stylesheet\" href=\"plain.css\">\n</head>\n<body>\n<a class=\"skip\" href=\"#articles\">");
    out.text(words.skip);
    out.raw("</a>\n<header>\n<h1>");
    out.text(words.title);
    out.raw("</h1>\n</header>\n<nav id=\"contents\" aria-labelledby=\"contents-title\">\n<h2 id=\"contents-title\">");
    out.text(words.contents);
    out.raw("</h2>\n<ul>\n");
    for article in articles.iter() {
        let article = article?;
        out.raw("<li><a href=\"#");
        out.text(&encode_path(&element_id(&article.id)));
        out.raw("\">");
        out.text(&article.title);
        out.raw("</a></li>\n");
    }
    out.raw("</ul>\n</nav>\n<main id=\"articles\">\n");
    for article in articles.iter() {
        out.article(&article?, &words);
    }
    out.raw("</main>\n</body>\n</html>\n");
    Ok(out.out)
}

/// A page being written. Everything from articles goes through `text`, which escapes.
struct Page<'a> {
    out: String,
    /// Ids of the articles on this page.
    here: HashSet<&'a str>,
    anchors: HashSet<String>,
    article: String,
}

impl Page<'_> {
    fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                c => self.out.push(c),
            }
        }
    }

    fn article(&mut self, article: &Article, words: &Words) {
        self.article = element_id(&article.id);
        self.raw("<article id=\"");
        let id = self.article.clone();
        self.text(&id);
        self.raw("\">\n<h2>");
        self.text(&article.title);
        self.raw("</h2>\n");
        self.blocks(&article.body);
        self.raw("<p class=\"end\">");
        if !article.updated.is_empty() {
            self.text(words.updated);
            self.raw(" <time datetime=\"");
            self.text(&article.updated);
            self.raw("\">");
            self.text(&article.updated);
            self.raw("</time> · ");
        }
        self.raw("<a href=\"#contents\">");
        self.text(words.to_top);
        self.raw("</a></p>\n</article>\n");
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, anchor, content } => {
                // The title is h2 here, so every heading is one step lower than in the widget.
                let level = (level + 1).clamp(3, 6);
                self.raw(&format!("<h{level}"));
                let id = format!("{}--{}", self.article, element_id(anchor));
                if !anchor.is_empty() && self.anchors.insert(id.clone()) {
                    self.raw(" id=\"");
                    self.text(&id);
                    self.raw("\"");
                }
                self.raw(">");
                self.inlines(content);
                self.raw(&format!("</h{level}>\n"));
            }
            Block::Paragraph(content) => self.element("p", content),
            Block::List { ordered, start, items } => {
                match (ordered, start) {
                    (true, 1) => self.raw("<ol>\n"),
                    (true, start) => self.raw(&format!("<ol start=\"{start}\">\n")),
                    (false, _) => self.raw("<ul>\n"),
                }
                for item in items {
                    self.raw("<li>");
                    match item.as_slice() {
                        [Block::Paragraph(content)] => self.inlines(content),
                        blocks => self.blocks(blocks),
                    }
                    self.raw("</li>\n");
                }
                self.raw(if *ordered { "</ol>\n" } else { "</ul>\n" });
            }
            Block::Definitions(pairs) => {
                self.raw("<dl>\n");
                for (term, description) in pairs {
                    self.element("dt", term);
                    self.raw("<dd>");
                    self.blocks(description);
                    self.raw("</dd>\n");
                }
                self.raw("</dl>\n");
            }
            Block::Code(text) => {
                self.raw("<pre><code>");
                self.text(text);
                self.raw("</code></pre>\n");
            }
            Block::Table { caption, rows } => self.table(caption, rows),
            Block::Quote(blocks) => {
                self.raw("<blockquote>\n");
                self.blocks(blocks);
                self.raw("</blockquote>\n");
            }
            Block::Note(blocks) => {
                self.raw("<div class=\"note\" role=\"note\">\n");
                self.blocks(blocks);
                self.raw("</div>\n");
            }
            Block::Image(image) => {
                self.raw("<p class=\"picture\">");
                self.image(image);
                self.raw("</p>\n");
            }
            Block::Details(summary, blocks) => {
                self.raw("<details>\n");
                self.element("summary", summary);
                self.blocks(blocks);
                self.raw("</details>\n");
            }
            Block::Rule => self.raw("<hr>\n"),
        }
    }

    fn table(&mut self, caption: &[Inline], rows: &[Vec<(bool, Vec<Inline>)>]) {
        // Wide tables scroll by themselves, and by keyboard.
        self.raw("<div class=\"wide\" tabindex=\"0\"><table>\n");
        if !caption.is_empty() {
            self.element("caption", caption);
        }
        for (at, row) in rows.iter().enumerate() {
            let head = at == 0 && !row.is_empty() && row.iter().all(|(header, _)| *header);
            self.raw("<tr>");
            for (header, cell) in row {
                self.raw(match (header, head) {
                    (true, true) => "<th scope=\"col\">",
                    (true, false) => "<th scope=\"row\">",
                    (false, _) => "<td>",
                });
                self.inlines(cell);
                self.raw(if *header { "</th>" } else { "</td>" });
            }
            self.raw("</tr>\n");
        }
        self.raw("</table></div>\n");
    }

    fn element(&mut self, name: &str, content: &[Inline]) {
        self.raw(&format!("<{name}>"));
        self.inlines(content);
        self.raw(&format!("</{name}>\n"));
    }

    fn inlines(&mut self, content: &[Inline]) {
        for inline in content {
            match inline {
                Inline::Text(t) => self.text(t),
                Inline::Strong(c) => self.marked("strong", c),
                Inline::Emphasis(c) => self.marked("em", c),
                Inline::Code(t) => {
                    self.raw("<code>");
                    self.text(t);
                    self.raw("</code>");
                }
                Inline::Key(t) => {
                    self.raw("<kbd>");
                    self.text(t);
                    self.raw("</kbd>");
                }
                Inline::Link { href, content } => match self.address(href) {
                    Some(href) if !space::is_blank(content) => {
                        self.raw("<a href=\"");
                        self.text(&href);
                        self.raw("\">");
                        self.inlines(content);
                        self.raw("</a>");
                    }
                    _ => self.inlines(content),
                },
                Inline::Image(image) => self.image(image),
                Inline::Break => self.raw("<br>"),
            }
        }
    }

    fn marked(&mut self, name: &str, content: &[Inline]) {
        self.raw(&format!("<{name}>"));
        self.inlines(content);
        self.raw(&format!("</{name}>"));
    }

    /// Addresses as seen from `svar/help/`; the articles' own are relative to `svar/`.
    fn address(&self, href: &str) -> Option<String> {
        if let Some(id) = href.strip_prefix("article:") {
            let (id, anchor) = id.split_once('#').map_or((id, None), |(id, anchor)| (id, Some(anchor)));
            if !self.here.contains(id) {
                return None;
            }
            let id = element_id(id);
            return Some(match anchor {
                Some(anchor) => format!("#{}", encode_path(&format!("{id}--{}", element_id(anchor)))),
                None => format!("#{}", encode_path(&id)),
            });
        }
        Some(match href.strip_prefix("help/") {
            Some(page) => page.to_owned(),
            None => href.to_owned(),
        })
    }

    fn image(&mut self, image: &Image) {
        let src = if image.src.starts_with("media/") { format!("../{}", image.src) } else { image.src.clone() };
        self.raw("<img src=\"");
        self.text(&src);
        self.raw("\" alt=\"");
        self.text(&image.alt);
        self.raw("\"");
        if image.width > 0 && image.height > 0 {
            self.raw(&format!(" width=\"{}\" height=\"{}\"", image.width, image.height));
        }
        self.raw(" loading=\"lazy\">");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::articles::tests::spooled;
    use std::collections::BTreeMap;

    fn t(s: &str) -> Vec<Inline> {
        vec![Inline::Text(s.into())]
    }

    fn article(id: &str, lang: &str, audience: &str, body: Vec<Block>) -> Article {
        Article {
            id: id.into(),
            lang: lang.into(),
            audience: audience.into(),
            title: format!("T <{id}>"),
            url: "u".into(),
            body,
            ..Article::default()
        }
    }

    /// The pages of these articles, by name.
    fn plain_pages(articles: &[Article]) -> BTreeMap<String, String> {
        let dir = tempfile::tempdir().unwrap();
        let mut deployment = Deployment::begin(&dir.path().join("out"), &[]).unwrap();
        super::plain_pages(&spooled(articles), &mut deployment).unwrap();
        let text = |name: &str| String::from_utf8(deployment.read(name).unwrap()).unwrap();
        deployment.files().map(|(name, _)| (name.to_owned(), text(name))).collect()
    }

    #[test]
    fn a_page_per_language_and_nothing_private() {
        let files = plain_pages(&[
            article("a", "sv", "", vec![]),
            article("b", "en", "", vec![]),
            article("hemlig", "sv", "staff", vec![]),
            article("c", "ar", "", vec![]),
        ]);
        let names: Vec<_> = files.keys().collect();
        assert_eq!(names, ["svar/help/ar.html", "svar/help/en.html", "svar/help/plain.css", "svar/help/sv.html"]);
        assert!(files["svar/help/ar.html"].contains("<html lang=\"ar\" dir=\"rtl\">"));
        assert!(files["svar/help/sv.html"].contains("<h1>Hjälp</h1>"));
        assert!(files["svar/help/en.html"].contains("<h1>Help</h1>"));
        assert!(files.values().all(|page| !page.contains("hemlig")));
        assert!(plain_pages(&[article("x", "sv", "staff", vec![])]).is_empty());
    }

    #[test]
    fn everything_is_escaped_and_addresses_fit_the_folder() {
        let link = |href: &str| Inline::Link { href: href.into(), content: t("x") };
        let body = vec![
            Block::Heading { level: 2, anchor: "å b".into(), content: t("<b>") },
            Block::Heading { level: 2, anchor: "å b".into(), content: t("igen") },
            Block::Paragraph(vec![
                link("article:å/b"),
                link("article:å/b#å b"),
                link("article:other"),
                link("help/en.html#y"),
                link("/z?a=1&b=\"2\""),
                link("https://x.se/"),
            ]),
            Block::Image(Image { src: "media/i-1.png".into(), alt: "\"'".into(), width: 2, height: 3 }),
            Block::Code("</code><script>".into()),
            Block::Table { caption: t("C"), rows: vec![vec![(true, t("h"))], vec![(true, t("r")), (false, t("d"))]] },
        ];
        let files = plain_pages(&[article("å/b", "sv", "", body)]);
        let page = &files["svar/help/sv.html"];
        for expected in [
            "<article id=\"å/b\">\n<h2>T &lt;å/b&gt;</h2>",
            "<h3 id=\"å/b--å_b\">&lt;b&gt;</h3>\n<h3>igen</h3>",
            "<a href=\"#%C3%A5/b\">x</a><a href=\"#%C3%A5/b--%C3%A5_b\">x</a>x<a href=\"en.html#y\">x</a><a href=\"/z?a=1&amp;b=&quot;2&quot;\">",
            "<img src=\"../media/i-1.png\" alt=\"&quot;&#39;\" width=\"2\" height=\"3\" loading=\"lazy\">",
            "<pre><code>&lt;/code&gt;&lt;script&gt;</code></pre>",
            "<caption>C</caption>\n<tr><th scope=\"col\">h</th></tr>\n<tr><th scope=\"row\">r</th><td>d</td></tr>",
        ] {
            assert!(page.contains(expected), "{expected}\n{page}");
        }
        assert!(!page.contains("<script") && !page.contains("style="));
    }
}
