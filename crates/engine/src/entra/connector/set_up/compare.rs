//! Reading what a connector is, beside what it shall be.

use super::others::{Others, others};
use super::{Shown, Told, Writes};
use crate::databricks::target::Target;
use crate::entra::connector::assignment::{Assignment, Holder, assignments};
use crate::entra::connector::create::read;
use crate::entra::connector::existing::{Connector, is_connector, look};
use crate::entra::connector::gallery::{Made, Origin};
use crate::entra::connector::guard::{self, Examined, Owner};
use crate::entra::connector::job::jobs;
use crate::entra::connector::schema::{self, Schema, Table, repair_external_id};
use crate::entra::connector::secrets::{Kept, Settings};
use crate::entra::connector::template;
use crate::entra::connector::wire::Enterprise;
use crate::entra::graph::{Graph, GraphError, Pages};
use crate::entra::ids::ObjectId;
use crate::entra::preflight::Licence;
use crate::entra::replication::{Gone, Settling, Waiting, settle};
use crate::env::Env;
use crate::setup::{ConnectorFacts, Picked, Scope, TokenOwner};
use crate::stop::Control;

/// What a connector shall be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// Its service principal.
    pub principal: &'w ObjectId,
    /// What it was made from.
    pub origin: &'w Origin,
    /// Where it shall write.
    pub target: &'w Target,
    /// Whom it shall provision; none, where nobody said: then that stays as it is.
    pub scope: Option<&'w Scope>,
    /// How.
    pub settings: &'w Settings,
    /// Whether only those who are assigned may sign in.
    pub assignment_required: bool,
    /// Whether people and groups are assigned by hand.
    pub by_hand: bool,
    /// Whose token it uses.
    pub owner: Option<&'w TokenOwner>,
    /// Whether a token is there to be told.
    pub token: Token,
    /// What is on record of it.
    pub facts: &'w ConnectorFacts,
    /// Which others may be passed over that cannot be read.
    pub unread: PassedOver<'w>,
}

/// Others that cannot be read, and of which somebody knows that they do not write to the same target.
#[derive(Clone, Copy, Debug)]
pub enum PassedOver<'p> {
    /// All of them. An application is often not allowed to read them.
    All,
    /// These.
    These(&'p [ObjectId]),
}

impl PassedOver<'_> {
    fn passes_over(&self, id: &ObjectId) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(id),
        }
    }
}

/// Whether a token is there to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// There is none.
    Missing,
    /// There is one, for when something else is told.
    AtHand,
    /// There is a new one, to be told in any case.
    Told,
}

/// What there is to know before anything is written.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The connector as it is.
    pub connector: Connector,
    /// Who is assigned.
    pub assigned: Vec<Assignment>,
    /// The attribute mappings as they are, or as the job begins with them.
    pub mapping: Option<Table>,
    /// What was found out about those who are assigned and those who shall be.
    pub examined: Examined,
    /// The names of other connectors that write to this target and are switched on.
    pub rivals: Vec<String>,
    /// Others that are switched on and could not be read: any of them may be one.
    pub dark: Vec<Picked>,
    /// Whether the list of them could not be read to its end.
    pub dark_list: bool,
    /// Others that are switched on and write to a workspace, where this one is for the account: name and address.
    pub beside: Vec<(String, String)>,
    /// Another target than the wanted one, to which the connector writes now.
    pub elsewhere: Option<String>,
    /// What could not be read.
    pub unread: Vec<GraphError>,
    /// What would be written.
    pub writes: Writes,
    /// Whether something has to be told, and there is no token to tell it with.
    pub lacks_token: bool,
    /// The entry that it should have been made from, where it was made from another one: then it is no connector.
    pub foreign: Option<String>,
    /// Whether it provisions everybody now, and only those who are assigned from then on.
    pub narrower: bool,
    /// Whether the token belongs to a person, or nobody said to whom.
    pub owner: Owned,
    /// Whether who is assigned could not be read to its end.
    pub partly: bool,
    /// The tenant's licence, as far as somebody looked: it is read with other rights.
    pub licence: Licence,
}

/// Whose the token is, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// Nobody's who could be provisioned.
    NoPerson,
    /// A person's.
    Person,
    /// Nobody said.
    NotTold,
}

