//! Mappings that are reset where the gallery takes `externalId` from something else: nobody is written like that, wherever it is cut off.

use engine::entra::connector::schema;
use engine::stop::Control;
use sample::Level;

use super::super::scripted::given;
use super::reviewing::table;
use super::*;

/// A connector that runs, of an entry whose `externalId` is no object id.
fn generic() -> Wizard {
    let wizard = Wizard::of(Options { people: 4, groups: 2, gallery: false, ..Options::default() });
    wizard.is_started();
    wizard.skips(41);
    wizard.watches(Duration::from_secs(5));
    assert_eq!(ids(&wizard).len(), 3);
    wizard
}

/// The `externalId` of everybody in Databricks.
fn ids(wizard: &Wizard) -> Vec<String> {
    let users = wizard.world().sample(|sample| sample.scim_users(Level::Account));
    let mut ids: Vec<String> =
        users.iter().filter_map(|it| it["externalId"].as_str().map(str::to_owned)).collect();
    ids.sort();
    ids
}

/// Everybody has another name, so that the next cycle writes all of them.
fn all_change(wizard: &Wizard) {
    wizard.world().sample(|sample| {
        let all: Vec<String> = sample.directory().people().iter().map(|it| it.id.clone()).collect();
        all.iter().for_each(|id| assert!(sample.directory_mut().rename_person(id, "Another Name")));
    });
}

/// Presses it, and stops as soon as the mappings are reset.
fn is_cut_off(wizard: &Wizard) {
    wizard.presses("Reset attribute mappings…");
    let press = wizard.asks(wizard.button("Reset them"), None);
    let stop = wizard.asks(Command::Do(Action::Stop.to_text()), None);
    let (world, before) = (wizard.world().clone(), wizard.world().effects().len());
    let stops = async move {
        let gone = |world: &World| {
            let effects = world.effects();
            effects[before..].iter().any(|it| it.path.ends_with("/schema"))
        };
        while !gone(&world) {
            world.sleep(Duration::from_millis(5)).await;
        }
        stop.await
    };
    wizard.world().run(join(press, stops));
    let text = wizard.shown().text();
    assert!(
        text.contains(
            "The attribute mappings are reset, and externalId is not taken from the object id.\nThe gallery has it otherwise, and it was not \
             mended. Provisioning is off, so that nobody is written like this.\nWhat to do: Look at the changes at the step “Review changes”"
        ),
        "{text}"
    );
    assert!(wizard.facts().unmended.is_some());
}

const DUE: &str = "The attribute mappings are not mended yet";

fn says_it(wizard: &Wizard) -> bool {
    wizard.shown().lines.contains(&DUE.to_owned())
}

#[test]
fn after_a_reset_external_ids_are_object_ids_still() {
    let wizard = generic();
    let before = ids(&wizard);
    let effects = wizard.effects().len();
    wizard.presses("Reset attribute mappings…");
    assert!(wizard.shown().text().contains("externalId is taken from the object id again"));
    wizard.presses("Reset them");
    // What runs meanwhile would write the gallery’s.
    assert_eq!(
        wizard.effects()[effects..],
        ["Post jobs/pause", "Delete jobs/schema", "Put jobs/schema", "Post jobs/start"]
    );
    assert_eq!(wizard.facts().unmended, None);
    all_change(&wizard);
    wizard.skips(41);
    assert_eq!(ids(&wizard), before);
}

#[test]
fn what_is_not_mended_stays_known_while_another_connector_is_looked_at() {
    let wizard = generic();
    is_cut_off(&wizard);
    let (own, at) = (wizard.facts().id.unwrap(), wizard.facts().unmended);
    let takes = |id: &ObjectId, name: &str| {
        wizard.enters(Step::Workspace);
        wizard.does(OfConnector::Use { id: id.clone(), name: name.to_owned() });
        assert_eq!(wizard.facts().id.as_ref(), Some(id));
    };
    takes(&id("00000000-0000-0000-0000-00000000000b"), "another");
    assert_eq!(wizard.facts().unmended, None);
    takes(&own, "contoso-provisioning");
    assert_eq!(wizard.facts().unmended, at);
}

