//! How the application is registered: by hand, by one command, by a colleague; and what is found when it is looked at.

mod extras;
#[cfg(test)]
mod tests;
mod unfit;

use super::{Page, Signed, button, buttons, portal, refused, unattended};
use crate::entra::clouds::Cloud;
use crate::entra::consent::{MANAGE, Scope, holds, needed, purpose};
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::redirect::RedirectUri;
use crate::entra::registration::command::{Shell, azure_cloud, register};
use crate::entra::registration::{Kind, Owner, Owners, Repair};
use crate::env::Timestamp;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sheet::{Block, Cell, Form, Input, InputKind, Sheet, Span, Tone};
use crate::worker::action::{Action, Rights};

/// What was found out about the registration in this visit.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What is wrong with the line that was pasted, and the text itself.
    pub pasted: Option<(String, String)>,
    /// What is under way, in words.
    pub working: Option<String>,
    /// What failed.
    pub problem: Option<Problem>,
    /// What the look at the registration brought.
    pub looked: Option<Looked>,
    /// That this tenant turned out to have no registration of this application.
    pub absent: Option<Absent>,
    /// Where else the tenant lives, with what was entered.
    pub cloud: Option<Elsewhere>,
}

/// What is known of a registration that this tenant does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It is this other tenant's.
    Of(TenantId),
    /// Nothing says whose it is.
    Unknown,
}

/// A tenant that lives in another cloud than the one that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where it lives; several, where the service does not say which.
    pub clouds: Vec<Cloud>,
    /// Whether that is certain.
    pub sure: bool,
    /// The tenant.
    pub tenant: TenantId,
    /// The application that was entered.
    pub client: ClientId,
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
    /// Whether something was mended just now.
    pub mended: bool,
}

/// The sheet above the fields.
#[must_use]
pub fn routes(page: &Page, known: &Known, refused: &refused::Known) -> Sheet {
    let uri = match RedirectUri::parse(&page.base) {
        Ok(uri) => uri,
        Err(error) => {
            let problem = Problem::new(
                "Nobody can sign in to the page at this address.",
                error.to_string(),
                "Open the page at another address, then come back to this step.",
            )
            .detail("address", &page.base);
            return Sheet(vec![Block::Problem(Tone::Bad, problem)]);
        }
    };
    let fresh = page.setup.client.is_none();
    let mut blocks = Vec::new();
    if page.preset {
        blocks.push(Block::note(
            Tone::Good,
            "The host of this page has registered it",
            "The two IDs below are preset. Press “Sign in with Microsoft”; if that fails, the message says what to mend.",
        ));
    }
    blocks.extend(known.cloud.iter().flat_map(other_cloud));
    blocks.push(by_hand(page, &uri, fresh && !page.preset));
    blocks.push(by_command(page, &uri, known));
    blocks.push(by_colleague(page, &uri));
    blocks.push(refused::part(refused));
    Sheet(blocks)
}

/// The clouds to go on with.
fn other_cloud(elsewhere: &Elsewhere) -> [Block; 2] {
    let Elsewhere { clouds, sure, tenant, client } = elsewhere;
    let title = match clouds.as_slice() {
        [cloud] if *sure => format!("This tenant lives in the cloud “{}”", cloud.name),
        [cloud] => format!("This tenant probably lives in the cloud “{}”", cloud.name),
        _ => "This tenant probably lives in another cloud".to_owned(),
    };
    let choose = clouds.iter().map(|cloud| {
        let (tenant, client) = (tenant.clone(), client.clone());
        let other = Action::OtherCloud { cloud: cloud.id.clone(), tenant, client };
        button(&format!("Choose {}", cloud.name), clouds.len() == 1, &other)
    });
    [
        Block::note(
            Tone::Warn,
            title,
            "An application is worth nothing outside its own cloud. If this one is registered there too, go on with that cloud.",
        ),
        buttons(choose.collect()),
    ]
}

fn fold(id: &str, summary: &str, open: bool, blocks: Vec<Block>) -> Block {
    Block::Fold { id: id.to_owned(), summary: summary.to_owned(), open, blocks }
}

fn plain(words: &str) -> Span {
    Span::Plain(words.to_owned())
}

fn link(words: &str, address: String) -> Span {
    Span::Link(words.to_owned(), address)
}

const NEW: &str = "CreateApplicationBlade/quickStartType~/null/isMSAApp~/false";

fn by_hand(page: &Page, uri: &RedirectUri, open: bool) -> Block {
    let form = Block::Panel {
        title: "Microsoft Entra admin center: Register an application".to_owned(),
        rows: vec![
            ("Name".to_owned(), Cell::copy(Kind::Page.proposed_name())),
            (
                "Supported account types".to_owned(),
                Cell::words("Accounts in this organizational directory only"),
            ),
            ("Redirect URI: platform".to_owned(), Cell::words("Single-page application (SPA)")),
            ("Redirect URI: address".to_owned(), Cell::copy(uri.as_str())),
        ],
    };
    let overview = Block::Panel {
        title: "Microsoft Entra admin center: Overview of the application".to_owned(),
        rows: vec![
            ("Application (client) ID".to_owned(), Cell::words("Copy it into the first field below")),
            ("Object ID".to_owned(), Cell::words("Not this one: it looks alike and signs nobody in")),
            ("Directory (tenant) ID".to_owned(), Cell::words("Copy it into the second field below")),
        ],
    };
    fold(
        "by-hand",
        "By hand, in the Entra admin center",
        open,
        vec![Block::Steps(vec![
            vec![
                Block::Text(vec![
                    plain("Open "),
                    link("App registrations, New registration", portal(&page.cloud, NEW)),
                    plain(" and fill it in like this:"),
                ]),
                form,
            ],
            vec![Block::text("Press Register. The Overview page appears:"), overview],
            vec![Block::text("Make no secret and no certificate: a page must not have one.")],
        ])],
    )
}