/// Reads all of it. Writes nothing.
///
/// # Errors
/// [`Gone`] where the connector itself cannot be read.
pub async fn compare<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(&str, Option<Waiting>),
    wanted: &Wanted<'_>,
) -> Result<Compared, Gone> {
    let says = |waiting: Waiting| tell("Reading the connector", Some(waiting));
    tell("Reading the connector", None);
    let enterprise = read(graph, control, &says, wanted.principal).await?;
    let made_from = template(graph, control, &says, wanted.principal).await?;
    // From here on the provisioning service knows it: what it refuses is refused.
    let connector = whole(graph, control, &says, enterprise).await?;
    let mut unread: Vec<GraphError> = connector.unread.iter().cloned().collect();
    tell("Reading who is assigned", None);
    let Pages { items: assigned, broken } =
        control.unless_stopped(assignments(graph, &connector.enterprise)).await?;
    let partly = broken.is_some();
    unread.extend(broken);
    tell("Reading the attribute mappings", None);
    let schema = settle(graph.env, control, Settling::Service, &says, async || {
        mappings(graph, wanted.principal, connector.jobs.first().map(|it| it.id.as_str()), &made_from).await
    })
    .await;
    let schema = match schema {
        Ok(schema) => Some(schema),
        Err(Gone::Failed(error)) if error.sign_in().is_none() => {
            unread.push(error);
            None
        }
        Err(gone) => return Err(gone),
    };
    tell("Looking for other connectors of this target", None);
    let reading = others(graph, (wanted.origin, wanted.target), Some(wanted.principal));
    let Others { rivals, dark, beside, broken } = control.unless_stopped(reading).await?;
    let (passed_over, dark): (Vec<Picked>, Vec<Picked>) =
        dark.into_iter().partition(|it| wanted.unread.passes_over(&it.id));
    let dark_list = broken.is_some();
    unread.extend(broken);
    let everybody = everybody(wanted, &connector);
    let nobody = Scope::Chosen { groups: Vec::new(), people: Vec::new() };
    let scope = match wanted.scope {
        _ if everybody => Scope::All,
        chosen => together(chosen.unwrap_or(&nobody), &assigned, wanted.by_hand),
    };
    let reading =
        |at: guard::Reading| tell(&format!("Reading groups and people: {} of {}", at.done, at.of), None);
    let (owned, owner) = match wanted.owner {
        Some(TokenOwner::Person(picked)) => (Owned::Person, Some(&picked.id)),
        Some(TokenOwner::NoPerson) => (Owned::NoPerson, None),
        // The account's own token belongs to nobody.
        None if wanted.target.account_id().is_some() => (Owned::NoPerson, None),
        None => (Owned::NotTold, None),
    };
    let mut examined = guard::examine(graph, control, &reading, &scope, owner).await?;
    if partly && examined.owner == Owner::Outside {
        examined.owner = Owner::Unknown;
    }
    let elsewhere =
        connector.kept.address().filter(|_| !connector.writes_to(wanted.target)).map(str::to_owned);
    let narrower = connector.kept.is_complete()
        && connector.kept.everybody()
        && !everybody
        && !connector.jobs.is_empty();
    let settings = Settings { everybody, ..wanted.settings.clone() };
    let mut writes = writes(wanted, settings, &connector, &assigned, schema.as_ref(), &examined);
    writes.shown.passed_over = passed_over;
    writes.restart = narrower || (wanted.facts.restart_due && !everybody && !connector.jobs.is_empty());
    let parts = (&connector.enterprise, &connector.kept);
    let ours = is_connector(wanted.origin, parts, wanted.facts, &graph.cloud.databricks);
    // What could not be read stops it anyway, and says nothing of what it is.
    let known = connector.unread.is_none()
        || wanted.origin.kind(&connector.enterprise.application_template_id) == Made::Other;
    let foreign = (!ours && known).then(|| wanted.origin.name.clone());
    let lacks_token = writes.tell.is_some() && wanted.token == Token::Missing;
    let mapping = schema.as_ref().map(Table::of);
    Ok(Compared {
        connector,
        assigned,
        mapping,
        examined,
        rivals,
        dark,
        dark_list,
        beside,
        elsewhere,
        unread,
        writes,
        lacks_token,
        foreign,
        narrower,
        owner: owned,
        partly,
        licence: Licence::Unknown,
    })
}

