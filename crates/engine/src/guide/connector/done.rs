//! What was set up, what to keep, and what goes on by itself.

use super::super::{Page, button, buttons};
use super::{Known, Owning};
use crate::databricks::target::Level;
use crate::entra::connector::secrets::Mail;
use crate::setup::{Scope, TokenOwner, bookmark};
use crate::sheet::{Block, Cell, Sheet, Span, Tone};
use crate::worker::action::{Action, OfConnector};

/// The sheet of the step.
#[must_use]
pub fn sheet(page: &Page, known: &Known) -> Sheet {
    let setup = &page.setup;
    let facts = setup.connector.clone().unwrap_or_default();
    if facts.id.is_none() {
        return Sheet(nothing(known));
    }
    let mut rows = vec![
        vec![Cell::words("Connector"), Cell::words(&facts.name)],
        vec![
            Cell::words("Writes to"),
            setup.target.as_ref().map_or_else(|| Cell::words("–"), |it| Cell::code(it.connector_address())),
        ],
        vec![Cell::words("Whom it provisions"), super::scope::in_words(setup.scope.as_ref())],
        vec![Cell::words("Notifies"), Cell::words(facts.mail.as_ref().map_or("nobody", Mail::as_str))],
        vec![
            Cell::words("Holds deletions back"),
            Cell::words(
                facts
                    .threshold
                    .map_or_else(|| "no limit".to_owned(), |it| format!("above {it} in one cycle")),
            ),
        ],
        vec![
            Cell::words("Token of"),
            Cell::words(match &facts.owner {
                None => "not said",
                Some(TokenOwner::NoPerson) => "no person",
                Some(TokenOwner::Person(picked)) => &picked.name,
            }),
        ],
        vec![Cell::words("Token ends"), Cell::words(facts.token_ends.as_deref().unwrap_or("not said"))],
    ];
    let health = known.board.as_ref().and_then(|it| it.health.as_ref());
    if let Some(health) = health {
        rows.insert(0, vec![Cell::words("State"), Cell::words(&health.headline)]);
    }
    let mut list = vec![button("Download report", true, &Action::Connector(OfConnector::Report))];
    if facts.token_ends.is_some() {
        list.push(button("Download calendar reminder", false, &Action::Connector(OfConnector::Calendar)));
    }
    list.push(button("Download setup", false, &Action::Connector(OfConnector::Setup)));
    list.push(button("Back to the board", false, &Action::Go(crate::setup::Step::Sync)));
    let mut blocks = vec![
        Block::Table {
            title: "What was set up".to_owned(),
            head: ["What", "How it is"].map(str::to_owned).to_vec(),
            rows,
        },
        Block::Heading("From now on".to_owned()),
        Block::List(tips(
            setup.target.as_ref().map(crate::databricks::target::Target::level),
            setup.scope.as_ref(),
            health.is_some_and(|it| it.state.is_off()),
        )),
    ];
    blocks.extend(again(page));
    blocks.extend(unattended(page, known));
    blocks.extend(consent());
    blocks.push(buttons(list));
    Sheet(blocks)
}

/// Where there is no connector nothing was set up.
fn nothing(known: &Known) -> Vec<Block> {
    let mut blocks: Vec<Block> = known.removed().into_iter().collect();
    if blocks.is_empty() {
        blocks.push(Block::text("No connector is set up here."));
    }
    blocks.extend(consent());
    blocks.push(buttons(vec![button("Look at the connectors", true, &Action::Go(crate::setup::Step::Sync))]));
    blocks
}

