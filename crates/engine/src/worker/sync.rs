//! The sync itself: target, test, plan, apply, files.

use std::cell::RefCell;
use std::rc::Rc;

use super::message::{Event, File};
use super::{Held, Told, Worker};
use crate::databricks::connection::test;
use crate::databricks::scim::Scim;
use crate::databricks::target::Target;
use crate::databricks::{Connection, Route};
use crate::entra::ids::TenantId;
use crate::env::Env;
use crate::guide;
use crate::problem::{Explain as _, Problem};
use crate::secret::Secret;
use crate::setup::Scope;
use crate::stop::Control;
use crate::sync::apply::apply;
use crate::sync::journal::Journal;
use crate::sync::plan::{Plan, PlanHash};
use crate::sync::report::Ending;
use crate::sync::verify::verify;
use crate::sync::{Order, PrepareError, prepare};

impl<E: Env, J: Journal> Worker<E, J> {
    pub(super) fn connect(
        &self,
        target: &str,
        extra: &[String],
        relay: String,
        token: Option<Secret>,
    ) -> Told {
        self.refuse_while_applying()?;
        let target = Target::parse(target, extra).map_err(|error| {
            Problem::new("The target cannot be used.", error.to_string(), "Enter its address again.")
        })?;
        let token = token.ok_or_else(|| {
            Problem::new(
                "There is no token for the target.",
                "It was not handed over with the address.",
                "Enter it again.",
            )
        })?;
        // What is under way is about the target before.
        self.renew(|held| &mut held.testing);
        self.renew(|held| &mut held.planning);
        let mut held = self.held.borrow_mut();
        held.plan = None;
        held.report = None;
        held.connection = Some(Rc::new(Connection { target, token, route: Route::Relay { base: relay } }));
        Ok(Event::Done)
    }

    pub(super) async fn test(&self, tell: &dyn Fn(Event)) -> Told {
        let connection = self.connection()?;
        let control = self.renew(|held| &mut held.testing);
        let report = |stage: &_| tell(Event::Stage(Clone::clone(stage)));
        let tested = control.unless_stopped(test(&self.env, &connection, &control, report)).await;
        Ok(tested.map_or(Event::Superseded, Event::Tested))
    }

    pub(super) async fn plan(&self, tenant: &TenantId, scope: &Scope, tell: &dyn Fn(Event)) -> Told {
        self.refuse_while_applying()?;
        let (signed_in, connection) = (self.signed_in()?, self.connection()?);
        if signed_in.session.account.tenant != *tenant {
            return Err(Problem::new(
                "The plan would be made for another tenant.",
                format!(
                    "The setup names the tenant {tenant}, and {} is signed in to {}.",
                    signed_in.session.account.username, signed_in.session.account.tenant
                ),
                "Sign in at the step “Register the application”, to the tenant of the setup.",
            ));
        }
        let control = self.renew(|held| &mut held.planning);
        self.held.borrow_mut().plan = None;
        let graph = self.graph(&signed_in);
        let scim = Scim::new(&self.env, &connection, control.clone());
        let order = Order { tenant, scope, administrator: Some(&signed_in.session.account.id) };
        let progress = |progress| tell(Event::Reading(progress));
        let Ok(made) = control.unless_stopped(prepare(&graph, &scim, &order, progress)).await else {
            return Ok(Event::Superseded);
        };
        let plan = made.map_err(|error| {
            if let PrepareError::Directory(error) = &error {
                self.ended(&signed_in, error, tell);
            }
            error.explain()
        })?;
        let overview = plan.overview();
        self.held.borrow_mut().plan = Some(Rc::new(plan));
        let glance = guide::lines::glance(&overview).draw();
        Ok(Event::Planned { plan: overview, glance })
    }

    pub(super) async fn apply(&self, approved: &PlanHash, tell: &dyn Fn(Event)) -> Told {
        self.refuse_while_applying()?;
        let (plan, connection) = (self.made_plan()?, self.connection()?);
        let control = Control::default();
        {
            let mut held = self.held.borrow_mut();
            held.applying = Some(control.clone());
            held.report = None;
        }
        let _over = Over(&self.held);
        let scim = Scim::new(&self.env, &connection, control.clone());
        let progress = |progress| tell(Event::Applying(progress));
        let mut report = apply(&scim, &plan, approved, &self.journal, &control, progress).await;
        let mut unread = None;
        if report.ending == Ending::Complete {
            tell(Event::Verifying);
            match verify(&scim, &plan, &report, &control).await {
                Ok(found) => report.verification = Some(found),
                Err(error) => unread = Some(error.explain()),
            }
        }
        let overview = report.overview(unread);
        self.held.borrow_mut().report = Some(Rc::new(report));
        Ok(Event::Applied {
            summary: overview.summary.clone(),
            complete: overview.is_complete(),
            open: overview.counts.open > 0,
            outcome: guide::outcome::sheet(&overview).draw(),
        })
    }

    pub(super) fn write(&self, file: File) -> Told {
        let report = || {
            self.held.borrow().report.clone().ok_or_else(|| {
                Problem::new("There is no report.", "Nothing was applied yet.", "Apply a plan first.")
            })
        };
        Ok(Event::Written(match file {
            File::Plan => self.made_plan()?.to_file(),
            File::Report => report()?.to_json(),
            File::Table => report()?.to_csv(),
        }))
    }

    pub(super) fn connection(&self) -> Result<Rc<Connection>, Problem> {
        self.held.borrow().connection.clone().ok_or_else(|| {
            Problem::new(
                "There is no target yet.",
                "Neither its address nor its token is known.",
                "Enter both at the step “Databricks workspace”.",
            )
        })
    }

    pub(super) fn made_plan(&self) -> Result<Rc<Plan>, Problem> {
        self.held.borrow().plan.clone().ok_or_else(|| {
            Problem::new(
                "There is no plan.",
                "None was made, or the target is another one since.",
                "Make the plan again.",
            )
        })
    }

    /// Ends the work of a kind that is under way and gives a handle for what comes next.
    pub(super) fn refuse_while_applying(&self) -> Result<(), Problem> {
        match self.held.borrow().applying {
            None => Ok(()),
            Some(_) => Err(Problem::new(
                "Changes are being applied.",
                "Until that has ended, the target and the plan stay as they are.",
                "Wait for the end, or stop it at the step “Synchronise”.",
            )),
        }
    }
}

/// Notes that the applying is over, however it ends.
struct Over<'o>(&'o RefCell<Held>);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().applying = None;
    }
}
