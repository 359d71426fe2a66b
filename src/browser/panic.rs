//! What is shown when the page itself fails.

use engine::panic::describe;

use super::navigation::{document, reload, window};
use super::worker;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, HtmlElement};

/// Shows a readable page in place of a dead one from now on.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| draw(&describe(info))));
}

const WHAT: &str = "A fault in this page stopped it. Your sign-in and the Databricks token are gone from memory; \
    what you chose is kept in this tab.";
const WRITES: &str = "If changes were being applied, some of them may be in Databricks already. Nothing is done twice: \
    make a new plan, and it holds only what is still missing.";

/// Shows that the page stopped, with the words to report.
pub(crate) fn draw(message: &str) {
    worker::end();
    let _ = try_draw(message);
}

fn try_draw(message: &str) -> Result<(), JsValue> {
    let document = document();
    // Tells boot.mjs that there is a page to read already.
    document.document_element().map(|root| root.set_attribute("data-stopped", "")).transpose()?;
    document.set_title("The page stopped – SCIM Setup");
    let Some(body) = document.body() else { return Ok(()) };
    body.set_text_content(None);
    let main = add(&body, "main", "")?;
    main.set_class_name("stopped");
    main.set_id("main");
    let heading = add(&main, "h1", "The page stopped")?;
    heading.set_attribute("tabindex", "-1")?;
    add(&main, "p", WHAT)?;
    add(&main, "p", WRITES)?;
    add(&main, "p", "When you report this, add these words:")?;
    add(&main, "pre", message)?;
    let button = add(&main, "button", "Reload")?;
    button.set_class_name("button primary");
    button.set_attribute("type", "button")?;
    let click = Closure::<dyn Fn()>::new(reload);
    button.add_event_listener_with_callback("click", click.as_ref().unchecked_ref())?;
    click.forget();
    if let Some(heading) = heading.dyn_ref::<HtmlElement>() {
        heading.focus()?;
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
    Ok(())
}

fn add(parent: &Element, name: &str, text: &str) -> Result<Element, JsValue> {
    let child = parent.owner_document().unwrap_or_else(document).create_element(name)?;
    if !text.is_empty() {
        child.set_text_content(Some(text));
    }
    parent.append_child(&child)?;
    Ok(child)
}
