//! The directory part of Microsoft Graph.

use std::collections::HashSet;

use sample::{MemberKind, Request, Sample, Service};
use serde_json::{Value, json};

use crate::client::{NOW, encode, graph, graph_token, sign_in, tenant};

const READ: &str = "User.Read User.Read.All GroupMember.Read.All";

fn error_code(value: &Value) -> &str {
    value["error"]["code"].as_str().unwrap_or_default()
}

/// All pages of a list, followed by their links.
fn pages(sample: &mut Sample, token: &str, first: &str, eventual: bool) -> Vec<Value> {
    let mut path = first.to_owned();
    let mut found = Vec::new();
    loop {
        let body = graph(sample, token, &path, eventual).value();
        found.extend(body["value"].as_array().unwrap().iter().cloned());
        match body["@odata.nextLink"].as_str() {
            Some(next) => path = next.strip_prefix("http://127.0.0.1:9102").unwrap().to_owned(),
            None => return found,
        }
    }
}

#[test]
fn without_a_token_there_is_a_graph_error() {
    let mut sample = tenant(5, 2);
    let request = Request::new("GET", "/v1.0/me").with_header("client-request-id", "c-1");
    let answer = sample.answer(Service::Graph, &request, NOW);
    assert_eq!(answer.status, 401);
    let body = answer.value();
    assert_eq!(error_code(&body), "InvalidAuthenticationToken");
    let inner = &body["error"]["innerError"];
    assert_eq!(inner["client-request-id"], "c-1");
    assert_eq!(inner["request-id"].as_str(), answer.header("request-id"));
    assert_eq!(inner["date"], "2026-11-23T10:33:20");
    assert_eq!(answer.header("client-request-id"), Some("c-1"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert!(
        answer.header("access-control-expose-headers").unwrap().contains("request-id, client-request-id")
    );
}

#[test]
fn a_preflight_is_let_through() {
    let mut sample = tenant(5, 2);
    let request = Request::new("OPTIONS", "/v1.0/users")
        .with_header("origin", "http://any.example")
        .with_header("access-control-request-headers", "authorization,consistencylevel");
    let answer = sample.answer(Service::Graph, &request, NOW);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,consistencylevel"));
}

#[test]
fn permissions_decide_what_is_seen() {
    let mut sample = tenant(20, 3);
    let only_me =
        sign_in(&mut sample, "uma@contoso.example", "User.Read")["access_token"].as_str().unwrap().to_owned();
    assert_eq!(graph(&mut sample, &only_me, "/v1.0/me", false).value()["displayName"], "Uma Ordinary");
    let denied = graph(&mut sample, &only_me, "/v1.0/users", false);
    assert_eq!((denied.status, error_code(&denied.value())), (403, "Authorization_RequestDenied"));
    assert_eq!(graph(&mut sample, &only_me, "/v1.0/groups", false).status, 403);
    assert_eq!(graph(&mut sample, &only_me, "/v1.0/servicePrincipals", false).status, 403);
    let basic = graph_token(&mut sample, "User.ReadBasic.All");
    let path = "/v1.0/users?$select=displayName,accountEnabled&$top=1";
    let body = graph(&mut sample, &basic, path, false).value();
    assert_eq!(body["value"][0], json!({ "displayName": "Ada Lovelace", "accountEnabled": null }));
    let full = graph_token(&mut sample, READ);
    let body = graph(&mut sample, &full, path, false).value();
    assert_eq!(body["value"][0]["accountEnabled"], true);
}

#[test]
fn members_without_the_right_to_read_people_are_bare_ids() {
    let mut sample = tenant(20, 3);
    let token = graph_token(&mut sample, "GroupMember.Read.All");
    let group = sample.directory().groups()[0].id.clone();
    let body = graph(&mut sample, &token, &format!("/v1.0/groups/{group}/members?$top=1"), false).value();
    let member = &body["value"][0];
    assert_eq!(member["id"], sample.directory().people()[0].id);
    assert_eq!(
        (&member["@odata.type"], &member["displayName"]),
        (&"#microsoft.graph.user".into(), &Value::Null)
    );
}

#[test]
fn lists_have_default_fields_and_those_selected() {
    let mut sample = tenant(5, 2);
    let token = graph_token(&mut sample, READ);
    let body = graph(&mut sample, &token, "/v1.0/users", false).value();
    assert_eq!(body["@odata.context"], "http://127.0.0.1:9102/v1.0/$metadata#users");
    assert_eq!(body["value"][0]["userPrincipalName"], "ada@contoso.example");
    assert!(body["value"][0].get("accountEnabled").is_none());
    let body = graph(&mut sample, &token, "/v1.0/users?$select=id,shoeSize", false);
    assert_eq!(body.status, 400);
    let one = graph(&mut sample, &token, "/v1.0/users/UMA@contoso.example?$select=userType", false).value();
    assert_eq!(one["userType"], "Member");
    assert_eq!(one["@odata.context"], "http://127.0.0.1:9102/v1.0/$metadata#users(userType)/$entity");
    let none = graph(&mut sample, &token, "/v1.0/users/11111111-1111-4111-8111-111111111111", false);
    assert_eq!((none.status, error_code(&none.value())), (404, "Request_ResourceNotFound"));
}

#[test]
fn pages_are_followed_by_their_links() {
    let mut sample = tenant(600, 40);
    let token = graph_token(&mut sample, READ);
    let first = graph(&mut sample, &token, "/v1.0/users?$select=id", false).value();
    assert_eq!(first["value"].as_array().unwrap().len(), 100);
    let ids: HashSet<String> = pages(&mut sample, &token, "/v1.0/users?$select=id&$top=70", false)
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 600);
    let big = sample.directory().group_named("All Employees").unwrap().id.clone();
    assert_eq!(
        pages(&mut sample, &token, &format!("/v1.0/groups/{big}/members?$select=id"), false).len(),
        450
    );
    for wrong in ["$top=1000", "$top=0", "$top=x", "$skip=5", "$expand=members", "$skiptoken=forged"] {
        assert_eq!(graph(&mut sample, &token, &format!("/v1.0/users?{wrong}"), false).status, 400, "{wrong}");
    }
}

#[test]
fn the_consistency_level_is_wanted_on_every_page() {
    let mut sample = tenant(600, 40);
    let token = graph_token(&mut sample, READ);
    let path = "/v1.0/users?$search=%22displayName:a%22&$count=true&$top=5&$select=displayName";
    let refused = graph(&mut sample, &token, path, false);
    assert_eq!((refused.status, error_code(&refused.value())), (400, "Request_UnsupportedQuery"));
    let body = graph(&mut sample, &token, path, true).value();
    let count = body["@odata.count"].as_u64().unwrap();
    let next = body["@odata.nextLink"].as_str().unwrap().replace("http://127.0.0.1:9102", "");
    assert_eq!(graph(&mut sample, &token, &next, false).status, 400);
    assert!(graph(&mut sample, &token, &next, true).value().get("@odata.count").is_none());
    let found = pages(&mut sample, &token, path, true);
    assert_eq!(found.len() as u64, count);
    assert!(found.iter().all(|it| {
        let name = it["displayName"].as_str().unwrap().to_lowercase();
        name.split(' ').any(|word| word.starts_with('a'))
    }));
}

#[test]
fn filters_in_use_work_and_others_are_refused() {
    let mut sample = tenant(600, 40);
    let token = graph_token(&mut sample, READ);
    let mut names = |list: &str, filter: &str, eventual: bool| -> Result<Vec<String>, u16> {
        let count = if eventual { "&$count=true" } else { "" };
        let path = format!("/v1.0/{list}?$filter={}&$select=displayName&$top=999{count}", encode(filter));
        let answer = graph(&mut sample, &token, &path, eventual);
        let value = answer.value();
        let found = value["value"].as_array().ok_or(answer.status)?;
        Ok(found.iter().map(|it| it["displayName"].as_str().unwrap().to_owned()).collect())
    };
    assert_eq!(
        names("groups", "displayName eq 'Data Engineers'", false),
        Ok(vec!["Data Engineers".to_owned()])
    );
    assert_eq!(
        names("groups", "displayName eq 'R&D \"Moonshot\" O''Brien'", false),
        Ok(vec!["R&D \"Moonshot\" O'Brien".to_owned()])
    );
    assert_eq!(names("groups", "startswith(displayName,'Data')", false).map(|it| it.len()), Ok(3));
    assert_eq!(names("groups", "securityEnabled eq true", false).map(|it| it.len()), Ok(39));
    assert_eq!(
        names("groups", "groupTypes/any(c:c eq 'Unified')", false),
        Ok(vec!["Contoso Announcements".to_owned()])
    );
    assert!(names("users", "accountEnabled eq false and userType eq 'Member'", false).unwrap().len() > 5);
    assert_eq!(names("users", "department ne 'Sales'", false), Err(400));
    assert!(names("users", "department ne 'Sales'", true).is_ok());
    assert_eq!(names("users", "shoeSize eq 42", true), Err(400));
}

#[test]
fn searching_needs_the_form_that_graph_asks_for() {
    let mut sample = tenant(600, 40);
    let token = graph_token(&mut sample, READ);
    let search = |text: &str| format!("/v1.0/groups?$search={}&$select=displayName", encode(text));
    let body = graph(&mut sample, &token, &search("\"displayName:data eng\""), true).value();
    assert_eq!(body["value"], json!([{ "displayName": "Data Engineers" }]));
    assert_eq!(graph(&mut sample, &token, &search("data"), true).status, 400);
    assert_eq!(graph(&mut sample, &token, "/v1.0/groups/$count", false).status, 400);
    let count = graph(&mut sample, &token, "/v1.0/groups/$count", true);
    assert_eq!(String::from_utf8(count.body).unwrap(), "40");
}

#[test]
fn members_carry_their_type_and_casts_filter_them() {
    let mut sample = tenant(600, 40);
    let token = graph_token(&mut sample, READ);
    let group = sample.directory().group_named("Automation").unwrap().clone();
    let members = pages(&mut sample, &token, &format!("/v1.0/groups/{}/members", group.id), false);
    let kinds = |kind: &str| members.iter().filter(|it| it["@odata.type"] == kind).count();
    assert_eq!(kinds("#microsoft.graph.servicePrincipal"), 2);
    let people = group.members.iter().filter(|it| it.kind == MemberKind::Person).count();
    assert_eq!(kinds("#microsoft.graph.user"), people);
    let cast = format!("/v1.0/groups/{}/members/microsoft.graph.user?$select=id", group.id);
    assert_eq!(pages(&mut sample, &token, &cast, false).len(), people);
    let devices = sample.directory().group_named("Meeting Room Devices").unwrap().id.clone();
    let cast = format!("/v1.0/groups/{devices}/members/microsoft.graph.device");
    assert_eq!(pages(&mut sample, &token, &cast, false).len(), 1);
    let parent = sample.directory().group_named("Analytics").unwrap().id.clone();
    let through =
        pages(&mut sample, &token, &format!("/v1.0/groups/{parent}/transitiveMembers?$select=id"), false);
    assert_eq!(through.len(), sample.directory().transitive_members(&parent).len());
}

#[test]
fn an_administrator_is_known_by_the_role() {
    let mut sample = tenant(5, 2);
    let token = graph_token(&mut sample, "User.Read");
    let path = "/v1.0/me/memberOf/microsoft.graph.directoryRole";
    let body = graph(&mut sample, &token, path, false).value();
    assert_eq!(body["value"][0]["roleTemplateId"], Value::Null);
    let token = graph_token(&mut sample, "User.Read RoleManagement.Read.Directory");
    let body = graph(&mut sample, &token, path, false).value();
    assert_eq!(body["value"][0]["roleTemplateId"], "158c047a-c907-4556-b7ef-446551a6b5f7");
}

#[test]
fn consent_can_be_read_back() {
    let mut sample = tenant(5, 2);
    let token = graph_token(&mut sample, "Application.Read.All DelegatedPermissionGrant.Read.All");
    let client_id = sample.facts().client_id.clone();
    let path = format!("/v1.0/servicePrincipals?$filter=appId%20eq%20'{client_id}'&$select=id,displayName");
    let body = graph(&mut sample, &token, &path, false).value();
    let id = body["value"][0]["id"].as_str().unwrap().to_owned();
    let same =
        graph(&mut sample, &token, &format!("/v1.0/servicePrincipals(appId='{client_id}')"), false).value();
    assert_eq!(same["id"], id);
    let filter = encode(&format!("clientId eq '{id}' and consentType eq 'AllPrincipals'"));
    let body =
        graph(&mut sample, &token, &format!("/v1.0/oauth2PermissionGrants?$filter={filter}"), false).value();
    assert_eq!(body["value"][0]["scope"], "Application.Read.All DelegatedPermissionGrant.Read.All");
}

#[test]
fn a_group_with_a_rule_says_so() {
    let mut sample = tenant(20, 8);
    let token = graph_token(&mut sample, READ);
    let id = sample.directory().group_named("Data Engineers").unwrap().id.clone();
    let path = format!("/v1.0/groups/{id}?$select=groupTypes,membershipRule,membershipRuleProcessingState");
    let shown = |sample: &mut Sample| {
        let group = graph(sample, &token, &path, false).value();
        ["groupTypes", "membershipRule", "membershipRuleProcessingState"].map(|name| group[name].clone())
    };
    assert_eq!(shown(&mut sample), [json!([]), Value::Null, Value::Null]);
    assert!(sample.directory_mut().set_rule(&id, "user.department -eq \"Research\""));
    assert_eq!(
        shown(&mut sample),
        [json!(["DynamicMembership"]), json!("user.department -eq \"Research\""), json!("On")]
    );
}

#[test]
fn a_batch_answers_each_part_by_its_id() {
    let mut sample = tenant(20, 3);
    let token = graph_token(&mut sample, READ);
    let mut batch = |requests: Value| {
        let request = Request::new("POST", "/v1.0/$batch")
            .with_header("authorization", &format!("Bearer {token}"))
            .with_body("application/json", json!({ "requests": requests }).to_string());
        sample.answer(Service::Graph, &request, NOW)
    };
    let answer = batch(json!([
        { "id": "1", "method": "GET", "url": "/me" },
        { "id": "2", "method": "GET", "url": "/users/nobody@contoso.example" },
        { "id": "3", "method": "GET", "url": "/me", "dependsOn": ["2"] },
        { "id": "4", "method": "GET", "url": "/users?$search=\"displayName:ada\"&$count=true",
          "headers": { "ConsistencyLevel": "eventual" } },
    ]));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
    let body = answer.value();
    let part = |id: &str| {
        let responses = body["responses"].as_array().unwrap();
        responses.iter().find(|it| it["id"] == id).unwrap().clone()
    };
    assert_eq!(part("1")["body"]["displayName"], "Ada Lovelace");
    assert!(part("1")["headers"]["request-id"].is_string());
    assert_eq!((&part("2")["status"], &part("3")["status"]), (&404.into(), &424.into()));
    assert_eq!(part("4")["body"]["@odata.count"], 1);
    let many: Vec<Value> =
        (0..21).map(|id| json!({ "id": id.to_string(), "method": "GET", "url": "/me" })).collect();
    assert_eq!(batch(json!(many)).status, 400);
}

#[test]
fn resource_units_run_out() {
    let mut sample = Sample::new(sample::Options { people: 10, groups: 1, ..sample::Options::default() });
    let token = graph_token(&mut sample, READ);
    let answers: Vec<_> =
        (0..1_800).map(|_| graph(&mut sample, &token, "/v1.0/users?$top=30", false)).collect();
    let limited: Vec<_> = answers.iter().filter(|it| it.status == 429).collect();
    assert_eq!(limited.len(), 1_800 - 1_750);
    assert_eq!(error_code(&limited[0].value()), "TooManyRequests");
    assert!(limited[0].header("retry-after").is_some());
}
