//! Running other programs: what is run is printed, and a failure says which program and how it ended.
//!
//! Standard input is always closed, so that nothing here can wait for an answer that nobody gives (CI).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Prints the command and runs it with its output passing through. An unsuccessful end is an error.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", describe(command));
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("could not start `{}`", name(command)))?;
    if !status.success() {
        bail!("expected `{}` to succeed, found {status}; its own output above says why", describe(command));
    }
    Ok(())
}

/// Runs quietly and returns standard output. What the program complained about becomes part of the error.
pub fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{}`", name(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("expected `{}` to succeed, found {}: {}", describe(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the program starts and ends well, with nothing printed.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first file of that name in the folders of PATH; none if the machine does not have the program.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| executable(&folder, program)).find(|file| file.is_file())
}

/// What the program is called inside a folder on this system.
pub fn executable(folder: &Path, program: &str) -> PathBuf {
    folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// The cargo that runs us, so that a toolchain chosen by the caller holds for what we start too.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

/// The command as a person would type it, with the variables that were set for it, but for those that only name folders.
pub fn describe(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter(|(name, _)| *name != "PATH" && *name != "CARGO_ENCODED_RUSTFLAGS")
        .filter_map(|(name, value)| {
            let value = quoted(&value?.to_string_lossy());
            Some(format!("{}={value}", name.to_string_lossy()))
        });
    let arguments = command.get_args().map(|argument| quoted(&argument.to_string_lossy()));
    variables.chain([name(command)]).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || "'\"#$*?;&|<>()".contains(c));
    if plain { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_so_that_it_can_be_pasted() {
        let check = |arguments: &[&str], expected: &str| {
            assert_eq!(describe(Command::new("/usr/bin/svar").args(arguments)), expected);
        };
        check(&["build", "examples/help"], "svar build examples/help");
        check(&["--content-selector", "#DisplayArea"], "svar --content-selector '#DisplayArea'");
        check(&[""], "svar ''");
        let mut doc = Command::new("cargo");
        doc.arg("doc").env("RUSTDOCFLAGS", "-D warnings").env("PATH", "/bin").env_remove("CI");
        assert_eq!(describe(&doc), "RUSTDOCFLAGS='-D warnings' cargo doc");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = output(&mut Command::new("svar-no-such-program")).expect_err("it does not exist");
        assert!(format!("{error:#}").starts_with("could not start `svar-no-such-program`"), "{error:#}");
    }
}
