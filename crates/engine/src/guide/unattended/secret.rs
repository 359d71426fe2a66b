//! The client secret: how long it shall serve, its one showing, and secrets that nobody knows.

use std::cell::Cell as Flag;

use super::Known;
use crate::entra::ids::ClientId;
use crate::entra::registration::{Life, day};
use crate::guide::{Page, button, buttons, portal};
use crate::secret::Secret;
use crate::sheet::{Block, Form, Input, InputKind, Span, Tone};
use crate::worker::action::Action;

/// A secret that was made just now.
pub struct Fresh {
    /// Its value.
    pub value: Secret,
    /// When it ends, as Graph writes it.
    pub ends: String,
    /// Whether the directory shows it.
    pub seen: Seen,
    /// Whether its step was shown since: whoever leaves that has it.
    pub is_shown: Flag<bool>,
}

/// Whether the directory shows a fresh secret: before that no sign-in with it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is being looked for, or was not.
    Looking,
    /// It does.
    There,
    /// It did not while it was looked for.
    NotYet,
}

impl Seen {
    /// When it works, as far as that is known.
    const fn works(self) -> &'static str {
        match self {
            Self::Looking => "A sign-in with it succeeds in a minute or so, once the directory shows it.",
            Self::There => {
                "The directory shows it. If a sign-in with it is refused all the same (AADSTS7000215), try again after a minute."
            }
            Self::NotYet => {
                "The directory did not show it yet: until it does, a sign-in with it is refused like one with a wrong secret \
                 (AADSTS7000215). Let some minutes pass before the first run."
            }
        }
    }
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

pub(super) fn form() -> Block {
    Block::Form {
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
    }
}

/// The secret, as long as it is there to be carried away.
pub(super) fn once(page: &Page, known: &Known, fresh: &Fresh) -> Vec<Block> {
    let Fresh { value, ends, seen, .. } = fresh;
    let mut blocks = vec![
        Block::note(
            Tone::Warn,
            "This is shown once",
            format!(
                "Put it into the secret store of the machine that runs the schedule, now: it goes from here when you leave this \
                 step, and neither Entra nor this page tells it again. It ends on {}. {}",
                day(ends),
                seen.works()
            ),
        ),
        Block::Once("client secret".to_owned(), value.clone()),
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
pub(super) fn left_over(page: &Page, left: &Left) -> Vec<Block> {
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
