//! One write at the target, and what its refusal means.

use serde_json::Value;

use super::Work;
use super::credentials::Failure;
use super::object::Stop;
use super::outcome::Reason;
use super::target::{Target, Wire};

/// How long to wait when the target does not say.
pub(super) const WAIT: u64 = 6;

/// Sends one write. The inner error is this object's alone.
pub(super) fn sent(
    work: &mut Work<'_, '_>,
    target: &Target,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> Result<Result<Value, Reason>, Stop> {
    let mut wire = Wire { tenant: &mut *work.tenant, random: &mut *work.random, time: work.time };
    let reply = target.send(&mut wire, method, path, body);
    let reply = reply.map_err(|it| Stop::Failed(Failure::unreachable(&it.0)))?;
    match reply.status {
        200..300 if reply.json => Ok(Ok(reply.body)),
        429 => Err(Stop::Wait(reply.retry_after.unwrap_or(WAIT))),
        401 => Err(Stop::Failed(Failure::of(&reply, method))),
        // Refused for where it comes from, not for what it asks.
        403 if reply.text.contains("IP ACL") => Err(Stop::Failed(Failure::of(&reply, method))),
        status => Ok(Err(reason(status, &reply.text))),
    }
}

/// The log's code for a refusal (`howto-analyze-provisioning-logs`).
pub(super) fn reason(status: u16, answer: &str) -> Reason {
    let (code, advice) = match status {
        400 | 422 => {
            ("UnprocessableEntity", "Correct the values in the directory, or the attribute mappings.")
        }
        403 => ("InsufficientRights", "Give the owner of the token the right to manage users and groups."),
        404 => {
            ("InvalidAnchor", "The object was removed at the target. Restart provisioning to match it anew.")
        }
        405 => ("MethodNotAllowed", "Check the tenant URL."),
        409 => ("EntryConflict", "An object with the same name exists. Correct the matching attribute."),
        _ => ("InternalServerError", "This is tried again with the next cycle."),
    };
    Reason {
        code: code.to_owned(),
        text: format!("StatusCode: {status} Message: {answer}"),
        advice: advice.to_owned(),
    }
}
