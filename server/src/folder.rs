//! The data folder: private, and used by one server at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::auth::seal::write_private;

const LOCK: &str = "lock";
const RUNNING: &str = "server.json";

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
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Says where the server is reached.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn announce(&self, running: &Running) -> io::Result<()> {
        write_private(&self.path.join(RUNNING), &serde_json::to_string(running)?)
    }
}

/// Where the server of a folder was last reached.
pub fn running(path: &Path) -> Option<Running> {
    serde_json::from_str(&fs::read_to_string(path.join(RUNNING)).ok()?).ok()
}

/// Makes a folder that only its owner enters.
pub fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
