//! People, and oneself.

use crate::directory::Person;
use crate::http::Answer;

use super::entity::Entity;
use super::errors::GraphError;
use super::paging::List;
use super::{Call, applications, groups, paging};

pub(super) const FILTERABLE: &[&str] = &[
    "id",
    "displayName",
    "accountEnabled",
    "userType",
    "userPrincipalName",
    "mail",
    "givenName",
    "surname",
    "department",
    "jobTitle",
    "externalUserState",
    "mailNickname",
];
const READERS: &[&str] = &["User.ReadBasic.All", "User.Read.All", "Directory.Read.All"];

pub(super) fn route(call: &Call<'_>, path: &[&str]) -> Result<Answer, GraphError> {
    let list = || List {
        items: call.directory.people().iter().map(Entity::Person).collect(),
        context: "users",
        filterable: FILTERABLE,
        mixed: false,
        advanced_filter: false,
    };
    match path {
        [] => {
            call.need(READERS)?;
            Ok(call.ok(&paging::answer(list(), call)?))
        }
        ["$count"] => {
            call.need(READERS)?;
            Ok(call.number(paging::count(list(), call)?))
        }
        [id, rest @ ..] => {
            let person = find(call, id);
            // One's own profile needs User.Read only.
            if person.is_none_or(|it| call.access.person.as_ref() != Some(&it.id)) {
                call.need(READERS)?;
            }
            of(call, person.ok_or_else(|| GraphError::not_found(id))?, rest)
        }
    }
}

fn find<'a>(call: &Call<'a>, id: &str) -> Option<&'a Person> {
    call.directory.person(&id.to_lowercase()).or_else(|| call.directory.person_named(id))
}

/// `/me` and what is below it.
pub(super) fn me(call: &Call<'_>, rest: &[&str]) -> Result<Answer, GraphError> {
    let Some(id) = &call.access.person else {
        return Err(GraphError::new(
            400,
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
        ));
    };
    call.need(&["User.Read", "User.ReadBasic.All", "User.Read.All", "Directory.Read.All"])?;
    let person = call.directory.person(id).ok_or_else(|| GraphError::not_found(id))?;
    of(call, person, rest)
}

fn of(call: &Call<'_>, person: &Person, rest: &[&str]) -> Result<Answer, GraphError> {
    match rest {
        [] => Ok(call.ok(&paging::single(Entity::Person(person), "users", call)?)),
        ["appRoleAssignments"] => applications::assignments_of(call, &person.id),
        ["memberOf", rest @ ..] => groups::member_of(call, person, rest),
        ["transitiveMemberOf", rest @ ..] => groups::transitive_member_of(call, person, rest),
        _ => Err(call.unknown_segment()),
    }
}
