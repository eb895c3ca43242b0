//! What a folder's `package-lock.json` names, installed by npm beside it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{debian, place, process};

/// `npm ci`, when the lock is another than at the last time.
pub fn install(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let key = blake3::hash(&lock).to_hex();
    let stamp = folder.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == key.as_str()) {
        return Ok(());
    }
    if place::program(&["npm"]).is_none() {
        if !debian::can_install() {
            bail!("Node.js 20 or newer with npm is not installed here");
        }
        debian::install(&["nodejs", "npm"])?;
    }
    process::say(&format!("Installing the packages of {} (npm ci)", folder.display()));
    let mut npm = process::clean("npm");
    npm.current_dir(folder);
    // The browser is the machine's own where there is one; see `end2end::chromium`.
    npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(&mut npm)?;
    Ok(fs::write(stamp, key.as_str())?)
}
