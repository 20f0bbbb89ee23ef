//! What was measured, for people (Markdown) and for programs (JSON).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value as Json, json};

use super::super::engines::Engine;
use super::TYPED;
use super::figures::{self, Figure, Subject, Value};
use super::measured::Machine;
use crate::size::grouped;

/// Everything that a run found.
pub struct Report {
    pub versions: Vec<(String, String)>,
    /// None before anything was measured.
    pub machine: Option<Machine>,
    pub corpora: Vec<Corpus>,
}

/// A corpus and what each engine took on it.
pub struct Corpus {
    pub name: String,
    pub origin: String,
    pub pages: usize,
    pub subjects: Vec<(Engine, Subject)>,
}

/// At the head of a column.
pub fn title(engine: Engine) -> &'static str {
    match engine {
        Engine::VitePress => "MiniSearch",
        other => other.title(),
    }
}

const ABOUT: &str = "\
Written by `cargo xtask bench`; [README.md](README.md) tells how it is measured and what is not comparable. \
A kB is 1,000 bytes and an MB 1,000 kB; bytes a visitor loads are after brotli at quality 11, or as they are where that is less. \
MiniSearch is set up as in VitePress's local search. The last column is svar's figure as a multiple of the better \
peer's: below 1 svar takes less, except for pages a second, where more is better.\n";

impl Report {
    /// The report for people.
    pub fn markdown(&self) -> String {
        let mut out = format!("# svar, Pagefind and MiniSearch\n\n{ABOUT}\n");
        let versions: Vec<String> = self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        if let Some(machine) = &self.machine {
            let Machine { date, cpu, cores, memory, kernel, chromium, node } = machine;
            let memory = memory / f64::from(1 << 30);
            let _ = writeln!(
                out,
                "Measured on {date}: {cpu}, {cores} cores, {memory:.0} GiB of memory, {kernel}, Chromium {chromium}, Node {node}; {}.",
                versions.join(", ")
            );
        }
        for corpus in &self.corpora {
            corpus.markdown(&mut out);
        }
        out
    }

    /// The report for programs.
    pub fn json(&self) -> Result<String> {
        let versions: BTreeMap<&str, &str> =
            self.versions.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect();
        let machine = self.machine.as_ref().map(|machine| {
            json!({
                "cpu": machine.cpu,
                "cores": machine.cores,
                "memory_bytes": machine.memory,
                "kernel": machine.kernel,
                "chromium": machine.chromium,
                "node": machine.node,
            })
        });
        let corpora: Vec<Json> = self.corpora.iter().map(Corpus::json).collect();
        let date = self.machine.as_ref().map(|machine| &machine.date);
        let report = json!({ "date": date, "machine": machine, "versions": versions, "corpora": corpora });
        Ok(format!("{}\n", serde_json::to_string_pretty(&report)?))
    }
}

impl Corpus {
    fn markdown(&self, out: &mut String) {
        let _ = writeln!(out, "\n## {}, {} pages\n\nFrom {}.", self.name, grouped(self.pages), self.origin);
        self.header(out);
        let mut group = "";
        for figure in figures::all() {
            let values: Vec<Option<Value>> = self.subjects.iter().map(|(_, subject)| figure.of(subject)).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            if figure.group != group {
                group = figure.group;
                let empty = " |".repeat(self.columns().len());
                let _ = writeln!(out, "| **{group}** |{empty}");
            }
            let mut cells = vec![figure.title.clone()];
            cells.extend(values.iter().map(|value| cell(*value)));
            if self.subjects.len() > 1 {
                cells.push(self.ratio(&figure).map_or_else(|| "–".to_owned(), ratio_cell));
            }
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        for note in self.notes() {
            let _ = writeln!(out, "\n{note}");
        }
    }

    /// The columns after the figure's name.
    fn columns(&self) -> Vec<&'static str> {
        let mut columns: Vec<_> = self.subjects.iter().map(|(engine, _)| title(*engine)).collect();
        if self.subjects.len() > 1 {
            columns.push("svar / best peer");
        }
        columns
    }

    fn header(&self, out: &mut String) {
        let columns = self.columns();
        let _ = writeln!(out, "\n| | {} |\n| ---{} |", columns.join(" | "), " | ---:".repeat(columns.len()));
    }

