//! A whole sync does what its plan says, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use engine::databricks::scim::{Patch, Scim, ScimId};
use engine::entra::ids::{Guid, ObjectId};
use engine::env::Env as _;
use engine::setup::{Picked, Scope};
use engine::stop::Control;
use engine::sync::journal::MemoryJournal;
use engine::sync::plan::{Change, Kind, Plan};
use engine::sync::report::{Ending, Result as RowResult};
use sample::{Level, Options};
use serde_json::Value;

use super::world::World;

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn by_id(objects: Vec<Value>) -> BTreeMap<String, Value> {
    objects.into_iter().map(|object| (text(&object, "id").to_owned(), object)).collect()
}

/// A user without the list of groups, which follows from the groups.
fn own(user: &Value) -> Value {
    let mut user = user.clone();
    user.as_object_mut().unwrap().remove("groups");
    user
}

fn members(group: &Value) -> BTreeSet<String> {
    let list = group.get("members").and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|member| text(member, "value").to_owned()).collect()
}

/// What the store must hold after the plan, worked out from what it held before and the plan alone.
fn check_store(world: &World, level: Level, plan: &Plan, users_before: &[Value], groups_before: &[Value]) {
    let before = by_id(users_before.to_vec());
    let after = by_id(world.sample(|sample| sample.scim_users(level)));
    let mut adopted = BTreeSet::new();
    for operation in &plan.operations {
        match &operation.change {
            Change::CreateUser { display_name, .. } => {
                let user = after
                    .values()
                    .find(|user| text(user, "userName") == operation.object.name)
                    .unwrap_or_else(|| panic!("{} is missing", operation.object.name));
                assert_eq!(text(user, "externalId"), operation.object.entra.as_str());
                assert_eq!(text(user, "displayName"), display_name);
                assert!(!before.contains_key(text(user, "id")));
            }
            Change::AdoptUser { scim: ScimId(id), .. } | Change::UpdateUser { scim: ScimId(id), .. } => {
                adopted.insert(id.clone());
                assert_eq!(text(&after[id], "externalId"), operation.object.entra.as_str());
                assert_eq!(text(&after[id], "userName"), text(&before[id], "userName"));
            }
            _ => {}
        }
    }
    assert_eq!(after.len(), before.len() + plan.count(Kind::CreateUser));
    for (id, user) in &before {
        if !adopted.contains(id) {
            assert_eq!(own(&after[id]), own(user), "a user outside the plan was touched");
        }
    }
    let names: BTreeMap<&str, &str> =
        after.values().map(|user| (text(user, "userName"), text(user, "id"))).collect();
    let groups = by_id(world.sample(|sample| sample.scim_groups(level)));
    assert_eq!(groups.len(), groups_before.len() + plan.count(Kind::CreateGroup));
    let mut expected: BTreeMap<String, BTreeSet<String>> =
        groups_before.iter().map(|group| (text(group, "displayName").to_owned(), members(group))).collect();
    for operation in &plan.operations {
        if let Change::AddMembers { members, .. } = &operation.change {
            let ids = members.iter().map(|member| names[member.name.as_str()].to_owned());
            expected.entry(operation.object.name.clone()).or_default().extend(ids);
        }
    }
    // Databricks keeps these two by itself: they hold everybody.
    let kept = |name: &str| matches!(name, "users" | "account users");
    expected.retain(|name, _| !kept(name));
    for group in groups.values().filter(|group| !kept(text(group, "displayName"))) {
        let wanted = expected.remove(text(group, "displayName")).unwrap_or_default();
        assert_eq!(members(group), wanted, "{}", text(group, "displayName"));
    }
    assert!(expected.values().all(BTreeSet::is_empty));
}

