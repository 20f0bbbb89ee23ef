//! `cargo xtask bench engine`: how long the search engine computes, case by case: natively, timed by criterion, and in
//! Chromium, compiled as the widget is. `bench/engine` finds the cases; everything is attached before, so that nothing waits.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::forms::Form;
use super::laid::Laid;
use super::{OTHER, PARTIAL, RESULTS, articles, write};
use crate::tools::{Tools, WASM};
use crate::workspace::Workspace;
use crate::{browsers, finish, process, widget};

/// The crate of the cases, and its program for a browser.
const PACKAGE: &str = "svar-bench-engine";
const BROWSER: &str = "svar-bench-browser";

/// The packages and programs that use a browser.
const PEERS: &str = "bench/peers";

/// Where the module for a browser goes.
const MODULE: &str = "out/bench/engine";

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Corpus {
    /// Swedish: compounds.
    #[value(name = "libreoffice-sv")]
    LibreOffice,
    /// English, put together at random: see `articles`.
    #[value(name = "articles-20000")]
    Articles20,
    #[value(name = "articles-100000")]
    Articles100,
}

/// What a whole run asks.
const CORPORA: [Corpus; 2] = [Corpus::LibreOffice, Corpus::Articles100];

#[derive(clap::Args)]
pub struct Options {
    /// One corpus instead of both
    #[arg(long, value_name = "NAME")]
    corpus: Option<Corpus>,
    /// Cases whose names have this in them, natively alone and without tables: a quick look while tuning
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
}

/// Measures every case.
pub fn run(options: &Options) -> Result<()> {
    let svar = super::command()?;
    let corpora = options.corpus.map_or(CORPORA.to_vec(), |one| vec![one]);
    if let Some(word) = &options.only {
        return corpora.iter().try_for_each(|corpus| Asked::lay(*corpus, &svar)?.natively(Some(word)).map(drop));
    }
    let tools = Tools::ensure()?;
    let chromium = browsers::chromium_and_node()?;
    browsers::node_packages(&tools, PEERS)?;
    module(&tools)?;
    let mut measured = Vec::new();
    for corpus in corpora {
        measured.push(Asked::lay(corpus, &svar)?.measure(&chromium)?);
    }
    let text = markdown(&Machine::read()?, &measured);
    println!("\n{text}");
    let whole = options.corpus.is_none() && std::env::var_os(OTHER).is_none();
    let folder = Path::new(if whole { RESULTS } else { PARTIAL });
    write(folder, "engine.md", &text)?;
    println!("written to {}", folder.join("engine.md").display());
    Ok(())
}

/// The engine for a browser, made small as the widget is.
fn module(tools: &Tools) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--profile", "widget", "--target", WASM, "--package", PACKAGE, "--bin", BROWSER]);
    process::run(widget::as_widget(&mut cargo)?)?;
    let built = Workspace::read()?.target.join(WASM).join("widget").join(format!("{BROWSER}.wasm"));
    let mut bindgen = tools.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", "engine", "--out-dir", MODULE]).arg(built);
    process::run(&mut bindgen)?;
    finish::run(tools, Path::new(MODULE), "engine_bg.wasm", "engine.js", &[])
}

/// The program that runs natively, compiled unless it is.
pub fn program() -> Result<Command> {
    process::run(process::cargo().args(["build", "--quiet", "--release", "--package", PACKAGE, "--bin", PACKAGE]))?;
    Ok(Command::new(process::executable(&Workspace::read()?.target.join("release"), PACKAGE)))
}

/// A corpus, laid out with its cases.
struct Asked {
    name: String,
    folder: PathBuf,
    /// The form of each question; empty where questions are not damaged.
    forms: Vec<(Form, String)>,
}

/// A case as `bench/engine/src/cases.rs` writes it.
#[derive(Deserialize)]
struct Case {
    name: String,
    title: String,
}

impl Asked {
    fn lay(corpus: Corpus, svar: &Path) -> Result<Asked> {
        let (folder, forms) = match corpus {
            Corpus::LibreOffice => {
                let laid = Laid::ensure("libreoffice-sv", usize::MAX, svar)?;
                (laid.folder(), laid.asked.into_iter().map(|one| (one.form, one.text)).collect())
            }
            Corpus::Articles20 => (articles::ensure(20_000, svar)?, Vec::new()),
            Corpus::Articles100 => (articles::ensure(100_000, svar)?, Vec::new()),
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Asked { name, folder, forms })
    }

