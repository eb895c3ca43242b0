use leptos::prelude::*;

#[component]
pub fn FlowsPage() -> impl IntoView {
    view! { <h1>"flows"</h1> }
}
