//! `scim-setup sample`, and the sample tenant behind `serve --sample`: the pure library on real sockets.

mod mask;
mod record;
pub(crate) mod sockets;
pub(crate) mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use engine::entra::clouds;
use engine::problem::Problem;
use sample::TenantKind;
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
    /// How the tenant differs from an ordinary one (several with commas): empty has nothing registered, no-secrets and
    /// short-secrets have policies about client secrets, no-premium and premium-p2 have other licences, in wrong-platform
    /// the page is registered for the platform Web, national lives in another cloud, step-up wants more proof, and
    /// conditional-access blocks whoever is no Global Administrator
    #[arg(long = "tenant", value_name = "KIND", value_delimiter = ',', value_parser = kind_parser())]
    pub(crate) kinds: Vec<TenantKind>,
    /// Write each exchange with the sample services to a file, one JSON line each, secrets masked
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

impl TenantArgs {
    /// The ids of these arguments, which `serve` accepts together with `--sample` only.
    pub(crate) const IDS: [&str; 6] = ["people", "groups", "seed", "faults", "kinds", "record"];
}

fn kind_parser() -> impl TypedValueParser<Value = TenantKind> {
    PossibleValuesParser::new(TenantKind::ALL.map(TenantKind::name))
        .try_map(|name| TenantKind::named(&name).ok_or("there is no such kind of tenant"))
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
    #[command(flatten)]
    fronted: Fronted,
    /// Print the facts as one line of JSON
    #[arg(long)]
    json: bool,
}

/// The origins that callers know, where something with TLS stands before the three ports.
#[derive(clap::Args)]
struct Fronted {
    /// The origin under which callers reach the sign-in service, login.microsoftonline.com for one, when a front
    /// of yours passes it on to the first port
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    authority: Option<String>,
    /// The origin under which callers reach Microsoft Graph
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    graph: Option<String>,
    /// The origin under which callers reach Databricks
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    databricks: Option<String>,
}

impl Fronted {
    /// The origins that links, issuers and facts name.
    fn over(&self, listening: &Origins) -> Origins {
        let known = |given: &Option<String>, own: &String| given.as_ref().unwrap_or(own).clone();
        Origins {
            sign_in: known(&self.authority, &listening.sign_in),
            graph: known(&self.graph, &listening.graph),
            databricks: known(&self.databricks, &listening.databricks),
        }
    }
}

fn origin(text: &str) -> Result<String, String> {
    let origin = text.trim_end_matches('/');
    if clouds::is_origin(origin) {
        return Ok(origin.to_owned());
    }
    Err("give scheme and host only, such as https://graph.example; plain http only for 127.0.0.1 and localhost"
        .to_owned())
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
        let listening = sockets.origins.clone();
        let known = args.fronted.over(&listening);
        let world = Arc::new(World::open(&args.tenant, &known, redirects)?);
        let mut tasks = tokio::task::JoinSet::new();
        sockets.serve(&world, &stop, &mut tasks);
        say::out(&if args.json {
            as_json(&world, &known, &listening)
        } else {
            as_text(&world, &known, &listening)
        });
        while tasks.join_next().await.is_some() {}
        Ok(ExitCode::SUCCESS)
    })
}

fn as_json(world: &World, known: &Origins, listening: &Origins) -> String {
    #[derive(Serialize)]
    struct Listening<'p> {
        authority: &'p str,
        graph: &'p str,
        databricks: &'p str,
    }
    #[derive(Serialize)]
    struct Printed<'p> {
        authority: &'p str,
        graph: &'p str,
        databricks: &'p str,
        listening: Listening<'p>,
        portal: String,
        #[serde(flatten)]
        facts: sample::Facts,
    }
    let printed = Printed {
        authority: &known.sign_in,
        graph: &known.graph,
        databricks: &known.databricks,
        listening: Listening {
            authority: &listening.sign_in,
            graph: &listening.graph,
            databricks: &listening.databricks,
        },
        portal: listening.portal(),
        facts: world.facts(),
    };
    // A structure of texts always serialises.
    serde_json::to_string(&printed).unwrap_or_default()
}

