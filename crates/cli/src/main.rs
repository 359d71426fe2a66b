//! The program `scim-setup`: serves the page and its relay, and does the page's work without a browser.

mod answers;
mod connections;
mod fixed;
mod framing;
mod headless;
mod peers;
mod say;
mod sending;
mod serve;
mod tenant;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Sets up, runs and checks provisioning of users and groups from Microsoft Entra ID into Databricks.
#[derive(Parser)]
#[command(name = "scim-setup", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::ServeArgs),
    Check(headless::CheckArgs),
    Plan(headless::PlanArgs),
    Apply(headless::ApplyArgs),
    Connect(headless::ConnectorArgs),
    Sample(tenant::SampleArgs),
}

/// The command line cannot be understood (EX_USAGE of BSD): apart from 2, by which `plan` says that there are changes.
const USAGE: u8 = 64;

fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too. A reader that went away is no error.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let outcome = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Check(args) => headless::check(&args),
        Command::Plan(args) => headless::plan(&args),
        Command::Apply(args) => headless::apply(&args),
        Command::Connect(args) => headless::connect(&args),
        Command::Sample(args) => tenant::run(&args),
    };
    outcome.unwrap_or_else(|problem| {
        say::err(&problem.text());
        ExitCode::FAILURE
    })
}

/// Reads the command line. What makes up the sample tenant means nothing to `serve` without `--sample`.
fn parse() -> Result<Cli, clap::Error> {
    let command = Cli::command().mut_subcommand("serve", |serve| {
        tenant::TenantArgs::IDS
            .into_iter()
            .fold(serve, |serve, id| serve.mut_arg(id, |arg| arg.requires("sample")))
    });
    Cli::from_arg_matches(&command.try_get_matches()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn only_what_sets_a_connector_up_cannot_do_without_a_setup() {
        let parsed = |words: &[&str]| Cli::try_parse_from([&["scim-setup"], words].concat());
        assert!(parsed(&["check"]).is_ok() && parsed(&["plan", "--everyone"]).is_ok());
        let error = parsed(&["connect", "--dry-run"]).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::MissingRequiredArgument);
        assert!(parsed(&["connect", "setup.json", "--dry-run"]).is_ok());
    }
}
