//! `scim-setup sample`, and the sample tenant behind `serve --sample`: the pure library on real sockets.

mod mask;
mod record;
pub(crate) mod sockets;
pub(crate) mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use engine::problem::Problem;
use serde::Serialize;

use self::sockets::{Origins, Sockets};
use self::world::World;
use crate::connections::Stop;
use crate::say;

/// The first port of the sample tenant: sign-in, then Graph, then Databricks.
pub(crate) const PORT: u16 = 9101;

/// What the sample tenant is made of.
#[derive(clap::Args)]
pub(crate) struct TenantArgs {
    /// How many people the sample tenant has
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) people: usize,
    /// How many groups the sample tenant has
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub(crate) groups: usize,
    /// The seed that the sample tenant is made from; the same seed makes the same tenant
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Make the sample services fail now and then, in an order that the seed decides
    #[arg(long, value_name = "SEED")]
    pub(crate) faults: Option<u64>,
    /// Write each exchange with the sample services to a file, one JSON line each, secrets masked
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

impl TenantArgs {
    /// The ids of these arguments, which `serve` accepts together with `--sample` only.
    pub(crate) const IDS: [&str; 5] = ["people", "groups", "seed", "faults", "record"];
}

/// Runs the sample tenant: a made-up Entra, Graph and Databricks on this machine.
#[derive(clap::Args)]
pub(crate) struct SampleArgs {
    #[command(flatten)]
    tenant: TenantArgs,
    /// The first of three ports; 0 means any free ones
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    port: u16,
    /// A redirect URI of the page (repeat for more) [default: http://localhost:8080/ and http://127.0.0.1:8080/]
    #[arg(long, value_name = "URI")]
    redirect: Vec<String>,
    /// Print the facts as one line of JSON
    #[arg(long)]
    json: bool,
}

/// A runtime for commands that serve.
///
/// # Errors
/// A [`Problem`] when the system gives no threads.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Problem::new(
            "The program cannot start.",
            format!("The system says: {error}."),
            "Check how many processes and open files this user may have.",
        )
    })
}

/// Runs the sample tenant until Ctrl-C or SIGTERM.
///
/// # Errors
/// A [`Problem`] when it cannot start.
pub(crate) fn run(args: &SampleArgs) -> Result<ExitCode, Problem> {
    runtime()?.block_on(async {
        let stop = Stop::at_signal();
        let sockets = Sockets::bind(args.port, "--port").await?;
        let redirects = if args.redirect.is_empty() {
            ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:8080/")).to_vec()
        } else {
            args.redirect.clone()
        };
        let world = Arc::new(World::open(&args.tenant, &sockets.origins, redirects)?);
        let origins = sockets.origins.clone();
        let mut tasks = tokio::task::JoinSet::new();
        sockets.serve(&world, &stop, &mut tasks);
        say::out(&if args.json { as_json(&world, &origins) } else { as_text(&world, &origins) });
        while tasks.join_next().await.is_some() {}
        Ok(ExitCode::SUCCESS)
    })
}

fn as_json(world: &World, origins: &Origins) -> String {
    #[derive(Serialize)]
    struct Printed<'p> {
        authority: &'p str,
        graph: &'p str,
        databricks: &'p str,
        portal: String,
        #[serde(flatten)]
        facts: sample::Facts,
    }
    let printed = Printed {
        authority: &origins.sign_in,
        graph: &origins.graph,
        databricks: &origins.databricks,
        portal: origins.portal(),
        facts: world.facts(),
    };
    // A structure of texts always serialises.
    serde_json::to_string(&printed).unwrap_or_default()
}

fn as_text(world: &World, origins: &Origins) -> String {
    let facts = world.facts();
    let rows: [(&str, String); 14] = [
        ("Sign-in service", origins.sign_in.clone()),
        ("Microsoft Graph", origins.graph.clone()),
        ("Databricks", origins.databricks.clone()),
        ("Everything to enter", origins.portal()),
        ("Directory (tenant) ID", facts.tenant_id),
        ("Application (client) ID", facts.client_id),
        ("Sign in as", facts.accounts.join(", ")),
        ("Headless client ID", facts.sync_client_id),
        ("Headless client secret", facts.sync_client_secret),
        ("Workspace URL", facts.workspace_url),
        ("Workspace token", facts.workspace_token),
        ("Token without rights", facts.plain_token),
        ("Account SCIM URL", facts.account_scim_url),
        ("Account SCIM token", facts.account_token),
    ];
    let mut text = "The sample tenant answers. Everything in it is made up. (Ctrl-C ends it)".to_owned();
    for (label, value) in rows {
        text.push_str(&format!("\n  {label:<24} {value}"));
    }
    text
}
