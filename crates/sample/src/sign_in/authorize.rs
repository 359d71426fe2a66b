//! `GET /{tenant}/oauth2/v2.0/authorize`: from the application's request to a code, by way of two pages.

use std::time::Duration;

use crate::directory::Person;
use crate::http::{Answer, Params};
use crate::registry::Application;

use super::errors::SignInError;
use super::{Code, Context, pages, policy, scopes};

/// A code lives ten minutes.
const CODE_LIFE: Duration = Duration::from_secs(600);
/// The base64url of a SHA-256.
const CHALLENGE_LENGTH: usize = 43;

/// A proved redirect URI, and how answers reach it.
struct Reply {
    uri: String,
    separator: char,
    state: Option<String>,
}

impl Reply {
    fn send(&self, pairs: &[(&str, &str)]) -> Answer {
        let mut params = Params::default();
        for (name, value) in pairs {
            params.set(name, value);
        }
        if let Some(state) = &self.state {
            params.set("state", state);
        }
        // A registered URI may have a query of its own.
        let separator = if self.separator == '?' && self.uri.contains('?') { '&' } else { self.separator };
        Answer::redirect(&format!("{}{separator}{}", self.uri, params.encode()))
    }

    fn error(&self, ctx: &mut Context<'_>, error: &SignInError) -> Answer {
        self.error_with(ctx, error, &[])
    }

    fn error_with(&self, ctx: &mut Context<'_>, error: &SignInError, more: &[(&str, &str)]) -> Answer {
        let description = error.description(ctx);
        let uri = format!("{}/error?code={}", ctx.options.sign_in, error.number);
        let mut pairs =
            vec![("error", error.error), ("error_description", description.as_str()), ("error_uri", &uri)];
        if let Some(suberror) = error.suberror {
            pairs.push(("error_subcode", suberror));
        }
        pairs.extend(more);
        self.send(&pairs)
    }
}

/// The request's part that is proved before anybody is asked anything.
struct Asked {
    application: Application,
    challenge: String,
    scopes: Vec<&'static str>,
}

pub(super) fn answer(ctx: &mut Context<'_>, tenant: &str, params: &Params, posted: bool) -> Answer {
    let proved = ctx
        .check_tenant(tenant, params)
        .and_then(|()| ctx.check_client(params))
        .and_then(|application| ctx.check_redirect(&application, params).map(|uri| (application, uri)));
    let (application, uri) = match proved {
        Ok(proved) => proved,
        Err(error) => return error.page(ctx),
    };
    let separator = if params.get("response_mode") == Some("query") { '?' } else { '#' };
    let reply = Reply { uri, separator, state: params.get("state").map(str::to_owned) };
    if let Err(error) = policy::cloud(ctx, tenant) {
        return reply.error_with(ctx, &error, &policy::CLOUD_HINTS);
    }
    match check(ctx, application, params) {
        Ok(asked) => sign_in(ctx, tenant, params, posted, &reply, &asked),
        Err(error) => reply.error(ctx, &error),
    }
}

fn check(ctx: &Context<'_>, application: Application, params: &Params) -> Result<Asked, SignInError> {
    let invalid = |number, text: &str| Err(SignInError::new("invalid_request", number, text));
    match params.get("response_type") {
        Some("code") => {}
        Some(other) => {
            let text = format!("response_type '{other}' is not enabled for the application.");
            return Err(SignInError::new("unsupported_response_type", 700_054, text));
        }
        None => return Err(SignInError::missing_parameter("response_type")),
    }
    if !matches!(params.get("response_mode"), None | Some("fragment" | "query")) {
        return invalid(70_007, "The value of 'response_mode' is not supported for this application.");
    }
    let Some(challenge) = params.get("code_challenge") else {
        return invalid(
            9_002_325,
            "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
        );
    };
    if params.get("code_challenge_method") != Some("S256") {
        return invalid(501_491, "Invalid code_challenge_method: single-page applications use S256.");
    }
    if challenge.len() != CHALLENGE_LENGTH {
        return invalid(50_147, "Invalid size of Code_Challenge parameter.");
    }
    let text = params.get("scope").ok_or_else(|| SignInError::missing_parameter("scope"))?;
    let scopes = ctx.scopes(&application, text)?;
    Ok(Asked { application, challenge: challenge.to_owned(), scopes })
}

