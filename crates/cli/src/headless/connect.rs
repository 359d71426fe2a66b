//! Where to, as whom: credentials from the environment under the names that both ecosystems use, the rest from the setup.

use std::path::Path;

use engine::databricks::target::{Target, TargetError};
use engine::databricks::{Connection, Route, token};
use engine::entra::clouds::{self, Cloud};
use engine::entra::ids::{ClientId, Guid, TenantId};
use engine::entra::registration::ending;
use engine::entra::tokens::Tokens;
use engine::env::Timestamp;
use engine::problem::Problem;
use engine::secret::Secret;
use engine::setup::{Setup, SetupError, Way};

use super::environment::{disagree, guid, missing, missing_secret, secret, variable};
use crate::say;

/// Where else than at the real services to find them.
#[derive(clap::Args)]
pub(crate) struct PlaceArgs {
    /// For the sample tenant and tests: another origin that signs in, such as http://127.0.0.1:9101
    #[arg(long, value_name = "ORIGIN")]
    authority: Option<String>,
    /// For the sample tenant and tests: another origin of Microsoft Graph
    #[arg(long, value_name = "ORIGIN")]
    graph: Option<String>,
    /// For the sample tenant and tests: another origin that speaks Databricks SCIM
    #[arg(long, value_name = "ORIGIN")]
    databricks: Option<String>,
}

impl PlaceArgs {
    /// The account or workspace, and its token, which has to last: Entra keeps it.
    ///
    /// # Errors
    /// A [`Problem`] names the variable that is missing or wrong.
    pub(crate) fn lasting(&self, setup: &Setup, cloud: &Cloud) -> Result<Connection, Problem> {
        let connection = self.connection(setup, cloud)?;
        token::parse_lasting(connection.token.expose(), connection.target.level()).map_err(|error| {
            Problem::new("DATABRICKS_TOKEN cannot be used.", error.to_string(), "Set it to the right token.")
        })?;
        Ok(connection)
    }

    /// The setup, or an empty one.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be read.
    pub(crate) fn setup(&self, path: Option<&Path>) -> Result<Setup, Problem> {
        let Some(path) = path else { return Ok(Setup::default()) };
        let trusted = match &self.databricks {
            Some(value) => vec![origin("--databricks", value)?],
            None => Vec::new(),
        };
        Setup::parse(&super::read(path)?, &trusted).map_err(|error| {
            Problem::new(
                format!("{} is not a setup that can be used.", path.display()),
                format!("{error}."),
                match error {
                    SetupError::Target(_) => {
                        "Export the setup from the page again. One of the sample tenant also needs --authority, --graph \
                         and --databricks with the sample's addresses."
                    }
                    SetupError::Malformed(_) | SetupError::Version(_) => "Export the setup from the page again.",
                },
            )
        })
    }

    /// The cloud of the setup, with other origins where they are given.
    ///
    /// # Errors
    /// A [`Problem`] when the setup names an unknown cloud or an origin is none.
    pub(crate) fn cloud(&self, setup: &Setup) -> Result<Cloud, Problem> {
        let known = clouds::built_in().into_iter().find(|cloud| cloud.id == setup.cloud);
        let replaced = self.authority.is_some() && self.graph.is_some();
        let mut cloud = match known {
            Some(cloud) => cloud,
            None if replaced => clouds::built_in().into_iter().next().unwrap_or_else(|| Cloud {
                id: setup.cloud.clone(),
                name: setup.cloud.clone(),
                authority: String::new(),
                graph: String::new(),
                portal: String::new(),
                databricks: Vec::new(),
            }),
            None => {
                return Err(Problem::new(
                    "The setup cannot be used as it is.",
                    format!("Its cloud \"{}\" is not built in.", setup.cloud),
                    "Say where it is with --authority and --graph.",
                ));
            }
        };
        let given = [
            ("--authority", &self.authority, &mut cloud.authority),
            ("--graph", &self.graph, &mut cloud.graph),
        ];
        for (name, value, place) in given {
            if let Some(value) = value {
                *place = origin(name, value)?;
            }
        }
        if let Some(value) = &self.databricks {
            cloud.databricks.push(origin("--databricks", value)?);
        }
        Ok(cloud)
    }

