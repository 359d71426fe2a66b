//! What a plan does in the cases that matter most: whom it must not touch, and what it must not do twice.

use std::collections::{BTreeMap, BTreeSet};

use super::make::{Basis, plan};
use super::{Change, Kind, Plan, Reference};
use crate::databricks::scim::{Group, Member, Name, ScimId, User};
use crate::databricks::target::Target;
use crate::entra::ids::{Guid, ObjectId, TenantId};
use crate::env::Timestamp;
use crate::sync::map::{Desired, DesiredGroup, DesiredUser};
use crate::sync::read::Observed;

fn id(n: u32) -> ObjectId {
    ObjectId(Guid::parse(&format!("00000000-0000-0000-0000-{n:012}")).unwrap())
}

fn scim(n: u32) -> ScimId {
    ScimId(n.to_string())
}

fn person(n: u32) -> DesiredUser {
    DesiredUser {
        entra: id(n),
        user_name: format!("p{n}@contoso.example"),
        display_name: Some(format!("Person {n}")),
        name: Name::default(),
    }
}

fn user(n: u32, external: Option<u32>) -> User {
    User {
        id: scim(n),
        user_name: format!("p{n}@contoso.example"),
        display_name: Some(format!("Person {n}")),
        name: None,
        external_id: external.map(|n| id(n).to_string()),
        active: Some(true),
    }
}

fn group(n: u32, name: &str, external: Option<u32>) -> Group {
    Group {
        id: scim(n),
        display_name: name.to_owned(),
        external_id: external.map(|n| id(n).to_string()),
        members: None,
        meta: None,
    }
}

fn wanted(n: u32, name: &str, members: &[u32]) -> DesiredGroup {
    DesiredGroup {
        entra: id(n),
        name: name.to_owned(),
        members: members.iter().map(|n| id(*n)).collect(),
        complete: true,
    }
}

fn desired(users: &[u32], groups: Vec<DesiredGroup>) -> Desired {
    Desired {
        users: users.iter().map(|n| person(*n)).collect(),
        groups,
        complete: true,
        ..Desired::default()
    }
}

fn observed(users: Vec<User>, groups: Vec<Group>) -> Observed {
    Observed { users, groups, administrators_known: true, ..Observed::default() }
}

fn make(desired: &Desired, observed: &Observed) -> Plan {
    let account =
        "https://accounts.azuredatabricks.net/api/2.1/accounts/11111111-2222-3333-4444-555555555555/scim/v2";
    make_for(account, desired, observed)
}

fn make_for(target: &str, desired: &Desired, observed: &Observed) -> Plan {
    let target = Target::parse(target, &[]).unwrap();
    let tenant = TenantId(id(99).0);
    let administrator = id(7);
    let basis =
        Basis { at: Timestamp(0), target: &target, tenant: &tenant, administrator: Some(&administrator) };
    plan(&basis, desired, observed)
}

fn withheld(plan: &Plan) -> Vec<(&str, &str)> {
    plan.withheld.iter().map(|held| (held.object.as_str(), held.what.as_str())).collect()
}

#[test]
fn identity_comes_before_the_name() {
    let mut renamed = user(2, Some(1));
    renamed.user_name = "old.name@contoso.example".to_owned();
    let plan = make(&desired(&[1], Vec::new()), &observed(vec![renamed], Vec::new()));
    assert_eq!(withheld(&plan), [("old.name@contoso.example", "Change the user name to p1@contoso.example")]);
    let [one] = plan.operations.as_slice() else { panic!("{plan}") };
    assert_eq!((one.summary().as_str(), one.kind()), ("Update displayName", Kind::UpdateUser));
}

