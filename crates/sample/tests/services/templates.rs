//! The gallery, and what is made from it.

use std::time::Duration;

use sample::{Options, Sample};
use serde_json::{Value, json};

use crate::client::{encode, sign_in};
use crate::connector::{ALL, GALLERY, World, options};

const CUSTOM: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

#[test]
fn the_gallery_is_searched_by_name_and_category() {
    let mut world = World::bare(options(5, 2));
    let filter = encode("displayName eq 'Azure Databricks SCIM Provisioning Connector'");
    let path =
        format!("/applicationTemplates?$filter={filter}&$select=id,displayName,supportedProvisioningTypes");
    let found = world.graph("GET", &path, &Value::Null).value();
    assert_eq!(
        found["value"],
        json!([{ "id": GALLERY, "displayName": "Azure Databricks SCIM Provisioning Connector",
            "supportedProvisioningTypes": ["sync"] }])
    );
    let path = format!("/applicationTemplates?$filter={}", encode("contains(categories, 'finance')"));
    assert_eq!(
        world.graph("GET", &path, &Value::Null).value()["value"][0]["displayName"],
        "Contoso Expenses"
    );
    let path = format!("/applicationTemplates?$filter={}", encode("publisher eq 'Databricks'"));
    assert_eq!(world.graph("GET", &path, &Value::Null).status, 400);
    let one = world.graph("GET", &format!("/applicationTemplates/{GALLERY}"), &Value::Null).value();
    assert_eq!(one["publisher"], "Databricks");
    // Whoever is signed in may look.
    let token = sign_in(&mut world.sample, "nora@contoso.example", "User.Read");
    token["access_token"].as_str().unwrap().clone_into(&mut world.token);
    assert_eq!(world.graph("GET", "/applicationTemplates", &Value::Null).status, 200);
}

#[test]
fn a_cloud_without_gallery_has_the_template_of_no_gallery() {
    let mut world = World::bare(Options { gallery: false, ..options(5, 2) });
    let all = world.graph("GET", "/applicationTemplates", &Value::Null).value();
    assert_eq!(all["value"].as_array().unwrap().len(), 1);
    assert_eq!(all["value"][0]["id"], CUSTOM);
    let path = format!("/applicationTemplates/{GALLERY}/instantiate");
    assert_eq!(world.graph("POST", &path, &json!({ "displayName": "x" })).status, 404);
    let path = format!("/applicationTemplates/{CUSTOM}/instantiate");
    let made = world.graph("POST", &path, &json!({ "displayName": "x" }));
    made.value()["servicePrincipal"]["id"].as_str().unwrap().clone_into(&mut world.principal);
    let templates = world.get("templates");
    assert_eq!(templates["value"][0]["id"], "scim");
    // The generic mapping is not the one that is wanted: what a wizard has to find and to mend.
    let mappings =
        &templates["value"][0]["schema"]["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"];
    let external =
        mappings.as_array().unwrap().iter().find(|it| it["targetAttributeName"] == "externalId").unwrap();
    assert_eq!(external["source"]["name"], "mailNickname");
}

