//! The steps of Entra's own provisioning: which connector, whether it can connect, whom it provisions, what is written, and how it does.

pub(crate) mod anew;
pub mod asked;
pub mod board;
pub mod done;
mod flagged;
pub mod groups;
pub mod held;
pub mod log;
pub mod looked;
mod mappings;
mod notes;
pub mod owner;
mod proof;
pub mod review;
pub mod scope;
mod seen;
mod sure;
pub mod test;
mod when;
pub mod workspace;

use super::{Page, Signed, button, buttons};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entra::connector::guard::Examined;
use crate::entra::connector::on_demand::OnDemand;
use crate::entra::connector::set_up::Compared;
use crate::entra::connector::trace::Trace;
use crate::entra::connector::{Connector, Origin};
use crate::entra::ids::{ClientId, ObjectId};
use crate::entra::preflight::Licence;
use crate::env::Timestamp;
use crate::problem::Problem;
use crate::setup::Step;
use crate::sheet::{Block, Cell, Sheet, Tone};
use crate::worker::action::{Action, Risky};

/// What was found out in this visit.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What is under way, in words.
    pub working: Option<String>,
    /// What failed.
    pub problem: Option<Problem>,
    /// At which step.
    pub problem_at: Option<Step>,
    /// What connectors are made from, and those that are there.
    pub found: Option<Found>,
    /// What is wrong with what was filled in: the field, and what.
    pub wrong: Vec<(&'static str, String)>,
    /// What was filled in, while something is wrong with it.
    pub typed: Vec<(String, String)>,
    /// The stages of the last test.
    pub test: Vec<Stage>,
    /// Whether the last test passed, of this target and connector.
    pub passed: bool,
    /// What would come of the choice of people and groups.
    pub examined: Option<Examined>,
    /// What is there, beside what shall be.
    pub compared: Option<Box<Compared>>,
    /// Others that cannot be read and are passed over: a person knows that they do not write to the same target.
    pub passed_over: Vec<ObjectId>,
    /// When it was read (monotonic).
    pub compared_at: Duration,
    /// How far the writing is, stage by stage.
    pub carried: Vec<Stage>,
    /// Whether some of it was refused.
    pub refused: bool,
    /// What became of who proved it.
    pub proof: Option<Box<OnDemand>>,
    /// When provisioning was started from here, by the clock that only goes forward.
    pub started: Option<Duration>,
    /// Where cycles were begun from here: when the last one before them began, if there was one. Until everybody was looked up after them.
    pub begun_after: Option<Option<Timestamp>>,
    /// Whether the last look came too early for what was made a moment ago.
    pub early: bool,
    /// The tenant's licence, where it was looked for.
    pub licence: Option<Licence>,
    /// What was seen of the connector.
    pub board: Option<board::Board>,
    /// What is asked once more before it is done.
    pub sure: Option<Risky>,
    /// Whether what is done rarely was asked for: then it is not folded away again.
    pub rarely: bool,
    /// What became of those who are assigned.
    pub looked: Option<looked::LookedUp>,
    /// Which deletions are held back.
    pub held: Option<held::Held>,
    /// The ways of all who were provisioned on demand in this visit and when, the newest last.
    pub came: Vec<(Timestamp, Trace)>,
    /// What was asked of the log.
    pub asked: Vec<(String, String)>,
    /// What the log says.
    pub log: Option<log::Shown>,
    /// Why somebody is (not) there.
    pub why: Option<log::Standing>,
    /// What was done on the board last, where nothing else shows it, and what comes of it.
    pub done: Option<(&'static str, &'static str)>,
    /// Whether the summary of this connector was seen.
    pub end_seen: bool,
    /// The name of the one that was removed last, until another one is taken.
    pub removed: Option<String>,
    /// Whom would be made an owner of it, or was.
    pub owning: Option<Owning>,
    /// Who was asked to be provisioned at once while it is not known whose token it is: asked once more, it is done.
    pub unsaid: Option<ObjectId>,
    /// What Databricks says of whose token was entered last.
    pub token_of: Option<owner::TokenOf>,
    /// What came of provisioning somebody at once.
    pub on_demand: Option<Box<OnDemand>>,
}

