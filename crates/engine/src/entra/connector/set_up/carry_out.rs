//! Writing what was shown, stage by stage, each of which proves itself before the next begins. Nothing starts before the test has passed and
//! one person has been provisioned.

use serde_json::json;

use super::{Told, Writes};
use crate::entra::connector::assignment::{AssignError, Assigned, Reached, assign};
use crate::entra::connector::create::{read, template};
use crate::entra::connector::job::{JobError, Restart, ensure, job, restart, start};
use crate::entra::connector::on_demand::{OnDemand, OnDemandError, Subject, provision_assigned};
use crate::entra::connector::schema::{self, Table, repair_external_id};
use crate::entra::connector::secrets::{SaveError, save};
use crate::entra::connector::trace::Status;
use crate::entra::connector::validate::{Credentials, TestError, validate};
use crate::entra::connector::wire::{Enterprise, Job};
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Tried, Waiting, settle, until};
use crate::env::{Env, Timestamp};
use crate::problem::{Explain, Problem};
use crate::secret::Secret;
use crate::stop::Control;

/// A stage, in the order in which they are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Entra tests address and token once more.
    Test,
    /// Who may sign in.
    Access,
    /// The job is found or made.
    Job,
    /// The connector is told address, token and settings.
    Tell,
    /// The attribute mappings are looked at, and mended.
    Mapping,
    /// People and groups are assigned.
    Assign,
    /// One person is provisioned.
    Prove,
    /// The job is switched on.
    Start,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Test,
        Self::Access,
        Self::Job,
        Self::Tell,
        Self::Mapping,
        Self::Assign,
        Self::Prove,
        Self::Start,
    ];

    /// The stage in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Test => "Connection tested once more",
            Self::Access => "Sign-in as chosen",
            Self::Job => "Provisioning job there",
            Self::Tell => "Address, token and settings saved",
            Self::Mapping => "Attribute mappings checked",
            Self::Assign => "People and groups assigned",
            Self::Prove => "One person provisioned",
            Self::Start => "Provisioning started",
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The job.
    pub job: Job,
    /// What came of assigning, where anybody was to be.
    pub assigned: Option<Assigned>,
    /// What came of the person that was provisioned first.
    pub proof: Option<OnDemand>,
}

