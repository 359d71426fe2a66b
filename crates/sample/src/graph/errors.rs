//! Graph's refusals.

use serde_json::{Value, json};

/// A refusal: status, Graph's code and its words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// What the next token must prove, as JSON.
    pub(crate) claims: Option<String>,
    /// Seconds after which to try again, where the limit is not that of the resource units.
    pub(crate) retry_after: Option<u64>,
}

impl GraphError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), claims: None, retry_after: None }
    }

    /// What the synchronization service says to those who may not, and while it does not know an application yet.
    pub(crate) fn unknown() -> Self {
        Self::new(401, "UnknownError", "")
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    pub(crate) fn denied() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    /// The token proves too little. The header is that of the identity platform's page on claims challenges; what the body
    /// says beside it is not established.
    pub(crate) fn insufficient_claims(claims: String) -> Self {
        let text = "The token does not meet the authentication context that is required here.";
        Self { claims: Some(claims), ..Self::new(401, "InvalidAuthenticationToken", text) }
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(
            404,
            "Request_ResourceNotFound",
            format!(
                "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
            ),
        )
    }

    pub(crate) fn body(&self, date: &str, request_id: &str, client_request_id: &str) -> Value {
        json!({ "error": {
            "code": self.code,
            "message": self.message,
            "innerError": { "date": date, "request-id": request_id, "client-request-id": client_request_id },
        } })
    }
}
