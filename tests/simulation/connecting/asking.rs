//! What is asked once more is done where exactly that was asked right before, and shown.

use super::looking_after::healthy;
use super::*;

#[test]
fn what_was_not_asked_right_before_is_not_done() {
    const REFUSED: &str = "Nothing was done.\nWhat was pressed is not what was asked last.\n";
    let wizard = healthy();
    let before = wizard.effects();
    let job = wizard.facts().job.unwrap();
    for risky in [Risky::Pause, Risky::Reset, Risky::RemoveJob(job), Risky::Remove] {
        wizard.does(OfConnector::Sure(risky.clone()));
        assert!(wizard.shown().text().contains(REFUSED), "{risky:?}: {}", wizard.shown().text());
    }
    // Something else was asked; with that its question has its answer.
    wizard.presses("Pause provisioning…");
    let pause = wizard.button("Pause it");
    for command in [Command::Do(Action::Connector(OfConnector::Sure(Risky::Remove)).to_text()), pause.clone()]
    {
        wizard.ask(command);
        assert!(wizard.shown().text().contains(REFUSED), "{}", wizard.shown().text());
    }
    assert_eq!(wizard.effects(), before);
    wizard.presses("Pause provisioning…");
    wizard.ask(pause.clone());
    assert_eq!(wizard.effects().len(), before.len() + 1);
    // Pressed twice it is done once.
    wizard.ask(pause);
    assert!(wizard.shown().text().contains(REFUSED), "{}", wizard.shown().text());
    assert_eq!(wizard.effects().len(), before.len() + 1);
}

#[test]
fn only_what_is_listed_is_taken_away() {
    let wizard = healthy();
    wizard.reviews(wizard.scope(&["All Employees"], &["uma"]), &MAIL);
    wizard.presses("Write these changes");
    wizard.reviews(wizard.scope(&["All Employees"], &[]), &MAIL);
    wizard.presses("Take these assignments away…");
    let Command::Do(text) = wizard.button("Take them away") else { panic!("no action") };
    let Some(Action::Connector(OfConnector::Sure(Risky::TakeAway(mut ids)))) = Action::from_text(&text)
    else {
        panic!("{text}")
    };
    let before = wizard.effects();
    ids.push("another".to_owned());
    wizard.insists(&Risky::TakeAway(ids));
    let text = wizard.shown().text();
    let why = "What would be taken away is not what is shown any more.";
    assert!(text.contains(&format!("Nothing was taken away.\n{why}\n")), "{text}");
    assert_eq!(wizard.effects(), before);
}

#[test]
fn somebody_else_is_no_second_press_for_the_first() {
    let wizard = healthy();
    let uma = [("on-demand-who", "uma@contoso.example")];
    let world = wizard.world().clone();
    let first = wizard.fills_now("on-demand", &uma);
    let (again, other) = (
        wizard.fills_now("on-demand", &uma),
        wizard.fills_now("on-demand", &[("on-demand-who", "ada@contoso.example")]),
    );
    let others = async move {
        world.sleep(Duration::from_millis(100)).await;
        (again.await, other.await)
    };
    let (_, (again, other)) = wizard.world().run(join(first, others));
    assert_eq!(again, Event::Superseded);
    let Event::Failed(problem) = other else { panic!("{other:?}") };
    assert_eq!(problem.what, "Not now");
}
