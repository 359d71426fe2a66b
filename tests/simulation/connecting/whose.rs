//! Whose token it is: asked of Databricks where a relay allows it, beside what a person says.

use engine::setup::TokenOwner;

use super::super::scripted::given;
use super::*;

const HOST: &str = "127.0.0.1:9103";
const NAME: (&str, &str) = ("connector-name", "contoso-provisioning");

/// At the step of the workspace, with its token, where Databricks says that it is this one's.
fn of(user_name: &str) -> Wizard {
    let wizard = Wizard::small();
    wizard.world().relays(Some(&[HOST]));
    wizard.page.env.at("/scim/v2/Me");
    says(&wizard, user_name);
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    wizard
}

fn says(wizard: &Wizard, user_name: &str) {
    let me = serde_json::json!({ "id": "5", "userName": user_name }).to_string();
    wizard.page.env.answer([given(200, None, &me)]);
}

fn note(wizard: &Wizard) -> String {
    wizard.enters(Step::Test);
    wizard.shown().lines.iter().find(|it| it.starts_with("The token is ")).cloned().unwrap_or_default()
}

#[test]
fn whose_it_is_is_filled_in() {
    let wizard = of("uma@contoso.example");
    assert_eq!(wizard.fills("connector", &[NAME, ("token-owner", "")]), Event::Go(Step::Test));
    let uma = Picked { id: wizard.person("uma"), name: "uma@contoso.example".to_owned() };
    assert_eq!(wizard.facts().owner, Some(TokenOwner::Person(uma)));
    assert_eq!(note(&wizard), "The token is that of uma@contoso.example");
    // She is in the group: that stops it.
    wizard.presses("Test connection");
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &MAIL);
    assert!(!wizard.shown().labels().contains(&"Start provisioning"), "{}", wizard.shown().text());

    let wizard = of("00000000-0000-0000-0000-000000000009");
    assert_eq!(wizard.fills("connector", &[NAME, ("token-owner", "")]), Event::Go(Step::Test));
    assert_eq!(wizard.facts().owner, Some(TokenOwner::NoPerson));
    assert_eq!(note(&wizard), "The token is a service principal’s");
}

#[test]
fn what_contradicts_databricks_ends_there() {
    let wizard = of("uma@contoso.example");
    let before = wizard.effects().len();
    let wrong = |values: &[(&str, &str)]| {
        let end = wizard.fills("connector", values);
        assert!(matches!(end, Event::Sheets { step: Step::Workspace, .. }), "{end:?}");
        wizard.shown().wrong().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        wrong(&[NAME, ("token-owner", "nobody")]),
        [
            "Databricks says that this token is that of uma@contoso.example, who is a person: choose “A person’s”, or enter the token of a \
             service principal above."
        ]
    );
    says(&wizard, "uma@contoso.example");
    assert_eq!(
        wrong(&[NAME, ("token-owner", "person"), ("token-person", "ada@contoso.example")]),
        ["Databricks says that this token is that of uma@contoso.example."]
    );
    says(&wizard, "00000000-0000-0000-0000-000000000009");
    assert_eq!(
        wrong(&[NAME, ("token-owner", "person"), ("token-person", "uma@contoso.example")]),
        [
            "Databricks says that this token is that of the service principal 00000000-0000-0000-0000-000000000009: choose “A service \
             principal’s”, and leave the user name empty."
        ]
    );
    assert_eq!(wizard.facts(), ConnectorFacts::default());
    assert_eq!(wizard.effects().len(), before);
}

#[test]
fn somebody_is_known_by_identity_when_their_name_has_changed() {
    let wizard = of("former.name@contoso.example");
    wizard.fills("connector", &[NAME, ("token-owner", "")]);
    let wrong = wizard.shown().wrong().concat();
    assert!(
        wrong.contains("former.name@contoso.example, and this tenant shows nobody of that user name."),
        "{wrong}"
    );
    let uma = wizard.person("uma");
    let me = serde_json::json!({ "id": "5", "userName": "former.name@contoso.example", "externalId": uma.as_str() });
    wizard.page.env.answer([given(200, None, &me.to_string())]);
    assert_eq!(wizard.fills("connector", &[NAME, ("token-owner", "")]), Event::Go(Step::Test));
    let uma = Picked { id: uma, name: "uma@contoso.example".to_owned() };
    assert_eq!(wizard.facts().owner, Some(TokenOwner::Person(uma)));
}

