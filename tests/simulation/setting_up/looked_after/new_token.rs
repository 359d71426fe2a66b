//! The token ends, and the job is set apart. A wrong one takes its place at no time; with the right one everything else that the connector
//! was told stays.

use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::health::Reason;
use engine::entra::connector::{Cause, Restart};
use engine::entra::graph::Change;
use engine::http::Method;
use serde_json::json;

use super::super::somebody::{End, Somebody};
use super::super::{cycle, drawn, moment, until_done};
use super::{only, renamed, restarts, set_apart, store, surely, words};

pub(super) fn entered(somebody: &Rc<Somebody>) {
    let (seed, level) = (somebody.seed, somebody.level());
    told_elsewhere(somebody);
    let before = store(somebody);
    let token = somebody.pasted.borrow().clone();
    somebody.world.sample(|sample| sample.end_token(&token));
    let then = renamed(somebody, 0..4, &before);
    cycle(somebody);
    assert_eq!(set_apart(somebody), Some(Reason::Exception), "seed {seed}");

    let from = somebody.world.effects().len();
    somebody.is_new.set(true);
    let wrong = somebody.world.sample(|sample| {
        let token = sample.make_token(level);
        sample.end_token(&token);
        token
    });
    somebody.pasted.replace(wrong);
    let refused = (0..12).any(|_| matches!(writes(somebody, None), Some(Err(End(_, Some(Cause::Token))))));
    assert!(refused, "seed {seed}: not refused");
    let effects = format!("{:?}", &somebody.world.effects()[from..]);
    assert_eq!(effects, "[]", "seed {seed}: a token that does not work");

    somebody.pasted.replace(somebody.world.sample(|sample| sample.make_token(level)));
    until_done(somebody, 40, |patience| {
        let end = writes(somebody, patience);
        somebody.pass(moment(seed, 49) / 2);
        end
    });
    tested_and_saved(somebody, from);
    assert_eq!(store(somebody), before, "seed {seed}: somebody has changed");
    restarts(somebody, Restart::Usual);
    cycle(somebody);
    assert_eq!((set_apart(somebody), store(somebody)), (None, then), "seed {seed}");
    only(somebody, from, &["/restart"]);
}

/// What is entered is tested at its step, which some pass over, and written by the review.
fn writes(somebody: &Rc<Somebody>, patience: Option<Duration>) -> Option<Result<(), End>> {
    if drawn(somebody.seed, 51).is_multiple_of(2) {
        return somebody.visit(patience);
    }
    let token = somebody.token();
    somebody.run(patience, async move |me, graph, control| me.writes(graph, control, &token).await)
}

/// Somebody told the connector more than is told here.
fn told_elsewhere(somebody: &Rc<Somebody>) {
    somebody.beside.replace(vec![json!({ "key": "SkipOutOfScopeDeletions", "value": "True" })]);
    surely(somebody, async |me, graph, _| {
        let path = format!("/servicePrincipals/{}/synchronization/secrets", me.runs().0);
        let change = Change::put("tell it", &path, me.told());
        graph.change(change).await.map_err(words)
    });
    somebody.pass(Duration::from_secs(60));
}

/// It was saved, and never before Entra's test had passed with that same token.
fn tested_and_saved(somebody: &Somebody, from: usize) {
    let given = json!({ "key": "SecretToken", "value": *somebody.pasted.borrow() });
    let (mut tested, mut saved) = (false, false);
    for effect in &somebody.world.effects()[from..] {
        if effect.path.ends_with("/validateCredentials") {
            let with = effect.body["credentials"].as_array().is_some_and(|all| all.contains(&given));
            tested |= with && !effect.lost;
        } else if effect.method == Method::Put && effect.path.ends_with("/secrets") {
            assert!(tested, "seed {}: saved before the test had passed", somebody.seed);
            saved = true;
        }
    }
    assert!(saved, "seed {}: not saved", somebody.seed);
}
