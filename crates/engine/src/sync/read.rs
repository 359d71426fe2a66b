//! Reading both sides. Each part is known to be complete or not: what could not be read is unknown, never absent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::databricks::scim::{
    Group as ScimGroup, Member as ScimMember, MemberKind, Scim, ScimError, ScimErrorKind, ScimId, User,
};
use crate::databricks::target::Level;
use crate::entra::directory::{self, Group, Member, Person};
use crate::entra::graph::{self, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::env::Env;
use crate::problem::{Explain as _, Problem};
use crate::setup::Scope;
use crate::sync::Progress;
use crate::sync::map::Desired;
use crate::sync::order::set;

/// So many groups are read one by one to find some that bear another name, where it is only looked.
const MOST_LOOKED_INTO: usize = 200;

/// What the directory holds, as far as it is in scope.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Everyone in scope, directly or through a group.
    pub people: BTreeMap<ObjectId, Person>,
    /// The groups in scope.
    pub groups: Vec<SourceGroup>,
    /// Whether the scope is the whole directory and all of it was read: only then does absence mean deletion.
    pub whole: bool,
    /// Reads that failed, in words.
    pub problems: Vec<Problem>,
}

/// A group and its direct members.
#[derive(Clone, Debug)]
pub struct SourceGroup {
    /// The group.
    pub group: Group,
    /// Its members, as far as they were read.
    pub members: Vec<Member>,
    /// Whether all members were read.
    pub complete: bool,
}

/// Reads what is in scope.
///
/// # Errors
/// [`GraphError`] when nothing useful can be read: the sign-in has ended, or a whole list failed at its first page.
pub async fn directory<E: Env>(
    graph: &Graph<'_, E>,
    scope: &Scope,
    progress: &mut impl FnMut(Progress),
) -> Result<Source, GraphError> {
    let mut source = Source::default();
    let groups = match scope {
        Scope::All => everything(graph, &mut source).await?,
        Scope::Chosen { groups, people } => {
            for some in people.chunks(graph::MOST) {
                let ids: Vec<ObjectId> = some.iter().map(|it| it.id.clone()).collect();
                for (picked, read) in some.iter().zip(directory::each_person(graph, &ids).await) {
                    match read {
                        Ok(person) => source.add(person),
                        Err(error) if error.needs_sign_in() => return Err(error),
                        Err(error) => source.unread(&picked.name, &error),
                    }
                }
                progress(Progress::People(source.people.len(), people.len()));
            }
            let mut found = Vec::with_capacity(groups.len());
            let mut first = None;
            for group in groups {
                match directory::group(graph, &group.id).await {
                    Ok(group) => found.push(group),
                    Err(error) if error.needs_sign_in() => return Err(error),
                    Err(error) => {
                        source.unread(&group.name, &error);
                        first.get_or_insert(error);
                    }
                }
            }
            // If nothing of what was picked could be read, there is nothing to plan for.
            if let Some(error) = first.filter(|_| found.is_empty() && source.people.is_empty()) {
                return Err(error);
            }
            found
        }
    };
    let total = groups.len();
    for (index, group) in groups.into_iter().enumerate() {
        progress(Progress::Directory(index, total));
        let pages = directory::members(graph, &group).await;
        if let Some(error) = &pages.broken {
            if error.needs_sign_in() {
                return Err(error.clone());
            }
            source.problems.push(error.explain());
        }
        for member in &pages.items {
            if let Member::Person(person) = member {
                source.add(person.clone());
            }
        }
        source.groups.push(SourceGroup { group, members: pages.items, complete: pages.broken.is_none() });
    }
    progress(Progress::Directory(total, total));
    Ok(source)
}

async fn everything<E: Env>(graph: &Graph<'_, E>, source: &mut Source) -> Result<Vec<Group>, GraphError> {
    let people = directory::people(graph).await;
    let groups = directory::groups(graph).await;
    source.whole = people.broken.is_none();
    for (empty, broken) in
        [(people.items.is_empty(), people.broken), (groups.items.is_empty(), groups.broken)]
    {
        if let Some(error) = broken {
            if empty || error.needs_sign_in() {
                return Err(error);
            }
            source.problems.push(error.explain());
        }
    }
    for person in people.items {
        source.add(person);
    }
    // Entra's own connector provisions security groups only; distribution lists hold nobody's rights.
    Ok(groups.items.into_iter().filter(|group| group.security_enabled != Some(false)).collect())
}

impl Source {
    /// Notes that something picked could not be read, by the name it was picked under.
    fn unread(&mut self, name: &str, error: &GraphError) {
        let mut problem = error.explain();
        problem.what = format!("{name} could not be read from Entra.");
        self.problems.push(problem);
    }

    fn add(&mut self, person: Person) {
        self.people.entry(person.object_id()).or_insert(person);
    }
}

/// What Databricks holds.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// All users.
    pub users: Vec<User>,
    /// All groups; members only where they matter.
    pub groups: Vec<ScimGroup>,
    /// The members of the groups that were read one by one.
    pub members: BTreeMap<ScimId, Vec<ScimMember>>,
    /// Groups that could not be read: what they are and hold is unknown.
    pub unread: BTreeSet<ScimId>,
    /// Whether it is known who the administrators are.
    pub administrators_known: bool,
    /// Users that must not be changed: administrators and the token's owner.
    pub protected: BTreeSet<ScimId>,
    /// Reads that failed, in words.
    pub problems: Vec<Problem>,
}

