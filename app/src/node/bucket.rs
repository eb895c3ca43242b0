//! The bucket of Storage and Retrieval nodes: its name, and where it leads.

pub mod binding;

use flow::definition::{Configuration, Node, ObjectService};
use flow::node::storage::is_bucket_name;
use flow::wire::{Bucket, BucketList, BucketStore};
use leptos::prelude::*;

use super::bound::{Bound, Leads, LeadsNowhere};
use super::field::Named;
use crate::api;
use crate::editor::change::set_bucket;
use crate::editor::session::{Card, use_editor};
use binding::Open;

/// Where the server's buckets lead, as a context.
pub type Buckets = Bound<BucketList, Open>;

/// Asks for them.
pub fn provide() -> Buckets {
    Bound::provide(|| Box::pin(api::buckets::list()))
}

pub fn summary(node: &Node) -> String {
    match name(node) {
        "" => "No bucket chosen".to_owned(),
        name => name.to_owned(),
    }
}

/// What is said on a card whose bucket leads nowhere; nothing where it does, or that is not known.
pub fn unbound(card: Card) -> Option<String> {
    let buckets: Buckets = use_context()?;
    let list = buckets.list.ready()?;
    let leads = card.node.with(|node| name(node).is_empty() || lead(&list, name(node)) != Lead::Nowhere);
    (!leads).then(|| "This bucket leads to no store yet.".to_owned())
}

/// Where a store is, in a few words.
pub fn whereabouts(store: &BucketStore) -> String {
    let at = |endpoint: &Option<String>| endpoint.as_ref().map_or_else(String::new, |at| format!(" at {at}"));
    match store {
        BucketStore::Folder { folder } => format!("the folder {folder} on this server"),
        BucketStore::S3 { bucket, endpoint, region, .. } => match endpoint {
            None => format!("{bucket} in Amazon S3, {region}"),
            Some(_) => format!("{bucket} in the S3 store{}", at(endpoint)),
        },
        BucketStore::Gcs { bucket, endpoint } => format!("{bucket} in Google Cloud Storage{}", at(endpoint)),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Lead {
    Bound(Bucket),
    /// A folder of its own name.
    Folder,
    Nowhere,
}

fn lead(list: &BucketList, name: &str) -> Lead {
    match list.buckets.iter().find(|bucket| bucket.name == name) {
        Some(bucket) => Lead::Bound(bucket.clone()),
        None if is_bucket_name(name) => Lead::Folder,
        None => Lead::Nowhere,
    }
}

/// The bucket's name, and where that leads.
#[component]
pub fn BucketField(card: Card) -> impl IntoView {
    let editor = use_editor();
    let buckets: Buckets = expect_context();
    // They may have been changed elsewhere.
    buckets.reload();
    let value = Memo::new(move |_| card.node.with(|node| name(node).to_owned()));
    let write = Callback::new(move |bucket: String| {
        let node = card.name();
        let burst = format!("{} bucket", card.id);
        editor.type_in("Change the bucket", &burst, |document| set_bucket(document, &node, &bucket));
    });
    view! {
        <Named
            card
            label="Bucket"
            stem="bucket"
            placeholder="reports"
            value
            write
            offered=move || {
                let known = buckets.list.ready().unwrap_or_default().buckets;
                known.into_iter().map(|bucket| (bucket.name, whereabouts(&bucket.store))).collect()
            }
        />
        <Whither value />
    }
}

/// Where the bucket leads, and the way to change that.
#[component]
fn Whither(value: Memo<String>) -> impl IntoView {
    let buckets: Buckets = expect_context();
    move || {
        let name = value.get();
        if name.is_empty() {
            return ().into_any();
        }
        buckets.show(|list| match lead(&list, &name) {
            Lead::Bound(bucket) => {
                let place = whereabouts(&bucket.store);
                view! {
                    <Leads action="Change" on_action=buckets.opens(Open::Edit(bucket))>
                        "Leads to " {place} "."
                    </Leads>
                }
                .into_any()
            }
            Lead::Folder => {
                let place = format!("{}/{name}", list.folder);
                view! {
                    <Leads action="Lead it elsewhere" on_action=buckets.opens(Open::New(name))>
                        "A folder on this server: " <span class="mono">{place}</span>
                    </Leads>
                }
                .into_any()
            }
            Lead::Nowhere => view! {
                <LeadsNowhere action="Lead it to a store" on_action=buckets.opens(Open::New(name))>
                    "This name cannot be a folder, so the node cannot run until it leads to a store."
                </LeadsNowhere>
            }
            .into_any(),
        })
    }
}

/// The bucket of a Storage or Retrieval node.
fn name(node: &Node) -> &str {
    match &node.configuration {
        Some(Configuration::Storage(object) | Configuration::Retrieval(object)) => {
            let ObjectService::S3(bucket) = &object.service_configuration;
            &bucket.bucket_name
        }
        _ => "",
    }
}