    /// What a reader must know to read the table: passes that were ended, questions that found nothing.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut found = Vec::new();
        let mut firsts = Vec::new();
        for (engine, subject) in &self.subjects {
            let typing = &subject.measured.typing;
            found.push(format!("{} {} of {}", title(*engine), typing.first.found, typing.first.questions));
            let asked = subject.measured.first.iter().filter(|first| first.link == "none");
            let none = asked.clone().filter(|first| first.found == Some(0)).count();
            firsts.push(format!("{} {} of {}", title(*engine), asked.clone().count() - none, asked.count()));
            let (first, second) = (typing.first.questions, typing.second.questions);
            if first.min(second) < TYPED {
                let engine = title(*engine);
                notes.push(format!(
                    "The time that a pass has was not enough for {engine} to type all {TYPED} questions: {first} in the first, {second} in the second."
                ));
            }
        }
        let builds = self.subjects.iter().map(|(_, subject)| subject.built.runs).min().unwrap_or_default();
        notes.push(format!(
            "Builds: the median of {builds}. First results that there were: {}. Questions with a result at their last letter: {}.",
            firsts.join(", "),
            found.join(", ")
        ));
        notes
    }

    /// svar's figure as a multiple of the best peer's. None without peers that have the figure, or if it is 0.
    fn ratio(&self, figure: &Figure) -> Option<Value> {
        let of = |ours: bool| {
            let subjects = self.subjects.iter().filter(move |(engine, _)| (*engine == Engine::Svar) == ours);
            subjects.filter_map(|(_, subject)| figure.of(subject))
        };
        let ours = of(true).next()?;
        let better = |a: &Value, b: &Value| a.number.total_cmp(&b.number);
        let best = if figure.more_is_better { of(false).max_by(better) } else { of(false).min_by(better) }?;
        let comparable = best.number > 0.0 && !ours.at_least;
        comparable.then(|| Value { number: ours.number / best.number, at_least: best.at_least })
    }

    fn json(&self) -> Json {
        let mut groups = Map::new();
        for figure in figures::all() {
            let mut values = Map::new();
            for (engine, subject) in &self.subjects {
                if let Some(value) = figure.of(subject) {
                    let key =
                        if value.at_least { format!("{}_at_least", engine.name()) } else { engine.name().to_owned() };
                    values.insert(key, rounded(value.number));
                }
            }
            if let Some(ratio) = self.ratio(&figure) {
                values.insert(if ratio.at_least { "ratio_at_most" } else { "ratio" }.to_owned(), rounded(ratio.number));
            }
            if !values.is_empty() {
                let group = groups.entry(figure.group).or_insert_with(|| json!({}));
                group[figure.key] = Json::Object(values);
            }
        }
        json!({ "corpus": self.name, "from": self.origin, "pages": self.pages, "figures": groups })
    }
}

fn cell(value: Option<Value>) -> String {
    let Some(Value { number, at_least }) = value else { return "–".to_owned() };
    let mark = if at_least { "≥ " } else { "" };
    format!("{mark}{}", shown(number))
}

/// Three digits where there are no more before the point.
fn shown(number: f64) -> String {
    let whole = number.fract() == 0.0;
    match number.abs() {
        size if size >= 99.95 => grouped(number.round() as usize),
        _ if whole => format!("{number:.0}"),
        size if size >= 9.995 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

fn ratio_cell(ratio: Value) -> String {
    let mark = if ratio.at_least { "≤ " } else { "" };
    match ratio.number {
        number if number < 0.0995 => format!("{mark}{number:.3}"),
        number if number < 9.995 => format!("{mark}{number:.2}"),
        number => format!("{mark}{}", shown(number)),
    }
}

/// To four digits after the point: more is noise.
fn rounded(number: f64) -> Json {
    json!((number * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let subjects = [(Engine::Svar, 2.0), (Engine::Pagefind, 4.0), (Engine::VitePress, 200.0)];
        let subjects = subjects.map(|(engine, took)| (engine, figures::tests::subject(took)));
        let machine = Some(subjects[0].1.measured.machine.clone());
        let corpus = Corpus { name: "x".into(), origin: "x-doc 1".into(), pages: 11_050, subjects: subjects.into() };
        Report { versions: vec![("svar".into(), "0.1".into())], machine, corpora: vec![corpus] }
    }

    #[test]
    fn a_table_has_a_row_a_figure_and_svar_beside_the_best_peer() {
        let text = report().markdown();
        for line in [
            "Measured on 2026-01-02: CPU, 2 cores, 8 GiB of memory, Linux 6, Chromium 150, Node 20; svar 0.1.",
            "## x, 11,050 pages",
            "| | svar | Pagefind | MiniSearch | svar / best peer |",
            "| --- | ---: | ---: | ---: | ---: |",
            "| **Build** | | | | |",
            "| seconds | 2 | 4 | 200 | 0.50 |",
            "| pages a second | 500 | 250 | 5 | 2.00 |",
            "| ms from navigation, slow 4G | 402 | 404 | ≥ 200,000 | 1.00 |",
            "Builds: the median of 3. First results that there were: svar 2 of 2, Pagefind 2 of 2, MiniSearch 2 of 2. Questions with a result at their last letter: svar 2 of 2, Pagefind 2 of 2, MiniSearch 2 of 2.",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn programs_read_the_same_figures() {
        let json: Json = serde_json::from_str(&report().json().expect("numbers")).expect("well formed");
        let figures = &json["corpora"][0]["figures"];
        assert_eq!(figures["Build"]["seconds"]["ratio"], 0.5);
        assert_eq!(figures["First result, one word"]["slow4g_ms"]["minisearch-vitepress_at_least"], 200_000.0);
    }

    #[test]
    fn numbers_show_three_digits() {
        let check = |number: f64, expected: &str| assert_eq!(shown(number), expected);
        check(0.0421, "0.04");
        check(3.0, "3");
        check(9.999, "10.0");
        check(12.34, "12.3");
        check(99.96, "100");
        check(12_345.6, "12,346");
        check(-1.5, "-1.50");
    }
}
