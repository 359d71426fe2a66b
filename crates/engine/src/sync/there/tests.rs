//! What was read of Databricks, beside what the directory has.

use serde_json::{Value, json};

use super::*;
use crate::entra::connector::schema::{Schema, Table};

fn id(number: u8) -> String {
    format!("00000000-0000-0000-0000-0000000000{number:02}")
}

/// The user name is the user principal name.
fn mapping() -> Mapping {
    let source =
        json!({ "type": "Attribute", "name": "userPrincipalName", "expression": "[userPrincipalName]" });
    let rows = json!([{ "targetAttributeName": "userName", "matchingPriority": 1, "source": source }]);
    let mapping = json!({ "sourceObjectName": "User", "enabled": true, "flowTypes": "Add, Update, Delete", "attributeMappings": rows });
    let schema =
        json!({ "synchronizationRules": [{ "id": "r", "priority": 1, "objectMappings": [mapping] }] });
    Table::of(&Schema::try_from(schema).unwrap()).people.unwrap()
}

fn ada(enabled: bool) -> Person {
    serde_json::from_value(json!({ "id": id(1), "displayName": "Ada Lovelace", "mail": "ada@contoso.example",
        "userPrincipalName": "Ada@contoso.example", "accountEnabled": enabled }))
    .unwrap()
}

fn observed(users: &Value, groups: &Value) -> Observed {
    let groups: Vec<ScimGroup> = serde_json::from_value(groups.clone()).unwrap();
    let members = groups.iter().map(|it| (it.id.clone(), it.members.clone().unwrap_or_default())).collect();
    Observed { users: serde_json::from_value(users.clone()).unwrap(), groups, members, ..Observed::default() }
}

fn person(user: &Value, enabled: bool) -> There {
    let other = json!({ "id": "6", "userName": "max@contoso.example", "externalId": id(6) });
    let observed = observed(&json!([user, other]), &json!([]));
    Index::of(&observed, Some(&mapping())).person(&ada(enabled))
}

fn differs(how: &str) -> There {
    There::Differs(ScimId("7".to_owned()), vec![how.to_owned()])
}

#[test]
fn people_are_found_by_identity_then_by_name() {
    let there = There::Present(ScimId("7".to_owned()));
    let user = |name: &str, own: Option<String>| json!({ "id": "7", "userName": name, "externalId": own });
    let renamed = "The user name there is old@contoso.example, and would be Ada@contoso.example: Databricks does not change user names.";
    assert_eq!(person(&user("old@contoso.example", Some(id(1))), true), differs(renamed));
    assert_eq!(person(&user("ada@contoso.example", Some(id(1).to_uppercase())), true), there);
    let none = "It has no externalId there: nothing has matched it with Entra yet.";
    assert_eq!(person(&user("ada@contoso.example", None), true), differs(none));
    let other = format!("Its externalId there is {}, and not the object id.", id(2));
    assert_eq!(person(&user("ada@contoso.example", Some(id(2))), true), differs(&other));
    assert_eq!(person(&user("uma@contoso.example", Some(id(2))), true), There::Absent);
}

#[test]
fn who_is_disabled_should_not_be_there() {
    let user = |active: bool| json!({ "id": "7", "userName": "ada@contoso.example", "externalId": id(1), "active": active });
    assert_eq!(person(&user(false), true), differs("They are deactivated there."));
    assert_eq!(person(&user(true), false), differs("They are active there, and disabled in the directory."));
    assert_eq!(person(&user(false), false), There::Disabled(Some(ScimId("7".to_owned()))));
    assert_eq!(
        person(&json!({ "id": "7", "userName": "uma@contoso.example" }), false),
        There::Disabled(None)
    );
}

#[test]
fn where_no_identities_are_told_a_name_proves_nothing() {
    let told = |name: &str| {
        let observed = observed(&json!([{ "id": "7", "userName": name }]), &json!([]));
        match Index::of(&observed, Some(&mapping())).person(&ada(true)) {
            There::Unknown(why) => why,
            other => format!("{other:?}"),
        }
    };
    assert!(told("ada@contoso.example").starts_with("Somebody of this user name is there;"));
    assert!(told("uma@contoso.example").ends_with("they may be there under another name."));
}

#[test]
fn where_their_name_there_is_not_known_nobody_is_absent() {
    let users = json!([{ "id": "7", "userName": "uma@contoso.example", "externalId": id(2) }]);
    let There::Unknown(why) = Index::of(&observed(&users, &json!([])), None).person(&ada(true)) else {
        panic!("it is known")
    };
    assert!(why.contains("what the connector calls them is not known here"), "{why}");
}

