//! Asking Databricks itself: with the token that was entered in this visit, through the relay beside the page, and only by reading.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::super::Worker;
use super::super::super::failure::Failure;
use super::super::super::message::Event;
use super::super::super::work::Work;
use crate::databricks::Connection;
use crate::databricks::relay::{Reach, reach};
use crate::databricks::scim::{Scim, ScimError, ScimErrorKind, User};
use crate::databricks::target::Target;
use crate::entra::connector::Connector;
use crate::entra::connector::assignment::{Assignment, Holder};
use crate::entra::connector::schema::{Previewed, Table, value_of};
use crate::entra::directory::Person;
use crate::entra::ids::ObjectId;
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::guide::connector::asked::{Asked, NotAsked};
use crate::problem::{Explain as _, Problem};
use crate::setup::{Picked, Scope, Step};
use crate::sync::Progress;
use crate::sync::journal::Journal;
use crate::sync::read::{self, Observed};
use crate::sync::there::{Index, There, sought};

/// What Databricks has of those who are assigned, and whether it was asked.
type Answer = (BTreeMap<ObjectId, There>, Asked);

impl<E: Env, J: Journal> Worker<E, J> {
    /// The connection to Databricks; none without a token for that very target, and a relay that lets it through.
    pub(in crate::worker::connector) async fn reachable(
        &self,
        writes_to: impl Fn(&Target) -> bool,
    ) -> Result<Rc<Connection>, NotAsked> {
        let connection = self.held.borrow().connection.clone().ok_or(NotAsked::Token)?;
        if !writes_to(&connection.target) {
            return Err(NotAsked::Target);
        }
        match reach(&self.env, &connection).await {
            Reach::Open => Ok(connection),
            Reach::NoRelay => Err(NotAsked::Relay),
            Reach::Closed => Err(NotAsked::Host(connection.target.host().to_owned())),
        }
    }

    /// Looks all who are assigned up in Databricks, where it can be asked.
    pub(super) async fn ask_for_all(
        &self,
        work: &Work<'_, E>,
        connector: &Connector,
        assigned: &[Assignment],
        table: Option<&Table>,
        tell: &dyn Fn(Event),
    ) -> Result<Answer, Failure> {
        let way = work.control.unless_stopped(self.reachable(|target| connector.writes_to(target))).await;
        let connection = match way.map_err(Gone::from)? {
            Ok(connection) => connection,
            Err(why) => return Ok((BTreeMap::new(), Asked::No(why))),
        };
        let mut progress = |at| self.connecting(Step::Sync, &reading(at), None, tell);
        let chosen = scope(assigned);
        let source = read::directory(&work.graph, &chosen, &mut progress);
        let source = match work.control.unless_stopped(source).await.map_err(Gone::from)? {
            Ok(source) => source,
            Err(error) if error.needs_sign_in() => return Err(error.into()),
            Err(error) => return Ok((BTreeMap::new(), Asked::Failed(error.explain()))),
        };
        progress(Progress::Target);
        let scim = Scim::new(&self.env, &connection, work.control.clone());
        let wanted = sought(&source);
        let looked = work.control.unless_stopped(read::look(&scim, &wanted, &mut progress)).await;
        let observed = match looked.map_err(Gone::from)? {
            Ok(observed) => observed,
            Err(ScimError { kind: ScimErrorKind::Stopped, .. }) => return Err(Gone::Stopped.into()),
            Err(error) => return Ok((BTreeMap::new(), Asked::Failed(error.explain()))),
        };
        let index = Index::of(&observed, table.and_then(|it| it.people.as_ref()));
        let found = assigned.iter().map(|it| {
            let group = || source.groups.iter().find(|group| group.group.object_id() == it.principal);
            let there = match it.holder {
                Holder::Group => group().map_or_else(
                    || There::Unknown("It could not be read in the directory.".to_owned()),
                    |group| index.group(group),
                ),
                Holder::Person | Holder::Other => source
                    .people
                    .get(&it.principal)
                    .map_or_else(|| index.identity(&it.principal), |person| index.person(person)),
            };
            (it.principal.clone(), there)
        });
        Ok((found.collect(), Asked::Yes))
    }

    /// Looks one person up in Databricks.
    pub(super) async fn ask_for(
        &self,
        work: &Work<'_, E>,
        connector: &Connector,
        person: &Person,
        table: Option<&Table>,
        tell: &dyn Fn(Event),
    ) -> Result<Result<There, Problem>, Failure> {
        let way = work.control.unless_stopped(self.reachable(|target| connector.writes_to(target))).await;
        let connection = match way.map_err(Gone::from)? {
            Ok(connection) => connection,
            Err(why) => return Ok(Err(why.explain())),
        };
        self.connecting(Step::Sync, "Asking Databricks", None, tell);
        let scim = Scim::new(&self.env, &connection, work.control.clone());
        let asked = work.control.unless_stopped(users(&scim, person, table)).await.map_err(Gone::from)?;
        let users = match asked {
            Ok(users) => users,
            Err(ScimError { kind: ScimErrorKind::Stopped, .. }) => return Err(Gone::Stopped.into()),
            Err(error) => return Ok(Err(error.explain())),
        };
        let observed = Observed { users, ..Observed::default() };
        Ok(Ok(Index::of(&observed, table.and_then(|it| it.people.as_ref())).person(person)))
    }
}

/// The users among whom somebody is. All of them, where nobody of that name has their identity: they may have another name, and by
/// `externalId` Databricks is not known to search.
async fn users<E: Env>(
    scim: &Scim<'_, E>,
    person: &Person,
    table: Option<&Table>,
) -> Result<Vec<User>, ScimError> {
    let row = table.and_then(|it| it.people.as_ref()).and_then(|it| it.row("userName"));
    let name = match row.map(|row| value_of(row, person)) {
        Some(Previewed::Value(name)) => Some(name),
        _ => person.user_principal_name.clone(),
    };
    if let Some(name) = name
        && let Some(user) = scim.user_named(&name).await?
        && user.external_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(person.id.as_str()))
    {
        return Ok(vec![user]);
    }
    scim.users().await
}

fn scope(assigned: &[Assignment]) -> Scope {
    let of = |holder| {
        let these = assigned.iter().filter(move |it| it.holder == holder);
        these.map(|it| Picked { id: it.principal.clone(), name: it.name.clone() }).collect()
    };
    Scope::Chosen { groups: of(Holder::Group), people: of(Holder::Person) }
}

fn reading(at: Progress) -> String {
    match at {
        Progress::People(done, of) => format!("Reading people: {done} of {of}"),
        Progress::Directory(done, of) => format!("Reading groups and people: {done} of {of}"),
        Progress::Target => "Reading people and groups of Databricks".to_owned(),
        Progress::Members(done, of) => format!("Reading groups of Databricks: {done} of {of}"),
    }
}
