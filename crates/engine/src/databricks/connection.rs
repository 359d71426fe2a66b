//! Testing the connection, stage by stage, in the order in which it can fail. Never writes.

use serde::{Deserialize, Serialize};

use crate::databricks::relay::hello;
use crate::databricks::scim::{LINE_HEADER, Me, MemberKind, Scim, ScimError, ScimErrorKind};
use crate::databricks::target::Level;
use crate::databricks::{Connection, Route};
use crate::env::Env;
use crate::http::SendErrorKind;
use crate::problem::{Explain as _, Problem};
use crate::stop::Control;

/// The stages, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The address was read.
    Address,
    /// Something relays for this page.
    Relay,
    /// The host answers.
    Host,
    /// The token is accepted.
    Token,
    /// Token and address belong to the same level.
    Level,
    /// The token may administer users.
    Users,
    /// The token may read groups.
    Groups,
    /// Whose token it is.
    Owner,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 8] = [
        Self::Address,
        Self::Relay,
        Self::Host,
        Self::Token,
        Self::Level,
        Self::Users,
        Self::Groups,
        Self::Owner,
    ];

    /// The stage in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Address => "Address understood",
            Self::Relay => "Relay answers",
            Self::Host => "Host reached",
            Self::Token => "Token accepted",
            Self::Level => "Right level",
            Self::Users => "May administer users",
            Self::Groups => "May read groups",
            Self::Owner => "Token's owner known",
        }
    }
}

/// How a stage ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Passed,
    /// Good enough to go on, but worth knowing.
    Warning(Problem),
    /// Not good.
    Failed(Problem),
    /// Not tried, or not applicable.
    Skipped,
}

impl Outcome {
    /// The state in one word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning(_) => "warning",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One stage of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct StageResult {
    /// Which stage.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found, in a few words.
    pub note: String,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// A stage as it is written: the state in a word, and the problem, or none, beside it. Smaller to read in the page than an
/// outcome that carries its problem inside.
#[derive(Serialize, Deserialize)]
struct Written {
    stage: Stage,
    state: String,
    problem: Option<Problem>,
    note: String,
    millis: u64,
}

impl From<StageResult> for Written {
    fn from(result: StageResult) -> Self {
        let StageResult { stage, outcome, note, millis } = result;
        let state = outcome.word().to_owned();
        let problem = match outcome {
            Outcome::Warning(problem) | Outcome::Failed(problem) => Some(problem),
            Outcome::Passed | Outcome::Skipped => None,
        };
        Self { stage, state, problem, note, millis }
    }
}

impl From<Written> for StageResult {
    fn from(written: Written) -> Self {
        let Written { stage, state, problem, note, millis } = written;
        let outcome = match (state.as_str(), problem) {
            ("passed", _) => Outcome::Passed,
            ("warning", Some(problem)) => Outcome::Warning(problem),
            (_, Some(problem)) => Outcome::Failed(problem),
            // Nothing is taken for passed that does not say so.
            (_, None) => Outcome::Skipped,
        };
        Self { stage, outcome, note, millis }
    }
}

/// A whole test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// The stages, in order; all of them once the test has ended.
    pub stages: Vec<StageResult>,
    /// The id and name of the token's owner, at a workspace.
    pub owner: Option<String>,
}

impl Test {
    /// Whether provisioning may begin: nothing failed and everything was tried.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.stages.len() == Stage::ALL.len()
            && !self.stages.iter().any(|stage| matches!(stage.outcome, Outcome::Failed(_)))
    }

    /// How many stages ended with this word.
    #[must_use]
    pub fn count(&self, word: &str) -> usize {
        self.stages.iter().filter(|stage| stage.outcome.word() == word).count()
    }
}

type Found = Result<(Outcome, String), Problem>;

/// Runs the test. Each stage is reported as it ends; after the first failure the rest is skipped.
pub async fn test(
    env: &impl Env,
    connection: &Connection,
    control: &Control,
    mut report: impl FnMut(&StageResult),
) -> Test {
    let scim = Scim::new(env, connection, control.clone()).impatient();
    let mut test = Test::default();
    let mut reading = Reading::default();
    let mut failed = false;
    for stage in Stage::ALL {
        let began = env.monotonic();
        let (outcome, note) = if failed {
            (Outcome::Skipped, "Not tried, because of the failure above.".to_owned())
        } else {
            match run(stage, &scim, &mut reading).await {
                Ok(found) => found,
                Err(problem) => {
                    failed = true;
                    (Outcome::Failed(problem), String::new())
                }
            }
        };
        let spent = env.monotonic().saturating_sub(began);
        let millis = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
        let result = StageResult { stage, outcome, note, millis };
        report(&result);
        test.stages.push(result);
    }
    test.owner = reading.me.and_then(Result::ok).map(|me| me.user_name);
    test
}

/// What earlier stages learnt, so that no stage asks twice.
#[derive(Default)]
struct Reading {
    /// The first answer: at a workspace of `Me`, at an account of a list of one user.
    me: Option<Result<Me, ScimError>>,
    list: Option<Result<(), ScimError>>,
}

