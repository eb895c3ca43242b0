//! The dialogs that lead a bucket to a store, change and delete that: over the editor and over the Connections page
//! alike. A stored secret is never shown; what is typed replaces it.

use flow::wire::{Bucket, BucketStore, PutBucket};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Buckets;
use crate::api;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::save::{SaveRow, Saving};
use crate::ui::text_field::TextField;
use crate::ui::toast::use_toasts;

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// For the bucket of this name; for any, where it is empty.
    New(String),
    Edit(Bucket),
    Delete(Bucket),
}

/// Whichever dialog is open.
#[component]
pub fn BucketDialogs() -> impl IntoView {
    let buckets: Buckets = expect_context();
    move || {
        buckets.open.get().map(|open| match open {
            Open::New(name) => view! { <EditBucket name /> }.into_any(),
            Open::Edit(bucket) => view! { <EditBucket name=bucket.name.clone() bucket /> }.into_any(),
            Open::Delete(bucket) => view! { <DeleteBucket bucket /> }.into_any(),
        })
    }
}

/// The kinds of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    S3,
    Gcs,
    Folder,
}

/// The parts of every store, as they are typed.
#[derive(Clone, Copy)]
struct Form {
    kind: RwSignal<Kind>,
    /// Its bucket's name there, or the folder's.
    bucket: RwSignal<String>,
    endpoint: RwSignal<String>,
    region: RwSignal<String>,
    access_key_id: RwSignal<String>,
    path_style: RwSignal<bool>,
    secret: RwSignal<String>,
    /// Whether the server has a secret.
    stored: bool,
}

impl Form {
    fn new(name: &str, bucket: Option<Bucket>) -> Self {
        let stored = bucket.as_ref().is_some_and(|bucket| bucket.has_secret);
        let (mut kind, mut endpoint, mut region, mut key, mut path) =
            (Kind::S3, None, "us-east-1".to_owned(), String::new(), true);
        let there = match bucket.map(|bucket| bucket.store) {
            None => name.to_owned(),
            Some(BucketStore::Folder { folder }) => {
                kind = Kind::Folder;
                folder
            }
            Some(BucketStore::Gcs { bucket, endpoint: at }) => {
                (kind, endpoint) = (Kind::Gcs, at);
                bucket
            }
            Some(BucketStore::S3 { bucket, endpoint: at, region: of, access_key_id, path_style }) => {
                (endpoint, region, key, path) = (at, of, access_key_id, path_style);
                bucket
            }
        };
        Self {
            kind: RwSignal::new(kind),
            bucket: RwSignal::new(there),
            endpoint: RwSignal::new(endpoint.unwrap_or_default()),
            region: RwSignal::new(region),
            access_key_id: RwSignal::new(key),
            path_style: RwSignal::new(path),
            secret: RwSignal::new(String::new()),
            stored,
        }
    }

    fn read(self) -> PutBucket {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let given = |signal| Some(text(signal)).filter(|text| !text.is_empty());
        let (bucket, endpoint) = (text(self.bucket), given(self.endpoint));
        let store = match self.kind.get_untracked() {
            Kind::Folder => BucketStore::Folder { folder: bucket },
            Kind::Gcs => BucketStore::Gcs { bucket, endpoint },
            Kind::S3 => BucketStore::S3 {
                bucket,
                endpoint,
                region: text(self.region),
                access_key_id: text(self.access_key_id),
                path_style: self.path_style.get_untracked(),
            },
        };
        PutBucket { store, secret: given(self.secret) }
    }
}

#[component]
fn EditBucket(
    /// The bucket's name, which the person may change where it is empty.
    name: String,
    /// What to change; none to lead a bucket anew.
    #[prop(optional)]
    bucket: Option<Bucket>,
) -> impl IntoView {
    let buckets: Buckets = expect_context();
    let toasts = use_toasts();
    let title = if bucket.is_some() { "Change where the bucket leads" } else { "Lead a bucket to a store" };
    let is_fixed = !name.is_empty();
    let form = Form::new(&name, bucket);
    let name = RwSignal::new(name);
    let saving = Saving::default();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (put, name) = (form.read(), name.get_untracked().trim().to_owned());
        saving.run(async move { api::buckets::put(&name, &put).await }, move |bucket| {
            toasts.say(format!("{} leads to {}.", bucket.name, super::whereabouts(&bucket.store)));
            buckets.reload();
            buckets.open.try_set(None);
        });
    };
    view! {
        <Dialog title on_close=buckets.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="bucket-name">"Bucket"</label>
                    <input
                        id="bucket-name"
                        class="input mono"
                        required
                        readonly=is_fixed
                        autofocus=!is_fixed
                        spellcheck="false"
                        autocomplete="off"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                    <span class="hint">"As the nodes have it."</span>
                </div>
                <div class="field">
                    <label for="bucket-kind">"Store"</label>
                    <select
                        id="bucket-kind"
                        class="select"
                        autofocus=is_fixed
                        on:change=move |event| form.kind.set(kind_of(&event_target_value(&event)))
                    >
                        {[(Kind::S3, "s3", "Amazon S3, or a store that speaks its protocol"),
                            (Kind::Gcs, "gcs", "Google Cloud Storage"),
                            (Kind::Folder, "folder", "A folder on this server")]
                            .map(|(kind, value, label)| {
                                view! {
                                    <option value=value selected=move || form.kind.get() == kind>{label}</option>
                                }
                            })
                            .collect_view()}
                    </select>
                </div>
                {move || match form.kind.get() {
                    Kind::S3 => view! { <S3Fields form /> }.into_any(),
                    Kind::Gcs => view! { <GcsFields form /> }.into_any(),
                    Kind::Folder => view! { <FolderFields form /> }.into_any(),
                }}
                <SaveRow saving on_close=buckets.close() />
            </form>
        </Dialog>
    }
}

