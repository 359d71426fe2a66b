//! A service principal: an application's identity in the tenant, on which grants and assignments hang.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::application::texts;
use super::{GRAPH_APP, GalleryTemplate, Key, gallery};
use crate::permissions;

/// A service principal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Principal {
    pub(crate) id: String,
    pub(crate) app_id: String,
    pub(crate) display_name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) assignment_required: bool,
    pub(crate) disabled: bool,
    pub(crate) notes: Option<String>,
    pub(crate) owners: Vec<String>,
    /// The entry of the gallery that it was made from.
    pub(crate) template: Option<&'static GalleryTemplate>,
    /// From then on readers see it.
    pub(crate) visible: Duration,
}

impl Principal {
    pub(super) fn is(&self, key: Key<'_>) -> bool {
        match key {
            Key::Id(id) => self.id.eq_ignore_ascii_case(id),
            Key::AppId(id) => self.app_id.eq_ignore_ascii_case(id),
            Key::UniqueName(_) => false,
        }
    }

    /// Sets what a body holds.
    pub(crate) fn set(&mut self, body: &Map<String, Value>) -> Result<(), String> {
        let invalid = |name: &str| {
            format!("Invalid value specified for property '{name}' of resource 'ServicePrincipal'.")
        };
        for (name, value) in body {
            match name.as_str() {
                "tags" => self.tags = texts(name, value)?,
                "appRoleAssignmentRequired" => {
                    self.assignment_required = value.as_bool().ok_or_else(|| invalid(name))?;
                }
                "accountEnabled" => self.disabled = !value.as_bool().ok_or_else(|| invalid(name))?,
                "notes" => self.notes = value.as_str().map(str::to_owned),
                // The key of the object: Graph takes it again when it is the same.
                "appId" if value.as_str() == Some(&self.app_id) => {}
                "@odata.type" | "@odata.context" => {}
                _ => return Err(format!("Property '{name}' is invalid or cannot be set here.")),
            }
        }
        Ok(())
    }

    /// All properties, as Graph gives them.
    pub(crate) fn render(&self, tenant: &str) -> Map<String, Value> {
        let ours = self.app_id != GRAPH_APP && self.app_id != super::DATABRICKS_APP;
        let owner = if ours { tenant } else { MICROSOFT };
        let (scopes, roles) = if self.app_id == GRAPH_APP {
            graph_permissions()
        } else {
            (json!([]), gallery::render(self.template))
        };
        let value = json!({
            "id": self.id,
            "deletedDateTime": null,
            "accountEnabled": !self.disabled,
            "appDisplayName": self.display_name,
            "appId": self.app_id,
            "appOwnerOrganizationId": owner,
            "applicationTemplateId": self.template.map(|it| it.id),
            "appRoleAssignmentRequired": self.assignment_required,
            "appRoles": roles,
            "displayName": self.display_name,
            "keyCredentials": [],
            "notes": self.notes,
            "oauth2PermissionScopes": scopes,
            "passwordCredentials": [],
            "servicePrincipalNames": [self.app_id],
            "servicePrincipalType": "Application",
            "tags": self.tags,
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// The tenant that Microsoft's own applications live in.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// What Graph offers: delegated scopes, and roles for applications. They are the same in every tenant.
fn graph_permissions() -> (Value, Value) {
    static OFFERED: LazyLock<(Value, Value)> = LazyLock::new(all_permissions);
    OFFERED.clone()
}

fn all_permissions() -> (Value, Value) {
    let scopes: Vec<Value> = permissions::all()
        .filter_map(|it| {
            let id = it.scope?;
            Some(json!({
                "id": id,
                "value": it.name,
                "type": if it.admin { "Admin" } else { "User" },
                "isEnabled": true,
                "adminConsentDisplayName": it.text,
                "adminConsentDescription": it.text,
                "userConsentDisplayName": it.text,
                "userConsentDescription": it.text,
            }))
        })
        .collect();
    let roles: Vec<Value> = permissions::all()
        .filter_map(|it| {
            let id = it.role?;
            Some(json!({
                "id": id,
                "value": it.name,
                "displayName": it.text,
                "description": it.text,
                "isEnabled": true,
                "allowedMemberTypes": ["Application"],
                "origin": "Application",
            }))
        })
        .collect();
    (json!(scopes), json!(roles))
}
