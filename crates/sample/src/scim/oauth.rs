//! Databricks' own sign-in for programs at the account: a service principal's id and secret against a token of an hour.
//!
//! Its SDKs and Terraform come this way: <https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m>.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::facts::Facts;
use crate::http::{Answer, Params, Request};
use crate::random::Random;

use super::errors::{PLAIN_JSON, ScimError};

const LIFE: Duration = Duration::from_secs(3_600);

/// The tokens given out, with the time at which each ends. All belong to one service principal.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens(Vec<(String, Duration)>);

impl Tokens {
    /// Whether a token was given out here and has not ended.
    pub(super) fn holds(&self, token: &str, now: Duration) -> bool {
        self.0.iter().any(|(held, ends)| held == token && now < *ends)
    }

    /// Answers below `/oidc/accounts/{account}`.
    pub(super) fn answer(
        &mut self,
        request: &Request,
        account: &str,
        rest: &[&str],
        facts: &Facts,
        random: &mut Random,
        now: Duration,
    ) -> Answer {
        if !account.eq_ignore_ascii_case(&facts.account_id) {
            let text = format!("Account {account} does not exist");
            return ScimError::Databricks(404, "RESOURCE_DOES_NOT_EXIST", text).answer();
        }
        match (request.method.as_str(), rest) {
            ("GET", [".well-known", "oauth-authorization-server"]) => discovery(facts),
            ("POST", ["v1", "token"]) => self.token(request, facts, random, now),
            _ => ScimError::no_endpoint(&request.method, &request.path).answer(),
        }
    }

    fn token(&mut self, request: &Request, facts: &Facts, random: &mut Random, now: Duration) -> Answer {
        let form = Params::parse(&String::from_utf8_lossy(&request.body));
        if form.get("grant_type") != Some("client_credentials") {
            return refused(400, "unsupported_grant_type", "Only client_credentials is supported");
        }
        let known = (facts.account_client_id.as_str(), facts.account_client_secret.as_str());
        if client(request, &form).is_none_or(|(id, secret)| (id.as_str(), secret.as_str()) != known) {
            return refused(401, "invalid_client", "Client authentication failed");
        }
        if form.get("scope") != Some("all-apis") {
            return refused(400, "invalid_scope", "The scope all-apis is required");
        }
        let token = random.opaque(64);
        self.0.retain(|(_, ends)| now < *ends);
        self.0.push((token.clone(), now + LIFE));
        let body = json!({
            "access_token": token, "token_type": "Bearer", "scope": "all-apis", "expires_in": LIFE.as_secs(),
        });
        Answer::json(200, PLAIN_JSON, &body).with("cache-control", "no-store")
    }
}

/// What a host says of itself to everybody: `/.well-known/databricks-config`.
pub(super) fn host_config(facts: &Facts) -> Answer {
    let body = json!({ "account_id": facts.account_id, "oidc_endpoint": issuer(facts) });
    Answer::json(200, PLAIN_JSON, &body)
}

fn issuer(facts: &Facts) -> String {
    format!("{}/oidc/accounts/{}", facts.workspace_url, facts.account_id)
}

fn discovery(facts: &Facts) -> Answer {
    let issuer = issuer(facts);
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/v1/authorize"),
        "token_endpoint": format!("{issuer}/v1/token"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    Answer::json(200, PLAIN_JSON, &body)
}

/// Id and secret, from the header or from the form.
fn client(request: &Request, form: &Params) -> Option<(String, String)> {
    let Some(header) = request.header("authorization") else {
        return Some((form.get("client_id")?.to_owned(), form.get("client_secret")?.to_owned()));
    };
    let (scheme, coded) = header.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

fn refused(status: u16, error: &str, description: &str) -> Answer {
    let body = json!({ "error": error, "error_description": description });
    Answer::json(status, PLAIN_JSON, &body).with("cache-control", "no-store")
}
