//! Starts the browser app. Everything else is in the library, so that its pure parts are tested on the host.

fn main() {
    console_error_panic_hook::set_once();
    app::start();
}
