//! `svar serve`: the deployed folder, the collector and the report at one address.

use std::io::{self, Write as _};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use svar_collector::{Limits, Migrate, Network, ServeOptions, Server, Token};

use crate::log;
use crate::widget::LOADER;

/// Under which the widget works: nothing from elsewhere, nothing inline, WebAssembly but no `eval`.
const STRICT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The arguments.
#[derive(clap::Args)]
pub struct Options {
    /// Folder that `svar build` wrote
    #[arg(long, value_name = "DIR")]
    site: PathBuf,
    /// Your own pages, tried before DIR
    #[arg(long, value_name = "FOLDER")]
    portal: Option<PathBuf>,
    /// Where outcomes are kept: sqlite:FILE, outside the served folders and made if it is not there, or
    /// `postgres://USER@HOST/DATABASE`, its password in PGPASSWORD or ~/.pgpass
    #[arg(long, value_name = "ADDRESS")]
    store: String,
    /// Make PostgreSQL's tables and bring them up to date without an advisory lock, which some databases lack; start one
    /// collector first
    #[arg(long)]
    no_migration_lock: bool,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787", value_parser = address)]
    listen: SocketAddr,
    /// A site elsewhere that carries the widget, such as `https://www.example.com`; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// Time zone of the report, such as Europe/Stockholm; otherwise UTC
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Content security policy of the pages; without POLICY the strictest under which the widget works
    #[arg(long, value_name = "POLICY", num_args = 0..=1, default_missing_value = STRICT)]
    csp: Option<String>,
    /// Tell browsers to come by HTTPS alone for SECONDS, a year if not given; for when a proxy in front speaks HTTPS
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "31536000")]
    hsts: Option<u64>,
    /// A proxy or load balancer in front, such as 10.0.0.5 or 10.0.0.0/8, whose X-Forwarded-For is believed; may be
    /// repeated. Proxies on this machine are believed in any case
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<Network>,
    /// Requests with outcomes that one address may send in the long run: per second, minute or hour
    #[arg(long, value_name = "N/s|N/min|N/h", default_value = "4/s", value_parser = rate)]
    rate: f64,
    /// Requests that one address may send at once, before --rate holds; a school or an office is one address
    #[arg(long, value_name = "N", default_value_t = Limits::default().burst, value_parser = clap::value_parser!(u32).range(1..))]
    burst: u32,
    /// Attempts that one address may begin in an hour; what follows is taken for a flood and kept out of every figure. `off`
    /// for no limit
    #[arg(long, value_name = "N/h", default_value = "1000/h", value_parser = flood)]
    flood: Flood,
    /// An address or network whose people are so many that they are no flood, such as your call centre's 203.0.113.0/24;
    /// may be repeated
    #[arg(long, value_name = "CIDR")]
    flood_exempt: Vec<Network>,
    /// Remove outcomes that are older than so many days, such as 400d; `forever` keeps all
    #[arg(long, value_name = "AGE", default_value = "forever", value_parser = keep)]
    keep: Keep,
    /// File that holds the token which lets in to the report and to /metrics, 16 characters or more; or set it as
    /// SVAR_REPORT_TOKEN in the environment. Without a login both are shown on this machine only
    #[arg(long, value_name = "FILE")]
    report_token_file: Option<PathBuf>,
    /// Header in which a trusted proxy names who has logged in and may see them, such as X-Forwarded-User
    #[arg(long, value_name = "NAME")]
    report_user_header: Option<String>,
    #[command(flatten)]
    pub log: log::Options,
}

/// Where the token is looked for if no file is named.
const TOKEN_VARIABLE: &str = "SVAR_REPORT_TOKEN";

/// Requests a second.
fn rate(given: &str) -> Result<f64, String> {
    let expected = || {
        format!("expected a number of requests over zero and a unit, such as 4/s, 200/min or 5000/h, found `{given}`")
    };
    let (number, unit) = given.split_once('/').ok_or_else(expected)?;
    let seconds = match unit.trim() {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(expected()),
    };
    let number: f64 = number.trim().parse().map_err(|_| expected())?;
    if number > 0.0 && number.is_finite() { Ok(number / seconds) } else { Err(expected()) }
}

/// Attempts an hour, or none for no limit.
#[derive(Clone, Copy)]
struct Flood(Option<u32>);

