//! The tools that build the page: finds the right versions, and installs what is missing.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{find, find_all, path_with, read, run};
use crate::failure::Failure;
use crate::node;
use crate::project::Project;
use crate::say::say;

/// The newest Trunk that the pinned Rust can build.
const TRUNK: &str = "0.21.14";
/// The target of the page.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The tools of the page, each in the version that the project asks for.
#[derive(Debug)]
pub(crate) struct Tools {
    /// Trunk itself.
    pub(crate) trunk: PathBuf,
    /// Folders that must come first on PATH, so that Trunk and cargo find the others.
    folders: Vec<PathBuf>,
    /// The versions in words: another version means another page.
    pub(crate) versions: String,
}

impl Tools {
    /// Arranges PATH so that a command finds these tools before any other version.
    pub(crate) fn arrange(&self, command: &mut Command) -> Result<(), Failure> {
        command.env("PATH", path_with(&self.folders)?);
        Ok(())
    }
}

/// Finds the tools of the page and installs the missing ones, saying so first.
pub(crate) fn ensure(project: &Project) -> Result<Tools, Failure> {
    node::ensure()?;
    wasm_target(project)?;
    let bindgen_version = locked_version(project, "wasm-bindgen")?;
    let trunk = cargo_tool(project, &TRUNK_TOOL, TRUNK)?;
    let bindgen = cargo_tool(project, &BINDGEN_TOOL, &bindgen_version)?;
    let wasm_opt = node::wasm_opt(project)?;
    let folders = [&bindgen, &wasm_opt].iter().filter_map(|tool| tool.parent()).map(Path::to_owned).collect();
    let rustc = read(project.command("rustc").arg("--version")).unwrap_or_default();
    let versions =
        format!("trunk {TRUNK}, wasm-bindgen {bindgen_version}, binaryen {}, {rustc}", node::BINARYEN);
    Ok(Tools { trunk, folders, versions })
}

/// Adds the wasm target to the active toolchain unless it is there.
pub(crate) fn wasm_target(project: &Project) -> Result<(), Failure> {
    let sysroot = read(project.command("rustc").args(["--print", "sysroot"])).unwrap_or_default();
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).join("lib").is_dir() {
        return Ok(());
    }
    say(format!("Installing the Rust target {WASM} into {sysroot} with rustup (about 20 seconds)."));
    run(project.command("rustup").args(["target", "add", WASM])).map_err(|failure| {
        failure.advise("The page needs this target. Install it as your Rust was installed.")
    })
}

/// Adds rustfmt and clippy to the active toolchain unless they are there.
pub(crate) fn component(project: &Project, name: &str, asks: &str) -> Result<(), Failure> {
    if read(project.cargo().args([asks, "--version"])).is_some() {
        return Ok(());
    }
    say(format!("Installing the Rust component {name} with rustup (about 10 seconds)."));
    run(project.command("rustup").args(["component", "add", name]))
}

struct CargoTool {
    package: &'static str,
    program: &'static str,
    install: &'static [&'static str],
    minutes: &'static str,
}

const TRUNK_TOOL: CargoTool =
    CargoTool { package: "trunk", program: "trunk", install: &["--locked"], minutes: "5 to 8 minutes" };

/// Without `--locked`: the package's own lock file names a dependency that registries may not have yet.
const BINDGEN_TOOL: CargoTool = CargoTool {
    package: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    install: &["--no-default-features"],
    minutes: "2 to 4 minutes",
};

fn cargo_tool(project: &Project, tool: &CargoTool, version: &str) -> Result<PathBuf, Failure> {
    let own = [project.tools().join("bin")];
    let is_right = |file: &PathBuf| {
        read(Command::new(file).arg("--version")).is_some_and(|words| names(&words, version))
    };
    let found = find_all(tool.program, &own);
    if let Some(right) = found.iter().find(|file| is_right(file)) {
        return Ok(right.clone());
    }
    // A person's own version of a tool is not for us to replace.
    let root = if found.is_empty() { None } else { Some(project.tools()) };
    let place =
        root.as_ref().map_or_else(|| "cargo's own bin folder".to_owned(), |root| root.display().to_string());
    let package = tool.package;

    let mut installs = Vec::new();
    if find("cargo-binstall").is_some() {
        let mut binstall = project.cargo();
        binstall.args(["binstall", "--no-confirm", "--version", version, package]);
        installs.push((binstall, "under a minute, with cargo-binstall"));
    }
    let mut install = project.cargo();
    install.args(["install", package, "--version", version]).args(tool.install);
    installs.push((install, tool.minutes));

    let mut failure = None;
    for (mut command, time) in installs {
        if let Some(root) = &root {
            command.arg("--root").arg(root);
        }
        say(format!("Installing {package} {version} into {place} ({time})."));
        let ran = run(&mut command);
        if let Some(file) = find_all(tool.program, &own).into_iter().find(&is_right) {
            return Ok(file);
        }
        failure = ran.err();
    }
    let failure =
        failure.unwrap_or_else(|| Failure::new(format!("{package} was installed, but is not there.")));
    Err(failure.advise(&format!(
        "{package} {version} builds the page. Without a network, bring it to PATH by other means and run this again."
    )))
}

/// Whether the first line of `--version` names exactly this version.
fn names(words: &str, version: &str) -> bool {
    words.lines().next().unwrap_or_default().split_whitespace().any(|word| word == version)
}

/// The version of a package in Cargo.lock.
fn locked_version(project: &Project, package: &str) -> Result<String, Failure> {
    let path = project.root.join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).map_err(|error| Failure::file("read", &path, &error))?;
    version_in(&lock, package).ok_or_else(|| {
        Failure::new(format!("Cargo.lock names no {package}."))
            .advise("Is the page's crate part of the workspace?")
    })
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    after.strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned)
}

/// Whether this process may install system packages: on a build machine that is thrown away afterwards.
pub(crate) fn is_root() -> bool {
    cfg!(unix)
        && read(Command::new("id").arg("-u")).as_deref() == Some("0")
        && env::var_os("SUDO_USER").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_version_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm-bindgen-cli"), None);
    }

    #[test]
    fn tells_versions_apart() {
        assert!(names("trunk 0.21.14", "0.21.14"));
        assert!(names("wasm-opt version 132 (version_132)", "132"));
        assert!(!names("wasm-bindgen 0.2.13", "0.2.130"));
        assert!(!names("wasm-bindgen 0.2.130 (abc)", "0.2.13"));
    }
}