    /// The account or workspace and its token.
    ///
    /// # Errors
    /// A [`Problem`] names the variable that is missing or wrong.
    pub(crate) fn connection(&self, setup: &Setup, cloud: &Cloud) -> Result<Connection, Problem> {
        let target = target(setup, cloud)?;
        if let Some(wrong) = setup.mistaken_account(&target) {
            return Err(Problem::new("The target cannot be used.", wrong, "Give the account’s own ID."));
        }
        connection(target)
    }
}

/// What to know about the end of the secret that the setup remembers; nothing, where runs sign in as another application.
pub(crate) fn secret_ends(setup: &Setup, now: Timestamp) -> Option<Problem> {
    ends_of(setup, variable("AZURE_CLIENT_ID").as_deref(), now)
}

fn ends_of(setup: &Setup, client: Option<&str>, now: Timestamp) -> Option<Problem> {
    let client = client.and_then(|text| Guid::parse(text).ok()).map(ClientId);
    let other = client.is_some() && client != setup.unattended;
    setup.unattended_secret_ends.as_deref().filter(|_| !other).and_then(|ends| ending(ends, now))
}

/// Says so where a setup chose the other way than the one that is gone now: two provisioners of one target work against each other.
pub(crate) fn tell_of_the_other_way(setup: &Setup, way: Way) {
    if let Some(words) = other_way(setup, way) {
        say::err(words);
    }
}

fn other_way(setup: &Setup, way: Way) -> Option<&'static str> {
    match (setup.way?, way) {
        (Way::Direct, Way::Connector) => Some(
            "note  The setup chose direct sync, and this sets up Entra’s own provisioning. Do not run both into one target.",
        ),
        (Way::Connector, Way::Direct) => Some(
            "note  The setup chose Entra’s own provisioning, and this is direct sync. Do not run both into one target.",
        ),
        (Way::Direct, Way::Direct) | (Way::Connector, Way::Connector) => None,
    }
}

/// Tokens for Graph: a given one, or client credentials of an application, which does this.
///
/// # Errors
/// A [`Problem`] names the variable that is missing or wrong.
pub(crate) fn tokens(setup: &Setup, cloud: &Cloud, does: &str) -> Result<(TenantId, Tokens), Problem> {
    let tenant = match (variable("AZURE_TENANT_ID"), &setup.tenant) {
        (Some(text), saved) => {
            let tenant = TenantId(guid("AZURE_TENANT_ID", &text)?);
            if saved.as_ref().is_some_and(|saved| *saved != tenant) {
                return Err(disagree("AZURE_TENANT_ID", "tenant"));
            }
            tenant
        }
        (None, Some(saved)) => saved.clone(),
        (None, None) => return Err(missing("AZURE_TENANT_ID", "the Directory (tenant) ID")),
    };
    if let Some(token) = secret("GRAPH_TOKEN") {
        return Ok((tenant, Tokens::given(Secret::new(token.expose().trim().to_owned()))));
    }
    let client = variable("AZURE_CLIENT_ID").ok_or_else(|| {
        missing("AZURE_CLIENT_ID", &format!("the Application (client) ID of the application that {does}"))
    })?;
    let client = client_of(&client, &tenant)?;
    let secret = secret("AZURE_CLIENT_SECRET").ok_or_else(|| {
        missing_secret("AZURE_CLIENT_SECRET", "that application's client secret (or a token in GRAPH_TOKEN)")
    })?;
    let secret = secret_of(&secret)?;
    Ok((tenant.clone(), Tokens::credentials(cloud.clone(), tenant, client, secret)))
}

