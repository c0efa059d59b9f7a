//! `tiffin keys`: new keys, as the programs of functions read them from the environment.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use app::{KeyError, Keys, PublicKeys, Random, from_word, to_word};
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

/// Why keys can't be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKeys {
    #[error("line {0} is not NAME=value")]
    Line(usize),
    #[error("{0} is in one of the files and not in the other")]
    Missing(String),
    #[error("{0} holds no public keys: {1}")]
    Public(String, serde_json::Error),
}

/// What signs as `signing` does, and takes what is signed by `trusted`, too: what all functions have to know before any of them
/// signs with other keys, and as long as anything signed with the old ones is out.
pub(crate) fn trusting(signing: &str, trusted: &str) -> Result<String, NotKeys> {
    let trusted = read(trusted)?;
    let shared = requirements::shared_secrets_of(SERVICES).into_iter();
    let shared = shared.chain(requirements::providers_of(SERVICES).into_iter().map(|provider| provider.key));
    let shared: Vec<String> = shared.map(requirements::shared_secret_variable).collect();
    let mut lines = String::new();
    for (name, value) in read(signing)? {
        let other =
            trusted.iter().find(|(other, _)| *other == name).ok_or_else(|| NotKeys::Missing(name.to_owned()))?.1;
        let value = if name == requirements::PUBLIC_KEYS {
            let read = |value| from_word::<PublicKeys>(value).map_err(|error| NotKeys::Public(name.to_owned(), error));
            word(&read(value)?.and(read(other)?))
        } else if name == requirements::EVENTS_SECRET || shared.iter().any(|shared| shared == name) {
            format!("{value},{other}")
        } else {
            value.to_owned()
        };
        lines.extend([name, "=", &value, "\n"]);
    }
    Ok(lines)
}

/// The names and values of a file of keys.
fn read(text: &str) -> Result<Vec<(&str, &str)>, NotKeys> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(line, number)| line.split_once('=').ok_or(NotKeys::Line(number))).collect()
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

    use app::KeyPair;
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
    fn keys_that_follow_each_other_take_what_the_others_sign() {
        let old = new_keys(&SystemRandom).unwrap();
        let new = new_keys(&SystemRandom).unwrap();
        let value = |text: &str, name: &str| {
            read(text).unwrap().into_iter().find(|(known, _)| *known == name).unwrap().1.to_owned()
        };
        let private = |text: &str| -> Vec<KeyPair> {
            Keys::KINDS
                .into_iter()
                .map(|kind| from_word(&value(text, &requirements::key_variable(kind))).unwrap())
                .collect()
        };
        for (signing, trusted) in [(&old, &new), (&new, &old)] {
            let both = trusting(signing, trusted).unwrap();
            for kind in Keys::KINDS {
                let name = requirements::key_variable(kind);
                assert_eq!(value(&both, &name), value(signing, &name));
            }
            let public: PublicKeys = from_word(&value(&both, requirements::PUBLIC_KEYS)).unwrap();
            for pairs in [private(&old), private(&new)] {
                assert!(Keys::new(&public, &pairs, "https://tiffin.example").is_ok());
            }
            for name in [requirements::EVENTS_SECRET, "TIFFIN_PROVIDER_WEBHOOK_KEY", "TIFFIN_PROVIDER_API_KEY"] {
                let secret = |text: &str| value(text, name);
                assert_eq!(secret(&both), format!("{},{}", secret(signing), secret(trusted)), "{name}");
            }
            let cursor = |text: &str| value(text, requirements::CURSOR_KEY);
            assert_eq!(cursor(&both), cursor(signing));
            // The same again adds nothing.
            let again = trusting(&both, signing).unwrap();
            assert_eq!(value(&again, requirements::PUBLIC_KEYS), value(&both, requirements::PUBLIC_KEYS));
        }
        assert_eq!(trusting("A=1\nB", &old).unwrap_err().to_string(), "line 2 is not NAME=value");
        assert_eq!(trusting("A=1", &old).unwrap_err().to_string(), "A is in one of the files and not in the other");
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
