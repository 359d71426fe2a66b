//! The application for runs without a person: what will be made, what was made, its secret, and what is left over.

mod candidate;
#[cfg(test)]
mod tests;

use std::cell::Cell as Flag;

use super::{Page, button, buttons, portal};
use crate::entra::clouds::Cloud;
use crate::entra::consent::{UNATTENDED, unattended};
use crate::entra::ids::{ClientId, ObjectId};
use crate::entra::registration::{Holders, Kind, Life, day, ending};
use crate::env::Timestamp;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::sheet::{Block, Cell, Form, Input, InputKind, Span, Tone};
use crate::worker::action::Action;

/// What was found out and made in this visit.
#[derive(Default)]
pub struct Known {
    /// What was ordered and waits for a yes.
    pub ordered: Option<Ordered>,
    /// What is there already and would have to be used: nobody has said yet that it may be.
    pub there: Vec<There>,
    /// What is under way, in words.
    pub working: Option<String>,
    /// What failed.
    pub problem: Option<Problem>,
    /// What was made, or found and completed.
    pub made: Option<Made>,
    /// The secret that was made just now; forgotten when the person has it.
    pub secret: Option<Fresh>,
    /// Secrets that nobody knows and that may be left.
    pub left: Option<Left>,
    /// What carries the wizard's tags.
    pub tagged: Option<Vec<Tagged>>,
    /// Which of it is to be removed, once more asked.
    pub removing: Option<ClientId>,
}

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The name.
    pub name: String,
    /// The permissions, by their names.
    pub roles: Vec<String>,
}

/// A secret that was made just now.
pub struct Fresh {
    /// Its value.
    pub value: Secret,
    /// When it ends, as Graph writes it.
    pub ends: String,
    /// Whether its step was shown since: whoever leaves that has it.
    pub is_shown: Flag<bool>,
}

/// An application that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// Who can act as it, and what it holds already.
    pub holders: Holders,
    /// Who is signed in: their own ownership is no stranger's.
    pub you: ObjectId,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// Whether it was there before.
    pub adopted: bool,
    /// What it holds of what was ordered.
    pub holds: Vec<String>,
    /// What it holds beside that, of all resources.
    pub more: Vec<String>,
    /// What was not granted, and why.
    pub refused: Vec<(String, String)>,
}

/// Secrets whose answers were lost, and that were not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The application's name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// The names of the secrets.
    pub secrets: Vec<String>,
}

/// A registration that carries a tag of the wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// What is odd about it, in a few words; empty, when nothing is.
    pub odd: String,
}

/// What is under way, and what failed. It stands outside what is folded away: making, listing and removing all end here.
#[must_use]
pub fn under_way(known: &Known) -> Vec<Block> {
    let mut blocks: Vec<Block> =
        known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)).into_iter().collect();
    if let Some(words) = &known.working {
        blocks.push(Block::Working(words.clone()));
        blocks.push(buttons(vec![button("Stop waiting", false, &Action::Stop)]));
    }
    blocks
}

/// The part of the sheet, for a person who may manage registrations.
#[must_use]
pub fn part(page: &Page, known: &Known, now: Timestamp) -> Block {
    let mut blocks = vec![Block::text(
        "Runs on a schedule sign in by themselves. They need an application of their own with a client secret; the one that \
         this page signs in with never gets either. If people only sync from this page, skip this.",
    )];
    let warning = page.setup.unattended_secret_ends.as_deref().and_then(|ends| ending(ends, now));
    let warned = warning.is_some();
    if known.secret.is_none() {
        blocks.extend(recorded(page));
        blocks.extend(warning.map(|problem| Block::Problem(Tone::Warn, problem)));
    }
    blocks.extend(known.left.iter().flat_map(|left| left_over(page, left)));
    if let Some(Fresh { value, ends, .. }) = &known.secret {
        blocks.extend(once(page, known, value, ends));
    } else if known.working.is_some() {
        blocks.push(Block::text("Something is being done just now."));
    } else if let Some(ordered) = &known.ordered {
        blocks.extend(review(ordered, &known.there));
    } else if let Some(made) = &known.made {
        blocks.extend(result(page, made));
    } else {
        blocks.push(order());
    }
    let open = warned
        || known.working.is_some()
        || known.problem.is_some()
        || known.ordered.is_some()
        || known.made.is_some()
        || known.left.is_some()
        || known.secret.is_some();
    Block::Fold {
        id: "unattended".to_owned(),
        summary: "An application for runs on a schedule".to_owned(),
        open,
        blocks,
    }
}

