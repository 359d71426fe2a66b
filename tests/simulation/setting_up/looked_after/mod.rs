//! What is done at the board of a connector that runs, cut off anywhere and done again by whoever comes back: one thing of all that it
//! offers, by the seed. Nobody in Databricks changes but those whom it is about, nothing else is written, and it gets to its end.

mod held;
mod mappings;
mod new_token;
mod on_demand;
mod removed;
mod second_job;
mod switched;
mod taken_away;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::Rc;

use engine::entra::connector::assignment::{Assignment, assignments};
use engine::entra::connector::health::{Health, Reason, State, health};
use engine::entra::connector::wire::Enterprise;
use engine::entra::connector::{Restart, jobs, read, restart};
use engine::entra::graph::Graph;
use engine::env::Env as _;
use engine::http::Method;
use engine::stop::Control;
use serde_json::Value;

use super::super::enterprise::id;
use super::super::scripted::Scripted;
use super::somebody::Somebody;
use super::{cycle, drawn, until_done};

/// One thing of all that a board offers.
pub(super) fn something(somebody: &Rc<Somebody>) {
    cycle(somebody);
    match drawn(somebody.seed, 50) % 10 {
        0 => switched::paused(somebody),
        1 => switched::restarted(somebody, Restart::Usual),
        2 => switched::restarted(somebody, Restart::Full),
        3 => removed::removed(somebody),
        4 => new_token::entered(somebody),
        5 => held::held(somebody),
        6 => mappings::reset(somebody),
        7 => taken_away::one(somebody),
        8 => second_job::removed(somebody),
        _ => on_demand::one_person(somebody),
    }
}

fn words(error: impl Debug) -> String {
    format!("{error:?}")
}

/// Does it, cut off up to four times, until it is done.
#[track_caller]
fn again_and_again(
    somebody: &Rc<Somebody>,
    act: impl AsyncFn(&Somebody, &Graph<'_, Scripted>, &Control) -> Result<(), String> + Clone + 'static,
) {
    looked_at(somebody, || (), act);
}

/// The same, with a look each time that it ends or is cut off.
#[track_caller]
fn looked_at(
    somebody: &Rc<Somebody>,
    look: impl Fn(),
    act: impl AsyncFn(&Somebody, &Graph<'_, Scripted>, &Control) -> Result<(), String> + Clone + 'static,
) {
    until_done(somebody, 30, |patience| {
        let act = act.clone();
        let end = somebody.run(patience, async move |me, graph, control| act(me, graph, control).await);
        look();
        end
    });
}

/// Somebody else does something elsewhere, or a test looks: as often as it takes.
fn surely<T: 'static>(
    somebody: &Rc<Somebody>,
    act: impl AsyncFn(&Somebody, &Graph<'_, Scripted>, &Control) -> Result<T, String> + 'static,
) -> T {
    let done = somebody.run(None, async move |me, graph, control| {
        for _ in 0..40 {
            if let Ok(done) = act(me, graph, control).await {
                return Some(done);
            }
        }
        None
    });
    done.flatten().unwrap_or_else(|| panic!("seed {}: not even elsewhere", somebody.seed))
}

/// Begins the job anew, as whoever comes back does while it is set apart.
fn restarts(somebody: &Rc<Somebody>, what: Restart) {
    again_and_again(somebody, async move |me, graph, control| {
        let (principal, job) = me.runs();
        if set_apart_now(me, graph).await?.is_none() {
            return Ok(());
        }
        restart(graph, control, &|_| (), (&principal, &job), what).await.map_err(words)
    });
}

async fn health_now(me: &Somebody, graph: &Graph<'_, Scripted>) -> Result<Health, String> {
    let all = jobs(graph, &me.runs().0).await.map_err(words)?;
    assert_eq!(all.len(), 1, "seed {}", me.seed);
    Ok(health(&all[0], me.world.wall()))
}

async fn set_apart_now(me: &Somebody, graph: &Graph<'_, Scripted>) -> Result<Option<Reason>, String> {
    Ok(match health_now(me, graph).await?.state {
        State::Quarantined(found) => Some(found.reason),
        _ => None,
    })
}

/// Why the job is set apart, where it is.
fn set_apart(somebody: &Rc<Somebody>) -> Option<Reason> {
    surely(somebody, async |me, graph, _| set_apart_now(me, graph).await)
}

/// The connector's application, and who is assigned to it.
fn assigned(somebody: &Rc<Somebody>) -> (Rc<Enterprise>, Vec<Assignment>) {
    surely(somebody, async |me, graph, control| {
        let enterprise = read(graph, control, &|_| (), &me.runs().0).await.map_err(words)?;
        let found = assignments(graph, &enterprise).await;
        found.broken.map_or(Ok((Rc::new(enterprise), found.items)), |error| Err(words(error)))
    })
}

/// Nothing but this was changed in Graph from there on: what goes to addresses that end so, tests, and secrets that lose nothing. Provisioned
/// on demand is nobody but who was shown.
fn only(somebody: &Somebody, from: usize, wanted: &[&str]) {
    let seed = somebody.seed;
    for effect in &somebody.world.effects()[from..] {
        let path = effect.path.as_str();
        match effect.method {
            Method::Put if path.ends_with("/secrets") => somebody.secrets(effect),
            Method::Post if path.ends_with("/provisionOnDemand") => {
                let who = &effect.body["parameters"][0]["subjects"][0]["objectId"];
                let who = id(who.as_str().unwrap());
                assert!(somebody.proofs.borrow().contains(&who), "seed {seed}: another one was provisioned");
            }
            Method::Post if path.ends_with("/validateCredentials") => {}
            _ if wanted.iter().any(|end| path.ends_with(end)) => {}
            _ => panic!("seed {seed}: nobody wanted {effect:?}"),
        }
    }
}

/// Everybody and every group in Databricks, by name.
type Store = BTreeMap<String, Value>;

/// As they are: with identity, state, names and members.
fn store(somebody: &Somebody) -> Store {
    let level = somebody.level();
    let (users, groups) =
        somebody.world.sample(|sample| (sample.scim_users(level), sample.scim_groups(level)));
    let count = users.len() + groups.len();
    let object = |mut it: Value| {
        let kept = ["userName", "externalId", "active", "displayName", "id", "members"];
        it.as_object_mut().unwrap().retain(|key, _| kept.contains(&key.as_str()));
        if let Some(members) = it["members"].as_array_mut() {
            members.iter_mut().for_each(|member| *member = member["value"].take());
            members.sort_by_key(Value::to_string);
        }
        let name = it["userName"].as_str().or(it["displayName"].as_str()).unwrap();
        (name.to_owned(), it)
    };
    let by_name: Store = users.into_iter().chain(groups).map(object).collect();
    assert_eq!(by_name.len(), count, "seed {}: somebody is there twice", somebody.seed);
    by_name
}

/// Somebody of the directory: id, and name in Databricks.
fn person(somebody: &Somebody, at: usize) -> (String, String) {
    somebody.world.sample(|sample| {
        let person = &sample.directory().people()[at];
        (person.id.clone(), person.user_principal_name.to_lowercase())
    })
}

/// These have another name from now on. Brings how Databricks is once it has heard of it.
fn renamed(somebody: &Somebody, people: impl IntoIterator<Item = usize>, before: &Store) -> Store {
    let mut then = before.clone();
    for at in people {
        let (who, name) = person(somebody, at);
        let done = somebody.world.sample(|it| it.directory_mut().rename_person(&who, "Another Name"));
        assert!(done, "seed {}", somebody.seed);
        then.get_mut(&name).unwrap()["displayName"] = Value::from("Another Name");
    }
    then
}
