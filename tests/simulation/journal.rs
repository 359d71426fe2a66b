//! A kill at every append, and going on: the same end, and nothing done twice.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use engine::setup::Scope;
use engine::sync::journal::{Fact, Journal, JournalError, MemoryJournal};
use engine::sync::report::Ending;
use sample::{Level, Options, Service};

use super::world::World;

/// A journal that breaks at its n-th append: with the fact kept or lost, as a crash may leave it.
struct Fragile {
    inner: MemoryJournal,
    left: Cell<usize>,
    keeps_the_last: bool,
}

impl Journal for Fragile {
    async fn append(&self, fact: &Fact) -> Result<(), JournalError> {
        if self.left.get() == 0 {
            if self.keeps_the_last {
                self.inner.append(fact).await?;
            }
            return Err(JournalError("killed".to_owned()));
        }
        self.left.set(self.left.get() - 1);
        self.inner.append(fact).await
    }

    async fn load(&self) -> Result<Vec<Fact>, JournalError> {
        self.inner.load().await
    }
}

#[test]
fn killed_at_any_append_it_goes_on_to_the_same_end() {
    let options = || Options { people: 10, groups: 3, ..Options::default() };
    let calm = World::new(options());
    let plan = calm.plan(Level::Account, Scope::All);
    calm.apply(Level::Account, &plan, Rc::new(MemoryJournal::default()));
    let wanted =
        calm.sample(|sample| (sample.scim_users(Level::Account).len(), sample.scim_groups(Level::Account)));
    let appends = plan.operations.len() + 2;
    for (kill_at, keeps_the_last) in (0..appends).flat_map(|n| [(n, false), (n, true)]) {
        let world = World::new(options());
        let plan = world.plan(Level::Account, Scope::All);
        let journal =
            Rc::new(Fragile { inner: MemoryJournal::default(), left: Cell::new(kill_at), keeps_the_last });
        let first = world.apply(Level::Account, &plan, Rc::clone(&journal));
        assert!(matches!(first.ending, Ending::Interrupted(_)), "kill at {kill_at}");
        journal.left.set(usize::MAX);
        let second = world.apply(Level::Account, &plan, journal);
        assert!(second.is_success(), "kill at {kill_at}: {}", second.to_csv());
        let found = world
            .sample(|sample| (sample.scim_users(Level::Account).len(), sample.scim_groups(Level::Account)));
        assert_eq!(found.0, wanted.0, "kill at {kill_at}");
        assert_eq!(found.1.len(), wanted.1.len(), "kill at {kill_at}");
        assert!(world.plan(Level::Account, Scope::All).is_empty(), "kill at {kill_at}");
    }
}

#[test]
fn a_journal_of_an_earlier_plan_does_not_hide_new_work() {
    let world =
        World::new(Options { people: 10, groups: 3, replication: Duration::ZERO, ..Options::default() });
    let journal = Rc::new(MemoryJournal::default());
    let plan = world.plan(Level::Account, Scope::All);
    assert!(world.apply(Level::Account, &plan, Rc::clone(&journal)).is_success());
    // Somebody deletes a person by hand; the next plan creates that person again, and perhaps says the same as before.
    let users = world.sample(|sample| sample.scim_users(Level::Account));
    let name = &plan.operations[0].object.name;
    let user = users.iter().find(|user| user["userName"] == name.as_str()).unwrap();
    let facts = world.facts();
    let path =
        format!("/api/2.1/accounts/{}/scim/v2/Users/{}", facts.account_id, user["id"].as_str().unwrap());
    let request = sample::Request::new("DELETE", &path)
        .with_header("authorization", &format!("Bearer {}", facts.account_token));
    let now = Duration::from_millis(engine::env::Env::wall(&world).0);
    let answer = world.sample(|sample| sample.answer(Service::Databricks, &request, now));
    assert_eq!(answer.status, 204);
    let again = world.plan(Level::Account, Scope::All);
    assert_eq!(again.operations[0].object.name, *name);
    assert!(world.apply(Level::Account, &again, journal).is_success());
    assert!(world.plan(Level::Account, Scope::All).is_empty());
}
