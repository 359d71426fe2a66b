//! Applying a plan: exactly the one that was approved, in its order, within the limits, resumable at every request.
//!
//! Each write may be repeated. A create whose answer was lost is looked up before it is sent again; one that meets an
//! existing object takes it for its own only if it carries the same identity.

mod guard;
mod progress;

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt as _};

use crate::databricks::scim::{Effect, Patch, Scim, ScimError, ScimErrorKind, ScimId, Written};
use crate::env::{Env, Timestamp};
use crate::problem::{Explain as _, Problem};
use crate::stop::{Control, Stopped};
use crate::sync::journal::{Fact, Journal, Success};
use crate::sync::order::index;
use crate::sync::plan::{Change, Kind, MEMBERS_PER_REQUEST, Operation, Plan, PlanHash, Reference};
use crate::sync::report::{Ending, Report, Result as RowResult, Row};

use guard::{appeared, is_same, must_write, patch, somebody_else};
pub use progress::Progress;

/// How many operations are under way at once: enough to keep to the limits in spite of slow answers.
const AT_ONCE: usize = 6;
/// How long a write may stay invisible to reads (UCX of Databricks Labs waits as long).
const STALE: Duration = Duration::from_secs(90);

/// Applies a plan and says what came of every line. Ends early when stopped, when the token is not accepted any more, or
/// when the journal cannot be kept; the rest can then be gone on with.
pub async fn apply<E: Env, J: Journal>(
    scim: &Scim<'_, E>,
    plan: &Plan,
    approved: &PlanHash,
    journal: &J,
    control: &Control,
    progress: impl FnMut(Progress),
) -> Report {
    let env = scim.env();
    let run = Run {
        scim,
        plan,
        journal,
        control,
        began: env.monotonic(),
        state: RefCell::new(State {
            progress: Progress { total: plan.requests(), ..Progress::default() },
            ..State::default()
        }),
        tell: RefCell::new(progress),
    };
    let started = env.wall();
    let end = if plan.hash() == *approved && scim.connection().target == plan.target {
        run.all(approved).await.err().unwrap_or(Ending::Complete)
    } else {
        Ending::Interrupted(Problem::new(
            "Nothing was written.",
            "The plan to apply is not the plan that was approved, or is made for another target.",
            "Review the changes again.",
        ))
    };
    run.report(started, end)
}

struct Run<'r, E, J, T> {
    scim: &'r Scim<'r, E>,
    plan: &'r Plan,
    journal: &'r J,
    control: &'r Control,
    began: Duration,
    state: RefCell<State>,
    tell: RefCell<T>,
}

#[derive(Default)]
struct State {
    progress: Progress,
    results: BTreeMap<u32, RowResult>,
    ids: BTreeMap<u32, ScimId>,
}

/// How one operation failed: by itself, or so that nothing else can go on.
enum Failure {
    This(Problem),
    All(Ending),
}

impl From<Stopped> for Failure {
    fn from(_: Stopped) -> Self {
        Self::All(Ending::Stopped)
    }
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        match &error.kind {
            ScimErrorKind::Stopped => Self::All(Ending::Stopped),
            // After all the retries the next operation would fare no better.
            ScimErrorKind::Send(_) | ScimErrorKind::Relay { .. } => {
                Self::All(Ending::Interrupted(error.explain()))
            }
            _ if error.is_unauthorized() => Self::All(Ending::Interrupted(error.explain())),
            _ => Self::This(error.explain()),
        }
    }
}