fn as_text(world: &World, known: &Origins, listening: &Origins) -> String {
    let facts = world.facts();
    let service = |known: &String, listening: &String| {
        if known == listening { known.clone() } else { format!("{known} (behind it {listening})") }
    };
    let rows: [(&str, String); 14] = [
        ("Sign-in service", service(&known.sign_in, &listening.sign_in)),
        ("Microsoft Graph", service(&known.graph, &listening.graph)),
        ("Databricks", service(&known.databricks, &listening.databricks)),
        ("Everything to enter", listening.portal()),
        ("Directory (tenant) ID", facts.tenant_id),
        ("Application (client) ID", facts.client_id),
        ("Sign in as", facts.accounts.join(", ")),
        ("Command line client ID", facts.sync_client_id),
        ("Command line secret", facts.sync_client_secret),
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
    text.push_str(&for_a_shell(&world.facts(), known));
    text
}

/// What makes the other commands speak with this tenant, as lines for a shell: the account, whose token belongs to nobody.
fn for_a_shell(facts: &sample::Facts, known: &Origins) -> String {
    if facts.sync_client_id.is_empty() {
        return String::new();
    }
    let Origins { sign_in, graph, databricks } = known;
    format!(
        "\n\nFor the command line, in another terminal:\
         \n  export AZURE_TENANT_ID={} AZURE_CLIENT_ID={} AZURE_CLIENT_SECRET={}\
         \n  export DATABRICKS_HOST={databricks} DATABRICKS_ACCOUNT_ID={} DATABRICKS_TOKEN={}\
         \n  on_sample() {{ scim-setup \"$@\" --authority {sign_in} --graph {graph} --databricks {databricks}; }}",
        facts.tenant_id,
        facts.sync_client_id,
        facts.sync_client_secret,
        facts.account_id,
        facts.account_token
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        tenant: TenantArgs,
    }

    #[test]
    fn kinds_are_named_with_commas_and_unknown_ones_refused() {
        let read = |kinds: &str| <Line as clap::Parser>::try_parse_from(["sample", "--tenant", kinds]);
        let kinds = read("empty,no-secrets").map(|line| line.tenant.kinds).unwrap();
        assert_eq!(kinds, [TenantKind::Empty, TenantKind::NoSecrets]);
        let refused = read("full").map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("wrong-platform"), "{refused}");
    }

    #[test]
    fn a_tenant_with_nothing_registered_leaves_the_client_id_to_a_person() {
        let listening = Origins {
            sign_in: "http://127.0.0.1:9101".to_owned(),
            graph: "http://127.0.0.1:9102".to_owned(),
            databricks: "http://127.0.0.1:9103".to_owned(),
        };
        let config = |kinds| {
            let args = TenantArgs { people: 3, groups: 1, seed: 1, faults: None, kinds, record: None };
            let world = World::open(&args, &listening, Vec::new()).unwrap();
            serde_json::from_str::<serde_json::Value>(&world.config()).unwrap()
        };
        assert!(config(Vec::new())["clientId"].is_string());
        let empty = config(vec![TenantKind::Empty]);
        assert!(empty.get("clientId").is_none() && empty["tenantId"].is_string());
    }

    #[test]
    fn a_front_changes_what_is_named_and_not_where_it_listens() {
        let listening = Origins {
            sign_in: "http://127.0.0.1:9101".to_owned(),
            graph: "http://127.0.0.1:9102".to_owned(),
            databricks: "http://127.0.0.1:9103".to_owned(),
        };
        let fronted = Fronted {
            authority: Some("https://login.microsoftonline.com".to_owned()),
            graph: None,
            databricks: Some("https://adb-1.1.azuredatabricks.net".to_owned()),
        };
        let known = fronted.over(&listening);
        assert_eq!(known.sign_in, "https://login.microsoftonline.com");
        assert_eq!(known.graph, "http://127.0.0.1:9102");
        let args =
            TenantArgs { people: 3, groups: 1, seed: 1, faults: None, kinds: Vec::new(), record: None };
        let world = World::open(&args, &known, Vec::new()).unwrap();
        let json: serde_json::Value = serde_json::from_str(&as_json(&world, &known, &listening)).unwrap();
        assert_eq!(json["authority"], "https://login.microsoftonline.com");
        assert_eq!(json["workspaceUrl"], "https://adb-1.1.azuredatabricks.net");
        assert_eq!(json["portal"], "http://127.0.0.1:9101/portal");
        assert_eq!(json["listening"]["databricks"], "http://127.0.0.1:9103");
        let text = as_text(&world, &known, &listening);
        assert!(
            text.contains("https://login.microsoftonline.com (behind it http://127.0.0.1:9101)"),
            "{text}"
        );
        assert!(text.contains("Microsoft Graph          http://127.0.0.1:9102\n"), "{text}");
    }

    #[test]
    fn what_the_command_line_takes_is_printed_for_a_shell() {
        let listening = Origins {
            sign_in: "http://127.0.0.1:9101".to_owned(),
            graph: "http://127.0.0.1:9102".to_owned(),
            databricks: "http://127.0.0.1:9103".to_owned(),
        };
        let text = |kinds| {
            let args = TenantArgs { people: 3, groups: 1, seed: 1, faults: None, kinds, record: None };
            let world = World::open(&args, &listening, Vec::new()).unwrap();
            as_text(&world, &listening, &listening)
        };
        let all = text(Vec::new());
        assert!(
            all.contains("\n  export AZURE_TENANT_ID=") && all.contains(" DATABRICKS_TOKEN=dsapi"),
            "{all}"
        );
        assert!(all.ends_with(
            "--authority http://127.0.0.1:9101 --graph http://127.0.0.1:9102 --databricks http://127.0.0.1:9103; }"
        ));
        // Where nothing is registered nothing signs in.
        assert!(!text(vec![TenantKind::Empty]).contains("export"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        assert_eq!(origin("https://graph.microsoft.com/"), Ok("https://graph.microsoft.com".to_owned()));
        for bad in
            ["", "graph.microsoft.com", "http://graph.microsoft.com", "https://graph.microsoft.com/v1.0"]
        {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
