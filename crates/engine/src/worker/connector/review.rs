//! Settings, what would come of the choice, what would be written, and writing exactly that.

mod taking;

use std::rc::Rc;
use std::time::Duration;

use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use super::super::{Told, Worker};
use crate::databricks::Connection;
use crate::databricks::target::Target;
use crate::entra::connector::assignment::{Change, left_over};
use crate::entra::connector::guard::{Reading, examine};
use crate::entra::connector::origin;
use crate::entra::connector::secrets::{Mail, Settings};
use crate::entra::connector::set_up::{
    Carried, PassedOver, SetUpError, Stage, Token, Wanted, Watch, Writes, carry_out, compare,
};
use crate::entra::ids::ObjectId;
use crate::entra::preflight::Licence;
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::scope::{BY_HAND, MAIL, REQUIRED, THRESHOLD, proposed};
use crate::guide::connector::{self, State};
use crate::problem::Problem;
use crate::setup::{Scope, Step, TokenOwner};
use crate::sync::journal::Journal;

/// A comparison may be written for so long.
const KEEPS: Duration = Duration::from_secs(1_800);
const OLD: &str = "What is shown was read more than half an hour ago, and much may have changed.";

impl<E: Env, J: Journal> Worker<E, J> {
    /// Takes how the connector shall work.
    pub(super) fn settings(&self, values: &[(String, String)], tell: &dyn Fn(Event)) -> Told {
        let value = |id: &str| values.iter().find(|(key, _)| key == id).map_or("", |(_, value)| value.trim());
        let mut wrong = Vec::new();
        let mail = match value(MAIL) {
            "" => None,
            text => Mail::parse(text).map_err(|error| wrong.push((MAIL, error.to_string()))).ok(),
        };
        let threshold = match value(THRESHOLD) {
            "" => None,
            // Nobody asked for it: it was proposed.
            text if value(MAIL).is_empty() && proposed(&self.facts()) == Some(text.to_owned()) => None,
            // Without an address Entra does not hold anything back (`accidental-deletions`).
            _ if value(MAIL).is_empty() => {
                wrong.push((
                    THRESHOLD,
                    "It needs a notification email: enter one, or leave this empty.".to_owned(),
                ));
                None
            }
            text => match text.parse::<u32>() {
                Ok(number) if number > 0 => Some(number),
                _ => {
                    wrong.push((THRESHOLD, "Enter a whole number above 0, or leave it empty.".to_owned()));
                    None
                }
            },
        };
        let by_hand = !value(BY_HAND).is_empty();
        let (nobody, unsaid) = {
            let held = self.held.borrow();
            let scope = held.desk.page.as_ref().and_then(|page| page.setup.scope.as_ref());
            (scope.is_none_or(Scope::is_empty), scope.is_none())
        };
        // Whom one that is there provisions already stays until something is chosen. To choose nobody is something else.
        let told = || self.facts().id.is_some_and(|id| self.connector(|known| known.is_told(&id)));
        if nobody && !by_hand && !(unsaid && told()) {
            wrong.push((
                BY_HAND,
                "Search for a group above and add it, choose everyone, or tick this.".to_owned(),
            ));
        }
        let good = wrong.is_empty();
        self.nothing_wrong(Step::Scope, tell);
        self.connector(|known| {
            known.wrong = wrong;
            known.typed = if good { Vec::new() } else { values.to_vec() };
            known.compared = None;
            known.forget_written();
        });
        if !good {
            return Ok(self.sheets(Step::Scope));
        }
        let required = !value(REQUIRED).is_empty();
        self.keep(tell, |facts| {
            (facts.mail, facts.threshold) = (mail, threshold);
            (facts.assignment_required, facts.by_hand) = (required, by_hand);
        });
        tell(Event::Proved { step: Step::Review, proof: None });
        Ok(Event::Go(Step::Review))
    }

    /// Reads what would come of the choice.
    pub(super) async fn examine(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        let Some(scope) = work.page.setup.scope.clone() else { return Ok(()) };
        let reading = |at: Reading| {
            let words = format!("Reading groups and people: {} of {}", at.done, at.of);
            self.connecting(Step::Scope, &words, None, tell);
        };
        let facts = self.facts();
        let owner = match &facts.owner {
            Some(TokenOwner::Person(picked)) => Some(&picked.id),
            Some(TokenOwner::NoPerson) | None => None,
        };
        let examined = examine(&work.graph, work.control, &reading, &scope, owner).await?;
        self.connector(|known| known.examined = Some(examined));
        Ok(())
    }

