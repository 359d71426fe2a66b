//! `scim-setup connect`: sets up and starts Entra's own provisioning with the credentials of an application.

use std::path::PathBuf;
use std::process::ExitCode;

use engine::databricks::Connection;
use engine::entra::connector::assignment::{Change, left_over};
use engine::entra::connector::set_up::{
    Carried, Compared, PassedOver, SetUpError, Stage, Token, Wanted, Watch, Writes, carry_out, compare,
};
use engine::entra::connector::{
    Connector, CreateError, Credentials, Made, Order, Origin, Settings, TestError, create, is_connector,
    look as look_at, origin, read, template, validate,
};
use engine::entra::graph::{Graph, GraphError};
use engine::entra::ids::ObjectId;
use engine::entra::replication::{BUDGET, Gone, Waiting};
use engine::env::Env as _;
use engine::guide::connector::workspace::proposed_name;
use engine::problem::{Explain as _, Problem};
use engine::setup::{ConnectorFacts, IdentityManagement, Scope, Setup, TokenOwner, Way};
use engine::stop::Control;

use super::connect::{PlaceArgs, tell_of_the_other_way, tokens};
use super::connector_lines::{lines, remarks, unread};
use super::connector_refusals::{foreign, narrows, taken};
use super::connector_rights::{Refused, is_refusal, look, why};
use super::env::Native;
use super::record::Record;
use super::signing_in::sign_in;
use crate::say;

/// Sets up Entra's own provisioning for the target of a setup, and starts it: makes the enterprise application and its job, saves address
/// and token, assigns, provisions one person as a proof. Begun again it goes on where it ended. Exit code 0 when all of it is done, 2 when a dry run found
/// something to write, 1 on failure.
#[derive(clap::Args)]
pub(crate) struct ConnectorArgs {
    /// The setup that the page exports, or one that is written by hand
    #[arg(value_name = "SETUP")]
    setup: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Save the token of DATABRICKS_TOKEN even if nothing else changes: it is a new one
    #[arg(long)]
    new_token: bool,
    /// Go on although only those who are assigned would be provisioned from then on, in place of everybody
    #[arg(long)]
    narrow: bool,
    /// Go on although other connectors cannot be read: none of them writes to the same target
    #[arg(long)]
    others_unread: bool,
    /// Print what is (or would be) written as JSON
    #[arg(long)]
    json: bool,
    /// Where it is put on record what was asked for; beside the setup, if not given
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// All that the stages need.
pub(super) struct Run<'r> {
    pub(super) graph: Graph<'r, Native>,
    pub(super) control: Control,
    pub(super) setup: &'r Setup,
    pub(super) connection: &'r Connection,
    record: Option<&'r Record>,
    facts: ConnectorFacts,
    pub(super) origin: Origin,
    pub(super) json: bool,
    new_token: bool,
    narrow: bool,
    pub(super) others_unread: bool,
}

