//! Assigning and taking away, and the batches they go in, against services that fail and lag, by a person who closes the page at any
//! point: nobody is assigned twice, nobody is left out.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::assignment::{
    AssignError, Assigned, Assignment, Holder, Reached, TakenAway, assign, assignments, take_away,
};
use engine::entra::connector::wire::Enterprise;
use engine::entra::consent::CONNECTOR;
use engine::entra::graph::{BatchRequest, GraphErrorKind};
use engine::entra::ids::ObjectId;
use engine::entra::replication::Gone;
use engine::env::Env as _;
use engine::stop::Wish;
use futures::future::join;
use sample::{Options, TenantKind};
use serde_json::json;

use super::enterprise::{Visit, id};
use super::scripted::{given, no_connection};

/// Seeds of a test run; `ASSIGNING_SEEDS` asks for more.
const SEEDS: u64 = 400;

fn options(people: usize) -> Options {
    Options { people, groups: 8, ..Options::default() }
}

fn visit(options: Options) -> Visit {
    Visit::of(options, "/$batch")
}

/// Some people, the first ones of the directory.
fn some(visit: &Visit, count: usize) -> Vec<ObjectId> {
    visit.world.sample(|sample| sample.directory().people().iter().take(count).map(|it| id(&it.id)).collect())
}

fn assign_for(
    visit: &Visit,
    wanted: &[ObjectId],
    patience: Option<Duration>,
) -> Option<Result<Assigned, AssignError>> {
    let (enterprise, wanted) = (Rc::clone(&visit.enterprise), wanted.to_vec());
    visit.run_for(patience, move |graph, control| {
        Box::pin(async move { assign(graph, control, &|_| (), &enterprise, &wanted).await })
    })
}

fn assigned(visit: &Visit, wanted: &[ObjectId]) -> Assigned {
    assign_for(visit, wanted, None).unwrap().unwrap()
}

fn taken_for(visit: &Visit, ids: &[String], patience: Option<Duration>) -> Option<Result<TakenAway, Gone>> {
    let (enterprise, ids) = (Rc::clone(&visit.enterprise), ids.to_vec());
    visit.run_for(patience, move |graph, control| {
        Box::pin(async move { take_away(graph, control, &|_| (), &enterprise, &ids).await })
    })
}

/// Who is assigned once everything has settled.
fn listed(visit: &Visit) -> Vec<Assignment> {
    visit.pass(Duration::from_secs(60));
    let enterprise = Rc::clone(&visit.enterprise);
    let pages = visit.run(move |graph, _| Box::pin(async move { assignments(graph, &enterprise).await }));
    assert_eq!(pages.broken, None);
    pages.items
}

fn principals(list: &[Assignment]) -> BTreeSet<ObjectId> {
    list.iter().map(|it| it.principal.clone()).collect()
}

#[test]
fn people_and_groups_are_assigned_once_and_shown() {
    let visit = visit(options(60));
    let mut wanted = some(&visit, 45);
    wanted.push(visit.group("Data Engineers"));
    // One is there already, and one is wanted twice.
    assigned(&visit, &wanted[..1]);
    let asked = visit.env.asked();
    let twice: Vec<ObjectId> = wanted.iter().chain(&wanted[3..4]).cloned().collect();
    let outcome = assigned(&visit, &twice);
    assert_eq!((outcome.done, outcome.late, outcome.refused), (wanted.clone(), vec![], vec![]));
    // 45 of 46 are missing: three batches.
    assert_eq!(visit.env.asked() - asked, 3);
    let list = listed(&visit);
    assert_eq!((list.len(), principals(&list)), (46, wanted.iter().cloned().collect()));
    let group = list.iter().find(|it| it.holder == Holder::Group).unwrap();
    assert_eq!((group.name.as_str(), &group.principal), ("Data Engineers", &wanted[45]));
    assert_eq!(group.role.as_str(), "a34c49f1-a169-404b-a890-00b3bfdbc1d6");
    // Again, there is nothing to send.
    let asked = visit.env.asked();
    assert_eq!(assigned(&visit, &wanted).done, wanted);
    assert_eq!(visit.env.asked(), asked);
}

