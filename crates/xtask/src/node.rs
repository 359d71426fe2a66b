//! Node: its version, wasm-opt from npm, and the packages of a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{find, find_all, read, run};
use crate::failure::Failure;
use crate::fingerprint::Fingerprint;
use crate::project::Project;
use crate::say::say;

/// The oldest Node that the tools run on.
const OLDEST: u32 = 20;
/// The release of binaryen that holds wasm-opt; Trunk.toml names the same.
pub(crate) const BINARYEN: &str = "132";

/// Makes sure that Node is there and new enough.
pub(crate) fn ensure() -> Result<(), Failure> {
    let advice =
        "Install Node 20 or newer (https://nodejs.org/ or your system's packages) and run this again.";
    let Some(words) = find("node").and_then(|node| read(Command::new(node).arg("--version"))) else {
        return Err(Failure::new("Node is missing: wasm-opt and the browser tests run on it.").advise(advice));
    };
    match major(&words) {
        Some(version) if version >= OLDEST => Ok(()),
        _ => Err(Failure::new(format!("Node {words} is too old: {OLDEST} is the oldest that works."))
            .advise(advice)),
    }
}

fn major(words: &str) -> Option<u32> {
    words.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The wasm-opt of the pinned binaryen, from PATH or installed under the target folder.
pub(crate) fn wasm_opt(project: &Project) -> Result<PathBuf, Failure> {
    let home = project.tools().join("node");
    let own = [home.join("node_modules").join(".bin")];
    let wanted = format!("wasm-opt version {BINARYEN} ");
    let right = || {
        let mut all = find_all("wasm-opt", &own).into_iter();
        all.find(|file| {
            read(Command::new(file).arg("--version")).is_some_and(|words| words.starts_with(&wanted))
        })
    };
    if let Some(file) = right() {
        return Ok(file);
    }
    say(format!(
        "Installing wasm-opt (binaryen {BINARYEN} from npm) into {} (about 5 seconds).",
        home.display()
    ));
    fs::create_dir_all(&home).map_err(|error| Failure::file("make the folder", &home, &error))?;
    let package = format!("binaryen@{BINARYEN}.0.0");
    let quiet = ["--no-save", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error"];
    run(npm(&home)?.arg("install").args(quiet).arg("--prefix").arg(&home).arg(&package)).map_err(|failure| {
        failure.advise("wasm-opt makes the page small. Without a network, bring that version to PATH by other means.")
    })?;
    right().ok_or_else(|| Failure::new(format!("npm installed {package}, but its wasm-opt does not answer.")))
}

/// Installs exactly the packages of a folder's lock file, unless they are there already.
pub(crate) fn packages(project: &Project, folder: &Path, time: &str) -> Result<(), Failure> {
    ensure()?;
    let mut asked = Fingerprint::new();
    asked.add(folder, "package.json")?;
    asked.add(folder, "package-lock.json")?;
    let stamp = folder.join("node_modules").join(".scim-setup");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == asked.text()) {
        return Ok(());
    }
    let place = folder.strip_prefix(&project.root).unwrap_or(folder).join("node_modules");
    say(format!("Installing the Node packages of package-lock.json into {} ({time}).", place.display()));
    let mut ci = npm(folder)?;
    ci.args(["ci", "--no-fund", "--no-audit", "--loglevel=error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(&mut ci)?;
    fs::write(&stamp, asked.text()).map_err(|error| Failure::file("write", &stamp, &error))
}

fn npm(folder: &Path) -> Result<Command, Failure> {
    let npm = find("npm")
        .ok_or_else(|| Failure::new("npm is missing.").advise("It comes with Node: install both."))?;
    let mut command = Command::new(npm);
    command.current_dir(folder);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_asks_for_the_same_binaryen() {
        let line = format!("wasm_opt = \"version_{BINARYEN}\"");
        assert!(include_str!("../../../Trunk.toml").lines().any(|have| have == line));
    }

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v8.1.0"), Some(8));
        assert_eq!(major("20"), None);
    }
}