impl<E: Env, J: Journal, T: FnMut(Progress)> Run<'_, E, J, T> {
    async fn all(&self, hash: &PlanHash) -> Result<(), Ending> {
        let lost = |error: crate::sync::journal::JournalError| Ending::Interrupted(error.explain());
        self.recall(hash, self.journal.load().await.map_err(lost)?);
        let fact = Fact::Began { plan: hash.clone(), made: self.plan.made, at: self.scim.env().wall() };
        self.journal.append(&fact).await.map_err(lost)?;
        self.tell();
        // People first, then groups, then memberships: each may refer to what came before.
        let phases: [&[Kind]; 3] = [
            &[Kind::CreateUser, Kind::AdoptUser, Kind::UpdateUser],
            &[Kind::CreateGroup, Kind::AdoptGroup],
            &[Kind::AddMembers],
        ];
        for kinds in phases {
            self.phase(kinds).await?;
        }
        let fact = Fact::Ended { at: self.scim.env().wall() };
        self.journal.append(&fact).await.map_err(lost)
    }

    /// Takes over what earlier runs of this very plan did.
    fn recall(&self, hash: &PlanHash, facts: Vec<Fact>) {
        let mut state = self.state.borrow_mut();
        let mut ours = false;
        let adopted: BTreeMap<u32, &ScimId> = index(
            self.plan.operations.iter().filter_map(|operation| Some((operation.id, operation.adopts()?))),
        );
        for fact in facts {
            match fact {
                Fact::Began { plan, made, .. } => ours = plan == *hash && made == self.plan.made,
                // Somebody was left out then and may be there now; adding the others again does no harm.
                Fact::Done { outcome: Success::Added { left_out, .. }, .. } if !left_out.is_empty() => {}
                Fact::Done { operation, outcome, .. } if ours => {
                    if let Some(scim) = outcome.brought().or_else(|| adopted.get(&operation).copied()) {
                        state.ids.insert(operation, scim.clone());
                    }
                    state.results.insert(operation, RowResult::Done(outcome));
                }
                Fact::Done { .. } | Fact::Ended { .. } => {}
            }
        }
        let done = &state.results;
        state.progress.done = self
            .plan
            .operations
            .iter()
            .filter(|operation| done.contains_key(&operation.id))
            .map(Operation::requests)
            .sum();
    }

    async fn phase(&self, kinds: &[Kind]) -> Result<(), Ending> {
        let mut waiting: VecDeque<&Operation> = self
            .plan
            .operations
            .iter()
            .filter(|operation| {
                kinds.contains(&operation.kind()) && !self.state.borrow().results.contains_key(&operation.id)
            })
            .collect();
        let mut running = FuturesUnordered::new();
        let mut ending = None;
        loop {
            while ending.is_none() && running.len() < AT_ONCE {
                let Some(operation) = waiting.pop_front() else { break };
                running.push(self.one(operation));
            }
            // What is under way may end on its own, so that as little as possible is left unknown. A request that a stop
            // interrupts between its tries stays open, and is looked up when the work goes on.
            match running.next().await {
                Some(Err(end)) => {
                    ending.get_or_insert(end);
                }
                Some(Ok(())) => {}
                None => return ending.map_or(Ok(()), Err),
            }
        }
    }

    async fn one(&self, operation: &Operation) -> Result<(), Ending> {
        let done = match self.control.gate().await {
            Ok(()) => self.perform(operation).await,
            Err(stopped) => Err(stopped.into()),
        };
        match done {
            Ok(outcome) => {
                let fact = Fact::Done {
                    operation: operation.id,
                    outcome: outcome.clone(),
                    at: self.scim.env().wall(),
                };
                if let Some(scim) = outcome.brought().or_else(|| operation.adopts()) {
                    self.state.borrow_mut().ids.insert(operation.id, scim.clone());
                }
                self.state.borrow_mut().results.insert(operation.id, RowResult::Done(outcome));
                self.journal.append(&fact).await.map_err(|error| Ending::Interrupted(error.explain()))?;
                if !matches!(operation.change, Change::AddMembers { .. }) {
                    self.advance(1);
                }
                Ok(())
            }
            Err(Failure::This(problem)) => {
                let mut state = self.state.borrow_mut();
                state.results.insert(operation.id, RowResult::Failed(problem));
                state.progress.failed += 1;
                drop(state);
                self.advance(operation.requests());
                Ok(())
            }
            Err(Failure::All(end)) => Err(end),
        }
    }

    async fn perform(&self, operation: &Operation) -> Result<Success, Failure> {
        let object = &operation.object;
        match &operation.change {
            Change::CreateUser { display_name, name } => {
                let create = async || {
                    self.scim.create_user(&object.name, display_name, name, object.entra.as_str()).await
                };
                let find = async || {
                    let found = self.scim.user_named(&object.name).await?;
                    Ok(found.map(|user| (user.id, user.external_id)))
                };
                self.create(operation, create, find).await
            }
            Change::CreateGroup => {
                let create = async || self.scim.create_group(&object.name, object.entra.as_str()).await;
                let find = async || match self.scim.group_named(&object.name).await? {
                    // A list may lack the identity, so the whole group is read.
                    Some(listed) => {
                        let full = self.scim.group(&listed.id, &object.name).await?;
                        Ok(Some((full.id, full.external_id)))
                    }
                    None => Ok(None),
                };
                self.create(operation, create, find).await
            }
            Change::AdoptUser { scim, changes } | Change::UpdateUser { scim, changes } => {
                let user = self.scim.user(scim, &object.name).await?;
                if matches!(operation.change, Change::UpdateUser { .. })
                    && !is_same(user.external_id.as_deref(), &object.entra)
                {
                    return Err(Failure::This(somebody_else(object, user.external_id.as_deref())));
                }
                if must_write(object, changes, |field| user.field(field))? {
                    self.scim.patch_user(scim, &object.name, &patch(changes)).await?;
                }
                Ok(Success::Changed)
            }
            Change::AdoptGroup { scim, changes } => {
                let group = self.scim.group(scim, &object.name).await?;
                if must_write(object, changes, |field| group.field(field))? {
                    self.scim.patch_group(scim, &object.name, &patch(changes)).await?;
                }
                Ok(Success::Changed)
            }
            Change::AddMembers { group, members } => {
                let group = self.resolve(group).ok_or_else(|| {
                    Failure::This(Problem::new(
                        format!("Nobody was added to the group \"{}\".", object.name),
                        "The group itself was not created.",
                        "See what the line of the group says; then make the plan again.",
                    ))
                })?;
                let (mut ids, mut left_out) = (Vec::with_capacity(members.len()), Vec::new());
                for member in members {
                    match self.resolve(&member.user) {
                        Some(id) => ids.push(id),
                        None => left_out.push(member.name.clone()),
                    }
                }
                let mut sent = 0;
                for chunk in ids.chunks(MEMBERS_PER_REQUEST) {
                    self.scim.patch_group(&group, &object.name, &Patch::default().add_members(chunk)).await?;
                    sent += 1;
                    self.advance(1);
                }
                self.advance(operation.requests().saturating_sub(sent));
                Ok(Success::Added { people: ids.len(), left_out })
            }
        }
    }

    /// Creates an object once, whatever happens on the way.
    async fn create(
        &self,
        operation: &Operation,
        create: impl AsyncFn() -> Result<Written, ScimError>,
        find: impl AsyncFn() -> Result<Option<(ScimId, Option<String>)>, ScimError>,
    ) -> Result<Success, Failure> {
        let env = self.scim.env();
        let first = env.monotonic();
        let mut attempt = 0;
        loop {
            let error = match create().await {
                Ok(written) => return Ok(Success::Created { scim: written.id }),
                Err(error) => error,
            };
            let exists = error.is_duplicate();
            if !exists && (error.kind.effect() == Effect::None || attempt + 1 >= crate::retry::ATTEMPTS) {
                return Err(error.into());
            }
            // Either it exists, or nobody knows. Reads may lag behind writes, so one that finds nothing is not believed
            // while something must be there.
            loop {
                match find().await? {
                    Some((scim, identity)) if is_same(identity.as_deref(), &operation.object.entra) => {
                        return Ok(Success::Existed { scim });
                    }
                    Some(_) => return Err(Failure::This(appeared(operation, &error))),
                    None if exists && env.monotonic().saturating_sub(first) > STALE => {
                        return Err(error.into());
                    }
                    None => {}
                }
                self.control.sleep(env, crate::retry::wait(env, attempt, None)).await?;
                attempt += 1;
                if !exists {
                    break;
                }
            }
        }
    }

    fn resolve(&self, reference: &Reference) -> Option<ScimId> {
        match reference {
            Reference::Existing(id) => Some(id.clone()),
            Reference::Created(operation) | Reference::Adopted { operation, .. } => {
                self.state.borrow().ids.get(operation).cloned()
            }
        }
    }

    fn advance(&self, requests: usize) {
        {
            let progress = &mut self.state.borrow_mut().progress;
            progress.done = (progress.done + requests).min(progress.total);
            progress.fresh += requests;
        }
        self.tell();
    }

    fn tell(&self) {
        let mut progress = self.state.borrow().progress;
        progress.elapsed = self.scim.env().monotonic().saturating_sub(self.began);
        (self.tell.borrow_mut())(progress);
    }

    fn report(self, began: Timestamp, ending: Ending) -> Report {
        let mut results = self.state.into_inner().results;
        Report {
            plan: self.plan.hash(),
            target: self.plan.target.clone(),
            began,
            ended: self.scim.env().wall(),
            ending,
            rows: self
                .plan
                .operations
                .iter()
                .map(|operation| Row {
                    kind: operation.kind().word().to_owned(),
                    object: operation.object.clone(),
                    summary: operation.summary(),
                    reason: operation.reason.clone(),
                    result: results.remove(&operation.id).unwrap_or(RowResult::Open),
                })
                .collect(),
            withheld: self.plan.withheld.clone(),
            verification: None,
        }
    }
}
