//! What is in git holds on every machine: no folder of somebody's, and no registry but the public ones.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::source;
use crate::process;

/// Where people's folders are. Written in halves, or this file would find itself.
const FOLDERS: [&str; 3] = [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// What the addresses of registry mirrors have in them.
const MIRRORS: [&str; 5] = [
    concat!("arti", "factory"),
    concat!("jf", "rog"),
    concat!("verd", "accio"),
    concat!("npm", "mirror"),
    concat!("/nexus/repo", "sitory"),
];

/// The one registry that Cargo.lock may name.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Text files in git, and those about to be, that name a machine or a mirror. Nothing without git: a published archive was checked before.
pub fn check() -> Result<Vec<String>> {
    if !Path::new(".git").exists() {
        return Ok(Vec::new());
    }
    let listed =
        process::output(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let mut found = Vec::new();
    for path in listed.split('\0').filter(|path| Path::new(path).is_file()) {
        let Some(text) = source::text(Path::new(path))? else { continue };
        for (at, line) in text.lines().enumerate() {
            if let Some(what) = foreign_in(line, path.ends_with("Cargo.lock"), path.ends_with("package-lock.json")) {
                found.push(format!("{path}:{}: {what}", at + 1));
            }
        }
    }
    Ok(found)
}

fn foreign_in(line: &str, cargo_lock: bool, npm_lock: bool) -> Option<String> {
    if let Some(folder) = FOLDERS.into_iter().find(|folder| names_folder(line, folder)) {
        return Some(format!("a folder of one machine ({folder}…): write it from the repository's root"));
    }
    if let Some(mirror) = MIRRORS.into_iter().find(|mirror| line.to_lowercase().contains(mirror)) {
        return Some(format!("a registry mirror ({mirror}): only public registries are named"));
    }
    if cargo_lock && line.starts_with("source = ") && !line.contains(CRATES_IO) {
        return Some(format!("expected {CRATES_IO}, found {line}"));
    }
    if npm_lock && line.trim_start().starts_with("\"resolved\"") {
        return Some("a registry's address: `npm install --omit-lockfile-registry-resolved` writes none".to_owned());
    }
    None
}

/// Whether the folder stands at the start of a path: `/x/home/y` and `example.com/home/y` are something else.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-/})>$".contains(c))
            && after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_mirrors_are_found() {
        let home = FOLDERS[1];
        let check =
            |line: &str, expected: bool| assert_eq!(foreign_in(line, false, false).is_some(), expected, "{line}");
        check(&format!("path = \"{home}anna/svar\""), true);
        check(&format!("see {}.cargo/bin", FOLDERS[0]), false);
        check(&format!("see {}work", FOLDERS[0]), true);
        check(&format!("https://example.com{home}x"), false);
        check(&format!("$ROOT{home}x"), false);
        check(&format!("registry = \"https://x/{}/api\"", MIRRORS[0]), true);
        check("https://registry.npmjs.org/", false);
    }

    #[test]
    fn lock_files_name_public_registries_only() {
        assert_eq!(foreign_in(&format!("source = \"{CRATES_IO}\""), true, false), None);
        assert!(foreign_in("source = \"sparse+https://crates.example/\"", true, false).is_some());
        assert!(foreign_in("      \"resolved\": \"https://x.example/a.tgz\",", false, true).is_some());
    }
}
