//! What comes after Trunk: the built widget made small.
//!
//! Short names between module and glue and no custom sections ([`crate::module`]) always; Binaryen's
//! optimizer and a minifier where Node is there. Without Node the widget works just as well and is some 5 kB larger.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::Tools;
use crate::{browsers, module as wasm, process};

/// The folder with the packages' lock file.
const FOLDER: &str = "xtask/finish";

/// What rustc's wasm32-unknown-unknown uses; Binaryen must not bring in more.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What Binaryen does, in order: measured on the whole widget, 95.8 kB brotli with `-Oz` alone and 94.2 kB with the first
/// round of flat code, 102.1 and 101.6 kB without and with the second, in which what is computed twice is computed once.
/// Flat code lets it merge what nested code hides. That the first kilobyte of memory is unused is true of rustc's modules
/// as long as the stack, which grows down to it from 1 MB, does not overflow, after which nothing can be relied on anyway.
const PASSES: [&str; 11] = [
    "--low-memory-unused",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--flatten",
    "--local-cse",
    "--rereloop",
    "-Oz",
    "-Oz",
];

/// Makes the files in `dist` small, in place.
pub fn run(tools: &Tools, dist: &Path, module: &str, glue: &str, others: &[&str]) -> Result<()> {
    let (module, glue) = (dist.join(module), dist.join(glue));
    let read = |file: &Path| std::fs::read(file).with_context(|| format!("could not read {}", file.display()));
    let write = |file: &Path, bytes: &[u8]| {
        std::fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
    };

    let text = String::from_utf8(read(&glue)?).with_context(|| format!("in {}", glue.display()))?;
    let (bytes, text) = wasm::shorten(&read(&module)?, &text).with_context(|| format!("in {}", module.display()))?;
    write(&module, &wasm::without_custom_sections(&bytes)?)?;
    write(&glue, text.as_bytes())?;

    if !browsers::has_node() {
        println!("Node 20 not found: the widget is not minified (it works, and is some 5 kB larger)");
        return Ok(());
    }
    browsers::node_packages(tools, FOLDER)?;
    let program = |name: &str| Path::new(FOLDER).join("node_modules").join(name);
    let mut optimizer = Command::new("node");
    optimizer.arg(program("binaryen/bin/wasm-opt")).args(PASSES).args(FEATURES).arg(&module).arg("-o").arg(&module);
    process::run(&mut optimizer)?;
    write(&module, &wasm::without_custom_sections(&read(&module)?)?)?;
    for file in others.iter().map(|name| dist.join(name)).chain([glue]) {
        let mut minifier = Command::new("node");
        minifier.arg(program("esbuild/bin/esbuild")).arg(&file).args([
            "--minify",
            "--log-level=warning",
            "--allow-overwrite",
        ]);
        process::run(minifier.arg(format!("--outfile={}", file.display())))?;
    }
    Ok(())
}
