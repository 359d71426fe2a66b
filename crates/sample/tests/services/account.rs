//! What both levels hold at the start.

use sample::{Level, Sample};
use serde_json::{Value, json};

use crate::client::{account_path, id_of, patch, tenant};

fn people(sample: &Sample, level: Level, keep: impl Fn(&Value) -> bool) -> Vec<String> {
    let all = sample.scim_users(level);
    all.iter().filter(|it| keep(it)).map(|it| it["userName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn strangers_matches_and_protected_people_are_there() {
    let sample = tenant(600, 40);
    let directory = sample.directory();
    let known: Vec<String> = directory
        .people()
        .iter()
        .flat_map(|it| {
            [Some(it.user_principal_name.to_lowercase()), it.mail.clone().map(|mail| mail.to_lowercase())]
        })
        .flatten()
        .collect();
    for level in [Level::Workspace, Level::Account] {
        let is_known = |it: &Value| known.iter().any(|name| it["userName"] == name.as_str());
        assert_eq!(people(&sample, level, |it| !is_known(it)).len(), 3 + 11);
        assert!(people(&sample, level, |it| !is_known(it) && it["active"] == false).is_empty());
        // Ada and one in thirty by user name only, one in sixty by external id.
        assert_eq!(people(&sample, level, |it| is_known(it) && it.get("externalId").is_none()).len(), 1 + 20);
        assert_eq!(people(&sample, level, |it| it.get("externalId").is_some()).len(), 10);
        assert_eq!(people(&sample, level, |it| it["active"] == false).len(), 1);
        let groups = sample.scim_groups(level);
        let group = |name: &str| groups.iter().find(|it| it["displayName"] == name).unwrap();
        assert!(group("Data Engineers").get("externalId").is_none());
        let entra = &directory.group_named("Finance Analysts").unwrap().id;
        assert!(group("Finance Analysts")["externalId"].is_string());
        assert_ne!(group("Finance Analysts")["externalId"], entra.as_str());
    }
    let admins = people(&sample, Level::Account, |it| it["roles"][0]["value"] == "account_admin");
    assert_eq!(admins.len(), 2);
    assert!(admins.iter().all(|it| it == "ada@contoso.example" || it == "breakglass@contoso.example"));
    let groups = sample.scim_groups(Level::Workspace);
    let admins = groups.iter().find(|it| it["displayName"] == "admins").unwrap();
    let mut names: Vec<_> =
        admins["members"].as_array().unwrap().iter().map(|it| it["display"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Ada Lovelace", "Break glass", "Token owner"]);
}

#[test]
fn tiny_tenants_have_a_match_too() {
    let sample = tenant(3, 2);
    let matched = people(&sample, Level::Account, |it| it["userName"] == "siobhan.o'neill@contoso.example");
    assert_eq!(matched.len(), 1);
    assert!(sample.scim_groups(Level::Account).iter().any(|it| it["displayName"] == "Data Engineers"));
}

#[test]
fn levels_do_not_mix() {
    let mut sample = tenant(5, 2);
    let before = sample.scim_users(Level::Workspace);
    let id = id_of(&sample.scim_users(Level::Account), "userName", "reader@contoso.example");
    let path = format!("{}/Users/{id}", account_path(&sample));
    let answer = patch(
        &mut sample,
        &path,
        &json!([{ "op": "add", "value": { "roles": [{ "value": "account_admin" }] } }]),
    );
    assert_eq!(answer.value()["roles"][0]["value"], "account_admin");
    assert_eq!(sample.scim_users(Level::Workspace), before);
}

#[test]
fn the_directory_changes_through_its_methods() {
    let mut sample = tenant(5, 2);
    let (group, person) =
        (sample.directory().groups()[1].id.clone(), sample.directory().people()[1].id.clone());
    let directory = sample.directory_mut();
    directory.remove_member(&group, &person);
    assert!(directory.add_member(&group, &person));
    assert!(!directory.add_member(&group, &person), "once only");
    assert!(directory.remove_member(&group, &person));
    assert!(directory.set_enabled(&person, false) && directory.rename_person(&person, "Uma New"));
    assert!(
        directory.rename_group(&group, "Team")
            && directory.rename_account(&person, "uma.new@contoso.example")
    );
    let uma = sample.directory().person_named("uma.new@contoso.example").unwrap();
    assert_eq!((uma.display_name.as_str(), uma.account_enabled), ("Uma New", false));
    assert!(!sample.directory_mut().set_enabled("nobody", true));
}
