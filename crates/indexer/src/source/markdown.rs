//! Markdown as help centres are written in: CommonMark with tables, footnotes, task lists, strikethrough, heading
//! attributes and alerts, and YAML front matter.
//!
//! Markdown is rendered to HTML (as CommonMark defines it) and then read like a page, so that raw HTML inside meets
//! the same allow-list and `<details>` around Markdown works. Set-apart texts of site generators are understood as
//! well: `:::note` (Docusaurus, VitePress) and `!!! note` (MkDocs). Template tags (`{{< … >}}`, `{% … %}`) are left
//! out and counted.

use pulldown_cmark::{Options, Parser};
use scraper::Html;

use super::front_matter::{self, Fields, Split};
use super::{Draft, Reading};
use crate::blocks::{self, Manner, space};
use crate::language;

/// Reads a Markdown file.
pub(crate) fn read(text: &str) -> Reading {
    let mut draft = Draft::default();
    let body = match front_matter::split(text) {
        Split::None => text,
        Split::Yaml(yaml, body) => {
            match front_matter::fields(yaml) {
                Ok(fields) => {
                    if let Err(reading) = apply(fields, &mut draft) {
                        return reading;
                    }
                }
                Err(broken) => {
                    // Counted from the top of the file: the fence is line 1.
                    draft.mended.push(format!("front matter left out, line {}: {}", broken.line + 1, broken.reason));
                    if let Err(reading) = salvage(yaml, &mut draft) {
                        return reading;
                    }
                }
            }
            body
        }
        Split::Other(body) => {
            draft.mended.push("front matter between +++ is not read; write it as YAML between ---".into());
            body
        }
        Split::Unclosed => return Reading::Skipped("the front matter has no closing ---".into()),
    };
    let (markdown, tags) = plain_markdown(body);
    if tags > 0 {
        draft.mended.push(format!("{tags} template tag{} left out", if tags == 1 { "" } else { "s" }));
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST;
    let mut rendered = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut rendered, Parser::new_ext(&markdown, options));
    let html = Html::parse_fragment(&rendered);
    draft.content = blocks::read(&[html.root_element()], Manner { pointed_at: true, slugs: true });
    if draft.stated_title.is_none() && draft.content.title.is_none() && draft.content.blocks.is_empty() {
        return Reading::Skipped("the file has no title and no text".into());
    }
    Reading::Article(Box::new(draft))
}

/// Puts the front matter into the draft; `Err` where it says that there is no article.
fn apply(mut fields: Fields, draft: &mut Draft) -> Result<(), Reading> {
    let one = |fields: &mut Fields, keys: &[&str]| {
        keys.iter().find_map(|k| fields.remove(*k)).and_then(|v| v.into_iter().next()).filter(|v| !v.is_empty())
    };
    let is = |fields: &Fields, key: &str, words: &[&str]| {
        fields.get(key).and_then(|v| v.first()).is_some_and(|v| words.contains(&v.to_lowercase().as_str()))
    };
    if is(&fields, "draft", &["true", "yes", "on", "1"]) {
        return Err(Reading::Unpublished("draft: true".into()));
    }
    if is(&fields, "published", &["false", "no", "off", "0"]) {
        return Err(Reading::Unpublished("published: false".into()));
    }
    match fields.remove("audience").as_deref() {
        None => {}
        Some([]) => draft.audience = Some(String::new()),
        Some([name]) => draft.audience = Some(super::audience(name)),
        Some(names) => {
            return Err(Reading::Skipped(format!(
                "expected one audience, found {}; an article is for one",
                names.len()
            )));
        }
    }
    draft.stated_title = one(&mut fields, &["title"]).map(|t| space::line(&t));
    draft.id = one(&mut fields, &["id"]);
    draft.url = one(&mut fields, &["url", "canonical", "canonical_url"]);
    draft.description =
        one(&mut fields, &["description", "summary", "excerpt"]).map(|d| space::line(&d)).unwrap_or_default();
    draft.author =
        fields.remove("author").or_else(|| fields.remove("authors")).map(|a| a.join(", ")).unwrap_or_default();
    let words = |values: Vec<String>| match values.as_slice() {
        [one] => super::comma_separated(one),
        _ => values,
    };
    draft.keywords = fields.remove("keywords").map(words).unwrap_or_default();
    draft.aliases = fields.remove("aliases").or_else(|| fields.remove("redirect_from")).map(words).unwrap_or_default();
    if let Some(written) = one(&mut fields, &["lang", "language", "locale"]) {
        draft.lang = language::tag(&written);
        if draft.lang.is_none() {
            draft.mended.push(format!("lang: `{written}` is no language tag"));
        }
    }
    if let Some(written) =
        one(&mut fields, &["updated", "lastmod", "last_updated", "last_modified_at", "modified", "date"])
    {
        match super::date(&written) {
            Some(date) => draft.updated = date,
            None => draft.mended.push(format!("updated: `{written}` is no date as YYYY-MM-DD")),
        }
    }
    Ok(())
}

