//! How the connector works: whom it notifies, what it holds back, who assigns, and what Entra would make of the choice.

use super::super::{Page, Signed, button, buttons};
use super::Known;
use crate::entra::connector::estimate::{Estimate, NOTE};
use crate::entra::connector::guard::{Examined, GroupFinding, Named, Owner};
use crate::entra::connector::secrets::Mail;
use crate::entra::consent::{ASSIGN, holds};
use crate::figures::grouped;
use crate::problem::Explain as _;
use crate::setup::{ConnectorFacts, Scope, Step};
use crate::sheet::{Block, Cell, Form, Input, InputKind, Sheet, Tone};
use crate::sync::map::is_reserved;
use crate::worker::action::{Action, OfConnector, Rights};

/// Whom to notify.
pub const MAIL: &str = "notification-email";
/// More deletions than this are held back.
pub const THRESHOLD: &str = "deletion-threshold";
/// Whether only those who are assigned may sign in.
pub const REQUIRED: &str = "assignment-required";
/// Whether people and groups are assigned by hand.
pub const BY_HAND: &str = "by-hand";
/// People and groups, a line each.
pub const LINES: &str = "paste-lines";
/// What is proposed: fewer than a usual cycle of leavers brings, in most tenants.
pub const PROPOSED: u32 = 50;

/// The limit that is proposed, while nobody has said anything about one.
#[must_use]
pub fn proposed(facts: &ConnectorFacts) -> Option<String> {
    (facts.mail.is_none() && facts.threshold.is_none() && facts.job.is_none()).then(|| PROPOSED.to_string())
}

/// The sheet below the choice of groups and people.
#[must_use]
pub fn sheet(page: &Page, signed: &Signed, known: &Known) -> Sheet {
    let facts = page.setup.connector.clone().unwrap_or_default();
    let mut blocks = Vec::new();
    if page.setup.scope.is_none() && facts.id.as_ref().is_some_and(|id| known.is_told(id)) {
        blocks.push(Block::text(
            "Whom a connector provisions already stays until you choose here; the review shows who that is.",
        ));
    }
    blocks.push(form(known, &facts, signed));
    if !facts.by_hand {
        blocks.extend(assigning(signed, Step::Scope));
    }
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if let Some(waiting) = known.waiting() {
        blocks.extend(waiting);
    } else {
        blocks.push(Block::Fold {
            id: "everyone".to_owned(),
            summary: "What choosing everyone brings".to_owned(),
            open: page.setup.scope == Some(Scope::All),
            blocks: vec![everyone()],
        });
        blocks.push(paste(known));
        let look = button("Look at who would come", false, &Action::Connector(OfConnector::Examine));
        if page.setup.scope.is_some() && signed.account.is_some() {
            blocks.push(buttons(vec![look]));
        }
    }
    if let Some(Scope::Chosen { groups, .. }) = page.setup.scope.as_ref().filter(|_| !facts.by_hand) {
        blocks.extend(super::groups::licence(known.licence, groups));
    }
    if let Some(examined) = &known.examined {
        blocks.extend(findings(examined));
    }
    Sheet(blocks)
}

/// What follows from provisioning everybody.
pub(super) fn everyone() -> Block {
    Block::List(
        [
            "Guests come too, and so do accounts of services that are people in the directory.",
            "Whoever is new in the directory is in Databricks within the hour. Nobody decides it any more.",
            "The token must not be a person’s: they would be provisioned as well, and with them the token would go.",
            "Narrowed later, whoever is not assigned then is deactivated in Databricks.",
        ]
        .map(str::to_owned)
        .to_vec(),
    )
}

fn form(known: &Known, facts: &ConnectorFacts, signed: &Signed) -> Block {
    let mail = facts.mail.as_ref().map_or("", Mail::as_str);
    let threshold = facts.threshold.map_or_else(String::new, |it| it.to_string());
    let threshold = proposed(facts).unwrap_or(threshold);
    let line = |id: &str, label: &str, hint: &str, value: &str| Input {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        kind: InputKind::Line(known.typed(id, value).to_owned()),
        error: known.wrong(id),
    };
    let check = |id: &str, label: &str, hint: &str, on: bool| Input {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        kind: InputKind::Check(if known.typed.is_empty() { on } else { !known.typed(id, "").is_empty() }),
        error: known.wrong(id),
    };
    let able = ASSIGN.iter().all(|scope| holds(scope.name, &signed.scopes));
    let inputs = vec![
        line(
            MAIL,
            "Notification email",
            "One address that Entra writes to when Entra puts the job in quarantine. Without one nobody hears of it.",
            mail,
        ),
        line(
            THRESHOLD,
            "Hold back deletions above",
            "If one cycle would delete or deactivate more than this, Entra holds all of them back and asks. It needs the address above: \
             without one the proposed limit is left out. Empty for no limit.",
            &threshold,
        ),
        check(
            REQUIRED,
            "Only people who are assigned may sign in to Databricks through Entra",
            "Databricks advises against it: who is not provisioned is not let in anyway.",
            facts.assignment_required,
        ),
        check(
            BY_HAND,
            "I assign people and groups by hand, in the Entra admin center",
            "Then this page needs no permission to assign. What is chosen above is a note for you.",
            facts.by_hand || (!able && facts.id.is_some() && facts.job.is_some()),
        ),
    ];
    Block::Card {
        id: "settings".to_owned(),
        title: "How it works".to_owned(),
        chip: None,
        body: true,
        blocks: vec![Block::Form { id: Form::Settings, inputs, submit: String::new() }],
    }
}

