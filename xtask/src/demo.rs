//! `cargo xtask demo`: everything built, the example help centre indexed, and a portal served that uses it.
//!
//! At the end this process becomes `svar serve`, so that whoever stops the demo stops the server. The addresses are
//! printed by a second process of ours, which waits until the server answers.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tools::Tools;
use crate::{build, process};

const HELP: &str = "examples/help";
const PORTAL: &str = "examples/portal";
const OUT: &str = "out/demo";

/// How many ports after the wanted one are tried.
const PORTS: u16 = 20;

/// How long the server may take to answer before we say that it does not.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(clap::Args)]
pub struct Options {
    /// Articles of your own instead of the example's; served on a plain page instead of the example portal
    #[arg(long, value_name = "FOLDER")]
    site: Option<PathBuf>,
    /// Where to serve; if the port is taken the next free one is used
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Where the built site goes, instead of out/demo; its database goes beside it
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Build only
    #[arg(long)]
    no_serve: bool,
    /// After `--`: more arguments for `svar build`
    #[arg(last = true, value_name = "ARGUMENT")]
    build_arguments: Vec<String>,
}

/// Builds and serves. Does not return while serving. Folders are taken as seen from `start`, where the caller is.
pub fn run(options: Options, start: &Path) -> Result<()> {
    let tools = Tools::ensure()?;
    let svar = build::run(&tools)?;
    let own = options.site.map(|folder| start.join(folder));
    let out = options.out.map_or_else(|| PathBuf::from(OUT), |folder| start.join(folder));
    let articles = own.clone().unwrap_or_else(|| PathBuf::from(HELP));
    process::run(
        Command::new(&svar).arg("build").arg(&articles).arg("--out").arg(&out).args(&options.build_arguments),
    )?;
    if options.no_serve {
        println!("built {}", out.display());
        return Ok(());
    }
    let address = free_address(options.listen)?;
    let mut store = out.clone().into_os_string();
    store.push(".sqlite");
    let mut serve = Command::new(&svar);
    serve.arg("serve").arg("--site").arg(&out);
    if own.is_none() {
        serve.args(["--portal", PORTAL]);
    }
    serve.arg("--store").arg(format!("sqlite:{}", store.to_string_lossy()));
    serve.args(["--csp", "--listen", &address.to_string()]);
    println!("$ {}", process::describe(&serve));
    let mut announce = Command::new(std::env::current_exe()?);
    announce.args(["announce", &address.to_string()]);
    if own.is_none() {
        announce.arg("--portal");
    }
    announce.stdin(Stdio::null()).spawn().context("could not start ourselves once more")?;
    become_process(&mut serve)
}

/// The wanted address, or the same with the first free port after it.
fn free_address(wanted: SocketAddr) -> Result<SocketAddr> {
    for step in 0..=PORTS {
        let Some(port) = wanted.port().checked_add(step) else { break };
        let address = SocketAddr::new(wanted.ip(), port);
        if let Ok(listener) = TcpListener::bind(address) {
            return Ok(listener.local_addr()?);
        }
    }
    bail!("expected a free port from {wanted} on, found the first {PORTS} taken: give another with --listen")
}

#[cfg(unix)]
fn become_process(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let program = process::describe(command);
    Err(command.exec()).with_context(|| format!("could not start `{program}`"))
}

#[cfg(not(unix))]
fn become_process(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    if !status.success() {
        bail!("expected `{}` to go on serving, found {status}", process::describe(command));
    }
    Ok(())
}

#[derive(clap::Args)]
pub struct Announcement {
    address: SocketAddr,
    /// The example portal is served, and its help pages under it
    #[arg(long)]
    portal: bool,
}

/// Waits for the server, then prints its addresses. Silent if the server ended instead: it has said why.
pub fn announce(announcement: &Announcement) -> Result<()> {
    let server = parent();
    let began = Instant::now();
    while TcpStream::connect_timeout(&announcement.address, Duration::from_secs(1)).is_err() {
        if parent() != server {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            bail!("expected an answer at {} within {} s, found none", announcement.address, PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let origin = format!("http://{}", announcement.address);
    println!();
    if announcement.portal {
        println!("  portal      {origin}/");
        println!("  in English  {origin}/en/index.html");
        println!("  help pages  {origin}/svar/help/sv.html");
    } else {
        println!("  page        {origin}/");
    }
    println!("  report      {origin}/report");
    println!("\n  Ctrl-C stops it.");
    Ok(())
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_leads_to_a_later_one() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let wanted = taken.local_addr().expect("bound");
        let found = free_address(wanted).expect("one of twenty is free");
        assert!(found.port() > wanted.port() && found.port() <= wanted.port() + PORTS, "{wanted} {found}");
    }
}
