//! Making a connector: at most one under a name, whatever is lost on the way.
//!
//! Graph makes another application with every request, whatever its name. So it is looked for before the request is sent, the request is sent
//! once, and that it was sent is put on record before: whoever comes back after a cut waits for the one that may be on its way.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::gallery::Origin;
use super::wire::Enterprise;
use crate::entra::graph::{Change, Graph, GraphError};
use crate::entra::ids::ObjectId;
use crate::entra::replication::{BUDGET, Gone, Settling, Tried, Waiting, settle, until};
use crate::env::{Env, Timestamp};
use crate::http::percent_encode;
use crate::problem::{Explain, Problem};
use crate::stop::Control;

/// What is read of an enterprise application.
pub const FIELDS: &str = "id,appId,displayName,applicationTemplateId,appRoleAssignmentRequired,appRoles";

/// What to make.
#[derive(Clone, Debug)]
pub struct Order<'o> {
    /// What from.
    pub origin: &'o Origin,
    /// Under which name.
    pub name: &'o str,
    /// When an earlier visit sent the request to make it, by the record.
    pub sent: Option<Timestamp>,
}

/// Why there is no connector.
#[derive(Debug, PartialEq, Eq)]
pub enum CreateError {
    /// There are such applications of that name already: a person says which one to use, or another name.
    There(Vec<Enterprise>),
    /// That the request would be sent could not be put on record: nothing was sent.
    NotRecorded(Problem),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for CreateError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl From<GraphError> for CreateError {
    fn from(error: GraphError) -> Self {
        Self::Gone(Gone::Failed(error))
    }
}

impl Explain for CreateError {
    fn explain(&self) -> Problem {
        match self {
            Self::There(found) => Problem::new(
                format!("There are {} applications of this name already.", found.len()),
                "A second one of the same name would be mistaken for the first.",
                "Use the one that is there, or choose another name.",
            ),
            Self::NotRecorded(problem) => problem.clone(),
            Self::Gone(gone) => gone.explain(),
        }
    }
}

/// Reads the enterprise applications of a name that were made from this entry.
///
/// # Errors
/// [`GraphError`].
pub async fn named<E: Env>(
    graph: &Graph<'_, E>,
    origin: &Origin,
    name: &str,
) -> Result<Vec<Enterprise>, GraphError> {
    let quoted = name.replace('\'', "''");
    let filter = percent_encode(&format!("displayName eq '{quoted}'"));
    let doing = format!("look for enterprise applications named \"{name}\"");
    let path = format!("/servicePrincipals?$filter={filter}&$select={FIELDS}&$top=999");
    let pages = graph.pages::<Enterprise>(&doing, &path).await;
    match pages.broken {
        Some(error) => Err(error),
        None => Ok(pages.items.into_iter().filter(|it| origin.made(&it.application_template_id)).collect()),
    }
}

/// Makes the connector's application, or finds the one that an earlier visit made. `record` puts on record that the request is sent from now
/// on, and ends before anything is sent; given nothing, that none is under way: it was refused.
///
/// # Errors
/// [`CreateError`].
pub async fn create<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    order: &Order<'_>,
    record: impl AsyncFn(Option<Timestamp>) -> Result<(), Problem>,
) -> Result<Enterprise, CreateError> {
    let found =
        control.unless_stopped(named(graph, order.origin, order.name)).await.map_err(Gone::from)??;
    // A date that is yet to come is no record of anything.
    match (found.as_slice(), order.sent.filter(|at| at.age(graph.env.wall()).is_some())) {
        ([one], Some(_)) => return Ok(one.clone()),
        ([], None) => {}
        ([], Some(sent)) => {
            if let Some(one) = awaited(graph, control, tell, order, Some(sent)).await? {
                return Ok(one);
            }
        }
        (_, _) => return Err(CreateError::There(found)),
    }
    // From here on it is sent or not, but never half: a stop ends the waiting that follows.
    control.gate().await.map_err(Gone::from)?;
    record(Some(graph.env.wall())).await.map_err(CreateError::NotRecorded)?;
    match instantiate(graph, order).await {
        Ok(made) => Ok(made),
        // 424 says that something which Graph asked for failed, and one request makes two objects: what became of the first is not said.
        Err(error) if error.is_unsure() || error.status() == Some(424) => {
            match awaited(graph, control, tell, order, None).await? {
                Some(one) => Ok(one),
                None => Err(CreateError::Gone(Gone::TimeUp(Some(error)))),
            }
        }
        Err(error) => {
            // Nothing was made, so the next visit need not wait for it. It waits in vain, where this cannot be put on record.
            record(None).await.ok();
            Err(error.into())
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    service_principal: Enterprise,
}

async fn instantiate<E: Env>(graph: &Graph<'_, E>, order: &Order<'_>) -> Result<Enterprise, GraphError> {
    let doing = format!("create the enterprise application \"{}\"", order.name);
    let path = format!("/applicationTemplates/{}/instantiate", order.origin.id);
    let made: Made =
        graph.change_for(Change::post(&doing, &path, json!({ "displayName": order.name }))).await?;
    Ok(made.service_principal)
}

/// Waits for the one that was asked for to show. None, when it has not shown for so long that it was not made.
async fn awaited<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    order: &Order<'_>,
    sent: Option<Timestamp>,
) -> Result<Option<Enterprise>, CreateError> {
    let over = |now: Timestamp| sent.is_some_and(|sent| now.since(sent) > BUDGET + Duration::from_secs(30));
    let found = until(graph.env, control, tell, async || {
        let found = match named(graph, order.origin, order.name).await {
            Ok(found) => found,
            // It has been read before: this passes.
            Err(error) if error.is_unsure() => return Ok(Tried::NotYet(Some(error))),
            Err(error) => return Err(error),
        };
        match found.as_slice() {
            [] if over(graph.env.wall()) => Ok(Tried::Ready(Ok(None))),
            [] => Ok(Tried::NotYet(None)),
            [one] => Ok(Tried::Ready(Ok(Some(one.clone())))),
            _ => Ok(Tried::Ready(Err(CreateError::There(found)))),
        }
    })
    .await;
    match found {
        Ok(found) => found,
        // So long was waited for it that it was never made.
        Err(Gone::TimeUp(None)) => Ok(None),
        Err(gone) => Err(gone.into()),
    }
}

/// A synchronization template of an application.
#[derive(Deserialize)]
struct Template {
    /// Such as `dataBricks`.
    id: String,
    /// Whether it is the one to take.
    #[serde(default, deserialize_with = "super::wire::or_default")]
    default: bool,
}

/// Waits until the provisioning service knows the application, and says which of its templates a job is made from.
///
/// # Errors
/// [`Gone`].
pub async fn template<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
) -> Result<String, Gone> {
    #[derive(Deserialize)]
    struct Templates {
        value: Vec<Template>,
    }
    const DOING: &str = "read what the connector can provision";
    let path = format!("/servicePrincipals/{principal}/synchronization/templates?$select=id,default");
    // Who asks too early is answered like somebody without rights.
    until(graph.env, control, tell, async || match graph.get::<Templates>(DOING, &path).await {
        Ok(Templates { value }) => Ok(chosen(&value).map_or(Tried::NotYet(None), Tried::Ready)),
        Err(error) if Settling::Service.is_not_yet(&error) => Ok(Tried::NotYet(Some(error))),
        Err(error) => Err(error),
    })
    .await
}

