//! Taking assignments away, which were listed and asked for twice.

use super::super::super::Worker;
use super::super::super::action::Risky;
use super::super::super::failure::Failure;
use super::super::super::message::Event;
use super::super::super::work::Work;
use super::{KEEPS, OLD};
use crate::entra::connector::assignment::{Change, Reached, left_over, take_away};
use crate::entra::connector::guard::{Standing, standing};
use crate::entra::connector::set_up::OWNER_STAYS;
use crate::entra::connector::wire::Enterprise;
use crate::entra::replication::Gone;
use crate::env::Env;
use crate::problem::Problem;
use crate::setup::{Step, TokenOwner};
use crate::sync::journal::Journal;

const OTHERS: &str = "What would be taken away is not what is shown any more.";

impl<E: Env, J: Journal> Worker<E, J> {
    /// Takes these away, by their ids.
    pub(in crate::worker::connector) async fn take_away(
        &self,
        work: &Work<'_, E>,
        ids: &[String],
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        let now = self.env.monotonic();
        self.was_asked(&Risky::TakeAway(ids.to_vec()))?;
        let compared = self.connector(|known| {
            let it = known.compared.as_ref()?;
            let old = now.saturating_sub(known.compared_at) > KEEPS;
            let why = if old { Some(OLD) } else { it.keeps_assignments() };
            Some((it.connector.enterprise.clone(), it.assigned.clone(), it.connector.kept.everybody(), why))
        });
        let Some((enterprise, assigned, everybody, why)) = compared else { return Ok(()) };
        let shown = ids.iter().all(|id| assigned.iter().any(|it| it.id == *id));
        let why = why.or_else(|| (!shown).then_some(OTHERS));
        let why = match why {
            None => self.owner_stays(work, &enterprise, everybody).await?,
            why => why,
        };
        if let Some(why) = why {
            let remedy = match why {
                OLD | OTHERS => "Look at the changes again, then go on.",
                OWNER_STAYS => {
                    "First enter the token of a service principal, test it and write it. Then take assignments away."
                }
                _ => {
                    "Look at the changes again, and say whose token it is at the step “Databricks workspace”, where that was not done."
                }
            };
            return Err(Problem::new("Nothing was taken away.", why, remedy).into());
        }
        let reached = |at: Reached| {
            let words = format!("Taking assignments away: {} of {}", at.done, at.of);
            self.connecting(Step::Review, &words, at.waiting.as_ref(), tell);
        };
        let taken = take_away(&work.graph, work.control, &reached, &enterprise, ids).await?;
        let name = |id: &String| {
            assigned.iter().find(|it| it.id == *id).map_or_else(|| id.clone(), |it| it.name.clone())
        };
        let problem = left_over(Change::TakeAway, &taken, name);
        self.connector(|known| known.problem = problem);
        // Others went through: what is there now is another list.
        self.compare(work, tell).await
    }

    /// Whether the token's owner has come among those who are assigned since that was read.
    async fn owner_stays(
        &self,
        work: &Work<'_, E>,
        enterprise: &Enterprise,
        everybody: bool,
    ) -> Result<Option<&'static str>, Failure> {
        let Some(TokenOwner::Person(owner)) = self.facts().owner else { return Ok(None) };
        let stands = standing(&work.graph, enterprise, everybody, &owner.id, &[]);
        match work.control.unless_stopped(stands).await.map_err(Gone::from)? {
            Standing::Outside => Ok(None),
            Standing::Unknown(error) => Err(Gone::Failed(error).into()),
            Standing::Everybody | Standing::Assigned | Standing::Member(_) => Ok(Some(OWNER_STAYS)),
        }
    }
}