/// Reads what hangs on it. The provisioning service knows it by now, so that nothing is taken for missing which only lags.
async fn whole<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    enterprise: Enterprise,
) -> Result<Connector, Gone> {
    let read = settle(graph.env, control, Settling::Update, tell, async || {
        let connector = look(graph, enterprise.clone()).await;
        connector.unread.clone().map_or(Ok(connector), Err)
    });
    match read.await {
        Ok(connector) => Ok(connector),
        // Its job is there, and no secrets for so long: that is no lag any more, nothing was told.
        Err(Gone::TimeUp(Some(error))) if error.status() == Some(404) => {
            let jobs = control.unless_stopped(jobs(graph, &enterprise.object_id())).await?;
            let jobs = jobs.map_err(Gone::Failed)?;
            Ok(Connector { enterprise, jobs, kept: Kept::default(), unread: None })
        }
        Err(Gone::Failed(error) | Gone::TimeUp(Some(error))) if error.sign_in().is_none() => {
            Ok(Connector { enterprise, jobs: Vec::new(), kept: Kept::default(), unread: Some(error) })
        }
        Err(gone) => Err(gone),
    }
}

/// Whether it shall provision everybody. Where nobody said whom, that stays as it is.
fn everybody(wanted: &Wanted<'_>, connector: &Connector) -> bool {
    match wanted.scope {
        Some(scope) => matches!(scope, Scope::All),
        None => connector.kept.is_complete() && connector.kept.everybody(),
    }
}

/// The mappings of the job, or those that it will begin with.
async fn mappings<E: Env>(
    graph: &Graph<'_, E>,
    principal: &ObjectId,
    job: Option<&str>,
    template: &str,
) -> Result<Schema, GraphError> {
    match job {
        Some(job) => schema::read(graph, principal, job).await,
        None => schema::of_template(graph, principal, template).await,
    }
}

/// Who is assigned already, together with those who shall be.
fn together(scope: &Scope, assigned: &[Assignment], by_hand: bool) -> Scope {
    let Scope::Chosen { groups, people } = scope else { return Scope::All };
    let (mut groups, mut people) =
        if by_hand { (Vec::new(), Vec::new()) } else { (groups.clone(), people.clone()) };
    for it in assigned {
        let list = match it.holder {
            Holder::Person => &mut people,
            Holder::Group => &mut groups,
            Holder::Other => continue,
        };
        if !list.iter().any(|known| known.id == it.principal) {
            list.push(Picked { id: it.principal.clone(), name: it.name.clone() });
        }
    }
    Scope::Chosen { groups, people }
}

fn writes(
    wanted: &Wanted<'_>,
    settings: Settings,
    connector: &Connector,
    assigned: &[Assignment],
    schema: Option<&Schema>,
    examined: &Examined,
) -> Writes {
    let kept = &connector.kept;
    let same = kept.is_complete() && kept.writes_to(wanted.target) && kept.settings() == settings;
    let job = connector.jobs.first();
    let missing = |picked: &&Picked| !assigned.iter().any(|it| it.principal == picked.id);
    let assign: Vec<Picked> = match wanted.scope {
        Some(Scope::Chosen { groups, people }) if !wanted.by_hand => {
            // As the directory calls them. Who could not be read is nobody to be assigned, and stops it.
            let named = |picked: &Picked| examined.named.iter().find(|it| it.id == picked.id).cloned();
            groups.iter().chain(people).filter(missing).filter_map(named).collect()
        }
        _ => Vec::new(),
    };
    let required = connector.enterprise.app_role_assignment_required;
    let start = job.is_none_or(|job| !job.schedule.is_active());
    Writes {
        principal: wanted.principal.clone(),
        assignment_required: (required != Some(wanted.assignment_required))
            .then_some(wanted.assignment_required),
        job: job.map(|job| job.id.clone()),
        tell: (!same || wanted.token == Token::Told)
            .then(|| Told { target: wanted.target.clone(), settings }),
        repair: schema.is_none_or(|schema| repair_external_id(schema).is_some()),
        assign,
        restart: false,
        shown: Shown {
            address: kept.address().map(str::to_owned),
            everybody: kept.everybody(),
            passed_over: Vec::new(),
            assigned: assigned
                .iter()
                .map(|it| Picked { id: it.principal.clone(), name: it.name.clone() })
                .collect(),
        },
        prove: examined
            .samples
            .first()
            .filter(|_| start)
            .map(|person| Picked { id: person.object_id(), name: person.label().to_owned() }),
        prove_with: None,
        start,
    }
}
