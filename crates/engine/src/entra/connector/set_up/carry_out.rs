//! Writing what was shown, stage by stage, each of which proves itself before the next begins. Nothing starts before the test has passed and
//! one person has been provisioned.

use serde_json::json;

use super::error::SetUpError;
use super::others::{Watch, still_clear};
use super::shown::{everybody_assigned, still_assigned, the_job, unchanged};
use super::stage::Stage;
use super::{Told, Writes};
use crate::entra::connector::assignment::{AssignError, Assigned, Reached, assign};
use crate::entra::connector::create::{read, template};
use crate::entra::connector::job::{Restart, ensure, job, restart, start};
use crate::entra::connector::on_demand::{Members, OnDemand, Subject, provision_assigned};
use crate::entra::connector::schema::{self, Table, repair_external_id};
use crate::entra::connector::secrets::save;
use crate::entra::connector::trace::Status;
use crate::entra::connector::validate::{Credentials, validate};
use crate::entra::connector::wire::{Enterprise, Job};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::{Env, Timestamp};
use crate::problem::Problem;
use crate::secret::Secret;
use crate::stop::Control;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The job.
    pub job: Job,
    /// When its last cycle before the start began, where it had one.
    pub before: Option<Timestamp>,
    /// What came of assigning, where anybody was to be.
    pub assigned: Option<Assigned>,
    /// What came of the person that was provisioned first.
    pub proof: Option<OnDemand>,
}

/// What is told of the way: the stage that is under way, what is waited for, and what a stage found that has ended.
pub type Tell<'t> = &'t dyn Fn(Stage, Option<Waiting>, &str);

/// Carries it out. `sent` is when an earlier visit asked for the job; `record` puts on record that it is asked for from now on, or was
/// refused.
///
/// # Errors
/// [`SetUpError`]; what was done by then stays, and nothing of it is done twice.
pub async fn carry_out<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: Tell<'_>,
    (writes, watch): (&Writes, &Watch<'_>),
    token: Option<&Secret>,
    sent: Option<Timestamp>,
    record: impl AsyncFn(Option<Timestamp>) -> Result<(), Problem>,
) -> Result<Carried, SetUpError> {
    let principal = &writes.principal;
    let waits = |stage: Stage| move |waiting: Waiting| tell(stage, Some(waiting), "");

    tell(Stage::Test, None, "");
    let enterprise = read(graph, control, &waits(Stage::Test), principal).await?;
    let made_from = template(graph, control, &waits(Stage::Test), principal).await?;
    unchanged(graph, control, &waits(Stage::Test), writes).await?;
    let credentials = match (&writes.tell, token) {
        (Some(told), Some(token)) => Credentials::Given(&told.target, token),
        _ => Credentials::Saved,
    };
    validate(graph, control, &waits(Stage::Test), (principal, &made_from), credentials)
        .await
        .map_err(SetUpError::Test)?;

    tell(Stage::Access, None, "Entra’s test passed");
    access(graph, control, &waits(Stage::Access), &enterprise, writes.assignment_required).await?;

    tell(
        Stage::Job,
        None,
        if writes.assignment_required == Some(true) { "only who is assigned" } else { "as it shall be" },
    );
    let job = match &writes.job {
        Some(shown) => the_job(graph, control, &waits(Stage::Job), principal, shown).await?,
        None => ensure(graph, control, &waits(Stage::Job), (principal, &made_from), sent, record)
            .await
            .map_err(SetUpError::Job)?,
    };

    // A job that is on takes up by itself what it is told, and whoever is assigned.
    let runs = job.schedule.is_active();
    let more = !writes.assign.is_empty();
    let mut found = job.id.clone();
    let mut early = None;
    if writes.restart {
        // While everybody is in scope it changes nothing that they are assigned. Half of it done, nobody leaves.
        tell(Stage::Assign, None, &found);
        if runs && more {
            still_clear(graph, control, watch, &enterprise, writes).await?;
        }
        early = assigned(graph, control, tell, &enterprise, writes).await?;
        everybody_assigned(early.as_ref(), writes)?;
        still_assigned(graph, control, &enterprise, writes).await?;
        found = counted(early.as_ref());
    }

    tell(Stage::Tell, None, &found);
    if runs && (writes.tell.is_some() || (more && !writes.restart)) {
        still_clear(graph, control, watch, &enterprise, writes).await?;
    }
    if let (Some(Told { target, settings }), Some(token)) = (&writes.tell, token) {
        let told = writes.shown.address.is_some();
        save(graph, control, &waits(Stage::Tell), principal, (target, token), (settings, told))
            .await
            .map_err(SetUpError::Tell)?;
    }

    tell(Stage::Mapping, None, if writes.tell.is_some() { "saved, and read back" } else { "unchanged" });
    let table = mapping(graph, control, &waits(Stage::Mapping), (principal, &job.id), writes.repair).await?;

    let mut found = "externalId is the object id".to_owned();
    let assigned = if writes.restart {
        early
    } else {
        tell(Stage::Assign, None, &found);
        let assigned = assigned(graph, control, tell, &enterprise, writes).await?;
        found = counted(assigned.as_ref());
        assigned
    };

    tell(Stage::Prove, None, &found);
    let proof = prove(graph, control, &waits(Stage::Prove), (principal, &job.id), &table, writes).await?;

    tell(
        Stage::Start,
        None,
        &proof.as_ref().map_or_else(|| "not asked for".to_owned(), |it| it.object.label().to_owned()),
    );
    if writes.start || writes.restart {
        still_clear(graph, control, watch, &enterprise, writes).await?;
    }
    if writes.restart {
        still_assigned(graph, control, &enterprise, writes).await?;
    }
    let (job, before) = begin(graph, control, &waits(Stage::Start), writes, job).await?;
    Ok(Carried { job, before, assigned, proof })
}