fn whole(level: Level) {
    let world = World::of(600, 40);
    let users = world.sample(|sample| sample.scim_users(level));
    let groups = world.sample(|sample| sample.scim_groups(level));
    let plan = world.plan(level, Scope::All);
    assert_eq!(world.sample(|sample| sample.writes()), 0, "planning writes nothing");
    assert!(plan.count(Kind::CreateUser) > 400 && plan.count(Kind::AdoptUser) > 5, "{plan}");
    let report = world.apply(level, &plan, Rc::new(MemoryJournal::default()));
    assert_eq!(report.ending, Ending::Complete);
    assert_eq!(report.counts().failed, 0, "{}", report.to_csv());
    assert!(report.is_success(), "{:?}", report.verification);
    check_store(&world, level, &plan, &users, &groups);
    let again = world.plan(level, Scope::All);
    assert!(again.is_empty(), "{again}");
}

#[test]
fn the_whole_sample_into_the_account() {
    whole(Level::Account);
}

#[test]
fn the_whole_sample_into_the_workspace() {
    whole(Level::Workspace);
}

/// Names that somebody changed at Databricks are shown with both values, put right, and looked at no more.
fn names_drift(level: Level) {
    let world = World::of(40, 4);
    let plan = world.plan(level, Scope::All);
    let report = world.apply(level, &plan, Rc::new(MemoryJournal::default()));
    assert!(report.is_success(), "{:?}", report.verification);
    let ours: Vec<(ScimId, String)> = world.sample(|sample| {
        let users = sample.scim_users(level).into_iter().filter(|user| !text(user, "externalId").is_empty());
        users.map(|user| (ScimId(text(&user, "id").to_owned()), text(&user, "userName").to_owned())).collect()
    });
    let before = world.sample(|sample| sample.scim_users(level));
    let changed: Vec<(ScimId, String)> = ours.into_iter().take(5).collect();
    let renaming = (world.clone(), world.connection(level), changed.clone());
    world.run(async move {
        let (world, connection, changed) = renaming;
        let scim = Scim::new(&world, &connection, Control::default());
        for (id, name) in &changed {
            let patch =
                Patch::default().replace("displayName", "Somebody Else").replace("name.givenName", "Some");
            scim.patch_user(id, name, &patch).await.unwrap();
        }
        // Until reads show it.
        world.sleep(Duration::from_secs(90)).await;
    });
    let plan = world.plan(level, Scope::All);
    let names: BTreeSet<&str> = plan.operations.iter().map(|it| it.object.name.as_str()).collect();
    assert_eq!(names, changed.iter().map(|(_, name)| name.as_str()).collect());
    for operation in &plan.operations {
        let Change::UpdateUser { changes, .. } = &operation.change else { panic!("{plan}") };
        let from: BTreeMap<&str, &str> =
            changes.iter().map(|change| (change.field.as_str(), change.before.as_str())).collect();
        assert_eq!(from["name.givenName"], "Some");
        assert_eq!(from.get("displayName").copied(), (level == Level::Account).then_some("Somebody Else"));
    }
    let report = world.apply(level, &plan, Rc::new(MemoryJournal::default()));
    assert!(report.is_success(), "{:?}", report.verification);
    assert!(world.plan(level, Scope::All).is_empty());
    let after = world.sample(|sample| sample.scim_users(level));
    let shown = |users: &[Value]| -> Vec<String> {
        users.iter().map(|user| text(user, "displayName").to_owned()).collect()
    };
    match level {
        Level::Account => assert_eq!(shown(&after), shown(&before)),
        // A workspace may ignore it: that is said, and not tried again and again.
        Level::Workspace => {
            let held = world.plan(level, Scope::All).withheld;
            let held =
                held.iter().filter(|it| it.what.starts_with("Change the display name from “Somebody Else”"));
            assert_eq!(held.count(), changed.len());
        }
    }
}

#[test]
fn names_that_drifted_in_the_account_are_put_right() {
    names_drift(Level::Account);
}

#[test]
fn names_that_drifted_in_the_workspace_are_put_right() {
    names_drift(Level::Workspace);
}

