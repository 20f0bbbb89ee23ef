//! Links as written, to links as articles have them.
//!
//! A link to another article of the source becomes `article:ID`, with or without `#anchor`, whichever way it was
//! written: relative with or without ending, below the base address, by the page's canonical address. An anchor is
//! that of the heading under which the target lies, so that a link to a paragraph still leads near it. Other links
//! are made absolute where the published address is known. What leads nowhere loses its link and keeps its words.

use std::collections::{BTreeMap, HashMap};

use svar_index::article::{Block, Image, Inline};
use url::Url;

use crate::blocks::space;
use crate::source::walk::ending;

/// What links need to know about an article.
#[derive(Debug)]
pub(crate) struct Target {
    pub id: String,
    pub lang: String,
    pub audience: String,
    pub url: String,
    /// Ids on its page to the headings that they lie under.
    pub anchors: BTreeMap<String, String>,
}

/// The page that a link stands on.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// Path below the source.
    pub name: &'a str,
    /// Its article among the targets.
    pub target: usize,
    /// `<base href>`.
    pub base_href: Option<&'a str>,
    /// Absolute address, where known.
    pub address: Option<Url>,
}

/// All pages of the source, as far as links see them.
#[derive(Debug, Default)]
pub(crate) struct Site {
    pub base_url: Option<Url>,
    pub targets: Vec<Target>,
    /// Path below the source without ending, to the article.
    pub by_path: HashMap<String, usize>,
    /// Canonical address without scheme and ending, to the article.
    pub by_address: HashMap<String, usize>,
    /// (language, audience, id) to the article.
    pub by_id: HashMap<(String, String, String), usize>,
    /// Redirect stub, to where it leads: (its own path, the address as written).
    pub redirects: HashMap<String, (String, String)>,
    /// Pages that are not to be published.
    pub unpublished: HashMap<String, String>,
}

/// What became of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    Link(String),
    /// Only the words stay; the note says why, where that is worth one.
    Words(Option<String>),
}

/// Where a relative address leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Below the source: candidate paths, the likeliest first.
    Below(Vec<String>),
    /// Elsewhere on the web.
    Absolute(Url),
    /// Above the source, or nothing that can be understood.
    Nowhere,
}

/// A path as it is looked up: without article ending, `/index` and slashes at the ends.
pub(crate) fn key(path: &str) -> String {
    let path = path.trim_matches('/');
    let path = match ending(path) {
        Some(ending) => path.get(..path.len() - ending.len() - 1).unwrap_or(path),
        None => path,
    };
    match path.rsplit_once('/') {
        Some((folder, "index")) => folder.to_owned(),
        None if path == "index" => String::new(),
        _ => path.to_owned(),
    }
}

/// An absolute address as it is looked up: host and path, so that `http` and `https` are the same page.
pub(crate) fn address_key(url: &Url) -> String {
    format!("{}/{}", url.host_str().unwrap_or_default(), key(&decode_percent(url.path())))
}

impl Site {
    /// What becomes of `href` on `page`. `exists` says whether a path below the source is a file.
    pub fn resolve(&self, page: &Page<'_>, href: &str, exists: &dyn Fn(&str) -> bool) -> Resolved {
        self.follow(page, href, exists, true)
    }

    fn follow(&self, page: &Page<'_>, href: &str, exists: &dyn Fn(&str) -> bool, stubs: bool) -> Resolved {
        let href: String =
            href.trim().chars().filter(|c| !matches!(c, '\t' | '\n' | '\r') && !c.is_control()).collect();
        if href.is_empty() {
            return Resolved::Words(None);
        }
        if let Some(fragment) = href.strip_prefix('#') {
            return self.same_page(page, fragment);
        }
        match scheme(&href) {
            Some("mailto" | "tel") => return Resolved::Link(href),
            Some("http" | "https") | None => {}
            Some("article") => return self.by_written_id(page, &href),
            Some(other) => {
                return Resolved::Words(Some(format!("link left out: {other}: is not allowed ({})", shortened(&href))));
            }
        }
        let fragment = href.split_once('#').map(|(_, f)| f).filter(|f| !f.is_empty());
        match self.place(page, &href) {
            Place::Absolute(url) => match self.by_address.get(&address_key(&url)) {
                Some(target) => self.to_article(page, *target, fragment),
                None => Resolved::Link(url.into()),
            },
            Place::Nowhere => broken(&href),
            Place::Below(paths) => {
                for path in &paths {
                    let key = key(path);
                    if let Some(target) = self.by_path.get(&key) {
                        return self.to_article(page, *target, fragment);
                    }
                    if let Some((stub, to)) = self.redirects.get(&key).filter(|_| stubs) {
                        let there = Page { name: stub, target: page.target, base_href: None, address: None };
                        return self.follow(&there, to, exists, false);
                    }
                    if let Some(reason) = self.unpublished.get(&key) {
                        return Resolved::Words(Some(format!(
                            "link to a page that is not published ({}): {reason}",
                            shortened(&href)
                        )));
                    }
                }
                self.to_file(page, &href, &paths, exists)
            }
        }
    }

