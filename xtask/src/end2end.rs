//! The tests from outside, in `end2end/`: the real binary under the AWS clients and under a browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::{self, Outcome};
use crate::{browser, debian, place, process, server};

/// The AWS SDK for JavaScript.
pub fn node() -> Result<Outcome> {
    let tests = files(&folder().join("aws"), ".test.mjs")?;
    if tests.is_empty() {
        return Ok(Outcome::Skipped("there is no end2end/aws/*.test.mjs yet".into()));
    }
    let binary = server::build()?;
    packages()?;
    process::say("Running end2end/aws/*.test.mjs");
    let seen = place::target()?.join("operations");
    if seen.exists() {
        fs::remove_dir_all(&seen)?;
    }
    let mut node = in_end2end("node");
    node.arg("--test").args(tests).env("ANABRANCH_BIN", binary).env("ANABRANCH_OPERATIONS", &seen);
    process::run(&mut node)?;
    process::say("Checking the README's table of operations");
    process::run(in_end2end("node").arg("aws/table.mjs").arg(&seen))?;
    Ok(Outcome::Passed)
}

/// boto3, and what AWS's own models say of every input.
pub fn python() -> Result<Outcome> {
    let Some(python) = place::program(&["python3"]) else {
        return Ok(Outcome::Skipped("Python 3 is not installed here".into()));
    };
    let binary = server::build()?;
    let python = python_with_boto3(&python)?;
    process::say("Checking that server/src/api/aws/model.json is what AWS's models give");
    process::run(in_end2end(&python).arg(folder().join("aws/model.py")).arg("--check"))?;
    for test in files(&folder().join("aws"), ".py")? {
        if test.file_name().is_some_and(|name| name.to_string_lossy().starts_with("test_")) {
            process::say(&format!("Running {}", test.display()));
            process::run(in_end2end(&python).arg(test).env("ANABRANCH_BIN", &binary))?;
        }
    }
    Ok(Outcome::Passed)
}

/// A browser.
pub fn playwright() -> Result<Outcome> {
    browser::build(browser::Profile::Everyday)?;
    let binary = server::build()?;
    packages()?;
    let mut playwright = in_end2end("node");
    playwright.args(["node_modules/@playwright/test/cli.js", "test"]).env("ANABRANCH_BIN", binary);
    if let Some(chromium) = chromium()? {
        playwright.env("CHROMIUM", chromium);
    }
    // For the snippet that is a Python program; without Python it is left out.
    if let Some(python) = place::program(&["python3"]) {
        let python = python_with_boto3(&python)?;
        playwright.env("ANABRANCH_PYTHON", python.parent().unwrap_or(&python));
    }
    test::require_fetched(&mut playwright);
    playwright.env("ANABRANCH_RECORDINGS", place::target()?.join("recordings"));
    process::say("Running end2end/tests/*.spec.mjs in Chromium");
    process::run(&mut playwright)?;
    Ok(Outcome::Passed)
}

/// The canvas beside React Flow, with the smallest app.
pub fn bench() -> Result<()> {
    browser::build(browser::Profile::Dist)?;
    let binary = server::build()?;
    packages()?;
    packages_of(&folder().join("bench"))?;
    let mut bench = in_end2end("node");
    bench.arg("bench/canvas.mjs").env("ANABRANCH_BIN", binary);
    if let Some(chromium) = chromium()? {
        bench.env("CHROMIUM", chromium);
    }
    process::say("Measuring the canvas beside React Flow (node end2end/bench/canvas.mjs)");
    process::run(&mut bench)
}

/// What npm brings for the tests: clients, a browser's driver, and PostgreSQL with pgvector.
pub fn packages() -> Result<()> {
    packages_of(&folder())
}

/// `npm ci`, when the lock is another than at the last time.
fn packages_of(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let key = blake3::hash(&lock).to_hex();
    let stamp = folder.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == key.as_str()) {
        return Ok(());
    }
    if place::program(&["npm"]).is_none() {
        if !debian::can_install() {
            bail!("Node.js 20 or newer with npm is needed for the end-to-end tests");
        }
        debian::install(&["nodejs", "npm"])?;
    }
    process::say(&format!("Installing the packages of {} (npm ci)", folder.display()));
    let mut npm = process::clean("npm");
    npm.current_dir(folder);
    // The browser is the machine's own where there is one; see `chromium`.
    npm.args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(&mut npm)?;
    Ok(fs::write(stamp, key.as_str())?)
}

/// The machine's Chromium; `None` where Playwright has to use one that it downloaded.
fn chromium() -> Result<Option<PathBuf>> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    if let Some(found) = std::env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| place::program(&names)) {
        return Ok(Some(found));
    }
    if debian::can_install() {
        debian::install(&["chromium"])?;
        return Ok(place::program(&names));
    }
    process::say("Fetching Chromium (playwright install)");
    process::run(in_end2end("node").args(["node_modules/@playwright/test/cli.js", "install", "chromium"]))?;
    Ok(None)
}

/// A Python of its own in the user's cache, with the packages that `requirements.txt` names.
fn python_with_boto3(python: &Path) -> Result<PathBuf> {
    let requirements = folder().join("aws/requirements.txt");
    let wanted = fs::read(&requirements).context("cannot read end2end/aws/requirements.txt")?;
    let version = process::output(process::clean(python).arg("--version"))?;
    let key = blake3::hash(&[wanted.as_slice(), version.as_bytes()].concat()).to_hex();
    let environment = place::cache()?.join(format!("python-{}", &key[..16]));
    let program = environment.join("bin/python");
    let complete = environment.join(".complete");
    if !complete.exists() {
        process::say("Installing boto3 into the user's cache (venv, pip)");
        create_environment(python, &environment)?;
        let mut pip = process::clean(&program);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        process::run(pip.arg(&requirements))?;
        fs::write(complete, "")?;
    }
    Ok(program)
}

/// Debian keeps a part of `venv` in a package of its own.
fn create_environment(python: &Path, environment: &Path) -> Result<()> {
    let mut venv = process::clean(python);
    venv.args(["-m", "venv", "--clear"]).arg(environment);
    if process::run(&mut venv).is_ok() {
        return Ok(());
    }
    if debian::can_install() {
        debian::install(&["python3-venv"])?;
    }
    process::run(&mut venv).context("Python's venv is needed (Debian's package python3-venv)")
}

fn in_end2end(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = process::clean(program);
    command.current_dir(folder());
    command
}

fn folder() -> PathBuf {
    place::root().join("end2end")
}

/// The files of a folder whose names end so, in order; none where there is no folder.
fn files(folder: &Path, end: &str) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(end));
    files.sort();
    Ok(files)
}
