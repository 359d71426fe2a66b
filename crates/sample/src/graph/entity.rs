//! What Graph lists, and what of it the caller's permissions let through.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::directory::{Device, Group, Person, ServicePrincipal};
use crate::roles::DirectoryRole;

/// How much of an object is shown: what is not, comes as null without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visibility {
    /// Everything.
    Full,
    /// What `User.ReadBasic.All` shows.
    Basic,
    /// Nothing but the id.
    IdOnly,
}

/// An object of the registry, with all its properties.
#[derive(Clone, Debug)]
pub(super) struct Object {
    kind: &'static str,
    id: String,
    properties: Map<String, Value>,
}

impl Object {
    pub(super) fn new(kind: &'static str, properties: Map<String, Value>) -> Self {
        let id = properties.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { kind, id, properties }
    }
}

/// One object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entity<'a> {
    Person(&'a Person),
    Group(&'a Group),
    Principal(&'a ServicePrincipal),
    Device(&'a Device),
    Role(DirectoryRole),
    Object(&'a Object),
}

impl<'a> Entity<'a> {
    pub(super) fn id(self) -> &'a str {
        match self {
            Self::Person(it) => &it.id,
            Self::Group(it) => &it.id,
            Self::Principal(it) => &it.id,
            Self::Device(it) => &it.id,
            Self::Role(it) => it.object_id(),
            Self::Object(it) => &it.id,
        }
    }

    /// The type's name behind `#microsoft.graph.`.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "user",
            Self::Group(_) => "group",
            Self::Principal(_) => "servicePrincipal",
            Self::Device(_) => "device",
            Self::Role(_) => "directoryRole",
            Self::Object(it) => it.kind,
        }
    }

    /// How much of this object somebody with these permissions sees. Their own profile is theirs to read.
    pub(super) fn visibility(self, scopes: &BTreeSet<&'static str>, own: Option<&str>) -> Visibility {
        let any = |names: &[&str]| names.iter().any(|name| scopes.contains(name));
        let full = match self {
            Self::Person(it) => {
                any(&["User.Read.All", "Directory.Read.All"]) || (own == Some(&it.id) && any(&["User.Read"]))
            }
            Self::Group(_) => any(GROUP_READERS),
            Self::Principal(_) => any(APPLICATION_READERS),
            Self::Device(_) => any(&["Directory.Read.All"]),
            Self::Role(_) => any(&["RoleManagement.Read.Directory", "Directory.Read.All"]),
            Self::Object(_) => true,
        };
        match self {
            _ if full => Visibility::Full,
            Self::Person(_) if any(&["User.ReadBasic.All"]) => Visibility::Basic,
            _ => Visibility::IdOnly,
        }
    }

    /// A property's value; none when the type has no such property.
    pub(super) fn property(self, name: &str, visibility: Visibility) -> Option<Value> {
        if name == "id" {
            return Some(json!(self.id()));
        }
        let value = match self {
            Self::Person(it) => person(it, name),
            Self::Group(it) => group(it, name),
            Self::Principal(it) => principal(it, name),
            Self::Device(it) => device(it, name),
            Self::Role(it) => role(it, name),
            Self::Object(it) => it.properties.get(name).cloned(),
        }?;
        let shown = match visibility {
            Visibility::Full => true,
            Visibility::Basic => {
                matches!(name, "displayName" | "givenName" | "surname" | "mail" | "userPrincipalName")
            }
            Visibility::IdOnly => false,
        };
        Some(if shown { value } else { Value::Null })
    }

    /// The properties that come without `$select`.
    pub(super) fn default_properties(self) -> Vec<&'a str> {
        let fixed: &[&'static str] = match self {
            Self::Object(it) => return it.properties.keys().map(String::as_str).collect(),
            Self::Person(_) => &[
                "businessPhones",
                "displayName",
                "givenName",
                "id",
                "jobTitle",
                "mail",
                "mobilePhone",
                "officeLocation",
                "preferredLanguage",
                "surname",
                "userPrincipalName",
            ],
            Self::Group(_) => &[
                "classification",
                "createdDateTime",
                "deletedDateTime",
                "description",
                "displayName",
                "expirationDateTime",
                "groupTypes",
                "id",
                "isAssignableToRole",
                "mail",
                "mailEnabled",
                "mailNickname",
                "membershipRule",
                "membershipRuleProcessingState",
                "onPremisesSyncEnabled",
                "proxyAddresses",
                "securityEnabled",
                "visibility",
            ],
            Self::Principal(_) => {
                &["accountEnabled", "appDisplayName", "appId", "displayName", "id", "servicePrincipalType"]
            }
            Self::Device(_) => &["accountEnabled", "deviceId", "displayName", "id", "operatingSystem"],
            Self::Role(_) => &["description", "displayName", "id", "roleTemplateId"],
        };
        fixed.to_vec()
    }
}

