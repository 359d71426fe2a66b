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
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
        apt
    };
    run(apt().arg("update"))?;
    run(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}
