//! Later visits: a token that is changed without a gap, questions about people and groups, and connectors that somebody removed.

use engine::setup::TokenOwner;
use sample::Level;

use super::super::scripted::given;
use super::*;

/// A connector that has come to the end of its first cycle.
pub(super) fn healthy() -> Wizard {
    let wizard = Wizard::small();
    wizard.is_started();
    wizard.pass(Duration::from_secs(60));
    wizard.watches(Duration::from_secs(5));
    assert_eq!(wizard.shown().lines[0], "Healthy", "{}", wizard.shown().text());
    wizard
}

#[test]
fn a_new_token_is_told_without_a_gap() {
    let first = healthy();
    let (account, old) = (first.world().facts().account_scim_url, first.world().facts().account_token);
    let new = first.world().sample(|sample| sample.make_token(Level::Account));
    let wizard = first.again();
    wizard.enters(Step::Workspace);
    wizard.connects(&account, &new);
    let values = [("connector-name", "contoso-provisioning"), ("token-ends", "2027-05-31")];
    assert_eq!(wizard.fills("connector", &values), Event::Go(Step::Test));
    wizard.enters(Step::Test);
    let before = wizard.effects().len();
    wizard.presses("Test connection");
    wizard.enters(Step::Review);
    let lines = wizard.shown().lines;
    let table =
        lines.iter().skip_while(|it| *it != "What | Now | Then").skip(1).take_while(|it| it.contains(" | "));
    let changes: Vec<&String> = table.filter(|it| !it.ends_with(" | stays")).collect();
    assert_eq!(
        changes,
        ["Token | one is saved | the one that you entered / Entra keeps it; it is never shown again"]
    );
    wizard.presses("Write these changes");
    assert_eq!(
        wizard.effects()[before..],
        ["Post jobs/validateCredentials", "Post jobs/validateCredentials", "Put secrets"]
    );
    // From now on nothing rests on the old one.
    wizard.world().sample(|sample| sample.end_token(&old));
    wizard.watches(Duration::from_secs(2));
    wizard.presses("Test the saved credentials");
    assert!(wizard.shown().text().contains("The saved credentials work"), "{}", wizard.shown().text());
    let uma = wizard.person("uma");
    wizard.world().sample(|sample| sample.directory_mut().rename_person(uma.as_str(), "Uma Other"));
    wizard.skips(41);
    wizard.watches(Duration::from_secs(2));
    assert_eq!(wizard.shown().lines[0], "Healthy");
    let users = wizard.world().sample(|sample| sample.scim_users(Level::Account));
    assert!(users.iter().any(|it| it["displayName"] == "Uma Other"));
}

#[test]
fn a_wrong_token_takes_the_good_ones_place_at_no_time() {
    let wizard = healthy();
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, "dsapi00000000000000000000000000000000");
    wizard.fills("connector", &[("connector-name", "x")]);
    assert_eq!(
        wizard.shown().wrong(),
        [
            "“contoso-provisioning” is chosen, and one that is there keeps its name: leave it so, or the field empty."
        ]
    );
    let same = [("connector-name", "contoso-provisioning")];
    assert_eq!(wizard.fills("connector", &same), Event::Go(Step::Test));
    // Somebody skips the test and goes to the review.
    wizard.enters(Step::Review);
    let before = wizard.effects();
    wizard.presses("Write these changes");
    let drawn = wizard.shown();
    assert!(drawn.lines.contains(&"failed | Connection tested once more".to_owned()), "{}", drawn.text());
    assert!(drawn.text().contains("Databricks does not accept the token."), "{}", drawn.text());
    assert_eq!(wizard.effects(), before);
}

/// The lines between two others.
fn between(wizard: &Wizard, first: &str, last: &str) -> Vec<String> {
    let lines = wizard.shown().lines.into_iter();
    lines.skip_while(|it| it != first).skip(1).take_while(|it| it != last).collect()
}

