//! The members of a group: what is missing at the target is added, what is no longer in the directory is taken away.

use serde_json::{Value, json};

use super::Work;
use super::object::{Link, Links, Stop};
use super::outcome::{Modified, Outcome, Reason};
use super::scope::Entitled;
use super::source::{Kind, Source};
use super::target::{Target, patch};
use super::write::sent;

/// No request changes more members.
const AT_ONCE: usize = 100;
/// An on-demand request carries no more members (`provision-on-demand`).
pub(super) const ON_DEMAND: usize = 5;

/// Members of the directory with their ids at the target, and whether some are missing there that should come.
pub(super) fn resolve(source: &Source, links: &Links, entitled: &Entitled) -> (Vec<(String, String)>, bool) {
    let known = |id: &String| links.get(id).map(|link| (id.clone(), link.target.clone()));
    let pending = source.members.iter().any(|id| !links.contains_key(id) && entitled.eligible(id));
    (source.members.iter().filter_map(known).collect(), pending)
}

/// Brings the members about; each request that succeeds is remembered. `only` are the members of an on-demand request.
pub(super) fn export(
    work: &mut Work<'_, '_>,
    target: &Target,
    link: &mut Link,
    wanted: &[(String, String)],
    only: Option<&[String]>,
    outcome: &mut Outcome,
) -> Result<Result<(), Reason>, Stop> {
    let chosen = |id: &String| only.is_none_or(|only| only.contains(id));
    let added: Vec<(String, String)> =
        wanted.iter().filter(|(id, _)| chosen(id) && !link.members.contains_key(id)).cloned().collect();
    let gone = |id: &String| !wanted.iter().any(|(wanted, _)| wanted == id);
    let removed: Vec<(String, String)> = if only.is_some() {
        Vec::new()
    } else {
        link.members.iter().filter(|(id, _)| gone(id)).map(|(id, at)| (id.clone(), at.clone())).collect()
    };
    for part in added.chunks(AT_ONCE) {
        let values: Vec<Value> = part.iter().map(|(_, at)| json!({ "value": at })).collect();
        let operation = json!({ "op": "Add", "path": "members", "value": values });
        if let Err(reason) = change(work, target, link, &[operation], outcome)? {
            return Ok(Err(reason));
        }
        for (id, at) in part {
            note(outcome, None, Some(id));
            link.members.insert(id.clone(), at.clone());
        }
    }
    for part in removed.chunks(AT_ONCE) {
        // One path a member: the strict parser at the other end takes no list with `remove`.
        let one = |(_, at): &(String, String)| json!({ "op": "Remove", "path": format!("members[value eq \"{at}\"]") });
        let operations: Vec<Value> = part.iter().map(one).collect();
        if let Err(reason) = change(work, target, link, &operations, outcome)? {
            return Ok(Err(reason));
        }
        for (id, _) in part {
            note(outcome, Some(id), None);
            link.members.remove(id);
        }
    }
    Ok(Ok(()))
}

fn change(
    work: &mut Work<'_, '_>,
    target: &Target,
    link: &Link,
    operations: &[Value],
    outcome: &mut Outcome,
) -> Result<Result<(), Reason>, Stop> {
    let path = format!("{}/{}", Kind::Group.path(), link.target);
    let done = sent(work, target, "PATCH", &path, Some(&patch(operations)))?;
    outcome.writes += u64::from(done.is_ok());
    Ok(done.map(|_| ()))
}

fn note(outcome: &mut Outcome, old: Option<&String>, new: Option<&String>) {
    outcome.references += 1;
    outcome.modified.push(Modified { name: "members".to_owned(), old: old.cloned(), new: new.cloned() });
}
