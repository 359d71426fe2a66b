//! What is done at the board of a connector that runs, cut off anywhere and done again by whoever comes back: paused and resumed, restarted,
//! removed. Nobody in Databricks changes by it, and there is never a second connector or job.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::entra::connector::{Restart, pause, read, remove, restart};
use engine::entra::graph::Graph;
use engine::http::Method;
use engine::stop::Control;
use serde_json::Value;

use super::super::scripted::Scripted;
use super::somebody::Somebody;
use super::{NAME, cycle, moment};

/// One thing of all that a board offers, by the seed.
pub(super) fn something(somebody: &Rc<Somebody>) {
    cycle(somebody);
    let (before, from) = (store(somebody), somebody.world.effects().len());
    let wanted = match somebody.seed % 4 {
        0 => paused(somebody, &before),
        1 => restarted(somebody, Restart::Usual),
        2 => restarted(somebody, Restart::Full),
        _ => removed(somebody),
    };
    assert_eq!(store(somebody), before, "seed {}: somebody has changed", somebody.seed);
    for effect in &somebody.world.effects()[from..] {
        let path = effect.path.as_str();
        match effect.method {
            Method::Put if path.ends_with("/secrets") => somebody.secrets(effect),
            Method::Post
                if path.ends_with("/provisionOnDemand") || path.ends_with("/validateCredentials") => {}
            _ if wanted.iter().any(|end| path.ends_with(end)) => {}
            Method::Delete if wanted.is_empty() => {}
            _ => panic!("seed {}: nobody wanted {effect:?}", somebody.seed),
        }
    }
}

/// While it is paused nothing comes, whatever happens in the directory; resumed, it goes on where it was.
fn paused(somebody: &Rc<Somebody>, before: &BTreeMap<String, Value>) -> &'static [&'static str] {
    again_and_again(somebody, async |me, graph, control| {
        let (principal, job) = me.runs();
        let paused = pause(graph, control, &|_| (), &principal, &job).await;
        paused.map(|job| assert!(!job.schedule.is_active())).map_err(|error| format!("{error:?}"))
    });
    let (who, name) = somebody.world.sample(|sample| {
        let person = &sample.directory().people()[1];
        (person.id.clone(), person.display_name.clone())
    });
    let renamed = |name: &str| somebody.world.sample(|it| it.directory_mut().rename_person(&who, name));
    assert!(renamed("Another Name"));
    cycle(somebody);
    assert_eq!(store(somebody), *before, "seed {}: a job that is paused has written", somebody.seed);
    assert!(renamed(&name));
    let mut rounds = (0..4).map(|round| Some(moment(somebody.seed, 40 + round))).chain([None; 12]);
    let resumed = rounds.any(|patience| matches!(somebody.visit(patience, &somebody.pasted), Some(Ok(()))));
    assert!(resumed, "seed {}: never resumed", somebody.seed);
    cycle(somebody);
    &["/pause", "/start"]
}

/// Everybody is looked at anew and found again; nobody goes, and nobody is there twice.
fn restarted(somebody: &Rc<Somebody>, what: Restart) -> &'static [&'static str] {
    again_and_again(somebody, async move |me, graph, control| {
        let (principal, job) = me.runs();
        let done = restart(graph, control, &|_| (), (&principal, &job), what).await;
        done.map_err(|error| format!("{error:?}"))
    });
    cycle(somebody);
    &["/restart"]
}

/// It goes, once and for all.
fn removed(somebody: &Rc<Somebody>) -> &'static [&'static str] {
    let enterprise = somebody
        .run(None, async |me, graph, control| read(graph, control, &|_| (), &me.runs().0).await.unwrap());
    let enterprise = Rc::new(enterprise.unwrap());
    again_and_again(somebody, async move |_, graph, control| {
        remove(graph, control, &|_| (), &enterprise).await.map_err(|error| format!("{error:?}"))
    });
    cycle(somebody);
    for kind in ["applications", "servicePrincipals"] {
        let left = somebody.run(None, async move |_, graph, _| {
            loop {
                let all =
                    graph.pages::<Value>("count", &format!("/{kind}?$select=id,displayName&$top=999")).await;
                if all.broken.is_none() {
                    return all.items.iter().filter(|it| it["displayName"] == NAME).count();
                }
            }
        });
        assert_eq!(left, Some(0), "seed {}: {kind}", somebody.seed);
    }
    &[]
}

/// Does it, cut off up to four times, until it is done.
fn again_and_again(
    somebody: &Rc<Somebody>,
    act: impl AsyncFn(&Somebody, &Graph<'_, Scripted>, &Control) -> Result<(), String> + Clone + 'static,
) {
    let mut rounds = (0..4).map(|round| Some(moment(somebody.seed, 30 + round))).chain([None; 12]);
    let mut last = String::new();
    let done = rounds.any(|patience| {
        let act = act.clone();
        match somebody.run(patience, async move |me, graph, control| act(me, graph, control).await) {
            Some(Ok(())) => return true,
            Some(Err(words)) => last = words,
            None => {}
        }
        false
    });
    assert!(done, "seed {}: never done: {last}", somebody.seed);
}

/// Everybody in Databricks, by name, with identity, state and names.
fn store(somebody: &Somebody) -> BTreeMap<String, Value> {
    let users = somebody.world.sample(|sample| sample.scim_users(somebody.level()));
    let count = users.len();
    let by_name: BTreeMap<String, Value> = users
        .into_iter()
        .map(|mut user| {
            user.as_object_mut().unwrap().retain(|key, _| {
                ["userName", "externalId", "active", "displayName", "id"].contains(&key.as_str())
            });
            (user["userName"].as_str().unwrap().to_owned(), user)
        })
        .collect();
    assert_eq!(by_name.len(), count, "seed {}: somebody is there twice", somebody.seed);
    by_name
}
