//! What is looked at once more right before something starts, and what others may be doing meanwhile.

use engine::entra::connector::start;
use engine::stop::Control;

use super::super::scripted::given;
use super::*;

#[test]
fn a_rival_that_somebody_starts_meanwhile_keeps_it_from_starting() {
    let first = Wizard::small();
    first.is_started();
    first.watches(Duration::from_secs(2));
    first.presses("Pause provisioning…");
    first.presses("Pause it");
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let facts = second.world().facts();
    second.enters(Step::Workspace);
    second.connects(&facts.account_scim_url, &facts.account_token);
    assert_eq!(
        second.fills("connector", &[("connector-name", "second-provisioning")]),
        Event::Go(Step::Test)
    );
    second.enters(Step::Test);
    second.presses("Test connection");
    second.reviews(second.scope(&["All Employees"], &[]), &[]);
    assert_eq!(second.shown().labels()[0], "Start provisioning");
    first.enters(Step::Review);
    first.presses("Start provisioning");
    let before = second.count("Post jobs/start");
    second.presses("Start provisioning");
    let drawn = second.shown();
    assert!(drawn.lines.contains(&"failed | Provisioning started".to_owned()), "{}", drawn.text());
    let what = "“contoso-provisioning” was switched on meanwhile and writes to the same target.";
    assert!(drawn.lines.contains(&what.to_owned()), "{}", drawn.text());
    assert_eq!(second.count("Post jobs/start"), before);
}

#[test]
fn who_gave_the_token_and_came_into_a_group_meanwhile_keeps_it_from_starting() {
    let wizard = Wizard::small();
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(
        &facts.workspace_token,
        &[("token-owner", "person"), ("token-person", "zoe.mueller@contoso.example")],
    );
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    assert_eq!(wizard.shown().labels()[0], "Start provisioning");
    let all = wizard.world().sample(|it| it.directory().group_named("All Employees").unwrap().id.clone());
    let zoe = wizard.person("zoe.mueller");
    wizard.world().sample(|it| it.directory_mut().add_member(&all, zoe.as_str()));
    wizard.presses("Start provisioning");
    let drawn = wizard.shown();
    assert!(drawn.lines.contains(&"failed | Provisioning started".to_owned()), "{}", drawn.text());
    let what = "zoe.mueller@contoso.example, whose token is used, is in scope by now.";
    assert!(drawn.lines.contains(&what.to_owned()), "{}", drawn.text());
    assert_eq!(wizard.count("Post jobs/start"), 0);
}

#[test]
fn before_a_job_that_is_on_is_told_anything_its_rivals_are_looked_at_again() {
    let first = Wizard::small();
    first.is_started();
    first.watches(Duration::from_secs(2));
    first.presses("Pause provisioning…");
    first.presses("Pause it");
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let facts = second.world().facts();
    second.enters(Step::Workspace);
    second.connects(&facts.account_scim_url, &facts.account_token);
    let named = [("connector-name", "second-provisioning")];
    assert_eq!(second.fills("connector", &named), Event::Go(Step::Test));
    second.enters(Step::Test);
    second.presses("Test connection");
    second.reviews(second.scope(&["All Employees"], &[]), &[]);
    second.presses("Start provisioning");
    assert_eq!(second.proof(Step::Review).as_deref(), Some("Written, and read back"));
    let starts = || {
        let facts = first.facts();
        first.elsewhere(async move |graph| {
            let (id, job) = (facts.id.unwrap(), facts.job.unwrap());
            start(graph, &Control::default(), &|_| (), &id, &job).await.unwrap();
        });
    };
    // More people, then other settings: neither is written beside a rival.
    for (people, settings) in [(&["uma"][..], &[][..]), (&[][..], &MAIL[..])] {
        second.reviews(second.scope(&["All Employees"], people), settings);
        assert_eq!(second.shown().labels()[0], "Write these changes", "{}", second.shown().text());
        starts();
        let before = second.effects().len();
        second.presses("Write these changes");
        let text = second.shown().text();
        let what = "“contoso-provisioning” was switched on meanwhile and writes to the same target.";
        assert!(text.contains(what), "{text}");
        assert_eq!(second.effects()[before..], ["Post jobs/validateCredentials"]);
        first.watches(Duration::from_secs(2));
        first.presses("Pause provisioning…");
        first.presses("Pause it");
    }
}

