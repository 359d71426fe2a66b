//! A question that must be answered before anything else.

use leptos::html::Dialog;
use leptos::prelude::*;

/// A native modal dialog: the browser keeps the focus inside and gives it back. Escape answers no.
pub(crate) fn confirm(
    open: RwSignal<bool>,
    heading: &'static str,
    says: &'static str,
    yes: &'static str,
    no: &'static str,
    agreed: impl Fn() + 'static,
) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move || {
        let open = open.get();
        if let Some(dialog) = dialog.get() {
            if open && !dialog.open() {
                let _ = dialog.show_modal();
            } else if !open && dialog.open() {
                dialog.close();
            }
        }
    });
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="dialog-heading" on:close=move |_| open.set(false)>
            <div class="body">
                <h2 id="dialog-heading">{heading}</h2>
                <p>{says}</p>
                <div class="row">
                    <button
                        type="button"
                        class="button danger"
                        on:click=move |_| {
                            open.set(false);
                            agreed();
                        }
                    >
                        {yes}
                    </button>
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        {no}
                    </button>
                </div>
            </div>
        </dialog>
    }
    .into_any()
}