/// The application, unless it is the tenant's own id: both stand on the same page of the portal and look alike.
fn client_of(text: &str, tenant: &TenantId) -> Result<ClientId, Problem> {
    let client = guid("AZURE_CLIENT_ID", text)?;
    if client == tenant.0 {
        return Err(Problem::new(
            "AZURE_CLIENT_ID cannot be used.",
            "It is the ID of the tenant, not that of an application.",
            "Set it to the Application (client) ID of the application's Overview page.",
        ));
    }
    Ok(ClientId(client))
}

/// The secret's value, unless it is the secret's id: the portal shows that for good, and the value once.
fn secret_of(given: &Secret) -> Result<Secret, Problem> {
    if Guid::parse(given.expose()).is_ok() {
        return Err(Problem::new(
            "AZURE_CLIENT_SECRET cannot be used.",
            "It has the form of an identifier: it is the Secret ID, not the secret's value.",
            "Set it to the value. Entra showed that once, when the secret was made; if nobody has it, make another secret.",
        ));
    }
    Ok(Secret::new(given.expose().trim().to_owned()))
}

/// The connection to a target, with the token of the environment.
///
/// # Errors
/// A [`Problem`] when the token is missing or looks like something else.
pub(crate) fn connection(target: Target) -> Result<Connection, Problem> {
    // An environment that was made for another place holds another place's token.
    if let Some(host) = variable("DATABRICKS_HOST")
        && host_of(&host) != target.host()
    {
        return Err(disagree("DATABRICKS_HOST", "target"));
    }
    if let (Some(given), Some(own)) = (variable("DATABRICKS_ACCOUNT_ID"), target.account_id())
        && !given.trim().eq_ignore_ascii_case(own.as_str())
    {
        return Err(disagree("DATABRICKS_ACCOUNT_ID", "account"));
    }
    let given = secret("DATABRICKS_TOKEN")
        .ok_or_else(|| missing_secret("DATABRICKS_TOKEN", "the token for Databricks"))?;
    let token = token::parse(given.expose(), target.level()).map_err(|error| {
        Problem::new("DATABRICKS_TOKEN cannot be used.", error.to_string(), "Set it to the right token.")
    })?;
    Ok(Connection { target, token, route: Route::Direct })
}

fn target(setup: &Setup, cloud: &Cloud) -> Result<Target, Problem> {
    let given = variable("DATABRICKS_HOST").map(|host| {
        let host = host.trim().trim_end_matches('/').to_owned();
        match variable("DATABRICKS_ACCOUNT_ID") {
            // The SDKs name an account by its console and its id; a workspace's host with an id means the workspace.
            Some(id) if host.contains("accounts.") || cloud.databricks.contains(&host) => {
                format!("{host}/api/2.1/accounts/{}/scim/v2", id.trim())
            }
            _ => host,
        }
    });
    match (given, &setup.target) {
        (None, Some(saved)) => Ok(saved.clone()),
        (None, None) => {
            Err(missing("DATABRICKS_HOST", "the address of the workspace, or of the account console"))
        }
        (Some(_), Some(saved)) => Ok(saved.clone()),
        (Some(text), None) => Target::parse(&text, &cloud.databricks).map_err(|error| no_target(&error)),
    }
}

fn no_target(error: &TargetError) -> Problem {
    const WHAT: &str = "DATABRICKS_HOST cannot be used.";
    match error {
        TargetError::Local(host) => Problem::new(
            WHAT,
            format!(
                "{host} is this machine. The token goes there only where the command line says that it shall."
            ),
            format!(
                "If the sample tenant runs there, add --databricks http://{host}, and --authority and --graph as it shows them."
            ),
        ),
        other => Problem::new(WHAT, other.to_string(), "Correct it, then try again."),
    }
}

