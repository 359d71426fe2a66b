//! What is shown before anything is written, and that exactly that is written; and what keeps everything from being written.

use engine::worker::action::OfConnector;

use super::super::scripted::given;
use super::*;

/// What is there, and what will be.
pub(super) fn table(wizard: &Wizard) -> Vec<String> {
    let lines = wizard.shown().lines;
    let first = lines.iter().position(|it| it == "What | Now | Then").unwrap();
    lines[first + 1..first + 12].to_vec()
}

/// Why nothing can be written.
pub(super) fn stops(wizard: &Wizard) -> Vec<String> {
    let drawn = wizard.shown();
    let first = drawn.lines.iter().position(|it| it == "Nothing can be written like this");
    let first = first.unwrap_or_else(|| panic!("it can: {}", drawn.text()));
    assert_eq!(drawn.lines[first + 1], "Each of these has to be settled first:");
    assert_eq!(drawn.labels().last(), Some(&"Look at the changes again"));
    assert!(
        !drawn.labels().contains(&"Start provisioning") && !drawn.labels().contains(&"Write these changes")
    );
    drawn.lines[first + 2..].to_vec()
}

/// Presses something that is not shown any more, and is refused.
fn refused(wizard: &Wizard, command: Command, why: &str) {
    let before = wizard.effects();
    wizard.ask(command);
    let text = wizard.shown().text();
    assert!(text.contains(&format!("Nothing was written.\n{why}\n")), "{text}");
    assert_eq!(wizard.effects(), before);
}

const NOT_SHOWN: &str = "What would be written is not what is shown any more.";

#[test]
fn what_is_shown_is_written() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    let address = wizard.world().facts().account_scim_url;
    assert_eq!(
        table(&wizard),
        [
            "Who may sign in through it | only who is assigned | everyone of the tenant",
            "Provisioning job | none | one is made",
            &format!("Writes to | nowhere | {address}"),
            "Token | none | the one that you entered / Entra keeps it; it is never shown again",
            "Whom it provisions | not set | who is assigned",
            "Whom it notifies | not set | ops@contoso.example",
            "Holds deletions back | not set | above 50",
            "externalId | the object id | stays",
            "Assignments | 0 | 1 more",
            "One person as a proof | – | Ada Lovelace / is written to Databricks at once, for real",
            "Provisioning | is off | starts, and runs from then on",
        ]
    );
    let before = wizard.effects().len();
    wizard.presses("Start provisioning");
    let drawn = wizard.shown();
    let job = wizard.facts().job.unwrap();
    assert_eq!(
        drawn.between("State | Stage", "passed | Provisioning started"),
        [
            "State | Stage",
            "passed | Connection tested once more / Entra’s test passed",
            "passed | Sign-in as chosen / as it shall be",
            &format!("passed | Provisioning job there / {job}"),
            "passed | Address, token and settings saved / saved, and read back",
            "passed | Attribute mappings checked / externalId is the object id",
            "passed | People and groups assigned / 1 assigned",
            "passed | One person provisioned / ada@contoso.example",
            "passed | Provisioning started",
        ]
    );
    assert_eq!(
        wizard.effects()[before..],
        [
            "Post jobs/validateCredentials",
            "Patch servicePrincipals",
            "Post jobs",
            "Put secrets",
            "Post $batch",
            // The first one came before the assignment was known: skipped, and asked again.
            "Post jobs/provisionOnDemand",
            "Post jobs/provisionOnDemand",
            "Post jobs/start",
        ]
    );
    // Looked at again, there is nothing to do; in another visit neither.
    let before = wizard.effects().len();
    for visit in [&wizard, &wizard.again()] {
        visit.enters(Step::Review);
        assert!(table(visit).iter().all(|row| row.ends_with(" | stays")), "{:#?}", table(visit));
        assert!(visit.shown().text().contains("There is nothing to write"), "{}", visit.shown().text());
        assert_eq!(visit.shown().labels(), ["Continue", "Look at the changes again"]);
        assert_eq!(visit.proof(Step::Review).as_deref(), Some("Nothing to write"));
    }
    assert_eq!(wizard.effects().len(), before);
}

