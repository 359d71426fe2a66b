//! `scim-setup plan`: reads both sides and shows what would change. Writes nothing but the plan's file.

use std::path::PathBuf;
use std::process::ExitCode;

use engine::databricks::scim::Scim;
use engine::entra::graph::Graph;
use engine::problem::{Explain as _, Problem};
use engine::setup::{IdentityManagement, Scope, Way};
use engine::stop::Control;
use engine::sync::{Order, Progress, prepare};

use super::connect::{PlaceArgs, tell_of_the_other_way, tokens};
use super::env::Native;
use super::signing_in::sign_in;
use crate::say;

/// Shows what would change at Databricks, and why. Exit code 0 when there is nothing to do, 2 when there are changes, 1 on
/// failure.
#[derive(clap::Args)]
pub(crate) struct PlanArgs {
    /// The setup that the page exports. Without one, DATABRICKS_HOST (and for an account DATABRICKS_ACCOUNT_ID) and
    /// AZURE_TENANT_ID say where, and --everyone is needed
    #[arg(value_name = "SETUP")]
    setup: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    /// Write the plan to a file, for `apply`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
    /// Plan for everyone and all security groups of the directory, whatever the setup says
    #[arg(long)]
    everyone: bool,
}

pub(super) async fn run(args: &PlanArgs) -> Result<ExitCode, Problem> {
    let setup = args.place.setup(args.setup.as_deref())?;
    tell_of_the_other_way(&setup, Way::Direct);
    if setup.identity_management == Some(IdentityManagement::On) {
        return Err(Problem::new(
            "Nothing is planned.",
            "The setup says that automatic identity management is on: Databricks syncs the directory by itself, and a \
             second provisioner on top would work against it.",
            "Have it switched off first, or leave the work to it.",
        ));
    }
    let cloud = args.place.cloud(&setup)?;
    let scope = match (&setup.scope, args.everyone) {
        (_, true) => Scope::All,
        (Some(scope), false) if !scope.is_empty() => scope.clone(),
        _ => {
            return Err(Problem::new(
                "There is nothing to plan for.",
                "Neither the setup nor the command line says who is to be provisioned.",
                "Choose users and groups in the page and export the setup, or give --everyone.",
            ));
        }
    };
    let (tenant, tokens) = tokens(&setup, &cloud, "reads the directory")?;
    let connection = args.place.connection(&setup, &cloud)?;
    let env = Native::new()?;
    sign_in(&env, &tokens).await?;
    let graph = Graph::new(&env, &cloud, &tokens);
    let scim = Scim::new(&env, &connection, Control::default());
    let order = Order { tenant: &tenant, scope: &scope, administrator: None };
    let plan = prepare(&graph, &scim, &order, tell).await.map_err(|error| error.explain())?;
    if let Some(path) = &args.out {
        super::write(path, &plan.to_file())?;
    }
    say::out(if args.json { plan.to_file() } else { plan.to_string() }.trim_end());
    if !args.json {
        say::err(&next(&plan, args));
    }
    Ok(match (plan.is_empty(), plan.complete) {
        (false, _) => ExitCode::from(super::CHANGES),
        (true, true) => ExitCode::SUCCESS,
        // Not all could be read: that there is nothing to do is not known.
        (true, false) => ExitCode::FAILURE,
    })
}

fn next(plan: &engine::sync::plan::Plan, args: &PlanArgs) -> String {
    if plan.is_empty() {
        return if plan.complete {
            "There is nothing to do."
        } else {
            "Nothing can be planned, but not everything could be read: see the findings."
        }
        .to_owned();
    }
    let minutes = plan.estimate().as_secs().div_ceil(60);
    let then = match &args.out {
        Some(path) => format!("Apply it with: scim-setup apply --plan {}", path.display()),
        None => "To apply it, make it again with --out FILE.".to_owned(),
    };
    format!("{} requests, about {minutes} min under the published limits. {then}", plan.requests())
}

/// How far the reading is, for people who watch; a few lines, not one for each group.
fn tell(progress: Progress) {
    match progress {
        Progress::Directory(0, total) => say::err(&format!("Reading the directory: {total} groups …")),
        Progress::Target => say::err("Reading Databricks …"),
        Progress::Members(0, total) if total > 0 => {
            say::err(&format!("Reading the members of {total} groups …"));
        }
        Progress::People(..) | Progress::Directory(..) | Progress::Members(..) => {}
    }
}
