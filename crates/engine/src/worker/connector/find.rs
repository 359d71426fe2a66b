//! Which connector: those that are there, and what a person says of the one to be.

use std::rc::Rc;

use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use super::super::{Told, Worker};
use super::whose::Unsaid;
use crate::entra::connector::{Completeness, Connector, Enterprise, FIELDS, every, origin};
use crate::entra::replication::{BUDGET, Gone};
use crate::env::{Env, Timestamp};
use crate::guide::connector::Found;
use crate::guide::connector::workspace::{ENDS, NAME, OWNER, PERSON, ends_soon, proposed_name};
use crate::problem::{Explain as _, Problem};
use crate::setup::{ConnectorFacts, Step};
use crate::sync::journal::Journal;

/// Graph takes 256 characters; portals show fewer.
const LONGEST: usize = 120;

/// A field, and what is wrong with it.
pub(super) type Wrong = (&'static str, String);

impl<E: Env, J: Journal> Worker<E, J> {
    /// Lists the connectors of the tenant.
    pub(super) async fn find_connectors(
        &self,
        work: &Work<'_, E>,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.connecting(Step::Workspace, "Looking for connectors", None, tell);
        let read = async {
            let origin = origin(&work.graph).await?;
            let list = every(&work.graph, &origin, self.facts().made_here()).await;
            Ok((origin, list))
        };
        let (origin, list) =
            work.control.unless_stopped(read).await.map_err(Gone::from)?.map_err(Gone::Failed)?;
        let id = self.facts().id;
        let listed = list.items.iter().any(|it| Some(it.enterprise.object_id()) == id);
        if !listed && list.broken.is_none() && self.is_gone(work).await? {
            let problem = self.let_go(tell);
            self.connector(|known| known.problem = Some(problem));
        }
        let broken = list.broken.map(|error| error.explain());
        self.connector(|known| known.found = Some(Found { origin, connectors: list.items, broken }));
        Ok(())
    }

    /// Whether somebody removed the connector on record. One that was made a moment ago may not show yet.
    pub(super) async fn is_gone(&self, work: &Work<'_, E>) -> Result<bool, Failure> {
        let ConnectorFacts { id: Some(id), sent, .. } = self.facts() else { return Ok(false) };
        if sent.and_then(|at| at.age(self.env.wall())).is_some_and(|age| age <= BUDGET) {
            return Ok(false);
        }
        let path = format!("/servicePrincipals/{id}?$select={FIELDS}");
        let looked = work.graph.get::<Enterprise>("look whether the connector is there", &path);
        match work.control.unless_stopped(looked).await.map_err(Gone::from)? {
            Ok(_) => Ok(false),
            Err(error) if error.status() == Some(404) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets a connector that is not there any more. Brings what to say of it.
    pub(super) fn let_go(&self, tell: &dyn Fn(Event)) -> Problem {
        let name = self.facts().name;
        self.connector(|known| {
            known.forget_connector();
            (known.test, known.passed) = (Vec::new(), false);
        });
        self.keep(tell, |facts| {
            (facts.id, facts.sent, facts.job, facts.job_sent) = (None, None, None, None);
            // With it went what it was about: another one is not restarted for it.
            facts.restart_due = false;
        });
        self.nothing_proved(tell);
        Problem::new(
            format!("The connector “{name}” is not there any more."),
            "Somebody removed its enterprise application. People and groups stay in Databricks as they are.",
            "Choose another one at the step “Databricks workspace”, or have a new one made by the test.",
        )
    }

    /// A connector that provisions the target by now.
    fn rival(&self) -> Option<String> {
        let held = self.held.borrow();
        let target = held.desk.page.as_ref()?.setup.target.as_ref()?;
        let all = &held.desk.connector.found.as_ref()?.connectors;
        let runs = |it: &&Connector| it.writes_to(target) && it.completeness() == Completeness::On;
        all.iter().find(runs).map(|it| it.enterprise.display_name.clone())
    }

    /// Takes what a person says of the connector.
    pub(super) async fn about(&self, values: &[(String, String)], tell: &dyn Fn(Event)) -> Told {
        let value = |id: &str| values.iter().find(|(key, _)| key == id).map_or("", |(_, value)| value.trim());
        // Address and token come with it, and may be others.
        self.forget_test(tell);
        self.nothing_wrong(Step::Workspace, tell);
        let mut wrong: Vec<Wrong> = Vec::new();
        let proposed = {
            let held = self.held.borrow();
            proposed_name(held.desk.page.as_ref().and_then(|page| page.setup.target.as_ref()))
        };
        let name = if value(NAME).is_empty() { proposed.as_str() } else { value(NAME) };
        if name.chars().count() > LONGEST {
            wrong.push((NAME, format!("Take at most {LONGEST} characters.")));
        }
        let facts = self.facts();
        let rival = self.rival().filter(|_| facts.id.is_none());
        if let Some(rival) = &rival {
            wrong.push((
                NAME,
                format!(
                    "“{rival}” provisions this target already, and a second one would work against it: use it, with its button above."
                ),
            ));
        }
        // One that is there is taken by pressing its button, which shows what it is.
        let taken = self.connector(|known| {
            known.found.iter().flat_map(|it| &it.connectors).any(|it| it.enterprise.display_name == name)
        });
        if taken && rival.is_none() && facts.id.is_none() && facts.sent.is_none() {
            wrong.push((
                NAME,
                "There is one of this name: use it, with its button above, or take another name.".to_owned(),
            ));
        }
        if facts.id.is_some() && !value(NAME).is_empty() && name != facts.name {
            let words = format!(
                "“{}” is chosen, and one that is there keeps its name: leave it so, or the field empty.",
                facts.name
            );
            wrong.push((NAME, words));
        }
        let ends = value(ENDS);
        // There is no 30th of February.
        let day = |at: Timestamp| at.rfc3339().starts_with(ends);
        if !ends.is_empty() && !Timestamp::parse(&format!("{ends}T00:00:00Z")).is_some_and(day) {
            wrong.push((ENDS, "Enter a day such as 2027-05-31, or leave it empty.".to_owned()));
        } else if !ends.is_empty() && self.env.wall().rfc3339().get(..10).is_some_and(|today| ends < today) {
            wrong.push((ENDS, "That day is over: a token that has ended is refused.".to_owned()));
        }
        // What is on record was said of the token before. Until it is said of this one, nobody knows whose it is, and nothing is written.
        if facts.owner.is_some() {
            self.keep(tell, |facts| facts.owner = None);
        }
        self.connector(|known| known.typed = values.to_vec());
        let connection = self.held.borrow().connection.clone();
        let owner = match self.whose(value(OWNER), value(PERSON), tell).await {
            Ok(owner) => owner,
            Err(Unsaid::Wrong(error)) => {
                wrong.push(error);
                None
            }
            Err(Unsaid::Stopped) => {
                let here = self.held.borrow().desk.last == Some(Step::Workspace);
                return Ok(if here { self.sheets(Step::Workspace) } else { Event::Superseded });
            }
        };
        // Meanwhile another connector may have been taken, or another token entered: this was said of neither.
        let now = (self.facts(), self.held.borrow().connection.clone());
        let same_token = match (&connection, &now.1) {
            (Some(then), Some(now)) => Rc::ptr_eq(then, now),
            (then, now) => then.is_none() && now.is_none(),
        };
        if !same_token || (&now.0.id, &now.0.name) != (&facts.id, &facts.name) {
            return Ok(Event::Superseded);
        }
        let good = wrong.is_empty();
        self.connector(|known| {
            known.wrong = wrong;
            known.typed = if good { Vec::new() } else { values.to_vec() };
        });
        if !good {
            return Ok(self.sheets(Step::Workspace));
        }
        // Without a token in memory it is about the one that the connector has. The field was drawn without its day, where that is near.
        let now = self.env.wall();
        let known = facts.token_ends.clone().filter(|day| connection.is_none() && ends_soon(day, now));
        let (name, ends) = (name.to_owned(), Some(ends.to_owned()).filter(|it| !it.is_empty()).or(known));
        let renamed = facts.id.is_none() && facts.name != name;
        self.keep(tell, |facts| {
            // One that is there keeps its name.
            if facts.id.is_none() {
                facts.name = name;
            }
            if renamed {
                // The request on record was for another name.
                facts.sent = None;
            }
            (facts.owner, facts.token_ends) = (owner, ends);
        });
        if connection.is_none() && facts.id.is_some_and(|id| self.connector(|known| known.is_told(&id))) {
            let proof = format!("“{}” keeps its token", self.facts().name);
            tell(Event::Proved { step: Step::Workspace, proof: Some(proof) });
        }
        Ok(Event::Go(Step::Test))
    }
}
