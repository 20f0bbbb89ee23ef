//! The project's own commands, run as `cargo xtask COMMAND` from anywhere in the checkout.
//!
//! A file per command with the same shape: `run(...) -> anyhow::Result<()>`. Underneath lie `process` (running programs),
//! `tools`, `browsers` and `postgres` (what must be on the machine) and `workspace` (what cargo knows about this checkout). Nothing
//! here depends on the crates it builds: a broken crate must not stop the command that says so.

mod bench;
mod browsers;
mod build;
mod corpus;
mod demo;
mod finish;
mod fuzz;
mod module;
mod packages;
mod postgres;
mod process;
mod size;
mod tally;
mod test;
mod tools;
mod walls;
mod widget;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Build, try and check svar.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing: the wasm target, wasm-bindgen, Trunk; with --browsers what the browser journeys need too
    Tools {
        #[arg(long)]
        browsers: bool,
    },
    /// Build the widget into dist/ and the svar command, with the widget inside, into target/release/
    Build,
    /// Build everything, index the example help centre and serve it in a portal
    Demo(demo::Options),
    /// Fetch a large real help centre to try things on
    Corpus { name: corpus::Name },
    /// Measure svar beside its peers
    Bench {
        #[command(subcommand)]
        bench: Option<bench::Bench>,
    },
    /// Every check that a change must pass
    Test(test::Options),
    /// Make up inputs for the parser of events, for redaction and for the index (nightly toolchain and cargo-fuzz)
    Fuzz(fuzz::Options),
    /// Start a PostgreSQL for tests, run COMMAND with it and stop it: `cargo xtask postgres cargo test -p svar-collector`
    Postgres(postgres::Options),
    /// What the widget weighs, beside its budget (tests/budget.toml)
    Size,
    /// The walls of ARCHITECTURE.md that a command can hold up
    Walls,
    /// Print the demo's addresses once its server answers (the demo starts this by itself)
    #[command(hide = true)]
    Announce(demo::Announcement),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let start: PathBuf = std::env::current_dir()?;
    workspace::enter()?;
    match command {
        Command::Tools { browsers } => {
            let tools = tools::Tools::ensure()?;
            if browsers {
                browsers::Browsers::ensure(&tools)?;
            }
            Ok(())
        }
        Command::Build => build::run(&tools::Tools::ensure()?).map(|binary| println!("built {}", binary.display())),
        Command::Demo(options) => demo::run(options, &start),
        Command::Corpus { name } => corpus::run(name),
        Command::Bench { bench } => bench::run(&bench.unwrap_or_default()),
        Command::Test(options) => test::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Postgres(options) => postgres::run(&options),
        Command::Size => size::run(),
        Command::Walls => walls::run(),
        Command::Announce(announcement) => demo::announce(&announcement),
    }
}
