//! Builds the release page, and leaves it alone while nothing of it changed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::command::run;
use crate::compress::compress_folder;
use crate::failure::Failure;
use crate::fingerprint::Fingerprint;
use crate::project::Project;
use crate::say::say;
use crate::tools::{self, Tools};
use crate::{lean, styles, worker};

/// Everything that the page is made of.
const SOURCES: [&str; 12] = [
    "src",
    "style",
    "public",
    "crates/engine",
    "crates/worker",
    "index.html",
    "boot.mjs",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// Changes when this file packs or lays out the page in another way.
const LAYOUT: &str = "layout 5";

/// Builds the page into `dist/` with its packed siblings, unless the one there is up to date.
pub(crate) fn build(project: &Project) -> Result<PathBuf, Failure> {
    let tools = tools::ensure(project)?;
    let dist = project.dist();
    let stamp = project.target.join("page.stamp");
    let sources = sources(project, &tools)?;
    let built = joined(&sources, &dist);
    if built.is_some() && fs::read_to_string(&stamp).ok() == built {
        say("The page in dist/ is up to date.");
        return Ok(dist);
    }
    let begun = Instant::now();
    say("Building the release page into dist/ (about 80 seconds the first time, 15 later).");
    // Trunk.toml keeps cargo offline, so that a build cannot change what the lock file says.
    run(project.cargo().args(["fetch", "--locked"])).map_err(|failure| {
        failure.advise(
            "The crates of Cargo.lock could not be fetched. The first build needs the crate registry.",
        )
    })?;
    let mut trunk = project.command(&tools.trunk);
    trunk.arg("build");
    tools.arrange(&mut trunk)?;
    // Trunk takes this variable for a flag of its own, and refuses the customary value 1.
    if env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    run(&mut trunk)?;
    lean::scripts(&dist)?;
    styles::join(&dist)?;
    worker::name_by_content(&dist)?;
    let packed = compress_folder(&dist)?;
    say(format!("Built the page and packed {packed} files in {:.1} s.", begun.elapsed().as_secs_f64()));
    let text =
        joined(&sources, &dist).ok_or_else(|| Failure::new("Trunk went well, but dist/ holds no page."))?;
    fs::write(&stamp, text).map_err(|error| Failure::file("write", &stamp, &error))?;
    Ok(dist)
}

fn sources(project: &Project, tools: &Tools) -> Result<String, Failure> {
    let mut fingerprint = Fingerprint::new();
    fingerprint.add_words(LAYOUT);
    fingerprint.add_words(&tools.versions);
    for name in SOURCES {
        fingerprint.add(&project.root, name)?;
    }
    Ok(fingerprint.text())
}

/// What went in and what came out: a page that somebody else put into dist/ is not ours.
fn joined(sources: &str, dist: &Path) -> Option<String> {
    let mut built = Fingerprint::new();
    let present = dist.join("index.html").is_file() && built.add(dist, "").is_ok();
    present.then(|| format!("{sources} {}", built.text()))
}
