//! The people of groups in their place, where the tenant's licence does not let groups be assigned.

use std::cell::Cell;

use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use super::super::{Told, Worker};
use super::inquiry::add;
use crate::entra::directory::{self, Member};
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::setup::{Picked, Scope, Step};
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Chooses the people of these groups, and the groups no more.
    pub(super) async fn people_of(&self, groups: &[Picked], step: Step, tell: &dyn Fn(Event)) -> Told {
        let chosen = Cell::new(None);
        let shown = self
            .connected(step, true, tell, async |work| {
                chosen.set(self.in_place_of(work, groups, step, tell).await?);
                Ok(())
            })
            .await?;
        let Some(scope) = chosen.take() else { return Ok(shown) };
        tell(shown);
        self.connector(crate::guide::connector::Known::forget_choice);
        Ok(Event::Choose(scope))
    }

    async fn in_place_of(
        &self,
        work: &Work<'_, E>,
        groups: &[Picked],
        step: Step,
        tell: &dyn Fn(Event),
    ) -> Result<Option<Scope>, Failure> {
        let Some(Scope::Chosen { groups: mut left, mut people }) = work.page.setup.scope.clone() else {
            return Ok(None);
        };
        let owner = self.token_owner();
        for (at, picked) in groups.iter().enumerate() {
            let words = format!("Reading the members of groups: {} of {}", at + 1, groups.len());
            self.connecting(step, &words, None, tell);
            let read = async {
                let group = directory::group(&work.graph, &picked.id).await?;
                let members = directory::members(&work.graph, &group).await;
                members.broken.map_or(Ok(members.items), Err)
            };
            let members = work.control.unless_stopped(read).await.map_err(Gone::from)?;
            for member in members.map_err(Gone::Failed)? {
                // Who is disabled is not provisioned, and the token's owner must not be.
                if let Member::Person(person) = member
                    && person.account_enabled != Some(false)
                    && owner.as_ref().is_none_or(|owner| owner.id != person.object_id())
                {
                    add(&mut people, person.object_id(), person.label());
                }
            }
            left.retain(|it| it.id != picked.id);
        }
        Ok(Some(Scope::Chosen { groups: left, people }))
    }
}
