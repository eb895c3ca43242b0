//! The data folder: private, and used by one server at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::auth::seal::write_private;

const LOCK: &str = "lock";
const RUNNING: &str = "server.json";
/// `running` holds the lock for a moment, which must not keep a server from starting.
const TRIES: usize = 20;

/// A data folder that this process alone serves.
#[derive(Debug)]
pub struct Folder {
    pub path: PathBuf,
    /// Held as long as the server runs; the system lets it go whatever happens.
    _lock: File,
}

/// What a running server says of itself to `anabranch env` and `anabranch open`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Running {
    /// Without a trailing slash.
    pub url: String,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the data folder {0} cannot be made or read: {1}")]
    Unusable(PathBuf, io::Error),
    #[error("another server uses the data folder {0}. Stop it, or choose another folder with --data")]
    InUse(PathBuf),
}

impl Folder {
    /// Takes a folder, and makes it where there is none.
    ///
    /// # Errors
    /// It cannot be made, or another server has it.
    pub fn take(path: &Path) -> Result<Self, Error> {
        let unusable = |error| Error::Unusable(path.to_owned(), error);
        make(path).map_err(unusable)?;
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(unusable)?;
        for _ in 0..TRIES {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { path: path.to_owned(), _lock: lock }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
        Err(Error::InUse(path.to_owned()))
    }

    /// Says where the server is reached.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn announce(&self, running: &Running) -> io::Result<()> {
        write_private(&self.path.join(RUNNING), &serde_json::to_string(running)?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind, it would name a port that anybody may have by then; `running` does not believe it either.
        let _gone_already = fs::remove_file(self.path.join(RUNNING));
    }
}

/// Where the server that has this folder now is reached. What a server left behind that ended without a word is not
/// believed: its port may be another program's, which must not be sent a key.
pub fn running(path: &Path) -> Option<Running> {
    let lock = File::open(path.join(LOCK)).ok()?;
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {}
        Ok(()) | Err(TryLockError::Error(_)) => return None,
    }
    serde_json::from_str(&fs::read_to_string(path.join(RUNNING)).ok()?).ok()
}

/// Makes a folder that only its owner enters.
pub fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        // Made by its owner, who chose who enters it.
        return Ok(());
    }
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// A name is on disk when its folder is.
pub fn sync(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
