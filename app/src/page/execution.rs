use leptos::prelude::*;

#[component]
pub fn ExecutionPage() -> impl IntoView {
    view! { <h1>"execution"</h1> }
}
