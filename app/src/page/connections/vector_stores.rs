//! Vector stores: where the vectors of large knowledge bases are, and a try of each.

mod edit;

use flow::wire::{VectorPlace, VectorStore, VectorStoreList};
use leptos::prelude::*;

use crate::api;
use crate::node::bound::Bound;
use crate::ui::section::{LineActions, Section};
use crate::ui::trial::{Outcome, Trial};
use edit::{DeleteStore, EditStore};

/// The server's vector stores, as a context.
type Stores = Bound<VectorStoreList, Open>;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    New,
    Edit(VectorStore),
    Delete(VectorStore),
}

#[component]
pub fn VectorStoresCard() -> impl IntoView {
    let stores: Stores = Bound::provide(|| Box::pin(api::vector_stores::list()));
    view! {
        <Section
            id="vector-stores"
            title="Vector stores"
            add="Add a vector store"
            on_add=stores.opens(Open::New)
            list=stores.list
            on_retry=Callback::new(move |()| stores.reload())
            lines
        />
        {move || {
            stores
                .open
                .get()
                .map(|open| match open {
                    Open::New => view! { <EditStore /> }.into_any(),
                    Open::Edit(store) => view! { <EditStore store /> }.into_any(),
                    Open::Delete(store) => view! { <DeleteStore store /> }.into_any(),
                })
        }}
    }
}

fn lines(list: VectorStoreList) -> AnyView {
    if list.vector_stores.is_empty() {
        return view! {
            <div class="inside dim"><p>
                "None needed: what finds passages by their meaning is kept on this server, up to about a million passages. For \
                more, add PostgreSQL with pgvector, or Qdrant, and choose it under Change in a knowledge base."
            </p></div>
        }
        .into_any();
    }
    list.vector_stores.into_iter().map(|store| view! { <Row store /> }).collect_view().into_any()
}

#[component]
fn Row(store: VectorStore) -> impl IntoView {
    let stores: Stores = expect_context();
    let trial = Trial::default();
    let name = store.name.clone();
    let test_label = format!("Test {name}");
    let about = about(&store);
    let stored = StoredValue::new(store);
    let test = move |_| {
        let name = stored.with_value(|store| store.name.clone());
        trial.run(async move {
            let test = api::vector_stores::test(&name).await?;
            Ok((test.ok, test.message))
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b class="mono">{name.clone()}</b>
                <span class="dim small">{about}</span>
            </div>
            <button type="button" class="btn" aria-label=test_label disabled=move || trial.is_busy() on:click=test>
                {move || if trial.is_busy() { "Testing…" } else { "Test" }}
            </button>
            <LineActions
                name
                on_edit=stores.opens(Open::Edit(stored.get_value()))
                on_delete=stores.opens(Open::Delete(stored.get_value()))
            />
            <Outcome trial />
        </div>
    }
}

/// What it is, where, and for whom.
fn about(store: &VectorStore) -> String {
    let (kind, address) = match &store.place {
        VectorPlace::Pgvector { address, .. } => ("PostgreSQL", address),
        VectorPlace::Qdrant { address, .. } => ("Qdrant", address),
    };
    let secret = match (store.has_secret, store.secret_hint.as_str()) {
        (false, _) => String::new(),
        (true, "") => " · with a secret".to_owned(),
        (true, hint) => format!(" · secret …{hint}"),
    };
    let used = match store.used_by.as_slice() {
        [] => " · not used yet".to_owned(),
        bases => format!(" · used by {}", bases.join(", ")),
    };
    format!("{kind} at {address}{secret}{used}")
}
