//! What cycles brought, as far as it was seen: Graph keeps the last ones alone. Small, so that it can be kept with a setup and drawn; it
//! holds no secret and no names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::log::Entry;
use super::trace::{Action, Status};
use super::wire::{Execution, Job};
use crate::env::Timestamp;

/// So many cycles are kept: a little more than a day of them.
const KEPT: usize = 40;

/// The cycles of a job, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct History {
    job: String,
    cycles: Vec<Point>,
    /// Whether the log was asked for earlier ones.
    #[serde(skip)]
    recalled: bool,
}

/// What a cycle brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Point {
    /// What tells it from others.
    pub id: String,
    /// When it began.
    pub began: Timestamp,
    /// How many objects were sent.
    pub exported: u64,
    /// How many had failed by its end and are tried again.
    pub escrowed: u64,
    /// Whether it failed as a whole.
    pub failed: bool,
    /// Whether it is counted from the log: then it is told what was written in it, and not how it ended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_log: bool,
}

impl Point {
    fn of(cycle: &Execution) -> Option<Self> {
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Some(Self {
            // Where it has no name, its beginning tells it from others.
            id: cycle.activity_identifier.clone(),
            began: cycle.time_began?,
            exported: count(cycle.count_exported),
            escrowed: count(cycle.count_escrowed),
            failed: cycle.state.eq_ignore_ascii_case("Failed"),
            by_log: false,
        })
    }

    fn is(&self, other: &Self) -> bool {
        self.id == other.id && (!self.id.is_empty() || self.began == other.began)
    }
}

impl History {
    /// The cycles that were seen, the oldest first. Some may be missing: nobody looked.
    #[must_use]
    pub fn cycles(&self) -> &[Point] {
        &self.cycles
    }

    /// Takes in what a look at the job shows. Another job begins a new history.
    pub fn note(&mut self, job: &Job) {
        if self.job != job.id {
            *self = Self { job: job.id.clone(), ..Self::default() };
        }
        let status = &job.status;
        for cycle in [&status.last_successful_execution_with_exports, &status.last_successful_execution] {
            let point = cycle.as_ref().and_then(Point::of);
            self.put(point, |known, point| known.partition_point(|it| it.began <= point.began));
        }
        // Whatever the clocks say, nothing is later than the last one.
        self.put(status.last_execution.as_ref().and_then(Point::of), |known, _| known.len());
    }

    /// Whether the log was asked for earlier ones.
    #[must_use]
    pub const fn is_recalled(&self) -> bool {
        self.recalled
    }

    /// Takes in what the log has of cycles before those that were seen. A cycle that wrote nothing is not in the log. Whether the log names a
    /// cycle as the job does is not documented, so that times decide: none is taken that reaches into what was seen.
    pub fn recall(&mut self, job: &str, entries: &[Entry], whole: bool) {
        if self.job != job {
            return;
        }
        self.recalled = true;
        let mut told: BTreeMap<&str, (Timestamp, Point)> = BTreeMap::new();
        for entry in entries.iter().filter(|it| !it.cycle.is_empty()) {
            let Some(at) = entry.at else { continue };
            let point = Point { id: entry.cycle.clone(), began: at, by_log: true, ..Point::default() };
            let (newest, point) = told.entry(&entry.cycle).or_insert((at, point));
            *newest = at.max(*newest);
            point.began = at.min(point.began);
            match entry.trace.status {
                Some(Status::Success) if entry.trace.action != Action::Other => point.exported += 1,
                Some(Status::Failure) => point.escrowed += 1,
                _ => {}
            }
        }
        let mut earlier: Vec<(Timestamp, Point)> = told.into_values().collect();
        earlier.sort_by_key(|(_, point)| point.began);
        // Of the oldest not all may have been read.
        let partly = usize::from(!whole).min(earlier.len());
        let first = self.cycles.first().map(|it| it.began);
        let before = |newest: Timestamp| first.is_none_or(|first| newest < first);
        let earlier = earlier.into_iter().skip(partly).filter(|(newest, _)| before(*newest));
        let mut all: Vec<Point> = earlier.map(|(_, point)| point).collect();
        all.append(&mut self.cycles);
        self.cycles = all;
        let over = self.cycles.len().saturating_sub(KEPT);
        self.cycles.drain(..over);
    }

