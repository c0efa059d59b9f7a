//! The data directory: the store's file, the keys and the secret of this installation.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use app::{KeyPair, Keys, OperatorKey, Random, SecretName, TokenKind, from_word, to_word};
use host::requirements;
use serde::{Deserialize, Serialize};

/// The store's file in a data directory.
pub(crate) const STORE_FILE: &str = "tiffin.db";

/// The file of keys and secrets in a data directory.
const SECRETS_FILE: &str = "secrets.json";
/// The file of the operator's key in a data directory, apart from those that functions sign with.
const OPERATOR_FILE: &str = "operator.key";

/// The mode of a directory that its owner alone may look into.
const OWNER_ONLY_DIRECTORY: u32 = 0o700;
/// The mode of a file that its owner alone may read.
pub(crate) const OWNER_ONLY_FILE: u32 = 0o600;

/// A data directory: it exists and can be written.
pub(crate) struct DataDir(PathBuf);

/// What this installation signs with. Kept in a file that only its owner can read.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// The private keys, one of each kind.
    pub(crate) keys: Vec<KeyPair>,
    /// What cursors are signed with.
    pub(crate) cursors: [u8; 32],
    /// What functions share with others, by name.
    #[serde(default)]
    pub(crate) shared: BTreeMap<String, String>,
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

    /// Reads the secrets, and makes what an older version did not make: one key of each kind, one secret of each of these names.
    pub(crate) fn secrets(&self, names: &BTreeSet<SecretName>, random: &dyn Random) -> Result<Secrets, DataDirError> {
        let path = self.0.join(SECRETS_FILE);
        let wrong = |reason: String| DataDirError::Secrets { path: path.clone(), reason };
        let found: Option<Secrets> = if path.exists() {
            let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
            Some(serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?)
        } else {
            None
        };
        let is_new = found.is_none();
        let mut secrets = found.unwrap_or_else(|| {
            let mut cursors = [0; 32];
            random.fill(&mut cursors);
            Secrets { keys: Vec::new(), cursors, shared: BTreeMap::new() }
        });
        let has = |keys: &[KeyPair], kind: TokenKind| keys.iter().any(|pair| pair.name == kind.name);
        let lacking: Vec<TokenKind> = Keys::KINDS.into_iter().filter(|kind| !has(&secrets.keys, *kind)).collect();
        let unshared: Vec<SecretName> =
            names.iter().copied().filter(|name| !secrets.shared.contains_key(name.0)).collect();
        if !is_new && lacking.is_empty() && unshared.is_empty() {
            return Ok(secrets);
        }
        for kind in lacking {
            secrets.keys.push(KeyPair::generate(kind).map_err(|error| wrong(error.to_string()))?);
        }
        for name in unshared {
            secrets.shared.insert(name.0.to_owned(), requirements::new_shared_secret(random));
        }
        self.keep(SECRETS_FILE, &serde_json::to_string(&secrets).map_err(|error| wrong(error.to_string()))?)?;
        Ok(secrets)
    }

    /// Reads the operator's key, and makes it where there is none.
    pub(crate) fn operator_key(&self) -> Result<OperatorKey, DataDirError> {
        let path = operator_file(&self.0);
        let wrong = |reason: String| DataDirError::Secrets { path: path.clone(), reason };
        match fs::read_to_string(&path) {
            // What is wrong with it is not said: that would show the key.
            Ok(text) => from_word(&text).map_err(|_| wrong("it is no operator's key".to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = OperatorKey::generate().map_err(|error| wrong(error.to_string()))?;
                self.keep(OPERATOR_FILE, &to_word(&key).map_err(|error| wrong(error.to_string()))?)?;
                Ok(key)
            }
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    /// Writes a file that its owner alone may read.
    fn keep(&self, name: &str, text: &str) -> Result<(), DataDirError> {
        // Written to a file of its own and renamed, so that a half-written file is never read.
        let draft = self.0.join(format!("{name}.new"));
        let unwritable = |source| DataDirError::Unwritable { path: self.0.clone(), source };
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY_FILE)
            .open(&draft)
            .map_err(unwritable)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
        fs::rename(&draft, self.0.join(name)).map_err(unwritable)
    }
}

/// Where the operator's key lies in a data directory.
pub(crate) fn operator_file(data_dir: &Path) -> PathBuf {
    data_dir.join(OPERATOR_FILE)
}

#[cfg(test)]
mod tests {
    use host::SystemRandom;

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

    #[test]
    fn secrets_that_an_older_version_made_stay_and_get_what_they_lack() {
        let path = tempfile::tempdir().unwrap();
        let directory = DataDir::open(path.path(), false).unwrap();
        let old = include_str!("../fixtures/secrets.1.json");
        fs::write(path.path().join(SECRETS_FILE), old).unwrap();
        let names = BTreeSet::from([SecretName("provider-webhook")]);
        let secrets = directory.secrets(&names, &SystemRandom).unwrap();
        let old: Secrets = serde_json::from_str(old).unwrap();
        assert_eq!(secrets.cursors, old.cursors);
        for (kept, before) in secrets.keys.iter().zip(&old.keys) {
            assert_eq!(kept.pkcs8, before.pkcs8);
        }
        assert_eq!(secrets.keys.len(), Keys::KINDS.len());
        assert!(secrets.shared["provider-webhook"].starts_with("whsec_"));
        assert_eq!(mode(&path.path().join(SECRETS_FILE)), 0o600);
        let again = directory.secrets(&names, &SystemRandom).unwrap();
        assert_eq!(again.shared, secrets.shared, "made once");
    }

    #[test]
    fn the_operators_key_lies_in_a_file_of_its_own_and_is_made_once() {
        let path = tempfile::tempdir().unwrap();
        let directory = DataDir::open(path.path(), false).unwrap();
        let key = directory.operator_key().unwrap();
        let file = operator_file(path.path());
        assert_eq!(mode(&file), 0o600);
        let again = DataDir::open(path.path(), true).unwrap().operator_key().unwrap();
        assert_eq!(again.public().unwrap(), key.public().unwrap());

        let secrets = directory.secrets(&BTreeSet::new(), &SystemRandom).unwrap();
        assert!(secrets.keys.iter().all(|pair| pair.name != "operator"));
        fs::write(&file, "bm8").unwrap();
        assert!(directory.operator_key().err().unwrap().to_string().contains("operator.key"));
    }
}