/// Reads users, groups, the members of those groups that are wanted, and who is protected.
///
/// # Errors
/// [`ScimError`] when users, groups or administrators could not be listed to the end.
pub async fn target<E: Env>(
    scim: &Scim<'_, E>,
    desired: &Desired,
    progress: &mut impl FnMut(Progress),
) -> Result<Observed, ScimError> {
    let mut observed = lists(scim).await?;
    protect(scim, &mut observed).await?;
    members(scim, desired, &mut observed, usize::MAX, progress).await?;
    Ok(observed)
}

/// The same without who is protected: for who only looks, beside others who need the same budget of requests. Where groups could only be
/// found by reading very many, they stay unread.
///
/// # Errors
/// [`ScimError`] when users or groups could not be listed to the end.
pub async fn look<E: Env>(
    scim: &Scim<'_, E>,
    desired: &Desired,
    progress: &mut impl FnMut(Progress),
) -> Result<Observed, ScimError> {
    let mut observed = lists(scim).await?;
    members(scim, desired, &mut observed, MOST_LOOKED_INTO, progress).await?;
    Ok(observed)
}

async fn lists<E: Env>(scim: &Scim<'_, E>) -> Result<Observed, ScimError> {
    let users = scim.users().await?;
    let groups = scim.groups().await?;
    Ok(Observed { users, groups, ..Observed::default() })
}

/// Finds out who must not be changed. An account always has an administrator and a workspace a group of them: if none is
/// found, it is not known who they are.
async fn protect<E: Env>(scim: &Scim<'_, E>, observed: &mut Observed) -> Result<(), ScimError> {
    if scim.connection().target.level() == Level::Account {
        observed.protected.extend(scim.account_admins().await?.into_iter().map(|user| user.id));
        observed.administrators_known = !observed.protected.is_empty();
        return Ok(());
    }
    let me = scim.me().await?.id;
    let mut queue: VecDeque<ScimId> = observed
        .groups
        .iter()
        .filter(|group| group.display_name == "admins")
        .map(|group| group.id.clone())
        .collect();
    let mut seen: BTreeSet<ScimId> = set(queue.iter().cloned());
    while let Some(id) = queue.pop_front() {
        for member in scim.group(&id, "admins").await?.members.into_iter().flatten() {
            // Whoever administers through a group inside is an administrator too.
            if member.kind() == MemberKind::Group {
                if seen.insert(member.value.clone()) {
                    queue.push_back(member.value);
                }
            } else {
                observed.protected.insert(member.value);
            }
        }
    }
    observed.administrators_known = !observed.protected.is_empty();
    observed.protected.insert(me);
    Ok(())
}

/// Reads the groups that are wanted, by identity or by name. Where lists do not hold identities (newer accounts give ids and
/// names only) and a wanted group is not found so, all other groups are read too: it may bear another name now, and a rename
/// must not become a second group.
async fn members<E: Env>(
    scim: &Scim<'_, E>,
    desired: &Desired,
    observed: &mut Observed,
    most: usize,
    progress: &mut impl FnMut(Progress),
) -> Result<(), ScimError> {
    let ids: BTreeSet<&str> = set(desired.groups.iter().map(|group| group.entra.as_str()));
    let names: BTreeSet<&str> = set(desired.groups.iter().map(|group| group.name.as_str()));
    let lists_hold_identities = observed.groups.iter().any(|group| group.external_id.is_some());
    let (wanted, others): (Vec<usize>, Vec<usize>) = (0..observed.groups.len()).partition(|index| {
        observed.groups.get(*index).is_some_and(|group| {
            group.external_id.as_deref().is_some_and(|id| ids.contains(id.to_ascii_lowercase().as_str()))
                || names.contains(group.display_name.as_str())
        })
    });
    let mut queue: VecDeque<usize> = wanted.into();
    let mut searched = lists_hold_identities;
    let (mut done, mut total) = (0, queue.len());
    loop {
        while let Some(index) = queue.pop_front() {
            progress(Progress::Members(done, total));
            done += 1;
            read_group(scim, observed, index).await?;
        }
        let found = |id: &str| {
            observed
                .groups
                .iter()
                .any(|group| group.external_id.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(id)))
        };
        if searched || ids.iter().all(|id| found(id)) {
            break;
        }
        searched = true;
        if others.len() > most {
            let ids = others.iter().filter_map(|index| Some(observed.groups.get(*index)?.id.clone()));
            let ids: Vec<ScimId> = ids.collect();
            observed.unread.extend(ids);
            break;
        }
        queue.extend(others.iter().copied());
        total += queue.len();
    }
    progress(Progress::Members(total, total));
    Ok(())
}

async fn read_group<E: Env>(
    scim: &Scim<'_, E>,
    observed: &mut Observed,
    index: usize,
) -> Result<(), ScimError> {
    let Some(listed) = observed.groups.get_mut(index) else { return Ok(()) };
    match scim.group(&listed.id, &listed.display_name).await {
        Ok(full) => {
            listed.external_id = full.external_id.or(listed.external_id.take());
            listed.meta = full.meta.or(listed.meta.take());
            observed.members.insert(listed.id.clone(), full.members.unwrap_or_default());
        }
        Err(error) if error.is_unauthorized() || error.kind == ScimErrorKind::Stopped => return Err(error),
        // Deleted since it was listed: another of the same name cannot be there.
        Err(error) if error.is_absent() => listed.display_name.clear(),
        Err(error) => {
            observed.unread.insert(listed.id.clone());
            observed.problems.push(error.explain());
        }
    }
    Ok(())
}
