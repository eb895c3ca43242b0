//! The whole app: who is signed in, which page is shown.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::page::arrival::Arrivals;
use crate::page::flows::FlowsPage;
use crate::page::missing::MissingPage;
use crate::page::part;
use crate::page::session::{Session, State};
use crate::page::shell::Shell;
use crate::page::sign_in::{SignIn, Unreachable};
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
                <Route path=path!("/flows/:id") view=part::editor />
                <ParentRoute path=path!("") view=Shell>
                    <Route path=path!("/") view=FlowsPage />
                    <Route path=path!("/flows/:id/versions") view=part::versions />
                    <Route path=path!("/templates") view=part::templates />
                    <Route path=path!("/executions") view=part::executions />
                    <Route path=path!("/executions/:id") view=part::execution />
                    <Route path=path!("/knowledge") view=part::knowledge />
                    <Route path=path!("/knowledge/:id") view=part::knowledge_base />
                    <Route path=path!("/agents") view=part::agents />
                    <Route path=path!("/connect") view=part::connect />
                    <Route path=path!("/connections") view=part::connections />
                    <Route path=path!("/settings") view=part::settings />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
