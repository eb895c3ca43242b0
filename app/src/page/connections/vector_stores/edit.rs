//! The dialogs that make, change and delete a vector store. A stored secret is never shown; what is typed replaces it.

use flow::wire::{PutVectorStore, USUAL_PREFIX, VectorPlace, VectorStore};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Stores;
use crate::api;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::save::{SaveRow, Saving};
use crate::ui::text_field::TextField;
use crate::ui::toast::use_toasts;

/// The parts of either kind, as they are typed.
#[derive(Clone, Copy)]
struct Form {
    is_qdrant: RwSignal<bool>,
    address: RwSignal<String>,
    tls: RwSignal<bool>,
    certificate: RwSignal<String>,
    prefix: RwSignal<String>,
    secret: RwSignal<String>,
    /// Whether the server has a secret.
    stored: bool,
}

impl Form {
    fn new(store: Option<VectorStore>) -> Self {
        let stored = store.as_ref().is_some_and(|store| store.has_secret);
        let (is_qdrant, address, tls, certificate, prefix) = match store.map(|store| store.place) {
            None => (false, String::new(), true, None, USUAL_PREFIX.to_owned()),
            Some(VectorPlace::Pgvector { address, tls, certificate, prefix }) => {
                (false, address, tls, certificate, prefix)
            }
            Some(VectorPlace::Qdrant { address, prefix }) => (true, address, true, None, prefix),
        };
        Self {
            is_qdrant: RwSignal::new(is_qdrant),
            address: RwSignal::new(address),
            tls: RwSignal::new(tls),
            certificate: RwSignal::new(certificate.unwrap_or_default()),
            prefix: RwSignal::new(prefix),
            secret: RwSignal::new(String::new()),
            stored,
        }
    }

    fn read(self) -> PutVectorStore {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let given = |signal| Some(text(signal)).filter(|text| !text.is_empty());
        let (address, prefix) = (text(self.address), text(self.prefix));
        let place = match self.is_qdrant.get_untracked() {
            true => VectorPlace::Qdrant { address, prefix },
            false => VectorPlace::Pgvector {
                address,
                tls: self.tls.get_untracked(),
                certificate: given(self.certificate),
                prefix,
            },
        };
        PutVectorStore { place, secret: given(self.secret) }
    }
}

#[component]
pub fn EditStore(
    /// What to change; none to make one.
    #[prop(optional)]
    store: Option<VectorStore>,
) -> impl IntoView {
    let stores: Stores = expect_context();
    let toasts = use_toasts();
    let title = if store.is_some() { "Change the vector store" } else { "Add a vector store" };
    let is_fixed = store.is_some();
    let name = RwSignal::new(store.as_ref().map(|store| store.name.clone()).unwrap_or_default());
    let form = Form::new(store);
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (put, name) = (form.read(), name.get_untracked().trim().to_owned());
        saving.run(async move { api::vector_stores::put(&name, &put).await }, move |store| {
            toasts.say(format!("{} is saved. Test it to see whether it answers.", store.name));
            stores.reload();
            stores.open.try_set(None);
        });
    };
    view! {
        <Dialog title on_close=stores.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="store-name">"Name"</label>
                    <input
                        id="store-name"
                        class="input mono"
                        required
                        readonly=is_fixed
                        autofocus=!is_fixed
                        spellcheck="false"
                        autocomplete="off"
                        placeholder="shop"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label for="store-kind">"Kind"</label>
                    <select
                        id="store-kind"
                        class="select"
                        autofocus=is_fixed
                        on:change=move |event| form.is_qdrant.set(event_target_value(&event) == "qdrant")
                    >
                        <option value="pgvector" selected=move || !form.is_qdrant.get()>"PostgreSQL with pgvector"</option>
                        <option value="qdrant" selected=move || form.is_qdrant.get()>"Qdrant"</option>
                    </select>
                </div>
                {move || match form.is_qdrant.get() {
                    true => view! { <QdrantFields form /> }.into_any(),
                    false => view! { <PostgresFields form /> }.into_any(),
                }}
                <TextField
                    id="store-prefix"
                    label="Names begin with"
                    value=form.prefix
                    required=true
                    hint="Of the tables or collections that are made there."
                />
                <SaveRow saving on_close=stores.close() />
            </form>
        </Dialog>
    }
}

#[component]
fn PostgresFields(form: Form) -> impl IntoView {
    view! {
        <TextField
            id="store-address"
            label="Address"
            value=form.address
            placeholder="postgres://user@127.0.0.1:5432/database"
            required=true
        />
        <SecretField form label="Password" />
        <label class="check">
            <input
                type="checkbox"
                prop:checked=form.tls
                on:change=move |event| form.tls.set(event_target_checked(&event))
            />
            "The connection is private (TLS)"
        </label>
        <Show when=move || form.tls.get()>
            <div class="field">
                <label for="store-certificate">"Certificate of its authority"</label>
                <textarea
                    id="store-certificate"
                    class="textarea mono short"
                    rows="3"
                    spellcheck="false"
                    placeholder="-----BEGIN CERTIFICATE-----"
                    prop:value=form.certificate
                    on:input=move |event| form.certificate.set(event_target_value(&event))
                ></textarea>
                <span class="hint">"Empty where this machine trusts it already."</span>
            </div>
        </Show>
    }
}

#[component]
fn QdrantFields(form: Form) -> impl IntoView {
    view! {
        <TextField
            id="store-address"
            label="Address"
            value=form.address
            placeholder="http://127.0.0.1:6333"
            required=true
        />
        <SecretField form label="API key" />
    }
}

#[component]
fn SecretField(form: Form, label: &'static str) -> impl IntoView {
    view! {
        <div class="field">
            <label for="store-secret">{label}</label>
            <input
                id="store-secret"
                class="input mono"
                type="password"
                placeholder=if form.stored { "unchanged" } else { "none" }
                autocomplete="off"
                prop:value=form.secret
                on:input=move |event| form.secret.set(event_target_value(&event))
            />
            <span class="hint">"It is kept encrypted on the server, and asked for again where the address changes."</span>
        </div>
    }
}

#[component]
pub fn DeleteStore(store: VectorStore) -> impl IntoView {
    let stores: Stores = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete the vector store “{}”?", store.name);
    let message =
        "Its address and secret are forgotten. It is refused while a knowledge base uses it.".to_owned();
    let name = StoredValue::new(store.name);
    let delete = Callback::new(move |()| {
        let name = name.get_value();
        spawn_local(async move {
            match api::vector_stores::delete(&name).await {
                Ok(()) => stores.reload(),
                Err(error) => toasts.fail(error),
            }
            stores.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=stores.close() /> }
}
