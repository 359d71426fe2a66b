//! Test Connection: Entra itself tries the address and the token, before anything is saved.
//!
//! What a failed test answers is not documented. It comes as Graph’s error with a code and a text that tells what the target said; both are
//! searched, and shown as they are.

use serde::Serialize;

use super::secrets::kept;
use crate::databricks::target::{Level, Target};
use crate::entra::graph::{Graph, GraphError, GraphErrorKind};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, until};
use crate::env::Env;
use crate::http::Method;
use crate::problem::{Explain, Problem};
use crate::secret::Secret;
use crate::stop::Control;

/// What is tested.
#[derive(Clone, Copy, Debug)]
pub enum Credentials<'c> {
    /// An address and a token that are not saved yet.
    Given(&'c Target, &'c Secret),
    /// Those that the connector has. Nobody has to know them.
    Saved,
}

/// Why the test failed.
#[derive(Debug, PartialEq, Eq)]
pub enum TestError {
    /// The target said no, or something that is no SCIM.
    Refused(Refusal),
    /// The test itself could not be made.
    Gone(Gone),
}

impl From<Gone> for TestError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

/// What the target made of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it comes to.
    pub cause: Cause,
    /// Where to, in a word: it decides what to do.
    pub level: Option<Level>,
    /// Graph’s code and words.
    error: GraphError,
}

/// What a refusal comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The token is not accepted.
    Token,
    /// The token is good, but may not do this, or the network is not let in.
    Forbidden,
    /// The address leads to something else.
    Address,
    /// The target takes no more requests for now.
    Busy,
    /// The target failed.
    Server,
    /// The answer is no SCIM.
    NotScim,
    /// Nobody answers at the address.
    Unreachable,
    /// Nothing is saved to test.
    Missing,
    /// Something else.
    Unknown,
}

impl Cause {
    /// Reads code and text. Names of statuses are those of .NET, in which the service is written; numbers occur too.
    fn of(code: &str, text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let status = |name: &str, number: &str| {
            says(&[
                &format!("status code: {name}"),
                &format!("statuscode: {name}"),
                &format!("status code: {number}"),
                &format!("statuscode: {number}"),
                &format!("({number})"),
            ])
        };
        if code.eq_ignore_ascii_case("CredentialsMissing") || says(&["credentialsmissing"]) {
            Self::Missing
        } else if status("unauthorized", "401") {
            Self::Token
        } else if status("forbidden", "403") {
            Self::Forbidden
        } else if status("notfound", "404") {
            Self::Address
        } else if status("toomanyrequests", "429") {
            Self::Busy
        } else if status("internalservererror", "500")
            || status("badgateway", "502")
            || status("serviceunavailable", "503")
            || status("gatewaytimeout", "504")
        {
            Self::Server
        } else if code.contains("ServiceIncompatible")
            || status("ok", "200")
            || says(&["serviceincompatible", "<html", "<!doctype"])
        {
            Self::NotScim
        } else if says(&[
            "could not be resolved",
            "no such host",
            "unable to connect",
            "timed out",
            "name or service",
        ]) {
            Self::Unreachable
        } else {
            Self::Unknown
        }
    }

