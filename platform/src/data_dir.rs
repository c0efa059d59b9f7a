//! The data directory: the store's file, the keys and the secret of this installation.

use std::{
    fs::{self, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use app::{KeyPair, Keys, Random};
use serde::{Deserialize, Serialize};

/// The store's file in a data directory.
pub(crate) const STORE_FILE: &str = "tiffin.db";

/// The mode of a directory that its owner alone may look into.
const OWNER_ONLY_DIRECTORY: u32 = 0o700;
/// The mode of a file that its owner alone may read.
const OWNER_ONLY_FILE: u32 = 0o600;

/// A directory that data is kept in.
pub(crate) struct DataDir(PathBuf);

/// What this installation signs and seals with. Kept in a file that only its owner can read.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The private keys.
    pub(crate) keys: Vec<KeyPair>,
    /// What cursors are sealed with.
    pub(crate) cursors: [u8; 32],
}

/// Why a data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It can't be made or written.
    #[error("the data directory {path} can't be written: {source}")]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What is to be removed is in use.
    #[error(transparent)]
    InUse(#[from] sqlite::OpenError),
    /// The file of keys does not hold them.
    #[error("{path} does not hold this installation's keys: {reason}")]
    Secrets {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl DataDir {
    /// Makes the directory where it is missing; with `fresh`, first removes the city in it; its keys stay.
    pub(crate) fn open(path: &Path, fresh: bool) -> Result<Self, DataDirError> {
        let unwritable = |source| DataDirError::Unwritable { path: path.to_owned(), source };
        let directory = Self(path.to_owned());
        fs::DirBuilder::new().recursive(true).mode(OWNER_ONLY_DIRECTORY).create(path).map_err(unwritable)?;
        if fresh {
            sqlite::remove(&directory.store())?;
        }
        let probe = path.join(".probe");
        fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(unwritable)?;
        directory.keep_private().map_err(unwritable)?;
        Ok(directory)
    }

    /// Addresses and orders of people lie in the store: nobody but its owner reads them, in a directory of others' making, too.
    fn keep_private(&self) -> io::Result<()> {
        // SQLite gives the files beside it the mode of this one.
        let store = self.store();
        fs::OpenOptions::new().append(true).create(true).mode(OWNER_ONLY_FILE).open(&store)?;
        fs::set_permissions(&store, Permissions::from_mode(OWNER_ONLY_FILE))
    }

    /// The store's file.
    pub(crate) fn store(&self) -> PathBuf {
        self.0.join(STORE_FILE)
    }

    /// Reads the secrets, or makes them the first time.
    pub(crate) fn secrets(&self, random: &dyn Random) -> Result<Secrets, DataDirError> {
        let path = self.0.join("secrets.json");
        let wrong = |reason: String| DataDirError::Secrets { path: path.clone(), reason };
        if path.exists() {
            let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
            return serde_json::from_str(&text).map_err(|error| wrong(error.to_string()));
        }
        let mut cursors = [0; 32];
        random.fill(&mut cursors);
        let secrets = Secrets { keys: Keys::generate().map_err(|error| wrong(error.to_string()))?, cursors };
        let text = serde_json::to_string(&secrets).map_err(|error| wrong(error.to_string()))?;
        // Written beside and renamed, so that a half-written file is never read.
        let beside = self.0.join("secrets.json.new");
        let unwritable = |source| DataDirError::Unwritable { path: self.0.clone(), source };
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY_FILE)
            .open(&beside)
            .map_err(unwritable)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
        fs::rename(&beside, &path).map_err(unwritable)?;
        Ok(secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_but_its_owner_looks_into_it() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("made/for/tiffin");
        let directory = DataDir::open(&path, false).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&directory.store()), 0o600);
        fs::set_permissions(directory.store(), Permissions::from_mode(0o644)).unwrap();
        let again = DataDir::open(&path, true).unwrap();
        assert_eq!(mode(&again.store()), 0o600);
    }
}
