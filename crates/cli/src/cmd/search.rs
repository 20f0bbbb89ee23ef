//! `svar search`: what the widget would answer.
//!
//! # JSON
//!
//! ```text
//! {"question", "lang", "matched", "corrected" (or null), "total",
//!  "hits": [{"rank", "id", "title", "url", "score",
//!            "reasons": [{"word", "kind", "term", "score", "in_title"}],
//!            "passage": {"anchor", "heading", "text", "spans": [[start, end], …]},
//!            "explanation": {"name", "value", "from", "parts": […]} (with --explain)}]}
//! ```
//!
//! `matched` and `kind` are exact, prefix, synonym, compound, fuzzy, fallback or none. `rank` counts from 1. Scores are
//! comparable within one answer only. `url` is absolute or relative to the widget's folder. `spans` are what to
//! highlight in `text`: offsets in bytes of its UTF-8, start included, end not.
//!
//! # Explanations
//!
//! A node's `value` is a whole number. `from` says how it follows from its parts: `sum`, `product` (the first times each of
//! the others in turn, each time divided by 256, rounded down and at least 1) or `itself`. See `svar_search::rank` for the
//! formula.
//!
//! # Runs
//!
//! With `--questions` each line of the file is `{"id", "text"}`, and each line of the run is question id, article id,
//! rank from 1 and score between tabs. A question that finds nothing has no line.

use std::fs;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use svar_index::{Manifest, ManifestLanguage};
use svar_search::explain::{Explanation, From, explain};
use svar_search::{Answer, Match, Passage, Span, passage};

use super::count;
use crate::folder::{self, Library, audiences, find, is_audience_name};

/// The arguments.
#[derive(clap::Args)]
pub struct Options {
    /// Folder that `svar build` wrote, or an index folder
    #[arg(long, value_name = "DIR")]
    index: PathBuf,
    /// Language of the articles; otherwise that of $LANG where the index has it, else its first
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Search what this audience may read, instead of what everyone may
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// Most articles to list
    #[arg(short, value_name = "N", default_value_t = 10)]
    k: usize,
    /// The answer as JSON; spans in it are offsets in bytes of UTF-8
    #[arg(long, conflicts_with = "questions")]
    json: bool,
    /// Show each score as the tree of numbers that it is made of
    #[arg(long, conflicts_with = "questions")]
    explain: bool,
    /// What to ask, as a customer would type it
    #[arg(value_name = "QUESTION", required_unless_present = "questions")]
    question: Vec<String>,
    /// Ask every question of a file instead: a line each, {"id": …, "text": …}
    #[arg(long, value_name = "FILE", conflicts_with = "question", requires = "run")]
    questions: Option<PathBuf>,
    /// Where the answers to --questions go: question id, article id, rank and score between tabs
    #[arg(long, value_name = "FILE", requires = "questions")]
    run: Option<PathBuf>,
}

/// Runs the command. Finding nothing is an answer.
pub fn run(options: &Options) -> Result<()> {
    let mut folder = find(&options.index)?;
    if let Some(audience) = &options.audience {
        let there = audiences(&folder)?;
        if !is_audience_name(audience) || !there.contains(audience) {
            let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
            bail!("expected an audience of {}, found `{audience}`; there are: {there}", folder.display());
        }
        folder = folder.join(audience);
    }
    let manifest = folder::manifest(&folder)?;
    let language = language(&manifest, options.lang.as_deref(), &folder)?;
    let mut library = Library::open(&folder, language)?;
    let search = svar_search::Options {
        limit: options.k,
        prepared: !options.explain && options.k <= svar_search::PREPARED_HITS,
    };
    if let (Some(questions), Some(run)) = (&options.questions, &options.run) {
        return ask_all(&mut library, questions, run, &search);
    }
    let question = options.question.join(" ");
    let answer = library.ask(&question, &search)?;
    let told = told(&mut library, &question, &answer, options.explain)?;
    let mut out = io::stdout().lock();
    if options.json {
        serde_json::to_writer_pretty(&mut out, &told).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let bold = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        print(&told, bold, &mut out)?;
    }
    Ok(out.flush()?)
}

