//! Public keys, as they are published and as functions are told them.

use std::collections::BTreeMap;

use jsonwebtoken::{
    DecodingKey,
    jwk::{Jwk, KeyAlgorithm, ThumbprintHash},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KeyError, KeyPair, kinds::OPERATOR};

/// A set of public keys (RFC 7517).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Jwks {
    /// More than one while keys are rotated.
    #[schemars(with = "Vec<DocumentedJwk>")]
    pub keys: Vec<Jwk>,
}

/// A public key, as RFC 7517 writes it.
#[derive(JsonSchema)]
#[schemars(rename = "Jwk")]
#[expect(dead_code, reason = "what the document says of the library's type")]
struct DocumentedJwk {
    /// The key type, `EC`.
    kty: String,
    /// The curve, `P-256`.
    crv: String,
    /// The algorithm, `ES256`.
    alg: String,
    /// What it is for, `sig`.
    r#use: String,
    /// The key's id: its RFC 7638 thumbprint.
    kid: String,
    /// The x coordinate, base64url.
    x: String,
    /// The y coordinate, base64url.
    y: String,
}

/// The public keys by kind of token, as functions are configured with them:
/// `{"access-token": [JWK, …], "operator": [JWK, …], "quote": [JWK, …]}`. More than one while keys are rotated; the operator's need not
/// be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys(BTreeMap<String, Vec<Jwk>>);

impl PublicKeys {
    /// What verifies the tokens that `pairs` sign.
    pub fn of(pairs: &[KeyPair]) -> Result<Self, KeyError> {
        let mut keys: BTreeMap<String, Vec<Jwk>> = BTreeMap::new();
        for pair in pairs {
            keys.entry(pair.name.clone()).or_default().push(pair.public()?);
        }
        Ok(Self(keys))
    }

    /// These, and those besides.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for (name, keys) in others.0 {
            let known = self.0.entry(name).or_default();
            for key in keys {
                if !known.contains(&key) {
                    known.push(key);
                }
            }
        }
        self
    }

    /// These without the operator's.
    #[must_use]
    pub fn without_operator(mut self) -> Self {
        self.0.remove(OPERATOR);
        self
    }

    /// The thumbprint of each (RFC 7638), whatever its id says.
    pub fn thumbprints(&self) -> impl Iterator<Item = Result<String, KeyError>> {
        self.0.iter().flat_map(|(name, keys)| keys.iter().map(|key| thumbprint(name, key)))
    }

    /// Those of this name, if there are any; each must be able to verify.
    pub(super) fn named(&self, name: &str) -> Result<Option<&[Jwk]>, KeyError> {
        let keys = self.0.get(name).filter(|keys| !keys.is_empty());
        match keys {
            Some(keys) if !keys.iter().all(is_ours) => Err(KeyError::of(name)),
            keys => Ok(keys.map(Vec::as_slice)),
        }
    }
}

pub(super) fn thumbprint(name: &str, key: &Jwk) -> Result<String, KeyError> {
    key.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyError::of(name))
}

/// Whether a public key may verify: it is of the one algorithm, and whole.
fn is_ours(key: &Jwk) -> bool {
    key.common.key_algorithm == Some(KeyAlgorithm::ES256) && DecodingKey::from_jwk(key).is_ok()
}