/// The application that the setup names, and how long its secret serves.
fn recorded(page: &Page) -> Option<Block> {
    let client = page.setup.unattended.as_ref()?;
    let secret = match &page.setup.unattended_secret_ends {
        Some(ends) => format!(". Its last secret that was made here ends on {}.", day(ends)),
        None => ". No secret of it was made here.".to_owned(),
    };
    Some(Block::Text(vec![
        Span::Plain("On record is the application ".to_owned()),
        Span::Code(client.to_string()),
        Span::Plain(secret),
    ]))
}

fn order() -> Block {
    let mut inputs = vec![Input {
        id: "unattended-name".to_owned(),
        label: "Name of the application".to_owned(),
        hint: "For people; the wizard knows it by a tag.".to_owned(),
        kind: InputKind::Line(Kind::Unattended.proposed_name().to_owned()),
        error: String::new(),
    }];
    inputs.extend(UNATTENDED.iter().map(|role| Input {
        id: format!("role-{}", role.name),
        label: role.name.to_owned(),
        hint: match role.risk {
            Some(risk) => format!("{} {risk}", role.purpose),
            None => role.purpose.to_owned(),
        },
        kind: InputKind::Check(role.proposed),
        error: String::new(),
    }));
    Block::Form { id: Form::Unattended, inputs, submit: "Show what will be made".to_owned() }
}

fn review(ordered: &Ordered, there: &[There]) -> Vec<Block> {
    let rows = ordered.roles.iter().map(|name| {
        let role = unattended(name);
        let cell = Cell::words(role.map_or("", |role| role.purpose));
        vec![Cell::code(name), role.and_then(|role| role.risk).map_or(cell.clone(), |risk| cell.below(risk))]
    });
    let change = button("Change it", false, &Action::Reorder);
    let mut blocks = vec![
        Block::text(format!(
            "In this tenant, unless it is there already: a registration “{}” for this tenant’s accounts only, marked with the tag \
             {}, its service principal, and these permissions that it holds by itself:",
            ordered.name,
            Kind::Unattended.tag()
        )),
        Block::Table {
            title: "Permissions".to_owned(),
            head: vec!["Permission".to_owned(), "What for".to_owned()],
            rows: rows.collect(),
        },
    ];
    if there.is_empty() {
        let make = Action::Make { name: ordered.name.clone(), roles: ordered.roles.clone(), adopt: None };
        blocks.push(buttons(vec![button("Make it", true, &make), change]));
        return blocks;
    }
    blocks.push(Block::note(
        Tone::Warn,
        "There is one already",
        "Whoever can act as it gets all that is granted to it. Anybody who may register applications can make one that looks like \
         this. Use it only if you know where it comes from; else remove it under “What this wizard made in the tenant”. Used, it \
         is marked with the tag, and asks for these permissions too; its name and the rest stay as they are.",
    ));
    for it in there {
        blocks.push(candidate::table(it, &ordered.roles));
        let adopt = Some(it.client.clone());
        let make = Action::Make { name: ordered.name.clone(), roles: ordered.roles.clone(), adopt };
        blocks.push(buttons(vec![button(&format!("Use {} ({})", it.name, it.client), false, &make)]));
    }
    blocks.push(buttons(vec![change]));
    blocks
}

