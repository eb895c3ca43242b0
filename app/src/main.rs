//! Anabranch in the browser: Leptos, client side only, over the public API.
use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(|| view! { <p>"Anabranch"</p> });
}
