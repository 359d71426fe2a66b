//! A tenant that lives in another cloud, as the sign-in service tells it to who comes back: the clouds to go on with can be chosen.

use engine::http::{parse_query, percent_encode};
use engine::setup::Step;
use engine::sheet::{END, IS};
use engine::worker::action::Action;
use engine::worker::message::{Arrival, Command, Event, Hidden};

use super::desk::shows;
use super::worker::Page;

/// Signing in is refused in these words.
fn refused(page: &Page, words: &str) {
    let command = Command::SignIn { application: page.application(), step: Step::Register, account: None };
    let Event::Leave { address, kept } = page.ask(&command) else { panic!("not let go") };
    let asked = parse_query(address.split_once('?').unwrap().1);
    let (_, state) = asked.iter().find(|(name, _)| name == "state").unwrap();
    let answer = format!("#error=invalid_request&error_description={}&state={state}", percent_encode(words));
    let cloud = page.world.cloud().clone();
    let arrive = Command::Arrive { cloud, answer: Hidden(answer), kept: Some(kept) };
    assert_eq!(page.ask(&arrive), Event::Spent);
    let end = page.ask(&Command::Redeem);
    assert!(matches!(end, Event::Arrived(Arrival::Told { failed: true, .. })), "{end:?}");
}

/// What the step of the registration says, and the clouds that can be chosen there.
fn offered(page: &Page) -> (String, Vec<Action>) {
    let Event::Sheets { above, .. } = shows(page, Step::Register) else { panic!("no sheets") };
    let press = format!("@data-press{IS}");
    let actions = above.0.split(END).filter_map(|stroke| Action::from_text(stroke.strip_prefix(&press)?));
    (above.0.clone(), actions.filter(|it| matches!(it, Action::OtherCloud { .. })).collect())
}

#[test]
fn the_cloud_that_the_service_names_can_be_chosen_after_the_trip() {
    let page = Page::of(12, 3);
    refused(
        &page,
        "AADSTS90038: The specified tenant 'contoso.example' belongs to the National Cloud 'China'. Current cloud instance \
         'microsoftonline.com' does not federate with China.",
    );
    let (text, choices) = offered(&page);
    assert!(text.contains("\"This tenant probably lives in the cloud “China (21Vianet)”"), "{text}");
    let [choice] = choices.as_slice() else { panic!("{choices:?}") };
    let (tenant, client) = (page.application().tenant, page.application().client);
    let chosen = Event::Registered { cloud: "china".to_owned(), tenant, client };
    assert_eq!(page.ask(&Command::Do(choice.to_text())), chosen);
    assert_eq!(offered(&page).1, []);
}

#[test]
fn where_the_service_names_none_each_other_one_can_be_chosen() {
    let page = Page::of(12, 3);
    refused(&page, "AADSTS90002: Tenant not found.");
    let (text, choices) = offered(&page);
    assert!(text.contains("\"This tenant probably lives in another cloud"), "{text}");
    let ids: Vec<&str> = choices
        .iter()
        .map(|choice| match choice {
            Action::OtherCloud { cloud, .. } => cloud.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["global", "us-gov", "us-dod", "china"]);
    // Another failure is no matter of clouds, and takes the offer away.
    refused(&page, "AADSTS50011: The redirect URI does not match.");
    assert_eq!(offered(&page).1, []);
}
