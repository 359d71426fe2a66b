//! What is asked once more before it is done.

use std::collections::BTreeSet;

use super::super::{button, buttons};
use super::Known;
use super::board::Board;
use crate::entra::connector::Restart;
use crate::entra::connector::kind::Kind;
use crate::entra::connector::log::End;
use crate::entra::connector::trace::Action as Happened;
use crate::figures::grouped;
use crate::sheet::{Block, Tone};
use crate::worker::action::{Action, OfConnector, Risky};

/// So many names are listed before the rest is counted.
const LISTED: usize = 50;

/// The question, and its two buttons.
pub(super) fn sure(risky: &Risky, board: &Board, known: &Known) -> Vec<Block> {
    let name = &board.connector.enterprise.display_name;
    let (title, text, label) = match risky {
        Risky::Pause => (
            "Pause provisioning?".to_owned(),
            "Nobody comes and nobody goes until it is resumed. A cycle that runs comes to its end all the same.",
            "Pause it".to_owned(),
        ),
        Risky::Restart(Restart::Usual) => (
            "Clear the current state and restart synchronisation?".to_owned(),
            "Everybody in scope is looked at anew, failures and quarantine are forgotten. Who is in Databricks already is found again. It takes \
             as long as a first cycle.",
            "Restart it".to_owned(),
        ),
        Risky::Restart(Restart::Full) => (
            "Restart in full?".to_owned(),
            "Entra also forgets who belongs to whom in Databricks and finds it anew by name. Who has another name by now is made a second time. \
             For experts: it mends objects that were removed in Databricks.",
            "Restart in full".to_owned(),
        ),
        Risky::Restart(Restart::ForceDeletes) => (
            "Let all held deletions go?".to_owned(),
            "All of them are carried out, not some. People are deactivated in Databricks, and jobs that run as them stop. Groups are deleted \
             there, and with them what was granted to them in Databricks: that cannot be taken back, and a group that is assigned again \
             comes back without it.",
            "Delete and deactivate all of them".to_owned(),
        ),
        Risky::Reset => (
            "Reset the attribute mappings?".to_owned(),
            "They become what the gallery gives; changes of yours are lost. Only externalId is taken from the object id again, where the gallery \
             has it otherwise. Everybody is looked at anew.",
            "Reset them".to_owned(),
        ),
        Risky::Remove => (
            format!("Remove “{name}”?"),
            "Provisioning stops, and the enterprise application goes with its assignments, its token and its log. People and groups stay in \
             Databricks as they are, and nobody looks after them any more. Entra keeps the application for 30 days under “Deleted applications”.",
            format!("Remove {name}"),
        ),
        Risky::TakeAway(_) => return Vec::new(),
        Risky::RemoveJob(id) => (
            "Remove this job?".to_owned(),
            "It stops, and what it knew is gone. People and groups stay in Databricks.",
            format!("Remove the job {id}"),
        ),
    };
    let mut blocks = vec![Block::note(Tone::Warn, title, text)];
    if *risky == Risky::Restart(Restart::ForceDeletes) {
        blocks.extend(listed(known));
    }
    blocks.push(buttons(vec![
        button(&label, false, &Action::Connector(OfConnector::Sure(risky.clone()))),
        button("Leave it as it is", true, &Action::Connector(OfConnector::Keep)),
    ]));
    blocks
}

/// What the log that is shown knows of the deletions that are held back: those whose last entry says so. Entries of before may be of
/// objects that have come back since.
fn held_back(known: &Known) -> Option<(Vec<String>, bool)> {
    let (entries, end) = known.log.as_ref()?.entries.as_ref().ok()?;
    let mut seen = BTreeSet::new();
    // The newest comes first.
    let last = entries.iter().filter(|it| seen.insert(&it.trace.source.id));
    let held = last.filter(|it| it.trace.action == Happened::StagedDelete);
    let names: Vec<String> = held
        .map(|it| match it.trace.kind {
            Some(Kind::Group) => format!("{} (group)", it.trace.label()),
            Some(Kind::Person) | None => it.trace.label().to_owned(),
        })
        .collect();
    Some((names, matches!(end, End::Whole))).filter(|(names, _)| !names.is_empty())
}

/// How many deletions are held back, and whose.
fn listed(known: &Known) -> Vec<Block> {
    let Some((mut names, whole)) = held_back(known) else {
        return vec![Block::text(
            "How many they are is not known here. Read the log below with “Staged delete (held back)” first: then they stand here by name.",
        )];
    };
    let least = if whole { "" } else { "at least " };
    let count = format!("The log that is shown below has {least}{} of them:", grouped(names.len()));
    let hidden = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    names.extend((hidden > 0).then(|| format!("and {} more", grouped(hidden))));
    vec![Block::text(count), Block::List(names)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::entra::connector::log::Entry;
    use crate::guide::connector::log::Shown;

    fn entry(action: &str, kind: &str, name: &str) -> Entry {
        Entry::read(&json!({
            "provisioningAction": action,
            "sourceIdentity": { "id": format!("id of {name}"), "displayName": name, "identityType": kind }
        }))
    }

    fn known(entries: Vec<Entry>, end: End) -> Known {
        let shown = Shown { what: "everybody".to_owned(), entries: Ok((entries, end)) };
        Known { log: Some(shown), ..Known::default() }
    }

    fn drawn(known: &Known) -> String {
        format!("{:?}", listed(known))
    }

    #[test]
    fn what_is_held_back_is_counted_and_named() {
        let held = "The log that is shown below has 2 of them:";
        let entries = vec![
            entry("stagedDelete", "User", "Uma"),
            entry("stagedDelete", "Group", "All Employees"),
            entry("update", "User", "Ada"),
            // She came back since, and Uma was held back before as well.
            entry("stagedDelete", "User", "Ada"),
            entry("stagedDelete", "User", "Uma"),
        ];
        let names = || Block::List(vec!["Uma".to_owned(), "All Employees (group)".to_owned()]);
        assert_eq!(drawn(&known(entries.clone(), End::Whole)), format!("{:?}", [Block::text(held), names()]));
        let held = "The log that is shown below has at least 2 of them:";
        assert_eq!(drawn(&known(entries, End::More)), format!("{:?}", [Block::text(held), names()]));
    }

    #[test]
    fn where_the_log_does_not_tell_it_is_said_how_to_find_out() {
        let words = "How many they are is not known here. Read the log below with “Staged delete (held back)” first: then they stand here by \
                     name.";
        for known in [Known::default(), known(vec![entry("update", "User", "Ada")], End::Whole)] {
            assert_eq!(drawn(&known), format!("{:?}", [Block::text(words)]));
        }
    }
}
