//! The widget's files: where they come from, the names they are deployed under and the tag that starts them.
//!
//! All but the loader get the hash of their contents into their name, so that they may be cached for good and two
//! versions never mix. The loader keeps its name and holds the others':
//!
//! ```text
//! svar.js  …'{"svar:files":1,"version":…,"folder":"svar/","glue":…,"wasm":…,"css":…,"help":["en",…],"words":{"en":…}}'…
//! ```
//!
//! That text is looked for in the built loader, in whatever kind of literal a minifier has left it, and replaced.

include!(concat!(env!("OUT_DIR"), "/widget.rs"));

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use svar_indexer::DeployFile;
use xxhash_rust::xxh64::xxh64;

/// The loader, in the widget's folder and in the deployed one.
pub const LOADER: &str = "svar.js";
/// Everything else that is deployed lies below this.
pub const FOLDER: &str = "svar/";
const GLUE: &str = "svar-widget.js";
const WASM: &str = "svar-widget_bg.wasm";
const CSS: &str = "widget.css";

/// What the loader fetches: the text in it that a build replaces. Names are relative to `folder`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    #[serde(rename = "svar:files")]
    mark: u8,
    /// The widget's version.
    pub version: String,
    /// Where the files lie, seen from the loader.
    pub folder: String,
    /// The JavaScript around the application.
    pub glue: String,
    /// The application.
    pub wasm: String,
    /// Its stylesheet.
    pub css: String,
    /// Languages that have a page with all articles.
    pub help: Vec<String>,
    /// Words on the screen, by language. The last field: the text ends with its brace and the object's.
    pub words: BTreeMap<String, String>,
}

/// A built widget.
pub struct Widget {
    /// For messages.
    origin: String,
    files: BTreeMap<String, Cow<'static, [u8]>>,
}

impl Widget {
    /// The widget in `folder`, or else the one inside this command.
    pub fn open(folder: Option<&Path>) -> Result<Widget> {
        let widget = match folder {
            Some(folder) => Widget::read(folder)?,
            None if EMBEDDED.is_empty() => bail!(
                "this svar was built without the widget inside. Run `cargo xtask build`, or name a folder with --widget that holds {}",
                expected()
            ),
            None => Widget {
                origin: "the widget inside this command".into(),
                files: EMBEDDED.iter().map(|(name, bytes)| ((*name).to_owned(), Cow::Borrowed(*bytes))).collect(),
            },
        };
        let missing: Vec<&str> =
            [LOADER, GLUE, WASM, CSS, "words/en.txt"].into_iter().filter(|n| !widget.files.contains_key(*n)).collect();
        if !missing.is_empty() {
            bail!("expected {} to hold {}, found no {}", widget.origin, expected(), missing.join(", no "));
        }
        Ok(widget)
    }

    fn read(folder: &Path) -> Result<Widget> {
        let mut files = BTreeMap::new();
        let mut take = |name: String| -> Result<()> {
            let path = folder.join(&name);
            if path.is_file() {
                let bytes = fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
                files.insert(name, Cow::Owned(bytes));
            }
            Ok(())
        };
        for name in [LOADER, GLUE, WASM, CSS] {
            take(name.to_owned())?;
        }
        for entry in fs::read_dir(folder.join("words")).into_iter().flatten().flatten() {
            if let Some(name) = entry.file_name().to_str().filter(|n| n.ends_with(".txt")) {
                take(format!("words/{name}"))?;
            }
        }
        Ok(Widget { origin: format!("the widget folder {}", folder.display()), files })
    }

    /// The files to deploy.
    pub fn deployed(self, help: Vec<String>) -> Result<Vec<DeployFile>> {
        let mut out = Vec::new();
        let mut place = |stem: &str, ending: &str, bytes: &[u8]| -> String {
            let name = format!("{stem}-{:016x}.{ending}", xxh64(bytes, 0));
            out.push(DeployFile { name: format!("{FOLDER}{name}"), bytes: bytes.to_vec() });
            name
        };
        let file = |name: &str| self.files.get(name).map_or(&[][..], |bytes| bytes);
        let mut words = BTreeMap::new();
        for (name, bytes) in &self.files {
            if let Some(lang) = name.strip_prefix("words/").and_then(|n| n.strip_suffix(".txt")) {
                words.insert(lang.to_owned(), place(&format!("words/{lang}"), "txt", bytes));
            }
        }
        let files = Files {
            mark: 1,
            version: env!("CARGO_PKG_VERSION").into(),
            folder: FOLDER.into(),
            glue: place("widget", "js", file(GLUE)),
            wasm: place("widget", "wasm", file(WASM)),
            css: place("widget", "css", file(CSS)),
            help,
            words,
        };
        let loader =
            std::str::from_utf8(file(LOADER)).with_context(|| format!("{LOADER} of {} is not UTF-8", self.origin))?;
        let Some(loader) = fill(loader, &files)? else {
            bail!(
                "expected the text {{\"svar:files\":1 … }}}} in {LOADER} of {}, found none; it is of another version of svar: build the widget again with `cargo xtask build`",
                self.origin
            );
        };
        out.push(DeployFile { name: LOADER.into(), bytes: loader.into_bytes() });
        Ok(out)
    }
}

