//! What Graph lists, and what of it the caller's permissions let through.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::directory::{Device, Group, Person, ServicePrincipal};

/// The role of the tenant's administrator, by its published template id.
pub(super) const ROLE_TEMPLATE: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";

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

/// A permission grant as Graph lists it.
#[derive(Clone, Debug)]
pub(super) struct ListedGrant {
    pub(super) id: String,
    pub(super) client: String,
    pub(super) person: Option<String>,
    pub(super) resource: String,
    pub(super) scope: String,
}

/// One object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entity<'a> {
    Person(&'a Person),
    Group(&'a Group),
    Principal(&'a ServicePrincipal),
    Device(&'a Device),
    Role(&'a str),
    Grant(&'a ListedGrant),
}

impl<'a> Entity<'a> {
    pub(super) fn id(self) -> &'a str {
        match self {
            Self::Person(it) => &it.id,
            Self::Group(it) => &it.id,
            Self::Principal(it) => &it.id,
            Self::Device(it) => &it.id,
            Self::Role(id) => id,
            Self::Grant(it) => &it.id,
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
            Self::Grant(_) => "oAuth2PermissionGrant",
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
            Self::Grant(_) => true,
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
            Self::Role(_) => role(name),
            Self::Grant(it) => grant(it, name),
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
    pub(super) const fn default_properties(self) -> &'static [&'static str] {
        match self {
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
            Self::Grant(_) => &["clientId", "consentType", "id", "principalId", "resourceId", "scope"],
        }
    }
}

/// Any of these lets groups and their members be read.
pub(super) const GROUP_READERS: &[&str] = &["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"];
/// Any of these lets service principals be read.
pub(super) const APPLICATION_READERS: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"];

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
            if it.unified {
                json!(["Unified"])
            } else {
                json!([])
            }
        }
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
        | "membershipRule"
        | "membershipRuleProcessingState"
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

fn role(name: &str) -> Option<Value> {
    Some(match name {
        "displayName" => json!("Cloud Application Administrator"),
        "description" => {
            json!(
                "Can create and manage all aspects of app registrations and enterprise apps except App Proxy."
            )
        }
        "roleTemplateId" => json!(ROLE_TEMPLATE),
        _ => return None,
    })
}

fn grant(it: &ListedGrant, name: &str) -> Option<Value> {
    Some(match name {
        "clientId" => json!(it.client),
        "consentType" => json!(if it.person.is_some() { "Principal" } else { "AllPrincipals" }),
        "principalId" => json!(it.person),
        "resourceId" => json!(it.resource),
        "scope" => json!(it.scope),
        _ => return None,
    })
}
