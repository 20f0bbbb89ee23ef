//! What Chromium says of an engine: `bench/peers/speed/measure.mjs` gets a plan and writes down everything it saw, from
//! which `figures` are made.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;

use super::super::engines::{Engine, Peers};
use super::super::laid::Laid;
use super::built::PROGRAMS;
use super::{Asked, absolute};
use crate::process;

/// Compressed files, for all engines and corpora.
const CACHE: &str = "out/bench/speed/brotli";

/// Everything that was seen.
#[derive(Deserialize)]
pub struct Measured {
    pub files: Vec<File>,
    pub first: Vec<First>,
    pub typing: Typing,
    pub machine: Machine,
}

/// A file on the host, in bytes.
#[derive(Deserialize)]
pub struct File {
    pub name: String,
    pub raw: f64,
    /// As it is sent: after brotli, or as it is if that is less.
    pub brotli: f64,
}

/// A first result, from an empty cache. What is none was not measured, because `reckoned_s` or more would go by.
#[derive(Deserialize)]
pub struct First {
    pub kind: String,
    pub link: String,
    /// ms from the navigation until help was wanted, and until a result was there.
    pub intent: Option<f64>,
    pub there: Option<f64>,
    pub found: Option<usize>,
    pub bytes: Option<f64>,
    pub requests: Option<f64>,
    /// Bytes once nothing more was asked for; without a link only.
    pub settled: Option<f64>,
    /// Path, and ms since the navigation when it was asked for and when it was there.
    #[serde(default)]
    pub timeline: Vec<(String, f64, f64)>,
    pub reckoned_s: Option<f64>,
}

/// Questions typed twice over.
#[derive(Deserialize)]
pub struct Typing {
    pub first: Pass,
    pub second: Pass,
    pub bytes: f64,
    pub requests: f64,
    pub memory: Memory,
}

#[derive(Deserialize)]
pub struct Pass {
    /// How many were typed in the time that a pass has, and how many of them had a result at their last letter.
    pub questions: usize,
    pub found: usize,
    /// Letters typed so far and ms until their results were there.
    pub keys: Vec<(usize, f64)>,
}

/// Private memory of the page's process, in bytes: with an empty page, when questions can be typed, after the first pass.
#[derive(Deserialize)]
pub struct Memory {
    pub before: Option<f64>,
    pub opened: Option<f64>,
    pub after: Option<f64>,
}

/// Where it was measured.
#[derive(Clone, Deserialize)]
pub struct Machine {
    pub date: String,
    pub cpu: String,
    pub cores: usize,
    pub memory: f64,
    pub kernel: String,
    pub chromium: String,
    pub node: String,
}

/// Measures what was built into `folder`/host.
pub fn measure(engine: Engine, laid: &Laid, asked: &Asked, peers: &Peers, folder: &Path) -> Result<Measured> {
    let client = match engine {
        Engine::Svar => Path::new("bench/harness/client.js").to_owned(),
        Engine::Pagefind => Path::new(PROGRAMS).join("pagefind-client.js"),
        Engine::VitePress | Engine::Configured => Path::new(PROGRAMS).join("minisearch-client.js"),
    };
    let plan = json!({
        "client": absolute(&client)?,
        "cache": absolute(Path::new(CACHE))?,
        "language": laid.language,
        "questions": asked.typed,
        "first": { "one": asked.one, "three": asked.three },
    });
    let file = folder.join("plan.json");
    std::fs::write(&file, plan.to_string()).with_context(|| format!("could not write {}", file.display()))?;
    let mut node = Command::new("node");
    node.arg(Path::new(PROGRAMS).join("measure.mjs")).arg(folder).env("CHROMIUM", peers.chromium());
    process::run(&mut node)?;
    let file = folder.join("measured.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
    let measured: Measured = serde_json::from_str(&text).with_context(|| format!("in {}", file.display()))?;
    // Whoever finds nothing is quick. Single questions may find nothing; the tables tell how many.
    let Pass { questions, found, .. } = measured.typing.first;
    if 2 * found < questions {
        bail!("expected results for most questions, found them for {found} of {questions} that were typed");
    }
    Ok(measured)
}
