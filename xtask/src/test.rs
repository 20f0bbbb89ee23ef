//! `cargo xtask test`: every check that a change must pass, in the order in which mistakes are usually made.
//!
//! Stops at the first step that fails and says which one in its last line. What the tests counted comes at the very end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::browsers::Browsers;
use crate::postgres::{self, Postgres};
use crate::tally::Tally;
use crate::tools::{Tools, WASM};
use crate::{build, process, size, walls};

#[derive(clap::Args)]
pub struct Options {
    /// More cases: SVAR_FULL=1 for the tests, which crash hundreds of times then, and 2,048 cases a property
    #[arg(long)]
    full: bool,
    /// What the moments of crashes are drawn from, as an earlier run told it; otherwise another one each time
    #[arg(long, value_name = "N")]
    seed: Option<u32>,
    /// One step: tools, fmt, clippy, walls, native, doc, build, size or browser
    #[arg(long, value_name = "STEP")]
    only: Option<String>,
}

type Step = fn(&mut Run) -> Result<()>;

const STEPS: [(&str, Step); 9] = [
    ("tools", tools),
    ("fmt", |_| process::run(process::cargo().args(["fmt", "--all", "--check"]))),
    ("clippy", clippy),
    ("walls", |_| walls::run()),
    ("native", native),
    ("doc", doc),
    ("build", |run| build::run(run.tools()?).map(|_| ())),
    ("size", |_| size::run()),
    ("browser", browser),
];

/// What one run of the steps has found and counted.
struct Run {
    full: bool,
    seed: u32,
    tools: Option<Tools>,
    tally: Tally,
}

/// Runs the steps.
pub fn run(options: &Options) -> Result<()> {
    let chosen: Vec<_> =
        STEPS.into_iter().filter(|(name, _)| options.only.as_deref().is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
        bail!(
            "expected one of {} after --only, found {:?}",
            names.join(", "),
            options.only.as_deref().unwrap_or_default()
        );
    }
    let seed = options.seed.unwrap_or_else(any_seed);
    let mut run = Run { full: options.full, seed, tools: None, tally: Tally::default() };
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let mut failure = None;
    for (at, (name, step)) in chosen.iter().enumerate() {
        println!("\n== [{}/{}] {name}", at + 1, chosen.len());
        let began = Instant::now();
        let result = step(&mut run);
        times.push((name, began.elapsed()));
        println!("== {name}: {} in {}", if result.is_ok() { "done" } else { "FAILED" }, seconds(began.elapsed()));
        if let Err(error) = result {
            failure = Some((at, *name, error));
            break;
        }
    }
    println!("\n== times");
    for (name, time) in &times {
        println!("{name:>10} {:>9}", seconds(*time));
    }
    println!("{:>10} {:>9}", "all", seconds(times.iter().map(|(_, time)| *time).sum()));
    println!("\n== results");
    run.tally.print();
    println!("crashes at the same moments: cargo xtask test{} --seed {seed}", if run.full { " --full" } else { "" });
    match failure {
        None => Ok(()),
        Some((at, name, error)) => Err(error.context(format!(
            "step {}/{} failed; alone: cargo xtask test --only {name}",
            at + 1,
            chosen.len()
        ))),
    }
}

/// The nanoseconds of the clock.
fn any_seed() -> u32 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos())
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

impl Run {
    fn tools(&mut self) -> Result<&Tools> {
        let tools = match self.tools.take() {
            Some(tools) => tools,
            None => Tools::ensure()?,
        };
        Ok(self.tools.insert(tools))
    }

    fn browsers(&mut self) -> Result<Browsers> {
        Browsers::ensure(self.tools()?)
    }

    /// Tells the tests what to draw lots from, and whether there is time for more.
    fn tell(&self, command: &mut Command) {
        command.env("SVAR_SEED", self.seed.to_string());
        if self.full {
            command.env("SVAR_FULL", "1").env("PROPTEST_CASES", "2048");
        }
    }
}

fn tools(run: &mut Run) -> Result<()> {
    run.browsers()?;
    postgres::ensure().map(|_| ())
}

fn clippy(_: &mut Run) -> Result<()> {
    process::run(process::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    process::run(process::cargo().args([
        "clippy",
        "--target",
        WASM,
        "--profile",
        "dev",
        "-p",
        "svar-widget",
        "--",
        "-D",
        "warnings",
    ]))
}

fn native(run: &mut Run) -> Result<()> {
    let postgres = Postgres::start()?;
    let mut cargo = process::cargo();
    run.tell(cargo.args(["test", "--workspace"]));
    postgres.tell(&mut cargo);
    run.tally.run(&mut cargo)
}

fn doc(_: &mut Run) -> Result<()> {
    process::run(process::cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// The journeys: Node's own runner, one file at a time, because they share the machine's two cores and its ports.
fn browser(run: &mut Run) -> Result<()> {
    const FOLDER: &str = "tests/browser";
    const TAP: &str = "out/browser.tap";
    let browsers = run.browsers()?;
    let svar = build::binary()?;
    if !svar.is_file() {
        bail!("expected the command at {}, found none: run `cargo xtask build` first", svar.display());
    }
    let entries = std::fs::read_dir(FOLDER).with_context(|| format!("could not read {FOLDER}"))?;
    let mut files: Vec<PathBuf> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|path| is_journey(path)).collect();
    files.sort();
    if files.is_empty() {
        bail!("expected journeys in {FOLDER}/*.test.mjs, found none");
    }
    // Emptied first: what an earlier run counted is not ours.
    std::fs::create_dir_all("out")
        .and_then(|()| std::fs::write(TAP, ""))
        .with_context(|| format!("could not write {TAP}"))?;
    let mut node = run.tools()?.command("node");
    node.args(["--test", "--test-concurrency=1"]);
    node.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.args(["--test-reporter=tap", &format!("--test-reporter-destination={TAP}")]);
    node.args(&files);
    node.env("SVAR_BIN", &svar).env("CHROMIUM", &browsers.chromium).env("FIREFOX", &browsers.firefox);
    run.tell(&mut node);
    let result = run.tally.run(&mut node);
    run.tally.take_tap(&std::fs::read_to_string(TAP).unwrap_or_default());
    result
}

fn is_journey(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".test.mjs"))
}
