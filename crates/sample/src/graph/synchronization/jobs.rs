//! Jobs and secrets of a service principal.

use serde_json::Value;

use crate::http::Answer;
use crate::provisioning::{Job, Secrets};

use super::super::errors::GraphError;
use super::super::method_not_allowed;
use super::Sync;

impl Sync<'_, '_> {
    /// Whether readers see a job.
    pub(super) fn is_seen(&self, job: &Job) -> bool {
        job.created + self.graph.registry.lag <= self.graph.provisioning.time(self.graph.now)
    }

    fn rendered(&self, job: &Job) -> Value {
        let provisioning = &self.graph.provisioning;
        let none = Secrets::default();
        let secrets = provisioning.connector(&self.principal).map_or(&none, |it| &it.secrets);
        job.render(secrets, provisioning.ahead())
    }

    pub(super) fn jobs(&self) -> Answer {
        let jobs = self.graph.provisioning.connector(&self.principal).map(|it| it.jobs.as_slice());
        let seen = jobs.unwrap_or_default().iter().filter(|it| self.is_seen(it));
        self.listed("jobs", &seen.map(|it| self.rendered(it)).collect::<Vec<_>>())
    }

    pub(super) fn post_job(&mut self) -> Result<Answer, GraphError> {
        let wanted = self.text("templateId").ok_or_else(|| {
            GraphError::new(400, "BadRequest", "A value is required for property 'templateId'.")
        })?;
        let offered = self.template.map(|it| it.jobs).unwrap_or_default();
        let template = offered.iter().find(|it| it.eq_ignore_ascii_case(&wanted)).ok_or_else(|| {
            GraphError::new(
                400,
                "BadRequest",
                format!("Template '{wanted}' is not available for this application."),
            )
        })?;
        let (tenant, now) = (self.graph.facts.tenant_id.clone(), self.graph.now);
        let id = self.graph.provisioning.create(&self.principal, template, &tenant, now);
        let made = self.graph.provisioning.job(&self.principal, &id).map(|it| self.rendered(it));
        Ok(self.single(201, "jobs", &made.unwrap_or_default()))
    }

    /// One job and what is below it.
    pub(super) fn job(&mut self, method: &str, id: &str, rest: &[&str]) -> Result<Answer, GraphError> {
        let found =
            self.graph.provisioning.job(&self.principal, id).ok_or_else(|| GraphError::not_found(id))?;
        let seen = self.is_seen(found);
        match (method, rest) {
            ("GET", _) if !seen => Err(GraphError::not_found(id)),
            ("GET", []) => Ok(self.single(200, "jobs", &self.rendered(found))),
            ("GET", ["schema"]) => Ok(self.single(200, "schema", &found.schema)),
            ("GET", ["schema", "filterOperators"]) => Ok(self.filter_operators()),
            ("POST", ["validateCredentials"]) => self.validate(Some(id)),
            // The job's backend is not there yet.
            _ if !seen => Err(GraphError::new(409, "Conflict", "The synchronization job is not ready yet.")),
            ("PATCH", []) => self.patch_job(id),
            ("DELETE", []) => {
                let jobs = &mut self.graph.provisioning.connector_mut(&self.principal).jobs;
                jobs.retain(|it| !it.id.eq_ignore_ascii_case(id));
                Ok(Answer::new(204))
            }
            ("PUT", ["schema"]) => self.put_schema(id),
            ("DELETE", ["schema"]) => self.reset_schema(id),
            ("POST", ["start"]) => self.start(id),
            ("POST", ["pause"]) => self.pause(id),
            ("POST", ["restart"]) => self.restart(id),
            ("POST", ["provisionOnDemand"]) => self.provision_on_demand(id),
            _ => Err(method_not_allowed()),
        }
    }

    pub(super) fn secrets(&self) -> Answer {
        let connector = self.graph.provisioning.connector(&self.principal);
        let now = self.graph.now;
        let seen = connector.map(|it| match &it.before {
            Some((before, until)) if *until > now => before.render(),
            _ => it.secrets.render(),
        });
        self.listed("secrets", &seen.unwrap_or_default())
    }

    /// `PUT …/secrets` replaces all of them.
    pub(super) fn put_secrets(&mut self) -> Result<Answer, GraphError> {
        let Some(list) = self.body.get("value").and_then(Value::as_array) else {
            return Err(GraphError::new(400, "BadRequest", "A value is required for property 'value'."));
        };
        let secrets = Secrets::read(list).map_err(|words| GraphError::new(400, "BadRequest", words))?;
        let until = self.graph.now + self.graph.registry.lag;
        let connector = self.graph.provisioning.connector_mut(&self.principal);
        connector.before = Some((std::mem::replace(&mut connector.secrets, secrets), until));
        Ok(Answer::new(204))
    }

    /// The one thing of a job that can be changed directly: whether it runs.
    fn patch_job(&mut self, id: &str) -> Result<Answer, GraphError> {
        let state = self.body.get("schedule").and_then(|it| it.get("state")).and_then(Value::as_str);
        match state.map(str::to_ascii_lowercase).as_deref() {
            Some("active") => self.start(id),
            Some("disabled" | "paused") => self.pause(id),
            _ => Err(GraphError::new(
                400,
                "BadRequest",
                "Only schedule.state can be changed, to Active, Paused or Disabled.",
            )),
        }
    }

    pub(super) fn changed(&mut self, id: &str) -> Result<&mut Job, GraphError> {
        self.graph.provisioning.job_mut(&self.principal, id).ok_or_else(|| GraphError::not_found(id))
    }
}
