//! SCIM of a workspace: rights, writes, and what is silently different from the standard.

use std::time::Duration;

use sample::{Level, Options, Request, Sample, Service};
use serde_json::{Value, json};

use crate::client::{NOW, WORKSPACE, account_path, encode, id_of, patch, post, read, scim, tenant};

fn detail(value: &Value) -> &str {
    value["detail"].as_str().unwrap_or_default()
}

fn with_token(sample: &mut Sample, method: &str, path: &str, token: &str) -> sample::Answer {
    let request = Request::new(method, path).with_header("authorization", &format!("Bearer {token}"));
    sample.answer(Service::Databricks, &request, NOW)
}

#[test]
fn each_token_opens_its_own_door() {
    let mut sample = tenant(5, 2);
    let facts = sample.facts().clone();
    let account = account_path(&sample);
    let old = account.replace("/2.1/", "/2.0/");
    let wrong = account.replace(&facts.account_id, "11111111-1111-4111-8111-111111111111");
    let users = |base: &str| format!("{base}/Users");
    for (path, token, status) in [
        (users(WORKSPACE), facts.workspace_token.as_str(), 200),
        (users(WORKSPACE), &facts.account_token, 401),
        (users(WORKSPACE), "dapi0", 401),
        (users(&account), &facts.account_token, 200),
        (users(&account), &facts.workspace_token, 401),
        (users(&old), &facts.account_token, 403),
        (users(&wrong), &facts.account_token, 404),
        (format!("{account}/Me"), &facts.account_token, 404),
        (format!("{WORKSPACE}/Schemas"), &facts.workspace_token, 404),
        ("/api/2.0/clusters/list".to_owned(), &facts.workspace_token, 404),
    ] {
        let answer = with_token(&mut sample, "GET", &path, token);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.value().get("error_code").is_some(), status != 200, "{path}");
    }
}

#[test]
fn browsers_are_never_let_in() {
    let mut sample = tenant(5, 2);
    let token = sample.facts().workspace_token.clone();
    for (method, path) in
        [("OPTIONS", "/api/2.0/preview/scim/v2/Users"), ("GET", "/api/2.0/preview/scim/v2/Me"), ("GET", "/")]
    {
        let request = Request::new(method, path)
            .with_header("origin", "http://localhost:8080")
            .with_header("authorization", &format!("Bearer {token}"));
        let answer = sample.answer(Service::Databricks, &request, NOW);
        assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control-")), "{path}");
    }
    assert_eq!(with_token(&mut sample, "GET", "/", &token).header("location"), Some("/login.html"));
    let page = with_token(&mut sample, "GET", "/nothing", &token);
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
}

#[test]
fn me_tells_the_owner_and_its_groups() {
    let mut sample = tenant(5, 2);
    let me = read(&mut sample, &format!("{WORKSPACE}/Me")).value();
    assert_eq!(me["userName"], "pat-owner@contoso.example");
    let groups: Vec<_> =
        me["groups"].as_array().unwrap().iter().map(|it| it["display"].as_str().unwrap()).collect();
    assert!(groups.contains(&"admins") && groups.contains(&"users"));
}

#[test]
fn a_token_has_no_more_rights_than_its_owner() {
    let mut sample = tenant(5, 2);
    let plain = sample.facts().plain_token.clone();
    let users = format!("{WORKSPACE}/Users");
    assert_eq!(
        with_token(&mut sample, "GET", &format!("{WORKSPACE}/Me"), &plain).value()["userName"],
        "reader@contoso.example"
    );
    let body = with_token(&mut sample, "GET", &users, &plain).value();
    let keys: Vec<_> = body["Resources"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["displayName", "id", "schemas", "userName"]);
    let refused = with_token(&mut sample, "POST", &users, &plain);
    assert_eq!((refused.status, &refused.value()["error_code"]), (403, &"PERMISSION_DENIED".into()));
    // Who takes the owner out of the administrators, or deactivates it, locks themselves out.
    let owner = id_of(&sample.scim_users(Level::Workspace), "userName", "pat-owner@contoso.example");
    let admins = id_of(&sample.scim_groups(Level::Workspace), "displayName", "admins");
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{owner}\"]") }]);
    assert_eq!(patch(&mut sample, &format!("{WORKSPACE}/Groups/{admins}"), &remove).status, 204);
    assert_eq!(post(&mut sample, &users, &json!({ "userName": "x@contoso.example" })).status, 403);
}

