//! The system's packages, where there is apt: Debian, Ubuntu and their containers. Everywhere else a person is told what to do.

use std::process::Command;

use anyhow::Result;

use crate::process;

/// An apt that may install: we are root, or sudo asks no password.
pub struct Apt {
    through_sudo: bool,
}

impl Apt {
    /// None without apt-get, and none if it would have to ask for a password.
    pub fn find() -> Option<Apt> {
        process::find("apt-get")?;
        let root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
        let through_sudo = !root && process::succeeds(Command::new("sudo").args(["-n", "true"]));
        (root || through_sudo).then_some(Apt { through_sudo })
    }

    /// Refreshes what apt knows about its archive.
    pub fn update(&self) -> Result<()> {
        process::run(self.command().args(["apt-get", "update", "-q"]))
    }

    /// Installs without asking anything.
    pub fn install(&self, packages: &[&str]) -> Result<()> {
        process::run(self.command().args(["apt-get", "install", "-y", "-q"]).args(packages))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(if self.through_sudo { "sudo" } else { "env" });
        if self.through_sudo {
            command.args(["-n", "env"]);
        }
        command.arg("DEBIAN_FRONTEND=noninteractive");
        command
    }
}

/// The version that apt would install; none if it knows no such package.
pub fn candidate(package: &str) -> Option<String> {
    process::output(Command::new("apt-cache").args(["policy", package])).ok().as_deref().and_then(candidate_in)
}

fn candidate_in(policy: &str) -> Option<String> {
    let line = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (line != "(none)").then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_candidate_is_read_from_the_policy() {
        assert_eq!(
            candidate_in("nodejs:\n  Installed: (none)\n  Candidate: 18.20.4+dfsg-1\n").as_deref(),
            Some("18.20.4+dfsg-1")
        );
        assert_eq!(candidate_in("x:\n  Candidate: (none)\n"), None);
        assert_eq!(candidate_in(""), None);
    }
}
