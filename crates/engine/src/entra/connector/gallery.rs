//! What a connector is made from.

use super::wire::GalleryEntry;
use crate::entra::graph::{Graph, GraphError, GraphErrorKind};
use crate::entra::ids::Guid;
use crate::env::Env;
use crate::http::percent_encode;

/// The name of Databricks' entry in the application gallery.
pub const NAME: &str = "Azure Databricks SCIM Provisioning Connector";
/// Its id, as public code and Terraform's tests have it: for tenants whose gallery does not find the name.
const DATABRICKS: &str = "9c9818d2-2900-49e8-8ba4-22688be7c675";
/// The entry for applications that are in no gallery (`applicationtemplate-instantiate`). National clouds offer few others
/// (`known-issues` of application provisioning).
const NO_GALLERY: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const FIELDS: &str = "id,displayName,supportedProvisioningTypes";

/// What an application is, by what it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// A connector to Databricks.
    Connector,
    /// Any application: one for single sign-on comes from the same entry.
    Generic,
    /// Something else.
    Other,
}

/// What a connector is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The gallery's entry.
    pub id: Guid,
    /// Its name.
    pub name: String,
    /// Whether it is Databricks' own; else any SCIM application.
    pub databricks: bool,
}

impl Origin {
    /// Whether an application with this template id was made from it.
    #[must_use]
    pub fn made(&self, template: &str) -> bool {
        self.id.as_str().eq_ignore_ascii_case(template)
    }

    /// What an application with this template id can be.
    #[must_use]
    pub fn kind(&self, template: &str) -> Made {
        if NO_GALLERY.eq_ignore_ascii_case(template) {
            Made::Generic
        } else if self.made(template) {
            Made::Connector
        } else {
            Made::Other
        }
    }

    /// The entry for applications that are in no gallery, where this one is another.
    #[must_use]
    pub(crate) fn generic(&self) -> Option<Self> {
        let id = Guid::parse(NO_GALLERY).ok().filter(|id| *id != self.id)?;
        Some(Self { id, name: "any SCIM application".to_owned(), databricks: false })
    }
}

/// Finds the entry: by name, by its known id, or else the one for any SCIM application.
///
/// # Errors
/// [`GraphError`]; where none of them is there, the last answer that said so.
pub async fn origin<E: Env>(graph: &Graph<'_, E>) -> Result<Origin, GraphError> {
    let filter = percent_encode(&format!("displayName eq '{NAME}'"));
    let path = format!("/applicationTemplates?$filter={filter}&$select={FIELDS}");
    let doing = format!("find \"{NAME}\" in the application gallery");
    let by_name = graph.pages::<GalleryEntry>(&doing, &path).await;
    if let Some(entry) = by_name.items.into_iter().find(provisions) {
        return Ok(Origin { id: entry.id, name: entry.display_name, databricks: true });
    }
    let mut last = by_name.broken;
    for (id, databricks) in [(DATABRICKS, true), (NO_GALLERY, false)] {
        let path = format!("/applicationTemplates/{id}?$select={FIELDS}");
        match graph.get::<GalleryEntry>(&doing, &path).await {
            Ok(entry) if provisions(&entry) => {
                return Ok(Origin { id: entry.id, name: entry.display_name, databricks });
            }
            Ok(_) => {}
            Err(error) if error.status() == Some(404) => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| GraphError {
        doing,
        kind: GraphErrorKind::Malformed("none of the entries can be provisioned".to_owned()),
    }))
}

/// An entry that says nothing is taken for one that can: clouds differ in what they fill in.
fn provisions(entry: &GalleryEntry) -> bool {
    let kinds = &entry.supported_provisioning_types;
    kinds.is_empty() || kinds.iter().any(|kind| kind.eq_ignore_ascii_case("sync"))
}
