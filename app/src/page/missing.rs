//! The address leads nowhere.

use leptos::prelude::*;

use crate::ui::browser;

#[component]
pub fn MissingPage() -> impl IntoView {
    browser::set_title("Not found");
    view! {
        <main class="alone" id="main" tabindex="-1">
            <div class="panel card-alone">
                <h1>"There is nothing here"</h1>
                <p class="dim">"The address may be old, or what it named was deleted."</p>
                <div>
                    <a class="btn primary" href="/">
                        "To the flows"
                    </a>
                </div>
            </div>
        </main>
    }
}
