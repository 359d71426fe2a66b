//! The groups of a choice: who is in each of them, and whether the tenant's licence lets them be assigned.

use super::super::{button, buttons};
use crate::entra::connector::guard::{Examined, GroupFinding};
use crate::entra::directory::Group;
use crate::entra::preflight::Licence;
use crate::figures::grouped;
use crate::setup::Picked;
use crate::sheet::{Block, Cell, Tone};
use crate::worker::action::{Action, OfConnector};

/// Each group with its members, counted.
pub(super) fn table(examined: &Examined) -> Option<Block> {
    let row = |it: &GroupFinding| {
        let least = if it.complete { "" } else { "at least " };
        let nested = it.nested.as_ref().map_or(0, |nested| nested.inner.len());
        let others: usize = it.others.values().sum();
        vec![
            Cell::words(it.group.label()).below(kind(&it.group)),
            Cell::words(format!("{least}{}", grouped(it.people))),
            Cell::words(grouped(nested)),
            Cell::words(grouped(others)),
        ]
    };
    (!examined.groups.is_empty()).then(|| Block::Rows {
        title: "Members of the groups".to_owned(),
        head: ["Group", "People in it directly", "Groups within, not chosen", "Others"]
            .map(str::to_owned)
            .to_vec(),
        rows: examined.groups.iter().map(row).collect(),
    })
}

/// What kind of group it is: two may have one name.
#[must_use]
pub fn kind(group: &Group) -> String {
    let unified = group.group_types.iter().flatten().any(|it| it.eq_ignore_ascii_case("Unified"));
    let what = match (group.security_enabled, group.mail_enabled) {
        _ if unified => "Microsoft 365 group",
        (Some(true), Some(true)) => "mail-enabled security group",
        (Some(true), _) => "security group",
        (Some(false), Some(true)) => "distribution list",
        (Some(false), _) => "no security group",
        (None, _) => "group",
    };
    let dynamic = if group.is_dynamic() == Some(true) { ", by a rule" } else { "" };
    // The beginning tells it from another one, and can be found in the Entra admin center.
    let id = group.id.as_str().get(..8).unwrap_or_default();
    format!("{what}{dynamic}, {id}…")
}

/// What the licence says of groups that would be assigned.
pub(super) fn licence(licence: Option<Licence>, groups: &[Picked]) -> Vec<Block> {
    if groups.is_empty() || matches!(licence, Some(Licence::P1 | Licence::P2)) {
        return Vec::new();
    }
    let instead = || {
        let action = Action::Connector(OfConnector::PeopleOf(groups.to_vec()));
        buttons(vec![button("Choose their people in place of the groups", false, &action)])
    };
    if licence == Some(Licence::Free) {
        return vec![
            Block::note(
                Tone::Bad,
                "Groups take Entra ID P1",
                "This tenant has neither P1 nor P2: Entra assigns people only. Those who join one of the groups later do not come by \
                 themselves.",
            ),
            instead(),
        ];
    }
    vec![Block::note(
        Tone::Plain,
        "Groups take Entra ID P1 or P2",
        "Whether this tenant has it is not known here: “Check my roles and the licence” at the step “Permissions and consent” looks. Without it Entra refuses groups, and takes \
         people.",
    )]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_of_one_name_are_told_apart() {
        let told = |changes: &serde_json::Value| {
            let mut group =
                json!({ "id": "0c4f1f2e-0000-0000-0000-000000000001", "displayName": "Analysts" });
            for (key, value) in changes.as_object().unwrap() {
                group[key] = value.clone();
            }
            kind(&serde_json::from_value(group).unwrap())
        };
        let security = json!({ "securityEnabled": true, "mailEnabled": false, "groupTypes": [] });
        assert_eq!(told(&security), "security group, 0c4f1f2e…");
        let mail = json!({ "securityEnabled": true, "mailEnabled": true });
        assert_eq!(told(&mail), "mail-enabled security group, 0c4f1f2e…");
        let unified = json!({ "securityEnabled": false, "mailEnabled": true, "groupTypes": ["Unified", "DynamicMembership"] });
        assert_eq!(told(&unified), "Microsoft 365 group, by a rule, 0c4f1f2e…");
        assert_eq!(
            told(&json!({ "securityEnabled": false, "mailEnabled": true })),
            "distribution list, 0c4f1f2e…"
        );
        assert_eq!(told(&json!({})), "group, 0c4f1f2e…");
    }
}
