//! Both error bodies of Databricks: SCIM's own for faults of SCIM, Databricks' for the rest.

use serde_json::{Map, Value, json};

use crate::http::Answer;

pub(super) const SCIM_JSON: &str = "application/scim+json; charset=utf-8";
pub(super) const PLAIN_JSON: &str = "application/json; charset=utf-8";

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScimError {
    /// SCIM's body: status, `scimType` (often absent), detail.
    Scim(u16, Option<&'static str>, String),
    /// Databricks' body: status, `error_code`, message.
    Databricks(u16, &'static str, String),
}

impl ScimError {
    pub(super) fn invalid_value(detail: impl Into<String>) -> Self {
        Self::Scim(400, Some("invalidValue"), detail.into())
    }

    pub(super) fn invalid_path(detail: impl Into<String>) -> Self {
        Self::Scim(400, Some("invalidPath"), detail.into())
    }

    pub(super) fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::Scim(400, Some("invalidSyntax"), detail.into())
    }

    pub(super) fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::Scim(400, Some("invalidFilter"), detail.into())
    }

    pub(super) fn mutability(detail: impl Into<String>) -> Self {
        Self::Scim(400, Some("mutability"), detail.into())
    }

    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::Scim(409, None, detail.into())
    }

    pub(super) fn not_found(kind: &str, id: &str) -> Self {
        Self::Scim(404, None, format!("{kind} with id {id} is not found"))
    }

    pub(super) fn unauthenticated() -> Self {
        let text = "Credential was not sent or was of an unsupported type for this API.";
        Self::Databricks(401, "UNAUTHENTICATED", text.to_owned())
    }

    pub(super) fn denied(text: &str) -> Self {
        Self::Databricks(403, "PERMISSION_DENIED", text.to_owned())
    }

    pub(super) fn no_endpoint(method: &str, path: &str) -> Self {
        Self::Databricks(404, "ENDPOINT_NOT_FOUND", format!("No API found for '{method} {path}'"))
    }

    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::Scim(status, kind, detail) => {
                let mut body = Map::new();
                body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
                body.insert("status".to_owned(), json!(status.to_string()));
                body.insert("detail".to_owned(), json!(detail));
                if let Some(kind) = kind {
                    body.insert("scimType".to_owned(), json!(kind));
                }
                Answer::json(*status, SCIM_JSON, &Value::Object(body))
            }
            Self::Databricks(status, code, message) => {
                let body = json!({ "error_code": code, "message": message, "details": [] });
                Answer::json(*status, PLAIN_JSON, &body)
            }
        }
    }
}
