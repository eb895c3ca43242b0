//! Going to another page from code.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use send_wrapper::SendWrapper;

/// A callback that goes to a path of ours. To be made while a component is set up; after an answer, `try_run` it, so
/// that nobody is taken away from where they went meanwhile.
pub fn navigator() -> Callback<String> {
    // The router lives on the page's one thread.
    let navigate = SendWrapper::new(use_navigate());
    Callback::new(move |path: String| navigate(&path, Default::default()))
}
