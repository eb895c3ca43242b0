//! A sysroot of our own for Debian's compiler (packages `rustc-web` and its companions).
//!
//! Debian ships the standard library for WebAssembly as source only. It is compiled once for each user and compiler
//! into the cache; builds then only name the folder. (`-Zbuild-std` at every build would compile it in every clone, and
//! its switch for unstable features would leak into build scripts that probe for them.)

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{debian, place, process, wasm};

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const LINKER: &str = "/usr/bin/rust-lld";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std";

/// The oldest compiler that accepts our code; Debian's plain `rustc` lies at the same path and may be older.
const OLDEST: (u32, u32) = (1, 95);

const MANIFEST: &str = r#"[package]
name = "sysroot"
version = "0.0.0"
edition = "2024"
[workspace]
[profile.release]
panic = "abort"
"#;

/// Debian's cargo and rustc, rid of what rustup and the cargo that started us put into the environment.
pub fn cargo() -> Command {
    let mut command = process::clean(CARGO);
    command.env("RUSTC", RUSTC).env("PATH", path_with_debian_first());
    let foreign = [
        "CARGO",
        "CARGO_ENCODED_RUSTFLAGS",
        "LD_LIBRARY_PATH",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTDOC",
        "RUSTFLAGS",
        "RUSTUP_TOOLCHAIN",
    ];
    for name in foreign {
        command.env_remove(name);
    }
    command
}

/// Whether the packages are here, new enough and whole.
pub fn compiler_is_installed() -> bool {
    let whole = [RUSTC, CARGO, LINKER, SOURCE].iter().all(|path| Path::new(path).exists());
    whole && rustc("--version").is_ok_and(|version| is_new_enough(&version))
}

/// Installs the packages. `rust-lld` is a link into another package, which they only suggest: `lld-22`, say.
pub fn install_compiler() -> Result<()> {
    debian::install(&PACKAGES)?;
    let linker = fs::read_link(LINKER).unwrap_or_default();
    if let Some(package) = linker.file_name().and_then(OsStr::to_str).filter(|_| !Path::new(LINKER).exists())
    {
        debian::install(&[package])?;
    }
    ensure!(compiler_is_installed(), "the packages {} do not bring what they should", PACKAGES.join(", "));
    Ok(())
}

/// The sysroot, where it was built before for the compiler now installed.
pub fn ready() -> Result<Option<PathBuf>> {
    if !compiler_is_installed() {
        return Ok(None);
    }
    Ok(Some(folder()?).filter(|folder| folder.exists()))
}

/// Builds the sysroot. It appears under its name only when complete, so that an interrupted build leaves nothing behind
/// that looks ready; of two builds at once the later one is thrown away.
pub fn build() -> Result<PathBuf> {
    process::say(
        "Compiling the standard library for WebAssembly with Debian's compiler (once; about a minute)",
    );
    let finished = folder()?;
    let work = finished.with_extension(format!("{}.part", std::process::id()));
    let built = compile(&work).and_then(|()| assemble(&work));
    if let Ok(assembled) = &built
        && let Err(error) = fs::rename(assembled, &finished)
        && !finished.exists()
    {
        return Err(error).context("cannot put the sysroot in its place");
    }
    fs::remove_dir_all(&work)?;
    built.map(|_| finished)
}

/// An empty crate is built, and with it the standard library. Bitcode is embedded for the link-time optimisation of
/// the profile `browser-dist`.
fn compile(work: &Path) -> Result<()> {
    fs::create_dir_all(work.join("src"))?;
    fs::write(work.join("Cargo.toml"), MANIFEST)?;
    fs::write(work.join("src/lib.rs"), "#![no_std]\n")?;
    let mut command = cargo();
    command.current_dir(work);
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Cembed-bitcode=yes");
    command.env("CARGO_TARGET_DIR", work.join("target"));
    command.args(["build", "--quiet", "--release", "--target", wasm::TARGET, "-Zbuild-std=std,panic_abort"]);
    process::run(&mut command)
}

/// The layout that `--sysroot` asks for: our target's libraries, and the host's folder (its tools) linked beside.
fn assemble(work: &Path) -> Result<PathBuf> {
    let sysroot = work.join("sysroot");
    let targets = sysroot.join("lib/rustlib");
    let libraries = targets.join(wasm::TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    for entry in fs::read_dir(work.join("target").join(wasm::TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libsysroot-") {
            fs::copy(&path, libraries.join(name.as_ref()))?;
        }
    }
    let host = rustc("--print=host-tuple")?;
    let hosts = Path::new(rustc("--print=sysroot")?.trim()).join("lib/rustlib").join(host.trim());
    link(&hosts, &targets.join(host.trim()))?;
    Ok(sysroot)
}

#[cfg(unix)]
fn link(original: &Path, link: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(original, link)?)
}

#[cfg(not(unix))]
fn link(_original: &Path, _link: &Path) -> Result<()> {
    anyhow::bail!("there is no Debian here")
}

fn folder() -> Result<PathBuf> {
    let hash = blake3::hash((rustc("-vV")? + MANIFEST).as_bytes()).to_hex();
    let cache = place::cache()?;
    fs::create_dir_all(&cache)?;
    Ok(cache.join(format!("sysroot-{}", &hash[..16])))
}

fn rustc(argument: &str) -> Result<String> {
    let mut command = process::clean(RUSTC);
    command.env_remove("LD_LIBRARY_PATH").arg(argument);
    process::output(&mut command)
}

fn path_with_debian_first() -> OsString {
    let mut path = OsString::from("/usr/bin:");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// Reads `rustc 1.96.0 (hash date)`.
fn is_new_enough(version: &str) -> bool {
    let Some(number) = version.split_whitespace().nth(1) else { return false };
    let mut parts = number.split('.').map_while(|part| part.parse::<u32>().ok());
    parts.next().zip(parts.next()).is_some_and(|found| found >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25)"));
        assert!(is_new_enough("rustc 1.100.0-nightly"));
        assert!(!is_new_enough("rustc 1.63.0 (4b91a6ea7 2022-08-08)"));
        assert!(!is_new_enough(""));
    }
}
