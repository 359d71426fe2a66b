//! Groups, their members, and the groups that somebody is in.

use crate::directory::{Group, Member, MemberKind, Person};
use crate::http::Answer;

use super::entity::{Entity, GROUP_READERS};
use super::errors::GraphError;
use super::paging::List;
use super::{Call, applications, paging};

const FILTERABLE: &[&str] = &[
    "id",
    "displayName",
    "securityEnabled",
    "mailEnabled",
    "mail",
    "mailNickname",
    "groupTypes",
    "onPremisesSyncEnabled",
];

pub(super) fn route(call: &Call<'_>, path: &[&str]) -> Result<Answer, GraphError> {
    call.need(GROUP_READERS)?;
    match path {
        [] => {
            let items = call.directory.groups().iter().map(Entity::Group).collect();
            let list = List {
                items,
                context: "groups",
                filterable: FILTERABLE,
                mixed: false,
                advanced_filter: false,
            };
            Ok(call.ok(&paging::answer(list, call)?))
        }
        ["$count"] => {
            let items = call.directory.groups().iter().map(Entity::Group).collect();
            let list = List {
                items,
                context: "groups",
                filterable: FILTERABLE,
                mixed: false,
                advanced_filter: false,
            };
            Ok(call.number(paging::count(list, call)?))
        }
        [id] => Ok(call.ok(&paging::single(Entity::Group(find(call, id)?), "groups", call)?)),
        [id, "appRoleAssignments"] => applications::assignments_of(call, &find(call, id)?.id),
        [id, "members", rest @ ..] => {
            let group = find(call, id)?;
            members(call, group.members.iter(), rest)
        }
        [id, "transitiveMembers", rest @ ..] => {
            let id = &find(call, id)?.id;
            members(call, call.directory.transitive_members(id).into_iter(), rest)
        }
        [id, "memberOf", rest @ ..] => {
            let groups = call.directory.groups_of(&find(call, id)?.id);
            mixed(call, groups.into_iter().map(Entity::Group).collect(), rest)
        }
        _ => Err(call.unknown_segment()),
    }
}

fn find<'a>(call: &Call<'a>, id: &str) -> Result<&'a Group, GraphError> {
    call.directory.group(&id.to_lowercase()).ok_or_else(|| GraphError::not_found(id))
}

fn members<'a>(
    call: &Call<'a>,
    members: impl Iterator<Item = &'a Member>,
    rest: &[&str],
) -> Result<Answer, GraphError> {
    let directory = call.directory;
    let items = members
        .filter_map(|member| match member.kind {
            MemberKind::Person => directory.person(&member.id).map(Entity::Person),
            MemberKind::Group => directory.group(&member.id).map(Entity::Group),
            MemberKind::ServicePrincipal => directory.service_principal(&member.id).map(Entity::Principal),
            MemberKind::Device => directory.device(&member.id).map(Entity::Device),
        })
        .collect();
    mixed(call, items, rest)
}

/// What somebody is a member of: groups, and directory roles.
pub(super) fn member_of(call: &Call<'_>, person: &Person, rest: &[&str]) -> Result<Answer, GraphError> {
    let groups = call.directory.groups_of(&person.id).into_iter().map(Entity::Group);
    mixed(call, groups.chain(person.roles.iter().copied().map(Entity::Role)).collect(), rest)
}

/// What somebody is a member of, directly or through groups.
pub(super) fn transitive_member_of(
    call: &Call<'_>,
    person: &Person,
    rest: &[&str],
) -> Result<Answer, GraphError> {
    let mut groups = call.directory.groups_of(&person.id);
    let mut at = 0;
    while let Some(group) = groups.get(at) {
        for outer in call.directory.groups_of(&group.id) {
            if !groups.iter().any(|known| known.id == outer.id) {
                groups.push(outer);
            }
        }
        at += 1;
    }
    let roles = person.roles.iter().chain(&person.roles_through_groups).copied().map(Entity::Role);
    mixed(call, groups.into_iter().map(Entity::Group).chain(roles).collect(), rest)
}

/// A list of several types, or of one of them when the path names it, or just its length.
fn mixed(call: &Call<'_>, mut items: Vec<Entity<'_>>, rest: &[&str]) -> Result<Answer, GraphError> {
    let (cast, counted) = match rest {
        [] => (None, false),
        ["$count"] => (None, true),
        [cast] => (cast.strip_prefix("microsoft.graph."), false),
        [cast, "$count"] => (cast.strip_prefix("microsoft.graph."), true),
        _ => return Err(call.unknown_segment()),
    };
    let context = match cast {
        None if rest.iter().all(|it| *it == "$count") => "directoryObjects",
        Some("user") => "users",
        Some("group") => "groups",
        Some("servicePrincipal") => "servicePrincipals",
        Some("device") => "devices",
        Some("directoryRole") => "directoryRoles",
        _ => return Err(call.unknown_segment()),
    };
    if let Some(cast) = cast {
        items.retain(|entity| entity.kind() == cast);
    }
    let filterable: &[&str] = match cast {
        Some("user") => super::users::FILTERABLE,
        Some("group") => FILTERABLE,
        _ => &["id", "displayName"],
    };
    let list = List { items, context, filterable, mixed: cast.is_none(), advanced_filter: true };
    if counted {
        Ok(call.number(paging::count(list, call)?))
    } else {
        Ok(call.ok(&paging::answer(list, call)?))
    }
}