#[test]
fn a_name_is_not_written_to_somebody_else() {
    let world = World::of(40, 4);
    let level = Level::Account;
    let plan = world.plan(level, Scope::All);
    assert!(world.apply(level, &plan, Rc::new(MemoryJournal::default())).is_success());
    let user = world
        .sample(|sample| sample.scim_users(level))
        .into_iter()
        .find(|user| !text(user, "externalId").is_empty());
    let path = format!("/Users/{}", text(&user.unwrap(), "id"));
    let set = |field: &str, value: &str| {
        let operation = serde_json::json!({ "op": "replace", "path": field, "value": value });
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation],
        });
        world.by_hand(level, "PATCH", &path, &body);
    };
    set("displayName", "Somebody Else");
    let later = world.clone();
    // Until lists show it.
    world.run(async move { later.sleep(Duration::from_secs(90)).await });
    let plan = world.plan(level, Scope::All);
    assert_eq!(plan.count(Kind::UpdateUser), 1, "{plan}");
    // Meanwhile the user becomes another person's.
    set("externalId", "00000000-0000-0000-0000-0000000000ff");
    let report = world.apply(level, &plan, Rc::new(MemoryJournal::default()));
    let RowResult::Failed(problem) = &report.rows[0].result else { panic!("{}", report.to_csv()) };
    assert!(problem.why.starts_with("The user does not carry this person's identity"), "{problem:?}");
    let shown = world.sample(|sample| sample.scim_users(level));
    assert!(shown.iter().any(|user| text(user, "displayName") == "Somebody Else"));
}

#[test]
fn only_what_is_picked_is_provisioned() {
    let world = World::of(60, 8);
    let (group, members) = world.sample(|sample| {
        let directory = sample.directory();
        let group =
            directory.groups().iter().find(|group| !directory.direct_people(&group.id).is_empty()).unwrap();
        let people: BTreeSet<String> =
            directory.direct_people(&group.id).iter().map(|person| person.id.clone()).collect();
        (group.clone(), people)
    });
    let id = ObjectId(Guid::parse(&group.id).unwrap());
    let scope =
        Scope::Chosen { groups: vec![Picked { id, name: group.display_name.clone() }], people: Vec::new() };
    let plan = world.plan(Level::Account, scope);
    for operation in &plan.operations {
        let own = operation.object.entra.as_str();
        assert!(own == group.id || members.contains(own), "{operation:?}");
    }
}

#[test]
fn the_published_limits_are_never_met() {
    // Without replication nothing has to be read back twice, so every request beyond the plan would be a repetition.
    let world =
        World::new(Options { people: 120, groups: 10, replication: Duration::ZERO, ..Options::default() });
    let plan = world.plan(Level::Account, Scope::All);
    let (began, before) = (world.elapsed(), world.requests());
    let report = world.apply(Level::Account, &plan, Rc::new(MemoryJournal::default()));
    assert!(report.is_success());
    // Verifying reads a little; a refusal for being too fast would cost one more request each.
    let reads = 3 + plan
        .operations
        .iter()
        .filter(|operation| operation.object.kind == engine::sync::plan::ObjectKind::Group)
        .count();
    let sent = world.requests() - before;
    assert!(sent <= plan.requests() + reads, "{sent} requests for {} and {reads} reads", plan.requests());
    let floor = plan.estimate();
    let took = world.elapsed() - began;
    assert!(took < floor + Duration::from_secs(20), "{took:?} for a floor of {floor:?}");
}

#[test]
fn a_plan_that_was_not_approved_is_not_applied() {
    let world = World::of(12, 3);
    let plan = world.plan(Level::Account, Scope::All);
    let mut other = plan.clone();
    other.operations.pop();
    let flow = {
        let world = world.clone();
        async move {
            let connection = world.connection(Level::Account);
            let control = Control::default();
            let scim = Scim::new(&world, &connection, control.clone());
            let journal = MemoryJournal::default();
            engine::sync::apply::apply(&scim, &other, &plan.hash(), &journal, &control, |_| ()).await
        }
    };
    let report = world.run(flow);
    assert!(matches!(report.ending, Ending::Interrupted(_)));
    assert_eq!(world.sample(|sample| sample.writes()), 0);
}