pub(super) async fn run(args: &ConnectorArgs) -> Result<ExitCode, Problem> {
    let setup = args.place.setup(Some(&args.setup))?;
    if setup.identity_management == Some(IdentityManagement::On) {
        return Err(Problem::new(
            "Nothing is set up.",
            "The setup says that automatic identity management is on: Databricks syncs the directory by itself, and a second \
             provisioner on top would work against it.",
            "Have it switched off first, or leave the work to it.",
        ));
    }
    tell_of_the_other_way(&setup, Way::Connector);
    let cloud = args.place.cloud(&setup)?;
    let (_, tokens) = tokens(&setup, &cloud, "sets the connector up")?;
    let connection = args.place.lasting(&setup, &cloud)?;
    let place = args.record.clone().unwrap_or_else(|| Record::beside(&args.setup));
    let known = setup.connector.clone().unwrap_or_default();
    // Whoever only looks leaves nothing behind.
    let record = if args.dry_run { None } else { Some(Record::open(&place, known.clone())?) };
    let facts = match &record {
        Some(record) => record.facts(),
        None => Record::peek(&place, known)?,
    };
    // The account's own token belongs to nobody; a workspace's has an owner.
    if connection.target.account_id().is_none() && facts.owner.is_none() {
        return Err(Problem::new(
            "The setup does not say whose token it is.",
            "A person whose token the connector uses must not be provisioned by it: with them the token would go.",
            "Say it in the page and export the setup again, or add connector.owner to the setup: {\"kind\":\"no-person\"} for a service \
             principal’s, {\"kind\":\"person\",\"id\":…,\"name\":…} for a person’s.",
        ));
    }
    let env = Native::new()?;
    sign_in(&env, &tokens).await?;
    let graph = Graph::new(&env, &cloud, &tokens);
    let origin = origin(&graph).await.map_err(|error| error.explain())?;
    let run = Run {
        graph,
        control: Control::default(),
        setup: &setup,
        connection: &connection,
        record: record.as_ref(),
        facts,
        origin,
        json: args.json,
        new_token: args.new_token,
        narrow: args.narrow,
        others_unread: args.others_unread,
    };
    if args.dry_run { run.dry().await } else { run.wet().await }
}

