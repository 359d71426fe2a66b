//! Mappings that are reset where the gallery takes `externalId` from something else: nobody is written like that.

use engine::entra::connector::schema;
use engine::stop::Control;
use sample::Level;

use super::super::scripted::given;
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

#[test]
fn after_a_reset_external_ids_are_object_ids_still() {
    let wizard = generic();
    let before = ids(&wizard);
    let effects = wizard.effects().len();
    wizard.presses("Reset attribute mappings…");
    assert!(wizard.shown().text().contains("externalId is taken from the object id again"));
    wizard.presses("Reset them");
    // At no time are they the gallery’s as they stand there: a cycle that runs would write by them.
    assert_eq!(wizard.effects()[effects..], ["Put jobs/schema"]);
    all_change(&wizard);
    wizard.skips(41);
    assert_eq!(ids(&wizard), before);
}

#[test]
fn a_copy_that_has_not_heard_of_it_does_not_pass_for_what_was_not_taken() {
    let wizard = generic();
    let before = ids(&wizard);
    let facts = wizard.facts();
    let (id, job) = (facts.id.unwrap(), facts.job.unwrap());
    let ending = format!("/jobs/{job}/schema");
    // Elsewhere they are reset, and not mended. A copy still shows those of before, and they are just what is wanted.
    let of_before = wizard.elsewhere(async move |graph| {
        let read = schema::read(graph, &id, &job).await.unwrap();
        schema::reset(graph, &Control::default(), &|_| (), (&id, &job)).await.unwrap();
        read.as_value().to_string()
    });
    let busy = r#"{"error":{"code":"Conflict","message":"The job is busy."}}"#;
    wizard.presses("Reset attribute mappings…");
    wizard.page.env.at(&ending);
    let old = || given(200, None, &of_before);
    wizard.page.env.answer([old(), given(409, None, busy), old()]);
    let effects = wizard.effects().len();
    wizard.presses("Reset them");
    assert_eq!(wizard.effects()[effects..], ["Put jobs/schema"]);
    all_change(&wizard);
    wizard.skips(41);
    assert_eq!(ids(&wizard), before);
}

#[test]
fn what_is_refused_leaves_everything_as_it_was() {
    let wizard = generic();
    let facts = wizard.facts();
    let (id, job) = (facts.id.unwrap(), facts.job.unwrap());
    let ending = format!("/jobs/{job}/schema");
    let now = wizard
        .elsewhere(async move |graph| schema::read(graph, &id, &job).await.unwrap().as_value().to_string());
    let refusal = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}"#;
    wizard.presses("Reset attribute mappings…");
    wizard.page.env.at(&ending);
    wizard.page.env.answer([given(200, None, &now), given(403, None, refusal)]);
    let effects = wizard.effects();
    wizard.presses("Reset them");
    let text = wizard.shown().text();
    assert!(text.contains("Could not save the attribute mappings"), "{text}");
    assert_eq!(wizard.effects(), effects);
}
