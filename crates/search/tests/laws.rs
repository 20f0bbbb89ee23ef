//! What holds for every question, asked of a small Swedish help centre with compounds, synonyms and long articles.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use svar_analysis::{TokenKind, tokens};
use svar_index::article::{Block, Inline};
use svar_index::{Article, Index, IndexFile, Manifest, Policy, Synonym, Synonyms, write_with};
use svar_search::explain::From;
use svar_search::question::words;
use svar_search::{Answer, Explanation, Options, explain, search};

/// Ids with titles, keywords and sections; `##` begins one.
const ARTICLES: [(&str, &str, &str, &str); 12] = [
    (
        "anstand",
        "Få längre tid att betala",
        "anstånd uppskov",
        "Du kan flytta fakturans förfallodag högst fjorton dagar. ## Så gör du Logga in och välj Flytta förfallodag vid den \
         faktura det gäller. ## Kostnad Det kostar ingenting. Betalar du ändå för sent tar vi ut en påminnelseavgift.",
    ),
    (
        "faktura",
        "Läs din faktura",
        "",
        "Fakturan visar elnätsavgift, elhandel och moms. Fakturanummer och kundnummer står överst. ## Fakturaadress Ändra \
         fakturaadressen under Mina uppgifter. ## Betalningssätt Betala med autogiro, e-faktura eller Swish.",
    ),
    (
        "flytt",
        "När du flyttar",
        "",
        "Anmäl flytten senast fjorton dagar innan. Ditt elavtal följer med till den nya adressen. ## Flyttanmälan Fyll i \
         flyttanmälan med din nya adress, inflyttningsdag och lägenhetsnummer. ## Bredband Fiber finns inte överallt: \
         kontrollera leveransadressen innan du flyttar bredbandsabonnemanget.",
    ),
    (
        "router",
        "Starta om routern",
        "omstart",
        "Dra ur sladden, vänta i tio sekunder och sätt i den igen. Lampan ska lysa grönt. ## Felkoder Visar den E-104 saknas \
         signal. Visar den ERR_CONN_503 är servern upptagen. ## Fabriksåterställning Håll in knappen i tio sekunder. Då \
         försvinner nätverksnamnet och lösenordet som du har valt, och du får börja om från början med installationen.",
    ),
    (
        "wifi",
        "Byt lösenord på ditt wi-fi",
        "",
        "Öppna inställningarna för routern. Nätverkets namn och lösenord står under Trådlöst. ## Bättre täckning Ställ routern \
         fritt och högt. En wifi-förstärkare hjälper i stora hus.",
    ),
    (
        "avbrott",
        "Ersättning vid strömavbrott",
        "",
        "Varar avbrottet längre än tolv timmar får du ersättning utan att begära det. ## Avbrottskarta Kartan visar pågående \
         avbrott och planerade arbeten. Felanmälan tas emot dygnet runt, 24/7.",
    ),
    (
        "leverans",
        "Spåra din leverans",
        "",
        "Spårningsnumret kommer med sms. Paketet ligger kvar hos ombudet i fjorton dagar. ## Ombud Byt ombud så länge \
         leveransen inte har gått iväg.",
    ),
    (
        "skrivare",
        "Anslut en skrivare",
        "",
        "Skrivaren ansluts med en skrivarkabel eller trådlöst. ## Kabel Använd en kabel som är kortare än tre meter.",
    ),
    (
        "resa",
        "Reskostnadsersättning för tekniker",
        "",
        "Teknikerns resa ersätts enligt taxan. Kostnaden dras från fakturan. ## Bok Skriv upp resan i boken; gamla böcker \
         sparas i tio år.",
    ),
    (
        "far",
        "Fullmakt för far eller mor",
        "fullmakt",
        "Med fullmakt får du tala med oss i din fars ställe. ## Blankett Ladda ner fullmaktsblanketten och skriv under.",
    ),
    (
        "klagomal",
        "Om du inte är nöjd",
        "",
        "Berätta vad som hänt. Konsumentverket och Allmänna reklamationsnämnden hjälper dig vidare. ## Reklamation Reklamera \
         varan inom tre år.",
    ),
    // Long enough for several zones.
    (
        "uppsagning",
        "Säg upp ditt avtal",
        "uppsägning",
        "Bredbandet har en månads uppsägningstid. Elavtalet följer sin egen avtalstid. Säg upp avtalet på Mina sidor eller \
         hos kundservice. Vi bekräftar uppsägningen med ett brev eller med e-post till den adress som du har angett. ## \
         Bindningstid Har avtalet bindningstid betalar du månadsavgiften till den är slut. Flyttar du till en adress där vi \
         inte kan leverera, eller till någon som redan är kund hos oss, slipper du betala den tid som är kvar. ## Utrustning \
         Skicka tillbaka routern och tv-boxen inom fjorton dagar. Packa ner sladd och kabel i samma paket. Returfrakten \
         betalar vi. Kommer utrustningen inte tillbaka får du en faktura på vad den kostar. ## Slutfaktura Slutfakturan \
         kommer ungefär sex veckor efter sista dagen. Har du betalat för mycket får du pengarna tillbaka på ditt konto. ## \
         Ångerrätt Har du köpt på telefon eller på nätet får du ångra dig inom fjorton dagar utan att säga varför.",
    ),
];

