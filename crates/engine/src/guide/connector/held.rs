//! The deletions that Entra holds back: how many, and whose. What is let go is shown before.

use std::collections::BTreeSet;

use super::Known;
use super::board::Board;
use crate::entra::connector::health::{Quarantined, Reason, State};
use crate::entra::connector::kind::Kind;
use crate::entra::connector::log::{End, Entry};
use crate::env::Timestamp;
use crate::figures::grouped;
use crate::problem::{Explain as _, Problem};
use crate::sheet::{Block, Tone};

/// So many names are listed before the rest is counted.
const LISTED: usize = 50;

/// What stands on the button that reads them.
pub(super) const SHOW: &str = "Show what is held back";

/// What the log says of the deletions that are held back. Its own list: that of the log may be of one person.
#[derive(Clone, Debug)]
pub struct Held {
    /// Since when the job is set apart, which it was read for: another time it is about others.
    pub since: Option<Timestamp>,
    /// They, or why they are not known.
    pub found: Result<(Vec<Entry>, End), Problem>,
}

/// How the job is set apart, where that is because too many would go.
#[must_use]
pub fn too_many(board: &Board) -> Option<&Quarantined> {
    match &board.health.as_ref()?.state {
        State::Quarantined(it) | State::Disabled { given_up: Some(it) } => {
            Some(it).filter(|it| it.reason == Reason::TooManyDeletes)
        }
        _ => None,
    }
}

/// What was read for this quarantine.
pub(super) fn read<'k>(known: &'k Known, board: &Board) -> Option<&'k Held> {
    let quarantined = too_many(board)?;
    known.held.as_ref().filter(|it| it.since == quarantined.since)
}

/// How many deletions are held back, and whose.
pub(super) fn listed(held: Option<&Held>) -> Vec<Block> {
    const UNKNOWN: &str = "How many deletions are held back is not known here.";
    let (entries, end) = match held.map(|it| &it.found) {
        None => return vec![Block::text(format!("{UNKNOWN} “{SHOW}” reads it from the provisioning log."))],
        Some(Err(problem)) => {
            return vec![Block::text(UNKNOWN), Block::Problem(Tone::Warn, problem.clone())];
        }
        Some(Ok(found)) => found,
    };
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = entries
        .iter()
        .filter(|it| seen.insert(&it.trace.source.id))
        .map(|it| match it.trace.kind {
            Some(Kind::Group) => format!("{} (group)", it.trace.label()),
            Some(Kind::Person) | None => it.trace.label().to_owned(),
        })
        .collect();
    let mut blocks = Vec::new();
    if names.is_empty() {
        let why = "The provisioning log has none of them yet: entries show after some minutes.";
        blocks.push(Block::text(format!("{UNKNOWN} {why}")));
    } else {
        let least = if matches!(end, End::Whole) { "" } else { "at least " };
        blocks.push(Block::text(format!(
            "Held back, by the provisioning log: {least}{}. Whoever was assigned again since is still named here, and stays.",
            grouped(names.len())
        )));
        let hidden = names.len().saturating_sub(LISTED);
        names.truncate(LISTED);
        names.extend((hidden > 0).then(|| format!("and {} more", grouped(hidden))));
        blocks.push(Block::List(names));
    }
    if let End::Broken(error) = end {
        blocks.push(Block::Problem(Tone::Warn, error.explain()));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(kind: &str, name: &str) -> Entry {
        Entry::read(&json!({
            "provisioningAction": "stagedDelete",
            "sourceIdentity": { "id": format!("id of {name}"), "displayName": name, "identityType": kind }
        }))
    }

    fn drawn(entries: Vec<Entry>, end: End) -> String {
        format!("{:?}", listed(Some(&Held { since: None, found: Ok((entries, end)) })))
    }

    #[test]
    fn what_is_held_back_is_counted_and_named_once() {
        let rest = "Whoever was assigned again since is still named here, and stays.";
        let entries = vec![entry("User", "Uma"), entry("Group", "All Employees"), entry("User", "Uma")];
        let names = || Block::List(vec!["Uma".to_owned(), "All Employees (group)".to_owned()]);
        let words = format!("Held back, by the provisioning log: 2. {rest}");
        assert_eq!(drawn(entries.clone(), End::Whole), format!("{:?}", [Block::text(words), names()]));
        let words = format!("Held back, by the provisioning log: at least 2. {rest}");
        assert_eq!(drawn(entries, End::More), format!("{:?}", [Block::text(words), names()]));
    }

    #[test]
    fn of_many_the_first_are_named() {
        let entries = (0..53).map(|number| entry("User", &format!("Person {number}"))).collect();
        let drawn = drawn(entries, End::Whole);
        assert!(drawn.contains("\"Person 49\", \"and 3 more\"]"), "{drawn}");
    }

    #[test]
    fn where_the_log_does_not_tell_that_is_said() {
        let drawn = |held: Option<&Held>| format!("{:?}", listed(held));
        let words = "How many deletions are held back is not known here. “Show what is held back” reads it from the provisioning log.";
        assert_eq!(drawn(None), format!("{:?}", [Block::text(words)]));
        let words = "How many deletions are held back is not known here. The provisioning log has none of them yet: entries show after some \
                     minutes.";
        let none = Held { since: None, found: Ok((Vec::new(), End::Whole)) };
        assert_eq!(drawn(Some(&none)), format!("{:?}", [Block::text(words)]));
        let problem = Problem::new("a", "b", "c");
        let words = "How many deletions are held back is not known here.";
        let failed = Held { since: None, found: Err(problem.clone()) };
        assert_eq!(
            drawn(Some(&failed)),
            format!("{:?}", [Block::text(words), Block::Problem(Tone::Warn, problem)])
        );
    }
}
