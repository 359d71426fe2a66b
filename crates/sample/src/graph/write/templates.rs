//! Making an application from the gallery.

use serde_json::{Value, json};

use crate::http::Answer;
use crate::provisioning::templates;
use crate::registry::{Application, Principal};

use super::super::JSON;
use super::super::errors::GraphError;
use super::Write;

impl Write<'_> {
    /// `POST /applicationTemplates/{id}/instantiate`: an application and its service principal, each time new ones, whatever their name.
    pub(super) fn instantiate(&mut self, id: &str) -> Result<Answer, GraphError> {
        self.actor.may_instantiate()?;
        let template = templates::find(self.options.gallery, id).ok_or_else(|| GraphError::not_found(id))?;
        let name = self.text("displayName")?;
        let (owners, visible) = (self.actor.first_owners(), self.now + self.registry.lag);
        let application = Application {
            id: self.random.guid(),
            app_id: self.random.guid(),
            display_name: name.clone(),
            audience: "AzureADMyOrg".to_owned(),
            owners: owners.clone(),
            template: Some(template),
            created: self.now,
            visible,
            ..Application::default()
        };
        let principal = Principal {
            id: self.random.guid(),
            app_id: application.app_id.clone(),
            display_name: name,
            tags: vec!["WindowsAzureActiveDirectoryIntegratedApp".to_owned()],
            // As the gallery makes them (`application-provisioning-configuration-api`).
            assignment_required: true,
            owners,
            template: Some(template),
            visible,
            ..Principal::default()
        };
        let mut body = json!({
            "@odata.context": format!("{}/v1.0/$metadata#microsoft.graph.applicationServicePrincipal", self.options.graph),
        });
        if let Some(object) = body.as_object_mut() {
            object.insert("application".to_owned(), Value::Object(application.render(self.now)));
            object.insert(
                "servicePrincipal".to_owned(),
                Value::Object(principal.render(&self.facts.tenant_id)),
            );
        }
        self.registry.applications.push(application);
        self.registry.principals.push(principal);
        Ok(Answer::json(201, JSON, &body))
    }
}
