//! One of those who are assigned is taken away, a person or the group: nobody else's assignment disappears, and in Databricks just those go
//! whom nothing else assigns.

use std::collections::BTreeSet;
use std::rc::Rc;

use engine::entra::connector::assignment::take_away;
use engine::entra::connector::set_up::Token;
use engine::entra::ids::ObjectId;
use engine::setup::{Picked, Scope};
use serde_json::Value;

use super::super::super::enterprise::id;
use super::super::somebody::Somebody;
use super::super::{cycle, drawn, until_done};
use super::{Store, assigned, looked_at, only, person, store, words};

/// The group, the one who is in it and assigned beside, and the one who is not in it.
#[derive(Clone, Copy)]
enum One {
    Group,
    Member,
    Alone,
}

pub(super) fn one(somebody: &Rc<Somebody>) {
    let seed = somebody.seed;
    a_member_is_assigned_too(somebody);
    let before = store(somebody);
    let one = [One::Group, One::Member, One::Alone][(drawn(seed, 54) % 3) as usize];
    let (who, then) = goes(somebody, one, before);
    let (_, all) = assigned(somebody);
    let (gone, stay): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.principal == who);
    let stay: BTreeSet<String> = stay.into_iter().map(|it| it.id).collect();
    assert_eq!((gone.len(), stay.len()), (1, 2), "seed {seed}");

    let from = somebody.world.effects().len();
    let look = || {
        let now: BTreeSet<String> = assigned(somebody).1.into_iter().map(|it| it.id).collect();
        assert!(now.is_superset(&stay), "seed {seed}: somebody else’s is gone");
    };
    looked_at(somebody, look, async |me, graph, control| {
        let principal = me.runs().0;
        let now = me.compares(graph, control, &principal, Token::Missing).await.map_err(words)?;
        assert_eq!(now.keeps_assignments(), None, "seed {}", me.seed);
        let chosen = me.chosen();
        let ids: Vec<String> = now
            .assigned
            .iter()
            .filter(|it| !chosen.contains(&it.principal))
            .map(|it| it.id.clone())
            .collect();
        let enterprise = &now.connector.enterprise;
        let end = take_away(graph, control, &|_| (), enterprise, &ids).await.map_err(words)?;
        if end.done == ids { Ok(()) } else { Err(words(end)) }
    });
    cycle(somebody);
    let now: BTreeSet<String> = assigned(somebody).1.into_iter().map(|it| it.id).collect();
    assert_eq!((now, store(somebody)), (stay, then), "seed {seed}");
    only(somebody, from, &["/$batch"]);
    for effect in &somebody.world.effects()[from..] {
        for part in effect.body["requests"].as_array().into_iter().flatten() {
            let ends = part["url"].as_str().unwrap().rsplit('/').next().unwrap();
            assert_eq!((part["method"].as_str(), ends), (Some("DELETE"), gone[0].id.as_str()), "seed {seed}");
        }
    }
}

/// One who is in the group is assigned beside it.
fn a_member_is_assigned_too(somebody: &Rc<Somebody>) {
    let (who, name) = person(somebody, 1);
    if let Scope::Chosen { people, .. } = &mut *somebody.scope.borrow_mut() {
        people.push(Picked { id: id(&who), name });
    }
    until_done(somebody, 40, |patience| somebody.visit(patience));
    cycle(somebody);
}

/// That one is chosen no longer. Brings who it is, and how Databricks will be.
fn goes(somebody: &Somebody, one: One, mut then: Store) -> (ObjectId, Store) {
    let mut scope = somebody.scope.borrow_mut();
    let Scope::Chosen { groups, people } = &mut *scope else { panic!("seed {}: everybody", somebody.seed) };
    let (gone, leave) = match one {
        One::Group => (groups.remove(0), vec![0, 2]),
        One::Member => (people.pop().unwrap(), vec![]),
        One::Alone => (people.remove(0), vec![3]),
    };
    if matches!(one, One::Group) {
        assert!(then.remove(&gone.name).is_some(), "seed {}", somebody.seed);
    }
    for at in leave {
        then.get_mut(&person(somebody, at).1).unwrap()["active"] = Value::Bool(false);
    }
    (gone.id, then)
}