fn language<'a>(manifest: &'a Manifest, wanted: Option<&str>, folder: &Path) -> Result<&'a ManifestLanguage> {
    let there: Vec<&str> = manifest.languages.iter().map(|l| l.lang.as_str()).collect();
    if let Some(wanted) = wanted {
        return manifest.language(wanted).with_context(|| {
            format!("expected a language of {}, found `{wanted}`; there are: {}", folder.display(), there.join(", "))
        });
    }
    // sv_SE.UTF-8
    let lang = std::env::var("LANG").unwrap_or_default();
    let primary = lang.split(['_', '.', '@', '-']).next().unwrap_or_default();
    manifest
        .language(primary)
        .or(manifest.languages.first())
        .with_context(|| format!("expected articles in {}, found an index without any", folder.display()))
}

/// An answer as it is printed.
#[derive(Serialize)]
struct Told<'a> {
    question: &'a str,
    lang: String,
    matched: &'static str,
    corrected: Option<&'a str>,
    total: u32,
    hits: Vec<ToldHit<'a>>,
}

#[derive(Serialize)]
struct ToldHit<'a> {
    rank: usize,
    id: String,
    title: String,
    url: String,
    score: u32,
    reasons: Vec<ToldReason<'a>>,
    passage: ToldPassage,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ToldExplanation>,
}

#[derive(Serialize)]
struct ToldExplanation {
    name: String,
    value: u32,
    from: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<ToldExplanation>,
}

impl ToldExplanation {
    fn of(explanation: Explanation) -> ToldExplanation {
        let Explanation { name, value, from, parts } = explanation;
        let from = match from {
            From::Itself => "itself",
            From::Sum => "sum",
            From::Product => "product",
        };
        ToldExplanation { name, value, from, parts: parts.into_iter().map(ToldExplanation::of).collect() }
    }

    /// A line for each number, its parts below it.
    fn print(&self, depth: usize, out: &mut impl Write) -> io::Result<()> {
        let how = match self.from {
            "sum" => " = sum of",
            "product" => " = product of",
            _ => "",
        };
        writeln!(out, "    {:indent$}{:>7}  {}{how}", "", self.value, self.name, indent = 3 * depth)?;
        self.parts.iter().try_for_each(|part| part.print(depth + 1, out))
    }
}

#[derive(Serialize)]
struct ToldReason<'a> {
    word: &'a str,
    kind: &'static str,
    term: &'a str,
    score: u32,
    in_title: bool,
}

#[derive(Serialize)]
struct ToldPassage {
    anchor: String,
    heading: String,
    text: String,
    spans: Vec<(usize, usize)>,
    #[serde(skip)]
    cut: (bool, bool),
}

fn told<'a>(library: &mut Library, question: &'a str, answer: &'a Answer, explained: bool) -> Result<Told<'a>> {
    let mut hits = Vec::with_capacity(answer.hits.len());
    for (rank, hit) in (1..).zip(&answer.hits) {
        let body = library.body(hit.article)?;
        let index = &library.index;
        let Some(entry) = index.entry(hit.article) else { continue };
        let Passage { anchor, heading, text, spans, cut_before, cut_after } =
            passage(index, answer, hit.article, &body);
        let spans = spans.iter().map(|Span { start, end }| (*start, *end)).collect();
        hits.push(ToldHit {
            rank,
            id: entry.id.clone(),
            title: entry.title.clone(),
            url: entry.url.clone(),
            score: hit.score,
            reasons: hit
                .reasons
                .iter()
                .map(|r| ToldReason {
                    word: &r.word,
                    kind: r.kind.word(),
                    term: &r.term,
                    score: r.score,
                    in_title: r.in_title,
                })
                .collect(),
            explanation: explained.then(|| ToldExplanation::of(explain(index, answer, hit))),
            passage: ToldPassage { anchor, heading, text, spans, cut: (cut_before, cut_after) },
        });
    }
    Ok(Told {
        question,
        lang: library.index.lang().to_owned(),
        matched: answer.matched.word(),
        corrected: answer.corrected.as_deref(),
        total: answer.total,
        hits,
    })
}

