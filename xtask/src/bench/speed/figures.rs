//! The figures: what is told of every engine, and how each comes out of what was measured.

use super::built::Built;
use super::measured::{File, First, Measured};
use super::spread::{median, percentile};
use super::steps::{Request, steps};

const KB: f64 = 1e3;
const MB: f64 = 1e6;

/// An engine on a corpus.
pub struct Subject {
    pub pages: usize,
    pub built: Built,
    pub measured: Measured,
}

/// A figure of a subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    pub number: f64,
    /// It is this or more: reckoned from bytes and the link's rate instead of waited for.
    pub at_least: bool,
}

/// How a figure comes out of a subject.
type Of = Box<dyn Fn(&Subject) -> Option<Value>>;

/// A row of the tables.
pub struct Figure {
    pub group: &'static str,
    /// As in JSON, below its group's.
    pub key: String,
    pub title: String,
    pub more_is_better: bool,
    of: Of,
}

impl Figure {
    /// None where an engine has no such thing or the machine does not tell.
    pub fn of(&self, subject: &Subject) -> Option<Value> {
        (self.of)(subject)
    }
}

/// All of them, in the order of the tables.
pub fn all() -> Vec<Figure> {
    let mut rows = Rows(Vec::new());
    building(&mut rows);
    for (kind, group) in [("one", "First result, one word"), ("three", "First result, three words")] {
        first(&mut rows, kind, group);
    }
    typing(&mut rows);
    rows.0
}

struct Rows(Vec<Figure>);

impl Rows {
    fn exact(&mut self, group: &'static str, key: &str, title: &str, of: impl Fn(&Subject) -> Option<f64> + 'static) {
        self.add(group, key, title, move |subject| Some(Value { number: of(subject)?, at_least: false }));
    }

    fn add(&mut self, group: &'static str, key: &str, title: &str, of: impl Fn(&Subject) -> Option<Value> + 'static) {
        let (key, title) = (key.to_owned(), title.to_owned());
        self.0.push(Figure { group, more_is_better: key == "pages_per_s", key, title, of: Box::new(of) });
    }
}

fn building(rows: &mut Rows) {
    const BUILD: &str = "Build";
    rows.exact(BUILD, "seconds", "seconds", |s| Some(s.built.seconds));
    rows.exact(BUILD, "pages_per_s", "pages a second", |s| Some(s.pages as f64 / s.built.seconds));
    rows.exact(BUILD, "cpu_seconds", "CPU seconds", |s| Some(s.built.cpu_seconds));
    rows.exact(BUILD, "peak_mb", "peak memory, MB", |s| Some(s.built.peak / MB));
    const HOST: &str = "On the host";
    rows.exact(HOST, "files", "files", |s| Some(host(s).count() as f64));
    rows.exact(HOST, "raw_mb", "MB", |s| Some(host(s).map(|file| file.raw).sum::<f64>() / MB));
    rows.exact(HOST, "brotli_mb", "MB after brotli", |s| Some(host(s).map(|file| file.brotli).sum::<f64>() / MB));
    rows.exact(HOST, "plain_brotli_mb", "… of them the page for browsers without JavaScript", |s| {
        let plain: f64 = host(s).filter(|file| file.name.starts_with("/svar/help/")).map(|file| file.brotli).sum();
        (plain > 0.0).then_some(plain / MB)
    });
}

/// What a visitor may ask for: without pages to try things on, and without parts that the clients here never load.
fn host(subject: &Subject) -> impl Iterator<Item = &File> {
    let asked_for = |file: &&File| {
        let ui = file.name.starts_with("/pagefind/pagefind-")
            && (file.name.contains("-ui.") || file.name.contains("-highlight."));
        file.name != "/index.html" && !ui
    };
    subject.measured.files.iter().filter(asked_for)
}

