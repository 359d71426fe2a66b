//! What the application of `connect` lacks, where Graph refuses it.

use engine::entra::connector::jobs;
use engine::entra::connector::rights::{ANY, Doing, Lack, OWNED, Rights, rights};
use engine::entra::graph::{Graph, GraphError};
use engine::entra::ids::ObjectId;
use engine::env::Env;
use engine::problem::{Explain as _, Problem};

/// What is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refused<'r> {
    /// The connector, where there is one.
    pub(super) id: Option<&'r ObjectId>,
    /// Its name.
    pub(super) name: &'r str,
    /// Whether who may sign in is to be changed.
    pub(super) sign_in: bool,
    /// Whether people and groups are to be assigned.
    pub(super) assigns: bool,
}

/// Asks once whether a connector that was there before can be worked with. Who lacks a right is answered like who comes too early, and would
/// be waited for until the time is up.
pub(super) async fn look(graph: &Graph<'_, impl Env>, refused: Refused<'_>) -> Result<(), Problem> {
    let Some(id) = refused.id else { return Ok(()) };
    let Err(error) = jobs(graph, id).await else { return Ok(()) };
    if !is_refusal(&error) {
        return Ok(());
    }
    let rights = rights(graph, Some(id)).await;
    if rights.lacks(Doing::Work).is_empty() { Ok(()) } else { Err(told(&error, &rights, refused)) }
}

/// The failure, with exactly what lacks.
pub(super) async fn why(graph: &Graph<'_, impl Env>, error: &GraphError, refused: Refused<'_>) -> Problem {
    if !is_refusal(error) {
        return error.explain();
    }
    told(error, &rights(graph, refused.id).await, refused)
}

pub(super) const fn is_refusal(error: &GraphError) -> bool {
    matches!(error.status(), Some(401 | 403))
}

fn told(error: &GraphError, rights: &Rights, refused: Refused<'_>) -> Problem {
    let told = error.explain();
    let Refused { id, name, sign_in, assigns } = refused;
    let provisioning = if id.is_some() { Doing::Work } else { Doing::Make };
    let mut asked = vec![provisioning];
    // The provisioning service alone refuses with 401.
    if error.status() == Some(403) {
        asked.extend(sign_in.then_some(Doing::SignIn));
        asked.extend(assigns.then_some(Doing::Assign));
        asked.push(Doing::Read);
    }
    let mut lacks: Vec<Lack> = Vec::new();
    for lack in asked.iter().flat_map(|&doing| rights.lacks(doing)) {
        if !lacks.contains(&lack) {
            lacks.push(lack);
        }
    }
    if lacks.is_empty() {
        let (why, remedy) = nothing_lacks(rights, name);
        return Problem { why, remedy, ..told };
    }
    let owning = lacks.iter().any(|lack| matches!(lack, Lack::Registration | Lack::Principal));
    let permissions = lacks.iter().any(|lack| matches!(lack, Lack::Permission(_)));
    let words: Vec<String> = lacks.iter().map(|lack| lack.words(name)).collect();
    let mut why = format!("The application of AZURE_CLIENT_ID lacks {}.", words.join(", "));
    // Who may sign in is no matter of the provisioning service.
    let other = owning && !rights.lacks(provisioning).is_empty();
    if other {
        why.push_str(&format!(" {ANY} would do in place of ownership."));
    }
    let unread = rights.registration.is_none() || rights.principal.is_none();
    if id.is_some() && unread && lacks.contains(&Lack::Permission(OWNED)) {
        why.push_str(&format!(
            " It has to own the application registration and the service principal “{name}” too, and whether it does could not be read."
        ));
    }
    let mut remedy = Vec::new();
    if owning {
        remedy.push(format!(
            "Have the application made an owner of {}{}.",
            if lacks.contains(&Lack::Registration) && lacks.contains(&Lack::Principal) {
                "both"
            } else {
                "it"
            },
            if other { format!(", or have {ANY} granted to it with admin consent") } else { String::new() }
        ));
    }
    if owning && !other {
        remedy.push(
            "Or leave who may sign in as it is: connector.assignmentRequired of the setup says it."
                .to_owned(),
        );
    }
    if permissions {
        remedy.push("Have the permissions granted to it with admin consent.".to_owned());
    }
    remedy.push(
        "What was changed a moment ago takes some minutes to show. Or have the connector set up in the page."
            .to_owned(),
    );
    Problem { why, remedy: remedy.join(" "), ..told }
}

