//! What the gallery offers, and which jobs can be made on an application that came from it.

use serde_json::{Map, Value, json};

use crate::registry::GalleryTemplate;

/// The gallery's entries that the sample knows. Names, ids and publishers are those of the gallery (Graph's
/// `applicationtemplate-list`, and public scripts that instantiate them).
pub(crate) const GALLERY: [GalleryTemplate; 3] = [
    GalleryTemplate {
        id: "9c9818d2-2900-49e8-8ba4-22688be7c675",
        name: "Azure Databricks SCIM Provisioning Connector",
        publisher: "Databricks",
        category: "businessMgmt",
        jobs: &["dataBricks"],
    },
    GalleryTemplate {
        id: NON_GALLERY,
        name: "Custom",
        publisher: "Microsoft",
        category: "customapp",
        jobs: &["scim"],
    },
    GalleryTemplate {
        id: "5a1c2f7e-4b0d-4c39-8f26-8d0e1b7a6c53",
        name: "Contoso Expenses",
        publisher: "Contoso",
        category: "finance",
        jobs: &[],
    },
];

/// The template of applications that are in no gallery (Graph's `applicationtemplate-instantiate`).
const NON_GALLERY: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// What this tenant's cloud offers: in some there is no gallery worth the name (`known-issues`).
pub(crate) fn offered(gallery: bool) -> impl Iterator<Item = &'static GalleryTemplate> {
    GALLERY.iter().filter(move |it| gallery || it.id == NON_GALLERY)
}

/// The gallery's entry with that id.
pub(crate) fn find(gallery: bool, id: &str) -> Option<&'static GalleryTemplate> {
    offered(gallery).find(|it| it.id.eq_ignore_ascii_case(id))
}

/// An entry as Graph gives it.
pub(crate) fn render(it: &GalleryTemplate) -> Map<String, Value> {
    let sync: &[&str] = if it.jobs.is_empty() { &[] } else { &["sync"] };
    let value = json!({
        "id": it.id,
        "displayName": it.name,
        "homePageUrl": "https://www.example/",
        "supportedSingleSignOnModes": ["notSupported"],
        "supportedProvisioningTypes": sync,
        "logoUrl": null,
        "categories": [it.category],
        "publisher": it.publisher,
        "description": null,
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
