//! A schema as people read it: for each kind, which attribute comes from where.

use serde_json::Value;

use super::filters::Filters;
use super::{Schema, list, text};
use crate::entra::connector::kind::Kind;

/// What a schema does with people and groups; none, where it has no mapping for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// With people.
    pub people: Option<Mapping>,
    /// With groups.
    pub groups: Option<Mapping>,
}

/// What is done with one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Of which kind.
    pub kind: Kind,
    /// The id of its synchronization rule: provisioning on demand asks for it.
    pub rule_id: String,
    /// The rule's name.
    pub rule_name: String,
    /// The mapping's own name, as the portal shows it.
    pub name: String,
    /// Whether objects of this kind are provisioned at all.
    pub enabled: bool,
    /// What is done with them at the target.
    pub flows: FlowKinds,
    /// The attributes, in the schema's order.
    pub rows: Vec<Row>,
    /// Which of them are let through.
    pub filters: Filters,
}

/// What a mapping does with objects at the target (Graph's `objectFlowTypes`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowKinds {
    /// They are made.
    pub add: bool,
    /// They are changed.
    pub update: bool,
    /// They are removed, or people deactivated.
    pub delete: bool,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is called at the target.
    pub target: String,
    /// Where it comes from.
    pub source: Source,
    /// What is taken where the source has nothing.
    pub default: Option<String>,
    /// The rank among the attributes that objects are matched by: the lowest number is tried first.
    pub matching: Option<i64>,
    /// When it flows.
    pub flow: Flow,
}

/// Where the value of an attribute comes from (Graph's `attributeMappingSource`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An attribute of the directory.
    Attribute(String),
    /// Always the same.
    Constant(String),
    /// It is worked out.
    Expression(String),
    /// The schema does not say.
    Nothing,
}

/// When an attribute flows (Graph's `attributeFlowType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Always.
    Always,
    /// Only when the object is made.
    ObjectAddOnly,
    /// Only further values of an attribute with several.
    MultiValueAddOnly,
    /// Values are added and never taken away.
    ValueAddOnly,
    /// Only where the target has no value.
    AttributeAddOnly,
    /// As this name says.
    Other(String),
}

impl Table {
    /// Reads a schema.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        Self { people: Mapping::of(schema, Kind::Person), groups: Mapping::of(schema, Kind::Group) }
    }

    /// The mapping of a kind.
    #[must_use]
    pub const fn get(&self, kind: Kind) -> Option<&Mapping> {
        match kind {
            Kind::Person => self.people.as_ref(),
            Kind::Group => self.groups.as_ref(),
        }
    }

    /// Whether another table maps the same. The service may give its own names, defaults and order to what was written.
    pub(super) fn maps_like(&self, other: &Self) -> bool {
        Kind::ALL.into_iter().all(|kind| match (self.get(kind), other.get(kind)) {
            (None, None) => true,
            (Some(one), Some(other)) => one.maps_like(other),
            _ => false,
        })
    }
}

impl Mapping {
    fn of(schema: &Schema, kind: Kind) -> Option<Self> {
        let (rule, mapping) = schema.place(kind)?;
        let rule = list(&schema.0, "synchronizationRules").nth(rule)?;
        let mapping = list(rule, "objectMappings").nth(mapping)?;
        let flows = text(mapping, "flowTypes");
        let flows = |name: &str| flows.split(',').any(|it| it.trim().eq_ignore_ascii_case(name));
        Some(Self {
            kind,
            rule_id: text(rule, "id").to_owned(),
            rule_name: text(rule, "name").to_owned(),
            name: text(mapping, "name").to_owned(),
            enabled: mapping.get("enabled").and_then(Value::as_bool).unwrap_or(true),
            flows: FlowKinds { add: flows("Add"), update: flows("Update"), delete: flows("Delete") },
            rows: list(mapping, "attributeMappings").map(Row::of).collect(),
            filters: Filters::of(mapping.get("scope").unwrap_or(&Value::Null)),
        })
    }

