//! Why `scim-setup connect` does not go on, in words.

use engine::entra::connector::{CreateError, Enterprise, Origin};
use engine::problem::{Explain as _, Problem};

/// Nobody said that people may be deactivated. `now` is whether everybody is still provisioned, or a restart is left over from before.
pub(super) fn narrows(now: bool) -> Problem {
    let why = if now {
        "The connector provisions everybody now, and the setup wants only those who are assigned: all others would be deactivated in \
         Databricks."
    } else {
        "The connector provisions only those who are assigned since an earlier run, and the restart that this takes is still due: with \
         it all others are deactivated in Databricks."
    };
    Problem::new(
        "Nothing was written.",
        why,
        "Look with --dry-run first. If that is meant, run it again with --narrow; else put \"scope\": {\"kind\":\"all\"} into the setup.",
    )
}

/// It is something else: no token must come there.
pub(super) fn foreign(enterprise: &Enterprise, origin: &Origin) -> Problem {
    Problem::new(
        format!("“{}” is no connector.", enterprise.display_name),
        format!(
            "That enterprise application was not made from “{}”, nor does it write to Databricks: it belongs to something else.",
            origin.name
        ),
        "Put another object id into the setup as connector.id, or leave it out to have a connector made.",
    )
}

/// There are applications of that name, and nothing says that this setup made one.
pub(super) fn taken(name: &str, found: Vec<Enterprise>) -> Problem {
    let [one] = found.as_slice() else { return CreateError::There(found).explain() };
    Problem::new(
        format!("There is already an enterprise application “{name}”."),
        "It is not on record that this setup made it, so it is not touched.",
        format!(
            "If it is the one to use, put its object id ({}) into the setup as connector.id; else take another connector.name.",
            one.object_id()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_that_is_left_over_is_not_told_as_a_narrowing_of_now() {
        assert!(narrows(true).why.starts_with("The connector provisions everybody now"));
        let left_over = narrows(false);
        assert!(left_over.why.contains("the restart that this takes is still due"), "{}", left_over.why);
        assert!(!left_over.why.contains("everybody"), "{}", left_over.why);
        assert!(left_over.remedy.contains("--narrow"));
    }
}
