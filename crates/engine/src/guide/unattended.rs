//! The application for runs without a person: what will be made, what was made, its secret, and what is left over.

use super::{Page, button, buttons};
use crate::entra::consent::{UNATTENDED, admin_consent_url, unattended};
use crate::entra::ids::ClientId;
use crate::entra::registration::{Kind, Life};
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
    pub secret: Option<(Secret, String)>,
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

/// An application that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct There {
    /// Its name.
    pub name: String,
    /// Its application (client) id.
    pub client: ClientId,
    /// How many secrets it has.
    pub secrets: usize,
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
    /// What it holds.
    pub holds: Vec<String>,
    /// What was not granted, and why.
    pub refused: Vec<(String, String)>,
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

/// The part of the sheet, for a person who may manage registrations.
#[must_use]
pub fn part(page: &Page, known: &Known) -> Block {
    let mut blocks = vec![Block::text(
        "Runs on a schedule sign in by themselves. They need an application of their own with a client secret; the one that \
         this page signs in with never gets either. If people only sync from this page, skip this.",
    )];
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    if let Some(words) = &known.working {
        blocks.push(Block::Working(words.clone()));
        blocks.push(buttons(vec![button("Stop waiting", false, &Action::Stop)]));
    } else if let Some((secret, ends)) = &known.secret {
        blocks.extend(once(page, known, secret, ends));
    } else if let Some(ordered) = &known.ordered {
        blocks.extend(review(ordered, &known.there));
    } else if let Some(made) = &known.made {
        blocks.extend(result(page, made));
    } else {
        blocks.push(order());
    }
    let open = known.working.is_some()
        || known.problem.is_some()
        || known.ordered.is_some()
        || known.made.is_some()
        || known.secret.is_some();
    Block::Fold {
        id: "unattended".to_owned(),
        summary: "An application for runs on a schedule".to_owned(),
        open,
        blocks,
    }
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
            "In this tenant, unless it is there already: a registration “{}” for this tenant’s accounts only, its service \
             principal, and these permissions that it holds by itself:",
            ordered.name
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
        "Whoever owns it, or has one of its secrets, gets all that is granted to it. Anybody who may register applications can make \
         one that looks like this. Use it only if you know where it comes from; else remove it under “What this wizard made in the \
         tenant”.",
    ));
    let mut list = Vec::new();
    for it in there {
        let secrets = match it.secrets {
            0 => "no secret".to_owned(),
            1 => "1 secret".to_owned(),
            many => format!("{many} secrets"),
        };
        blocks.push(Block::Text(vec![
            Span::Plain(format!("“{}”, {secrets}: ", it.name)),
            Span::Code(it.client.to_string()),
        ]));
        let adopt = Some(it.client.clone());
        let make = Action::Make { name: ordered.name.clone(), roles: ordered.roles.clone(), adopt };
        list.push(button(&format!("Use {}", it.name), false, &make));
    }
    list.push(change);
    blocks.push(buttons(list));
    blocks
}

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
    blocks.push(Block::Table {
        title: "Permissions that it holds by itself".to_owned(),
        head: vec!["Permission".to_owned(), "State".to_owned()],
        rows,
    });
    if let (false, Some(tenant)) = (made.refused.is_empty(), &page.setup.tenant) {
        let link =
            admin_consent_url(&page.cloud, tenant, &made.client, &page.base, &[".default"], "colleague");
        blocks.push(Block::text(
            "Permissions of this kind are granted by a Privileged Role Administrator or a Global Administrator. Send one of \
             them this link, then press Look again.",
        ));
        blocks.push(Block::Value("consent link for the application".to_owned(), link));
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

/// The secret, as long as it is there to be carried away.
fn once(page: &Page, known: &Known, secret: &Secret, ends: &str) -> Vec<Block> {
    let mut blocks = vec![
        Block::note(
            Tone::Warn,
            "This is shown once",
            format!(
                "Put it into the secret store of the machine that runs the schedule, now: neither Entra nor this page tells \
                 it again. It ends on {}, and works after a minute.",
                ends.split('T').next().unwrap_or(ends)
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

/// What this wizard made in the tenant, and removing it.
#[must_use]
pub fn inventory(known: &Known) -> Block {
    let mut blocks = Vec::new();
    match &known.tagged {
        None => {
            blocks.push(Block::text("Registrations that carry this wizard’s tag, complete or half made."));
        }
        Some(tagged) if tagged.is_empty() => {
            blocks.push(Block::text("Nothing in this tenant carries the tag."));
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
            "Its secrets and permissions end at once, and whatever signs in with it stops. Entra keeps it for 30 days under \
             “Deleted applications”, where it can be restored.",
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