    /// The row of a target attribute.
    #[must_use]
    pub fn row(&self, target: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.target.eq_ignore_ascii_case(target))
    }

    /// The row of the address that Databricks takes: that of type `work` in default mappings.
    #[must_use]
    pub fn mail(&self) -> Option<&Row> {
        self.rows.iter().find(|row| {
            let target = row.target.to_ascii_lowercase();
            target.starts_with("emails[") && target.ends_with("].value")
        })
    }

    /// The rows that objects are matched by, in the order in which they are tried.
    #[must_use]
    pub fn matching(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().filter(|row| row.matching.is_some()).collect();
        rows.sort_by_key(|row| row.matching);
        rows
    }

    fn maps_like(&self, other: &Self) -> bool {
        let same = |row: &Row| {
            other.row(&row.target).is_some_and(|it| it.source.is(&row.source) && it.matching == row.matching)
        };
        self.enabled == other.enabled
            && self.flows == other.flows
            && self.filters == other.filters
            && self.rows.len() == other.rows.len()
            && self.rows.iter().all(same)
    }
}

impl Row {
    fn of(mapping: &Value) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            target: text(mapping, "targetAttributeName").to_owned(),
            source: mapping.get("source").map_or(Source::Nothing, Source::of),
            default: some(text(mapping, "defaultValue")),
            matching: mapping.get("matchingPriority").and_then(Value::as_i64).filter(|rank| *rank > 0),
            flow: Flow::of(text(mapping, "flowType")),
        }
    }
}

impl Source {
    fn of(source: &Value) -> Self {
        let (name, expression) = (text(source, "name"), text(source, "expression").trim());
        match text(source, "type").to_ascii_lowercase().as_str() {
            "constant" if name.is_empty() => Self::Constant(unquoted(expression)),
            "constant" => Self::Constant(name.to_owned()),
            "attribute" if !name.is_empty() => Self::Attribute(name.to_owned()),
            _ => match attribute(expression) {
                Some(name) => Self::Attribute(name.to_owned()),
                None if expression.is_empty() => Self::Nothing,
                None => Self::Expression(expression.to_owned()),
            },
        }
    }

    /// Whether this is that attribute of the directory, and nothing else.
    #[must_use]
    pub fn is_attribute(&self, wanted: &str) -> bool {
        matches!(self, Self::Attribute(name) if name.eq_ignore_ascii_case(wanted))
    }

    /// Whether two sources are the same.
    fn is(&self, other: &Self) -> bool {
        self == other || matches!(other, Self::Attribute(name) if self.is_attribute(name))
    }

    /// The source in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Attribute(name) => name.clone(),
            Self::Constant(value) => format!("always “{value}”"),
            Self::Expression(expression) => format!("worked out: {expression}"),
            Self::Nothing => "nothing".to_owned(),
        }
    }
}

/// The attribute, where an expression is nothing but one in its brackets.
fn attribute(expression: &str) -> Option<&str> {
    let name = expression.strip_prefix('[')?.strip_suffix(']')?;
    (!name.contains(['[', ']'])).then_some(name)
}

fn unquoted(text: &str) -> String {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).to_owned()
}

impl Flow {
    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "" | "always" => Self::Always,
            "objectaddonly" => Self::ObjectAddOnly,
            "multivalueaddonly" => Self::MultiValueAddOnly,
            "valueaddonly" => Self::ValueAddOnly,
            "attributeaddonly" => Self::AttributeAddOnly,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// When it flows, in words.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Always => "always",
            Self::ObjectAddOnly => "only when the object is made",
            Self::MultiValueAddOnly => "only further values",
            Self::ValueAddOnly => "values are added and never taken away",
            Self::AttributeAddOnly => "only where there is no value yet",
            Self::Other(name) => name,
        }
    }
}

impl FlowKinds {
    /// What is done, in words.
    #[must_use]
    pub fn words(self) -> String {
        let all = [(self.add, "create"), (self.update, "update"), (self.delete, "delete or deactivate")];
        let done: Vec<&str> = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        if done.is_empty() { "nothing".to_owned() } else { done.join(", ") }
    }
}
