//! Why setting up did not come to its end.

use crate::entra::connector::assignment::AssignError;
use crate::entra::connector::job::JobError;
use crate::entra::connector::on_demand::{OnDemand, OnDemandError};
use crate::entra::connector::secrets::{Kept, SaveError};
use crate::entra::connector::validate::TestError;
use crate::entra::graph::GraphError;
use crate::entra::replication::Gone;
use crate::problem::{Explain, Problem};

/// Why it did not come to its end. Everything before it is done, and is found done the next time.
#[derive(Debug)]
pub enum SetUpError {
    /// The test failed.
    Test(TestError),
    /// The job.
    Job(JobError),
    /// The job that was shown is not the one that is there; none, where it is gone.
    OtherJob(Option<String>),
    /// What was shown is not what is there: where it writes to, or whom it provisions.
    Changed(Kept),
    /// Some were not assigned, and from the restart on they would be out of scope: who, and why not.
    Narrowed(Vec<(String, Option<GraphError>)>),
    /// What it is to be told.
    Tell(SaveError),
    /// Provisioning would begin with mappings that nobody wants: what is wrong, and what to do.
    Mapping(Problem),
    /// Assigning.
    Assign(AssignError),
    /// Who was to prove it was not provisioned: why, and what the service told of it.
    Unproved(Problem, Box<OnDemand>),
    /// The proof could not be made.
    Prove(OnDemandError),
    /// Others were switched on meanwhile that write to the same target.
    Rival(Vec<String>),
    /// Others were switched on meanwhile, and where they write could not be read.
    Dark(Vec<String>),
    /// Whose token is used has come into scope: their name.
    Owner(String),
    /// Stopped, refused, or too slow to show.
    Gone(Gone),
}

impl From<Gone> for SetUpError {
    fn from(gone: Gone) -> Self {
        Self::Gone(gone)
    }
}

impl From<GraphError> for SetUpError {
    fn from(error: GraphError) -> Self {
        Self::Gone(Gone::Failed(error))
    }
}

impl SetUpError {
    /// The failure of Graph beneath, where a person may have to sign in again or lacks rights.
    ///
    /// # Errors
    /// Every other failure, in words.
    pub fn into_gone(self) -> Result<Gone, Problem> {
        match self {
            Self::Test(TestError::Gone(gone))
            | Self::Job(JobError::Gone(gone))
            | Self::Tell(SaveError::Gone(gone))
            | Self::Assign(AssignError::Gone(gone))
            | Self::Prove(OnDemandError::Gone(gone))
            | Self::Gone(gone) => Ok(gone),
            other => Err(other.explain()),
        }
    }
}

impl Explain for SetUpError {
    fn explain(&self) -> Problem {
        match self {
            Self::Test(error) => error.explain(),
            Self::Job(error) => error.explain(),
            Self::OtherJob(id) => Problem::new(
                "The connector has another job than was shown.",
                "Somebody removed it or made another one meanwhile.",
                "Look at the changes again, then go on.",
            )
            .detail("job", id.as_deref().unwrap_or("none")),
            Self::Changed(now) => Problem::new(
                "The connector was changed meanwhile.",
                "It writes to another address, or provisions others, than when the changes were shown. Nothing was written.",
                "Look at the changes again, then go on.",
            )
            .detail("address", now.address().unwrap_or("none"))
            .detail("provisions", if now.everybody() { "everybody" } else { "who is assigned" }),
            Self::Narrowed(missing) => narrowed(missing),
            Self::Rival(names) => Problem::new(
                format!("“{}” was switched on meanwhile and writes to the same target.", names.join("”, “")),
                "Two connectors of one target work against each other. Nothing more was written, and nothing was started.",
                "Switch one of them off, then look at the changes again.",
            ),
            Self::Dark(names) => Problem::new(
                format!("Whether “{}” writes to the same target could not be read.", names.join("”, “")),
                "It was switched on since the changes were shown. Two connectors of one target work against each other. Nothing more was \
                 written, and nothing was started.",
                "Look at the changes again, then go on.",
            ),
            Self::Owner(name) => Problem::new(
                format!("{name}, whose token is used, is in scope by now."),
                "When they leave the scope or are disabled, they are deactivated in Databricks, and the token ends with them. Nothing more \
                 was written, and nothing was started.",
                "Take them out, or use the token of a service principal. Then look at the changes again.",
            ),
            Self::Tell(error) => error.explain(),
            Self::Mapping(problem) | Self::Unproved(problem, _) => problem.clone(),
            Self::Assign(error) => error.explain(),
            Self::Prove(error) => error.explain(),
            Self::Gone(gone) => gone.explain(),
        }
    }
}

fn narrowed(missing: &[(String, Option<GraphError>)]) -> Problem {
    let names: Vec<&str> = missing.iter().map(|(name, _)| name.as_str()).collect();
    let problem = Problem::new(
        format!(
            "Provisioning is not narrowed yet: {} of those who shall stay are not assigned.",
            missing.len()
        ),
        format!(
            "Restarted now, whoever is not assigned would be deactivated in Databricks, and these with them: {}.",
            names.join(", ")
        ),
        "Look at the changes again in some minutes. If one is refused again, assign it in the Entra admin center, or take it out.",
    );
    missing.iter().fold(problem, |problem, (name, error)| {
        let why = error.as_ref().map_or_else(|| "does not show yet".to_owned(), |error| error.explain().what);
        problem.detail(name, why)
    })
}
