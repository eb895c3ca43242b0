//! The checks, in the order in which they are worth knowing about: cheap ones first.

use std::fs;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::builder::PossibleValuesParser;

use crate::{browser, debian, end2end, place, process, server};

/// What became of a step that did not fail.
pub enum Outcome {
    Passed,
    /// With the reason.
    Skipped(String),
}

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Outcome>,
}

const STEPS: [Step; 10] = [
    Step { name: "fmt", about: "the code is formatted (cargo fmt)", run: fmt },
    Step { name: "clippy", about: "the code has no warnings (cargo clippy)", run: clippy },
    Step { name: "arrows", about: "the flow crate pulls in no runtime and no database", run: arrows },
    Step {
        name: "browser",
        about: "the browser app builds, and with it the flow crate for WebAssembly",
        run: browser,
    },
    Step { name: "model", about: "the local model can be fetched, or is here already", run: model },
    Step {
        name: "code",
        about: "the Python of Code nodes can be fetched, or is here already",
        run: interpreter,
    },
    Step { name: "unit", about: "the Rust tests pass (cargo test)", run: unit },
    Step { name: "node", about: "the AWS SDK for JavaScript works against the server", run: end2end::node },
    Step {
        name: "python",
        about: "boto3 works, and every violation of AWS's model is named, where Python 3 is installed",
        run: end2end::python,
    },
    Step {
        name: "e2e",
        about: "a person can work with it in a browser (Playwright)",
        run: end2end::playwright,
    },
];

/// The steps' names, as values of an option.
pub fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(STEPS.map(|step| step.name))
}

/// Prints what there is.
pub fn list() {
    for Step { name, about, .. } in STEPS {
        println!("{name:8} {about}");
    }
}

/// Runs the named steps, or all. A failed step does not keep the others from running: one run shows all that is wrong.
pub fn run(only: &[String]) -> Result<()> {
    // The server's sources name this folder, and do not compile where it is absent.
    fs::create_dir_all(browser::dist())?;
    let chosen =
        STEPS.into_iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name));
    let results: Vec<_> = chosen.map(|step| (step.name, timed(&step))).collect();

    println!("\n{:8} {:>8}", "step", "time");
    for (name, (result, time)) in &results {
        println!("{name:8} {:>6.1} s  {}", time.as_secs_f64(), verdict(result));
    }
    let failed = results.iter().filter(|(_, (result, _))| result.is_err()).count();
    let skipped = results.iter().filter(|(_, (result, _))| matches!(result, Ok(Outcome::Skipped(_)))).count();
    let passed = results.len() - failed - skipped;
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn timed(step: &Step) -> (Result<Outcome>, Duration) {
    println!("\n» {}: {}", step.name, step.about);
    let start = Instant::now();
    let result = (step.run)();
    if let Err(error) = &result {
        println!("{} failed: {error:#}", step.name);
    }
    (result, start.elapsed())
}

fn verdict(result: &Result<Outcome>) -> String {
    match result {
        Ok(Outcome::Passed) => "passed".into(),
        Ok(Outcome::Skipped(reason)) => format!("skipped: {reason}"),
        Err(error) => format!("FAILED: {error:#}"),
    }
}

fn fmt() -> Result<Outcome> {
    cargo(&["fmt", "--all", "--check"])
}

fn clippy() -> Result<Outcome> {
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

fn arrows() -> Result<Outcome> {
    let mut tree = process::cargo()?;
    tree.args(["tree", "--package", "flow", "--all-features", "--edges", "normal,build", "--locked"]);
    tree.args(["--prefix", "none", "--format", "{p}"]);
    let tree = process::output(&mut tree)?;
    let packages: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    ensure!(packages.contains(&"flow"), "cargo tree does not show the flow crate");
    for forbidden in ["tokio", "sqlx", "sqlx-core", "libsqlite3-sys", "reqwest", "axum"] {
        if packages.contains(&forbidden) {
            bail!("the flow crate depends on {forbidden}; see it with: cargo tree -p flow -i {forbidden}");
        }
    }
    Ok(Outcome::Passed)
}

fn browser() -> Result<Outcome> {
    browser::build(browser::Profile::Everyday)?;
    Ok(Outcome::Passed)
}

fn model() -> Result<Outcome> {
    weights().clone().map_err(anyhow::Error::msg)?;
    Ok(Outcome::Passed)
}

fn interpreter() -> Result<Outcome> {
    code_python().clone().map_err(anyhow::Error::msg)?;
    Ok(Outcome::Passed)
}

fn unit() -> Result<Outcome> {
    server::build()?;
    let packages = end2end::packages();
    if let Err(error) = &packages {
        process::say(&format!("No pgvector to test with: {error:#}. Going on without it"));
    }
    // Apart, since packages that are tested together share their dependencies' features: so the server's tests use what
    // its binary has compiled, the heaviest of all.
    for packages in [&["flow", "server"] as &[_], &["app"], &["xtask"]] {
        let mut tests = process::cargo()?;
        tests.args(["test", "--locked"]);
        tests.args(packages.iter().flat_map(|package| ["--package", package]));
        require_fetched(&mut tests);
        if packages.is_ok() {
            tests.env("ANABRANCH_REQUIRE_PGVECTOR", "1");
        }
        if has_strace() {
            tests.env("ANABRANCH_REQUIRE_STRACE", "1");
        }
        run_here(&mut tests)?;
    }
    Ok(Outcome::Passed)
}

/// Where the weights and the interpreter are, a test that needs them fails without them: it must not pass by being left
/// out.
pub fn require_fetched(tests: &mut Command) {
    if weights().is_ok() {
        tests.env("ANABRANCH_REQUIRE_MODELS", "1");
    }
    if code_python().is_ok() {
        tests.env("ANABRANCH_REQUIRE_PYTHON", "1");
    }
}

/// Fetches the local model's weights unless they are here, once for all steps; why not, where that failed.
fn weights() -> &'static Result<(), String> {
    static WEIGHTS: OnceLock<Result<(), String>> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let fetched = server::build().and_then(|binary| server::fetch_model(&binary));
        fetched.map_err(|error| format!("{error:#}"))
    })
}

/// Fetches the Python of Code nodes likewise.
fn code_python() -> &'static Result<(), String> {
    static PYTHON: OnceLock<Result<(), String>> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let fetched = server::build().and_then(|binary| server::fetch_python(&binary));
        fetched.map_err(|error| format!("{error:#}"))
    })
}

/// Whether system calls can be looked at, as the test of durability does.
fn has_strace() -> bool {
    let there = || place::program(&["strace"]).is_some();
    if !there()
        && debian::can_install()
        && let Err(error) = debian::install(&["strace"])
    {
        process::say(&format!("No strace: {error:#}. Going on without it"));
    }
    there()
}

fn cargo(arguments: &[&str]) -> Result<Outcome> {
    run_here(process::cargo()?.args(arguments))
}

fn run_here(command: &mut Command) -> Result<Outcome> {
    process::run(command).with_context(|| format!("in {}", place::root().display()))?;
    Ok(Outcome::Passed)
}
