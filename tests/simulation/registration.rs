//! Registrations and consent against services that fail, lag and refuse tokens, by a person who closes the page or presses *Stop* at
//! any point: whoever begins again gets to the end, and nothing is there twice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use engine::entra::consent::{DIRECT_SYNC, MANAGE, Scope};
use engine::entra::graph::{Change, Repeat};
use engine::entra::ids::{ClientId, Guid};
use engine::entra::registration::{
    Kind, Leftover, MakeError, MendError, Platform, RemoveError, Repair, SecretError, find,
};
use engine::env::Env as _;
use engine::http::Method;
use sample::{Options, TenantKind};

use super::browser::PAGE;
use super::cut_off;
use super::seeds::each_seed;
use super::visit::{ROLES, SCOPES, Visit, moment, options, signed_in};
use super::world::World;

/// Seeds of a test run; `REGISTRATION_SEEDS` asks for more.
const SEEDS: u64 = 10_000;

const GRACE: &str = "grace@contoso.example";

/// Everything from a tenant with the page's application to one with both and back, each part cut off up to three times: in even
/// seeds the page is closed, in odd ones the work is stopped. Brings how many secrets were left that nobody has.
fn all_of_it(seed: u64) -> usize {
    let mut visit = Visit::of(options(seed), GRACE);
    visit.stops = seed % 2 == 1;
    let mut rounds = (0..3).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let made = rounds.find_map(|patience| visit.make(patience)?.ok());
    let made = made.unwrap_or_else(|| panic!("seed {seed}: never made"));
    assert!(made.granted.refused.is_empty(), "seed {seed}: {:?}", made.granted.refused);
    assert!(ROLES.iter().all(|role| made.granted.standing.has_role(role)), "seed {seed}");
    assert_eq!(made.granted.standing.roles.len(), ROLES.len(), "seed {seed}: a permission twice");

    let mut rounds = (3..6).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let approved = visit.repairs();
    assert!(!approved.is_empty());
    let mended = rounds.any(|patience| matches!(visit.mend(approved.clone(), patience), Some(Ok(()))));
    assert!(mended, "seed {seed}: never mended");
    assert_eq!(visit.repairs(), [], "seed {seed}");

    let mut rounds = (6..9).map(|round| Some(moment(seed, round))).chain([None; 12]);
    assert!(rounds.any(|patience| visit.grant(patience) == Some(true)), "seed {seed}: never granted");
    let standing = visit.standing();
    assert!(SCOPES.iter().all(|scope| standing.has_scope(scope)), "seed {seed}: {standing:?}");
    let tenant_wide = standing.delegated.iter().filter(|grant| grant.person.is_none()).count();
    assert_eq!(tenant_wide, 1, "seed {seed}: a grant twice");

    let client = made.application.client_id();
    let secrets = cut_off::a_secret(&visit, seed, &client);
    match seed % 5 {
        0 | 1 => cut_off::an_owner(&visit, seed),
        2 | 3 => cut_off::an_address(&visit, seed),
        _ => {}
    }
    let tagged = visit.leftovers();
    let kinds: Vec<Kind> = tagged.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Page, Kind::Unattended], "seed {seed}: something twice");
    assert!(tagged.iter().all(|it| it.has_principal), "seed {seed}: half made");
    // What was half made is listed as well, and goes with the application.
    assert_eq!(tagged[1].application.password_credentials.len(), secrets, "seed {seed}");

    let mut rounds = (9..12).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let removed = rounds.any(|patience| visit.remove(client.clone(), patience) == Some(Ok(())));
    assert!(removed, "seed {seed}: never removed");
    let kinds: Vec<Kind> = visit.leftovers().iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Page], "seed {seed}: something else is there, or gone");

    // What is taken back is not in this person's own sign-in: that would end with it.
    let visit = visit.anew(GRACE);
    const TAKEN: &[&str] = &["User.Read.All", "GroupMember.Read.All"];
    let mut rounds = (12..15).map(|round| Some(moment(seed, round))).chain([None; 12]);
    let taken = rounds.any(|patience| visit.take_back(TAKEN, patience) == Some(true));
    assert!(taken, "seed {seed}: never taken back");
    let left = visit.standing();
    assert!(
        TAKEN.iter().all(|scope| !left.has_scope(scope)) && left.has_scope("User.Read"),
        "seed {seed}: {left:?}"
    );
    secrets - 1
}

