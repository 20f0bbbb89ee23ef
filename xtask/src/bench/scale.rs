//! `cargo xtask bench scale`: what becomes of building, of the index and of a question when there are many articles.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::laid::Laid;
use super::{PARTIAL, RESULTS, articles, engine, write};
use crate::process;
use crate::size::{compressed, grouped};

/// How many articles there are.
const SIZES: [usize; 2] = [20_000, 100_000];

/// Questions of three words that are asked, the first of the set.
const QUESTIONS: usize = 50;

#[derive(clap::Args)]
pub struct Options {
    /// So many articles instead of 20,000 and 100,000; may be given more than once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    articles: Vec<u32>,
}

/// Measures every size.
pub fn run(options: &Options) -> Result<()> {
    let whole = options.articles.is_empty() && std::env::var_os(super::OTHER).is_none();
    let sizes: Vec<usize> = match options.articles.as_slice() {
        [] => SIZES.to_vec(),
        some => some.iter().map(|count| *count as usize).collect(),
    };
    let svar = super::command()?;
    let mut rows = Vec::new();
    for count in sizes {
        rows.push(Row::measure(&articles::ensure(count, &svar)?, count, &svar)?);
    }
    let laid = Laid::ensure(CUT, usize::MAX, &svar)?;
    let cuts: Vec<Cut> = told("cuts", &laid.folder())?;
    let changes: Vec<Change> = told("changes", &laid.folder())?;
    let text = markdown(&engine::Machine::read()?, &rows, &cuts, &changes);
    println!("\n{text}");
    let folder = Path::new(if whole { RESULTS } else { PARTIAL });
    write(folder, "scale.md", &text)?;
    println!("written to {}", folder.join("scale.md").display());
    Ok(())
}

/// The corpus that is cut in several ways.
const CUT: &str = "libreoffice-sv";

/// An index that is cut so (`bench/engine/src/main.rs`).
#[derive(Deserialize)]
struct Cut {
    terms: usize,
    entries: usize,
    texts: usize,
    files: usize,
    one: Cold,
    three: Cold,
}

/// What changes of an index with one article.
#[derive(Deserialize)]
struct Change {
    what: String,
    /// Files of the index before.
    of: usize,
    /// Those that are new.
    files: usize,
    /// Their bytes after brotli.
    brotli: f64,
}

/// What the engine's program says of a folder.
fn told<T: serde::de::DeserializeOwned>(what: &str, folder: &Path) -> Result<T> {
    let told = process::output(engine::program()?.arg(what).arg(folder))?;
    serde_json::from_str(&told).with_context(|| format!("`svar-bench-engine {what}` did not answer as expected"))
}

/// What a size came to.
struct Row {
    articles: usize,
    build: Built,
    files: usize,
    bytes: u64,
    /// Manifest and core, as they are and after brotli: what every visit loads.
    core: (usize, usize),
    asked: Cold,
}

/// What a question of three words loads of a cold index, in the median (`bench/engine/src/cold.rs`).
#[derive(Deserialize)]
struct Cold {
    steps: f64,
    files: f64,
    bytes: f64,
    brotli: f64,
    milliseconds: f64,
}

impl Row {
    fn measure(folder: &Path, articles: usize, svar: &Path) -> Result<Row> {
        let site = folder.join("site");
        if site.exists() {
            std::fs::remove_dir_all(&site).with_context(|| format!("could not remove {}", site.display()))?;
        }
        println!("building {} articles", grouped(articles));
        let mut build = Command::new(svar);
        build.arg("build").arg(folder.join("pages")).arg("--out").arg(&site).arg("--quiet");
        let build = timed(&build, &folder.join("time.txt"))?;
        let index = site.join("svar/index");
        let (mut files, mut bytes, mut core) = (0, 0, (0, 0));
        let entries = std::fs::read_dir(&index).with_context(|| format!("could not read {}", index.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files += 1;
            bytes += path.metadata()?.len();
            if name.starts_with("manifest") || name.starts_with("core") {
                let content = std::fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
                core = (core.0 + content.len(), core.1 + compressed(&content)?);
            }
        }
        let asked = ask(folder, &index)?;
        Ok(Row { articles, build, files, bytes, core, asked })
    }
}

/// Asks the questions of three words of an index of which only the core is there.
fn ask(folder: &Path, index: &Path) -> Result<Cold> {
    let text = std::fs::read_to_string(folder.join("questions.jsonl"))?;
    let three: Vec<&str> = text.lines().filter(|line| words(line) == Some(3)).take(QUESTIONS).collect();
    if three.is_empty() {
        bail!("expected questions of three words in {}/questions.jsonl, found none", folder.display());
    }
    let file = folder.join("three-words.jsonl");
    std::fs::write(&file, three.join("\n")).with_context(|| format!("could not write {}", file.display()))?;
    let told = process::output(engine::program()?.arg("cold").arg(index).arg(&file))?;
    serde_json::from_str(&told).context("`svar-bench-engine cold` did not answer as expected")
}

fn words(line: &str) -> Option<usize> {
    let question: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(question["text"].as_str()?.split(' ').count())
}

/// What a command took.
struct Built {
    seconds: f64,
    /// Of all processors: what a busy machine does not change.
    cpu: f64,
    /// Bytes of memory, at the most.
    peak: f64,
}

fn timed(command: &Command, told: &Path) -> Result<Built> {
    let time: PathBuf = process::find("time")
        .context("expected GNU time, which tells how much memory a build takes, found none: install `time`")?;
    let mut timed = Command::new(time);
    timed.args(["-f", "%U %S %M", "-o"]).arg(told).arg(command.get_program()).args(command.get_args());
    let began = Instant::now();
    process::output(&mut timed)?;
    let seconds = began.elapsed().as_secs_f64();
    let text = std::fs::read_to_string(told).with_context(|| format!("could not read {}", told.display()))?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [user, system, kilobytes] => Ok(Built { seconds, cpu: user + system, peak: kilobytes * 1024.0 }),
        _ => bail!("expected user seconds, system seconds and kilobytes of GNU time, found `{}`", text.trim()),
    }
}