#[test]
fn nothing_but_what_is_shown_is_written() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    let shown = wizard.button("Start provisioning");
    let Command::Do(text) = &shown else { panic!("{shown:?}") };
    let Some(Action::Connector(OfConnector::Begin(writes))) = Action::from_text(text) else {
        panic!("{text}")
    };
    let mut others = vec![*writes.clone(); 5];
    others[0].assign.push(Picked { id: wizard.person("uma"), name: "Uma".to_owned() });
    others[1].prove = None;
    others[2].tell = None;
    others[3].assignment_required = Some(true);
    others[4].prove_with = Some(Vec::new());
    for other in others {
        let begin = Action::Connector(OfConnector::Begin(Box::new(other)));
        refused(&wizard, Command::Do(begin.to_text()), NOT_SHOWN);
    }
    // A choice that is another one by now takes what was shown back.
    wizard.chooses(wizard.scope(&[], &["uma"]));
    refused(&wizard, shown, NOT_SHOWN);
}

#[test]
fn a_token_for_another_target_comes_to_no_connector_that_was_shown_before() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    let shown = wizard.button("Start provisioning");
    let facts = wizard.world().facts();
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    refused(&wizard, shown, NOT_SHOWN);
    wizard.enters(Step::Review);
    assert_eq!(table(&wizard)[2], "Writes to | nowhere | http://127.0.0.1:9103/api/2.0/preview/scim");
}

#[test]
fn settings_that_cannot_be_are_named_and_nothing_is_kept() {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.shows(Step::Scope);
    let kept = wizard.facts();
    let number = "Enter a whole number above 0, or leave it empty.";
    let mail =
        "Enter one mail address, such as ops@contoso.example. For several people take a distribution list.";
    let needs = "It needs a notification email: enter one, or leave this empty.";
    let nobody = "Search for a group above and add it, choose everyone, or tick this.";
    let ops = ("notification-email", "ops@contoso.example");
    let cases: [Case<'_>; 6] = [
        (&[ops, ("deletion-threshold", "0")], &[number, nobody]),
        (&[ops, ("deletion-threshold", "many")], &[number, nobody]),
        (&[ops, ("deletion-threshold", "-3"), ("by-hand", "on")], &[number]),
        (&[("notification-email", "ops"), ("by-hand", "on")], &[mail]),
        (&[("notification-email", "a@x.example, b@x.example"), ("by-hand", "on")], &[mail]),
        (&[("deletion-threshold", "60"), ("by-hand", "on")], &[needs]),
    ];
    for (values, said) in cases {
        assert!(
            matches!(wizard.fills("settings", values), Event::Sheets { step: Step::Scope, .. }),
            "{values:?}"
        );
        let lines = wizard.shown().lines;
        let wrong: Vec<&str> = lines.iter().filter_map(|it| it.strip_prefix("! ")).collect();
        assert_eq!(wrong, said, "{values:?}");
        assert_eq!(wizard.facts(), kept, "{values:?}");
    }
}