impl Reading {
    const fn error(&self) -> Option<&ScimError> {
        match (&self.me, &self.list) {
            (Some(Err(error)), _) | (_, Some(Err(error))) => Some(error),
            _ => None,
        }
    }

    fn status(&self) -> Option<u16> {
        match self.error().map(|error| &error.kind) {
            Some(ScimErrorKind::Refused { status, .. }) => Some(*status),
            _ => None,
        }
    }
}

async fn run<E: Env>(stage: Stage, scim: &Scim<'_, E>, reading: &mut Reading) -> Found {
    let target = &scim.connection().target;
    let level = target.level();
    let passed = |note: String| Ok((Outcome::Passed, note));
    match stage {
        Stage::Address => passed(format!("{} level, {}", capital(level.as_str()), target.host())),
        Stage::Relay => match &scim.connection().route {
            Route::Direct => {
                Ok((Outcome::Skipped, "Not needed: this program calls Databricks itself.".to_owned()))
            }
            Route::Relay { base } => relay(scim.env(), base).await,
        },
        Stage::Host => {
            match level {
                Level::Workspace => reading.me = Some(scim.me().await),
                Level::Account => reading.list = Some(scim.probe("read from the account", "Users").await),
            }
            match reading.error() {
                // Any answer of Databricks itself shows that the host is reached; what it says is for the next stages.
                Some(error) if reading.status().is_none() => Err(error.explain()),
                Some(error) if reading.status() == Some(429) || reading.status() >= Some(500) => {
                    Err(error.explain())
                }
                _ => passed(format!("{} answered", target.host())),
            }
        }
        Stage::Token => match reading.error() {
            Some(error) if reading.status() == Some(401) => Err(error.explain()),
            _ if scim.connection().token.expose().starts_with("eyJ") => Ok((
                Outcome::Warning(Problem::new(
                    "This token lives about an hour.",
                    "It is an access token of Entra or OAuth: a longer synchronisation would be cut off.",
                    "Use it for a short run only; a personal access token or the account's SCIM token lasts.",
                )),
                "Databricks accepts it".to_owned(),
            )),
            _ => passed("Databricks accepts it".to_owned()),
        },
        Stage::Level => match reading.error() {
            // What a refusal says about rights is for the next stage.
            Some(_) if reading.status() == Some(403) => {
                Ok((Outcome::Skipped, "Not known: the answer says only that this is not allowed.".to_owned()))
            }
            Some(error) => Err(error.explain()),
            None => passed(format!("Address and token belong to the {}", level.as_str())),
        },
        Stage::Users => users(scim, reading).await,
        Stage::Groups => match scim.probe("read the groups", "Groups").await {
            Ok(()) => passed("Groups can be read".to_owned()),
            Err(error) => Err(error.explain()),
        },
        Stage::Owner => Ok(match reading.me.as_ref() {
            Some(Ok(me)) => (
                Outcome::Passed,
                format!("{}: this person is protected and will not be changed", me.user_name),
            ),
            _ => (Outcome::Skipped, "The SCIM token of an account belongs to no person.".to_owned()),
        }),
    }
}

async fn users<E: Env>(scim: &Scim<'_, E>, reading: &Reading) -> Found {
    if let Some(error) = reading.error() {
        return Err(error.explain());
    }
    let Some(Ok(me)) = &reading.me else {
        // The list that was read at the first contact is open to administrators and the account's SCIM token only.
        return Ok((Outcome::Passed, "The account's users can be read".to_owned()));
    };
    scim.probe("read the users", "Users").await.map_err(|error| error.explain())?;
    let admin = me.groups.iter().any(|group| {
        group.display.as_deref() == Some("admins")
            && matches!(group.kind(), MemberKind::Group | MemberKind::Unknown)
    });
    if admin {
        return Ok((Outcome::Passed, format!("{} is a workspace administrator", me.user_name)));
    }
    Err(Problem::new(
        format!("{} may not administer users.", me.user_name),
        "The token's owner is not in the workspace's group \"admins\".",
        "Use a token of a workspace administrator, best one that is not provisioned from Entra.",
    ))
}

async fn relay(env: &impl Env, base: &str) -> Found {
    let problem = |why: &str| {
        Problem::new(
            "No relay answers beside this page.",
            why,
            "Serve the page with `scim-setup serve --allow HOST`, or download the setup and use the command line.",
        )
    };
    match env.send(hello(base)).await {
        Ok(answer) if answer.is_success() && !answer.is_html() && answer.text().contains("\"relay\"") => {
            Ok((Outcome::Passed, "A relay answers beside this page".to_owned()))
        }
        Ok(answer) => match ScimErrorKind::of(&answer) {
            kind @ ScimErrorKind::Relay { .. } => {
                Err(ScimError { doing: "use the relay".to_owned(), kind }.explain())
            }
            _ => Err(problem(
                "The host that serves the page offers none: a page may not call Databricks itself.",
            )
            .detail("status", answer.status.to_string())
            .detail(LINE_HEADER, answer.header(LINE_HEADER).unwrap_or_default())),
        },
        Err(error) if error.kind == SendErrorKind::TimedOut => {
            Err(problem("The host that serves the page did not answer in time."))
        }
        Err(error) => {
            Err(problem("The host that serves the page does not answer.").detail("error", error.to_string()))
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
