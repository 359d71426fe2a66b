//! What a person says of the connector to be, and what is wrong with it.

use engine::setup::{Picked, TokenOwner};

use super::*;

fn at_workspace(wizard: &Wizard) {
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
}

const NAME: (&str, &str) = ("connector-name", "contoso-provisioning");
const NOBODY: (&str, &str) = ("token-owner", "nobody");

#[test]
fn what_is_wrong_is_said_beside_its_field_and_nothing_is_kept() {
    let wizard = Wizard::of(Options { people: 13, groups: 2, ..Options::default() });
    at_workspace(&wizard);
    let long = "x".repeat(121);
    let cases: [Case<'_>; 8] = [
        (
            &[("connector-name", ""), ("token-owner", ""), ("token-ends", "31.05.2027")],
            &[
                "Say whose token it is: that person must not be provisioned by this connector.",
                "Enter a day such as 2027-05-31, or leave it empty.",
            ],
        ),
        (&[("connector-name", &long), NOBODY], &["Take at most 120 characters."]),
        (&[NAME, ("token-owner", "person")], &["Say whose token it is."]),
        (
            &[NAME, ("token-owner", "person"), ("token-person", "nina@contoso.example")],
            &[
                "Nobody of this tenant is called so. Enter the user name as Entra has it; if the token is that of an account outside Entra, \
               choose “A service principal’s”.",
            ],
        ),
        // The beginning of a name is nobody's.
        (
            &[NAME, ("token-owner", "person"), ("token-person", "uma")],
            &[
                "Nobody of this tenant is called so. Enter the user name as Entra has it; if the token is that of an account outside Entra, \
               choose “A service principal’s”.",
            ],
        ),
        (
            &[NAME, ("token-owner", "person"), ("token-person", "Maria Garcia")],
            &["Several people are called so: enter the user name."],
        ),
        (
            &[NAME, NOBODY, ("token-ends", "2027-02-30")],
            &["Enter a day such as 2027-05-31, or leave it empty."],
        ),
        (&[NAME, NOBODY, ("token-ends", "soon")], &["Enter a day such as 2027-05-31, or leave it empty."]),
    ];
    for (values, said) in cases {
        let end = wizard.fills("connector", values);
        assert!(matches!(end, Event::Sheets { step: Step::Workspace, .. }), "{values:?}: {end:?}");
        assert_eq!(wizard.shown().wrong(), said, "{values:?}");
        for (_, typed) in values.iter().filter(|(id, typed)| *id != "token-owner" && !typed.trim().is_empty())
        {
            assert!(wizard.shown().text().contains(&format!("[{typed}]")), "{typed} is gone");
        }
        assert_eq!(wizard.facts(), ConnectorFacts::default());
    }
}

#[test]
fn what_was_wrong_is_not_said_again_on_coming_back() {
    let wizard = Wizard::small();
    at_workspace(&wizard);
    wizard.fills("connector", &[NAME, NOBODY, ("token-ends", "soon")]);
    assert_eq!(wizard.shown().wrong(), ["Enter a day such as 2027-05-31, or leave it empty."]);
    wizard.enters(Step::Consent);
    wizard.enters(Step::Workspace);
    assert_eq!(wizard.shown().wrong(), [""; 0]);
    assert!(wizard.shown().text().contains("[soon]"), "what was typed is gone");
}

#[test]
fn what_is_right_is_kept() {
    let wizard = Wizard::small();
    at_workspace(&wizard);
    let values = [
        NAME,
        ("token-owner", "person"),
        ("token-person", "UMA@contoso.example"),
        ("token-ends", "2027-05-31"),
    ];
    assert_eq!(wizard.fills("connector", &values), Event::Go(Step::Test));
    let uma = Picked { id: wizard.person("uma"), name: "uma@contoso.example".to_owned() };
    assert_eq!(
        wizard.facts(),
        ConnectorFacts {
            name: "contoso-provisioning".to_owned(),
            owner: Some(TokenOwner::Person(uma)),
            token_ends: Some("2027-05-31".to_owned()),
            ..ConnectorFacts::default()
        }
    );
    assert_eq!(wizard.shown().wrong(), [""; 0]);
}

#[test]
fn without_a_name_the_proposed_one_is_taken() {
    let wizard = Wizard::small();
    at_workspace(&wizard);
    assert_eq!(wizard.fills("connector", &[("connector-name", " "), NOBODY]), Event::Go(Step::Test));
    assert_eq!(wizard.facts().name, "127-0-0-1-9103-provisioning");
    let facts = wizard.world().facts();
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    assert_eq!(wizard.fills("connector", &[]), Event::Go(Step::Test));
    assert_eq!(wizard.facts().name, "databricks-account-provisioning");
}

