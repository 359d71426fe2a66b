//! Whether the person whose token is used is provisioned by the connector: what the board knows of it, and for how long.

use std::time::Duration;

use super::super::{button, buttons};
use super::asked::NotAsked;
use crate::problem::Problem;
use crate::setup::{Step, TokenOwner};
use crate::sheet::{Block, Tone};
use crate::worker::action::Action;

/// What Databricks says of whose token was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenOf {
    /// A service principal's, by its application id.
    Principal(String),
    /// A person's of the tenant, by their name there.
    Person(String),
    /// Somebody's whom the tenant does not show under this user name.
    Outside(String),
    /// An account is not asked: only a workspace tells whose a token is.
    Account,
    /// It was not asked.
    NotAsked(NotAsked),
    /// It was asked, and did not answer so that it helps.
    Failed(Problem),
}

impl TokenOf {
    /// What the test says of it, beside what a person said.
    pub(super) fn note(&self, said: Option<&TokenOwner>) -> Block {
        match self {
            Self::Principal(id) => Block::note(
                Tone::Good,
                "The token is a service principal’s",
                format!("Databricks says so: its application ID is {id}. Nobody’s leaving ends it."),
            ),
            Self::Person(name) => Block::note(
                Tone::Warn,
                format!("The token is that of {name}"),
                "Databricks says so. They must not be provisioned by this connector; before anything is written that is looked at. Better is the \
                 token of a service principal.",
            ),
            Self::Outside(name) => {
                let said = match said {
                    Some(TokenOwner::Person(it)) => format!(
                        "You said that it is {}: they must not be provisioned by this connector. If that is somebody else, say so at the step \
                         before.",
                        it.name
                    ),
                    Some(TokenOwner::NoPerson) => {
                        "You said that it is nobody of Entra. If they are, under another name by now, say so at the step before.".to_owned()
                    }
                    None => "It was not said who that is: say it at the step before.".to_owned(),
                };
                Block::note(
                    Tone::Warn,
                    format!("The token is that of {name}"),
                    format!("Databricks says so, and this tenant shows nobody of that user name. {said}"),
                )
            }
            Self::Account => Block::text(
                "The account’s own SCIM token belongs to nobody. Databricks tells whose a token is at workspaces only, so that it was not \
                 asked.",
            ),
            Self::NotAsked(why) => {
                let Problem { why, .. } = why.explain();
                Block::text(format!(
                    "Databricks was not asked whose token it is: what you said of it holds. {why}"
                ))
            }
            Self::Failed(problem) => {
                let what = "Databricks was asked whose token it is, and that is not known: what you said of it holds.";
                Block::Problem(Tone::Warn, Problem { what: what.to_owned(), ..problem.clone() })
            }
        }
    }
}

/// What is known of the token's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerState {
    /// Nothing speaks against it.
    Fine,
    /// Nobody said whose token it is, and it may be a person's.
    NotSaid,
    /// They are provisioned: how, and what to do.
    Within(String),
    /// It could not be read. It may be either.
    Unknown(Problem),
}

/// What was seen of the token's owner at the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerSeen {
    /// Whose token it was said to be.
    pub of: Option<TokenOwner>,
    /// What it was.
    pub state: OwnerState,
    /// When it was read, by the clock that only goes forward.
    pub at: Duration,
}

impl OwnerSeen {
    /// Whether it is to be read again: another owner was named, or it was a while ago. Memberships change rarely, so that what is fine is not asked for at every look; what is not is,
    /// so that the warning goes when its cause has gone.
    #[must_use]
    pub fn is_old(&self, of: Option<&TokenOwner>, now: Duration) -> bool {
        let lasts = match self.state {
            OwnerState::Fine | OwnerState::NotSaid => 300,
            OwnerState::Within(_) | OwnerState::Unknown(_) => 60,
        };
        self.of.as_ref() != of || now.as_secs().saturating_sub(self.at.as_secs()) >= lasts
    }

    /// What the board says of it; nothing, when it is fine.
    pub(super) fn note(&self) -> Vec<Block> {
        match &self.state {
            OwnerState::Fine => Vec::new(),
            OwnerState::NotSaid => vec![
                Block::note(
                    Tone::Warn,
                    "Whose token it uses was not said",
                    "A person whose token the connector uses must not be provisioned by it: when they are deactivated or leave the scope, \
                     provisioning stops. Whether they are cannot be looked at before it is said whose it is.",
                ),
                buttons(vec![button("Say whose token it is", false, &Action::Go(Step::Workspace))]),
            ],
            OwnerState::Within(why) => {
                vec![Block::note(Tone::Bad, "The token’s owner is provisioned by it", why)]
            }
            OwnerState::Unknown(problem) => {
                let what = "Whether the token’s owner is provisioned by it is not known.".to_owned();
                vec![Block::Problem(Tone::Warn, Problem { what, ..problem.clone() })]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fine_is_looked_at_again_and_what_is_not_sooner() {
        let old = |state: &OwnerState, seconds: u64| {
            let seen = OwnerSeen { of: None, state: state.clone(), at: Duration::from_secs(1_000) };
            let now = Duration::from_secs(1_000 + seconds);
            assert!(seen.is_old(Some(&TokenOwner::NoPerson), now));
            seen.is_old(None, now)
        };
        let within = OwnerState::Within("Uma is assigned.".to_owned());
        let unknown = OwnerState::Unknown(Problem::new("a", "b", "c"));
        let at = [59, 60, 299, 300];
        assert_eq!(at.map(|at| old(&OwnerState::Fine, at)), [false, false, false, true]);
        assert_eq!(at.map(|at| old(&within, at)), [false, true, true, true]);
        assert_eq!(at.map(|at| old(&unknown, at)), [false, true, true, true]);
    }
}