#[test]
fn who_gave_the_token_comes_into_no_job_that_is_on() {
    let wizard = Wizard::small();
    let group = wizard.world().sample(|it| it.directory().group_named("Data Engineers").unwrap().id.clone());
    let zoe = wizard.person("zoe.mueller");
    wizard.world().sample(|it| it.directory_mut().remove_member(&group, zoe.as_str()));
    let facts = wizard.world().facts();
    wizard.is_tested_at_workspace(
        &facts.workspace_token,
        &[("token-owner", "person"), ("token-person", "zoe.mueller@contoso.example")],
    );
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    wizard.presses("Start provisioning");
    assert_eq!(wizard.proof(Step::Review).as_deref(), Some("Written, and read back"));
    wizard.reviews(wizard.scope(&["All Employees", "Data Engineers"], &[]), &[]);
    assert_eq!(wizard.shown().labels()[0], "Write these changes", "{}", wizard.shown().text());
    // She comes into the group that is to be assigned.
    wizard.world().sample(|it| it.directory_mut().add_member(&group, zoe.as_str()));
    let before = wizard.effects().len();
    wizard.presses("Write these changes");
    let text = wizard.shown().text();
    assert!(text.contains("zoe.mueller@contoso.example, whose token is used, is in scope by now."), "{text}");
    assert_eq!(wizard.effects()[before..], ["Post jobs/validateCredentials"]);
}

#[test]
fn what_has_no_job_is_no_rival_and_what_has_one_may_be_passed_over_by_name() {
    let wizard = Wizard::small();
    let other = wizard.other_application("Payroll");
    wizard.is_tested();
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    let before = wizard.page.env.asked();
    wizard.page.env.at(&format!("/servicePrincipals/{other}/synchronization/secrets"));
    wizard.page.env.answer((0..90).map(|_| given(403, None, refusal)));
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &[]);
    assert_eq!(wizard.shown().labels()[0], "Start provisioning", "{}", wizard.shown().text());
    assert_eq!(wizard.page.env.asked(), before);
    // It provisions something by now.
    wizard.another_job(&other, "scim");
    wizard.presses("Look at the changes again");
    let shown = wizard.shown();
    let dark = "Whether “Payroll” writes to the same target could not be read. Look again: one that was made just now takes a minute.";
    assert!(shown.lines.contains(&dark.to_owned()), "{}", shown.text());
    assert!(!shown.labels().contains(&"Start provisioning"));
    wizard.presses("I know that “Payroll” does not write there");
    let shown = wizard.shown();
    assert_eq!(shown.labels()[0], "Start provisioning", "{}", shown.text());
    let passed =
        "Not read, and passed over because you know that they do not write to this target: “Payroll”.";
    assert!(shown.text().contains(passed), "{}", shown.text());
    wizard.presses("Start provisioning");
    assert_eq!(
        wizard.proof(Step::Review).as_deref(),
        Some("Written, and read back"),
        "{}",
        wizard.shown().text()
    );
}

#[test]
fn a_connector_that_was_told_nothing_may_say_so_with_404() {
    let wizard = Wizard::small();
    wizard.is_reviewed();
    let missing = r#"{"error":{"code":"ResourceNotFound","message":"There are no secrets."}}"#;
    let before = wizard.page.env.asked();
    wizard.page.env.at("/synchronization/secrets");
    // Looked at once more before anything is written, then as often as it is tried.
    wizard.page.env.answer((0..6).map(|_| given(404, None, missing)));
    wizard.presses("Start provisioning");
    assert_eq!(
        wizard.proof(Step::Review).as_deref(),
        Some("Written, and read back"),
        "{}",
        wizard.shown().text()
    );
    // They are told without having been seen, and read back from a copy that lags first.
    assert_eq!(wizard.page.env.asked() - before, 6 + 1 + 2);
}
