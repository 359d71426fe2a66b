//! People and groups as the directory has them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::entra::graph::{self, BatchRequest, Graph, GraphError, Pages};
use crate::entra::ids::{Guid, ObjectId};
use crate::env::Env;
use crate::http::percent_encode;

/// The largest page that Graph gives.
const PAGE: &str = "$top=999";
/// How many a search brings of each kind.
pub const FEW: usize = 25;
/// What is read of a person.
const PERSON: &str = "id,displayName,givenName,surname,userPrincipalName,mail,accountEnabled,userType";
/// What is read of a group.
const GROUP: &str = "id,displayName,securityEnabled,mailEnabled,groupTypes";

/// A person. Fields that came back empty stay empty: for want of permission Graph answers 200 with nulls.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The object id.
    pub id: Guid,
    /// The display name.
    pub display_name: Option<String>,
    /// The first name.
    pub given_name: Option<String>,
    /// The last name.
    pub surname: Option<String>,
    /// The name to sign in with.
    pub user_principal_name: Option<String>,
    /// The mail address.
    pub mail: Option<String>,
    /// Whether the account may sign in; empty when it could not be read.
    pub account_enabled: Option<bool>,
    /// `Member` or `Guest`.
    pub user_type: Option<String>,
}

impl Person {
    /// The object id.
    #[must_use]
    pub fn object_id(&self) -> ObjectId {
        ObjectId(self.id.clone())
    }

    /// A name for messages: whatever is there.
    #[must_use]
    pub fn label(&self) -> &str {
        [&self.display_name, &self.user_principal_name, &self.mail]
            .into_iter()
            .flatten()
            .find(|text| !text.trim().is_empty())
            .map_or(self.id.as_str(), String::as_str)
    }

    /// Whether the directory gave the fields at all. With a token that may only read basics, or ids, it answers with nulls.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        self.user_principal_name.is_some() && self.account_enabled.is_some()
    }

    /// Whether this is a guest from another tenant.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        let marked = self.user_principal_name.as_deref().is_some_and(|name| name.contains("#EXT#"));
        self.user_type.as_deref().map_or(marked, |kind| kind.eq_ignore_ascii_case("guest"))
    }
}

/// A group, without its members.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The object id.
    pub id: Guid,
    /// The display name.
    pub display_name: Option<String>,
    /// Whether it is a security group.
    #[serde(default)]
    pub security_enabled: Option<bool>,
    /// Whether it has a mailbox.
    #[serde(default)]
    pub mail_enabled: Option<bool>,
    /// What else it is, such as `DynamicMembership`. Not read of groups that are members of another.
    #[serde(default)]
    pub group_types: Option<Vec<String>>,
}

impl Group {
    /// The object id.
    #[must_use]
    pub fn object_id(&self) -> ObjectId {
        ObjectId(self.id.clone())
    }

    /// A name for messages.
    #[must_use]
    pub fn label(&self) -> &str {
        self.display_name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(self.id.as_str())
    }

    /// Whether a rule decides who is in it; none when that was not read.
    #[must_use]
    pub fn is_dynamic(&self) -> Option<bool> {
        let types = self.group_types.as_ref()?;
        Some(types.iter().any(|it| it.eq_ignore_ascii_case("DynamicMembership")))
    }
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A person, with the fields.
    Person(Person),
    /// Another group.
    Group(Group),
    /// A service principal, device or contact: its kind and its name.
    Other {
        /// Such as `servicePrincipal`.
        kind: String,
        /// Its name or id.
        name: String,
    },
}

