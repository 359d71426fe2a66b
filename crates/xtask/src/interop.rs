//! The program and its sample tenant against software that nobody here wrote.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::apt;
use crate::command::{find, read, run};
use crate::failure::Failure;
use crate::fingerprint::Fingerprint;
use crate::program;
use crate::project::Project;
use crate::say::say;

/// The oldest Python (3.x) that this software runs on.
const OLDEST: u32 = 11;

/// Builds the program, installs that software into an environment of its own, and runs the scenarios.
pub(crate) fn test(project: &Project) -> Result<(), Failure> {
    let program = program::build(project)?;
    let pipe = example(project, "scim-setup-sample", "pipe")?;
    let command = example(project, "scim-setup-engine", "command")?;
    let folder = project.root.join("tests").join("interop");
    let python = environment(project, &folder)?;
    let mut scenarios = project.command(python);
    scenarios.arg(folder.join("run.py")).arg("--program").arg(program);
    run(scenarios.arg("--pipe").arg(pipe).arg("--command").arg(command))
}

/// Builds what only these tests need: the sample tenant on a pipe, whose clock the scenarios turn, and the engine's commands.
fn example(project: &Project, package: &str, name: &str) -> Result<PathBuf, Failure> {
    run(project.cargo().args(["build", "--locked", "-p", package, "--example", name]))?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    Ok(project.target.join("debug").join("examples").join(file))
}

/// A Python with exactly the packages of requirements.txt, under the target folder.
fn environment(project: &Project, folder: &Path) -> Result<PathBuf, Failure> {
    let home = project.target.join("venv");
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let base = base_python()?;
    let mut asked = Fingerprint::new();
    asked.add(folder, "requirements.txt")?;
    asked.add_words(&base.version);
    let stamp = home.join("requirements.stamp");
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|text| text == asked.text()) {
        return Ok(python);
    }
    say(format!(
        "Installing databricks-sdk, scim2-tester, scim2-server and the Azure CLI from PyPI into {} (about 20 seconds).",
        home.display()
    ));
    let make = || run(Command::new(&base.file).args(["-m", "venv", "--clear"]).arg(&home));
    if read(Command::new(&base.file).args(["-c", "import ensurepip"])).is_none() && apt::possible() {
        apt::install(&["python3-venv"], "about 10 seconds")?;
    }
    make().map_err(|failure| failure.advise("On Debian and Ubuntu the package python3-venv is needed."))?;
    // Everything that is needed is in that file. The Azure CLI names a hundred libraries more, which `az rest` never loads.
    let mut quiet = vec!["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    quiet.extend(["--no-deps", "--no-compile", "--requirement"]);
    run(Command::new(&python).args(quiet).arg(folder.join("requirements.txt")))
        .map_err(|failure| failure.advise("The first run needs PyPI or a mirror of it."))?;
    fs::write(&stamp, asked.text()).map_err(|error| Failure::file("write", &stamp, &error))?;
    Ok(python)
}

struct Python {
    file: PathBuf,
    version: String,
}

fn base_python() -> Result<Python, Failure> {
    let mut seen = Vec::new();
    for file in ["python3", "python"].iter().filter_map(|name| find(name)) {
        let version = read(Command::new(&file).arg("--version")).unwrap_or_default();
        if minor(&version).is_some_and(|minor| minor >= OLDEST) {
            return Ok(Python { file, version });
        }
        seen.push(version);
    }
    let found =
        if seen.is_empty() { "none was found".to_owned() } else { format!("found {}", seen.join(", ")) };
    let text = format!("The interop tests need Python 3.{OLDEST} or newer; {found}.");
    Err(Failure::new(text).advise(&format!("Install it so that `python3` is on PATH ({}).", env::consts::OS)))
}

fn minor(words: &str) -> Option<u32> {
    words.strip_prefix("Python 3.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_minor_version() {
        assert_eq!(minor("Python 3.11.7"), Some(11));
        assert_eq!(minor("Python 2.7.18"), None);
        assert_eq!(minor("Python 3.14.0rc2"), Some(14));
    }
}
