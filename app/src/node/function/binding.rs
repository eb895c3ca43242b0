//! Bindings, and the dialogs that make, change and delete one: over the editor and over the Connections page alike. A
//! stored secret is never shown; what is typed replaces it.

use flow::node::function::short;
use flow::wire::{Function, FunctionHeader, FunctionList, PutFunction, PutHeader};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Loader;
use crate::ui::toast::use_toasts;

/// Seconds that a function usually has.
const USUAL_TIMEOUT: u32 = 30;

/// The bindings that the server has, as a context.
#[derive(Clone, Copy)]
pub struct Bindings {
    pub functions: Loader<FunctionList>,
    pub open: RwSignal<Option<Open>>,
}

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// For this ARN; for any, where it is empty.
    New(String),
    Edit(Function),
    Delete(Function),
}

impl Bindings {
    /// Asks for them.
    pub fn provide() -> Self {
        let bindings = Self { functions: Loader::default(), open: RwSignal::new(None) };
        provide_context(bindings);
        bindings.reload();
        bindings
    }

    pub fn reload(self) {
        self.functions.load(api::functions::list());
    }

    fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }
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

/// A header as it is edited. Its id keeps the focus where it is while others come and go.
#[derive(Clone, Copy)]
struct Row {
    id: usize,
    name: RwSignal<String>,
    secret: RwSignal<String>,
    /// Whether the server has a secret for it.
    stored: bool,
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
    let rows: Vec<Row> = stored.into_iter().enumerate().map(row).collect();
    let next = StoredValue::new(rows.len());
    let rows = RwSignal::new(rows);
    let add = move |_| {
        let id = next.get_value();
        next.set_value(id + 1);
        let (name, secret) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        rows.update(|rows| rows.push(Row { id, name, secret, stored: false }));
    };
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        wrong.set(None);
        let put = PutFunction {
            url: url.get_untracked().trim().to_owned(),
            timeout_seconds: timeout.get_untracked().trim().parse().ok(),
            headers: Some(rows.with_untracked(|rows| rows.iter().map(header).collect())),
        };
        let arn = arn.get_untracked().trim().to_owned();
        spawn_local(async move {
            match api::functions::put(&arn, &put).await {
                Ok(function) => {
                    toasts.say(format!("Bound {}.", short(&function.arn)));
                    bindings.reload();
                    bindings.open.try_set(None);
                }
                Err(error) => {
                    wrong.try_set(Some(error.to_string()));
                }
            }
            busy.try_set(false);
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
                <fieldset class="map">
                    <legend>"Headers"</legend>
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <HeaderRow row rows />
                    </For>
                    <div>
                        <button type="button" class="btn small" on:click=add>
                            <Icon glyph=Glyph::Plus />
                            "Add a header"
                        </button>
                    </div>
                </fieldset>
                <p class="dim small">"Secrets are kept encrypted on the server and sent to this address only."</p>
                {move || wrong.get().map(|wrong| view! { <p class="wrong" role="alert">{wrong}</p> })}
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| bindings.open.set(None)>
                        "Cancel"
                    </button>
                    <button type="submit" class="btn primary" disabled=busy>
                        "Save"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn HeaderRow(row: Row, rows: RwSignal<Vec<Row>>) -> impl IntoView {
    view! {
        <div class="map-row">
            <input
                class="input mono"
                aria-label="Header name"
                required
                readonly=row.stored
                placeholder="Authorization"
                autocomplete="off"
                prop:value=row.name
                on:input=move |event| row.name.set(event_target_value(&event))
            />
            <span aria-hidden="true">":"</span>
            <input
                class="input mono"
                type="password"
                aria-label="Header secret"
                required=!row.stored
                placeholder=if row.stored { "unchanged" } else { "Bearer …" }
                autocomplete="off"
                prop:value=row.secret
                on:input=move |event| row.secret.set(event_target_value(&event))
            />
            <button
                type="button"
                class="btn quiet icon"
                aria-label="Remove this header"
                on:click=move |_| rows.update(|rows| rows.retain(|other| other.id != row.id))
            >
                <Icon glyph=Glyph::Trash />
            </button>
        </div>
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

fn row((id, header): (usize, FunctionHeader)) -> Row {
    Row { id, name: RwSignal::new(header.name), secret: RwSignal::new(String::new()), stored: true }
}

/// A header as the server takes it: one whose secret is not typed keeps the stored one.
fn header(row: &Row) -> PutHeader {
    let secret = row.secret.get_untracked().trim().to_owned();
    PutHeader {
        name: row.name.get_untracked().trim().to_owned(),
        secret: (!secret.is_empty()).then_some(secret),
    }
}
