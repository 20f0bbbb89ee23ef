//! A real PostgreSQL for the tests: two servers of our own, on data and sockets in a temporary folder. The system's
//! clusters, if there are any, are never touched.
//!
//! | variable | for the tests |
//! |---|---|
//! | `SVAR_TEST_POSTGRES` | address of the first server, as its superuser `svar`, over a socket |
//! | `SVAR_TEST_POSTGRES_TLS` | the same server at localhost with TLS and a password; the certificate is not the system's to check |
//! | `SVAR_TEST_POSTGRES_ROOT` | file of the certificate that checks it |
//! | `SVAR_TEST_POSTGRES_SECOND` | address of the second server, which is not running |
//! | `SVAR_TEST_POSTGRES_CTL` | program that starts and stops the second one: `start`, `stop -m immediate` |
//!
//! PostgreSQL refuses to run as root: then it runs as `postgres`, the user that its packages make.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::Apt;
use crate::process;
use crate::workspace::Workspace;

/// The first PostgreSQL whose databases may have an order of their own (ICU's): byte order must not depend on it.
const ICU: u32 = 15;

/// Who the servers run as where we are root.
const USER: &str = "postgres";

/// How our folders begin: nothing else is ever removed.
const FOLDER: &str = "svar-postgres-";

const PASSWORD: &str = "only-for-tests";

#[derive(clap::Args)]
pub struct Options {
    /// What to run, with its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// `cargo xtask postgres COMMAND`.
pub fn run(options: &Options) -> Result<()> {
    let [program, arguments @ ..] = options.command.as_slice() else { bail!("expected a command, found none") };
    let postgres = Postgres::start()?;
    let mut command = Command::new(program);
    command.args(arguments);
    postgres.tell(&mut command);
    process::run(&mut command)
}

/// Two servers; they end, and their folder goes, when this is dropped.
pub struct Postgres {
    folder: PathBuf,
    /// Where the folder is written down, for the next run, should we end without cleaning up.
    note: PathBuf,
    /// The note, locked while we live: no other run takes it for a left one.
    _lock: File,
    port: u16,
}

/// Finds PostgreSQL's programs and installs them where apt may.
pub fn ensure() -> Result<PathBuf> {
    if let Some(folder) = programs() {
        return Ok(folder);
    }
    if let Some(apt) = Apt::find() {
        println!("installing PostgreSQL (once; about a minute)");
        apt.update()?;
        apt.install(&["postgresql"])?;
    }
    programs().context(
        "expected PostgreSQL's programs (initdb, pg_ctl) in PATH or in /usr/lib/postgresql/VERSION/bin, found none: \
         install postgresql",
    )
}

/// The folder of initdb and pg_ctl. Debian keeps them out of PATH, a folder a version.
fn programs() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"].iter().all(|program| process::executable(folder, program).is_file())
    };
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| has_all(folder))
        .collect();
    versions.sort();
    let in_path = || process::find("initdb").and_then(|file| Some(file.parent()?.to_owned())).filter(has_all);
    versions.pop().map(|(_, folder)| folder).or_else(in_path)
}

impl Postgres {
    /// Makes both servers and starts the first.
    pub fn start() -> Result<Postgres> {
        let programs = ensure()?;
        let notes = Workspace::read()?.target.join("postgres-of-tests");
        fs::create_dir_all(&notes).with_context(|| format!("could not make {}", notes.display()))?;
        clean_up(&notes);
        let folder = PathBuf::from(
            process::output(Command::new("mktemp").args(["-d", "-t", &format!("{FOLDER}XXXXXX")]))?.trim(),
        );
        // Before anything is started, so that whatever becomes of us the next run can stop it.
        let note = notes.join(std::process::id().to_string());
        let mut lock = File::create(&note).with_context(|| format!("could not write {}", note.display()))?;
        lock.lock()?;
        write!(lock, "{}", folder.display())?;
        let postgres = Postgres { folder, note, _lock: lock, port: free_port()? };
        postgres.make(&programs).context("could not make a PostgreSQL for the tests")?;
        process::output(Command::new(postgres.folder.join("first-ctl")).arg("start"))
            .with_context(|| format!("could not start PostgreSQL; its own words: {}", postgres.log("first")))?;
        println!("{}: running in {}", version_of(&programs)?, postgres.folder.display());
        Ok(postgres)
    }