fn print(told: &Told<'_>, bold: bool, out: &mut impl Write) -> io::Result<()> {
    if told.matched == Match::None.word() {
        return writeln!(out, "Nothing found for “{}” ({}).", told.question, told.lang);
    }
    if let Some(corrected) = told.corrected {
        writeln!(out, "Showing results for “{corrected}”")?;
    }
    writeln!(
        out,
        "{} of {}, {}, matched: {}",
        told.hits.len(),
        count(told.total as usize, "article"),
        told.lang,
        told.matched
    )?;
    for hit in &told.hits {
        writeln!(out, "\n{:>2}. {}", hit.rank, hit.title)?;
        writeln!(out, "    {}  {}  score {}", hit.id, hit.url, hit.score)?;
        if let Some(explanation) = &hit.explanation {
            explanation.print(0, out)?;
        }
        let ToldPassage { heading, text, spans, cut, .. } = &hit.passage;
        if text.is_empty() {
            continue;
        }
        let heading = if heading.is_empty() { String::new() } else { format!("{heading}: ") };
        let text = if bold { embolden(text, spans) } else { text.clone() };
        let (before, after) = (if cut.0 { "… " } else { "" }, if cut.1 { " …" } else { "" });
        writeln!(out, "    {heading}{before}{text}{after}")?;
    }
    Ok(())
}

/// The text with its spans in bold, for a terminal.
fn embolden(text: &str, spans: &[(usize, usize)]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for (start, end) in spans {
        if let (Some(before), Some(span)) = (text.get(at..*start), text.get(*start..*end)) {
            out.push_str(before);
            out.push_str("\x1b[1m");
            out.push_str(span);
            out.push_str("\x1b[22m");
            at = *end;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[derive(Deserialize)]
struct Question {
    id: String,
    text: String,
}

fn ask_all(library: &mut Library, questions: &Path, run: &Path, options: &svar_search::Options) -> Result<()> {
    let text = fs::read_to_string(questions).with_context(|| format!("could not read {}", questions.display()))?;
    let failed = || format!("could not write {}", run.display());
    let mut out = BufWriter::new(fs::File::create(run).with_context(failed)?);
    let (mut asked, mut answered, mut spent) = (0, 0, Duration::ZERO);
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let question: Question = serde_json::from_str(line).with_context(|| {
            format!("{}:{number}: expected {{\"id\": \"…\", \"text\": \"…\"}}", questions.display())
        })?;
        let began = Instant::now();
        let answer = library.ask(&question.text, options)?;
        spent += began.elapsed();
        asked += 1;
        answered += usize::from(!answer.hits.is_empty());
        for (rank, hit) in (1..).zip(&answer.hits) {
            let id = library.index.entry(hit.article).map_or("", |e| e.id.as_str());
            writeln!(out, "{}\t{id}\t{rank}\t{}", question.id, hit.score).with_context(failed)?;
        }
    }
    out.flush().with_context(failed)?;
    let mean = spent.as_secs_f64() * 1e3 / f64::from(asked.max(1));
    eprintln!("{asked} questions, {answered} of them found something, {mean:.2} ms each, written to {}", run.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_become_bold() {
        assert_eq!(embolden("få anstånd nu", &[(0, 3), (4, 12)]), "\x1b[1mfå\x1b[22m \x1b[1manstånd\x1b[22m nu");
        assert_eq!(embolden("få", &[(0, 2), (9, 12)]), "få", "a span that fits nowhere is left out");
    }
}
