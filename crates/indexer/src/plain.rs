//! The help centre without JavaScript: one page per language with every public article in it.
//!
//! Where that would be more than a browser opens with pleasure, articles are on several pages of about the same size, in the
//! order of their ids, and the language's page is the contents:
//!
//! ```text
//! svar/help/LANG.html           contents and articles; of a large help centre the contents alone
//! svar/help/LANG-1.html …       articles of a large one
//! svar/help/plain.css
//! ```
//!
//! Either way `LANG.html#ID` leads to an article or to the line of the contents that does, so that addresses stay.
//!
//! Whoever has no JavaScript, an old browser or a broken connection reads these; the widget links to them. They hold
//! no script and no inline style, so that they work under the strictest policy. Articles for some only are never in.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use svar_index::article::{Article, Block, Image, Inline};

use crate::blocks::space;
use crate::links::encode_path;
use crate::{Articles, Deployment, IndexerError, Part, language};

/// Bytes of articles beyond which they are on several pages, and about as many on each. The example's 40 articles are half of
/// it; of LibreOffice's help 130 are on a page.
const LARGEST_BYTES: usize = 300_000;

/// Words on the page, in its own language.
struct Words {
    title: &'static str,
    contents: &'static str,
    to_top: &'static str,
    updated: &'static str,
    skip: &'static str,
    previous: &'static str,
    next: &'static str,
}

const SWEDISH: Words = Words {
    title: "Hjälp",
    contents: "Innehåll",
    to_top: "Till innehållet",
    updated: "Uppdaterad",
    skip: "Hoppa till artiklarna",
    previous: "Föregående sida",
    next: "Nästa sida",
};
const ENGLISH: Words = Words {
    title: "Help",
    contents: "Contents",
    to_top: "To the contents",
    updated: "Updated",
    skip: "Skip to the articles",
    previous: "Previous page",
    next: "Next page",
};

/// Writes the pages of each language and their stylesheet. Without public articles there are none.
///
/// # Errors
/// What reading the articles and writing the files says.
pub fn plain_pages(articles: &Articles, deployment: &mut Deployment) -> Result<(), IndexerError> {
    let everyones = articles.of("");
    for lang in everyones.languages() {
        write_language(lang, everyones.in_language(lang), LARGEST_BYTES, deployment)?;
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

/// The `id` attribute of a heading in an article with this one.
fn heading_id(article: &str, anchor: &str) -> String {
    format!("{article}--{}", element_id(anchor))
}

fn hash_of(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// Where the articles of a language are.
struct Places<'a> {
    lang: &'a str,
    words: Words,
    /// The page that an article is on, by its id: from 1, or [`OWN`].
    pages: HashMap<&'a str, usize>,
    /// Of a large help centre, the hashes of the ids of all headings. A heading that repeats its article's title has none.
    headings: HashSet<u64>,
}

/// The number of the language's own page, which holds everything, or the contents of a large help centre.
const OWN: usize = 0;

impl Places<'_> {
    /// The name of a page as other pages link to it.
    fn file(&self, page: usize) -> String {
        if page == OWN { format!("{}.html", self.lang) } else { format!("{}-{page}.html", self.lang) }
    }
}

fn write_language(
    lang: &str,
    articles: Part<'_>,
    largest_bytes: usize,
    deployment: &mut Deployment,
) -> Result<(), IndexerError> {
    let words = if lang.split('-').next() == Some("sv") { SWEDISH } else { ENGLISH };
    let pages = articles.keys().map(|key| (key.id, OWN)).collect();
    let mut places = Places { lang, words, pages, headings: HashSet::new() };
    // As on one page, which it mostly is; of a large help centre only the sizes are of use.
    let mut all = Page::new(&places, OWN);
    let (mut sizes, mut total) = (Vec::with_capacity(articles.len()), 0);
    for article in articles.iter() {
        let before = all.out.len();
        all.article(&article?);
        sizes.push(all.out.len() - before);
        total += all.out.len() - before;
        if total > largest_bytes {
            all.out.clear();
        }
    }
    let Page { out, headings, .. } = all;
    if total <= largest_bytes {
        let mut page = Page::new(&places, OWN);
        page.begin("articles");
        page.contents(articles)?;
        page.raw("<main id=\"articles\">\n");
        page.raw(&out);
        page.end();
        return deployment.put(&format!("svar/help/{}", places.file(OWN)), page.out.as_bytes());
    }

    let mut numbers = Vec::with_capacity(sizes.len());
    let (mut number, mut bytes) = (1, 0);
    for size in sizes {
        if bytes > 0 && bytes + size > largest_bytes {
            (number, bytes) = (number + 1, 0);
        }
        numbers.push(number);
        bytes += size;
    }
    places.pages = articles.keys().map(|key| key.id).zip(numbers.iter().copied()).collect();
    places.headings = headings;
    write_pages(&places, articles, &numbers, deployment)
}

/// The contents of a large help centre, and its pages. `numbers` has that of each article's page.
fn write_pages(
    places: &Places<'_>,
    articles: Part<'_>,
    numbers: &[usize],
    deployment: &mut Deployment,
) -> Result<(), IndexerError> {
    let mut page = Page::new(places, OWN);
    page.begin("contents");
    page.raw("<main>\n");
    page.contents(articles)?;
    page.end();
    deployment.put(&format!("svar/help/{}", places.file(OWN)), page.out.as_bytes())?;
    let mut rest = articles.iter().zip(numbers).peekable();
    let last = numbers.last().copied().unwrap_or(OWN);
    for number in 1..=last {
        let mut page = Page::new(places, number);
        page.begin("articles");
        page.neighbours(number == last);
        page.raw("<main id=\"articles\">\n");
        while let Some((article, _)) = rest.next_if(|(_, on)| **on == number) {
            page.article(&article?);
        }
        page.end();
        deployment.put(&format!("svar/help/{}", places.file(number)), page.out.as_bytes())?;
    }
    Ok(())
}

/// A page being written. Everything from articles goes through `text`, which escapes.
struct Page<'a> {
    out: String,
    places: &'a Places<'a>,
    /// Its own number.
    number: usize,
    /// Hashes of the ids that headings have: each once.
    headings: HashSet<u64>,
    /// The id of the article being written, as an attribute.
    article: String,
}