const SYNONYMS: [(&str, &str); 7] = [
    ("räkning", "faktura"),
    ("internet", "bredband"),
    ("modem", "router"),
    ("skjuta upp", "flytta förfallodag"),
    ("trasig sladd", "kabel"),
    ("post nummer", "adress"),
    ("slippa ur", "säg upp"),
];

fn article(&(id, title, keywords, text): &(&str, &str, &str, &str)) -> Article {
    let mut body = Vec::new();
    for (number, section) in text.split("## ").enumerate() {
        let (heading, text) = if number > 0 { section.split_once(' ').unwrap() } else { ("", section) };
        if number > 0 {
            let content = vec![Inline::Text(heading.into())];
            body.push(Block::Heading { level: 2, anchor: heading.to_lowercase(), content });
        }
        body.push(Block::Paragraph(vec![Inline::Text(text.into())]));
    }
    Article {
        id: id.into(),
        lang: "sv".into(),
        title: title.into(),
        keywords: keywords.split_whitespace().map(str::to_owned).collect(),
        body,
        ..Article::default()
    }
}

fn files(policy: &Policy) -> Vec<IndexFile> {
    let articles: Vec<Article> = ARTICLES.iter().map(article).collect();
    let synonym =
        |(asked, meant): (&str, &str)| Synonym { lang: "sv".into(), asked: asked.into(), meant: meant.into() };
    write_with(&articles, &Synonyms(SYNONYMS.map(synonym).into()), policy).unwrap()
}

fn bytes(files: &[IndexFile], name: &str) -> Arc<[u8]> {
    files.iter().find(|f| f.name == name).unwrap().bytes.clone().into()
}

fn open(files: &[IndexFile]) -> Index {
    let core = Manifest::open(bytes(files, "manifest.bin")).unwrap().languages[0].core;
    Index::open(bytes(files, &core.name()), core).unwrap()
}

static WHOLE: LazyLock<Index> = LazyLock::new(|| open(&files(&Policy::default())));
static CUT: LazyLock<Vec<IndexFile>> = LazyLock::new(|| {
    files(&Policy {
        whole_bytes: 0,
        term_shard_bytes: 150,
        text_shard_bytes: 150,
        entries_per_shard: 2,
        inside_bytes: 0,
    })
});

/// Every word that stands in an article, without the fillers.
static VOCABULARY: LazyLock<Vec<String>> = LazyLock::new(|| {
    let texts = ARTICLES.iter().flat_map(|(_, title, keywords, text)| [title, keywords, text]);
    let mut words: Vec<String> = texts.flat_map(|text| tokens(text)).map(|t| t.term).collect();
    words.retain(|word| !WHOLE.is_filler(word));
    words.sort();
    words.dedup();
    words
});

/// The answer of an index in many files that has got those it asked for, and no others.
fn search_cut(question: &str, options: &Options) -> Answer {
    search_in(&mut open(&CUT), question, options)
}

fn search_in(index: &mut Index, question: &str, options: &Options) -> Answer {
    for _ in 0..10 {
        let answer = search(index, question, options);
        if answer.needs.is_empty() {
            return answer;
        }
        for file in &answer.needs {
            index.attach(bytes(&CUT, &file.name()), *file).unwrap();
        }
    }
    panic!("{question:?} needs files without end");
}

const ALL: Options = Options { limit: usize::MAX, prepared: false };

fn known_word() -> impl Strategy<Value = String> {
    (0..VOCABULARY.len()).prop_map(|i| VOCABULARY[i].clone())
}