#[test]
fn an_application_from_the_gallery_has_roles_and_requires_assignment() {
    let mut world = World::bare(options(5, 2));
    let path = format!("/applicationTemplates/{GALLERY}/instantiate");
    let first = world.graph("POST", &path, &json!({ "displayName": "Databricks" })).value();
    let second = world.graph("POST", &path, &json!({ "displayName": "Databricks" })).value();
    assert_ne!(first["servicePrincipal"]["id"], second["servicePrincipal"]["id"]);
    assert_eq!(first["servicePrincipal"]["appId"], first["application"]["appId"]);
    assert_eq!(first["application"]["applicationTemplateId"], GALLERY);
    assert_eq!(world.graph("POST", &path, &json!({})).status, 400);
    let read = format!("/servicePrincipals/{}", first["servicePrincipal"]["id"].as_str().unwrap());
    let principal = world.graph("GET", &read, &Value::Null).value();
    assert_eq!(principal["appRoleAssignmentRequired"], true);
    assert_eq!(principal["applicationTemplateId"], GALLERY);
    assert_eq!(principal["tags"], json!(["WindowsAzureActiveDirectoryIntegratedApp"]));
    let roles: Vec<(&str, &str)> = principal["appRoles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["displayName"].as_str().unwrap(), it["id"].as_str().unwrap()))
        .collect();
    assert_eq!(
        roles,
        [
            ("User", "a34c49f1-a169-404b-a890-00b3bfdbc1d6"),
            ("msiam_access", "b9632174-c057-4f7e-951b-be3adc52bfe6")
        ]
    );
    assert_eq!(world.graph("PATCH", &read, &json!({ "appRoleAssignmentRequired": false })).status, 204);
    assert_eq!(world.graph("GET", &read, &Value::Null).value()["appRoleAssignmentRequired"], false);
    // Whether they can be found by their template is not established; here they cannot.
    let path =
        format!("/servicePrincipals?$filter={}", encode(&format!("applicationTemplateId eq '{GALLERY}'")));
    assert_eq!(world.graph("GET", &path, &Value::Null).status, 400);
}

#[test]
fn only_who_manages_applications_makes_one() {
    let mut world = World::bare(options(5, 2));
    let path = format!("/applicationTemplates/{GALLERY}/instantiate");
    let body = json!({ "displayName": "x" });
    for (account, status) in
        [("nora@contoso.example", 403), ("dana@contoso.example", 403), ("grace@contoso.example", 201)]
    {
        let token = sign_in(&mut world.sample, account, ALL);
        token["access_token"].as_str().unwrap().clone_into(&mut world.token);
        assert_eq!(world.graph("POST", &path, &body).status, status, "{account}");
    }
}

#[test]
fn what_is_made_shows_step_by_step() {
    let lag = Duration::from_secs(3);
    let mut early_answers = std::collections::BTreeSet::new();
    for seed in 1..8 {
        let mut world = World::bare(Options { seed, replication: lag, ..options(5, 2) });
        world.instantiate();
        let read = format!("/servicePrincipals/{}", world.principal);
        assert_eq!(world.graph("GET", &read, &Value::Null).status, 404);
        let early = world.sync("GET", "templates", &Value::Null);
        early_answers.insert((early.status, early.value()["error"]["code"].as_str().unwrap().to_owned()));

        world.now += lag;
        assert_eq!(world.graph("GET", &read, &Value::Null).status, 200);
        assert_eq!(world.get("templates")["value"], json!([]));
        let job = json!({ "templateId": "dataBricks" });
        for (method, path, body) in [
            ("POST", "jobs", &job),
            ("GET", "secrets", &Value::Null),
            ("POST", "jobs/validateCredentials", &job),
        ] {
            let answer = world.sync(method, path, body);
            let error = answer.value()["error"].clone();
            assert_eq!(
                (answer.status, &error["code"], &error["message"]),
                (401, &"UnknownError".into(), &"".into())
            );
        }

        world.now += lag;
        assert_eq!(world.get("templates")["value"][0]["id"], "dataBricks");
        let made = world.post("jobs", &job);
        assert_eq!(made.status, 201);
        let made = made.value();
        assert_eq!(made["status"]["code"], "NotConfigured");
        made["id"].as_str().unwrap().clone_into(&mut world.job);
        assert_eq!(world.get("jobs")["value"], json!([]));
        let path = format!("jobs/{}", world.job);
        assert_eq!(world.sync("GET", &path, &Value::Null).status, 404);
        assert_eq!(world.post(&format!("{path}/start"), &Value::Null).status, 409);
        world.save(&[("SyncAll", "false")]);
        assert_eq!(world.get("secrets")["value"], json!([]));

        world.now += lag;
        assert_eq!(world.job()["id"], made["id"]);
        assert_eq!(world.get("secrets")["value"].as_array().unwrap().len(), 3);
        world.start();
    }
    let kinds: Vec<u16> = early_answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(kinds, [401, 404, 409]);
}

#[test]
fn an_application_owns_both_or_has_the_permission() {
    let mut world = World::made(5, 2);
    let facts = world.sample.facts().clone();
    let credentials = |world: &mut World| {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", facts.sync_client_id.as_str()),
            ("client_secret", &facts.sync_client_secret),
            ("scope", "http://127.0.0.1:9102/.default"),
        ];
        let body = crate::client::token(&mut world.sample, None, &pairs, world.now).value();
        body["access_token"].as_str().unwrap().to_owned()
    };
    // Grace grants Graph's roles; Ada may not.
    let grace =
        sign_in(&mut world.sample, "grace@contoso.example", ALL)["access_token"].as_str().unwrap().to_owned();
    let ada = std::mem::replace(&mut world.token, grace);
    let own = crate::client::principal_of(&mut world.sample, &ada, &facts.sync_client_id);
    let resource = crate::client::principal_of(&mut world.sample, &ada, crate::client::GRAPH_APP);
    let role = json!({ "principalId": own, "resourceId": resource, "appRoleId": "18a4783c-866b-4cc7-a460-3d5e5662c884" });
    let path = format!("/servicePrincipals/{resource}/appRoleAssignedTo");
    assert_eq!(world.graph("POST", &path, &role).status, 201);
    let app_only = credentials(&mut world);
    let tries = |world: &mut World| {
        let admin = std::mem::replace(&mut world.token, app_only.clone());
        let answer = world.sync("GET", "jobs", &Value::Null);
        world.token = admin;
        (answer.status, answer.value()["error"]["code"].as_str().map(str::to_owned))
    };
    assert_eq!(tries(&mut world), (401, Some("UnknownError".to_owned())));
    let reference =
        json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{own}") });
    let path = format!("/servicePrincipals/{}/owners/$ref", world.principal);
    assert_eq!(world.graph("POST", &path, &reference).status, 204);
    assert_eq!(tries(&mut world).0, 401);
    let path = format!("/applications/{}/owners/$ref", world.application);
    assert_eq!(world.graph("POST", &path, &reference).status, 204);
    assert_eq!(tries(&mut world), (200, None));
}

