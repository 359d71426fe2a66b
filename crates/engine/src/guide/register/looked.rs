//! What is known of the registration once somebody is signed in.

use super::{Known, extras, fold, unfit};
use crate::entra::consent::{MANAGE, holds, needed, purpose};
use crate::entra::ids::TenantId;
use crate::entra::registration::{Owner, Owners, Repair};
use crate::env::Timestamp;
use crate::guide::{Page, Signed, button, buttons, unattended};
use crate::setup::{Step, Way};
use crate::sheet::{Block, Cell, Sheet, Tone};
use crate::worker::action::{Action, Rights};

/// What is known of a registration that this tenant does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It is this other tenant's.
    Of(TenantId),
    /// Nothing says whose it is.
    Unknown,
}

/// What a look at the registration brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Its name.
    pub name: String,
    /// What is to be mended; nothing, when it is as it should be.
    pub repairs: Vec<Repair>,
    /// What it has beside what it should, each to be taken away if a person picks it.
    pub extras: Vec<Repair>,
    /// How many secrets it holds: it should have none.
    pub secrets: usize,
    /// How many certificates it holds: it should have none of these either.
    pub certificates: usize,
    /// The permissions that it asks to hold by itself: it should ask for none.
    pub roles: Vec<String>,
    /// Who owns it and its service principal; none, where that could not be read.
    pub owners: Option<Owners>,
    /// What would make the person who is signed in an owner; none, where they are one or may not become one.
    pub own: Option<Repair>,
    /// Whether something was mended just now.
    pub mended: bool,
}

/// The sheet below the fields: what is known of the registration once somebody is signed in.
#[must_use]
pub fn look(page: &Page, signed: &Signed, known: &Known, more: &unattended::Known, now: Timestamp) -> Sheet {
    let Some(account) = &signed.account else { return Sheet::default() };
    let mut blocks = vec![Block::Heading("The registration itself".to_owned())];
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if let Some(words) = &known.working {
        blocks.push(Block::Working(words.clone()));
        blocks.push(buttons(vec![button("Stop waiting", false, &Action::Stop)]));
        return Sheet(blocks);
    }
    match (&known.looked, &known.absent) {
        (Some(looked), _) => blocks.extend(found(page, looked)),
        (None, Some(Absent::Of(tenant))) => blocks.push(Block::note(
            Tone::Warn,
            "This registration is another tenant’s",
            format!(
                "It stands in the tenant {tenant} and is only known here, by its service principal. Whoever manages it there decides \
                 where its sign-ins go and what it asks for; from here nothing of it can be seen or mended. Register one of this \
                 tenant, unless that other one is meant to serve you."
            ),
        )),
        (None, Some(Absent::Unknown)) => blocks.push(Block::note(
            Tone::Warn,
            "This tenant does not show the registration",
            "It was made a moment ago and does not show yet, or it was removed. Look again in a minute; if that brings nothing, \
             register one.",
        )),
        (None, None) => blocks.push(Block::text(
            "Signing in proved the application, the tenant and this page’s address. With an administrator’s rights the \
             wizard also looks whether the registration is complete, and mends what is not.",
        )),
    }
    let may = holds("Application.ReadWrite.All", &signed.scopes);
    let again = if known.looked.is_some() || known.absent.is_some() {
        "Look again"
    } else {
        "Look at the registration"
    };
    blocks.push(buttons(vec![if may {
        button(again, false, &Action::Look)
    } else {
        let account = account.username.clone();
        button(
            "Sign in with an administrator’s rights",
            false,
            &Action::SignIn { rights: Rights::Manage, step: Step::Register, account },
        )
    }]));
    if may {
        blocks.extend(unattended::under_way(more));
        blocks.push(unattended::part(page, more, now));
        blocks.push(unattended::inventory(more));
    } else {
        blocks.push(fold("rights", "What is asked for, and why", false, vec![rights(page.setup.way)]));
    }
    Sheet(blocks)
}

fn rights(way: Option<Way>) -> Block {
    Block::Table {
        title: "Permissions for managing registrations".to_owned(),
        head: vec!["Permission".to_owned(), "What for".to_owned()],
        // Whoever signs in for it is asked for what the way needs as well.
        rows: MANAGE
            .iter()
            .chain(needed(way).iter().filter(|scope| !MANAGE.iter().any(|it| it.name == scope.name)))
            .map(|scope| vec![Cell::code(scope.name), Cell::words(purpose(scope.name))])
            .collect(),
    }
}

pub(super) fn found(page: &Page, looked: &Looked) -> Vec<Block> {
    let mut blocks = Vec::new();
    blocks.extend(unfit::found(page, looked));
    blocks.extend(extras::found(&looked.extras));
    blocks.push(owned(looked.owners.as_ref()));
    blocks.extend(looked.own.iter().flat_map(owning));
    if looked.repairs.is_empty() {
        let title = if looked.mended { "Mended, and read back" } else { "Nothing to mend" };
        blocks.push(Block::note(
            Tone::Good,
            title,
            format!(
                "The registration “{}” is complete: address, requested permissions, service principal, tag.",
                looked.name
            ),
        ));
        return blocks;
    }
    blocks.push(Block::Table {
        title: format!("To mend at “{}”", looked.name),
        head: vec!["Change".to_owned(), "Why".to_owned()],
        rows: looked
            .repairs
            .iter()
            .map(|repair| vec![Cell::words(repair.what()), Cell::words(repair.why())])
            .collect(),
    });
    let mend = Action::Mend(looked.repairs.clone());
    blocks.push(buttons(vec![button("Make these changes", true, &mend)]));
    blocks
}

/// Who owns it: whoever does may change it, and add a secret.
fn owned(owners: Option<&Owners>) -> Block {
    let Some(Owners { application, principal }) = owners else {
        return Block::text("Who owns it could not be read.");
    };
    Block::text(format!(
        "Owners of the registration: {}. Owners of its service principal: {}. An owner may change it without any role.",
        names(application),
        names(principal)
    ))
}

/// Nothing is wrong without: a button of its own.
fn owning(own: &Repair) -> [Block; 2] {
    let make = button("Make me an owner", false, &Action::Mend(vec![own.clone()]));
    [Block::text(format!("{} {}", own.what(), own.why())), buttons(vec![make])]
}

/// Owners by their names.
fn names(owners: &[Owner]) -> String {
    let names: Vec<&str> = owners.iter().map(|owner| owner.name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
