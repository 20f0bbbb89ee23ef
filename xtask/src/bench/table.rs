//! What the bench found, for people (Markdown) and for programs (JSON).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use super::cells::Cell;
use super::engines::Engine;
use super::forms::Form;
use super::laid::Laid;
use super::scores::mean;
use super::set::Part;

/// Everything that a run found.
pub struct Report {
    /// Packages of the peers.
    pub versions: Vec<(&'static str, String)>,
    pub sets: Vec<Origin>,
    pub cells: Vec<Cell>,
}

/// What a set was.
pub struct Origin {
    pub set: String,
    pub origin: String,
    pub pages: usize,
    /// Questions as they were written, by part.
    pub questions: BTreeMap<Part, usize>,
}

impl Origin {
    pub fn of(laid: &Laid) -> Origin {
        let mut questions = BTreeMap::new();
        let clean = laid.asked.iter().filter(|one| one.form == Form::Typed);
        clean.for_each(|one| *questions.entry(one.part).or_default() += 1);
        Origin { set: laid.name.clone(), origin: laid.origin.clone(), pages: laid.pages, questions }
    }
}

impl Report {
    fn engines(&self) -> Vec<Engine> {
        self.cells.first().map(|cell| cell.scores.keys().copied().collect()).unwrap_or_default()
    }

    fn parts(&self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(|part| self.cells.iter().any(|cell| cell.part == *part))
    }

    /// Cells that count in a part's mean.
    fn counted(&self, part: Part) -> Vec<&Cell> {
        self.cells.iter().filter(|cell| cell.part == part && cell.counts()).collect()
    }

    /// The report for people.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "# Relevance\n\nnDCG@10, written by `cargo xtask bench relevance`. [bench/README.md](../README.md) says what is \
             measured, what sets, halves and forms are, and how engines are set up. VitePress and MiniSearch are both \
             MiniSearch: with VitePress's settings, and as well as we could set it up.\n\n",
        );
        let versions: Vec<String> = self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let _ = writeln!(out, "Peers: {}.\n", versions.join(", "));
        self.origins(&mut out);
        self.means(&mut out);
        for part in self.parts() {
            self.cells_of(part, &mut out);
        }
        for part in self.parts().filter(|part| *part != Part::Judged) {
            self.costs_of(part, &mut out);
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    fn origins(&self, out: &mut String) {
        header(out, &["set".into(), "from".into(), "pages".into(), "questions".into()], 2);
        for origin in &self.sets {
            let questions: Vec<String> =
                origin.questions.iter().map(|(part, count)| format!("{count} {}", part.name())).collect();
            row(out, &[origin.set.clone(), origin.origin.clone(), origin.pages.to_string(), questions.join(", ")]);
        }
    }

    fn means(&self, out: &mut String) {
        out.push_str("\n## Means over cells\n\n");
        let engines = self.engines();
        let peers = engines.len() > 1;
        let mut columns = vec!["part".to_owned(), "cells".to_owned()];
        columns.extend(engines.iter().map(|engine| engine.title().to_owned()));
        if peers {
            for column in
                ["best of each cell", "svar / best as shipped", "svar / MiniSearch", "svar / best of each", "cells led"]
            {
                columns.push(column.to_owned());
            }
        }
        header(out, &columns, 1);
        for part in self.parts() {
            let means = Means::of(&self.counted(part));
            let mut cells = vec![part.name().to_owned(), means.cells.to_string()];
            cells.extend(engines.iter().map(|engine| score(means.engines.get(engine))));
            if peers {
                cells.push(score(Some(&means.best)));
                cells.extend([means.to_shipped(), means.to_configured(), means.to_best()].map(ratio));
                cells.push(format!("{} of {}", means.led, means.cells));
            }
            row(out, &cells);
        }
    }

    fn cells_of(&self, part: Part, out: &mut String) {
        let _ = write!(out, "\n## {}\n\n", title(part));
        let engines = self.engines();
        let form = if part == Part::Judged { "kind" } else { "form" };
        let mut columns = vec!["set".to_owned(), form.to_owned(), "n".to_owned()];
        columns.extend(engines.iter().map(|engine| engine.title().to_owned()));
        if engines.len() > 1 {
            columns.extend(["best peer", "ratio", "difference"].map(str::to_owned));
        }
        header(out, &columns, 2);
        for cell in self.cells.iter().filter(|cell| cell.part == part) {
            let mut cells = vec![cell.set.clone(), cell.form.clone(), cell.questions.to_string()];
            cells.extend(engines.iter().map(|engine| score(cell.scores.get(engine))));
            if let Some(peer) = &cell.peer {
                cells.push(peer.engine.title().to_owned());
                cells.push(ratio(peer.ratio));
                let (low, high) = peer.interval;
                cells.push(format!("{:+.3} [{low:+.3}, {high:+.3}]", peer.difference));
            }
            row(out, &cells);
        }
    }

    fn costs_of(&self, part: Part, out: &mut String) {
        let _ = write!(
            out,
            "\n## What damage costs, {}\n\nBelow the score of the same questions as written, in the mean over sets.\n\n",
            title(part).to_lowercase()
        );
        let engines = self.engines();
        let mut columns = vec!["form".to_owned(), "sets".to_owned()];
        columns.extend(engines.iter().map(|engine| engine.title().to_owned()));
        header(out, &columns, 1);
        for form in Form::ALL.into_iter().skip(1) {
            let cells: Vec<&Cell> =
                self.cells.iter().filter(|cell| cell.part == part && cell.form == form.name()).collect();
            if cells.is_empty() {
                continue;
            }
            let mut columns = vec![form.name().to_owned(), cells.len().to_string()];
            columns.extend(engines.iter().map(|engine| percent(cost(&cells, *engine))));
            row(out, &columns);
        }
    }

    /// The report for programs.
    pub fn json(&self) -> Result<String> {
        let versions: BTreeMap<&str, &str> =
            self.versions.iter().map(|(name, version)| (*name, version.as_str())).collect();
        let sets: Vec<Value> = self.sets.iter().map(origin_json).collect();
        let means: BTreeMap<&str, Value> =
            self.parts().map(|part| (part.name(), Means::of(&self.counted(part)).json())).collect();
        let cells: Vec<Value> = self.cells.iter().map(cell_json).collect();
        let mut text = serde_json::to_string_pretty(
            &json!({ "measure": "nDCG@10", "versions": versions, "sets": sets, "means": means, "cells": cells }),
        )?;
        text.push('\n');
        Ok(text)
    }
}

/// Means over the cells of a part.
struct Means {
    cells: usize,
    engines: BTreeMap<Engine, f64>,
    /// Of the best peer in each cell, whichever that is.
    best: f64,
    /// Cells in which svar scores more than every peer.
    led: usize,
}

impl Means {
    fn of(cells: &[&Cell]) -> Means {
        let of = |value: &dyn Fn(&Cell) -> Option<f64>| -> f64 {
            mean(&cells.iter().filter_map(|cell| value(cell)).collect::<Vec<_>>())
        };
        let engines = cells.iter().flat_map(|cell| cell.scores.keys().copied());
        let engines = engines.map(|engine| (engine, of(&|cell| cell.scores.get(&engine).copied()))).collect();
        Means {
            cells: cells.len(),
            engines,
            best: of(&|cell| cell.scores.get(&cell.peer.as_ref()?.engine).copied()),
            led: cells.iter().filter(|cell| cell.peer.as_ref().is_some_and(|peer| peer.difference > 0.0)).count(),
        }
    }

