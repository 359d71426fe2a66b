//! A connector with several jobs, of which one is kept: while there are several nothing is written, the one that is asked for goes and no
//! other, and the last one is never removed. Whoever begins again has a connector that works.

use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::{jobs, start};
use engine::entra::graph::Change;
use engine::env::Env as _;
use serde_json::json;

use super::super::super::connecting::removes_job;
use super::super::somebody::Somebody;
use super::super::{cycle, drawn, moment, until_done};
use super::{only, store, surely, words};

pub(super) fn removed(somebody: &Rc<Somebody>) {
    let (seed, before) = (somebody.seed, store(somebody));
    another(somebody);
    let from = somebody.world.effects().len();
    for _ in 0..3 {
        let end = somebody.visit(None);
        assert!(!matches!(end, Some(Ok(()))), "seed {seed}: written with several jobs");
    }
    only(somebody, from, &[]);
    assert_eq!(ids(somebody).len(), 2, "seed {seed}");

    let own = somebody.runs().1;
    let goes_itself = drawn(seed, 55).is_multiple_of(2);
    let goes = ids(somebody).into_iter().find(|it| (*it == own) == goes_itself).unwrap();
    until_done(somebody, 30, |patience| {
        let facts = somebody.record.borrow().clone();
        let shown = removes_job(&somebody.world, facts, patience, &goes);
        let left = ids(somebody);
        assert!(!left.is_empty(), "seed {seed}: the last one is gone");
        shown.map(|shown| if left.contains(&goes) { Err(shown) } else { Ok(()) })
    });
    let left = ids(somebody);
    assert!(left.len() == 1 && left[0] != goes, "seed {seed}: {left:?}");
    only(somebody, from, &[&format!("/jobs/{goes}")]);

    let from = somebody.world.effects().len();
    let refused = (0..12).any(|_| {
        let facts = somebody.record.borrow().clone();
        let shown = removes_job(&somebody.world, facts, None, &left[0]).unwrap();
        assert_eq!(ids(somebody), left, "seed {seed}: the last one is gone");
        shown.contains("No job was removed.")
    });
    assert!(refused, "seed {seed}: not refused");
    only(somebody, from, &[]);

    until_done(somebody, 40, |patience| {
        let end = somebody.visit(patience);
        somebody.pass(moment(seed, 49) / 2);
        end
    });
    assert_eq!(somebody.runs().1, left[0], "seed {seed}");
    cycle(somebody);
    assert_eq!(store(somebody), before, "seed {seed}: somebody has changed");
    let started = if goes_itself { &["/start", "/schema"][..] } else { &[] };
    only(somebody, from, started);
}

fn ids(somebody: &Rc<Somebody>) -> Vec<String> {
    let all = surely(somebody, async |me, graph, _| jobs(graph, &me.runs().0).await.map_err(words));
    all.into_iter().map(|it| it.id).collect()
}

/// Somebody makes another job elsewhere. Sometimes it is on: not where its mappings would bring another `externalId`.
fn another(somebody: &Rc<Somebody>) {
    surely(somebody, async |me, graph, control| {
        let (principal, own) = me.runs();
        let found = jobs(graph, &principal).await.map_err(words)?;
        let runs = drawn(me.seed, 56).is_multiple_of(2) && !me.seed.is_multiple_of(5);
        if let Some(other) = found.iter().find(|it| it.id != own) {
            if runs {
                start(graph, control, &|_| (), &principal, &other.id).await.map_err(words)?;
            }
            return Ok(());
        }
        let path = format!("/servicePrincipals/{principal}/synchronization/jobs");
        let body = json!({ "templateId": found[0].template_id });
        let made = graph.change(Change::post("make another job", &path, body)).await;
        // However it went: whether it is there shows after a while.
        graph.env.sleep(Duration::from_secs(60)).await;
        made.map_err(words).and(Err("look".to_owned()))
    });
    cycle(somebody);
}