fn by_command(page: &Page, uri: &RedirectUri, known: &Known) -> Block {
    let scopes = needed(page.setup.way);
    let azure = azure(&page.cloud, uri, scopes);
    let mut blocks = vec![
        Block::text(
            "It registers the application or mends the one that it made before, makes no secret, and prints one line. \
             Run it again at will. You need the role Cloud Application Administrator; with the Azure CLI, Application Developer \
             suffices to make a new one.",
        ),
        fold(
            "azure",
            "Azure CLI, in a terminal or in Cloud Shell (Bash)",
            false,
            vec![
                Block::text(
                    "Sign in with “az login --allow-no-subscriptions” first; Cloud Shell is signed in already, but wants \
                     a subscription for its storage.",
                ),
                Block::Code("command for the Azure CLI".to_owned(), azure),
            ],
        ),
        fold(
            "powershell",
            "PowerShell with Microsoft Graph",
            false,
            vec![
                Block::text(
                    "It needs the module Microsoft.Graph.Authentication and opens Microsoft’s own window to sign in. There it asks \
                     for the delegated permission Application.ReadWrite.All, to which an administrator has to consent.",
                ),
                Block::Code(
                    "command for PowerShell".to_owned(),
                    register(Shell::PowerShell, &page.cloud, uri, scopes),
                ),
            ],
        ),
    ];
    blocks.push(printed(known));
    fold("by-command", "With one command", known.pasted.is_some(), blocks)
}

/// The command for the Azure CLI, with what has to come before it in this cloud.
fn azure(cloud: &Cloud, uri: &RedirectUri, scopes: &[Scope]) -> String {
    let command = register(Shell::Azure, cloud, uri, scopes);
    azure_cloud(cloud).map_or_else(|| command.clone(), |first| format!("{first}\n{command}"))
}

fn printed(known: &Known) -> Block {
    let (text, error) = known.pasted.clone().unwrap_or_default();
    Block::Form {
        id: Form::Printed,
        inputs: vec![Input {
            id: "printed".to_owned(),
            label: "What the command printed".to_owned(),
            hint: "Its last line, from { to }. More around it does no harm.".to_owned(),
            kind: InputKind::Lines(text),
            error,
        }],
        submit: "Take the IDs".to_owned(),
    }
}

fn by_colleague(page: &Page, uri: &RedirectUri) -> Block {
    let message = message(&page.cloud, uri, needed(page.setup.way));
    fold(
        "by-colleague",
        "Somebody else registers it",
        false,
        vec![
            Block::text(
                "Send this message to somebody with the role Cloud Application Administrator. They send two IDs back, or \
                 the line that the command prints: it goes into “With one command” above.",
            ),
            Block::Code("message".to_owned(), message),
        ],
    )
}

/// Routes by hand and by command as one message.
fn message(cloud: &Cloud, uri: &RedirectUri, scopes: &[Scope]) -> String {
    let name = Kind::Page.proposed_name();
    let address = portal(cloud, NEW);
    let (azure, powershell) = (azure(cloud, uri, scopes), register(Shell::PowerShell, cloud, uri, scopes));
    format!(
        "Please register an application in our Microsoft Entra tenant for the Databricks SCIM setup page at\n{uri}\n\
         It acts as the person who signs in, and asks for consent to what it needs. It needs no secret and no permission of its own.\n\n\
         EITHER by hand ({address}):\n\
         - Name: {name}\n\
         - Supported account types: Accounts in this organizational directory only\n\
         - Redirect URI: platform \"Single-page application (SPA)\", address {uri}\n\
         Then send me from its Overview page: Application (client) ID, and Directory (tenant) ID.\n\n\
         OR with the Azure CLI: sign in with \"az login --allow-no-subscriptions\", run this, and send me the last line that it \
         prints.\n\n{azure}\n\n\
         OR with PowerShell and its module Microsoft.Graph.Authentication: run this, and send me the last line that it prints.\
         \n\n{powershell}"
    )
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
        blocks.push(fold("rights", "What is asked for, and why", false, vec![rights()]));
    }
    Sheet(blocks)
}

fn rights() -> Block {
    Block::Table {
        title: "Permissions for managing registrations".to_owned(),
        head: vec!["Permission".to_owned(), "What for".to_owned()],
        rows: MANAGE
            .iter()
            .map(|scope| vec![Cell::code(scope.name), Cell::words(purpose(scope.name))])
            .collect(),
    }
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

/// Owners by their names.
pub(super) fn names(owners: &[Owner]) -> String {
    let names: Vec<&str> = owners.iter().map(|owner| owner.name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn found(page: &Page, looked: &Looked) -> Vec<Block> {
    let mut blocks = Vec::new();
    blocks.extend(unfit::found(page, looked));
    blocks.extend(extras::found(&looked.extras));
    blocks.push(owned(looked.owners.as_ref()));
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