#[test]
fn the_log_says_who_came_and_who_did_not() {
    let wizard = healthy();
    let uma = wizard.person("uma");
    wizard.world().sample(|sample| sample.directory_mut().rename_person(uma.as_str(), "Uma Other"));
    wizard.skips(41);
    // Entries show after some minutes.
    wizard.pass(Duration::from_secs(120));
    wizard.watches(Duration::from_secs(2));
    let found = |who: &str, action: &str, status: &str| {
        wizard.fills("log", &[("who", who), ("log-action", action), ("log-status", status)]);
        between(&wizard, "Result | Who or what | When", "Restart, reset, remove")
    };
    let without_time = |rows: Vec<String>| -> Vec<String> {
        let row = |it: &String| {
            it.rsplit_once(" | ")
                .map(|(row, _)| row.to_owned())
                .filter(|it| it.contains('@') || it.contains("All"))
        };
        rows.iter().filter_map(row).collect()
    };
    let all = found("", "", "");
    assert_eq!(
        without_time(all.clone()),
        [
            "succeeded | uma@contoso.example / updated",
            "succeeded | All Employees / created",
            "succeeded | siobhan.o'neill@contoso.example / updated",
            "succeeded | uma@contoso.example / created",
            "skipped | ada@contoso.example / nothing was written",
            "succeeded | ada@contoso.example / updated",
        ]
    );
    // Her assignment was not known yet when she was provisioned as a proof. What to do stands beside it.
    let why = "It is not assigned to the connector, neither directly nor through a group that is assigned itself; or it was assigned a \
               moment ago.";
    let todo = "Assign it. If it is assigned, wait a few minutes; if it stays so, take the assignment away and assign again.";
    assert!([why, todo].iter().all(|words| all.iter().any(|it| it == words)), "{all:#?}");
    assert_eq!(
        without_time(found("uma@contoso.example", "", "")),
        ["succeeded | uma@contoso.example / updated", "succeeded | uma@contoso.example / created"]
    );
    assert_eq!(
        without_time(found("", "create", "success")),
        ["succeeded | All Employees / created", "succeeded | uma@contoso.example / created"]
    );
    assert_eq!(without_time(found("", "", "failure")), [""; 0]);
    found("nobody at all", "", "");
    assert_eq!(
        wizard.shown().wrong(),
        ["Nobody and no group of this tenant is called so. Enter the whole name."]
    );
}

/// What is said in every answer without a relay that lets Databricks through.
const NOT_ASKED: &str =
    "Databricks was not asked. The relay beside this page does not let 127.0.0.1:9103 through.";
const ASK: &str = "Look in Databricks itself, or have whoever serves this page allow that host.";

#[test]
fn why_somebody_is_there_or_not_is_answered() {
    let wizard = healthy();
    let asked = |who: &str| {
        wizard.fills("why", &[("why-who", who)]);
        between(&wizard, "Find out", "Provisioning log")
    };
    assert_eq!(
        asked("uma@contoso.example"),
        [
            "uma@contoso.example",
            "The provisioning log has nothing about the person.",
            "Entries show after some minutes and are kept for 30 days. Whoever never was in scope has none.",
            NOT_ASKED,
            ASK,
            "Provisioning runs; its last cycle ended at 2026-01-05 08:00:40 UTC.",
            "The person is assigned as a member of “All Employees”.",
        ]
    );
    assert_eq!(
        asked("zoe.mueller@contoso.example"),
        [
            "zoe.mueller@contoso.example",
            "The person is not assigned to the connector, neither directly nor through a group.",
            "Assign the person, or a group that the person is a direct member of.",
            "The provisioning log has nothing about the person.",
            "Entries show after some minutes and are kept for 30 days. Whoever never was in scope has none.",
            NOT_ASKED,
            ASK,
            "Provisioning runs; its last cycle ended at 2026-01-05 08:00:40 UTC.",
        ]
    );
    // Groups hold people: the answer is about one of them.
    asked("All Employees");
    assert_eq!(
        wizard.shown().wrong(),
        ["“All Employees” is a group. Enter the user name of one of its members."]
    );
    asked("");
    assert_eq!(wizard.shown().wrong(), ["Enter a name."]);
}

