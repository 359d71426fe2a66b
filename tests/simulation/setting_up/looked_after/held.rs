//! More would go than the limit for deletions lets through: they are held back and listed, and nobody goes before somebody says so. Let go,
//! just these go; taken back, nobody does.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::Restart;
use engine::entra::connector::assignment::{Assignment, Holder, take_away};
use engine::entra::connector::health::Reason;
use engine::entra::connector::log::{self, End, Query};
use engine::entra::connector::secrets::{Mail, Settings};
use engine::entra::connector::trace::Action;
use serde_json::Value;

use super::super::somebody::Somebody;
use super::super::{cycle, drawn, until_done};
use super::{Store, assigned, only, person, restarts, set_apart, store, surely, words};

/// How they come to leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leave {
    /// Two people are disabled in the directory.
    Disabled,
    /// A colleague takes the group's assignment away.
    Unassigned,
}

pub(super) fn held(somebody: &Rc<Somebody>) {
    let seed = somebody.seed;
    limit(somebody);
    let (before, from) = (store(somebody), somebody.world.effects().len());
    let leave = if drawn(seed, 52).is_multiple_of(2) { Leave::Disabled } else { Leave::Unassigned };
    let (gone, without) = leaves(somebody, leave, &before);
    cycle(somebody);
    is_held(somebody, &before);
    assert_eq!(listed(somebody), gone, "seed {seed}");

    if drawn(seed, 53).is_multiple_of(2) {
        restarts(somebody, Restart::ForceDeletes);
        cycle(somebody);
        assert_eq!((set_apart(somebody), store(somebody)), (None, without.clone()), "seed {seed}");
        if leave == Leave::Disabled {
            // It was about these alone.
            leave_later(somebody);
            cycle(somebody);
            is_held(somebody, &without);
        }
    } else {
        comes_back(somebody, leave);
        restarts(somebody, Restart::Usual);
        cycle(somebody);
        assert_eq!((set_apart(somebody), store(somebody)), (None, before), "seed {seed}");
    }
    // The colleague's part went in a batch, and so does assigning again.
    only(somebody, from, if leave == Leave::Disabled { &["/restart"] } else { &["/restart", "/$batch"] });
}

/// From now on more than one deletion is held back.
fn limit(somebody: &Rc<Somebody>) {
    let from = somebody.world.effects().len();
    let mail = Mail::parse("ops@contoso.example").ok();
    somebody.settings.replace(Settings { everybody: false, mail, threshold: Some(1) });
    until_done(somebody, 40, |patience| somebody.visit(patience));
    only(somebody, from, &[]);
    cycle(somebody);
}

/// Some leave. Brings who, and how Databricks is without them.
fn leaves(somebody: &Rc<Somebody>, leave: Leave, before: &Store) -> (BTreeSet<String>, Store) {
    let mut then = before.clone();
    let people = match leave {
        Leave::Disabled => 1..3,
        Leave::Unassigned => 0..3,
    };
    let mut gone = BTreeSet::new();
    for (who, name) in people.map(|at| person(somebody, at)) {
        then.get_mut(&name).unwrap()["active"] = Value::Bool(false);
        if leave == Leave::Disabled {
            somebody.world.sample(|it| assert!(it.directory_mut().set_enabled(&who, false)));
        }
        gone.insert(who);
    }
    if leave == Leave::Unassigned {
        let (enterprise, all) = assigned(somebody);
        let groups: Vec<Assignment> = all.into_iter().filter(|it| it.holder == Holder::Group).collect();
        let ids: Vec<String> = groups.iter().map(|it| it.id.clone()).collect();
        surely(somebody, async move |_, graph, control| {
            let end = take_away(graph, control, &|_| (), &enterprise, &ids).await.map_err(words)?;
            if end.done == ids { Ok(()) } else { Err(words(end)) }
        });
        let group = &groups[0];
        assert!(then.remove(&group.name).is_some(), "seed {}: {}", somebody.seed, group.name);
        gone.insert(group.principal.as_str().to_owned());
    }
    (gone, then)
}

/// They are as they were, in the directory or among those who are assigned.
fn comes_back(somebody: &Rc<Somebody>, leave: Leave) {
    match leave {
        Leave::Disabled => {
            for (who, _) in (1..3).map(|at| person(somebody, at)) {
                somebody.world.sample(|it| assert!(it.directory_mut().set_enabled(&who, true)));
            }
        }
        Leave::Unassigned => until_done(somebody, 60, |patience| somebody.visit(patience)),
    }
}

/// Two more leave: the one who is assigned alone, and one who leaves the group.
fn leave_later(somebody: &Rc<Somebody>) {
    let ([member, alone], group) = (
        [0, 3].map(|at| person(somebody, at).0),
        somebody.world.sample(|it| it.directory().groups()[0].id.clone()),
    );
    somebody.world.sample(|it| {
        assert!(it.directory_mut().remove_member(&group, &member));
        assert!(it.directory_mut().set_enabled(&alone, false));
    });
}

fn is_held(somebody: &Rc<Somebody>, as_it_was: &Store) {
    let seed = somebody.seed;
    assert_eq!(set_apart(somebody), Some(Reason::TooManyDeletes), "seed {seed}");
    assert_eq!(store(somebody), *as_it_was, "seed {seed}: somebody went before it was said");
}

/// Whose deletions are held back, by the log. Entries show after some minutes.
fn listed(somebody: &Rc<Somebody>) -> BTreeSet<String> {
    somebody.pass(Duration::from_secs(600));
    surely(somebody, async |me, graph, control| {
        let job = me.runs().1;
        let query = Query { action: Some(Action::StagedDelete), ..Query::of(&job) };
        let read = log::read(graph, control, &query, 100).await.map_err(words)?;
        if read.end != End::Whole {
            return Err(words(read.end));
        }
        Ok(read.entries.into_iter().map(|it| it.trace.source.id).collect())
    })
}
