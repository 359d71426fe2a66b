//! What to press beside what is told of a sign-in.

use super::super::message::Note;
use crate::entra::clouds::Cloud;
use crate::entra::consent::{self, DIRECT_SYNC, SIGN_IN};
use crate::entra::sign_in::{Home, Session, SignInError, elsewhere};
use crate::problem::{Explain as _, Problem};
use crate::remedy::{self, Next};

const AGAIN: &str = "Sign in again";
const OTHER_ACCOUNT: &str = "Use another account";

/// What is told of a failure, and the way on from it. `account` was to be used, where one was known.
pub(super) fn note(error: &SignInError, cloud: &Cloud, account: Option<String>) -> Note {
    let mut note = Note::from(error.explain());
    match next(error) {
        Next::Again => (note.button, note.account) = (AGAIN.to_owned(), account),
        // What names its price can be paid.
        Next::Consent | Next::Correct if error.claims().is_some() => {
            (note.button, note.account) = (AGAIN.to_owned(), account);
        }
        // The words say where to go.
        Next::Consent | Next::Correct => {}
        Next::OtherAccount => OTHER_ACCOUNT.clone_into(&mut note.button),
        Next::OtherCloud => {
            note.problem.remedy.push_str(&named(&others(error, cloud)));
        }
    }
    note
}

/// The clouds to try, where the failure is a matter of clouds.
pub(super) fn others(error: &SignInError, cloud: &Cloud) -> Vec<Cloud> {
    error.server().map(|error| elsewhere(error, cloud)).unwrap_or_default()
}

/// The clouds to try, by their names.
fn named(clouds: &[Cloud]) -> String {
    match clouds {
        [] => String::new(),
        [cloud] => format!(" It is probably the cloud {}.", cloud.name),
        [first, rest @ ..] => {
            let mut text = format!(" Clouds to try: {}", first.name);
            for cloud in rest {
                text.push_str("; ");
                text.push_str(&cloud.name);
            }
            text.push('.');
            text
        }
    }
}

fn next(error: &SignInError) -> Next {
    match error {
        SignInError::Refused(error) | SignInError::Ended(Some(error)) => remedy::sign_in(error).next,
        SignInError::Ended(None)
        | SignInError::Challenged { .. }
        | SignInError::Late
        | SignInError::Send(_)
        | SignInError::Busy { .. }
        | SignInError::Malformed
        | SignInError::NoIdToken => Next::Again,
        SignInError::OtherTenant(_) => Next::OtherAccount,
        SignInError::Foreign
        | SignInError::OtherCloud
        | SignInError::NoTransaction
        | SignInError::IdToken(_)
        | SignInError::Address(_) => Next::Correct,
    }
}

/// What to know about a sign-in that succeeded: a scope that had to be left out, or an account that is a guest.
pub(super) fn remark(session: &Session) -> Option<Note> {
    if let Some(scope) = &session.dropped {
        return Some(left_out(scope).into());
    }
    let home = session.guest?;
    let (from, what) = match home {
        Home::Organisation => ("another organisation", "You are signed in as a guest of the tenant."),
        Home::Personal => {
            ("a personal account", "You are signed in with a personal account, as a guest of the tenant.")
        }
    };
    let problem = Problem::new(
        what,
        format!(
            "The account comes from {from}. Unless the tenant allows more, guests see little of its directory, so people \
             and groups may be missing, and consent may be refused."
        ),
        "If that happens, press “Use another account” and choose one of this tenant.",
    );
    Some(Note { problem, button: OTHER_ACCOUNT.to_owned(), account: None })
}

/// What it means that the service does not know a scope.
fn left_out(name: &str) -> Problem {
    let needed = SIGN_IN.iter().chain(DIRECT_SYNC).find(|scope| scope.name.eq_ignore_ascii_case(name));
    let what = format!("You are signed in, but without the permission {name}.");
    match needed {
        Some(scope) => Problem::new(
            what,
            format!(
                "This cloud's Microsoft Graph does not know it, so it was left out. The page needs it: {}",
                consent::purpose(scope.name)
            ),
            "Check that the cloud at “Register the application” is the right one. Without this permission the direct sync \
             cannot be done here.",
        ),
        None => Problem::new(
            what,
            "This cloud's Microsoft Graph does not know it, so it was left out. What it is for will not work here; the \
             rest will.",
            "Go on. If you know that your tenant has it, check the cloud at “Register the application”.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::clouds;
    use crate::entra::sign_in::ServerError;

    fn global() -> Cloud {
        clouds::built_in().remove(0)
    }

    fn refused(code: u32, claims: Option<&str>) -> SignInError {
        SignInError::Refused(Box::new(ServerError {
            error: "invalid_grant".to_owned(),
            error_codes: vec![code],
            claims: claims.map(str::to_owned),
            ..ServerError::default()
        }))
    }

    fn offered(error: &SignInError) -> (String, Option<String>) {
        let note = note(error, &global(), Some("ada@contoso.example".to_owned()));
        (note.button, note.account)
    }

    fn again() -> (String, Option<String>) {
        ("Sign in again".to_owned(), Some("ada@contoso.example".to_owned()))
    }

    #[test]
    fn each_kind_of_failure_has_its_way() {
        let wanted = Some(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#);
        for error in [
            refused(50076, wanted),
            refused(50076, Some("[]")),
            refused(53003, wanted),
            refused(700_084, None),
            SignInError::Ended(None),
            SignInError::Challenged { claims: None, request_id: String::new() },
            SignInError::Late,
        ] {
            assert_eq!(offered(&error), again(), "{error:?}");
        }
        for error in [refused(53003, None), refused(50011, None), refused(50196, None), refused(90002, None)]
        {
            assert_eq!(offered(&error), (String::new(), None), "{error:?}");
        }
        assert_eq!(offered(&refused(50020, None)), ("Use another account".to_owned(), None));
    }

    #[test]
    fn other_clouds_are_named() {
        let told = note(&refused(90002, None), &global(), None).problem;
        assert!(
            told.remedy.ends_with(
                " Clouds to try: US Government (L4, GCC High); US Government (L5, DoD); China (21Vianet)."
            ),
            "{}",
            told.remedy
        );
    }

    #[test]
    fn what_was_left_out_is_told_with_what_it_is_for() {
        let needed = left_out("groupmember.read.all");
        assert_eq!(needed.what, "You are signed in, but without the permission groupmember.read.all.");
        assert_eq!(
            needed.why,
            "This cloud's Microsoft Graph does not know it, so it was left out. The page needs it: Read groups and who \
             belongs to them."
        );
        let other = left_out("ProvisioningLog.Read.All");
        assert!(other.why.ends_with("What it is for will not work here; the rest will."), "{}", other.why);
    }
}