    /// Reads what is there, beside what shall be.
    pub(super) async fn compare(&self, work: &Work<'_, E>, tell: &dyn Fn(Event)) -> Result<(), Failure> {
        self.connector(|known| known.compared = None);
        let facts = self.facts();
        let setup = &work.page.setup;
        let (Some(principal), Some(target)) = (&facts.id, &setup.target) else {
            return Err(Problem::new(
                "The changes cannot be looked at.",
                "Which account or workspace the connector shall write to is not known here.",
                "Enter its address at the step “Databricks workspace”.",
            )
            .into());
        };
        let says = |words: &str, waiting: Option<Waiting>| {
            self.connecting(Step::Review, words, waiting.as_ref(), tell);
        };
        let from = work
            .control
            .unless_stopped(origin(&work.graph))
            .await
            .map_err(Gone::from)?
            .map_err(Gone::Failed)?;
        let settings = Settings { everybody: false, mail: facts.mail.clone(), threshold: facts.threshold };
        let token = self.token_for(principal, target);
        let passed_over = self.connector(|known| known.passed_over.clone());
        let wanted = Wanted {
            principal,
            origin: &from,
            target,
            scope: setup.scope.as_ref(),
            settings: &settings,
            assignment_required: facts.assignment_required,
            by_hand: facts.by_hand,
            owner: facts.owner.as_ref(),
            token,
            facts: &facts,
            unread: PassedOver::These(&passed_over),
        };
        let mut compared = compare(&work.graph, work.control, &says, &wanted).await?;
        compared.licence = self.connector(|known| known.licence).unwrap_or(Licence::Unknown);
        if let [job] = compared.connector.jobs.as_slice()
            && facts.job.as_ref() != Some(&job.id)
        {
            let id = job.id.clone();
            self.keep(tell, |facts| facts.job = Some(id));
        }
        if compared.stops().is_empty() && compared.writes.is_empty() {
            // What was refused, or did not show yet, is there by now.
            self.connector(connector::Known::forget_written);
            tell(Event::Proved { step: Step::Review, proof: Some("Nothing to write".to_owned()) });
        }
        let now = self.env.monotonic();
        self.connector(|known| (known.compared, known.compared_at) = (Some(Box::new(compared)), now));
        Ok(())
    }

    /// Passes over others that cannot be read, of which a person knows that they do not write there; then compares anew.
    pub(super) async fn pass_over(
        &self,
        work: &Work<'_, E>,
        ids: &[ObjectId],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connector(|known| {
            let new = ids.iter().filter(|id| !known.passed_over.contains(id)).cloned().collect::<Vec<_>>();
            known.passed_over.extend(new);
        });
        self.compare(work, tell).await
    }

    /// Whether there is a token for this connector to be told.
    fn token_for(&self, principal: &ObjectId, target: &Target) -> Token {
        let held = self.held.borrow();
        let Some(connection) = held.connection.as_ref().filter(|it| it.target == *target) else {
            return Token::Missing;
        };
        let same = |(to, told): &(ObjectId, Rc<Connection>)| to == principal && Rc::ptr_eq(told, connection);
        // Entered once it is told once: what was told already is no change.
        if held.told.as_ref().is_some_and(same) { Token::AtHand } else { Token::Told }
    }

    /// The token that was entered for this target. One for another target must not come to it.
    fn connection_to(&self, target: &Target) -> Result<Rc<Connection>, Problem> {
        let connection = self.connection()?;
        if connection.target == *target {
            return Ok(connection);
        }
        Err(Problem::new(
            "Nothing was written.",
            "The token that was entered last is for another target than the one that was shown.",
            "Enter address and token again, then look at the changes again.",
        ))
    }

