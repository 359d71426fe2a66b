//! Provisioning on demand: for real, and told as it went.

use std::time::Duration;

use engine::entra::connector::kind::Kind;
use engine::entra::connector::on_demand::{
    Members, OnDemand, OnDemandError, Subject, provision, provision_assigned,
};
use engine::entra::connector::schema::{Table, read};
use engine::entra::connector::trace::{Action, Scoping, Status, StepKind};
use engine::entra::ids::ObjectId;
use engine::entra::replication::{BUDGET, Settling, settle};
use engine::problem::Explain as _;
use engine::stop::Control;
use sample::{Level, Options};

use super::super::scripted::{given, no_connection};
use super::{Connector, calm};

const ENDING: &str = "/provisionOnDemand";

type Told = Result<OnDemand, OnDemandError>;

impl Connector {
    fn rule(&self, kind: Kind) -> String {
        self.run(async move |graph, me| {
            let (principal, job) = me.place();
            let look = async || read(graph, principal, job).await;
            let schema =
                settle(graph.env, &Control::default(), Settling::Service, &|_| (), look).await.unwrap();
            Table::of(&schema).get(kind).unwrap().rule_id.clone()
        })
    }

    fn on_demand(&self, subject: Subject) -> Told {
        let rule = self.rule(subject.kind());
        self.on_demand_by(&rule, subject)
    }

    fn on_demand_by(&self, rule: &str, subject: Subject) -> Told {
        let rule = rule.to_owned();
        self.run(async move |graph, me| {
            provision(graph, &Control::default(), &|_| (), me.place(), &rule, &subject).await
        })
    }

    fn assigned_on_demand(&self, id: &ObjectId) -> Told {
        let (rule, subject) = (self.rule(Kind::Person), Subject::Person(id.clone()));
        self.run(async move |graph, me| {
            provision_assigned(graph, &Control::default(), &|_| (), me.place(), &rule, &subject).await
        })
    }
}

#[test]
fn a_person_comes_in_five_steps_and_once() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let uma = connector.person("uma");
    connector.assign(&uma);
    let told = connector.on_demand(Subject::Person(uma.clone())).unwrap();
    assert_eq!(
        (told.result, told.object.action, told.object.kind),
        (Status::Success, Action::Create, Some(Kind::Person))
    );
    let steps: Vec<(StepKind, Option<Status>)> =
        told.object.steps.iter().map(|step| (step.kind, step.status)).collect();
    let well = |kind| (kind, Some(Status::Success));
    assert_eq!(
        steps,
        [
            well(StepKind::Import),
            well(StepKind::Scoping),
            well(StepKind::Matching),
            well(StepKind::Processing),
            well(StepKind::Export)
        ]
    );
    assert!(told.object.steps.iter().all(|step| !step.description.is_empty()));
    assert_eq!(told.problem(), None);
    let there = connector.at_databricks(&uma).unwrap();
    assert_eq!(there["userName"], "uma@contoso.example");
    assert_eq!(there["id"], told.object.target.id.as_str());
    let name = told.object.modified.iter().find(|it| it.name == "userName").unwrap();
    assert_eq!((name.old.as_deref(), name.new.as_deref()), (None, Some("uma@contoso.example")));

    let again = connector.on_demand(Subject::Person(uma)).unwrap();
    assert_eq!((again.result, again.object.is_unchanged(), again.problem()), (Status::Skipped, true, None));
    assert_eq!(connector.0.world.sample(|it| it.writes()), 1);
}

#[test]
fn who_is_not_assigned_is_told_from_who_is_disabled() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let (uma, dieter) = (connector.person("uma"), connector.person("dieter.gone"));
    let told = connector.on_demand(Subject::Person(uma)).unwrap();
    assert!(told.is_not_entitled());
    assert!(told.problem().unwrap().why.starts_with("It is not assigned to the connector"));
    connector.assign(&dieter);
    let told = connector.on_demand(Subject::Person(dieter)).unwrap();
    let known =
        Scoping { active: Some(false), assigned: Some(true), passes: Some(true), entitled: Some(false) };
    assert_eq!((told.result, told.is_not_entitled(), told.object.scoping()), (Status::Skipped, false, known));
    assert!(told.problem().unwrap().why.starts_with("The account is disabled"));
    assert_eq!(connector.0.world.sample(|it| it.writes()), 0);
}

#[test]
fn a_fresh_assignment_is_waited_for_and_a_missing_one_is_told() {
    let slow = Options { replication: Duration::from_secs(20), people: 12, groups: 3, ..Options::default() };
    let connector = Connector::ready(slow, ENDING);
    let uma = connector.person("uma");
    connector.assign(&uma);
    let told = connector.assigned_on_demand(&uma).unwrap();
    assert_eq!((told.result, told.object.action), (Status::Success, Action::Create));
    assert!(connector.0.env.asked() > 1, "nothing was waited for");

    let ada = connector.person("ada");
    let before = connector.0.world.elapsed();
    let told = connector.assigned_on_demand(&ada).unwrap();
    assert!(told.is_not_entitled());
    let waited = connector.0.world.elapsed() - before;
    assert!(waited > BUDGET - Duration::from_secs(30) && waited < BUDGET * 2, "{waited:?}");
    assert!(connector.at_databricks(&ada).is_none());
}

