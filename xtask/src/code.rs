//! The fields for code: `app/code` with CodeMirror, as the one module that a page fetches when it shows the first.
//!
//! Always holds: the app builds without Node.js too. Its fields are plain text areas then.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::{packages, place, process};

/// What is served where the module cannot be made: an import of it fails, and the page goes on without.
const NONE: &str =
    "throw new Error(\"This was built without Node.js, so code is edited in plain text areas.\");\n";

/// The module. `work` keeps it until its sources are others.
pub fn module(work: &Path) -> Result<Vec<u8>> {
    let made = work.join("module.js");
    let keyed = work.join("key");
    let key = key(&place::root().join("app/code"))?;
    if !fs::read_to_string(&keyed).is_ok_and(|found| found == key) {
        if let Err(error) = bundle(&made) {
            process::say(&format!("Code is edited in plain text areas: {error:#}"));
            return Ok(NONE.into());
        }
        fs::write(keyed, key)?;
    }
    Ok(fs::read(made)?)
}

fn bundle(to: &Path) -> Result<()> {
    let folder = place::root().join("app/code");
    packages::install(&folder)?;
    process::say("Bundling the fields for code (esbuild)");
    let mut npm = process::clean("npm");
    npm.current_dir(folder).args(["run", "--silent", "bundle", "--"]);
    npm.arg(format!("--outfile={}", to.display()));
    process::run(&mut npm)
}

/// Of all that the module is made from.
fn key(folder: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut files = ["package.json", "package-lock.json"].map(|name| folder.join(name)).to_vec();
    for entry in fs::read_dir(folder.join("src"))? {
        files.push(entry?.path());
    }
    files.sort();
    for file in files {
        hasher.update(file.to_string_lossy().as_bytes()).update(&fs::read(&file)?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}
