//! `cargo xtask walls`: the walls of ARCHITECTURE.md that show in the tree itself, not in a test's answer.
//!
//! A file per wall. Each returns what breaks it, a line per finding that names the place and what to do; all walls are
//! looked at before this fails.

mod arrows;
mod browser;
mod machine;
mod pure;
mod sinks;
mod source;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// Looks at every wall and fails if one has a hole.
pub fn run() -> Result<()> {
    let workspace = Workspace::read()?;
    let walls = [
        ("arrows between crates", arrows::check(&workspace)),
        ("no raw HTML, no style attribute", sinks::check()?),
        ("only src/browser knows the browser", browser::check()?),
        ("nothing of this machine in git", machine::check()?),
        ("pure crates", pure::check(&workspace)?),
    ];
    let mut holes = 0;
    for (name, found) in walls {
        println!("{} {name}", if found.is_empty() { "ok  " } else { "HOLE" });
        for line in &found {
            println!("     {line}");
        }
        holes += found.len();
    }
    if holes > 0 {
        bail!("expected every wall to stand, found {holes} holes (above)");
    }
    Ok(())
}