#[test]
fn the_owner_of_the_token_is_never_provisioned() {
    let wizard = Wizard::of(Options { people: 12, groups: 5, ..Options::default() });
    let (uma, ada) = (wizard.person("uma"), wizard.person("ada"));
    let group = |name: &str| wizard.world().sample(|it| it.directory().group_named(name).unwrap().id.clone());
    let (engineers, all) = (group("Data Engineers"), group("All Employees"));
    wizard.world().sample(|sample| {
        let directory = sample.directory_mut();
        for group in directory.groups().iter().map(|it| it.id.clone()).collect::<Vec<_>>() {
            directory.remove_member(&group, uma.as_str());
            directory.remove_member(&group, ada.as_str());
        }
        directory.add_member(&engineers, uma.as_str());
        directory.add_member(&all, ada.as_str());
    });
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(
        &facts.workspace_token,
        &[("token-owner", "person"), ("token-person", "uma@contoso.example")],
    );
    let review = |scope| wizard.reviews(scope, &[]);
    review(wizard.scope(&["All Employees"], &[]));
    assert_eq!(wizard.shown().labels()[0], "Start provisioning");
    let good = wizard.button("Start provisioning");
    let picked = "The person whose token is used is picked. Take them out: with them the token would go.";
    let member = "The person whose token is used is a member of “Data Engineers”. Take them out of it, or use a token of somebody who is \
                  not provisioned, such as a service principal.";
    let nested = "The person whose token is used is in a group within “Data Platform”. Entra does not read it now, but would once it is \
                  assigned. Use a token of somebody who is not provisioned, such as a service principal.";
    let everybody = "Everybody is in scope, and so is the person whose token is used. Choose groups and people, or use a token of a \
                     service principal.";
    for (scope, why) in [
        (wizard.scope(&["All Employees"], &["uma"]), picked),
        (wizard.scope(&["All Employees", "Data Engineers"], &[]), member),
        (wizard.scope(&["Data Platform"], &[]), nested),
        (Scope::All, everybody),
    ] {
        review(scope);
        assert_eq!(stops(&wizard), [why]);
        refused(&wizard, good.clone(), NOT_SHOWN);
    }
    assert_eq!(wizard.effects(), ["Post instantiate", "Post jobs/validateCredentials"]);
    // With a token that is nobody's all of it may be written.
    wizard.enters(Step::Workspace);
    let values = [("connector-name", "contoso-provisioning"), ("token-owner", "nobody")];
    assert_eq!(wizard.fills("connector", &values), Event::Go(Step::Test));
    wizard.enters(Step::Review);
    assert_eq!(wizard.shown().labels()[0], "Start provisioning");
}

#[test]
fn a_rival_on_the_same_target_stops_everything() {
    let first = Wizard::small();
    first.is_started();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let facts = second.world().facts();
    second.enters(Step::Workspace);
    second.connects(&facts.account_scim_url, &facts.account_token);
    second.enters(Step::Workspace);
    let text = second.shown().text();
    assert!(text.contains("“contoso-provisioning” provisions this target already"), "{text}");
    let named = [("connector-name", "second-provisioning")];
    second.fills("connector", &named);
    let there = "“contoso-provisioning” provisions this target already, and a second one would work against it: use it, with its button above.";
    assert_eq!(second.shown().wrong(), [there]);
    let pauses = || {
        first.watches(Duration::from_secs(2));
        first.presses("Pause provisioning…");
        first.presses("Pause it");
    };
    pauses();
    second.presses("Look again");
    assert_eq!(second.fills("connector", &named), Event::Go(Step::Test));
    second.enters(Step::Test);
    second.presses("Test connection");
    // Meanwhile the other one is resumed.
    first.reviews(first.scope(&["All Employees"], &[]), &[]);
    first.presses("Start provisioning");
    second.reviews(second.scope(&["All Employees"], &[]), &[]);
    let rival = "The connector “contoso-provisioning” is switched on and writes to the same target. Switch it off, or use it in place of \
                 this one.";
    assert_eq!(stops(&second), [rival]);
    // Switched off it is none.
    pauses();
    second.presses("Look at the changes again");
    assert_eq!(second.shown().labels()[0], "Start provisioning");
}

#[test]
fn what_cannot_be_read_may_be_a_rival() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    assert_eq!(wizard.shown().labels()[0], "Start provisioning");
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.page.env.answer([given(403, None, refusal)]);
    wizard.presses("Look at the changes again");
    assert_eq!(
        stops(&wizard),
        ["Whether another connector writes to the same target could not be read to the end. Look again."]
    );
    wizard.presses("Look at the changes again");
    assert_eq!(wizard.shown().labels()[0], "Start provisioning");
}