#[test]
fn names_follow_the_directory_as_far_as_they_were_read() {
    let mut wanted = desired(&[1, 2, 3], Vec::new());
    for user in &mut wanted.users {
        user.name = Name { given_name: Some("Ada".to_owned()), family_name: None };
    }
    let mut there = observed(vec![user(1, Some(1)), user(2, Some(2)), user(3, Some(3))], Vec::new());
    // Of the first one the list says nothing, of the second one that it has none, and the third one is as it should be.
    there.users[1].name = Some(Name { given_name: None, family_name: Some("Lovelace".to_owned()) });
    there.users[2].name = Some(Name { given_name: Some("Ada".to_owned()), family_name: None });
    let plan = make(&wanted, &there);
    let [one] = plan.operations.as_slice() else { panic!("{plan}") };
    assert_eq!(one.object.name, "p2@contoso.example");
    let Change::UpdateUser { scim: at, changes } = &one.change else { panic!("{plan}") };
    assert_eq!(*at, scim(2));
    assert_eq!(*changes, [super::compare::field("name.givenName", "", "Ada")]);
    assert_eq!(plan.unchanged.people, 2);
}

#[test]
fn what_the_directory_leaves_empty_stays_and_a_workspace_keeps_display_names() {
    let mut nameless = desired(&[1], Vec::new());
    nameless.users[0].display_name = None;
    let there = observed(vec![user(1, Some(1))], Vec::new());
    assert!(make(&nameless, &there).is_empty());
    let plan = make(&nameless, &observed(Vec::new(), Vec::new()));
    let [one] = plan.operations.as_slice() else { panic!("{plan}") };
    assert_eq!(one.summary(), "Create the person p1@contoso.example");
    let mut renamed = there;
    renamed.users[0].display_name = Some("Old Name".to_owned());
    let plan = make_for("adb-1.2.azuredatabricks.net", &desired(&[1], Vec::new()), &renamed);
    assert!(plan.is_empty());
    assert_eq!(
        withheld(&plan),
        [("p1@contoso.example", "Change the display name from “Old Name” to “Person 1”")]
    );
}

#[test]
fn protected_people_keep_their_names_and_so_does_everybody_while_they_are_unknown() {
    let mut there = observed(vec![user(1, Some(1)), user(7, Some(7)), user(8, Some(8))], Vec::new());
    for user in &mut there.users {
        user.display_name = Some("Old Name".to_owned());
    }
    there.protected.insert(scim(1));
    let plan = make(&desired(&[1, 7, 8], Vec::new()), &there);
    let names: Vec<_> = plan.operations.iter().map(|it| it.object.name.as_str()).collect();
    assert_eq!(names, ["p8@contoso.example"]);
    assert_eq!(
        withheld(&plan),
        [("p1@contoso.example", "Update displayName"), ("p7@contoso.example", "Update displayName")]
    );
    there.administrators_known = false;
    assert!(make(&desired(&[1, 7, 8], Vec::new()), &there).is_empty());
}

#[test]
fn a_renamed_group_is_never_a_second_group() {
    let plan = make(
        &desired(&[], vec![wanted(5, "New name", &[])]),
        &observed(Vec::new(), vec![group(1, "Old name", Some(5))]),
    );
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("Old name", "Rename to \"New name\"")]);
}

#[test]
fn administrators_and_the_signed_in_person_are_not_adopted() {
    let mut there = observed(vec![user(1, None), user(7, None), user(8, None)], Vec::new());
    there.protected.insert(scim(1));
    let plan = make(&desired(&[1, 7, 8], Vec::new()), &there);
    assert_eq!(plan.operations.len(), 1);
    assert_eq!(plan.operations[0].object.name, "p8@contoso.example");
    assert_eq!(withheld(&plan), [("p1@contoso.example", "Adopt"), ("p7@contoso.example", "Adopt")]);
}

#[test]
fn nobody_is_adopted_while_the_administrators_are_unknown() {
    let mut there = observed(vec![user(1, None)], Vec::new());
    there.administrators_known = false;
    let plan = make(&desired(&[1], Vec::new()), &there);
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("p1@contoso.example", "Adopt")]);
}

#[test]
fn another_persons_user_name_is_not_taken_over() {
    let plan = make(&desired(&[1], Vec::new()), &observed(vec![user(1, Some(42))], Vec::new()));
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("p1@contoso.example", "Adopt")]);
}