/// From front matter that cannot be read: what keeps an article from being shown to the wrong people.
fn salvage(yaml: &str, draft: &mut Draft) -> Result<(), Reading> {
    let is = |key: &str, words: &[&str]| {
        front_matter::salvage(yaml, key).is_some_and(|v| words.iter().any(|w| v.to_lowercase().starts_with(w)))
    };
    if is("draft", &["true", "yes", "on", "1"]) || is("published", &["false", "no", "off", "0"]) {
        return Err(Reading::Unpublished("a draft".into()));
    }
    match front_matter::salvage(yaml, "audience") {
        Some(name) if name.is_empty() || name.starts_with(['[', '{', '|', '>', '&', '*']) => {
            Err(Reading::Skipped("the front matter cannot be read, and so not who may read the article".into()))
        }
        Some(name) => {
            draft.audience = Some(super::audience(&name));
            Ok(())
        }
        None => Ok(()),
    }
}

/// CommonMark from what generators add to it, and how many template tags were left out.
fn plain_markdown(body: &str) -> (String, u32) {
    let mut out = String::with_capacity(body.len() + 64);
    let mut tags = 0;
    let mut fence: Option<String> = None;
    let mut open_containers = 0_u32;
    // The indented text of a `!!! note`: its indent.
    let mut indented: Option<usize> = None;
    for line in body.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some(own) = indented
            && !text.is_empty()
            && indent < own + 4
            && fence.is_none()
        {
            out.push_str("\n</div>\n\n");
            indented = None;
        }
        let line = match indented {
            Some(own) => line.get(own + 4..).filter(|_| indent >= own + 4).unwrap_or(text),
            None => line,
        };
        let marker: String = text.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        match &fence {
            Some(open) => {
                if marker.starts_with(open.as_str()) && text.trim_end() == marker {
                    fence = None;
                }
                push_line(line, &mut out);
                continue;
            }
            None if marker.len() >= 3 => {
                fence = Some(marker);
                push_line(line, &mut out);
                continue;
            }
            None => {}
        }
        if let Some(rest) = text.strip_prefix(":::").map(|r| r.trim_start_matches(':').trim()) {
            if rest.is_empty() && open_containers > 0 {
                open_containers -= 1;
                out.push_str("\n</div>\n\n");
                continue;
            }
            if let Some((kind, title)) = container(rest) {
                open_containers += 1;
                open_note(kind, &title, &mut out);
                continue;
            }
        }
        if let Some(rest) =
            text.strip_prefix("!!!").or_else(|| text.strip_prefix("???")).map(|r| r.trim_start_matches('+').trim())
            && let Some((kind, title)) = container(rest)
        {
            if indented.is_some() {
                out.push_str("\n</div>\n\n");
            }
            indented = Some(indent);
            open_note(kind, &title, &mut out);
            continue;
        }
        if matches!(
            text.trim_end().to_ascii_lowercase().as_str(),
            "[toc]" | "[[toc]]" | "[[_toc_]]" | "{:toc}" | "{: toc}"
        ) {
            continue;
        }
        // Four columns in is code.
        if indent < 4 {
            push_line(&without_tags(line, &mut tags), &mut out);
        } else {
            push_line(line, &mut out);
        }
    }
    for _ in 0..open_containers + u32::from(indented.is_some()) {
        out.push_str("\n</div>\n");
    }
    (out, tags)
}

