//! The editor of a flow.

use leptos::prelude::*;

#[component]
pub fn EditorPage() -> impl IntoView {
    view! { <h1>"editor"</h1> }
}
