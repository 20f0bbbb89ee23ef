//! Components rendered natively: what a screen reader and a keyboard rely on is in the markup of each state.

#![allow(clippy::unwrap_used)]

use std::rc::Rc;
use svar_index::article::{Block, Image, Inline};
use svar_outcome::{Reason, Solved};
use svar_search::{Match, Passage, Span};
use svar_session::*;
use svar_widget::components::panel::{Props, panel};
use svar_widget::copy::Copy;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
struct Shown {
    view: View,
}

#[component]
fn Page(shown: &Shown) -> Html {
    let copy = Copy::parse(include_str!("../src/copy/sv.txt"));
    let (dialog, send) = (NodeRef::default(), Callback::noop());
    panel(&Props {
        view: &shown.view,
        copy: &copy,
        lang: "sv",
        base: "/svar/",
        plain: "/svar/help/sv.html",
        dialog: &dialog,
        send: &send,
    })
}

fn view(screen: Screen) -> View {
    let contact = ContactView { href: "mailto:a@b.example".into(), question: String::new(), read: vec![] };
    View {
        query: "fakura".into(),
        screen,
        contact: Some(contact),
        announcement: Announcement::Silence,
        ask: None,
        offline: false,
    }
}

async fn html(view: View) -> String {
    yew::LocalServerRenderer::<Page>::with_props(Shown { view }).hydratable(false).render().await
}

fn results(items: Vec<ResultView>) -> Screen {
    let total = items.len() as u32;
    let results = Results {
        items: Rc::new(items),
        total,
        corrected: Some("faktura".into()),
        matched: Match::Fuzzy,
        incomplete: false,
        slow: false,
        trouble: None,
    };
    Screen::Results(Rc::new(results), Some(0))
}

#[tokio::test]
async fn results_are_a_listbox_that_the_combobox_points_at() {
    let passage = Passage {
        heading: "Avgifter".into(),
        text: "Din <b>faktura</b> visar".into(),
        spans: vec![Span { start: 7, end: 14 }],
        cut_after: true,
        ..Passage::default()
    };
    let item = ResultView {
        article: 0,
        id: "a".into(),
        score: 7,
        title: "Läs din faktura".into(),
        title_spans: vec![Span { start: 9, end: 16 }],
        passage: Some(passage),
    };
    let page = html(view(results(vec![item]))).await;
    for part in [
        r#"role="combobox""#,
        r#"aria-expanded="true""#,
        r#"aria-controls="results""#,
        r#"aria-activedescendant="result-0""#,
        r#"id="results""#,
        r#"role="option""#,
        r#"aria-selected="true""#,
        "Läs din <mark>faktura</mark>",
        "&lt;b&gt;<mark>faktura</mark>&lt;/b&gt;",
        "Visar resultat för ”faktura”",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("style="));
}

#[tokio::test]
async fn nothing_found_is_said_with_advice_and_the_way_to_a_person() {
    let page = html(View { announcement: Announcement::NothingFound, ..view(results(vec![])) }).await;
    assert!(
        page.contains("Inget hittades") && page.contains(r#"aria-expanded="false""#) && !page.contains("aria-controls"),
        "{page}"
    );
    assert!(page.contains(r#"role="status">Inget hittades."#) || page.contains("Inget hittades. Prova"), "{page}");
    assert!(page.contains(r#"href="mailto:a@b.example""#));
}

#[tokio::test]
async fn an_article_has_every_kind_of_block_and_the_question() {
    let text = |s: &str| vec![Inline::Text(s.into())];
    let body = vec![
        Block::Heading { level: 2, anchor: "hur".into(), content: text("Hur") },
        Block::Paragraph(vec![
            Inline::Strong(text("viktigt")),
            Inline::Link { href: "article:b#c".into(), content: text("annan") },
            Inline::Link { href: "https://x.example/".into(), content: text("ute") },
            Inline::Key("Enter".into()),
        ]),
        Block::List { ordered: true, start: 3, items: vec![vec![Block::Paragraph(text("tre"))]] },
        Block::Table { caption: text("Priser"), rows: vec![vec![(true, text("A"))], vec![(false, text("1"))]] },
        Block::Note(vec![Block::Paragraph(text("Obs"))]),
        Block::Image(Image { src: "media/x.svg".into(), alt: "En bild".into(), width: 10, height: 0 }),
        Block::Definitions(vec![(text("ord"), vec![Block::Paragraph(text("mening"))])]),
        Block::Details(text("mer"), vec![Block::Code("ls".into())]),
        Block::Rule,
    ];
    let article = ArticleView {
        id: "a".into(),
        title: "Titel".into(),
        url: "help/sv.html#a".into(),
        lang: "sv".into(),
        updated: "2026-09-14".into(),
        anchor: String::new(),
        body: Body::Ready(Rc::new(body)),
        ask: AskView { answer: Some(Solved::NotSolved), reason: Some(Reason::Wrong), prompt: 1 },
    };
    let page = html(view(Screen::Article(Rc::new(article)))).await;
    for part in [
        r#"data-anchor="hur""#,
        r#"href="/svar/help/sv.html#b""#,
        r#"href="https://x.example/""#,
        "<kbd>Enter</kbd>",
        r#"start="3""#,
        "<caption>Priser</caption>",
        r#"scope="col""#,
        r#"class="note""#,
        r#"src="/svar/media/x.svg""#,
        r#"alt="En bild""#,
        "<dt>ord</dt>",
        "<summary>mer</summary>",
        "Löste det ditt problem?",
        r#"aria-pressed="true""#,
        "Uppdaterad 2026-09-14",
        "Vad var det som inte stämde?",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("style="));
}

#[tokio::test]
async fn each_trouble_says_what_happened_and_what_to_do() {
    for (trouble, words) in [
        (Trouble::Offline, "Du är inte uppkopplad"),
        (Trouble::Missing, "Hjälpen kan inte hämtas"),
        (Trouble::Damaged, "Hjälpen gick inte att läsa"),
        (Trouble::Version, "Hjälpen har just uppdaterats"),
    ] {
        let page = html(view(Screen::Failed(trouble))).await;
        assert!(page.contains(words) && page.contains("Försök igen") && page.contains("/svar/help/sv.html"), "{page}");
    }
}
