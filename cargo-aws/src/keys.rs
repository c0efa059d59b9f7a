//! Keys, as programs are told them.

use std::collections::BTreeMap;

use anyhow::Result;
use app::{KeyPair, Keys, PublicKeys, Random as _, Secrets, Service, to_word};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use host::{
    SystemRandom,
    requirements::{CURSOR_KEY, key_variable, new_shared_secret, shared_secret_variable, shared_secrets_of},
};

/// What programs are told of some keys.
#[derive(Debug)]
pub struct KeyMaterial {
    /// The public ones, as one word.
    pub public_keys: String,
    /// The secrets, by the name of their variable.
    pub secrets: BTreeMap<String, String>,
}

impl KeyMaterial {
    /// Of keys that nobody else has, for functions of these services.
    pub fn new(services: &[Service]) -> Result<Self> {
        let mut cursor_key = [0; 32];
        SystemRandom.fill(&mut cursor_key);
        let shared = shared_secrets_of(services).into_iter().map(|name| (name, new_shared_secret(&SystemRandom)));
        let pairs = Keys::generate()?;
        Self::of(&PublicKeys::of(&pairs)?, &pairs, &URL_SAFE_NO_PAD.encode(cursor_key), &shared.collect())
    }

    /// Of these public keys and private ones, what cursors are signed with, and the secrets that functions share with others.
    pub fn of(public: &PublicKeys, pairs: &[KeyPair], cursor_key: &str, shared: &Secrets) -> Result<Self> {
        let mut secrets = BTreeMap::from([(CURSOR_KEY.to_owned(), cursor_key.to_owned())]);
        for kind in Keys::KINDS {
            if let Some(pair) = pairs.iter().find(|pair| pair.name == kind.name) {
                secrets.insert(key_variable(kind), to_word(pair)?);
            }
        }
        secrets.extend(shared.iter().map(|(name, secret)| (shared_secret_variable(*name), secret.clone())));
        Ok(Self { public_keys: to_word(public)?, secrets })
    }
}