/// What to say where the token and the owners tell of nothing that lacks.
fn nothing_lacks(rights: &Rights, name: &str) -> (String, String) {
    if rights.is_whole() {
        return (
            "The application of AZURE_CLIENT_ID holds the permissions that this takes, and owns what it has to own, so it is neither. What was \
             granted a moment ago does not show everywhere yet, or a rule of the tenant protects this object."
                .to_owned(),
            format!(
                "Try again in some minutes. If it stays, have {ANY} granted to it with admin consent: an owner was refused before. Or have the \
                 connector set up in the page."
            ),
        );
    }
    // Graph answers an application without rights with 401 and no word: this is what it takes (`rbac-synchronization-apis`; owning the
    // registration alone is not enough).
    (
        format!(
            "Which right the application of AZURE_CLIENT_ID lacks could not be read. It needs Application.ReadWrite.OwnedBy and to be an owner \
             of both the connector's application registration and its service principal, or else {ANY}; for assigning \
             AppRoleAssignment.ReadWrite.All, and for reading whom it assigns User.Read.All and GroupMember.Read.All."
        ),
        format!(
            "Have these permissions granted to it with admin consent. If “{name}” was made by somebody else, have the application made an \
             owner of both, or have the connector set up in the page."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::entra::graph::GraphErrorKind;
    use engine::entra::ids::Guid;

    fn said(status: u16, there: bool, sign_in: bool, rights: &Rights) -> (String, String) {
        let kind = GraphErrorKind::Refused {
            status,
            code: "UnknownError".to_owned(),
            message: String::new(),
            request_id: "r-1".to_owned(),
        };
        let error = GraphError { doing: "read the jobs".to_owned(), kind };
        let id = ObjectId(Guid::parse("00000000-0000-0000-0000-00000000000a").unwrap());
        let refused = Refused { id: there.then_some(&id), name: "c-provisioning", sign_in, assigns: true };
        let Problem { what, why, remedy, raw } = told(&error, rights, refused);
        assert_eq!((what.as_str(), raw.len()), ("Could not read the jobs.", 3));
        (why, remedy)
    }

    fn rights(roles: &[&str], registration: bool, principal: bool) -> Rights {
        let roles = roles.iter().map(|&name| name.to_owned()).collect();
        Rights { roles: Some(roles), registration: Some(registration), principal: Some(principal) }
    }

    const READS: [&str; 2] = ["User.Read.All", "GroupMember.Read.All"];

    #[test]
    fn what_lacks_is_named_and_nothing_else() {
        let (why, remedy) = said(401, true, true, &rights(&[OWNED], false, false));
        assert_eq!(
            why,
            "The application of AZURE_CLIENT_ID lacks ownership of the application registration “c-provisioning”, ownership of the \
             service principal “c-provisioning”. Synchronization.ReadWrite.All would do in place of ownership."
        );
        assert_eq!(
            remedy,
            "Have the application made an owner of both, or have Synchronization.ReadWrite.All granted to it with admin consent. What was \
             changed a moment ago takes some minutes to show. Or have the connector set up in the page."
        );
        let (why, remedy) = said(401, true, false, &rights(&[OWNED], false, true));
        assert!(why.contains("lacks ownership of the application registration “c-provisioning”. "), "{why}");
        assert!(remedy.starts_with("Have the application made an owner of it, or have"), "{remedy}");
    }

    #[test]
    fn permissions_are_named_by_what_was_refused() {
        let none = Rights { registration: None, principal: None, ..rights(&READS, false, false) };
        let (why, _) = said(403, false, false, &none);
        assert_eq!(
            why,
            "The application of AZURE_CLIENT_ID lacks the permission Application.ReadWrite.OwnedBy, the permission \
             AppRoleAssignment.ReadWrite.All."
        );
        let (why, _) = said(401, true, false, &none);
        assert_eq!(
            why,
            "The application of AZURE_CLIENT_ID lacks the permission Application.ReadWrite.OwnedBy. It has to own the application \
             registration and the service principal “c-provisioning” too, and whether it does could not be read."
        );
        let whole = rights(&[OWNED, READS[0], READS[1]], true, true);
        let (why, remedy) = said(403, true, true, &whole);
        assert_eq!(
            why,
            "The application of AZURE_CLIENT_ID lacks the permission AppRoleAssignment.ReadWrite.All."
        );
        assert!(remedy.starts_with("Have the permissions granted to it with admin consent."), "{remedy}");
        // Who may sign in cannot be said with the permission for provisioning alone.
        let roles = [ANY, OWNED, READS[0], READS[1], "AppRoleAssignment.ReadWrite.All"];
        let (why, remedy) = said(403, true, true, &rights(&roles, false, false));
        assert_eq!(
            why,
            "The application of AZURE_CLIENT_ID lacks ownership of the service principal “c-provisioning”."
        );
        assert!(
            remedy.starts_with("Have the application made an owner of it. Or leave who may sign in as it is"),
            "{remedy}"
        );
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let (why, _) = said(401, true, true, &rights(&[OWNED], true, true));
        assert!(why.contains("so it is neither"), "{why}");
        let (why, _) = said(401, true, true, &Rights::default());
        assert!(
            why.starts_with("Which right the application of AZURE_CLIENT_ID lacks could not be read."),
            "{why}"
        );
    }
}
