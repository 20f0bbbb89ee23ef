//! `cargo xtask fuzz`: inputs made up by libFuzzer against what fuzz/checks says must hold.
//!
//! New inputs that reach new code are kept in out/fuzz/TARGET, beside those of fuzz/corpus/TARGET, which are in git and are
//! replayed by `tests/fuzz.rs`. `--keep` puts a small set of both there that reaches every place in the code that either does;
//! files with names of their own stay.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

const TARGETS: [&str; 3] = ["event", "redact", "index"];

/// In git.
const CORPUS: &str = "fuzz/corpus";

/// What is found on the way.
const FOUND: &str = "out/fuzz";

/// Longest input: longer ones are slow, and reach nothing that shorter ones do not.
const MOST_BYTES: usize = 4096;

#[derive(clap::Args)]
pub struct Options {
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// One target instead of all
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(TARGETS))]
    target: Option<String>,
    /// Afterwards put what reaches something new into fuzz/corpus
    #[arg(long)]
    keep: bool,
}

/// Runs the targets one after the other.
pub fn run(options: &Options) -> Result<()> {
    ensure()?;
    for target in TARGETS.into_iter().filter(|name| options.target.as_deref().is_none_or(|only| only == *name)) {
        fuzz(target, options.seconds)?;
        if options.keep {
            keep(target)?;
        }
    }
    Ok(())
}

/// What is missing, and how to get it.
fn ensure() -> Result<()> {
    if process::find("rustup").is_none() || !process::succeeds(nightly().arg("--version")) {
        bail!("expected a nightly toolchain, which fuzzing needs, found none: rustup toolchain install nightly");
    }
    if !process::succeeds(nightly().args(["fuzz", "--version"])) {
        bail!("expected cargo-fuzz, found none: cargo install cargo-fuzz");
    }
    Ok(())
}

/// The cargo of the nightly toolchain, whichever runs us.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// `cargo fuzz run` of a target over some folders; libFuzzer writes into the first of them.
fn libfuzzer(target: &str, folders: &[&Path]) -> Command {
    let mut command = nightly();
    // `unsafe` is forbidden here, so a sanitizer would find nothing that panics and overflow checks do not.
    command.args(["fuzz", "run", "--sanitizer", "none", "--fuzz-dir", "fuzz", target]).args(folders).arg("--");
    command.args([format!("-max_len={MOST_BYTES}"), "-timeout=10".into(), "-verbosity=1".into()]);
    command
}

fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let (corpus, found) = (Path::new(CORPUS).join(target), Path::new(FOUND).join(target));
    made(&found)?;
    let mut command = libfuzzer(target, &[&found, &corpus]);
    command.args([format!("-max_total_time={seconds}"), "-print_final_stats=1".into()]);
    let words = PathBuf::from(format!("fuzz/{target}.dict"));
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    process::run(&mut command).with_context(|| {
        format!("{target}: an input was found for which fuzz/checks/{target}.rs does not hold; it is named above")
    })
}

fn keep(target: &str) -> Result<()> {
    let (corpus, found) = (Path::new(CORPUS).join(target), Path::new(FOUND).join(target));
    let fewer = Path::new(FOUND).join(format!("{target}-kept"));
    let _ = fs::remove_dir_all(&fewer);
    made(&fewer)?;
    process::run(libfuzzer(target, &[&fewer, &corpus, &found]).args(["-set_cover_merge=1", "-use_counters=0"]))?;
    let files: Vec<PathBuf> = fs::read_dir(&fewer)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    if files.is_empty() {
        bail!(
            "expected a corpus for {target} in {}, found it empty; {} is left as it was",
            fewer.display(),
            corpus.display()
        );
    }
    made(&corpus)?;
    for entry in fs::read_dir(&corpus)? {
        let file = entry?.path();
        if file.file_name().is_some_and(|name| is_given_by_libfuzzer(&name.to_string_lossy())) {
            fs::remove_file(&file).with_context(|| format!("could not remove {}", file.display()))?;
        }
    }
    let mut bytes = 0;
    for file in &files {
        bytes += fs::copy(file, corpus.join(file.file_name().unwrap_or_default()))?;
    }
    println!("{target}: {} inputs kept, {bytes} bytes", files.len());
    Ok(())
}

/// A SHA-1 in hexadecimal digits. Files with other names are somebody's, and stay.
fn is_given_by_libfuzzer(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

fn made(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))
}
