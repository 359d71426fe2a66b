//! Signing in as the application of the environment. The engine's words for a sign-in that fails are those of the page, with its buttons.

use engine::entra::sign_in::{ServerError, SignInError};
use engine::entra::tokens::Tokens;
use engine::env::Env;
use engine::problem::{Explain as _, Problem};

/// Whose cure is told by what Microsoft says of the secret: it is wrong, or has expired.
const SECRET: [u32; 2] = [7_000_215, 7_000_222];

/// Fetches the first token, so that a failure of it is not told as one of whatever is read first.
///
/// # Errors
/// A [`Problem`] when there is none.
pub(super) async fn sign_in(env: &impl Env, tokens: &Tokens) -> Result<(), Problem> {
    tokens.access(env).await.map(drop).map_err(|error| failed(&error))
}

fn failed(error: &SignInError) -> Problem {
    let told = error.explain();
    let secret = error.server().is_some_and(|it: &ServerError| it.codes().any(|code| SECRET.contains(&code)));
    let (why, remedy) = match error {
        SignInError::Send(_) => (
            "The sign-in service did not answer.".to_owned(),
            "Check the network, and HTTPS_PROXY where nothing gets out otherwise; then try again.".to_owned(),
        ),
        // It says itself when to come again.
        SignInError::Busy { .. } => (told.why, told.remedy),
        _ if secret => (format!("{} {}", told.what, told.why), told.remedy),
        _ => (
            if error.server().is_some() { format!("{} {}", told.what, told.why) } else { told.why },
            "Check AZURE_TENANT_ID or the setup’s tenant, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, and the setup’s cloud; then try again."
                .to_owned(),
        ),
    };
    Problem {
        what: "Could not sign in as the application of AZURE_CLIENT_ID.".to_owned(),
        why,
        remedy,
        raw: told.raw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::http::{SendError, SendErrorKind};

    fn refused(code: u32) -> SignInError {
        let error_description = format!("AADSTS{code}: words");
        let error =
            ServerError { error: "invalid_client".to_owned(), error_description, ..ServerError::default() };
        SignInError::Refused(Box::new(error))
    }

    #[test]
    fn no_button_of_the_page_is_named() {
        let send = SignInError::Send(SendError::new(SendErrorKind::Unreachable, "refused"));
        for (error, why, remedy) in [
            (send, "The sign-in service did not answer.", "Check the network"),
            (
                refused(90_002),
                "The tenant was not found.",
                "Check AZURE_TENANT_ID or the setup’s tenant, AZURE_CLIENT_ID",
            ),
            (refused(700_016), "This tenant does not know the application.", "Check AZURE_TENANT_ID"),
            (refused(7_000_222), "The client secret has expired.", "Make a new client secret"),
            (SignInError::Malformed, "The sign-in service answered", "Check AZURE_TENANT_ID"),
        ] {
            let problem = failed(&error);
            let text = problem.text();
            assert_eq!(problem.what, "Could not sign in as the application of AZURE_CLIENT_ID.");
            assert!(problem.why.starts_with(why) && problem.remedy.starts_with(remedy), "{text}");
            for words in ["“", "redirect URI", "this browser"] {
                assert!(!text.contains(words), "{words}: {text}");
            }
        }
    }
}