    fn put(&mut self, point: Option<Point>, place: impl Fn(&[Point], &Point) -> usize) {
        let Some(point) = point else { return };
        match self.cycles.iter_mut().find(|known| known.is(&point)) {
            Some(known) => *known = point,
            None => self.cycles.insert(place(&self.cycles, &point), point),
        }
        // One that was dropped before is dropped again, however often it is told.
        let over = self.cycles.len().saturating_sub(KEPT);
        self.cycles.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(id: &str, status: &serde_json::Value) -> Job {
        serde_json::from_value(json!({ "id": id, "status": status })).unwrap()
    }

    fn cycle(id: &str, minute: u32, exported: u32, state: &str) -> serde_json::Value {
        json!({ "activityIdentifier": id, "timeBegan": format!("2026-11-23T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "countExported": exported, "countEscrowed": 1, "state": state })
    }

    fn told(history: &History) -> Vec<(&str, u64, bool)> {
        history.cycles().iter().map(|it| (it.id.as_str(), it.exported, it.failed)).collect()
    }

    #[test]
    fn looks_become_a_series_and_a_cycle_is_in_it_once() {
        let mut history = History::default();
        history.note(&job("j", &json!({ "code": "NotRun" })));
        assert_eq!(told(&history), []);
        let (a, b, c) =
            (cycle("a", 0, 7, "Succeeded"), cycle("b", 40, 0, "Succeeded"), cycle("c", 80, 0, "Failed"));
        history.note(&job("j", &json!({ "lastExecution": a, "lastSuccessfulExecution": a })));
        assert_eq!(told(&history), [("a", 7, false)]);
        let status = json!({ "lastExecution": c, "lastSuccessfulExecution": b, "lastSuccessfulExecutionWithExports": a });
        history.note(&job("j", &status));
        history.note(&job("j", &status));
        assert_eq!(told(&history), [("a", 7, false), ("b", 0, false), ("c", 0, true)]);
        // What is told later of the same one counts.
        history.note(&job("j", &json!({ "lastExecution": cycle("c", 80, 3, "EntryLevelErrors") })));
        assert_eq!(told(&history)[2], ("c", 3, false));
        history.note(&job("other", &json!({ "lastExecution": a })));
        assert_eq!(told(&history), [("a", 7, false)]);
    }

    #[test]
    fn it_stays_small_and_can_be_kept() {
        let mut history = History::default();
        let old = cycle("0", 0, 1, "Succeeded");
        for number in 0..100 {
            let last = cycle(&number.to_string(), number * 10, 1, "Succeeded");
            history.note(&job(
                "j",
                &json!({ "lastExecution": last, "lastSuccessfulExecutionWithExports": old }),
            ));
        }
        assert_eq!((history.cycles().len(), history.cycles()[0].id.as_str()), (40, "60"));
        let text = serde_json::to_string(&history).unwrap();
        assert_eq!(serde_json::from_str::<History>(&text).unwrap(), history);
        assert_eq!(
            serde_json::to_value(&history.cycles()[0]).unwrap(),
            json!({ "id": "60", "began": 1_795_428_000_000_u64, "exported": 1, "escrowed": 1, "failed": false })
        );
    }

    fn entry(cycle: &str, minute: u32, action: &str, status: &str) -> Entry {
        Entry::read(
            &json!({ "cycleId": cycle, "activityDateTime": format!("2026-11-23T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "provisioningAction": action, "provisioningStatusInfo": { "status": status } }),
        )
    }

    #[test]
    fn the_log_recalls_cycles_before_those_that_were_seen() {
        let entries = [
            entry("late", 85, "create", "success"),
            entry("b", 42, "update", "success"),
            entry("b", 41, "create", "failure"),
            entry("b", 40, "create", "success"),
            entry("a", 2, "other", "skipped"),
            entry("a", 1, "disable", "success"),
            entry("", 1, "create", "success"),
        ];
        let recalled = |whole| {
            let mut history = History::default();
            history.note(&job("j", &json!({ "lastExecution": cycle("c", 80, 0, "Succeeded") })));
            history.recall("other", &entries, true);
            assert!(!history.is_recalled());
            history.recall("j", &entries, whole);
            assert!(history.is_recalled());
            let told = |it: &Point| (it.id.clone(), it.exported, it.escrowed, it.by_log);
            history.cycles().iter().map(told).collect::<Vec<_>>()
        };
        let point = |id: &str, sent, failing, by_log| (id.to_owned(), sent, failing, by_log);
        let (a, b, c) = (point("a", 1, 0, true), point("b", 2, 1, true), point("c", 0, 1, false));
        assert_eq!(recalled(true), [a, b.clone(), c.clone()]);
        // The oldest may have begun earlier than was read.
        assert_eq!(recalled(false), [b, c]);
    }

    #[test]
    fn cycles_without_a_name_are_told_apart_by_their_beginning() {
        let mut history = History::default();
        for minute in [0, 40, 40] {
            history.note(&job("j", &json!({ "lastExecution": cycle("", minute, 1, "Succeeded") })));
        }
        assert_eq!(history.cycles().len(), 2);
    }
}