fn flood(given: &str) -> Result<Flood, String> {
    let number = given.strip_suffix("/h").and_then(|number| number.trim().parse().ok());
    match number.filter(|n| (1..=100_000).contains(n)) {
        Some(n) => Ok(Flood(Some(n))),
        None if given == "off" => Ok(Flood(None)),
        None => Err(format!("expected attempts an hour from 1/h to 100000/h, such as 1000/h, or off, found `{given}`")),
    }
}

/// Days, or none for ever.
#[derive(Clone, Copy)]
struct Keep(Option<u32>);

fn keep(given: &str) -> Result<Keep, String> {
    if given == "forever" {
        return Ok(Keep(None));
    }
    super::store::days(given).map(|days| Keep(Some(days))).map_err(|error| error + "; or forever")
}

/// The token, from the file or the environment.
fn token(file: Option<&Path>) -> Result<Option<Token>> {
    let Some(file) = file else {
        let Some(text) = std::env::var_os(TOKEN_VARIABLE) else { return Ok(None) };
        let text = text.into_string().ok().with_context(|| format!("{TOKEN_VARIABLE} is not UTF-8"))?;
        return Token::new(&text).map(Some).with_context(|| format!("{TOKEN_VARIABLE} holds no usable token"));
    };
    let text = std::fs::read_to_string(file).with_context(|| {
        format!("could not read the token in {}; the file must be there, readable by svar, and text", file.display())
    })?;
    warn_if_open_to_all(file);
    Token::new(&text).map(Some).with_context(|| format!("{} holds no usable token", file.display()))
}

#[cfg(unix)]
fn warn_if_open_to_all(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o004 != 0) {
        tracing::warn!(file = %file.display(), "everyone on this machine can read the token; `chmod o-r` ends that");
    }
}

#[cfg(not(unix))]
fn warn_if_open_to_all(_: &Path) {}

fn address(given: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = given.parse() {
        return Ok(address);
    }
    // localhost:8787
    let mut resolved = given.to_socket_addrs().ok().into_iter().flatten();
    resolved.next().ok_or_else(|| "expected an address with its port, such as 127.0.0.1:8787".into())
}

/// Runs the command until Ctrl-C or SIGTERM.
pub fn run(options: Options) -> Result<()> {
    if !options.site.join(LOADER).is_file() {
        tracing::warn!(
            folder = %options.site.display(),
            "no {LOADER} in the folder: pages there have no widget; make it with `svar build`"
        );
    }
    let (site, rest) = match options.portal {
        Some(portal) => (portal, vec![options.site]),
        None => (options.site, Vec::new()),
    };
    let serve = ServeOptions {
        site: Some(site),
        extra_roots: rest,
        // Not while arguments are parsed: clap would repeat an address that is wrong, password and all.
        store: options.store.parse()?,
        migrate: if options.no_migration_lock { Migrate::Unlocked } else { Migrate::Locked },
        listen: options.listen,
        allowed_origins: options.allow_origin,
        timezone: options.timezone,
        content_security_policy: options.csp,
        trusted_proxies: Network::loopback().into_iter().chain(options.trusted_proxy).collect(),
        report_token: token(options.report_token_file.as_deref())?,
        report_user_header: options.report_user_header,
        hsts_max_age_s: options.hsts,
        keep_days: options.keep.0,
        flood_exempt: options.flood_exempt,
        limits: Limits {
            burst: options.burst,
            per_second: options.rate,
            flood_per_hour: options.flood.0,
            ..Limits::default()
        },
    };
    let runtime = tokio::runtime::Runtime::new().context("could not start the server's threads")?;
    runtime.block_on(async {
        let stop = stop()?;
        let server = Server::bind(serve).await?;
        let address = server.local_addr();
        let mut out = io::stdout().lock();
        writeln!(out, "listening on http://{address}\nreport  http://{address}/report")?;
        writeln!(out, "        {}; /metrics too", server.report_guard())?;
        out.flush()?;
        drop(out);
        server.run(stop).await
    })
}

/// Comes when someone asks us to end.
#[cfg(unix)]
fn stop() -> Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = || Ok::<_, io::Error>((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?));
    let (mut interrupt, mut terminate) = signals().context("could not listen for Ctrl-C and SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Comes when someone asks us to end.
#[cfg(not(unix))]
fn stop() -> Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