fn expected() -> String {
    format!("{LOADER}, {GLUE}, {WASM}, {CSS} and words/en.txt, words/sv.txt, …")
}

/// Where the text of a [`Files`] stands in a loader, and whether its quotes are escaped there.
fn find(loader: &str) -> Option<(std::ops::Range<usize>, bool)> {
    let plain = loader.find("{\"svar:files\":1").map(|at| (at, false));
    let (start, escaped) = plain.or_else(|| loader.find("{\\\"svar:files\\\":1").map(|at| (at, true)))?;
    let length = loader.get(start..)?.find("}}")? + 2;
    Some((start..start + length, escaped))
}

/// The loader with `files` in it, or `None` where it has no place for them.
fn fill(loader: &str, files: &Files) -> Result<Option<String>> {
    let Some((place, _)) = find(loader) else { return Ok(None) };
    let (Some(before), Some(after)) = (loader.get(..place.start), loader.get(place.end..)) else { return Ok(None) };
    let json = serde_json::to_string(files)?;
    let literal = match before.chars().next_back() {
        Some(quote @ ('\'' | '"' | '`')) => {
            let escaped = json.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
            if quote == '`' { escaped.replace("${", "\\${") } else { escaped }
        }
        // A bare object: JSON is JavaScript.
        _ => json,
    };
    Ok(Some(format!("{before}{literal}{after}")))
}

/// What a deployed loader fetches, or `None` where it does not say.
pub fn files_of(loader: &str) -> Option<Files> {
    let (place, escaped) = find(loader)?;
    let text = loader.get(place)?;
    let text = if escaped { text.replace("\\\"", "\"").replace("\\\\", "\\") } else { text.replace("\\\\", "\\") };
    serde_json::from_str(&text).ok()
}

/// Whether a name that [`Widget::deployed`] gave fits the contents.
pub fn name_fits(name: &str, bytes: &[u8]) -> bool {
    name.contains(&format!("-{:016x}.", xxh64(bytes, 0)))
}

/// The tag that puts the widget on a page.
#[derive(Debug, Clone, Copy)]
pub struct ScriptTag<'a> {
    /// Where a person is reached.
    pub contact: Option<&'a str>,
    /// Where outcomes are sent.
    pub collector: Option<&'a str>,
}

impl fmt::Display for ScriptTag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<script async src=\"{LOADER}\"")?;
        for (name, value) in [("data-contact", self.contact), ("data-collector", self.collector)] {
            if let Some(value) = value {
                write!(f, " {name}=\"{}\"", escape(value))?;
            }
        }
        f.write_str("></script>")
    }
}

/// Text for HTML, in an attribute as well.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        Files {
            mark: 1,
            version: "1".into(),
            folder: FOLDER.into(),
            glue: "g".into(),
            wasm: "w".into(),
            css: "c".into(),
            help: vec!["en".into()],
            words: BTreeMap::from([("en".into(), "words/en-0.txt".into())]),
        }
    }

    #[test]
    fn the_loader_is_filled_in_any_kind_of_literal() {
        let json = r#"{"svar:files":1,"version":"1","folder":"svar/","glue":"g","wasm":"w","css":"c","help":["en"],"words":{"en":"words/en-0.txt"}}"#;
        let escaped = json.replace('"', "\\\"");
        for (quote, old, new) in [
            ("'", r#"{"svar:files":1,"words":{"en":"x"}}"#, json),
            ("`", r#"{"svar:files":1,"words":{"en":"x"}}"#, json),
            ("", r#"{"svar:files":1,"words":{"en":"x"}}"#, json),
            ("\"", r#"{\"svar:files\":1,\"words\":{\"en\":\"x\"}}"#, &escaped),
        ] {
            let loader = |text: &str| format!("f({quote}{text}{quote});if(a){{b={{c:{{}}}}}}");
            let filled = fill(&loader(old), &files()).unwrap().unwrap();
            assert_eq!(filled, loader(new));
            assert_eq!(files_of(&filled), Some(files()));
        }
        assert_eq!(fill("const FILES = {};", &files()).unwrap(), None);
    }

    #[test]
    fn a_tag_holds_what_was_given_and_escapes_it() {
        assert_eq!(ScriptTag { contact: None, collector: None }.to_string(), "<script async src=\"svar.js\"></script>");
        assert_eq!(
            ScriptTag { contact: Some("https://a.se/?a=1&b=\"2\""), collector: Some("/c") }.to_string(),
            "<script async src=\"svar.js\" data-contact=\"https://a.se/?a=1&amp;b=&quot;2&quot;\" data-collector=\"/c\"></script>"
        );
    }
}
