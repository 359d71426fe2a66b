//! Directory roles, licences, and finding the tenant.

use sample::{Options, Request, Sample, Service, TenantKind};
use serde_json::{Value, json};

use crate::client::{NOW, get, graph, graph_token, sign_in, tenant};

const ROLES: &str = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,roleTemplateId";
const ELIGIBLE: &str =
    "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')";
const READ: &str = "User.Read RoleManagement.Read.Directory";

fn token_of(sample: &mut Sample, account: &str, scope: &str) -> String {
    graph_token(sample, scope);
    let account = format!("{account}@contoso.example");
    sign_in(sample, &account, scope)["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn roles_are_read_through_groups_too() {
    let mut sample = tenant(5, 2);
    let expected = [
        ("ada", Some("158c047a-c907-4556-b7ef-446551a6b5f7")),
        ("grace", Some("62e90394-69f5-4237-9190-012177145e10")),
        ("petra", Some("e8611ab8-c189-46e8-94e1-60213ab1f814")),
        ("dana", Some("cf1c38e5-3621-4004-a7cb-879624dced7c")),
        ("uma", None),
        ("nora", None),
        ("otto", None),
    ];
    for (account, role) in expected {
        let token = token_of(&mut sample, account, READ);
        let body = graph(&mut sample, &token, ROLES, false).value();
        assert_eq!(body["value"][0]["roleTemplateId"].as_str(), role, "{account}");
    }
    let petra = token_of(&mut sample, "petra", READ);
    let direct = graph(&mut sample, &petra, "/v1.0/me/memberOf/microsoft.graph.directoryRole", false).value();
    assert_eq!(direct["value"], json!([]));
}

#[test]
fn without_the_permission_roles_are_bare_ids() {
    let mut sample = tenant(5, 2);
    let token = token_of(&mut sample, "grace", "User.Read");
    let body = graph(&mut sample, &token, ROLES, false).value();
    assert_eq!(body["value"].as_array().unwrap().len(), 1);
    assert!(body["value"][0]["id"].is_string());
    assert_eq!(body["value"][0]["roleTemplateId"], Value::Null);
}

#[test]
fn people_who_look_after_the_tenant_are_in_no_list() {
    let mut sample = tenant(5, 2);
    let token = graph_token(&mut sample, "User.Read.All");
    let listed = graph(&mut sample, &token, "/v1.0/users?$select=userPrincipalName", false).value();
    assert_eq!(listed["value"].as_array().unwrap().len(), 5);
    let one = graph(&mut sample, &token, "/v1.0/users/grace@contoso.example", false).value();
    assert_eq!(one["displayName"], "Grace Global");
}

fn with(kind: Option<TenantKind>) -> Sample {
    Sample::new(Options {
        people: 5,
        groups: 2,
        replication: std::time::Duration::ZERO,
        kinds: kind.into_iter().collect(),
        ..Options::default()
    })
}

#[test]
fn licences_are_those_of_the_tenant() {
    let expected: [(Option<TenantKind>, &[&str]); 3] = [
        (None, &["AAD_PREMIUM"]),
        (Some(TenantKind::PremiumP2), &["AAD_PREMIUM", "AAD_PREMIUM_P2"]),
        (Some(TenantKind::NoPremium), &[]),
    ];
    for (kind, plans) in expected {
        let mut sample = with(kind);
        let token = graph_token(&mut sample, "Organization.Read.All");
        let body = graph(&mut sample, &token, "/v1.0/subscribedSkus", false).value();
        let skus = body["value"].as_array().unwrap();
        let found: Vec<&str> = skus
            .iter()
            .flat_map(|sku| sku["servicePlans"].as_array().unwrap())
            .map(|plan| plan["servicePlanName"].as_str().unwrap())
            .collect();
        assert_eq!(found, plans);
    }
    let mut sample = with(None);
    let token = graph_token(&mut sample, "User.Read");
    assert_eq!(graph(&mut sample, &token, "/v1.0/subscribedSkus", false).status, 403);
}

#[test]
fn roles_to_activate_need_the_licence() {
    let mut sample = with(None);
    let token = token_of(&mut sample, "otto", READ);
    let answer = graph(&mut sample, &token, ELIGIBLE, false);
    assert_eq!((answer.status, &answer.value()["error"]["code"]), (400, &"AadPremiumLicenseRequired".into()));
    let mut sample = with(Some(TenantKind::PremiumP2));
    let token = token_of(&mut sample, "otto", READ);
    let body = graph(&mut sample, &token, ELIGIBLE, false).value();
    assert_eq!(body["value"][0]["roleDefinitionId"], "158c047a-c907-4556-b7ef-446551a6b5f7");
    let token = token_of(&mut sample, "ada", READ);
    assert_eq!(graph(&mut sample, &token, ELIGIBLE, false).value()["value"], json!([]));
}

#[test]
fn a_domain_leads_to_its_tenant() {
    let mut sample = tenant(5, 2);
    let tenant_id = sample.facts().tenant_id.clone();
    for name in ["contoso.example", tenant_id.as_str()] {
        let path = format!("/{name}/v2.0/.well-known/openid-configuration");
        let request = Request::new("GET", &path).with_header("origin", "http://any.example");
        let answer = sample.answer(Service::SignIn, &request, NOW);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
        assert_eq!(answer.value()["issuer"], format!("http://127.0.0.1:9101/{tenant_id}/v2.0"));
    }
    let answer = get(&mut sample, Service::SignIn, "/fabrikam.example/v2.0/.well-known/openid-configuration");
    let body = answer.value();
    assert_eq!(
        (answer.status, &body["error"], &body["error_codes"]),
        (400, &"invalid_tenant".into(), &json!([90_002]))
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}