fn push_line(line: &str, out: &mut String) {
    out.push_str(line);
    out.push('\n');
}

fn open_note(kind: &str, title: &str, out: &mut String) {
    // The blank lines end the raw HTML, so that what follows is Markdown again.
    if kind == "details" {
        out.push_str("\n<div>\n\n");
    } else {
        out.push_str("\n<div class=\"note\">\n\n");
    }
    if !title.is_empty() {
        out.push_str("**");
        out.push_str(title);
        out.push_str("**\n\n");
    }
}

/// The kind and the title of `note`, `tip Title`, `warning[Title]`, `note "Title"`; `None` for other words.
fn container(rest: &str) -> Option<(&'static str, String)> {
    const KINDS: [&str; 17] = [
        "note",
        "tip",
        "info",
        "warning",
        "danger",
        "caution",
        "important",
        "hint",
        "details",
        "abstract",
        "success",
        "question",
        "failure",
        "bug",
        "example",
        "quote",
        "attention",
    ];
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (word, title) = rest.split_at_checked(end)?;
    let kind = KINDS.iter().find(|k| word.eq_ignore_ascii_case(k))?;
    let title = title.split('{').next().unwrap_or_default();
    Some((kind, title.trim().trim_matches(['"', '[', ']', '\'']).trim().to_owned()))
}

