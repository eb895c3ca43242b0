//! Packages of a Debian machine. Installed only where we are root there (containers, CI); elsewhere the developer is told.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;

/// Whether `install` can work here.
pub fn can_install() -> bool {
    is_debian() && is_root() && Path::new("/usr/bin/apt-get").exists()
}

/// Installs packages with apt-get.
pub fn install(packages: &[&str]) -> Result<()> {
    process::say(&format!("Installing {} with apt-get", packages.join(", ")));
    if apt(&[&["install"], packages].concat()).is_ok() {
        return Ok(());
    }
    // The list of packages may be absent or old, as it is in fresh containers.
    apt(&["update"])?;
    apt(&[&["install"], packages].concat()).with_context(|| format!("cannot install {}", packages.join(", ")))
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = process::clean("/usr/bin/apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.args(["-qq", "--yes", "--no-install-recommends"]).args(arguments);
    let output = command.output().context("cannot start apt-get")?;
    if !output.status.success() {
        bail!("apt-get: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn is_debian() -> bool {
    let Ok(release) = fs::read_to_string("/etc/os-release") else { return false };
    release.lines().any(|line| line.trim_matches('"') == "ID=debian")
}

fn is_root() -> bool {
    let uid = process::clean("id").arg("-u").output();
    uid.is_ok_and(|uid| uid.stdout.trim_ascii() == b"0")
}