#[test]
fn it_is_told_how_far_it_is() {
    let visit = visit(options(60));
    let (enterprise, wanted) = (Rc::clone(&visit.enterprise), some(&visit, 45));
    let told = visit.run(move |graph, control| {
        Box::pin(async move {
            let told: RefCell<Vec<Reached>> = RefCell::default();
            let tell = |reached| told.borrow_mut().push(reached);
            assign(graph, control, &tell, &enterprise, &wanted).await.unwrap();
            told.into_inner()
        })
    });
    let sent: Vec<(usize, usize)> =
        told.iter().filter(|it| it.waiting.is_none()).map(|it| (it.done, it.of)).collect();
    assert_eq!(sent, [(0, 45), (20, 45), (40, 45), (45, 45)]);
    assert!(told.iter().any(|it| it.waiting.is_some()), "what was assigned showed at once");
}

#[test]
fn a_refusal_ends_that_one_only() {
    let visit = visit(options(20));
    let (mail, group, uma) =
        (visit.group("Contoso Announcements"), visit.group("Data Engineers"), visit.person("uma"));
    let outcome = assigned(&visit, &[mail.clone(), group.clone(), uma.clone()]);
    assert_eq!(outcome.done, [group, uma]);
    assert_eq!(outcome.refused.len(), 1);
    assert_eq!((&outcome.refused[0].0, outcome.refused[0].1.status()), (&mail, Some(400)));
}

#[test]
fn without_premium_people_are_assigned_and_groups_refused() {
    let visit = visit(Options { kinds: vec![TenantKind::NoPremium], ..options(20) });
    let (group, uma) = (visit.group("Data Engineers"), visit.person("uma"));
    let outcome = assigned(&visit, &[group.clone(), uma.clone()]);
    assert_eq!(outcome.done, [uma]);
    assert_eq!((&outcome.refused[0].0, outcome.refused[0].1.status()), (&group, Some(403)));
}

#[test]
fn without_the_right_to_assign_each_is_refused_and_who_is_assigned_is_shown() {
    let scopes: Vec<&str> = CONNECTOR.iter().map(|scope| scope.name).collect();
    let visit = Visit::with(options(20), "/$batch", &scopes);
    let wanted = some(&visit, 2);
    let outcome = assigned(&visit, &wanted);
    let statuses: Vec<_> = outcome.refused.iter().map(|(_, error)| error.status()).collect();
    assert_eq!((outcome.done, statuses), (vec![], vec![Some(403); 2]));
    assert_eq!(listed(&visit), []);
}

#[test]
fn somebody_who_does_not_exist_is_named_in_the_end() {
    let visit = visit(options(20));
    let (nobody, uma) = (id("11111111-1111-4111-8111-111111111111"), visit.person("uma"));
    let outcome = assigned(&visit, &[nobody.clone(), uma.clone()]);
    assert_eq!(outcome.done, [uma]);
    assert_eq!((&outcome.refused[0].0, outcome.refused[0].1.status()), (&nobody, Some(404)));
}

#[test]
fn an_application_whose_roles_are_for_nobody_is_named() {
    let mut visit = visit(options(20));
    let roles = json!([{ "id": id("11111111-1111-4111-8111-111111111111"), "isEnabled": false, "allowedMemberTypes": ["User"] }]);
    let enterprise: Enterprise = serde_json::from_value(json!({
        "id": visit.enterprise.object_id(), "appId": visit.enterprise.client_id(), "displayName": "locked", "appRoles": roles,
    }))
    .unwrap();
    visit.enterprise = Rc::new(enterprise);
    let end = assign_for(&visit, &some(&visit, 1), None).unwrap();
    assert_eq!(end, Err(AssignError::NoRole("locked".to_owned())));
    assert_eq!(listed(&visit), []);
}

#[test]
fn roles_that_were_not_read_are_read() {
    let mut visit = visit(options(20));
    let enterprise: Enterprise = serde_json::from_value(json!({
        "id": visit.enterprise.object_id(), "appId": visit.enterprise.client_id(), "displayName": "bare",
    }))
    .unwrap();
    visit.enterprise = Rc::new(enterprise);
    let uma = visit.person("uma");
    assert_eq!(assigned(&visit, std::slice::from_ref(&uma)).done, [uma]);
}

