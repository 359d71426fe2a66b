//! What is looked at before a write, so that nothing is written that nobody has seen.

use super::Failure;
use crate::databricks::scim::{Patch, ScimError};
use crate::entra::ids::ObjectId;
use crate::problem::{Explain as _, Problem};
use crate::sync::plan::{FieldChange, Object, Operation};

pub(super) fn patch(changes: &[FieldChange]) -> Patch {
    changes.iter().fold(Patch::default(), |patch, change| patch.replace(&change.field, change.after.as_str()))
}

/// Whether an adoption must still be written. What stands there must be what the plan showed: anything else has changed
/// since, and nobody has seen it.
pub(super) fn must_write<'o>(
    object: &Object,
    changes: &[FieldChange],
    now: impl Fn(&str) -> Option<&'o str>,
) -> Result<bool, Failure> {
    let value = |change: &FieldChange| now(&change.field).unwrap_or_default();
    if changes.iter().all(|change| value(change) == change.after) {
        return Ok(false);
    }
    match changes.iter().find(|change| ![change.before.as_str(), &change.after].contains(&value(change))) {
        None => Ok(true),
        Some(change) => Err(Failure::This(
            Problem::new(
                format!("{} was not changed.", object.name),
                format!(
                    "Its {} has changed since the plan was made, so this is not what was approved.",
                    change.field
                ),
                "Make the plan again: it will show what is there now.",
            )
            .detail("planned from", &change.before)
            .detail("found", value(change)),
        )),
    }
}

pub(super) fn is_same(identity: Option<&str>, entra: &ObjectId) -> bool {
    identity.is_some_and(|identity| identity.trim().eq_ignore_ascii_case(entra.as_str()))
}

/// The user bears another identity by now: what was to be written is another person's.
pub(super) fn somebody_else(object: &Object, found: Option<&str>) -> Problem {
    Problem::new(
        format!("{} was not changed.", object.name),
        "The user does not carry this person's identity (externalId) any more, so this is not what was approved.",
        "Make the plan again: it will show what is there now.",
    )
    .detail("planned for", object.entra.as_str())
    .detail("found", found.unwrap_or_default())
}

/// The plan said "create", and now something else has the name: that was not shown, so it is not touched.
pub(super) fn appeared(operation: &Operation, error: &ScimError) -> Problem {
    let mut problem = error.explain();
    problem.what = format!("{} was not created.", operation.object.name);
    "Another object with this name has appeared since the plan was made, or was not listed then."
        .clone_into(&mut problem.why);
    "Make the plan again: it will show the object and what it means to do with it."
        .clone_into(&mut problem.remedy);
    problem
}