/// The application for unattended runs as an owner of the connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owning {
    /// The name of the application.
    pub owner: String,
    /// Its client id.
    pub client: ClientId,
    /// The name of the connector.
    pub connector: String,
    /// Its service principal.
    pub id: ObjectId,
    /// Whether it is so by now.
    pub done: bool,
}

/// The connectors of the tenant.
#[derive(Clone, Debug)]
pub struct Found {
    /// What they are made from.
    pub origin: Origin,
    /// They.
    pub connectors: Vec<Connector>,
    /// Why there may be more.
    pub broken: Option<Problem>,
}

/// The sheets of a step: before and after what the page itself shows.
#[must_use]
pub fn sheets(
    step: Step,
    page: &Page,
    signed: &Signed,
    has_token: bool,
    known: &Known,
    now: Timestamp,
) -> (Sheet, Sheet) {
    match step {
        Step::Workspace => (Sheet::default(), workspace::sheet(page, signed, has_token, known, now)),
        Step::Test => (test::sheet(page, has_token, known), Sheet::default()),
        Step::Scope => (Sheet::default(), scope::sheet(page, signed, known)),
        Step::Review => (review::sheet(page, known), Sheet::default()),
        Step::Sync => (board::sheet(page, signed, known, now), Sheet::default()),
        Step::Done => (done::sheet(page, known), Sheet::default()),
        _ => (Sheet::default(), Sheet::default()),
    }
}

impl Known {
    /// What stands in a field: what was typed, or else what is known.
    fn typed<'k>(&'k self, field: &str, known: &'k str) -> &'k str {
        self.typed.iter().find(|(id, _)| id == field).map_or(known, |(_, value)| value)
    }

    /// Forgets what was read about a choice that is another one by now.
    pub fn forget_choice(&mut self) {
        (self.examined, self.compared) = (None, None);
    }

    /// Forgets what was written last: from now on it is about something else.
    pub fn forget_written(&mut self) {
        (self.carried, self.proof, self.refused) = (Vec::new(), None, false);
    }

    /// A step is left while nothing is being done. What was asked, found wrong or done there is over. What came to its end was seen at the review, and
    /// coming back is about what is to be written next; but refusals stay until something is written again.
    pub fn leave(&mut self, step: Step) {
        (self.wrong, self.sure, self.owning, self.unsaid) = (Vec::new(), None, None, None);
        if step == Step::Sync {
            self.done = None;
        }
        // What failed elsewhere meanwhile was not seen yet.
        if self.problem_at.is_none_or(|at| at == step) {
            self.problem = None;
        }
        if step == Step::Review && self.is_done() && !self.refused {
            self.forget_written();
        }
    }

    /// Whether what was written came to its end. What is worth a look is written all the same.
    fn is_done(&self) -> bool {
        let ended = |it: &Stage| matches!(it.state, State::Passed | State::Warning | State::Skipped);
        !self.carried.is_empty() && self.carried.iter().all(ended)
    }

    /// Forgets all that is about one connector: it is another one from now on, or none.
    pub fn forget_connector(&mut self) {
        self.forget_written();
        (self.board, self.compared, self.early) = (None, None, false);
        (self.looked, self.came, self.held) = (None, Vec::new(), None);
        (self.log, self.why, self.on_demand) = (None, None, None);
        (self.sure, self.owning, self.unsaid, self.asked) = (None, None, None, Vec::new());
        (self.token_of, self.removed, self.end_seen, self.begun_after) = (None, None, false, None);
        (self.done, self.rarely, self.started) = (None, false, None);
    }

