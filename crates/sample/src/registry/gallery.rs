//! Applications that come from the gallery: where from, and the roles that people and groups get on them.

use serde_json::{Value, json};

/// An entry of the gallery.
#[derive(Debug)]
pub(crate) struct GalleryTemplate {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) publisher: &'static str,
    pub(crate) category: &'static str,
    /// The synchronization templates of its applications.
    pub(crate) jobs: &'static [&'static str],
}

/// A role on an application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppRole {
    pub(crate) id: &'static str,
    name: &'static str,
    value: Option<&'static str>,
}

/// The role that an assignment without a role names.
pub(crate) const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

/// What Databricks' entry brings: the id of "User" is the one that public scripts use; the other is that of all gallery applications.
const DATABRICKS: [AppRole; 2] =
    [AppRole { id: "a34c49f1-a169-404b-a890-00b3bfdbc1d6", name: "User", value: None }, ACCESS];
const OTHERS: [AppRole; 2] =
    [AppRole { id: "18d14569-c3bd-439b-9a66-3a2aee01d14f", name: "User", value: None }, ACCESS];
const ACCESS: AppRole =
    AppRole { id: "b9632174-c057-4f7e-951b-be3adc52bfe6", name: "msiam_access", value: None };

impl GalleryTemplate {
    /// The roles that its applications have.
    pub(crate) fn roles(&self) -> &'static [AppRole] {
        if self.jobs.contains(&"dataBricks") { &DATABRICKS } else { &OTHERS }
    }
}

/// Roles as Graph gives them.
pub(super) fn render(template: Option<&GalleryTemplate>) -> Value {
    let one = |it: &AppRole| {
        json!({
            "allowedMemberTypes": ["User"],
            "description": it.name,
            "displayName": it.name,
            "id": it.id,
            "isEnabled": true,
            "origin": "Application",
            "value": it.value,
        })
    };
    template.map(GalleryTemplate::roles).unwrap_or_default().iter().map(one).collect()
}
