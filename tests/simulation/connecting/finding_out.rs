//! What is found out and shown: groups with their members and what the licence says of them, people by what the mapping makes of them, what
//! comes too early, and what became of everybody.

use sample::TenantKind;

use super::super::scripted::given;
use super::reviewing::stops;
use super::*;

fn healthy() -> Wizard {
    let wizard = Wizard::small();
    wizard.is_started();
    wizard.pass(Duration::from_secs(60));
    wizard.watches(Duration::from_secs(5));
    assert_eq!(wizard.shown().lines[0], "Healthy", "{}", wizard.shown().text());
    wizard
}

#[test]
fn groups_are_shown_with_their_kind_and_how_many_are_in_them() {
    let wizard = Wizard::of(Options { people: 12, groups: 12, ..Options::default() });
    wizard.is_tested();
    wizard.enters(Step::Scope);
    wizard.chooses(wizard.scope(&["Data Platform", "Automation", "Contoso Announcements"], &[]));
    wizard.presses("Look at who would come");
    let group = |name: &str| wizard.world().sample(|it| it.directory().group_named(name).unwrap().id.clone());
    let people = |name: &str| {
        let id = group(name);
        wizard.world().sample(|it| it.directory().direct_people(&id).len())
    };
    let drawn = wizard.shown();
    let head = "Group | People in it directly | Groups within, not chosen | Others";
    let at = drawn.lines.iter().position(|it| it == head).unwrap();
    let mut rows = drawn.lines[at + 1..at + 4].to_vec();
    rows.sort();
    let row = |name: &str, kind: &str, rest: &str| {
        format!("{name} / {kind}, {}… | {} | {rest}", group(name).get(..8).unwrap(), people(name))
    };
    let expected = [
        row("Automation", "security group", "0 | 2"),
        row("Contoso Announcements", "Microsoft 365 group", "0 | 0"),
        row("Data Platform", "security group", "2 | 0"),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn where_the_tenant_has_no_licence_the_people_come_in_place_of_their_groups() {
    const UNKNOWN: &str = "Groups take Entra ID P1 or P2";
    let kinds = vec![TenantKind::NoPremium];
    let wizard = Wizard::of(Options { people: 4, groups: 2, kinds, ..Options::default() });
    wizard.is_reviewed();
    // Nobody looked: it may be.
    assert!(wizard.shown().lines.contains(&UNKNOWN.to_owned()), "{}", wizard.shown().text());
    let looked = (0..40).any(|_| {
        wizard.pass(Duration::from_secs(2));
        wizard.shows(Step::Consent);
        let sign_in =
            Action::SignIn { rights: Rights::Preflight, step: Step::Consent, account: ADA.to_owned() };
        wizard.follows(wizard.acts(&sign_in)).iter().any(|it| it == "Organization.Read.All")
    });
    assert!(looked);
    wizard.acts(&Action::Preflight);
    let facts = wizard.world().facts();
    wizard.enters(Step::Workspace);
    wizard.connects(&facts.account_scim_url, &facts.account_token);
    wizard.enters(Step::Review);
    wizard.does(OfConnector::Compare);
    let stop = "Groups take Entra ID P1, and this tenant has neither P1 nor P2: Entra would refuse “All Employees”. Choose their people in \
                place of them.";
    assert_eq!(stops(&wizard), [stop]);
    let scope = wizard.presses("Choose their people in place of the groups");
    let Event::Choose(Scope::Chosen { groups, people }) = scope else { panic!("{scope:?}") };
    assert_eq!(groups, []);
    let mut people: Vec<&str> = people.iter().map(|it| it.name.as_str()).collect();
    people.sort_unstable();
    assert_eq!(people, ["Ada Lovelace", "Siobhan O'Neill", "Uma Ordinary"]);
    wizard.enters(Step::Review);
    assert!(wizard.shown().labels().contains(&"Start provisioning"), "{}", wizard.shown().text());
    assert!(!wizard.shown().text().contains("Groups take Entra ID P1"), "{}", wizard.shown().text());
}

#[test]
fn people_are_listed_by_what_the_mapping_makes_of_them() {
    let wizard = Wizard::small();
    let uma = wizard.person("uma");
    wizard.world().sample(|sample| {
        assert!(sample.directory_mut().rename_account(uma.as_str(), "u4711@contoso.example"));
    });
    wizard.is_reviewed();
    let drawn = wizard.shown();
    let head = "Who | User name in Databricks | Mail address there | Both";
    let at = drawn.lines.iter().position(|it| it == head).unwrap_or_else(|| panic!("{}", drawn.text()));
    assert_eq!(
        drawn.lines[at + 1],
        "Uma Ordinary / member | u4711@contoso.example | uma@contoso.example | differ"
    );
}

#[test]
fn a_list_that_could_not_be_read_is_no_empty_one() {
    let first = healthy();
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    second.page.env.at("/v1.0/servicePrincipals");
    second.page.env.answer([given(403, None, refusal)]);
    second.enters(Step::Sync);
    let text = second.shown().text();
    assert!(text.contains("None could be seen, but not everything could be read."), "{text}");
    assert!(!text.contains("There is none in this tenant."), "{text}");
    second.presses("Look again");
    assert_eq!(second.shown().labels(), ["Look at contoso-provisioning"]);
}

#[test]
fn what_was_made_a_moment_ago_is_waited_for() {
    const WAITING: &str = "Waiting until Entra knows the connector everywhere: what was made a moment ago takes some minutes to show.";
    let wizard = Wizard::small();
    wizard.is_started();
    wizard.page.env.at("/synchronization/jobs");
    let missing = r#"{"error":{"code":"Request_ResourceNotFound","message":"Resource does not exist."}}"#;
    let silent = r#"{"error":{"code":"UnknownError","message":""}}"#;
    wizard.page.env.answer([given(404, None, missing), given(401, None, silent), given(409, None, missing)]);
    wizard.watches(Duration::from_secs(4));
    assert!(wizard.shown().lines.contains(&WAITING.to_owned()), "{}", wizard.shown().text());
    assert!(!wizard.shown().text().contains("What to do"), "{}", wizard.shown().text());
    wizard.watches(Duration::from_secs(60));
    assert!(!wizard.shown().lines.contains(&WAITING.to_owned()), "{}", wizard.shown().text());
    // Long afterwards the same answer means what it says.
    wizard.pass(Duration::from_secs(600));
    wizard.page.env.answer([given(401, None, silent)]);
    wizard.shows(Step::Sync);
    wizard.does(OfConnector::Enter);
    assert!(wizard.shown().text().contains("looks no more"), "{}", wizard.shown().text());
    assert!(!wizard.shown().lines.contains(&WAITING.to_owned()));
}

#[test]
fn the_time_of_the_look_is_told() {
    let wizard = healthy();
    let text = wizard.shown().text();
    assert!(
        text.contains("Seen at 2026-01-05 08:0") && text.contains(" UTC; looks again by itself."),
        "{text}"
    );
}

#[test]
fn whoever_is_not_in_the_log_can_be_provisioned_there() {
    let wizard = healthy();
    // Entries show after some minutes; until then nobody is in the log.
    wizard.presses("Look everybody up");
    let drawn = wizard.shown();
    let at = drawn.lines.iter().position(|it| it == "Result | Who or what | When").unwrap();
    assert!(drawn.lines[at + 1].starts_with("not in the log | All Employees / group"), "{}", drawn.text());
    let before = wizard.effects().len();
    wizard.presses("Provision All Employees now");
    assert_eq!(wizard.effects()[before..], ["Post jobs/provisionOnDemand"]);
    let drawn = wizard.shown();
    assert!(!drawn.text().contains("not in the log | All Employees"), "{}", drawn.text());
    assert!(!drawn.labels().contains(&"Provision All Employees now"));
}

#[test]
fn whoever_is_listed_may_have_given_the_token_that_is_nobodys_yet() {
    let first = Wizard::small();
    let facts = first.world().facts();
    first.is_tested_at_workspace(&facts.workspace_token, &[("token-owner", "nobody")]);
    first.reviews(first.scope(&["All Employees"], &[]), &[]);
    first.presses("Start provisioning");
    first.pass(Duration::from_secs(60));
    let second = Wizard::visit(first.world(), Setup::default());
    second.signs_in();
    second.enters(Step::Sync);
    let look = second.asks(second.button("Look at contoso-provisioning"), None);
    second.until_left(look, Duration::from_secs(3));
    second.presses("Look everybody up");
    let before = second.effects().len();
    second.presses("Provision All Employees now");
    let question = "Whose token the connector uses was not said. If it is that of a member of “All Employees”, take another group; if it is \
                    not, press once more.";
    let lines = second.shown().lines;
    assert_eq!(lines[..2], ["Nobody was provisioned yet.", question], "{lines:#?}");
    // Something else, or another step, and the words are gone: then it is asked anew.
    for leaves in [true, false] {
        if leaves {
            second.enters(Step::Done);
            second.watches(Duration::from_secs(2));
        } else {
            second.fills("log", &[("who", "")]);
        }
        assert!(!second.shown().text().contains(question));
        second.presses("Provision All Employees now");
        assert!(second.shown().text().contains(question), "not asked anew: {leaves}");
        assert_eq!(second.effects().len(), before);
    }
    second.presses("Provision All Employees now");
    assert_eq!(second.effects()[before..], ["Post jobs/provisionOnDemand"]);
}

#[test]
fn cycles_of_before_this_visit_come_from_the_log() {
    let first = healthy();
    let uma = first.person("uma");
    for name in ["Uma One", "Uma Two", "Uma Three"] {
        first.world().sample(|sample| sample.directory_mut().rename_person(uma.as_str(), name));
        first.skips(41);
    }
    first.pass(Duration::from_secs(300));
    let second = first.again();
    second.watches(Duration::from_secs(2));
    second.presses("Show earlier cycles");
    let text = second.shown().text();
    assert!(text.contains(" written, by the log"), "{text}");
    assert!(!second.shown().labels().contains(&"Show earlier cycles"));
}
