//! What goes over the wire.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// An object's id at Databricks: an int64 written as text, larger than a page's numbers can hold, so it stays text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ScimId(pub String);

impl<'de> Deserialize<'de> for ScimId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if !text.is_empty() => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(serde::de::Error::custom("an id that is neither text nor number")),
        }
    }
}

impl fmt::Display for ScimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's name in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Name {
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
}

/// A user as Databricks answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The id.
    pub id: ScimId,
    /// The user name, in lower case.
    #[serde(default)]
    pub user_name: String,
    /// The display name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The name in parts.
    #[serde(default)]
    pub name: Option<Name>,
    /// Entra's object id, where one was recorded.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Whether the user may sign in. Left out means yes.
    #[serde(default)]
    pub active: Option<bool>,
}

impl User {
    /// An attribute by the path that a patch names.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&str> {
        let name = self.name.as_ref();
        match path {
            "externalId" => self.external_id.as_deref(),
            "displayName" => self.display_name.as_deref(),
            "name.givenName" => name?.given_name.as_deref(),
            "name.familyName" => name?.family_name.as_deref(),
            _ => None,
        }
    }
}

impl Group {
    /// An attribute by the path that a patch names.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&str> {
        match path {
            "externalId" => self.external_id.as_deref(),
            "displayName" => Some(&self.display_name),
            _ => None,
        }
    }
}

/// A group as Databricks answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The id.
    pub id: ScimId,
    /// The display name.
    #[serde(default)]
    pub display_name: String,
    /// Entra's object id, where one was recorded.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The members, where the answer holds them: lists of newer accounts do not.
    #[serde(default)]
    pub members: Option<Vec<Member>>,
    /// What kind of group.
    #[serde(default)]
    pub meta: Option<Meta>,
}

/// The part of `meta` that tells account groups from workspace groups.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// `Group` (of the account) or `WorkspaceGroup`.
    #[serde(default)]
    pub resource_type: Option<String>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// The member's id.
    pub value: ScimId,
    /// Its name.
    #[serde(default)]
    pub display: Option<String>,
    /// Its place, such as `Users/123`: the one reliable sign of its kind.
    #[serde(rename = "$ref", default)]
    pub reference: Option<String>,
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A service principal.
    ServicePrincipal,
    /// The answer does not say.
    Unknown,
}

impl Member {
    /// What the member is, from the place it refers to.
    #[must_use]
    pub fn kind(&self) -> MemberKind {
        let place = self.reference.as_deref().unwrap_or_default();
        if place.contains("ServicePrincipals/") {
            MemberKind::ServicePrincipal
        } else if place.contains("Users/") {
            MemberKind::User
        } else if place.contains("Groups/") {
            MemberKind::Group
        } else {
            MemberKind::Unknown
        }
    }
}

/// One page of a list. `Resources` may be missing when there are none.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub struct ListAnswer<T> {
    /// How many there are in all; not every answer says.
    #[serde(rename = "totalResults", default)]
    pub total: Option<u64>,
    /// The objects of this page.
    #[serde(rename = "Resources", default)]
    pub resources: Option<Vec<T>>,
}

/// The answer to "who am I", at a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The id.
    pub id: ScimId,
    /// The user name.
    #[serde(default)]
    pub user_name: String,
    /// The display name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Entra's object id, where one was recorded.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The groups the token's owner belongs to.
    #[serde(default)]
    pub groups: Vec<Member>,
}

/// A change to one object. Only forms that Databricks is known to accept can be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch(Vec<Value>);

impl Patch {
    /// Sets an attribute.
    #[must_use]
    pub fn replace(mut self, path: &str, value: impl Into<Value>) -> Self {
        self.0.push(json!({ "op": "replace", "path": path, "value": value.into() }));
        self
    }

    /// Adds members by id.
    #[must_use]
    pub fn add_members<'m>(mut self, ids: impl IntoIterator<Item = &'m ScimId>) -> Self {
        let values: Vec<_> = ids.into_iter().map(|id| json!({ "value": id })).collect();
        self.0.push(json!({ "op": "add", "path": "members", "value": values }));
        self
    }

    /// The request's body.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({ "schemas": [PATCH_SCHEMA], "Operations": self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_text() {
        let user: User =
            serde_json::from_str(r#"{"id":4611686018427387905,"userName":"ada@contoso.example"}"#).unwrap();
        assert_eq!(user.id.0, "4611686018427387905");
        assert_eq!(user.active, None);
    }

    #[test]
    fn an_empty_list_may_lack_resources() {
        let list: ListAnswer<User> = serde_json::from_str(r#"{"totalResults":0}"#).unwrap();
        assert_eq!((list.total, list.resources), (Some(0), None));
    }

    #[test]
    fn a_member_is_told_by_its_reference() {
        let kind = |json: &str| serde_json::from_str::<Member>(json).unwrap().kind();
        assert_eq!(kind(r#"{"value":"1","$ref":"Users/1"}"#), MemberKind::User);
        assert_eq!(kind(r#"{"value":"1","$ref":"https://x/scim/v2/Groups/1"}"#), MemberKind::Group);
        assert_eq!(kind(r#"{"value":1,"$ref":"ServicePrincipals/1"}"#), MemberKind::ServicePrincipal);
        assert_eq!(kind(r#"{"value":"1","type":"user"}"#), MemberKind::Unknown);
    }

    #[test]
    fn patches_have_the_accepted_forms() {
        let patch = Patch::default()
            .replace("externalId", "00000000-0000-0000-0000-000000000001")
            .add_members([&ScimId("7".to_owned())]);
        assert_eq!(
            patch.body().to_string(),
            r#"{"Operations":[{"op":"replace","path":"externalId","value":"00000000-0000-0000-0000-000000000001"},{"op":"add","path":"members","value":[{"value":"7"}]}],"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}"#
        );
    }
}
