//! Which steps are proved, open or blocked, and why: a function of the setup and of what is proved at this moment.

use super::{IdentityManagement, Scope, Setup, Step, Way};
use crate::databricks::connection::Test;
use crate::entra::consent::{self, compare};
use crate::entra::sign_in::Account;

/// What is proved at this moment, in this visit. Beside [`Setup`], which outlives it.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Who is signed in.
    pub account: Option<Account>,
    /// The scopes of the token in hand.
    pub granted: Vec<String>,
    /// Whether a token for the target is in memory.
    pub has_token: bool,
    /// The last test of the target.
    pub test: Option<Test>,
    /// The short hash of the plan that was approved.
    pub approved: Option<String>,
    /// How the synchronisation ended, in a line.
    pub synced: Option<String>,
    /// What Graph proved of the connector, step by step.
    pub connector: Vec<(Step, String)>,
}

impl Live {
    /// Notes what Graph proved of the connector; nothing takes an earlier proof of that step back.
    pub fn prove(&mut self, step: Step, proof: Option<String>) {
        self.connector.retain(|(known, _)| *known != step);
        self.connector.extend(proof.map(|proof| (step, proof)));
    }

    fn of_connector(&self, step: Step) -> Option<String> {
        self.connector.iter().find(|(known, _)| *known == step).map(|(_, proof)| proof.clone())
    }
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Proved, with the proof in a line.
    Proved(String),
    /// Can be worked on.
    Open,
    /// Waits for an earlier step.
    Blocked(Step),
}

/// The proof of one step alone, without regard to the others.
fn proof(step: Step, setup: &Setup, live: &Live) -> Option<String> {
    if setup.way == Some(Way::Connector) {
        let graph = live.of_connector(step);
        let runs = || live.of_connector(Step::Workspace).is_some();
        match step {
            // Whoever comes to look after one is not asked why it was made.
            Step::Start if setup.identity_management.is_none() && runs() => {
                return Some("Entra's provisioning service".to_owned());
            }
            // What a connector was told it keeps: nobody has to know the token to look after it.
            Step::Workspace | Step::Scope if graph.is_some() => return graph,
            Step::Test | Step::Review | Step::Sync | Step::Done => return graph,
            _ => {}
        }
    }
    match step {
        Step::Start => match (setup.way, setup.identity_management) {
            (_, Some(IdentityManagement::On)) | (None, _) | (_, None) => None,
            (Some(Way::Direct), _) => Some("Direct sync".to_owned()),
            (Some(Way::Connector), _) => Some("Entra's provisioning service".to_owned()),
        },
        Step::Register => live.account.as_ref().map(|account| format!("Signed in as {}", account.username)),
        Step::Consent => {
            let grants = compare(consent::needed(setup.way), &live.granted);
            let all = live.account.is_some() && grants.iter().all(|grant| grant.granted);
            all.then(|| format!("{0} of {0} granted", grants.len()))
        }
        Step::Workspace => setup
            .target
            .as_ref()
            .filter(|_| live.has_token)
            .map(|target| format!("{}, {} level", target.host(), target.level().as_str())),
        Step::Test => live.test.as_ref().filter(|test| test.passed()).map(|test| {
            let skipped = match test.count("skipped") {
                0 => String::new(),
                n => format!(", {n} skipped"),
            };
            let warned = match test.count("warning") {
                0 => String::new(),
                1 => ", 1 warning".to_owned(),
                n => format!(", {n} warnings"),
            };
            format!("{} passed{warned}{skipped}", test.count("passed"))
        }),
        Step::Scope => setup.scope.as_ref().filter(|scope| !scope.is_empty()).map(Scope::summary),
        Step::Review => live.approved.as_ref().map(|hash| format!("Plan {hash} approved")),
        Step::Sync | Step::Done => live.synced.clone(),
    }
}

/// Where a step stands: proved steps are proved only while all before them are.
#[must_use]
pub fn state(step: Step, setup: &Setup, live: &Live) -> StepState {
    let unproved = Step::ALL.into_iter().find(|earlier| proof(*earlier, setup, live).is_none());
    match unproved {
        Some(first) if first < step => StepState::Blocked(first),
        Some(first) if first == step => StepState::Open,
        _ => proof(step, setup, live).map_or(StepState::Open, StepState::Proved),
    }
}

/// The first step that is not proved: where to go on.
#[must_use]
pub fn current(setup: &Setup, live: &Live) -> Step {
    Step::ALL.into_iter().find(|step| proof(*step, setup, live).is_none()).unwrap_or(Step::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::ids::{Guid, ObjectId, TenantId};

    #[test]
    fn a_step_waits_for_the_first_one_that_is_not_proved() {
        let mut setup = Setup::default();
        let live = Live::default();
        assert_eq!(state(Step::Start, &setup, &live), StepState::Open);
        assert_eq!(state(Step::Consent, &setup, &live), StepState::Blocked(Step::Start));
        setup.way = Some(Way::Direct);
        setup.identity_management = Some(IdentityManagement::Unknown);
        assert_eq!(state(Step::Start, &setup, &live), StepState::Proved("Direct sync".to_owned()));
        assert_eq!(state(Step::Consent, &setup, &live), StepState::Blocked(Step::Register));
        assert_eq!(current(&setup, &live), Step::Register);
    }

    #[test]
    fn whoever_looks_after_a_connector_that_is_there_is_not_asked_for_the_way() {
        let mut setup = Setup { way: Some(Way::Connector), ..Setup::default() };
        let mut live = Live::default();
        assert_eq!(state(Step::Register, &setup, &live), StepState::Blocked(Step::Start));
        live.prove(Step::Workspace, Some("The connector writes to Databricks".to_owned()));
        assert_eq!(state(Step::Register, &setup, &live), StepState::Open);
        setup.identity_management = Some(IdentityManagement::On);
        assert_eq!(state(Step::Register, &setup, &live), StepState::Blocked(Step::Start));
    }

    #[test]
    fn automatic_identity_management_stops_a_second_provisioner() {
        let setup = Setup {
            way: Some(Way::Direct),
            identity_management: Some(IdentityManagement::On),
            ..Setup::default()
        };
        assert_eq!(state(Step::Register, &setup, &Live::default()), StepState::Blocked(Step::Start));
    }

    #[test]
    fn consent_is_proved_by_the_scopes_of_a_token() {
        let id = |n: u8| Guid::parse(&format!("00000000-0000-0000-0000-00000000000{n}")).unwrap();
        let setup = Setup {
            way: Some(Way::Direct),
            identity_management: Some(IdentityManagement::Off),
            ..Setup::default()
        };
        let account = Account {
            id: ObjectId(id(1)),
            name: "Ada".to_owned(),
            username: "ada@contoso.example".to_owned(),
            tenant: TenantId(id(2)),
        };
        let mut live =
            Live { account: Some(account), granted: vec!["User.Read".to_owned()], ..Live::default() };
        assert_eq!(state(Step::Consent, &setup, &live), StepState::Open);
        live.granted.extend(["User.Read.All".to_owned(), "GroupMember.Read.All".to_owned()]);
        assert_eq!(state(Step::Consent, &setup, &live), StepState::Proved("3 of 3 granted".to_owned()));
    }
}
