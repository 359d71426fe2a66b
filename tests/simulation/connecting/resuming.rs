//! Second visits: whoever was cut off anywhere comes back and gets to the end, with the record that was kept or without any.

use std::future::poll_fn;
use std::task::Poll;

use futures::future::{Either, select};

use super::*;

/// Goes the whole way, through forms and buttons, and says as a page would why it cannot go on.
pub(super) async fn all_the_way(
    wizard: Rc<Wizard>,
    token: String,
    threshold: &'static str,
) -> Result<(), String> {
    let facts = wizard.world().facts();
    wizard.shows_now(Step::Workspace).await;
    wizard.does_now(OfConnector::Enter).await;
    wizard.connects_now(&facts.account_scim_url, &token).await;
    // One of this name that is there is taken, as a person would who sees it.
    let complete =
        wizard.shown().buttons.iter().find(|(label, _)| label.ends_with(" contoso-provisioning")).cloned();
    if let Some((_, press)) =
        complete.filter(|_| wizard.facts().id.is_none() && wizard.facts().sent.is_none())
    {
        wizard.asks(Command::Do(press), None).await;
    }
    let filled = wizard.fills_now("connector", &[("connector-name", "contoso-provisioning")]).await;
    goes(&wizard, &filled, Step::Test)?;
    wizard.shows_now(Step::Test).await;
    wizard.does_now(OfConnector::Test).await;
    if wizard.proof(Step::Test).is_none() {
        return Err(wizard.shown().text());
    }
    wizard.known.setup.borrow_mut().scope = Some(wizard.scope(&["All Employees"], &[]));
    wizard.shows_now(Step::Scope).await;
    let values = [("notification-email", "ops@contoso.example"), ("deletion-threshold", threshold)];
    let filled = wizard.fills_now("settings", &values).await;
    goes(&wizard, &filled, Step::Review)?;
    wizard.shows_now(Step::Review).await;
    wizard.does_now(OfConnector::Enter).await;
    let press = wizard
        .shown()
        .buttons
        .iter()
        .find(|(label, _)| ["Start provisioning", "Write these changes"].contains(&label.as_str()))
        .cloned();
    let Some((_, press)) = press else { return Err(wizard.shown().text()) };
    wizard.asks(Command::Do(press), None).await;
    match wizard.proof(Step::Review).as_deref() {
        Some("Written, and read back") => Ok(()),
        _ => Err(wizard.shown().text()),
    }
}

fn goes(wizard: &Wizard, end: &Event, step: Step) -> Result<(), String> {
    if *end == Event::Go(step) { Ok(()) } else { Err(format!("{end:?}\n{}", wizard.shown().text())) }
}

/// The way, cut off when that many requests have been answered by the services: the last answer does not get here any more.
fn cut(wizard: &Rc<Wizard>, after: usize) -> Option<Result<(), String>> {
    let world = wizard.world().clone();
    let until = world.requests() + after;
    let work = Box::pin(all_the_way(Rc::clone(wizard), world.facts().account_token, "50"));
    let looks = world.clone();
    let end = poll_fn(move |_| if looks.requests() >= until { Poll::Ready(()) } else { Poll::Pending });
    world.run(async move {
        // The end is looked for whenever anything goes on.
        match select(end, work).await {
            Either::Left(_) => None,
            Either::Right((end, _)) => Some(end),
        }
    })
}

fn finished(wizard: &Wizard, after: usize, how: &str) {
    let made = |what| wizard.count(what);
    assert_eq!(made("Post instantiate"), 1, "{how}, after {after}");
    assert_eq!(made("Post jobs"), 1, "{how}, after {after}");
    wizard.enters(Step::Review);
    let text = wizard.shown().text();
    assert!(text.contains("There is nothing to write"), "{how}, after {after}: {text}");
}

#[test]
fn a_second_visit_completes_what_the_first_one_left_wherever_that_was_cut_off() {
    let mut after = 1;
    loop {
        // Once with what the page keeps, and once by somebody who has nothing of it.
        for how in ["with the record", "without it"] {
            let first = Rc::new(Wizard::small());
            match cut(&first, after) {
                None => {}
                Some(Ok(())) => {
                    assert!(after > 30, "{after} requests are all");
                    return;
                }
                Some(Err(words)) => panic!("after {after}: {words}"),
            }
            let setup = first.known.setup.borrow().clone();
            let setup = if how == "without it" { Setup::default() } else { setup };
            let second = Wizard::visit(first.world(), setup);
            // Whoever has no record does not know that something is on its way, but comes later.
            second.pass(Duration::from_secs(if how == "without it" { 60 } else { 0 }));
            second.signs_in();
            let second = Rc::new(second);
            let end = cut(&second, usize::MAX / 2).unwrap();
            assert_eq!(end, Ok(()), "{how}, after {after}");
            finished(&second, after, how);
        }
        after += 1;
    }
}
