//! What is looked at before anybody is assigned: whom Entra would miss, who comes in another way than one thinks, and whether the person
//! whose token is used is among them.
//!
//! What could not be read is unknown, never absent.

mod examine;
mod people;
mod standing;

pub use examine::{Reading, examine};
pub use people::PeopleFinding;
pub use standing::{Standing, may_be_a_persons, standing};

use std::collections::BTreeMap;

use crate::entra::connector::kind::Kind;
use crate::entra::directory::Group;
use crate::entra::directory::Person;
use crate::entra::graph::GraphError;
use crate::problem::Problem;
use crate::setup::Picked;

/// So many names are kept of each kind; the count is of all.
pub const NAMES: usize = 20;

/// So many are kept of those who would be missed: they are to be known exactly, and a page still draws them.
pub const MISSED: usize = 1_000;

/// Some names, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// All of them.
    pub count: usize,
    /// The first of them: [`NAMES`], or [`MISSED`] of those who would be missed.
    pub names: Vec<String>,
}

impl Named {
    fn add(&mut self, name: &str) {
        self.add_up_to(name, NAMES);
    }

    fn add_up_to(&mut self, name: &str, most: usize) {
        self.count += 1;
        if self.names.len() < most {
            self.names.push(name.to_owned());
        }
    }
}

/// What was found out about a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// Each group that was picked and could be read. Empty where everybody is in scope.
    pub groups: Vec<GroupFinding>,
    /// Everybody who would be provisioned.
    pub people: PeopleFinding,
    /// A few of them whom nothing speaks against, to try the mapping on: enabled members with a mail address, by name, and not the token's
    /// owner.
    pub samples: Vec<Person>,
    /// Where the token's owner stands.
    pub owner: Owner,
    /// How many there are of everything.
    pub totals: Totals,
    /// What could not be read, or not to its end.
    pub unread: Vec<GraphError>,
    /// Each that was picked and read, as the directory calls it: people with their user names. A choice may come with a file, and a file may
    /// call anybody anything.
    pub named: Vec<Picked>,
    /// Each that was picked and could not be read, under the name that it was picked by.
    pub lost: Vec<Lost>,
}

/// One that was picked and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// What it was picked as.
    pub kind: Kind,
    /// Who.
    pub picked: Picked,
    /// Why.
    pub error: GraphError,
}

/// What was found out about a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFinding {
    /// The group.
    pub group: Group,
    /// How many people are in it directly: those are provisioned with it.
    pub people: usize,
    /// A few of them whom nothing speaks against, as [`Examined::samples`].
    pub samples: Vec<Person>,
    /// What the groups in it hold. Entra does not read those (`how-provisioning-works`).
    pub nested: Option<Nested>,
    /// Service principals, devices and others in it, by their kind. They are not provisioned.
    pub others: BTreeMap<String, usize>,
    /// Whether its members were read to the end.
    pub complete: bool,
}

impl GroupFinding {
    /// Whether it can be assigned: only security groups can. None when that was not read.
    #[must_use]
    pub const fn is_assignable(&self) -> Option<bool> {
        self.group.security_enabled
    }
}

/// What Entra does not read of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nested {
    /// The groups in it, however deep, that are not picked themselves. Assigned too, their people come.
    pub inner: Vec<Group>,
    /// Who would not come at all. People who are disabled are not among them: they would not come anyway.
    pub missed: Named,
    /// How many come by another way, but not as members of this group.
    pub elsewhere: usize,
    /// Whether all of this was read to the end: then it is exact.
    pub complete: bool,
}

/// How many are in scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// People, each once.
    pub people: usize,
    /// How many of them are picked themselves.
    pub picked: usize,
    /// Groups.
    pub groups: usize,
    /// Who is in which group; none where everybody is in scope, since that takes reading every group.
    pub memberships: Option<usize>,
    /// Whether they were read to the end.
    pub complete: bool,
}

