//! A sample tenant as a pure library: Entra sign-in, the directory part of Microsoft Graph, Entra's own provisioning, and Databricks
//! SCIM at both levels. Request and time go in, the answer comes out; there is no socket, clock, thread or randomness but the seed's.

mod bucket;
mod clock;
mod cors;
mod directory;
mod facts;
mod faults;
mod graph;
mod groups;
mod http;
mod kinds;
mod page;
mod people;
mod permissions;
mod portal;
mod provisioning;
mod random;
mod registry;
mod roles;
mod scim;
mod sign_in;

use std::time::Duration;

use serde_json::Value;

pub use directory::{Device, Directory, Group, Member, MemberKind, Person, ServicePrincipal};
pub use facts::{DOMAIN, Facts};
pub use http::{Answer, Request};
pub use kinds::TenantKind;
pub use roles::DirectoryRole;

use bucket::Bucket;
use faults::{Fault, Faults};
use provisioning::control;
use provisioning::{Provisioning, Tenant};
use random::Random;
use registry::Registry;
use scim::{Databricks, ScimError};
use sign_in::SignIn;

/// The three services, each at an origin of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Entra's sign-in service.
    SignIn,
    /// Microsoft Graph.
    Graph,
    /// Databricks: one workspace and the account.
    Databricks,
}

/// The two levels at which Databricks offers SCIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `/api/2.0/preview/scim/v2`.
    Workspace,
    /// `/api/2.1/accounts/{id}/scim/v2`.
    Account,
}

/// How the sample tenant is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Gives the same tenant and the same answers each time.
    pub seed: u64,
    /// How many people the directory has; at least Ada.
    pub people: usize,
    /// How many groups the directory has.
    pub groups: usize,
    /// The seed of the faults; none for services that never fail.
    pub faults: Option<u64>,
    /// Whether Graph's faults include tokens that it refuses (401), for once or without a word: who meets one may have to begin again.
    pub refusals: bool,
    /// The sign-in service's origin.
    pub sign_in: String,
    /// Graph's origin.
    pub graph: String,
    /// Databricks' origin.
    pub databricks: String,
    /// The single-page redirect URIs registered on the application.
    pub redirect_uris: Vec<String>,
    /// Whether requests above the published rate limits are answered with 429.
    pub published_limits: bool,
    /// How long changes stay unknown: consent and secrets to tokens, registrations to Graph's readers, SCIM writes to lists and
    /// some reads; zero for at once.
    pub replication: Duration,
    /// Whether the cloud's gallery has Databricks' connector; otherwise there is only the template for applications of no gallery.
    pub gallery: bool,
    /// How the tenant differs from an ordinary one.
    pub kinds: Vec<TenantKind>,
}

impl Options {
    pub(crate) fn is(&self, kind: TenantKind) -> bool {
        self.kinds.contains(&kind)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            people: 600,
            groups: 40,
            faults: None,
            refusals: false,
            sign_in: "http://127.0.0.1:9101".to_owned(),
            graph: "http://127.0.0.1:9102".to_owned(),
            databricks: "http://127.0.0.1:9103".to_owned(),
            redirect_uris: vec!["http://localhost:8080/".to_owned()],
            published_limits: true,
            replication: Duration::from_secs(2),
            gallery: true,
            kinds: Vec::new(),
        }
    }
}

/// The sample tenant with everything that has happened in it.
#[derive(Clone)]
pub struct Sample {
    options: Options,
    facts: Facts,
    directory: Directory,
    random: Random,
    sign_in: SignIn,
    registry: Registry,
    graph_units: Bucket,
    databricks: Databricks,
    provisioning: Provisioning,
    faults: Option<Faults>,
}

