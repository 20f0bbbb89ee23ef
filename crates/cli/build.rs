//! Puts the built widget into the command: a table of (name, contents) of what lies in `dist/`. Without a whole widget
//! there the table is empty, and `svar build` says what to do.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

const NEEDED: [&str; 4] = ["svar.js", "svar-widget.js", "svar-widget_bg.wasm", "widget.css"];

fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../dist");
    // A folder that is not there yet counts as changed each time, so that its coming is seen.
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed={}", dist.join("words").display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut files: Vec<(String, PathBuf)> =
        NEEDED.iter().map(|name| ((*name).to_owned(), dist.join(name))).filter(|(_, path)| path.is_file()).collect();
    let mut words = Vec::new();
    for entry in fs::read_dir(dist.join("words")).into_iter().flatten() {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|n| n.to_str()).filter(|n| n.ends_with(".txt")) {
            words.push((format!("words/{name}"), path));
        }
    }
    words.sort();
    let whole = files.len() == NEEDED.len() && !words.is_empty();
    files.append(&mut words);
    let mut table =
        String::from("/// The widget's files: name in its folder, contents.\nconst EMBEDDED: &[(&str, &[u8])] = &[\n");
    for (name, path) in files.iter().filter(|_| whole) {
        let path = path.canonicalize()?;
        println!("cargo::rerun-if-changed={}", path.display());
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    table.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("widget.rs"), table)?;
    Ok(())
}