#[test]
fn cut_off_nobody_is_written_and_the_review_goes_on_with_it() {
    let wizard = generic();
    let before = ids(&wizard);
    is_cut_off(&wizard);
    all_change(&wizard);
    wizard.skips(41);
    assert_eq!(ids(&wizard), before);
    // Another visit knows it from the record.
    let later = wizard.again();
    later.watches(Duration::from_secs(2));
    assert!(says_it(&later), "{}", later.shown().text());
    assert!(!later.shown().labels().contains(&"Restart…"), "{:?}", later.shown().labels());
    let effects = later.effects();
    for who in ["uma@contoso.example"; 2] {
        later.fills("on-demand", &[("on-demand-who", who)]);
    }
    assert!(later.shown().text().contains("Nobody was provisioned."), "{}", later.shown().text());
    later.insists(&Risky::Restart(engine::entra::connector::Restart::Usual));
    assert!(later.shown().text().contains("Nothing was begun anew."), "{}", later.shown().text());
    assert_eq!(later.effects(), effects);
    later.enters(Step::Workspace);
    let facts = later.world().facts();
    later.connects(&facts.account_scim_url, &facts.account_token);
    later.enters(Step::Review);
    assert!(says_it(&later), "{}", later.shown().text());
    let row = |wizard: &Wizard| table(wizard)[7].clone();
    assert_eq!(
        row(&later),
        "externalId | not the object id, or not read yet | the object id / a changed mapping is worked through from the beginning"
    );
    later.presses("Start provisioning");
    assert_eq!(
        later.proof(Step::Review).as_deref(),
        Some("Written, and read back"),
        "{}",
        later.shown().text()
    );
    assert_eq!(later.facts().unmended, None);
    later.skips(41);
    assert_eq!(ids(&later), before);
    later.watches(Duration::from_secs(2));
    assert!(!says_it(&later), "{}", later.shown().text());
}

#[test]
fn a_copy_that_has_not_heard_of_the_reset_is_not_believed() {
    let wizard = generic();
    let (before, facts) = (ids(&wizard), wizard.facts());
    let (id, job) = (facts.id.unwrap(), facts.job.unwrap());
    let ending = format!("/jobs/{job}/schema");
    let of_before = wizard.elsewhere(async move |graph| {
        let read = schema::read(graph, &id, &job).await.unwrap();
        read.as_value().to_string()
    });
    is_cut_off(&wizard);
    let later = wizard.again();
    later.enters(Step::Workspace);
    let facts = later.world().facts();
    later.connects(&facts.account_scim_url, &facts.account_token);
    later.page.env.at(&ending);
    // Once as it is compared, and once as it is written.
    later.page.env.answer([given(200, None, &of_before), given(200, None, &of_before)]);
    later.enters(Step::Review);
    assert!(
        table(&later)[7].ends_with("the object id / a changed mapping is worked through from the beginning")
    );
    later.presses("Start provisioning");
    assert_eq!(
        later.proof(Step::Review).as_deref(),
        Some("Written, and read back"),
        "{}",
        later.shown().text()
    );
    all_change(&later);
    later.skips(41);
    assert_eq!(ids(&later), before);
}

#[test]
fn what_was_mended_elsewhere_is_due_no_longer() {
    let wizard = generic();
    is_cut_off(&wizard);
    let facts = wizard.facts();
    let (id, job) = (facts.id.unwrap(), facts.job.unwrap());
    wizard.elsewhere(async move |graph| {
        let now = schema::read(graph, &id, &job).await.unwrap();
        let mended = schema::repair_external_id(&now).unwrap();
        schema::save(graph, &Control::default(), &|_| (), (&id, &job), &mended).await.unwrap();
    });
    wizard.pass(Duration::from_secs(200));
    wizard.enters(Step::Review);
    assert_eq!(table(&wizard)[7], "externalId | the object id | stays");
    assert_eq!(wizard.facts().unmended, None);
}

#[test]
fn what_is_refused_leaves_everything_as_it_was() {
    let wizard = generic();
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.presses("Reset attribute mappings…");
    wizard.page.env.at(&format!("/jobs/{}/schema", wizard.facts().job.unwrap()));
    wizard.page.env.answer([given(403, None, refusal)]);
    let effects = wizard.effects().len();
    wizard.presses("Reset them");
    assert!(
        wizard.shown().text().contains("Could not reset the attribute mappings"),
        "{}",
        wizard.shown().text()
    );
    assert_eq!(wizard.effects()[effects..], ["Post jobs/pause", "Post jobs/start"]);
    assert_eq!(wizard.facts().unmended, None);
}

#[test]
fn a_job_that_does_not_resume_is_said_to_be_paused() {
    let wizard = generic();
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.presses("Reset attribute mappings…");
    wizard.page.env.at("/start");
    wizard.page.env.answer([given(403, None, refusal)]);
    wizard.presses("Reset them");
    let text = wizard.shown().text();
    assert!(text.contains("The attribute mappings are reset, and provisioning is paused."), "{text}");
    assert_eq!(wizard.facts().unmended, None);
    wizard.watches(Duration::from_secs(2));
    assert!(
        wizard.shown().labels().contains(&"Look at the changes, then resume"),
        "{:?}",
        wizard.shown().labels()
    );
}
