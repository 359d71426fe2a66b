//! What to press beside what is told of a sign-in.

use super::super::message::{Note, Way};
use crate::entra::clouds::Cloud;
use crate::entra::consent::{self, DIRECT_SYNC, SIGN_IN};
use crate::entra::sign_in::{Home, Session, SignInError, elsewhere};
use crate::problem::{Explain as _, Problem};
use crate::remedy::{self, Next};

/// What is told of a failure, and the ways on from it. `account` was to be used, where one was known.
pub(super) fn note(error: &SignInError, cloud: &Cloud, account: Option<String>) -> Note {
    Note { problem: error.explain(), ways: ways(error, cloud, account) }
}

fn ways(error: &SignInError, cloud: &Cloud, account: Option<String>) -> Vec<Way> {
    let claims = error.claims().map(|claims| claims.as_str().to_owned());
    let again = Way::Again { account, claims: claims.clone() };
    let next = match error {
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
    };
    match next {
        Next::Again => vec![again],
        Next::OtherAccount => vec![Way::OtherAccount],
        Next::OtherCloud => match error.server() {
            Some(error) => elsewhere(error, cloud)
                .into_iter()
                .map(|cloud| Way::Cloud { id: cloud.id, name: cloud.name })
                .collect(),
            None => Vec::new(),
        },
        // A policy that names what would satisfy it can be satisfied.
        Next::Consent if claims.is_some() => vec![again, Way::Consent],
        Next::Consent => vec![Way::Consent],
        Next::Correct if claims.is_some() => vec![again],
        Next::Correct => Vec::new(),
    }
}

/// What to know about a sign-in that succeeded: a scope that had to be left out, or an account that is a guest.
pub(super) fn remark(session: &Session) -> Option<Note> {
    if let Some(scope) = &session.dropped {
        return Some(Note { problem: left_out(scope), ways: Vec::new() });
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
    Some(Note { problem, ways: vec![Way::OtherAccount] })
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
    use crate::entra::sign_in::{Claims, ServerError};

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

    fn offered(error: &SignInError) -> Vec<Way> {
        note(error, &global(), Some("ada@contoso.example".to_owned())).ways
    }

    fn again(claims: Option<&str>) -> Way {
        Way::Again { account: Some("ada@contoso.example".to_owned()), claims: claims.map(str::to_owned) }
    }

    #[test]
    fn a_step_up_carries_what_the_service_wants() {
        let wanted = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
        assert_eq!(offered(&refused(50076, Some(wanted))), [again(Some(wanted))]);
        assert_eq!(offered(&refused(50076, Some("[]"))), [again(None)]);
        assert_eq!(offered(&refused(53003, Some(wanted))), [again(Some(wanted)), Way::Consent]);
        let challenged = SignInError::Challenged { claims: Claims::parse(wanted), request_id: String::new() };
        assert_eq!(offered(&challenged), [again(Some(wanted))]);
    }

    #[test]
    fn each_kind_of_failure_has_its_way() {
        assert_eq!(offered(&refused(53003, None)), [Way::Consent]);
        assert_eq!(offered(&refused(50020, None)), [Way::OtherAccount]);
        assert_eq!(offered(&refused(700_084, None)), [again(None)]);
        assert_eq!(offered(&SignInError::Ended(None)), [again(None)]);
        assert_eq!(offered(&refused(50011, None)), []);
        assert_eq!(offered(&refused(50196, None)), []);
        let cloud = |id: &str, name: &str| Way::Cloud { id: id.to_owned(), name: name.to_owned() };
        assert_eq!(
            offered(&refused(90002, None)),
            [
                cloud("us-gov", "US Government (L4, GCC High)"),
                cloud("us-dod", "US Government (L5, DoD)"),
                cloud("china", "China (21Vianet)"),
            ]
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
