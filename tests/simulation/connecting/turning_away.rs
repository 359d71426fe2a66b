//! Turning to something else in the middle: another connector while a restart is due, another choice while groups are still being read.

use super::narrowing::{due, narrows};
use super::*;

#[test]
fn a_restart_stays_due_while_another_connector_is_looked_at() {
    let wizard = due();
    let (own, other) = (wizard.facts().id.unwrap(), id("00000000-0000-0000-0000-00000000000b"));
    let takes = |id: &ObjectId, name: &str| {
        wizard.enters(Step::Workspace);
        wizard.does(OfConnector::Use { id: id.clone(), name: name.to_owned() });
        assert_eq!(wizard.facts().id.as_ref(), Some(id));
    };
    takes(&other, "another");
    assert!(!wizard.facts().restart_due);
    assert_eq!(wizard.facts().due_elsewhere, std::slice::from_ref(&own));
    takes(&other, "another");
    takes(&own, "contoso-provisioning");
    assert!(wizard.facts().restart_due);
    assert_eq!(wizard.facts().due_elsewhere, []);
    narrows(&wizard, &["All Employees"]);
    wizard.presses("Write these changes");
    assert_eq!((wizard.count("Post jobs/restart"), wizard.facts().restart_due), (1, false));
}

#[test]
fn what_was_due_goes_with_a_connector_that_somebody_removed() {
    let wizard = due();
    let colleague = wizard.again();
    colleague.watches(Duration::from_secs(2));
    colleague.presses("Remove this connector…");
    colleague.presses("Remove contoso-provisioning");
    // From now on it is certain.
    wizard.pass(Duration::from_secs(600));
    wizard.enters(Step::Workspace);
    wizard.does(OfConnector::Find);
    assert_eq!((wizard.facts().id, wizard.facts().restart_due), (None, false));
}

/// Does something, and chooses otherwise while it is being done.
fn meanwhile(wizard: &Wizard, does: impl Future<Output = Event> + 'static, scope: Scope) -> Event {
    let mut page = wizard.told();
    page.setup.scope = Some(scope);
    let chosen = wizard.asks(Command::Show { step: Step::Scope, page: Box::new(page) }, None);
    let world = wizard.world().clone();
    let chooses = async move {
        world.sleep(Duration::from_millis(120)).await;
        chosen.await
    };
    wizard.world().run(join(does, chooses)).0
}

#[test]
fn what_is_unchosen_while_groups_are_read_stays_so() {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.enters(Step::Scope);
    let both = wizard.scope(&["All Employees", "Data Engineers"], &[]);
    wizard.chooses(both.clone());
    let Scope::Chosen { groups, .. } = both else { panic!() };
    let people = |groups: &[Picked]| wizard.does_now(OfConnector::PeopleOf(groups.to_vec()));
    // One is taken out, and the other one's people come.
    let end = meanwhile(&wizard, people(&groups[..1]), wizard.scope(&["All Employees"], &["zoe.mueller"]));
    let Event::Choose(Scope::Chosen { groups: left, people: come }) = end else { panic!("{end:?}") };
    assert_eq!(left, []);
    let mut names: Vec<&str> = come.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Ada Lovelace", "Siobhan O'Neill", "Uma Ordinary", "zoe.mueller"]);
    // The very one is taken out: nobody comes for it.
    wizard.chooses(wizard.scope(&["All Employees", "Data Engineers"], &[]));
    let end = meanwhile(&wizard, people(&groups[..1]), wizard.scope(&["Data Engineers"], &[]));
    assert!(matches!(end, Event::Sheets { .. }), "{end:?}");
}

#[test]
fn what_is_unchosen_while_a_list_is_looked_up_stays_so() {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.enters(Step::Scope);
    wizard.chooses(wizard.scope(&["All Employees"], &[]));
    let lines = wizard.fills_now("paste", &[("paste-lines", "uma@contoso.example\nada@contoso.example")]);
    let end = meanwhile(&wizard, lines, wizard.scope(&["Data Engineers"], &[]));
    let Event::Choose(Scope::Chosen { groups, people }) = end else { panic!("{end:?}") };
    assert_eq!(groups.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Data Engineers"]);
    assert_eq!(
        people.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["Uma Ordinary", "Ada Lovelace"]
    );
}

#[test]
fn what_is_due_elsewhere_stays_so_when_this_one_is_removed() {
    let wizard = looking_after::healthy();
    let other = id("00000000-0000-0000-0000-00000000000b");
    let due = vec![other];
    due.clone_into(&mut wizard.known.setup.borrow_mut().connector.as_mut().unwrap().due_elsewhere);
    wizard.watches(Duration::from_secs(2));
    wizard.presses("Remove this connector…");
    wizard.presses("Remove contoso-provisioning");
    assert_eq!((wizard.facts().id, wizard.facts().due_elsewhere), (None, due));
}