#[test]
fn somebody_is_provisioned_on_demand() {
    let wizard = healthy();
    let before = wizard.effects().len();
    let asked = |who: &str| {
        wizard.fills("on-demand", &[("on-demand-who", who)]);
        let lines = between(&wizard, "Provision now", "Why is this person (not) there?");
        let stages = |it: &&String| it.ends_with(" /");
        let stages: Vec<String> =
            lines.iter().filter(stages).map(|it| it.trim_end_matches(" /").to_owned()).collect();
        (lines.into_iter().take(3).collect::<Vec<_>>(), stages)
    };
    let there = [
        "succeeded | Read from the directory",
        "succeeded | In scope?",
        "succeeded | In Databricks already?",
        "skipped | Written to Databricks",
    ];
    for who in ["uma@contoso.example", "All Employees"] {
        let (words, stages) = asked(who);
        assert_eq!(
            words,
            [
                format!("“{who}” is in Databricks"),
                "It was there already, exactly as it should be.".to_owned(),
                format!("Stages of “{who}”"),
            ]
        );
        assert_eq!(stages, there);
    }
    let (words, stages) = asked("zoe.mueller@contoso.example");
    assert_eq!(
        words,
        [
            "The person “zoe.mueller@contoso.example” was skipped.",
            "It is not assigned to the connector, neither directly nor through a group that is assigned itself; or it was assigned a \
             moment ago.",
            "What to do: Assign it. If it is assigned, wait a few minutes; if it stays so, take the assignment away and assign again.",
        ]
    );
    assert_eq!(
        stages,
        ["succeeded | Read from the directory", "skipped | In scope?", "skipped | Written to Databricks"]
    );
    assert_eq!(wizard.effects()[before..], ["Post jobs/provisionOnDemand"; 3]);
    asked("");
    assert_eq!(wizard.shown().wrong(), ["Enter a name."]);
    assert_eq!(wizard.effects().len(), before + 3);
}

#[test]
fn nobody_is_provisioned_at_once_by_half_a_name_nor_who_gave_the_token() {
    let wizard = healthy();
    let before = wizard.effects().len();
    let asked = |who: &str| {
        wizard.fills("on-demand", &[("on-demand-who", who)]);
        wizard.shown().wrong().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        asked("uma"),
        ["Nobody is called exactly so. If it is “uma@contoso.example” that you mean, enter that."]
    );
    let uma = Picked { id: wizard.person("uma"), name: "uma@contoso.example".to_owned() };
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().owner = Some(TokenOwner::Person(uma));
    wizard.shows(Step::Sync);
    assert_eq!(
        asked("uma@contoso.example"),
        [
            "The connector uses the token of uma@contoso.example. Who is provisioned is deactivated one day, and the token with them: take \
             somebody else."
        ]
    );
    assert_eq!(wizard.effects().len(), before);
    // With a group that she is in, the others come.
    assert_eq!(asked("All Employees"), [""; 0]);
    assert_eq!(wizard.effects()[before..], ["Post jobs/provisionOnDemand"]);
    let sent = wizard.world().effects().last().unwrap().body.to_string();
    assert!(!sent.contains(wizard.person("uma").as_str()), "{sent}");
    assert!(sent.contains(wizard.person("ada").as_str()), "{sent}");
}

#[test]
fn the_owner_of_the_token_is_looked_at_again_and_what_is_not_known_is_said() {
    const WITHIN: &str = "The token’s owner is provisioned by it";
    const UNKNOWN: &str = "Whether the token’s owner is provisioned by it is not known.";
    let wizard = healthy();
    let all = wizard.world().sample(|it| it.directory().group_named("All Employees").unwrap().id.clone());
    let uma = wizard.person("uma");
    wizard.world().sample(|it| it.directory_mut().remove_member(&all, uma.as_str()));
    let picked = Picked { id: uma.clone(), name: "uma@contoso.example".to_owned() };
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().owner = Some(TokenOwner::Person(picked));
    let says = |wizard: &Wizard, seconds| {
        wizard.watches(Duration::from_secs(seconds));
        let text = wizard.shown().text();
        [WITHIN, UNKNOWN].map(|words| text.contains(words))
    };
    // A look that fails is not taken for a good one.
    wizard.page.env.at(&format!("/users/{uma}"));
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.page.env.answer([given(403, None, refusal)]);
    assert_eq!(says(&wizard, 5), [false, true]);
    assert_eq!(says(&wizard, 125), [false, false]);
    // Somebody assigns her while the board is open, and takes her away again.
    wizard.world().sample(|it| it.directory_mut().add_member(&all, uma.as_str()));
    assert_eq!(says(&wizard, 400), [true, false]);
    assert!(
        wizard
            .shown()
            .text()
            .contains("uma@contoso.example is a member of “All Employees”, which is assigned."),
        "{}",
        wizard.shown().text()
    );
    wizard.world().sample(|it| it.directory_mut().remove_member(&all, uma.as_str()));
    assert_eq!(says(&wizard, 185), [false, false]);
}

