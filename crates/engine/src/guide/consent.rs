//! What the application may do: needed, granted, missing; who may grant it; and how to ask, grant and take back.

use super::{Page, Signed, button, buttons, refused};
use crate::entra::consent::{MANAGE, PREFLIGHT, Scope, Standing, compare, holds, needed, purpose};
use crate::entra::preflight::{Licence, Role, Roles};
use crate::problem::Problem;
use crate::setup::{Step, Way};
use crate::sheet::{Block, Cell, Sheet, Span, Tone};
use crate::worker::action::{Action, Rights};

/// What was found out about consent in this visit.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What is under way, in words.
    pub working: Option<String>,
    /// What failed.
    pub problem: Option<Problem>,
    /// What the directory has on record, where it could be read.
    pub standing: Option<Standing>,
    /// What came of the last change, in a few words and a sentence.
    pub outcome: Option<(Tone, String, String)>,
    /// What the person may do, and what the tenant has.
    pub preflight: Option<(Roles, Licence)>,
    /// The link for a colleague.
    pub link: Option<String>,
}

/// The sheet of the step.
#[must_use]
pub fn sheet(page: &Page, signed: &Signed, known: &Known, refused: &refused::Known) -> Sheet {
    let scopes = needed(page.setup.way);
    let mut blocks = vec![table(scopes, signed, known.standing.as_ref())];
    blocks.extend(beside(scopes, signed));
    if page.setup.way == Some(Way::Connector) {
        blocks.extend(super::connector::scope::assigning(signed, Step::Consent));
    }
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if let Some(words) = &known.working {
        blocks.push(Block::Working(words.clone()));
        blocks.push(buttons(vec![button("Stop waiting", false, &Action::Stop)]));
        return Sheet(blocks);
    }
    if let Some((tone, title, text)) = &known.outcome {
        blocks.push(Block::note(*tone, title, text));
    }
    if signed.account.is_some() {
        blocks.push(able(page, signed, known));
    }
    blocks.push(colleague(page, known));
    blocks.push(refused::part(refused));
    if let Some(standing) = &known.standing {
        blocks.extend(take_back(standing, page.setup.way));
    }
    Sheet(blocks)
}

