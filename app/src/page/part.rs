//! The parts of the app, each loaded when one of its pages is first opened, so that the first page is there soon.
//!
//! Always holds: a part that could not be loaded is asked for again when the reader says so.

use std::pin::Pin;
use std::ptr;

use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::agents::AgentsPage;
use super::connect::ConnectPage;
use super::connections::ConnectionsPage;
use super::editor::EditorPage;
use super::execution::ExecutionPage;
use super::executions::ExecutionsPage;
use super::knowledge::KnowledgePage;
use super::knowledge::base::KnowledgeBasePage;
use super::settings::SettingsPage;
use super::templates::TemplatesPage;
use super::versions::VersionsPage;
use crate::api::{Answer, Error};
use crate::ui::load::{Failure, Loaded, Loader};

/// What puts a page of a part on the screen.
#[derive(Clone, Copy)]
struct Page(fn() -> AnyView);

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        ptr::fn_addr_eq(self.0, other.0)
    }
}

type Loading = Pin<Box<dyn Future<Output = Answer<Page>>>>;

/// A page of a part: `shown` is what a route shows, and `page` is in the part.
macro_rules! pages {
    ($($part:ident: $load:ident, $shown:ident, $page:ident;)*) => {$(
        #[wasm_split($part, fallible)]
        fn $load() -> Result<Page, SplitLoaderError> {
            Ok(Page(|| view! { <$page /> }.into_any()))
        }

        #[doc = concat!("Shows [`", stringify!($page), "`] once its part is there.")]
        pub fn $shown() -> impl IntoView {
            shown(|| Box::pin(async { $load().await.map_err(|_| Error::PartMissing) }))
        }
    )*};
}

pages! {
    editor: load_editor, editor, EditorPage;
    history: load_versions, versions, VersionsPage;
    history: load_execution, execution, ExecutionPage;
    rest: load_templates, templates, TemplatesPage;
    rest: load_executions, executions, ExecutionsPage;
    rest: load_knowledge, knowledge, KnowledgePage;
    rest: load_knowledge_base, knowledge_base, KnowledgeBasePage;
    rest: load_agents, agents, AgentsPage;
    rest: load_connect, connect, ConnectPage;
    rest: load_connections, connections, ConnectionsPage;
    rest: load_settings, settings, SettingsPage;
}

fn shown(load: fn() -> Loading) -> AnyView {
    let page: Loader<Page> = Loader::default();
    page.load(load());
    let again = Callback::new(move |()| page.load(load()));
    (move || match page.get() {
        Loaded::Loading => view! { <div class="boot" aria-busy="true"></div> }.into_any(),
        Loaded::Failed(error) => view! { <main class="page"><Failure error retry=again /></main> }.into_any(),
        Loaded::Ready(Page(build)) => build(),
    })
    .into_any()
}