    /// Criterion's medians in ns, by the name of the case.
    fn natively(&self, only: Option<&str>) -> Result<BTreeMap<String, f64>> {
        let results = Workspace::read()?.target.join("criterion");
        let group = results.join(&self.name);
        // What lies there may be of a case that is no more.
        if only.is_none() && group.exists() {
            std::fs::remove_dir_all(&group).with_context(|| format!("could not remove {}", group.display()))?;
        }
        let mut bench = process::cargo();
        bench.args(["bench", "--quiet", "--package", PACKAGE, "--bench", "questions", "--", "--quiet"]).args(only);
        process::run(bench.env("SVAR_LAID", &self.folder).env("CRITERION_HOME", &results))?;
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(&group).into_iter().flatten() {
            let entry = entry?;
            if let Ok(text) = std::fs::read_to_string(entry.path().join("new/estimates.json")) {
                found.insert(entry.file_name().to_string_lossy().into_owned(), median(&text)?);
            }
        }
        Ok(found)
    }

    fn measure(self, chromium: &Path) -> Result<Measured> {
        let laid = process::output(program()?.arg("lay").arg(&self.folder))?;
        let laid: Size = serde_json::from_str(&laid).context("`svar-bench-engine lay` did not answer as expected")?;
        let file = self.folder.join("engine/cases.json");
        let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let cases: Vec<Case> = serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?;
        let medians = self.natively(None)?;
        let seen = self.folder.join("engine/chromium.json");
        let mut node = Command::new("node");
        node.arg(Path::new(PEERS).join("engine.mjs")).arg(MODULE).arg(&self.folder).arg(&seen);
        process::run(node.env("CHROMIUM", chromium))?;
        let text = std::fs::read_to_string(&seen).with_context(|| format!("could not read {}", seen.display()))?;
        let seen: Seen = serde_json::from_str(&text).with_context(|| format!("in {}", seen.display()))?;
        let mut spread = Vec::new();
        if !self.forms.is_empty() {
            let told = process::output(program()?.arg("spread").arg(&self.folder))?;
            let native: Vec<f64> =
                serde_json::from_str(&told).context("`svar-bench-engine spread` did not answer as expected")?;
            spread = Spread::of(&self.forms, &native, &seen.spread);
        }
        Ok(Measured { name: self.name, size: laid, cases, medians, seen, spread })
    }
}

/// The median in criterion's own file.
fn median(estimates: &str) -> Result<f64> {
    let estimates: serde_json::Value = serde_json::from_str(estimates)?;
    estimates["median"]["point_estimate"]
        .as_f64()
        .context("expected a median in criterion's estimates.json, found none")
}

#[derive(Deserialize)]
struct Size {
    articles: usize,
    files: usize,
}

/// What Chromium showed (`bench/peers/engine.mjs`), in ms.
#[derive(Deserialize)]
struct Seen {
    chromium: String,
    cases: BTreeMap<String, Times>,
    /// For each question.
    spread: Vec<f64>,
}

#[derive(Deserialize)]
struct Times {
    p50: f64,
    p95: f64,
    p99: f64,
    /// On a new page, where there are not too many files.
    first: Option<f64>,
}

/// A corpus with its times.
struct Measured {
    name: String,
    size: Size,
    cases: Vec<Case>,
    /// Natively, in ns.
    medians: BTreeMap<String, f64>,
    seen: Seen,
    spread: Vec<Spread>,
}

/// Questions in one form: each one's shortest of three times, in ms.
struct Spread {
    form: Form,
    native: Vec<f64>,
    chromium: Vec<f64>,
    /// That which took longest in Chromium.
    slowest: String,
}

impl Spread {
    fn of(asked: &[(Form, String)], native: &[f64], chromium: &[f64]) -> Vec<Spread> {
        let mut all = Vec::new();
        for form in Form::ALL {
            let mut of_form: Vec<(f64, f64, &str)> = Vec::new();
            for ((is, text), (native, chromium)) in asked.iter().zip(native.iter().zip(chromium)) {
                if *is == form {
                    of_form.push((*chromium, *native, text));
                }
            }
            of_form.sort_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, _, slowest)) = of_form.last() {
                let mut native: Vec<f64> = of_form.iter().map(|one| one.1).collect();
                native.sort_by(f64::total_cmp);
                let chromium = of_form.iter().map(|one| one.0).collect();
                all.push(Spread { form, native, chromium, slowest: (*slowest).to_owned() });
            }
        }
        all
    }
}

