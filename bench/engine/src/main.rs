//! What `cargo xtask bench engine` and `scale` run natively beside criterion. Results go to stdout, as JSON.
//!
//! ```text
//! svar-bench-engine lay FOLDER             FOLDER/engine/: the index, the cases and the questions for a browser
//! svar-bench-engine spread FOLDER          how long each question of FOLDER takes, in milliseconds
//! svar-bench-engine cold INDEX QUESTIONS   what a question of the file loads of the index folder, in the median
//! ```

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use svar_bench_engine::{cases, cold, laid};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["lay", folder] => lay(Path::new(folder)),
        ["spread", folder] => spread(Path::new(folder)),
        ["cold", index, questions] => ask_cold(Path::new(index), Path::new(questions)),
        _ => bail!("expected `lay FOLDER`, `spread FOLDER` or `cold INDEX QUESTIONS`, found `{}`", arguments.join(" ")),
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
