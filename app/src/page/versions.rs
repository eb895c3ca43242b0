use leptos::prelude::*;

#[component]
pub fn VersionsPage() -> impl IntoView {
    view! { <h1>"versions"</h1> }
}
