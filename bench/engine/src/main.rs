//! What `cargo xtask bench engine` and `scale` run natively beside criterion. Results go to stdout, as JSON.
//!
//! ```text
//! svar-bench-engine lay FOLDER             FOLDER/engine/: the index, the cases and the questions for a browser
//! svar-bench-engine spread FOLDER          how long each question of FOLDER takes, in milliseconds
//! svar-bench-engine cold INDEX QUESTIONS   what a question of the file loads of the index folder, in the median
//! svar-bench-engine cuts FOLDER            the same of FOLDER's index, cut into smaller files and into larger ones
//! svar-bench-engine changes FOLDER         what changes of FOLDER's index with one of its articles
//! ```

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use svar_bench_engine::{cases, cold, laid};
use svar_index::article::Block;
use svar_index::{Article, Policy};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["lay", folder] => lay(Path::new(folder)),
        ["spread", folder] => spread(Path::new(folder)),
        ["cold", index, questions] => ask_cold(Path::new(index), Path::new(questions)),
        ["cuts", folder] => cuts(Path::new(folder)),
        ["changes", folder] => changes(Path::new(folder)),
        _ => bail!(
            "expected `lay FOLDER`, `spread FOLDER`, `cold INDEX QUESTIONS`, `cuts FOLDER` or `changes FOLDER`, found `{}`",
            arguments.join(" ")
        ),
    }
}

/// The folder's index with its cases beside it.
fn lay(folder: &Path) -> Result<()> {
    let goal = folder.join("engine");
    let index = goal.join("index");
    let failed = || format!("could not write into {}", goal.display());
    if goal.exists() {
        std::fs::remove_dir_all(&goal).with_context(failed)?;
    }
    std::fs::create_dir_all(&index).with_context(failed)?;
    let files = laid::build(folder)?;
    for file in &files {
        std::fs::write(index.join(&file.name), &file.bytes).with_context(failed)?;
    }
    let questions = laid::questions(&folder.join("questions.jsonl"))?;
    let mut library = laid::library(files)?;
    library.attach_missing()?;
    let cases = cases::find(&library, &questions);
    std::fs::write(goal.join("cases.json"), serde_json::to_string_pretty(&cases)?).with_context(failed)?;
    println!("{}", json!({ "articles": library.index.len(), "files": library.index.files().count() }));
    Ok(())
}

/// Times that a question is asked; the shortest counts.
const ROUNDS: usize = 3;

fn spread(folder: &Path) -> Result<()> {
    let questions = laid::questions(&folder.join("questions.jsonl"))?;
    let mut library = laid::read(&folder.join("engine/index"))?;
    library.attach_missing()?;
    let mut all = Vec::new();
    for question in &questions {
        let mut least = f64::MAX;
        for _ in 0..ROUNDS {
            let began = Instant::now();
            std::hint::black_box(library.search(&question.text));
            least = least.min(began.elapsed().as_secs_f64() * 1e3);
        }
        all.push(least);
    }
    println!("{}", serde_json::to_string(&all)?);
    Ok(())
}

fn ask_cold(index: &Path, questions: &Path) -> Result<()> {
    let mut library = laid::read(index)?;
    let questions: Vec<String> = laid::questions(questions)?.into_iter().map(|question| question.text).collect();
    let all = cold::ask(&mut library, &questions)?;
    println!("{}", serde_json::to_string(&cold::median(&all))?);
    Ok(())
}

/// Bytes of a shard of terms, articles of one of entries and bytes of one of texts. The first are what `svar build` takes.
const CUTS: [(usize, usize, usize); 5] =
    [(6_000, 48, 48_000), (4_000, 48, 48_000), (9_000, 48, 48_000), (9_000, 96, 96_000), (14_000, 96, 96_000)];

/// Questions of a kind that are asked.
const ASKED: usize = 100;

fn cuts(folder: &Path) -> Result<()> {
    let questions = laid::questions(&folder.join("questions.jsonl"))?;
    let of_words = |words: usize| -> Vec<String> {
        let typed = questions.iter().filter(|question| question.id.starts_with("typed/")).map(|q| q.text.as_str());
        typed.filter(|text| text.split(' ').count() == words).take(ASKED).map(str::to_owned).collect()
    };
    let (one, three) = (of_words(1), of_words(3));
    let articles = laid::articles(folder)?;
    let mut all = Vec::new();
    for (term_shard_bytes, entries_per_shard, text_shard_bytes) in CUTS {
        let policy = Policy { term_shard_bytes, entries_per_shard, text_shard_bytes, ..Policy::default() };
        let files = laid::index_of(&articles, &policy)?;
        let count = files.len();
        let mut library = laid::library(files)?;
        let [one, three] =
            [&one, &three].map(|questions| cold::ask(&mut library, questions).map(|all| cold::median(&all)));
        all.push(json!({
            "terms": term_shard_bytes,
            "entries": entries_per_shard,
            "texts": text_shard_bytes,
            "files": count,
            "one": one?,
            "three": three?,
        }));
    }
    println!("{}", serde_json::to_string(&all)?);
    Ok(())
}

/// What somebody who has everything loads again after an article was edited, added or deleted.
fn changes(folder: &Path) -> Result<()> {
    let mut articles = laid::articles(folder)?;
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    let files = |articles: &[Article]| -> Result<HashMap<String, Vec<u8>>> {
        let files = laid::index_of(articles, &Policy::default())?;
        Ok(files.into_iter().map(|file| (file.name, file.bytes)).collect())
    };
    let before = files(&articles)?;
    let middle = articles.len() / 2;
    let Some(one) = articles.get(middle).cloned() else { bail!("expected pages in {}, found none", folder.display()) };
    // Its neighbour's text, so that a new article is like the others.
    let neighbour = articles.get(middle + 1).map(|article| article.body.clone()).unwrap_or_default();
    let new = |id: String| Article { title: format!("{} 2", one.title), body: neighbour.clone(), id, ..one.clone() };
    let mut edited = articles.clone();
    if let Some(article) = edited.get_mut(middle) {
        article.body.extend(neighbour.iter().find(|block| matches!(block, Block::Paragraph(_))).cloned());
    }
    let with = |article: Article| [articles.as_slice(), &[article]].concat();
    let deleted = articles.iter().filter(|article| article.id != one.id).cloned().collect();
    let cases: [(&str, Vec<Article>); 4] = [
        ("a paragraph more in one", edited),
        ("a new one, the last by its id", with(new("zzzz".to_owned()))),
        ("a new one, in the middle", with(new(format!("{}-2", one.id)))),
        ("one deleted, in the middle", deleted),
    ];
    let mut all = Vec::new();
    for (what, articles) in &cases {
        let (mut count, mut bytes) = (0, 0);
        for (name, content) in files(articles)? {
            if before.get(&name) != Some(&content) {
                count += 1;
                bytes += cold::compressed(&content)?;
            }
        }
        all.push(json!({ "what": what, "of": before.len(), "files": count, "brotli": bytes }));
    }
    println!("{}", serde_json::to_string(&all)?);
    Ok(())
}
