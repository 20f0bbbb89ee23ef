//! `cargo xtask size`: what a customer's browser loads, compressed as a good server would, beside the budget.
//!
//! Brotli at quality 11 with a window of 16 MB, what `svar build` writes beside the files. A kB is 1,000 bytes.
//! Of the words one language is loaded, so the largest counts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::widget::{DIST, FILES, WORDS};

const BUDGET: &str = "tests/budget.toml";

/// The name of the row for the words, and of the sum, in the budget.
const ROW_WORDS: &str = "words";
const ROW_SUM: &str = "sum";

/// One line of the table. Without a budget a row is only shown.
struct Row {
    name: String,
    raw: usize,
    brotli: usize,
    budget: Option<usize>,
}

impl Row {
    fn over(&self) -> bool {
        self.budget.is_some_and(|budget| self.brotli > budget)
    }
}

/// Weighs what is in dist/ and fails over budget.
pub fn run() -> Result<()> {
    let text = std::fs::read_to_string(BUDGET).with_context(|| format!("expected {BUDGET}"))?;
    let rows = weigh(Path::new(DIST), &Budget::parse(&text)?)?;
    print!("{}", table(&rows));
    let over: Vec<String> = rows
        .iter()
        .filter(|row| row.over())
        .map(|row| {
            format!("{} is {} bytes, its budget {}", row.name, grouped(row.brotli), grouped(row.budget.unwrap_or(0)))
        })
        .collect();
    if !over.is_empty() {
        bail!("over budget: {}: make it smaller, or change {BUDGET} and say why in the commit", over.join("; "));
    }
    Ok(())
}

/// The most that a row may weigh after brotli, in bytes.
struct Budget(toml::Table);

impl Budget {
    fn parse(text: &str) -> Result<Budget> {
        let mut file: toml::Table = text.parse().with_context(|| format!("{BUDGET} is not TOML"))?;
        match file.remove("brotli") {
            Some(toml::Value::Table(rows)) if rows.get(ROW_SUM).is_some_and(|sum| sum.is_integer()) => Ok(Budget(rows)),
            _ => bail!("expected [brotli] with at least `{ROW_SUM} = BYTES` in {BUDGET}, found none"),
        }
    }

    fn of(&self, row: &str) -> Option<usize> {
        self.0.get(row)?.as_integer()?.try_into().ok()
    }
}

fn weigh(dist: &Path, budget: &Budget) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for name in FILES {
        let (raw, brotli) = weight(&dist.join(name))?;
        rows.push(Row { name: name.to_owned(), raw, brotli, budget: budget.of(name) });
    }
    let mut languages: Vec<PathBuf> = std::fs::read_dir(dist.join(WORDS))
        .with_context(|| format!("expected {}: run `cargo xtask build` first", dist.join(WORDS).display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    languages.sort();
    let mut words: Option<Row> = None;
    for file in languages {
        let (raw, brotli) = weight(&file)?;
        if words.as_ref().is_none_or(|largest| brotli > largest.brotli) {
            let language = file.file_name().unwrap_or_default().to_string_lossy();
            words =
                Some(Row { name: format!("{WORDS}/{language} (largest)"), raw, brotli, budget: budget.of(ROW_WORDS) });
        }
    }
    rows.push(
        words.with_context(|| format!("expected a file per language in {}, found none", dist.join(WORDS).display()))?,
    );
    let (raw, brotli) = rows.iter().fold((0, 0), |(raw, brotli), row| (raw + row.raw, brotli + row.brotli));
    rows.push(Row { name: ROW_SUM.to_owned(), raw, brotli, budget: budget.of(ROW_SUM) });
    Ok(rows)
}

/// The file's bytes as they are and after brotli.
fn weight(file: &Path) -> Result<(usize, usize)> {
    let bytes =
        std::fs::read(file).with_context(|| format!("expected {}: run `cargo xtask build` first", file.display()))?;
    Ok((bytes.len(), compressed(&bytes)?))
}

pub fn compressed(bytes: &[u8]) -> Result<usize> {
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out.len())
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut text = format!("{:width$} {:>11} {:>11} {:>11} {:>11}\n", "bytes", "raw", "brotli", "budget", "left");
    for row in rows {
        let budget = row.budget.map(grouped).unwrap_or_default();
        let left = match row.budget {
            Some(budget) if row.over() => format!("-{}", grouped(row.brotli - budget)),
            Some(budget) => grouped(budget - row.brotli),
            None => String::new(),
        };
        let mark = if row.over() { "  OVER" } else { "" };
        text += &format!(
            "{:width$} {:>11} {:>11} {budget:>11} {left:>11}{mark}\n",
            row.name,
            grouped(row.raw),
            grouped(row.brotli)
        );
    }
    text
}

/// A number with commas between thousands.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let check = |number: usize, expected: &str| assert_eq!(grouped(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
    }

    #[test]
    fn the_budget_names_at_least_the_sum() {
        let budget = Budget::parse("[brotli]\n\"svar.js\" = 4000\nsum = 95000\n").expect("has a sum");
        assert_eq!((budget.of("svar.js"), budget.of("sum"), budget.of("words")), (Some(4000), Some(95_000), None));
        for text in ["", "[brotli]\n\"svar.js\" = 4000\n", "[brotli]\nsum = \"95 kB\"\n", "= ="] {
            assert!(Budget::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_row_over_budget_is_marked() {
        let row = |brotli: usize| Row { name: "svar.js".into(), raw: 9_000, brotli, budget: Some(4_000) };
        assert!(!row(4_000).over());
        let text = table(&[row(4_001)]);
        assert!(text.ends_with("      9,000       4,001       4,000          -1  OVER\n"), "{text}");
    }

    #[test]
    fn what_repeats_weighs_little() {
        let raw = "fakturan är för hög ".repeat(500);
        assert!(compressed(raw.as_bytes()).expect("in memory") < 100);
    }
}