    /// Where an address without its fragment leads, articles or not.
    pub fn place(&self, page: &Page<'_>, href: &str) -> Place {
        let href = href.split('#').next().unwrap_or_default().trim();
        if matches!(scheme(href), Some("http" | "https")) || href.starts_with("//") {
            let absolute = if href.starts_with("//") {
                let scheme = self.base_url.as_ref().map_or("https", |b| b.scheme());
                Url::parse(&format!("{scheme}:{href}"))
            } else {
                Url::parse(href)
            };
            return match absolute {
                Ok(url) => self.below_base(&url).map_or(Place::Absolute(url), |path| Place::Below(vec![path])),
                Err(_) => Place::Nowhere,
            };
        }
        let path = href.split('?').next().unwrap_or_default().replace('\\', "/");
        // The page's <base href> says what relative addresses are relative to.
        if let Some(base) = page.base_href
            && !path.starts_with('/')
        {
            if let Ok(base) = Url::parse(base) {
                return match base.join(href) {
                    Ok(url) => self.below_base(&url).map_or(Place::Absolute(url), |path| Place::Below(vec![path])),
                    Err(_) => Place::Nowhere,
                };
            }
            let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
            let folder =
                if base.starts_with('/') { folder.to_owned() } else { format!("{}/{folder}", parent(page.name)) };
            return match normalised(&decode_percent(&format!("{folder}/{path}"))) {
                Some(path) => Place::Below(vec![path]),
                None => Place::Nowhere,
            };
        }
        if let Some(rooted) = path.strip_prefix('/') {
            if let Some(base) = &self.base_url {
                return match base.join(href) {
                    Ok(url) => self.below_base(&url).map_or(Place::Absolute(url), |path| Place::Below(vec![path])),
                    Err(_) => Place::Nowhere,
                };
            }
            return normalised(&decode_percent(rooted)).map_or(Place::Nowhere, |path| Place::Below(vec![path]));
        }
        let decoded = decode_percent(&path);
        let mut paths: Vec<String> = normalised(&format!("{}/{decoded}", parent(page.name))).into_iter().collect();
        // Generators publish a.md as a/, and some authors write links as seen from there.
        if ending(page.name).is_some_and(|e| e.starts_with('m')) {
            let folder = format!("{}/{decoded}", key(page.name));
            paths.extend(normalised(&folder).filter(|p| !paths.contains(p)));
        }
        if !paths.is_empty() {
            return Place::Below(paths);
        }
        // Above the source, but the address may be known.
        let base =
            page.address.clone().or_else(|| self.base_url.as_ref().and_then(|b| b.join(&encode_path(page.name)).ok()));
        base.and_then(|b| b.join(href).ok()).map_or(Place::Nowhere, Place::Absolute)
    }

    /// The path below the source that the base address gives a page.
    fn below_base(&self, url: &Url) -> Option<String> {
        let base = self.base_url.as_ref()?;
        let same = base.host_str() == url.host_str() && base.port_or_known_default() == url.port_or_known_default();
        let below = url
            .path()
            .strip_prefix(base.path())
            .or_else(|| (url.path() == base.path().trim_end_matches('/')).then_some(""))?;
        if same { normalised(&decode_percent(below)) } else { None }
    }

    fn same_page(&self, page: &Page<'_>, fragment: &str) -> Resolved {
        let fragment = decode_percent(fragment);
        let Some(target) = self.targets.get(page.target) else { return Resolved::Words(None) };
        match target.anchors.get(&fragment) {
            Some(anchor) if !anchor.is_empty() => Resolved::Link(format!("article:{}#{anchor}", target.id)),
            // To the top, or to a footnote above the first heading: the reader is there already.
            Some(_) => Resolved::Words(None),
            None if fragment.is_empty() || fragment == "top" || fragment.starts_with("fn") => Resolved::Words(None),
            None => {
                Resolved::Words(Some(format!("broken link: nothing on the page has the id `{}`", shortened(&fragment))))
            }
        }
    }

