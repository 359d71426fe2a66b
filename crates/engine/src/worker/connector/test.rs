//! The test: makes the enterprise application where there is none, and has Entra try address and token.

use super::super::Worker;
use super::super::failure::Failure;
use super::super::message::Event;
use super::super::work::Work;
use crate::entra::connector::{
    Completeness, Connector, CreateError, Credentials, Enterprise, Order, Origin, TestError, create, every,
    origin, read, template, validate,
};
use crate::entra::replication::{Gone, Waiting};
use crate::env::Env;
use crate::guide::connector::test::STAGES;
use crate::guide::connector::workspace::proposed_name;
use crate::guide::connector::{State, fresh};
use crate::problem::{Explain as _, Problem};
use crate::setup::Step;
use crate::sync::journal::Journal;

impl<E: Env, J: Journal> Worker<E, J> {
    /// Tests address and token, or what the connector was told.
    pub(super) async fn test_connector(
        &self,
        work: &Work<'_, E>,
        saved: bool,
        tell: &dyn Fn(Event),
    ) -> Result<(), Failure> {
        self.forget_test(tell);
        self.connector(|known| known.test = fresh(STAGES));
        self.stage(0, String::new(), tell);
        let from = work
            .control
            .unless_stopped(origin(&work.graph))
            .await
            .map_err(Gone::from)?
            .map_err(Gone::Failed)?;
        self.stage(1, from.name.clone(), tell);
        let says =
            |waiting: Waiting| self.connecting(Step::Test, "Waiting for the directory", Some(&waiting), tell);
        let enterprise = self.enterprise(work, &from, tell).await?;
        self.stage(2, format!("“{}”", enterprise.display_name), tell);
        let id = enterprise.object_id();
        let ready = |waiting: Waiting| {
            self.connecting(Step::Test, "Waiting for the provisioning service", Some(&waiting), tell);
        };
        let made_from = template(&work.graph, work.control, &ready, &id).await?;
        self.stage(3, format!("provisions with “{made_from}”"), tell);
        let connection = if saved { None } else { Some(self.connection()?) };
        let credentials = match &connection {
            Some(connection) => Credentials::Given(&connection.target, &connection.token),
            None => Credentials::Saved,
        };
        match validate(&work.graph, work.control, &says, (&id, &made_from), credentials).await {
            Ok(()) => {}
            Err(error @ TestError::Refused(_)) => return Err(error.explain().into()),
            Err(TestError::Gone(gone)) => return Err(gone.into()),
        }
        self.stage(
            STAGES.len(),
            "Entra asked for somebody who does not exist, and got the right answer".to_owned(),
            tell,
        );
        self.connector(|known| known.passed = true);
        let proof =
            if saved { "Saved credentials accepted" } else { "Credentials accepted by Entra’s test" };
        tell(Event::Proved { step: Step::Test, proof: Some(proof.to_owned()) });
        Ok(())
    }

    /// The stage before this one passed, with what was found; this one is under way.
    fn stage(&self, at: usize, says: String, tell: &dyn Fn(Event)) {
        self.connector(|known| {
            if let Some(before) = at.checked_sub(1).and_then(|it| known.test.get_mut(it)) {
                (before.state, before.says) = (State::Passed, says);
            }
            if let Some(now) = known.test.get_mut(at) {
                now.state = State::Running;
            }
        });
        let words = STAGES.get(at).copied().unwrap_or("Done");
        self.connecting(Step::Test, words, None, tell);
    }

    /// The connector's application: the one that is known, or one that is made.
    async fn enterprise(
        &self,
        work: &Work<'_, E>,
        from: &Origin,
        tell: &dyn Fn(Event),
    ) -> Result<Enterprise, Failure> {
        let says = |waiting: Waiting| {
            self.connecting(Step::Test, "Waiting for the enterprise application", Some(&waiting), tell);
        };
        let facts = self.facts();
        if let Some(id) = &facts.id {
            return match read(&work.graph, work.control, &says, id).await {
                Ok(enterprise) => {
                    self.is_ours(work, from, &enterprise).await?;
                    Ok(enterprise)
                }
                Err(Gone::TimeUp(Some(error)))
                    if error.status() == Some(404) && self.is_gone(work).await? =>
                {
                    Err(self.let_go(tell).into())
                }
                Err(gone) => Err(gone.into()),
            };
        }
        if let (None, Some(target)) = (facts.sent, &work.page.setup.target) {
            let all = work
                .control
                .unless_stopped(every(&work.graph, from, facts.made_here()))
                .await
                .map_err(Gone::from)?;
            // What could not be read is told by the review, which stops for it.
            let runs = |it: &&Connector| it.writes_to(target) && it.completeness() == Completeness::On;
            if let Some(rival) = all.items.iter().find(runs) {
                return Err(Problem::new(
                    "No connector was made.",
                    format!(
                        "“{}” provisions this target already, and a second one would work against it.",
                        rival.enterprise.display_name
                    ),
                    "Use it, at the step before; or pause it first, where another one shall take its place.",
                )
                .into());
            }
        }
        let proposed = proposed_name(work.page.setup.target.as_ref());
        let name = if facts.name.is_empty() { proposed } else { facts.name };
        let order = Order { origin: from, name: &name, sent: facts.sent };
        let record = async |at| {
            self.keep_first(work.control, tell, |facts| (facts.name, facts.sent) = (name.clone(), at)).await
        };
        let made =
            create(&work.graph, work.control, &says, &order, record).await.map_err(|error| match error {
                CreateError::Gone(gone) => Failure::Gone(gone),
                CreateError::There(found) => Problem::new(
                    format!("There is already an enterprise application “{name}”."),
                    match found.len() {
                        1 => "Somebody made it, or an earlier visit did.".to_owned(),
                        many => {
                            format!("There are {many}, and which one is meant cannot be told from the name.")
                        }
                    },
                    "Go back one step, look for connectors, and use it or take another name.",
                )
                .into(),
                CreateError::NotRecorded(problem) => problem.into(),
            })?;
        let id = made.object_id();
        self.keep(tell, |facts| facts.id = Some(id.clone()));
        Ok(read(&work.graph, work.control, &says, &id).await?)
    }
}
