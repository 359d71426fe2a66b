//! Registering, changing and removing applications.

use crate::http::Answer;
use crate::registry::{Application, Key};

use super::super::errors::GraphError;
use super::super::method_not_allowed;
use super::{Write, add_owner, lag, remove_owner};

impl Write<'_> {
    /// `POST /applications`, and what an upsert makes. `unique_name` is the alternate key of the path.
    pub(super) fn register(&mut self, unique_name: Option<&str>) -> Result<Answer, GraphError> {
        self.actor.may_register()?;
        self.text("displayName")?;
        let mut made = Application {
            // Left out, personal accounts may sign in too (Graph's `application-post-applications`).
            audience: "AzureADandPersonalMicrosoftAccount".to_owned(),
            unique_name: unique_name.map(str::to_owned),
            created: self.now,
            visible: self.now + self.registry.lag,
            ..Application::default()
        };
        made.set(&self.body).map_err(GraphError::bad_request)?;
        if let Some(name) = &made.unique_name
            && self.registry.application(Key::UniqueName(name)).is_some()
        {
            return Err(same_key("uniqueName"));
        }
        made.owners = self.actor.first_owners();
        made.id = self.random.guid();
        made.app_id = self.random.guid();
        let answer = self.created("applications", made.render(self.now));
        self.registry.applications.push(made);
        Ok(answer)
    }

    /// Everything below one application.
    pub(super) fn application(
        &mut self,
        method: &str,
        key: Key<'_>,
        rest: &[&str],
    ) -> Result<Answer, GraphError> {
        let Some(found) = self.registry.application(key) else {
            return match (method, rest, key) {
                ("PATCH", [], Key::UniqueName(name)) if self.create => self.register(Some(name)),
                _ => Err(GraphError::not_found(key.text())),
            };
        };
        self.actor.may_change(&found.owners)?;
        if found.visible > self.now {
            return Err(lag::update(&found.id));
        }
        let id = found.id.clone();
        match (method, rest) {
            ("PATCH", []) => {
                let changed = self.registry.application_mut(key);
                // A body that is refused changes nothing.
                let Some(changed) = changed else { return Err(GraphError::not_found(&id)) };
                let mut copy = changed.clone();
                copy.set(&self.body).map_err(GraphError::bad_request)?;
                *changed = copy;
                Ok(Answer::new(204))
            }
            ("DELETE", []) => {
                self.registry.remove_application(&id);
                Ok(Answer::new(204))
            }
            ("POST", ["addPassword"]) => self.add_password(key),
            ("POST", ["removePassword"]) => self.remove_password(key),
            ("POST", ["federatedIdentityCredentials"]) => self.add_federated(key),
            ("POST", ["owners", "$ref"]) => {
                let owner = self.referenced()?;
                let changed = self.registry.application_mut(key);
                changed.map_or_else(|| Err(GraphError::not_found(&id)), |it| add_owner(&mut it.owners, owner))
            }
            ("DELETE", ["owners", owner, "$ref"]) => {
                let changed = self.registry.application_mut(key);
                changed
                    .map_or_else(|| Err(GraphError::not_found(&id)), |it| remove_owner(&mut it.owners, owner))
            }
            _ => Err(method_not_allowed()),
        }
    }
}

/// There is one with this key already.
pub(super) fn same_key(property: &str) -> GraphError {
    GraphError::new(
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        format!("Another object with the same value for property {property} already exists."),
    )
}
