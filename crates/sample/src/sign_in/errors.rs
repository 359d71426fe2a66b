//! What the sign-in service says when it refuses: AADSTS codes, as a page or as JSON.

use serde_json::json;

use super::Context;
use super::scopes::ScopeError;
use crate::clock;
use crate::http::Answer;
use crate::page;
use crate::registry::Application;

/// The id of the tenant that accounts from elsewhere belong to.
pub(super) const HOME: &str = "5f0c3a52-8a1e-4c39-9a47-2f7f5b1f9c02";

/// A refusal with Entra's number for it.
#[derive(Debug)]
pub(crate) struct SignInError {
    /// The OAuth error code.
    pub(crate) error: &'static str,
    /// The number after `AADSTS`.
    pub(crate) number: u32,
    /// What follows the number.
    pub(crate) text: String,
    /// Entra's finer reason, if it gives one.
    pub(crate) suberror: Option<&'static str>,
    /// What a further sign-in must carry, as JSON in a text.
    pub(crate) claims: Option<String>,
}

impl SignInError {
    pub(crate) fn new(error: &'static str, number: u32, text: impl Into<String>) -> Self {
        Self { error, number, text: text.into(), suberror: None, claims: None }
    }

    pub(crate) fn scope(error: ScopeError, application: &str) -> Self {
        match error {
            ScopeError::Unknown(name) => Self::new(
                "invalid_client",
                650_053,
                format!(
                    "The application '{application}' asked for scope '{name}' that doesn't exist on the resource \
                     '00000003-0000-0000-c000-000000000000'. Contact the app vendor."
                ),
            ),
            ScopeError::Resource(name) => Self::new(
                "invalid_resource",
                500_011,
                format!("The resource principal named {name} was not found in the tenant named Contoso."),
            ),
        }
    }

    pub(crate) fn unknown_application(client_id: &str) -> Self {
        Self::new(
            "unauthorized_client",
            700_016,
            format!(
                "Application with identifier '{client_id}' was not found in the directory 'Contoso'. This can happen \
                 if the application has not been installed by the administrator of the tenant or consented to by \
                 any user in the tenant. You may have sent your authentication request to the wrong tenant."
            ),
        )
    }

    /// Nobody, or not this person, has consented to what is asked for.
    pub(crate) fn consent_required(error: &'static str, application: &Application) -> Self {
        let text = format!(
            "The user or administrator has not consented to use the application with ID '{}' named '{}'. Send an \
             interactive authorization request for this user and resource.",
            application.app_id, application.display_name
        );
        Self::new(error, 65_001, text)
    }

    /// An account of another tenant that nobody has invited. Entra says so on a page of its own (troubleshooting article
    /// "AADSTS50020 - user account from identity provider does not exist in tenant").
    pub(crate) fn foreign(account: &str, tenant: &str, application: &Application) -> Self {
        let text = format!(
            "User account '{account}' from identity provider 'https://sts.windows.net/{HOME}/' does not exist in tenant \
             '{tenant}' and cannot access the application '{}'({}) in that tenant. The account needs to be added as an external \
             user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
            application.app_id, application.display_name
        );
        Self::new("interaction_required", 50_020, text)
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::new("invalid_request", 900_144, text)
    }

    /// The description as Entra writes it, with ids for support.
    pub(crate) fn description(&self, ctx: &mut Context<'_>) -> String {
        let (trace, correlation) = (ctx.random.guid(), ctx.random.guid());
        let timestamp = clock::token_date(ctx.now);
        format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
            self.number, self.text
        )
    }

    /// A page, for errors that must not be sent to an unproved redirect URI.
    pub(crate) fn page(&self, ctx: &mut Context<'_>) -> Answer {
        let description = page::escape(&self.description(ctx));
        page::answer(
            400,
            "Sorry, but we're having trouble signing you in",
            &format!("<p role=\"alert\">{description}</p>"),
        )
    }

    /// The token endpoint's JSON.
    pub(crate) fn json(&self, ctx: &mut Context<'_>) -> Answer {
        let (trace, correlation) = (ctx.random.guid(), ctx.random.guid());
        let timestamp = clock::token_date(ctx.now);
        let number = self.number;
        let mut body = json!({
            "error": self.error,
            "error_description": format!(
                "AADSTS{number}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                self.text
            ),
            "error_codes": [number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("{}/error?code={number}", ctx.options.sign_in),
        });
        if let Some(object) = body.as_object_mut() {
            object.extend(self.suberror.map(|it| ("suberror".to_owned(), json!(it))));
            object.extend(self.claims.as_ref().map(|it| ("claims".to_owned(), json!(it))));
        }
        let status = if self.error == "invalid_client" { 401 } else { 400 };
        Answer::json(status, "application/json; charset=utf-8", &body)
    }
}
