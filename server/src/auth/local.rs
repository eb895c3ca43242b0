//! The owner's local key: an API key and an AWS key pair, kept encrypted so that `anabranch env` can print them again.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::seal::{self, Seal, make_private};
use crate::id;

const FILE: &str = "local.key";
const PLACE: &str = "local.key";

/// The owner's key.
#[derive(Clone, Serialize, Deserialize)]
pub struct LocalKey {
    /// For `Authorization: Bearer`.
    pub api_key: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

/// Why the key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Seal(#[from] seal::Error),
    #[error("the key file {0} cannot be read or made: {1}")]
    File(PathBuf, std::io::Error),
    #[error("the key file {0} is damaged; remove it and start the server again to make a new one")]
    Damaged(PathBuf),
    #[error(transparent)]
    Randomness(#[from] id::NoRandomness),
}

impl LocalKey {
    /// The key of a data folder, made at the first start.
    ///
    /// # Errors
    /// It cannot be read or made.
    pub fn open(folder: &Path, seal: &Seal) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = serde_json::to_string(&Self::new()?).map_err(|_| Error::Damaged(path.clone()))?;
                make_private(&path, &hex::encode(seal.seal(PLACE, &key)?))
            }
            read => read,
        };
        let text = text.map_err(|error| Error::File(path.clone(), error))?;
        let sealed = hex::decode(text.trim()).map_err(|_| Error::Damaged(path.clone()))?;
        serde_json::from_str(&seal.unseal(PLACE, &sealed)?).map_err(|_| Error::Damaged(path))
    }

    fn new() -> Result<Self, id::NoRandomness> {
        Ok(Self {
            api_key: format!("abk_{}_{}", id::short()?, id::secret()?),
            access_key_id: format!("AKIA{}{}", id::short()?, &id::short()?[..6]),
            secret_access_key: id::secret()?[..40].to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_made_once_and_never_plain() {
        let folder = tempfile::tempdir().unwrap();
        let seal = Seal::open(folder.path()).unwrap();
        let first = LocalKey::open(folder.path(), &seal).unwrap();
        let again = LocalKey::open(folder.path(), &seal).unwrap();
        assert_eq!(first.api_key, again.api_key);
        assert_eq!(first.secret_access_key.len(), 40);
        assert_eq!(first.access_key_id.len(), 20);
        let stored = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!stored.contains(&first.api_key));
    }
}