fn table(scopes: &[Scope], signed: &Signed, standing: Option<&Standing>) -> Block {
    let rows = compare(scopes, &signed.scopes).into_iter().map(|grant| {
        let scope = grant.scope;
        let who = if scope.admin { "an administrator grants it" } else { "everyone may grant it" };
        let state = match (signed.account.is_some(), grant.granted) {
            (false, _) => Cell::state(Tone::Plain, "not known yet"),
            (true, true) => Cell::state(Tone::Good, "granted"),
            (true, false) => Cell::state(Tone::Warn, "missing"),
        };
        let state = match standing.map(|standing| on_record(standing, scope.name)) {
            Some(words) => state.below(words),
            None => state,
        };
        vec![Cell::code(scope.name).below(who), Cell::words(purpose(scope.name)), state]
    });
    Block::Table {
        title: "Delegated permissions of Microsoft Graph".to_owned(),
        head: ["Permission", "What for", "State"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// What the page may do by now beside what the way needs.
fn beside(scopes: &[Scope], signed: &Signed) -> Option<Block> {
    let has = |scope: &&Scope| signed.scopes.iter().any(|it| it.eq_ignore_ascii_case(scope.name));
    let new = |scope: &&Scope| !scopes.iter().any(|it| it.name == scope.name);
    let more = MANAGE.iter().chain(PREFLIGHT).filter(has).filter(new);
    let more: Vec<Span> =
        more.flat_map(|scope| [Span::Plain(" ".to_owned()), Span::Code(scope.name.to_owned())]).collect();
    if more.is_empty() {
        return None;
    }
    let mut spans = vec![Span::Plain("Beside these this sign-in holds:".to_owned())];
    spans.extend(more);
    Some(Block::Text(spans))
}

/// What the directory has on record for a scope, whatever the token says.
fn on_record(standing: &Standing, name: &str) -> &'static str {
    let personal = || standing.delegated.iter().any(|grant| grant.person.is_some() && grant.lists(name));
    if standing.has_scope(name) {
        "for the whole tenant"
    } else if personal() {
        "for single people only"
    } else {
        "not on record"
    }
}

/// What the person who is signed in can do about it.
fn able(page: &Page, signed: &Signed, known: &Known) -> Block {
    let mut blocks = Vec::new();
    let has = |name| holds(name, &signed.scopes);
    if let Some((roles, licence)) = &known.preflight {
        blocks.push(may(page.setup.way, roles, *licence));
        // Reading both takes permissions of its own, which nothing else needs.
        if let (false, Some(account)) = (PREFLIGHT.iter().all(|scope| has(scope.name)), &signed.account) {
            let account = account.username.clone();
            let read = Action::SignIn { rights: Rights::Preflight, step: Step::Consent, account };
            blocks.push(buttons(vec![button("Sign in so that both can be read", false, &read)]));
        }
    }
    let manages = has("DelegatedPermissionGrant.ReadWrite.All");
    let mut list = Vec::new();
    if manages {
        let on_record = |name| known.standing.as_ref().is_some_and(|standing| standing.has_scope(name));
        let missing: Vec<String> = needed(page.setup.way)
            .iter()
            .filter(|scope| !on_record(scope.name))
            .map(|scope| scope.name.to_owned())
            .collect();
        list.push(button("Read what is on record", false, &Action::Standing));
        if !missing.is_empty() {
            list.push(button("Grant for the whole tenant", false, &Action::Grant(missing)));
        }
    } else if let Some(account) = &signed.account {
        let account = account.username.clone();
        list.push(button(
            "Sign in with an administrator’s rights",
            false,
            &Action::SignIn { rights: Rights::Manage, step: Step::Consent, account },
        ));
    }
    list.push(button("Check my roles and the licence", false, &Action::Preflight));
    blocks.push(buttons(list));
    Block::Fold {
        id: "able".to_owned(),
        summary: "What you can do about it yourself".to_owned(),
        open: known.preflight.is_some() || known.standing.is_some() || known.outcome.is_some(),
        blocks,
    }
}

/// Roles and licence, and what they suffice for.
fn may(way: Option<Way>, roles: &Roles, licence: Licence) -> Block {
    let row = |what: &str, yes: Option<bool>, activate: Option<Role>, lacking: &str| {
        let state = match (yes, activate) {
            (None, _) => Cell::state(Tone::Plain, "unknown")
                .below(match roles {
                    Roles::Unknown => "reading it needs RoleManagement.Read.Directory; without it, just try",
                    Roles::Known { .. } => {
                        "no built-in role shows; which ones may be activated needs RoleManagement.Read.Directory. Without it, just try"
                    }
                }),
            (Some(true), _) => Cell::state(Tone::Good, "yes"),
            (Some(false), Some(role)) => Cell::state(Tone::Warn, "after activating a role").below(format!(
                "activate {} in Privileged Identity Management, then sign in again",
                role.name()
            )),
            // Custom roles, and roles over this application alone, are not among those that are read.
            (Some(false), None) => Cell::state(Tone::Warn, "no built-in role found").below(format!(
                "a custom role, one for this application alone, or a group that you may join in Privileged Identity Management may do \
                 as well; else {lacking}"
            )),
        };
        vec![Cell::words(what), state]
    };
    let licence = match licence {
        Licence::Unknown => {
            Cell::state(Tone::Plain, "unknown").below("reading it needs Organization.Read.All")
        }
        Licence::P1 => Cell::state(Tone::Good, "Entra ID P1"),
        Licence::P2 => Cell::state(Tone::Good, "Entra ID P2"),
        Licence::Free if way == Some(Way::Connector) => Cell::state(Tone::Warn, "neither P1 nor P2")
            .below("Entra’s provisioning then takes people only: assigning groups needs P1"),
        Licence::Free => Cell::state(Tone::Plain, "neither P1 nor P2")
            .below("direct sync does not need a licence of Entra"),
    };
    let ask = "a Cloud Application Administrator may: send the link below";
    // Graph's table of roles for the synchronization calls (`rbac-synchronization-apis`).
    let provisioning = (way == Some(Way::Connector)).then(|| {
        row(
            "Set up and watch Entra’s provisioning",
            roles.suffice(Role::manages_applications),
            roles.to_activate(Role::manages_applications),
            "an Application Administrator or a Cloud Application Administrator may",
        )
    });
    Block::Table {
        title: "You and this tenant".to_owned(),
        head: vec!["What".to_owned(), "State".to_owned()],
        rows: [
            Some(row(
                "Consent for the tenant",
                roles.suffice(Role::consents_for_people),
                roles.to_activate(Role::consents_for_people),
                ask,
            )),
            Some(row(
                "Change registrations",
                roles.suffice(Role::manages_applications),
                roles.to_activate(Role::manages_applications),
                "only those that you own",
            )),
            Some(row(
                "Grant permissions that an application holds by itself",
                roles.suffice(Role::grants_application_permissions),
                roles.to_activate(Role::grants_application_permissions),
                "a Privileged Role Administrator may",
            )),
            provisioning,
            Some(vec![Cell::words("Licence of the tenant"), licence]),
            Some(vec![
                Cell::words("Plan of Databricks"),
                Cell::state(Tone::Plain, "Premium is needed")
                    .below("for users and groups over SCIM; the workspace’s pricing tier stands in the Azure portal, Overview"),
            ]),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

const LOCAL: &str = "This page runs on your own computer, so your colleague ends on an address that does not answer there. That is no \
                     failure: the consent is given before.";

fn colleague(page: &Page, known: &Known) -> Block {
    let mut blocks = Vec::new();
    match &known.link {
        Some(link) => {
            blocks.push(Block::text(
                "Send this link to a Cloud Application Administrator. When they have accepted, press Check again.",
            ));
            blocks.push(Block::Value("consent link".to_owned(), link.clone()));
            if page.base.starts_with("http://localhost") || page.base.starts_with("http://127.0.0.1") {
                blocks.push(Block::text(LOCAL));
            }
        }
        None => blocks.push(Block::text("The link is there once the application is registered.")),
    }
    Block::Fold {
        id: "colleague".to_owned(),
        summary: "Somebody else has to consent".to_owned(),
        open: false,
        blocks,
    }
}

/// At the end of the work consent can go.
fn take_back(standing: &Standing, way: Option<Way>) -> Option<Block> {
    let mut names: Vec<&str> =
        standing.delegated.iter().flat_map(|grant| &grant.scopes).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let people = standing.delegated.iter().filter(|grant| grant.person.is_some()).count();
    let personal = match people {
        0 => String::new(),
        1 => " One of these consents is a person’s own, and goes too.".to_owned(),
        many => format!(" {many} of these consents are people’s own, and go too."),
    };
    let taken = Action::TakeBack(standing.delegated.clone());
    let stops = match way {
        Some(Way::Connector) => {
            "Provisioning goes on: Entra does it with the token that it keeps. What stops is this page: its board, the log, provisioning on \
             demand, a restart, a new token and assigning from here, until somebody consents again."
        }
        Some(Way::Direct) | None => {
            "Taken back, nobody can read people and groups through this application, this page cannot plan again, and unattended runs \
             with a person’s token stop."
        }
    };
    (!names.is_empty()).then(|| Block::Fold {
        id: "take-back".to_owned(),
        summary: "Take the consent back".to_owned(),
        open: false,
        blocks: vec![
            Block::text(format!(
                "When the work is done the consent need not stay. {stops} What is in Databricks stays as it is. Tokens that are out \
                 already work for up to an hour."
            )),
            Block::text(format!("On record, for the tenant or for single people: {}.{personal}", names.join(", "))),
            buttons(vec![button("Take all consent back", false, &taken)]),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::consent::DelegatedGrant;

    #[test]
    fn without_a_built_in_role_nobody_is_told_no() {
        let roles = Roles::Known { held: Vec::new(), eligible: Some(Vec::new()) };
        let text = Sheet(vec![may(Some(Way::Direct), &roles, Licence::P1)]).to_text();
        let words = "(warn) no built-in role found / a custom role, one for this application alone, or a group that you may join in \
                     Privileged Identity Management may do as well; else ";
        assert_eq!(text.matches(words).count(), 3, "{text}");
        // What may be activated is another question, and can stay open alone.
        let roles = Roles::Known { held: Vec::new(), eligible: None };
        let text = Sheet(vec![may(Some(Way::Direct), &roles, Licence::P1)]).to_text();
        let words = "unknown / no built-in role shows; which ones may be activated needs RoleManagement.Read.Directory. Without it, just try";
        assert_eq!(text.matches(words).count(), 3, "{text}");
    }

    #[test]
    fn what_stops_without_the_consent_depends_on_the_way() {
        let grant = DelegatedGrant { id: "g".to_owned(), person: None, scopes: vec!["User.Read".to_owned()] };
        let standing = Standing { delegated: vec![grant], ..Standing::default() };
        let text = |way| Sheet(take_back(&standing, Some(way)).into_iter().collect()).to_text();
        assert!(
            text(Way::Connector)
                .contains("Provisioning goes on: Entra does it with the token that it keeps.")
        );
        assert!(text(Way::Direct).contains("this page cannot plan again"));
    }

    #[test]
    fn a_higher_scope_on_record_is_not_the_lower_one() {
        let grant = DelegatedGrant {
            id: "g".to_owned(),
            person: None,
            scopes: vec!["User.Read".to_owned(), "Directory.Read.All".to_owned()],
        };
        let standing = Standing { delegated: vec![grant], ..Standing::default() };
        let words: Vec<_> =
            needed(Some(Way::Direct)).iter().map(|it| on_record(&standing, it.name)).collect();
        assert_eq!(words, ["for the whole tenant", "not on record", "not on record"]);
    }
}