fn first(rows: &mut Rows, kind: &'static str, group: &'static str) {
    let over =
        move |link: &'static str, value: fn(&First) -> Option<f64>| move |s: &Subject| of_first(s, kind, link, value);
    rows.exact(group, "kb", "kB", move |s| Some(over("none", |first| first.bytes)(s)? / KB));
    rows.exact(group, "settled_kb", "kB once nothing more is asked for", move |s| {
        Some(over("none", |first| first.settled)(s)? / KB)
    });
    rows.exact(group, "requests", "requests", over("none", |first| first.requests));
    rows.exact(
        group,
        "steps",
        "dependent steps from navigation",
        over("far", |first| Some(steps(&since(first, 0.0)) as f64)),
    );
    rows.exact(
        group,
        "steps_from_intent",
        "dependent steps from intent",
        over("far", |first| Some(steps(&since(first, first.intent?)) as f64)),
    );
    for (link, name) in [("none", "no link"), ("fast4g", "fast 4G"), ("slow4g", "slow 4G")] {
        rows.add(group, &format!("{link}_ms"), &format!("ms from navigation, {name}"), move |s| {
            waited(s, kind, link, |first| first.there)
        });
        rows.add(group, &format!("{link}_from_intent_ms"), &format!("ms from intent, {name}"), move |s| {
            waited(s, kind, link, |first| Some(first.there? - first.intent?))
        });
    }
}

fn of_first(subject: &Subject, kind: &str, link: &str, value: fn(&First) -> Option<f64>) -> Option<f64> {
    let samples = subject.measured.first.iter().filter(|first| first.kind == kind && first.link == link);
    median(&samples.filter_map(value).collect::<Vec<_>>())
}

/// A time, or what the bytes alone take over that link where nobody waited for them.
fn waited(subject: &Subject, kind: &str, link: &str, value: fn(&First) -> Option<f64>) -> Option<Value> {
    match of_first(subject, kind, link, value) {
        Some(number) => Some(Value { number, at_least: false }),
        None => Some(Value { number: of_first(subject, kind, link, |first| first.reckoned_s)? * 1e3, at_least: true }),
    }
}

/// Requests that were asked for then or later.
fn since(first: &First, ms: f64) -> Vec<Request> {
    let requests = first.timeline.iter().map(|(_, asked, there)| Request { asked: *asked, there: *there });
    requests.filter(|request| request.asked >= ms).collect()
}

fn typing(rows: &mut Rows) {
    const TYPING: &str = "Typing 100 questions letter by letter";
    rows.exact(TYPING, "mb", "MB", |s| Some(s.measured.typing.bytes / MB));
    rows.exact(TYPING, "requests", "requests", |s| Some(s.measured.typing.requests));
    let parts = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)];
    for (pass, title) in [("first", "first pass"), ("second", "second pass")] {
        for (letters, of) in [("", "a letter"), ("one_letter_", "the first letter of a question")] {
            for (name, part) in parts {
                let key = format!("{pass}_{letters}{name}_ms");
                rows.exact(TYPING, &key, &format!("ms {of}, {title}, {name}"), move |s| {
                    let typing = &s.measured.typing;
                    let pass = if pass == "first" { &typing.first } else { &typing.second };
                    let keys = pass.keys.iter().filter(|(typed, _)| letters.is_empty() || *typed == 1);
                    percentile(&keys.map(|(_, ms)| *ms).collect::<Vec<_>>(), part)
                });
            }
        }
    }
    const MEMORY: &str = "Memory of the page, above an empty one";
    rows.exact(MEMORY, "opened_mb", "MB when questions can be typed", |s| {
        let memory = &s.measured.typing.memory;
        Some((memory.opened? - memory.before?) / MB)
    });
    rows.exact(MEMORY, "typed_mb", "MB after typing", |s| {
        let memory = &s.measured.typing.memory;
        Some((memory.after? - memory.before?) / MB)
    });
}

#[cfg(test)]
pub mod tests {
    use super::super::measured::{Machine, Measured, Memory, Pass, Typing};
    use super::*;

