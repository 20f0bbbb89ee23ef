//! A small help centre, a widget that is none, and the command.

#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder that goes away with the test.
pub struct Bench {
    dir: TempDir,
}

impl Bench {
    /// With articles in `help`, a widget in `widget`.
    pub fn new() -> Bench {
        let bench = Bench { dir: TempDir::new().unwrap() };
        bench.write(
            "help/sv/faktura.md",
            "# Flytta fakturans förfallodag\n\nDu kan flytta förfallodagen två veckor i Mina sidor.",
        );
        bench.write("help/sv/router.md", "# Starta om routern\n\nDra ur kontakten och vänta i tio sekunder.");
        bench.write("help/en/router.md", "# Restart the router\n\nPull the plug and wait for ten seconds.");
        bench.write(
            "help/sv/rabatt.md",
            "---\naudience: staff\n---\n# Ge rabatt\n\nHögst tio procent utan att fråga en chef.",
        );
        let loader = r#"start(JSON.parse('{"svar:files":1,"version":"dev","folder":"","glue":"","wasm":"","css":"","words":{"en":"words/en.txt"}}'));"#;
        bench.write("widget/svar.js", loader);
        for name in ["svar-widget.js", "svar-widget_bg.wasm", "widget.css", "words/en.txt", "words/sv.txt"] {
            bench.write(&format!("widget/{name}"), name);
        }
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs the command in the folder.
    pub fn svar(&self, arguments: &[&str]) -> Told {
        let mut command = self.command();
        command.args(arguments);
        Told::of(&command.output().unwrap())
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_svar"));
        command.current_dir(self.dir.path()).env_remove("LANG");
        command
    }

    /// Builds `help` to `out`.
    pub fn build(&self, out: &str, more: &[&str]) -> Told {
        self.svar(&[&["build", "help", "--out", out, "--widget", "widget"], more].concat())
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Told {
    pub fn of(output: &Output) -> Told {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Told { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The standard output of a run that went well.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// That the run ended with `code` and said all of `words`.
    #[track_caller]
    pub fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "expected `{word}` in {self:?}");
        }
    }
}

/// The files below a folder with their contents, by name, in order.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