#[test]
fn a_user_is_created_once() {
    let mut sample = tenant(5, 2);
    let users = format!("{WORKSPACE}/Users");
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "O'Hara@Contoso.example",
        "displayName": "Sam O'Hara", "externalId": "e-1", "name": { "givenName": "Sam", "familyName": "O'Hara" } });
    let made = post(&mut sample, &users, &body);
    assert_eq!(made.status, 201);
    let user = made.value();
    assert_eq!(user["userName"], "o'hara@contoso.example");
    assert_eq!((&user["externalId"], &user["active"]), (&"e-1".into(), &true.into()));
    assert_eq!(user["emails"][0]["value"], "o'hara@contoso.example");
    assert!(user["id"].as_str().unwrap().parse::<u64>().unwrap() > 1 << 53);
    let again = post(&mut sample, &users, &body);
    assert_eq!(again.status, 409);
    assert_eq!(detail(&again.value()), "User with username ohara@contoso.example already exists.");
    assert_eq!(again.value()["status"], "409");
    let account = format!("{}/Users", account_path(&sample));
    assert_eq!(post(&mut sample, &account, &body).status, 201);
    let again = post(&mut sample, &account, &body);
    assert!(
        detail(&again.value())
            .starts_with("User with email ohara@contoso.example already exists in this account")
    );
    assert_eq!(sample.writes(), 2);
}

#[test]
fn what_a_user_cannot_be_created_with() {
    let mut sample = tenant(5, 2);
    let users = format!("{WORKSPACE}/Users");
    for (body, kind) in [
        (json!({ "displayName": "Nobody" }), "invalidValue"),
        (json!({ "userName": "nobody" }), "invalidValue"),
        (json!({ "userName": "a@x.example", "emails": [{ "value": "b@x.example" }] }), "invalidValue"),
        (json!({ "userName": "a@x.example", "externalId": "x".repeat(65) }), "invalidValue"),
        (json!({ "userName": "a@x.example", "entitlements": [{ "value": "be-king" }] }), "invalidValue"),
        (json!([]), "invalidSyntax"),
    ] {
        let answer = post(&mut sample, &users, &body);
        assert_eq!((answer.status, &answer.value()["scimType"]), (400, &kind.into()), "{body}");
    }
    let account = format!("{}/Users", account_path(&sample));
    let answer = post(&mut sample, &account, &json!({ "userName": "a@x.example", "entitlements": [] }));
    assert_eq!(detail(&answer.value()), "entitlements can only be managed at the workspace level");
    assert_eq!(sample.writes(), 0);
}

