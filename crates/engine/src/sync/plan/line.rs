//! The lines of a plan as a person reads them, in portions.

use serde::{Deserialize, Serialize};

use super::{Change, FieldChange, Kind, Operation, Plan};

/// A part of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Everything that would be written.
    All,
    /// One kind of it.
    Of(Kind),
    /// What is held back.
    Withheld,
    /// What the directory holds that cannot be mapped.
    Findings,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What kind of change; none for what is not written.
    pub kind: Option<Kind>,
    /// Whom or what.
    pub object: String,
    /// What is done.
    pub what: String,
    /// The values that change, or the people who join.
    pub details: Vec<String>,
    /// Why.
    pub why: String,
}

impl Plan {
    /// The first lines of a part, in order.
    #[must_use]
    pub fn lines(&self, part: Part, limit: usize) -> Vec<Line> {
        let operations = self.operations.iter();
        match part {
            Part::All => operations.take(limit).map(line).collect(),
            Part::Of(kind) => {
                operations.filter(|operation| operation.kind() == kind).take(limit).map(line).collect()
            }
            Part::Withheld => {
                let held = self.withheld.iter().take(limit);
                held.map(|held| said(&held.object, &held.what, &held.why)).collect()
            }
            Part::Findings => {
                let found = self.findings.iter().take(limit);
                found.map(|found| said(&found.object, "", &found.text)).collect()
            }
        }
    }
}

fn said(object: &str, what: &str, why: &str) -> Line {
    let (object, what, why) = (object.to_owned(), what.to_owned(), why.to_owned());
    Line { kind: None, object, what, details: Vec::new(), why }
}

fn line(operation: &Operation) -> Line {
    let details = match &operation.change {
        Change::AdoptUser { changes, .. }
        | Change::UpdateUser { changes, .. }
        | Change::AdoptGroup { changes, .. } => changes.iter().map(arrow).collect(),
        // One alone stands in the summary.
        Change::AddMembers { members, .. } if members.len() > 1 => {
            members.iter().map(|member| member.name.clone()).collect()
        }
        Change::AddMembers { .. } | Change::CreateUser { .. } | Change::CreateGroup => Vec::new(),
    };
    Line {
        kind: Some(operation.kind()),
        object: operation.object.name.clone(),
        what: operation.summary(),
        details,
        why: operation.reason.clone(),
    }
}

fn arrow(change: &FieldChange) -> String {
    format!("{}: “{}” → “{}”", change.field, change.before, change.after)
}
