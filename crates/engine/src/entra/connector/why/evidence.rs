//! What the provisioning service itself says: the job, its log, and an answer on demand.

use super::{Assignment, Facts, Finding, JobState, Scope, There};
use crate::entra::connector::log::{Entry, is_fresh as is_young};
use crate::entra::connector::on_demand::OnDemand;
use crate::entra::connector::trace::{Action, Status, Trace};
use crate::env::Timestamp;
use crate::problem::Problem;

/// Whether the person is in Databricks.
pub(super) fn there(facts: &Facts<'_>) -> Option<Finding> {
    Some(match facts.there {
        There::Unknown { .. } => return None,
        There::Active => Finding::good("The person is in Databricks."),
        There::Inactive => Finding::warn(
            "The person is in Databricks, and deactivated there.",
            "What keeps them out stands beside this. Where nothing does, somebody deactivated them in Databricks: activate them there.",
        ),
        There::Differs(how) if is_out_of_scope(facts) => Finding::warn(
            format!("The person is in Databricks, though not by this connector as far as can be seen. {how}"),
            "Nothing has to be done, unless they should be provisioned: then assign them.",
        ),
        There::Differs(how) => Finding::warn(
            format!("The person is in Databricks, and not as they should be. {how}"),
            "Provision them on demand: Entra then compares them anew, and says what it could not write.",
        ),
        There::Absent if is_fresh(facts) => Finding::warn(
            "Entra provisioned the person a moment ago, and Databricks does not show them yet.",
            "Look again in some minutes.",
        ),
        There::Absent if was_removed(facts) => Finding::bad(
            "Entra provisioned the person, and Databricks does not have them: they were removed in Databricks. Entra does not make them anew \
             by itself.",
            "Restart provisioning in full (reset scope Full), so that Entra looks for its objects anew.",
        ),
        There::Absent if may_be_long_ago(facts) => Finding::warn(
            "The person is not in Databricks, and the log of the last 30 days does not name them: they never came, or were removed in \
             Databricks longer ago.",
            "Provision them on demand: that tells which.",
        ),
        There::Absent => {
            Finding::warn("The person is not in Databricks.", "What keeps them out stands beside this.")
        }
    })
}

fn is_in_scope(facts: &Facts<'_>) -> bool {
    facts.scope == Scope::Everybody || facts.assignment.counts() == Some(true)
}

fn is_out_of_scope(facts: &Facts<'_>) -> bool {
    facts.scope == Scope::Assigned && facts.assignment.counts() == Some(false)
}

/// Whether they should have come, and nothing is known of them. The log goes back 30 days.
fn may_be_long_ago(facts: &Facts<'_>) -> bool {
    let runs = matches!(facts.job, JobState::Running(_));
    runs && is_in_scope(facts) && facts.log.is_some_and(<[Entry]>::is_empty)
}

/// Whether the service takes them for provisioned. Whoever is in scope no longer may go as they like.
fn was_removed(facts: &Facts<'_>) -> bool {
    let out = is_out_of_scope(facts) || facts.person.account_enabled == Some(false);
    let last = facts.log.and_then(<[Entry]>::first).map(|entry| &entry.trace);
    !out && facts.on_demand.map_or(last, |told| Some(&told.object)).is_some_and(Trace::left_it_there)
}

/// Whether that was written so lately that Databricks may not show it yet.
fn is_fresh(facts: &Facts<'_>) -> bool {
    let told = facts.on_demand.is_some_and(|it| it.object.wrote_it()) && is_young(facts.came_at, facts.now);
    let last = facts.log.and_then(<[Entry]>::first);
    told || last.is_some_and(|it| it.trace.wrote_it() && is_young(it.at, facts.now))
}

/// What the job does.
pub(super) fn job(state: &JobState) -> Finding {
    match state {
        JobState::Unknown => Finding::warn(
            "What the provisioning job does could not be read.",
            "Look again. Reading it takes Synchronization.ReadWrite.All and a role that manages applications.",
        ),
        JobState::NotConfigured => Finding::bad(
            "Provisioning has no address and token, so nothing runs.",
            "Test the connection, save the token, then start provisioning.",
        ),
        JobState::Off => Finding::bad(
            "Provisioning is switched off: nobody comes, and nobody goes.",
            "Start provisioning.",
        ),
        JobState::FirstCycle => Finding::warn(
            "The first cycle is not through: the person may simply not have been reached yet.",
            "Wait for its end, or provision the person on demand.",
        ),
        JobState::Quarantined(reason) => {
            let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            Finding::bad(
                format!(
                    "Provisioning is in quarantine{reason}: it is tried again rarely, and then disabled."
                ),
                "Take the way out of quarantine that the board shows. Nobody new comes before.",
            )
        }
        JobState::Running(Some(last)) => {
            Finding::good(format!("Provisioning runs; its last cycle ended at {}.", last.words()))
        }
        JobState::Running(None) => Finding::good("Provisioning runs."),
    }
}

