//! What a refusal without words means. Graph answers 401 and 403 alike when the token lacks a permission, the person a role, the
//! object another owner, or a copy of the directory the news: what is known of the token and the person tells which.

use super::consent::holds;
use super::graph::{GraphError, GraphErrorKind};
use super::preflight::{Role, Roles};
use crate::problem::{Explain as _, Problem};

/// What something takes.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// The delegated permissions, all of them.
    pub scopes: &'static [&'static str],
    /// A directory role, where one is needed.
    pub role: Option<NeedsRole>,
}

/// A directory role that something takes.
#[derive(Clone, Copy, Debug)]
pub struct NeedsRole {
    /// Whether a role suffices.
    pub does: fn(Role) -> bool,
    /// The least of those that do, by its name in the portal.
    pub least: &'static str,
    /// Whether an owner of the object needs none.
    pub or_owner: bool,
}

/// Looking at registrations.
pub const LOOK: Needs = Needs { scopes: &["Application.Read.All"], role: None };
/// Making and changing registrations.
pub const CHANGE: Needs = Needs {
    scopes: &["Application.ReadWrite.All"],
    role: Some(NeedsRole {
        does: Role::manages_applications,
        least: "Cloud Application Administrator",
        or_owner: true,
    }),
};
/// Setting up and watching the connector (`rbac-synchronization-apis`: the role is needed for every call).
pub const CONNECT: Needs = Needs {
    scopes: &["Application.ReadWrite.All", "Synchronization.ReadWrite.All"],
    role: Some(NeedsRole {
        does: Role::manages_applications,
        least: "Cloud Application Administrator",
        or_owner: false,
    }),
};
/// Assigning people and groups to the connector.
pub const ASSIGN: Needs = Needs {
    scopes: &["AppRoleAssignment.ReadWrite.All"],
    role: Some(NeedsRole {
        does: Role::manages_applications,
        least: "Cloud Application Administrator",
        or_owner: false,
    }),
};
/// Reading what was consented to.
pub const STANDING: Needs =
    Needs { scopes: &["Application.Read.All", "DelegatedPermissionGrant.Read.All"], role: None };
/// Granting for the tenant and taking back.
pub const GRANT: Needs = Needs {
    scopes: &["DelegatedPermissionGrant.ReadWrite.All"],
    role: Some(NeedsRole {
        does: Role::consents_for_people,
        least: "Cloud Application Administrator",
        or_owner: false,
    }),
};

/// Whether Graph refused without saying why.
#[must_use]
pub fn is_wordless(error: &GraphError) -> bool {
    match &error.kind {
        GraphErrorKind::Refused { status: 403, code, .. } => {
            matches!(code.as_str(), "" | "Authorization_RequestDenied" | "Forbidden" | "accessDenied")
        }
        GraphErrorKind::Refused { status: 401, code, message, .. } => {
            code == "UnknownError" && message.is_empty()
        }
        _ => false,
    }
}

