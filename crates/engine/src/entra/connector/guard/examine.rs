//! Reading what was picked, and comparing it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use futures::stream::{self, StreamExt as _};

use super::people::{SAMPLES, samples};
use super::{Examined, GroupFinding, Lost, MISSED, Named, Nested, Owner, PeopleFinding, Totals};
use crate::entra::connector::kind::Kind;
use crate::entra::connector::on_demand::Members;
use crate::entra::directory::{self, Group, Member, Person};
use crate::entra::graph::{Graph, GraphError, GraphErrorKind, MOST};
use crate::entra::ids::ObjectId;
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::setup::{Picked, Scope};
use crate::stop::Control;

/// So many groups are read side by side.
const SIDE_BY_SIDE: usize = 4;

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// So many of those picked are read.
    pub done: usize,
    /// Of so many.
    pub of: usize,
}

/// Reads what a scope holds, and finds out what Entra would make of it. `owner` is whose token Entra is given, where that is known.
///
/// What is assigned already belongs into the scope as well: only together they tell who would be missed.
///
/// # Errors
/// [`Gone`] when it was stopped, or a person has to sign in again. Whatever else cannot be read is among the findings.
pub async fn examine<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Reading),
    scope: &Scope,
    owner: Option<&ObjectId>,
) -> Result<Examined, Gone> {
    let mut unread = Unread::default();
    let Scope::Chosen { groups, people } = scope else { return everybody(graph, control, tell, owner).await };
    let of = groups.len() + people.len();
    tell(Reading { done: 0, of });
    let mut persons = Vec::with_capacity(people.len());
    for some in people.chunks(MOST) {
        let ids: Vec<ObjectId> = some.iter().map(|it| it.id.clone()).collect();
        let read = control.unless_stopped(directory::each_person(graph, &ids)).await?;
        persons.extend(unread.sift(Kind::Person, some, read)?);
        tell(Reading { done: persons.len(), of });
    }
    let mut found = Vec::with_capacity(groups.len());
    for some in groups.chunks(MOST) {
        let ids: Vec<ObjectId> = some.iter().map(|it| it.id.clone()).collect();
        let read = control.unless_stopped(directory::each_group(graph, &ids)).await?;
        found.extend(unread.sift(Kind::Group, some, read)?);
    }
    let named = found.iter().map(|it| Picked { id: it.object_id(), name: it.label().to_owned() });
    let named = named.chain(persons.iter().map(called)).collect();
    let mut read = Vec::with_capacity(found.len());
    let mut reads = pin!(stream::iter(found).map(|group| within(graph, group)).buffered(SIDE_BY_SIDE));
    while let Some(one) = control.unless_stopped(reads.next()).await? {
        let one = one?;
        unread.errors.extend(one.broken.iter().cloned());
        read.push(one);
        tell(Reading { done: persons.len() + read.len(), of });
        control.gate().await?;
    }
    tell(Reading { done: of, of });
    let picks = Picks { groups, people };
    let Unread { errors, lost } = unread;
    Ok(Examined { named, lost, ..picks.findings(&persons, read, errors, owner) })
}

/// Several may have the same name, and each has a user name of their own.
fn called(person: &Person) -> Picked {
    let label = person.label();
    let name = match person.user_principal_name.as_deref().filter(|it| !it.eq_ignore_ascii_case(label)) {
        Some(user_name) => format!("{label} ({user_name})"),
        None => label.to_owned(),
    };
    Picked { id: person.object_id(), name }
}

/// Whether nothing else can be read either.
const fn is_end(error: &GraphError) -> bool {
    error.needs_sign_in() || matches!(error.kind, GraphErrorKind::Stopped)
}

/// What could not be read.
#[derive(Default)]
struct Unread {
    errors: Vec<GraphError>,
    lost: Vec<Lost>,
}

