//! Anabranch in the browser: Leptos, client side only, over the public API.
//!
//! Always holds: everything shown came through [`api`]; what needs no browser (parsing, folding, geometry, wording)
//! is in modules that are tested on the host. Absent on purpose: inline styles and inner HTML, which the page's
//! Content-Security-Policy forbids.

pub mod api;
mod app;
pub mod canvas;
pub mod editor;
pub mod node;
pub mod page;
pub mod panel;
pub mod picture;
pub mod ui;

/// Puts the app on the page.
pub fn start() {
    leptos::mount::mount_to_body(app::App);
}
