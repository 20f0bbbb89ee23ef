//! HTML pages as site generators and help systems write them.
//!
//! The page says where its content is: `[data-svar-body]`, the owner's selector, `<main>`, `<article>`; if it does
//! not, the densest part is taken (`density`). Its own metas are honoured:
//!
//! | meta | becomes |
//! |---|---|
//! | `<html lang>` | language |
//! | `<meta name="svar:id">`, `svar:aliases`, `svar:audience` | id, aliases, audience |
//! | `description`, `keywords`, `author` | the same |
//! | `article:modified_time`, `last-modified`, `updated`, `dcterms.modified`, `date` | date of change |
//! | `<link rel=canonical>` | address |
//! | `robots: noindex`, a refresh to elsewhere | no article |

use scraper::{ElementRef, Html, Selector};

use super::{Draft, Reading, density};
use crate::blocks::{self, Manner, attr, space};
use crate::language;

/// Reads a page. `selector` is the owner's, for the content.
pub(crate) fn read(text: &str, selector: Option<&Selector>) -> Reading {
    let html = Html::parse_document(text);
    let head = Head::read(&html);
    if let Some(to) = head.refresh {
        return Reading::Redirect(to);
    }
    if head.noindex {
        return Reading::Skipped("the page says noindex".into());
    }
    let mut draft = head.draft;
    let (roots, pointed_at) = content_roots(&html, selector);
    if !pointed_at {
        draft.mended.push(
            "no main or article element: took the part with the most text; a content selector would be surer".into(),
        );
    }
    // Whoever points at the whole body still does not mean the page's header.
    let whole_page = roots.iter().any(|r| matches!(r.value().name(), "body" | "html"));
    draft.content = blocks::read(&roots, Manner { pointed_at: pointed_at && !whole_page, slugs: false });
    let untitled = draft.content.title.is_none() && draft.page_title.is_none() && draft.og_title.is_none();
    if untitled && draft.content.blocks.is_empty() {
        return Reading::Skipped("the page has no title and no text".into());
    }
    Reading::Article(Box::new(draft))
}