/// A word with one edit, at the first letter every third time.
fn typo() -> impl Strategy<Value = String> {
    (known_word(), 0..3usize, any::<prop::sample::Index>(), 0..4, prop::sample::select(vec!['a', 'e', 'k', 's', 'ö']))
        .prop_map(|(word, first, at, edit, letter)| {
            let mut letters: Vec<char> = word.chars().collect();
            let at = if first == 0 { 0 } else { at.index(letters.len()) };
            match edit {
                0 => letters.insert(at, letter),
                1 => drop(letters.remove(at)),
                2 => letters[at] = letter,
                _ if at + 1 < letters.len() => letters.swap(at, at + 1),
                _ => {}
            }
            letters.into_iter().collect()
        })
}

/// A word as customers type it: whole, cut short, misspelt, without marks, in two, tied to another, or not one at all.
fn typed_word() -> impl Strategy<Value = String> {
    let part = |word: &str, at: prop::sample::Index| -> (String, String) {
        let letters: Vec<char> = word.chars().collect();
        let (head, tail) = letters.split_at(at.index(letters.len() + 1));
        (head.iter().collect(), tail.iter().collect())
    };
    let fillers = vec!["hur", "jag", "få", "får", "och", "min", "till", "vad"];
    let synonyms = SYNONYMS.map(|(asked, _)| asked.to_owned()).to_vec();
    prop_oneof![
        4 => known_word(),
        4 => typo(),
        1 => (typo(), any::<prop::sample::Index>()).prop_map(move |(word, at)| part(&word, at).0),
        2 => (known_word(), any::<prop::sample::Index>()).prop_map(move |(word, at)| part(&word, at).0),
        2 => (known_word(), any::<prop::sample::Index>()).prop_map(move |(word, at)| {
            let (head, tail) = part(&word, at);
            format!("{head} {tail}")
        }),
        2 => (known_word(), prop::sample::select(vec!["", "s", "-"]), known_word()).prop_map(|(a, link, b)| a + link + &b),
        2 => known_word().prop_map(|word| svar_analysis::strip_marks(&word)),
        2 => prop::sample::select(synonyms),
        2 => prop::sample::select(fillers).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["E104", "e 104", "503", "24/7", "wi fi", "WIFI", "C++"]).prop_map(str::to_owned),
        1 => "[a-zåäö]{1,9}",
        1 => "\\PC{0,8}",
    ]
}

/// A question: a few words, finished or not.
fn question() -> impl Strategy<Value = String> {
    (prop::collection::vec(typed_word(), 0..6), prop::sample::select(vec!["", "", " ", "?"]))
        .prop_map(|(words, end)| words.join(" ") + end)
}

/// A question of words that the help centre knows, finished.
fn finished(words: &[String]) -> String {
    words.iter().map(|word| format!("{word} ")).collect()
}

fn score(answer: &Answer, article: u32) -> u32 {
    answer.hits.iter().find(|hit| hit.article == article).map_or(0, |hit| hit.score)
}

/// The first number in the tree that its parts do not come to.
fn wrong_sum(node: &Explanation) -> Option<&Explanation> {
    let wrong = node.computed() != node.value || (node.from == From::Itself) != node.parts.is_empty();
    if wrong { Some(node) } else { node.parts.iter().find_map(wrong_sum) }
}

