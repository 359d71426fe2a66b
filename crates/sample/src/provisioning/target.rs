//! The SCIM store that a connector writes to, over the same door that every client uses.

use std::time::Duration;

use serde_json::{Value, json};

use super::Tenant;
use super::secrets::Secrets;
use crate::http::{Answer, Request, encode};
use crate::random::Random;

/// Address and token of the target.
pub(super) struct Target {
    /// The address under which `/Users` and `/Groups` are.
    base: String,
    token: String,
}

/// What came back, or why nothing did.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
    /// The body as it came.
    pub(super) text: String,
    /// Whether the body is SCIM or JSON at all.
    pub(super) json: bool,
    /// The address that was asked.
    pub(super) url: String,
    /// Seconds to wait, when the target says so.
    pub(super) retry_after: Option<u64>,
}

/// The address cannot be reached.
pub(super) struct Unreachable(pub(super) String);

/// Sends requests on behalf of the service.
pub(super) struct Wire<'w, 't> {
    pub(super) tenant: &'w mut Tenant<'t>,
    pub(super) random: &'w mut Random,
    pub(super) time: Duration,
}

impl Target {
    pub(super) fn new(secrets: &Secrets) -> Option<Self> {
        let base = secrets.get("BaseAddress")?.trim().trim_end_matches('/');
        // The connector adds the version to the workspace's address, which Databricks gives without one.
        let base = if base.ends_with("/scim") { format!("{base}/v2") } else { base.to_owned() };
        Some(Self { base, token: secrets.get("SecretToken")?.to_owned() })
    }

    /// The query of a search for one value. Quotes are not escaped: names that have them break the query (`known-issues`).
    pub(super) fn search(resource: &str, attribute: &str, value: &str) -> String {
        format!("{resource}?filter={}", encode(&format!("{attribute} eq \"{value}\"")))
    }

    pub(super) fn send(
        &self,
        wire: &mut Wire<'_, '_>,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply, Unreachable> {
        let url = format!("{}{path}", self.base);
        let answer = self.fetch(wire, method, &url, body)?;
        let value = answer.value();
        Ok(Reply {
            status: answer.status,
            json: value.is_object() || answer.body.is_empty(),
            body: value,
            text: String::from_utf8_lossy(&answer.body).into_owned(),
            url,
            retry_after: answer.header("retry-after").and_then(|it| it.parse().ok()),
        })
    }

    fn fetch(
        &self,
        wire: &mut Wire<'_, '_>,
        method: &str,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Unreachable> {
        let options = wire.tenant.options;
        let below = |origin: &str| {
            let rest = url.strip_prefix(origin.trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
        };
        if below(&options.sign_in).or_else(|| below(&options.graph)).is_some() {
            return Ok(Answer::text(404, "text/html", "<html><body>Not Found</body></html>"));
        }
        let Some(path) = below(&options.databricks) else {
            let host =
                url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
            return Err(Unreachable(format!(
                "An error occurred while sending the request. No such host is known. ({host})"
            )));
        };
        let path = if path.is_empty() { "/".to_owned() } else { path };
        let mut request =
            Request::new(method, &path).with_header("authorization", &format!("Bearer {}", self.token));
        if let Some(body) = body {
            request = request.with_body("application/scim+json", body.to_string());
        }
        Ok(wire.tenant.databricks.answer_entra(&request, wire.tenant.facts, wire.random, wire.time))
    }
}

/// A PATCH with these operations.
pub(super) fn patch(operations: &[Value]) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

/// What .NET calls a status.
pub(super) const fn status_name(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        409 => "Conflict",
        429 => "TooManyRequests",
        500 => "InternalServerError",
        501 => "NotImplemented",
        503 => "ServiceUnavailable",
        _ => "UnknownStatus",
    }
}
