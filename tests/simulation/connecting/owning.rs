//! The application for unattended runs is made an owner of the connector, once, and of both its objects.

use super::super::worker::client_of;
use super::*;

#[test]
fn the_application_for_unattended_runs_becomes_an_owner_of_both() {
    let wizard = Wizard::small();
    wizard.is_started();
    wizard.enters(Step::Done);
    assert!(!wizard.shown().labels().contains(&"Make it an owner of both"), "there is none yet");
    // Any application that has a service principal will do.
    wizard.known.setup.borrow_mut().unattended = Some(client_of(wizard.world()));

    let before = wizard.effects().len();
    wizard.enters(Step::Done);
    assert!(wizard.shown().text().contains("Whoever holds its secret then may do so too."));
    assert_eq!(wizard.effects().len(), before, "showing it changes nothing");
    wizard.presses("Make it an owner of both");
    let lines = wizard.shown().lines;
    assert!(lines.iter().any(|it| it == "It owns both"), "{}", wizard.shown().text());
    let mut made = wizard.effects().split_off(before);
    made.dedup();
    assert_eq!(made, ["Post applications/owners/$ref", "Post servicePrincipals/owners/$ref"]);

    // Another visit finds it so.
    let later = wizard.again();
    let before = later.effects().len();
    later.enters(Step::Done);
    later.presses("Make it an owner of both");
    assert!(later.shown().lines.iter().any(|it| it == "It owns both"));
    assert_eq!(later.effects().len(), before);
}

#[test]
fn an_application_that_is_gone_owns_nothing() {
    let wizard = Wizard::small();
    wizard.is_started();
    let gone = "00000000-0000-0000-0000-00000000000d";
    wizard.known.setup.borrow_mut().unattended = Some(engine::entra::ids::ClientId(id(gone).0));
    let before = wizard.effects().len();
    wizard.enters(Step::Done);
    wizard.presses("Make it an owner of both");
    let text = wizard.shown().text();
    assert!(text.contains("Nobody was made an owner of “contoso-provisioning”."), "{text}");
    assert!(
        text.contains(
            "This tenant does not show the service principal of the application for unattended runs."
        ),
        "{text}"
    );
    assert_eq!(wizard.effects().len(), before);
}
