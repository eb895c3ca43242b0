use leptos::prelude::*;

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    view! { <h1>"connections"</h1> }
}