#[test]
fn user_names_never_change() {
    let mut sample = tenant(5, 2);
    let id = id_of(&sample.scim_users(Level::Workspace), "userName", "reader@contoso.example");
    let path = format!("{WORKSPACE}/Users/{id}");
    let changed = patch(
        &mut sample,
        &path,
        &json!([
            { "op": "replace", "value": { "userName": "new@contoso.example", "displayName": "New" } },
            { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@contoso.example" },
        ]),
    );
    assert_eq!(changed.status, 200);
    assert_eq!(
        (&changed.value()["userName"], &changed.value()["displayName"]),
        (&"reader@contoso.example".into(), &"New".into())
    );
    let put = scim(
        &mut sample,
        "PUT",
        &path,
        &json!({ "userName": "other@contoso.example", "externalId": "e" }),
        NOW,
    );
    let user = put.value();
    assert_eq!((&user["userName"], &user["externalId"]), (&"reader@contoso.example".into(), &"e".into()));
    assert!(user.get("entitlements").is_none(), "what PUT leaves out is cleared");
}

#[test]
fn deactivated_people_stay_in_their_groups() {
    let mut sample = tenant(5, 2);
    let id = id_of(&sample.scim_users(Level::Workspace), "userName", "former.contractor1@contoso.example");
    let path = format!("{WORKSPACE}/Users/{id}");
    let off = patch(&mut sample, &path, &json!([{ "op": "replace", "path": "active", "value": "false" }]));
    assert_eq!(off.value()["active"], false);
    let groups: Vec<_> =
        off.value()["groups"].as_array().unwrap().iter().map(|it| it["display"].clone()).collect();
    assert!(groups.contains(&"Legacy Analysts".into()));
    assert_eq!(scim(&mut sample, "DELETE", &path, &Value::Null, NOW).status, 204);
    let gone = read(&mut sample, &path);
    assert_eq!(
        (gone.status, detail(&gone.value())),
        (404, format!("User with id {id} is not found").as_str())
    );
    let group =
        sample.scim_groups(Level::Workspace).into_iter().find(|it| it["displayName"] == "Legacy Analysts");
    assert!(group.unwrap()["members"].as_array().unwrap().iter().all(|it| it["value"] != id.as_str()));
}

#[test]
fn a_display_name_can_be_taken_away_from_people_only() {
    let mut sample = tenant(5, 2);
    let reader = id_of(&sample.scim_users(Level::Workspace), "userName", "reader@contoso.example");
    let group = id_of(&sample.scim_groups(Level::Workspace), "displayName", "Legacy Analysts");
    let remove = json!([{ "op": "remove", "path": "displayName" }]);
    let user = patch(&mut sample, &format!("{WORKSPACE}/Users/{reader}"), &remove);
    assert_eq!((user.status, user.value().get("displayName")), (200, None));
    assert_eq!(patch(&mut sample, &format!("{WORKSPACE}/Groups/{group}"), &remove).status, 400);
    let users =
        sample.scim_groups(Level::Workspace).into_iter().find(|it| it["displayName"] == "users").unwrap();
    let named = users["members"].as_array().unwrap().iter().find(|it| it["value"] == reader.as_str());
    assert_eq!(named.unwrap()["display"], "reader@contoso.example");
}

#[test]
fn groups_are_unique_by_name_and_members_must_exist() {
    let mut sample = tenant(5, 2);
    let groups = format!("{WORKSPACE}/Groups");
    let reader = id_of(&sample.scim_users(Level::Workspace), "userName", "reader@contoso.example");
    let body = json!({ "displayName": "D'Artagnan", "externalId": "g-1", "members": [{ "value": reader }] });
    let made = post(&mut sample, &groups, &body);
    assert_eq!(made.status, 201);
    let group = made.value();
    assert_eq!(group["meta"]["resourceType"], "WorkspaceGroup");
    assert_eq!(group["members"][0]["$ref"], format!("Users/{reader}"));
    let again = post(&mut sample, &groups, &body);
    assert_eq!((again.status, detail(&again.value())), (409, "Group with name DArtagnan already exists."));
    let path = format!("{groups}/{}", group["id"].as_str().unwrap());
    let add = |id: &str| json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
    assert_eq!(patch(&mut sample, &path, &add("12345")).status, 400);
    assert_eq!(patch(&mut sample, &path, &add(&reader)).status, 204);
    assert_eq!(read(&mut sample, &path).value()["members"].as_array().unwrap().len(), 1);
    let taken = json!([{ "op": "replace", "path": "displayName", "value": "admins" }]);
    assert_eq!(patch(&mut sample, &path, &taken).status, 409);
}

#[test]
fn a_failed_operation_undoes_the_whole_patch() {
    let mut sample = tenant(5, 2);
    let id = id_of(&sample.scim_groups(Level::Workspace), "displayName", "Legacy Analysts");
    let path = format!("{WORKSPACE}/Groups/{id}");
    let before = read(&mut sample, &path).body;
    let operations = json!([{ "op": "remove", "path": "members" }, { "op": "remove", "path": "shoeSize" }]);
    assert_eq!(patch(&mut sample, &path, &operations).status, 400);
    assert_eq!(read(&mut sample, &path).body, before);
    assert_eq!(sample.writes(), 0);
}

#[test]
fn groups_nest_ten_levels_and_in_no_circle() {
    let mut sample = tenant(5, 2);
    let groups = format!("{WORKSPACE}/Groups");
    let ids: Vec<String> = (0..11)
        .map(|at| {
            post(&mut sample, &groups, &json!({ "displayName": format!("Level {at}") })).value()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let mut nest = |parent: &str, child: &str| {
        patch(
            &mut sample,
            &format!("{groups}/{parent}"),
            &json!([{ "op": "add", "path": "members", "value": [{ "value": child }] }]),
        )
        .status
    };
    for pair in ids[..10].windows(2) {
        assert_eq!(nest(&pair[0], &pair[1]), 204);
    }
    assert_eq!(nest(&ids[9], &ids[10]), 400, "eleven levels");
    assert_eq!(nest(&ids[3], &ids[3]), 400, "itself");
    assert_eq!(nest(&ids[9], &ids[0]), 400, "a circle");
}

#[test]
fn reserved_groups_stay() {
    let mut sample = tenant(5, 2);
    let account = account_path(&sample);
    for (base, level, name) in [
        (WORKSPACE, Level::Workspace, "admins"),
        (WORKSPACE, Level::Workspace, "users"),
        (account.as_str(), Level::Account, "account users"),
    ] {
        let id = id_of(&sample.scim_groups(level), "displayName", name);
        let path = format!("{base}/Groups/{id}");
        assert_eq!(scim(&mut sample, "DELETE", &path, &Value::Null, NOW).status, 400, "{name}");
        let rename = json!([{ "op": "replace", "path": "displayName", "value": "mine" }]);
        assert_eq!(patch(&mut sample, &path, &rename).status, 400, "{name}");
    }
    let users =
        sample.scim_groups(Level::Workspace).into_iter().find(|it| it["displayName"] == "users").unwrap();
    assert!(users["members"].as_array().unwrap().len() > sample.scim_users(Level::Workspace).len());
}

#[test]
fn writes_are_slow_above_the_published_limits() {
    let mut sample = Sample::new(Options { people: 5, groups: 2, ..Options::default() });
    let users = format!("{WORKSPACE}/Users");
    let mut create = |at: usize, now| {
        scim(&mut sample, "POST", &users, &json!({ "userName": format!("u{at}@contoso.example") }), now)
    };
    assert!((0..35).all(|at| create(at, NOW).status == 201));
    let refused: Vec<_> = (0..40).map(|at| create(100 + at, NOW)).collect();
    assert!(refused.iter().all(|it| it.status == 429));
    let hinted = refused.iter().filter(|it| it.header("retry-after").is_some()).count();
    assert!((8..32).contains(&hinted), "{hinted}");
    let plain = refused.iter().filter(|it| it.value()["error_code"] == "RESOURCE_EXHAUSTED").count();
    assert!((8..32).contains(&plain), "{plain}");
    assert!(refused.iter().all(|it| String::from_utf8_lossy(&it.body).contains("RESOURCE_EXHAUSTED")));
    assert_eq!(create(200, NOW + Duration::from_secs(2)).status, 201);
}

#[test]
fn lists_learn_of_writes_later() {
    let mut sample = Sample::new(Options {
        people: 5,
        groups: 2,
        replication: Duration::from_secs(3),
        ..Options::default()
    });
    let users = format!("{WORKSPACE}/Users");
    let body = json!({ "userName": "new@contoso.example" });
    let id = post(&mut sample, &users, &body).value()["id"].as_str().unwrap().to_owned();
    let find = format!("{users}?filter={}", encode("userName eq \"new@contoso.example\""));
    let total = |sample: &mut Sample, seconds| {
        scim(sample, "GET", &find, &Value::Null, NOW + Duration::from_secs(seconds)).value()["totalResults"]
            .clone()
    };
    assert_eq!(total(&mut sample, 2), 0);
    // Creating it again is a conflict all the same, and a change goes through.
    assert_eq!(post(&mut sample, &users, &body).status, 409);
    let off = json!([{ "op": "replace", "path": "active", "value": false }]);
    assert_eq!(patch(&mut sample, &format!("{users}/{id}"), &off).status, 200);
    let mut seen = |seconds| {
        let path = format!("{users}/{id}");
        (0..50)
            .filter(|_| {
                scim(&mut sample, "GET", &path, &Value::Null, NOW + Duration::from_secs(seconds)).status
                    == 200
            })
            .count()
    };
    assert!((5..45).contains(&seen(2)), "one of two nodes knows");
    assert_eq!(seen(3), 50);
    assert_eq!(total(&mut sample, 3), 1);
}