#[test]
fn an_identity_that_stands_twice_is_left_alone() {
    let mut second = user(2, Some(1));
    second.user_name = "p1.old@contoso.example".to_owned();
    let plan = make(&desired(&[1], Vec::new()), &observed(vec![user(1, Some(1)), second], Vec::new()));
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("p1@contoso.example", "Any change")]);
}

#[test]
fn a_reserved_group_is_not_filled_even_if_it_carries_the_identity() {
    let plan = make(
        &desired(&[1], vec![wanted(5, "Platform", &[1])]),
        &observed(vec![user(1, Some(1))], vec![group(1, "admins", Some(5))]),
    );
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("Platform", "Any change")]);
}

#[test]
fn a_group_is_not_created_while_another_could_not_be_read() {
    let mut there = observed(Vec::new(), vec![group(1, "Unreadable", None)]);
    there.unread.insert(scim(1));
    let plan = make(&desired(&[], vec![wanted(5, "New", &[])]), &there);
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("New", "Create")]);
}

#[test]
fn two_groups_of_one_name_are_left_alone() {
    let plan = make(
        &desired(&[], vec![wanted(5, "Twice", &[])]),
        &observed(Vec::new(), vec![group(1, "Twice", None), group(2, "Twice", None)]),
    );
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("Twice", "Any change")]);
}

#[test]
fn people_join_an_adopted_group_only_once_it_is_adopted() {
    let plan = make(
        &desired(&[1, 2], vec![wanted(5, "Analysts", &[1, 2])]),
        &observed(vec![user(1, None)], vec![group(9, "Analysts", None)]),
    );
    let Change::AddMembers { group, members } = &plan.operations.last().unwrap().change else {
        panic!("{plan}")
    };
    assert_eq!(*group, Reference::Adopted { operation: 2, scim: scim(9) });
    let users: Vec<_> = members.iter().map(|member| member.user.clone()).collect();
    assert_eq!(users, [Reference::Adopted { operation: 0, scim: scim(1) }, Reference::Created(1)]);
}

#[test]
fn removals_are_withheld_and_people_added_by_hand_are_not_even_named() {
    let mut there = observed(
        vec![user(1, Some(1)), user(2, Some(2)), user(3, None)],
        vec![group(9, "Analysts", Some(5))],
    );
    let members =
        [1, 2, 3].map(|n| Member { value: scim(n), display: None, reference: Some(format!("Users/{n}")) });
    there.members = BTreeMap::from([(scim(9), members.to_vec())]);
    let plan = make(&desired(&[1], vec![wanted(5, "Analysts", &[1])]), &there);
    assert!(plan.is_empty());
    assert_eq!(withheld(&plan), [("Analysts", "Remove p2@contoso.example")]);
}

#[test]
fn only_a_whole_directory_shows_who_was_deleted() {
    let there = observed(vec![user(1, Some(1)), user(2, Some(2)), user(7, Some(7))], Vec::new());
    let part = make(&desired(&[1], Vec::new()), &there);
    assert_eq!((withheld(&part), part.unchanged.ignored), (Vec::new(), 2));
    let mut all = desired(&[1], Vec::new());
    all.everyone = Some(BTreeSet::from([id(1)]));
    let whole = make(&all, &there);
    assert_eq!(
        withheld(&whole),
        [
            ("p2@contoso.example", "Deactivate: deleted in Entra"),
            ("p7@contoso.example", "Deactivate: deleted in Entra")
        ]
    );
    assert!(whole.withheld[1].why.starts_with("Protected"));
}

#[test]
fn a_plan_that_was_changed_in_its_file_is_refused() {
    let plan = make(&desired(&[1], Vec::new()), &observed(Vec::new(), Vec::new()));
    let file = plan.to_file();
    assert_eq!(Plan::from_file(&file), Ok(plan));
    let forged = file.replace("p1@contoso.example", "evil@contoso.example");
    assert_eq!(Plan::from_file(&forged), Err(super::PlanFileError::Changed));
}
