//! An application's registration, and how Graph writes and reads it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{GRAPH_APP, GalleryTemplate, Key, gallery};
use crate::clock;
use crate::facts::DOMAIN;
use crate::permissions;

/// Where a redirect URI is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Spa,
    Web,
    PublicClient,
}

/// A client secret.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) key_id: String,
    pub(crate) name: Option<String>,
    pub(crate) text: String,
    pub(crate) starts: Duration,
    pub(crate) ends: Duration,
    /// From then on Graph lists it and the token endpoint takes it.
    pub(crate) visible: Duration,
}

impl Secret {
    /// As Graph shows it; `secretText` is told once only, by `addPassword`.
    pub(crate) fn render(&self) -> Value {
        json!({
            "customKeyIdentifier": null,
            "displayName": self.name,
            "endDateTime": clock::zulu(self.ends),
            "hint": self.text.chars().take(3).collect::<String>(),
            "keyId": self.key_id,
            "secretText": null,
            "startDateTime": clock::zulu(self.starts),
        })
    }
}

/// Who else may act as an application: tokens of another issuer.
#[derive(Clone, Debug)]
pub(crate) struct Federated {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audiences: Value,
}

impl Federated {
    /// As Graph shows it.
    pub(crate) fn render(&self) -> Map<String, Value> {
        let value = json!({
            "id": self.id,
            "name": self.name,
            "issuer": self.issuer,
            "subject": self.subject,
            "audiences": self.audiences,
            "description": null,
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// An application's registration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) app_id: String,
    pub(crate) unique_name: Option<String>,
    pub(crate) display_name: String,
    pub(crate) audience: String,
    pub(crate) tags: Vec<String>,
    pub(crate) spa: Vec<String>,
    pub(crate) web: Vec<String>,
    pub(crate) public_client: Vec<String>,
    /// `requiredResourceAccess`, as it was sent.
    pub(crate) required: Vec<Value>,
    pub(crate) notes: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) owners: Vec<String>,
    pub(crate) secrets: Vec<Secret>,
    /// `keyCredentials`, as they were sent.
    pub(crate) certificates: Vec<Value>,
    pub(crate) federated: Vec<Federated>,
    /// The entry of the gallery that it was made from.
    pub(crate) template: Option<&'static GalleryTemplate>,
    pub(crate) created: Duration,
    /// From then on readers see it.
    pub(crate) visible: Duration,
}

impl Application {
    pub(super) fn is(&self, key: Key<'_>) -> bool {
        match key {
            Key::Id(id) => self.id.eq_ignore_ascii_case(id),
            Key::AppId(id) => self.app_id.eq_ignore_ascii_case(id),
            Key::UniqueName(name) => self.unique_name.as_deref() == Some(name),
        }
    }

    /// The platform that a redirect URI is registered for; compared letter by letter. The single-page one wins.
    pub(crate) fn platform(&self, uri: &str) -> Option<Platform> {
        let has = |uris: &[String]| uris.iter().any(|known| known == uri);
        if has(&self.spa) {
            Some(Platform::Spa)
        } else if has(&self.web) {
            Some(Platform::Web)
        } else if has(&self.public_client) {
            Some(Platform::PublicClient)
        } else {
            None
        }
    }

    /// The ids of Graph's permissions that it asks for, of one type (`Scope` or `Role`).
    fn asked<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        let of_graph = |entry: &&Value| entry.get("resourceAppId").and_then(Value::as_str) == Some(GRAPH_APP);
        self.required
            .iter()
            .filter(of_graph)
            .filter_map(|entry| entry.get("resourceAccess").and_then(Value::as_array))
            .flatten()
            .filter(move |access| access.get("type").and_then(Value::as_str) == Some(kind))
            .filter_map(|access| access.get("id").and_then(Value::as_str))
    }

    /// The delegated scopes that it asks for.
    pub(crate) fn asked_scopes(&self) -> Vec<&'static str> {
        self.asked("Scope").filter_map(permissions::scope_with_id).map(|it| it.name).collect()
    }

