//! `tiffin keys`: new keys, as the programs of functions read them from the environment.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use app::{KeyError, Keys, OperatorKey, PublicKeys, Random, from_word, to_word};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use host::requirements;

use crate::{data_dir::OWNER_ONLY_FILE, services::SERVICES};

/// A line per variable, `NAME=value`: the public keys, a private one per kind, what cursors are signed with, the secret that a
/// broker presents when it delivers events, what a payment provider outside knows its callers by, and the secrets that functions share
/// with others. Each value is one word. Of the operator's key, if there is one, only the public half is among them.
pub(crate) fn new_keys(operator: Option<&OperatorKey>, random: &dyn Random) -> Result<String, KeyError> {
    let pairs = Keys::generate()?;
    let operator = operator.map(OperatorKey::public).transpose()?.unwrap_or_default();
    let public = (requirements::PUBLIC_KEYS.to_owned(), word(&PublicKeys::of(&pairs)?.and(operator)));
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
    #[error("{name} holds no public keys: {0}", name = requirements::PUBLIC_KEYS)]
    Public(serde_json::Error),
    #[error("the file says no {}", requirements::PUBLIC_KEYS)]
    NoPublic,
    #[error(transparent)]
    Operator(#[from] KeyError),
}

/// The keys of a file that get to know others: those of another file, or an operator's.
pub(crate) fn following(keys: &str, others: Option<&str>, operator: Option<&OperatorKey>) -> Result<String, NotKeys> {
    let keys = match others {
        Some(others) => trusting(keys, others)?,
        None => keys.to_owned(),
    };
    match operator {
        Some(operator) => with_operator(&keys, operator),
        None => Ok(keys),
    }
}

/// What signs as `signing` does, and takes what is signed by `trusted`, too: what all functions have to know before any of them
/// signs with other keys, and as long as anything signed with the old ones is out.
fn trusting(signing: &str, trusted: &str) -> Result<String, NotKeys> {
    let trusted = read(trusted)?;
    let shared = requirements::shared_secrets_of(SERVICES).into_iter();
    let shared = shared.chain(requirements::providers_of(SERVICES).into_iter().map(|provider| provider.key));
    let shared: Vec<String> = shared.map(requirements::shared_secret_variable).collect();
    let mut lines = String::new();
    for (name, value) in read(signing)? {
        let other =
            trusted.iter().find(|(other, _)| *other == name).ok_or_else(|| NotKeys::Missing(name.to_owned()))?.1;
        let value = if name == requirements::PUBLIC_KEYS {
            word(&public(value)?.and(public(other)?))
        } else if name == requirements::EVENTS_SECRET || shared.iter().any(|shared| shared == name) {
            format!("{value},{other}")
        } else {
            value.to_owned()
        };
        lines.extend([name, "=", &value, "\n"]);
    }
    Ok(lines)
}

/// The same keys, which take what this operator signs, and what no other does: so one that is lost is done with at once.
fn with_operator(keys: &str, operator: &OperatorKey) -> Result<String, NotKeys> {
    let mut is_there = false;
    let mut lines = String::new();
    for (name, value) in read(keys)? {
        let known = if name == requirements::PUBLIC_KEYS {
            is_there = true;
            word(&public(value)?.without_operator().and(operator.public()?))
        } else {
            value.to_owned()
        };
        lines.extend([name, "=", &known, "\n"]);
    }
    if is_there { Ok(lines) } else { Err(NotKeys::NoPublic) }
}

fn public(value: &str) -> Result<PublicKeys, NotKeys> {
    from_word(value).map_err(NotKeys::Public)
}

/// The names and values of a file of keys.
fn read(text: &str) -> Result<Vec<(&str, &str)>, NotKeys> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(line, number)| line.split_once('=').ok_or(NotKeys::Line(number))).collect()
}

/// The word of the operator's private key, as its file holds it.
pub(crate) fn of_operator(key: &OperatorKey) -> String {
    word(key) + "\n"
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
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_printed_is_what_programs_read() {
        let text = new_keys(None, &SystemRandom).unwrap();
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
        let old = new_keys(None, &SystemRandom).unwrap();
        let new = new_keys(None, &SystemRandom).unwrap();
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

    /// The public halves of the operator's keys that those of a file know.
    fn operators(text: &str) -> Vec<Value> {
        let (_, word) = read(text).unwrap().into_iter().find(|(name, _)| *name == requirements::PUBLIC_KEYS).unwrap();
        from_word::<Value>(word).unwrap()["operator"].as_array().cloned().unwrap_or_default()
    }

    #[test]
    fn of_an_operators_key_only_the_public_half_is_among_the_others() {
        let key = OperatorKey::generate().unwrap();
        let text = new_keys(Some(&key), &SystemRandom).unwrap();
        assert_eq!(operators(&text).len(), 1);
        assert!(operators(&new_keys(None, &SystemRandom).unwrap()).is_empty());
        let pair = KeyPair::from(key.clone());
        for (name, value) in read(&text).unwrap() {
            let held = URL_SAFE_NO_PAD.decode(value).unwrap_or_default();
            let held = String::from_utf8_lossy(&held);
            assert!(!held.contains(&pair.pkcs8) && !value.contains(&pair.pkcs8), "{name}");
            assert!(!text.contains(of_operator(&key).trim()), "{name}");
            assert_ne!(name, requirements::OPERATOR_KEY);
        }
        assert_eq!(from_word::<KeyPair>(&of_operator(&key)).unwrap().pkcs8, pair.pkcs8);
    }

    #[test]
    fn keys_in_use_get_to_know_an_operator_and_forget_the_one_before() {
        let old = new_keys(None, &SystemRandom).unwrap();
        let [first, second] = [(); 2].map(|()| OperatorKey::generate().unwrap());
        let once = following(&old, None, Some(&first)).unwrap();
        let twice = following(&once, None, Some(&second)).unwrap();
        assert_eq!(operators(&once).len(), 1);
        assert_eq!(operators(&twice), operators(&new_keys(Some(&second), &SystemRandom).unwrap()));
        for ((name, before), (_, after)) in read(&old).unwrap().into_iter().zip(read(&twice).unwrap()) {
            assert!(before == after || name == requirements::PUBLIC_KEYS, "{name}");
        }
        // Of keys that follow each other, whatever signed is taken.
        let new = new_keys(Some(&second), &SystemRandom).unwrap();
        for (signing, trusted) in [(&once, &new), (&new, &once)] {
            assert_eq!(operators(&following(signing, Some(trusted), None).unwrap()).len(), 2);
        }
        assert_eq!(operators(&following(&old, Some(&new), None).unwrap()), operators(&new));
        let none = following("A=1\n", None, Some(&first)).unwrap_err();
        assert_eq!(none.to_string(), "the file says no TIFFIN_PUBLIC_KEYS");
    }

    #[test]
    fn a_shell_reads_the_file_as_it_is_and_nothing_overwrites_it() {
        let text = new_keys(None, &SystemRandom).unwrap();
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
