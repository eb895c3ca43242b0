//! Buckets: which store each leads to, and a try of each.

use flow::wire::{Bucket, BucketList, BucketStore};
use leptos::prelude::*;

use crate::api;
use crate::node::bucket::binding::Open;
use crate::node::bucket::{Buckets, whereabouts};
use crate::ui::section::{LineActions, Section};
use crate::ui::trial::{Outcome, Trial};

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
    let trial = Trial::default();
    let name = bucket.name.clone();
    let test_label = format!("Test {name}");
    let (place, key) = (whereabouts(&bucket.store), key(&bucket));
    let stored = StoredValue::new(bucket);
    let test = move |_| {
        let name = stored.with_value(|bucket| bucket.name.clone());
        trial.run(async move {
            let test = api::buckets::test(&name).await?;
            Ok((test.ok, test.message))
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b class="mono">{name.clone()}</b>
                <span class="dim small">{place} {key}</span>
            </div>
            <button type="button" class="btn" aria-label=test_label disabled=move || trial.is_busy() on:click=test>
                {move || if trial.is_busy() { "Testing…" } else { "Test" }}
            </button>
            <LineActions
                name
                on_edit=buckets.opens(Open::Edit(stored.get_value()))
                on_delete=buckets.opens(Open::Delete(stored.get_value()))
            />
            <Outcome trial />
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