impl Totals {
    /// What the length of a first cycle goes by: people assigned, groups, and members of the groups
    /// (`application-provisioning-when-will-provisioning-finish-specific-user`). At least so many, where something was not read.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.groups + self.memberships.map_or(self.people, |memberships| self.picked + memberships)
    }

    /// Whether that is all of them.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.complete && self.memberships.is_some()
    }
}

/// Where the person stands whose token Entra is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody said whose token it is.
    NotTold,
    /// Not in scope: all of it was read.
    Outside,
    /// In scope, because everybody is.
    Everybody,
    /// Picked themselves.
    Picked,
    /// In the group of this name.
    Member {
        /// The group that was picked.
        group: String,
        /// Whether only through a group in it. Entra does not read those, but whoever assigns the inner group too would assign them.
        nested: bool,
    },
    /// Not found, but not everything could be read.
    Unknown,
}

impl Owner {
    /// Whether nothing may be assigned like this.
    #[must_use]
    pub const fn is_stop(&self) -> bool {
        matches!(self, Self::Everybody | Self::Picked | Self::Member { .. })
    }

    /// What is wrong, if something is. Also what is not known: nobody may take it for a no.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let (how, remedy) = match self {
            Self::NotTold | Self::Outside => return None,
            Self::Unknown => {
                return Some(Problem::new(
                    "It is not known whether the person whose token is used would be provisioned.",
                    "Not all that was picked could be read. Were that person managed by this connector, it could deactivate them, \
                     and with them the token that it works with.",
                    "Read again. If it fails again, make sure of it by hand, or use the token of a service principal.",
                ));
            }
            Self::Everybody => {
                ("everybody is in scope".to_owned(), "Provision only assigned people and groups")
            }
            Self::Picked => ("they are picked themselves".to_owned(), "Take them out of the selection"),
            Self::Member { group, nested: false } => (
                format!("they are in the group \"{group}\""),
                "Take them out of that group, or that group out of the selection",
            ),
            Self::Member { group, nested: true } => (
                format!("they are in a group within \"{group}\""),
                "Take them out of the inner group, or leave the outer one out of the selection",
            ),
        };
        Some(Problem::new(
            format!("The person whose token is used must not be provisioned by this connector, but {how}."),
            "Once Entra manages that person, it deactivates them in Databricks when they leave the scope or are disabled. Their \
             token ends with that, and so does all provisioning.",
            format!(
                "{remedy}; or use the token of a service principal or of an administrator who is not in scope. Where the connector has \
                 provisioned them before, change the token first: whoever leaves the scope is deactivated."
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_the_token_stops_everything_and_unknown_is_no_no() {
        let member = |nested| Owner::Member { group: "Analysts".to_owned(), nested };
        for stop in [Owner::Everybody, Owner::Picked, member(false), member(true)] {
            assert!(stop.is_stop() && stop.problem().is_some(), "{stop:?}");
        }
        assert!(!Owner::Unknown.is_stop() && Owner::Unknown.problem().is_some());
        assert_eq!([Owner::Outside.problem(), Owner::NotTold.problem()], [None, None]);
        let what = member(true).problem().unwrap().what;
        assert_eq!(
            what,
            "The person whose token is used must not be provisioned by this connector, but they are in a group within \"Analysts\"."
        );
    }

    #[test]
    fn names_are_few_and_counts_are_of_all() {
        let mut named = Named::default();
        (0..50).for_each(|number| named.add(&number.to_string()));
        assert_eq!((named.count, named.names.len(), named.names.last().unwrap().as_str()), (50, 20, "19"));
    }

    #[test]
    fn the_length_goes_by_people_groups_and_members() {
        let totals = Totals { people: 7, picked: 2, groups: 3, memberships: Some(10), complete: true };
        assert_eq!((totals.objects(), totals.is_exact()), (15, true));
        let everybody = Totals { picked: 0, memberships: None, ..totals };
        assert_eq!((everybody.objects(), everybody.is_exact()), (10, false));
    }
}