#[test]
fn people_need_the_scope_and_the_role() {
    let mut world = World::made(5, 2);
    for (account, read, write) in [("nora@contoso.example", 401, 401), ("grace@contoso.example", 200, 204)] {
        let token = sign_in(&mut world.sample, account, ALL);
        token["access_token"].as_str().unwrap().clone_into(&mut world.token);
        assert_eq!(world.sync("GET", "jobs", &Value::Null).status, read, "{account}");
        let path = format!("jobs/{}/pause", world.job);
        assert_eq!(world.post(&path, &Value::Null).status, write, "{account}");
    }
    // Reading alone suffices to read.
    let mut world = World::bare(options(5, 2));
    let mut fresh = Sample::new(options(5, 2));
    let scopes = "Synchronization.Read.All Application.ReadWrite.All";
    let token = sign_in(&mut fresh, "ada@contoso.example", scopes);
    token["access_token"].as_str().unwrap().clone_into(&mut world.token);
    world.sample = fresh;
    world.instantiate();
    assert_eq!(world.get("jobs")["value"], json!([]));
    assert_eq!(world.post("jobs", &json!({ "templateId": "dataBricks" })).status, 401);
}

#[test]
fn an_application_confined_to_its_own_sets_up_what_it_makes() {
    let mut world = World::made(5, 2);
    let grace = sign_in(&mut world.sample, "grace@contoso.example", ALL);
    grace["access_token"].as_str().unwrap().clone_into(&mut world.token);
    let facts = world.sample.facts().clone();
    let admin = world.token.clone();
    let own = crate::client::principal_of(&mut world.sample, &admin, &facts.sync_client_id);
    let resource = crate::client::principal_of(&mut world.sample, &admin, crate::client::GRAPH_APP);
    let role = json!({ "principalId": own, "resourceId": resource, "appRoleId": "18a4783c-866b-4cc7-a460-3d5e5662c884" });
    assert_eq!(
        world.graph("POST", &format!("/servicePrincipals/{resource}/appRoleAssignedTo"), &role).status,
        201
    );
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", facts.sync_client_id.as_str()),
        ("client_secret", &facts.sync_client_secret),
        ("scope", "http://127.0.0.1:9102/.default"),
    ];
    let body = crate::client::token(&mut world.sample, None, &pairs, world.now).value();
    body["access_token"].as_str().unwrap().clone_into(&mut world.token);
    // It owns both objects of what it instantiates, and nothing else.
    assert_eq!(world.sync("GET", "jobs", &Value::Null).status, 401);
    world.instantiate();
    let made = world.post("jobs", &json!({ "templateId": "dataBricks" }));
    assert_eq!(made.status, 201);
    made.value()["id"].as_str().unwrap().clone_into(&mut world.job);
    world.save(&[("SyncAll", "false")]);
    world.start();
    // Assigning is another permission.
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", world.principal);
    let body = json!({ "principalId": own, "resourceId": world.principal, "appRoleId": "x" });
    assert_eq!(world.graph("POST", &path, &body).status, 403);
}
