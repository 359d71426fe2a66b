//! What to make of an error of the sign-in service: by its AADSTS number where there is a row for it, else by the error's
//! name.

use super::aadsts;
use crate::entra::sign_in::ServerError;

/// What a person can do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Sign in again, as the same person.
    Again,
    /// Sign in with another account.
    OtherAccount,
    /// Sign in to another cloud.
    OtherCloud,
    /// Have an administrator consent, at the step of the permissions.
    Consent,
    /// Correct something first; there is nothing to press here.
    Correct,
}

/// What happened, what it means and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// What happened.
    pub what: &'static str,
    /// What it means.
    pub why: &'static str,
    /// What to do.
    pub todo: &'static str,
    /// What to offer.
    pub next: Next,
}

/// What every failure is that has no words of its own.
pub(crate) const FAILED: &str = "The sign-in did not succeed.";

/// What to tell of an error of the sign-in service. Where it brings several numbers, the first one with a row counts.
#[must_use]
pub fn sign_in(error: &ServerError) -> SignIn {
    if let Some(row) = error.codes().find_map(aadsts::find) {
        return SignIn { what: row.what, why: row.why, todo: row.todo, next: row.next };
    }
    let (why, todo, next) = match error.error.as_str() {
        "access_denied" => (
            "The request was declined.",
            "Press “Sign in again” and accept, or ask an administrator.",
            Next::Again,
        ),
        "temporarily_unavailable" | "server_error" => (
            "The sign-in service is busy or failing at the moment.",
            "Wait a minute, then sign in again.",
            Next::Again,
        ),
        _ if error.needs_person() => (
            "Microsoft wants the person to sign in again.",
            "Press “Sign in again” and answer what Microsoft asks.",
            Next::Again,
        ),
        "invalid_grant" => (
            "Microsoft does not accept the code or the session any more.",
            "Press “Sign in again”. Nothing that was done is lost.",
            Next::Again,
        ),
        _ => (
            "The sign-in service refused, with a code that this page does not know.",
            "Look the code up at https://login.microsoftonline.com/error, or send the details below to support.",
            Next::Correct,
        ),
    };
    SignIn { what: FAILED, why, todo, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(name: &str, words: &str) -> ServerError {
        ServerError { error: name.to_owned(), error_description: words.to_owned(), ..ServerError::default() }
    }

    #[test]
    fn a_code_is_found_in_the_words_too() {
        let told =
            sign_in(&error("invalid_client", "AADSTS9002326: Cross-origin token redemption is permitted…"));
        assert_eq!(told.what, "The redirect URI is registered for another platform.");
    }

    #[test]
    fn the_first_number_that_is_known_counts() {
        let mut error = error("invalid_grant", "AADSTS70000: several.");
        error.error_codes = vec![4_000_000_000, 50076, 70000];
        assert_eq!(sign_in(&error).next, Next::Again);
        assert_eq!(sign_in(&error).what, "Microsoft wants more proof of who you are.");
    }

    #[test]
    fn without_a_number_the_name_of_the_error_decides() {
        for (name, next, why) in [
            ("access_denied", Next::Again, "The request was declined."),
            ("login_required", Next::Again, "Microsoft wants the person to sign in again."),
            ("invalid_grant", Next::Again, "Microsoft does not accept the code or the session any more."),
            ("server_error", Next::Again, "The sign-in service is busy or failing at the moment."),
            (
                "invalid_request",
                Next::Correct,
                "The sign-in service refused, with a code that this page does not know.",
            ),
        ] {
            let told = sign_in(&error(name, "no number"));
            assert_eq!((told.what, told.why, told.next), (FAILED, why, next), "{name}");
        }
    }
}