    fn by_written_id(&self, page: &Page<'_>, href: &str) -> Resolved {
        let id = href.strip_prefix("article:").unwrap_or_default();
        let (id, fragment) = id.split_once('#').map_or((id, None), |(id, f)| (id, Some(f)));
        let found = self.targets.get(page.target).and_then(|own| {
            let key = |audience: &str| (own.lang.clone(), audience.to_owned(), id.to_owned());
            self.by_id.get(&key(&own.audience)).or_else(|| self.by_id.get(&key("")))
        });
        match found {
            Some(target) => self.to_article(page, *target, fragment),
            None => Resolved::Words(Some(format!("broken link: no article has the id `{}`", shortened(id)))),
        }
    }

    fn to_article(&self, page: &Page<'_>, target: usize, fragment: Option<&str>) -> Resolved {
        let (Some(own), Some(to)) = (self.targets.get(page.target), self.targets.get(target)) else {
            return Resolved::Words(None);
        };
        if to.audience != own.audience && !to.audience.is_empty() {
            return Resolved::Words(Some(format!("link to `{}`, which is for {} only", to.id, to.audience)));
        }
        if to.lang != own.lang || to.audience != own.audience {
            // Another index: by its page.
            return Resolved::Link(to.url.clone());
        }
        let anchor = fragment.map(decode_percent).and_then(|f| to.anchors.get(&f)).filter(|a| !a.is_empty());
        Resolved::Link(match anchor {
            Some(anchor) => format!("article:{}#{anchor}", to.id),
            None => format!("article:{}", to.id),
        })
    }

    /// A link to something that is no article.
    fn to_file(&self, page: &Page<'_>, href: &str, paths: &[String], exists: &dyn Fn(&str) -> bool) -> Resolved {
        if scheme(href).is_some() || href.starts_with("//") {
            return Resolved::Link(href.to_owned());
        }
        let rooted = href.starts_with('/');
        let file = paths.iter().find(|p| exists(p));
        match (&self.base_url, file) {
            (Some(base), _) if rooted => {
                base.join(href).map_or_else(|_| broken(href), |url| Resolved::Link(url.into()))
            }
            (None, _) if rooted => Resolved::Link(href.to_owned()),
            (_, None) => broken(href),
            (Some(base), Some(file)) => {
                base.join(&encode_path(file)).map_or_else(|_| broken(href), |url| Resolved::Link(url.into()))
            }
            (None, Some(file)) => match page.address.as_ref().and_then(|a| a.join(href).ok()) {
                Some(url) => Resolved::Link(url.into()),
                None => Resolved::Link(format!("/{}", encode_path(file))),
            },
        }
    }
}

fn broken(href: &str) -> Resolved {
    Resolved::Words(Some(format!("broken link: {}", shortened(href))))
}

/// For notes: an address that fits on a line.
pub(crate) fn shortened(href: &str) -> String {
    const FITS_CHARS: usize = 80;
    if href.chars().count() <= FITS_CHARS {
        href.to_owned()
    } else {
        href.chars().take(FITS_CHARS).chain(['…']).collect()
    }
}

/// The scheme in lower case, borrowed where it is one that we know; RFC 3986, 3.1.
pub(crate) fn scheme(href: &str) -> Option<&str> {
    let (scheme, _) = href.split_once(':')?;
    let good = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !good {
        return None;
    }
    Some(
        ["http", "https", "mailto", "tel", "article", "data"]
            .into_iter()
            .find(|s| s.eq_ignore_ascii_case(scheme))
            .unwrap_or(scheme),
    )
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Resolves `.` and `..`; `None` above the root.
pub(crate) fn normalised(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `%C3%A5` to `å`; what is no UTF-8 stays as written.
pub(crate) fn decode_percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|h| *first == b'%' && h.iter().all(u8::is_ascii_hexdigit));
        match hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// A path or fragment as it stands in an address (RFC 3986: `pchar` and `/`).
pub(crate) fn encode_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@/".contains(&byte);
        if plain { out.push(char::from(byte)) } else { out.push_str(&format!("%{byte:02X}")) }
    }
    out
}

