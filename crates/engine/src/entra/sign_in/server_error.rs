//! The error body of the sign-in service, and what can be read out of its words.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Claims;

/// Words are cut here: an answer in the address can be made by anybody, and nothing that is longer is ever shown.
const LONGEST: usize = 4096;
/// Entra gives one or two numbers.
const MOST_CODES: usize = 8;

/// The error body of Entra's sign-in service. Decisions hang on `error`, `suberror` and the AADSTS number, never on the words,
/// but for the two things that stand nowhere else: the name of an unknown scope, and the name of another cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServerError {
    /// The OAuth error, such as `invalid_grant`.
    pub error: String,
    /// The words, which begin with the AADSTS number.
    pub error_description: String,
    /// The AADSTS numbers.
    pub error_codes: Vec<u32>,
    /// A finer reason.
    pub suberror: Option<String>,
    /// A claims challenge to carry to the next sign-in.
    pub claims: Option<String>,
    /// Microsoft's trace id.
    pub trace_id: Option<String>,
    /// The correlation id.
    pub correlation_id: Option<String>,
    /// When, in the server's words.
    pub timestamp: Option<String>,
    /// The cloud that the service names, where it does.
    pub cloud: Option<String>,
}

impl oauth2::ErrorResponse for ServerError {}

// By hand, so that a field of another kind than expected does not cost the others: what is told of a failure should survive
// the failure. Only an answer without `error` is none (RFC 6749, 5.2).
impl<'de> Deserialize<'de> for ServerError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Value::deserialize(deserializer)?;
        let text =
            |name: &str| body.get(name).and_then(Value::as_str).map(cut).filter(|text| !text.is_empty());
        let error = text("error").ok_or_else(|| serde::de::Error::missing_field("error"))?;
        let codes = body.get("error_codes").and_then(Value::as_array).into_iter().flatten();
        Ok(Self {
            error,
            error_description: text("error_description").unwrap_or_default(),
            error_codes: codes.filter_map(number).take(MOST_CODES).collect(),
            suberror: text("suberror"),
            // A string that holds JSON; taken as an object too.
            claims: match body.get("claims") {
                Some(object @ Value::Object(_)) => Some(object.to_string()),
                _ => text("claims"),
            },
            trace_id: text("trace_id"),
            correlation_id: text("correlation_id"),
            timestamp: text("timestamp"),
            cloud: text("cloud_instance_name").or_else(|| text("cloud_instance_host_name")),
        })
    }
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => u32::try_from(other.as_u64()?).ok(),
    }
}

/// A text of bounded length.
pub(super) fn cut(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}

impl ServerError {
    /// An error of which nothing is known but what a page of the service shows. Its details may name the number without the
    /// usual letters before it; a number alone counts where it means something.
    #[must_use]
    pub fn from_words(words: &str) -> Self {
        let error = Self { error_description: cut(words), ..Self::default() };
        if error.code().is_some() {
            return error;
        }
        let lower = error.error_description.to_ascii_lowercase();
        let named = lower.split_once("error code").map(|(_, rest)| rest.trim_start_matches([':', ' ']));
        let digits = named.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
        let error_codes = digits.unwrap_or(&lower).parse().into_iter().collect();
        Self { error_codes, ..error }
    }

    /// The AADSTS numbers: those of the list, then those in the words.
    pub fn codes(&self) -> impl Iterator<Item = u32> {
        let words = self.error_description.split("AADSTS").skip(1).filter_map(|rest| {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        });
        self.error_codes.iter().copied().chain(words)
    }

