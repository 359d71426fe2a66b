//! A job on its way through everything that can become of it, as the board tells it.

use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::assignment::{assign, assignments, take_away};
use engine::entra::connector::estimate::Estimate;
use engine::entra::connector::guard::examine;
use engine::entra::connector::health::{End, Health, Reason, State, WayOut, health};
use engine::entra::connector::history::History;
use engine::entra::connector::poll;
use engine::entra::ids::ObjectId;
use engine::env::Env as _;
use engine::http::Method;
use engine::setup::{Picked, Scope};
use sample::{Level, Options};
use serde_json::{Value, json};

use super::enterprise::{Visit, id};

const MINUTE: Duration = Duration::from_secs(60);

struct Board {
    visit: Visit,
    job: String,
    token: String,
}

impl Board {
    /// A job that is ready to be started.
    fn ready(more: &[(&str, &str)]) -> Self {
        let board = Self::made();
        board.visit.save(&board.token, more);
        board.visit.pass(MINUTE);
        board
    }

    fn made() -> Self {
        let options = Options { people: 60, groups: 8, ..Options::default() };
        let visit = Visit::of(options, "/nothing");
        let job = visit.make_job();
        visit.pass(MINUTE);
        let token = visit.world.sample(|sample| sample.make_token(Level::Account));
        Self { visit, job, token }
    }

    fn assign(&self, wanted: Vec<ObjectId>) {
        let enterprise = Rc::clone(&self.visit.enterprise);
        let end = self.visit.run(move |graph, control| {
            Box::pin(async move { assign(graph, control, &|_| (), &enterprise, &wanted).await.unwrap() })
        });
        assert_eq!((end.late.len(), end.refused.len()), (0, 0));
        self.visit.pass(MINUTE);
    }

    fn take_all_away(&self) {
        let enterprise = Rc::clone(&self.visit.enterprise);
        let end = self.visit.run(move |graph, control| {
            Box::pin(async move {
                let all = assignments(graph, &enterprise).await.items;
                let ids: Vec<String> = all.into_iter().map(|it| it.id).collect();
                take_away(graph, control, &|_| (), &enterprise, &ids).await.unwrap()
            })
        });
        assert_eq!((end.late.len(), end.refused.len()), (0, 0));
    }

    fn people(&self, from: usize, count: usize) -> Vec<ObjectId> {
        self.visit.world.sample(|sample| {
            // Databricks refuses people whose mail address is not their name there.
            let fine = |it: &&sample::Person| {
                it.account_enabled && it.mail.as_deref() == Some(it.user_principal_name.as_str())
            };
            let people = sample.directory().people().iter().filter(fine);
            people.skip(from).take(count).map(|it| id(&it.id)).collect()
        })
    }

    fn act(&self, action: &str, body: Option<Value>) {
        self.visit.sync(Method::Post, &format!("jobs/{}/{action}", self.job), body);
    }

    fn look(&self) -> Health {
        health(&self.visit.job(&self.job), self.visit.world.wall())
    }

    fn pass(&self, minutes: u32) -> Health {
        self.visit.pass(MINUTE * minutes);
        self.look()
    }
}

#[test]
fn from_nothing_to_a_healthy_job() {
    let board = Board::made();
    assert_eq!(board.look().state, State::NotConfigured);
    board.visit.save(&board.token, &[]);
    board.visit.pass(MINUTE);
    assert_eq!(board.look().state, State::NotStarted);
    board.assign(board.people(0, 30));
    board.act("start", None);
    let first = board.look();
    let State::FirstCycle { again: false, progress: Some(progress), .. } = first.state else {
        panic!("{:?}", first.state)
    };
    assert_eq!((progress.done, progress.of, first.last), (0, 2, None));
    let healthy = board.pass(3);
    let State::Healthy { last: Some(last), next: Some(next) } = healthy.state else {
        panic!("{:?}", healthy.state)
    };
    let cycle = healthy.last.unwrap();
    assert_eq!((cycle.end, cycle.entitled, cycle.exported, cycle.escrowed), (End::Succeeded, 30, 30, 0));
    assert_eq!(cycle.ended, Some(last));
    assert_eq!(next.since(cycle.began.unwrap()), MINUTE * 40);
    assert_eq!((healthy.counts[0].key.as_str(), healthy.counts[0].value), ("user to User", 30));
    // The next one begins when it is expected.
    let now = board.visit.world.wall();
    board.visit.pass(next.since(now) + MINUTE);
    assert_eq!(board.look().last.unwrap().began, Some(next));
}

