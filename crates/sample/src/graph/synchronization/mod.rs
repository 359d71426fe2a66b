//! Graph's synchronization API: the gallery's templates, jobs and secrets of a service principal, and the provisioning log.

mod actions;
mod jobs;
mod log;
mod ready;
mod schema;
mod templates;

use serde_json::{Map, Value, json};

use crate::http::{Answer, Params, Request};
use crate::provisioning::{Provisioning, Tenant};
use crate::registry::{GalleryTemplate, Key};
use crate::sign_in::Access;

use super::errors::GraphError;
use super::{Graph, JSON, applications, method_not_allowed};

/// Answers what belongs here; none for everything else.
pub(super) fn answer(
    graph: &mut Graph<'_>,
    access: &Access,
    request: &Request,
    path: &[&str],
    query: &Params,
) -> Option<Result<Answer, GraphError>> {
    let method = request.method.as_str();
    match (method, path) {
        ("GET", ["applicationTemplates"]) => Some(templates::list(graph, query)),
        ("GET", ["applicationTemplates", id]) => Some(templates::one(graph, id, query)),
        ("GET", ["auditLogs", "provisioning"]) => Some(log::list(graph, access, request, query)),
        (_, ["servicePrincipals", id, "synchronization", rest @ ..]) => {
            Some(below(graph, access, request, Key::Id(id), rest, query))
        }
        (_, [one, "synchronization", rest @ ..]) => {
            let key = applications::key(one, "servicePrincipals")?;
            Some(below(graph, access, request, key, rest, query))
        }
        _ => None,
    }
}

/// One service principal's synchronization, once it is known that it may be worked with.
struct Sync<'s, 'g> {
    graph: &'s mut Graph<'g>,
    access: &'s Access,
    /// The service principal's object id.
    principal: String,
    template: Option<&'static GalleryTemplate>,
    body: Map<String, Value>,
    /// Whether the job service knows the service principal yet.
    ready: bool,
}

fn below(
    graph: &mut Graph<'_>,
    access: &Access,
    request: &Request,
    key: Key<'_>,
    rest: &[&str],
    query: &Params,
) -> Result<Answer, GraphError> {
    let body = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => body,
        _ if request.body.is_empty() => Map::new(),
        _ => return Err(GraphError::new(400, "BadRequest", "Unable to read JSON request payload.")),
    };
    let reads = request.method == "GET";
    let (principal, template, ready) = ready::check(graph, access, key, reads)?;
    let mut sync = Sync { graph, access, principal, template, body, ready };
    // Actions may carry the name of their namespace.
    let rest: Vec<&str> = rest
        .iter()
        .map(|it| it.strip_prefix("microsoft.graph.").unwrap_or(it).trim_end_matches("()"))
        .collect();
    match rest.as_slice() {
        ["templates", rest @ ..] if reads => sync.templates(rest, query),
        _ if !sync.ready => Err(GraphError::unknown()),
        [] if reads => sync.overview(),
        ["secrets"] if reads => Ok(sync.secrets()),
        ["secrets"] if request.method == "PUT" => sync.put_secrets(),
        ["jobs"] if reads => Ok(sync.jobs()),
        ["jobs"] if request.method == "POST" => sync.post_job(),
        ["jobs", "validateCredentials"] if request.method == "POST" => sync.validate(None),
        ["jobs", id, rest @ ..] => sync.job(&request.method, id, rest),
        _ => Err(method_not_allowed()),
    }
}

impl Sync<'_, '_> {
    fn text(&self, name: &str) -> Option<String> {
        self.body.get(name).and_then(Value::as_str).filter(|it| !it.is_empty()).map(str::to_owned)
    }

    /// A list of this service principal.
    fn listed(&self, what: &str, values: &[Value]) -> Answer {
        let context = format!(
            "{}/v1.0/$metadata#servicePrincipals('{}')/synchronization/{what}",
            self.graph.options.graph, self.principal
        );
        Answer::json(200, JSON, &json!({ "@odata.context": context, "value": values }))
    }

    /// One object of this service principal.
    fn single(&self, status: u16, what: &str, value: &Value) -> Answer {
        let context = format!(
            "{}/v1.0/$metadata#servicePrincipals('{}')/synchronization/{what}/$entity",
            self.graph.options.graph, self.principal
        );
        let mut object = value.as_object().cloned().unwrap_or_default();
        object.insert("@odata.context".to_owned(), json!(context));
        Answer::json(status, JSON, &Value::Object(object))
    }

    fn overview(&self) -> Result<Answer, GraphError> {
        Ok(self.single(200, "", &json!({ "id": self.principal })))
    }
}

/// The provisioning service with the tenant around it.
fn service<'g>(graph: &'g mut Graph<'_>) -> (&'g mut Provisioning, Tenant<'g>) {
    let Graph { options, facts, directory, registry, databricks, provisioning, .. } = graph;
    (provisioning, Tenant { options, facts, directory, registry, databricks })
}