#[component]
fn S3Fields(form: Form) -> impl IntoView {
    view! {
        <TextField id="bucket-there" label="The bucket's name there" value=form.bucket required=true />
        <TextField
            id="bucket-endpoint"
            label="Address"
            value=form.endpoint
            placeholder="http://127.0.0.1:9000"
            hint="Empty for Amazon's own. Ceph, Garage, MinIO and others have one."
        />
        <div class="two">
            <TextField id="bucket-region" label="Region" value=form.region required=true />
            <TextField id="bucket-access-key" label="Access key" value=form.access_key_id required=true />
        </div>
        <div class="field">
            <label for="bucket-secret">"Secret access key"</label>
            <input
                id="bucket-secret"
                class="input mono"
                type="password"
                required=!form.stored
                placeholder=if form.stored { "unchanged" } else { "" }
                autocomplete="off"
                prop:value=form.secret
                on:input=move |event| form.secret.set(event_target_value(&event))
            />
            <span class="hint">"It is kept encrypted on the server and sent to nobody: calls are signed with it."</span>
        </div>
        <label class="check">
            <input
                type="checkbox"
                prop:checked=form.path_style
                on:change=move |event| form.path_style.set(event_target_checked(&event))
            />
            "The bucket stands in the path, as most stores but Amazon's want it"
        </label>
    }
}

#[component]
fn GcsFields(form: Form) -> impl IntoView {
    view! {
        <TextField id="bucket-there" label="The bucket's name there" value=form.bucket required=true />
        <div class="field">
            <label for="bucket-account">"Service account"</label>
            <textarea
                id="bucket-account"
                class="textarea mono"
                rows="4"
                required=!form.stored
                spellcheck="false"
                autocomplete="off"
                placeholder=if form.stored { "unchanged" } else { "{ \"type\": \"service_account\", … }" }
                prop:value=form.secret
                on:input=move |event| form.secret.set(event_target_value(&event))
            ></textarea>
            <span class="hint">"The whole JSON file of its key. It is kept encrypted on the server."</span>
        </div>
        <TextField
            id="bucket-endpoint"
            label="Address"
            value=form.endpoint
            placeholder="https://storage.googleapis.com"
            hint="Empty for Google's own."
        />
    }
}

#[component]
fn FolderFields(form: Form) -> impl IntoView {
    let buckets: Buckets = expect_context();
    let folder = move || buckets.list.ready().map(|list| list.folder);
    view! {
        <TextField id="bucket-there" label="Folder" value=form.bucket required=true />
        <p class="dim small">"It lies in " <span class="mono">{folder}</span> "."</p>
    }
}

#[component]
fn DeleteBucket(bucket: Bucket) -> impl IntoView {
    let buckets: Buckets = expect_context();
    let toasts = use_toasts();
    let title = format!("Let “{}” be a folder again?", bucket.name);
    let message = "Its key is forgotten. The objects stay in the store; nodes with this bucket use a folder on this server instead."
        .to_owned();
    let name = StoredValue::new(bucket.name);
    let delete = Callback::new(move |()| {
        let name = name.get_value();
        spawn_local(async move {
            match api::buckets::delete(&name).await {
                Ok(()) => buckets.reload(),
                Err(error) => toasts.fail(error),
            }
            buckets.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Forget the store" on_confirm=delete on_close=buckets.close() /> }
}

fn kind_of(value: &str) -> Kind {
    match value {
        "gcs" => Kind::Gcs,
        "folder" => Kind::Folder,
        _ => Kind::S3,
    }
}
