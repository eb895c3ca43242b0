//! Buckets: which store each leads to, and a try of each.

use flow::wire::{Bucket, BucketList, BucketStore};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::node::bucket::binding::Open;
use crate::node::bucket::{Buckets, whereabouts};
use crate::ui::section::{Outcome, Section};

#[component]
pub fn BucketsCard() -> impl IntoView {
    let buckets: Buckets = expect_context();
    view! {
        <Section
            id="buckets"
            title="Buckets"
            add="Lead a bucket to a store"
            on_add=buckets.opens(Open::New(String::new()))
            list=buckets.list
            on_retry=Callback::new(move |()| buckets.reload())
            lines
        />
    }
}

fn lines(list: BucketList) -> AnyView {
    if list.buckets.is_empty() {
        return view! {
            <div class="inside dim"><p>
                "Every bucket of Storage and Retrieval nodes is a folder in " <code>{list.folder}</code>
                ". Lead one to Amazon S3, a store that speaks its protocol, or Google Cloud Storage to have its objects there."
            </p></div>
        }
        .into_any();
    }
    view! {
        {list.buckets.into_iter().map(|bucket| view! { <Row bucket /> }).collect_view()}
        <p class="inside dim small">"Every other bucket is a folder in " <code>{list.folder}</code> "."</p>
    }
    .into_any()
}

#[component]
fn Row(bucket: Bucket) -> impl IntoView {
    let buckets: Buckets = expect_context();
    let busy = RwSignal::new(false);
    let tested = RwSignal::new(None);
    let name = bucket.name.clone();
    let named = |does: &str| format!("{does} {name}");
    let (test_label, edit_label, delete_label) = (named("Test"), named("Edit"), named("Delete"));
    let (place, key) = (whereabouts(&bucket.store), key(&bucket));
    let stored = StoredValue::new(bucket);
    let test = move |_| {
        busy.set(true);
        let name = stored.with_value(|bucket| bucket.name.clone());
        spawn_local(async move {
            let outcome = api::buckets::test(&name).await;
            let outcome = outcome.map(|test| (test.ok, test.message)).map_err(|error| error.to_string());
            tested.try_set(Some(outcome));
            busy.try_set(false);
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b class="mono">{name}</b>
                <span class="dim small">{place} {key}</span>
            </div>
            <button type="button" class="btn" aria-label=test_label disabled=busy on:click=test>
                {move || if busy.get() { "Testing…" } else { "Test" }}
            </button>
            <button
                type="button"
                class="btn"
                aria-label=edit_label
                on:click=move |_| buckets.open.set(Some(Open::Edit(stored.get_value())))
            >
                "Edit"
            </button>
            <button
                type="button"
                class="btn danger"
                aria-label=delete_label
                on:click=move |_| buckets.open.set(Some(Open::Delete(stored.get_value())))
            >
                "Delete"
            </button>
            {move || tested.get().map(|outcome| view! { <Outcome outcome /> })}
        </div>
    }
}

/// What is known of its key.
fn key(bucket: &Bucket) -> String {
    match (&bucket.store, bucket.secret_hint.as_str()) {
        (BucketStore::Gcs { .. }, account) => format!(" · {account}"),
        (BucketStore::S3 { access_key_id, .. }, "") => format!(" · key {access_key_id}"),
        (BucketStore::S3 { access_key_id, .. }, hint) => format!(" · key {access_key_id}, secret …{hint}"),
        (BucketStore::Folder { .. }, _) => String::new(),
    }
}
