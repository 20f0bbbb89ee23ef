//! Questions asked of a small Swedish help centre: what is found, how, and what is shown.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use svar_index::article::{Block, Inline};
use svar_index::{Article, FileKind, Index, IndexFile, Manifest, Policy, Synonyms, write, write_prepared};
use svar_search::{Answer, Match, Options, PREPARED_HITS, highlight, passage, prepare, search};

const ARTICLES: [(&str, &str, &str); 7] = [
    (
        "anstand",
        "Få längre tid att betala",
        "Du kan flytta fakturans förfallodag högst fjorton dagar. Logga in och välj Flytta förfallodag vid den faktura det gäller.",
    ),
    (
        "aterbetalning",
        "Återbetalning och tillgodohavande",
        "Har du betalat för mycket får du pengarna tillbaka. Återbetalningen kommer inom tio dagar.",
    ),
    (
        "flytt",
        "När du flyttar",
        "Anmäl flytten senast fjorton dagar innan. Ditt elavtal följer med till den nya adressen.",
    ),
    (
        "router",
        "Starta om routern",
        "Dra ur sladden, vänta i tio sekunder och sätt i den igen. Lampan ska lysa grönt. Visar den E-104 saknas signal.",
    ),
    (
        "wifi",
        "Byt lösenord på ditt wifi",
        "Öppna inställningarna för routern. Nätverkets namn och lösenord står under Trådlöst.",
    ),
    (
        "avbrott",
        "Ersättning vid strömavbrott",
        "Varar avbrottet längre än tolv timmar får du ersättning utan att begära det.",
    ),
    (
        "klagomal",
        "Om du inte är nöjd",
        "Berätta vad som hänt. Konsumentverket och Allmänna reklamationsnämnden hjälper dig vidare.",
    ),
];

fn articles() -> Vec<Article> {
    let one = |&(id, title, text): &(&str, &str, &str)| Article {
        id: id.into(),
        lang: "sv".into(),
        title: title.into(),
        url: format!("{id}.html"),
        body: vec![
            Block::Paragraph(vec![Inline::Text(text.into())]),
            Block::Heading {
                level: 2,
                anchor: "kontakt".into(),
                content: vec![Inline::Text("Behöver du hjälp?".into())],
            },
            Block::Paragraph(vec![Inline::Text("Ring kundservice på vardagar.".into())]),
        ],
        ..Article::default()
    };
    ARTICLES.iter().map(one).collect()
}

fn bytes(files: &[IndexFile], name: &str) -> Arc<[u8]> {
    files.iter().find(|f| f.name == name).unwrap().bytes.clone().into()
}

fn open(files: &[IndexFile]) -> Index {
    let core = Manifest::open(bytes(files, "manifest.bin")).unwrap().languages[0].core;
    Index::open(bytes(files, &core.name()), core).unwrap()
}

fn whole() -> Index {
    open(&write(&articles(), &Policy::default()).unwrap())
}

fn first(index: &Index, answer: &Answer) -> String {
    answer.hits.first().and_then(|h| index.entry(h.article)).map(|e| e.id.clone()).unwrap_or_default()
}

#[test]
fn finds_what_is_meant_in_the_way_it_is_typed() {
    let index = whole();
    for (question, id, matched) in [
        ("förfallodag", "anstand", Match::Exact),
        ("flytta fakturan", "anstand", Match::Exact),
        ("router", "router", Match::Exact),
        ("routern", "router", Match::Exact),
        ("förfal", "anstand", Match::Prefix),
        ("fakura", "anstand", Match::Fuzzy),
        ("faktrua", "anstand", Match::Fuzzy),
        ("aterbetalning", "aterbetalning", Match::Fuzzy),
        ("återbet", "aterbetalning", Match::Prefix),
        ("E-104", "router", Match::Exact),
        ("e104", "router", Match::Exact),
        ("hur gör jag när jag flyttar", "flytt", Match::Exact),
        ("ersättning avbrott helikopter", "avbrott", Match::Fallback),
        ("xyzzyx", "", Match::None),
        ("?!", "", Match::None),
        ("", "", Match::None),
    ] {
        let answer = search(&index, question, &Options::default());
        assert_eq!(
            (first(&index, &answer).as_str(), answer.matched),
            (id, matched),
            "{question}: {:?}",
            answer.hits.first()
        );
        assert!(answer.needs.is_empty());
    }
}

#[test]
fn every_hit_has_a_reason_and_scores_fall() {
    let index = whole();
    for question in ["flytta faktura router lösenord", "a", "du", "ring kundservice"] {
        let answer = search(&index, question, &Options::default());
        assert!(!answer.hits.is_empty(), "{question}");
        assert!(answer.hits.iter().all(|h| !h.reasons.is_empty() && h.score > 0));
        assert!(answer.hits.is_sorted_by(|a, b| (b.score, a.article) <= (a.score, b.article)));
    }
}

#[test]
fn a_correction_is_said_and_the_passage_answers() {
    let index = whole();
    let answer = search(&index, "byta lösneord på wifi", &Options::default());
    assert_eq!(first(&index, &answer), "wifi");
    assert_eq!(answer.corrected.as_deref(), Some("byta lösenord på wifi"));
    let article = answer.hits[0].article;
    let shown = passage(&index, &answer, article, &index.body(article).unwrap().unwrap());
    assert!(shown.text.contains("namn och lösenord"), "{shown:?}");
    let marked: Vec<&str> = shown.spans.iter().map(|s| &shown.text[s.start..s.end]).collect();
    assert!(marked.contains(&"lösenord"), "{marked:?}");
    let title = &index.entry(article).unwrap().title;
    let marked: Vec<&str> = highlight(&answer, title).iter().map(|s| &title[s.start..s.end]).collect();
    assert_eq!(marked, ["Byt", "lösenord", "wifi"]);
}