#[test]
fn a_connector_of_another_target_is_not_turned_round() {
    let wizard = Wizard::small();
    wizard.is_started();
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.workspace_url, &facts.workspace_token);
    let values = [("connector-name", "contoso-provisioning"), ("token-owner", "nobody")];
    assert_eq!(wizard.fills("connector", &values), Event::Go(Step::Test));
    wizard.enters(Step::Review);
    let turned = format!(
        "The connector writes to {}. Turned to another target, people there would be left with nobody who looks after them. Take another \
         connector, or enter that target.",
        facts.account_scim_url
    );
    assert_eq!(stops(&wizard), [turned]);
}

#[test]
fn by_hand_nobody_is_assigned_and_nobody_is_taken_as_a_proof() {
    let wizard = Wizard::small();
    wizard.is_tested();
    wizard.shows(Step::Scope);
    assert_eq!(wizard.fills("settings", &[("by-hand", "on")]), Event::Go(Step::Review));
    wizard.enters(Step::Review);
    let rows = table(&wizard);
    assert_eq!(
        rows[4..],
        [
            "Whom it provisions | not set | who is assigned",
            "Whom it notifies | not set | stays",
            "Holds deletions back | not set | stays",
            "externalId | the object id | stays",
            "Assignments | 0 | stays",
            "One person as a proof | – | nobody / nobody is assigned who would do: it starts without a proof",
            "Provisioning | is off | starts, and runs from then on",
        ]
    );
    assert!(wizard.shown().text().contains("Users and groups of the enterprise application"));
    let before = wizard.effects().len();
    wizard.presses("Start provisioning");
    assert_eq!(
        wizard.effects()[before..],
        [
            "Post jobs/validateCredentials",
            "Patch servicePrincipals",
            "Post jobs",
            "Put secrets",
            "Post jobs/start",
        ]
    );
}

#[test]
fn a_token_that_may_only_read_passes_the_test_and_is_stopped_by_the_proof() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(&facts.plain_token, &[("token-owner", "nobody")]);
    assert!(wizard.proof(Step::Test).is_some());
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    wizard.presses("Start provisioning");
    let drawn = wizard.shown();
    assert!(drawn.lines.contains(&"failed | One person provisioned".to_owned()), "{}", drawn.text());
    assert!(drawn.lines.contains(&"skipped | Provisioning started".to_owned()), "{}", drawn.text());
    assert_eq!(wizard.proof(Step::Review), None);
    assert!(wizard.effects().iter().all(|it| !it.ends_with("/start")));
    // A better token goes on from there.
    wizard.is_tested_at_workspace(&facts.workspace_token, &[("token-owner", "nobody")]);
    wizard.enters(Step::Review);
    wizard.presses("Start provisioning");
    assert_eq!(wizard.proof(Step::Review).as_deref(), Some("Written, and read back"));
    assert_eq!((wizard.count("Post instantiate"), wizard.count("Post jobs")), (1, 1));
}

#[test]
fn who_is_refused_is_named_and_the_stage_says_so() {
    let wizard = Wizard::of(Options { people: 12, groups: 12, ..Options::default() });
    wizard.is_started();
    let scope = wizard.scope(&["All Employees", "Data Engineers", "Contoso Announcements"], &[]);
    wizard.shows(Step::Scope);
    wizard.chooses(scope);
    let mail = [("notification-email", "ops@contoso.example"), ("deletion-threshold", "50")];
    assert_eq!(wizard.fills("settings", &mail), Event::Go(Step::Review));
    wizard.enters(Step::Review);
    wizard.presses("Write these changes");
    let drawn = wizard.shown();
    assert!(
        drawn.lines.contains(&"warning | People and groups assigned / 1 assigned, 1 refused".to_owned()),
        "{}",
        drawn.text()
    );
    let at = drawn.lines.iter().position(|it| it == "1 of 2 could not be assigned.").unwrap();
    assert!(drawn.lines[at + 1].starts_with("“Contoso Announcements”: "), "{}", drawn.text());
    assert_eq!(drawn.labels(), ["Look at the changes again", "Continue"]);
    assert_eq!(wizard.proof(Step::Review).as_deref(), Some("Written, with refusals"));
}
