//! Variables of the environment, and what to say of them.

use engine::entra::ids::Guid;
use engine::problem::Problem;
use engine::secret::Secret;

/// A variable that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The same for one that holds a secret, which is kept as one from here on.
pub(super) fn secret(name: &str) -> Option<Secret> {
    std::env::var(name).ok().map(Secret::new).filter(|value| !value.expose().trim().is_empty())
}

pub(super) fn guid(name: &str, text: &str) -> Result<Guid, Problem> {
    Guid::parse(text).map_err(|error| {
        Problem::new(format!("{name} cannot be used."), error.message("value"), "Correct it, then try again.")
    })
}

pub(super) fn missing(name: &str, what: &str) -> Problem {
    Problem::new(
        format!("{name} is not set."),
        format!("It should hold {what}."),
        format!("Set {name}, then try again."),
    )
}

pub(super) fn missing_secret(name: &str, what: &str) -> Problem {
    let problem = missing(name, what);
    let why = format!(
        "{} Secrets are taken from the environment only, so that no list of processes shows them.",
        problem.why
    );
    Problem { why, ..problem }
}

pub(super) fn disagree(name: &str, what: &str) -> Problem {
    Problem::new(
        format!("{name} and the setup disagree."),
        format!("They name a different {what} each, and a token or a plan must not go to the wrong one."),
        format!("Unset {name}, or use the setup that belongs to it."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_a_secret_is_called_one_where_it_is_missing() {
        let plain = missing("DATABRICKS_HOST", "the address of the workspace");
        assert_eq!(plain.why, "It should hold the address of the workspace.");
        let secret = missing_secret("DATABRICKS_TOKEN", "the token for Databricks");
        assert!(
            secret.why.starts_with("It should hold the token for Databricks. Secrets are"),
            "{}",
            secret.why
        );
    }
}