/// Why it did not come to its end. Everything before it is done, and is found done the next time.
#[derive(Debug)]
pub enum SetUpError {
    /// The test failed.
    Test(TestError),
    /// The job.
    Job(JobError),
    /// The job that was shown is not the one that is there.
    OtherJob(String),
    /// What it is to be told.
    Tell(SaveError),
    /// Provisioning would begin with mappings that nobody wants: what is wrong, and what to do.
    Mapping(Problem),
    /// Assigning.
    Assign(AssignError),
    /// The person was not provisioned.
    Unproved(Problem),
    /// The proof could not be made.
    Prove(OnDemandError),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for SetUpError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl From<GraphError> for SetUpError {
    fn from(error: GraphError) -> Self {
        Self::Gone(Gone::Failed(error))
    }
}

impl SetUpError {
    /// The failure of Graph beneath, where a person may have to sign in again or lacks rights.
    ///
    /// # Errors
    /// Every other failure, in words.
    pub fn into_gone(self) -> Result<Gone, Problem> {
        match self {
            Self::Test(TestError::Gone(gone))
            | Self::Job(JobError::Gone(gone))
            | Self::Tell(SaveError::Gone(gone))
            | Self::Assign(AssignError::Gone(gone))
            | Self::Prove(OnDemandError::Gone(gone))
            | Self::Gone(gone) => Ok(gone),
            other => Err(other.explain()),
        }
    }
}

impl Explain for SetUpError {
    fn explain(&self) -> Problem {
        match self {
            Self::Test(error) => error.explain(),
            Self::Job(error) => error.explain(),
            Self::OtherJob(id) => Problem::new(
                "The connector has another job than was shown.",
                "Somebody removed it or made another one meanwhile.",
                "Look at the changes again, then go on.",
            )
            .detail("job", id),
            Self::Tell(error) => error.explain(),
            Self::Mapping(problem) | Self::Unproved(problem) => problem.clone(),
            Self::Assign(error) => error.explain(),
            Self::Prove(error) => error.explain(),
            Self::Gone(gone) => gone.explain(),
        }
    }
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
    writes: &Writes,
    token: Option<&Secret>,
    sent: Option<Timestamp>,
    record: impl AsyncFn(Option<Timestamp>) -> Result<(), Problem>,
) -> Result<Carried, SetUpError> {
    let principal = &writes.principal;
    let waits = |stage: Stage| move |waiting: Waiting| tell(stage, Some(waiting), "");

    tell(Stage::Test, None, "");
    let enterprise = read(graph, control, &waits(Stage::Test), principal).await?;
    let made_from = template(graph, control, &waits(Stage::Test), principal).await?;
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
    let job = ensure(graph, control, &waits(Stage::Job), (principal, &made_from), sent, record)
        .await
        .map_err(SetUpError::Job)?;
    if writes.job.as_ref().is_some_and(|shown| *shown != job.id) {
        return Err(SetUpError::OtherJob(job.id));
    }

    tell(Stage::Tell, None, &job.id);
    if let (Some(Told { target, settings }), Some(token)) = (&writes.tell, token) {
        save(graph, control, &waits(Stage::Tell), principal, (target, token), settings)
            .await
            .map_err(SetUpError::Tell)?;
    }

    tell(Stage::Mapping, None, if writes.tell.is_some() { "saved, and read back" } else { "unchanged" });
    let rule = mapping(graph, control, &waits(Stage::Mapping), (principal, &job.id), writes.repair).await?;

    tell(Stage::Assign, None, "externalId is the object id");
    let assigned = assigned(graph, control, tell, &enterprise, writes).await?;

    tell(Stage::Prove, None, &counted(assigned.as_ref()));
    let proof = prove(graph, control, &waits(Stage::Prove), (principal, &job.id), &rule, writes).await?;

    tell(
        Stage::Start,
        None,
        &proof.as_ref().map_or_else(|| "not asked for".to_owned(), |it| it.object.label().to_owned()),
    );
    let job = begin(graph, control, &waits(Stage::Start), writes, job).await?;
    Ok(Carried { job, assigned, proof })
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

/// Looks at the mappings, mends them where that was shown, and says by which rule people are provisioned.
async fn mapping<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    (principal, job): (&ObjectId, &str),
    repair: bool,
) -> Result<String, SetUpError> {
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
    let people = Table::of(&schema).people.filter(|people| people.enabled);
    people.map(|people| people.rule_id).ok_or_else(|| {
        SetUpError::Mapping(Problem::new(
            "Nobody would be provisioned.",
            "The attribute mappings have none for people, or it is switched off.",
            "Reset the attribute mappings, or switch the one for users on in the Entra admin center.",
        ))
    })
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

/// Provisions one person for real. Somebody who is there already proves it as well.
async fn prove<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    place: (&ObjectId, &str),
    rule: &str,
    writes: &Writes,
) -> Result<Option<OnDemand>, SetUpError> {
    let Some(person) = &writes.prove else { return Ok(None) };
    let subject = Subject::Person(person.id.clone());
    let told =
        provision_assigned(graph, control, tell, place, rule, &subject).await.map_err(SetUpError::Prove)?;
    if told.result == Status::Success || told.object.is_unchanged() {
        return Ok(Some(told));
    }
    let problem = told.problem().unwrap_or_else(|| {
        Problem::new(
            format!("“{}” was not provisioned.", person.name),
            "Entra does not say why.",
            "Choose another person as proof, or look at the provisioning log in some minutes.",
        )
    });
    Err(SetUpError::Unproved(problem))
}

async fn begin<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    writes: &Writes,
    known: Job,
) -> Result<Job, Gone> {
    let principal = &writes.principal;
    if writes.restart {
        restart(graph, control, tell, (principal, &known.id), Restart::Usual).await?;
    }
    if writes.start {
        start(graph, control, tell, principal, &known.id).await
    } else {
        settle(graph.env, control, Settling::Service, tell, async || job(graph, principal, &known.id).await)
            .await
    }
}