impl Unread {
    /// Keeps what was read; failures are named as they were picked.
    fn sift<T>(
        &mut self,
        kind: Kind,
        picked: &[Picked],
        read: Vec<Result<T, GraphError>>,
    ) -> Result<Vec<T>, Gone> {
        let mut good = Vec::with_capacity(read.len());
        for (picked, result) in picked.iter().zip(read) {
            match result {
                Ok(it) => good.push(it),
                Err(error) if is_end(&error) => return Err(error.into()),
                Err(error) => {
                    let error = GraphError { doing: format!("read {}", picked.name), ..error };
                    self.errors.push(error.clone());
                    self.lost.push(Lost { kind, picked: picked.clone(), error });
                }
            }
        }
        Ok(good)
    }
}

/// A group with all that was read of it.
struct Read {
    group: Group,
    people: Vec<Person>,
    others: BTreeMap<String, usize>,
    complete: bool,
    /// Whether groups are in it.
    nested: bool,
    /// Everybody in it, however deep, and whether that is all; none where it was not asked.
    deep: Option<(Vec<Person>, bool)>,
    inner: Vec<Group>,
    inner_complete: bool,
    broken: Vec<GraphError>,
}

async fn within<E: Env>(graph: &Graph<'_, E>, group: Group) -> Result<Read, Gone> {
    let members = directory::members(graph, &group).await;
    let complete = members.broken.is_none();
    let (mut people, mut others, mut nested) = (Vec::new(), BTreeMap::new(), false);
    for member in members.items {
        match member {
            Member::Person(person) => people.push(person),
            Member::Group(_) => nested = true,
            Member::Other { kind, .. } => *others.entry(kind).or_default() += 1,
        }
    }
    let mut broken: Vec<GraphError> = members.broken.into_iter().collect();
    // Where not all direct members could be read, groups may be among those that are missing.
    let (mut deep, mut inner, mut inner_complete) = (None, Vec::new(), true);
    if nested || !complete {
        let pages = directory::people_within(graph, &group).await;
        deep = Some((pages.items, pages.broken.is_none()));
        broken.extend(pages.broken);
        let pages = directory::groups_within(graph, &group).await;
        (inner, inner_complete) = (pages.items, pages.broken.is_none());
        broken.extend(pages.broken);
    }
    match broken.iter().find(|error| is_end(error)) {
        Some(error) => Err(error.clone().into()),
        None => Ok(Read { group, people, others, complete, nested, deep, inner, inner_complete, broken }),
    }
}

struct Picks<'p> {
    groups: &'p [Picked],
    people: &'p [Picked],
}

