//! What a step says, drawn from the strokes that the engine gives. Drawn by hand rather than with `view!`: it is one loop for
//! everything, and costs the first load next to nothing.

use engine::sheet::{END, IS};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::Reflect;
use web_sys::{Element, Event, HtmlElement};

use crate::browser::clipboard::meant;
use crate::browser::navigation::document;
use crate::guide;
use crate::state::App;

/// A sheet, drawn anew when it changes. What is folded open stays so, what has the focus keeps it, and what was typed and not handed
/// over yet stays typed.
pub(crate) fn sheet(app: App, id: &'static str, strokes: RwSignal<String>) -> AnyView {
    Effect::new(move || {
        strokes.with(|strokes| {
            if let Some(place) = document().get_element_by_id(id) {
                app.guide
                    .lost
                    .update_value(|lost| *lost = draw(&place, strokes, app.guide.pressed.get_value(), *lost));
            }
        });
    });
    view! {
        <div
            class="sheet"
            id=id
            on:click=move |event| click(app, &event)
            on:submit=move |event| {
                event.prevent_default();
                submit(app, &event);
            }
        ></div>
    }
    .into_any()
}

/// `pressed` is what a person pressed last at this step: only then may the focus move. `lost` is whether an earlier drawing took away what had
/// it; so is what is returned.
fn draw(place: &Element, strokes: &str, pressed: Option<String>, lost: bool) -> bool {
    let active = document().active_element();
    let types = active.as_ref().is_some_and(|it| it.matches(FIELDS).unwrap_or_default());
    let nowhere = active.as_ref().is_none_or(|it| it.tag_name() == "BODY");
    let focused = active.filter(|it| place.contains(Some(it)));
    let (focused, nameless) = (focused.as_ref().map(Element::id), focused.as_ref().map(leads));
    let open = ids(place, "details[open]");
    let shut = ids(place, "details:not([open])");
    let typed: Vec<_> = find(place, FIELDS).iter().filter_map(typed).collect();
    let asked: Vec<String> = find(place, ASKED).iter().map(about).collect();
    place.set_text_content(None);
    let mut stack: Vec<Element> = vec![place.clone()];
    for stroke in strokes.split(END) {
        let (Some(top), Some((kind, rest))) = (stack.last(), stroke.split_at_checked(1)) else { break };
        match kind {
            "<" => {
                if let Ok(element) = document().create_element(rest) {
                    let _ = top.append_child(&element);
                    stack.push(element);
                }
            }
            "@" => {
                let Some((name, value)) = rest.split_once(IS) else { continue };
                // The policy forbids the attribute `style`, not the property.
                match top.dyn_ref::<HtmlElement>().filter(|_| name == "flex-grow") {
                    Some(element) => {
                        let _ = element.style().set_property(name, value);
                    }
                    None => {
                        let _ = top.set_attribute(name, value);
                    }
                }
            }
            ">" => {
                stack.pop();
            }
            _ => {
                let _ = top.append_child(&document().create_text_node(rest));
            }
        }
    }
    for fold in find(place, "details[id]") {
        if open.contains(&fold.id()) {
            let _ = fold.set_attribute("open", "");
        } else if shut.contains(&fold.id()) {
            let _ = fold.remove_attribute("open");
        }
    }
    // Lists to choose from do not remember what they were drawn with.
    for list in find(place, "select") {
        let _ = Reflect::set(&list, &DRAWN.into(), &get(&list, "value"));
    }
    for (id, key, kept) in typed {
        if let Some(field) = document().get_element_by_id(&id) {
            let _ = Reflect::set(&field, &key.into(), &kept);
        }
    }
    // What is asked or wrong now and was not before is shown, wherever that was pressed; whoever types meanwhile goes on typing.
    let new =
        find(place, ASKED).into_iter().find(|it| pressed.is_some() && !types && !asked.contains(&about(it)));
    // What had the focus keeps it. What was pressed may be gone: then it is at what stops the work, and afterwards at what was pressed.
    let named = focused.as_ref().is_some_and(|id| !id.is_empty());
    let had = named || lost && nowhere;
    let pressed_here = pressed.is_some();
    let kept = pressed.filter(|_| had);
    let ids = [focused.filter(|_| named), kept.is_some().then(|| STOP.to_owned()), kept];
    let same = |it: &Element| nameless.as_ref() == Some(&leads(it));
    let before = || {
        let known = ids.into_iter().flatten().find_map(|id| document().get_element_by_id(&id));
        known.or_else(|| find(place, "a,summary,h2").into_iter().find(same))
    };
    // What answers a press that took its button along begins with a heading.
    let head = || find(place, "h2").into_iter().next().filter(|_| named && pressed_here);
    match new.or_else(before).or_else(head).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        Some(element) => {
            if element.tag_name() == "H2" {
                let _ = element.set_attribute("tabindex", "-1");
            }
            element.focus().is_err()
        }
        None => had,
    }
}

/// What tells a link, a fold or a heading from others.
fn leads(it: &Element) -> String {
    it.get_attribute("href").unwrap_or_else(|| about(it))
}

/// What tells a question or a field from others.
fn about(it: &Element) -> String {
    it.text_content().filter(|words| !words.is_empty()).unwrap_or_else(|| it.id())
}

fn find(place: &Element, selector: &str) -> Vec<Element> {
    let Ok(list) = place.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)?.dyn_into().ok()).collect()
}

fn ids(place: &Element, selector: &str) -> Vec<String> {
    find(place, selector).iter().map(Element::id).collect()
}

fn click(app: App, event: &Event) {
    if let Some((button, action)) = meant(event, "data-press") {
        guide::press(app, button.id(), action);
    }
}

fn submit(app: App, event: &Event) {
    if let Some((form, name)) = meant(event, "data-form") {
        fill(app, &form, name);
    }
}

/// Sends the form of that name, which has no button of its own.
pub(crate) fn send(app: App, name: &str) {
    let form = document().query_selector("form[data-form]").ok().flatten();
    if let Some(form) = form {
        fill(app, &form, name.to_owned());
    }
}

fn fill(app: App, form: &Element, name: String) {
    let fields = find(form, FIELDS);
    let values = fields.iter().map(|field| (field.id(), value(field))).collect();
    for field in &fields {
        // What the engine says of it next counts.
        for (now, said) in KEPT {
            let _ = Reflect::set(field, &said.into(), &get(field, now));
        }
    }
    guide::fill(app, name, values);
}

/// What asks before something is done, and what was filled in wrong.
const ASKED: &str = "#question,[aria-invalid=true]";
/// The button that stops what is under way.
const STOP: &str = "do-stop-waiting";
const FIELDS: &str = "input,textarea,select";
/// What a field holds, and what it was drawn with or handed over.
const KEPT: [(&str, &str); 2] = [("checked", "defaultChecked"), ("value", DRAWN)];
const DRAWN: &str = "defaultValue";

fn get(field: &Element, name: &str) -> JsValue {
    Reflect::get(field, &name.into()).unwrap_or_default()
}

/// What a person typed or ticked in a field and did not hand over: the field, the property, its value.
fn typed(field: &Element) -> Option<(String, &'static str, JsValue)> {
    let (now, _) = KEPT.into_iter().find(|(now, said)| get(field, now) != get(field, said))?;
    Some((field.id(), now, get(field, now)))
}

/// Fields of all kinds have a value; a box that is not ticked counts as empty.
fn value(field: &Element) -> String {
    if get(field, "type").as_string().as_deref() == Some("checkbox") && !get(field, "checked").is_truthy() {
        return String::new();
    }
    get(field, "value").as_string().unwrap_or_default()
}
