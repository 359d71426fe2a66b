//! `scim-setup connect --dry-run`: what would be written, and what can be known before there is an application at all.

use std::process::ExitCode;

use engine::entra::connector::guard::{Examined, examine};
use engine::entra::connector::named;
use engine::entra::connector::rights::{Doing, Lack, Rights, rights};
use engine::entra::connector::set_up::{lost, notes_of, rivals};
use engine::entra::ids::ObjectId;
use engine::env::Env as _;
use engine::problem::Problem;
use engine::setup::{ConnectorFacts, Scope, TokenOwner};

use super::CHANGES;
use super::connector::Run;
use super::connector_lines::remarks;
use super::connector_refusals::taken;
use crate::say;

impl Run<'_> {
    /// Shows what would be written.
    pub(super) async fn dry(&self) -> Result<ExitCode, Problem> {
        let Some(id) = self.there().await? else { return self.before().await };
        self.is_connector(&id).await?;
        self.may(&id).await?;
        let compared = self.compare(&id).await?;
        self.show(&compared);
        Ok(match (self.stops(&compared).is_empty(), compared.writes.is_empty()) {
            (false, _) => ExitCode::FAILURE,
            (true, true) => ExitCode::SUCCESS,
            (true, false) => ExitCode::from(CHANGES),
        })
    }

    /// The application that a run would take, as far as it may: one that merely has the name is not touched.
    async fn there(&self) -> Result<Option<ObjectId>, Problem> {
        let known = self.known();
        if known.id.is_some() {
            return Ok(known.id);
        }
        let name = self.name();
        let found = match named(&self.graph, &self.origin, &name).await {
            Ok(found) => found,
            Err(error) => return Err(self.why(&error).await),
        };
        // What is yet to come is no record, as in a run.
        let now = self.graph.env.wall();
        match (found.as_slice(), known.sent.and_then(|at| at.age(now))) {
            ([], _) => Ok(None),
            ([one], Some(_)) => Ok(Some(one.object_id())),
            (_, _) => Err(taken(&name, found)),
        }
    }

    /// What needs no application: whom the choice brings, where the token's owner stands, the limit, and what the token for Graph allows.
    async fn before(&self) -> Result<ExitCode, Problem> {
        let facts = self.known();
        let nobody = Scope::Chosen { groups: Vec::new(), people: Vec::new() };
        let scope = match &self.setup.scope {
            // Who is assigned by hand is not known before there is something to assign them to.
            Some(Scope::Chosen { .. }) if facts.by_hand => &nobody,
            Some(scope) => scope,
            None => &nobody,
        };
        let owner = match &facts.owner {
            Some(TokenOwner::Person(picked)) if self.connection.target.account_id().is_none() => {
                Some(&picked.id)
            }
            _ => None,
        };
        let reading = |_| ();
        let examined = match examine(&self.graph, &self.control, &reading, scope, owner).await {
            Ok(examined) => examined,
            Err(gone) => return Err(self.refused(&gone).await),
        };
        let assigns = matches!(scope, Scope::Chosen { .. }) && !scope.is_empty();
        let mut stops =
            stops(&facts, &examined, &rights(&self.graph, None).await, (assigns, !scope.is_empty()));
        stops.extend(rivals(&self.graph, (&self.origin, &self.connection.target), self.others_unread).await);
        let mut notes = notes_of(&examined);
        if scope.is_empty() && !facts.by_hand {
            notes.push("Nobody is chosen: it would run, and provision nobody.".to_owned());
        }
        let unread: Vec<String> = examined.unread.iter().map(ToString::to_string).collect();
        let code = if stops.is_empty() { ExitCode::from(CHANGES) } else { ExitCode::FAILURE };
        if self.json {
            let (makes, from) = (self.name(), &self.origin.name);
            let told = serde_json::json!({ "makes": makes, "from": from, "stops": stops, "notes": notes, "unread": unread });
            say::out(&serde_json::to_string_pretty(&told).unwrap_or_default());
            return Ok(code);
        }
        say::out(&format!(
            "An enterprise application “{}” would be made from “{}”, to test the connection with. What it needs beyond that is known once it is there.",
            self.name(),
            self.origin.name
        ));
        for line in remarks(stops, notes, unread) {
            say::out(&line);
        }
        Ok(code)
    }
}

/// What stands against it, whatever the application will be.
fn stops(
    facts: &ConnectorFacts,
    examined: &Examined,
    rights: &Rights,
    (assigns, reads): (bool, bool),
) -> Vec<String> {
    let mut stops = Vec::new();
    let doings = [Some(Doing::Make), assigns.then_some(Doing::Assign), reads.then_some(Doing::Read)];
    let mut lacks: Vec<Lack> = Vec::new();
    for lack in doings.into_iter().flatten().flat_map(|doing| rights.lacks(doing)) {
        if !lacks.contains(&lack) {
            lacks.push(lack);
        }
    }
    if !lacks.is_empty() {
        let words: Vec<String> = lacks.iter().map(|lack| lack.words(&facts.name)).collect();
        stops.push(format!(
            "The application of AZURE_CLIENT_ID lacks {}. Have it granted with admin consent; what was granted a moment ago takes some minutes \
             to show.",
            words.join(", ")
        ));
    }
    if let Some(problem) = examined.owner.problem() {
        stops.push(format!("{} {}", problem.what, problem.remedy));
    }
    stops.extend(examined.lost.iter().map(lost));
    if let Some(limit) = facts.threshold.filter(|_| facts.mail.is_none()) {
        stops.push(format!(
            "Deletions above {limit} are to be held back, and nobody is notified: then Entra holds nothing back. Give connector.mail, or leave \
             connector.threshold out."
        ));
    }
    stops
}