impl<'a> Page<'a> {
    fn new(places: &'a Places<'a>, number: usize) -> Page<'a> {
        Page { out: String::new(), places, number, headings: HashSet::new(), article: String::new() }
    }

    /// Everything to the end of the header. `main` is the id of what most have come for.
    fn begin(&mut self, main: &str) {
        let Places { lang, words, .. } = self.places;
        let direction = if language::right_to_left(lang) { "rtl" } else { "ltr" };
        self.raw("<!doctype html>\n<html lang=\"");
        self.text(lang);
        self.raw("\" dir=\"");
        self.raw(direction);
        self.raw("\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
        self.text(words.title);
        if self.number != OWN {
            self.raw(&format!(" {}", self.number));
        }
        self.raw("</title>\n<link rel=\"stylesheet\" href=\"plain.css\">\n</head>\n<body>\n<a class=\"skip\" href=\"#");
        self.raw(main);
        self.raw("\">");
        self.text(words.skip);
        self.raw("</a>\n<header>\n<h1>");
        self.text(words.title);
        self.raw("</h1>\n</header>\n");
    }

    fn end(&mut self) {
        self.raw("</main>\n</body>\n</html>\n");
    }

    /// Titles that lead to the articles, wherever they are.
    fn contents(&mut self, articles: Part<'_>) -> Result<(), IndexerError> {
        self.raw("<nav id=\"contents\" aria-labelledby=\"contents-title\">\n<h2 id=\"contents-title\">");
        self.text(self.places.words.contents);
        self.raw("</h2>\n<ul>\n");
        for head in articles.heads() {
            let head = head?;
            let id = element_id(&head.id);
            match self.places.pages.get(head.id.as_str()) {
                Some(page) if *page != self.number => {
                    self.raw("<li id=\"");
                    self.text(&id);
                    self.raw("\"><a href=\"");
                    self.text(&self.places.file(*page));
                    self.raw("#");
                }
                _ => self.raw("<li><a href=\"#"),
            }
            self.text(&encode_path(&id));
            self.raw("\">");
            self.text(&head.title);
            self.raw("</a></li>\n");
        }
        self.raw("</ul>\n</nav>\n");
        Ok(())
    }

    /// The way to the contents, and to the pages before and after.
    fn neighbours(&mut self, is_last: bool) {
        let Places { words, .. } = self.places;
        self.raw("<nav id=\"contents\" aria-label=\"");
        self.text(words.contents);
        self.raw("\">\n<ul>\n");
        let before = (self.number > 1).then(|| (self.number - 1, " rel=\"prev\"", words.previous));
        let after = (!is_last).then(|| (self.number + 1, " rel=\"next\"", words.next));
        for (page, rel, text) in [Some((OWN, "", words.contents)), before, after].into_iter().flatten() {
            self.raw("<li><a href=\"");
            self.text(&self.places.file(page));
            self.raw("\"");
            self.raw(rel);
            self.raw(">");
            self.text(text);
            self.raw("</a></li>\n");
        }
        self.raw("</ul>\n</nav>\n");
    }

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

    fn article(&mut self, article: &Article) {
        let words = &self.places.words;
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
        match self.number {
            OWN => self.raw("<a href=\"#contents\">"),
            _ => {
                self.raw("<a href=\"");
                self.text(&format!("{}#{}", self.places.file(OWN), encode_path(&id)));
                self.raw("\">");
            }
        }
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
                let id = heading_id(&self.article, anchor);
                if !anchor.is_empty() && self.headings.insert(hash_of(&id)) {
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
            let page = *self.places.pages.get(id)?;
            let id = element_id(id);
            let heading = anchor.map(|anchor| heading_id(&id, anchor));
            // On another page the beginning of the article is nearer than that of the page.
            let known = |id: &String| page == OWN || self.places.headings.contains(&hash_of(id));
            let id = heading.filter(known).unwrap_or(id);
            let file = if page == self.number { String::new() } else { self.places.file(page) };
            return Some(format!("{file}#{}", encode_path(&id)));
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

    fn written(write: impl Fn(&mut Deployment) -> Result<(), IndexerError>) -> BTreeMap<String, String> {
        let dir = tempfile::tempdir().unwrap();
        let mut deployment = Deployment::begin(&dir.path().join("out"), &[]).unwrap();
        write(&mut deployment).unwrap();
        let text = |name: &str| String::from_utf8(deployment.read(name).unwrap()).unwrap();
        deployment.files().map(|(name, _)| (name.to_owned(), text(name))).collect()
    }

    /// The pages of these articles, by name.
    fn plain_pages(articles: &[Article]) -> BTreeMap<String, String> {
        written(|deployment| super::plain_pages(&spooled(articles), deployment))
    }

    /// The values of an attribute on a page.
    fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
        page.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[test]
    fn a_large_help_centre_is_cut_and_every_link_leads_somewhere() {
        let link = |href: String| Block::Paragraph(vec![Inline::Link { href, content: t("dit") }]);
        let heading = |anchor: &str| Block::Heading { level: 2, anchor: anchor.into(), content: t("Rubrik") };
        let body = |n: usize| {
            vec![
                heading("så gör du"),
                link(format!("article:å{:02}#så gör du", (n * 7 + 3) % 30)),
                link(format!("article:å{:02}#borta", (n + 1) % 30)),
                link("article:ingen".into()),
                link(format!("article:å{n:02}#så gör du")),
                link("help/en.html#å01".into()),
                Block::Paragraph(t(&"text ".repeat(20))),
            ]
        };
        let swedish: Vec<Article> = (0..30).map(|n| article(&format!("å{n:02}"), "sv", "", body(n))).collect();
        let english = [0, 1].map(|n| article(&format!("å{n:02}"), "en", "", vec![heading("x")]));
        let all = spooled(&[&swedish[..], &english].concat());
        let pages = written(|deployment| {
            let everyones = all.of("");
            write_language("en", everyones.in_language("en"), 2_500, deployment)?;
            write_language("sv", everyones.in_language("sv"), 2_500, deployment)
        });
        assert!(
            pages.len() > 6 && pages.contains_key("svar/help/sv-2.html") && !pages.contains_key("svar/help/en-1.html")
        );
        for (name, page) in &pages {
            assert!(page.len() < 4_500, "{name} has {} bytes", page.len());
            for href in values(page, "<a class=\"skip\" href=\"").into_iter().chain(values(page, "<a href=\"")) {
                let (file, id) = href.split_once('#').unwrap_or((href, ""));
                let there = if file.is_empty() { page } else { &pages[&format!("svar/help/{file}")] };
                let id = crate::links::decode_percent(id);
                assert!(id.is_empty() || values(there, " id=\"").contains(&id.as_str()), "{href} on {name}");
            }
        }
        // Everything is there once, in order, and the contents know where.
        let contents = values(&pages["svar/help/sv.html"], "<li id=\"");
        assert_eq!(contents, swedish.iter().map(|a| a.id.as_str()).collect::<Vec<_>>());
        let numbered = (1..pages.len() - 1).map(|n| &pages[&format!("svar/help/sv-{n}.html")]);
        let articles: Vec<&str> = numbered.flat_map(|page| values(page, "<article id=\"")).collect();
        assert_eq!(articles, contents);
        let second = &pages["svar/help/sv-2.html"];
        for expected in [
            "<a href=\"sv.html\">Innehåll</a>",
            "<a href=\"sv-1.html\" rel=\"prev\">Föregående sida</a>",
            "<a href=\"sv-3.html\" rel=\"next\">Nästa sida</a>",
        ] {
            assert!(second.contains(expected), "{expected}\n{second}");
        }
        assert!(!pages["svar/help/sv-1.html"].contains("rel=\"prev\""));
        assert!(!pages[&format!("svar/help/sv-{}.html", pages.len() - 2)].contains("rel=\"next\""));
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
