//! The server: the one binary `anabranch`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{place, process};

/// Builds it for everyday use; it then reads the browser app from `app/dist` as it serves it.
pub fn build() -> Result<PathBuf> {
    process::say("Compiling the server");
    process::run(process::cargo()?.args(["build", "--package", "server"]))?;
    binary("debug")
}

/// Builds it to ship, with the browser app inside.
pub fn build_release() -> Result<PathBuf> {
    process::say("Compiling the server (profile release)");
    process::run(process::cargo()?.args(["build", "--package", "server", "--release"]))?;
    binary("release")
}

/// Fetches the local model's weights into the user's cache, unless they are there.
pub fn fetch_model(binary: &Path) -> Result<()> {
    process::say("Fetching the local model, if it is not here yet (anabranch model fetch)");
    process::run(process::clean(binary).args(["model", "fetch"]))
}

/// Fetches the Python of Code nodes into the user's cache, unless it is there, and has it compiled.
pub fn fetch_python(binary: &Path) -> Result<()> {
    process::say("Fetching the Python of Code nodes, if it is not here yet (anabranch python fetch)");
    process::run(process::clean(binary).args(["python", "fetch"]))
}

/// Becomes the server.
pub fn start(binary: &Path, arguments: &[String]) -> Result<()> {
    process::say("Starting the server (anabranch serve)");
    let mut command = process::clean(binary);
    command.arg("serve").args(arguments);
    process::become_program(command)
}

pub fn bench(arguments: &[String]) -> Result<()> {
    process::say("Measuring (cargo bench -p server)");
    let mut command = process::cargo()?;
    command.args([
        "bench",
        "--package",
        "server",
        "--bench",
        "invoke",
        "--bench",
        "ingest",
        "--bench",
        "retrieval",
    ]);
    if !arguments.is_empty() {
        command.arg("--").args(arguments);
    }
    process::run(&mut command)
}

fn binary(profile: &str) -> Result<PathBuf> {
    let name = format!("anabranch{}", std::env::consts::EXE_SUFFIX);
    Ok(place::target()?.join(profile).join(name))
}
