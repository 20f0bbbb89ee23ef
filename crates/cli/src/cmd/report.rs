//! `svar report`: what became of customers' issues.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use svar_collector::report::{ReportOptions, STYLESHEET, report};
use svar_collector::{Migrate, Report, StoreAddress, open_store};

/// The arguments.
#[derive(clap::Args)]
pub struct Options {
    /// Where `svar serve` keeps outcomes: sqlite:FILE or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// First day, 2026-11-01, or moment, 2026-11-01T12:00:00Z; otherwise from the beginning
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Last day, included, or the moment to stop at; otherwise until now
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Time zone of the days, such as Europe/Stockholm; otherwise UTC
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where to write it, instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// Every figure, for programs
    Json,
    /// A page that stands alone
    Html,
}

/// Runs the command.
pub fn run(options: &Options) -> Result<()> {
    let address: StoreAddress = options.store.parse()?;
    let runtime = tokio::runtime::Runtime::new().context("could not start the threads that read the store")?;
    let made = runtime.block_on(async {
        // A mistyped name must not give an empty report.
        let store = open_store(&address, Migrate::Never).await?;
        let asked = ReportOptions {
            since: options.since.clone(),
            until: options.until.clone(),
            timezone: options.timezone.clone(),
        };
        let made = report(&*store, &asked).await;
        store.close().await;
        anyhow::Ok(made?)
    })?;
    let mut text = written(&made, options.format);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    match &options.out {
        Some(path) => fs::write(path, text).with_context(|| format!("could not write {}", path.display())),
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}

fn written(report: &Report, format: Format) -> String {
    match format {
        Format::Text => report.to_text(),
        Format::Json => report.to_json(),
        // A page in a file has no server to take the stylesheet from.
        Format::Html => report
            .to_html()
            .replace("<link rel=\"stylesheet\" href=\"/report.css\">", &format!("<style>\n{STYLESHEET}</style>")),
    }
}