#[derive(Deserialize)]
struct RawMember {
    #[serde(rename = "@odata.type", default)]
    kind: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

impl RawMember {
    fn sort(self) -> Result<Member, serde_json::Error> {
        let kind = self.kind.rsplit('.').next().unwrap_or_default().to_owned();
        let named = |field: &str| self.rest.get(field).and_then(serde_json::Value::as_str).map(str::to_owned);
        let name = named("displayName").or_else(|| named("id")).unwrap_or_default();
        let rest = serde_json::Value::Object(self.rest);
        match kind.as_str() {
            "user" => serde_json::from_value(rest).map(Member::Person),
            "group" => serde_json::from_value(rest).map(Member::Group),
            _ => Ok(Member::Other { kind, name }),
        }
    }
}

/// Reads everybody in a group, directly or through groups in it.
pub async fn people_within<E: Env>(graph: &Graph<'_, E>, group: &Group) -> Pages<Person> {
    let doing = format!("read who is in the groups within \"{}\"", group.label());
    // A list of one type among several is an advanced query: it wants the count as well as the header.
    let path = format!(
        "/groups/{}/transitiveMembers/microsoft.graph.user?$count=true&$select={PERSON}&{PAGE}",
        group.id
    );
    graph.pages(&doing, &path).await
}

/// Reads the groups in a group, however deep.
pub async fn groups_within<E: Env>(graph: &Graph<'_, E>, group: &Group) -> Pages<Group> {
    let doing = format!("read the groups within \"{}\"", group.label());
    let path = format!(
        "/groups/{}/transitiveMembers/microsoft.graph.group?$count=true&$select={GROUP}&{PAGE}",
        group.id
    );
    graph.pages(&doing, &path).await
}

/// Reads the groups that somebody is in: directly, and through others.
///
/// # Errors
/// [`GraphError`] when either is not read to its end.
pub async fn memberships<E: Env>(
    graph: &Graph<'_, E>,
    person: &Person,
) -> Result<(Vec<Group>, Vec<Group>), GraphError> {
    let doing = format!("read the groups of \"{}\"", person.label());
    let mut read = Vec::new();
    for which in ["memberOf", "transitiveMemberOf"] {
        let path =
            format!("/users/{}/{which}/microsoft.graph.group?$count=true&$select={GROUP}&{PAGE}", person.id);
        let pages: Pages<Group> = graph.pages(&doing, &path).await;
        if let Some(error) = pages.broken {
            return Err(error);
        }
        read.push(pages.items);
    }
    let all = read.pop().unwrap_or_default();
    Ok((read.pop().unwrap_or_default(), all))
}

/// Reads people by their object ids, many at once.
pub async fn each_person<E: Env>(graph: &Graph<'_, E>, ids: &[ObjectId]) -> Vec<Result<Person, GraphError>> {
    let one = |id: &ObjectId| {
        BatchRequest::get(format!("read the person {id}"), format!("/users/{id}?$select={PERSON}"))
    };
    each(graph, ids.iter().map(one).collect()).await
}

/// Reads groups by their object ids, many at once.
pub async fn each_group<E: Env>(graph: &Graph<'_, E>, ids: &[ObjectId]) -> Vec<Result<Group, GraphError>> {
    let one = |id: &ObjectId| {
        BatchRequest::get(format!("read the group {id}"), format!("/groups/{id}?$select={GROUP}"))
    };
    each(graph, ids.iter().map(one).collect()).await
}

async fn each<E: Env, T: DeserializeOwned>(
    graph: &Graph<'_, E>,
    requests: Vec<BatchRequest>,
) -> Vec<Result<T, GraphError>> {
    let results = graph.batch(&requests).await;
    let read = |(request, result): (&BatchRequest, Result<_, _>)| {
        result.and_then(|value| graph::read(request.doing(), value))
    };
    requests.iter().zip(results).map(read).collect()
}

/// Reads a person by object id.
///
/// # Errors
/// [`GraphError`] names the person.
pub async fn person<E: Env>(graph: &Graph<'_, E>, id: &ObjectId) -> Result<Person, GraphError> {
    graph.get(&format!("read the person {id}"), &format!("/users/{id}?$select={PERSON}")).await
}

/// Reads a group by object id.
///
/// # Errors
/// [`GraphError`] names the group.
pub async fn group<E: Env>(graph: &Graph<'_, E>, id: &ObjectId) -> Result<Group, GraphError> {
    graph.get(&format!("read the group {id}"), &format!("/groups/{id}?$select={GROUP}")).await
}

/// Reads all people.
pub async fn people<E: Env>(graph: &Graph<'_, E>) -> Pages<Person> {
    graph.pages("read the people of the directory", &format!("/users?$select={PERSON}&{PAGE}")).await
}

/// Reads all groups.
pub async fn groups<E: Env>(graph: &Graph<'_, E>) -> Pages<Group> {
    graph.pages("read the groups of the directory", &format!("/groups?$select={GROUP}&{PAGE}")).await
}

/// Reads the direct members of a group.
pub async fn members<E: Env>(graph: &Graph<'_, E>, group: &Group) -> Pages<Member> {
    let doing = format!("read the members of the group \"{}\"", group.label());
    let path = format!("/groups/{}/members?$select={PERSON},securityEnabled,mailEnabled&{PAGE}", group.id);
    let raw: Pages<RawMember> = graph.pages(&doing, &path).await;
    let mut broken = raw.broken;
    let mut items = Vec::with_capacity(raw.items.len());
    for member in raw.items {
        match member.sort() {
            Ok(member) => items.push(member),
            Err(error) => {
                let kind = graph::GraphErrorKind::Malformed(error.to_string());
                broken.get_or_insert(GraphError { doing: doing.clone(), kind });
            }
        }
    }
    Pages { items, broken }
}

/// Finds people and groups whose name holds the text, at most a few of each, for a person to choose from.
///
/// # Errors
/// [`GraphError`] when either search fails.
pub async fn search<E: Env>(
    graph: &Graph<'_, E>,
    text: &str,
) -> Result<(Vec<Group>, Vec<Person>), GraphError> {
    // Inside the quotes of $search a quote and a backslash are escaped by a backslash.
    let quoted = text.trim().replace('\\', "\\\\").replace('"', "\\\"");
    let find = |fields: &[&str]| {
        let terms: Vec<_> = fields.iter().map(|field| format!("\"{field}:{quoted}\"")).collect();
        percent_encode(&terms.join(" OR "))
    };
    let doing = format!("search the directory for \"{}\"", text.trim());
    let by_group = find(&["displayName"]);
    let by_person = find(&["displayName", "userPrincipalName", "mail"]);
    let groups: Few<Group> = graph
        .get(&doing, &format!("/groups?$search={by_group}&$select={GROUP}&$count=true&$top={FEW}"))
        .await?;
    let people: Few<Person> = graph
        .get(&doing, &format!("/users?$search={by_person}&$select={PERSON}&$count=true&$top={FEW}"))
        .await?;
    Ok((groups.value, people.value))
}

#[derive(Deserialize)]
struct Few<T> {
    value: Vec<T>,
}

/// The tenant's own name, for the page's header.
///
/// # Errors
/// [`GraphError`]; the name is not worth stopping for.
pub async fn tenant_name<E: Env>(graph: &Graph<'_, E>) -> Result<Option<String>, GraphError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Organization {
        display_name: Option<String>,
    }
    let answer: Few<Organization> =
        graph.get("read the tenant's name", "/organization?$select=id,displayName").await?;
    Ok(answer.value.into_iter().next().and_then(|organization| organization.display_name))
}
