//! What one question loads of an index of which nothing is there but the core.

use std::collections::HashMap;

use anyhow::Result;
use serde::Serialize;

use crate::Library;

/// What a question loaded, or a median over questions of each figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cold {
    /// Rounds of files that wait for each other.
    pub steps: f64,
    /// Files of terms and entries.
    pub files: f64,
    /// Bytes as they are.
    pub bytes: f64,
    /// Bytes after brotli at quality 11; a file that does not shrink counts as it is.
    pub brotli: f64,
    /// Milliseconds of computing: attaching and searching, again and again until the answer is complete.
    pub milliseconds: f64,
}

/// Asks each question of the index as it was opened.
///
/// # Errors
/// Where the index lacks a file or one does not fit.
pub fn ask(library: &mut Library, questions: &[String]) -> Result<Vec<Cold>> {
    let mut packed: HashMap<String, usize> = HashMap::new();
    let mut all = Vec::new();
    for question in questions {
        library.index = library.open()?;
        let began = std::time::Instant::now();
        let steps = library.attach_for(question)?;
        let milliseconds = began.elapsed().as_secs_f64() * 1e3;
        let (mut files, mut bytes, mut brotli) = (0, 0, 0);
        for file in steps.iter().flatten() {
            let content = library.bytes(&file.name())?;
            let small = match packed.get(&file.name()) {
                Some(small) => *small,
                None => compressed(&content)?,
            };
            packed.insert(file.name(), small);
            files += 1;
            bytes += content.len();
            brotli += small;
        }
        let steps = steps.len() as f64;
        all.push(Cold { steps, files: f64::from(files), bytes: bytes as f64, brotli: brotli as f64, milliseconds });
    }
    Ok(all)
}

/// The median of each figure; zeros of none.
pub fn median(all: &[Cold]) -> Cold {
    let of = |figure: fn(&Cold) -> f64| {
        let mut figures: Vec<f64> = all.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    Cold {
        steps: of(|c| c.steps),
        files: of(|c| c.files),
        bytes: of(|c| c.bytes),
        brotli: of(|c| c.brotli),
        milliseconds: of(|c| c.milliseconds),
    }
}

/// Bytes that a host would hand out.
///
/// # Errors
/// None that can happen: it is written to memory.
pub fn compressed(bytes: &[u8]) -> std::io::Result<usize> {
    let mut packed = Vec::new();
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed.len().min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laid::tests::library;

    #[test]
    fn every_question_begins_with_nothing() {
        let questions = ["flytta förfallodag ".to_owned(), "flytta förfallodag ".to_owned()];
        let all = ask(&mut library(), &questions).expect("asked");
        assert_eq!((all[0].files, all[0].bytes), (all[1].files, all[1].bytes));
        assert!(all[0].steps >= 2.0 && all[0].files >= 2.0 && all[0].brotli <= all[0].bytes, "{all:?}");
    }

    #[test]
    fn medians_are_taken_figure_by_figure() {
        let one = |files, bytes| Cold { steps: 1.0, files, bytes, brotli: 1.0, milliseconds: 1.0 };
        let median = median(&[one(1.0, 30.0), one(3.0, 20.0), one(2.0, 10.0)]);
        assert_eq!((median.files, median.bytes), (2.0, 20.0));
        assert_eq!(super::median(&[]).files, 0.0);
    }
}
