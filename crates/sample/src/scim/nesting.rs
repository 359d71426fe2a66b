//! What groups may hold: what exists, no circle, and no more than ten levels.

use super::errors::ScimError;
use super::record::{Kind, Record, Records};

const MOST_LEVELS: usize = 10;

/// Checks a group as it would be after a write.
pub(super) fn check(group: &Record, records: &Records) -> Result<(), ScimError> {
    for member in &group.members {
        let Some(record) = records.get(member) else {
            return Err(ScimError::invalid_value(format!("Principal with id {member} is not found")));
        };
        if record.kind == Kind::Group && reaches(*member, group.id, records, 0) {
            let text = format!("Adding group {member} to group {} would create a cycle", group.id);
            return Err(ScimError::invalid_value(text));
        }
    }
    let levels = above(group.id, records, 0) + 1 + below(group, records, 0);
    if levels > MOST_LEVELS {
        let text = format!("Groups can be nested at most {MOST_LEVELS} levels deep, not {levels}");
        return Err(ScimError::invalid_value(text));
    }
    Ok(())
}

/// Whether `from` is or holds `wanted`. Stored groups have no circles; the bound is for the group being written.
fn reaches(from: u64, wanted: u64, records: &Records, depth: usize) -> bool {
    from == wanted
        || (depth <= MOST_LEVELS
            && records.get(&from).is_some_and(|it| {
                it.members.iter().any(|member| {
                    records.get(member).is_some_and(|it| it.kind == Kind::Group)
                        && reaches(*member, wanted, records, depth + 1)
                })
            }))
}

fn below(group: &Record, records: &Records, depth: usize) -> usize {
    if depth > MOST_LEVELS {
        return depth;
    }
    let groups = group.members.iter().filter_map(|id| records.get(id)).filter(|it| it.kind == Kind::Group);
    groups.map(|it| 1 + below(it, records, depth + 1)).max().unwrap_or(0)
}

fn above(id: u64, records: &Records, depth: usize) -> usize {
    if depth > MOST_LEVELS {
        return depth;
    }
    let parents = records.values().filter(|it| it.members.contains(&id));
    parents.map(|it| 1 + above(it.id, records, depth + 1)).max().unwrap_or(0)
}
