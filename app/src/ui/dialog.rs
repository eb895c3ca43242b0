//! Modal dialogs on the browser's own `<dialog>`, which traps the focus and closes by Escape.

use leptos::html;
use leptos::leptos_dom::helpers::request_animation_frame;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::browser;
use super::icon::{Glyph, Icon};

/// A modal dialog, open for as long as it is on the page. `on_close` is asked to take it away.
#[component]
pub fn Dialog(
    #[prop(into)] title: String,
    on_close: Callback<()>,
    /// For code and tables.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let before = SendWrapper::new(browser::focused());
    Effect::new(move || {
        if let Some(dialog) = element.get() {
            // The element is not in the document before this frame.
            request_animation_frame(move || {
                if !dialog.open() {
                    let _refused = dialog.show_modal();
                }
            });
        }
    });
    on_cleanup(move || {
        // While the dialog is still on the page, nothing outside it takes the focus.
        request_animation_frame(move || {
            if let Some(before) = before.as_ref() {
                let _refused = before.focus();
            }
        });
    });
    let label = title.clone();
    view! {
        <dialog
            class="dialog"
            class:wide=wide
            node_ref=element
            aria-label=label
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
            on:keydown=move |event| event.stop_propagation()
        >
            <header>
                <h2>{title}</h2>
                <button
                    type="button"
                    class="btn quiet icon"
                    aria-label="Close"
                    on:click=move |_| on_close.run(())
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </header>
            <div class="content">{children()}</div>
        </dialog>
    }
}

/// Asks before something that cannot be undone.
#[component]
pub fn Confirm(
    #[prop(into)] title: String,
    #[prop(into)] message: Signal<String>,
    #[prop(into)] action: Signal<String>,
    on_confirm: Callback<()>,
    on_close: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog title on_close>
            <p>{message}</p>
            <div class="actions">
                <button type="button" class="btn" autofocus on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
                <button type="button" class="btn primary danger" on:click=move |_| on_confirm.run(())>
                    {action}
                </button>
            </div>
        </Dialog>
    }
}
