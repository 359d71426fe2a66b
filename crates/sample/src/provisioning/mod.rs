//! Entra's provisioning service: jobs that copy people and groups from the directory into a SCIM store, cycle by cycle. Nothing here
//! runs by itself: what was due is done when the next request tells the time.

pub(crate) mod control;
pub(crate) mod credentials;
mod cycle;
mod export;
mod expression;
mod job;
mod log;
mod mapping;
mod members;
mod object;
mod on_demand;
mod outcome;
mod quarantine;
mod restart;
pub(crate) mod schema;
mod scope;
mod scoping;
mod secrets;
mod source;
mod target;
pub(crate) mod templates;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::Options;
use crate::bucket::Bucket;
use crate::clock;
use crate::directory::Directory;
use crate::facts::Facts;
use crate::random::Random;
use crate::registry::{Key, Registry};
use crate::scim::Databricks;

pub(crate) use job::Job;
pub(crate) use log::Log;
pub(crate) use on_demand::{Asked, provision};
pub(crate) use restart::Scopes;
pub(crate) use scoping::operators;
pub(crate) use secrets::Secrets;

/// Everything that the service works on and with, as it is at the moment.
pub(crate) struct Tenant<'a> {
    pub(crate) options: &'a Options,
    pub(crate) facts: &'a Facts,
    pub(crate) directory: &'a Directory,
    pub(crate) registry: &'a Registry,
    pub(crate) databricks: &'a mut Databricks,
}

/// What is set up on one service principal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connector {
    pub(crate) secrets: Secrets,
    /// What readers still see, and until when.
    pub(crate) before: Option<(Secrets, Duration)>,
    pub(crate) jobs: Vec<Job>,
}

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Provisioning {
    /// By the object id of the service principal.
    connectors: BTreeMap<String, Connector>,
    log: Log,
    random: Random,
    /// On-demand provisioning takes five requests in ten seconds (`synchronizationjob-provisionondemand`).
    pub(crate) on_demand: Bucket,
    /// Reports take five requests in ten seconds (Graph's `throttling-limits`).
    pub(crate) reports: Bucket,
    /// How far the clocks of this service and of Databricks are ahead of everybody's: waiting that somebody skipped.
    ahead: Duration,
}

impl Provisioning {
    pub(crate) const fn new(seed: u64) -> Self {
        let period = Duration::from_secs(10);
        Self {
            connectors: BTreeMap::new(),
            log: Log::new(),
            // A sequence of its own, so that what a seed has always made stays what it was.
            random: Random::new(seed ^ 0x7072_6f76_6973_696f),
            on_demand: Bucket::new(5, period),
            reports: Bucket::new(5, period),
            ahead: Duration::ZERO,
        }
    }

    /// The service's own time.
    pub(crate) fn time(&self, now: Duration) -> Duration {
        now + self.ahead
    }

    pub(crate) const fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    pub(crate) const fn log(&self) -> &Log {
        &self.log
    }

    pub(crate) const fn ahead(&self) -> Duration {
        self.ahead
    }

    /// What is set up on a service principal.
    pub(crate) fn connector(&self, principal: &str) -> Option<&Connector> {
        self.connectors.get(principal)
    }

    /// What is set up on a service principal, to change it.
    pub(crate) fn connector_mut(&mut self, principal: &str) -> &mut Connector {
        self.connectors.entry(principal.to_owned()).or_default()
    }

    /// One job of a service principal, whatever the case of its id.
    pub(crate) fn job(&self, principal: &str, id: &str) -> Option<&Job> {
        self.connectors.get(principal)?.jobs.iter().find(|it| it.id.eq_ignore_ascii_case(id))
    }

    /// One job of a service principal, to change it.
    pub(crate) fn job_mut(&mut self, principal: &str, id: &str) -> Option<&mut Job> {
        self.connectors.get_mut(principal)?.jobs.iter_mut().find(|it| it.id.eq_ignore_ascii_case(id))
    }

    /// Makes a job. Returns its id.
    pub(crate) fn create(
        &mut self,
        principal: &str,
        template: &'static str,
        tenant: &str,
        now: Duration,
    ) -> String {
        let id = format!("{template}.{}.{}", tenant.replace('-', ""), self.random.guid());
        let (time, schema) = (self.time(now), schema::built_in(template, &mut self.random));
        self.connector_mut(principal).jobs.push(Job::new(id.clone(), template, schema, time));
        id
    }

    /// Does everything that was due until now, in the order of time.
    pub(crate) fn advance(&mut self, tenant: &mut Tenant<'_>, now: Duration) {
        if self.connectors.is_empty() {
            return;
        }
        let registry = tenant.registry;
        self.connectors.retain(|id, _| registry.principal(Key::Id(id)).is_some());
        self.run(tenant, self.ahead, self.time(now));
    }

    /// Lets time pass for this service and Databricks alone. What everybody else knows of the time stays.
    pub(crate) fn skip(&mut self, tenant: &mut Tenant<'_>, by: Duration, now: Duration) {
        self.advance(tenant, now);
        let before = self.ahead;
        self.run(tenant, before, self.time(now) + by);
        self.ahead += by;
    }

    fn run(&mut self, tenant: &mut Tenant<'_>, ahead: Duration, until: Duration) {
        loop {
            let due = self.connectors.iter().flat_map(|(id, it)| {
                it.jobs.iter().enumerate().filter_map(move |(at, job)| Some((job.due()?, id.clone(), at)))
            });
            let Some((time, principal, at)) = due.min().filter(|(time, ..)| *time <= until) else { break };
            let Self { connectors, log, random, .. } = self;
            let Some(Connector { secrets, jobs, .. }) = connectors.get_mut(&principal) else { break };
            let Some(job) = jobs.get_mut(at) else { break };
            let mut work = Work { tenant, principal: &principal, secrets, log, random, time, ahead };
            job.step(&mut work);
        }
    }

    /// Something that is done at once for one job; none when there is no such job.
    pub(crate) fn at_once<T>(
        &mut self,
        tenant: &mut Tenant<'_>,
        principal: &str,
        job: &str,
        now: Duration,
        does: impl FnOnce(&mut Job, &mut Work<'_, '_>) -> T,
    ) -> Option<T> {
        let (time, ahead) = (self.time(now), self.ahead);
        let Self { connectors, log, random, .. } = self;
        let Connector { secrets, jobs, .. } = connectors.get_mut(principal)?;
        let job = jobs.iter_mut().find(|it| it.id.eq_ignore_ascii_case(job))?;
        Some(does(job, &mut Work { tenant, principal, secrets, log, random, time, ahead }))
    }
}

/// One step of one job, with everything around it.
pub(crate) struct Work<'w, 't> {
    tenant: &'w mut Tenant<'t>,
    /// The service principal's object id.
    principal: &'w str,
    secrets: &'w Secrets,
    log: &'w mut Log,
    random: &'w mut Random,
    /// The service's own time.
    time: Duration,
    ahead: Duration,
}

impl Work<'_, '_> {
    /// The time that the rest of the tenant goes by.
    fn wall(&self) -> Duration {
        self.time.saturating_sub(self.ahead)
    }
}

/// A time of this service as everybody reads it; zero is never. Skipped waiting lies behind everybody: history moves back, so that nothing
/// lies ahead.
fn shown(time: Duration, ahead: Duration) -> String {
    if time.is_zero() { "0001-01-01T00:00:00Z".to_owned() } else { clock::zulu(time.saturating_sub(ahead)) }
}

/// A text of an object; empty when there is none.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
