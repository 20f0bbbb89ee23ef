//! How far a long piece of work is, on one line of a terminal.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Drawn at most this often.
const EVERY: Duration = Duration::from_millis(100);

/// Widest line that is drawn.
const WIDTH: usize = 50;

/// A line that says how much of something is done and how long the rest will take, if someone is looking.
pub struct Progress {
    what: &'static str,
    began: Instant,
    /// When it was drawn last; `None` where nobody looks.
    drawn: Option<Mutex<Instant>>,
}

impl Progress {
    /// Of `what`, such as `reading`. Nothing is drawn where `quiet`, or where standard error is no terminal.
    pub fn of(what: &'static str, quiet: bool) -> Progress {
        let began = Instant::now();
        let drawn = (!quiet && std::io::stderr().is_terminal()).then(|| Mutex::new(began));
        Progress { what, began, drawn }
    }

    /// `done` of `total` parts are done. May be called from several threads.
    pub fn tell(&self, done: u64, total: u64) {
        let Some(drawn) = &self.drawn else { return };
        let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.elapsed() >= EVERY {
            *drawn = Instant::now();
            eprint!("\r{:WIDTH$}", line(self.what, self.began.elapsed(), done, total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            eprint!("\r{:WIDTH$}\r", "");
        }
    }
}

/// The time left is that of the parts that are left, as fast as those before; of one part in fifty nothing follows yet.
fn line(what: &str, passed: Duration, done: u64, total: u64) -> String {
    let total = total.max(1);
    let done = done.clamp(1, total);
    if done * 50 < total {
        return format!("{what}: {:3} %", done * 100 / total);
    }
    let left = passed.as_secs_f64() / done as f64 * (total - done) as f64;
    let left = match left.ceil() as u64 {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    };
    format!("{what}: {:3} %, {left} left", done * 100 / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left() {
        let after = |seconds, done, total| line("reading", Duration::from_secs(seconds), done, total);
        assert_eq!(after(10, 1, 4), "reading:  25 %, 30 s left");
        assert_eq!(after(60, 2, 100), "reading:   2 %, 49 min left");
        assert_eq!(after(60, 1, 100), "reading:   1 %");
        assert_eq!(after(3, 8, 8), "reading: 100 %, 0 s left");
        assert_eq!(after(0, 0, 0), "reading: 100 %, 0 s left");
    }
}