    const fn why(self) -> &'static str {
        match self {
            Self::Token => "Databricks does not accept the token.",
            Self::Forbidden => {
                "Databricks knows the token but refuses: its owner is no administrator, or an IP access list does not let \
                 Entra's provisioning service in."
            }
            Self::Address => "There is no SCIM at this address.",
            Self::Busy => "Databricks takes no more requests for the moment.",
            Self::Server => "Databricks failed to answer.",
            Self::NotScim => {
                "Something answered that is no SCIM: a sign-in page, or the page of a network that is closed."
            }
            Self::Unreachable => "Entra's provisioning service finds nobody at this address.",
            Self::Missing => "The connector has no address and no token yet.",
            Self::Unknown => "Entra's provisioning service could not use address and token.",
        }
    }

    const fn remedy(self, level: Option<Level>) -> &'static str {
        match (self, level) {
            (Self::Token, Some(Level::Account)) => {
                "Make a new SCIM token in the account console (Security, User provisioning) and paste it whole. A personal \
                 access token of a workspace does not work here."
            }
            (Self::Token, _) => {
                "Make a new token as a workspace administrator and paste it whole. It may have expired, been revoked, or belong \
                 to another workspace."
            }
            (Self::Forbidden, Some(Level::Account)) => {
                "If the account has IP access lists, let the service tag AzureActiveDirectory in, all of it. Else make a new \
                 SCIM token."
            }
            (Self::Forbidden, _) => {
                "Check that the token's owner is still a workspace administrator. If the workspace has IP access lists, let the \
                 service tag AzureActiveDirectory in, all of it."
            }
            (Self::Address, _) => {
                "Copy the address again: the Account SCIM URL of the account console, or the address of the workspace. Account \
                 and workspace have tokens of their own."
            }
            (Self::Busy | Self::Server, _) => "Wait a minute, then test again.",
            (Self::NotScim, _) => {
                "Check the address. A workspace that is reached through Private Link only cannot be reached by Entra's cloud \
                 service: it takes the on-premises provisioning agent, or direct sync from inside the network."
            }
            (Self::Unreachable, _) => {
                "Check the address for typing errors. If it is reached from your network only, Entra's cloud service cannot \
                 reach it: use direct sync from inside the network."
            }
            (Self::Missing, _) => "Enter address and token at the step “Databricks workspace”.",
            (Self::Unknown, _) => {
                "Read what the service says below, check address and token, then test again."
            }
        }
    }
}