/// The application that runs without a person may work with what it owns.
fn unattended(page: &Page, known: &Known) -> Vec<Block> {
    let there = page.setup.connector.as_ref().and_then(|facts| facts.id.as_ref());
    let (Some(client), Some(_)) = (&page.setup.unattended, there) else { return Vec::new() };
    let mut blocks = vec![
        Block::Heading("Without a person".to_owned()),
        Block::Text(vec![
            Span::Plain("The application ".to_owned()),
            Span::Code(client.to_string()),
            Span::Plain(
                " is for unattended runs. With Application.ReadWrite.OwnedBy it may work with this connector once it owns the \
                 connector’s registration and its enterprise application: set it up anew, give it a new token, start and restart it. \
                 Whoever holds its secret then may do so too."
                    .to_owned(),
            ),
        ]),
    ];
    blocks.extend(known.problem.clone().map(|it| Block::Problem(Tone::Bad, it)));
    let own = |shown| Action::Connector(OfConnector::Own(shown));
    match (known.waiting(), &known.owning) {
        (Some(waiting), _) => blocks.extend(waiting),
        (None, Some(Owning { owner, connector, done: true, .. })) => {
            let text = format!("“{owner}” owns both objects of “{connector}”. Made, and read back.");
            blocks.push(Block::note(Tone::Good, "It owns both", text));
        }
        (None, Some(shown)) => {
            let Owning { owner, client, connector, .. } = shown;
            blocks.push(Block::Question {
                title: format!("Make “{owner}” an owner of “{connector}”?"),
                text: format!("Of its registration and of its enterprise application. The client ID of “{owner}” is {client}."),
            });
            blocks.push(buttons(vec![button(
                "Make it an owner of both",
                false,
                &own(Some(Box::new(shown.clone()))),
            )]));
        }
        (None, None) => {
            blocks.push(buttons(vec![button("Let it look after this connector…", false, &own(None))]));
        }
    }
    blocks
}

/// At the end of the work the consent can go.
fn consent() -> Vec<Block> {
    vec![
        Block::text(
            "Provisioning does not need this page’s permissions any more. You can take the consent back; what stops then is said there.",
        ),
        buttons(vec![button("Go to the consent", false, &Action::Go(crate::setup::Step::Consent))]),
    ]
}

/// The way back, for later visits and for colleagues.
fn again(page: &Page) -> Vec<Block> {
    let Some(route) = bookmark(&page.setup) else { return Vec::new() };
    vec![
        Block::Heading("Look at it again".to_owned()),
        Block::text(
            "Keep this address: it asks to sign in, then finds the connectors of the tenant and shows their health. It names the application \
             and holds no secret; a colleague who opens it is asked whether they know the application.",
        ),
        Block::Value("address of the board".to_owned(), format!("{}#/{route}", page.base)),
    ]
}

/// What people stumble over later, each in a sentence.
fn tips(level: Option<Level>, scope: Option<&Scope>, off: bool) -> Vec<String> {
    let mut tips = vec![
        if off {
            "Provisioning is switched off: nobody comes and nobody goes until it is resumed at the step before."
        } else {
            "A new cycle runs every 20 to 40 minutes. Whom you assign in Entra comes with the next one."
        },
        "People and groups that were in Databricks before are merged with those of Entra when they match, and left alone when Entra does \
         not have them.",
        "Whoever is taken out is deactivated in Databricks, not deleted. Rights that were given to a person directly stay, even if a group \
         that gave the same is taken away.",
        "Whoever is removed in Databricks by hand is not sent again by Entra, though still assigned. A full restart finds them anew.",
        "User names and mail addresses cannot be changed in Databricks: when somebody’s address changes in Entra, ask Databricks’ account team.",
        "Groups keep their name in Databricks: do not rename them in Entra. The group admins is reserved and stays.",
        "Who is in a group of Databricks is shown in its settings under Groups, or by its Groups API.",
    ];
    match level {
        Some(Level::Account) => {
            tips.push("People and groups of the account see a workspace once they are assigned to it, in the account console.");
        }
        _ => tips.push("A person who leaves one workspace may still be in others."),
    }
    if scope == Some(&Scope::All) {
        tips.push("Everybody is provisioned: newcomers of the directory are in Databricks within the hour.");
    }
    tips.into_iter().map(str::to_owned).collect()
}