/// The failure with its most likely cause. `granted` is what the token is good for.
#[must_use]
pub fn work_out(error: &GraphError, needs: &Needs, granted: &[String], roles: &Roles) -> Problem {
    let told = error.explain();
    let because = |why: String, remedy: String| Problem { why, remedy, ..told.clone() };
    let lacking: Vec<&str> = needs.scopes.iter().copied().filter(|name| !holds(name, granted)).collect();
    if !lacking.is_empty() {
        return because(
            format!("The sign-in lacks a permission: {}.", lacking.join(", ")),
            "Press “Sign in with an administrator’s rights” and accept what is asked. If it was granted a moment ago, sign in \
             again: only a fresh token holds it."
                .to_owned(),
        );
    }
    let Some(NeedsRole { does, least, or_owner }) = needs.role else {
        return because(
            "The permission is there. The directory may not let this person read others’ objects, or a change does not show \
             everywhere yet."
                .to_owned(),
            "Try again in some minutes. If it stays, ask for the role Directory Readers, or have an administrator do this step."
                .to_owned(),
        );
    };
    let owner = if or_owner { ", or have yourself made an owner of the application" } else { "" };
    match (roles.suffice(does), roles.to_activate(does)) {
        (Some(true), _) => because(
            "Permission and role are there, so it is neither: a change does not show everywhere yet, or a rule of the tenant \
             protects this object."
                .to_owned(),
            "Try again in some minutes. If it stays, send the details below to an administrator of the tenant.".to_owned(),
        ),
        (Some(false), Some(role)) => because(
            format!("The permission is there, but your role {} is not active.", role.name()),
            format!("Activate {} in Privileged Identity Management, then sign in again.", role.name()),
        ),
        (Some(false), None) => because(
            "The permission is there, but no built-in directory role of yours was found that may do this.".to_owned(),
            format!("Ask for the role {least}{owner}, or have somebody with that role do this step."),
        ),
        (None, _) => because(
            format!(
                "The permission is there, so most likely the role is missing. Which roles you have could not be read. It takes \
                 {least}."
            ),
            format!("Check your roles in the Entra admin center. Ask for {least}{owner}, then sign in again."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: &str, message: &str) -> GraphError {
        GraphError {
            doing: "change the application".to_owned(),
            kind: GraphErrorKind::Refused {
                status,
                code: code.to_owned(),
                message: message.to_owned(),
                request_id: "r-1".to_owned(),
            },
        }
    }

    fn why(granted: &[&str], roles: &Roles) -> (String, String) {
        let granted: Vec<String> = granted.iter().map(|&name| name.to_owned()).collect();
        let error =
            refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
        let Problem { what, why, remedy, raw } = work_out(&error, &CHANGE, &granted, roles);
        assert_eq!((what.as_str(), raw.len()), ("Could not change the application.", 4));
        (why, remedy)
    }

    fn known(held: &[Role], eligible: &[Role]) -> Roles {
        Roles::Known { held: held.to_vec(), eligible: Some(eligible.to_vec()) }
    }

    #[test]
    fn the_cause_is_worked_out_from_token_and_roles() {
        let all = ["Application.ReadWrite.All"];
        let (cause, remedy) = why(&["User.Read"], &Roles::Unknown);
        assert_eq!(cause, "The sign-in lacks a permission: Application.ReadWrite.All.");
        assert!(remedy.starts_with("Press “Sign in with an administrator’s rights”"));

        let (cause, remedy) = why(&all, &known(&[Role::DirectoryReaders], &[]));
        assert_eq!(
            cause,
            "The permission is there, but no built-in directory role of yours was found that may do this."
        );
        assert_eq!(
            remedy,
            "Ask for the role Cloud Application Administrator, or have yourself made an owner of the application, or have \
             somebody with that role do this step."
        );

        let (cause, remedy) = why(&all, &known(&[], &[Role::ApplicationAdministrator]));
        assert_eq!(cause, "The permission is there, but your role Application Administrator is not active.");
        assert_eq!(
            remedy,
            "Activate Application Administrator in Privileged Identity Management, then sign in again."
        );

        let (cause, _) = why(&all, &known(&[Role::GlobalAdministrator], &[]));
        assert!(cause.starts_with("Permission and role are there"), "{cause}");
        // A role that may be there to activate is not missing.
        for unknown in [Roles::Unknown, Roles::Known { held: Vec::new(), eligible: None }] {
            let (cause, _) = why(&all, &unknown);
            assert!(
                cause.starts_with("The permission is there, so most likely the role is missing."),
                "{cause}"
            );
        }
    }

    #[test]
    fn a_higher_permission_holds_what_is_needed() {
        let granted =
            ["Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"].map(str::to_owned);
        for needs in [LOOK, CHANGE, STANDING, GRANT] {
            let problem = work_out(&refused(403, "", ""), &needs, &granted, &Roles::Unknown);
            assert!(problem.why.starts_with("The permission is there"), "{needs:?}: {}", problem.why);
        }
    }

    #[test]
    fn a_refusal_with_words_keeps_them() {
        for (status, code, message, wordless) in [
            (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", true),
            (403, "", "", true),
            (401, "UnknownError", "", true),
            (401, "InvalidAuthenticationToken", "Lifetime validation failed.", false),
            (401, "UnknownError", "Something to know", false),
            (403, "CredentialTypeNotAllowedAsPerAppPolicy", "x", false),
            (404, "", "", false),
        ] {
            assert_eq!(is_wordless(&refused(status, code, message)), wordless, "{status} {code} {message}");
        }
    }
}
