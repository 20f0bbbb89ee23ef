//! The `svar` command: it parses arguments, calls a command and maps what comes back to an exit code.
//!
//! | exit code | |
//! |---|---|
//! | 0 | done; a question that finds nothing is answered, too |
//! | 1 | it could not be done, or `svar check` found damage; why is on stderr |
//! | 2 | the arguments cannot be understood |
//!
//! A command is a file in [`cmd`] with `Options` and `run`. Results go to stdout, progress and notes to stderr.

mod cmd;
mod folder;
mod log;
mod notes;
mod progress;
mod synonyms;
mod try_page;
mod widget;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Self-service help that measures whether issues were solved.
#[derive(Parser)]
#[command(name = "svar", bin_name = "svar", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a folder to deploy, widget and index, from a folder of help articles
    Build(cmd::build::Options),
    /// Verify every file of a deployed folder or an index
    Check(cmd::check::Options),
    /// Ask an index a question, or a file of questions; the answers are those of the widget
    Search(cmd::search::Options),
    /// Serve a deployed folder, take outcomes and show the report
    Serve(cmd::serve::Options),
    /// Report on outcomes: which issues were solved, and where customers were left without an answer
    Report(cmd::report::Options),
    /// Take outcomes out of a store, put them into one, remove what is old
    Store(cmd::store::Options),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let log = match &command {
        Command::Serve(options) => options.log,
        _ => log::Options::PLAIN,
    };
    log::install(log);
    let done = match command {
        Command::Build(options) => cmd::build::run(&options),
        Command::Check(options) => cmd::check::run(&options),
        Command::Search(options) => cmd::search::run(&options),
        Command::Serve(options) => cmd::serve::run(options),
        Command::Report(options) => cmd::report::run(&options),
        Command::Store(options) => cmd::store::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output, `head` say, has had enough.
        Err(error) if error.root_cause().downcast_ref().is_some_and(is_broken_pipe) => ExitCode::SUCCESS,
        Err(error) => {
            match log.format {
                log::Format::Json => tracing::error!(error = told(&error), "svar serve could not start or go on"),
                _ => eprintln!("error: {}", told(&error)),
            }
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// An error and its causes, each once: some messages hold their cause already.
fn told(error: &anyhow::Error) -> String {
    let mut out = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if out.is_empty() {
            out = cause;
        } else if !out.contains(&cause) {
            out.push_str(": ");
            out.push_str(&cause);
        }
    }
    out
}