/// The host that a text names, without scheme, path and blanks.
fn host_of(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

fn origin(name: &str, value: &str) -> Result<String, Problem> {
    let origin = value.trim_end_matches('/');
    if clouds::is_origin(origin) {
        return Ok(origin.to_owned());
    }
    Err(Problem::new(
        format!("{name} cannot be used."),
        format!("\"{value}\" is not an origin."),
        "Give scheme and host only, such as https://graph.example; plain http only for 127.0.0.1 and localhost.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "00000000-0000-0000-0000-00000000000c";
    const OTHER: &str = "00000000-0000-0000-0000-00000000000d";

    #[test]
    fn ids_that_look_alike_are_refused_with_words() {
        let tenant = TenantId(Guid::parse(OURS).unwrap());
        let problem = client_of(" {00000000-0000-0000-0000-00000000000C} ", &tenant).unwrap_err();
        assert_eq!(problem.why, "It is the ID of the tenant, not that of an application.");
        assert_eq!(client_of(OTHER, &tenant).unwrap().as_str(), OTHER);

        for id in
            [OTHER, "\"00000000-0000-0000-0000-00000000000D\"", " 00000000-0000-0000-0000-00000000000d\n"]
        {
            let problem = secret_of(&Secret::new(id.to_owned())).unwrap_err();
            assert_eq!(
                problem.why, "It has the form of an identifier: it is the Secret ID, not the secret's value.",
                "{id}"
            );
            assert!(!problem.text().contains("00000000d"), "{}", problem.text());
        }
        let value = secret_of(&Secret::new(" abc8Q~xYz.1234567890123456789012345678\n".to_owned())).unwrap();
        assert_eq!(value.expose(), "abc8Q~xYz.1234567890123456789012345678");
    }

    #[test]
    fn a_host_on_this_machine_is_said_to_need_an_option_and_no_other_one_is() {
        let parsed = |text: &str| no_target(&Target::parse(text, &[]).unwrap_err());
        let problem = parsed("http://127.0.0.1:9103");
        assert!(problem.remedy.contains("--databricks http://127.0.0.1:9103,"), "{}", problem.text());
        assert!(!problem.why.contains("copy it"), "{}", problem.text());
        let other = parsed("https://databricks.contoso.example");
        assert_eq!(other.remedy, "Correct it, then try again.");
    }

    #[test]
    fn a_setup_of_the_other_way_is_told_of() {
        let of = |way| Setup { way, ..Setup::default() };
        let (direct, connector) = (Way::Direct, Way::Connector);
        assert!(
            other_way(&of(Some(direct)), connector).is_some_and(|it| it.contains("this sets up Entra’s own"))
        );
        assert!(other_way(&of(Some(connector)), direct).is_some_and(|it| it.contains("this is direct sync")));
        for (chosen, now) in
            [(None, direct), (None, connector), (Some(direct), direct), (Some(connector), connector)]
        {
            assert_eq!(other_way(&of(chosen), now), None);
        }
    }

    #[test]
    fn the_end_of_the_secret_is_told_of_the_application_that_signs_in() {
        let setup = Setup {
            unattended: Some(ClientId(Guid::parse(OURS).unwrap())),
            unattended_secret_ends: Some("2026-03-01T12:00:00Z".to_owned()),
            ..Setup::default()
        };
        let at = |text: &str| Timestamp::parse(text).unwrap();
        for client in [None, Some(OURS), Some("{00000000-0000-0000-0000-00000000000C}")] {
            let told = ends_of(&setup, client, at("2026-02-20T00:00:00Z")).unwrap();
            assert_eq!(
                told.what,
                "The client secret of the application for runs on a schedule ends on 2026-03-01."
            );
            assert_eq!(ends_of(&setup, client, at("2026-01-01T00:00:00Z")), None);
        }
        assert_eq!(ends_of(&setup, Some(OTHER), at("2026-04-01T00:00:00Z")), None);
        assert_eq!(ends_of(&Setup::default(), None, at("2026-04-01T00:00:00Z")), None);
    }
}
