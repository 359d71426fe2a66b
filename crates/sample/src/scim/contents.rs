//! What both levels hold at the start: people whom Entra does not know, some whom it does, and who must stay.

use std::collections::HashMap;
use std::time::Duration;

use crate::Level;
use crate::directory::{Directory, Person};
use crate::facts::{DOMAIN, Facts};
use crate::groups::{ADOPTED, FOREIGN};
use crate::random::Random;

use super::record::{Kind, Record};
use super::store::Store;

/// A store with its contents, and the ids that the service needs to know.
pub(super) struct Contents {
    pub(super) store: Store,
    /// The group of administrators (workspace level).
    pub(super) admins: u64,
    /// The owner of the administrator's token.
    pub(super) owner: u64,
    /// The owner of the token without rights.
    pub(super) plain: u64,
    /// The service principal that administers the account (account level).
    pub(super) runner: u64,
}

/// The user name under which somebody is provisioned: guests by their mail, all others by their sign-in name.
fn user_name(person: &Person) -> &str {
    match &person.mail {
        Some(mail) if person.guest => mail,
        _ => &person.user_principal_name,
    }
}

pub(super) fn build(
    level: Level,
    directory: &Directory,
    replication: Duration,
    facts: &Facts,
    mut random: Random,
) -> Contents {
    let foreign_id = random.guid();
    let workspace_runner = random.guid();
    let mut store = Store::new(level, replication, random);
    let mut user = |name: &str, display_name: &str, admin: bool| {
        let mut record = Record::new(Kind::User, name, display_name);
        if admin && level == Level::Account {
            record.roles.push("account_admin".to_owned());
        }
        if level == Level::Workspace {
            record.entitlements = vec!["workspace-access".to_owned(), "databricks-sql-access".to_owned()];
        }
        store.seed(record)
    };
    let owner = user(&format!("pat-owner@{DOMAIN}"), "Token owner", false);
    let break_glass = user(&format!("breakglass@{DOMAIN}"), "Break glass", true);
    let plain = user(&format!("reader@{DOMAIN}"), "Plain reader", false);
    let ada = user(&format!("ada@{DOMAIN}"), "Ada Lovelace", true);
    let unknown: Vec<u64> = (1..=5 + directory.people().len() / 100)
        .map(|at| user(&format!("former.contractor{at}@{DOMAIN}"), &format!("Former Contractor {at}"), false))
        .collect();
    let matched = people(&mut store, directory);
    let mut group = |name: &str, members: Vec<u64>, reserved: bool| {
        let mut record = Record::new(Kind::Group, "", name);
        (record.members, record.reserved, record.everybody) =
            (members, reserved, matches!(name, "users" | "account users"));
        record.external_id = (name == FOREIGN).then(|| foreign_id.clone());
        store.seed(record)
    };
    let admins = match level {
        Level::Workspace => {
            group("users", Vec::new(), true);
            group("admins", vec![owner, break_glass, ada], true)
        }
        Level::Account => group("account users", Vec::new(), true),
    };
    group("Legacy Analysts", unknown.iter().take(3).copied().collect(), false);
    if let Some(adopted) = directory.group_named(ADOPTED) {
        let known = adopted.members.iter().filter_map(|member| matched.get(member.id.as_str()));
        group(ADOPTED, known.chain(unknown.first()).copied().collect(), false);
    }
    if directory.group_named(FOREIGN).is_some() {
        group(FOREIGN, unknown.iter().skip(1).take(1).copied().collect(), false);
    }
    let mut runner = Record::new(Kind::ServicePrincipal, &workspace_runner, "terraform-runner");
    if level == Level::Account {
        runner.name.clone_from(&facts.account_client_id);
        runner.roles.push("account_admin".to_owned());
    }
    let runner = store.seed(runner);
    Contents { store, admins, owner, plain, runner }
}

/// People who are at Databricks already: one in thirty is found by the user name only, one in sixty by the external id;
/// of these one has an old name and one is deactivated. Uma is never there. Returns their ids by object id.
fn people<'a>(store: &mut Store, directory: &'a Directory) -> HashMap<&'a str, u64> {
    let people = directory.people();
    let (by_name, by_id) = ((people.len() / 30).max(1), people.len() / 60);
    let mut ids = HashMap::new();
    let candidates = people.iter().skip(2).filter(|it| it.account_enabled);
    for (at, person) in candidates.take(by_name + by_id).enumerate() {
        let mut record = Record::new(Kind::User, user_name(person), &person.display_name);
        record.given_name.clone_from(&person.given_name);
        record.family_name.clone_from(&person.surname);
        if let Some(linked) = at.checked_sub(by_name) {
            record.external_id = Some(person.id.clone());
            match linked {
                0 => record.display_name = format!("{} (old name)", person.display_name),
                1 => record.active = false,
                _ => {}
            }
        }
        if store.level == Level::Workspace {
            record.entitlements = vec!["workspace-access".to_owned()];
        }
        ids.insert(person.id.as_str(), store.seed(record));
    }
    ids
}