#[test]
fn of_whom_nothing_was_read_only_the_identity_tells() {
    let off = json!({ "id": "8", "userName": "y", "externalId": id(3), "active": false });
    let observed = observed(&json!([{ "id": "7", "userName": "x", "externalId": id(1) }, off]), &json!([]));
    let index = Index::of(&observed, None);
    let identity = |number| index.identity(&ObjectId(serde_json::from_value(json!(id(number))).unwrap()));
    assert_eq!(identity(1), There::Present(ScimId("7".to_owned())));
    assert_eq!(identity(3), There::Differs(ScimId("8".to_owned()), vec![DEACTIVATED.to_owned()]));
    assert_eq!(identity(2), There::Unknown("It could not be read in the directory.".to_owned()));
}

fn group(complete: bool, members: &Value, there: &Value) -> There {
    let users = json!([
        { "id": "1", "userName": "ada@contoso.example", "externalId": id(1) },
        { "id": "2", "userName": "uma@contoso.example", "externalId": id(2) },
        { "id": "5", "userName": "off@contoso.example", "externalId": id(5), "active": false },
        { "id": "9", "userName": "hand@contoso.example" },
    ]);
    let observed = observed(&users, &json!([there]));
    let members: Vec<Person> = serde_json::from_value(members.clone()).unwrap();
    let group: Group = serde_json::from_value(json!({ "id": id(8), "displayName": "Analysts" })).unwrap();
    let members = members.into_iter().map(Member::Person).collect();
    Index::of(&observed, Some(&mapping())).group(&SourceGroup { group, members, complete })
}

fn member(number: u8, name: &str, enabled: bool) -> Value {
    json!({ "id": id(number), "displayName": name, "userPrincipalName": format!("{}@contoso.example", name.to_lowercase()),
        "accountEnabled": enabled })
}

#[test]
fn the_members_of_a_group_are_compared() {
    let both = json!([member(1, "Ada", true), member(2, "Uma", true), member(3, "Zoe", false)]);
    let there = |ids: &[&str], name: &str| {
        let members: Vec<Value> =
            ids.iter().map(|id| json!({ "value": id, "$ref": format!("Users/{id}") })).collect();
        json!({ "id": "80", "displayName": name, "externalId": id(8), "members": members })
    };
    let how = |found| match found {
        There::Differs(_, how) => how,
        other => vec![format!("{other:?}")],
    };
    let present = There::Present(ScimId("80".to_owned()));
    assert_eq!(group(true, &both, &there(&["1", "2"], "Analysts")), present);
    assert_eq!(
        how(group(true, &both, &there(&["1", "9"], "Former name"))),
        [
            "Its name there is “Former name”: a new name does not come along.",
            "Of its 2 people one is there, and not in the group: Uma.",
            "One is in the group there, and not in the directory: hand@contoso.example.",
        ]
    );
    let more = json!([member(1, "Ada", true), member(4, "Max", true)]);
    assert_eq!(
        how(group(true, &more, &there(&["1"], "Analysts"))),
        ["Of its 2 people one is not in Databricks: Max."]
    );
    let off = json!([member(5, "Off", true), member(9, "Hand", true)]);
    assert_eq!(
        how(group(true, &off, &there(&["5", "9"], "Analysts"))),
        [
            "Of its 2 people one is deactivated there: Off.",
            "Of its 2 people one is there without their identity: Hand.",
        ]
    );
    // Who cannot be told may be anybody there.
    let mut nameless = member(4, "Max", true);
    nameless["userPrincipalName"] = Value::Null;
    assert_eq!(
        group(true, &json!([member(1, "Ada", true), nameless]), &there(&["1", "9"], "Analysts")),
        There::Unknown("It is there. Of its 2 people one is not known to be there or not.".to_owned())
    );
    let unread = "It is there; its members could not be read in the directory to the end.";
    assert_eq!(
        group(false, &json!([member(1, "Ada", true)]), &there(&["1", "2"], "Analysts")),
        There::Unknown(unread.to_owned())
    );
    assert_eq!(group(true, &both, &json!({ "id": "81", "displayName": "Others" })), There::Absent);
}

#[test]
fn a_group_that_could_not_be_read_may_be_the_one() {
    let mut observed = observed(&json!([]), &json!([{ "id": "81", "displayName": "Others" }]));
    observed.unread.insert(ScimId("81".to_owned()));
    let group: Group = serde_json::from_value(json!({ "id": id(8), "displayName": "Analysts" })).unwrap();
    let source = SourceGroup { group, members: Vec::new(), complete: true };
    let words = "Groups there were not read (1): it may be one of them.";
    assert_eq!(Index::of(&observed, None).group(&source), There::Unknown(words.to_owned()));
}
