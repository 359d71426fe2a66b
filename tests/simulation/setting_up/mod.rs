//! The whole set-up of a connector, as the page and the command line do it, against services that fail and lag, by a person who closes
//! the page at any point and keeps nothing but the record: whoever begins again gets to the end, and on the way there is never a second
//! connector, a lost secret, or a start before the test has passed.

mod looked_after;
mod second_life;
mod somebody;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::rc::Rc;
use std::time::Duration;

use engine::entra::connector::assignment::assignments;
use engine::entra::connector::schema::{self, Source};
use engine::entra::connector::set_up::Token;
use engine::entra::connector::{Cause, Credentials, jobs, kept, read, template, validate};
use engine::entra::ids::ObjectId;
use engine::env::Env as _;
use engine::setup::Scope;
use serde_json::Value;

use self::somebody::{End, Somebody};
use super::seeds::each_seed;

/// Seeds of a test run; `SETTING_UP_SEEDS` asks for more.
const SEEDS: u64 = 10_000;
const NAME: &str = "contoso-provisioning";

/// A number from a seed, another one each round.
const fn drawn(seed: u64, round: u64) -> u64 {
    (seed ^ (round << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
}

/// A moment at which a person closes the page, from a seed: early ones more often.
fn moment(seed: u64, round: u64) -> Duration {
    let mixed = drawn(seed, round);
    Duration::from_millis(mixed % (400 << (mixed % 10)))
}

/// Does it again and again, cut off up to four times, until it is done. No two things that are done begin with the same round.
#[track_caller]
fn until_done<E: Debug>(
    somebody: &Somebody,
    round: u64,
    mut attempt: impl FnMut(Option<Duration>) -> Option<Result<(), E>>,
) {
    let mut rounds = (round..round + 4).map(|it| Some(moment(somebody.seed, it))).chain([None; 12]);
    let mut last = None;
    let done = rounds.any(|patience| match attempt(patience) {
        Some(Ok(())) => true,
        Some(Err(error)) => {
            last = Some(error);
            false
        }
        None => false,
    });
    assert!(done, "seed {}: never done: {last:?}", somebody.seed);
}

/// From nothing to a job that runs, cut off up to four times.
fn all_of_it(seed: u64) {
    let somebody = Somebody::of(seed);
    if seed % 8 == 3 {
        refused_at_first(&somebody);
    }
    until_done(&somebody, 0, |patience| {
        let end = somebody.visit(patience);
        somebody.holds();
        somebody.pass(moment(seed, 9) / 2);
        end.map(|end| end.map_err(|End(words, _)| words))
    });
    assert!(somebody.holds(), "seed {seed}: not started");
    as_wanted(&somebody);
    if seed.is_multiple_of(5) || seed.is_multiple_of(11) {
        second_life::changes(&somebody);
    }
    looked_after::something(&somebody);
}

/// Time passes until a cycle has ended.
fn cycle(somebody: &Rc<Somebody>) {
    let now = Duration::from_millis(somebody.world.wall().0);
    somebody.world.sample(|sample| sample.skip(Duration::from_secs(41 * 60), now));
    somebody.pass(Duration::from_secs(60));
}

/// The first token is one that was revoked: nothing comes of it but an application.
fn refused_at_first(somebody: &Rc<Somebody>) {
    let level = somebody.level();
    let old = somebody.world.sample(|sample| {
        let token = sample.make_token(level);
        sample.end_token(&token);
        token
    });
    let good = somebody.pasted.replace(old);
    let refused = (0..12).any(|_| matches!(somebody.visit(None), Some(Err(End(_, Some(Cause::Token))))));
    somebody.pasted.replace(good);
    assert!(refused, "seed {}: not refused", somebody.seed);
    let effects = somebody.world.effects();
    assert!(effects.iter().all(|it| it.path.ends_with("/instantiate")), "{effects:?}");
}

/// Everything is as it was chosen, once, and there is nothing left to write.
fn as_wanted(somebody: &Rc<Somebody>) {
    let seed = somebody.seed;
    somebody.pass(Duration::from_secs(60));
    let before = somebody.world.effects().len();
    let job = somebody.run(None, async move |me, graph, control| {
        let principal = me.record.borrow().id.clone().unwrap();
        let enterprise = read(graph, control, &|_| (), &principal).await.unwrap();
        let entry = if seed.is_multiple_of(5) { "8adf8e6e" } else { "9c9818d2" };
        assert!(enterprise.application_template_id.starts_with(entry), "seed {seed}");
        assert_eq!(enterprise.app_role_assignment_required, Some(false), "seed {seed}");
        for kind in ["applications", "servicePrincipals"] {
            let all =
                graph.pages::<Value>("count", &format!("/{kind}?$select=id,displayName&$top=999")).await;
            let named = all.items.iter().filter(|it| it["displayName"] == NAME).count();
            assert_eq!((named, all.broken), (1, None), "seed {seed}: {kind}");
        }

        let known = kept(graph, &principal).await.unwrap();
        let everybody = *me.scope.borrow() == Scope::All;
        assert!(known.has_token(), "seed {seed}");
        assert_eq!(
            (known.address(), known.everybody()),
            (Some(me.address().as_str()), everybody),
            "seed {seed}"
        );
        let wanted = (!seed.is_multiple_of(3)).then(|| "ops@contoso.example".to_owned());
        let threshold = wanted.is_some().then_some(50);
        assert_eq!(known.notifications(), (wanted, threshold), "seed {seed}");

        let assigned = assignments(graph, &enterprise).await;
        let who: BTreeSet<ObjectId> = assigned.items.iter().map(|it| it.principal.clone()).collect();
        let wanted = me.chosen();
        assert_eq!((assigned.items.len(), who), (wanted.len(), wanted), "seed {seed}: assigned");

        let jobs = jobs(graph, &principal).await.unwrap();
        assert_eq!(jobs.len(), 1, "seed {seed}");
        assert!(jobs[0].schedule.is_active(), "seed {seed}: not started");
        let table = schema::Table::of(&schema::read(graph, &principal, &jobs[0].id).await.unwrap());
        for mapping in [table.people.unwrap(), table.groups.unwrap()] {
            let row = mapping.rows.iter().find(|it| it.target == "externalId").unwrap();
            assert_eq!(row.source, Source::Attribute("objectId".to_owned()), "seed {seed}");
        }

        let again = me.compares(graph, control, &principal, Token::Missing).await.unwrap();
        assert_eq!(again.stops(), [""; 0], "seed {seed}");
        assert!(again.writes.is_empty(), "seed {seed}: something is left: {:?}", again.writes);
        let made_from = template(graph, control, &|_| (), &principal).await.unwrap();
        validate(graph, control, &|_| (), (&principal, &made_from), Credentials::Saved).await.unwrap();
        jobs[0].id.clone()
    });
    assert_eq!(somebody.record.borrow().job, job, "seed {seed}");
    assert_eq!(somebody.proofs.borrow().len(), 1, "seed {seed}: several proofs");
    let later = &somebody.world.effects()[before..];
    assert!(later.iter().all(|it| it.path.ends_with("/validateCredentials")), "seed {seed}: {later:?}");
}

#[test]
fn whoever_begins_again_gets_to_the_end_and_nothing_is_there_twice() {
    each_seed("SETTING_UP_SEEDS", SEEDS, all_of_it);
}
