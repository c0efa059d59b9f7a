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

/// A data directory: it exists and can be written.
pub(crate) struct DataDir(PathBuf);

/// What this installation signs with. Kept in a file that only its owner can read.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The private keys, one of each kind.
    pub(crate) keys: Vec<KeyPair>,
    /// What cursors are signed with.
    pub(crate) cursors: [u8; 32],
}

/// Why a data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It can't be made or written.
    #[error("the data directory {path} can't be written: {source}")]
    Unwritable { path: PathBuf, source: std::io::Error },
    /// The store to be removed is in use.
    #[error(transparent)]
    InUse(#[from] sqlite::OpenError),
    /// The file of keys can't be read or written, or does not hold them.
    #[error("{path} does not hold this installation's keys: {reason}")]
    Secrets { path: PathBuf, reason: String },
}

impl DataDir {
    /// Makes the directory where it is missing. With `fresh`, removes the store in it; the keys stay.
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

    /// The store holds people's addresses and orders: only its owner may read it, even in a directory that others made.
    fn keep_private(&self) -> io::Result<()> {
        // SQLite gives the files next to it the mode of this one.
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
        // Written to a file of its own and renamed, so that a half-written file is never read.
        let draft = self.0.join("secrets.json.new");
        let unwritable = |source| DataDirError::Unwritable { path: self.0.clone(), source };
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY_FILE)
            .open(&draft)
            .map_err(unwritable)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
        fs::rename(&draft, &path).map_err(unwritable)?;
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
