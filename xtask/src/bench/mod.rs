//! `cargo xtask bench`: svar beside its peers, on the same pages and the same questions.
//!
//! Relevance: `set` says what is asked, `forms` how it is damaged, `laid` how it is handed over, `engines` who is asked,
//! `scores` how good the answers are, `cells` what is compared with what and `table` how it is told. Speed has a folder of
//! its own and shares `laid` and `engines`. bench/README.md explains both to a reader of the tables.

mod articles;
mod cells;
mod edits;
mod engine;
mod engines;
mod forms;
mod gnome;
mod judged;
mod laid;
mod libreoffice;
mod load;
mod manuals;
mod page;
mod scale;
mod scores;
mod seed;
mod set;
mod speed;
mod table;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{build, process, tools};
use cells::Cell;
use engines::{Engine, Peers};
use laid::Laid;

/// Where the tables of a whole run go; in git.
const RESULTS: &str = "bench/results";

/// Where those of a part go.
const PARTIAL: &str = "out/bench";

/// Names another command to measure, such as that of an earlier version.
const OTHER: &str = "SVAR_BIN";

/// What to measure.
#[derive(clap::Subcommand)]
pub enum Bench {
    /// How well questions are answered: nDCG@10 beside Pagefind and MiniSearch
    Relevance(Options),
    /// How fast it is and what it loads, beside Pagefind and MiniSearch; what `cargo xtask bench` does without a word more
    Speed(speed::Options),
    /// How long the search engine computes, case by case, natively and in Chromium
    Engine(engine::Options),
    /// What becomes of build, index and question with 20,000 and 100,000 articles
    Scale(scale::Options),
    /// How many attempts a second a collector takes durably, on SQLite and PostgreSQL, beside a bare insert
    Load(load::Options),
}

impl Default for Bench {
    fn default() -> Bench {
        Bench::Speed(speed::Options::default())
    }
}

#[derive(clap::Args)]
pub struct Options {
    /// One set instead of all
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(set::NAMES))]
    set: Option<String>,
    /// `ours`: without the peers, for a quick look while tuning
    #[arg(long, value_name = "ENGINES")]
    only: Option<Only>,
    /// Fewer questions a set
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    questions_per_set: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Only {
    Ours,
}

impl Options {
    /// Whether the tables tell of every set, every engine and this checkout.
    fn is_whole(&self) -> bool {
        let other = std::env::var_os(OTHER).is_some();
        self.set.is_none() && self.only.is_none() && self.questions_per_set.is_none() && !other
    }
}

/// Measures.
pub fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Relevance(options) => relevance(options),
        Bench::Speed(options) => speed::run(options),
        Bench::Engine(options) => engine::run(options),
        Bench::Scale(options) => scale::run(options),
        Bench::Load(options) => load::run(options),
    }
}

fn relevance(options: &Options) -> Result<()> {
    let svar = command()?;
    let peers = if options.only == Some(Only::Ours) { None } else { Some(Peers::ensure()?) };
    let limit = options.questions_per_set.map_or(usize::MAX, |limit| limit as usize);
    let names: Vec<&str> = match &options.set {
        Some(name) => vec![name],
        None => set::NAMES.to_vec(),
    };
    let mut report = table::Report { versions: engines::versions()?, sets: Vec::new(), cells: Vec::new() };
    for name in names {
        let began = Instant::now();
        let laid = Laid::ensure(name, limit, &svar)?;
        let (pages, questions, seconds) = (laid.pages, laid.asked.len(), began.elapsed().as_secs_f64());
        println!("{name}: {pages} pages, {questions} questions in all forms, ready in {seconds:.1} s");
        let mut runs = vec![(Engine::Svar, engines::ask_svar(&laid, &svar)?)];
        if let Some(peers) = &peers {
            for engine in Engine::PEERS {
                runs.push((engine, engines::ask_peer(engine, &laid, peers)?));
            }
        }
        report.cells.extend(Cell::of(&laid.name, &laid.asked, &runs));
        report.sets.push(table::Origin::of(&laid));
    }
    let text = report.markdown();
    println!("\n{text}");
    let folder = Path::new(if options.is_whole() { RESULTS } else { PARTIAL });
    write(folder, "relevance.md", &text)?;
    write(folder, "relevance.json", &report.json()?)?;
    if !options.is_whole() {
        println!("not of everything, so written to {} and not to {RESULTS}", folder.display());
    }
    Ok(())
}

/// The command as it would be released, with a widget inside, which `svar build` insists on. Which widget does not matter
/// here, so one that is there is not built anew.
fn command() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(OTHER).map(PathBuf::from) {
        if !named.is_file() {
            bail!("expected the command at {} ({OTHER}), found none", named.display());
        }
        return Ok(named);
    }
    if Path::new("dist/svar.js").is_file() {
        process::run(process::cargo().args(["build", "--release", "--package", "svar-cli"]))?;
        build::binary()
    } else {
        build::run(&tools::Tools::ensure()?)
    }
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    let file = folder.join(name);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, text))
        .with_context(|| format!("could not write {}", file.display()))
}
