//! Who is provisioned first, for real, before anything starts: a person, or a group with a few of its members.

use super::{Compared, Writes};
use crate::entra::connector::guard::GroupFinding;
use crate::entra::ids::ObjectId;
use crate::setup::Picked;

/// Somebody or something that may prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Who.
    pub who: Picked,
    /// Some of its members, where it is a group.
    pub with: Option<Vec<Picked>>,
}

impl Compared {
    /// Who may prove it: those whom nothing speaks against, and the groups that can be assigned. The token's owner is none of them, and
    /// comes along with no group.
    #[must_use]
    pub fn proofs(&self) -> Vec<Proof> {
        let person =
            |it: &crate::entra::directory::Person| Picked { id: it.object_id(), name: it.label().to_owned() };
        let people = self.examined.samples.iter().map(|it| Proof { who: person(it), with: None });
        let comes = |it: &&GroupFinding| it.is_assignable() != Some(false);
        let groups = self.examined.groups.iter().filter(comes).map(|it| Proof {
            who: Picked { id: it.group.object_id(), name: it.group.label().to_owned() },
            with: Some(it.samples.iter().map(person).collect()),
        });
        people.chain(groups).collect()
    }

    /// Takes another one to prove it.
    pub fn prove_by(&mut self, id: &ObjectId) {
        let found = self.proofs().into_iter().find(|it| it.who.id == *id);
        if let Some(Proof { who, with }) = found.filter(|_| self.writes.start) {
            (self.writes.prove, self.writes.prove_with) = (Some(who), with);
        }
    }
}

impl Writes {
    /// The same, but nothing starts and nobody proves it: that can be done from the board then. None, where nothing would be left, or what
    /// is there already begins anew.
    #[must_use]
    pub fn without_start(&self) -> Option<Self> {
        let rest = Self { start: false, prove: None, prove_with: None, ..self.clone() };
        (self.start && !self.restart && !rest.is_empty()).then_some(rest)
    }
}
