//! Templates: those of the gallery, and those of the jobs that an application can have.

use serde_json::{Map, Value, json};

use crate::http::{Answer, Params};
use crate::provisioning::{schema, templates};

use super::super::errors::GraphError;
use super::super::odata::Filter;
use super::super::{Graph, JSON};
use super::Sync;

/// The properties that the gallery can be filtered by (`applicationtemplate-list`).
const FILTERABLE: [&str; 2] = ["displayName", "categories"];

/// `GET /applicationTemplates`.
pub(super) fn list(graph: &Graph<'_>, query: &Params) -> Result<Answer, GraphError> {
    let filter = query.get("$filter").map(|text| Filter::parse(text, &FILTERABLE)).transpose()?;
    let all = templates::offered(graph.options.gallery).map(|it| Value::Object(templates::render(it)));
    let found = all.filter(|it| filter.as_ref().is_none_or(|filter| filter.matches(it)));
    let number = |name: &str| query.get(name).and_then(|it| it.parse::<usize>().ok());
    let page = found.skip(number("$skip").unwrap_or(0)).take(number("$top").unwrap_or(200));
    let values: Result<Vec<Value>, GraphError> = page.map(|it| selected(it, query)).collect();
    let context = format!("{}/v1.0/$metadata#applicationTemplates", graph.options.graph);
    Ok(Answer::json(200, JSON, &json!({ "@odata.context": context, "value": values? })))
}

/// `GET /applicationTemplates/{id}`.
pub(super) fn one(graph: &Graph<'_>, id: &str, query: &Params) -> Result<Answer, GraphError> {
    let found = templates::find(graph.options.gallery, id).ok_or_else(|| GraphError::not_found(id))?;
    let mut value = selected(Value::Object(templates::render(found)), query)?;
    if let Some(object) = value.as_object_mut() {
        let context = format!("{}/v1.0/$metadata#applicationTemplates/$entity", graph.options.graph);
        object.insert("@odata.context".to_owned(), json!(context));
    }
    Ok(Answer::json(200, JSON, &value))
}

fn selected(value: Value, query: &Params) -> Result<Value, GraphError> {
    let Some(names) = query.get("$select") else { return Ok(value) };
    let mut kept = Map::new();
    for name in names.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let found = value.get(name).cloned();
        let found = found.ok_or_else(|| {
            GraphError::new(
                400,
                "BadRequest",
                format!(
                    "Could not find a property named '{name}' on type 'microsoft.graph.applicationTemplate'."
                ),
            )
        })?;
        kept.insert(name.to_owned(), found);
    }
    Ok(Value::Object(kept))
}

impl Sync<'_, '_> {
    /// `…/synchronization/templates` and below. Nothing is in the list until the job service knows the application.
    pub(super) fn templates(&mut self, rest: &[&str], query: &Params) -> Result<Answer, GraphError> {
        // The schema is much: who names what they want may do without.
        let named = |it: &str| it.split(',').any(|name| name.trim() == "schema");
        let whole = rest.len() > 1 || query.get("$select").is_none_or(named);
        let offered = self.template.filter(|_| self.ready).map(|it| it.jobs).unwrap_or_default();
        let application = self.principal.clone();
        let mut random = self.graph.provisioning.random().clone();
        let mut render = |id: &str| {
            let mut template = json!({
                "id": id,
                "applicationId": application,
                "default": true,
                "description": null,
                "discoverable": true,
                "factoryTag": id,
                "metadata": [
                    { "key": "GalleryApplicationIdentifier", "value": self.template.map_or("", |it| it.id) },
                    { "key": "IsOAuthEnabled", "value": "False" },
                ],
            });
            if let Some(object) = template.as_object_mut().filter(|_| whole) {
                object.insert("schema".to_owned(), schema::built_in(id, &mut random));
            }
            template
        };
        match rest {
            [] => {
                let values: Vec<Value> = offered.iter().map(|id| render(id)).collect();
                Ok(self.listed("templates", &values))
            }
            [id] | [id, "schema"] => {
                let found = offered.iter().find(|it| it.eq_ignore_ascii_case(id));
                let found = render(found.ok_or_else(|| GraphError::not_found(id))?);
                let schema = rest.len() > 1;
                let value = if schema { found.get("schema").cloned().unwrap_or_default() } else { found };
                Ok(self.single(200, "templates", &value))
            }
            _ => Err(GraphError::new(400, "BadRequest", "Resource not found for the segment.")),
        }
    }
}