#[test]
fn whoever_begins_again_gets_to_the_end_and_nothing_is_there_twice() {
    let half_made = AtomicUsize::new(0);
    each_seed("REGISTRATION_SEEDS", SEEDS, |seed| {
        half_made.fetch_add(all_of_it(seed), Ordering::Relaxed);
    });
    assert_ne!(half_made.into_inner(), 0, "no seed cuts a secret off while it is made");
}

#[test]
fn a_secret_whose_answer_was_lost_is_removed_or_named_however_it_ends() {
    let (mut lost, mut stopped) = (0, 0);
    for seed in 0..400 {
        let visit = Visit::of(Options { faults: Some(seed), ..options(seed) }, GRACE);
        let Some(made) = (0..12).find_map(|_| visit.make(None)?.ok()) else {
            panic!("seed {seed}: never made")
        };
        let client = made.application.client_id();
        let patience = seed.is_multiple_of(2).then(|| moment(seed, 7));
        let (secret, left) = visit.secret_or_left(client.clone(), 90, patience);
        lost += usize::from(!left.is_empty());
        stopped += usize::from(secret.is_err());
        let own = secret.ok().map(|secret| {
            assert!(secret.value.expose().len() >= 16);
            secret.key_id
        });
        let there = visit.secrets(client);
        assert!(own.is_none() || there.iter().any(|note| Some(&note.key_id) == own.as_ref()), "seed {seed}");
        for note in there.iter().filter(|note| Some(&note.key_id) != own.as_ref()) {
            let name = note.display_name.as_ref().unwrap();
            assert!(left.names().contains(name), "seed {seed}: {name} is there, and nobody is told");
        }
    }
    assert!(lost > 0 && stopped > 0, "the seeds bring none of it: {lost} {stopped}");
}

#[test]
fn policies_against_secrets_are_told_apart() {
    let made = |kind| {
        let visit = Visit::of(Options { kinds: vec![kind], ..options(0) }, GRACE);
        let made = visit.make(None).unwrap().unwrap();
        (visit, made.application.client_id())
    };
    let (visit, client) = made(TenantKind::NoSecrets);
    assert_eq!(visit.secret(client, 90).unwrap_err(), SecretError::Forbidden);
    let (visit, client) = made(TenantKind::ShortSecrets);
    assert_eq!(visit.secret(client.clone(), 365).unwrap_err(), SecretError::TooLong);
    assert!(visit.secret(client, 180).is_ok());
}

#[test]
fn a_wrong_platform_is_named_and_mended() {
    // Nobody can redeem a code for it.
    let world = World::new(Options { kinds: vec![TenantKind::WrongPlatform], ..options(0) });
    let all: Vec<Scope> = MANAGE.iter().chain(DIRECT_SYNC).copied().collect();
    assert!(signed_in(&world, GRACE, &all).is_none());
    // Somebody who is signed in already sees it, and moves the address.
    let visit = Visit::of(options(0), GRACE);
    let client = visit.client();
    let moved = visit.run(None, move |graph, _| {
        Box::pin(async move {
            let application = find(graph, &client).await.unwrap().unwrap();
            let path = format!("/applications/{}", application.object_id());
            let body =
                serde_json::json!({ "spa": { "redirectUris": [] }, "web": { "redirectUris": [PAGE] } });
            graph.change(Change::patch("move the address", &path, body)).await
        })
    });
    assert_eq!(moved, Some(Ok(())));
    let found = visit.repairs();
    assert_eq!(found[0], Repair::Redirect { uri: PAGE.to_owned(), from: Some(Platform::Web) });
    assert_eq!(visit.mend(found, None), Some(Ok(())));
    let client = visit.client();
    let application = visit.run(None, move |graph, _| Box::pin(async move { find(graph, &client).await }));
    let application = application.unwrap().unwrap().unwrap();
    assert_eq!(application.redirects(Platform::Spa), [PAGE]);
    assert_eq!(application.redirects(Platform::Web), [""; 0]);
}

