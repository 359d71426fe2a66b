//! Who is meant: those assigned to the application, or everybody.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use super::source::{self, Kind, Source};
use super::{Tenant, mapping, scoping};
use crate::registry::Holder;

/// Who is meant, at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Entitled {
    /// People first, then groups, as they are worked through.
    pub(super) order: Vec<(Kind, String)>,
    assigned: HashSet<String>,
    eligible: HashSet<String>,
    /// People and groups assigned, and members of the groups: what the length of a first cycle goes by.
    pub(super) counted: u64,
}

impl Entitled {
    /// Assigned, or everybody is meant.
    pub(super) fn assigned(&self, id: &str) -> bool {
        self.assigned.contains(id)
    }

    /// Assigned, let through by the filter, and active.
    pub(super) fn eligible(&self, id: &str) -> bool {
        self.eligible.contains(id)
    }

    pub(super) fn eligible_count(&self) -> u64 {
        self.eligible.len() as u64
    }
}

/// Finds who is meant. `wall` is the time that the directory goes by, `slow` how long an assignment takes to be honoured.
pub(super) fn entitled(
    tenant: &Tenant<'_>,
    schema: &Value,
    principal: &str,
    everybody: bool,
    wall: Duration,
) -> Entitled {
    let mut found = Entitled::default();
    let directory = tenant.directory;
    let mut groups: Vec<&str> = Vec::new();
    let mut people: Vec<&str> = Vec::new();
    if everybody {
        people.extend(directory.people().iter().map(|it| it.id.as_str()));
        groups.extend(directory.groups().iter().filter(|it| it.security_enabled).map(|it| it.id.as_str()));
    } else {
        // The service hears of an assignment some time after Graph shows it.
        let heard = |visible: Duration| visible.is_zero() || visible + tenant.options.replication <= wall;
        let assignments =
            tenant.registry.assignments.iter().filter(|it| it.resource == principal && heard(it.visible));
        for assignment in assignments {
            match assignment.holder {
                Holder::User => people.push(&assignment.principal),
                Holder::Group => groups.push(&assignment.principal),
                Holder::ServicePrincipal => {}
            }
        }
        for group in groups.iter().filter_map(|id| directory.group(id)) {
            people.extend(
                group.members.iter().map(|it| it.id.as_str()).filter(|id| directory.person(id).is_some()),
            );
        }
    }
    let members: usize = groups.iter().filter_map(|id| directory.group(id)).map(|it| it.members.len()).sum();
    let all =
        people.into_iter().map(|id| (Kind::User, id)).chain(groups.into_iter().map(|id| (Kind::Group, id)));
    for (kind, id) in all {
        if !found.assigned.insert(id.to_owned()) {
            continue;
        }
        found.order.push((kind, id.to_owned()));
        if source::read(directory, kind, id).is_some_and(|it| is_eligible(schema, &it)) {
            found.eligible.insert(id.to_owned());
        }
    }
    found.counted = (found.order.len() + members) as u64;
    found
}

/// Whether an object that is assigned is to be provisioned.
fn is_eligible(schema: &Value, source: &Source) -> bool {
    let Some((mapping, _)) = mapping::find(schema, source.kind) else { return false };
    source.active && mapping.enabled() && scoping::passes(mapping.scope(), &source.attributes)
}