impl Explain for TestError {
    fn explain(&self) -> Problem {
        match self {
            Self::Gone(gone) => gone.explain(),
            Self::Refused(Refusal { cause, level, error }) => {
                let told = error.explain();
                Problem {
                    what: "Entra could not connect to Databricks.".to_owned(),
                    why: cause.why().to_owned(),
                    remedy: cause.remedy(*level).to_owned(),
                    raw: told.raw,
                }
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'b> {
    template_id: &'b str,
    use_saved_credentials: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<[Sent<'b>; 2]>,
}

#[derive(Serialize)]
pub(super) struct Sent<'b> {
    pub(super) key: &'b str,
    pub(super) value: &'b str,
}

/// Has Entra test the connection. Works before there is a job. Given credentials are not saved by it.
///
/// # Errors
/// [`TestError`].
pub async fn validate<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, template): (&ObjectId, &str),
    credentials: Credentials<'_>,
) -> Result<(), TestError> {
    const DOING: &str = "test the connection from Entra to Databricks";
    let path = format!("/servicePrincipals/{principal}/synchronization/jobs/validateCredentials");
    let address = match credentials {
        // Tested is what would be saved. What is not known yet to the service has nothing saved.
        Credentials::Given(target, _) => {
            let kept = control.unless_stopped(kept(graph, principal)).await.map_err(Gone::from)?;
            kept.unwrap_or_default().address_for(target)
        }
        Credentials::Saved => String::new(),
    };
    let (given, level) = match credentials {
        Credentials::Given(target, token) => {
            let pairs = [
                Sent { key: "BaseAddress", value: &address },
                Sent { key: "SecretToken", value: token.expose() },
            ];
            (Some(pairs), Some(target.level()))
        }
        Credentials::Saved => (None, None),
    };
    let body = Body { template_id: template, use_saved_credentials: given.is_none(), credentials: given };
    let tested = until(graph.env, control, tell, async || {
        match graph.hand_over(DOING, Method::Post, &path, &body).await {
            Ok(()) => Ok(Tried::Ready(Ok(()))),
            Err(error) if Settling::Service.is_not_yet(&error) => Ok(Tried::NotYet(Some(error))),
            Err(error) => match refusal(&error, level) {
                Some(refusal) => Ok(Tried::Ready(Err(TestError::Refused(refusal)))),
                None => Err(error),
            },
        }
    });
    tested.await?
}

/// Whether this is the target’s refusal, rather than Graph’s.
fn refusal(error: &GraphError, level: Option<Level>) -> Option<Refusal> {
    let GraphErrorKind::Refused { code, message, .. } = &error.kind else { return None };
    // What the target said has a code of its own, or is told with the request that it answered. Anything else is Graph’s: an outage, or
    // what it refuses itself.
    let code_of_test = ["Credential", "SystemForCrossDomain"].iter().any(|word| code.contains(word));
    // Nested codes are told among the words.
    let words = [
        "Resource:",
        "Response Status Code",
        "SystemForCrossDomainIdentityManagement",
        "CredentialValidation",
    ];
    let words_of_test = words.iter().any(|words| message.contains(words));
    (code_of_test || words_of_test).then(|| Refusal {
        cause: Cause::of(code, message),
        level,
        error: error.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, code: &str, message: &str, level: Level) -> Option<(Cause, String)> {
        let kind = GraphErrorKind::Refused {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            request_id: "r".to_owned(),
        };
        let error = GraphError { doing: "test".to_owned(), kind };
        let refusal = refusal(&error, Some(level))?;
        let cause = refusal.cause;
        Some((cause, TestError::Refused(refusal).explain().remedy))
    }

    const UNAVAILABLE: &str = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable";

    fn said(status: &str) -> String {
        format!(
            "We received this unexpected response from your application: Received response from Web resource. Resource: \
             https://adb-1.1.azuredatabricks.net/api/2.0/preview/scim/v2/Users?filter=userName+eq+%22x%22 Operation: GET \
             Response Status Code: {status} Response Headers:  Response Content: . Please check the service and try again."
        )
    }

    #[test]
    fn what_the_target_said_is_taken_apart() {
        for (status, cause) in [
            ("Unauthorized", Cause::Token),
            ("Forbidden", Cause::Forbidden),
            ("NotFound", Cause::Address),
            ("TooManyRequests", Cause::Busy),
            ("429", Cause::Busy),
            ("InternalServerError", Cause::Server),
            ("ServiceUnavailable", Cause::Server),
            ("Conflict", Cause::Unknown),
        ] {
            let found = told(400, UNAVAILABLE, &said(status), Level::Workspace).map(|(cause, _)| cause);
            assert_eq!(found, Some(cause), "{status}");
        }
        let html = "Response Status Code: OK Response Content: <!DOCTYPE html>";
        let incompatible = "SystemForCrossDomainIdentityManagementServiceIncompatible";
        assert_eq!(told(400, incompatible, html, Level::Account).map(|it| it.0), Some(Cause::NotScim));
        let gone =
            "You appear to have entered invalid credentials. The remote name could not be resolved: 'x'";
        let code = "CredentialValidationUnavailable";
        assert_eq!(told(400, code, gone, Level::Account).map(|it| it.0), Some(Cause::Unreachable));
    }

    #[test]
    fn what_to_do_depends_on_the_level() {
        let of = |level| told(400, UNAVAILABLE, &said("Unauthorized"), level).unwrap().1;
        assert!(of(Level::Account).starts_with("Make a new SCIM token in the account console"));
        assert!(of(Level::Workspace).starts_with("Make a new token as a workspace administrator"));
    }

    #[test]
    fn what_the_target_said_is_known_by_its_words_where_the_code_is_another() {
        let found = |status| told(status, "UnknownError", &said("Unauthorized"), Level::Workspace);
        assert_eq!([400, 401, 500].map(|status| found(status).map(|it| it.0)), [Some(Cause::Token); 3]);
    }

    /// What stands further in comes among the words, its code before it.
    #[test]
    fn what_the_target_said_is_known_where_it_is_told_further_in() {
        let found = |message: &str| told(400, "BadRequest", message, Level::Account).map(|it| it.0);
        let nested = |words: &str| format!("The request failed. {UNAVAILABLE} {words}");
        assert_eq!(found(&nested(&said("Forbidden"))), Some(Cause::Forbidden));
        assert_eq!(found(&nested("Something else.")), Some(Cause::Unknown));
        let other = "SystemForCrossDomainIdentityManagementServiceIncompatible";
        assert_eq!(found(&format!("The request failed. {other}")), Some(Cause::NotScim));
        assert_eq!(found("The request failed. BadRequest"), None);
    }

    #[test]
    fn what_graph_itself_refuses_is_no_failed_test() {
        for (status, code, message) in [
            (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
            (401, "InvalidAuthenticationToken", "Lifetime validation failed."),
            (404, "Request_ResourceNotFound", "Resource 'x' does not exist."),
            (429, "TooManyRequests", "Too many requests"),
            (400, "Request_BadRequest", "Invalid object identifier 'x'."),
            (408, "RequestTimeout", ""),
            (500, "InternalServerError", "Internal Server Error"),
            (502, "", ""),
            (503, "ServiceUnavailable", "The service is temporarily unavailable."),
            (504, "UnknownError", "<html>Gateway Timeout</html>"),
        ] {
            assert_eq!(told(status, code, message, Level::Account), None, "{code}");
        }
    }
}