fn markdown(machine: &engine::Machine, rows: &[Row], cuts: &[Cut], changes: &[Change]) -> String {
    let mut out = format!(
        "# Scale\n\nWritten by `cargo xtask bench scale`; [bench/README.md](../README.md) says what is measured. A kB is 1,000 \
         bytes, an MB 1,000 kB.\n\n{machine}\n\n## Build and index\n\n\
         | articles | build | CPU | pages a second | memory, at most | index files | index | manifest and core | the same, brotli |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for row in rows {
        let Row { articles, build: Built { seconds, cpu, peak }, files, bytes, core, .. } = row;
        let _ = writeln!(
            out,
            "| {} | {seconds:.1} s | {cpu:.1} s | {:.0} | {:.0} MB | {} | {:.1} MB | {:.1} kB | {:.1} kB |",
            grouped(*articles),
            *articles as f64 / seconds,
            peak / 1e6,
            grouped(*files),
            *bytes as f64 / 1e6,
            core.0 as f64 / 1e3,
            core.1 as f64 / 1e3
        );
    }
    out += "\n## A question of three words\n\nOf an index of which only manifest and core are there; medians.\n\n\
            | articles | rounds of files | files | bytes | the same, brotli | computing |\n\
            | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for Row { articles, asked, .. } in rows {
        let Cold { steps, files, bytes, brotli, milliseconds } = asked;
        let _ = writeln!(
            out,
            "| {} | {steps:.0} | {files:.0} | {:.0} kB | {:.0} kB | {milliseconds:.1} ms |",
            grouped(*articles),
            bytes / 1e3,
            brotli / 1e3
        );
    }
    out += "\n## How an index is cut\n\nlibreoffice-sv, each way to cut it, the first being what `svar build` does. A term shard is closed \
            at so many bytes before it is coded, a shard of entries after so many articles, one of texts at so many bytes \
            before compression. Questions of one word and of three, cold as above.\n\n\
            | terms, bytes | entries | texts, bytes | files | one word: files | brotli | three words: files | brotli |\n\
            | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for Cut { terms, entries, texts, files, one, three } in cuts {
        let _ = writeln!(
            out,
            "| {} | {entries} | {} | {files} | {:.0} | {:.1} kB | {:.0} | {:.1} kB |",
            grouped(*terms),
            grouped(*texts),
            one.files,
            one.brotli / 1e3,
            three.files,
            three.brotli / 1e3
        );
    }
    out += "\n## One article changes\n\nlibreoffice-sv: what somebody who has every file loads again.\n\n\
            | change | files that are new | of | brotli |\n| --- | ---: | ---: | ---: |\n";
    for Change { what, of, files, brotli } in changes {
        let _ = writeln!(out, "| {what} | {files} | {of} | {:.0} kB |", brotli / 1e3);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_of_questions_are_counted() {
        let line = json!({ "id": "typed/1", "text": "insert a table" }).to_string();
        assert_eq!(words(&line), Some(3));
        assert_eq!(words("{}"), None);
    }

    #[test]
    fn a_row_is_told() {
        let asked = Cold { steps: 3.0, files: 46.0, bytes: 646_000.0, brotli: 400_500.0, milliseconds: 12.34 };
        let row = Row {
            articles: 20_000,
            build: Built { seconds: 5.0, cpu: 7.5, peak: 3e8 },
            files: 2343,
            bytes: 20_000_000,
            core: (60_000, 31_000),
            asked,
        };
        let machine = engine::Machine { date: "2026-01-01".into(), cpu: "a CPU".into(), cores: 2 };
        let cold = |files, brotli| Cold { steps: 2.0, files, bytes: 0.0, brotli, milliseconds: 0.0 };
        let (one, three) = (cold(10.0, 21_040.0), cold(14.0, 42_000.0));
        let cut = Cut { terms: 6_000, entries: 48, texts: 48_000, files: 335, one, three };
        let change = Change { what: "one deleted".into(), of: 335, files: 15, brotli: 65_000.0 };
        let text = markdown(&machine, &[row], &[cut], &[change]);
        assert!(
            text.contains("| 20,000 | 5.0 s | 7.5 s | 4000 | 300 MB | 2,343 | 20.0 MB | 60.0 kB | 31.0 kB |"),
            "{text}"
        );
        assert!(text.contains("| 20,000 | 3 | 46 | 646 kB | 400 kB | 12.3 ms |"), "{text}");
        assert!(text.contains("| 6,000 | 48 | 48,000 | 335 | 10 | 21.0 kB | 14 | 42.0 kB |"), "{text}");
        assert!(text.contains("| one deleted | 15 | 335 | 65 kB |"), "{text}");
        assert!(text.contains("2026-01-01, a CPU, 2 cores"), "{text}");
    }
}
