//! Owners: read, shown before anything is decided, and added to both objects of an application.

use std::rc::Rc;

use engine::entra::ids::{Guid, ObjectId};
use engine::entra::registration::{Made, NewOwner, Owners, Repair, add_owner, owners};
use engine::entra::replication::Gone;
use engine::setup::Step;
use engine::worker::action::Action;
use engine::worker::message::Command;

use super::desk::{said, shows, signs_in_to_manage};
use super::visit::{Visit, moment, options};
use super::worker::Page;

const GRACE: &str = "grace@contoso.example";

/// What owns, and what is owned: the application for unattended runs is to own itself, as it will own a connector.
fn both(made: &Made) -> (ObjectId, ObjectId) {
    (made.application.object_id(), made.principal.object_id())
}

fn owned(visit: &Visit, made: &Made) -> Owners {
    let (application, principal) = both(made);
    visit.look(move |graph| {
        let (application, principal) = (application.clone(), principal.clone());
        Box::pin(async move { owners(graph, &application, Some(&principal)).await })
    })
}

fn adds(
    visit: &Visit,
    made: &Made,
    owner: &ObjectId,
    patience: Option<std::time::Duration>,
) -> Option<Result<(), Gone>> {
    let ((application, principal), owner) = (both(made), owner.clone());
    visit.run(patience, move |graph, control| {
        Box::pin(
            async move { add_owner(graph, control, &|_| (), &application, Some(&principal), &owner).await },
        )
    })
}

#[test]
fn an_owner_is_added_to_both_whatever_is_lost_on_the_way() {
    for seed in 0..300 {
        let mut visit = Visit::of(options(seed), GRACE);
        visit.stops = seed % 2 == 1;
        let made =
            (0..12).find_map(|_| visit.make(None)?.ok()).unwrap_or_else(|| panic!("seed {seed}: never made"));
        let (_, owner) = both(&made);
        let mut rounds = (0..3).map(|round| Some(moment(seed, round))).chain([None; 12]);
        assert!(
            rounds.any(|patience| adds(&visit, &made, &owner, patience) == Some(Ok(()))),
            "seed {seed}: never added"
        );
        let found = owned(&visit, &made);
        for (what, list) in [("registration", &found.application), ("service principal", &found.principal)] {
            let times = list.iter().filter(|it| it.id == owner).count();
            assert_eq!(times, 1, "seed {seed}: {what}: {list:?}");
        }
        // Once more it changes nothing.
        let again = (0..12).find_map(|_| adds(&visit, &made, &owner, None).filter(Result::is_ok));
        assert_eq!(again, Some(Ok(())), "seed {seed}");
        assert_eq!(owned(&visit, &made), found, "seed {seed}");
    }
}

#[test]
fn an_owner_that_does_not_exist_is_not_waited_for_without_end() {
    let visit = Visit::of(options(0), GRACE);
    let made = visit.make(None).unwrap().unwrap();
    let nobody = ObjectId(Guid::parse("00000000-0000-0000-0000-00000000000d").unwrap());
    let before = visit.world.elapsed();
    let end = adds(&visit, &made, &nobody, None).unwrap();
    assert!(matches!(end, Err(Gone::TimeUp(Some(_)))), "{end:?}");
    assert!((visit.world.elapsed() - before).as_secs() <= 200);
}

#[test]
fn owners_are_shown_before_anything_is_decided() {
    let page = Rc::new(Page::of(12, 3));
    signs_in_to_manage(&page);
    shows(&page, Step::Register);
    let (text, _) = said(&page.ask(&Command::Do(Action::Look.to_text())));
    assert!(
        text.contains("\"Owners of the registration: none. Owners of its service principal: none."),
        "{text}"
    );
    let make = |name: &str| {
        let roles = vec!["User.Read.All".to_owned()];
        Command::Do(Action::Make { name: name.to_owned(), roles, adopt: None }.to_text())
    };
    assert!(said(&page.ask(&make("Nightly"))).0.contains("\"Made, and read back"));
    // Another one is ordered: the first one is there, and whose it is decides whether it may be used.
    let order = [("unattended-name", "Nightly"), ("role-User.Read.All", "on")];
    let values = order.map(|(id, value)| (id.to_owned(), value.to_owned())).to_vec();
    page.ask(&Command::Fill { form: "unattended".to_owned(), values });
    let (text, _) = said(&page.ask(&make("Nightly")));
    assert!(text.contains("\"There is one already"), "{text}");
    assert_eq!(text.matches("\"grace@contoso.example (you)").count(), 2, "{text}");
}

/// The button that makes somebody an owner.
fn make_owner(id: &str, name: &str) -> Command {
    let id = ObjectId(Guid::parse(id).unwrap());
    let new = NewOwner { id, name: name.to_owned(), both: true };
    Command::Do(Action::Mend(vec![Repair::Owner(new)]).to_text())
}

#[test]
fn whoever_is_signed_in_becomes_an_owner_once_they_pick_it_and_nobody_else_does() {
    const BUTTON: &str = "\"Make me an owner";
    let page = Page::of(12, 3);
    signs_in_to_manage(&page);
    shows(&page, Step::Register);
    let (text, _) = said(&page.ask(&Command::Do(Action::Look.to_text())));
    let offer = "\"Make grace@contoso.example an owner of the registration and of its service principal. An owner can mend it";
    assert!(text.contains(BUTTON) && text.contains(offer), "{text}");

    // As the button holds it.
    let (_, held) = text.split_once(r#"{"Owner":{"id":""#).unwrap();
    let grace = held.split('"').next().unwrap();
    let before = page.world.effects().len();
    let somebody = "00000000-0000-0000-0000-00000000000d";
    let (text, _) = said(&page.ask(&make_owner(somebody, "uma@contoso.example")));
    assert!(text.contains(BUTTON), "{text}");
    assert_eq!(page.world.effects().len(), before, "somebody else was made an owner");

    let (text, _) = said(&page.ask(&make_owner(grace, GRACE)));
    let owned = "\"Owners of the registration: grace@contoso.example. Owners of its service principal: grace@contoso.example.";
    assert!(text.contains(owned) && !text.contains(BUTTON), "{text}");
    // What is to be mended is neither done nor gone.
    assert!(text.contains("\"Mark the registration with this wizard's tag."), "{text}");
    let made = |page: &Page| {
        page.world
            .effects()
            .iter()
            .skip(before)
            .map(|it| it.path.rsplit('/').next().unwrap().to_owned())
            .collect()
    };
    let paths: Vec<String> = made(&page);
    assert_eq!(paths, ["$ref", "$ref"]);
    // Pressed again, from a tab that still shows it: nothing comes of it.
    let (text, _) = said(&page.ask(&make_owner(grace, GRACE)));
    assert!(text.contains(owned), "{text}");
    assert_eq!(made(&page), paths);
}