#[test]
fn what_is_taken_away_is_gone_and_the_rest_stays() {
    let visit = visit(options(60));
    let wanted = some(&visit, 45);
    assigned(&visit, &wanted);
    let list = listed(&visit);
    let (taken, kept) = list.split_at(30);
    let ids: Vec<String> = taken.iter().map(|it| it.id.clone()).collect();
    let outcome = taken_for(&visit, &ids, None).unwrap().unwrap();
    assert_eq!((outcome.done, outcome.late, outcome.refused), (ids.clone(), vec![], vec![]));
    assert_eq!(listed(&visit), kept);
    // Once more, they are gone already.
    assert_eq!(taken_for(&visit, &ids, None).unwrap().unwrap().done, ids);
    assert_eq!(listed(&visit), kept);
}

#[test]
fn a_stop_comes_between_batches_and_what_was_sent_is_found_again() {
    let visit = visit(options(60));
    let (enterprise, wanted) = (Rc::clone(&visit.enterprise), some(&visit, 45));
    let all = wanted.clone();
    let end = visit.run(move |graph, control| {
        Box::pin(async move {
            let tell = |reached: Reached| {
                if reached.done >= 20 {
                    control.set(Wish::Stop);
                }
            };
            assign(graph, control, &tell, &enterprise, &wanted).await
        })
    });
    assert_eq!(end, Err(AssignError::Gone(Gone::Stopped)));
    // The second batch was told of and sent; nothing after it.
    assert_eq!(listed(&visit).len(), 40);
    assert_eq!(assigned(&visit, &all).done, all);
    assert_eq!(listed(&visit).len(), 45);
}

#[test]
fn answers_come_in_any_order_and_a_throttled_one_is_repeated_alone() {
    let visit = visit(options(20));
    let (ada, uma) = (visit.person("ada"), visit.person("uma"));
    let body = json!({ "responses": [
        { "id": "1", "status": 429, "headers": { "Retry-After": "17" }, "body": { "error": { "code": "TooManyRequests", "message": "" } } },
        { "id": "0", "status": 200, "headers": {}, "body": { "displayName": "given" } },
    ] });
    visit.env.answer([given(200, None, &body.to_string())]);
    let (before, asked) = (visit.world.elapsed(), visit.env.asked());
    let results = visit.run(move |graph, _| {
        Box::pin(async move {
            let read = |id: &ObjectId| BatchRequest::get("read", format!("/users/{id}?$select=displayName"));
            graph.batch(&[read(&ada), read(&uma)]).await
        })
    });
    let names: Vec<_> =
        results.iter().map(|it| it.as_ref().unwrap()["displayName"].as_str().unwrap()).collect();
    assert_eq!(names, ["given", "Uma Ordinary"]);
    assert_eq!(visit.env.asked() - asked, 2);
    assert!(visit.world.elapsed() - before >= Duration::from_secs(17));
}

#[test]
fn a_stop_ends_the_wait_of_a_batch() {
    let visit = visit(options(20));
    let busy = r#"{"responses":[{"id":"0","status":429,"headers":{"Retry-After":"900"},"body":{}}]}"#;
    visit.env.answer([given(200, None, busy)]);
    let (enterprise, wanted, world) = (Rc::clone(&visit.enterprise), some(&visit, 1), visit.world.clone());
    let before = visit.world.elapsed();
    let end = visit.run(move |graph, control| {
        Box::pin(async move {
            let stop = async {
                world.sleep(Duration::from_secs(5)).await;
                control.set(Wish::Stop);
            };
            join(assign(graph, control, &|_| (), &enterprise, &wanted), stop).await.0
        })
    });
    assert_eq!(end, Err(AssignError::Gone(Gone::Stopped)));
    assert!(visit.world.elapsed() - before < Duration::from_secs(6));
}

