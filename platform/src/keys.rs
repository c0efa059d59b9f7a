//! `tiffin keys`: new keys, as the programs of functions read them from the environment.

use app::{KeyError, Keys, PublicKeys, Random};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use host::requirements;

use crate::services::SERVICES;

/// A line per variable, `NAME=value`: the public keys, a private one per kind, what cursors are signed with, the secret that a
/// broker presents when it delivers events, and those that functions share with others.
pub(crate) fn new_keys(random: &dyn Random) -> Result<String, KeyError> {
    let pairs = Keys::generate()?;
    let public = (requirements::PUBLIC_KEYS.to_owned(), json(&PublicKeys::of(&pairs)?));
    let private =
        Keys::KINDS.into_iter().zip(&pairs).map(|(kind, pair)| (requirements::key_variable(kind), json(pair)));
    let secrets = [requirements::CURSOR_KEY, requirements::EVENTS_SECRET].map(|name| {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        (name.to_owned(), URL_SAFE_NO_PAD.encode(secret))
    });
    let shared = requirements::shared_secrets_of(SERVICES).into_iter();
    let shared =
        shared.map(|name| (requirements::shared_secret_variable(name), requirements::new_shared_secret(random)));
    let lines = [public].into_iter().chain(private).chain(secrets).chain(shared);
    Ok(lines.map(|(name, value)| [name, "=".to_owned(), value, "\n".to_owned()].concat()).collect())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our own types serialise")
}

#[cfg(test)]
mod tests {
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
        let public: PublicKeys = serde_json::from_str(value(requirements::PUBLIC_KEYS)).unwrap();
        let private: Vec<KeyPair> = Keys::KINDS
            .into_iter()
            .map(|kind| serde_json::from_str(value(&requirements::key_variable(kind))).unwrap())
            .collect();
        assert!(Keys::new(&public, &private, "https://tiffin.example").is_ok());
        assert_eq!(URL_SAFE_NO_PAD.decode(value(requirements::CURSOR_KEY)).unwrap().len(), 32);
        assert_ne!(value(requirements::CURSOR_KEY), value(requirements::EVENTS_SECRET));
    }
}
