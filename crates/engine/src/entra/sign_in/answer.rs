//! What the sign-in service puts into the page's address when it sends the browser back.

use super::ServerError;
use super::server_error::cut;
use crate::http::parse_query;
use crate::secret::Secret;

/// Entra's codes have some thousand characters; an address that is longer than this is not read.
const LONGEST: usize = 64 * 1024;

/// An answer that came in the address.
#[derive(Debug)]
pub enum Answer {
    /// A code to redeem.
    Code {
        /// The one-time code.
        code: Secret,
        /// Which transaction it answers.
        state: String,
        /// Who answers, where the server says so (RFC 9207).
        issuer: Option<String>,
    },
    /// The admin consent page was left with success. It proves nothing: only a token's scopes do.
    Consent {
        /// Which transaction it answers.
        state: String,
    },
    /// An error.
    Refused {
        /// What the service says.
        error: Box<ServerError>,
        /// Which transaction it answers.
        state: String,
        /// Who answers, where the server says so (RFC 9207).
        issuer: Option<String>,
    },
}

impl Answer {
    /// Which transaction this answers.
    #[must_use]
    pub fn state(&self) -> &str {
        match self {
            Self::Code { state, .. } | Self::Consent { state } | Self::Refused { state, .. } => state,
        }
    }

    /// Who answers, where the server says so.
    pub(super) fn issuer(&self) -> Option<&str> {
        match self {
            Self::Code { issuer, .. } | Self::Refused { issuer, .. } => issuer.as_deref(),
            Self::Consent { .. } => None,
        }
    }
}

/// Reads an answer out of a fragment or a query (with or without its first character). Anything else is no answer.
#[must_use]
pub fn read_address(text: &str) -> Option<Answer> {
    if text.len() > LONGEST {
        return None;
    }
    let mut pairs = parse_query(text.trim_start_matches(['#', '?']));
    let mut take = |name: &str| {
        let index = pairs.iter().position(|(key, _)| key == name)?;
        Some(pairs.swap_remove(index).1)
    };
    let state = take("state")?;
    let issuer = take("iss");
    if let Some(error) = take("error") {
        let mut text = |name: &str| take(name).map(|text| cut(&text)).filter(|text| !text.is_empty());
        let error = ServerError {
            error: cut(&error),
            error_description: text("error_description").unwrap_or_default(),
            suberror: text("error_subcode").or_else(|| text("suberror")),
            claims: text("claims"),
            cloud: text("cloud_instance_name").or_else(|| text("cloud_instance_host_name")),
            ..ServerError::default()
        };
        return Some(Answer::Refused { error: Box::new(error), state, issuer });
    }
    if take("admin_consent").is_some() {
        return Some(Answer::Consent { state });
    }
    let code = Secret::new(take("code").filter(|code| !code.is_empty())?);
    Some(Answer::Code { code, state, issuer })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> ServerError {
        match read_address(text) {
            Some(Answer::Refused { error, .. }) => *error,
            _ => panic!("no refusal"),
        }
    }

    #[test]
    fn a_code_an_error_and_a_consent_are_told_apart() {
        assert!(matches!(
            read_address("#code=abc&state=s1&session_state=x"),
            Some(Answer::Code { code, state, issuer: None }) if code.expose() == "abc" && state == "s1"
        ));
        assert!(matches!(
            read_address("?admin_consent=True&tenant=t&state=s2"),
            Some(Answer::Consent { state }) if state == "s2"
        ));
        let error = refused(
            "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+declined.&state=s3",
        );
        assert_eq!(error.code(), Some(65004));
        assert_eq!(error.suberror.as_deref(), Some("cancel"));
    }

    #[test]
    fn an_error_keeps_what_the_next_sign_in_needs() {
        let error = refused(
            "#error=interaction_required&suberror=basic_action&claims=%7B%22access_token%22%3A%7B%22acrs%22%3Anull%7D%7D\
             &cloud_instance_name=microsoftonline.us&state=s&iss=https%3A%2F%2Flogin.example",
        );
        assert_eq!(error.suberror.as_deref(), Some("basic_action"));
        assert_eq!(error.challenge().unwrap().as_str(), r#"{"access_token":{"acrs":null}}"#);
        assert_eq!(error.cloud.as_deref(), Some("microsoftonline.us"));
        let answer = read_address("#error=x&state=s&iss=https%3A%2F%2Flogin.example").unwrap();
        assert_eq!(answer.issuer(), Some("https://login.example"));
    }

    #[test]
    fn words_are_cut_and_endless_addresses_are_not_read() {
        let error = refused(&format!("error=x&state=s&error_description={}", "w".repeat(9_000)));
        assert_eq!(error.error_description.len(), 4096);
        assert!(read_address(&format!("code=x&state=s&more={}", "w".repeat(70_000))).is_none());
    }

    #[test]
    fn other_addresses_are_no_answers() {
        for text in ["", "#/consent", "?o=123", "#state=s", "#code=abc", "#code=&state=s"] {
            assert!(read_address(text).is_none(), "{text}");
        }
    }
}
