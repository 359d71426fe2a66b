//! Direct sync: read both sides, plan, show, apply, read back.

pub mod apply;
pub mod journal;
pub mod map;
mod order;
pub mod plan;
pub mod read;
pub mod report;
pub mod there;
pub mod verify;

use serde::{Deserialize, Serialize};

use crate::databricks::scim::{Scim, ScimError};
use crate::entra::graph::{Graph, GraphError};
use crate::entra::ids::{ObjectId, TenantId};
use crate::env::Env;
use crate::problem::{Explain, Problem};
use crate::setup::Scope;

/// What a plan is made for.
#[derive(Clone, Debug)]
pub struct Order<'o> {
    /// The tenant that is read.
    pub tenant: &'o TenantId,
    /// Who and what is in scope.
    pub scope: &'o Scope,
    /// The signed-in administrator, who is protected; nobody when an application signs in.
    pub administrator: Option<&'o ObjectId>,
}

/// How far the making of a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Reading groups and their members from Entra: how many of how many.
    Directory(usize, usize),
    /// Reading people from Entra: how many of how many.
    People(usize, usize),
    /// Reading people and groups from Databricks.
    Target,
    /// Reading members of groups from Databricks: how many of how many.
    Members(usize, usize),
}

/// Why no plan could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrepareError {
    /// The directory could not be read at all.
    Directory(GraphError),
    /// Databricks could not be read: without knowing what is there, nothing can be planned.
    Target(ScimError),
}

impl Explain for PrepareError {
    fn explain(&self) -> Problem {
        match self {
            Self::Directory(error) => error.explain(),
            Self::Target(error) => error.explain(),
        }
    }
}

/// Reads both sides and makes the plan. Writes nothing.
///
/// # Errors
/// [`PrepareError`] when one side could not be read at all; reads that failed in part lead to findings and withheld changes.
pub async fn prepare<E: Env>(
    graph: &Graph<'_, E>,
    scim: &Scim<'_, E>,
    order: &Order<'_>,
    mut progress: impl FnMut(Progress),
) -> Result<plan::Plan, PrepareError> {
    let source = read::directory(graph, order.scope, &mut progress).await.map_err(PrepareError::Directory)?;
    let desired = map::map(&source);
    progress(Progress::Target);
    let observed = read::target(scim, &desired, &mut progress).await.map_err(PrepareError::Target)?;
    let basis = plan::Basis {
        at: graph.env.wall(),
        target: &scim.connection().target,
        tenant: order.tenant,
        administrator: order.administrator,
    };
    Ok(plan::plan(&basis, &desired, &observed))
}
