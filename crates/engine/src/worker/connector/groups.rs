//! More groups for the choice; or the people of groups in their place, where the tenant's licence does not let groups be assigned.

use std::cell::Cell;

use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use super::super::{Told, Worker};
use super::inquiry::add;
use crate::entra::directory::{self, Member};
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::guide::connector::Known;
use crate::setup::{Picked, Scope, Step};
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Chooses these groups too.
    pub(super) fn add(&self, more: &[Picked]) -> Event {
        let (mut groups, people) = match self.chosen() {
            Some(Scope::Chosen { groups, people }) => (groups, people),
            Some(Scope::All) | None => (Vec::new(), Vec::new()),
        };
        for group in more {
            if !groups.iter().any(|known| known.id == group.id) {
                groups.push(group.clone());
            }
        }
        self.connector(Known::forget_choice);
        Event::Choose(Scope::Chosen { groups, people })
    }

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
        self.connector(Known::forget_choice);
        Ok(Event::Choose(scope))
    }

    async fn in_place_of(
        &self,
        work: &Work<'_, E>,
        groups: &[Picked],
        step: Step,
        tell: &dyn Fn(Event),
    ) -> Result<Option<Scope>, Failure> {
        let owner = self.token_owner();
        let mut read = Vec::new();
        for (at, picked) in groups.iter().enumerate() {
            let words = format!("Reading the members of groups: {} of {}", at + 1, groups.len());
            self.connecting(step, &words, None, tell);
            let members = async {
                let group = directory::group(&work.graph, &picked.id).await?;
                let members = directory::members(&work.graph, &group).await;
                members.broken.map_or(Ok(members.items), Err)
            };
            let members = work.control.unless_stopped(members).await.map_err(Gone::from)?;
            read.push((&picked.id, members.map_err(Gone::Failed)?));
        }
        // Meanwhile somebody may have chosen otherwise: that stays, and a group that is chosen no more brings nobody.
        let Some(Scope::Chosen { groups: mut left, mut people }) = self.chosen() else { return Ok(None) };
        let before = left.len();
        for (id, members) in read {
            if !left.iter().any(|it| it.id == *id) {
                continue;
            }
            left.retain(|it| it.id != *id);
            for member in members {
                // Who is disabled is not provisioned, and the token's owner must not be.
                if let Member::Person(person) = member
                    && person.account_enabled != Some(false)
                    && owner.as_ref().is_none_or(|owner| owner.id != person.object_id())
                {
                    add(&mut people, person.object_id(), person.label());
                }
            }
        }
        Ok((left.len() < before).then_some(Scope::Chosen { groups: left, people }))
    }

    /// What is chosen by now: reading takes a while.
    pub(super) fn chosen(&self) -> Option<Scope> {
        self.held.borrow().desk.page.as_ref().and_then(|page| page.setup.scope.clone())
    }
}