/// Databricks' own, or that of any SCIM application, or whatever is offered.
fn chosen(templates: &[Template]) -> Option<String> {
    let known = ["dataBricks", "scim", "customappsso"];
    let by_name = known.iter().find_map(|name| templates.iter().find(|it| it.id.eq_ignore_ascii_case(name)));
    let found = by_name.or_else(|| templates.iter().find(|it| it.default)).or_else(|| templates.first());
    found.map(|it| it.id.clone())
}

/// Reads the enterprise application again, once it shows.
///
/// # Errors
/// [`Gone`].
pub async fn read<E: Env>(
    graph: &Graph<'_, E>,
    control: &Control,
    tell: &dyn Fn(Waiting),
    principal: &ObjectId,
) -> Result<Enterprise, Gone> {
    let path = format!("/servicePrincipals/{principal}?$select={FIELDS}");
    settle(graph.env, control, Settling::Read, tell, async || {
        graph.get("read the connector's enterprise application", &path).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databricks_own_template_comes_first() {
        let of = |list: &[(&str, bool)]| {
            let list: Vec<_> =
                list.iter().map(|&(id, default)| Template { id: id.to_owned(), default }).collect();
            chosen(&list)
        };
        assert_eq!(of(&[("scim", true), ("databricks", false)]).as_deref(), Some("databricks"));
        assert_eq!(of(&[("customappsso", false), ("scim", false)]).as_deref(), Some("scim"));
        assert_eq!(of(&[("a", false), ("b", true)]).as_deref(), Some("b"));
        assert_eq!(of(&[("a", false)]).as_deref(), Some("a"));
        assert_eq!(of(&[]), None);
    }
}
