//! Runs other programs.

use std::env;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::project::cargo_bin;

/// Runs a command to its end with the terminal's own input and output.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = line(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("`{line}` failed ({status}). Its own words are above."))),
        Err(error) => Err(not_started(command, &error)),
    }
}

/// The failure of a command that could not even be started.
pub(crate) fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        return Failure::new(format!("`{program}` was not found.")).advise("Install it, or put it on PATH.");
    }
    Failure::new(format!("`{}` could not be started: {error}.", line(command)))
}

/// The trimmed standard output of a command that succeeds.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut line = program.to_string_lossy().into_owned();
    for word in command.get_args() {
        line.push(' ');
        line.push_str(&word.to_string_lossy());
    }
    line
}

/// Every program of that name: in `first`, on PATH, and in cargo's own folder.
pub(crate) fn find_all(name: &str, first: &[PathBuf]) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = first.iter().cloned().chain(env::split_paths(&path)).chain(cargo_bin());
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
        let files = endings.iter().map(|ending| folder.join(format!("{name}{ending}")));
        found.extend(files.filter(|file| file.is_file()));
    }
    found.dedup();
    found
}

/// The first program of that name on PATH or in cargo's own folder.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    find_all(name, &[]).into_iter().next()
}

/// PATH with these folders before everything else.
pub(crate) fn path_with(first: &[PathBuf]) -> Result<OsString, Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(first.iter().cloned().chain(env::split_paths(&path)))
        .map_err(|error| Failure::new(format!("PATH cannot be extended: {error}.")))
}

/// The value of an environment variable that is set to something.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