/// What an answer on demand says.
pub(super) fn on_demand(facts: &Facts<'_>) -> Option<Finding> {
    let told = facts.on_demand?;
    if is_well(told) {
        return Some(Finding::good("Provisioned on demand, the person got through all steps."));
    }
    if told.is_not_entitled() {
        return entitlement(facts, "Provisioned on demand, the person");
    }
    if is_explained(facts, &told.object) {
        return None;
    }
    let problem = told.problem()?;
    Some(Finding::bad(format!("Provisioned on demand: {}", said(&problem)), problem.remedy))
}

/// What happened and why, with the service's own words.
fn said(problem: &Problem) -> String {
    let reason = problem.raw.iter().find(|it| it.name == "reason");
    let reason = reason.map(|it| format!(" In the service's words: {}", it.value)).unwrap_or_default();
    format!("{} {}{reason}", problem.what, problem.why)
}

/// Written, or found as it should be.
fn is_well(told: &OnDemand) -> bool {
    told.result == Status::Success || told.object.is_unchanged()
}

/// Whether the account says it already: it is disabled there.
fn is_explained(facts: &Facts<'_>, trace: &Trace) -> bool {
    facts.person.account_enabled == Some(false) && trace.scoping().active == Some(false)
}

/// The service does not count somebody as assigned. Where they are not, that is said already.
fn entitlement(facts: &Facts<'_>, who: &str) -> Option<Finding> {
    match facts.assignment {
        _ if is_in_scope(facts) => Some(Finding::warn(
            format!("{who} was skipped as not assigned, while the directory shows them in scope."),
            "Entra honours an assignment after a few minutes. If it stays so, take the assignment away and assign again.",
        )),
        Assignment::Unknown => Some(Finding::bad(
            format!("{who} was skipped as not assigned."),
            "Assign the person, or a group that the person is a direct member of. A fresh assignment takes a few minutes.",
        )),
        Assignment::Known { .. } => None,
    }
}

/// What the log says last.
pub(super) fn log(facts: &Facts<'_>) -> Option<Finding> {
    let entries = facts.log?;
    // What was told on demand is newer.
    if facts.on_demand.is_some_and(is_well) {
        return None;
    }
    let Some(entry) = entries.first() else {
        return Some(Finding::warn(
            "The provisioning log has nothing about the person.",
            "Entries show after some minutes and are kept for 30 days. Whoever never was in scope has none.",
        ));
    };
    let at = entry.at.map_or("At an unknown time".to_owned(), |at: Timestamp| format!("At {}", at.words()));
    let trace = &entry.trace;
    if trace.is_unchanged() {
        return Some(Finding::good(format!("{at} Entra found the person in Databricks as they should be.")));
    }
    if trace.is_not_entitled() {
        return entitlement(facts, &format!("{at} the person"));
    }
    if is_explained(facts, trace) {
        return None;
    }
    match (trace.status, trace.action) {
        (Some(Status::Success), Action::Disable) => Some(Finding::bad(
            format!("{at} Entra deactivated the person in Databricks."),
            "Entra does so when somebody is unassigned, kept out by a filter, disabled or deleted. Once they are in scope again, the next \
             cycle activates them.",
        )),
        (Some(Status::Success), Action::Delete) => Some(Finding::bad(
            format!("{at} Entra deleted the person in Databricks."),
            "Entra does so when somebody is gone from the directory for good.",
        )),
        (_, Action::StagedDelete) => Some(Finding::warn(
            format!(
                "{at} Entra held back a deletion of the person: more were due than the threshold allows."
            ),
            "Release or refuse the held deletions on the board.",
        )),
        (Some(Status::Success), action) => {
            Some(Finding::good(format!("{at} the person was {} without an error.", action.words())))
        }
        (status, _) => {
            let problem = entry.problem()?;
            let what = format!("{at}: {}", said(&problem));
            Some(match status {
                Some(Status::Failure | Status::Skipped) => Finding::bad(what, problem.remedy),
                _ => Finding::warn(what, problem.remedy),
            })
        }
    }
}

/// What Databricks was not asked.
pub(super) fn not_asked(facts: &Facts<'_>) -> Option<Finding> {
    match facts.there {
        There::Unknown { why, todo } => Some(Finding::warn(why, todo)),
        There::Active | There::Inactive | There::Differs(_) | There::Absent => None,
    }
}

/// What else could not be read.
pub(super) fn not_read(facts: &Facts<'_>) -> Option<Finding> {
    let lacking =
        [("the attribute mappings", facts.schema.is_none()), ("the provisioning log", facts.log.is_none())];
    let lacking: Vec<&str> = lacking.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    (!lacking.is_empty()).then(|| {
        Finding::warn(
            format!("This answer does without {}: not read.", lacking.join(" and ")),
            "Read them too; provisioning on demand tells most of it for one person.",
        )
    })
}