/// Takes `{{< … >}}`, `{{% … %}}`, `{% … %}` and `{: … }` out of a line, code spans excepted.
fn without_tags(line: &str, tags: &mut u32) -> String {
    const PAIRS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{: ", "}")];
    if !line.contains('{') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    let mut in_code = false;
    while let Some(c) = rest.chars().next() {
        let found = PAIRS.iter().filter(|_| !in_code).find_map(|(open, close)| {
            let inner = rest.strip_prefix(open)?;
            inner.get(inner.find(close)? + close.len()..)
        });
        if let Some(after) = found {
            *tags += 1;
            rest = after;
            continue;
        }
        in_code ^= c == '`';
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use svar_index::article::{Block, Inline};

    fn article(text: &str) -> Draft {
        match read(text) {
            Reading::Article(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    fn t(s: &str) -> Inline {
        Inline::Text(s.into())
    }

    fn p(s: &str) -> Block {
        Block::Paragraph(vec![t(s)])
    }

    #[test]
    fn front_matter_is_applied() {
        let draft = article(
            "---\ntitle: 'Wifi: så'\nlang: SV\nid: wifi\naliases: [a, b]\nkeywords: x, y z\nauthor: Kim\nupdated: 2026-03-05\naudience: Staff\nurl: https://a.se/w\ndescription: d\n---\n# Wifi: så\n\nText",
        );
        assert_eq!(draft.stated_title.as_deref(), Some("Wifi: så"));
        assert_eq!(draft.content.title.as_deref(), Some("Wifi: så"));
        assert_eq!(draft.lang.as_deref(), Some("sv"));
        assert_eq!((draft.id.as_deref(), draft.audience.as_deref()), (Some("wifi"), Some("staff")));
        assert_eq!((draft.aliases.join("|"), draft.keywords.join("|")), ("a|b".into(), "x|y z".into()));
        assert_eq!(
            (draft.updated.as_str(), draft.author.as_str(), draft.url.as_deref()),
            ("2026-03-05", "Kim", Some("https://a.se/w"))
        );
        assert_eq!(draft.content.blocks, [p("Text")]);
    }

    #[test]
    fn broken_front_matter_is_told_and_never_opens_an_article() {
        let draft = article("---\ntitle: Wifi: så\naudience: staff\n---\n# Wifi\n");
        assert_eq!(draft.mended.len(), 1);
        assert!(draft.mended[0].contains("line 2"), "{:?}", draft.mended);
        assert_eq!(draft.audience.as_deref(), Some("staff"));
        for text in [
            "---\na: b: c\naudience: [x]\n---\nText",
            "---\naudience: [x, y]\n---\nText",
            "---\naudience: x\nText",
            "---\na: b: c\ndraft: true\n---\nT",
            "---\ndraft: yes\n---\nT",
            "---\npublished: false\n---\nT",
        ] {
            assert!(!matches!(read(text), Reading::Article(_)), "{text}");
        }
    }

    #[test]
    fn blocks_of_markdown() {
        let draft = article(
            "# T\n\n## Så här {#how}\n\n1. Ett\n2. Två\n\n> **Obs!** Vänta.\n\n> [!TIP]\n> Bra.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] klar\n- [ ] kvar\n\n## Åter igen\n\n## Åter igen\n\n~~gammalt~~\n",
        );
        let expected = vec![
            Block::Heading { level: 2, anchor: "how".into(), content: vec![t("Så här")] },
            Block::List { ordered: true, start: 1, items: vec![vec![p("Ett")], vec![p("Två")]] },
            Block::Note(vec![Block::Paragraph(vec![Inline::Strong(vec![t("Obs!")]), t(" Vänta.")])]),
            Block::Note(vec![p("Bra.")]),
            Block::Table {
                caption: vec![],
                rows: vec![
                    vec![(true, vec![t("a")]), (true, vec![t("b")])],
                    vec![(false, vec![t("1")]), (false, vec![t("2")])],
                ],
            },
            Block::List { ordered: false, start: 1, items: vec![vec![p("☑ klar")], vec![p("☐ kvar")]] },
            Block::Heading { level: 2, anchor: "åter-igen".into(), content: vec![t("Åter igen")] },
            Block::Heading { level: 2, anchor: "åter-igen-1".into(), content: vec![t("Åter igen")] },
            p("gammalt"),
        ];
        assert_eq!(draft.content.blocks, expected);
    }

    #[test]
    fn notes_of_generators() {
        let note = |blocks: Vec<Block>| Block::Note(blocks);
        let strong = |s: &str| Block::Paragraph(vec![Inline::Strong(vec![t(s)])]);
        for (text, expected) in [
            (
                ":::note\nSpara *först*.\n:::\nEfter",
                vec![
                    note(vec![Block::Paragraph(vec![t("Spara "), Inline::Emphasis(vec![t("först")]), t(".")])]),
                    p("Efter"),
                ],
            ),
            (":::tip[Bra]\nx\n:::", vec![note(vec![strong("Bra"), p("x")])]),
            (
                "!!! warning \"Varning\"\n    x\n\n    y\nEfter",
                vec![note(vec![strong("Varning"), p("x"), p("y")]), p("Efter")],
            ),
            (":::unknown\nx", vec![p(":::unknown x")]),
            ("```\n:::note\n```", vec![Block::Code(":::note".into())]),
            ("[TOC]\n\nx", vec![p("x")]),
        ] {
            assert_eq!(article(text).content.blocks, expected, "{text}");
        }
    }

    #[test]
    fn template_tags_are_counted() {
        let draft = article("{{< note >}}Hej{{< /note >}}\n\n`{% raw %}` {% if x %}då");
        assert_eq!(draft.mended, ["3 template tags left out"]);
        assert_eq!(
            draft.content.blocks,
            [p("Hej"), Block::Paragraph(vec![Inline::Code("{% raw %}".into()), t(" då")])]
        );
    }

    #[test]
    fn raw_html_meets_the_allow_list() {
        let draft = article(
            "<details><summary>Mer</summary>\n\n**x**\n\n</details>\n\n<script>alert(1)</script>\n\n<iframe src=x></iframe>\n\n<b onclick=x>fet</b>",
        );
        let expected = vec![
            Block::Details(vec![t("Mer")], vec![Block::Paragraph(vec![Inline::Strong(vec![t("x")])])]),
            Block::Paragraph(vec![Inline::Strong(vec![t("fet")])]),
        ];
        assert_eq!(draft.content.blocks, expected);
        assert_eq!(draft.content.left_out.get("iframe"), Some(&1));
    }
}