/// A list from elsewhere: whoever is found in it without doubt is added, and the rest is named.
fn paste(known: &Known) -> Block {
    let input = Input {
        id: LINES.to_owned(),
        label: "People and groups, one on each line".to_owned(),
        hint:
            "User names, mail addresses, or whole names of groups. Who is found is added to the choice above."
                .to_owned(),
        kind: InputKind::Lines(known.typed(LINES, "").to_owned()),
        error: known.wrong(LINES),
    };
    Block::Fold {
        id: "paste".to_owned(),
        summary: "Paste a list of people and groups".to_owned(),
        open: known.wrong.iter().any(|(field, _)| *field == LINES),
        blocks: vec![Block::Form { id: Form::Paste, inputs: vec![input], submit: "Add them".to_owned() }],
    }
}

/// Assigning takes a permission that can give anything to anybody: nobody has to grant it for this.
#[must_use]
pub fn assigning(signed: &Signed, step: Step) -> Vec<Block> {
    let Some(account) = &signed.account else { return Vec::new() };
    if holds("AppRoleAssignment.ReadWrite.All", &signed.scopes) {
        return Vec::new();
    }
    let sign_in = Action::SignIn { rights: Rights::Assign, step, account: account.username.clone() };
    let later = if step == Step::Scope {
        " Signing in again forgets the Databricks token, which you then enter once more."
    } else {
        ""
    };
    vec![
        Block::note(
            Tone::Plain,
            "Assigning from here takes one more permission",
            format!(
                "AppRoleAssignment.ReadWrite.All lets this page, as you, give any permission to any application of the tenant. It is used \
             for nothing but assigning the people and groups that you choose. You can do without, and assign them by hand in the Entra admin \
             center.{later}"
            ),
        ),
        buttons(vec![button("Sign in so that this page can assign", false, &sign_in)]),
    ]
}

/// What was found out about those who are chosen.
pub(super) fn findings(examined: &Examined) -> Vec<Block> {
    let totals = examined.totals;
    let mut blocks = vec![Block::Heading("Who would come".to_owned())];
    let least = if totals.complete { "" } else { "at least " };
    blocks.push(Block::Figures(vec![
        (totals.people, format!("{least}people"), Tone::Good),
        (totals.groups, format!("{least}groups"), Tone::Accent),
        (totals.memberships.unwrap_or(0), format!("{least}memberships"), Tone::Plain),
        (examined.people.disabled.count, "disabled: not provisioned".to_owned(), Tone::Warn),
    ]));
    // Otherwise the figures above give another sum.
    let once = if totals.memberships.is_some() && totals.people > totals.picked {
        " (whoever comes by a group counts as its member only)"
    } else {
        ""
    };
    let words = Estimate::of(&totals).words();
    blocks.push(Block::text(format!("The first cycle takes {words}{once}. {NOTE}")));
    blocks.extend(owner(&examined.owner));
    blocks.extend(super::groups::table(examined));
    blocks.extend(examined.groups.iter().flat_map(group));
    let people = &examined.people;
    for (named, [one, many], text) in [
        (
            &people.guests,
            ["guest", "guests"],
            "Entra takes #EXT# and the tenant’s domain out of their user name. Whether they can sign in depends on their mail address being \
             their name in Databricks.",
        ),
        (
            &people.without_mail,
            ["person without a mail address", "people without a mail address"],
            "Databricks knows people by an address. Give them one in Entra, or they are known by their user name only.",
        ),
        (
            &people.other_mail,
            [
                "person whose mail address is not their user name",
                "people whose mail address is not their user name",
            ],
            "Databricks knows them by the one that is mapped to userName, and wants the address to be the same. Look at the attribute \
             mappings at the next step.",
        ),
    ] {
        blocks.extend(some(named, one, many, text));
    }
    blocks.extend(examined.unread.iter().map(|error| Block::Problem(Tone::Warn, error.explain())));
    blocks
}

fn some(named: &Named, one: &str, many: &str, text: &str) -> Option<Block> {
    (named.count > 0).then(|| Block::Fold {
        id: format!("some-{}", many.replace(' ', "-")),
        summary: format!("{} {}", grouped(named.count), if named.count == 1 { one } else { many }),
        open: false,
        blocks: vec![Block::text(text), Block::List(names(named))],
    })
}

