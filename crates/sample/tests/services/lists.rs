//! Filters, pages and attributes of SCIM lists.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::client::{WORKSPACE, account_path, encode, read, tenant};

#[test]
fn pages_count_from_one_and_end_without_resources() {
    let mut sample = tenant(60, 4);
    let path = |query: &str| format!("{WORKSPACE}/Users?{query}");
    let all = read(&mut sample, &path("")).value();
    let total = all["totalResults"].as_u64().unwrap();
    assert_eq!(all["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    let mut ids = HashSet::new();
    let mut start = 1;
    while start <= total {
        let page = read(&mut sample, &path(&format!("startIndex={start}&count=3"))).value();
        assert_eq!((&page["startIndex"], &page["totalResults"]), (&start.into(), &total.into()));
        let found = page["Resources"].as_array().unwrap();
        ids.extend(found.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        start += found.len() as u64;
    }
    assert_eq!(ids.len() as u64, total);
    let beyond = read(&mut sample, &path("startIndex=1000")).value();
    assert_eq!((beyond.get("Resources"), &beyond["itemsPerPage"]), (None, &0.into()));
    assert_eq!(read(&mut sample, &path("startIndex=0&count=1")).value()["startIndex"], 1);
    assert!(read(&mut sample, &path("count=0")).value().get("Resources").is_none());
    assert_eq!(read(&mut sample, &path("count=x")).status, 400);
}

#[test]
fn filters_find_by_what_is_stored() {
    let mut sample = tenant(60, 4);
    let mut find = |filter: &str| {
        let answer = read(&mut sample, &format!("{WORKSPACE}/Users?filter={}", encode(filter)));
        let value = answer.value();
        if answer.status == 200 { value["totalResults"].clone() } else { value["scimType"].clone() }
    };
    assert_eq!(find("userName eq \"siobhan.o'neill@contoso.example\""), 1);
    assert_eq!(find("userName eq \"Siobhan.O'Neill@contoso.example\""), 0);
    assert_eq!(find("userName eq \"ada@contoso.example\" or userName eq \"breakglass@contoso.example\""), 2);
    assert_eq!(find("externalId eq \"x\""), "invalidFilter");
    assert_eq!(find("userName eq 'ada@contoso.example'"), "invalidFilter");
    assert_eq!(find("userName pr"), "invalidFilter");
}

#[test]
fn attributes_are_chosen_and_left_out() {
    let mut sample = tenant(60, 4);
    let mut keys = |query: &str| -> Vec<String> {
        let filter = encode("displayName eq \"Data Engineers\"");
        let body = read(&mut sample, &format!("{WORKSPACE}/Groups?filter={filter}{query}")).value();
        body["Resources"][0].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(""), ["displayName", "id", "members", "meta", "schemas"]);
    assert_eq!(keys("&attributes=displayName"), ["displayName", "id", "schemas"]);
    assert_eq!(keys("&excludedAttributes=members,meta"), ["displayName", "id", "schemas"]);
}

#[test]
fn account_lists_are_short_and_groups_come_without_members() {
    let mut sample = tenant(5_000, 4);
    let base = account_path(&sample);
    let page = read(&mut sample, &format!("{base}/Users?count=10000")).value();
    assert!(page["totalResults"].as_u64().unwrap() > 100);
    assert_eq!(page["Resources"].as_array().unwrap().len(), 100);
    let groups =
        read(&mut sample, &format!("{base}/Groups?attributes=displayName,members,externalId")).value();
    let listed: Vec<&Value> = groups["Resources"].as_array().unwrap().iter().collect();
    let keys = |it: &Value| it.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(listed.iter().all(|it| keys(it) == ["displayName", "id", "schemas"]));
    let foreign = listed.iter().find(|it| it["displayName"] == "Finance Analysts").unwrap();
    let whole = read(&mut sample, &format!("{base}/Groups/{}", foreign["id"].as_str().unwrap())).value();
    assert!(whole["externalId"].is_string() && whole["members"].is_array());
    assert_eq!(whole["meta"]["resourceType"], "Group");
}

#[test]
fn order_can_be_asked_for() {
    let mut sample = tenant(60, 4);
    let body = read(&mut sample, &format!("{WORKSPACE}/Users?sortBy=userName&sortOrder=descending")).value();
    let names: Vec<_> = body["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["userName"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.is_sorted_by(|a, b| a >= b));
}
