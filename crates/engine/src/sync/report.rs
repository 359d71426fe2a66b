//! What came of a run: a row for every line of the plan.

use serde::{Deserialize, Serialize};

use crate::databricks::target::Target;
use crate::env::Timestamp;
use crate::problem::Problem;
use crate::sync::journal::Success;
use crate::sync::plan::{Object, ObjectKind, PlanHash, Withheld};
use crate::sync::verify::Verification;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "how", content = "problem")]
pub enum Ending {
    /// Every line was tried.
    Complete,
    /// A person stopped it.
    Stopped,
    /// It could not go on.
    Interrupted(Problem),
}

/// What came of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "detail")]
pub enum Result {
    /// It was done.
    Done(Success),
    /// It failed.
    Failed(Problem),
    /// It was not tried, or not brought to its end.
    Open,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `create`, `adopt` or `add`. The object's own `kind` stands beside it.
    #[serde(rename = "change")]
    pub kind: String,
    /// Whom or what.
    #[serde(flatten)]
    pub object: Object,
    /// What was to be done.
    pub summary: String,
    /// Why.
    pub reason: String,
    /// What came of it.
    pub result: Result,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Which plan.
    pub plan: PlanHash,
    /// Where.
    pub target: Target,
    /// When it began.
    #[serde(serialize_with = "rfc3339")]
    pub began: Timestamp,
    /// When it ended.
    #[serde(serialize_with = "rfc3339")]
    pub ended: Timestamp,
    /// How it ended.
    pub ending: Ending,
    /// Every line of the plan.
    pub rows: Vec<Row>,
    /// What was held back from the start.
    pub withheld: Vec<Withheld>,
    /// What reading back showed, where it was done.
    pub verification: Option<Verification>,
}

fn rfc3339<S: serde::Serializer>(at: &Timestamp, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.rfc3339())
}

/// How many lines ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Counts {
    /// Done.
    pub done: usize,
    /// Failed.
    pub failed: usize,
    /// Not tried.
    pub open: usize,
}

/// How many failures an overview lists; the report holds all.
const LISTED: usize = 50;

/// A report at a glance: everything about it but its lines, and the first failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The short hash of the plan.
    pub plan: String,
    /// The run in a line.
    pub summary: String,
    /// Whether a person stopped it.
    pub stopped: bool,
    /// Why it could not go on, if so.
    pub interrupted: Option<Problem>,
    /// How many lines ended in which way.
    pub counts: Counts,
    /// How many changes were held back from the start.
    pub withheld: usize,
    /// The first failures: the object's name, and what happened.
    pub failures: Vec<(String, Problem)>,
    /// What reading back showed, where it was done.
    pub verification: Option<Verification>,
    /// Why reading back was not possible.
    pub unread: Option<Problem>,
}

impl Overview {
    /// Whether every line was tried.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        !self.stopped && self.interrupted.is_none()
    }
}

impl Report {
    /// The report at a glance. `unread` says why reading back was not possible.
    #[must_use]
    pub fn overview(&self, unread: Option<Problem>) -> Overview {
        let failures = self.rows.iter().filter_map(|row| match &row.result {
            Result::Failed(what) => Some((row.object.name.clone(), what.clone())),
            Result::Done(_) | Result::Open => None,
        });
        Overview {
            plan: self.plan.short(),
            summary: self.summary(),
            stopped: self.ending == Ending::Stopped,
            interrupted: match &self.ending {
                Ending::Interrupted(problem) => Some(problem.clone()),
                Ending::Complete | Ending::Stopped => None,
            },
            counts: self.counts(),
            withheld: self.withheld.len(),
            failures: failures.take(LISTED).collect(),
            verification: self.verification.clone(),
            unread,
        }
    }

    /// Counts the lines.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            match row.result {
                Result::Done(_) => counts.done += 1,
                Result::Failed(_) => counts.failed += 1,
                Result::Open => counts.open += 1,
            }
        }
        counts
    }

    /// Whether everything was done and reading back found it so.
    #[must_use]
    pub fn is_success(&self) -> bool {
        let counts = self.counts();
        self.ending == Ending::Complete
            && counts.failed == 0
            && counts.open == 0
            && self.verification.as_ref().is_some_and(Verification::is_clean)
    }

    /// The run in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let Counts { done, failed, open } = self.counts();
        let mut text = format!("{done} of {} done", self.rows.len());
        if failed > 0 {
            text.push_str(&format!(", {failed} failed"));
        }
        if open > 0 {
            text.push_str(&format!(", {open} not finished"));
        }
        text
    }

    /// The report as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The lines as CSV (RFC 4180), with the withheld changes at the end.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("result,change,kind,name,entra object id,what,why,detail\r\n");
        for row in &self.rows {
            let (state, detail) = match &row.result {
                Result::Done(Success::Added { left_out, .. }) if !left_out.is_empty() => {
                    ("done", format!("left out: {}", left_out.join(", ")))
                }
                Result::Done(_) => ("done", String::new()),
                Result::Failed(problem) => ("failed", format!("{} {}", problem.why, problem.remedy)),
                Result::Open => ("not finished", String::new()),
            };
            let kind = match row.object.kind {
                ObjectKind::User => "person",
                ObjectKind::Group => "group",
            };
            line(
                &mut csv,
                &[
                    state,
                    &row.kind,
                    kind,
                    &row.object.name,
                    row.object.entra.as_str(),
                    &row.summary,
                    &row.reason,
                    &detail,
                ],
            );
        }
        for held in &self.withheld {
            line(&mut csv, &["withheld", "", "", &held.object, "", &held.what, &held.why, ""]);
        }
        csv
    }
}

fn line(csv: &mut String, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|cell| escape(cell)).collect();
    csv.push_str(&cells.join(","));
    csv.push_str("\r\n");
}

/// Quotes a cell where needed. A name that begins like a formula gets an apostrophe: spreadsheets would run it.
fn escape(cell: &str) -> String {
    let harmless =
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if harmless.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", harmless.replace('"', "\"\""))
    } else {
        harmless
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        assert_eq!(escape("O'Neill"), "O'Neill");
        assert_eq!(escape("Sales, \"EMEA\""), "\"Sales, \"\"EMEA\"\"\"");
        assert_eq!(escape("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