/// Puts links and pictures in a body right: `link` says what becomes of an address, `picture` what becomes of an
/// image; `None` leaves the alternative text.
pub(crate) fn rewrite(
    blocks: Vec<Block>,
    link: &mut dyn FnMut(&str) -> Option<String>,
    picture: &mut dyn FnMut(Image) -> Option<Image>,
) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        let block = match block {
            Block::Heading { level, anchor, content } => {
                Block::Heading { level, anchor, content: rewrite_line(content, link, picture) }
            }
            Block::Paragraph(content) => Block::Paragraph(rewrite_line(content, link, picture)),
            Block::List { ordered, start, items } => {
                let items: Vec<_> =
                    items.into_iter().map(|i| rewrite(i, link, picture)).filter(|i| !i.is_empty()).collect();
                Block::List { ordered, start, items }
            }
            Block::Definitions(pairs) => Block::Definitions(
                pairs.into_iter().map(|(t, d)| (rewrite_line(t, link, picture), rewrite(d, link, picture))).collect(),
            ),
            Block::Table { caption, rows } => Block::Table {
                caption: rewrite_line(caption, link, picture),
                rows: rows
                    .into_iter()
                    .map(|r| r.into_iter().map(|(h, c)| (h, rewrite_line(c, link, picture))).collect())
                    .collect(),
            },
            Block::Quote(blocks) => Block::Quote(rewrite(blocks, link, picture)),
            Block::Note(blocks) => Block::Note(rewrite(blocks, link, picture)),
            Block::Details(summary, blocks) => {
                Block::Details(rewrite_line(summary, link, picture), rewrite(blocks, link, picture))
            }
            Block::Image(image) => {
                let alt = image.alt.clone();
                match picture(image) {
                    Some(image) => Block::Image(image),
                    None => Block::Paragraph(space::tidy(vec![Inline::Text(alt)])),
                }
            }
            other @ (Block::Code(_) | Block::Rule) => other,
        };
        let empty = match &block {
            Block::Heading { content, .. } | Block::Paragraph(content) => space::is_blank(content),
            Block::List { items, .. } => items.is_empty(),
            Block::Quote(blocks) | Block::Note(blocks) => blocks.is_empty(),
            _ => false,
        };
        if !empty {
            out.push(block);
        }
    }
    out
}

fn rewrite_line(
    content: Vec<Inline>,
    link: &mut dyn FnMut(&str) -> Option<String>,
    picture: &mut dyn FnMut(Image) -> Option<Image>,
) -> Vec<Inline> {
    space::tidy(rewrite_inlines(content, link, picture))
}

