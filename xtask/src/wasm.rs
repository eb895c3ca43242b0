//! Which compiler makes WebAssembly here.
//!
//! Ordinarily the developer's own, with rustup's `wasm32-unknown-unknown`. Where rustup's servers are out of reach,
//! Debian's compiler for WebAssembly with a standard library built once by us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{debian, place, process, sysroot};

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Leptos gives the views of components one type then: less to compile, and a smaller app. What is linked keeps the
/// notes by which it is cut into parts.
const FLAGS: [&str; 3] = ["--cfg", "erase_components", "-Clink-arg=--emit-relocs"];

/// Rustup downloads 20 MB; a network that does not answer must not hold up the other way for long.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

const HELP: &str = "no Rust compiler here can make WebAssembly. Do one of:
  rustup target add wasm32-unknown-unknown
  sudo apt-get install rustc-web cargo-web rust-web-src rust-web-llvm lld-22   (Debian)
and run the command again";

/// A compiler that has the target's standard library.
pub enum Compiler {
    /// The one that built this program.
    Ours,
    /// Debian's, with this sysroot.
    Debian { sysroot: PathBuf },
}

impl Compiler {
    /// `cargo` of this compiler, in the workspace, for our target.
    pub fn cargo(&self) -> Result<Command> {
        let mut flags = FLAGS.to_vec();
        let folder;
        let mut command = match self {
            Self::Ours => process::cargo()?,
            Self::Debian { sysroot } => {
                folder = sysroot.display().to_string();
                flags.extend(["--sysroot", &folder]);
                let mut command = sysroot::cargo();
                command.env("CARGO_TARGET_DIR", place::target()?);
                command
            }
        };
        // Flags meant for the developer's processor are no flags for WebAssembly.
        command.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        Ok(command)
    }
}

/// Finds a compiler, and prepares one where none is ready.
pub fn compiler() -> Result<Compiler> {
    if our_compiler_has_target() {
        return Ok(Compiler::Ours);
    }
    if let Some(sysroot) = sysroot::ready()? {
        return Ok(Compiler::Debian { sysroot });
    }
    if rustup_adds_target() {
        return Ok(Compiler::Ours);
    }
    if !sysroot::compiler_is_installed() {
        if !debian::can_install() {
            bail!(HELP);
        }
        sysroot::install_compiler()?;
    }
    let sysroot = sysroot::build().context("Debian's compiler could not build the standard library")?;
    Ok(Compiler::Debian { sysroot })
}

fn our_compiler_has_target() -> bool {
    let mut rustc = process::clean("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).stderr(Stdio::null());
    let Ok(folder) = process::output(&mut rustc) else { return false };
    holds_standard_library(Path::new(folder.trim()))
}

fn holds_standard_library(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

fn rustup_adds_target() -> bool {
    let Some(rustup) = place::program(&["rustup"]) else { return false };
    process::say(&format!("Adding the compiler's {TARGET} target with rustup"));
    let added = process::run_within(RUSTUP_LIMIT, process::clean(rustup).args(["target", "add", TARGET]));
    if let Err(error) = added {
        process::say(&format!("Rustup could not: {error:#}"));
        return false;
    }
    our_compiler_has_target()
}
