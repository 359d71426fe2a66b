//! The one record of facts that are not secret, and what follows from them.

mod connector;
mod elsewhere;
mod mistaken;
mod state;
mod step;
mod strict;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::databricks::target::Target;
use crate::entra::clouds;
use crate::entra::ids::{ClientId, ObjectId, TenantId};
use crate::env::Timestamp;

pub use connector::{ConnectorFacts, TokenOwner};
pub use elsewhere::{Unconfirmed, bookmark, from_bookmark};
pub use state::{Live, StepState, current, state};
pub use step::Step;

use strict::nothing_else;

/// The version of the saved form that this program writes and reads.
pub const VERSION: u32 = 1;

/// Who moves the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// This program reads Graph and writes SCIM.
    Direct,
    /// Entra's own provisioning service.
    Connector,
}

/// Whether Databricks already syncs the directory by itself (automatic identity management).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityManagement {
    /// It is on: a second provisioner on top must not be set up.
    On,
    /// It is off.
    Off,
    /// Nobody here knows.
    Unknown,
}

/// Someone or something picked for provisioning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picked {
    /// The object id.
    pub id: ObjectId,
    /// The name at the time of picking, for people.
    pub name: String,
}

/// What is to be provisioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum Scope {
    /// Every person and every security group of the directory.
    #[serde(deserialize_with = "nothing_else")]
    All,
    /// Picked groups with their direct members, and picked people.
    Chosen {
        /// The groups.
        groups: Vec<Picked>,
        /// The people.
        people: Vec<Picked>,
    },
}

impl Scope {
    /// Whether anything at all is in scope.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::All => false,
            Self::Chosen { groups, people } => groups.is_empty() && people.is_empty(),
        }
    }

    /// The scope in a few words.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::All => "Everyone and all security groups".to_owned(),
            Self::Chosen { groups, people } => {
                let count = |n: usize, one: &str, many: &str| match n {
                    1 => format!("1 {one}"),
                    n => format!("{n} {many}"),
                };
                match (groups.len(), people.len()) {
                    (g, 0) => count(g, "group", "groups"),
                    (0, p) => count(p, "person", "people"),
                    (g, p) => format!("{}, {}", count(g, "group", "groups"), count(p, "person", "people")),
                }
            }
        }
    }
}

/// The facts gathered so far. It is saved, handed to a colleague and given to the command line; it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Setup {
    /// The version of this form.
    pub version: u32,
    /// The chosen way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What was answered about automatic identity management.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_management: Option<IdentityManagement>,
    /// The id of the cloud.
    pub cloud: String,
    /// The tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// The application that signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientId>,
    /// The account or workspace.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "of_any_host")]
    pub target: Option<Target>,
    /// What is to be provisioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Entra's own provisioning, on that way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<ConnectorFacts>,
    /// The application for runs on a schedule, where one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unattended: Option<ClientId>,
    /// When its last secret ends, as Entra writes it. The secret itself stands nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unattended_secret_ends: Option<String>,
    /// What of it came with a file or a bookmark and was not confirmed here.
    #[serde(default, skip_serializing_if = "Unconfirmed::is_none")]
    pub unconfirmed: Unconfirmed,
    /// What was proved when, for the record. A step rests on what is proved now, not on this.
    #[serde(default)]
    pub proofs: Vec<Proof>,
}

/// Something that a server's answer proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The step.
    pub step: Step,
    /// When.
    pub at: Timestamp,
    /// What, in a line.
    pub what: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            version: VERSION,
            way: None,
            identity_management: None,
            cloud: clouds::GLOBAL.to_owned(),
            tenant: None,
            client: None,
            target: None,
            scope: None,
            connector: None,
            unattended: None,
            unattended_secret_ends: None,
            unconfirmed: Unconfirmed::default(),
            proofs: Vec::new(),
        }
    }
}

/// Why a saved setup cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// It cannot be read, with the parser's words.
    Malformed(String),
    /// It was written by another version.
    Version(u32),
    /// Its target is not one that the token may be sent to, with the reason.
    Target(String),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(words) => write!(f, "the setup cannot be read: {words}"),
            Self::Version(version) => write!(
                f,
                "the setup has version {version}, and this program reads version {VERSION}: use the version that wrote \
                 it, or begin anew"
            ),
            Self::Target(why) => write!(f, "its target cannot be used: {}", why.trim_end_matches('.')),
        }
    }
}

impl std::error::Error for SetupError {}

/// Reads a target whatever its host: which hosts are trusted is known to [`Setup::parse`] only.
fn of_any_host<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Target>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let origin =
        text.find("/api/").and_then(|end| text.split_at_checked(end)).map_or(&*text, |(origin, _)| origin);
    Target::parse(&text, &[origin.to_owned()]).map(Some).map_err(serde::de::Error::custom)
}