/// Who may sign in to Databricks through the application.
async fn access<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    enterprise: &Enterprise,
    required: Option<bool>,
) -> Result<(), Gone> {
    let Some(required) = required else { return Ok(()) };
    let id = enterprise.object_id();
    let path = format!("/servicePrincipals/{id}");
    until(graph.env, control, tell, async || {
        let now = read_now(graph, &id).await;
        match now {
            Ok(now) if now.app_role_assignment_required == Some(required) => return Ok(Tried::Ready(())),
            Ok(_) => {}
            Err(error) if Settling::Read.is_not_yet(&error) => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        }
        let doing = "set who may sign in to the connector's application";
        let change = Change::patch(doing, &path, json!({ "appRoleAssignmentRequired": required }));
        match graph.change(change).await {
            Ok(()) => Ok(Tried::NotYet(None)),
            Err(error) if Settling::Update.is_not_yet(&error) || error.is_unsure() => {
                Ok(Tried::NotYet(Some(error)))
            }
            Err(error) => Err(error),
        }
    })
    .await
}

async fn read_now<E: Env>(graph: &Graph<'_, E>, id: &ObjectId) -> Result<Enterprise, GraphError> {
    let path = format!("/servicePrincipals/{id}?$select={}", crate::entra::connector::create::FIELDS);
    graph.get("read the connector's enterprise application", &path).await
}

/// Looks at the mappings, mends them where that was shown, and brings them: people are provisioned by them.
async fn mapping<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &str),
    repair: bool,
) -> Result<Table, SetUpError> {
    let schema = settle(graph.env, control, Settling::Service, tell, async || {
        schema::read(graph, principal, job).await
    })
    .await?;
    let schema = match repair_external_id(&schema) {
        Some(repaired) if repair => {
            schema::save(graph, control, tell, (principal, job), &repaired).await?;
            repaired
        }
        Some(_) => {
            return Err(SetUpError::Mapping(Problem::new(
                "The attribute mappings have changed meanwhile.",
                "externalId is not taken from the object id any more, and that it would be mended was not shown.",
                "Look at the changes again, then go on.",
            )));
        }
        None => schema,
    };
    let table = Table::of(&schema);
    if table.people.as_ref().is_some_and(|people| people.enabled) {
        return Ok(table);
    }
    Err(SetUpError::Mapping(Problem::new(
        "Nobody would be provisioned.",
        "The attribute mappings have none for people, or it is switched off.",
        "Reset the attribute mappings, or switch the one for users on in the Entra admin center.",
    )))
}

