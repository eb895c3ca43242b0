//! What surrounds a page: the navigation on the left, the page on the right. Absent on purpose: entries for what does
//! not exist yet.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::session::use_session;
use crate::ui::browser;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::theme::{Choice, Theme};

/// How often the number of running executions is asked for.
const PULSE: u32 = 5_000;

#[component]
pub fn Shell() -> impl IntoView {
    let session = use_session();
    keep_fresh();
    let running = Memo::new(move |_| session.about().map_or(0, |about| about.running_executions));
    view! {
        <a class="skip" href="#main" on:click=skip>
            "Skip to the page"
        </a>
        <div class="shell">
            <nav class="nav" aria-label="Main">
                <div class="logo"><i aria-hidden="true"></i>"Anabranch"</div>
                <NavLink href="/" also="/flows" label="Flows" />
                <NavLink href="/executions" also="/executions" label="Executions">
                    <Show when=move || { running.get() > 0 }>
                        <span class="chip num">{move || running.get()} " running"</span>
                    </Show>
                </NavLink>
                <NavLink href="/knowledge" also="/knowledge" label="Knowledge" />
                <div class="grow"></div>
                <NavLink href="/connections" also="/connections" label="Connections" />
                <NavLink href="/settings" also="/settings" label="Settings" />
                <ThemeToggle />
            </nav>
            <main class="page" id="main" tabindex="-1">
                <Outlet />
            </main>
        </div>
    }
}

#[component]
fn NavLink(
    href: &'static str,
    /// The pages below this path belong to it too.
    also: &'static str,
    label: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let path = use_location().pathname;
    let here = move || path.with(|path| path == href || path.starts_with(also));
    view! {
        <a href=href aria-current=move || here().then_some("page")>
            {label}
            {children.map(|children| children())}
        </a>
    }
}

/// Goes round the three themes; the settings page names them side by side.
#[component]
fn ThemeToggle() -> impl IntoView {
    let theme: Theme = expect_context();
    let next = move || match theme.choice() {
        Choice::System => Choice::Light,
        Choice::Light => Choice::Dark,
        Choice::Dark => Choice::System,
    };
    let glyph = move || match theme.choice() {
        Choice::System => Glyph::System,
        Choice::Light => Glyph::Light,
        Choice::Dark => Glyph::Dark,
    };
    view! {
        <button
            type="button"
            class="theme-toggle"
            title=move || format!("Change to {}", next().label())
            on:click=move |_| theme.choose(next())
        >
            <span>"Theme"</span>
            <span class="chip">
                {move || view! { <Icon glyph=glyph() /> }} {move || theme.choice().label()}
            </span>
        </button>
    }
}

/// The fragment would change the address, and with it the router's idea of the page.
fn skip(event: leptos::ev::MouseEvent) {
    event.prevent_default();
    browser::focus_soon("#main");
}

fn keep_fresh() {
    let session = use_session();
    let alive = StoredValue::new(());
    spawn_local(async move {
        // The stored value goes with the shell, and with it this loop.
        while alive.try_get_value().is_some() {
            if browser::document().is_some_and(|document| !document.hidden()) {
                session.refresh().await;
            }
            TimeoutFuture::new(PULSE).await;
        }
    });
}
