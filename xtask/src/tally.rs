//! Counting tests while their output passes by.
//!
//! Cargo's and Node's closing lines are held back and printed at the very end of the run, each once: so the end of a long
//! log tells the result, and whoever adds up the closing lines does not count a test twice.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// Tests counted so far, and the closing lines that say so.
#[derive(Debug, Default)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// Crashes survived, as tests tell in lines such as `crash: 38 kills (…)`.
    pub kills: u64,
    closing: Vec<String>,
}

impl Tally {
    /// Runs the program with its output (both streams, in order) passing through to standard output, but for the closing lines.
    pub fn run(&mut self, command: &mut Command) -> Result<()> {
        println!("$ {}", process::describe(command));
        let (reader, writer) = std::io::pipe()?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()
            .with_context(|| format!("could not start `{}`", process::describe(command)))?;
        // The command keeps the writing ends; reading ends only when they are closed.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            if !self.take(&String::from_utf8_lossy(&line)) {
                std::io::stdout().write_all(&line)?;
            }
            line.clear();
        }
        let status = child.wait()?;
        if !status.success() {
            bail!(
                "expected `{}` to succeed, found {status}; its own output above says why",
                process::describe(command)
            );
        }
        Ok(())
    }

    /// Looks at one line and says whether it is to be held back.
    pub fn take(&mut self, line: &str) -> bool {
        let line = plain(line);
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result: ") {
            let (passed, failed) = (count(counts, "passed"), count(counts, "failed"));
            self.passed += passed;
            self.failed += failed;
            // A crate without tests says so too; that says nothing.
            if passed + failed + count(counts, "ignored") > 0 {
                self.closing.push(line.to_owned());
            }
            return true;
        }
        if let Some((_, counts)) = line.split_once("crash: ").filter(|(before, _)| matches!(*before, "" | "ℹ ")) {
            self.kills += count(counts, "kills");
            self.closing.push(format!("crash: {counts}"));
            return true;
        }
        // The `spec` reporter's closing lines; the same numbers come from the `tap` reporter.
        line.strip_prefix("ℹ ").is_some_and(closes)
    }

    /// Looks at what Node's `tap` reporter wrote. Its closing lines follow the last plan (`1..3`); a test may have printed
    /// anything before that.
    pub fn take_tap(&mut self, text: &str) {
        let Some((_, end)) = text.rsplit_once("\n1..") else { return };
        for line in end.lines().filter(|line| line.strip_prefix("# ").is_some_and(closes)) {
            let number =
                |word: &str| line.strip_prefix(word).and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0);
            self.passed += number("# pass ");
            self.failed += number("# fail ");
            self.closing.push(line.to_owned());
        }
    }

    /// Prints the closing lines and then the sum.
    pub fn print(&self) {
        for line in &self.closing {
            println!("{line}");
        }
        println!("{} passed, {} failed, {} kills survived", self.passed, self.failed, self.kills);
    }
}

/// Whether this is `tests 3`, `pass 3`, …: how Node's test runner ends.
fn closes(line: &str) -> bool {
    const WORDS: [&str; 8] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];
    let mut words = line.split(' ');
    words.next().is_some_and(|word| WORDS.contains(&word))
        && words.next().is_some_and(|number| number.parse::<f64>().is_ok())
        && words.next().is_none()
}

/// The number before the word in `ok. 3 passed; 0 failed; 1 ignored`.
fn count(counts: &str, word: &str) -> u64 {
    let words: Vec<&str> = counts.split([' ', ';']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The line without colours.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_and_node_are_added_up() {
        let mut tally = Tally::default();
        let held: Vec<&str> = [
            "running 2 tests",
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.03s",
            "test result: \u{1b}[31mFAILED\u{1b}[0m. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "✔ opens (31.2ms)",
            "crash: 38 kills (30 of a collector, 8 of a page); 6791 attempts",
            "ℹ crash: 4 kills (4 of a page); 9 attempts",
            "ℹ pass 4",
            "ℹ a note from a test",
            "# pass 9",
        ]
        .into_iter()
        .filter(|line| tally.take(line))
        .collect();
        assert_eq!((held.len(), tally.kills), (6, 42), "{held:?}");
        tally.take_tap("TAP version 13\n# pass 9\nok 1 - opens\n1..4\n# tests 5\n# suites 0\n# pass 4\n# fail 1\n# duration_ms 12.5\n");
        assert_eq!((tally.passed, tally.failed), (19, 3));
        assert_eq!(tally.closing.len(), 9, "{:?}", tally.closing);
        assert!(tally.closing.contains(&"# pass 4".to_owned()));
        assert!(
            tally.closing[1].starts_with("test result: FAILED. 3 passed"),
            "colours are left out: {:?}",
            tally.closing[1]
        );
    }

    #[test]
    fn output_is_counted_on_its_way() {
        let mut tally = Tally::default();
        let line = "test result: ok. 1 passed; 0 failed; 0 ignored;";
        tally.run(Command::new("sh").args(["-c", &format!("echo '{line}'; echo '{line}' >&2")])).expect("sh echoes");
        assert_eq!((tally.passed, tally.failed), (2, 0));
        let error = tally.run(Command::new("sh").args(["-c", "exit 3"])).expect_err("it ends with 3");
        assert!(error.to_string().contains("exit status: 3"), "{error}");
    }
}
