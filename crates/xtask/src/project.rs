//! Where things are.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;

/// The folders of one checkout.
#[derive(Debug)]
pub(crate) struct Project {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Project {
    /// Finds the checkout that this program was started from.
    pub(crate) fn find() -> Result<Self, Failure> {
        let here = env::current_dir()
            .map_err(|error| Failure::new(format!("The current folder cannot be read: {error}.")))?;
        // Cargo names the folder of this crate; without cargo the search begins where we stand.
        let from = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| here.clone(), PathBuf::from);
        let root = from
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("crates").is_dir())
            .ok_or_else(|| {
                Failure::new(format!("{} is not inside a checkout of scim-setup.", from.display()))
                    .advise("Change into the folder of the repository and run `cargo xtask` there.")
            })?
            .to_owned();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| here.join(set));
        Ok(Self { root, target })
    }

    /// The built page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The folder for tools that must not mix with the person's own.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A command that runs in the root of the checkout.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // What cargo told this program about itself would reach build scripts and rebuild their crates.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        command
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }
}

/// Cargo's own folder for programs: `$CARGO_INSTALL_ROOT`, `$CARGO_HOME` or `~/.cargo`, and `bin` in it.
pub(crate) fn cargo_bin() -> Option<PathBuf> {
    let home = env::var_os("CARGO_INSTALL_ROOT").or_else(|| env::var_os("CARGO_HOME")).map(PathBuf::from);
    home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).map(|home| home.join("bin"))
}
