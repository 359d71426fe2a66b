//! The application for unattended runs is made an owner of the connector: shown by name first, once, and of both its objects.

use engine::entra::ids::ClientId;

use super::super::worker::client_of;
use super::*;

const BEGIN: &str = "Let it look after this connector…";
const SURE: &str = "Make it an owner of both";

/// Provisioning that runs, and an application for unattended runs, made by the same person.
fn both() -> Wizard {
    let wizard = Wizard::small();
    wizard.is_started();
    let signed = (0..40).any(|_| {
        wizard.pass(Duration::from_secs(2));
        wizard.shows(Step::Register);
        let sign_in =
            Action::SignIn { rights: Rights::Manage, step: Step::Register, account: ADA.to_owned() };
        let scopes = wizard.follows(wizard.acts(&sign_in));
        scopes.iter().any(|it| it == "DelegatedPermissionGrant.ReadWrite.All")
    });
    assert!(signed);
    wizard.shows(Step::Register);
    let roles = vec!["Application.ReadWrite.OwnedBy".to_owned()];
    wizard.acts(&Action::Make { name: "Nightly".to_owned(), roles, adopt: None });
    assert!(wizard.known.setup.borrow().unattended.is_some(), "{}", wizard.shown().text());
    wizard
}

#[test]
fn the_application_for_unattended_runs_becomes_an_owner_of_both() {
    let wizard = both();
    let before = wizard.effects().len();
    wizard.enters(Step::Done);
    assert!(wizard.shown().text().contains("Whoever holds its secret then may do so too."));
    wizard.presses(BEGIN);
    let asked = "Make “Nightly” an owner of “contoso-provisioning”?";
    assert!(wizard.shown().lines.iter().any(|it| it == asked), "{}", wizard.shown().text());
    assert_eq!(wizard.effects().len(), before, "showing it changes nothing");
    wizard.presses(SURE);
    assert!(wizard.shown().lines.iter().any(|it| it == "It owns both"), "{}", wizard.shown().text());
    let made = wizard.effects().split_off(before);
    assert_eq!(made, ["Post applications/owners/$ref", "Post servicePrincipals/owners/$ref"]);

    // Another visit finds it so.
    let later = wizard.again();
    let before = later.effects().len();
    later.enters(Step::Done);
    later.presses(BEGIN);
    later.presses(SURE);
    assert!(later.shown().lines.iter().any(|it| it == "It owns both"));
    assert_eq!(later.effects().len(), before);
}

#[test]
fn what_was_not_made_for_it_owns_nothing() {
    let wizard = Wizard::small();
    wizard.is_started();
    let gone = ClientId(id("00000000-0000-0000-0000-00000000000d").0);
    // A setup may name anything: what is gone, and what is there for something else.
    for named in [gone, client_of(wizard.world())] {
        wizard.known.setup.borrow_mut().unattended = Some(named.clone());
        let before = wizard.effects().len();
        wizard.enters(Step::Done);
        wizard.presses(BEGIN);
        let text = wizard.shown().text();
        assert!(text.contains("Nobody was made an owner."), "{text}");
        let why = format!("The application {named} is not there, or was not made here for unattended runs.");
        assert!(text.contains(&why), "{text}");
        assert_eq!(wizard.effects().len(), before);
    }
}

#[test]
fn another_application_gets_no_owner() {
    let wizard = both();
    // The page's own application, in the place of a connector.
    let page = wizard.world().sample(|it| it.enterprise_application("scim-setup").unwrap().to_owned());
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().id = Some(id(&page));
    let before = wizard.effects().len();
    wizard.enters(Step::Done);
    wizard.presses(BEGIN);
    let text = wizard.shown().text();
    assert!(text.contains("is no connector."), "{text}");
    assert_eq!(wizard.effects().len(), before);
}
