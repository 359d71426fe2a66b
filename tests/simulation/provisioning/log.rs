//! The provisioning log, filtered, in pages, and where it is refused.

use std::collections::BTreeSet;
use std::time::Duration;

use engine::entra::connector::kind::Kind;
use engine::entra::connector::log::{End, Log, LogError, Query, read};
use engine::entra::connector::trace::{Action, Status, StepKind};
use engine::entra::graph::{Graph, GraphErrorKind};
use engine::entra::ids::ObjectId;
use engine::env::Timestamp;
use engine::problem::Explain as _;
use engine::stop::{Control, Wish};
use sample::{Options, TenantKind};
use serde_json::{Value, json};

use super::super::browser::Browser;
use super::super::scripted::given;
use super::{Connector, calm, signed_in};

const ENDING: &str = "/auditLogs/provisioning";

#[derive(Clone, Default)]
struct Asked {
    of: Option<ObjectId>,
    action: Option<Action>,
    status: Option<Status>,
    since: Option<Timestamp>,
}

impl Connector {
    fn log(&self, asked: Asked, limit: usize) -> Result<Log, LogError> {
        self.run(async move |graph, me| {
            let Asked { of, action, status, since } = asked;
            let query = Query { of: of.as_ref(), action, status, since, ..Query::of(me.place().1) };
            read(graph, &Control::default(), &query, limit).await
        })
    }

    /// What happened to whom, the newest first.
    fn story(&self, asked: Asked) -> Vec<(Action, Option<Status>, String)> {
        let log = self.log(asked, 1_000).unwrap();
        assert_eq!(log.end, End::Whole);
        log.entries.into_iter().map(|it| (it.trace.action, it.trace.status, it.trace.source.name)).collect()
    }
}

#[test]
fn entries_tell_what_happened_and_are_found_by_it() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let (uma, dieter) = (connector.person("uma"), connector.person("dieter.gone"));
    connector.assign(&uma);
    connector.assign(&dieter);
    connector.cycle(2);
    connector.0.world.sample(|it| it.directory_mut().set_enabled(uma.as_str(), false));
    connector.pass(41);
    let one = |action, status, name: &str| (action, Some(status), format!("{name}@contoso.example"));
    let disabled = one(Action::Disable, Status::Success, "uma");
    let created = one(Action::Create, Status::Success, "uma");
    let skipped = one(Action::Other, Status::Skipped, "dieter.gone");
    let all = connector.story(Asked::default());
    assert_eq!((all.len(), all.first()), (3, Some(&disabled)));
    let of = |of: &ObjectId| connector.story(Asked { of: Some(of.clone()), ..Asked::default() });
    assert_eq!(of(&uma), [disabled.clone(), created.clone()]);
    assert_eq!(of(&dieter), std::slice::from_ref(&skipped));
    assert_eq!(connector.story(Asked { action: Some(Action::Create), ..Asked::default() }), [created]);
    assert_eq!(connector.story(Asked { status: Some(Status::Skipped), ..Asked::default() }), [skipped]);
    let entries = connector.log(Asked { of: Some(uma.clone()), ..Asked::default() }, 9).unwrap().entries;
    let newest = entries[0].at;
    assert!(newest > entries[1].at);
    assert_eq!(connector.story(Asked { since: newest, ..Asked::default() }), [disabled]);
    let first = &entries[1].trace;
    let kinds: Vec<StepKind> = first.steps.iter().map(|step| step.kind).collect();
    assert_eq!(
        kinds,
        [StepKind::Import, StepKind::Scoping, StepKind::Matching, StepKind::Processing, StepKind::Export]
    );
    assert_eq!((first.kind, first.target.id.is_empty(), first.problem()), (Some(Kind::Person), false, None));
    assert!(first.modified.iter().any(|it| it.name == "userName" && it.new.is_some()));
    assert_ne!(
        (entries[0].cycle.as_str(), entries[0].id.as_str()),
        (entries[1].cycle.as_str(), entries[1].id.as_str())
    );
}