    /// A subject that took `took` of everything.
    pub fn subject(took: f64) -> Subject {
        let first = |kind: &str, link: &str| First {
            kind: kind.to_owned(),
            link: link.to_owned(),
            intent: Some(400.0),
            there: Some(400.0 + took),
            found: Some(5),
            bytes: Some(1e3 * took),
            requests: Some(3.0),
            settled: Some(2e3 * took),
            timeline: vec![
                ("/svar.js".to_owned(), 1.0, 399.0),
                ("/a".to_owned(), 401.0, 800.0),
                ("/b".to_owned(), 401.0, 800.0),
                ("/c".to_owned(), 801.0, 1200.0),
            ],
            reckoned_s: None,
        };
        let mut samples: Vec<First> = ["one", "three"]
            .into_iter()
            .flat_map(|kind| ["none", "fast4g", "slow4g", "far"].map(|link| first(kind, link)))
            .collect();
        samples.retain(|first| took < 100.0 || first.link != "slow4g");
        if took >= 100.0 {
            samples.extend(["one", "three"].map(|kind| First {
                intent: None,
                there: None,
                reckoned_s: Some(took),
                timeline: Vec::new(),
                ..first(kind, "slow4g")
            }));
        }
        let pass = || Pass { questions: 2, found: 2, keys: vec![(1, took), (2, took / 2.0), (1, 2.0 * took)] };
        let file = |name: &str| File { name: name.to_owned(), raw: 2e6 * took, brotli: 1e6 * took };
        Subject {
            pages: 1000,
            built: Built { runs: 3, seconds: took, cpu_seconds: took, peak: 1e6 * took },
            measured: Measured {
                files: ["/index.html", "/svar/index/a.bin", "/svar/help/sv.html", "/pagefind/pagefind-modular-ui.css"]
                    .map(file)
                    .into(),
                first: samples,
                typing: Typing {
                    first: pass(),
                    second: pass(),
                    bytes: 1e6 * took,
                    requests: 5.0,
                    memory: Memory { before: Some(1e6), opened: Some(2e6), after: Some(1e6 + 1e6 * took) },
                },
                machine: Machine {
                    date: "2026-01-02".to_owned(),
                    cpu: "CPU".to_owned(),
                    cores: 2,
                    memory: 8.0 * 1024.0 * 1024.0 * 1024.0,
                    kernel: "Linux 6".to_owned(),
                    chromium: "150".to_owned(),
                    node: "20".to_owned(),
                },
            },
        }
    }

    #[test]
    fn figures_come_out_of_what_was_measured() {
        let check = |group: &str, key: &str, took: f64, expected: Option<(f64, bool)>| {
            let figures = all();
            let figure = figures.iter().find(|figure| figure.group.starts_with(group) && figure.key == key);
            let value = figure.expect("a figure of that name").of(&subject(took));
            assert_eq!(value.map(|value| (value.number, value.at_least)), expected, "{group} {key}");
        };
        check("Build", "pages_per_s", 4.0, Some((250.0, false)));
        check("On the host", "files", 4.0, Some((2.0, false)));
        check("On the host", "brotli_mb", 4.0, Some((8.0, false)));
        check("On the host", "plain_brotli_mb", 4.0, Some((4.0, false)));
        check("First result, one", "kb", 4.0, Some((4.0, false)));
        check("First result, one", "steps", 4.0, Some((3.0, false)));
        check("First result, three", "steps_from_intent", 4.0, Some((2.0, false)));
        check("First result, three", "slow4g_from_intent_ms", 4.0, Some((4.0, false)));
        check("First result, one", "slow4g_ms", 100.0, Some((100_000.0, true)));
        check("Typing", "first_one_letter_max_ms", 4.0, Some((8.0, false)));
        check("Typing", "second_p50_ms", 4.0, Some((4.0, false)));
        check("Memory", "typed_mb", 4.0, Some((4.0, false)));
    }
}
