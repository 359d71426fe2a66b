//! A kill at every append, and going on: the same end, and nothing done twice.

use std::cell::Cell;
use std::rc::Rc;

use engine::setup::Scope;
use engine::sync::journal::{Fact, Journal, JournalError, MemoryJournal};
use engine::sync::report::Ending;
use sample::{Level, Options};

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
