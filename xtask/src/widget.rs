//! The widget into dist/: the application as WebAssembly with its glue, the loader, the styles and the words.
//!
//! Trunk does it, as Trunk.toml and index.html say. It is run offline so that it uses the wasm-bindgen that `tools` made
//! sure of, or complains, and never fetches another; hence the `cargo fetch` before it. Two things are then left out of the
//! module that a visitor would download for nothing: the names of functions, and the folders of the machine it was built
//! on, which also differ from machine to machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::tools::{self, Tools, WASM};
use crate::{finish, process};

/// Where the built widget is; the command carries it inside.
pub const DIST: &str = "dist";

/// Where it is built and made small first.
const STAGE: &str = "target/stage";

/// What must be in [`DIST`] after a build; the words are a file per language beside them.
pub const FILES: [&str; 4] = ["svar.js", "svar-widget.js", MODULE, "widget.css"];

const MODULE: &str = "svar-widget_bg.wasm";

/// The folder of the words on screen, in [`DIST`].
pub const WORDS: &str = "words";

/// The standard library is compiled with the widget, for size, and a panic is a trap without a message: measured 108 kB
/// brotli before and 96 kB after, on the same code. Both are unstable features of cargo and rustc, hence `RUSTC_BOOTSTRAP`; plain
/// `trunk build` does without them, and all else in the workspace too.
const STD_FROM_SOURCE: [(&str, &str); 3] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
];

/// Builds the widget. Cargo itself sees when nothing changed.
pub fn run(tools: &Tools) -> Result<()> {
    if !Path::new("index.html").is_file() {
        bail!(
            "expected index.html at the repository's root, found none: Trunk reads from it what belongs to the widget"
        );
    }
    process::run(process::cargo().args(["fetch", "--quiet", "--target", WASM]).envs(STD_FROM_SOURCE))?;
    let mut trunk = tools.command("trunk");
    trunk.args(["build", "--offline", "--release", "--cargo-profile", "widget", "--dist", STAGE]);
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk 0.21 takes NO_COLOR=1, as everybody sets it, for a wrong argument.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    process::run(as_widget(&mut trunk)?)?;
    let missing: Vec<&str> =
        FILES.into_iter().chain([WORDS]).filter(|file| !Path::new(STAGE).join(file).exists()).collect();
    if !missing.is_empty() {
        bail!(
            "expected {} in {STAGE}/ after building, found none: index.html must name what to copy (data-trunk)",
            missing.join(", ")
        );
    }
    finish::run(tools, Path::new(STAGE), MODULE, "svar-widget.js", &["svar.js", "widget.css"])?;
    place(Path::new(STAGE), Path::new(DIST))
}

/// Tells cargo, or what starts it, to compile as the widget is compiled. The rest is in the profile `widget` (Cargo.toml).
pub fn as_widget(command: &mut Command) -> Result<&mut Command> {
    let mut flags = shorter_paths()?;
    flags.extend(["-Zunstable-options".to_owned(), "-Cpanic=immediate-abort".to_owned()]);
    Ok(command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).envs(STD_FROM_SOURCE))
}

/// Makes `to` hold what `from` does. A file that is the same is left alone: the command has the widget inside and would be
/// compiled anew for a date.
fn place(from: &Path, to: &Path) -> Result<()> {
    let names = |folder: &Path| -> Result<std::collections::BTreeSet<std::ffi::OsString>> {
        let entries = std::fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
        entries.map(|entry| Ok(entry?.file_name())).collect()
    };
    std::fs::create_dir_all(to).with_context(|| format!("could not make {}", to.display()))?;
    let wanted = names(from)?;
    for name in names(to)?.difference(&wanted) {
        let old = to.join(name);
        let gone = if old.is_dir() { std::fs::remove_dir_all(&old) } else { std::fs::remove_file(&old) };
        gone.with_context(|| format!("could not remove {}", old.display()))?;
    }
    for name in &wanted {
        let (source, target) = (from.join(name), to.join(name));
        if source.is_dir() {
            place(&source, &target)?;
            continue;
        }
        let bytes = std::fs::read(&source).with_context(|| format!("could not read {}", source.display()))?;
        if std::fs::read(&target).ok().as_ref() != Some(&bytes) {
            std::fs::write(&target, bytes).with_context(|| format!("could not write {}", target.display()))?;
        }
    }
    Ok(())
}

/// What tells rustc to write `yew-0.23.0/src/…` into panic messages instead of the way there on this machine.
fn shorter_paths() -> Result<Vec<String>> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let mut folders = vec![std::env::current_dir()?, Path::new(sysroot.trim()).join("lib/rustlib/src/rust")];
    if let Some(home) = tools::cargo_home() {
        // A folder per registry; its name has a hash of the registry's address in it.
        let registries = std::fs::read_dir(home.join("registry/src")).into_iter().flatten();
        folders.extend(
            registries
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .collect::<std::collections::BTreeSet<PathBuf>>(),
        );
    }
    Ok(folders.iter().map(|folder| format!("--remap-path-prefix={}/=", folder.display())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_left_alone_and_what_is_old_goes() {
        let folder = std::env::temp_dir().join(format!("svar-place-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (path, text) in [
            ("from/words/sv.txt", "a"),
            ("from/x.js", "new"),
            ("to/words/sv.txt", "a"),
            ("to/x.js", "old"),
            ("to/gone/y", ""),
        ] {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, text).expect("written");
        }
        let date = |path: &str| to.join(path).metadata().and_then(|m| m.modified()).expect("a date");
        let before = date("words/sv.txt");
        place(&from, &to).expect("placed");
        assert_eq!(before, date("words/sv.txt"));
        assert_eq!(std::fs::read_to_string(to.join("x.js")).expect("read"), "new");
        assert!(!to.join("gone").exists());
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
