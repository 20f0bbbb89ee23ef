//! The engines, and how each is asked: all of them get the same set (`laid`) and write the same kind of run,
//! `out/bench/SET/ENGINE.tsv`: question, page, rank and score between tabs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::laid::Laid;
use super::scores::DEPTH;
use crate::{browsers, process, tools};

/// The peers' packages and the programs that ask them.
pub const PEERS: &str = "bench/peers";

/// An engine in one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    Svar,
    Pagefind,
    /// MiniSearch with the settings of VitePress's local search.
    VitePress,
    /// MiniSearch as good as we could set it.
    Configured,
}

impl Engine {
    pub const PEERS: [Engine; 3] = [Engine::Pagefind, Engine::VitePress, Engine::Configured];

    /// As in file names and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Svar => "svar",
            Engine::Pagefind => "pagefind",
            Engine::VitePress => "minisearch-vitepress",
            Engine::Configured => "minisearch-configured",
        }
    }

    /// At the head of a column.
    pub fn title(self) -> &'static str {
        match self {
            Engine::Svar => "svar",
            Engine::Pagefind => "Pagefind",
            Engine::VitePress => "VitePress",
            Engine::Configured => "MiniSearch",
        }
    }

    /// Whether it runs as its makers ship it, without settings of ours.
    pub fn is_as_shipped(self) -> bool {
        matches!(self, Engine::Pagefind | Engine::VitePress)
    }
}

/// Pages in order of rank, by the id of the question.
pub type Run = HashMap<String, Vec<String>>;

/// What the peers need on this machine.
pub struct Peers {
    chromium: PathBuf,
}

impl Peers {
    /// Finds Chromium and Node and installs the packages.
    pub fn ensure() -> Result<Peers> {
        let chromium = browsers::chromium_and_node()?;
        browsers::node_packages(&tools::Tools::ensure()?, PEERS)?;
        Ok(Peers { chromium })
    }

    /// Chromium's file.
    pub fn chromium(&self) -> &Path {
        &self.chromium
    }
}

/// A package of the peers and its version, as the lock file has it.
pub fn versions() -> Result<Vec<(&'static str, String)>> {
    let file = Path::new(PEERS).join("package-lock.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    let lock: Value = serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?;
    let version = |package: &'static str| {
        let found = lock["packages"][format!("node_modules/{package}")]["version"].as_str();
        Ok((package, found.with_context(|| format!("expected {package} in {}", file.display()))?.to_owned()))
    };
    ["pagefind", "minisearch", "@orama/stemmers", "@orama/stopwords"].into_iter().map(version).collect()
}

/// Asks svar.
pub fn ask_svar(laid: &Laid, svar: &Path) -> Result<Run> {
    let built = laid.folder().join("svar");
    let mut build = Command::new(svar);
    build.arg("build").arg(laid.folder().join("pages")).arg("--out").arg(&built);
    build.args(["--lang", &laid.language, "--quiet"]);
    process::output(&mut build)?;
    asked(Engine::Svar, laid, |run| {
        let mut search = Command::new(svar);
        search.arg("search").arg("--index").arg(&built).args(["--lang", &laid.language]);
        search.arg("--questions").arg(laid.folder().join("questions.jsonl")).arg("--run").arg(run);
        search.args(["-k", &DEPTH.to_string()]);
        search
    })
}

/// Asks a peer.
pub fn ask_peer(engine: Engine, laid: &Laid, peers: &Peers) -> Result<Run> {
    asked(engine, laid, |run| {
        let mut node = Command::new("node");
        let script = if engine == Engine::Pagefind { "pagefind.mjs" } else { "minisearch.mjs" };
        node.arg(Path::new(PEERS).join(script)).arg(engine.name()).arg(laid.folder()).arg(&laid.language).arg(run);
        node.env("CHROMIUM", &peers.chromium);
        node
    })
}

/// The run that a command writes into the file it is given.
fn asked(engine: Engine, laid: &Laid, command: impl Fn(&Path) -> Command) -> Result<Run> {
    let began = Instant::now();
    let file = laid.folder().join(format!("{}.tsv", engine.name()));
    process::output(&mut command(&file)).with_context(|| format!("{} on {}", engine.title(), laid.name))?;
    let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    let run = parse(&text).with_context(|| format!("in {}", file.display()))?;
    if run.is_empty() {
        bail!("expected answers of {} in {}, found none at all", engine.title(), file.display());
    }
    // An id that is written in another way would count as a wrong answer, every time.
    let pages = laid.folder().join("pages");
    if let Some(page) = run.values().flatten().find(|id| !pages.join(format!("{id}.html")).is_file()) {
        bail!("expected ids of pages in {}, found `{page}`", file.display());
    }
    println!("  {}: {:.1} s", engine.title(), began.elapsed().as_secs_f64());
    Ok(run)
}

fn parse(run: &str) -> Result<Run> {
    let mut found: HashMap<String, Vec<(usize, String)>> = HashMap::new();
    for (number, line) in (1..).zip(run.lines()) {
        let mut columns = line.split('\t');
        let expected =
            || format!("line {number}: expected question, page, rank and score between tabs, found `{line}`");
        let question = columns.next().with_context(expected)?;
        let page = columns.next().with_context(expected)?;
        let rank = columns.next().and_then(|rank| rank.parse().ok()).with_context(expected)?;
        found.entry(question.to_owned()).or_default().push((rank, page.to_owned()));
    }
    let in_order = |mut list: Vec<(usize, String)>| {
        list.sort();
        list.into_iter().map(|(_, page)| page).collect()
    };
    Ok(found.into_iter().map(|(question, list)| (question, in_order(list))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_read_in_order_of_rank() {
        let run = parse("q1\tb\t2\t7\nq2\tc\t1\t1\nq1\ta\t1\t9.5\nq1\td\t10\t1\n").expect("well formed");
        assert_eq!(run["q1"], ["a", "b", "d"]);
        assert_eq!(run["q2"], ["c"]);
        assert!(parse("q1\ta\n").is_err());
    }
}
