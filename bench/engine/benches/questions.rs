//! The headline cases natively, by criterion: `cargo bench -p svar-bench-engine`, and a word after `--` chooses cases by
//! name. `SVAR_LAID=FOLDER` names other pages than LibreOffice's.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use svar_bench_engine::cases::{self, Case, Work};
use svar_bench_engine::{KEEP_BYTES, Library, laid};

fn main() -> Result<()> {
    // `cargo test --benches` runs this too, to see that it starts; no index is built for that.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let (folder, name) = laid::folder()?;
    let mut library = laid::library(laid::build(&folder)?)?;
    library.attach_missing()?;
    let questions = laid::questions(&folder.join("questions.jsonl"))?;
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    for case in cases::find(&library, &questions) {
        run(&mut group, &mut library, &case).with_context(|| case.title)?;
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}

fn run(group: &mut BenchmarkGroup<'_, WallTime>, library: &mut Library, case: &Case) -> Result<()> {
    library.attach_missing()?;
    match &case.work {
        Work::Open => {
            group.bench_function(case.name, |bench| bench.iter(|| library.open()));
        }
        Work::Attach(name) => {
            let file = library.file(name)?;
            group.bench_function(case.name, |bench| bench.iter(|| library.attach(black_box(file))));
        }
        Work::Search(question) => {
            group.bench_function(case.name, |bench| bench.iter(|| library.search(black_box(question))));
        }
        Work::EvictAll => evict(group, library, case.name, &mut Library::attach_missing),
        Work::EvictSome(questions) => {
            let mut questions = questions.iter().cycle();
            evict(group, library, case.name, &mut |library| {
                questions.next().map_or(Ok(()), |question| library.attach_for(question).map(drop))
            });
        }
    }
    Ok(())
}

/// What is let go of is attached again in between, which is not timed.
fn evict(
    group: &mut BenchmarkGroup<'_, WallTime>,
    library: &mut Library,
    name: &str,
    attach: &mut dyn FnMut(&mut Library) -> Result<(), svar_index::IndexError>,
) {
    group.bench_function(name, |bench| {
        bench.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                let attached = attach(library);
                assert_eq!(attached, Ok(()), "everything was attached once");
                let began = Instant::now();
                library.index.evict(KEEP_BYTES);
                spent += began.elapsed();
            }
            spent
        });
    });
}
