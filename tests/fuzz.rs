//! What the fuzz targets check (fuzz/checks), over the corpus that they have left (fuzz/corpus). `cargo xtask fuzz` looks
//! for more.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../fuzz/checks/event.rs"]
mod event;
#[path = "../fuzz/checks/index.rs"]
mod index;
#[path = "../fuzz/checks/redact.rs"]
mod redact;

use std::path::Path;

fn replay(target: &str, holds: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 10, "expected the corpus of {target}, found {} files", files.len());
    for file in files {
        // Heard when it fails.
        println!("{}", file.display());
        holds(&std::fs::read(&file).unwrap());
    }
}

#[test]
fn events() {
    replay("event", event::holds);
}

#[test]
fn redaction() {
    replay("redact", redact::holds);
}

#[test]
fn indexes() {
    replay("index", index::holds);
}