const MORE: &str = "It held this already. Whoever gets the secret that is made here can do this too: if nothing needs it, take it away at the \
                    application’s permissions.";

fn result(page: &Page, made: &Made) -> Vec<Block> {
    let title = if made.adopted { "It was there, and is complete now" } else { "Made, and read back" };
    let mut blocks = vec![
        Block::note(Tone::Good, title, format!("“{}” is registered in this tenant.", made.name)),
        Block::Value("Application (client) ID".to_owned(), made.client.to_string()),
    ];
    blocks.extend(
        page.setup
            .tenant
            .as_ref()
            .map(|tenant| Block::Value("Directory (tenant) ID".to_owned(), tenant.to_string())),
    );
    let mut rows: Vec<Vec<Cell>> =
        made.holds.iter().map(|name| vec![Cell::code(name), Cell::state(Tone::Good, "granted")]).collect();
    rows.extend(
        made.refused
            .iter()
            .map(|(name, why)| vec![Cell::code(name), Cell::state(Tone::Warn, "not granted").below(why)]),
    );
    rows.extend(
        made.more
            .iter()
            .map(|name| vec![Cell::code(name), Cell::state(Tone::Warn, "granted, not ordered").below(MORE)]),
    );
    blocks.push(Block::Table {
        title: "Permissions that it holds by itself".to_owned(),
        head: vec!["Permission".to_owned(), "State".to_owned()],
        rows,
    });
    if !made.refused.is_empty() {
        blocks.push(Block::text(
            "Permissions of this kind are granted by a Privileged Role Administrator or a Global Administrator. Send one of \
             them this message, then press Look again.",
        ));
        blocks.push(Block::Code("request to grant".to_owned(), to_grant(&page.cloud, made)));
    }
    let again = Action::Make {
        name: made.name.clone(),
        roles: made.holds.iter().chain(made.refused.iter().map(|(name, _)| name)).cloned().collect(),
        adopt: Some(made.client.clone()),
    };
    blocks.push(Block::Heading("Its client secret".to_owned()));
    blocks.push(Block::Form {
        id: Form::Secret,
        inputs: vec![Input {
            id: "secret-life".to_owned(),
            label: "Valid for".to_owned(),
            hint: "A shorter life limits what a lost secret can do. Make the next one before it ends."
                .to_owned(),
            kind: InputKind::Choice(
                Life::CHOICES.iter().map(|days| (days.to_string(), format!("{days} days"))).collect(),
                "180".to_owned(),
            ),
            error: String::new(),
        }],
        submit: "Make a secret".to_owned(),
    });
    blocks.push(buttons(vec![button("Look again", false, &again)]));
    blocks
}

/// What a colleague needs to grant the rest, in the portal: a consent link has to come back somewhere, and this application has no
/// redirect URI (AADSTS500113).
fn to_grant(cloud: &Cloud, made: &Made) -> String {
    let Made { name, client, .. } = made;
    // The portal's own addresses are documented nowhere, so the message gets there without this one too.
    let address = portal(cloud, &format!("ApplicationMenuBlade/~/CallAnAPI/appId/{client}"));
    let refused: Vec<&str> = made.refused.iter().map(|(name, _)| name.as_str()).collect();
    format!(
        "Please grant the application \"{name}\" (Application ID {client}) in our Microsoft Entra tenant what it may do by \
         itself. Runs on a schedule use it to provision people and groups to Databricks.\n\n\
         1. Open its API permissions: {address}\n   \
         If that opens elsewhere: App registrations, All applications, enter the Application ID, open it, then API permissions.\n\
         2. See that the list holds these of Microsoft Graph, of the type Application: {}\n\
         3. Press \"Grant admin consent for\" your organisation, then Yes. Each then has the status Granted.\n\n\
         It takes the role Privileged Role Administrator or Global Administrator.",
        refused.join(", ")
    )
}