#[test]
fn more_than_twenty_go_in_several_calls() {
    let visit = visit(options(60));
    let (people, asked) = (some(&visit, 41), visit.env.asked());
    let wanted = people.clone();
    let results = visit.run(move |graph, _| {
        Box::pin(async move {
            let read = |id: &ObjectId| BatchRequest::get("read", format!("/users/{id}?$select=id"));
            graph.batch(&wanted.iter().map(read).collect::<Vec<_>>()).await
        })
    });
    let ids: Vec<ObjectId> =
        results.iter().map(|it| id(it.as_ref().unwrap()["id"].as_str().unwrap())).collect();
    assert_eq!((ids, visit.env.asked() - asked), (people, 3));
}

#[test]
fn a_lost_answer_leaves_each_change_open_and_is_looked_up() {
    let visit = visit(options(20));
    let wanted = some(&visit, 3);
    visit.env.answer([no_connection()]);
    // The call is not sent again blindly; the look that follows finds them missing.
    let asked = visit.env.asked();
    assert_eq!(assigned(&visit, &wanted).done, wanted);
    assert_eq!(visit.env.asked() - asked, 2);
    // Somebody answers, but not to everything.
    let one = visit.person("maria.garcia");
    visit.env.answer([given(200, None, r#"{"responses":[{"id":"7","status":201}]}"#)]);
    assert_eq!(assigned(&visit, std::slice::from_ref(&one)).done, [one]);
}

#[test]
fn a_sign_in_that_has_ended_ends_all_of_it() {
    let visit = visit(options(20));
    let refused = r#"{"responses":[{"id":"0","status":401,"headers":{},"body":{"error":{"code":"InvalidAuthenticationToken","message":"No."}}}]}"#;
    visit.env.answer([given(200, None, refused)]);
    let end = assign_for(&visit, &some(&visit, 1), None).unwrap();
    let Err(AssignError::Gone(Gone::Failed(error))) = end else { panic!("{end:?}") };
    assert!(error.needs_sign_in());
    assert!(matches!(error.kind, GraphErrorKind::Refused { status: 401, .. }));
}

/// A moment at which a person closes the page, from a seed: early ones more often.
fn moment(seed: u64, round: u64) -> Duration {
    let mixed = (seed ^ (round << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    Duration::from_millis(mixed % (400 << (mixed % 6)))
}

/// All are assigned and some taken away again, each cut off up to twice.
fn there_and_back(seed: u64) {
    let visit = visit(Options {
        seed,
        faults: (!seed.is_multiple_of(4)).then_some(seed),
        replication: Duration::from_secs(seed % 7 * 3),
        ..options(30)
    });
    let wanted = some(&visit, 25);
    let mut rounds = (0..2).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let outcome = rounds.find_map(|patience| assign_for(&visit, &wanted, patience)?.ok());
    let outcome = outcome.unwrap_or_else(|| panic!("seed {seed}: never assigned"));
    assert_eq!((outcome.done.len(), outcome.refused), (25, vec![]), "seed {seed}");
    let list = (0..12).find_map(|_| (listed_or_not(&visit)).ok()).expect("no list");
    assert_eq!((list.len(), principals(&list).len()), (25, 25), "seed {seed}: somebody twice, or left out");

    let ids: Vec<String> = list.iter().take(23).map(|it| it.id.clone()).collect();
    let mut rounds = (2..4).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let outcome = rounds.find_map(|patience| taken_for(&visit, &ids, patience)?.ok());
    let outcome = outcome.unwrap_or_else(|| panic!("seed {seed}: never taken away"));
    assert_eq!((outcome.done, outcome.refused), (ids, vec![]), "seed {seed}");
    let left = (0..12).find_map(|_| listed_or_not(&visit).ok()).expect("no list");
    assert_eq!(left, list[23..], "seed {seed}");
}

fn listed_or_not(visit: &Visit) -> Result<Vec<Assignment>, ()> {
    visit.pass(Duration::from_secs(30));
    let enterprise = Rc::clone(&visit.enterprise);
    let pages = visit.run(move |graph, _| Box::pin(async move { assignments(graph, &enterprise).await }));
    pages.broken.map_or(Ok(pages.items), |_| Err(()))
}

#[test]
fn whoever_begins_again_gets_to_the_end_and_nobody_is_assigned_twice() {
    let seeds = std::env::var("ASSIGNING_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SEEDS);
    (0..seeds).for_each(there_and_back);
}
