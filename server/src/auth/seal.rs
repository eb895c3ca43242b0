//! Secrets at rest: AES-256-GCM under the data folder's master key.
//!
//! Always holds: a sealed secret opens only in the place it was sealed for, so rows cannot be swapped; a wrong or
//! damaged master key is an error and never replaced.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use tempfile::NamedTempFile;

use crate::{folder, id};

const KEY_FILE: &str = "master.key";
/// Files with what only the master key opens.
const SEALED: [&str; 2] = ["anabranch.db", "local.key"];
const NONCE: usize = 12;

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Seal {
    cipher: Aes256Gcm,
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the master key {0} cannot be read or made: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0} is not a master key; restore it from a backup, or remove the data folder to begin anew")]
    Damaged(PathBuf),
    #[error(
        "the master key {0} is missing, and {1} has secrets that only it opens. Restore it from a backup, or choose an \
         empty data folder with --data"
    )]
    Missing(PathBuf, PathBuf),
    #[error("a stored secret does not open with the master key {KEY_FILE} of this data folder")]
    DoesNotOpen,
    #[error(transparent)]
    Randomness(#[from] id::NoRandomness),
}

impl Seal {
    /// With the master key of a data folder, made at the first start.
    ///
    /// # Errors
    /// The key cannot be read or made.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(KEY_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if let Some(sealed) = SEALED.iter().map(|name| folder.join(name)).find(|file| file.exists()) {
                    return Err(Error::Missing(path, sealed));
                }
                let text = hex::encode(id::random::<32>()?);
                make_private(&path, &text).map_err(|error| Error::File(path.clone(), error))?
            }
            Err(error) => return Err(Error::File(path, error)),
        };
        let bytes = hex::decode(text.trim()).map_err(|_| Error::Damaged(path.clone()))?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| Error::Damaged(path))?;
        Ok(Self { cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(bytes)) })
    }

    /// Seals a secret for a place, such as `connections/ollama`.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>, Error> {
        let nonce = id::random::<NONCE>()?;
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| Error::DoesNotOpen)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens a secret of a place.
    ///
    /// # Errors
    /// It was sealed elsewhere, with another key, or is damaged.
    pub fn unseal(&self, place: &str, sealed: &[u8]) -> Result<String, Error> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(Error::DoesNotOpen)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::DoesNotOpen)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let secret = self.cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| Error::DoesNotOpen)?;
        String::from_utf8(secret).map_err(|_| Error::DoesNotOpen)
    }
}

/// Writes a file that only its owner reads, whole or not at all.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    written(path, text)?.persist(path)?;
    folder::sync(beside(path))
}

/// Makes a file that only its owner reads, whole or not at all; answers what is in it, which is another's text where
/// another process made it first.
pub fn make_private(path: &Path, text: &str) -> io::Result<String> {
    match written(path, text)?.persist_noclobber(path) {
        Ok(_) => folder::sync(beside(path)).map(|()| text.to_owned()),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => fs::read_to_string(path),
        Err(refused) => Err(refused.error),
    }
}

/// A file on disk that has no name of its own yet; such files are their owner's alone.
fn written(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(beside(path))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The folder that a file is in.
fn beside(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_where_it_was_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let seal = Seal::open(folder.path()).unwrap();
        let sealed = seal.seal("connections/a", "secret").unwrap();
        let again = Seal::open(folder.path()).unwrap();
        assert_eq!(again.unseal("connections/a", &sealed).unwrap(), "secret");
        assert!(again.unseal("connections/b", &sealed).is_err());
        assert!(again.unseal("connections/a", &sealed[..20]).is_err());
        assert_eq!(
            make_private(&folder.path().join(KEY_FILE), "another").unwrap().len(),
            64,
            "the first stays"
        );
        fs::write(folder.path().join(KEY_FILE), "short").unwrap();
        assert!(matches!(Seal::open(folder.path()), Err(Error::Damaged(_))));
        fs::remove_file(folder.path().join(KEY_FILE)).unwrap();
        fs::write(folder.path().join("local.key"), "sealed").unwrap();
        assert!(matches!(Seal::open(folder.path()), Err(Error::Missing(..))));
    }
}
