//! What a page says to its worker, and what it hears from it.
//!
//! Commands travel as JSON, events in postcard's form. The token for Databricks is no part of any message: it goes beside the
//! command that needs it, and never comes back. What a sign-in leaves with the page while the browser is away (the record with
//! state, nonce and verifier, and the answer in the address) is [`Hidden`].

mod travel;

use std::fmt;

pub use travel::{Asked, Told};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::databricks::connection::{StageResult, Test};
use crate::entra::clouds::Cloud;
use crate::entra::ids::{ClientId, TenantId};
use crate::entra::sign_in::Account;
use crate::guide::Page;
use crate::problem::Problem;
use crate::setup::{Picked, Scope, Step, Way};
use crate::stop::Wish;
use crate::sync;
use crate::sync::apply;
use crate::sync::plan::{self, Part, PlanHash};

/// A text that is not to be seen: it stands in messages, in no log or panic, and is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Both sides are built together, and their files are named by their content. A host that gives them other names may still
/// bring the worker of another release: then nothing is asked of it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Which application of which tenant, and where its answers go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The tenant's cloud.
    pub cloud: Cloud,
    /// The tenant.
    pub tenant: TenantId,
    /// The application.
    pub client: ClientId,
    /// The page's own address, exactly as registered.
    pub redirect_uri: String,
    /// The chosen way, which decides what has to be consented to.
    pub way: Option<Way>,
}

/// Something for the worker to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Prepare a sign-in. Brings [`Event::Leave`]. Where a service wanted a token that proves more, every sign-in asks for that
    /// until one succeeds.
    SignIn {
        /// Who asks.
        application: Application,
        /// The step to come back to; it decides which scopes are asked for.
        step: Step,
        /// The account to go on with without asking, when one is known; else a person chooses.
        account: Option<String>,
    },
    /// Look at what was entered to name the application and its tenant, and ask the sign-in service for the tenant. Brings
    /// [`Event::Registered`] or [`Event::Unfit`].
    Identify {
        /// The cloud that was chosen.
        cloud: Cloud,
        /// All that could have been chosen.
        clouds: Vec<Cloud>,
        /// What stands in the field for the application.
        client: String,
        /// What stands in the field for the tenant: its id, or one of its domains.
        tenant: String,
    },
    /// Say what the steps say of themselves on this way. Brings [`Event::About`].
    About(Option<Way>),
    /// Prepare the trip to the page where an administrator consents. Brings [`Event::Leave`].
    Consent {
        /// Who asks.
        application: Application,
        /// The account that is signed in, to go on with afterwards.
        account: String,
    },
    /// Compare what the sign-in service put into the page's address with the record. Brings [`Event::Spent`] when they belong
    /// together, else [`Event::Arrived`], or [`Event::Done`] when there is no answer in the address.
    Arrive {
        /// The setup's cloud.
        cloud: Cloud,
        /// What stood in the address.
        answer: Hidden,
        /// What [`Event::Leave`] gave to keep, if this visit kept it.
        kept: Option<Hidden>,
    },
    /// Go on with the answer that was compared, now that its record is removed. Brings [`Event::Arrived`], or once
    /// [`Event::Leave`], when signing in is to be tried again in another way.
    Redeem,
    /// Wait until a fresh token holds what was consented to. Brings [`Event::Granted`] and [`Event::Sheets`] on the way, then
    /// [`Event::Sheets`], or [`Event::Leave`] where the person has to sign in anew.
    Prove,
    /// Forget who is signed in, as [`Command::Forget`] does, and prepare the trip to where the session at the sign-in service
    /// is ended. Brings [`Event::Leave`], with nothing to keep.
    SignOut {
        /// The page's own address, exactly as registered.
        redirect_uri: String,
    },
    /// Learn the tenant's name. Brings [`Event::Named`].
    Tenant,
    /// Look for groups and people. Brings [`Event::Found`].
    Search {
        /// The beginning of a name or address.
        text: String,
    },
    /// From now on use this target, with the token that comes beside this command. Brings [`Event::Done`].
    Connect {
        /// The address of the account or workspace; it is checked once more before the token goes anywhere.
        target: String,
        /// The origins beside Databricks' own hosts that the configuration trusts.
        extra: Vec<String>,
        /// Where the relay answers, relative to the page.
        relay: String,
    },
    /// Test the connection. Brings [`Event::Stage`] for each stage, then [`Event::Tested`].
    Test,
    /// Read both sides and make the plan. Brings [`Event::Reading`], then [`Event::Planned`].
    Plan {
        /// The tenant.
        tenant: TenantId,
        /// Who and what is in scope.
        scope: Scope,
    },
    /// Give the first lines of a part of the plan. Brings [`Event::Lines`].
    Lines {
        /// Which part.
        part: Part,
        /// How many at most.
        limit: usize,
    },
    /// Apply the plan of this hash; go on where it was, when some of it is done already. Brings [`Event::Applying`] and
    /// [`Event::Verifying`], then [`Event::Applied`].
    Apply {
        /// What was approved.
        approved: PlanHash,
    },
    /// Pause, resume or stop the applying. Brings [`Event::Done`].
    Want(Wish),
    /// Forget who is signed in, the target and its token, and end what is under way. Brings [`Event::Done`].
    Forget,
    /// Give a file. Brings [`Event::Written`].
    Write(File),
    /// Show what a step says. Brings [`Event::Sheets`].
    Show {
        /// The step.
        step: Step,
        /// What the page tells of itself.
        page: Box<Page>,
    },
    /// What [`Event::Keep`] brought is on record. Brings [`Event::Done`].
    Kept,
    /// The step is left: forget what must not be shown again. Brings [`Event::Done`].
    Hide,
    /// Do what was pressed in a sheet: an [`Action`](super::action::Action) as the button holds it. Brings [`Event::Sheets`] whenever they change, or
    /// [`Event::Leave`].
    Do(String),
    /// Take what was filled in. Brings [`Event::Sheets`], or [`Event::Registered`].
    Fill {
        /// The form's id.
        form: String,
        /// The ids of its fields, and what stands in them.
        values: Vec<(String, String)>,
    },
}