async fn assigned<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: Tell<'_>,
    enterprise: &Enterprise,
    writes: &Writes,
) -> Result<Option<Assigned>, SetUpError> {
    if writes.assign.is_empty() {
        return Ok(None);
    }
    let wanted: Vec<ObjectId> = writes.assign.iter().map(|picked| picked.id.clone()).collect();
    let reached = |at: Reached| tell(Stage::Assign, at.waiting, &format!("{} of {}", at.done, at.of));
    let done = assign(graph, control, &reached, enterprise, &wanted).await.map_err(SetUpError::Assign)?;
    // One that was refused ends that one; where all were, it is the right to assign that is missing.
    match done.refused.first() {
        Some((_, error)) if done.done.is_empty() && done.late.is_empty() => {
            Err(SetUpError::Assign(AssignError::Gone(Gone::Failed(error.clone()))))
        }
        _ => Ok(Some(done)),
    }
}

fn counted(assigned: Option<&Assigned>) -> String {
    match assigned {
        None => "unchanged".to_owned(),
        Some(it) if it.refused.is_empty() => format!("{} assigned", it.done.len() + it.late.len()),
        Some(it) => format!("{} assigned, {} refused", it.done.len() + it.late.len(), it.refused.len()),
    }
}

/// Provisions one person for real, or one group with a few members. Somebody who is there already proves it as well.
async fn prove<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    place: (&ObjectId, &str),
    table: &Table,
    writes: &Writes,
) -> Result<Option<OnDemand>, SetUpError> {
    let Some(who) = &writes.prove else { return Ok(None) };
    let subject = match &writes.prove_with {
        None => Subject::Person(who.id.clone()),
        Some(with) => {
            let few = with.iter().take(Members::MOST).map(|it| it.id.clone()).collect();
            Subject::Group(who.id.clone(), Members::new(few).unwrap_or_default())
        }
    };
    let rule = table.get(subject.kind()).map(|mapping| mapping.rule_id.as_str()).ok_or_else(|| {
        SetUpError::Mapping(Problem::new(
            format!("“{}” cannot be provisioned as a proof.", who.name),
            "The attribute mappings have none for groups.",
            "Choose a person as proof, or reset the attribute mappings.",
        ))
    })?;
    let told =
        provision_assigned(graph, control, tell, place, rule, &subject).await.map_err(SetUpError::Prove)?;
    if told.result == Status::Success || told.object.is_unchanged() {
        return Ok(Some(told));
    }
    let problem = told.problem().unwrap_or_else(|| {
        Problem::new(
            format!("“{}” was not provisioned.", who.name),
            "Entra does not say why.",
            "Choose somebody else as proof, or look at the provisioning log in some minutes.",
        )
    });
    Err(SetUpError::Unproved(problem, Box::new(told)))
}

async fn begin<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    writes: &Writes,
    known: Job,
) -> Result<(Job, Option<Timestamp>), Gone> {
    let principal = &writes.principal;
    let now = async || {
        settle(graph.env, control, Settling::Service, tell, async || job(graph, principal, &known.id).await)
            .await
    };
    let mut before = known.last_began();
    if writes.restart {
        // It runs, and may have had a cycle since it was looked at.
        before = now().await?.last_began();
        restart(graph, control, tell, (principal, &known.id), Restart::Usual).await?;
    }
    let job =
        if writes.start { start(graph, control, tell, principal, &known.id).await? } else { now().await? };
    Ok((job, before))
}