/// The value at or below which that part of sorted values lie; 0 of none.
fn part(sorted: &[f64], part: f64) -> f64 {
    let rank = (part * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// Where it was measured, and when.
pub struct Machine {
    pub date: String,
    pub cpu: String,
    pub cores: usize,
}

impl Machine {
    /// This machine, today.
    pub fn read() -> Result<Machine> {
        let date = process::output(Command::new("date").arg("+%F"))?.trim().to_owned();
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let cpu = cpu.map_or("an unknown CPU", |(_, name)| name).trim().to_owned();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Machine { date, cpu, cores })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { date, cpu, cores } = self;
        write!(out, "Measured on {date}, {cpu}, {cores} cores.")
    }
}

fn markdown(machine: &Machine, all: &[Measured]) -> String {
    let mut out = format!(
        "# The engine\n\nWritten by `cargo xtask bench engine`; [bench/README.md](../README.md) says what is measured.\n\n{machine}\n"
    );
    for Measured { name, size, cases, medians, seen, spread } in all {
        let Size { articles, files } = size;
        let _ = write!(
            out,
            "\n## {name}\n\n{articles} articles in {files} files, all of them attached. {}.\n\n\
             | case | what | native | Chromium p50 | p95 | p99 | first on a page |\n\
             | --- | --- | ---: | ---: | ---: | ---: | ---: |\n",
            seen.chromium.replace('/', " ")
        );
        for Case { name, title } in cases {
            let native = medians.get(name).map(|ns| ns / 1e6);
            let times = seen.cases.get(name);
            let of = |time: fn(&Times) -> Option<f64>| told(times.and_then(time));
            let (p50, p95, p99) = (of(|t| Some(t.p50)), of(|t| Some(t.p95)), of(|t| Some(t.p99)));
            let _ =
                writeln!(out, "| {name} | {title} | {} | {p50} | {p95} | {p99} | {} |", told(native), of(|t| t.first));
        }
        if spread.is_empty() {
            continue;
        }
        out += "\nEvery question in every form, each question's shortest of three times:\n\n\
                | form | questions | native p50 | p99 | longest | Chromium p50 | p95 | p99 | longest | the slowest |\n\
                | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n";
        for Spread { form, native, chromium, slowest } in spread {
            let _ = write!(out, "| {} | {} ", form.name(), native.len());
            for at in [0.5, 0.99, 1.0] {
                let _ = write!(out, "| {} ", told(Some(part(native, at))));
            }
            for at in [0.5, 0.95, 0.99, 1.0] {
                let _ = write!(out, "| {} ", told(Some(part(chromium, at))));
            }
            let _ = writeln!(out, "| `{slowest}` |");
        }
    }
    out
}

/// Milliseconds with three digits that count.
fn told(ms: Option<f64>) -> String {
    match ms {
        None => "–".to_owned(),
        Some(ms) if ms < 1.0 => format!("{:.1} µs", ms * 1e3),
        Some(ms) if ms < 10.0 => format!("{ms:.2} ms"),
        Some(ms) if ms < 100.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{ms:.0} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_with_their_unit() {
        let all = [0.0123, 0.5, 1.234, 12.34, 123.4].map(|ms| told(Some(ms)));
        assert_eq!(all, ["12.3 µs", "500.0 µs", "1.23 ms", "12.3 ms", "123 ms"]);
        assert_eq!(told(None), "–");
    }

    #[test]
    fn criterions_median_is_read() {
        let file = r#"{"mean": {"point_estimate": 2.0}, "median": {"point_estimate": 1.5, "standard_error": 0.1}}"#;
        assert_eq!(median(file).expect("there"), 1.5);
        assert!(median("{}").is_err());
    }

    #[test]
    fn questions_are_put_together_by_form() {
        let asked = [(Form::Typed, "a".to_owned()), (Form::Typo, "b".to_owned()), (Form::Typed, "c".to_owned())];
        let spread = Spread::of(&asked, &[2.0, 1.0, 1.0], &[4.0, 5.0, 6.0]);
        assert_eq!(spread.len(), 2);
        assert_eq!((spread[0].form, spread[0].slowest.as_str()), (Form::Typed, "c"));
        assert_eq!((&spread[0].native[..], &spread[0].chromium[..]), (&[1.0, 2.0][..], &[4.0, 6.0][..]));
        assert_eq!([part(&spread[0].native, 0.5), part(&spread[0].native, 1.0), part(&[], 0.5)], [1.0, 2.0, 0.0]);
    }

    #[test]
    fn a_corpus_is_told() {
        let times = Times { p50: 0.5, p95: 1.0, p99: 2.0, first: None };
        let measured = Measured {
            name: "x".into(),
            size: Size { articles: 3, files: 2 },
            cases: vec![Case { name: "open".into(), title: "open it".into() }],
            medians: [("open".to_owned(), 250_000.0)].into(),
            seen: Seen { chromium: "Chrome/1".into(), cases: [("open".to_owned(), times)].into(), spread: Vec::new() },
            spread: Vec::new(),
        };
        let text = markdown(&Machine { date: "2026-01-01".into(), cpu: "a CPU".into(), cores: 2 }, &[measured]);
        assert!(text.contains("| open | open it | 250.0 µs | 500.0 µs | 1.00 ms | 2.00 ms | – |"), "{text}");
    }
}