/// The secret, as long as it is there to be carried away.
fn once(page: &Page, known: &Known, secret: &Secret, ends: &str) -> Vec<Block> {
    let mut blocks = vec![
        Block::note(
            Tone::Warn,
            "This is shown once",
            format!(
                "Put it into the secret store of the machine that runs the schedule, now: neither Entra nor this page tells \
                 it again. It ends on {}, and works after a minute.",
                day(ends)
            ),
        ),
        Block::Once("client secret".to_owned(), secret.clone()),
    ];
    if let (Some(made), Some(tenant)) = (&known.made, &page.setup.tenant) {
        blocks.push(Block::text("The command line reads it from its environment, beside these two:"));
        blocks.push(Block::Code(
            "environment".to_owned(),
            format!("AZURE_TENANT_ID={tenant}\nAZURE_CLIENT_ID={}\nAZURE_CLIENT_SECRET=…", made.client),
        ));
    }
    blocks.push(buttons(vec![button("I have stored it", true, &Action::Stored)]));
    blocks
}

/// What to do about secrets that nobody knows.
fn left_over(page: &Page, left: &Left) -> Vec<Block> {
    let Left { name, client, secrets } = left;
    let address = portal(&page.cloud, &format!("ApplicationMenuBlade/~/Credentials/appId/{client}"));
    vec![
        Block::note(
            Tone::Warn,
            format!("“{name}” may have a secret that nobody knows: {}", secrets.join(", ")),
            "The answer to making it was lost, and it could not be found and removed. If it is there, it serves until it ends.",
        ),
        Block::Text(vec![
            Span::Plain("Open ".to_owned()),
            Span::Link("Certificates & secrets".to_owned(), address),
            Span::Plain(" in some minutes, and delete what has this name, if it is listed.".to_owned()),
        ]),
    ]
}

/// What this wizard made in the tenant, and removing it.
#[must_use]
pub fn inventory(known: &Known) -> Block {
    let mut blocks = Vec::new();
    match &known.tagged {
        None => {
            blocks.push(Block::text(
                "Registrations that carry this wizard’s tag or key, complete or half made.",
            ));
        }
        Some(tagged) if tagged.is_empty() => {
            blocks.push(Block::text("Nothing in this tenant carries the tag or the key."));
        }
        Some(tagged) => {
            for it in tagged {
                blocks.extend(tagged_one(it, known.removing.as_ref() == Some(&it.client)));
            }
        }
    }
    blocks.push(buttons(vec![button("List what this wizard made", false, &Action::List)]));
    Block::Fold {
        id: "inventory".to_owned(),
        summary: "What this wizard made in the tenant".to_owned(),
        open: known.tagged.is_some(),
        blocks,
    }
}

fn tagged_one(it: &Tagged, asked: bool) -> Vec<Block> {
    let kind = match it.kind {
        Kind::Page => "signs in to the page",
        Kind::Unattended => "for runs on a schedule",
    };
    let odd = if it.odd.is_empty() { String::new() } else { format!("; {}", it.odd) };
    let client = it.client.clone();
    let mut blocks = vec![Block::Text(vec![
        Span::Plain(format!("“{}”, {kind}{odd}: ", it.name)),
        Span::Code(client.to_string()),
    ])];
    if asked {
        blocks.push(Block::note(
            Tone::Warn,
            format!("Remove “{}”?", it.name),
            "Nobody can sign in with it any more, and whatever does so stops. Tokens that are out already work for up to an hour. \
             Entra keeps it for 30 days under “Deleted applications”, where it can be restored.",
        ));
        blocks.push(buttons(vec![
            button(&format!("Remove {}", it.name), false, &Action::Remove { client, sure: true }),
            button("Keep it", false, &Action::Reorder),
        ]));
    } else {
        let label = format!("Remove {}…", it.name);
        blocks.push(buttons(vec![button(&label, false, &Action::Remove { client, sure: false })]));
    }
    blocks
}
