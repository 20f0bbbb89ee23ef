//! `svar store`: outcomes out of a store, back into one, and what is old away.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use svar_collector::export::{self, OnDamage};
use svar_collector::report::Zone;
use svar_collector::{Migrate, Pruned, Store, StoreAddress, open_store, reread, retention};

use super::count;

/// The arguments.
#[derive(clap::Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Write all outcomes as lines of JSON: for backups, for moving to another store, for your own analysis
    Export(Export),
    /// Put an export back, into an empty store or beside what is there: later states stand, nothing is counted twice
    Import(Import),
    /// Remove outcomes that are old
    Prune(Prune),
    /// Look again at what was set aside because it came from a widget newer than svar was; `svar serve` does so at its start
    Reread(Reread),
}

#[derive(clap::Args)]
struct Export {
    /// The store: sqlite:FILE or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// Where to write it, instead of stdout; the file appears when it is complete
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Import {
    /// The store: sqlite:FILE, made if it is not there, or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// The export; - or nothing for stdin. A file is read through before anything of it is imported
    #[arg(value_name = "FILE", default_value = "-")]
    from: PathBuf,
    /// Pass over damaged lines, tell which, and import the rest; otherwise nothing of a damaged file is imported, and of
    /// stdin what comes before the first damaged line
    #[arg(long)]
    skip_damaged: bool,
    /// Make PostgreSQL's tables without an advisory lock, which some databases lack
    #[arg(long)]
    no_migration_lock: bool,
}

#[derive(clap::Args)]
struct Reread {
    /// The store: sqlite:FILE or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "ADDRESS")]
    store: String,
}

#[derive(clap::Args)]
struct Prune {
    /// The store: sqlite:FILE or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// Remove attempts whose latest state is from before this day, 2026-01-01, or moment, 2026-01-01T12:00:00Z
    #[arg(long, value_name = "DAY", conflicts_with = "older_than", required_unless_present = "older_than")]
    before: Option<String>,
    /// Remove attempts whose latest state is older than so many days, such as 400d
    #[arg(long, value_name = "AGE", value_parser = days)]
    older_than: Option<u32>,
    /// Time zone of the day, such as Europe/Stockholm; otherwise UTC
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Say what would be removed and remove nothing
    #[arg(long)]
    dry_run: bool,
}

/// `400d`.
pub fn days(given: &str) -> Result<u32, String> {
    let number = given.trim().strip_suffix('d').and_then(|number| number.parse().ok());
    number
        .filter(|days| (1..=36_500).contains(days))
        .ok_or_else(|| format!("expected a number of days from 1d to 36500d, such as 400d, found `{given}`"))
}

/// Runs the command.
pub fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("could not start the threads that reach the store")?;
    runtime.block_on(async {
        match &options.action {
            Action::Export(options) => export(options).await,
            Action::Import(options) => import(options).await,
            Action::Prune(options) => prune(options).await,
            Action::Reread(options) => reread(options).await,
        }
    })
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

async fn export(options: &Export) -> Result<()> {
    let address: StoreAddress = options.store.parse()?;
    let store = open_store(&address, Migrate::Never).await?;
    let exported = match &options.out {
        None => export::export(&*store, &mut BufWriter::new(io::stdout().lock()), now_ms()).await?,
        Some(path) => to_file(&*store, path).await.with_context(|| format!("could not write {}", path.display()))?,
    };
    store.close().await;
    eprintln!("exported {}", count(exported.records as usize, "record"));
    if exported.unreadable > 0 {
        eprintln!(
            "left out: {} that could not be read, damaged or written by another version of svar",
            count(exported.unreadable as usize, "attempt")
        );
    }
    Ok(())
}

/// Beside `path` first: a file that is there under its name is whole.
async fn to_file(store: &dyn Store, path: &Path) -> Result<export::Exported> {
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let written = async {
        let mut out = BufWriter::new(File::create_new(&part)?);
        let exported = export::export(store, &mut out, now_ms()).await?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&part, path)?;
        anyhow::Ok(exported)
    }
    .await;
    if written.is_err() {
        // What is left of it helps nobody.
        drop(fs::remove_file(&part));
    }
    written
}

async fn import(options: &Import) -> Result<()> {
    let address: StoreAddress = options.store.parse()?;
    let (name, from_stdin) = (options.from.display().to_string(), options.from == Path::new("-"));
    let named = || if from_stdin { "stdin".to_owned() } else { name.clone() };
    let open = || File::open(&options.from).map(BufReader::new).with_context(|| format!("could not read {name}"));
    let on_damage = if options.skip_damaged { OnDamage::Skip } else { OnDamage::Stop };
    if !from_stdin && on_damage == OnDamage::Stop {
        export::check(&mut open()?).with_context(|| {
            format!("nothing of {name} was imported; --skip-damaged passes over damaged lines and imports the rest")
        })?;
    }
    let migrate = if options.no_migration_lock { Migrate::Unlocked } else { Migrate::Locked };
    let mut input: Box<dyn BufRead> = if from_stdin { Box::new(io::stdin().lock()) } else { Box::new(open()?) };
    let store = open_store(&address, migrate).await?;
    let imported = export::import(&*store, &mut input, on_damage).await;
    // What the one that exported did not understand, we may.
    let reread = reread::reread(&*store).await;
    store.close().await;
    let imported = imported.with_context(|| {
        format!(
            "the import of {} ended early; what came before is in the store, and importing again changes nothing of it",
            named()
        )
    })?;
    println!(
        "imported {}, {} of them new to the store or later than what it had",
        count(imported.records as usize, "record"),
        imported.changed
    );
    let understood = reread?.understood;
    if understood > 0 {
        println!("counted {} that had been set aside", count(understood as usize, "attempt"));
    }
    for damage in &imported.damages {
        eprintln!("passed over: {damage}");
    }
    if imported.damaged > 0 {
        println!("passed over {}", count(imported.damaged as usize, "damaged line"));
    }
    Ok(())
}

async fn reread(options: &Reread) -> Result<()> {
    let address: StoreAddress = options.store.parse()?;
    let store = open_store(&address, Migrate::Never).await?;
    let done = reread::reread(&*store).await;
    store.close().await;
    let done = done?;
    println!(
        "of what was set aside: {} understood now and counted, {} refused, {} left for a newer svar",
        done.understood, done.refused, done.left
    );
    Ok(())
}

async fn prune(options: &Prune) -> Result<()> {
    let address: StoreAddress = options.store.parse()?;
    let before_ms = match (&options.before, options.older_than) {
        (Some(before), _) => Zone::named(options.timezone.as_deref())?.before(before)?,
        (None, Some(days)) => {
            i64::try_from(now_ms()).unwrap_or(i64::MAX).saturating_sub(i64::from(days) * retention::DAY_MS)
        }
        // clap asks for one of them.
        (None, None) => return Ok(()),
    };
    let store = open_store(&address, Migrate::Never).await?;
    let pruned =
        if options.dry_run { store.older(before_ms).await } else { retention::prune(&*store, before_ms, |_| {}).await };
    store.close().await;
    let Pruned { attempts, set_aside, counts } = pruned?;
    println!(
        "{} {}, {} set aside, {} of refused and repeated events",
        if options.dry_run { "would remove" } else { "removed" },
        count(attempts as usize, "attempt"),
        count(set_aside as usize, "event"),
        count(counts as usize, "daily count"),
    );
    Ok(())
}