    /// The AADSTS number.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        self.codes().next()
    }

    /// Whether only a person can help: MSAL's rule (`InteractionRequiredAuthError` of msal-common 16).
    #[must_use]
    pub fn needs_person(&self) -> bool {
        matches!(
            self.error.as_str(),
            "interaction_required"
                | "consent_required"
                | "login_required"
                | "bad_token"
                | "ui_not_allowed"
                | "interrupted_user"
        ) || matches!(
            self.suberror.as_deref(),
            Some(
                "message_only"
                    | "additional_action"
                    | "basic_action"
                    | "user_password_expired"
                    | "consent_required"
                    | "bad_token"
                    | "ui_not_allowed"
                    | "interrupted_user"
            )
        )
    }

    /// Whether it says that a permission was not consented to, or that the consent is not known here yet.
    #[must_use]
    pub fn lacks_consent(&self) -> bool {
        self.error == "consent_required"
            || self.suberror.as_deref() == Some("consent_required")
            || self.code() == Some(65001)
    }

    /// Whether it says that nothing can renew the session, so that asking again is of no use.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        self.error == "invalid_grant" || self.needs_person()
    }

    /// Whether the service is busy rather than unwilling.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.error.as_str(), "temporarily_unavailable" | "server_error")
    }

    /// What the next sign-in must prove.
    #[must_use]
    pub fn challenge(&self) -> Option<Claims> {
        self.claims.as_deref().and_then(Claims::parse)
    }

    /// The scope that AADSTS650053 says does not exist: its short name, out of "asked for scope '…' that doesn't exist".
    /// Quotes of every kind are taken, and the name may carry the service's address before it.
    #[must_use]
    pub fn unknown_scope(&self) -> Option<&str> {
        const QUOTES: [char; 7] = ['\'', '"', '`', '‘', '’', '“', '”'];
        /// Graph's longest permissions have some 60 characters.
        const LONGEST: usize = 120;
        if !self.codes().any(|code| code == 650_053) {
            return None;
        }
        let (_, rest) = self.error_description.split_once("for scope")?;
        let quoted = rest.trim_start().strip_prefix(QUOTES);
        let name = match quoted {
            Some(quoted) => quoted.split(QUOTES).next()?,
            None => rest.split_whitespace().next()?,
        };
        let name = name.rsplit('/').next()?.trim_matches(['.', ',']);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        (!name.is_empty() && name.len() <= LONGEST && name.chars().all(plain)).then_some(name)
    }

    /// Microsoft's trace id, from its field or from the words: an answer in the address has no fields.
    #[must_use]
    pub fn trace(&self) -> &str {
        self.trace_id.as_deref().unwrap_or_else(|| self.labelled(&["trace id:", "request id:"]))
    }

    /// The correlation id, likewise.
    #[must_use]
    pub fn correlation(&self) -> &str {
        self.correlation_id.as_deref().unwrap_or_else(|| self.labelled(&["correlation id:"]))
    }

    /// When it happened, in the service's words.
    #[must_use]
    pub fn time(&self) -> &str {
        self.timestamp.as_deref().unwrap_or_else(|| self.labelled(&["timestamp:"]))
    }

    /// The service's own words, without the ids that follow them.
    #[must_use]
    pub fn words(&self) -> &str {
        let words = self.error_description.split("Trace ID:").next().unwrap_or_default();
        words.trim()
    }

    /// What stands behind a label in the words, up to the next label or the end of the line. Pages write labels in other cases
    /// than answers do.
    fn labelled(&self, labels: &[&str]) -> &str {
        const ALL: [&str; 4] = ["trace id:", "request id:", "correlation id:", "timestamp:"];
        let lower = self.error_description.to_ascii_lowercase();
        let start = labels.iter().find_map(|label| lower.find(label).map(|at| at + label.len()));
        let Some(rest) = start.and_then(|start| self.error_description.get(start..)) else { return "" };
        let line = rest.trim_start().lines().next().unwrap_or_default();
        let lower = line.to_ascii_lowercase();
        let end = ALL.iter().filter_map(|next| lower.find(next)).min();
        end.and_then(|end| line.get(..end)).unwrap_or(line).trim()
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.error_description.lines().next().unwrap_or_default();
        write!(f, "{}: {first}", self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<ServerError> {
        serde_json::from_str(json).ok()
    }

    fn described(words: &str) -> ServerError {
        ServerError { error: "x".to_owned(), error_description: words.to_owned(), ..ServerError::default() }
    }

    #[test]
    fn a_step_up_is_read_with_its_suberror_and_claims() {
        let error = read(
            r#"{"error":"invalid_grant","error_description":"AADSTS50076: Due to a configuration change…","error_codes":[50076],
                "timestamp":"2026-11-24 08:00:00Z","trace_id":"t-1","correlation_id":"c-1","suberror":"basic_action",
                "claims":"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"p-1\"]}}}"}"#,
        )
        .unwrap();
        assert_eq!((error.code(), error.suberror.as_deref()), (Some(50076), Some("basic_action")));
        assert!(error.needs_person() && error.ends_session() && !error.is_passing());
        assert_eq!(
            error.challenge().unwrap().as_str(),
            r#"{"access_token":{"capolids":{"essential":true,"values":["p-1"]}}}"#
        );
        assert_eq!(
            (error.trace(), error.correlation(), error.time()),
            ("t-1", "c-1", "2026-11-24 08:00:00Z")
        );
    }

    #[test]
    fn fields_of_another_kind_cost_nothing_but_themselves() {
        let error = read(
            r#"{"error":"interaction_required","error_description":null,"error_codes":["50079",7,-1,"x",99999999999],
                "suberror":5,"claims":{"id_token":{"acr":null}},"timestamp":1,"trace_id":{}}"#,
        )
        .unwrap();
        assert_eq!(error.codes().collect::<Vec<_>>(), [50079, 7]);
        assert_eq!((error.suberror, error.trace_id), (None, None));
        assert_eq!(error.claims.as_deref(), Some(r#"{"id_token":{"acr":null}}"#));
        for none in ["{}", "[]", "null", r#"{"error":""}"#, r#"{"error":7}"#, r#"{"access_token":"x"}"#] {
            assert_eq!(read(none), None, "{none}");
        }
        let long = format!(r#"{{"error":"e","error_description":"{}"}}"#, "ü".repeat(9000));
        assert_eq!(read(&long).unwrap().error_description.chars().count(), 4096);
    }

    #[test]
    fn the_rule_of_msal_says_when_a_person_is_needed() {
        let of = |error: &str, suberror: &str| ServerError {
            error: error.to_owned(),
            suberror: Some(suberror.to_owned()),
            ..ServerError::default()
        };
        for error in [
            "interaction_required",
            "consent_required",
            "login_required",
            "bad_token",
            "ui_not_allowed",
            "interrupted_user",
        ] {
            assert!(of(error, "").needs_person(), "{error}");
        }
        for suberror in [
            "message_only",
            "additional_action",
            "basic_action",
            "user_password_expired",
            "consent_required",
            "bad_token",
            "ui_not_allowed",
            "interrupted_user",
        ] {
            assert!(of("invalid_grant", suberror).needs_person(), "{suberror}");
        }
        for (error, suberror) in
            [("invalid_grant", ""), ("access_denied", "cancel"), ("server_error", "Message_Only"), ("", "")]
        {
            assert!(!of(error, suberror).needs_person(), "{error} {suberror}");
        }
    }

    #[test]
    fn a_consent_that_is_missing_is_told_from_other_refusals() {
        for body in [
            r#"{"error":"invalid_grant","error_codes":[65001],"suberror":"consent_required"}"#,
            r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented"}"#,
            r#"{"error":"consent_required"}"#,
        ] {
            assert!(read(body).unwrap().lacks_consent(), "{body}");
        }
        for body in [
            r#"{"error":"invalid_grant","error_codes":[700084]}"#,
            r#"{"error":"invalid_grant","error_codes":[50076],"suberror":"basic_action"}"#,
            r#"{"error":"invalid_scope"}"#,
        ] {
            assert!(!read(body).unwrap().lacks_consent(), "{body}");
        }
    }

    #[test]
    fn the_unknown_scope_is_found_in_the_words() {
        for (words, scope) in [
            (
                "AADSTS650053: The application 'scim-setup' asked for scope 'ProvisioningLog.Read.All' that doesn't exist on the \
                 resource '00000003-0000-0000-c000-000000000000'. Contact the app vendor.",
                Some("ProvisioningLog.Read.All"),
            ),
            (
                "AADSTS650053: The application asked for scope \"https://graph.microsoft.us/User.Read\" that does not exist",
                Some("User.Read"),
            ),
            ("AADSTS650053: asked for scope ’Group.Read.All’ that", Some("Group.Read.All")),
            ("AADSTS650053: asked for scope Group.Read.All, that", Some("Group.Read.All")),
            ("AADSTS650053: The application requested scope is invalid", None),
            ("AADSTS650053: asked for scope '' that", None),
            ("AADSTS650053: asked for scope '<b>x</b>' that", None),
            ("AADSTS650053: asked for scope", None),
            ("AADSTS70011: asked for scope 'User.Read' that", None),
        ] {
            assert_eq!(described(words).unknown_scope(), scope, "{words}");
        }
        let long = format!("AADSTS650053: asked for scope '{}' that", "a".repeat(121));
        assert_eq!(described(&long).unknown_scope(), None);
    }

    #[test]
    fn the_ids_are_found_in_the_words_of_an_address() {
        let one_line = "AADSTS90094: Ask. Trace ID: t-1 Correlation ID: c-1 Timestamp: 2026-11-24 08:00:00Z";
        let lines =
            "AADSTS90094: Ask.\r\nTrace ID: t-1\r\nCorrelation ID: c-1\r\nTimestamp: 2026-11-24 08:00:00Z";
        for words in [one_line, lines] {
            let error = described(words);
            assert_eq!(
                (error.words(), error.trace(), error.correlation(), error.time()),
                ("AADSTS90094: Ask.", "t-1", "c-1", "2026-11-24 08:00:00Z")
            );
        }
        let none = described("Access was denied");
        assert_eq!((none.words(), none.trace(), none.time()), ("Access was denied", "", ""));
    }
}
