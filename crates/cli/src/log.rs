//! What the command has to say while it runs, an event a line on stderr.
//!
//! `svar serve --log json` writes each as one JSON object: `time` (RFC 3339, UTC), `level`, `target` (the module that
//! speaks), `message` and `fields`. `--log text` writes the same for people. Other commands write `warning: …`, without
//! a time.
//!
//! No event of ours carries what came from outside: no address, no path, no query, no word that was typed. What others
//! log is passed on from `warn` on. Of a panic the place is told and not the words, which may quote a customer's.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// The arguments of `svar serve` about its log.
#[derive(clap::Args, Clone, Copy, Debug)]
#[group(skip)]
pub struct Options {
    /// How the log on stderr is written
    #[arg(long = "log", value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Least serious events to log; debug tells of each request that is refused, and why
    #[arg(long = "log-level", value_name = "LEVEL", value_enum, default_value_t = Least::Info)]
    least: Least,
}

impl Options {
    /// Of commands that are over soon.
    pub const PLAIN: Options = Options { format: Format::Plain, least: Least::Warn };
}

/// How an event is written.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `warning: …`
    #[value(skip)]
    Plain,
    /// Lines for people
    Text,
    /// A JSON object a line
    Json,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Least {
    Error,
    Warn,
    Info,
    Debug,
}

impl Least {
    fn level(self) -> Level {
        match self {
            Least::Error => Level::ERROR,
            Least::Warn => Level::WARN,
            Least::Info => Level::INFO,
            Least::Debug => Level::DEBUG,
        }
    }
}

/// From here on events are told, panics among them.
pub fn install(options: Options) {
    // Fails only where another is installed, and this is the only one.
    let _ = tracing::subscriber::set_global_default(Log::new(options, io::stderr()));
    if options.format != Format::Plain {
        tell_panics();
    }
}

/// Of a panic the place, as any other event.
fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a mistake of ours; please report it with its place and version");
    }));
}

/// Knows no spans: nothing here opens any.
struct Log<W> {
    format: Format,
    least: Level,
    out: Mutex<W>,
}

impl<W: Write + Send + 'static> Log<W> {
    fn new(options: Options, out: W) -> Log<W> {
        Log { format: options.format, least: options.least.level(), out: Mutex::new(out) }
    }
}

impl<W: Write + Send + 'static> Subscriber for Log<W> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().starts_with("svar");
        let least = if ours { self.least } else { self.least.min(Level::WARN) };
        *metadata.level() <= least
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.least.into())
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut told = Told::default();
        event.record(&mut told);
        let line = told.line(self.format, event.metadata(), Timestamp::now());
        // There is nowhere to complain to.
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A line of `--log json`.
#[derive(Serialize)]
struct Object<'a> {
    time: String,
    level: &'static str,
    target: &'a str,
    message: &'a str,
    fields: &'a Map<String, Value>,
}

#[derive(Default)]
struct Told {
    message: String,
    fields: Map<String, Value>,
}

impl Told {
    /// With its line end.
    fn line(self, format: Format, metadata: &Metadata<'_>, now: Timestamp) -> String {
        let level = match *metadata.level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            _ => "debug",
        };
        if format == Format::Json {
            let object = Object {
                time: format!("{now:.3}"),
                level,
                target: metadata.target(),
                message: &self.message,
                fields: &self.fields,
            };
            // Maps whose keys are strings can always be written.
            return serde_json::to_string(&object).unwrap_or_default() + "\n";
        }
        let mut line = match format {
            Format::Plain => format!("{level}: {}", self.message),
            _ => format!("{now:.3} {level}: {}", self.message),
        };
        for (name, value) in &self.fields {
            // Writing to a string cannot fail.
            let _ = match value {
                Value::String(text) => write!(line, "; {name}: {text}"),
                other => write!(line, "; {name}: {other}"),
            };
        }
        let mut line = line.replace(char::is_control, " ");
        line.push('\n');
        line
    }

    fn tell(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => drop(self.fields.insert(name.to_owned(), value)),
        }
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.tell(field, format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.tell(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.tell(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.tell(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.tell(field, value.into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.tell(field, value.into());
    }
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.tell(field, value.to_string().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn told(format: Format, least: Least, tell: impl FnOnce()) -> Vec<String> {
        let kept = Kept::default();
        tracing::subscriber::with_default(Log::new(Options { format, least }, kept.clone()), tell);
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn one_json_object_a_line() {
        let lines = told(Format::Json, Least::Info, || {
            let error = io::Error::other("two\nlines \"quoted\"");
            tracing::warn!(%error, n = 3, waited_s = 0.5, ok = true, "something\nhappened");
            tracing::debug!("not asked for");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        assert!(line["time"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{line}");
        assert_eq!(line["level"], "warning");
        assert_eq!(line["target"], "svar::log::tests");
        assert_eq!(line["message"], "something\nhappened");
        let fields = json!({"error": "two\nlines \"quoted\"", "n": 3, "waited_s": 0.5, "ok": true});
        assert_eq!(line["fields"], fields);
    }

    #[test]
    fn text_is_a_line_as_well_and_has_its_time() {
        let lines = told(Format::Text, Least::Info, || tracing::error!(n = 3, "one\ntwo"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        let (time, rest) = lines[0].split_once(' ').unwrap();
        assert!(time.parse::<Timestamp>().is_ok(), "{time}");
        assert_eq!(rest, "error: one two; n: 3");
        let lines = told(Format::Plain, Least::Warn, || tracing::warn!("mind this"));
        assert_eq!(lines, ["warning: mind this"]);
    }

    #[test]
    fn of_a_panic_the_place_and_not_the_words() {
        let lines = told(Format::Json, Least::Error, || {
            tell_panics();
            let caught = std::panic::catch_unwind(|| panic!("byte index 3 is inside 'ö' of `my question`"));
            drop(std::panic::take_hook());
            assert!(caught.is_err());
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("log.rs:") && !lines[0].contains("question"), "{lines:?}");
    }

    #[test]
    fn others_are_heard_from_warnings_on() {
        let lines = told(Format::Plain, Least::Debug, || {
            tracing::debug!("ours");
            tracing::info!(target: "sqlx::query", "theirs, chatty");
            tracing::warn!(target: "sqlx::query", "theirs");
        });
        assert_eq!(lines, ["debug: ours", "warning: theirs"]);
        let lines = told(Format::Plain, Least::Error, || tracing::warn!(target: "sqlx::query", "theirs"));
        assert!(lines.is_empty(), "{lines:?}");
    }
}
