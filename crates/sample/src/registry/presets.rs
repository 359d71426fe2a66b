//! What is registered from the start: the page's application, the headless one, and Microsoft's own service principals.

use std::time::Duration;

use super::{Application, Assignment, DATABRICKS_APP, GRAPH_APP, Holder, Principal, Registry, Secret};
use crate::facts::Facts;
use crate::permissions;
use crate::random::Random;
use crate::{Options, TenantKind};

/// The application permissions that the headless application was granted.
const HEADLESS_ROLES: [&str; 4] =
    ["User.Read.All", "GroupMember.Read.All", "Application.Read.All", "Organization.Read.All"];
/// 1 March 2025, when the presets were registered.
const CREATED: Duration = Duration::from_secs(1_740_819_600);
/// The headless application's secret lasts until 2099: the clock of whoever runs this may say anything.
const SECRET_ENDS: Duration = Duration::from_secs(4_070_908_800);

/// The object id of an application's service principal: made from its application id, so that it needs no table.
fn object_id(app_id: &str) -> String {
    let flip = |digit: char| match digit.to_digit(16) {
        Some(value) => char::from_digit(15 - value, 16).unwrap_or(digit),
        None => digit,
    };
    app_id.chars().map(flip).collect()
}

fn principal(app_id: &str, name: &str) -> Principal {
    Principal {
        id: object_id(app_id),
        app_id: app_id.to_owned(),
        display_name: name.to_owned(),
        ..Principal::default()
    }
}

fn application(app_id: &str, name: &str, random: &mut Random) -> Application {
    Application {
        id: random.guid(),
        app_id: app_id.to_owned(),
        display_name: name.to_owned(),
        audience: "AzureADMyOrg".to_owned(),
        created: CREATED,
        ..Application::default()
    }
}

impl Registry {
    pub(crate) fn new(options: &Options, facts: &Facts) -> Self {
        // A sequence of its own, so that the directory stays what a seed has always made.
        let mut random = Random::new(options.seed ^ 0x7265_6769_7374_7279);
        let mut registry = Self { lag: options.replication, ..Self::default() };
        if !options.is(TenantKind::Empty) {
            registry.add_presets(options, facts, &mut random);
        }
        registry.principals.push(principal(GRAPH_APP, "Microsoft Graph"));
        registry.principals.push(principal(DATABRICKS_APP, "AzureDatabricks"));
        registry
    }

    fn add_presets(&mut self, options: &Options, facts: &Facts, random: &mut Random) {
        let mut page = application(&facts.client_id, "scim-setup", random);
        if options.is(TenantKind::WrongPlatform) {
            page.web.clone_from(&options.redirect_uris);
        } else {
            page.spa.clone_from(&options.redirect_uris);
        }
        let mut headless = application(&facts.sync_client_id, "scim-setup headless", random);
        headless.secrets.push(Secret {
            key_id: random.guid(),
            name: Some("command line".to_owned()),
            text: facts.sync_client_secret.clone(),
            starts: CREATED,
            ends: SECRET_ENDS,
            visible: Duration::ZERO,
        });
        self.principals.push(principal(&page.app_id, &page.display_name));
        let holder = principal(&headless.app_id, &headless.display_name);
        for role in HEADLESS_ROLES.into_iter().filter_map(permissions::role) {
            self.assignments.push(Assignment {
                id: random.opaque(43),
                holder: Holder::ServicePrincipal,
                principal: holder.id.clone(),
                name: None,
                resource: object_id(GRAPH_APP),
                role: role.role.unwrap_or_default().to_owned(),
                created: CREATED,
                visible: Duration::ZERO,
            });
        }
        self.principals.push(holder);
        self.applications.extend([page, headless]);
    }
}