#[test]
fn the_accounts_own_token_belongs_to_nobody() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    let labels = |wizard: &Wizard| wizard.shown().text().contains("Whose token is it?");
    assert!(!labels(&wizard));
    assert_eq!(wizard.fills("connector", &[NAME]), Event::Go(Step::Test));
    assert_eq!(wizard.facts().owner, Some(TokenOwner::NoPerson));
    at_workspace(&wizard);
    assert!(labels(&wizard));
}

#[test]
fn a_name_that_is_taken_is_somebody_elses() {
    let first = Wizard::small();
    first.is_tested();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    at_workspace(&second);
    second.enters(Step::Workspace);
    assert_eq!(
        second.shown().between("Connectors of this tenant", "contoso-provisioning | "),
        [
            "Connectors of this tenant",
            "Name | Writes to | State",
            "contoso-provisioning | nowhere yet | half made: no job, no address",
        ]
    );
    second.fills("connector", &[NAME, NOBODY]);
    assert_eq!(
        second.shown().wrong(),
        ["There is one of this name: use it, with its button above, or take another name."]
    );
    // Who has not looked is told by the test, and nothing is made.
    let third = Wizard::visit(first.world(), Setup::default());
    third.signs_in();
    let facts = third.world().facts();
    third.connects(&facts.workspace_url, &facts.workspace_token);
    assert_eq!(third.fills("connector", &[NAME, NOBODY]), Event::Go(Step::Test));
    third.enters(Step::Test);
    third.presses("Test connection");
    let text = third.shown().text();
    assert!(text.contains("There is already an enterprise application “contoso-provisioning”."), "{text}");
    assert_eq!(third.count("Post instantiate"), 1);
    // It is used by its button, and nothing is made either.
    third.enters(Step::Workspace);
    third.presses("Complete contoso-provisioning");
    assert_eq!(third.facts().id, first.facts().id);
    assert_eq!(third.fills("connector", &[NAME, NOBODY]), Event::Go(Step::Test));
    third.enters(Step::Test);
    third.presses("Test connection");
    assert_eq!(third.proof(Step::Test).as_deref(), Some("Credentials accepted by Entra’s test"));
    assert_eq!(third.count("Post instantiate"), 1);
}

#[test]
fn whoever_takes_one_that_runs_need_choose_nobody() {
    let first = Wizard::small();
    first.is_started();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let facts = second.world().facts();
    second.enters(Step::Workspace);
    second.connects(&facts.account_scim_url, &facts.account_token);
    second.enters(Step::Workspace);
    // Before one is taken somebody has to be chosen.
    second.enters(Step::Scope);
    second.fills("settings", &[]);
    assert_eq!(
        second.shown().wrong(),
        ["Search for a group above and add it, choose everyone, or tick this."]
    );
    second.enters(Step::Workspace);
    second.presses("Use contoso-provisioning");
    second.enters(Step::Scope);
    let stays =
        "Whom a connector provisions already stays until you choose here; the review shows who that is.";
    assert!(second.shown().text().contains(stays), "{}", second.shown().text());
    assert_eq!(second.fills("settings", &MAIL), Event::Go(Step::Review));
    second.enters(Step::Review);
    let text = second.shown().text();
    assert!(text.contains("Assignments | 1 | stays"), "{text}");
}

#[test]
fn to_choose_nobody_is_not_to_choose_nothing() {
    let first = Wizard::small();
    first.is_started();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let facts = second.world().facts();
    second.enters(Step::Workspace);
    second.connects(&facts.account_scim_url, &facts.account_token);
    second.enters(Step::Workspace);
    second.presses("Use contoso-provisioning");
    second.enters(Step::Scope);
    second.chooses(Scope::Chosen { groups: Vec::new(), people: Vec::new() });
    // The same is said as often as it is filled in.
    for _ in 0..2 {
        second.fills("settings", &MAIL);
        assert_eq!(
            second.shown().wrong(),
            ["Search for a group above and add it, choose everyone, or tick this."]
        );
    }
}

#[test]
fn whoever_uses_the_one_that_is_there_as_told_goes_on() {
    let first = Wizard::small();
    first.is_started();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let facts = second.world().facts();
    second.enters(Step::Workspace);
    second.connects(&facts.account_scim_url, &facts.account_token);
    second.enters(Step::Workspace);
    second.fills("connector", &[("connector-name", "second")]);
    assert_eq!(second.shown().wrong().len(), 1);
    // Past the refusal nothing is made either.
    let before = second.effects().len();
    second.enters(Step::Test);
    second.presses("Test connection");
    let text = second.shown().text();
    assert!(text.contains("“contoso-provisioning” provisions this target already"), "{text}");
    assert_eq!(second.effects().len(), before);
    second.enters(Step::Workspace);
    second.presses("Use contoso-provisioning");
    assert_eq!(second.shown().wrong(), [""; 0]);
    assert_eq!(second.fills("connector", &[("connector-name", "")]), Event::Go(Step::Test));
}
