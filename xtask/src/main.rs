//! `cargo xtask`: the commands a developer of Anabranch needs, and nothing else to install.
//!
//! Plain cargo cannot build the product alone: the browser app is compiled for another target, and the server carries
//! the result. What is missing on the machine (a WebAssembly target, Chromium, the end-to-end packages) is fetched by
//! the ordinary means of that machine, each step is named before it is done, and a second run redoes only what changed.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

mod assets;
mod browser;
mod code;
mod debian;
mod end2end;
mod packages;
mod parts;
mod place;
mod process;
mod server;
mod sysroot;
mod test;
mod wasm;

/// Build, run and test Anabranch.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and start Anabranch on this machine
    ///
    /// Builds the browser app and the server, fetches the small local model and the Python of Code nodes (once for
    /// each user; without them Anabranch still runs) and starts the server, which prints the address to open.
    #[command(after_help = "Example: cargo xtask serve -- --listen 127.0.0.1:8765")]
    Serve {
        /// Passed on to `anabranch serve`; see `anabranch serve --help`
        #[arg(last = true, value_name = "ARGUMENTS")]
        arguments: Vec<String>,
    },
    /// Run every check that the continuous integration runs
    ///
    /// The last line counts the steps that passed and failed; the exit status is 0 when none failed.
    Test {
        /// Run this step alone; may be given several times
        #[arg(long, value_name = "STEP", value_parser = test::names())]
        only: Vec<String>,
        /// List the steps and do nothing
        #[arg(long)]
        list: bool,
    },
    /// Build the one binary to ship: target/release/anabranch, with the smallest browser app inside
    Build,
    /// Measure how fast flows are invoked and documents read, and the canvas beside React Flow
    Bench {
        /// Only this part
        #[arg(long, value_enum)]
        only: Option<Bench>,
        /// Passed on to the benchmark of flows, for example a part of its name
        #[arg(last = true, value_name = "ARGUMENTS")]
        arguments: Vec<String>,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Serve { arguments } => serve(&arguments),
        Command::Test { list: true, .. } => {
            test::list();
            Ok(())
        }
        Command::Test { only, .. } => test::run(&only),
        Command::Build => build(),
        Command::Bench { only, arguments } => bench(only, &arguments),
    }
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bench {
    /// How fast flows are invoked and documents read (cargo bench -p server)
    Flows,
    /// The canvas beside React Flow (node end2end/bench/canvas.mjs)
    Canvas,
}

fn bench(only: Option<Bench>, arguments: &[String]) -> Result<()> {
    let wanted = |part| only.is_none_or(|only| only == part);
    if wanted(Bench::Flows) {
        server::bench(arguments)?;
    }
    if wanted(Bench::Canvas) {
        end2end::bench()?;
    }
    Ok(())
}

fn serve(arguments: &[String]) -> Result<()> {
    browser::build(browser::Profile::Everyday)?;
    let binary = server::build()?;
    if let Err(error) = server::fetch_model(&binary) {
        process::say(&format!("No local model: {error:#}. Going on without it"));
    }
    if let Err(error) = server::fetch_python(&binary) {
        process::say(&format!("No Python for Code nodes: {error:#}. Going on without it"));
    }
    server::start(&binary, arguments)
}

fn build() -> Result<()> {
    browser::build(browser::Profile::Dist)?;
    let binary: PathBuf = server::build_release()?;
    process::say(&format!("Built {}", binary.display()));
    Ok(())
}
