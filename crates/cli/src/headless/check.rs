//! `scim-setup check`: tests the connection, stage by stage. Never writes.

use std::path::PathBuf;
use std::process::ExitCode;

use engine::databricks::connection::{Outcome, StageResult, test};
use engine::env::Env as _;
use engine::problem::Problem;
use engine::setup::Way;
use engine::stop::Control;

use super::connect::{PlaceArgs, secret_ends, tell_of_the_other_way};
use super::env::Native;
use crate::say;

/// Tests the connection to Databricks, stage by stage; writes nothing. Exit code 0 when all passed, 1 otherwise.
#[derive(clap::Args)]
pub(crate) struct CheckArgs {
    /// The setup that the page exports. Without one, DATABRICKS_HOST (and for an account DATABRICKS_ACCOUNT_ID) says where
    #[arg(value_name = "SETUP")]
    setup: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &CheckArgs) -> Result<ExitCode, Problem> {
    let setup = args.place.setup(args.setup.as_deref())?;
    tell_of_the_other_way(&setup, Way::Direct);
    let cloud = args.place.cloud(&setup)?;
    let connection = args.place.connection(&setup, &cloud)?;
    let env = Native::new()?;
    let result = test(&env, &connection, &Control::default(), |stage| {
        if !args.json {
            say::out(&line(stage));
        }
    })
    .await;
    // Beside the result, which a program may read.
    if let Some(warning) = secret_ends(&setup, env.wall()) {
        say::err(&format!("warning  {}", warning.text().replace('\n', "\n       ")));
    }
    if args.json {
        say::out(&serde_json::to_string_pretty(&result).unwrap_or_default());
    }
    Ok(if result.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn line(result: &StageResult) -> String {
    let mut line = format!("{:<8} {}", result.outcome.word(), result.stage.title());
    if !result.note.is_empty() {
        line.push_str(": ");
        line.push_str(&result.note);
    }
    if let Outcome::Failed(problem) | Outcome::Warning(problem) = &result.outcome {
        for text in problem.text().lines() {
            line.push_str("\n         ");
            line.push_str(text);
        }
    }
    line
}
