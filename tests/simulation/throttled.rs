//! Waits that Graph asks for: they end when a person stops the work, and are not begun when the work has no time for them.

use std::time::Duration;

use engine::entra::graph::{Graph, GraphError};
use engine::entra::replication::{Gone, Tried, until};
use engine::env::Env as _;
use engine::stop::{Control, Wish};
use futures::future::join;
use serde_json::Value;

use super::scripted::{Scripted, given};
use super::visit::gets_in;
use super::world::World;

const PATH: &str = "/organization";

/// Graph asks for so many seconds, once; a person stops after some of them, or never. Brings what came of reading, and how long it took.
fn read(
    asks: &str,
    stops: Option<Duration>,
    flow: impl AsyncFnOnce(&Graph<'_, Scripted>, &Control) -> Result<Value, Gone> + 'static,
) -> (Result<Value, Gone>, Duration) {
    let world = World::of(12, 3);
    let session = gets_in(&world, "grace@contoso.example");
    let env = Scripted::new(&world, PATH);
    env.answer([given(429, Some(("retry-after", asks)), "{}")]);
    let inner = world.clone();
    world.run(async move {
        let control = Control::default();
        let graph = Graph::new(&env, inner.cloud(), &session.tokens).under(&control);
        let started = env.monotonic();
        let work = async {
            let end = flow(&graph, &control).await;
            (end, env.monotonic() - started)
        };
        let person = async {
            if let Some(after) = stops {
                env.sleep(after).await;
                control.set(Wish::Stop);
            }
        };
        join(work, person).await.0
    })
}

async fn organization(graph: &Graph<'_, Scripted>) -> Result<Value, GraphError> {
    graph.get("read the tenant", PATH).await
}

#[test]
fn a_wait_that_graph_asks_for_ends_when_a_person_stops() {
    let (end, took) = read("3600", Some(Duration::from_secs(5)), async |graph, _| {
        organization(graph).await.map_err(Gone::from)
    });
    assert_eq!(end, Err(Gone::Stopped));
    assert!(took < Duration::from_secs(6), "{took:?}");
}

#[test]
fn no_wait_is_begun_that_goes_beyond_the_three_minutes() {
    let (end, took) = read("600", None, async |graph, control| {
        until(graph.env, control, &|_| (), async || Ok(Tried::Ready(organization(graph).await?))).await
    });
    let Err(Gone::Failed(error)) = end else { panic!("{end:?}") };
    assert_eq!((error.status(), error.doing.as_str()), (Some(429), "read the tenant"));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_wait_that_there_is_time_for_is_kept() {
    let (end, took) = read("100", None, async |graph, control| {
        until(graph.env, control, &|_| (), async || Ok(Tried::Ready(organization(graph).await?))).await
    });
    assert!(end.is_ok(), "{end:?}");
    assert!(took >= Duration::from_secs(100), "{took:?}");
    // Outside of such work there is no end to it.
    let (end, took) = read("600", None, async |graph, _| organization(graph).await.map_err(Gone::from));
    assert!(end.is_ok(), "{end:?}");
    assert!(took >= Duration::from_secs(600), "{took:?}");
}
