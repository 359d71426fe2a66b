//! Paused and resumed, restarted, restarted in full.

use std::rc::Rc;

use engine::entra::connector::{Restart, pause, restart};

use super::super::somebody::Somebody;
use super::super::{cycle, until_done};
use super::{again_and_again, only, renamed, store, words};

/// While it is paused nothing comes, whatever happens in the directory; resumed, it goes on where it was.
pub(super) fn paused(somebody: &Rc<Somebody>) {
    let (before, from) = (store(somebody), somebody.world.effects().len());
    off(somebody);
    let then = renamed(somebody, [1], &before);
    cycle(somebody);
    assert_eq!(store(somebody), before, "seed {}: a job that is paused has written", somebody.seed);
    on(somebody);
    assert_eq!(store(somebody), then, "seed {}", somebody.seed);
    only(somebody, from, &["/pause", "/start"]);
}

/// Switches it off.
pub(super) fn off(somebody: &Rc<Somebody>) {
    again_and_again(somebody, async |me, graph, control| {
        let (principal, job) = me.runs();
        let paused = pause(graph, control, &|_| (), &principal, &job).await;
        paused.map(|job| assert!(!job.schedule.is_active())).map_err(words)
    });
}

/// Switches it on, which is the review's alone, and waits until a cycle has ended.
pub(super) fn on(somebody: &Rc<Somebody>) {
    until_done(somebody, 40, |patience| somebody.visit(patience));
    cycle(somebody);
}

/// Everybody is looked at anew and found again; nobody goes, and nobody is there twice.
pub(super) fn restarted(somebody: &Rc<Somebody>, what: Restart) {
    let (before, from) = (store(somebody), somebody.world.effects().len());
    again_and_again(somebody, async move |me, graph, control| {
        let (principal, job) = me.runs();
        restart(graph, control, &|_| (), (&principal, &job), what).await.map_err(words)
    });
    cycle(somebody);
    assert_eq!(store(somebody), before, "seed {}: somebody has changed", somebody.seed);
    only(somebody, from, &["/restart"]);
}
