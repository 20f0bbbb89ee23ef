//! `cargo xtask bench speed`: how fast svar and its peers are built, loaded and typed into, and what that takes.
//!
//! `built` builds an index and weighs the builder, `measured` lets Chromium at it (`bench/peers/speed/`), `steps` and
//! `spread` make figures of what came back, `figures` says which there are, and `results` tells them. Engines run in turn.

mod built;
mod figures;
mod measured;
mod results;
mod spread;
mod steps;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::engines::{self, Engine, Peers};
use super::forms::Form;
use super::laid::Laid;
use super::{OTHER, Only, PARTIAL, command, write};
use crate::process;
use figures::Subject;

/// Where the tables of a whole run go; in git.
const RESULTS: &str = "bench";

/// The corpora, in the order of the tables.
const CORPORA: [&str; 2] = ["libreoffice-sv", "debian-docs-en"];

/// The engines, in the order of columns.
const ENGINES: [Engine; 3] = [Engine::Svar, Engine::Pagefind, Engine::VitePress];

/// Builds of each index unless told otherwise; the median counts.
const RUNS: u32 = 3;

/// Questions that are typed.
const TYPED: usize = 100;

/// Questions of one word, and of three, that are asked of an empty cache over each link.
const FIRST: usize = 5;

#[derive(clap::Args, Default)]
pub struct Options {
    /// One corpus instead of both
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(CORPORA))]
    corpus: Option<String>,
    /// Builds of each index, of which the median counts (3)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// `ours`: without the peers
    #[arg(long, value_name = "ENGINES")]
    only: Option<Only>,
}

impl Options {
    /// Whether the tables tell of every corpus, every engine and this checkout.
    fn is_whole(&self) -> bool {
        self.corpus.is_none() && self.runs.is_none() && self.only.is_none() && std::env::var_os(OTHER).is_none()
    }
}

/// Measures.
pub fn run(options: &Options) -> Result<()> {
    let began = Instant::now();
    let svar = command()?;
    let peers = Peers::ensure()?;
    let tools = built::Tools::ensure()?;
    let engines = if options.only == Some(Only::Ours) { &ENGINES[..1] } else { &ENGINES[..] };
    let names = CORPORA.into_iter().filter(|name| options.corpus.as_deref().is_none_or(|only| only == *name));
    let mut report = results::Report { versions: versions()?, machine: None, corpora: Vec::new() };
    for name in names {
        let laid = Laid::ensure(name, usize::MAX, &svar)?;
        let asked = Asked::of(&laid)?;
        println!("{name}: {} pages, {} questions typed", laid.pages, asked.typed.len());
        let mut subjects = Vec::new();
        for engine in engines {
            let began = Instant::now();
            println!("  {}", results::title(*engine));
            let folder = Path::new(PARTIAL).join("speed").join(name).join(engine.name());
            let failed = || format!("{} on {name}", results::title(*engine));
            let built = built::build(*engine, &laid, &svar, &tools, &folder, options.runs.unwrap_or(RUNS))
                .with_context(failed)?;
            println!("    built in {:.1} s", built.seconds);
            let measured = measured::measure(*engine, &laid, &asked, &peers, &folder).with_context(failed)?;
            println!("    {:.0} s in all", began.elapsed().as_secs_f64());
            report.machine = Some(measured.machine.clone());
            subjects.push((*engine, Subject { pages: laid.pages, built, measured }));
        }
        report.corpora.push(results::Corpus {
            name: name.to_owned(),
            origin: laid.origin.clone(),
            pages: laid.pages,
            subjects,
        });
    }
    let text = report.markdown();
    println!("\n{text}");
    let folder = Path::new(if options.is_whole() { RESULTS } else { PARTIAL });
    write(folder, "results.md", &text)?;
    write(folder, "results.json", &report.json()?)?;
    if !options.is_whole() {
        println!("not of everything, so written to {} and not to {RESULTS}", folder.display());
    }
    println!("took {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// What is asked of a corpus. Questions are in the order of their ids, which are hashes: by chance, and always the same.
struct Asked {
    typed: Vec<String>,
    one: Vec<String>,
    three: Vec<String>,
}

impl Asked {
    fn of(laid: &Laid) -> Result<Asked> {
        let mut clean: Vec<_> = laid.asked.iter().filter(|one| one.form == Form::Typed).collect();
        clean.sort_by(|a, b| a.id.cmp(&b.id));
        Asked::choose(clean.into_iter().map(|one| one.text.clone()).collect())
            .with_context(|| format!("in the questions of {}", laid.name))
    }

    fn choose(questions: Vec<String>) -> Result<Asked> {
        let of_words = |words: usize| -> Vec<String> {
            let fits = |question: &&String| question.split_whitespace().count() == words;
            questions.iter().filter(fits).take(FIRST).cloned().collect()
        };
        let (one, three) = (of_words(1), of_words(3));
        if one.len() < FIRST || three.len() < FIRST || questions.len() < TYPED {
            bail!(
                "expected {TYPED} questions, {FIRST} of one word and {FIRST} of three among them, found {}, {} and {}",
                questions.len(),
                one.len(),
                three.len()
            );
        }
        Ok(Asked { typed: questions.into_iter().take(TYPED).collect(), one, three })
    }
}

/// What is compared, with versions.
fn versions() -> Result<Vec<(String, String)>> {
    let mut all = vec![("svar".to_owned(), own_version())];
    let peers = engines::versions()?.into_iter().filter(|(name, _)| matches!(*name, "pagefind" | "minisearch"));
    all.extend(peers.map(|(name, version)| (name.to_owned(), version)));
    Ok(all)
}

/// This checkout's version and commit; the version alone without git, and of another command nothing.
fn own_version() -> String {
    if std::env::var_os(OTHER).is_some() {
        return "of another build".to_owned();
    }
    let version = env!("CARGO_PKG_VERSION");
    let git = |words: &[&str]| process::output(std::process::Command::new("git").args(words));
    match git(&["rev-parse", "--short", "HEAD"]) {
        Ok(commit) => {
            let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_ok_and(|files| !files.is_empty());
            format!("{version} ({}{})", commit.trim(), if changed { " and changes" } else { "" })
        }
        Err(_) => version.to_owned(),
    }
}

/// A path as another program needs it that runs elsewhere.
fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("could not find {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_chosen_by_their_words() {
        let question = |at: usize| (0..=at % 4).map(|word| format!("w{at}x{word}")).collect::<Vec<_>>().join(" ");
        let asked = Asked::choose((0..TYPED + 20).map(question).collect()).expect("enough of all");
        assert_eq!(asked.typed.len(), TYPED);
        assert_eq!(asked.one, ["w0x0", "w4x0", "w8x0", "w12x0", "w16x0"]);
        assert_eq!(asked.three[0], "w2x0 w2x1 w2x2");
        let error = Asked::choose(vec!["one".to_owned(); TYPED]).err().expect("none of three words");
        assert!(error.to_string().ends_with("found 100, 5 and 0"), "{error}");
    }
}
