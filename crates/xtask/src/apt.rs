//! Debian packages, on machines where this process may install them.

use std::process::Command;

use crate::command::{find, run};
use crate::failure::Failure;
use crate::say::say;
use crate::tools::is_root;

/// Whether packages can be installed here.
pub(crate) fn possible() -> bool {
    is_root() && find("apt-get").is_some()
}

/// Installs packages system-wide, saying so first.
pub(crate) fn install(packages: &[&str], time: &str) -> Result<(), Failure> {
    say(format!("Installing {} system-wide with apt-get ({time}).", packages.join(" and ")));
    update()?;
    run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

/// Sees to it that a program is there whose package has its name.
pub(crate) fn program(name: &str, what_for: &str) -> Result<(), Failure> {
    if find(name).is_none() && possible() {
        install(&[name], "a few seconds")?;
    }
    if find(name).is_some() {
        return Ok(());
    }
    let text = format!("`{name}` was not found, which {what_for}.");
    Err(Failure::new(text)
        .advise(&format!("Install it (Debian: `apt-get install {name}`), so that it is on PATH.")))
}

/// Learns which packages there are.
pub(crate) fn update() -> Result<(), Failure> {
    run(apt().arg("update"))
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    apt
}
