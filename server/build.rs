//! Builds the server again when the browser app was built anew, since its files are embedded.

fn main() {
    println!("cargo::rerun-if-changed=../app/dist/index.html");
}
