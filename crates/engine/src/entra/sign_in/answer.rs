//! What the sign-in service puts into the page's address when it sends the browser back.

use crate::entra::sign_in::ServerError;
use crate::http::parse_query;
use crate::secret::Secret;

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
        error: ServerError,
        /// Which transaction it answers.
        state: String,
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
}

/// Reads an answer out of a fragment or a query (with or without its first character). Anything else is no answer.
#[must_use]
pub fn read_address(text: &str) -> Option<Answer> {
    let mut pairs = parse_query(text.trim_start_matches(['#', '?']));
    let mut take = |name: &str| {
        let index = pairs.iter().position(|(key, _)| key == name)?;
        Some(pairs.swap_remove(index).1)
    };
    let state = take("state")?;
    if let Some(error) = take("error") {
        let description = take("error_description").unwrap_or_default();
        let error = ServerError {
            error,
            error_description: description,
            suberror: take("error_subcode").or_else(|| take("suberror")),
            ..ServerError::default()
        };
        return Some(Answer::Refused { error, state });
    }
    if take("admin_consent").is_some() {
        return Some(Answer::Consent { state });
    }
    let code = Secret::new(take("code").filter(|code| !code.is_empty())?);
    Some(Answer::Code { code, state, issuer: take("iss") })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let refused =
            "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+declined.&state=s3";
        let Some(Answer::Refused { error, .. }) = read_address(refused) else { panic!("no refusal") };
        assert_eq!(error.code(), Some(65004));
        assert_eq!(error.suberror.as_deref(), Some("cancel"));
    }

    #[test]
    fn other_addresses_are_no_answers() {
        for text in ["", "#/consent", "?o=123", "#state=s", "#code=abc", "#code=&state=s"] {
            assert!(read_address(text).is_none(), "{text}");
        }
    }
}
