//! A flow's versions: what changed between two of them, where aliases point, and how programs call them.

mod aliases;
mod change;
mod compare;
mod list;

use flow::wire::{Alias, Flow, VersionList, VersionSummary};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::publish::PublishDialog;
use super::use_it::UseItDialog;
use crate::api;
use crate::ui::browser;
use crate::ui::load::{Failure, Loaded, Loader};
use aliases::{Aliases, DeleteAlias};
pub use change::FieldView;
use compare::Compare;
use list::{RestoreDialog, Versions};

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// Before the first version there was nothing.
    Nothing,
    Version(u64),
    Draft,
}

impl Side {
    fn label(self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Version(number) => format!("v{number}"),
            Self::Draft => "Draft".to_owned(),
        }
    }

    /// For a `<select>`.
    fn key(self) -> String {
        match self {
            Self::Nothing => "0".to_owned(),
            Self::Version(number) => number.to_string(),
            Self::Draft => "draft".to_owned(),
        }
    }

    fn from_key(key: &str) -> Self {
        match key.parse() {
            Ok(0) => Self::Nothing,
            Ok(number) => Self::Version(number),
            Err(_) => Self::Draft,
        }
    }
}

/// The dialog that is open.
#[derive(Clone, Debug, PartialEq)]
enum Open {
    Publish,
    /// With the alias to begin with.
    UseIt(Option<String>),
    Restore(u64),
    DeleteAlias(Alias),
}

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Page {
    id: StoredValue<String>,
    flow: Loader<Flow>,
    versions: Loader<VersionList>,
    before: RwSignal<Side>,
    after: RwSignal<Side>,
    open: RwSignal<Option<Open>>,
}

impl Page {
    fn reload(self) {
        let Some(id) = self.id.try_get_value() else { return };
        self.flow.load({
            let id = id.clone();
            async move { api::flows::get(&id).await }
        });
        self.versions.load(async move { api::versions::list(&id).await });
    }

    fn compare(self, before: Side, after: Side) {
        self.before.set(before);
        self.after.set(after);
    }

    /// The newest version and the draft.
    fn compare_latest(self, latest: Option<u64>) {
        self.compare(latest.map_or(Side::Nothing, Side::Version), Side::Draft);
    }

    fn version_list(self) -> Vec<VersionSummary> {
        self.versions.ready().map(|list| list.versions).unwrap_or_default()
    }
}

#[component]
pub fn VersionsPage() -> impl IntoView {
    let params = use_params_map();
    // A link from one flow's versions to another's keeps the component.
    move || {
        let id = params.with(|params| params.get("id")).unwrap_or_default();
        view! { <VersionsOf id /> }
    }
}

#[component]
fn VersionsOf(id: String) -> impl IntoView {
    browser::set_title("Versions");
    let page = Page {
        id: StoredValue::new(id),
        flow: Loader::default(),
        versions: Loader::default(),
        before: RwSignal::new(Side::Nothing),
        after: RwSignal::new(Side::Draft),
        open: RwSignal::new(None),
    };
    provide_context(page);
    page.reload();
    // Once known, the newest version is what the draft is compared with; later choices are the person's.
    let mut begun = false;
    Effect::new(move || {
        if let Some(flow) = page.flow.ready()
            && !std::mem::replace(&mut begun, true)
        {
            browser::set_title(&format!("{} · Versions", flow.title));
            page.compare_latest(flow.latest_version);
        }
    });
    view! {
        <Header />
        {move || match page.flow.failure().or(page.versions.failure()) {
            Some(error) => {
                view! { <Failure error retry=Callback::new(move |()| page.reload()) /> }.into_any()
            }
            None => view! { <Body /> }.into_any(),
        }}
        <Dialogs />
    }
}

#[component]
fn Body() -> impl IntoView {
    view! {
        <div class="split">
            <div class="stack">
                <Versions />
                <Aliases />
            </div>
            <Compare />
        </div>
    }
}

#[component]
fn Header() -> impl IntoView {
    let page: Page = expect_context();
    let title = Memo::new(move |_| page.flow.ready().map_or_else(|| "Flow".to_owned(), |flow| flow.title));
    let editor = page.id.with_value(|id| format!("/flows/{id}"));
    let ready = move || matches!(page.flow.get(), Loaded::Ready(_));
    view! {
        <div class="bar">
            <p class="crumb">
                <a href="/">"Flows"</a>
                " / "
                <a href=editor.clone()>{title}</a>
                " /"
            </p>
            <h1>"Versions"</h1>
            <span class="grow"></span>
            <a class="btn" href=editor>
                "Open editor"
            </a>
            <button
                type="button"
                class="btn"
                disabled=move || !ready()
                on:click=move |_| page.open.set(Some(Open::UseIt(None)))
            >
                "Use it"
            </button>
            <button
                type="button"
                class="btn primary"
                disabled=move || !ready()
                on:click=move |_| page.open.set(Some(Open::Publish))
            >
                "Publish…"
            </button>
        </div>
    }
}

#[component]
fn Dialogs() -> impl IntoView {
    let page: Page = expect_context();
    let on_close = Callback::new(move |()| page.open.set(None));
    let on_published = Callback::new(move |published: flow::wire::Published| {
        let version = published.version.version;
        page.compare(
            if version > 1 { Side::Version(version - 1) } else { Side::Nothing },
            Side::Version(version),
        );
        page.reload();
    });
    move || {
        // First, so that it is followed even while there is no flow yet.
        let open = page.open.get()?;
        let flow = page.flow.ready_untracked()?;
        Some(match open {
            Open::Publish => view! { <PublishDialog flow on_published on_close /> }.into_any(),
            Open::DeleteAlias(alias) => view! { <DeleteAlias flow alias on_close /> }.into_any(),
            Open::UseIt(alias) => view! { <UseItDialog flow alias on_close /> }.into_any(),
            Open::Restore(version) => view! { <RestoreDialog version on_close /> }.into_any(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_survives_its_select() {
        for side in [Side::Nothing, Side::Version(1), Side::Version(12), Side::Draft] {
            assert_eq!(Side::from_key(&side.key()), side);
        }
    }
}