impl Sample {
    /// Makes a tenant.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let mut random = Random::new(options.seed);
        let facts = Facts::new(&options, options.people, &mut random);
        let people = people::people(options.people, &mut random);
        let mut directory = groups::directory(people, options.groups, &mut random);
        if options.people > 1 {
            directory.add_staff(people::staff(options.seed));
        }
        let databricks =
            Databricks::new(&directory, &facts, options.replication, options.published_limits, &mut random);
        Self {
            graph_units: graph::limits::bucket(directory.people().len()),
            faults: options.faults.map(|seed| Faults::new(seed, options.refusals)),
            sign_in: SignIn::default(),
            registry: Registry::new(&options, &facts),
            provisioning: Provisioning::new(options.seed),
            options,
            facts,
            directory,
            random,
            databricks,
        }
    }

    /// Answers one request. `now` counts from 1970 and never goes back.
    pub fn answer(&mut self, service: Service, request: &Request, now: Duration) -> Answer {
        let Some(faults) = &mut self.faults else { return self.serve(service, request, now) };
        let delay = faults.delay();
        let fault = faults.next(service, request);
        let mut answer = match fault {
            None => self.serve(service, request, now),
            Some(Fault::CutAfter) => Answer { cut: true, ..self.serve(service, request, now) },
            Some(Fault::CutBefore) => Answer { cut: true, ..Answer::new(503) },
            Some(fault) => faulty(service, fault, request, &self.registry.spa_uris(), faults.random()),
        };
        answer.delay = delay;
        answer
    }

    fn serve(&mut self, service: Service, request: &Request, now: Duration) -> Answer {
        let (provisioning, mut tenant) = self.provisioning();
        provisioning.advance(&mut tenant, now);
        match service {
            Service::SignIn if request.path.starts_with(control::PATH) => {
                let (provisioning, mut tenant) = self.provisioning();
                control::answer(provisioning, &mut tenant, request, now)
            }
            Service::SignIn => {
                let mut context = sign_in::Context {
                    options: &self.options,
                    facts: &self.facts,
                    directory: &self.directory,
                    random: &mut self.random,
                    state: &mut self.sign_in,
                    registry: &mut self.registry,
                    now,
                };
                sign_in::answer(&mut context, request)
            }
            Service::Graph => {
                let mut graph = graph::Graph {
                    options: &self.options,
                    facts: &self.facts,
                    directory: &self.directory,
                    sign_in: &self.sign_in,
                    registry: &mut self.registry,
                    random: &mut self.random,
                    provisioning: &mut self.provisioning,
                    databricks: &mut self.databricks,
                    units: self.options.published_limits.then_some(&mut self.graph_units),
                    faults: self.faults.as_mut(),
                    now,
                };
                graph::answer(&mut graph, request)
            }
            Service::Databricks => {
                let now = self.provisioning.time(now);
                self.databricks.answer(request, &self.facts, &mut self.random, now)
            }
        }
    }

    /// The provisioning service, and everything that it works on.
    fn provisioning(&mut self) -> (&mut Provisioning, Tenant<'_>) {
        let Self { options, facts, directory, registry, databricks, provisioning, .. } = self;
        (provisioning, Tenant { options, facts, directory, registry, databricks })
    }

    /// Lets time pass for the provisioning service and Databricks alone: cycles run, tokens there run out, everybody else stays signed
    /// in. What is read of the past afterwards lies that much further back.
    pub fn skip(&mut self, by: Duration, now: Duration) {
        let (provisioning, mut tenant) = self.provisioning();
        provisioning.skip(&mut tenant, by, now);
    }

    /// Makes another token of the same owner at a level, as valid as the first one.
    pub fn make_token(&mut self, level: Level) -> String {
        self.databricks.make_token(level)
    }

    /// Ends a token of Databricks.
    pub fn end_token(&mut self, token: &str) {
        self.databricks.end_token(token);
    }

    /// Whether Databricks' IP access list shuts out Entra's provisioning service.
    pub const fn shut_out_entra(&mut self, shut: bool) {
        self.databricks.shut_out_entra(shut);
    }

    /// Ids, addresses and credentials.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Everything in Entra's directory.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The object id of the first enterprise application of a name.
    #[must_use]
    pub fn enterprise_application(&self, name: &str) -> Option<&str> {
        self.registry.principals.iter().find(|it| it.display_name == name).map(|it| it.id.as_str())
    }

    /// The directory, to change it.
    pub const fn directory_mut(&mut self) -> &mut Directory {
        &mut self.directory
    }

    /// All users of a level, whole, as they are now (no replication delay).
    #[must_use]
    pub fn scim_users(&self, level: Level) -> Vec<Value> {
        self.databricks.all(level, false)
    }

    /// All groups of a level with their members, as they are now (no replication delay).
    #[must_use]
    pub fn scim_groups(&self, level: Level) -> Vec<Value> {
        self.databricks.all(level, true)
    }

    /// How many SCIM writes have succeeded, whether or not the client saw the answer.
    #[must_use]
    pub const fn writes(&self) -> usize {
        self.databricks.writes()
    }
}

/// The answer of a service that fails.
fn faulty(
    service: Service,
    fault: Fault,
    request: &Request,
    spa_uris: &[String],
    random: &mut Random,
) -> Answer {
    match service {
        Service::SignIn => {
            let answer = Answer::text(503, "text/html", "<html><body>Service Unavailable</body></html>");
            cors::token(answer, request, spa_uris)
        }
        Service::Graph => graph::faulty(fault, random),
        Service::Databricks => match fault {
            Fault::TooMany(Some(seconds)) => {
                scim::limits::too_many_silent(random).with("retry-after", &seconds.to_string())
            }
            Fault::TooMany(None) => scim::limits::too_many_silent(random),
            Fault::Internal => {
                let text = "REQUEST_LIMIT_EXCEEDED: the request was rejected by the SCIM service.";
                ScimError::Databricks(500, "REQUEST_LIMIT_EXCEEDED", text.to_owned()).answer()
            }
            _ => {
                let text = "TEMPORARILY_UNAVAILABLE: The service is taking too long to process your request.";
                Answer::text(503, "text/plain", text)
            }
        },
    }
}
