//! Parts of the run from nothing to both applications and back that each have rules of their own: a secret, an owner, an address that is
//! taken away. Each is cut off up to three times, and begun again.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::entra::consent::graph_api;
use engine::entra::graph::Change;
use engine::entra::ids::ClientId;
use engine::entra::registration::{
    Application, Kind, Life, Lost, MendError, NewOwner, NewSecret, Owners, Platform, Repair, SecretError,
    SecretNote, extras, find, new_secret, own, owners, principal, shows, tidy, trim,
};
use engine::entra::replication::Gone;
use serde_json::json;

use super::browser::PAGE;
use super::visit::{Visit, moment, shape};

/// When a person loses patience with a part, and then no more.
fn rounds(seed: u64, first: u64) -> impl Iterator<Item = Option<Duration>> {
    (first..first + 3).map(move |round| Some(moment(seed, round))).chain([None; 12])
}

/// A secret. Where the page was closed nobody has the value of one that was under way, and nobody is told its name: whoever begins again
/// makes another, and finds the first one listed. Everywhere else each secret is somebody's or named to them. Brings how many there are.
pub(crate) fn a_secret(visit: &Visit, seed: u64, client: &ClientId) -> usize {
    let (mut ours, mut named, mut closed) = (None, BTreeSet::new(), false);
    for patience in rounds(seed, 15) {
        let Some((made, left)) = makes_secret(visit, client.clone(), patience) else {
            closed = true;
            continue;
        };
        named.extend(left.names().iter().cloned());
        if let Ok(secret) = made {
            assert!(secret.value.expose().len() >= 16, "seed {seed}");
            ours = Some(secret.key_id);
            break;
        }
    }
    let ours = ours.unwrap_or_else(|| panic!("seed {seed}: never a secret"));
    let seen = (0..12).any(|_| {
        let (client, key) = (client.clone(), ours.clone());
        let seen = visit.run(None, move |graph, control| {
            Box::pin(async move { shows(graph, control, &|_| (), &client, &key).await })
        });
        seen == Some(true)
    });
    assert!(seen, "seed {seed}: it does not show");

    let there = visit.secrets(client.clone());
    assert_eq!(there.iter().filter(|note| note.key_id == ours).count(), 1, "seed {seed}");
    let name = |note: &SecretNote| note.display_name.clone().unwrap();
    let names: BTreeSet<String> = there.iter().map(name).collect();
    assert_eq!(names.len(), there.len(), "seed {seed}: a name twice");
    for note in there.iter().filter(|note| note.key_id != ours) {
        let told = named.contains(&name(note));
        assert!(told || closed, "seed {seed}: {} is there, and nobody is told", name(note));
    }
    there.len()
}

/// Asks for a secret and tidies up, as the page does.
fn makes_secret(
    visit: &Visit,
    client: ClientId,
    patience: Option<Duration>,
) -> Option<(Result<NewSecret, SecretError>, Lost)> {
    visit.run(patience, move |graph, control| {
        Box::pin(async move {
            let (made, lost) = new_secret(graph, control, &|_| (), &client, Life::days(180).unwrap()).await;
            (made, tidy(graph, control, &client, lost).await)
        })
    })
}

/// The person becomes an owner of the page's registration: of both objects, once, and beside whoever is one.
pub(crate) fn an_owner(visit: &Visit, seed: u64) {
    let before = owned(visit);
    let (id, name) = (visit.session.account.id.clone(), visit.session.account.username.clone());
    let new = NewOwner { id, name, both: true };
    let done = rounds(seed, 18).any(|patience| owns(visit, new.clone(), patience) == Some(Ok(())));
    assert!(done, "seed {seed}: never an owner");
    let after = owned(visit);
    for (what, before, after) in [
        ("registration", before.application, after.application),
        ("service principal", before.principal, after.principal),
    ] {
        let (own, others): (Vec<_>, Vec<_>) = after.into_iter().partition(|it| it.id == new.id);
        assert_eq!(own.len(), 1, "seed {seed}: {what}");
        assert_eq!(others, before, "seed {seed}: {what}");
    }
}

fn owned(visit: &Visit) -> Owners {
    let client = visit.client();
    visit.look(move |graph| {
        let client = client.clone();
        Box::pin(async move {
            let application = find(graph, &client).await?.expect("the page's application is gone");
            let principal = principal(graph, &client).await?.map(|it| it.object_id());
            owners(graph, &application.object_id(), principal.as_ref()).await
        })
    })
}

fn owns(visit: &Visit, new: NewOwner, patience: Option<Duration>) -> Option<Result<(), MendError>> {
    let client = visit.client();
    visit.run(patience, move |graph, control| {
        Box::pin(async move { own(graph, control, &|_| (), &client, Kind::Page, &new).await })
    })
}

const EVIL: &str = "https://evil.example/";
const OTHER: &str = "https://other.contoso.example/";

/// One address of two that somebody planted is taken away, and nothing else is.
pub(crate) fn an_address(visit: &Visit, seed: u64) {
    let body = json!({ "spa": { "redirectUris": [EVIL, PAGE] }, "web": { "redirectUris": [OTHER] } });
    let planted = (0..12).any(|_| {
        let (body, path) = (body.clone(), format!("/applications(appId='{}')", visit.client()));
        let end = visit.run(None, move |graph, _| {
            Box::pin(async move { graph.change(Change::patch("plant them", &path, body)).await })
        });
        matches!(end, Some(Ok(())))
    });
    assert!(planted, "seed {seed}: nothing was planted");
    let before = application(visit);
    let drop = |uri: &str, from| Repair::Drop { uri: uri.to_owned(), from };
    let (evil, other) = (drop(EVIL, Platform::Spa), drop(OTHER, Platform::Web));
    assert_eq!(extras(&shape(), &before), [evil.clone(), other.clone()], "seed {seed}");
    let picked = vec![evil];
    let done = rounds(seed, 21).any(|patience| trims(visit, picked.clone(), patience) == Some(Ok(())));
    assert!(done, "seed {seed}: never taken away");
    let after = application(visit);
    assert_eq!(extras(&shape(), &after), [other], "seed {seed}");
    assert_eq!(after.redirects(Platform::Spa), [PAGE], "seed {seed}");
    assert_eq!(after.tags, before.tags, "seed {seed}");
    assert_eq!(after.required_resource_access, before.required_resource_access, "seed {seed}");
}

fn application(visit: &Visit) -> Application {
    let client = visit.client();
    visit
        .look(move |graph| {
            let client = client.clone();
            Box::pin(async move { find(graph, &client).await })
        })
        .expect("the page's application is gone")
}

fn trims(visit: &Visit, picked: Vec<Repair>, patience: Option<Duration>) -> Option<Result<(), MendError>> {
    let client = visit.client();
    visit.run(patience, move |graph, control| {
        Box::pin(async move {
            let api = graph_api(graph).await.map_err(Gone::from)?;
            trim(graph, control, &|_| (), &api, &client, &shape(), &picked).await
        })
    })
}
