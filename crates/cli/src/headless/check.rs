//! `scim-setup check`: tests the connection, stage by stage. Never writes.

use std::process::ExitCode;

use engine::databricks::connection::{Outcome, StageResult, test};
use engine::env::Env as _;
use engine::problem::Problem;
use engine::stop::Control;

use super::connect::{ConnectArgs, secret_ends};
use super::env::Native;
use crate::say;

/// Tests the connection to Databricks, stage by stage; writes nothing. Exit code 0 when all passed, 1 otherwise.
#[derive(clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    connect: ConnectArgs,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &CheckArgs) -> Result<ExitCode, Problem> {
    let setup = args.connect.setup()?;
    let cloud = args.connect.cloud(&setup)?;
    let connection = args.connect.connection(&setup, &cloud)?;
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
