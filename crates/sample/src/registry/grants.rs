//! What was granted: delegated scopes and roles of applications. Sign-in and Graph write the same grants.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::{GRAPH_APP, Registry};
use crate::clock;
use crate::permissions;

/// A grant of delegated scopes: one for a client, a resource, and a person or everybody.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) id: String,
    /// The object id of the client's service principal.
    pub(crate) client: String,
    /// The object id of the resource's service principal.
    pub(crate) resource: String,
    /// The one person it is for; none for the whole organisation.
    pub(crate) person: Option<String>,
    /// The scopes, each with the time from which readers and tokens know of it.
    pub(crate) scopes: Vec<(String, Duration)>,
}

impl Grant {
    pub(crate) fn new(client: &str, resource: &str, person: Option<&str>) -> Self {
        Self {
            id: grant_id(&[Some(client), Some(resource), person]),
            client: client.to_owned(),
            resource: resource.to_owned(),
            person: person.map(str::to_owned),
            scopes: Vec::new(),
        }
    }

    /// Adds a scope. What is granted already keeps its time.
    pub(crate) fn add(&mut self, scope: &str, visible: Duration) {
        if !self.scopes.iter().any(|(known, _)| known.eq_ignore_ascii_case(scope)) {
            self.scopes.push((scope.to_owned(), visible));
        }
    }

    /// Whether readers know of it.
    pub(crate) fn is_seen(&self, now: Duration) -> bool {
        self.scopes.iter().any(|(_, visible)| *visible <= now)
    }

    /// All properties, as Graph gives them.
    pub(crate) fn render(&self, now: Duration) -> Map<String, Value> {
        let seen: Vec<&str> = self
            .scopes
            .iter()
            .filter(|(_, visible)| *visible <= now)
            .map(|(name, _)| name.as_str())
            .collect();
        let value = json!({
            "clientId": self.client,
            "consentType": if self.person.is_some() { "Principal" } else { "AllPrincipals" },
            "id": self.id,
            "principalId": self.person,
            "resourceId": self.resource,
            "scope": seen.join(" "),
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// Grant ids are the ids they join, in base64url, as those of Graph look.
fn grant_id(parts: &[Option<&str>]) -> String {
    let mut bytes = Vec::new();
    for part in parts.iter().flatten() {
        let mut digits = part.chars().filter_map(|letter| letter.to_digit(16));
        while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
            bytes.extend(u8::try_from(high * 16 + low));
        }
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What somebody is who holds a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    ServicePrincipal,
    User,
    Group,
}

impl Holder {
    /// Graph's `principalType`.
    const fn name(self) -> &'static str {
        match self {
            Self::ServicePrincipal => "ServicePrincipal",
            Self::User => "User",
            Self::Group => "Group",
        }
    }
}

/// A role of a resource: a service principal holds it by itself, a person or a group is assigned to the application with it.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) id: String,
    pub(crate) holder: Holder,
    pub(crate) principal: String,
    /// The name of a person or a group when the role was assigned.
    pub(crate) name: Option<String>,
    pub(crate) resource: String,
    pub(crate) role: String,
    pub(crate) created: Duration,
    /// From then on readers and tokens know of it.
    pub(crate) visible: Duration,
}

impl Registry {
    /// The object id of Graph's own service principal.
    pub(crate) fn graph_id(&self) -> &str {
        self.principal_id(GRAPH_APP).unwrap_or_default()
    }

    /// Records consent to Graph's scopes, for one person or for everybody.
    pub(crate) fn consent(
        &mut self,
        client: &str,
        scopes: &[&'static str],
        person: Option<&str>,
        now: Duration,
    ) {
        let (resource, visible) = (self.graph_id().to_owned(), now + self.lag);
        let known = self
            .grants
            .iter()
            .position(|it| it.client == client && it.resource == resource && it.person.as_deref() == person);
        let at = known.unwrap_or_else(|| {
            self.grants.push(Grant::new(client, &resource, person));
            self.grants.len() - 1
        });
        if let Some(grant) = self.grants.get_mut(at) {
            for scope in scopes {
                grant.add(scope, visible);
            }
        }
    }

    /// Graph's scopes that a client was granted for a person, with their times.
    fn held<'a>(
        &'a self,
        client: &'a str,
        person: &'a str,
    ) -> impl Iterator<Item = (&'static str, Duration)> {
        let graph = self.graph_id();
        self.grants
            .iter()
            .filter(move |it| it.client == client && it.resource == graph)
            .filter(move |it| it.person.as_deref().is_none_or(|id| id == person))
            .flat_map(|it| &it.scopes)
            .filter_map(|(name, visible)| permissions::scope(name).map(|known| (known.name, *visible)))
    }

    /// What of `asked` nobody has consented to for that person, as the authorize page knows at once.
    pub(crate) fn missing(&self, client: &str, person: &str, asked: &[&'static str]) -> Vec<&'static str> {
        let held: BTreeSet<_> = self.held(client, person).map(|(name, _)| name).collect();
        asked.iter().filter(|name| !held.contains(*name)).copied().collect()
    }

    /// What tokens of that person may hold now.
    pub(crate) fn tokens_hold(&self, client: &str, person: &str, now: Duration) -> BTreeSet<&'static str> {
        self.held(client, person).filter(|(_, visible)| *visible <= now).map(|(name, _)| name).collect()
    }

    /// Assigns a role of Graph to an application.
    pub(crate) fn assign(&mut self, id: String, principal: &str, role: &str, now: Duration) {
        self.assign_from(id, principal, role, (now, now + self.lag));
    }

    /// The same by hand, at a page: whoever does that takes longer than any copy lags.
    pub(crate) fn assign_at_once(&mut self, id: String, principal: &str, role: &str, now: Duration) {
        self.assign_from(id, principal, role, (now, now));
    }

    fn assign_from(
        &mut self,
        id: String,
        principal: &str,
        role: &str,
        (created, visible): (Duration, Duration),
    ) {
        let resource = self.graph_id().to_owned();
        if self.assignments.iter().any(|it| {
            it.principal == principal && it.resource == resource && it.role.eq_ignore_ascii_case(role)
        }) {
            return;
        }
        self.assignments.push(Assignment {
            id,
            holder: Holder::ServicePrincipal,
            principal: principal.to_owned(),
            name: None,
            resource,
            role: role.to_owned(),
            created,
            visible,
        });
    }

    /// Graph's roles that an application's token holds now.
    pub(crate) fn roles(&self, principal: &str, now: Duration) -> BTreeSet<&'static str> {
        let graph = self.graph_id();
        self.assignments
            .iter()
            .filter(|it| it.principal == principal && it.resource == graph && it.visible <= now)
            .filter_map(|it| permissions::role_with_id(&it.role))
            .map(|it| it.name)
            .collect()
    }

    /// All properties of an assignment, as Graph gives them.
    pub(crate) fn render_assignment(&self, it: &Assignment) -> Map<String, Value> {
        let name = |id: &str| self.principal(super::Key::Id(id)).map(|it| it.display_name.clone());
        let value = json!({
            "id": it.id,
            "deletedDateTime": null,
            "appRoleId": it.role,
            "createdDateTime": clock::zulu(it.created),
            "principalDisplayName": it.name.clone().or_else(|| name(&it.principal)),
            "principalId": it.principal,
            "principalType": it.holder.name(),
            "resourceDisplayName": name(&it.resource),
            "resourceId": it.resource,
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}