/// A file that the worker writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum File {
    /// The plan, as `scim-setup apply` takes it.
    Plan,
    /// The report as JSON.
    Report,
    /// The report as CSV.
    Table,
}

/// What is said of something that has to wait for what is under way. Once that has ended it is of no use any more.
pub const NOT_NOW: &str = "Not now";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Where to send the browser, and what to keep in this tab until it is back.
    Leave {
        /// The address.
        address: String,
        /// What to keep.
        kept: Hidden,
    },
    /// The kept record is the one that this answer is for. It is used up: remove it, then give [`Command::Redeem`].
    Spent,
    /// What the answer in the address comes to.
    Arrived(Arrival),
    /// The scopes of a fresh token, by their short names.
    Granted(Vec<String>),
    /// The tenant's name, where it may be read.
    Named(Option<String>),
    /// What a search found.
    Found {
        /// Groups.
        groups: Vec<Candidate>,
        /// People.
        people: Vec<Candidate>,
    },
    /// A stage of the test ended.
    Stage(StageResult),
    /// The test ended.
    Tested(Test),
    /// How far the reading is.
    Reading(sync::Progress),
    /// The plan is made.
    Planned {
        /// What there is to know of it.
        plan: plan::Overview,
        /// Its figures, as strokes ([`crate::sheet`]).
        glance: String,
    },
    /// What the steps say of themselves, in order ([`crate::guide::about`]).
    About(Vec<String>),
    /// Lines of the plan, as strokes ([`crate::sheet`]).
    Lines(String),
    /// How far the applying is.
    Applying(apply::Progress),
    /// What was written is being read back.
    Verifying,
    /// The applying is over, in one way or another.
    Applied {
        /// The run in a line.
        summary: String,
        /// Whether every line was tried.
        complete: bool,
        /// Whether something was not finished.
        open: bool,
        /// What came of it, as strokes ([`crate::sheet`]).
        outcome: String,
    },
    /// The text of a file.
    Written(String),
    /// What a step says.
    Sheets {
        /// The step.
        step: Step,
        /// Before what the page itself shows, as strokes ([`crate::sheet`]).
        above: Hidden,
        /// After it. A fresh secret may stand in it, once.
        below: Hidden,
        /// Whether work on registrations is under way, which leaving would cut off.
        busy: bool,
    },
    /// An application is registered: these are its ids.
    Registered {
        /// The id of the cloud.
        cloud: String,
        /// The tenant.
        tenant: TenantId,
        /// The application.
        client: ClientId,
    },
    /// What is wrong with what was entered for the application and for the tenant; empty where it is fine.
    Unfit {
        /// About the application.
        client: String,
        /// About the tenant.
        tenant: String,
    },
    /// The application for runs on a schedule, for the record.
    Unattended {
        /// Its client id.
        client: ClientId,
        /// When its last secret ends, where one was made.
        secret_ends: Option<String>,
    },
    /// Put this on record, in the setup: the facts of the connector, as JSON. Then give [`Command::Kept`]: what follows may not be sent before.
    Keep(String),
    /// What Graph proves of the connector for a step; nothing, when it does not any more.
    Proved {
        /// The step.
        step: Step,
        /// The proof in a line.
        proof: Option<String>,
    },
    /// This is the target, by its address. A token for it is not known.
    Target(String),
    /// Choose this.
    Choose(#[serde(with = "travel::as_json")] Scope),
    /// Offer a file to save.
    Offer {
        /// Its name.
        name: String,
        /// Its media type.
        kind: String,
        /// What is in it.
        text: String,
    },
    /// Go to this step.
    Go(Step),
    /// It is done, and there is nothing to tell.
    Done,
    /// It was given up for a newer command.
    Superseded,
    /// It was not possible.
    Failed(Problem),
}

/// What an answer of the sign-in service comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrival {
    /// Somebody signed in.
    SignedIn {
        /// The step to come back to.
        step: Step,
        /// Who.
        account: Account,
        /// The granted scopes, by their short names.
        scopes: Vec<String>,
    },
    /// The consent page was left with success. That proves nothing; a fresh token does.
    Consented {
        /// The account that was signed in before.
        account: String,
    },
    /// Somebody came back from a consent that was asked for elsewhere, and is done: nothing else is to be shown to them.
    Thanks(Problem),
    /// Something to know: a refusal, an answer that this visit did not ask for, a remark on a sign-in that comes next, or that
    /// a person has to sign in again before what is being done can go on.
    Told {
        /// The step to show it at; nothing for the one that is shown.
        step: Option<Step>,
        /// Whether it is a failure.
        failed: bool,
        /// What to know, and what to press.
        note: Note,
    },
}

/// Something to know, and a sign-in to begin from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What to know.
    pub problem: Problem,
    /// What stands on the button of the sign-in; empty, where there is none to begin.
    pub button: String,
    /// The account to go on with; without one the person chooses.
    pub account: Option<String>,
}

impl From<Problem> for Note {
    fn from(problem: Problem) -> Self {
        Self { problem, button: String::new(), account: None }
    }
}

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// What would be picked.
    pub picked: Picked,
    /// What tells it from others of the same name.
    pub says: String,
}
