//! Building an engine's index: what its host will hold, and what building it took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::super::engines::{Engine, PEERS};
use super::super::laid::Laid;
use super::{absolute, spread};
use crate::packages::Apt;
use crate::{browsers, process, tools};

/// Where the programs of this bench are, below the peers' packages.
pub const PROGRAMS: &str = "bench/peers/speed";

/// The minifier of the widget's build.
const MINIFIER: &str = "xtask/finish";

/// What is needed beside the peers.
pub struct Tools {
    /// GNU time, which tells what a program and those it started took.
    time: PathBuf,
}

impl Tools {
    /// Finds them and installs what is missing.
    pub fn ensure() -> Result<Tools> {
        browsers::node_packages(&tools::Tools::ensure()?, MINIFIER)?;
        if process::find("time").is_none()
            && let Some(apt) = Apt::find()
        {
            apt.update()?;
            apt.install(&["time"])?;
        }
        let time = process::find("time")
            .context("expected GNU time, which tells how much memory a build takes, found none: install `time`")?;
        if !process::succeeds(Command::new(&time).args(["-f", "%M", "true"])) {
            bail!("expected GNU time, found another at {}: install `time`", time.display());
        }
        Ok(Tools { time })
    }
}

/// What building took: the median of the runs, each on its own.
pub struct Built {
    pub runs: u32,
    pub seconds: f64,
    /// Of all processors and all programs that were started.
    pub cpu_seconds: f64,
    /// Of the largest program, in bytes.
    pub peak: f64,
}

/// Builds into `folder`/host so many times.
pub fn build(engine: Engine, laid: &Laid, svar: &Path, tools: &Tools, folder: &Path, runs: u32) -> Result<Built> {
    let host = folder.join("host");
    let told = folder.join("time.txt");
    let (mut seconds, mut cpu, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        if host.exists() {
            std::fs::remove_dir_all(&host).with_context(|| format!("could not remove {}", host.display()))?;
        }
        std::fs::create_dir_all(&host).with_context(|| format!("could not create {}", host.display()))?;
        let builder = builder(engine, laid, svar, &host)?;
        let mut timed = Command::new(&tools.time);
        timed.args(["-f", "%U %S %M", "-o"]).arg(&told).arg(builder.get_program()).args(builder.get_args());
        let began = Instant::now();
        process::output(&mut timed)?;
        seconds.push(began.elapsed().as_secs_f64());
        let text = std::fs::read_to_string(&told).with_context(|| format!("could not read {}", told.display()))?;
        let (used, peak) = parse(&text).with_context(|| format!("in {}", told.display()))?;
        cpu.push(used);
        peaks.push(peak);
    }
    if engine == Engine::VitePress {
        bundle(&host)?;
    }
    let median = |values: &[f64]| spread::median(values).unwrap_or_default();
    Ok(Built { runs, seconds: median(&seconds), cpu_seconds: median(&cpu), peak: median(&peaks) })
}

fn builder(engine: Engine, laid: &Laid, svar: &Path, host: &Path) -> Result<Command> {
    let pages = laid.folder().join("pages");
    Ok(match engine {
        Engine::Svar => {
            let mut build = Command::new(svar);
            build.arg("build").arg(pages).arg("--out").arg(host).args(["--lang", &laid.language, "--quiet"]);
            build
        }
        Engine::Pagefind => {
            let mut build = Command::new(pagefind()?);
            build.arg("--site").arg(pages).arg("--output-path").arg(host.join("pagefind"));
            build
        }
        Engine::VitePress | Engine::Configured => {
            let mut build = Command::new("node");
            build.arg(Path::new(PROGRAMS).join("minisearch-build.mjs"));
            build.arg(laid.folder().join("corpus.jsonl")).arg(host.join("index.json"));
            build
        }
    })
}

/// Pagefind's program itself, without the script around it that starts Node first.
fn pagefind() -> Result<PathBuf> {
    let folder = Path::new(PEERS).join("node_modules/@pagefind");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))?;
    let found = entries.flatten().flat_map(|platform| {
        ["pagefind_extended", "pagefind"].map(|name| process::executable(&platform.path().join("bin"), name))
    });
    let found: Vec<PathBuf> = found.filter(|file| file.is_file()).collect();
    found.first().cloned().with_context(|| format!("expected Pagefind's program in {}, found none", folder.display()))
}

/// MiniSearch as a page would load it: one minified file.
fn bundle(host: &Path) -> Result<()> {
    let mut minifier = Command::new("node");
    minifier.arg(Path::new(MINIFIER).join("node_modules/esbuild/bin/esbuild"));
    minifier.arg(Path::new(PROGRAMS).join("minisearch-engine.js"));
    minifier.args(["--bundle", "--minify", "--format=esm", "--log-level=warning"]);
    minifier.arg(format!("--outfile={}", absolute(&host.join("minisearch.js"))?.display()));
    process::output(&mut minifier).map(drop)
}

/// `%U %S %M`: seconds of CPU and bytes of memory. A last line, for time may say before it that the program failed.
fn parse(told: &str) -> Result<(f64, f64)> {
    let line = told.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [user, system, kilobytes] => Ok((user + system, kilobytes * 1024.0)),
        _ => bail!("expected user seconds, system seconds and kilobytes, found `{line}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_time_tells_is_read() {
        assert_eq!(parse("1.26 0.24 1000\n").expect("well formed"), (1.5, 1_024_000.0));
        assert!(parse("").is_err());
        assert!(parse("Command terminated by signal 9\n").is_err());
    }
}
