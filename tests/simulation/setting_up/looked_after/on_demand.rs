//! One person is provisioned at once: they and nobody else, before the next cycle brings the others.

use std::rc::Rc;

use engine::entra::connector::on_demand::{Subject, provision};
use engine::entra::connector::schema::{Table, read};
use engine::entra::connector::trace::Status;

use super::super::super::enterprise::id;
use super::super::somebody::Somebody;
use super::{looked_at, only, person, renamed, store, switched, words};

pub(super) fn one_person(somebody: &Rc<Somebody>) {
    let (seed, before) = (somebody.seed, store(somebody));
    // Switched off, so that no cycle comes in between.
    switched::off(somebody);
    let then = renamed(somebody, 1..4, &before);
    let (who, name) = person(somebody, 2);
    let mut one = before.clone();
    one.insert(name.clone(), then[&name].clone());
    let who = id(&who);
    somebody.proofs.borrow_mut().insert(who.clone());

    let from = somebody.world.effects().len();
    let look = || {
        let now = store(somebody);
        assert!(now == before || now == one, "seed {seed}: others have changed: {now:?}");
    };
    looked_at(somebody, look, async move |me, graph, control| {
        let (principal, job) = me.runs();
        let schema = read(graph, &principal, &job).await.map_err(words)?;
        let rule = Table::of(&schema).people.unwrap().rule_id;
        let subject = Subject::Person(who.clone());
        let place = (&principal, job.as_str());
        let told = provision(graph, control, &|_| (), place, &rule, &subject).await.map_err(words)?;
        let there = told.result == Status::Success || told.object.is_unchanged();
        if there { Ok(()) } else { Err(words(told)) }
    });
    assert_eq!(store(somebody), one, "seed {seed}: not provisioned");
    only(somebody, from, &[]);
    switched::on(somebody);
    assert_eq!(store(somebody), then, "seed {seed}");
    only(somebody, from, &["/start"]);
}
