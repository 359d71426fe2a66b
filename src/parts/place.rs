//! Where something is done, drawn with the three shapes of the mark: circle, wave, square.

use engine::guide::about::Place;
use leptos::prelude::*;

/// The shape.
pub(crate) fn glyph(place: Place) -> AnyView {
    match place {
        Place::Entra => view! {
            <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true"><circle class="full" cx="8" cy="8" r="5"/></svg>
        }
        .into_any(),
        Place::Databricks => view! {
            <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
                <rect x="3" y="2.5" width="10" height="11" rx="2.5"/>
            </svg>
        }
        .into_any(),
        Place::Here => view! {
            <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true"><path d="M1 8C5 -3 11 19 15 8"/></svg>
        }
        .into_any(),
    }
}

/// The shape and the name, by the name.
pub(crate) fn place(name: &str) -> AnyView {
    let place = [Place::Entra, Place::Databricks].into_iter().find(|place| place.name() == name);
    view! { <span class="place">{glyph(place.unwrap_or(Place::Here))}{name.to_owned()}</span> }.into_any()
}