#[test]
fn it_is_read_page_by_page_up_to_a_limit() {
    let connector = Connector::ready(calm(700, 3), ENDING);
    let token = connector.0.world.facts().account_token;
    connector.save(&token, true);
    connector.cycle(38);
    let before = (connector.0.env.asked(), connector.0.world.elapsed());
    let log = connector.log(Asked::default(), 600).unwrap();
    assert_eq!((log.entries.len(), &log.end), (600, &End::More));
    assert_eq!(connector.0.env.asked() - before.0, 2);
    assert!(connector.0.world.elapsed() - before.1 >= Duration::from_secs(2), "not paced");
    let log = connector.log(Asked::default(), 5_000).unwrap();
    assert_eq!(log.end, End::Whole);
    assert!(log.entries.len() > 650, "{}", log.entries.len());
    let ids: BTreeSet<&str> = log.entries.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), log.entries.len());
    assert!(log.entries.is_sorted_by(|a, b| a.at >= b.at));
    let few = connector.log(Asked::default(), 3).unwrap();
    assert_eq!((few.end, &few.entries[..]), (End::More, &log.entries[..3]));
}

#[test]
fn more_than_five_questions_in_ten_seconds_wait_their_turn() {
    let limits = Options { replication: Duration::ZERO, people: 12, groups: 3, ..Options::default() };
    let connector = Connector::ready(limits, ENDING);
    for _ in 0..9 {
        assert_eq!(connector.log(Asked::default(), 10).unwrap().end, End::Whole);
    }
    assert!(connector.0.env.asked() > 9, "never refused");
}

fn page(ids: &[&str], next: Option<&str>) -> String {
    let entry = |id: &&str| json!({ "id": id, "jobId": "j", "provisioningAction": "create" });
    let mut page = json!({ "value": ids.iter().map(entry).collect::<Vec<Value>>() });
    if let Some(next) = next {
        page["@odata.nextLink"] = json!(next);
    }
    page.to_string()
}

#[test]
fn what_was_read_stays_when_a_later_page_breaks_off() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let next = format!("{}/v1.0/auditLogs/provisioning?$skiptoken=2", connector.0.world.cloud().graph);
    let ids = |log: &Log| log.entries.iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    // An entry that came twice, as later ones were pushed on.
    connector.0.env.answer([
        given(200, None, &page(&["a", "b"], Some(&next))),
        given(200, None, &page(&["b", "c"], None)),
    ]);
    let log = connector.log(Asked::default(), 10).unwrap();
    assert_eq!((ids(&log), log.end), (vec!["a".into(), "b".into(), "c".into()], End::Whole));

    connector.0.env.answer([given(200, None, &page(&["a"], Some(&next))), given(400, None, "{}")]);
    let log = connector.log(Asked::default(), 10).unwrap();
    assert_eq!(ids(&log), ["a"]);
    let End::Broken(LogError::Graph(error)) = log.end else { panic!("{:?}", log.end) };
    assert_eq!(error.status(), Some(400));

    let before = connector.0.env.asked();
    connector.0.env.answer([given(
        200,
        None,
        &page(&["a"], Some("https://elsewhere.example/v1.0/auditLogs/provisioning")),
    )]);
    let log = connector.log(Asked::default(), 10).unwrap();
    let End::Broken(LogError::Graph(error)) = log.end else { panic!("{:?}", log.end) };
    assert_eq!((error.kind, connector.0.env.asked() - before), (GraphErrorKind::ForeignLink, 1));
}

#[test]
fn without_a_licence_it_says_so_and_without_a_role_graph_does() {
    let free = Options { kinds: vec![TenantKind::NoPremium], ..calm(12, 3) };
    let connector = Connector::ready(free, ENDING);
    let error = connector.log(Asked::default(), 10).unwrap_err();
    assert!(matches!(error, LogError::NoPremium(_)));
    assert!(error.explain().why.contains("Entra ID P1 or P2"));

    let connector = Connector::ready(calm(12, 3), ENDING);
    let world = connector.0.world.clone();
    let nora = signed_in(&world, "nora@contoso.example");
    let inner = world.clone();
    let end = world.run(async move {
        let browser = Browser(inner.clone());
        let graph = Graph::new(&browser, inner.cloud(), &nora);
        read(&graph, &Control::default(), &Query::of("j"), 10).await
    });
    let Err(LogError::Graph(error)) = end else { panic!("{end:?}") };
    assert_eq!(error.status(), Some(403));
}

#[test]
fn reading_can_be_stopped() {
    let connector = Connector::ready(calm(12, 3), ENDING);
    let end = connector.run(async |graph, me| {
        let control = Control::default();
        control.set(Wish::Stop);
        read(graph, &control, &Query::of(me.place().1), 10).await
    });
    assert_eq!(end, Err(LogError::Stopped));
    assert_eq!(connector.0.env.asked(), 0);
}
