//! The clipboard.

use wasm_bindgen::JsCast;
use web_sys::js_sys::futures::spawn_local;
use web_sys::{Element, Event};

use super::navigation::{listen, window};

/// From now on whatever carries `data-copy` copies that when it is pressed, and says so in its first words.
pub(crate) fn offer() {
    listen("click", |event| {
        let Some((button, text)) = meant(&event, "data-copy") else { return };
        spawn_local(async move {
            let done = if copy(&text).await { "Copied" } else { "Select and copy by hand" };
            if let Some(words) = button.first_element_child() {
                words.set_text_content(Some(done));
            }
        });
    });
}

/// The element with that attribute that an event is meant for, and the attribute's value.
pub(crate) fn meant(event: &Event, attribute: &str) -> Option<(Element, String)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let element = target.closest(&format!("[{attribute}]")).ok()??;
    let value = element.get_attribute(attribute)?;
    Some((element, value))
}

/// Says whether the browser allowed it.
async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Without a secure context the property is missing, whatever its type says.
    !clipboard.is_undefined() && clipboard.write_text(text).await.is_ok()
}