    fn make(&self, programs: &Path) -> Result<()> {
        let root = process::output(Command::new("id").arg("-u"))?.trim() == "0";
        let as_user: &[&str] =
            if root { &["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"] } else { &[] };
        certificates(&self.folder)?;
        for name in ["first", "second"] {
            fs::create_dir(self.folder.join(format!("{name}-socket")))?;
            self.write_ctl(name, programs, as_user)?;
        }
        if root {
            process::output(Command::new("chown").arg("-R").arg(format!("{USER}:")).arg(&self.folder)).with_context(
                || {
                    format!(
                        "PostgreSQL does not run as root, and there is no user {USER}: install postgresql's package"
                    )
                },
            )?;
        }
        let data = self.folder.join("first");
        let initdb = programs.join("initdb");
        let mut words: Vec<&str> = as_user.to_vec();
        words.push(initdb.to_str().context("PostgreSQL's folder has a strange name")?);
        let mut initdb = Command::new(words[0]);
        initdb.args(&words[1..]).current_dir(&self.folder).arg("-D").arg(&data);
        initdb.args(["-U", "svar", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        if major(&version_of(programs)?) >= ICU {
            initdb.args(["--locale-provider=icu", "--icu-locale=sv"]);
        }
        process::output(&mut initdb)?;
        // Written in place: the files stay the user's.
        fs::write(data.join("pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")?;
        self.configure("first", &format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nssl = on\nssl_cert_file = '{folder}/server.crt'\nssl_key_file = '{folder}/server.key'\n",
            self.port,
            folder = self.folder.display()
        ))?;
        process::output(Command::new("cp").arg("-a").arg(&data).arg(self.folder.join("second")))?;
        self.configure("second", "listen_addresses = ''\nport = 5432\nssl = off\n")
    }

    fn configure(&self, name: &str, settings: &str) -> Result<()> {
        let mut file = fs::OpenOptions::new().append(true).open(self.folder.join(name).join("postgresql.conf"))?;
        // The last of several lines for a setting holds.
        writeln!(file, "\nunix_socket_directories = '{}/{name}-socket'\n{settings}", self.folder.display())?;
        Ok(())
    }

    /// A program that starts and stops one of the servers, whoever runs it.
    fn write_ctl(&self, name: &str, programs: &Path, as_user: &[&str]) -> Result<()> {
        let folder = self.folder.display();
        let file = self.folder.join(format!("{name}-ctl"));
        let text = format!(
            "#!/bin/sh\ncd '{folder}' && exec {} '{}' -D '{folder}/{name}' -l '{folder}/{name}.log' -w \"$@\"\n",
            as_user.join(" "),
            programs.join("pg_ctl").display(),
        );
        fs::write(&file, text)?;
        process::output(Command::new("chmod").arg("755").arg(&file)).map(|_| ())
    }

    /// Address of the first server, over a socket.
    pub fn address(&self) -> String {
        self.over_socket("first", self.port)
    }

    fn over_socket(&self, name: &str, port: u16) -> String {
        let folder = self.folder.join(format!("{name}-socket")).display().to_string().replace('/', "%2F");
        format!("postgres://svar@{folder}:{port}/postgres")
    }

    /// Tells the tests where the servers are.
    pub fn tell(&self, command: &mut Command) {
        command.env("SVAR_TEST_POSTGRES", self.address());
        let tls = format!("postgres://svar_password:{PASSWORD}@localhost:{}/postgres", self.port);
        command.env("SVAR_TEST_POSTGRES_TLS", tls);
        command.env("SVAR_TEST_POSTGRES_ROOT", self.folder.join("ca.crt"));
        command.env("SVAR_TEST_POSTGRES_SECOND", self.over_socket("second", 5432));
        command.env("SVAR_TEST_POSTGRES_CTL", self.folder.join("second-ctl"));
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(format!("{name}.log"))).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        stop(&self.folder);
        let _ = fs::remove_file(&self.note);
    }
}

/// Stops what earlier runs left that are no more.
fn clean_up(notes: &Path) {
    for note in fs::read_dir(notes).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let Ok(file) = File::open(&note) else { continue };
        if file.try_lock().is_err() {
            continue;
        }
        if let Some(folder) = fs::read_to_string(&note).ok().filter(|folder| folder.contains(FOLDER)) {
            stop(Path::new(&folder));
        }
        let _ = fs::remove_file(&note);
    }
}

/// Stops both servers and removes their folder. Errors are not worth a word: it is a temporary folder.
fn stop(folder: &Path) {
    for name in ["first", "second"] {
        if folder.join(name).join("postmaster.pid").exists() {
            process::succeeds(Command::new(folder.join(format!("{name}-ctl"))).args(["stop", "-m", "immediate"]));
        }
    }
    let _ = fs::remove_dir_all(folder);
}

/// A certificate for localhost, and the one that signed it.
fn certificates(folder: &Path) -> Result<()> {
    if process::find("openssl").is_none() {
        bail!("expected openssl, to make a certificate for PostgreSQL, found none: install openssl");
    }
    fs::write(
        folder.join("openssl.cnf"),
        "[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = localhost\n\
         [root]\nbasicConstraints = critical,CA:TRUE\n\
         [server]\nbasicConstraints = critical,CA:FALSE\nsubjectAltName = DNS:localhost\n",
    )?;
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "openssl.cnf"];
    let openssl =
        |arguments: &[&str]| process::output(Command::new("openssl").args(arguments).current_dir(folder)).map(|_| ());
    openssl(
        &[
            &[
                "req",
                "-x509",
                "-days",
                "2",
                "-extensions",
                "root",
                "-subj",
                "/CN=svar tests",
                "-keyout",
                "ca.key",
                "-out",
                "ca.crt",
            ],
            &key[..],
        ]
        .concat(),
    )?;
    openssl(&[&["req", "-new", "-keyout", "server.key", "-out", "server.csr"], &key[..]].concat())?;
    openssl(&[
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        "server.csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-extfile",
        "openssl.cnf",
        "-extensions",
        "server",
        "-out",
        "server.crt",
    ])?;
    // PostgreSQL refuses a key that others may read.
    process::output(Command::new("chmod").arg("600").arg(folder.join("server.key"))).map(|_| ())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").context("expected a free port on 127.0.0.1, found none")?.local_addr()?.port())
}

/// `PostgreSQL 15.14`.
fn version_of(programs: &Path) -> Result<String> {
    let text = process::output(Command::new(programs.join("postgres")).arg("--version"))?;
    Ok(text.trim().replacen("postgres (PostgreSQL)", "PostgreSQL", 1))
}

/// The first number.
fn major(version: &str) -> u32 {
    version.split(|c: char| !c.is_ascii_digit()).find_map(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(major("PostgreSQL 15.14 (Debian 15.14-0+deb12u1)"), 15);
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), 18);
        assert_eq!(major(""), 0);
    }
}