#[test]
fn shards_are_asked_for_and_change_nothing_but_completeness() {
    let files = write(
        &articles(),
        &Policy { whole_bytes: 0, term_shard_bytes: 150, text_shard_bytes: 150, entries_per_shard: 2, inside_bytes: 0 },
    )
    .unwrap();
    let whole = whole();
    for question in ["förfallodag", "fakura", "aterbetalning", "rout", "hur gör jag när jag flyttar"] {
        let mut index = open(&files);
        let mut rounds = 0;
        let answer = loop {
            let answer = search(&index, question, &Options::default());
            if answer.needs.is_empty() {
                break answer;
            }
            rounds += 1;
            assert!(rounds < 5, "{question}");
            for file in answer.needs.iter().rev() {
                index.attach(bytes(&files, &file.name()), *file).unwrap();
            }
        };
        let expected = search(&whole, question, &Options::default());
        assert_eq!(answer.hits, expected.hits, "{question}");
        assert!(rounds > 0);
    }
}

#[test]
fn a_few_letters_and_irregular_forms_do_not_ask_for_all_that_begins_alike() {
    // Of these three letters there are some fifty shards.
    let many: String = (0..200u32).map(|i| format!("men{}{} ", char::from(b'a' + (i % 26) as u8), i * 7919)).collect();
    let article = |id: &str, title: &str, text: &str| Article {
        id: id.into(),
        lang: "en".into(),
        title: title.into(),
        body: vec![Block::Paragraph(vec![Inline::Text(text.into())])],
        ..Article::default()
    };
    let articles = [
        article("a", "Lists", &many),
        article("b", "A mouse at the door", "The mouse is a visitor."),
        article("c", "Two mice at the door", "The mice are visitors."),
        article("d", "Invoices", "How an invoice is paid."),
    ];
    let policy =
        Policy { whole_bytes: 0, term_shard_bytes: 20, text_shard_bytes: 150, entries_per_shard: 2, inside_bytes: 0 };
    let files = write(&articles, &policy).unwrap();
    let complete = |question: &str| {
        let (mut index, mut asked) = (open(&files), 0);
        loop {
            let answer = search(&index, question, &Options::default());
            if answer.needs.is_empty() {
                let ids: Vec<String> = articles.iter().map(|a| a.id.clone()).collect();
                let hits = answer.hits.iter().map(|hit| ids[hit.article as usize].clone()).collect::<Vec<_>>();
                return (hits.join(" "), asked);
            }
            asked += answer.needs.len();
            for file in &answer.needs {
                index.attach(bytes(&files, &file.name()), *file).unwrap();
            }
        }
    };
    assert!(open(&files).shards_of_prefix("men").len() > 30);
    // `men` alone has 50; `mice` becomes `mouse`, with which it shares a letter.
    for (question, expected, most) in [("mice ", "c b", 12), ("invoice men", "d", 12), ("invoice mena", "d a", 12)] {
        let (hits, asked) = complete(question);
        assert_eq!(hits, expected, "{question}");
        assert!(asked <= most, "{question}: {asked} shards");
    }
    // Alone, the same letters are all that there is to go by.
    assert!(complete("men").1 > 30);
}

#[test]
fn one_and_two_letters_are_answered_from_one_small_file_as_the_search_would() {
    let policy =
        Policy { whole_bytes: 0, term_shard_bytes: 20, text_shard_bytes: 150, entries_per_shard: 2, inside_bytes: 0 };
    let files = write_prepared(&articles(), &Synonyms::default(), &policy, &prepare, &|_, _| ()).unwrap();
    let mut complete = open(&files);
    for file in complete.files().collect::<Vec<_>>() {
        complete.attach(bytes(&files, &file.name()), file).unwrap();
    }
    let mut compared = 0;
    for question in ["f", "F", "å", "a", "ä", "fa", "få", "re", "rå", "n", "be", "ö", "o", "i", "1", "f ", "qx", ""]
    {
        let mut index = open(&files);
        let first = search(&index, question, &Options::default());
        for file in first.needs.iter().filter(|f| f.kind == FileKind::Prepared) {
            assert_eq!(first.needs.len(), 1, "{question}");
            index.attach(bytes(&files, &file.name()), *file).unwrap();
        }
        let answer = search(&index, question, &Options::default());
        if !answer.needs.is_empty() {
            continue; // Not prepared: its shards are few.
        }
        let expected = search(&complete, question, &Options { limit: PREPARED_HITS, prepared: false });
        assert_eq!(
            (answer.hits, answer.total, answer.matched),
            (expected.hits, expected.total, expected.matched),
            "{question}"
        );
        compared += usize::from(answer.total > 0);
    }
    assert!(compared > 4, "{compared}");
}

proptest::proptest! {
    #[test]
    fn no_question_panics(question in "\\PC{0,60}") {
        let index = whole();
        let answer = search(&index, &question, &Options::default());
        for hit in &answer.hits {
            proptest::prop_assert!(!hit.reasons.is_empty());
            let shown = passage(&index, &answer, hit.article, &index.body(hit.article).unwrap().unwrap());
            for span in shown.spans {
                proptest::prop_assert!(shown.text.get(span.start..span.end).is_some());
            }
        }
    }
}