fn sign_in(
    ctx: &mut Context<'_>,
    tenant: &str,
    params: &Params,
    posted: bool,
    reply: &Reply,
    asked: &Asked,
) -> Answer {
    let action = format!("/{tenant}/oauth2/v2.0/authorize");
    let prompt = params.get("prompt").unwrap_or_default();
    let hinted = params
        .get("login_hint")
        .and_then(|hint| ctx.directory.account_named(hint))
        .filter(|person| ctx.state.signed_in.contains(&person.id) && person.account_enabled)
        .filter(|_| !matches!(prompt, "select_account" | "login"))
        .cloned();
    let person = match (params.get("account"), hinted) {
        (Some(name), _) if prompt != "none" => match ctx.picked(&asked.application, name) {
            Ok(person) => person,
            Err(turned) => return ctx.turned(&turned, params, &action),
        },
        (_, Some(person)) => person,
        _ if prompt == "none" => {
            let text = "Session information is not sufficient for single-sign-on.";
            return reply.error(ctx, &SignInError::new("interaction_required", 50_058, text));
        }
        _ => return pages::pick(ctx, params, &action, None),
    };
    ctx.state.signed_in.insert(person.id.clone());
    let decision = params.get("consent").filter(|_| posted);
    if decision.is_some_and(|it| it != "accept") {
        let text = "The resource owner or authorization server denied the request.";
        let mut error = SignInError::new("access_denied", 65_004, text);
        error.suberror = Some("cancel");
        return reply.error(ctx, &error);
    }
    let application = &asked.application;
    let missing = ctx.missing(application, &person.id, &asked.scopes);
    if missing.is_empty() && (prompt != "consent" || decision.is_some()) {
        return code(ctx, params, &person, reply, asked, Vec::new());
    }
    let shown = if missing.is_empty() { asked.scopes.clone() } else { missing };
    if prompt == "none" {
        return reply.error(ctx, &SignInError::consent_required("consent_required", application));
    }
    let everybody = person.consents();
    if !everybody && scopes::need_administrator(&shown) {
        let text = format!(
            "An administrator of Contoso has set a policy that prevents you from granting {} the permissions it is \
             requesting. Contact an administrator of Contoso who can grant permissions to this application on your \
             behalf.",
            application.display_name
        );
        return reply.error(ctx, &SignInError::new("access_denied", 90_094, text));
    }
    if decision.is_none() {
        let shown = pages::Asked { scopes: &shown, roles: &[] };
        return pages::consent(application, &person, params, &action, &shown, everybody);
    }
    let whom = if everybody { None } else { Some(person.id.as_str()) };
    ctx.consent(application, &shown, whom);
    code(ctx, params, &person, reply, asked, shown)
}

fn code(
    ctx: &mut Context<'_>,
    params: &Params,
    person: &Person,
    reply: &Reply,
    asked: &Asked,
    accepted: Vec<&'static str>,
) -> Answer {
    let code = format!("1.{}", ctx.random.opaque(80));
    let session = ctx.random.guid();
    let answer = reply.send(&[("code", &code), ("session_state", &session)]);
    let kept = Code {
        client: asked.application.app_id.clone(),
        person: person.id.clone(),
        redirect_uri: reply.uri.clone(),
        challenge: asked.challenge.clone(),
        nonce: params.get("nonce").map(str::to_owned),
        asked: asked.scopes.clone(),
        accepted,
        claims: params.get("claims").map(str::to_owned),
        expires: ctx.now + CODE_LIFE,
        used: false,
    };
    ctx.state.codes.insert(code, kept);
    answer
}

/// Sends the outcome of a consent for the organisation, which always comes in the query.
pub(super) fn send_query(uri: &str, state: Option<&str>, pairs: &[(&str, &str)]) -> Answer {
    Reply { uri: uri.to_owned(), separator: '?', state: state.map(str::to_owned) }.send(pairs)
}

/// The code challenge that belongs to a verifier.
pub(super) fn challenge_of(verifier: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        assert_eq!(
            challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn values_in_answers_are_encoded() {
        let answer = send_query("http://localhost:8080/?x=1", Some("s&t"), &[("a", "1 2")]);
        assert_eq!(answer.header("location"), Some("http://localhost:8080/?x=1&a=1%202&state=s%26t"));
    }
}