impl Run<'_> {
    /// What is on record now.
    pub(super) fn known(&self) -> ConnectorFacts {
        self.record.map_or_else(|| self.facts.clone(), Record::facts)
    }

    fn keep(&self, change: impl FnOnce(&mut ConnectorFacts)) -> Result<(), Problem> {
        self.record.map_or(Ok(()), |record| record.keep(change))
    }

    pub(super) fn name(&self) -> String {
        let name = self.known().name;
        if name.is_empty() { proposed_name(Some(&self.connection.target)) } else { name }
    }

    /// Does it.
    async fn wet(&self) -> Result<ExitCode, Problem> {
        let id = self.application().await?;
        self.is_connector(&id).await?;
        self.may(&id).await?;
        say::err("Testing the connection from Entra to Databricks …");
        let made_from =
            template(&self.graph, &self.control, &waiting("Waiting for the provisioning service"), &id).await;
        let made_from = match made_from {
            Ok(made_from) => made_from,
            Err(gone) => return Err(self.refused(&gone).await),
        };
        let given = Credentials::Given(&self.connection.target, &self.connection.token);
        let tested = validate(
            &self.graph,
            &self.control,
            &waiting("Testing the connection"),
            (&id, &made_from),
            given,
        )
        .await;
        match tested {
            Ok(()) => say::err("Entra’s test passed."),
            Err(TestError::Gone(gone)) => return Err(self.refused(&gone).await),
            Err(refused) => return Err(refused.explain()),
        }
        let compared = self.compare(&id).await?;
        self.show(&compared);
        let stops = compared.stops();
        if !stops.is_empty() {
            return Err(Problem::new(
                format!("“{}” cannot be written like this.", compared.connector.enterprise.display_name),
                stops.join(" "),
                "Settle each of these, then run it again.",
            ));
        }
        self.carry_out(&compared).await
    }

    /// Makes the enterprise application, or finds the one that an earlier run made.
    async fn application(&self) -> Result<ObjectId, Problem> {
        let facts = self.known();
        if let Some(id) = facts.id {
            return Ok(id);
        }
        let name = self.name();
        say::err(&format!("Making the enterprise application “{name}” …"));
        let order = Order { origin: &self.origin, name: &name, sent: facts.sent };
        let record = async |at| self.keep(|facts| (facts.name, facts.sent) = (name.clone(), at));
        let made =
            create(&self.graph, &self.control, &waiting("Waiting for the application"), &order, record).await;
        let made = match made {
            Ok(made) => made,
            Err(CreateError::Gone(gone)) => return Err(self.refused(&gone).await),
            Err(CreateError::There(found)) => return Err(taken(&name, found)),
            Err(other) => return Err(other.explain()),
        };
        let id = made.object_id();
        self.keep(|facts| facts.id = Some(id.clone()))?;
        Ok(id)
    }

    /// Ends it where the application is something else, which a setup may name: no token must come there.
    pub(super) async fn is_connector(&self, id: &ObjectId) -> Result<(), Problem> {
        let enterprise = match read(&self.graph, &self.control, &waiting("Reading the connector"), id).await {
            Ok(enterprise) => enterprise,
            Err(gone) => return Err(self.refused(&gone).await),
        };
        if self.origin.kind(&enterprise.application_template_id) == Made::Connector {
            return Ok(());
        }
        let Connector { enterprise, kept, unread, .. } = look_at(&self.graph, enterprise).await;
        let extra = &self.graph.cloud.databricks;
        match unread {
            _ if is_connector(&self.origin, (&enterprise, &kept), &self.known(), extra) => Ok(()),
            // What it was made from says it as well.
            Some(error) if self.origin.made(&enterprise.application_template_id) => {
                Err(self.why(&error).await)
            }
            _ => Err(foreign(&enterprise, &self.origin)),
        }
    }

    pub(super) async fn compare(&self, id: &ObjectId) -> Result<Compared, Problem> {
        let facts = self.known();
        let settings = Settings { everybody: false, mail: facts.mail.clone(), threshold: facts.threshold };
        // The account's own token belongs to nobody; a workspace's token has an owner, whom the page asks for.
        let nobodys = self.connection.target.account_id().map(|_| TokenOwner::NoPerson);
        let wanted = Wanted {
            principal: id,
            origin: &self.origin,
            target: &self.connection.target,
            scope: self.setup.scope.as_ref(),
            settings: &settings,
            assignment_required: facts.assignment_required,
            by_hand: facts.by_hand,
            owner: facts.owner.as_ref().or(nobodys.as_ref()),
            // A token is always at hand here. Where all else stays as it is, it is told anew only when that is wanted.
            token: if self.new_token { Token::Told } else { Token::AtHand },
            facts: &facts,
            unread: if self.others_unread { PassedOver::All } else { PassedOver::These(&[]) },
        };
        let tell = |words: &str, wait: Option<Waiting>| match wait {
            Some(wait) => waiting(words)(wait),
            None => say::err(&format!("{words} …")),
        };
        match compare(&self.graph, &self.control, &tell, &wanted).await {
            Ok(compared) => Ok(compared),
            Err(gone) => Err(self.refused(&gone).await),
        }
    }

    /// What stands against it, with what was not said on the command line.
    pub(super) fn stops(&self, compared: &Compared) -> Vec<String> {
        let mut stops = compared.stops();
        if compared.writes.restart && !self.narrow {
            let Problem { why, .. } = narrows(compared.narrower);
            stops.push(format!("{why} If that is meant, say so with --narrow."));
        }
        stops
    }

    pub(super) fn show(&self, compared: &Compared) {
        let stops = self.stops(compared);
        if self.json {
            let (notes, unread) = (compared.notes(), unread(compared));
            let told = serde_json::json!({ "writes": compared.writes, "stops": stops, "notes": notes, "unread": unread });
            say::out(&serde_json::to_string_pretty(&told).unwrap_or_default());
            return;
        }
        for line in lines(compared).into_iter().chain(remarks(stops, compared.notes(), unread(compared))) {
            say::out(&line);
        }
    }

    async fn carry_out(&self, compared: &Compared) -> Result<ExitCode, Problem> {
        let writes = &compared.writes;
        if writes.is_empty() {
            say::err("Nothing is to be written: the connector is as it shall be.");
            return Ok(ExitCode::SUCCESS);
        }
        if writes.restart {
            if !self.narrow {
                return Err(narrows(compared.narrower));
            }
            // Cut off between saving and restarting, the next run would not see that one is due.
            self.keep(|facts| facts.restart_due = true)?;
        }
        let facts = self.known();
        let record = async |at| self.keep(|facts| facts.job_sent = at);
        let tell = |stage: Stage, wait: Option<Waiting>, says: &str| match wait {
            Some(wait) => waiting(stage.title())(wait),
            None => {
                // What came of the stage before belongs below it.
                if !says.is_empty() {
                    say::err(&format!("  {says}."));
                }
                say::err(&format!("{} …", stage.title()));
            }
        };
        let token = Some(&self.connection.token);
        let target = &self.connection.target;
        // The account's own token belongs to nobody.
        let owner = facts.owner.as_ref().filter(|_| target.account_id().is_none());
        let watch = Watch { origin: &self.origin, target, owner };
        let parts = (writes, &watch);
        let done = carry_out(&self.graph, &self.control, &tell, parts, token, facts.job_sent, record).await;
        let Carried { job, assigned, .. } = match done {
            Ok(done) => done,
            Err(error) => return Err(self.told(error, writes).await),
        };
        self.keep(|facts| (facts.job, facts.restart_due) = (Some(job.id.clone()), false))?;
        let name = |id: &ObjectId| {
            let picked = writes.assign.iter().find(|picked| picked.id == *id);
            picked.map_or_else(|| id.to_string(), |picked| picked.name.clone())
        };
        if let Some(problem) = assigned.and_then(|it| left_over(Change::Assign, &it, name)) {
            say::err(&problem.text());
            return Ok(ExitCode::FAILURE);
        }
        say::err(&format!("Provisioning is set up and runs: job {}.", job.id));
        Ok(ExitCode::SUCCESS)
    }

    async fn told(&self, error: SetUpError, writes: &Writes) -> Problem {
        let gone = match error.into_gone() {
            Ok(gone) => gone,
            Err(problem) => return problem,
        };
        let error = match &gone {
            Gone::Failed(error) | Gone::TimeUp(Some(error)) if is_refusal(error) => error,
            other => return other.explain(),
        };
        let asked = Refused {
            id: Some(&writes.principal),
            name: &self.name(),
            sign_in: writes.assignment_required.is_some(),
            assigns: !writes.assign.is_empty(),
        };
        why(&self.graph, error, asked).await
    }

    pub(super) async fn refused(&self, gone: &Gone) -> Problem {
        match gone {
            Gone::Failed(error) => self.why(error).await,
            Gone::TimeUp(Some(error)) if is_refusal(error) => self.why(error).await,
            other => other.explain(),
        }
    }

    /// What lacks before anything is written: whether anybody is to be assigned, the setup says.
    pub(super) async fn why(&self, error: &GraphError) -> Problem {
        let known = self.known();
        let chosen = self.setup.scope.as_ref().is_some_and(|scope| matches!(scope, Scope::Chosen { .. }));
        let asked = Refused {
            id: known.id.as_ref(),
            name: &self.name(),
            sign_in: false,
            assigns: chosen && !known.by_hand,
        };
        why(&self.graph, error, asked).await
    }

    /// Looks at a connector that was there before this run. One that was asked for a moment ago may not show everywhere yet.
    pub(super) async fn may(&self, id: &ObjectId) -> Result<(), Problem> {
        let known = self.known();
        if known.sent.and_then(|at| at.age(self.graph.env.wall())).is_some_and(|age| age <= BUDGET) {
            return Ok(());
        }
        look(&self.graph, Refused { id: Some(id), name: &self.name(), sign_in: false, assigns: false }).await
    }
}

/// Says how long it has been waited, now and then.
fn waiting(words: &str) -> impl Fn(Waiting) {
    move |wait: Waiting| {
        if wait.attempts.is_multiple_of(4) {
            say::err(&format!(
                "{words}: {} of at most {} seconds …",
                wait.waited.as_secs(),
                wait.budget.as_secs()
            ));
        }
    }
}
