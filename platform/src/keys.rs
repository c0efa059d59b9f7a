//! `tiffin keys`: new keys, as the programs of functions read them from the environment.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use app::{KeyError, Keys, PublicKeys, Random, to_word};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use host::requirements;

use crate::{data_dir::OWNER_ONLY_FILE, services::SERVICES};

/// A line per variable, `NAME=value`: the public keys, a private one per kind, what cursors are signed with, the secret that a
/// broker presents when it delivers events, what a payment provider outside knows its callers by, and the secrets that functions share
/// with others. Each value is one word.
pub(crate) fn new_keys(random: &dyn Random) -> Result<String, KeyError> {
    let pairs = Keys::generate()?;
    let public = (requirements::PUBLIC_KEYS.to_owned(), word(&PublicKeys::of(&pairs)?));
    let private =
        Keys::KINDS.into_iter().zip(&pairs).map(|(kind, pair)| (requirements::key_variable(kind), word(pair)));
    let providers = requirements::providers_of(SERVICES).into_iter();
    let providers = providers.map(|provider| requirements::shared_secret_variable(provider.key));
    let named = [requirements::CURSOR_KEY, requirements::EVENTS_SECRET].map(str::to_owned).into_iter();
    let secrets = named.chain(providers).map(|name| {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        (name, URL_SAFE_NO_PAD.encode(secret))
    });
    let shared = requirements::shared_secrets_of(SERVICES).into_iter();
    let shared =
        shared.map(|name| (requirements::shared_secret_variable(name), requirements::new_shared_secret(random)));
    let lines = [public].into_iter().chain(private).chain(secrets).chain(shared);
    Ok(lines.map(|(name, value)| [name, "=".to_owned(), value, "\n".to_owned()].concat()).collect())
}

fn word(keys: &impl serde::Serialize) -> String {
    to_word(keys).expect("our own types serialise")
}

/// Writes them into a new file that its owner alone may read; what is there is never overwritten.
pub(crate) fn keep(lines: &str, file: &Path) -> io::Result<()> {
    let options = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY_FILE).open(file);
    options?.write_all(lines.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt as _, process::Command};

    use app::{KeyPair, from_word};
    use host::SystemRandom;

    use super::*;

    #[test]
    fn what_is_printed_is_what_programs_read() {
        let text = new_keys(&SystemRandom).unwrap();
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("no {name}"))
        };
        let public: PublicKeys = from_word(value(requirements::PUBLIC_KEYS)).unwrap();
        let private: Vec<KeyPair> =
            Keys::KINDS.into_iter().map(|kind| from_word(value(&requirements::key_variable(kind))).unwrap()).collect();
        assert!(Keys::new(&public, &private, "https://tiffin.example").is_ok());
        assert_eq!(URL_SAFE_NO_PAD.decode(value(requirements::CURSOR_KEY)).unwrap().len(), 32);
        assert_ne!(value(requirements::CURSOR_KEY), value(requirements::EVENTS_SECRET));
        for provider in requirements::providers_of(SERVICES) {
            let key = value(&requirements::shared_secret_variable(provider.key));
            assert!(host::BearerSecrets::parse(key).is_ok());
        }
    }

    #[test]
    fn a_shell_reads_the_file_as_it_is_and_nothing_overwrites_it() {
        let text = new_keys(&SystemRandom).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.env");
        keep(&text, &file).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(keep("other", &file).unwrap_err().kind(), io::ErrorKind::AlreadyExists);

        let names: Vec<&str> = text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
        let say = names.iter().map(|name| format!("echo {name}=${name};")).collect::<String>();
        let script = format!(". {}; {say}", file.display());
        let said = Command::new("sh").args(["-euc", &script]).env_clear().output().unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout), text);
    }
}
