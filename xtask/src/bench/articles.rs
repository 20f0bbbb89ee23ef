//! Help centres as large as one wants, out of real text: what `scale` builds and `engine` asks as its second corpus.
//!
//! A page is a title and five paragraphs of LibreOffice's English help, drawn by chance that is the same on every machine.
//! A paragraph is 50 words in a row of one page; a title is a page's with a number behind. So words are as frequent as in
//! real text, and every word stands in more pages the more pages there are; words do not stay together as in real pages, and
//! no more words than LibreOffice's come up. Questions are LibreOffice's own (`libreoffice`).
//!
//! ```text
//! out/bench/articles-N/pages/000/000000.html …
//! out/bench/articles-N/questions.jsonl
//! out/bench/articles-N/made.txt
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::forms::Form;
use super::laid::Laid;
use super::seed::Chance;

/// The set that text, titles and questions are of.
const SET: &str = "libreoffice-en";

/// Words of a paragraph and paragraphs of a page: some 250 words, a usual help page.
const WORDS: usize = 50;
const PARAGRAPHS: usize = 5;

/// Pages of a folder.
const TOGETHER: usize = 1000;

/// Part of what says whether pages that lie there are these: to be changed with how they are made.
const REVISION: u32 = 1;

/// Where so many articles lie, made unless they are. `svar` is the command.
pub fn ensure(count: usize, svar: &Path) -> Result<PathBuf> {
    let source = Laid::ensure(SET, usize::MAX, svar)?;
    let folder = Path::new("out/bench").join(format!("articles-{count}"));
    let made = format!("{count} articles, revision {REVISION}, of {}\n", source.origin);
    if std::fs::read_to_string(folder.join("made.txt")).is_ok_and(|found| found == made) {
        return Ok(folder);
    }
    println!("making {count} articles");
    let failed = || format!("could not write into {}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(failed)?;
    }
    let records = source.folder().join("corpus.jsonl");
    let text = std::fs::read_to_string(&records).with_context(|| format!("could not read {}", records.display()))?;
    let text = Text::of(&text).with_context(|| format!("in {}", records.display()))?;
    for number in 0..count {
        let part = folder.join("pages").join(format!("{:03}", number / TOGETHER));
        if number % TOGETHER == 0 {
            std::fs::create_dir_all(&part).with_context(failed)?;
        }
        std::fs::write(part.join(format!("{number:06}.html")), text.page(number)).with_context(failed)?;
    }
    let mut questions = String::new();
    for question in source.asked.iter().filter(|one| one.form == Form::Typed) {
        writeln!(questions, "{}", serde_json::json!({ "id": question.id, "text": question.text }))?;
    }
    std::fs::write(folder.join("questions.jsonl"), questions).with_context(failed)?;
    // Last: without it what lies there counts as not made.
    std::fs::write(folder.join("made.txt"), made).with_context(failed)?;
    Ok(folder)
}

/// What pages are made of.
struct Text {
    titles: Vec<String>,
    paragraphs: Vec<String>,
}

/// A page as `laid` writes it for MiniSearch.
#[derive(Deserialize)]
struct Record {
    title: String,
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    text: String,
}

impl Text {
    fn of(records: &str) -> Result<Text> {
        let mut text = Text { titles: Vec::new(), paragraphs: Vec::new() };
        for line in records.lines() {
            let record: Record = serde_json::from_str(line)?;
            let words: Vec<&str> = record.sections.iter().flat_map(|s| s.text.split_whitespace()).collect();
            text.paragraphs.extend(words.chunks_exact(WORDS).map(|words| words.join(" ")));
            text.titles.push(record.title);
        }
        if text.paragraphs.is_empty() {
            bail!("expected pages of {WORDS} words or more, found none");
        }
        Ok(text)
    }

    /// The page of that number.
    fn page(&self, number: usize) -> String {
        let mut chance = Chance::of(&["article", &number.to_string()]);
        let mut drawn = |all: &[String]| chance.one_of(all).map(|text| escaped(text)).unwrap_or_default();
        let title = format!("{} {number}", drawn(&self.titles));
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<main>\n<h1>{title}</h1>\n"
        );
        for _ in 0..PARAGRAPHS {
            page += &format!("<p>{}</p>\n", drawn(&self.paragraphs));
        }
        page + "</main>\n"
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Text {
        let record = |title: &str, word: &str, count: usize| {
            let text = vec![word; count].join(" ");
            serde_json::json!({ "title": title, "sections": [{ "text": text }] }).to_string()
        };
        Text::of(&[record("A & B", "one", 120), record("C", "two", 49), record("D", "<3", 50)].join("\n"))
            .expect("read")
    }

    #[test]
    fn paragraphs_have_so_many_words_and_rests_are_left_out() {
        let text = text();
        assert_eq!(text.titles, ["A & B", "C", "D"]);
        assert_eq!(text.paragraphs.len(), 3);
        assert!(text.paragraphs.iter().all(|paragraph| paragraph.split(' ').count() == WORDS));
        assert!(Text::of("").is_err());
    }

    #[test]
    fn a_page_is_the_same_every_time_and_others_are_others() {
        let page = text().page(7);
        assert_eq!(page, text().page(7));
        assert_eq!(page.matches("<p>").count(), PARAGRAPHS);
        assert!(page.contains(" 7</h1>") && !page.contains("<3"), "{page}");
        let pages: std::collections::HashSet<String> = (0..20).map(|number| text().page(number)).collect();
        assert_eq!(pages.len(), 20);
    }
}
