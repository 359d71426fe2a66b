//! Test Connection: a search for somebody who does not exist, at the very address and with the very token.

use std::time::Duration;

use super::target::{Reply, Target, Wire, status_name};
use super::{Secrets, Tenant};
use crate::random::Random;

/// Why credentials do not work. The codes are those that administrators report from the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

const UNAVAILABLE: &str = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable";

impl Failure {
    pub(super) fn missing() -> Self {
        Self {
            code: "CredentialsMissing",
            message: "The credentials are incomplete: BaseAddress and SecretToken are needed.".to_owned(),
        }
    }

    pub(super) fn unreachable(why: &str) -> Self {
        let message = format!(
            "You appear to have entered invalid credentials. Please confirm you are using the correct information for an \
             administrative account. {why}"
        );
        Self { code: "CredentialValidationUnavailable", message }
    }

    pub(super) fn of(reply: &Reply, method: &str) -> Self {
        let Reply { url, text, status, .. } = reply;
        let code = match status {
            200..400 => "SystemForCrossDomainIdentityManagementServiceIncompatible",
            _ => UNAVAILABLE,
        };
        let message = format!(
            "We received this unexpected response from your application: Received response from Web resource. Resource: \
             {url} Operation: {method} Response Status Code: {} Response Headers:  Response Content: {text}. Please check the \
             service and try again.",
            status_name(*status)
        );
        Self { code, message }
    }
}

/// Tests credentials.
pub(crate) fn test(
    tenant: &mut Tenant<'_>,
    secrets: &Secrets,
    random: &mut Random,
    time: Duration,
) -> Result<(), Failure> {
    let target = Target::new(secrets).ok_or_else(Failure::missing)?;
    let path = Target::search("/Users", "userName", &random.guid());
    let reply = target.send(&mut Wire { tenant, random, time }, "GET", &path, None);
    let reply = reply.map_err(|it| Failure::unreachable(&it.0))?;
    if is_list(&reply) { Ok(()) } else { Err(Failure::of(&reply, "GET")) }
}

/// Whether this is a SCIM list.
pub(super) fn is_list(reply: &Reply) -> bool {
    reply.status == 200 && reply.body.get("totalResults").is_some_and(serde_json::Value::is_number)
}
