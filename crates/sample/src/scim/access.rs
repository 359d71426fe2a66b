//! Tokens that come and go while the tenant stands, and the IP access list.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::Level;
use crate::facts::Facts;
use crate::http::{Answer, Request};
use crate::random::Random;
use crate::registry::DATABRICKS_APP;

use super::{Databricks, ScimError};

/// Tokens made later, tokens ended, and whom the IP access list lets in.
#[derive(Clone, Debug)]
pub(super) struct Doors {
    workspace_token: String,
    account_token: String,
    /// Tokens made later, with the first one that they stand for.
    made: BTreeMap<String, String>,
    ended: Vec<String>,
    entra_shut_out: bool,
    random: Random,
}

impl Doors {
    pub(super) fn new(facts: &Facts) -> Self {
        Self {
            workspace_token: facts.workspace_token.clone(),
            account_token: facts.account_token.clone(),
            made: BTreeMap::new(),
            ended: Vec::new(),
            entra_shut_out: false,
            random: Random::new(facts.account_id.bytes().map(u64::from).sum()),
        }
    }

    /// Whether a token is the first one of its kind, or stands for it.
    pub(super) fn opens(&self, token: &str, first: &str) -> bool {
        token == first || self.made.get(token).is_some_and(|it| it == first)
    }

    pub(super) fn is_ended(&self, token: &str) -> bool {
        self.ended.iter().any(|it| it == token)
    }
}

/// Whether it is an access token that Entra issued for Databricks and that is still valid. Signatures are not checked: nothing here
/// signs.
pub(super) fn is_entra(token: &str, now: Duration) -> bool {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let bytes = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let ends = claims.get("exp").and_then(Value::as_u64).unwrap_or_default();
    claims.get("aud").and_then(Value::as_str) == Some(DATABRICKS_APP) && Duration::from_secs(ends) > now
}

impl Databricks {
    /// Answers Entra's provisioning service: it comes from addresses of its own, which IP access lists must let in.
    pub(crate) fn answer_entra(
        &mut self,
        request: &Request,
        facts: &Facts,
        random: &mut Random,
        now: Duration,
    ) -> Answer {
        if self.doors.entra_shut_out && request.path.starts_with("/api/") {
            let text = "Source IP address: 20.190.128.10 is blocked by Databricks IP ACL for workspace: 1234567890123456";
            return ScimError::Databricks(403, "403", text.to_owned()).answer();
        }
        self.answer(request, facts, random, now)
    }

    pub(crate) const fn shut_out_entra(&mut self, shut: bool) {
        self.doors.entra_shut_out = shut;
    }

    pub(crate) const fn shuts_out_entra(&self) -> bool {
        self.doors.entra_shut_out
    }

    pub(crate) fn make_token(&mut self, level: Level) -> String {
        let doors = &mut self.doors;
        let (prefix, first) = match level {
            Level::Workspace => ("dapi", &doors.workspace_token),
            Level::Account => ("dsapi", &doors.account_token),
        };
        let token = format!("{prefix}{}", doors.random.hex(32));
        doors.made.insert(token.clone(), first.clone());
        token
    }

    pub(crate) fn end_token(&mut self, token: &str) {
        self.doors.ended.push(token.to_owned());
    }
}
