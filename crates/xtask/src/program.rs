//! Builds the program `scim-setup`.

use std::env;
use std::path::PathBuf;

use crate::command::run;
use crate::failure::Failure;
use crate::project::Project;
use crate::say::say;

/// Builds the release program and says where it is. Cargo sees by itself when there is nothing to do.
pub(crate) fn build(project: &Project) -> Result<PathBuf, Failure> {
    let program = project.target.join("release").join(format!("scim-setup{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        say("Building the program scim-setup (about 2 minutes the first time).");
    }
    run(project.cargo().args(["build", "--release", "--locked", "-p", "scim-setup"]))?;
    Ok(program)
}
