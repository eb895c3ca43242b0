//! Coming to another page.
//!
//! Always holds: after a change of page the focus is on the new page, so that the keyboard and a screen reader begin
//! there. Absent on purpose: the first page of a visit, where the browser begins at the top by itself.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::ui::browser;

/// Puts the focus on each page that is come to. It lives as long as the router does.
#[component]
pub fn Arrivals() -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            browser::focus_once_there(place(&now));
        }
        now
    });
}

/// What has the focus at first. In the editor that is the bar above the canvas, since on the canvas the keys have
/// meanings of their own.
fn place(path: &str) -> &'static str {
    let editor = path.strip_prefix("/flows/").is_some_and(|id| !id.contains('/'));
    if editor { ".editor > .top" } else { "#main" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_is_told_from_the_pages_below_it() {
        for (path, expected) in [
            ("/", "#main"),
            ("/flows/ABCDEFGHIJ", ".editor > .top"),
            ("/flows/ABCDEFGHIJ/versions", "#main"),
            ("/executions/1", "#main"),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }
}