#[test]
fn a_group_brings_a_few_members_along() {
    let connector = Connector::ready(calm(60, 8), ENDING);
    let group = connector.group("All Employees");
    connector.assign(&group);
    let members: Vec<ObjectId> = connector.0.world.sample(|it| {
        let people = it.directory().direct_people(group.as_str()).into_iter();
        let plain = people.filter(|it| it.account_enabled && !it.guest && it.mail.is_some());
        plain.take(3).map(|it| ObjectId(engine::entra::ids::Guid::parse(&it.id).unwrap())).collect()
    });
    let subject = Subject::Group(group.clone(), Members::new(members.clone()).unwrap());
    let told = connector.on_demand(subject).unwrap();
    assert_eq!((told.result, told.object.kind), (Status::Success, Some(Kind::Group)));
    assert_eq!((told.object.source.id.as_str(), told.object.label()), (group.as_str(), "All Employees"));
    let came: Vec<Option<Kind>> = told.others.iter().map(|it| it.kind).collect();
    assert_eq!(came, [Some(Kind::Person); 3]);
    let groups = connector.0.world.sample(|it| it.scim_groups(Level::Account));
    let made = groups.iter().find(|it| it["displayName"] == "All Employees").unwrap();
    assert_eq!(made["members"].as_array().unwrap().len(), 3);
    assert!(members.iter().all(|id| connector.at_databricks(id).is_some()));
}

#[test]
fn more_than_five_in_ten_seconds_wait_their_turn() {
    let limits = Options { replication: Duration::ZERO, people: 12, groups: 3, ..Options::default() };
    let connector = Connector::ready(limits, ENDING);
    let uma = connector.person("uma");
    connector.assign(&uma);
    let rule = connector.rule(Kind::Person);
    let before = (connector.0.env.asked(), connector.0.world.elapsed());
    for _ in 0..12 {
        connector.on_demand_by(&rule, Subject::Person(uma.clone())).unwrap();
    }
    let asked = connector.0.env.asked() - before.0;
    assert!(asked > 12, "never refused");
    assert!(connector.0.world.elapsed() - before.1 >= Duration::from_secs(13));
    assert_eq!(connector.0.world.sample(|it| it.writes()), 1);
}

#[test]
fn failures_come_with_their_remedy() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let uma = connector.person("uma");
    connector.assign(&uma);
    connector.save("dsapi-wrong", false);
    let told = connector.on_demand(Subject::Person(uma.clone())).unwrap();
    assert_eq!(told.result, Status::Failure);
    let problem = told.problem().unwrap();
    assert_eq!(problem.what, format!("The person “{uma}” was not provisioned."));
    assert!(
        problem.why.starts_with("Databricks could not be asked with the saved address and token"),
        "{problem:?}"
    );
    assert!(problem.raw.iter().any(|it| it.name == "reason" && it.value.contains("Unauthorized")));
    // Removed there after it came.
    let token = connector.0.world.facts().account_token;
    connector.save(&token, false);
    connector.on_demand(Subject::Person(uma.clone())).unwrap();
    let id = connector.at_databricks(&uma).unwrap()["id"].as_str().unwrap().to_owned();
    let (facts, now) = (connector.0.world.facts(), connector.0.world.elapsed());
    let path =
        facts.account_scim_url.split_once("/api").map(|(_, rest)| format!("/api{rest}/Users/{id}")).unwrap();
    let request =
        sample::Request::new("DELETE", &path).with_header("authorization", &format!("Bearer {token}"));
    let gone = connector.0.world.sample(|it| {
        it.answer(sample::Service::Databricks, &request, Duration::from_secs(1_767_600_000) + now)
    });
    assert_eq!(gone.status, 204);
    let told = connector.on_demand(Subject::Person(uma)).unwrap();
    assert_eq!((told.result, told.object.code()), (Status::Failure, "InvalidAnchor"));
    assert!(told.problem().unwrap().remedy.contains("reset scope Full"));
}

#[test]
fn a_rule_that_is_gone_is_named() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let end = connector.on_demand_by("another", Subject::Person(connector.person("uma")));
    let Err(error @ OnDemandError::Rule(_)) = end else { panic!("{end:?}") };
    assert!(error.explain().remedy.contains("Read the attribute mappings again"));
}

#[test]
fn an_answer_that_cannot_be_read_is_no_success_and_a_lost_one_is_not_sent_again() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let uma = connector.person("uma");
    connector.assign(&uma);
    let rule = connector.rule(Kind::Person);
    let body = r#"{"key":"Microsoft.Type","value":"<html>"}"#;
    connector.0.env.answer([given(200, None, body)]);
    let end = connector.on_demand_by(&rule, Subject::Person(uma.clone()));
    assert_eq!(end, Err(OnDemandError::Unreadable(body.to_owned())));
    let asked = connector.0.env.asked();
    connector.0.env.answer([no_connection()]);
    let error = connector.on_demand_by(&rule, Subject::Person(uma.clone())).unwrap_err();
    assert_eq!(connector.0.env.asked(), asked + 1);
    assert!(error.explain().why.ends_with("It may have been carried out all the same."), "{error:?}");
    connector.0.env.answer([given(429, Some(("retry-after", "7")), "")]);
    let before = connector.0.world.elapsed();
    assert_eq!(connector.on_demand_by(&rule, Subject::Person(uma)).unwrap().result, Status::Success);
    assert!(connector.0.world.elapsed() - before >= Duration::from_secs(7));
}