    fn to(&self, peer: f64) -> Option<f64> {
        let ours = self.engines.get(&Engine::Svar)?;
        (peer > 0.0).then(|| ours / peer)
    }

    /// svar as a multiple of the one peer that is best in the mean among those that run as shipped.
    fn to_shipped(&self) -> Option<f64> {
        let shipped = self.engines.iter().filter(|(engine, _)| engine.is_as_shipped()).map(|(_, mean)| *mean);
        self.to(shipped.fold(0.0, f64::max))
    }

    fn to_configured(&self) -> Option<f64> {
        self.to(*self.engines.get(&Engine::Configured)?)
    }

    fn to_best(&self) -> Option<f64> {
        self.to(self.best)
    }

    fn json(&self) -> Value {
        json!({
            "cells": self.cells,
            "scores": by_name(&self.engines),
            "best_of_each_cell": rounded(self.best),
            "to_best_as_shipped": self.to_shipped().map(rounded),
            "to_configured": self.to_configured().map(rounded),
            "to_best_of_each": self.to_best().map(rounded),
            "cells_led": self.led,
        })
    }
}

/// What a form costs an engine: the part of the clean score that it loses, in the mean over cells.
fn cost(cells: &[&Cell], engine: Engine) -> Option<f64> {
    let of = |cell: &&Cell| {
        let (now, clean) = (cell.scores.get(&engine)?, cell.clean.get(&engine)?);
        (*clean > 0.0).then(|| now / clean - 1.0)
    };
    let costs: Vec<f64> = cells.iter().filter_map(of).collect();
    (!costs.is_empty()).then(|| mean(&costs))
}

fn title(part: Part) -> &'static str {
    match part {
        Part::Tuning => "Half for tuning",
        Part::Holdout => "Half held out",
        Part::Judged => "Our own judged questions",
    }
}

fn origin_json(origin: &Origin) -> Value {
    let questions: BTreeMap<&str, usize> = origin.questions.iter().map(|(part, count)| (part.name(), *count)).collect();
    json!({ "set": origin.set, "from": origin.origin, "pages": origin.pages, "questions": questions })
}

fn cell_json(cell: &Cell) -> Value {
    let peer = cell.peer.as_ref().map(|peer| {
        json!({
            "engine": peer.engine.name(),
            "ratio": peer.ratio.map(rounded),
            "difference": rounded(peer.difference),
            "interval": [rounded(peer.interval.0), rounded(peer.interval.1)],
        })
    });
    json!({
        "set": cell.set,
        "part": cell.part.name(),
        "form": cell.form,
        "questions": cell.questions,
        "scores": by_name(&cell.scores),
        "clean": by_name(&cell.clean),
        "best_peer": peer,
    })
}

fn by_name(scores: &BTreeMap<Engine, f64>) -> BTreeMap<&'static str, f64> {
    scores.iter().map(|(engine, score)| (engine.name(), rounded(*score))).collect()
}

/// To four digits: more is noise.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

fn score(value: Option<&f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:+.1} %", 100.0 * value))
}

/// The first `left` columns are words, the others numbers.
fn header(out: &mut String, columns: &[String], left: usize) {
    row(out, columns);
    let lines: Vec<String> =
        (0..columns.len()).map(|at| if at < left { "---".to_owned() } else { "---:".to_owned() }).collect();
    row(out, &lines);
}

fn row(out: &mut String, columns: &[String]) {
    let _ = writeln!(out, "| {} |", columns.join(" | "));
}