impl Setup {
    /// Reads a saved setup. `extra` are the origins, beside Databricks' own hosts, that the configuration or the command line
    /// trusts with the token: a file cannot add to them.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn parse(text: &str, extra: &[String]) -> Result<Self, SetupError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let malformed = |error: serde_json::Error| SetupError::Malformed(error.to_string());
        let Versioned { version } = serde_json::from_str(text).map_err(malformed)?;
        if version != VERSION {
            return Err(SetupError::Version(version));
        }
        let mut setup: Self = serde_json::from_str(text).map_err(malformed)?;
        if let Some(target) = &setup.target {
            let checked = Target::parse(&target.display(), extra);
            setup.target = Some(checked.map_err(|error| SetupError::Target(error.to_string()))?);
        }
        Ok(setup)
    }

    /// The form that is saved.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The same setup for an application, of this tenant or another. What belongs to the directory of another tenant is not taken
    /// along: who was picked, the application for unattended runs, what was proved.
    #[must_use]
    pub fn moved(self, cloud: String, tenant: Option<TenantId>, client: Option<ClientId>) -> Self {
        let same = self.cloud == cloud && (self.tenant == tenant || self.tenant.is_none());
        // Another application is one that somebody here named.
        let Unconfirmed { client: strange, target: aimed } = self.unconfirmed;
        let unconfirmed = Unconfirmed { client: strange && self.client == client, target: aimed };
        let kept = if same {
            self
        } else {
            // The connector is an application of that directory; its settings are a person's choice.
            let Self { version, way, identity_management, target, .. } = self;
            Self { version, way, identity_management, target, ..Self::default() }
        };
        Self { cloud, tenant, client, unconfirmed, ..kept }
    }

    /// Notes a proof; an older one of the same step gives way.
    pub fn prove(&mut self, step: Step, at: Timestamp, what: impl Into<String>) {
        self.proofs.retain(|proof| proof.step != step);
        self.proofs.push(Proof { step, at, what: what.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_setup_comes_back() {
        let setup = Setup {
            way: Some(Way::Direct),
            target: Some(Target::parse("adb-1.2.azuredatabricks.net", &[]).unwrap()),
            scope: Some(Scope::All),
            ..Setup::default()
        };
        assert_eq!(Setup::parse(&setup.to_json(), &[]), Ok(setup));
        assert_eq!(Setup::parse(r#"{"version":9}"#, &[]), Err(SetupError::Version(9)));
        for malformed in ["no", "{}", "[]", r#"{"version":1,"cloud":"global","target":7}"#] {
            assert!(matches!(Setup::parse(malformed, &[]), Err(SetupError::Malformed(_))), "{malformed}");
        }
    }

    #[test]
    fn what_belongs_to_one_directory_is_not_taken_to_another() {
        let id = |text: &str| crate::entra::ids::Guid::parse(text).unwrap();
        let (ours, other) = ("00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b");
        let (tenant, client) = (Some(TenantId(id(ours))), Some(ClientId(id(other))));
        let setup = Setup {
            way: Some(Way::Direct),
            target: Some(Target::parse("adb-1.2.azuredatabricks.net", &[]).unwrap()),
            tenant: tenant.clone(),
            scope: Some(Scope::All),
            unattended: client.clone(),
            unattended_secret_ends: Some("2027-01-01T00:00:00Z".to_owned()),
            ..Setup::default()
        };
        let same = setup.clone().moved("global".to_owned(), tenant.clone(), client.clone());
        assert_eq!(same, Setup { client: client.clone(), ..setup.clone() });
        let moved = setup.clone().moved("global".to_owned(), Some(TenantId(id(other))), client.clone());
        assert_eq!((moved.scope, moved.unattended, moved.unattended_secret_ends), (None, None, None));
        assert_eq!((moved.way, moved.target.is_some()), (Some(Way::Direct), true));
        let elsewhere = setup.moved("china".to_owned(), tenant, client);
        assert_eq!((elsewhere.scope, elsewhere.unattended), (None, None));
    }

    #[test]
    fn only_a_configuration_adds_hosts_that_a_file_may_name() {
        let saved = r#"{"version":1,"cloud":"lab","target":"https://scim.lab.example:8443"}"#;
        assert!(matches!(Setup::parse(saved, &[]), Err(SetupError::Target(_))));
        let trusted = ["https://scim.lab.example:8443".to_owned()];
        let setup = Setup::parse(saved, &trusted).unwrap();
        assert_eq!(setup.target.as_ref().unwrap().origin(), trusted[0]);
        assert_eq!(Setup::parse(&setup.to_json(), &trusted), Ok(setup));
    }
}
