//! The whole app: who is signed in, which page is shown.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::page::agents::AgentsPage;
use crate::page::arrival::Arrivals;
use crate::page::connect::ConnectPage;
use crate::page::connections::ConnectionsPage;
use crate::page::editor::EditorPage;
use crate::page::execution::ExecutionPage;
use crate::page::executions::ExecutionsPage;
use crate::page::flows::FlowsPage;
use crate::page::knowledge::KnowledgePage;
use crate::page::knowledge::base::KnowledgeBasePage;
use crate::page::missing::MissingPage;
use crate::page::session::{Session, State};
use crate::page::settings::SettingsPage;
use crate::page::shell::Shell;
use crate::page::sign_in::{SignIn, Unreachable};
use crate::page::templates::TemplatesPage;
use crate::page::versions::VersionsPage;
use crate::ui::theme::Theme;
use crate::ui::toast::{ToastRegion, Toasts};

#[component]
pub fn App() -> impl IntoView {
    Theme::provide();
    Toasts::provide();
    let session = Session::provide();
    session.begin();
    view! {
        {move || match session.state() {
            State::Checking => view! { <div class="boot" aria-busy="true"></div> }.into_any(),
            State::SignedOut(why) => view! { <SignIn why /> }.into_any(),
            State::Unreachable(error) => view! { <Unreachable error /> }.into_any(),
            State::SignedIn => view! { <Pages /> }.into_any(),
        }}
        <ToastRegion />
    }
}

/// The editor fills the window; every other page stands in the shell.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Arrivals />
            <Routes fallback=MissingPage>
                <Route path=path!("/flows/:id") view=EditorPage />
                <ParentRoute path=path!("") view=Shell>
                    <Route path=path!("/") view=FlowsPage />
                    <Route path=path!("/flows/:id/versions") view=VersionsPage />
                    <Route path=path!("/templates") view=TemplatesPage />
                    <Route path=path!("/executions") view=ExecutionsPage />
                    <Route path=path!("/executions/:id") view=ExecutionPage />
                    <Route path=path!("/knowledge") view=KnowledgePage />
                    <Route path=path!("/knowledge/:id") view=KnowledgeBasePage />
                    <Route path=path!("/agents") view=AgentsPage />
                    <Route path=path!("/connect") view=ConnectPage />
                    <Route path=path!("/connections") view=ConnectionsPage />
                    <Route path=path!("/settings") view=SettingsPage />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