    /// That one was removed from here, and what is left of it.
    fn removed(&self) -> Option<Block> {
        let name = self.removed.as_ref()?;
        Some(Block::note(
            Tone::Good,
            format!("“{name}” is removed"),
            "Nothing is provisioned by it any more; whoever is in Databricks stays there as they are. Revoke its token in Databricks: it is good \
             for anybody who has it. The application that this page signs in with and its consent are still there.",
        ))
    }

    /// Whether the connector of that id was told its address and its token, as far as was seen.
    #[must_use]
    pub fn is_told(&self, id: &ObjectId) -> bool {
        let found = self.found.iter().flat_map(|it| &it.connectors);
        let mut all = found.chain(self.board.iter().map(|it| &it.connector));
        all.any(|it| it.enterprise.object_id() == *id && it.kept.is_complete())
    }

    fn wrong(&self, field: &str) -> String {
        self.wrong.iter().find(|(id, _)| *id == field).map(|(_, words)| words.clone()).unwrap_or_default()
    }

    /// What is under way, with the button that stops it; none when nothing is.
    fn waiting(&self) -> Option<[Block; 2]> {
        let words = self.working.as_ref()?;
        Some([Block::Working(words.clone()), buttons(vec![button("Stop waiting", false, &Action::Stop)])])
    }
}

/// A stage of something that goes stage by stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What it is about.
    pub name: &'static str,
    /// How it ended.
    pub state: State,
    /// What was found, in a few words.
    pub says: String,
    /// What to know of it.
    pub problem: Option<Problem>,
}

/// How a stage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is still to come.
    Waiting,
    /// It is under way.
    Running,
    /// All is well.
    Passed,
    /// Good enough to go on, but worth knowing.
    Warning,
    /// Not good.
    Failed,
    /// Not tried, or not applicable.
    Skipped,
}

impl State {
    /// The state in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Waiting | Self::Skipped => Tone::Plain,
            Self::Running => Tone::Accent,
            Self::Passed => Tone::Good,
            Self::Warning => Tone::Warn,
            Self::Failed => Tone::Bad,
        }
    }
}

/// Stages that are all still to come.
#[must_use]
pub fn fresh(names: impl IntoIterator<Item = &'static str>) -> Vec<Stage> {
    let waiting = |name| Stage { name, state: State::Waiting, says: String::new(), problem: None };
    names.into_iter().map(waiting).collect()
}

/// Stages as a card: a table of them, and below it what to know of those that did not pass.
fn stages(title: &str, verdict: &str, stages: &[Stage]) -> Block {
    let row = |it: &Stage| {
        vec![Cell::state(it.state.tone(), it.state.word()), Cell::words(it.name).below(it.says.clone())]
    };
    let mut blocks = vec![Block::Table {
        title: "Stages".to_owned(),
        head: ["State", "Stage"].map(str::to_owned).to_vec(),
        rows: stages.iter().map(row).collect(),
    }];
    blocks.extend(stages.iter().filter_map(|it| {
        let tone = if it.state == State::Failed { Tone::Bad } else { Tone::Warn };
        it.problem.clone().map(|problem| Block::Problem(tone, problem))
    }));
    Block::Card {
        id: "stages".to_owned(),
        title: title.to_owned(),
        chip: Some(("State".to_owned(), verdict.to_owned())),
        body: true,
        blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_while_another_step_was_shown_is_told_at_its_own() {
        let problem = Problem::new("Nothing was paused.", "Entra refused.", "Try again.");
        let mut known = Known {
            problem: Some(problem.clone()),
            problem_at: Some(Step::Sync),
            done: Some(("The job is removed", "")),
            ..Known::default()
        };
        known.leave(Step::Done);
        assert_eq!((known.problem.as_ref(), known.done.is_some()), (Some(&problem), true));
        known.leave(Step::Sync);
        assert_eq!((known.problem.as_ref(), known.done), (None, None));
    }
}
