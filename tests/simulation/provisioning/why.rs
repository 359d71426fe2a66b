//! Why somebody is (not) there, from what is really read.

use engine::entra::connector::finding::Tone;
use engine::entra::connector::log::{Query, read};
use engine::entra::connector::schema::Table;
use engine::entra::connector::why::{Assignment, Facts, JobState, Scope, There, why};
use engine::entra::connector::wire::Job;
use engine::entra::ids::ObjectId;
use engine::env::Env as _;
use engine::stop::Control;

use super::{Connector, calm};

impl Connector {
    /// What speaks against somebody, then what speaks for them.
    fn answer(&self, id: &ObjectId, assignment: Assignment) -> [Vec<String>; 2] {
        let (id, person) = (id.clone(), self.read(id));
        let there = match self.at_databricks(&id) {
            Some(it) if it["active"] == true => There::Active,
            Some(_) => There::Inactive,
            None => There::Absent,
        };
        self.run(async move |graph, me| {
            let (principal, job) = me.place();
            let schema = engine::entra::connector::schema::read(graph, principal, job).await.unwrap();
            let query = Query { of: Some(&id), ..Query::of(job) };
            let log = read(graph, &Control::default(), &query, 10).await.unwrap();
            let path = format!("/servicePrincipals/{principal}/synchronization/jobs/{job}");
            let job: Job = graph.get("read the job", &path).await.unwrap();
            let found = why(&Facts {
                now: graph.env.wall(),
                person: &person,
                there,
                scope: Scope::Assigned,
                assignment: &assignment,
                schema: Some(&Table::of(&schema)),
                job: &JobState::of(&job),
                log: Some(&log.entries),
                on_demand: None,
                came_at: None,
            });
            let (good, against): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it.tone == Tone::Good);
            [against, good].map(|all| all.into_iter().map(|it| it.what).collect())
        })
    }
}

fn direct(direct: bool) -> Assignment {
    Assignment::Known { direct, groups: Vec::new(), nested: Vec::new() }
}

#[test]
fn somebody_who_is_assigned_comes_with_the_first_cycle() {
    let connector = Connector::ready(calm(12, 3), "/-");
    let uma = connector.person("uma");
    connector.assign(&uma);
    let [against, good] = connector.answer(&uma, direct(true));
    assert_eq!(
        against,
        [
            "Provisioning is switched off: nobody comes, and nobody goes.",
            "The person is not in Databricks.",
            "The provisioning log has nothing about the person."
        ]
    );
    assert_eq!(good, ["The person is assigned directly."]);
    connector.cycle(41);
    let [against, good] = connector.answer(&uma, direct(true));
    assert_eq!(against, Vec::<String>::new());
    assert_eq!(good[0], "The person is in Databricks.");
    assert!(good[3].ends_with("the person was created without an error."), "{good:?}");
}

#[test]
fn somebody_who_is_disabled_or_not_assigned_does_not() {
    let connector = Connector::ready(calm(12, 3), "/-");
    let (uma, dieter) = (connector.person("uma"), connector.person("dieter.gone"));
    connector.assign(&dieter);
    connector.cycle(41);
    let [against, _] = connector.answer(&dieter, direct(true));
    assert_eq!(
        against,
        [
            "The account is disabled in the directory. Disabled people are not provisioned, and those who are there are deactivated.",
            "The person is not in Databricks."
        ]
    );
    let [against, _] = connector.answer(&uma, direct(false));
    assert_eq!(
        against,
        [
            "The person is not assigned to the connector, neither directly nor through a group.",
            "The person is not in Databricks.",
            "The provisioning log has nothing about the person."
        ]
    );
}

#[test]
fn somebody_whose_mail_is_missing_is_told_what_the_mapping_does() {
    let connector = Connector::ready(calm(12, 3), "/-");
    let gina = connector.run(async |graph, _| {
        let all = engine::entra::directory::people(graph).await.items;
        all.iter().find(|it| it.label() == "Gina Fabrikam").unwrap().object_id()
    });
    let nomail = connector.person("nomail.nilsson");
    connector.assign(&gina);
    connector.cycle(41);
    let [against, _] = connector.answer(&gina, direct(true));
    assert_eq!(
        against,
        [
            "The person is a guest from another tenant: the user name in Databricks becomes gina@fabrikam.example."
        ]
    );
    let there = connector.at_databricks(&gina).unwrap();
    assert_eq!(there["userName"], "gina@fabrikam.example");
    let [against, _] = connector.answer(&nomail, direct(false));
    assert!(
        against.contains(
            &"The user name becomes nomail.nilsson@contoso.example, and no mail address comes with it."
                .to_owned()
        ),
        "{against:?}"
    );
}