#[test]
fn several_who_are_notified_are_shown_and_stay() {
    let wizard = healthy();
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().mail = None;
    wizard.known.setup.borrow_mut().connector.as_mut().unwrap().threshold = None;
    let address = format!("{}?aadOptscim062020", wizard.world().facts().account_scim_url);
    let notify = r#"{"Enabled":true,"Recipients":"a@x.example,b@x.example"}"#;
    let pairs = [("BaseAddress", address.as_str()), ("SecretToken", "*"), ("SyncAll", "false")];
    let pairs = pairs.into_iter().chain([("SyncNotificationSettings", notify)]);
    let pairs: Vec<_> = pairs.map(|(key, value)| serde_json::json!({ "key": key, "value": value })).collect();
    wizard.page.env.at("/synchronization/secrets");
    wizard.page.env.answer([given(200, None, &serde_json::json!({ "value": pairs }).to_string())]);
    wizard.enters(Step::Review);
    let drawn = wizard.shown();
    let rows = drawn.between("Writes to | ", "Holds deletions back | ");
    assert_eq!(
        rows,
        [
            &format!("Writes to | {address} | stays"),
            "Token | one is saved | stays",
            "Whom it provisions | who is assigned | stays",
            "Whom it notifies | a@x.example,b@x.example | stays",
            "Holds deletions back | no limit | stays",
        ]
    );
}

#[test]
fn which_assignments_were_not_taken_away_is_told_by_name() {
    let wizard = healthy();
    let review = |scope| wizard.reviews(scope, &MAIL);
    review(wizard.scope(&["All Employees"], &["uma"]));
    wizard.presses("Write these changes");
    review(wizard.scope(&[], &["zoe.mueller"]));
    wizard.presses("Take these assignments away…");
    wizard.page.env.at("/$batch");
    let answer = r#"{"responses":[{"id":"0","status":403,"headers":{},"body":{"error":{"code":"x","message":"Not this one."}}},
                    {"id":"1","status":204,"headers":{}}]}"#;
    wizard.page.env.answer([given(200, None, answer)]);
    wizard.presses("Take them away");
    let drawn = wizard.shown();
    let why = "“All Employees”: Not this one. “Uma Ordinary”: Entra agreed, and does not show it yet.";
    assert_eq!(drawn.lines[..2], ["1 of 2 assignments could not be taken away.", why], "{}", drawn.text());
    // What is there now was read again.
    assert!(drawn.text().contains("Assigned, but not chosen here: 2"), "{}", drawn.text());
}

#[test]
fn from_a_bookmark_a_later_visit_finds_it() {
    let first = healthy();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    second.enters(Step::Sync);
    assert_eq!(second.shown().labels(), ["Look at contoso-provisioning"]);
    second.shows(Step::Sync);
    let look = second.asks(second.button("Look at contoso-provisioning"), None);
    second.until_left(look, Duration::from_secs(3));
    assert_eq!(second.shown().lines[0], "Healthy");
    assert_eq!(second.proof(Step::Sync).as_deref(), Some("Healthy"));
}

#[test]
fn what_somebody_removed_elsewhere_is_no_dead_end() {
    let first = healthy();
    let colleague = first.again();
    colleague.watches(Duration::from_secs(2));
    colleague.presses("Remove this connector…");
    colleague.presses("Remove contoso-provisioning");
    assert_eq!(colleague.facts(), ConnectorFacts::default());
    // It was made a moment ago and may only not show yet. Later it is certain, and there is a way on.
    first.pass(Duration::from_secs(600));
    let gone = [
        "The connector “contoso-provisioning” is not there any more.",
        "Somebody removed its enterprise application. People and groups stay in Databricks as they are.",
        "What to do: Choose another one at the step “Databricks workspace”, or have a new one made by the test.",
    ];
    first.shows(Step::Sync);
    first.does(OfConnector::Enter);
    assert!(first.shown().text().contains(&gone.join("\n")), "{}", first.shown().text());
    assert_eq!(first.facts().id, None);
    assert_eq!([Step::Test, Step::Review, Step::Sync].map(|step| first.proof(step)), [const { None }; 3]);
    first.enters(Step::Workspace);
    assert!(first.shown().text().contains("There is none yet in this tenant"), "{}", first.shown().text());
    let facts = first.world().facts();
    first.connects(&facts.account_scim_url, &facts.account_token);
    let values = [("connector-name", "contoso-provisioning")];
    assert_eq!(first.fills("connector", &values), Event::Go(Step::Test));
    first.enters(Step::Test);
    first.presses("Test connection");
    assert!(first.shown().text().contains("passed | Credentials accepted"), "{}", first.shown().text());
    assert!(first.facts().id.is_some());
}