    /// Writes what was shown, and nothing else.
    pub(super) async fn begin_provisioning(
        &self,
        work: &Work<'_, E>,
        writes: &Writes,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        // What stands on the button was shown with it; what is shown now may be another comparison. Other connectors and groups may have
        // changed meanwhile, so that it does not keep for ever.
        let now = self.env.monotonic();
        let (shown, unstarted, old) = self.connector(|known| {
            let compared = known.compared.as_ref().filter(|it| it.stops().is_empty());
            let unstarted = compared.and_then(|it| it.writes.without_start()).as_ref() == Some(writes);
            let shown = unstarted || compared.is_some_and(|it| it.writes == *writes);
            (shown, unstarted, now.saturating_sub(known.compared_at) > KEEPS)
        });
        if !shown || old {
            let why = if shown { OLD } else { "What would be written is not what is shown any more." };
            return Err(
                Problem::new("Nothing was written.", why, "Look at the changes again, then go on.").into()
            );
        }
        let connection = match &writes.tell {
            Some(told) => Some(self.connection_to(&told.target)?),
            None => None,
        };
        let origin = work.control.unless_stopped(origin(&work.graph)).await.map_err(Gone::from)?;
        let origin = origin.map_err(Gone::Failed)?;
        self.connector(|known| {
            known.forget_written();
            known.carried = connector::fresh(Stage::order(writes.restart).map(Stage::title));
        });
        if writes.restart {
            // Cut off between saving and restarting, the next comparison would not see that one is due.
            self.keep_first(work.control, tell, |facts| facts.restart_due = true).await?;
        }
        let facts = self.facts();
        let record = async |at| self.keep_first(work.control, tell, |facts| facts.job_sent = at).await;
        let says = |stage: Stage, waiting: Option<Waiting>, says: &str| {
            self.carrying(stage, waiting.as_ref(), says, tell);
        };
        let token = connection.as_ref().map(|it| &it.token);
        let setup = &work.page.setup;
        let target = writes.tell.as_ref().map(|told| &told.target).or(setup.target.as_ref());
        let Some(target) = target else { return Err(Self::no_job().into()) };
        let watch = Watch { origin: &origin, target, owner: facts.owner.as_ref() };
        let parts = (writes, &watch);
        let carried = carry_out(&work.graph, work.control, &says, parts, token, facts.job_sent, record).await;
        let Carried { job, before, assigned, proof: proved } = match carried {
            Ok(carried) => carried,
            Err(error) => {
                if let SetUpError::Unproved(_, told) = &error {
                    self.connector(|known| known.proof = Some(told.clone()));
                }
                return Err(match error.into_gone() {
                    Ok(gone) => gone.into(),
                    Err(problem) => problem.into(),
                });
            }
        };
        proved.iter().for_each(|told| self.came(told));
        let refused = assigned.as_ref().is_some_and(|it| !it.refused.is_empty());
        let problem = assigned.and_then(|outcome| {
            let name = |id: &ObjectId| {
                let known = writes.assign.iter().find(|it| it.id == *id);
                known.map_or_else(|| id.as_str().to_owned(), |it| it.name.clone())
            };
            left_over(Change::Assign, &outcome, name)
        });
        let proof = match (&problem, refused) {
            (None, _) if unstarted => "Written, and not started yet",
            (None, _) => "Written, and read back",
            (Some(_), true) => "Written, with refusals",
            (Some(_), false) => "Written, and not all of it shows yet",
        };
        self.connector(|known| {
            for stage in &mut known.carried {
                let left = unstarted && [Stage::Prove, Stage::Start].map(Stage::title).contains(&stage.name)
                    || writes.prove.is_none() && stage.name == Stage::Prove.title();
                stage.state = if left { State::Skipped } else { State::Passed };
                if stage.name == Stage::Assign.title() && problem.is_some() {
                    (stage.state, stage.problem) = (State::Warning, problem.clone());
                }
            }
            (known.proof, known.refused) = (proved.map(Box::new), refused);
            known.compared = None;
            known.board = None;
            known.started = Some(self.env.monotonic());
            if !unstarted && (writes.start || writes.restart) {
                known.begun_after = Some(before);
            }
        });
        if let Some(connection) = connection {
            self.held.borrow_mut().told = Some((writes.principal.clone(), connection));
        }
        let id = job.id.clone();
        self.keep(tell, |facts| {
            (facts.job, facts.restart_due) = (Some(id), false);
        });
        tell(Event::Proved { step: Step::Review, proof: Some(proof.to_owned()) });
        Ok(())
    }

    /// Takes somebody else as a proof: what is shown then is what is written.
    pub(super) fn prove_by(&self, id: &ObjectId) -> Event {
        self.connector(|known| known.compared.iter_mut().for_each(|it| it.prove_by(id)));
        self.sheets(Step::Review)
    }

    /// How far the writing is.
    fn carrying(&self, stage: Stage, waiting: Option<&Waiting>, says: &str, tell: &dyn Fn(Event)) {
        self.connector(|known| {
            let at = known.carried.iter().position(|it| it.name == stage.title()).unwrap_or(0);
            let open = known.carried.get(at).is_some_and(|it| it.state == State::Waiting);
            if let Some(now) = known.carried.get_mut(at) {
                now.state = State::Running;
                if !open && !says.is_empty() {
                    says.clone_into(&mut now.says);
                }
            }
            // What a stage found is told with the beginning of the next.
            if let Some(before) = at.checked_sub(1).and_then(|it| known.carried.get_mut(it)).filter(|_| open)
            {
                before.state = State::Passed;
                says.clone_into(&mut before.says);
            }
        });
        self.connecting(Step::Review, stage.title(), waiting, tell);
    }
}