#[test]
fn the_first_cycle_takes_as_long_as_was_said() {
    let board = Board::ready(&[]);
    let group = board.visit.group("All Employees");
    let scope = Scope::Chosen {
        groups: vec![Picked { id: group.clone(), name: "All Employees".to_owned() }],
        people: Vec::new(),
    };
    let examined = board.visit.run(move |graph, control| {
        Box::pin(async move { examine(graph, control, &|_| (), &scope, None).await.unwrap() })
    });
    let estimate = Estimate::of(&examined.totals);
    board.assign(vec![group]);
    board.act("start", None);
    let end = board.pass(10);
    // Who fails was flagged before: the mail address is another one than the name. All others came.
    let State::HealthyWithFailures { escrowed, .. } = end.state else { panic!("{:?}", end.state) };
    assert_eq!(usize::try_from(escrowed), Ok(examined.people.other_mail.count));
    assert!(escrowed > 0);
    assert_eq!(end.headline, "Running, with failures");
    let cycle = end.last.unwrap();
    let took = cycle.ended.unwrap().since(cycle.began.unwrap());
    assert!(estimate.least <= took && took <= estimate.most, "{took:?} is not within {estimate:?}");
}

#[test]
fn looks_become_rarer_and_miss_nothing() {
    let board = Board::ready(&[]);
    board.assign(board.people(0, 35));
    board.act("start", None);
    let (started, mut looks, mut history) = (board.visit.world.elapsed(), 0, History::default());
    loop {
        let since = board.visit.world.elapsed() - started;
        if since > MINUTE * 130 {
            break;
        }
        let job = board.visit.job(&board.job);
        history.note(&job);
        looks += 1;
        board.visit.pass(poll::wait(Some(since), &health(&job, board.visit.world.wall()).state));
    }
    // Twelve in the first minute, some until it is healthy, then one a minute.
    assert!((130..160).contains(&looks), "{looks}");
    let exported: Vec<u64> = history.cycles().iter().map(|it| it.exported).collect();
    assert_eq!(exported, [35, 0, 0, 0]);
}

#[test]
fn a_stopped_job_is_stopped_and_goes_on() {
    let board = Board::ready(&[]);
    board.assign(board.people(0, 5));
    board.act("start", None);
    board.pass(2);
    board.act("pause", None);
    assert_eq!(board.look().state, State::Paused);
    board.act("start", None);
    assert!(matches!(board.pass(1).state, State::Healthy { .. }));
    board.act("restart", Some(json!({ "criteria": {} })));
    let again = board.look().state;
    assert!(matches!(again, State::FirstCycle { again: true, .. }), "{again:?}");
}

#[test]
fn a_token_that_ends_sets_the_job_apart_and_after_weeks_it_is_given_up() {
    let board = Board::ready(&[]);
    board.assign(board.people(0, 5));
    board.act("start", None);
    board.pass(2);
    board.visit.world.sample(|sample| sample.end_token(&board.token));
    board.assign(board.people(5, 1));
    let apart = board.pass(40);
    let State::Quarantined(found) = apart.state else { panic!("{:?}", apart.state) };
    assert_eq!((found.reason.clone(), found.in_a_row), (Reason::Exception, 1));
    assert_eq!(found.reason.ways_out()[0], WayOut::Token);
    let since = found.since.unwrap();
    assert_eq!(found.next.unwrap().since(since), MINUTE * 60 * 6);
    assert_eq!(found.disabled_at.unwrap().since(since), MINUTE * 60 * 24 * 28);
    // A new token and a restart end it.
    let token = board.visit.world.sample(|sample| sample.make_token(Level::Account));
    board.visit.save(&token, &[]);
    board.act("restart", Some(json!({ "criteria": {} })));
    assert!(matches!(board.pass(3).state, State::Healthy { .. }));
    // Nobody cares this time.
    board.visit.world.sample(|sample| sample.end_token(&token));
    board.assign(board.people(6, 1));
    let now = Duration::from_millis(board.visit.world.wall().0);
    board.visit.world.sample(|sample| sample.skip(MINUTE * 60 * 24 * 30, now));
    let end = board.look();
    let State::Disabled { given_up: Some(found) } = end.state else { panic!("{:?}", end.state) };
    assert_eq!(found.reason, Reason::Exception);
    assert_eq!(end.headline, "Given up");
}

#[test]
fn deletions_above_the_threshold_are_held_and_let_go() {
    let threshold = r#"{"Enabled":true,"Recipients":"ada@contoso.example","DeleteThresholdEnabled":true,"DeleteThresholdValue":3}"#;
    let board = Board::ready(&[("SyncNotificationSettings", threshold)]);
    board.assign(board.people(0, 8));
    board.act("start", None);
    assert!(matches!(board.pass(2).state, State::Healthy { .. }));
    board.take_all_away();
    let held = board.pass(45);
    let State::Quarantined(found) = held.state else { panic!("{:?}", held.state) };
    assert_eq!((found.reason.clone(), found.threshold), (Reason::TooManyDeletes, Some(3)));
    assert_eq!(found.reason.ways_out(), [WayOut::AssignAgain, WayOut::Release]);
    assert!(
        held.sentence.starts_with("More than 3 people and groups would be deactivated or deleted"),
        "{}",
        held.sentence
    );
    board.act("restart", Some(json!({ "criteria": { "resetScope": "ForceDeletes, QuarantineState" } })));
    let end = board.pass(3);
    assert!(matches!(end.state, State::Healthy { .. }), "{:?}", end.state);
    assert_eq!(end.last.unwrap().exported, 8);
}
