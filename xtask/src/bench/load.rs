//! `cargo xtask bench load`: how many attempts a second a collector takes durably, beside a bare insert of axum and sqlx.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::engine::Machine;
use super::{PARTIAL, RESULTS, write};
use crate::postgres::Postgres;
use crate::size::grouped;
use crate::workspace::Workspace;
use crate::{build, process};

/// How many connections send at once.
const CLIENTS: [usize; 4] = [1, 8, 32, 128];

/// Events in a request, over [`BATCH_CLIENTS`] connections.
const BATCHES: [usize; 2] = [10, 50];
const BATCH_CLIENTS: usize = 8;

/// While memory is looked at.
const MEMORY_CLIENTS: usize = 32;

/// How often it is looked at, each time after `--seconds`.
const LOOKS: usize = 6;

#[derive(clap::Args)]
pub struct Options {
    /// How long each measurement sends
    #[arg(long, value_name = "N", default_value_t = SECONDS, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
}

const SECONDS: u32 = 10;

/// Measures both stores.
pub fn run(options: &Options) -> Result<()> {
    let whole = options.seconds == SECONDS && std::env::var_os(super::OTHER).is_none();
    // In one go: cargo would compile what they share once for each otherwise. A widget is not needed.
    let mut cargo = process::cargo();
    cargo.args(["build", "--release", "--package", "svar-bench-load"]);
    let svar = if std::env::var_os(super::OTHER).is_some() {
        process::run(&mut cargo)?;
        super::command()?
    } else {
        process::run(cargo.args(["--package", "svar-cli"]))?;
        build::binary()?
    };
    let program = Workspace::read()?.target.join("release/svar-bench-load");
    let postgres = Postgres::start()?;
    let folder = Path::new(PARTIAL).join("load");
    let mut stores = Vec::new();
    for (name, address) in [("SQLite", None), ("PostgreSQL", Some(postgres.address()))] {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("site")).with_context(|| format!("could not make {}", folder.display()))?;
        let bench = Bench { svar: &svar, program: &program, folder: &folder, seconds: options.seconds };
        stores.push(bench.measure(name, address.as_deref())?);
    }
    let text = markdown(&Machine::read()?, &load_of_the_machine(), options.seconds, &stores);
    println!("\n{text}");
    let folder = Path::new(if whole { RESULTS } else { PARTIAL });
    write(folder, "load.md", &text)?;
    println!("written to {}", folder.join("load.md").display());
    Ok(())
}

/// What others left to us: the mean number of processes that wanted to run, over the last 15 minutes.
fn load_of_the_machine() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').nth(2).unwrap_or("unknown").to_owned()
}

struct Bench<'a> {
    svar: &'a Path,
    program: &'a Path,
    folder: &'a Path,
    seconds: u32,
}

/// What a store came to.
struct Store {
    name: &'static str,
    /// By number of clients: svar and the bare insert.
    single: Vec<(usize, Sent, Sent)>,
    /// By events in a request.
    batches: Vec<(usize, Sent)>,
    /// Attempts stored since the start, and megabytes of memory then.
    memory: Vec<(f64, f64)>,
}

/// What `svar-bench-load send` says.
#[derive(Deserialize)]
struct Sent {
    requests: f64,
    events_per_second: f64,
    p50_us: f64,
    p99_us: f64,
    bytes_per_event: usize,
}

