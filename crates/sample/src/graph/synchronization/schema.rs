//! A job's schema: read and replaced as a whole, and reset.

use serde_json::Value;

use crate::http::Answer;
use crate::provisioning::{operators, schema};

use super::super::errors::GraphError;
use super::Sync;

impl Sync<'_, '_> {
    /// `PUT …/schema`. Unknown properties are kept.
    pub(super) fn put_schema(&mut self, id: &str) -> Result<Answer, GraphError> {
        let mut body = Value::Object(std::mem::take(&mut self.body));
        schema::check(&body).map_err(|words| GraphError::new(400, "BadRequest", words))?;
        if let Some(object) = body.as_object_mut() {
            object.remove("@odata.context");
        }
        self.changed(id)?.set_schema(body);
        Ok(Answer::new(204))
    }

    /// `DELETE …/schema` brings back the template's.
    pub(super) fn reset_schema(&mut self, id: &str) -> Result<Answer, GraphError> {
        let mut random = self.graph.provisioning.random().clone();
        let job = self.changed(id)?;
        let fresh = schema::reset(&job.schema, job.template, &mut random);
        job.set_schema(fresh);
        Ok(Answer::new(204))
    }

    /// `GET …/schema/filterOperators`.
    pub(super) fn filter_operators(&self) -> Answer {
        self.listed("jobs/schema/filterOperators", &operators())
    }
}
