//! The sign-in service, shaped like Entra's: authorization code with PKCE, refresh, client credentials, consent.

mod admin_consent;
mod authorize;
mod credentials;
mod discovery;
mod errors;
mod jwt;
mod pages;
pub(crate) mod policy;
mod scopes;
mod token;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::json;

use crate::Options;
use crate::cors;
use crate::directory::{Directory, Person};
use crate::facts::Facts;
use crate::http::{Answer, Params, Request, Target};
use crate::people::OUTSIDER;
use crate::portal;
use crate::random::Random;
use crate::registry::{Application, Key, Platform, Principal, Registry};

use errors::SignInError;

/// Who a token speaks for, and what it may do.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    /// The person; none for an application.
    pub(crate) person: Option<String>,
    /// The application id that it was issued to.
    pub(crate) client: String,
    /// Graph's permissions, by their short names.
    pub(crate) scopes: BTreeSet<&'static str>,
    /// Whether the sign-in proved the authentication context that some tenants ask for.
    pub(crate) context: bool,
    pub(crate) expires: Duration,
}

/// An authorization code that was handed out.
#[derive(Clone)]
struct Code {
    client: String,
    person: String,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    asked: Vec<&'static str>,
    /// Consented to in this very sign-in: the token knows of it at once.
    accepted: Vec<&'static str>,
    /// The request for claims that the sign-in carried.
    claims: Option<String>,
    expires: Duration,
    used: bool,
}

/// A refresh token that was handed out.
#[derive(Clone)]
struct Refresh {
    client: String,
    /// The platform of the redirect URI that the first code came by.
    platform: Platform,
    person: String,
    asked: Vec<&'static str>,
    accepted: Vec<&'static str>,
    claims: Option<String>,
    expires: Duration,
}

/// What the sign-in service remembers.
#[derive(Clone, Default)]
pub(crate) struct SignIn {
    signed_in: BTreeSet<String>,
    /// Who gave the further proof that Conditional Access wants, in the present session.
    proved: BTreeSet<String>,
    codes: HashMap<String, Code>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
}

impl SignIn {
    /// What a token allows, if it was issued here.
    pub(crate) fn access(&self, token: &str) -> Option<&Access> {
        self.access.get(token)
    }
}

/// Everything that one request at the sign-in service works with.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    pub(crate) facts: &'a Facts,
    pub(crate) directory: &'a Directory,
    pub(crate) random: &'a mut Random,
    pub(crate) state: &'a mut SignIn,
    pub(crate) registry: &'a mut Registry,
    pub(crate) now: Duration,
}

