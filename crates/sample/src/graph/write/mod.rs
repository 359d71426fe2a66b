//! Changing applications, service principals and what is granted to them.

mod applications;
mod grants;
mod lag;
mod principals;
mod rights;
mod secrets;
mod templates;

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::directory::Directory;
use crate::http::{Answer, Request};
use crate::random::Random;
use crate::registry::{Key, Registry};
use crate::sign_in::Access;
use crate::{Options, facts::Facts};

use super::errors::GraphError;
use super::{Graph, JSON, applications as read, method_not_allowed};

use rights::Actor;

/// One authorised change.
struct Write<'w> {
    options: &'w Options,
    facts: &'w Facts,
    directory: &'w Directory,
    registry: &'w mut Registry,
    random: &'w mut Random,
    actor: Actor<'w>,
    body: Map<String, Value>,
    /// Whether the request has `Prefer: create-if-missing`.
    create: bool,
    now: Duration,
}

/// Answers a request that is no `GET`.
pub(super) fn answer(
    graph: &mut Graph<'_>,
    access: &Access,
    request: &Request,
    path: &[&str],
) -> Result<Answer, GraphError> {
    let body = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => body,
        _ if request.body.is_empty() => Map::new(),
        _ => return Err(GraphError::new(400, "BadRequest", "Unable to read JSON request payload.")),
    };
    let prefer = request.header("prefer").unwrap_or_default();
    let actor = Actor::new(access, graph.directory, graph.registry, graph.now);
    let mut write = Write {
        options: graph.options,
        facts: graph.facts,
        directory: graph.directory,
        registry: graph.registry,
        random: graph.random,
        actor,
        body,
        create: prefer.split(',').any(|it| it.trim() == "create-if-missing"),
        now: graph.now,
    };
    write.dispatch(&request.method, path)
}

impl Write<'_> {
    fn dispatch(&mut self, method: &str, path: &[&str]) -> Result<Answer, GraphError> {
        match (method, path) {
            ("POST", ["applications"]) => self.register(None),
            ("POST", ["servicePrincipals"]) => self.post_principal(),
            ("POST", ["applicationTemplates", id, "instantiate" | "microsoft.graph.instantiate"]) => {
                self.instantiate(id)
            }
            ("POST", ["users" | "groups", id, "appRoleAssignments"]) => self.post_assignment(id),
            ("DELETE", ["users" | "groups", id, "appRoleAssignments", assignment]) => {
                self.delete_assignment(id, assignment)
            }
            ("POST", ["oauth2PermissionGrants"]) => self.post_grant(),
            ("PATCH", ["oauth2PermissionGrants", id]) => self.patch_grant(id),
            ("DELETE", ["oauth2PermissionGrants", id]) => self.delete_grant(id),
            (_, ["applications", id, rest @ ..]) => self.application(method, Key::Id(id), rest),
            (_, ["servicePrincipals", id, rest @ ..]) => self.principal(method, Key::Id(id), rest),
            (_, [one, rest @ ..]) => {
                if let Some(key) = read::key(one, "applications") {
                    self.application(method, key, rest)
                } else if let Some(key) = read::key(one, "servicePrincipals") {
                    self.principal(method, key, rest)
                } else {
                    Err(method_not_allowed())
                }
            }
            _ => Err(method_not_allowed()),
        }
    }

    /// A text that the body must have.
    fn text(&self, name: &str) -> Result<String, GraphError> {
        let value = self.body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        value.map(str::to_owned).ok_or_else(|| {
            GraphError::bad_request(format!("A value is required for property '{name}' of the resource."))
        })
    }

    /// What was made.
    fn created(&self, collection: &str, mut object: Map<String, Value>) -> Answer {
        let context = format!("{}/v1.0/$metadata#{collection}/$entity", self.options.graph);
        object.insert("@odata.context".to_owned(), json!(context));
        Answer::json(201, JSON, &Value::Object(object))
    }

    /// The object that a reference of `owners/$ref` names.
    fn referenced(&self) -> Result<String, GraphError> {
        let text = self.text("@odata.id")?;
        let id = text.rsplit('/').next().unwrap_or_default().to_owned();
        let known = self.directory.person(&id).is_some();
        match self.registry.principal(Key::Id(&id)) {
            Some(principal) if principal.visible > self.now => Err(lag::reference(&id)),
            None if !known => Err(GraphError::not_found(&id)),
            _ => Ok(id),
        }
    }
}

/// Adds an owner.
fn add_owner(owners: &mut Vec<String>, id: String) -> Result<Answer, GraphError> {
    if owners.contains(&id) {
        return Err(GraphError::bad_request(
            "One or more added object references already exist for the following modified properties: 'owners'.",
        ));
    }
    owners.push(id);
    Ok(Answer::new(204))
}

/// Removes an owner.
fn remove_owner(owners: &mut Vec<String>, id: &str) -> Result<Answer, GraphError> {
    let before = owners.len();
    owners.retain(|owner| owner != id);
    if owners.len() < before { Ok(Answer::new(204)) } else { Err(GraphError::not_found(id)) }
}