#[test]
fn an_account_that_entra_does_not_have_is_no_person_of_it() {
    let wizard = Wizard::small();
    wizard.world().relays(Some(&[HOST]));
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    assert_eq!(wizard.fills("connector", &[NAME, ("token-owner", "nobody")]), Event::Go(Step::Test));
    assert_eq!(wizard.facts().owner, Some(TokenOwner::NoPerson));
    assert_eq!(note(&wizard), "The token is that of pat-owner@contoso.example");
}

#[test]
fn where_it_is_not_asked_what_is_said_holds() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.page.env.at("/scim/v2/Me");
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    let said = |wizard: &Wizard, words: &str| {
        assert_eq!(wizard.fills("connector", &[NAME, ("token-owner", "nobody")]), Event::Go(Step::Test));
        wizard.enters(Step::Test);
        assert!(wizard.shown().text().contains(words), "{}", wizard.shown().text());
        assert_eq!(wizard.facts().owner, Some(TokenOwner::NoPerson));
    };
    let not_asked = "Databricks was not asked whose token it is: what you said of it holds.";
    said(&wizard, not_asked);
    wizard.world().relays(None);
    said(&wizard, not_asked);
    assert_eq!(wizard.page.env.asked(), 0);
    wizard.world().relays(Some(&[HOST]));
    let refusal = r#"{"error_code":"403","message":"Source IP address is blocked by Databricks IP ACL"}"#;
    wizard.page.env.answer([given(403, None, refusal)]);
    said(
        &wizard,
        "Databricks was asked whose token it is, and that is not known: what you said of it holds.",
    );
    // An account does not tell.
    wizard.enters(Step::Workspace);
    let before = wizard.page.env.asked();
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    said(&wizard, "Databricks tells whose a token is at workspaces only");
    assert_eq!(wizard.page.env.asked(), before);
}

/// A service principal's token is on record, and that of a person is entered in its place.
fn rotated() -> Wizard {
    let wizard = of("00000000-0000-0000-0000-000000000009");
    assert_eq!(wizard.fills("connector", &[NAME, ("token-owner", "nobody")]), Event::Go(Step::Test));
    assert_eq!(wizard.facts().owner, Some(TokenOwner::NoPerson));
    wizard.enters(Step::Workspace);
    let facts = wizard.world().facts();
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    says(&wizard, "uma@contoso.example");
    wizard
}

#[test]
fn what_was_said_of_the_token_before_is_not_said_of_this_one() {
    let wizard = rotated();
    let end = wizard.fills("connector", &[NAME, ("token-owner", "nobody")]);
    assert!(matches!(end, Event::Sheets { step: Step::Workspace, .. }), "{end:?}");
    assert_eq!(wizard.facts().owner, None);
    // Whoever goes on all the same writes nothing.
    wizard.enters(Step::Test);
    wizard.presses("Test connection");
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &MAIL);
    assert!(!wizard.shown().labels().contains(&"Start provisioning"), "{}", wizard.shown().text());
}

#[test]
fn a_question_that_is_cut_off_is_no_answer() {
    let wizard = rotated();
    let asked = wizard.fills_now("connector", &[NAME, ("token-owner", "nobody")]);
    let page = Box::new(wizard.told());
    let away = wizard.asks(Command::Show { step: Step::Test, page }, None);
    let world = wizard.world().clone();
    let goes = async move {
        world.sleep(Duration::from_millis(30)).await;
        away.await
    };
    assert_eq!(wizard.world().run(join(asked, goes)).0, Event::Superseded);
    assert_eq!(wizard.facts().owner, None);
}
