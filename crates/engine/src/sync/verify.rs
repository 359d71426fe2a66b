//! Reading back: is at Databricks what the report says was done?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::databricks::scim::{Scim, ScimError, ScimErrorKind, ScimId};
use crate::databricks::target::Level;
use crate::env::Env;
use crate::stop::Control;
use crate::sync::journal::Success;
use crate::sync::order::{index, set};
use crate::sync::plan::{Change, Plan, Reference};
use crate::sync::report::{Report, Result as RowResult};

/// Reads may lag behind writes; a difference is believed only when it stays this long.
const PATIENCE: Duration = Duration::from_secs(90);

/// What reading back showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// How many objects were compared.
    pub checked: usize,
    /// What differs, in words.
    pub differing: Vec<String>,
}

impl Verification {
    /// Whether all is as it should be.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.differing.is_empty()
    }
}

/// Compares what was done with what Databricks answers now.
///
/// # Errors
/// [`ScimError`] when Databricks could not be read.
pub async fn verify<E: Env>(
    scim: &Scim<'_, E>,
    plan: &Plan,
    report: &Report,
    control: &Control,
) -> Result<Verification, ScimError> {
    let expected = Expected::of(plan, report);
    let env = scim.env();
    let began = env.monotonic();
    let mut attempt = 0;
    loop {
        let found = expected.compare(scim).await?;
        if found.is_clean() || env.monotonic().saturating_sub(began) > PATIENCE {
            return Ok(found);
        }
        let wait = crate::retry::wait(env, attempt, None);
        attempt += 1;
        control.sleep(env, wait).await.map_err(|stopped| ScimError {
            doing: "read back what was written".to_owned(),
            kind: ScimErrorKind::from(stopped),
        })?;
    }
}

/// Attributes and the values that were written.
type Fields<'e> = Vec<(&'e str, &'e str)>;

/// What should be there.
#[derive(Default)]
struct Expected<'e> {
    /// Where: at the workspace level identity federation lets display names be (answered with success, and ignored).
    level: Option<Level>,
    /// Users by id: the name, and what was written.
    users: BTreeMap<ScimId, (&'e str, Fields<'e>)>,
    /// Groups by id: name, identity where one was written, members to hold.
    groups: BTreeMap<ScimId, (&'e str, Option<&'e str>, BTreeSet<ScimId>)>,
}

impl<'e> Expected<'e> {
    fn of(plan: &'e Plan, report: &'e Report) -> Self {
        let mut created: BTreeMap<u32, &ScimId> = BTreeMap::new();
        let mut expected = Self { level: Some(plan.target.level()), ..Self::default() };
        for (operation, row) in plan.operations.iter().zip(&report.rows) {
            let RowResult::Done(success) = &row.result else { continue };
            let (name, entra) = (operation.object.name.as_str(), operation.object.entra.as_str());
            if let Success::Created { scim } | Success::Existed { scim } = success {
                created.insert(operation.id, scim);
            }
            let place = |reference: &Reference| match reference {
                Reference::Existing(id) | Reference::Adopted { scim: id, .. } => Some(id.clone()),
                Reference::Created(id) => created.get(id).map(|id| (*id).clone()),
            };
            match (&operation.change, success) {
                (Change::CreateUser { display_name, .. }, Success::Created { scim }) => {
                    expected.users.insert(
                        scim.clone(),
                        (name, vec![("externalId", entra), ("displayName", display_name)]),
                    );
                }
                (Change::CreateUser { .. }, Success::Existed { scim }) => {
                    expected.users.insert(scim.clone(), (name, vec![("externalId", entra)]));
                }
                (Change::AdoptUser { scim, changes } | Change::UpdateUser { scim, changes }, _) => {
                    let fields = changes.iter().map(|change| (change.field.as_str(), change.after.as_str()));
                    expected.users.insert(scim.clone(), (name, fields.collect()));
                }
                (Change::CreateGroup, Success::Created { scim } | Success::Existed { scim })
                | (Change::AdoptGroup { scim, .. }, _) => {
                    expected.groups.insert(scim.clone(), (name, Some(entra), BTreeSet::new()));
                }
                (Change::AddMembers { group, members }, _) => {
                    let Some(group) = place(group) else { continue };
                    let ids = members.iter().filter_map(|member| place(&member.user));
                    expected
                        .groups
                        .entry(group)
                        .or_insert_with(|| (name, None, BTreeSet::new()))
                        .2
                        .extend(ids);
                }
                _ => {}
            }
        }
        expected
    }

    async fn compare<E: Env>(&self, scim: &Scim<'_, E>) -> Result<Verification, ScimError> {
        let mut found = Verification { checked: self.users.len() + self.groups.len(), differing: Vec::new() };
        if !self.users.is_empty() {
            let users = scim.users().await?;
            let by_id: BTreeMap<_, _> = index(users.iter().map(|user| (&user.id, user)));
            for (id, (name, fields)) in &self.users {
                let Some(user) = by_id.get(id) else {
                    found.differing.push(format!("The user {name} is not listed."));
                    continue;
                };
                for (field, value) in fields {
                    if user.field(field) != Some(*value) {
                        let why = if *field == "displayName" && self.level == Some(Level::Workspace) {
                            " A workspace whose identities come from the account keeps the account’s: provision into the account."
                        } else {
                            ""
                        };
                        let text = format!("The {field} of the user {name} is not what was written.{why}");
                        found.differing.push(text);
                    }
                }
            }
        }
        for (id, (name, entra, members)) in &self.groups {
            let group = match scim.group(id, name).await {
                Ok(group) => group,
                Err(error) if error.is_absent() => {
                    found.differing.push(format!("The group \"{name}\" is not there."));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if entra.is_some() && group.external_id.as_deref() != *entra {
                found
                    .differing
                    .push(format!("The group \"{name}\" does not carry its identity (externalId)."));
            }
            let present: BTreeSet<ScimId> =
                set(group.members.into_iter().flatten().map(|member| member.value));
            let missing = members.difference(&present).count();
            if missing > 0 {
                found.differing.push(format!("The group \"{name}\" lacks {missing} of the people added."));
            }
        }
        Ok(found)
    }
}