    /// The application permissions that it asks for.
    pub(crate) fn asked_roles(&self) -> Vec<&'static str> {
        self.asked("Role").filter_map(permissions::role_with_id).map(|it| it.name).collect()
    }

    /// Sets what a body holds. Lists are replaced as a whole, as Graph does.
    pub(crate) fn set(&mut self, body: &Map<String, Value>) -> Result<(), String> {
        for (name, value) in body {
            match name.as_str() {
                "displayName" => {
                    let text = value.as_str().filter(|text| !text.is_empty());
                    text.ok_or_else(|| invalid(name))?.clone_into(&mut self.display_name);
                }
                "signInAudience" => {
                    let known = value.as_str().filter(|text| AUDIENCES.contains(text));
                    known.ok_or_else(|| invalid(name))?.clone_into(&mut self.audience);
                }
                "tags" => self.tags = texts(name, value)?,
                "spa" => redirects(name, value, &mut self.spa)?,
                "web" => redirects(name, value, &mut self.web)?,
                "publicClient" => redirects(name, value, &mut self.public_client)?,
                "keyCredentials" => self.certificates = certificates(name, value)?,
                "requiredResourceAccess" => self.required = required(name, value)?,
                "notes" => self.notes = text_or_null(name, value)?,
                "description" => self.description = text_or_null(name, value)?,
                "uniqueName" => {
                    let text = text_or_null(name, value)?;
                    if self.unique_name.is_some() && self.unique_name != text {
                        return Err(format!("Property '{name}' cannot be changed once it is set."));
                    }
                    self.unique_name = text;
                }
                "@odata.type" | "@odata.context" => {}
                _ => return Err(format!("Property '{name}' is invalid or cannot be set here.")),
            }
        }
        Ok(())
    }

    /// All properties, as Graph gives them.
    pub(crate) fn render(&self, now: Duration) -> Map<String, Value> {
        let secrets: Vec<Value> =
            self.secrets.iter().filter(|it| it.visible <= now).map(Secret::render).collect();
        let value = json!({
            "id": self.id,
            "deletedDateTime": null,
            "appId": self.app_id,
            "applicationTemplateId": self.template.map(|it| it.id),
            "uniqueName": self.unique_name,
            "createdDateTime": clock::zulu(self.created),
            "description": self.description,
            "disabledByMicrosoftStatus": null,
            "displayName": self.display_name,
            "identifierUris": [],
            "isFallbackPublicClient": null,
            "notes": self.notes,
            "publisherDomain": DOMAIN,
            "signInAudience": self.audience,
            "tags": self.tags,
            "appRoles": gallery::render(self.template),
            "keyCredentials": self.certificates,
            "passwordCredentials": secrets,
            "requiredResourceAccess": self.required,
            "spa": { "redirectUris": self.spa },
            "web": {
                "homePageUrl": null,
                "logoutUrl": null,
                "redirectUris": self.web,
                "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false },
            },
            "publicClient": { "redirectUris": self.public_client },
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

const AUDIENCES: [&str; 4] =
    ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];

fn invalid(name: &str) -> String {
    format!("Invalid value specified for property '{name}' of resource 'Application'.")
}

pub(super) fn texts(name: &str, value: &Value) -> Result<Vec<String>, String> {
    let all = value.as_array().ok_or_else(|| invalid(name))?;
    all.iter().map(|it| it.as_str().map(str::to_owned).ok_or_else(|| invalid(name))).collect()
}

fn text_or_null(name: &str, value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(invalid(name)),
    }
}

fn redirects(name: &str, value: &Value, into: &mut Vec<String>) -> Result<(), String> {
    let object = value.as_object().ok_or_else(|| invalid(name))?;
    if let Some(uris) = object.get("redirectUris") {
        *into = texts(name, uris)?;
    }
    Ok(())
}

/// Certificates come with their key, which is never shown again.
fn certificates(name: &str, value: &Value) -> Result<Vec<Value>, String> {
    let all = value.as_array().ok_or_else(|| invalid(name))?;
    let shown = |it: &Value| {
        let mut one = it.as_object()?.clone();
        one.insert("key".to_owned(), Value::Null);
        one.get("keyId").is_some_and(Value::is_string).then_some(Value::Object(one))
    };
    all.iter().map(|it| shown(it).ok_or_else(|| invalid(name))).collect()
}

fn required(name: &str, value: &Value) -> Result<Vec<Value>, String> {
    let all = value.as_array().ok_or_else(|| invalid(name))?;
    let is_access = |it: &Value| {
        it.get("id").is_some_and(Value::is_string)
            && matches!(it.get("type").and_then(Value::as_str), Some("Scope" | "Role"))
    };
    let is_entry = |it: &Value| {
        it.get("resourceAppId").is_some_and(Value::is_string)
            && it.get("resourceAccess").and_then(Value::as_array).is_some_and(|all| all.iter().all(is_access))
    };
    if all.iter().all(is_entry) { Ok(all.clone()) } else { Err(invalid(name)) }
}
