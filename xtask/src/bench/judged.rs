//! Our own set: the example help centre, with questions judged by hand in `tests/relevance/LANG.tsv`.
//!
//! ```text
//! # a comment
//! id TAB kind TAB question TAB article ids between spaces, best first; grade 2 unless written ID:1
//! ```
//!
//! The pages are the articles of the plain page that `svar build` writes, so that every engine gets the text that svar
//! understood, with the keywords of their front matter.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use scraper::{Html, Selector};

use super::page::Page;
use super::set::{Part, Question, Set};
use crate::{corpus, process};

const ARTICLES: &str = "examples/help";
const BUILT: &str = "out/bench/examples";

/// Pages and questions.
pub fn load(name: &str, language: &str, svar: &Path, limit: usize) -> Result<Set> {
    process::output(Command::new(svar).args(["build", ARTICLES, "--out", BUILT, "--quiet"]))?;
    let file = Path::new(BUILT).join(format!("svar/help/{language}.html"));
    let plain = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    let pages = articles(&plain, &keywords(language)?)?;
    let file = format!("tests/relevance/{language}.tsv");
    let judged = std::fs::read_to_string(&file).with_context(|| format!("could not read {file}"))?;
    let known = |id: &str| pages.iter().any(|page| page.id == id);
    let mut questions = Vec::new();
    for (number, line) in (1..).zip(judged.lines()) {
        if !line.trim().is_empty() && !line.starts_with('#') {
            questions.push(question(line, known).with_context(|| format!("{file}:{number}"))?);
        }
    }
    questions.truncate(limit);
    let origin = format!("{ARTICLES}/{language}");
    Ok(Set { name: name.to_owned(), language: language.to_owned(), origin, pages, questions })
}

fn question(line: &str, known: impl Fn(&str) -> bool) -> Result<Question> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [id, kind, text, answers] = columns[..] else {
        bail!("expected id, kind, question and article ids between tabs, found {} columns", columns.len());
    };
    let mut grades = BTreeMap::new();
    for answer in answers.split_whitespace() {
        let (article, grade) = match answer.split_once(':') {
            None => (answer, 2),
            Some((article, "1")) => (article, 1),
            Some((article, "2")) => (article, 2),
            Some((_, grade)) => bail!("expected a grade of 1 or 2, found `{grade}`"),
        };
        if !known(article) {
            bail!("expected the id of a public article below {ARTICLES}, found `{article}`");
        }
        grades.insert(article.to_owned(), grade);
    }
    if grades.is_empty() {
        bail!("expected an article that answers the question, found none");
    }
    Ok(Question { id: id.to_owned(), text: text.to_owned(), part: Part::Judged, kind: Some(kind.to_owned()), grades })
}

/// The articles of a plain page, whose headings lie one level lower than in the article.
fn articles(plain: &str, keywords: &HashMap<String, String>) -> Result<Vec<Page>> {
    let document = Html::parse_document(&without_ends(plain));
    let selector = Selector::parse("main > article[id]").map_err(|error| anyhow::anyhow!("{error}"))?;
    let page = |article: scraper::ElementRef<'_>| {
        let id = article.value().id()?;
        let keywords = keywords.get(id).map(String::as_str).unwrap_or_default();
        Page::of(id, id.to_owned(), keywords, article, 1)
    };
    let pages: Vec<Page> = document.select(&selector).filter_map(page).collect();
    if pages.is_empty() {
        bail!("expected `main > article[id]` on the plain page, found none: has crates/indexer/src/plain.rs changed?");
    }
    Ok(pages)
}

/// The plain page without the line below each article, which says when it changed and leads to the top.
fn without_ends(plain: &str) -> String {
    let mut parts = plain.split("<p class=\"end\">");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.filter_map(|part| Some(part.split_once("</p>")?.1)).fold(first, |text, part| text + part)
}

/// What the articles' front matter lists as keywords, by article.
fn keywords(language: &str) -> Result<HashMap<String, String>> {
    let folder = Path::new(ARTICLES).join(language);
    let mut all = HashMap::new();
    for file in corpus::files(&folder, "md")? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let stated = |key: &str| front_matter(&text, key).map(str::to_owned);
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let list = stated("keywords").unwrap_or_default();
        all.insert(stated("id").unwrap_or(stem), list.trim_matches(['[', ']']).to_owned());
    }
    for file in corpus::files(&folder, "html")? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let document = Html::parse_document(&text);
        let meta = |name: &str| {
            let selector = Selector::parse(&format!("meta[name='{name}']")).ok()?;
            Some(document.select(&selector).next()?.value().attr("content")?.to_owned())
        };
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        all.insert(meta("svar:id").unwrap_or(stem), meta("keywords").unwrap_or_default());
    }
    Ok(all)
}

/// A value of one line.
fn front_matter<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (matter, _) = text.strip_prefix("---\n")?.split_once("\n---")?;
    let value = matter.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    Some(value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judged_lines_are_read() {
        let read = |line: &str| question(line, |id| matches!(id, "router" | "wifi"));
        let question = read("7\tsymptom\tinget internet\trouter wifi:1").expect("well formed");
        assert_eq!(question.text, "inget internet");
        assert_eq!(question.kind.as_deref(), Some("symptom"));
        assert_eq!(question.grades, BTreeMap::from([("router".to_owned(), 2), ("wifi".to_owned(), 1)]));
        for bad in ["7\tsymptom\tinget internet", "7\tx\ty\tmodem", "7\tx\ty\trouter:3", "7\tx\ty\t"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_article_of_the_plain_page_is_a_page() {
        let plain = "<main id=articles><article id=router><h2>The router</h2><h3>Lights</h3><p>Red.</p>\
                     <p class=\"end\">Updated · <a href=#contents>To the contents</a></p></article></main>";
        let keywords = HashMap::from([("router".to_owned(), "modem".to_owned())]);
        let pages = articles(plain, &keywords).expect("an article");
        let [page] = &pages[..] else { panic!("one page") };
        assert_eq!((page.id.as_str(), page.title.as_str(), page.keywords.as_str()), ("router", "The router", "modem"));
        assert_eq!((page.sections[1].level, page.sections[1].heading.as_str()), (2, "Lights"));
        assert_eq!(page.lines().collect::<Vec<_>>(), ["Red."]);
    }

    #[test]
    fn front_matter_is_read_by_line() {
        let text = "---\ntitle: X\nkeywords: [a, b c]\n---\nkeywords: no";
        assert_eq!(front_matter(text, "keywords"), Some("[a, b c]"));
        assert_eq!(front_matter(text, "id"), None);
    }
}
