//! `svar serve` as a process that can be killed, and the address at which it can be found since it last started.

use crate::common::Bench;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// Where something listens now. It takes a new port with every start: a port of its own could be taken while it is down.
#[derive(Clone, Default)]
pub struct Address(Arc<Mutex<Option<SocketAddr>>>);

impl Address {
    pub fn get(&self) -> Option<SocketAddr> {
        *self.0.lock().unwrap()
    }

    pub fn set(&self, address: Option<SocketAddr>) {
        *self.0.lock().unwrap() = address;
    }
}

/// Killed with SIGKILL when dropped.
pub struct Collector {
    child: Child,
    address: Address,
    log: Arc<Mutex<VecDeque<String>>>,
}

impl Collector {
    /// Starts it on the bench's folder `site`. `file_blocks`: no file of its may grow over so many blocks of 512 bytes, as
    /// on a full disk.
    pub fn spawn(bench: &Bench, store: &str, address: Address, file_blocks: Option<u64>) -> Collector {
        let svar = bench.command();
        let mut command = match file_blocks {
            None => svar,
            Some(blocks) => {
                let mut limited = Command::new("sh");
                // Ignored, the signal becomes an error of the write.
                limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
                limited.arg(svar.get_program()).current_dir(bench.path(""));
                limited
            }
        };
        command.args(["serve", "--site", "site", "--store", store, "--listen", "127.0.0.1:0"]);
        command.args(["--burst", "1000000", "--rate", "1000000/s"]).env_remove("SVAR_REPORT_TOKEN");
        address.set(None);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::<Mutex<VecDeque<String>>>::default();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let kept = log.clone();
        each_line(err, move |line| {
            let mut kept = kept.lock().unwrap();
            kept.push_back(line);
            let over = kept.len().saturating_sub(20);
            kept.drain(..over);
        });
        let found = address.clone();
        each_line(out, move |line| {
            if let Some(listening) = line.strip_prefix("listening on http://") {
                found.set(listening.parse().ok());
            }
        });
        Collector { child, address, log }
    }

    /// Whether it has said that it listens. It must not have ended by itself.
    pub fn listens(&mut self) -> bool {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "the collector ended by itself: {ended:?}\n{}", self.log());
        self.address.get().is_some()
    }

    /// Ends it as a supervisor does, and whether it did so well.
    pub fn ends_gracefully(mut self) -> bool {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap().success() && self.child.wait().unwrap().success()
    }

    /// Its last words.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().iter().map(|line| format!("{line}\n")).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn each_line(from: impl Read + Send + 'static, mut tell: impl FnMut(String) + Send + 'static) {
    std::thread::spawn(move || BufReader::new(from).lines().map_while(Result::ok).for_each(&mut tell));
}