#[test]
fn only_what_was_shown_is_mended() {
    let visit = Visit::of(options(0), GRACE);
    let shown = visit.repairs();
    let (left_out, approved) = shown.split_first().unwrap();
    let end = visit.mend(approved.to_vec(), None).unwrap();
    let Err(MendError::Changed(open)) = end else { panic!("{end:?}") };
    assert!(open.contains(left_out));
    assert_eq!(visit.repairs(), shown, "something was changed");
}

#[test]
fn somebody_without_the_role_gets_refusals_and_changes_nothing_else() {
    let visit = Visit::of(options(0), "ada@contoso.example");
    let made = visit.make(None).unwrap().unwrap();
    let refused: Vec<&str> = made.granted.refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(refused, ROLES);
    assert!(made.granted.standing.roles.is_empty());
    // Somebody who may goes on with the same one.
    let client = made.application.client_id();
    let again = visit.anew(GRACE);
    let made = again.make(None).unwrap().unwrap();
    assert!(made.adopted && made.granted.refused.is_empty());
    assert_eq!(made.application.client_id(), client);
}

#[test]
fn what_somebody_else_planted_gets_nothing_without_a_yes() {
    let visit = Visit::of(options(0), GRACE);
    let planted = visit.run(None, |graph, _| {
        Box::pin(async move {
            let key = Kind::Unattended.unique_name();
            let body = serde_json::json!({ "displayName": "Databricks SCIM Sync", "tags": [Kind::Unattended.tag()] });
            let path = format!("/applications(uniqueName='{key}')");
            graph.change(Change::upsert("plant one", &path, body)).await
        })
    });
    assert_eq!(planted, Some(Ok(())));
    let before = visit.leftovers();
    let Some(Err(MakeError::There(found))) = visit.make_with(None, None) else {
        panic!("taken without asking")
    };
    assert_eq!(found.len(), 1);
    assert_eq!(visit.leftovers(), before, "something was changed");
    // A yes to another one, even the page's own, is no yes to this one.
    let end = visit.make_with(None, Some(visit.client())).unwrap();
    assert!(matches!(end, Err(MakeError::There(_))));
    assert_eq!(visit.leftovers(), before, "something was changed");
}

#[test]
fn what_a_command_left_half_made_is_listed_and_can_be_removed() {
    for (kind, tags) in
        [(Kind::Page, vec![]), (Kind::Page, vec![Kind::Page.tag()]), (Kind::Unattended, vec![])]
    {
        let visit = Visit::of(options(4), GRACE);
        let tagged = !tags.is_empty();
        // A run that is cut off between its upserts: the application is there, its address and service principal are not.
        let made = visit.run(None, move |graph, _| {
            Box::pin(async move {
                let body = serde_json::json!({ "displayName": "Half", "signInAudience": "AzureADMyOrg", "tags": tags });
                let path = format!("/applications(uniqueName='{}')", kind.unique_name());
                let made = graph.change(Change::upsert("make half of one", &path, body)).await;
                graph.env.sleep(Duration::from_secs(60)).await;
                made
            })
        });
        assert_eq!(made, Some(Ok(())));
        let found: Vec<Leftover> =
            visit.leftovers().into_iter().filter(|it| it.application.display_name == "Half").collect();
        let [half] = found.as_slice() else { panic!("{kind:?} {tagged}: {found:?}") };
        assert_eq!((half.kind, half.is_tagged, half.has_principal), (kind, tagged, false));
        let end = visit.remove(half.application.client_id(), None);
        assert_eq!(end, Some(Ok(())), "{kind:?} {tagged}");
        assert!(
            visit.leftovers().iter().all(|it| it.application.display_name != "Half"),
            "{kind:?} {tagged}"
        );
    }
}