impl Picks<'_> {
    fn findings(
        &self,
        persons: &[Person],
        read: Vec<Read>,
        unread: Vec<GraphError>,
        owner: Option<&ObjectId>,
    ) -> Examined {
        // A group that is no security group is refused: nobody comes through it.
        let comes = |it: &&Read| it.group.security_enabled != Some(false);
        let direct = || read.iter().filter(comes).flat_map(|it| &it.people);
        let everyone: BTreeMap<ObjectId, &Person> =
            persons.iter().chain(direct()).map(|person| (person.object_id(), person)).collect();
        let whole = unread.is_empty();
        let totals = Totals {
            people: everyone.len(),
            picked: persons.len(),
            groups: read.iter().filter(comes).count(),
            memberships: Some(direct().count()),
            complete: whole,
        };
        let samples_of = |people: &[Person]| samples(people, owner, Members::MOST);
        let of_groups: Vec<Vec<Person>> = read.iter().map(|it| samples_of(&it.people)).collect();
        let samples = samples(everyone.values().copied(), owner, SAMPLES);
        let owner = self.owner(&read, owner);
        let people = PeopleFinding::of(everyone.values().copied());
        let covered: BTreeSet<&ObjectId> =
            everyone.keys().chain(self.people.iter().map(|picked| &picked.id)).collect();
        let every_group = read.len() == self.groups.len() && read.iter().all(|it| it.complete);
        let nested: Vec<Option<Nested>> =
            read.iter().map(|it| self.nested(it, &covered, every_group)).collect();
        let groups =
            read.into_iter().zip(nested).zip(of_groups).map(|((it, nested), samples)| GroupFinding {
                people: it.people.len(),
                samples,
                group: it.group,
                nested,
                others: it.others,
                complete: it.complete,
            });
        Examined {
            groups: groups.collect(),
            people,
            samples,
            owner,
            totals,
            unread,
            named: Vec::new(),
            lost: Vec::new(),
        }
    }

    fn nested(&self, read: &Read, covered: &BTreeSet<&ObjectId>, every_group: bool) -> Option<Nested> {
        let (deep, deep_complete) = read.deep.as_ref()?;
        if !read.nested && read.inner.is_empty() {
            return None;
        }
        let direct: BTreeSet<ObjectId> = read.people.iter().map(Person::object_id).collect();
        let mut only_deep: Vec<&Person> =
            deep.iter().filter(|it| !direct.contains(&it.object_id())).collect();
        only_deep.sort_by_cached_key(|person| (person.label().to_lowercase(), person.id.clone()));
        let (mut missed, mut elsewhere) = (Named::default(), 0);
        for person in only_deep.into_iter().filter(|it| it.account_enabled != Some(false)) {
            if covered.contains(&person.object_id()) {
                elsewhere += 1;
            } else {
                missed.add_up_to(person.label(), MISSED);
            }
        }
        let picked = |group: &&Group| self.groups.iter().any(|picked| picked.id == group.object_id());
        Some(Nested {
            inner: read.inner.iter().filter(|group| !picked(group)).cloned().collect(),
            missed,
            elsewhere,
            complete: *deep_complete && read.inner_complete && every_group,
        })
    }

    fn owner(&self, read: &[Read], owner: Option<&ObjectId>) -> Owner {
        let Some(owner) = owner else { return Owner::NotTold };
        if self.people.iter().any(|picked| picked.id == *owner) {
            return Owner::Picked;
        }
        let holds = |people: &[Person]| people.iter().any(|person| person.id == owner.0);
        let through = |it: &Read, nested| Owner::Member { group: it.group.label().to_owned(), nested };
        let deep = |it: &&Read| it.deep.as_ref().is_some_and(|(people, _)| holds(people));
        if let Some(it) = read.iter().find(|it| holds(&it.people)) {
            return through(it, false);
        }
        if let Some(it) = read.iter().find(deep) {
            // Where not all direct members were read, they may be one.
            return through(it, it.complete);
        }
        // Everybody however deep is everybody; without groups in it the direct members are.
        let known = |it: &Read| it.deep.as_ref().map_or(it.complete, |(_, complete)| *complete);
        let all = read.len() == self.groups.len() && read.iter().all(known);
        if all { Owner::Outside } else { Owner::Unknown }
    }
}

/// Everybody is in scope: nobody can be missed, and the token's owner is in it for certain.
async fn everybody<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Reading),
    owner: Option<&ObjectId>,
) -> Result<Examined, Gone> {
    tell(Reading { done: 0, of: 2 });
    let people = control.unless_stopped(directory::people(graph)).await?;
    tell(Reading { done: 1, of: 2 });
    let groups = control.unless_stopped(directory::groups(graph)).await?;
    tell(Reading { done: 2, of: 2 });
    let unread: Vec<GraphError> = people.broken.into_iter().chain(groups.broken).collect();
    if let Some(error) = unread.iter().find(|error| is_end(error)) {
        return Err(error.clone().into());
    }
    let totals = Totals {
        people: people.items.len(),
        picked: 0,
        groups: groups.items.iter().filter(|group| group.security_enabled != Some(false)).count(),
        memberships: None,
        complete: unread.is_empty(),
    };
    Ok(Examined {
        groups: Vec::new(),
        people: PeopleFinding::of(&people.items),
        samples: samples(&people.items, owner, SAMPLES),
        owner: owner.map_or(Owner::NotTold, |_| Owner::Everybody),
        totals,
        unread,
        named: Vec::new(),
        lost: Vec::new(),
    })
}
