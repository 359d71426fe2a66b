//! What statuses and codes of Microsoft Graph mean (Graph's pages on errors and on throttling).

use super::{Remedy, remedy};

/// The remedy for an error of Graph, by status and code.
#[must_use]
pub fn graph(status: u16, code: &str) -> Remedy {
    match (status, code) {
        // An app management policy; with which status it comes is not established.
        (_, "SignInAudienceNotAllowedAsPerAppPolicy") => remedy(
            "A policy of the tenant does not allow applications for these accounts.",
            "Ask who manages the tenant's app management policies for an exemption for this one application. It takes accounts of \
             this organisation only, the narrowest there is; one that is there already and takes others can be narrowed under \
             Authentication, Supported account types.",
        ),
        (401, _) => remedy(
            "Microsoft Graph does not accept the sign-in any more.",
            "Sign in again. Nothing that was done is lost.",
        ),
        (403, "Authorization_RequestDenied") | (403, _) => remedy(
            "The signed-in person or the application may not do this.",
            "At \"Permissions and consent\", check that each permission is granted. If all are, the person lacks a \
             directory role such as Directory Readers.",
        ),
        (404, _) => remedy(
            "The directory has no such object, or not yet: changes take some minutes to show everywhere.",
            "If it was deleted, take it out of the selection; else try again in some minutes.",
        ),
        (429, _) => remedy("Microsoft Graph asks to slow down.", "Wait some minutes, then try again."),
        (500..=599, _) => {
            remedy("Microsoft Graph is failing at the moment.", "Wait some minutes, then try again.")
        }
        _ => remedy(
            "Microsoft Graph refused the request.",
            "Send the details below to support, with the request id.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_on_audiences_has_words_of_its_own() {
        for status in [400, 403] {
            let told = graph(status, "SignInAudienceNotAllowedAsPerAppPolicy");
            assert_eq!(told.why, "A policy of the tenant does not allow applications for these accounts.");
            assert_ne!(told, graph(status, ""));
        }
    }
}