fn names(named: &Named) -> Vec<String> {
    let hidden = named.count.saturating_sub(named.names.len());
    let more = (hidden > 0).then(|| format!("and {} more", grouped(hidden)));
    named.names.iter().cloned().chain(more).collect()
}

fn owner(owner: &Owner) -> Option<Block> {
    let (tone, title, text) = match owner {
        Owner::NotTold | Owner::Outside => return None,
        Owner::Picked => (
            Tone::Bad,
            "The token’s owner is picked",
            "If they are deactivated, so is their token, and provisioning stops. Take them out; where the connector has provisioned them before, \
             enter the token of a service principal first.",
        ),
        Owner::Everybody => (
            Tone::Bad,
            "The token’s owner is in scope",
            "With everybody in scope they are provisioned too. Choose groups and people, or use a token of a service principal.",
        ),
        Owner::Member { .. } => (
            Tone::Bad,
            "The token’s owner is a member of a chosen group",
            "If they are deactivated, so is their token, and provisioning stops. Use a token of somebody who is not provisioned.",
        ),
        Owner::Unknown => (
            Tone::Warn,
            "Whether the token’s owner would come is not known",
            "Not every group could be read to its end.",
        ),
    };
    let text = match owner {
        Owner::Member { group, .. } => format!("The group is “{group}”. {text}"),
        _ => text.to_owned(),
    };
    Some(Block::note(tone, title, text))
}

fn group(found: &GroupFinding) -> Vec<Block> {
    let name = found.group.label();
    let mut blocks = Vec::new();
    if found.is_assignable() == Some(false) {
        blocks.push(Block::note(
            Tone::Bad,
            format!("“{name}” is no security group"),
            "Only security groups can be assigned. Choose a security group with the same people.",
        ));
    }
    if is_reserved(name) {
        blocks.push(Block::note(
            Tone::Warn,
            format!("“{name}” is a name that Databricks keeps for a group of its own"),
            "Its people come, and the group itself is refused in each cycle. Choose a group of another name with the same people.",
        ));
    }
    if let Some(nested) = &found.nested {
        let missed = &nested.missed;
        let exact = if nested.complete { "" } else { "At least " };
        let inner: Vec<String> = nested.inner.iter().map(|group| format!("“{}”", group.label())).collect();
        blocks.push(Block::note(
            if missed.count > 0 || !nested.complete { Tone::Warn } else { Tone::Plain },
            format!("“{name}” holds other groups, which Entra does not read"),
            format!(
                "{exact}{} people of it would not come{}. {}",
                grouped(missed.count),
                if nested.elsewhere > 0 {
                    format!(", and {} come by another way", grouped(nested.elsewhere))
                } else {
                    String::new()
                },
                if inner.is_empty() {
                    "All groups within it are chosen.".to_owned()
                } else {
                    format!("Assign these too: {}.", inner.join(", "))
                }
            ),
        ));
        if missed.count > 0 {
            blocks.push(Block::Fold {
                id: format!("missed-{}", found.group.id),
                summary: format!("Who of “{name}” would be missed"),
                open: false,
                blocks: vec![Block::List(names(missed))],
            });
        }
        if !nested.inner.is_empty() {
            let add = nested
                .inner
                .iter()
                .map(|group| crate::setup::Picked { id: group.object_id(), name: group.label().to_owned() })
                .collect();
            blocks.push(buttons(vec![button(
                &format!("Choose the groups within {name} too"),
                false,
                &Action::Connector(OfConnector::Add(add)),
            )]));
        }
    }
    if !found.others.is_empty() {
        let list: Vec<String> = found.others.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        blocks.push(Block::note(
            Tone::Plain,
            format!("“{name}” holds what Entra does not provision"),
            format!("{}.", list.join(", ")),
        ));
    }
    blocks
}

/// The scope as a cell.
pub(super) fn in_words(scope: Option<&Scope>) -> Cell {
    Cell::words(scope.map_or_else(|| "nobody yet".to_owned(), Scope::summary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::directory::Group;

    #[test]
    fn a_reserved_name_is_told_of_before_it_is_assigned() {
        let said = |name: &str| {
            let group = serde_json::json!({ "id": "00000000-0000-0000-0000-00000000000a", "displayName": name, "securityEnabled": true });
            let group: Group = serde_json::from_value(group).unwrap();
            let finding = GroupFinding {
                group,
                nested: None,
                people: 0,
                samples: Vec::new(),
                others: std::collections::BTreeMap::new(),
                complete: true,
            };
            Sheet(super::group(&finding)).to_text()
        };
        for name in ["admins", "Users", "account users"] {
            let text = said(name);
            let told = format!("(warn) “{name}” is a name that Databricks keeps for a group of its own");
            assert!(text.contains(&told), "{text}");
        }
        assert_eq!(said("Administrators"), "");
    }
}
