//! The chores of the project: `cargo xtask start`, `test`, `build` and `size`.

mod apt;
mod beside;
mod chromium;
mod command;
mod compress;
mod failure;
mod fingerprint;
mod first_load;
mod fronts;
mod interop;
mod lean;
mod links;
mod node;
mod options;
mod page;
mod program;
mod project;
mod say;
mod size;
mod stages;
mod start;
mod styles;
mod tools;
mod whole_product;
mod worker;

use std::process::ExitCode;

use failure::Failure;
use options::Chore;
use project::Project;
use say::{say, warn};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            warn(format!("\n{failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let chore = options::read(std::env::args().skip(1))?;
    let project = Project::find()?;
    match chore {
        Chore::Explain => {
            say(options::USAGE);
            Ok(())
        }
        Chore::Start { port, sample } => start::start(&project, port, sample),
        Chore::Test { only } => stages::test(&project, only.as_deref()),
        Chore::Build => page::build(&project).map(|_| ()),
        Chore::Size => size::size(&project),
    }
}