impl Context<'_> {
    /// Whether the tenant in the address is this one. `organizations` finds it through the account.
    fn check_tenant(&self, tenant: &str, params: &Params) -> Result<(), SignInError> {
        if tenant.eq_ignore_ascii_case(&self.facts.tenant_id)
            || tenant.eq_ignore_ascii_case(&self.facts.domain)
            || tenant == "organizations"
        {
            return Ok(());
        }
        if matches!(tenant, "common" | "consumers") {
            return Err(SignInError::new(
                "invalid_request",
                50_194,
                format!(
                    "Application '{}'({}) is not configured as a multi-tenant application. Usage of the \
                     /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific \
                     endpoint or configure the application to be multi-tenant.",
                    params.get("client_id").unwrap_or_default(),
                    self.application(params).map(|it| it.display_name).unwrap_or_default()
                ),
            ));
        }
        Err(SignInError::new(
            "invalid_tenant",
            90_002,
            format!(
                "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into \
                 the correct cloud. Check with your subscription administrator, this may happen if there are no active \
                 subscriptions for the tenant."
            ),
        ))
    }

    /// The redirect URI of the request, once it is proved to belong to the application.
    fn check_redirect(&self, application: &Application, params: &Params) -> Result<String, SignInError> {
        let Some(uri) = params.get("redirect_uri") else {
            return Err(SignInError::new("invalid_request", 900_971, "No reply address provided."));
        };
        if application.platform(uri).is_some() {
            return Ok(uri.to_owned());
        }
        Err(SignInError::new(
            "invalid_request",
            50_011,
            format!(
                "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for \
                 the application '{}'. Make sure the redirect URI sent in the request matches one added to your \
                 application in the Azure portal.",
                application.app_id
            ),
        ))
    }

    /// The application of the request, once this service knows of it.
    fn check_client(&self, params: &Params) -> Result<Application, SignInError> {
        let client_id = params.get("client_id").ok_or_else(|| SignInError::missing_parameter("client_id"))?;
        self.application(params).ok_or_else(|| SignInError::unknown_application(client_id))
    }

    fn application(&self, params: &Params) -> Option<Application> {
        let key = Key::AppId(params.get("client_id").filter(|id| !id.is_empty())?);
        self.registry.seen_application(key, self.now).cloned()
    }

    /// What of `asked` nobody has consented to for that person.
    fn missing(&self, application: &Application, person: &str, asked: &[&'static str]) -> Vec<&'static str> {
        match self.registry.principal_id(&application.app_id) {
            Some(client) => self.registry.missing(client, person, asked),
            None => asked.to_vec(),
        }
    }

    /// Records consent, for one person or for everybody. It makes the service principal where there is none yet.
    fn consent(&mut self, application: &Application, asked: &[&'static str], person: Option<&str>) -> String {
        let known = self.registry.principal_id(&application.app_id).map(str::to_owned);
        let client = known.unwrap_or_else(|| {
            let id = self.random.guid();
            self.registry.principals.push(Principal {
                id: id.clone(),
                app_id: application.app_id.clone(),
                display_name: application.display_name.clone(),
                ..Principal::default()
            });
            id
        });
        self.registry.consent(&client, asked, person, self.now);
        client
    }

    /// The scopes of a request's parameter.
    fn scopes(&self, application: &Application, text: &str) -> Result<Vec<&'static str>, SignInError> {
        scopes::parse(text, &self.options.graph, &application.asked_scopes())
            .map_err(|error| SignInError::scope(error, &application.display_name))
    }

    /// The account that was picked, when it exists and may sign in.
    fn picked(&self, application: &Application, name: &str) -> Result<Person, Turned> {
        let Some(person) = self.directory.account_named(name) else {
            return Err(if name.eq_ignore_ascii_case(OUTSIDER.1) {
                Turned::Away(Box::new(SignInError::foreign(name, &self.facts.tenant_id, application)))
            } else {
                Turned::Back(format!(
                    "AADSTS50034: The user account {name} does not exist in the Contoso directory."
                ))
            });
        };
        if person.account_enabled {
            Ok(person.clone())
        } else {
            Err(Turned::Back("AADSTS50057: The user account is disabled.".to_owned()))
        }
    }

    /// What is shown to somebody whose account was not taken.
    fn turned(&mut self, turned: &Turned, params: &Params, action: &str) -> Answer {
        match turned {
            Turned::Back(note) => pages::pick(self, params, action, Some(note)),
            Turned::Away(error) => error.page(self),
        }
    }
}

/// Why an account was not taken.
enum Turned {
    /// Another one may be picked on the same page.
    Back(String),
    /// There is nothing to do on the sign-in page.
    Away(Box<SignInError>),
}

/// Answers one request at the sign-in origin.
pub(crate) fn answer(ctx: &mut Context<'_>, request: &Request) -> Answer {
    let target = Target::parse(&request.path);
    let mut params = target.query.clone();
    let posted = request.method == "POST";
    if posted {
        params.0.splice(0..0, Params::parse(&String::from_utf8_lossy(&request.body)).0);
    }
    match (request.method.as_str(), target.segments().as_slice()) {
        ("GET" | "POST", ["portal", rest @ ..]) => portal::answer(ctx, request, &params, rest),
        ("GET" | "POST", [tenant, "oauth2", "v2.0", "authorize"]) => {
            authorize::answer(ctx, tenant, &params, posted)
        }
        ("GET" | "POST", [tenant, "v2.0", "adminconsent"]) => {
            admin_consent::answer(ctx, tenant, &params, posted)
        }
        ("OPTIONS", [_, "oauth2", "v2.0", "token"]) => {
            cors::token_preflight(request, &ctx.registry.spa_uris())
        }
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => {
            let answer = token::answer(ctx, tenant, request);
            cors::token(answer, request, &ctx.registry.spa_uris())
        }
        ("GET", [tenant, "oauth2", "v2.0", "logout"]) => logout(ctx, tenant, &params),
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => {
            discovery::answer(ctx, tenant).with("access-control-allow-origin", "*")
        }
        ("GET", [_, "discovery", "v2.0", "keys"]) => {
            Answer::json(200, "application/json; charset=utf-8", &json!({ "keys": [] }))
        }
        _ => Answer::new(404),
    }
}

fn logout(ctx: &mut Context<'_>, tenant: &str, params: &Params) -> Answer {
    if let Err(error) = ctx.check_tenant(tenant, params) {
        return error.page(ctx);
    }
    match params.get("logout_hint").and_then(|hint| ctx.directory.account_named(hint)) {
        Some(person) => {
            ctx.state.signed_in.remove(&person.id);
            ctx.state.proved.remove(&person.id);
        }
        None => {
            ctx.state.signed_in.clear();
            ctx.state.proved.clear();
        }
    }
    match params.get("post_logout_redirect_uri") {
        Some(uri) if ctx.registry.applications.iter().any(|it| it.platform(uri).is_some()) => {
            Answer::redirect(uri)
        }
        _ => pages::signed_out(),
    }
}