/// Writes out empty elements as HTML needs them: XHTML may say `<script src="x"/>` and `<a id="y"/>`, which an HTML
/// parser takes for opening tags that swallow what follows.
pub(crate) fn expand_empty_elements(xhtml: &str) -> String {
    const VOID: [&str; 14] =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
    let mut out = String::with_capacity(xhtml.len() + 64);
    let mut rest = xhtml;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let name: String =
            tag.chars().skip(1).take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':')).collect();
        let mut quote = None;
        let end = tag.char_indices().find_map(|(at, c)| {
            match (quote, c) {
                (None, '"' | '\'') if !name.is_empty() => quote = Some(c),
                (Some(q), c) if c == q => quote = None,
                (None, '>') => return Some(at),
                _ => {}
            }
            None
        });
        let Some(end) = end else {
            rest = tag;
            break;
        };
        let (tag, after) = tag.split_at(end);
        match tag.strip_suffix('/') {
            Some(open) if !name.is_empty() && !VOID.contains(&name.to_ascii_lowercase().as_str()) => {
                out.push_str(open.trim_end());
                out.push_str("></");
                out.push_str(&name);
            }
            _ => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where the content is, and whether the page or the owner pointed at it.
fn content_roots<'a>(html: &'a Html, selector: Option<&Selector>) -> (Vec<ElementRef<'a>>, bool) {
    let root = html.root_element();
    let outermost = |is_root: &dyn Fn(ElementRef<'a>) -> bool| -> Vec<ElementRef<'a>> {
        let mut roots: Vec<ElementRef<'a>> = Vec::new();
        for el in root.descendent_elements().filter(|el| is_root(*el)) {
            // Document order: whatever holds this element and is a root came just before it.
            let inside = roots.last().is_some_and(|last| el.ancestors().any(|a| a.id() == last.id()));
            if !inside && has_content(el) {
                roots.push(el);
            }
        }
        roots
    };
    let visible = |el: ElementRef<'a>| attr(el, "hidden").is_none();
    let by_mark = |el: ElementRef<'a>| attr(el, "data-svar-body").is_some();
    let by_selector = |el: ElementRef<'a>| selector.is_some_and(|s| s.matches(&el));
    let by_main = |el: ElementRef<'a>| visible(el) && (el.value().name() == "main" || attr(el, "role") == Some("main"));
    let by_article = |el: ElementRef<'a>| visible(el) && el.value().name() == "article";
    let ways: [&dyn Fn(ElementRef<'a>) -> bool; 4] = [&by_mark, &by_selector, &by_main, &by_article];
    for way in ways {
        let roots = outermost(way);
        if !roots.is_empty() {
            return (roots, true);
        }
    }
    (density::densest(html).into_iter().collect(), false)
}

/// An empty `<main>` is where a script would have put the content; look further.
fn has_content(el: ElementRef<'_>) -> bool {
    el.descendants().any(|node| match node.value() {
        scraper::Node::Text(t) => !t.trim().is_empty(),
        scraper::Node::Element(e) => e.name() == "img",
        _ => false,
    })
}

/// Redirects wait so that the visitor can read "this page has moved"; more than this is something else.
const REDIRECT_WITHIN_SECONDS: u64 = 30;

/// What stands in the head, wherever the generator put it.
#[derive(Debug, Default)]
struct Head {
    draft: Draft,
    noindex: bool,
    refresh: Option<String>,
}

impl Head {
    fn read(html: &Html) -> Head {
        let mut head = Head::default();
        let root = html.root_element();
        if let Some(written) = attr(root, "lang").or_else(|| attr(root, "xml:lang")).filter(|l| !l.trim().is_empty()) {
            head.draft.lang = language::tag(written);
            if head.draft.lang.is_none() {
                head.draft.mended.push(format!("`{}` is no language tag", space::line(written)));
            }
        }
        let mut dates: Vec<(u8, String)> = Vec::new();
        for el in root.descendent_elements() {
            match el.value().name() {
                "title" if head.draft.page_title.is_none() && el.value().name.ns == *"http://www.w3.org/1999/xhtml" => {
                    head.draft.page_title = Some(space::line(&el.text().collect::<String>())).filter(|t| !t.is_empty());
                }
                "base" if head.draft.base_href.is_none() => {
                    head.draft.base_href = attr(el, "href").map(|h| h.trim().to_owned()).filter(|h| !h.is_empty())
                }
                "link"
                    if head.draft.url.is_none()
                        && attr(el, "rel").is_some_and(|r| {
                            r.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("canonical"))
                        }) =>
                {
                    head.draft.url = attr(el, "href").map(|h| h.trim().to_owned()).filter(|h| !h.is_empty());
                }
                "meta" => head.meta(el, &mut dates),
                _ => {}
            }
        }
        dates.sort_by_key(|(rank, _)| *rank);
        if let Some((_, written)) = dates.first() {
            match dates.iter().find_map(|(_, d)| super::date(d)) {
                Some(date) => head.draft.updated = date,
                None => head.draft.mended.push(format!("`{}` is no date as YYYY-MM-DD", space::line(written))),
            }
        }
        head
    }

    fn meta(&mut self, el: ElementRef<'_>, dates: &mut Vec<(u8, String)>) {
        let Some(content) = attr(el, "content").map(space::line).filter(|c| !c.is_empty()) else { return };
        if attr(el, "http-equiv").is_some_and(|h| h.eq_ignore_ascii_case("refresh")) {
            // Without an address the page only reloads itself, and after long it goes back to a start page.
            let seconds: u64 =
                content.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
            if seconds > REDIRECT_WITHIN_SECONDS {
                return;
            }
            let lower = content.to_ascii_lowercase();
            if let Some(to) = lower.find("url").and_then(|at| content.get(at + 3..)) {
                let to = to.trim_start().trim_start_matches('=').trim().trim_matches(['\'', '"']);
                if !to.is_empty() {
                    self.refresh = Some(to.to_owned());
                }
            }
            return;
        }
        let Some(name) = attr(el, "name")
            .or_else(|| attr(el, "property"))
            .or_else(|| attr(el, "itemprop"))
            .map(str::to_ascii_lowercase)
        else {
            return;
        };
        let draft = &mut self.draft;
        match name.trim() {
            "description" => draft.description = content,
            "og:description" if draft.description.is_empty() => draft.description = content,
            "keywords" => draft.keywords.extend(super::comma_separated(&content)),
            "author" => draft.author = content,
            "svar:id" => draft.id = Some(content),
            "svar:aliases" => draft.aliases.extend(super::comma_separated(&content)),
            "svar:audience" => draft.audience = Some(super::audience(&content)),
            "og:title" => draft.og_title = Some(content),
            "og:site_name" => draft.site_name = Some(content),
            "article:modified_time" | "og:updated_time" => dates.push((0, content)),
            "last-modified" | "updated" | "dcterms.modified" | "dc.date.modified" | "revised" => {
                dates.push((1, content))
            }
            "date" | "dcterms.date" | "dc.date" | "article:published_time" => dates.push((2, content)),
            "robots" => {
                self.noindex |= content.to_ascii_lowercase().split([',', ' ']).any(|w| matches!(w, "noindex" | "none"))
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(html: &str) -> Draft {
        match read(html, None) {
            Reading::Article(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_head_is_read() {
        let draft = article(
            "<html lang=pt_BR><head><title> Router – Acme</title><base href='/x/'><link rel='canonical' href='https://acme.se/r'>\
             <meta name=description content='Om routern'><meta name=Keywords content='wifi, nät ; modem'><meta name=author content=Kim>\
             <meta name='svar:id' content=r1><meta name='svar:aliases' content='old, older'><meta name='svar:audience' content=Staff>\
             <meta property='article:modified_time' content='2026-02-01T10:00:00Z'><meta name=date content='2020-01-01'>\
             <meta property='og:title' content='Og'><meta property='og:site_name' content=Acme></head><main><h1>Routern</h1><p>x</main>",
        );
        assert_eq!(draft.lang.as_deref(), Some("pt-br"));
        assert_eq!(draft.page_title.as_deref(), Some("Router – Acme"));
        assert_eq!(draft.content.title.as_deref(), Some("Routern"));
        assert_eq!(draft.base_href.as_deref(), Some("/x/"));
        assert_eq!(draft.url.as_deref(), Some("https://acme.se/r"));
        assert_eq!(draft.keywords, ["wifi", "nät", "modem"]);
        assert_eq!((draft.id.as_deref(), draft.aliases.join("|").as_str()), (Some("r1"), "old|older"));
        assert_eq!(draft.audience.as_deref(), Some("staff"));
        assert_eq!(
            (draft.updated.as_str(), draft.description.as_str(), draft.author.as_str()),
            ("2026-02-01", "Om routern", "Kim")
        );
        assert!(draft.mended.is_empty(), "{:?}", draft.mended);
    }

    #[test]
    fn pages_that_are_no_articles() {
        for (html, expected) in [
            ("<meta name=robots content='NOINDEX, follow'><main>x</main>", "noindex"),
            ("<meta http-equiv=refresh content='0; URL=new.html'>", "new.html"),
            ("", "no title and no text"),
            ("<main><script>1</script></main>", "no title and no text"),
        ] {
            let found = match read(html, None) {
                Reading::Skipped(reason) => reason,
                Reading::Redirect(to) => to,
                other => panic!("{other:?}"),
            };
            assert!(found.contains(expected), "{html}: {found}");
        }
        article("<meta http-equiv=refresh content=300><main>reloads itself</main>");
        article("<meta http-equiv=refresh content='600; url=/'><main>a kiosk</main>");
    }

    fn words(html: &str, selector: Option<&str>) -> String {
        let selector = selector.map(|s| Selector::parse(s).unwrap());
        match read(html, selector.as_ref()) {
            Reading::Article(draft) => {
                svar_index::article::sections(&draft.content.blocks).into_iter().map(|s| s.heading + &s.text).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn where_the_content_is() {
        for (html, selector, expected) in [
            ("<main>m</main><div data-svar-body>b</div>", None, "b"),
            ("<main>m</main><div id=c>s</div>", Some("#c"), "s"),
            ("<main>m</main><article>a</article>", None, "m"),
            ("<div role=main>m</div><article>a</article>", None, "m"),
            ("<article>a</article><div>d</div>", None, "a"),
            ("<main></main><article>a</article>", None, "a"),
            ("<main hidden>m</main><article>a</article>", None, "a"),
            (
                "<header>h</header><div><p>the long text of the page</div><footer>f</footer>",
                None,
                "the long text of the page",
            ),
            ("<div data-svar-body>a<div data-svar-body>b</div></div><p data-svar-body>c", None, "a\nb\nc"),
            ("<main>m</main>", Some("#gone"), "m"),
        ] {
            assert_eq!(words(html, selector), expected, "{html}");
        }
    }

    #[test]
    fn xhtml_may_close_any_element() {
        assert_eq!(
            expand_empty_elements("<a id=\"x\"/>b<br/><script src='a>b' /><p/>"),
            "<a id=\"x\"></a>b<br/><script src='a>b'></script><p></p>"
        );
        assert_eq!(expand_empty_elements("a < b <"), "a < b <");
    }
}
