//! The address, the title and the focus.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::js_sys::Reflect;
use web_sys::{Document, Event, HtmlElement, PageTransitionEvent, Window};

/// Where boot.mjs leaves the sign-in answer that it took out of the address.
const ANSWER: &str = "scimSetupAnswer";

/// The window. There is always one: the page runs nowhere else.
pub(crate) fn window() -> Window {
    leptos::prelude::window()
}

/// The document.
pub(crate) fn document() -> Document {
    leptos::prelude::document()
}

/// The page's own address without query, fragment and file name: the redirect URI.
pub(crate) fn base() -> String {
    window().location().href().map(|href| base_of(&href)).unwrap_or_default()
}

/// An address up to the last slash of its path.
fn base_of(href: &str) -> String {
    let address = href.split(['?', '#']).next().unwrap_or_default();
    address.rsplit_once('/').map_or_else(|| address.to_owned(), |(folder, _)| format!("{folder}/"))
}

/// The step that the address names: what follows `#/`.
pub(crate) fn route() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix("#/").unwrap_or_default().to_owned()
}

/// Names a step in the address, with an entry in the history.
pub(crate) fn go(id: &str) {
    let _ = window().location().set_hash(&format!("/{id}"));
}

/// Names a step in the address in place of the present entry.
pub(crate) fn replace(id: &str) {
    if let Ok(history) = window().history() {
        let address = format!("{}#/{id}", base());
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Leaves the page for the sign-in service.
pub(crate) fn leave(address: &str) {
    let _ = window().location().assign(address);
}

/// Loads the page anew, at its first step.
pub(crate) fn begin_anew() {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&base()));
    }
    reload();
}

/// Loads the page anew.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// The answer of the sign-in service, as it stood in the address (with its `#` or `?`). It can be taken once.
pub(crate) fn take_answer() -> Option<String> {
    let window = window();
    let answer = Reflect::get(&window, &ANSWER.into()).ok()?.as_string();
    let _ = Reflect::delete_property(&window, &ANSWER.into());
    answer.filter(|answer| !answer.is_empty())
}

/// Calls back with the new route whenever the address changes, until the page ends.
pub(crate) fn on_route(call: impl Fn(String) + 'static) {
    listen("hashchange", move |_| call(route()));
}

/// Calls back when the browser shows the page again as it was left (Back from the sign-in page).
pub(crate) fn on_return(call: impl Fn() + 'static) {
    listen("pageshow", move |event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            call();
        }
    });
}

/// The page lives as long as its window: such a listener is never taken away.
pub(super) fn listen(event: &str, call: impl Fn(Event) + 'static) {
    let call = Closure::<dyn Fn(Event)>::new(call);
    let _ = window().add_event_listener_with_callback(event, call.as_ref().unchecked_ref());
    call.forget();
}

/// Sets the document's title.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// What the title begins with while something entered is wrong.
const ERROR: &str = "Error: ";

/// Says in the title that something entered is wrong, or takes that back.
pub(crate) fn mark_title(wrong: bool) {
    let title = document().title();
    let plain = title.strip_prefix(ERROR).unwrap_or(&title);
    if wrong {
        let mut marked = ERROR.to_owned();
        marked.push_str(plain);
        set_title(&marked);
    } else if plain.len() < title.len() {
        set_title(plain);
    }
}

/// Moves the focus to the element with that id, if it is there.
pub(crate) fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.as_ref().and_then(|element| element.dyn_ref::<HtmlElement>()) {
        let _ = element.focus();
    }
}

/// Moves the focus to the element with that id once what is being drawn is drawn.
pub(crate) fn focus_soon(id: &'static str) {
    leptos::prelude::request_animation_frame(move || focus(id));
}

/// Once what is being drawn is drawn: when what had the focus is gone, the element with that id takes it.
pub(crate) fn keep_focus(id: &'static str) {
    leptos::prelude::request_animation_frame(move || {
        let document = document();
        let active = document.active_element();
        let body = document.body();
        if active.is_none() || active.as_deref() == body.as_deref().map(AsRef::as_ref) {
            focus(id);
        }
    });
}

/// Scrolls to the top.
pub(crate) fn to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Asks before the page is left, while there is something to lose.
pub(crate) fn warn_before_leaving(busy: impl Fn() -> bool + 'static) {
    listen("beforeunload", move |event| {
        if busy() {
            event.prevent_default();
        }
    });
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_base_is_the_folder_of_the_page() {
        assert_eq!(base_of("http://localhost:8080/"), "http://localhost:8080/");
        assert_eq!(base_of("http://localhost:8080/index.html?x=/y#/consent"), "http://localhost:8080/");
        assert_eq!(base_of("https://contoso.example/a/b/#/start"), "https://contoso.example/a/b/");
        assert_eq!(base_of("https://contoso.example/a/b?admin_consent=True"), "https://contoso.example/a/");
    }

    #[wasm_bindgen_test]
    fn the_answer_of_the_sign_in_service_can_be_taken_once() {
        Reflect::set(&window(), &ANSWER.into(), &"#code=c&state=s".into()).unwrap();
        assert_eq!(take_answer().as_deref(), Some("#code=c&state=s"));
        assert_eq!(take_answer(), None);
        assert!(!Reflect::has(&window(), &ANSWER.into()).unwrap());
    }

    #[wasm_bindgen_test]
    fn a_route_replaces_the_query_too() {
        let history = window().history().unwrap();
        let before = window().location().href().unwrap();
        history.replace_state_with_url(&JsValue::NULL, "", Some("?admin_consent=True&state=s")).unwrap();
        replace("consent");
        assert_eq!(route(), "consent");
        assert_eq!(window().location().search().unwrap(), "");
        assert!(!base().contains(['?', '#']));
        history.replace_state_with_url(&JsValue::NULL, "", Some(&before)).unwrap();
    }

    #[wasm_bindgen_test]
    fn the_title_says_that_something_is_wrong_and_takes_it_back() {
        set_title("Step 4 of 9: Databricks workspace – SCIM Setup");
        mark_title(true);
        mark_title(true);
        assert_eq!(document().title(), "Error: Step 4 of 9: Databricks workspace – SCIM Setup");
        mark_title(false);
        assert_eq!(document().title(), "Step 4 of 9: Databricks workspace – SCIM Setup");
    }
}
