//! Granting delegated scopes and applications' roles, and taking them back.

use serde_json::Value;

use crate::TenantKind;
use crate::http::Answer;
use crate::permissions;
use crate::registry::{
    Assignment, DEFAULT_ACCESS, GRAPH_APP, GalleryTemplate, Grant, Holder, Key, Principal,
};

use super::super::errors::GraphError;
use super::{Write, lag};

impl Write<'_> {
    /// `POST /oauth2PermissionGrants`: one for a client, a resource, and a person or everybody.
    pub(super) fn post_grant(&mut self) -> Result<Answer, GraphError> {
        self.actor.may_grant_scopes()?;
        let (client, resource) = (self.text("clientId")?, self.text("resourceId")?);
        let person = match self.text("consentType")?.as_str() {
            "AllPrincipals" => None,
            "Principal" => Some(self.text("principalId")?),
            _ => return Err(GraphError::bad_request("Invalid value specified for property 'consentType'.")),
        };
        for id in [&client, &resource] {
            self.pointed_at(id, lag::reference)?;
        }
        if let Some(id) = &person
            && self.directory.person(id).is_none()
        {
            return Err(GraphError::not_found(id));
        }
        let scope = self.body.get("scope").and_then(Value::as_str).unwrap_or_default();
        let mut made = Grant::new(&client, &resource, person.as_deref());
        if self.registry.grants.iter().any(|it| it.id == made.id) {
            return Err(GraphError::new(
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                "Permission entry already exists.",
            ));
        }
        let visible = self.now + self.registry.lag;
        for name in scope.split_whitespace() {
            made.add(name, visible);
        }
        let answer = self.created("oauth2PermissionGrants", made.render(visible));
        self.registry.grants.push(made);
        Ok(answer)
    }

    /// `PATCH /oauth2PermissionGrants/{id}`: the scopes are replaced as a whole.
    pub(super) fn patch_grant(&mut self, id: &str) -> Result<Answer, GraphError> {
        self.actor.may_grant_scopes()?;
        if let Some(name) = self.body.keys().find(|name| *name != "scope") {
            return Err(GraphError::bad_request(format!("Property '{name}' cannot be changed.")));
        }
        let scope = self.text("scope")?;
        let visible = self.now + self.registry.lag;
        let Some(grant) = self.registry.grants.iter_mut().find(|it| it.id == id) else {
            return Err(GraphError::not_found(id));
        };
        if !grant.is_seen(self.now) {
            return Err(lag::update(id));
        }
        // What stays keeps its time; what is left out is gone at once.
        let wanted: Vec<&str> = scope.split_whitespace().collect();
        grant.scopes.retain(|(known, _)| wanted.iter().any(|name| name.eq_ignore_ascii_case(known)));
        for name in wanted {
            grant.add(name, visible);
        }
        Ok(Answer::new(204))
    }

    /// `DELETE /oauth2PermissionGrants/{id}`.
    pub(super) fn delete_grant(&mut self, id: &str) -> Result<Answer, GraphError> {
        self.actor.may_grant_scopes()?;
        let before = self.registry.grants.len();
        self.registry.grants.retain(|it| it.id != id);
        if self.registry.grants.len() < before {
            Ok(Answer::new(204))
        } else {
            Err(GraphError::not_found(id))
        }
    }

    /// `POST …/appRoleAssignedTo` at the resource, or `…/appRoleAssignments` at the one who gets the role.
    pub(super) fn post_assignment(&mut self, of: &str) -> Result<Answer, GraphError> {
        let (principal, resource) = (self.text("principalId")?, self.text("resourceId")?);
        let role = self.text("appRoleId")?;
        if of != principal && of != resource {
            return Err(GraphError::bad_request("Not a valid reference update."));
        }
        // The rights come first: who may not assign learns nothing.
        let named = self.registry.principal(Key::Id(&resource)).map(|it| it.app_id.clone());
        self.actor.may_assign(named.as_deref().unwrap_or(GRAPH_APP))?;
        let (holder, name) = self.holder(&principal)?;
        let found = self.pointed_at(&resource, lag::assignment)?;
        let (app_id, template) = (found.app_id.clone(), found.template);
        let offered = match holder {
            Holder::ServicePrincipal => app_id == GRAPH_APP && permissions::role_with_id(&role).is_some(),
            Holder::User | Holder::Group => offers(template, &role),
        };
        if !offered {
            return Err(GraphError::bad_request(format!(
                "Permission being assigned was not found on application '{app_id}'"
            )));
        }
        let same = |it: &Assignment| {
            it.principal == principal && it.resource == resource && it.role.eq_ignore_ascii_case(&role)
        };
        if self.registry.assignments.iter().any(same) {
            return Err(GraphError::bad_request("Permission being assigned already exists on the object"));
        }
        let made = Assignment {
            id: self.random.opaque(43),
            holder,
            principal,
            name,
            resource,
            role,
            created: self.now,
            visible: self.now + self.registry.lag,
        };
        let answer = self.created("appRoleAssignments", self.registry.render_assignment(&made));
        self.registry.assignments.push(made);
        Ok(answer)
    }

    /// `DELETE …/appRoleAssignedTo/{id}` or `…/appRoleAssignments/{id}`.
    pub(super) fn delete_assignment(&mut self, of: &str, id: &str) -> Result<Answer, GraphError> {
        let is = |it: &Assignment| it.id == id && (it.principal == of || it.resource == of);
        let found = self.registry.assignments.iter().find(|it| is(it));
        let resource = found.map(|it| it.resource.clone());
        let app = self.registry.principal(Key::Id(resource.as_deref().unwrap_or(of)));
        self.actor.may_assign(app.map_or(GRAPH_APP, |it| it.app_id.as_str()))?;
        if resource.is_none() {
            return Err(GraphError::not_found(id));
        }
        self.registry.assignments.retain(|it| !is(it));
        Ok(Answer::new(204))
    }

    /// What the one is who gets a role. Groups need Entra ID P1, and must be security groups (`how-provisioning-works`).
    fn holder(&self, id: &str) -> Result<(Holder, Option<String>), GraphError> {
        if let Some(person) = self.directory.person(id) {
            return Ok((Holder::User, Some(person.display_name.clone())));
        }
        let Some(group) = self.directory.group(id) else {
            self.pointed_at(id, lag::assignment)?;
            return Ok((Holder::ServicePrincipal, None));
        };
        if self.options.is(TenantKind::NoPremium) {
            return Err(GraphError::new(
                403,
                "Authorization_RequestDenied",
                "Groups cannot be assigned to applications: the tenant has no Microsoft Entra ID P1 or P2 license.",
            ));
        }
        if !group.security_enabled {
            return Err(GraphError::bad_request("Only groups that are security enabled can be assigned."));
        }
        Ok((Holder::Group, Some(group.display_name.clone())))
    }

    /// A service principal that a grant or an assignment points at.
    fn pointed_at(&self, id: &str, late: fn(&str) -> GraphError) -> Result<&Principal, GraphError> {
        let found = self.registry.principal(Key::Id(id)).ok_or_else(|| GraphError::not_found(id))?;
        if found.visible > self.now { Err(late(id)) } else { Ok(found) }
    }
}

/// Whether people and groups can get that role on an application of that origin; without roles of its own there is default access.
fn offers(template: Option<&GalleryTemplate>, role: &str) -> bool {
    match template.map(GalleryTemplate::roles) {
        Some(roles) => roles.iter().any(|it| it.id.eq_ignore_ascii_case(role)),
        None => role == DEFAULT_ACCESS,
    }
}
