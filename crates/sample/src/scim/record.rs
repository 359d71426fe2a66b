//! What a store holds: users, groups and service principals, and how they look on the wire.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use crate::Level;

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";

/// Which of the three resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    User,
    Group,
    ServicePrincipal,
}

impl Kind {
    /// The resource of that name in a path.
    pub(super) fn of_path(name: &str) -> Option<Self> {
        match name {
            "Users" => Some(Self::User),
            "Groups" => Some(Self::Group),
            "ServicePrincipals" => Some(Self::ServicePrincipal),
            _ => None,
        }
    }

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
            Self::ServicePrincipal => "ServicePrincipals",
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::ServicePrincipal => "ServicePrincipal",
        }
    }
}

/// One resource. Fields that its kind does not have stay empty.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) id: u64,
    pub(super) kind: Kind,
    /// User name (lower case) or application id; empty for groups.
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) given_name: Option<String>,
    pub(super) family_name: Option<String>,
    pub(super) active: bool,
    pub(super) external_id: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) entitlements: Vec<String>,
    /// Direct members of a group, in the order in which they came.
    pub(super) members: Vec<u64>,
    /// A system group: it cannot be deleted or renamed.
    pub(super) reserved: bool,
    /// A system group that holds everybody.
    pub(super) everybody: bool,
}

impl Record {
    pub(super) fn new(kind: Kind, name: &str, display_name: &str) -> Self {
        Self {
            id: 0,
            kind,
            name: name.to_lowercase(),
            display_name: display_name.to_owned(),
            given_name: None,
            family_name: None,
            active: true,
            external_id: None,
            roles: Vec::new(),
            entitlements: Vec::new(),
            members: Vec::new(),
            reserved: false,
            everybody: false,
        }
    }
}

/// The records by id.
pub(super) type Records = BTreeMap<u64, Record>;

/// The direct members of a group; those of the group of everybody are everybody.
pub(super) fn members_of<'a>(group: &'a Record, records: &'a Records) -> Vec<&'a Record> {
    if group.everybody {
        records.values().filter(|it| it.kind != Kind::Group).collect()
    } else {
        group.members.iter().filter_map(|id| records.get(id)).collect()
    }
}

/// The groups that hold records directly, by the record's id; of one record only, when it is named.
pub(super) type Parents<'a> = HashMap<u64, Vec<&'a Record>>;

/// Which groups hold what directly.
pub(super) fn parents(records: &Records, only: Option<u64>) -> Parents<'_> {
    let mut parents = Parents::new();
    for group in records.values().filter(|it| it.kind == Kind::Group) {
        for member in members_of(group, records) {
            if only.is_none_or(|only| only == member.id) {
                parents.entry(member.id).or_default().push(group);
            }
        }
    }
    parents
}

/// Which attributes an answer shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// Only these, when given.
    pub(super) only: Option<Vec<String>>,
    pub(super) without: Vec<String>,
}

impl Shown {
    /// Whether an attribute is shown. `id` and `schemas` always are.
    pub(super) fn has(&self, name: &str) -> bool {
        let among = |names: &[String]| names.iter().any(|it| it.eq_ignore_ascii_case(name));
        matches!(name, "id" | "schemas")
            || (self.only.as_ref().is_none_or(|only| among(only)) && !among(&self.without))
    }

    pub(super) fn names(text: &str) -> Vec<String> {
        let top = |name: &str| name.trim().split('.').next().unwrap_or_default().to_owned();
        text.split(',').map(top).collect()
    }
}

/// A record on the wire. `parents` is looked at only where groups are shown.
pub(super) fn render(
    record: &Record,
    level: Level,
    shown: &Shown,
    records: &Records,
    parents: &Parents<'_>,
) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty && shown.has(name) {
            out.insert(name.to_owned(), value);
        }
    };
    put("schemas", json!([format!("{CORE}{}", record.kind.name())]));
    put("id", json!(record.id.to_string()));
    put("displayName", json!(Some(&record.display_name).filter(|name| !name.is_empty())));
    put("externalId", json!(record.external_id));
    put("roles", values(&record.roles));
    if level == Level::Workspace {
        put("entitlements", values(&record.entitlements));
        if shown.has("groups") {
            let groups = parents.get(&record.id).map(Vec::as_slice).unwrap_or_default();
            put("groups", groups.iter().map(|it| reference(it)).collect());
        }
    }
    match record.kind {
        Kind::User => {
            put("userName", json!(record.name));
            put("active", json!(record.active));
            put("emails", json!([{ "type": "work", "value": record.name, "primary": true }]));
            let mut name = Map::new();
            if let Some(given) = &record.given_name {
                name.insert("givenName".to_owned(), json!(given));
            }
            if let Some(family) = &record.family_name {
                name.insert("familyName".to_owned(), json!(family));
            }
            if !name.is_empty() {
                put("name", Value::Object(name));
            }
        }
        Kind::ServicePrincipal => {
            put("applicationId", json!(record.name));
            put("active", json!(record.active));
        }
        Kind::Group => {
            if shown.has("members") {
                put("members", members_of(record, records).into_iter().map(reference).collect());
            }
            let kind = if level == Level::Workspace { "WorkspaceGroup" } else { "Group" };
            put("meta", json!({ "resourceType": kind }));
        }
    }
    Value::Object(out)
}

/// A member or a parent: its kind is told by `$ref` alone.
fn reference(record: &Record) -> Value {
    json!({
        "value": record.id.to_string(),
        "display": if record.display_name.is_empty() { &record.name } else { &record.display_name },
        "$ref": format!("{}/{}", record.kind.path(), record.id),
    })
}

fn values(of: &[String]) -> Value {
    of.iter().map(|value| json!({ "value": value })).collect()
}