/// Any of these lets groups and their members be read.
pub(super) const GROUP_READERS: &[&str] = &["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"];
/// Any of these lets applications and service principals be read. `Application.ReadWrite.OwnedBy` lists all of them too
/// (Graph's `application-list`).
pub(super) const APPLICATION_READERS: &[&str] = &[
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

const CREATED: &str = "2025-03-01T09:00:00Z";

fn person(it: &Person, name: &str) -> Option<Value> {
    Some(match name {
        "displayName" => json!(it.display_name),
        "givenName" => json!(it.given_name),
        "surname" => json!(it.surname),
        "mail" => json!(it.mail),
        "userPrincipalName" => json!(it.user_principal_name),
        "jobTitle" => json!(it.job_title),
        "accountEnabled" => json!(it.account_enabled),
        "userType" => json!(if it.guest { "Guest" } else { "Member" }),
        "externalUserState" => json!(it.guest.then_some("Accepted")),
        "department" => json!(it.department),
        "mailNickname" => json!(it.user_principal_name.split('@').next()),
        "createdDateTime" => json!(CREATED),
        "businessPhones" | "otherMails" | "proxyAddresses" | "identities" => json!([]),
        "mobilePhone"
        | "officeLocation"
        | "preferredLanguage"
        | "employeeId"
        | "companyName"
        | "usageLocation"
        | "onPremisesSyncEnabled"
        | "onPremisesImmutableId"
        | "deletedDateTime"
        | "city"
        | "country" => Value::Null,
        _ => return None,
    })
}

fn group(it: &Group, name: &str) -> Option<Value> {
    let nickname = || -> String { it.display_name.chars().filter(char::is_ascii_alphanumeric).collect() };
    Some(match name {
        "displayName" => json!(it.display_name),
        "description" => json!(it.description),
        "securityEnabled" => json!(it.security_enabled),
        "mailEnabled" => json!(it.mail_enabled),
        "groupTypes" => {
            let types = [("DynamicMembership", it.rule.is_some()), ("Unified", it.unified)];
            types.into_iter().filter(|(_, is)| *is).map(|(name, _)| json!(name)).collect()
        }
        "membershipRule" => json!(it.rule),
        "membershipRuleProcessingState" => json!(it.rule.as_ref().map(|_| "On")),
        "mailNickname" => json!(nickname()),
        "mail" => {
            json!(it.mail_enabled.then(|| format!("{}@{}", nickname().to_lowercase(), crate::facts::DOMAIN)))
        }
        "visibility" => json!(it.unified.then_some("Public")),
        "createdDateTime" => json!(CREATED),
        "proxyAddresses" => json!([]),
        "classification"
        | "deletedDateTime"
        | "expirationDateTime"
        | "isAssignableToRole"
        | "onPremisesSyncEnabled"
        | "renewedDateTime"
        | "securityIdentifier" => Value::Null,
        _ => return None,
    })
}

fn principal(it: &ServicePrincipal, name: &str) -> Option<Value> {
    Some(match name {
        "displayName" | "appDisplayName" => json!(it.display_name),
        "appId" => json!(it.app_id),
        "accountEnabled" => json!(true),
        "servicePrincipalType" => json!("Application"),
        "appRoles" | "oauth2PermissionScopes" | "tags" | "servicePrincipalNames" => json!([]),
        "appRoleAssignmentRequired" => json!(false),
        _ => return None,
    })
}

fn device(it: &Device, name: &str) -> Option<Value> {
    Some(match name {
        "displayName" => json!(it.display_name),
        "deviceId" => json!(it.id),
        "accountEnabled" => json!(true),
        "operatingSystem" => json!("Windows"),
        _ => return None,
    })
}

fn role(it: DirectoryRole, name: &str) -> Option<Value> {
    Some(match name {
        "displayName" => json!(it.name()),
        "description" => json!(it.description()),
        "roleTemplateId" => json!(it.template_id()),
        _ => return None,
    })
}
