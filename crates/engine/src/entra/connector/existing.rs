//! The connectors that a tenant has: complete or half made, and what each of them writes to.

use futures::stream::{self, StreamExt as _};

use super::create::FIELDS;
use super::gallery::{Made, Origin};
use super::job::jobs;
use super::secrets::{Kept, kept};
use super::wire::{Enterprise, Job};
use crate::databricks::target::Target;
use crate::entra::graph::{Graph, GraphError, Pages};
use crate::env::Env;
use crate::http::percent_encode;
use crate::setup::ConnectorFacts;

/// So many are looked at at a time: a tenant may have one for each of its workspaces.
const AT_A_TIME: usize = 4;

/// A connector, and what could be read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// Its enterprise application.
    pub enterprise: Enterprise,
    /// Its jobs; one, when all is well.
    pub jobs: Vec<Job>,
    /// What it was told.
    pub kept: Kept,
    /// What could not be read: then jobs and what it was told are unknown, not missing.
    pub unread: Option<GraphError>,
}

/// How complete a connector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It could not be read.
    Unknown,
    /// It has an application and nothing else.
    Application,
    /// It has a job, and was not told where to write or with which token.
    Untold,
    /// It was told, and has no job.
    Jobless,
    /// It has more than one job.
    SeveralJobs,
    /// Everything is there, and it is switched off.
    Off,
    /// It runs.
    On,
}

impl Connector {
    /// How complete it is.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        match (&self.unread, self.jobs.as_slice(), self.kept.is_complete()) {
            (Some(_), _, _) => Completeness::Unknown,
            (None, [], false) => Completeness::Application,
            (None, [], true) => Completeness::Jobless,
            (None, [_], false) => Completeness::Untold,
            (None, [job], true) if job.schedule.is_active() => Completeness::On,
            (None, [_], true) => Completeness::Off,
            (None, _, _) => Completeness::SeveralJobs,
        }
    }

    /// Whether it may write to this target.
    #[must_use]
    pub fn writes_to(&self, target: &Target) -> bool {
        self.kept.writes_to(target)
    }
}

impl Completeness {
    /// The state in a few words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Unknown => "could not be read",
            Self::Application => "half made: no job, no address",
            Self::Untold => "half made: no address or token",
            Self::Jobless => "half made: no job",
            Self::SeveralJobs => "several jobs",
            Self::Off => "switched off",
            Self::On => "running",
        }
    }
}

/// Reads all connectors that were made from an entry of the gallery. Of the entry for any SCIM application, those that write to a host of
/// Databricks: the others are other products', and nobody's business here.
pub async fn existing<E: Env>(graph: &Graph<'_, E>, origin: &Origin) -> Pages<Connector> {
    existing_or_named(graph, origin, "").await
}

/// Reads those that may write somewhere: with a job that is switched on. What has none is nobody's rival, and what it was told is not asked
/// for: of the entry for any SCIM application there may be hundreds that are for single sign-on alone.
pub(super) async fn may_write<E: Env>(graph: &Graph<'_, E>, origin: &Origin) -> Pages<Connector> {
    let Pages { items, broken } = candidates(graph, origin).await;
    let read = stream::iter(items).map(|enterprise| running(graph, enterprise)).buffered(AT_A_TIME);
    let items: Vec<Option<Connector>> = read.collect().await;
    Pages { items: items.into_iter().flatten().collect(), broken }
}

async fn running<E: Env>(graph: &Graph<'_, E>, enterprise: Enterprise) -> Option<Connector> {
    let id = enterprise.object_id();
    let unread = |enterprise, jobs, error| {
        Some(Connector { enterprise, jobs, kept: Kept::default(), unread: Some(error) })
    };
    let jobs = match jobs(graph, &id).await {
        Ok(jobs) if jobs.iter().any(|job| job.schedule.is_active()) => jobs,
        // One that the provisioning service has not heard of has none.
        Ok(_) => return None,
        Err(error) if error.status() == Some(404) => return None,
        Err(error) => return unread(enterprise, Vec::new(), error),
    };
    match kept(graph, &id).await {
        Ok(kept) => Some(Connector { enterprise, jobs, kept, unread: None }),
        Err(error) => unread(enterprise, jobs, error),
    }
}

/// As [`existing`] does, and of the entry for any SCIM application also the one that writes nowhere yet and has the name that is on record. An empty
/// name is nobody's.
pub async fn existing_or_named<E: Env>(
    graph: &Graph<'_, E>,
    origin: &Origin,
    on_record: &str,
) -> Pages<Connector> {
    let Pages { items, broken } = candidates(graph, origin).await;
    let read = stream::iter(items).map(|enterprise| look(graph, enterprise)).buffered(AT_A_TIME);
    let mut items: Vec<Connector> = read.collect().await;
    if !origin.databricks {
        let extra = &graph.cloud.databricks;
        items.retain(|it| {
            // What could not be read may be one, and may write to any target.
            let name = it.enterprise.display_name.as_str();
            it.unread.is_some() || is_ours(it.kept.address(), (name, on_record), extra)
        });
    }
    Pages { items, broken }
}

/// All of them: also those that were made by hand from the entry for any SCIM application, where the gallery has Databricks' own.
pub async fn every<E: Env>(graph: &Graph<'_, E>, origin: &Origin, on_record: &str) -> Pages<Connector> {
    let mut all = existing_or_named(graph, origin, on_record).await;
    if let Some(generic) = origin.generic() {
        let more = existing_or_named(graph, &generic, on_record).await;
        all.items.extend(more.items);
        all.broken = all.broken.or(more.broken);
    }
    all
}