impl Bench<'_> {
    fn measure(&self, name: &'static str, server: Option<&str>) -> Result<Store> {
        let store =
            |file: &str| server.map_or_else(|| format!("sqlite:{}", self.folder.join(file).display()), str::to_owned);
        let (ours, bare) = (self.svar(&store("svar.sqlite"))?, self.bare(&store("bare.sqlite"))?);
        let mut measured = Store { name, single: Vec::new(), batches: Vec::new(), memory: Vec::new() };
        for clients in CLIENTS {
            println!("{name}, {clients} clients");
            let sent = self.send(&ours, clients, 1)?;
            measured.single.push((clients, sent, self.send(&bare, clients, 1)?));
        }
        drop(bare);
        for events in BATCHES {
            println!("{name}, {events} events in a request");
            measured.batches.push((events, self.send(&ours, BATCH_CLIENTS, events)?));
        }
        drop(ours);
        let ours = self.svar(&store("memory.sqlite"))?;
        let mut stored = 0.0;
        measured.memory.push((stored, ours.memory_mb()?));
        for _ in 0..LOOKS {
            println!("{name}, memory");
            stored += self.send(&ours, MEMORY_CLIENTS, 1)?.requests;
            measured.memory.push((stored, ours.memory_mb()?));
        }
        Ok(measured)
    }

    fn svar(&self, store: &str) -> Result<Server> {
        let mut command = Command::new(self.svar);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--burst",
            "1000000",
            "--rate",
            "1000000/s",
            "--store",
            store,
        ]);
        command.arg("--site").arg(self.folder.join("site"));
        Server::start(command)
    }

    fn bare(&self, store: &str) -> Result<Server> {
        let mut command = Command::new(self.program);
        command.args(["bare", store]);
        Server::start(command)
    }

    fn send(&self, to: &Server, clients: usize, events: usize) -> Result<Sent> {
        // No two runs send the same attempts.
        let prefix = format!("load-{:x}", std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis()));
        let mut command = Command::new(self.program);
        command.args([
            "send",
            &to.address,
            &prefix,
            &clients.to_string(),
            &events.to_string(),
            &self.seconds.to_string(),
        ]);
        serde_json::from_str(&process::output(&mut command)?)
            .context("`svar-bench-load send` did not answer as expected")
    }
}

/// Ended when dropped.
struct Server {
    child: Child,
    address: String,
    /// Held: a server that nobody listens to may end.
    _out: BufReader<ChildStdout>,
}

impl Server {
    fn start(mut command: Command) -> Result<Server> {
        let described = process::describe(&command);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().with_context(|| format!("could not start `{described}`"))?;
        let mut out = BufReader::new(child.stdout.take().context("its output is piped")?);
        let mut line = String::new();
        out.read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://").map(str::to_owned);
        let server = Server { child, address: address.unwrap_or_default(), _out: out };
        if server.address.is_empty() {
            bail!("expected `{described}` to listen, found {line:?}");
        }
        Ok(server)
    }

    /// Resident memory, in megabytes.
    fn memory_mb(&self) -> Result<f64> {
        let file = PathBuf::from(format!("/proc/{}/status", self.child.id()));
        let text = std::fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).context("no VmRSS there")?;
        Ok(kib * 1024.0 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn markdown(machine: &Machine, load: &str, seconds: u32, stores: &[Store]) -> String {
    let mut out = format!(
        "# Load\n\nWritten by `cargo xtask bench load`; [bench/README.md](../README.md) says what is measured.\n\n\
         {machine} Load average over the 15 minutes until the end, this bench included: {load}. {seconds} s a figure. ms are \
         milliseconds from a request to its whole answer, an MB is 1,000 kB.\n"
    );
    let ms = |us: f64| format!("{:.1}", us / 1000.0);
    for Store { name, single, batches, memory } in stores {
        let bytes = single.first().map_or(0, |(_, ours, _)| ours.bytes_per_event);
        let _ = write!(
            out,
            "\n## {name}\n\nOne event of {bytes} bytes a request; acknowledged after the commit.\n\n\
             | clients | svar: attempts a second | p50 | p99 | bare: rows a second | p50 | p99 | svar / bare |\n\
             | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        );
        for (clients, ours, bare) in single {
            let _ = writeln!(
                out,
                "| {clients} | {} | {} ms | {} ms | {} | {} ms | {} ms | {:.2} |",
                grouped(ours.events_per_second as usize),
                ms(ours.p50_us),
                ms(ours.p99_us),
                grouped(bare.events_per_second as usize),
                ms(bare.p50_us),
                ms(bare.p99_us),
                ours.events_per_second / bare.events_per_second
            );
        }
        let _ = write!(
            out,
            "\nSeveral events a request, {BATCH_CLIENTS} clients.\n\n\
             | events | attempts a second | p50 | p99 |\n| ---: | ---: | ---: | ---: |\n"
        );
        for (events, sent) in batches {
            let rate = grouped(sent.events_per_second as usize);
            let _ = writeln!(out, "| {events} | {rate} | {} ms | {} ms |", ms(sent.p50_us), ms(sent.p99_us));
        }
        let _ = write!(
            out,
            "\nResident memory of `svar serve`, {MEMORY_CLIENTS} clients, since it was started anew.\n\n\
             | seconds | attempts stored | memory |\n| ---: | ---: | ---: |\n"
        );
        for (look, (stored, mb)) in memory.iter().enumerate() {
            let _ = writeln!(out, "| {} | {} | {mb:.1} MB |", look as u32 * seconds, grouped(*stored as usize));
        }
    }
    out
}
