//! The browser app: compiled, bound to JavaScript, and laid out in `app/dist` as the server serves it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::assets::{Assets, Effort};
use crate::{code, parts, place, process, wasm};

/// How much time a build may take to make the app small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// For `serve` and `test`: quick to build again, and panics name functions.
    Everyday,
    /// For `build`: the smallest.
    Dist,
}

impl Profile {
    fn cargo_name(self) -> &'static str {
        match self {
            Self::Everyday => "browser",
            Self::Dist => "browser-dist",
        }
    }

    fn effort(self) -> Effort {
        match self {
            Self::Everyday => Effort::Quick,
            Self::Dist => Effort::Thorough,
        }
    }
}

/// Where the server's `rust-embed` finds the app.
pub fn dist() -> PathBuf {
    place::root().join("app/dist")
}

/// Brings `app/dist` up to date.
pub fn build(profile: Profile) -> Result<()> {
    check_versions()?;
    fs::create_dir_all(dist())?;
    let module = compile(profile)?;

    // Two builds at once would mix their files.
    let work = place::target()?.join("browser");
    fs::create_dir_all(&work)?;
    let lock = File::create(work.join("lock"))?;
    lock.lock()?;

    let bound = bind(profile, &module, &work.join(profile.cargo_name()))?;
    let mut assets = Assets::default();
    assets.add_bound(&bound)?;
    let fields = work.join("code");
    fs::create_dir_all(&fields)?;
    assets.add("code.js", code::module(&fields)?);
    assets.add_styles(&place::root().join("style"))?;
    assets.add_public(&place::root().join("public"))?;
    assets.publish(&dist(), profile.effort())
}

fn compile(profile: Profile) -> Result<PathBuf> {
    let compiler = wasm::compiler()?;
    let name = profile.cargo_name();
    process::say(&format!("Compiling the browser app (profile {name})"));
    let mut command = compiler.cargo()?;
    command.args(["build", "--package", "app", "--target", wasm::TARGET, "--profile", name]);
    process::run(&mut command)?;
    Ok(place::target()?.join(wasm::TARGET).join(name).join("app.wasm"))
}

/// Cuts the module into its parts and runs wasm-bindgen on the one that starts, unless the module is the one they ran
/// on before. `folder` then holds their files and a key.
fn bind(profile: Profile, module: &Path, folder: &Path) -> Result<PathBuf> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let key = blake3::hash(&bytes).to_hex();
    let files = folder.join("bound");
    let keyed = folder.join("key");
    if fs::read_to_string(&keyed).is_ok_and(|found| found == key.as_str()) {
        return Ok(files);
    }
    process::say("Cutting it into parts, and binding it to JavaScript (wasm-split, wasm-bindgen)");
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(&files)?;
    let small = profile == Profile::Dist;
    let first = parts::cut(&bytes, &folder.join("first.wasm"), &files, small)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("app", first)
        .keep_lld_exports(true)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true);
    bindgen.remove_name_section(small).remove_producers_section(small);
    bindgen.generate(&files)?;
    fs::write(keyed, key.as_str())?;
    Ok(files)
}

/// The library in the app and the tool in this program speak one format only when their versions are equal.
fn check_versions() -> Result<()> {
    let lock = fs::read_to_string(place::root().join("Cargo.lock"))?;
    let library = locked(&lock, "wasm-bindgen").context("wasm-bindgen is not in Cargo.lock")?;
    let tool =
        locked(&lock, "wasm-bindgen-cli-support").context("wasm-bindgen-cli-support is not in Cargo.lock")?;
    ensure!(
        library == tool,
        "wasm-bindgen is {library} in Cargo.lock, and wasm-bindgen-cli-support {tool}: \
         set both to one version in [workspace.dependencies] of Cargo.toml"
    );
    Ok(())
}

fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.split_once(&entry)?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn a_locked_version_is_found_by_the_whole_name() {
        let lock = "name = \"a-b\"\nversion = \"1.0.0\"\n\nname = \"a\"\nversion = \"2.0.0\"\n";
        assert_eq!(locked(lock, "a"), Some("2.0.0"));
        assert_eq!(locked(lock, "a-b"), Some("1.0.0"));
        assert_eq!(locked(lock, "b"), None);
    }
}
