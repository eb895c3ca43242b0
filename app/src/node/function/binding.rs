//! Bindings, and the dialogs that make, change and delete one: over the editor and over the Connections page alike. A
//! stored secret is never shown; what is typed replaces it.

use flow::node::function::short;
use flow::wire::{Function, FunctionList, PutFunction};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::node::bound::Bound;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::headers::{HeaderRows, Headers};
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

/// Seconds that a function usually has.
const USUAL_TIMEOUT: u32 = 30;

/// The bindings that the server has, as a context.
pub type Bindings = Bound<FunctionList, Open>;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// For this ARN; for any, where it is empty.
    New(String),
    Edit(Function),
    Delete(Function),
}

/// Asks for them.
pub fn provide() -> Bindings {
    Bound::provide(|| Box::pin(api::functions::list()))
}

/// Whichever dialog is open.
#[component]
pub fn BindingDialogs() -> impl IntoView {
    let bindings: Bindings = expect_context();
    move || {
        bindings.open.get().map(|open| match open {
            Open::New(arn) => view! { <EditBinding arn /> }.into_any(),
            Open::Edit(function) => view! { <EditBinding arn=function.arn.clone() function /> }.into_any(),
            Open::Delete(function) => view! { <DeleteBinding function /> }.into_any(),
        })
    }
}

#[component]
fn EditBinding(
    /// The ARN to bind, which the person may change; that of the binding to change.
    arn: String,
    /// The binding to change; none to make one.
    #[prop(optional)]
    function: Option<Function>,
) -> impl IntoView {
    let bindings: Bindings = expect_context();
    let toasts = use_toasts();
    let title = if function.is_some() { "Change the binding" } else { "Bind a function" };
    let (is_known, is_fixed) = (!arn.is_empty(), function.is_some());
    let timeout = function.as_ref().map_or(USUAL_TIMEOUT, |function| function.timeout_seconds);
    let (stored, url) = function.map_or_else(Default::default, |function| (function.headers, function.url));
    let (arn, url) = (RwSignal::new(arn), RwSignal::new(url));
    let timeout = RwSignal::new(timeout.to_string());
    let headers = Headers::new(stored);
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let put = PutFunction {
            url: url.get_untracked().trim().to_owned(),
            timeout_seconds: timeout.get_untracked().trim().parse().ok(),
            headers: Some(headers.put()),
        };
        let arn = arn.get_untracked().trim().to_owned();
        saving.run(async move { api::functions::put(&arn, &put).await }, move |function| {
            toasts.say(format!("Bound {}.", short(&function.arn)));
            bindings.reload();
            bindings.open.try_set(None);
        });
    };
    view! {
        <Dialog title on_close=bindings.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="binding-arn">"Function ARN"</label>
                    <input
                        id="binding-arn"
                        class="input mono"
                        required
                        readonly=is_fixed
                        autofocus=!is_known
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="arn:aws:lambda:us-east-1:123456789012:function:lookup"
                        prop:value=arn
                        on:input=move |event| arn.set(event_target_value(&event))
                    />
                    <span class="hint">"Without a version or alias it answers for all that have no binding of their own."</span>
                </div>
                <div class="field">
                    <label for="binding-url">"Address"</label>
                    <input
                        id="binding-url"
                        class="input mono"
                        type="url"
                        required
                        autofocus=is_known
                        placeholder="http://127.0.0.1:9000/2015-03-31/functions/function/invocations"
                        prop:value=url
                        on:input=move |event| url.set(event_target_value(&event))
                    />
                    <span class="hint">
                        "Any address that takes a POST of JSON and answers with JSON. A Lambda container answers at the path shown."
                    </span>
                </div>
                <div class="field">
                    <label for="binding-timeout">"Seconds to answer"</label>
                    <input
                        id="binding-timeout"
                        class="input"
                        type="number"
                        min="1"
                        max="900"
                        required
                        prop:value=timeout
                        on:input=move |event| timeout.set(event_target_value(&event))
                    />
                </div>
                <HeaderRows headers />
                <p class="dim small">"Secrets are kept encrypted on the server and sent to this address only."</p>
                <SaveRow saving on_close=bindings.close() />
            </form>
        </Dialog>
    }
}

#[component]
fn DeleteBinding(function: Function) -> impl IntoView {
    let bindings: Bindings = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete the binding of “{}”?", short(&function.arn));
    let message = "Its secrets go with it. Nodes with this ARN will fail until it is bound again.".to_owned();
    let arn = StoredValue::new(function.arn);
    let delete = Callback::new(move |()| {
        let arn = arn.get_value();
        spawn_local(async move {
            match api::functions::delete(&arn).await {
                Ok(()) => bindings.reload(),
                Err(error) => toasts.fail(error),
            }
            bindings.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=bindings.close() /> }
}