#[test]
fn what_is_there_and_only_unseen_keeps_its_tags() {
    let visit = Visit::of(options(6), GRACE);
    let plant = |doing: &'static str, method, path: String, body: serde_json::Value, upsert, wait| {
        let planted = visit.run(None, move |graph, _| {
            Box::pin(async move {
                let body = Some(body);
                let change = Change { doing, method, path: &path, body, upsert, repeat: Repeat::Safe };
                let planted = graph.change(change).await;
                graph.env.sleep(Duration::from_secs(wait)).await;
                planted
            })
        });
        assert_eq!(planted, Some(Ok(())));
    };
    let key = format!("/applications(uniqueName='{}')", Kind::Unattended.unique_name());
    let body = serde_json::json!({ "displayName": "Somebody's", "tags": ["kept"] });
    plant("plant one", Method::Patch, key, body, true, 0);
    let Some(Err(MakeError::There(found))) = visit.make_with(None, None) else { panic!("taken") };
    assert_eq!(found[0].tags, ["kept"]);

    let client = found[0].client_id();
    let body = serde_json::json!({ "appId": client.as_str(), "tags": ["HideApp"] });
    plant("plant its principal", Method::Post, "/servicePrincipals".to_owned(), body, false, 0);
    let made = visit.make_with(None, Some(client.clone())).unwrap().unwrap();
    assert_eq!(made.application.tags, ["kept", Kind::Unattended.tag()]);
    let principal = visit.run(None, move |graph, _| {
        Box::pin(async move {
            let path = format!("/servicePrincipals(appId='{client}')?$select=id,tags");
            graph.get::<serde_json::Value>("read its principal", &path).await.unwrap()
        })
    });
    assert_eq!(principal.unwrap()["tags"], serde_json::json!(["HideApp"]));
}

/// Puts tags on an application, whoever's it is.
fn tag(visit: &Visit, client: ClientId, tags: Vec<&'static str>) {
    let done = visit.run(None, move |graph, _| {
        Box::pin(async move {
            let path = format!("/applications(appId='{client}')");
            let done =
                graph.change(Change::patch("tag it", &path, serde_json::json!({ "tags": tags }))).await;
            graph.env.sleep(Duration::from_secs(60)).await;
            done
        })
    });
    assert_eq!(done, Some(Ok(())));
}

#[test]
fn one_kind_is_never_taken_for_the_other() {
    let both = vec![Kind::Page.tag(), Kind::Unattended.tag()];
    // The page's application with the other tag too: it is passed over, and not mended either.
    let visit = Visit::of(options(0), GRACE);
    tag(&visit, visit.client(), both.clone());
    let end = visit.make_with(None, Some(visit.client())).unwrap();
    assert!(end.is_ok_and(|made| !made.adopted && made.application.client_id() != visit.client()));
    let end = visit.mend(visit.repairs(), None).unwrap();
    assert!(matches!(&end, Err(MendError::OtherKind(it)) if it.client_id() == visit.client()), "{end:?}");

    // Without any tag of the page it is known by its id.
    let visit = Visit::of(options(0), GRACE);
    tag(&visit, visit.client(), vec![Kind::Unattended.tag()]);
    let end = visit.make_with(None, Some(visit.client())).unwrap();
    assert!(end.is_ok_and(|made| !made.adopted && made.application.client_id() != visit.client()));

    // What stands under the other key and is a page's cannot be used, and nothing else can be made there.
    let made = visit.make(None).unwrap().unwrap().application.client_id();
    tag(&visit, made.clone(), both);
    let before = visit.leftovers();
    let end = visit.make_with(None, Some(made.clone())).unwrap();
    assert!(matches!(&end, Err(MakeError::OtherKind(it)) if it.client_id() == made), "{end:?}");
    assert_eq!(visit.leftovers(), before, "something was changed");
}

#[test]
fn removing_takes_only_what_is_ours() {
    let visit = Visit::of(options(0), GRACE);
    let made = visit.make(None).unwrap().unwrap();
    let (page, headless) = (visit.client(), made.application.client_id());
    let sync = ClientId(Guid::parse(&visit.world.facts().sync_client_id).unwrap());
    assert_eq!(visit.remove(page, None), Some(Err(RemoveError::InUse)));
    assert_eq!(visit.remove(sync, None), Some(Err(RemoveError::NotOurs)));
    assert_eq!(visit.remove(headless, None), Some(Ok(())));
    assert!(visit.leftovers().iter().all(|it| it.kind == Kind::Page));
}
