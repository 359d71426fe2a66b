//! What comes after: whom it provisions is changed from everybody to those who are chosen and back, cut off anywhere. Nobody who is active in
//! Databricks is deactivated before all who shall stay are assigned.

use std::collections::BTreeSet;
use std::rc::Rc;

use engine::entra::connector::assignment::assignments;
use engine::entra::connector::schema;
use engine::entra::connector::set_up::Token;
use engine::entra::connector::{kept, read};
use engine::http::Method;
use engine::setup::Scope;

use super::somebody::{Somebody, chosen};
use super::{cycle, until_done};

/// From one to the other, and to the first again; those who began with everybody stay with those who are chosen.
pub(super) fn changes(somebody: &Rc<Somebody>) {
    let lives = if *somebody.scope.borrow() == Scope::All {
        vec![chosen(&somebody.world)]
    } else {
        vec![Scope::All, chosen(&somebody.world)]
    };
    for (life, scope) in (1..).zip(lives) {
        cycle(somebody);
        mappings_are_reset(somebody);
        change(somebody, life, scope);
    }
}

/// One change, cut off up to four times.
fn change(somebody: &Rc<Somebody>, life: u64, scope: Scope) {
    let seed = somebody.seed;
    somebody.scope.replace(scope);
    let from = somebody.world.effects().len();
    until_done(somebody, 10 * life, |patience| {
        let before = active(somebody);
        let end = somebody.visit(patience);
        cycle(somebody);
        let gone: BTreeSet<String> = before.difference(&active(somebody)).cloned().collect();
        assert!(
            gone.is_empty() || all_assigned(somebody),
            "seed {seed}: {gone:?} went before all were assigned"
        );
        end
    });
    nothing_else(somebody, from);
    let all = somebody.names().is_subset(&active(somebody));
    assert!(all, "seed {seed}: somebody is missing");
    let (writes, stops, everybody) = somebody
        .run(None, async |me, graph, control| {
            let principal = me.record.borrow().id.clone().unwrap();
            let again = me.compares(graph, control, &principal, Token::Missing).await.unwrap();
            (again.writes.is_empty(), again.stops(), kept(graph, &principal).await.unwrap().everybody())
        })
        .unwrap();
    assert_eq!((writes, stops), (true, Vec::new()), "seed {seed}: something is left");
    assert_eq!(everybody, *somebody.scope.borrow() == Scope::All, "seed {seed}");
    assert!(!somebody.record.borrow().restart_due, "seed {seed}: the restart is forgotten");
}

/// Somebody resets the mappings elsewhere: where the template is the one for any application, mending them makes the job begin anew.
fn mappings_are_reset(somebody: &Rc<Somebody>) {
    somebody.run(None, async |me, graph, control| {
        let (principal, job) =
            (me.record.borrow().id.clone().unwrap(), me.record.borrow().job.clone().unwrap());
        while schema::reset(graph, control, &|_| (), (&principal, &job)).await.is_err() {}
    });
}

/// Who is active in Databricks, of those whom Entra brought: by name, since `externalId` is another one while the mappings are reset.
fn active(somebody: &Somebody) -> BTreeSet<String> {
    let users = somebody.world.sample(|sample| sample.scim_users(somebody.level()));
    let brought = users.iter().filter(|it| it["active"] == true && it["externalId"].is_string());
    brought.filter_map(|it| it["userName"].as_str()).map(str::to_lowercase).collect()
}

fn all_assigned(somebody: &Rc<Somebody>) -> bool {
    let who = somebody.run(None, async |me, graph, control| {
        let principal = me.record.borrow().id.clone().unwrap();
        let enterprise = read(graph, control, &|_| (), &principal).await.unwrap();
        loop {
            let found = assignments(graph, &enterprise).await;
            if found.broken.is_none() {
                return found.items.into_iter().map(|it| it.principal).collect::<BTreeSet<_>>();
            }
        }
    });
    *somebody.scope.borrow() != Scope::All && somebody.chosen().is_subset(&who.unwrap())
}

/// What a change takes, and nothing more.
fn nothing_else(somebody: &Somebody, from: usize) {
    for effect in &somebody.world.effects()[from..] {
        let path = effect.path.as_str();
        match effect.method {
            Method::Put if path.ends_with("/secrets") => somebody.secrets(effect),
            Method::Put if path.ends_with("/schema") => {}
            Method::Post if path.ends_with("/validateCredentials") || path == "/$batch" => {}
            Method::Post if path.ends_with("/restart") => {
                assert_ne!(*somebody.scope.borrow(), Scope::All, "seed {}: nobody leaves", somebody.seed);
            }
            _ => panic!("seed {}: nobody wanted {effect:?}", somebody.seed),
        }
    }
}
