//! Reading what a connector is, beside what it shall be.

use super::{Told, Writes};
use crate::databricks::target::Target;
use crate::entra::connector::assignment::{Assignment, Holder, assignments};
use crate::entra::connector::create::read;
use crate::entra::connector::existing::{Connector, existing, look};
use crate::entra::connector::gallery::Origin;
use crate::entra::connector::guard::{self, Examined, Owner};
use crate::entra::connector::schema::{self, Schema, Table, repair_external_id};
use crate::entra::connector::secrets::Settings;
use crate::entra::connector::template;
use crate::entra::graph::{Graph, GraphError, Pages};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{Gone, Settling, Waiting, settle};
use crate::env::Env;
use crate::setup::{Picked, Scope, TokenOwner};
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
    /// Whom it shall provision.
    pub scope: &'w Scope,
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
    /// Whether there may be more of them: not all could be read.
    pub rivals_unknown: bool,
    /// Another target than the wanted one, to which the connector writes now.
    pub elsewhere: Option<String>,
    /// What could not be read.
    pub unread: Vec<GraphError>,
    /// What would be written.
    pub writes: Writes,
    /// Whether something has to be told, and there is no token to tell it with.
    pub lacks_token: bool,
}

impl Compared {
    /// Why nothing may be written, object by object; empty, when it may.
    #[must_use]
    pub fn stops(&self) -> Vec<String> {
        let mut stops = Vec::new();
        if self.connector.jobs.len() > 1 {
            stops.push(format!(
                "The connector has {} jobs, which would work against each other. Remove all but one.",
                self.connector.jobs.len()
            ));
        }
        if self.connector.unread.is_some() {
            stops.push(
                "What the connector is now could not be read, so what would change is not known.".to_owned(),
            );
        }
        if let Some(address) = &self.elsewhere {
            stops.push(format!(
                "The connector writes to {address}. Turned to another target, people there would be left with nobody who looks after them. \
                 Take another connector, or enter that target."
            ));
        }
        if self.rivals_unknown {
            stops.push("Whether another connector writes to the same target could not be read to the end. Look again.".to_owned());
        }
        stops.extend(self.rivals.iter().map(|name| {
            format!("The connector “{name}” is switched on and writes to the same target. Switch it off, or use it in place of this one.")
        }));
        match &self.examined.owner {
            Owner::Picked => stops.push("The person whose token is used is picked. Take them out: with them the token would go.".to_owned()),
            Owner::Member { group, nested: false } => stops.push(format!(
                "The person whose token is used is a member of “{group}”. Take them out of it, or use a token of somebody who is not \
                 provisioned, such as a service principal."
            )),
            Owner::Member { group, nested: true } => stops.push(format!(
                "The person whose token is used is in a group within “{group}”. Entra does not read it now, but would once it is \
                 assigned. Use a token of somebody who is not provisioned, such as a service principal."
            )),
            Owner::Everybody => stops.push(
                "Everybody is in scope, and so is the person whose token is used. Choose groups and people, or use a token of \
                 a service principal."
                    .to_owned(),
            ),
            Owner::Unknown => stops.push(
                "Whether the person whose token is used is in scope could not be read to the end. Look again, or use a token of a service \
                 principal."
                    .to_owned(),
            ),
            Owner::NotTold | Owner::Outside => {}
        }
        if self.lacks_token {
            stops.push(
                "Address, token and settings are told together, and the token is not in memory any more. Enter it at the step \
                 “Databricks workspace”."
                    .to_owned(),
            );
        }
        stops
    }
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
    let connector = control.unless_stopped(look(graph, enterprise)).await?;
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
    let others = control.unless_stopped(existing(graph, wanted.origin)).await?;
    // What answers like to somebody without rights, while this one does not, is too young to run.
    let dark = |it: &Connector| it.unread.as_ref().is_some_and(|error| error.status() != Some(401));
    let rivals_unknown = others.broken.is_some() || others.items.iter().any(dark);
    unread.extend(others.broken);
    let rivals = rivals(&others.items, wanted);
    let scope = together(wanted.scope, &assigned, wanted.by_hand);
    let reading =
        |at: guard::Reading| tell(&format!("Reading groups and people: {} of {}", at.done, at.of), None);
    let owner = match wanted.owner {
        Some(TokenOwner::Person(picked)) => Some(&picked.id),
        Some(TokenOwner::NoPerson) | None => None,
    };
    let mut examined = guard::examine(graph, control, &reading, &scope, owner).await?;
    if partly && examined.owner == Owner::Outside {
        examined.owner = Owner::Unknown;
    }
    let elsewhere =
        connector.kept.address().filter(|_| !connector.writes_to(wanted.target)).map(str::to_owned);
    let writes = writes(wanted, &connector, &assigned, schema.as_ref(), &examined);
    let lacks_token = writes.tell.is_some() && wanted.token == Token::Missing;
    let mapping = schema.as_ref().map(Table::of);
    Ok(Compared {
        connector,
        assigned,
        mapping,
        examined,
        rivals,
        rivals_unknown,
        elsewhere,
        unread,
        writes,
        lacks_token,
    })
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
        None => {
            let template = crate::http::percent_encode(template);
            let path = format!("/servicePrincipals/{principal}/synchronization/templates/{template}/schema");
            graph.get("read the attribute mappings that the job begins with", &path).await
        }
    }
}

/// Others that are switched on and write to the same target.
fn rivals(others: &[Connector], wanted: &Wanted<'_>) -> Vec<String> {
    let on = |it: &&Connector| it.jobs.iter().any(|job| job.schedule.is_active());
    let other =
        |it: &&Connector| it.enterprise.object_id() != *wanted.principal && it.writes_to(wanted.target);
    others.iter().filter(other).filter(on).map(|it| it.enterprise.display_name.clone()).collect()
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
    connector: &Connector,
    assigned: &[Assignment],
    schema: Option<&Schema>,
    examined: &Examined,
) -> Writes {
    let kept = &connector.kept;
    let settings = Settings { everybody: matches!(wanted.scope, Scope::All), ..wanted.settings.clone() };
    let same = kept.is_complete() && kept.writes_to(wanted.target) && kept.settings() == settings;
    let job = connector.jobs.first();
    let narrower = kept.is_complete() && kept.everybody() && !settings.everybody && job.is_some();
    let missing = |picked: &&Picked| !assigned.iter().any(|it| it.principal == picked.id);
    let assign: Vec<Picked> = match wanted.scope {
        Scope::Chosen { groups, people } if !wanted.by_hand => {
            groups.iter().chain(people).filter(missing).cloned().collect()
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
        restart: narrower,
        prove: examined
            .samples
            .first()
            .filter(|_| start)
            .map(|person| Picked { id: person.object_id(), name: person.label().to_owned() }),
        start,
    }
}
