//! What is done with a job: testing credentials, start, pause, restart, and one object on demand.

use serde_json::Value;

use crate::http::Answer;
use crate::provisioning::{Asked, Scopes, Secrets, credentials, provision};

use super::super::JSON;
use super::super::errors::GraphError;
use super::{Sync, service};

fn bad(words: impl Into<String>) -> GraphError {
    GraphError::new(400, "BadRequest", words)
}

impl Sync<'_, '_> {
    /// `validateCredentials`, of a job, or before there is one.
    pub(super) fn validate(&mut self, job: Option<&str>) -> Result<Answer, GraphError> {
        if job.is_none() && self.text("templateId").is_none() {
            return Err(bad("A value is required for parameter 'templateId'."));
        }
        let saved = self.body.get("useSavedCredentials").and_then(Value::as_bool).unwrap_or(false);
        let secrets = if saved {
            let connector = self.graph.provisioning.connector(&self.principal);
            connector.map(|it| it.secrets.clone()).unwrap_or_default()
        } else {
            let list = self.body.get("credentials").and_then(Value::as_array).cloned().unwrap_or_default();
            Secrets::read(&list).map_err(bad)?
        };
        let now = self.graph.now;
        let (provisioning, mut tenant) = service(self.graph);
        let time = provisioning.time(now);
        match credentials::test(&mut tenant, &secrets, provisioning.random(), time) {
            Ok(()) => Ok(Answer::new(204)),
            // Which status it is in reality is not established; the code and the nested answer are what administrators report.
            Err(failure) => Err(GraphError::new(400, failure.code, failure.message)),
        }
    }

    pub(super) fn start(&mut self, id: &str) -> Result<Answer, GraphError> {
        let time = self.graph.provisioning.time(self.graph.now);
        self.changed(id)?.start(time);
        Ok(Answer::new(204))
    }

    pub(super) fn pause(&mut self, id: &str) -> Result<Answer, GraphError> {
        self.changed(id)?.pause();
        Ok(Answer::new(204))
    }

    pub(super) fn restart(&mut self, id: &str) -> Result<Answer, GraphError> {
        let scope = self.body.get("criteria").and_then(|it| it.get("resetScope")).and_then(Value::as_str);
        let scopes = Scopes::read(scope.unwrap_or_default()).map_err(bad)?;
        let time = self.graph.provisioning.time(self.graph.now);
        self.changed(id)?.restart(scopes, time);
        Ok(Answer::new(204))
    }

    pub(super) fn provision_on_demand(&mut self, id: &str) -> Result<Answer, GraphError> {
        let now = self.graph.now;
        if self.graph.options.published_limits && !self.graph.provisioning.on_demand.take(1, now) {
            let mut error = GraphError::new(429, "TooManyRequests", "Too many requests");
            error.retry_after = Some(self.graph.provisioning.on_demand.wait(1).as_secs() + 1);
            return Err(error);
        }
        let person = crate::registry::person(self.graph.directory, self.access.person.as_deref())
            .map(|it| (it.id.clone(), it.display_name.clone()));
        let body = Value::Object(std::mem::take(&mut self.body));
        let asked = Asked::read(&body, self.changed(id)?).map_err(|it| bad(it.0))?;
        let (provisioning, mut tenant) = service(self.graph);
        let told = provisioning.at_once(&mut tenant, &self.principal, id, now, |job, work| {
            provision(job, work, &asked, person.as_ref())
        });
        let mut told = told.ok_or_else(|| GraphError::not_found(id))?;
        if let Some(object) = told.as_object_mut() {
            let context = format!(
                "{}/v1.0/$metadata#microsoft.graph.stringKeyStringValuePair",
                self.graph.options.graph
            );
            object.insert("@odata.context".to_owned(), Value::String(context));
        }
        Ok(Answer::json(200, JSON, &told))
    }
}