#[test]
fn the_help_centre_is_varied() {
    let index = open(&CUT);
    assert!(VOCABULARY.len() > 200 && index.files().count() > 10, "{} {}", VOCABULARY.len(), index.files().count());
    for (question, id) in [("räkning", "anstand"), ("skjuta upp", "anstand"), ("adressbok", "resa")] {
        let answer = search_cut(question, &ALL);
        let ids: Vec<&str> = answer.hits.iter().map(|h| WHOLE.entry(h.article).map_or("", |e| e.id.as_str())).collect();
        assert!(ids.contains(&id), "{question}: {ids:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A hit says why, with words of the question, and its score is what its reasons say.
    #[test]
    fn every_score_has_its_reasons(question in question()) {
        let answer = search(&WHOLE, &question, &ALL);
        let known = |term: &str| WHOLE.term_shard(0).is_some_and(|s| s.lookup(term).is_some());
        let words = words(&question, &|term| WHOLE.is_filler(term), &known);
        prop_assert_eq!(answer.total as usize, answer.hits.len());
        for hit in &answer.hits {
            prop_assert!(!hit.reasons.is_empty());
            let sum: u32 = hit.reasons.iter().map(|r| r.score).sum();
            prop_assert_eq!(sum + hit.closeness + hit.title + hit.pieces, hit.score, "{:?}", hit);
            for reason in &hit.reasons {
                prop_assert!(words.iter().any(|w| w.term == reason.word), "{reason:?}");
                prop_assert!(reason.score > 0 && !reason.term.is_empty(), "{reason:?}");
            }
        }
        prop_assert!(answer.hits.is_sorted_by(|a, b| (b.score, a.article) < (a.score, b.article)));
    }

    /// What explains a score is that score, in every branch.
    #[test]
    fn explanations_add_up(question in question()) {
        let answer = search(&WHOLE, &question, &ALL);
        for hit in &answer.hits {
            let tree = explain(&WHOLE, &answer, hit);
            prop_assert_eq!(tree.value, hit.score);
            prop_assert!(wrong_sum(&tree).is_none(), "{:?} in {:?}", wrong_sum(&tree), tree);
        }
    }

    /// A word more never costs an article anything. Of filler words alone none is one, hence a word of substance in both;
    /// marks say for the whole question whether plain letters are meant as such, hence in both or in none.
    #[test]
    fn a_word_more_never_lowers_an_article((a, b) in fewer_and_more()) {
        let (fewer, more) = (finished(&a), finished(&a) + &finished(&b));
        let (before, after) = (search(&WHOLE, &fewer, &ALL), search(&WHOLE, &more, &ALL));
        for hit in &before.hits {
            let now = score(&after, hit.article);
            let id = &WHOLE.entry(hit.article).unwrap().id;
            prop_assert!(now >= hit.score, "{id}: {} for {fewer:?}, {now} for {more:?}", hit.score);
        }
    }

    /// How an index is cut into files is nobody's business.
    #[test]
    fn whole_and_cut_answer_alike(question in question()) {
        let (whole, cut) = (search(&WHOLE, &question, &ALL), search_cut(&question, &ALL));
        prop_assert_eq!(&whole.hits, &cut.hits);
        prop_assert_eq!(whole.corrected, cut.corrected);
        prop_assert_eq!((whole.matched, whole.total), (cut.matched, cut.total));
    }

    /// What was asked before, and how much of it was kept, is nobody's business either.
    #[test]
    fn eviction_changes_no_answer(questions in prop::collection::vec((question(), 0..3000usize), 1..6)) {
        let mut index = open(&CUT);
        for (question, keep) in questions {
            index.evict(keep);
            let answer = search_in(&mut index, &question, &ALL);
            prop_assert_eq!(answer.hits, search_cut(&question, &ALL).hits, "{} keeping {}", question, keep);
        }
    }

    /// A word that the help centre lacks takes nothing away and moves nothing.
    #[test]
    fn a_word_that_nobody_knows_changes_no_order(
        asked in prop::collection::vec(typed_known(), 0..4),
        last in known_word(),
        unknown in "[qwxz]{3,9}",
        at_the_end in any::<bool>(),
    ) {
        prop_assume!(search(&WHOLE, &unknown, &ALL).hits.is_empty());
        let known = finished(&asked) + &finished(&[last]);
        let more = if at_the_end { format!("{known}{unknown} ") } else { format!("{unknown} {known}") };
        let (before, after) = (search(&WHOLE, &known, &ALL), search(&WHOLE, &more, &ALL));
        prop_assert!(!before.hits.is_empty());
        prop_assert_eq!(&before.hits, &after.hits, "{:?} {:?}", known, more);
    }
}

/// A word that is known, a filler word or what the owner has a synonym for.
fn typed_known() -> impl Strategy<Value = String> {
    let words = |texts: Vec<&'static str>| prop::sample::select(texts).prop_map(str::to_owned);
    let synonyms = SYNONYMS.iter().flat_map(|(asked, _)| asked.split(' ')).collect();
    prop_oneof![6 => known_word(), 1 => words(vec!["hur", "jag", "min", "till"]), 1 => words(synonyms)]
}

/// Words, at least one of substance, and words to add. Either the first has a mark or none has.
fn fewer_and_more() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let list = |fewest| prop::collection::vec(typed_known(), fewest..4);
    (any::<bool>(), known_word(), list(0), list(1)).prop_map(|(marks, first, mut a, mut b)| {
        let plain = |words: &mut Vec<String>| words.iter_mut().for_each(|w| *w = svar_analysis::strip_marks(w));
        a.insert(0, if marks { "förfallodag".into() } else { svar_analysis::strip_marks(&first) });
        if !marks {
            plain(&mut a);
            plain(&mut b);
        }
        (a, b)
    })
}

#[test]
fn tokens_of_the_vocabulary_are_words() {
    // `finished` must ask for just these words: none of them may fall apart.
    for word in VOCABULARY.iter() {
        let read = tokens(word);
        assert!(read.len() == 1 && read[0].kind == TokenKind::Word && read[0].term == *word, "{word}");
    }
}
