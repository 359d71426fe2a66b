//! Making, changing and removing service principals.

use crate::http::Answer;
use crate::registry::{Key, Principal};

use super::super::errors::GraphError;
use super::super::method_not_allowed;
use super::applications::same_key;
use super::{Write, add_owner, lag, remove_owner};

impl Write<'_> {
    /// `POST /servicePrincipals`.
    pub(super) fn post_principal(&mut self) -> Result<Answer, GraphError> {
        let app_id = self.text("appId")?;
        self.make_principal(&app_id)
    }

    fn make_principal(&mut self, app_id: &str) -> Result<Answer, GraphError> {
        self.actor.may_register()?;
        if self.registry.principal(Key::AppId(app_id)).is_some() {
            return Err(same_key("appId"));
        }
        // Other tenants' applications could be taken in too; there are none here.
        let application = self.registry.application(Key::AppId(app_id));
        let application = application.ok_or_else(|| lag::no_application(app_id))?;
        self.actor.may_change(&application.owners)?;
        if application.visible > self.now {
            return Err(lag::principal(app_id));
        }
        let mut made = Principal {
            app_id: application.app_id.clone(),
            display_name: application.display_name.clone(),
            owners: self.actor.first_owners(),
            visible: self.now + self.registry.lag,
            ..Principal::default()
        };
        made.set(&self.body).map_err(GraphError::bad_request)?;
        made.id = self.random.guid();
        let answer = self.created("servicePrincipals", made.render(&self.facts.tenant_id));
        self.registry.principals.push(made);
        Ok(answer)
    }

    /// Everything below one service principal.
    pub(super) fn principal(
        &mut self,
        method: &str,
        key: Key<'_>,
        rest: &[&str],
    ) -> Result<Answer, GraphError> {
        let Some(found) = self.registry.principal(key) else {
            return match (method, rest, key) {
                ("PATCH", [], Key::AppId(app_id)) if self.create => self.make_principal(app_id),
                _ => Err(GraphError::not_found(key.text())),
            };
        };
        let (id, late) = (found.id.clone(), found.visible > self.now);
        // Assignments have rights of their own.
        match (method, rest) {
            ("POST", ["appRoleAssignedTo" | "appRoleAssignments"]) => return self.post_assignment(&id),
            ("DELETE", ["appRoleAssignedTo" | "appRoleAssignments", assignment]) => {
                return self.delete_assignment(&id, assignment);
            }
            _ => self.actor.may_change(&found.owners)?,
        }
        if late {
            return Err(lag::update(&id));
        }
        let Some(changed) = self.registry.principal_mut(key) else { return Err(GraphError::not_found(&id)) };
        match (method, rest) {
            ("PATCH", []) => {
                let mut copy = changed.clone();
                copy.set(&self.body).map_err(GraphError::bad_request)?;
                *changed = copy;
                Ok(Answer::new(204))
            }
            ("DELETE", []) => {
                self.registry.remove_principal(&id);
                Ok(Answer::new(204))
            }
            ("DELETE", ["owners", owner, "$ref"]) => remove_owner(&mut changed.owners, owner),
            ("POST", ["owners", "$ref"]) => {
                let owner = self.referenced()?;
                let changed = self.registry.principal_mut(key);
                changed.map_or_else(|| Err(GraphError::not_found(&id)), |it| add_owner(&mut it.owners, owner))
            }
            _ => Err(method_not_allowed()),
        }
    }
}