fn rewrite_inlines(
    content: Vec<Inline>,
    link: &mut dyn FnMut(&str) -> Option<String>,
    picture: &mut dyn FnMut(Image) -> Option<Image>,
) -> Vec<Inline> {
    let mut out = Vec::with_capacity(content.len());
    for inline in content {
        match inline {
            Inline::Strong(c) => out.push(Inline::Strong(rewrite_inlines(c, link, picture))),
            Inline::Emphasis(c) => out.push(Inline::Emphasis(rewrite_inlines(c, link, picture))),
            Inline::Link { href, content } => {
                let content = rewrite_inlines(content, link, picture);
                match link(&href) {
                    Some(href) => out.push(Inline::Link { href, content }),
                    None => out.extend(content),
                }
            }
            Inline::Image(image) => {
                let alt = image.alt.clone();
                out.push(picture(image).map_or(Inline::Text(alt), Inline::Image));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(id: &str, lang: &str, audience: &str) -> Target {
        let anchors = [("a", "a"), ("p", "a"), ("top-id", "")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        Target {
            id: id.into(),
            lang: lang.into(),
            audience: audience.into(),
            url: format!("help/{lang}.html#{id}"),
            anchors,
        }
    }

    fn site(base: Option<&str>) -> Site {
        let targets = vec![
            target("router", "sv", ""),
            target("bill", "sv", ""),
            target("router", "en", ""),
            target("secret", "sv", "staff"),
        ];
        let by_path = [("sv/router", 0), ("sv/bill", 1), ("en/router", 2), ("sv/secret", 3)]
            .map(|(k, v)| (k.to_owned(), v))
            .into();
        let by_id =
            targets.iter().enumerate().map(|(i, t)| ((t.lang.clone(), t.audience.clone(), t.id.clone()), i)).collect();
        Site {
            base_url: base.map(|b| Url::parse(b).unwrap()),
            targets,
            by_path,
            by_id,
            by_address: [("help.example.com/x/bill".to_owned(), 1)].into(),
            redirects: [("sv/moved".to_owned(), ("sv/moved.html".to_owned(), "bill.html#p".to_owned()))].into(),
            unpublished: [("sv/draft".to_owned(), "draft: true".to_owned())].into(),
        }
    }

    #[track_caller]
    fn check(base: Option<&str>, page: &str, cases: &[(&str, &str)]) {
        let site = site(base);
        let exists = |p: &str| p == "sv/terms.pdf" || p == "files/å b.zip";
        let page = Page { name: page, target: 0, base_href: None, address: None };
        for (href, expected) in cases {
            let got = match site.resolve(&page, href, &exists) {
                Resolved::Link(href) => href,
                Resolved::Words(note) => format!("words: {}", note.unwrap_or_default()),
            };
            assert_eq!(got, *expected, "{href}");
        }
    }

    #[test]
    fn without_a_base_address() {
        check(
            None,
            "sv/router.md",
            &[
                ("bill.html", "article:bill"),
                ("./bill", "article:bill"),
                ("bill.md#a", "article:bill#a"),
                ("bill.md#p", "article:bill#a"),
                ("bill.md#top-id", "article:bill"),
                ("bill.md#unknown", "article:bill"),
                ("../sv/bill/?x=1", "article:bill"),
                ("../bill", "article:bill"),
                ("/sv/bill", "article:bill"),
                ("/sv/bill/index.html", "article:bill"),
                ("../en/router.html", "help/en.html#router"),
                ("http://HELP.example.com/x/bill.html#a", "article:bill#a"),
                ("moved.html", "article:bill#a"),
                ("article:bill#a", "article:bill#a"),
                ("#a", "article:router#a"),
                ("#", "words: "),
                ("#fnref1", "words: "),
                ("#gone", "words: broken link: nothing on the page has the id `gone`"),
                ("article:gone", "words: broken link: no article has the id `gone`"),
                ("secret.md", "words: link to `secret`, which is for staff only"),
                ("draft.md", "words: link to a page that is not published (draft.md): draft: true"),
                ("terms.pdf", "/sv/terms.pdf"),
                ("../files/%C3%A5%20b.zip", "/files/%C3%A5%20b.zip"),
                ("/elsewhere", "/elsewhere"),
                ("gone.html", "words: broken link: gone.html"),
                ("../../above", "words: broken link: ../../above"),
                ("https://example.com/a b", "https://example.com/a%20b"),
                ("//example.com/a", "https://example.com/a"),
                ("mailto:a@b.se", "mailto:a@b.se"),
                ("TEL:+46", "TEL:+46"),
                ("java\nscript:alert(1)", "words: link left out: javascript: is not allowed (javascript:alert(1))"),
                ("ftp://x/", "words: link left out: ftp: is not allowed (ftp://x/)"),
                ("https://[bad", "words: broken link: https://[bad"),
                (" ", "words: "),
            ],
        );
    }

    #[test]
    fn with_a_base_address() {
        check(
            Some("https://acme.se/help/"),
            "sv/router.html",
            &[
                ("https://acme.se/help/sv/bill", "article:bill"),
                ("/help/sv/bill.html", "article:bill"),
                ("/other", "https://acme.se/other"),
                ("terms.pdf", "https://acme.se/help/sv/terms.pdf"),
                ("../../shop", "https://acme.se/shop"),
                ("gone.html", "words: broken link: gone.html"),
                ("https://acme.se/help/gone", "https://acme.se/help/gone"),
            ],
        );
    }

    #[test]
    fn a_base_element_is_honoured() {
        let site = site(None);
        for (base, href, expected) in [
            ("/sv/", "bill.html", "article:bill"),
            ("../sv/", "bill.html", "article:bill"),
            ("https://x.se/y/", "bill.html", "https://x.se/y/bill.html"),
            ("https://help.example.com/x/", "bill.html", "article:bill"),
        ] {
            let page = Page { name: "en/deep.html", target: 0, base_href: Some(base), address: None };
            assert_eq!(site.resolve(&page, href, &|_| false), Resolved::Link(expected.into()), "{base}");
        }
    }

    #[test]
    fn percent_signs() {
        assert_eq!(decode_percent("%C3%A5%20%zz%"), "å %zz%");
        assert_eq!(decode_percent("%ff"), "%ff");
        assert_eq!(encode_path("å b/c#d"), "%C3%A5%20b/c%23d");
    }
}
