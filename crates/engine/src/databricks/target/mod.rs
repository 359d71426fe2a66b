//! The account or workspace to provision into.

mod error;
mod parse;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use error::TargetError;

use crate::entra::clouds::is_loopback;
use crate::entra::ids::Guid;

/// The path of workspace SCIM.
const WORKSPACE_PATH: &str = "/api/2.0/preview/scim";
/// Which of the two SCIM services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One workspace.
    Workspace,
    /// The account, for all its workspaces.
    Account,
}

impl Level {
    /// The level's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Account => "account",
        }
    }
}

/// A checked target. What is displayed is what is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Target {
    /// Scheme, host and port.
    origin: String,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Workspace,
    Account { id: Guid, version: Version },
}

/// The version in the path of account SCIM. The account console prints 2.1 and its SCIM token works only there; the vendor's
/// SDKs use 2.0, for tokens of account administrators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    V2_0,
    V2_1,
}

impl Target {
    /// Workspace or account.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self.place {
            Place::Workspace => Level::Workspace,
            Place::Account { .. } => Level::Account,
        }
    }

    /// Scheme and host.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, with a port only where a configured origin has one.
    #[must_use]
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }

    /// The account's id, at account level.
    #[must_use]
    pub const fn account_id(&self) -> Option<&Guid> {
        match &self.place {
            Place::Account { id, .. } => Some(id),
            Place::Workspace => None,
        }
    }

    /// The path under which `/Users` and `/Groups` lie.
    #[must_use]
    pub fn base_path(&self) -> String {
        match &self.place {
            Place::Workspace => format!("{WORKSPACE_PATH}/v2"),
            Place::Account { id, version: Version::V2_0 } => format!("/api/2.0/accounts/{id}/scim/v2"),
            Place::Account { id, version: Version::V2_1 } => format!("/api/2.1/accounts/{id}/scim/v2"),
        }
    }

    /// The address that people know the target by.
    #[must_use]
    pub fn display(&self) -> String {
        match self.place {
            Place::Workspace => self.origin.clone(),
            Place::Account { .. } => format!("{}{}", self.origin, self.base_path()),
        }
    }

    /// What Entra's connector wants as Tenant URL: at a workspace without `/v2`, which it adds itself.
    #[must_use]
    pub fn connector_address(&self) -> String {
        match self.place {
            Place::Workspace => format!("{}{WORKSPACE_PATH}", self.origin),
            Place::Account { .. } => self.display(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display())
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.display()
    }
}

/// A target that was saved is checked again, like any other input; an origin of this machine passes as such.
impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let end = text.find("/api/").unwrap_or(text.len());
        let origin = text.split_at_checked(end).map_or("", |(origin, _)| origin);
        let own = origin.strip_prefix("http://").is_some_and(|rest| {
            let (name, port) = rest.split_once(':').unwrap_or((rest, "80"));
            is_loopback(name) && port.parse::<u16>().is_ok()
        });
        let extra = if own { vec![origin.to_owned()] } else { Vec::new() };
        Self::parse(&text, &extra).map_err(|error| error.to_string())
    }
}
