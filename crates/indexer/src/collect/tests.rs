//! Folders and what is collected from them.

use super::*;
use proptest::prelude::*;
use svar_index::article::{Inline, sections};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn get(files: &[(&str, &str)], options: &SourceOptions) -> Collected {
    collect(folder(files).path(), options).unwrap()
}

fn sv() -> SourceOptions {
    SourceOptions { default_lang: Some("SV".into()), ..SourceOptions::default() }
}

fn notes(collected: &Collected) -> Vec<String> {
    collected.notes.iter().map(|n| format!("{}: {}", n.file, n.reason)).collect()
}

fn keys(collected: &Collected) -> Vec<String> {
    collected.articles.keys().map(|a| format!("{}/{}/{}", a.audience, a.lang, a.id)).collect()
}

fn links(article: &Article) -> Vec<String> {
    fn inlines(content: &[Inline], out: &mut Vec<String>) {
        for inline in content {
            match inline {
                Inline::Link { href, content } => {
                    out.push(href.clone());
                    inlines(content, out);
                }
                Inline::Strong(c) | Inline::Emphasis(c) => inlines(c, out),
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    for block in &article.body {
        if let Block::Paragraph(c) = block {
            inlines(c, &mut out);
        }
    }
    out
}

#[test]
fn ids_languages_and_audiences() {
    let collected = get(
        &[
            ("index.md", "# Start\n\nx"),
            ("sv/router.md", "# Router\n\nx"),
            ("en/router.md", "# Router\n\nx"),
            ("en/index.html", "<html lang=en-GB><main><h1>Home</h1>x</main>"),
            ("en/faq/index.md", "# F\n\nx"),
            ("en/b.md", "---\nid: bill\nlang: de\n---\n# B\n\nx"),
            ("sv/staff/_svar.yaml", "audience: staff"),
            ("sv/staff/c.md", "# C\n\nx"),
            ("sv/staff/d.md", "---\naudience: public\n---\n# D\n\nx"),
        ],
        &sv(),
    );
    assert_eq!(
        keys(&collected),
        [
            "/de/bill",
            "/en/faq",
            "/en/router",
            "/en-gb/en",
            "/sv/index",
            "/sv/router",
            "/sv/staff/d",
            "staff/sv/staff/c"
        ]
    );
    assert_eq!(collected.files_seen, 8);
    assert_eq!(notes(&collected), Vec::<String>::new());
    // A lone folder that could be a language is not, where the owner states one.
    assert_eq!(
        keys(&get(&[("it/a.md", "# A\n\nx"), ("hr/b.md", "# B\n\nx"), ("c.md", "# C\n\nx")], &sv())),
        ["/sv/c", "/sv/hr/b", "/sv/it/a"]
    );
    assert_eq!(
        keys(&get(&[("en/a.md", "# A\n\nx"), ("b.md", "# B\n\nx")], &SourceOptions::default())),
        ["/en/a", "/und/b"]
    );
}

#[test]
fn duplicates_name_both_files() {
    let collected = get(
        &[
            ("a.html", "<main><h1>A</h1>first"),
            ("a.md", "# A\n\nsecond"),
            ("b.md", "---\nid: a\n---\n# B\n\n[x](a.md)"),
            ("c.md", "# C\n\n[b](b.md)"),
        ],
        &sv(),
    );
    assert_eq!(keys(&collected), ["/sv/a", "/sv/c"]);
    assert_eq!(notes(&collected), ["a.md: the id `a` is taken by a.html", "b.md: the id `a` is taken by a.html"]);
    assert_eq!(links(&collected.articles.all().unwrap()[1]), ["article:a"]);
}

#[test]
fn titles_from_where_they_are() {
    let page = |title: &str, body: &str| format!("<title>{title}</title><main>{body}</main>");
    let collected = get(
        &[
            ("a.html", &page("Wifi | Acme", "<p>x")),
            ("b.html", &page("Faktura | Acme", "<h2>Faktura</h2><p>x")),
            ("c.html", &page("Annat | Acme", "<h1>Rubriken</h1><p>x")),
            ("d.html", "<meta property='og:title' content='Från og'><main>x"),
            ("e-f_g.html", "<main>x"),
            ("h.md", "---\ntitle: Stated\n---\n# Own heading\n\nx"),
            ("i.md", "---\ntitle: Same\n---\n# Same!\n\nx"),
            ("j.md", "# *Bold* title\n\n## Next"),
        ],
        &sv(),
    );
    let articles = collected.articles.all().unwrap();
    let titles: Vec<_> = articles.iter().map(|a| a.title.as_str()).collect();
    assert_eq!(titles, ["Wifi", "Faktura", "Rubriken", "Från og", "E f g", "Stated", "Same", "Bold title"]);
    let body = |at: usize| {
        sections(&articles[at].body).into_iter().map(|s| format!("{}:{}", s.heading, s.text)).collect::<Vec<_>>()
    };
    assert_eq!(body(1), [":x"]);
    assert_eq!(body(5), ["Own heading:x"]);
    assert_eq!(body(6), [":x"]);
    assert_eq!(notes(&collected), ["e-f_g.html: no title: the file's name is used"]);
}

#[test]
fn a_heading_that_all_pages_share_is_the_site() {
    let page =
        |title: &str| format!("<title>{title}</title><div><h1>Acme hjälp</h1><h2>{title}</h2><p>text om {title}</div>");
    let collected = get(&[("a.html", &page("Wifi")), ("b.html", &page("Faktura")), ("c.html", &page("Tv"))], &sv());
    let articles = collected.articles.all().unwrap();
    let titles: Vec<_> = articles.iter().map(|a| a.title.as_str()).collect();
    assert_eq!(titles, ["Wifi", "Faktura", "Tv"]);
}

#[test]
fn addresses() {
    let files = [
        (
            "a.html",
            "<link rel=canonical href='https://x.se/a/'><main><h1>A</h1><p><a href='b.html'>b</a> <a href='https://x.se/a'>a</a>",
        ),
        ("b.html", "<main><h1>B</h1><p><a href='https://x.se/a/#x'>a</a> <a href=å.md>å</a>"),
        ("å.md", "---\nurl: /own\n---\n# Å\n\n[b](b)"),
    ];
    let collected = get(&files, &sv());
    let articles = collected.articles.all().unwrap();
    let urls: Vec<_> = articles.iter().map(|a| a.url.as_str()).collect();
    assert_eq!(urls, ["https://x.se/a/", "help/sv.html#b", "/own"]);
    assert_eq!(links(&articles[0]), ["article:b", "article:a"]);
    assert_eq!(links(&articles[1]), ["article:a", "article:å"]);
    let options = SourceOptions { base_url: Some("https://help.se/docs".into()), ..sv() };
    let collected = get(&files, &options);
    let articles = collected.articles.all().unwrap();
    let urls: Vec<_> = articles.iter().map(|a| a.url.as_str()).collect();
    assert_eq!(urls, ["https://x.se/a/", "https://help.se/docs/b.html", "https://help.se/own"]);
    let collected = get(&[("mapp/å ä.md", "# x\n\ny")], &options);
    let articles = collected.articles.all().unwrap();
    assert_eq!(articles[0].url, "https://help.se/docs/mapp/%C3%A5%20%C3%A4.html");
}

#[test]
fn broken_links_and_pictures_keep_their_words() {
    let collected = get(
        &[
            ("a.md", "# A\n\nse [den här](gone.md) och ![bild](gone.png)\n\n![ensam](b.svg)\n\n[kod](javascript:x)"),
            ("b.svg", "<svg/>"),
            ("d.md", "---\ndraft: true\n---\n# D"),
        ],
        &sv(),
    );
    let articles = collected.articles.all().unwrap();
    let body = &articles[0].body;
    assert_eq!(body[0], Block::Paragraph(vec![Inline::Text("se den här och bild".into())]));
    let Block::Image(image) = &body[1] else { panic!("{body:?}") };
    assert!(image.src.starts_with("media/b-") && image.src.ends_with(".svg"), "{}", image.src);
    assert_eq!(collected.assets.len(), 1);
    assert_eq!(
        notes(&collected),
        [
            "a.md: broken link: gone.md",
            "a.md: link left out: javascript: is not allowed (javascript:x)",
            "a.md: picture not found: gone.png",
            "d.md: draft: true"
        ]
    );
}

#[test]
fn aliases_never_hide_an_article() {
    let collected = get(
        &[
            ("a.md", "---\naliases: [b, /old/path/, c.html, a]\n---\n# A\n\nx"),
            ("b.md", "---\naliases: c\n---\n# B\n\nx"),
        ],
        &sv(),
    );
    let articles = collected.articles.all().unwrap();
    assert_eq!(articles[0].aliases, ["old/path", "c"]);
    assert!(articles[1].aliases.is_empty());
    assert_eq!(notes(&collected).len(), 2);
}

#[test]
fn errors_say_what_to_do() {
    let check = |files: &[(&str, &str)], options: &SourceOptions, words: &[&str]| {
        let error = collect(folder(files).path(), options).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{word}: {error}");
        }
    };
    check(&[("a.txt", "x"), ("b.pdf", "y")], &sv(), &[".html", ".md", "saw 0 of them among 2 files", "site generator"]);
    check(&[("a.md", "---\ndraft: true\n---\nx")], &sv(), &["saw 1 of them", "a.md: draft: true"]);
    let with = |selector: Option<&str>, lang: Option<&str>, base: Option<&str>| SourceOptions {
        content_selector: selector.map(Into::into),
        default_lang: lang.map(Into::into),
        base_url: base.map(Into::into),
        ..SourceOptions::default()
    };
    check(&[("a.md", "x")], &with(Some("#a["), None, None), &["`#a[`", "CSS selector"]);
    check(&[("a.md", "x")], &with(None, Some("svenska"), None), &["`svenska`"]);
    check(&[("a.md", "x")], &with(None, None, Some("help.se")), &["`help.se`", "https://"]);
    check(&[("a.md", "x")], &with(None, None, Some("ftp://help.se")), &["neither http"]);
    let error = collect(Path::new("/nowhere/at/all"), &sv()).unwrap_err().to_string();
    assert!(error.contains("/nowhere/at/all"), "{error}");
}

#[test]
fn the_same_folder_gives_the_same_answer() {
    let mut files: Vec<(String, String)> = Vec::new();
    for n in 0..60 {
        files.push((
            format!("d{}/p{n}.md", n % 7),
            format!("# T{n}\n\n[x](../d{}/p{}.md) [y](gone{n})\n\n![i](i.png)", (n + 1) % 7, n + 1),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let dir = folder(&files);
    let first = collect(dir.path(), &sv()).unwrap();
    let articles = first.articles.all().unwrap();
    for _ in 0..3 {
        let again = collect(dir.path(), &sv()).unwrap();
        assert_eq!(again.articles.all().unwrap(), articles);
        assert_eq!((again.notes, again.assets), (first.notes.clone(), first.assets.clone()));
    }
    assert!(articles.is_sorted_by_key(|a| &a.id));
}

/// HTML-like soup: words, tags and attributes in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zåäö <>&\"'=/#\\-]{0,12}",
        prop::sample::select(vec![
            "<div class=note>",
            "</div>",
            "<p>",
            "<ul>",
            "<li>",
            "</ul>",
            "<ol start=99999999999>",
            "<dl>",
            "<dt>",
            "<dd>",
            "<table>",
            "<tr>",
            "<td>",
            "<th>",
            "<details>",
            "<summary>",
            "<h1>",
            "<h2 id=' '>",
            "</h2>",
            "<a href='#x'>",
            "<a href='//'>",
            "</a>",
            "<b>",
            "<code>",
            "<pre>",
            "<br>",
            "<hr>",
            "<img src=x>",
            "<img src='data:,x' alt=y>",
            "<blockquote>",
            "<svg>",
            "<math>",
            "<template>",
            "<form>",
            "<main>",
            "<!--",
            "-->",
            "<kbd>",
            "<input type=checkbox disabled>",
            "<base href='https://['>",
            "<link rel=canonical href='%%%'>",
            "\n\n",
            "# ",
            "> ",
            "- ",
            "1. ",
            "```\n",
            "| a |\n|---|\n",
            ":::note\n",
            "!!! tip\n    ",
            "{{<",
            ">}}",
            "---\n",
            "title: x\n",
            "[^1]",
            "[x](y)",
            "&nbsp;",
            "\u{0}",
            "\u{2028}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics_on_any_page(text in soup()) {
        html::read(&text, None);
        html::read(&html::expand_empty_elements(&text), None);
        markdown::read(&text);
        markdown::read(&format!("---\n{text}"));
    }

    #[test]
    fn nothing_panics_on_any_string(text in "\\PC*") {
        html::read(&text, None);
        markdown::read(&text);
        decode::decode(text.as_bytes(), true);
    }

    #[test]
    fn any_folder_gives_whole_articles(text in soup(), other in soup()) {
        let dir = folder(&[("a.md", &text), ("b.html", &other), ("c.md", "# Alltid\n\nnågot")]);
        let collected = collect(dir.path(), &sv()).unwrap();
        for article in collected.articles.all().unwrap() {
            prop_assert!(!article.title.is_empty() && !article.id.is_empty() && !article.url.is_empty());
        }
        let mut deployment = crate::Deployment::begin(&dir.path().join("out"), &[]).unwrap();
        crate::plain_pages(&collected.articles, &mut deployment).unwrap();
    }
}

#[test]
fn synonyms_are_found_and_are_no_article() {
    let files = [("a.md", "# A\n\nx"), ("synonyms.txt", "\u{feff}lur => mobil\nonly\n"), ("sub/synonyms.txt", "x, y")];
    let collected = get(&files, &sv());
    assert_eq!((collected.articles.len(), collected.files_seen), (1, 1));
    let synonyms = collected.synonyms.as_ref().unwrap();
    assert_eq!((synonyms.name(), synonyms.lines()), ("synonyms.txt", 1));
    let noted = notes(&collected);
    assert_eq!(noted.len(), 1);
    assert!(noted[0].starts_with("synonyms.txt: expected several words") && noted[0].contains("(line 2)"), "{noted:?}");
    assert_eq!(get(&files[..1], &sv()).synonyms, None);
    assert_eq!(get(&[("a.md", "# A\n\nx"), ("synonyms.txt/b.md", "# B\n\nx")], &sv()).synonyms, None);
}

#[test]
fn named_synonyms_take_the_place_of_those_found() {
    let dir = folder(&[("help/a.md", "# A\n\nx"), ("help/synonyms.txt", "a, b")]);
    fs::write(dir.path().join("own.txt"), b"r\xe4kning, faktura").unwrap();
    let named = |name: &str| SourceOptions { synonyms: Some(dir.path().join(name)), ..sv() };
    let collected = collect(&dir.path().join("help"), &named("own.txt")).unwrap();
    let synonyms = collected.synonyms.as_ref().unwrap();
    assert_eq!(synonyms.synonyms().0.first().map(|s| s.asked.as_str()), Some("räkning"));
    assert!(synonyms.name().ends_with("own.txt"));
    assert!(notes(&collected)[0].contains("read as windows-1252"));
    let missing = collect(&dir.path().join("help"), &named("none.txt")).unwrap_err();
    assert!(missing.to_string().starts_with("expected a text file of synonyms at "), "{missing}");
    assert!(std::error::Error::source(&missing).is_some());
    assert!(collect(&dir.path().join("help"), &named("help")).is_err(), "a folder is no file");
}

#[test]
fn later_notes_come_to_the_others_of_their_file() {
    let mut collected = get(&[("z.md", "x"), ("synonyms.txt", "a\n")], &sv());
    let more = |n: usize| Note { file: "synonyms.txt".into(), kind: NoteKind::Mended, reason: format!("more {n}") };
    collected.add_notes((0..30).map(more).collect());
    let files: Vec<&str> = collected.notes.iter().map(|n| n.file.as_str()).collect();
    assert_eq!(files.iter().filter(|f| **f == "synonyms.txt").count(), 21);
    assert_eq!(files.last(), Some(&"z.md"));
    assert!(collected.notes[20].reason == "more of the same");
}
