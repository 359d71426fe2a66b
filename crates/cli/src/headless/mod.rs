//! The page's work without a browser: test the connection, make a plan, apply it, set up Entra's own provisioning.

mod apply;
mod check;
mod connect;
mod connector;
mod connector_dry;
mod connector_lines;
mod connector_refusals;
mod connector_rights;
mod env;
mod environment;
mod journal;
mod plan;
mod record;
mod signing_in;

use std::fs;
use std::future::Future;
use std::path::Path;
use std::process::ExitCode;

use engine::problem::Problem;

pub(crate) use apply::ApplyArgs;
pub(crate) use check::CheckArgs;
pub(crate) use connector::ConnectorArgs;
pub(crate) use plan::PlanArgs;

/// `plan` found something to do.
const CHANGES: u8 = 2;

/// Runs `check`.
///
/// # Errors
/// A [`Problem`] when the test cannot even begin.
pub(crate) fn check(args: &CheckArgs) -> Result<ExitCode, Problem> {
    run(check::run(args))?
}

/// Runs `plan`.
///
/// # Errors
/// A [`Problem`] when no plan can be made.
pub(crate) fn plan(args: &PlanArgs) -> Result<ExitCode, Problem> {
    run(plan::run(args))?
}

/// Runs `apply`.
///
/// # Errors
/// A [`Problem`] when nothing can be applied.
pub(crate) fn apply(args: &ApplyArgs) -> Result<ExitCode, Problem> {
    run(apply::run(args))?
}

/// Runs `connect`.
///
/// # Errors
/// A [`Problem`] when the connector is not set up.
pub(crate) fn connect(args: &ConnectorArgs) -> Result<ExitCode, Problem> {
    run(connector::run(args))?
}

/// Flows are not `Send`: they run on this one thread.
fn run<T>(flow: impl Future<Output = T>) -> Result<T, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        Problem::new(
            "The program cannot start.",
            format!("The system says: {error}."),
            "Check how many processes and open files this user may have.",
        )
    })?;
    Ok(runtime.block_on(flow))
}

fn read(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| {
        Problem::new(
            format!("{} cannot be read.", path.display()),
            format!("The system says: {error}."),
            "Check the path and the file's permissions.",
        )
    })
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    fs::write(path, text).map_err(|error| {
        Problem::new(
            format!("{} cannot be written.", path.display()),
            format!("The system says: {error}."),
            "Check that the folder exists and that this user may write there.",
        )
    })
}