/// Whether an application that may be for anything is for Databricks: by where it writes, or else by its name.
fn is_ours(address: Option<&str>, (name, on_record): (&str, &str), extra: &[String]) -> bool {
    match address {
        Some(address) => Target::parse(address.split('?').next().unwrap_or_default(), extra).is_ok(),
        None => !on_record.is_empty() && name == on_record,
    }
}

/// Whether an enterprise application is a connector: made from Databricks' entry; or made from the one for any application, and writing to
/// Databricks, or made by this wizard under the name on record. Any other one is nobody's business here: it would be opened to sign-ins, get a
/// token, and could be removed.
#[must_use]
pub fn is_connector(
    origin: &Origin,
    (enterprise, kept): (&Enterprise, &Kept),
    facts: &ConnectorFacts,
    extra: &[String],
) -> bool {
    match origin.kind(&enterprise.application_template_id) {
        Made::Connector => true,
        Made::Generic => is_ours(kept.address(), (&enterprise.display_name, facts.made_here()), extra),
        Made::Other => false,
    }
}

/// Whether service principals can be filtered by the entry that they were made from is not documented: where they cannot, all are read.
async fn candidates<E: Env>(graph: &Graph<'_, E>, origin: &Origin) -> Pages<Enterprise> {
    const DOING: &str = "list the connectors of this tenant";
    let list = |filter: &str| {
        format!("/servicePrincipals?$filter={}&$select={FIELDS}&$top=999", percent_encode(filter))
    };
    let own = |it: &Enterprise| origin.made(&it.application_template_id);
    let filtered: Pages<Enterprise> =
        graph.pages(DOING, &list(&format!("applicationTemplateId eq '{}'", origin.id))).await;
    if filtered.broken.as_ref().is_none_or(|error| error.status() != Some(400)) {
        return Pages { items: filtered.items.into_iter().filter(own).collect(), broken: filtered.broken };
    }
    // Applications from the gallery carry this tag, which the portal lists them by.
    let tagged = list("tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')");
    let all: Pages<Enterprise> = graph.pages(DOING, &tagged).await;
    Pages { items: all.items.into_iter().filter(own).collect(), broken: all.broken }
}

/// Reads what hangs on an enterprise application. One that the provisioning service has not heard of has neither job nor secrets: it says
/// so with 404. 409 says that something else is under way, and 401 without words is “no rights” as well as “too early”.
pub async fn look<E: Env>(graph: &Graph<'_, E>, enterprise: Enterprise) -> Connector {
    let id = enterprise.object_id();
    let missing = |error: &GraphError| error.status() == Some(404);
    let jobs = match jobs(graph, &id).await {
        Ok(jobs) => jobs,
        Err(error) => {
            let unread = Some(error).filter(|error| !missing(error));
            return Connector { enterprise, jobs: Vec::new(), kept: Kept::default(), unread };
        }
    };
    match kept(graph, &id).await {
        Ok(kept) => Connector { enterprise, jobs, kept, unread: None },
        // What has a job was told something: there it is a copy that lags.
        Err(error) if missing(&error) && jobs.is_empty() => {
            Connector { enterprise, jobs, kept: Kept::default(), unread: None }
        }
        Err(error) => Connector { enterprise, jobs, kept: Kept::default(), unread: Some(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_for_anything_is_ours_by_where_it_writes_or_by_the_name_on_record() {
        let ours = |address, name, on_record| {
            is_ours(address, (name, on_record), &["http://127.0.0.1:9103".to_owned()])
        };
        for (address, is) in [
            ("https://adb-1.2.azuredatabricks.net/api/2.0/preview/scim", true),
            ("https://adb-1.2.databricks.azure.cn/api/2.0/preview/scim?aadOptscim062020", true),
            (
                "https://accounts.azuredatabricks.net/api/2.1/accounts/00000000-0000-0000-0000-00000000000a/scim/v2",
                true,
            ),
            ("http://127.0.0.1:9103/api/2.0/preview/scim", true),
            ("https://scim.other-product.example/v2", false),
            ("https://azuredatabricks.net.other-product.example/api/2.0/preview/scim", false),
        ] {
            // Where it writes is said: then the name says nothing.
            assert_eq!(ours(Some(address), "a", "a"), is, "{address}");
            assert_eq!(ours(Some(address), "a", ""), is, "{address}");
        }
        assert!(ours(None, "contoso-provisioning", "contoso-provisioning"));
        assert!(!ours(None, "other-product", "contoso-provisioning"));
        assert!(!ours(None, "other-product", "") && !ours(None, "", ""));
    }

    #[test]
    fn an_application_for_anything_is_a_connector_where_it_was_made_here_or_writes_to_databricks() {
        const GENERIC: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
        const DATABRICKS: &str = "9c9818d2-2900-49e8-8ba4-22688be7c675";
        let origin = Origin {
            id: crate::entra::ids::Guid::parse(DATABRICKS).unwrap(),
            name: "Databricks".to_owned(),
            databricks: true,
        };
        let is = |template: &str, sent: Option<u64>| {
            let enterprise: Enterprise = serde_json::from_value(serde_json::json!({
                "id": "00000000-0000-0000-0000-00000000000a", "appId": "00000000-0000-0000-0000-00000000000b",
                "displayName": "contoso-provisioning", "applicationTemplateId": template,
            }))
            .unwrap();
            let facts = ConnectorFacts {
                name: "contoso-provisioning".to_owned(),
                sent: sent.map(crate::env::Timestamp),
                ..ConnectorFacts::default()
            };
            is_connector(&origin, (&enterprise, &Kept::default()), &facts, &[])
        };
        assert!(is(DATABRICKS, None));
        // The name alone may stand in any file.
        assert!(is(GENERIC, Some(1)) && !is(GENERIC, None));
        assert!(!is("00000000-0000-0000-0000-00000000000c", Some(1)) && !is("", Some(1)));
    }
}
