use leptos::prelude::*;

#[component]
pub fn ExecutionsPage() -> impl IntoView {
    view! { <h1>"executions"</h1> }
}
