//! ES256 keys: what signs and verifies access tokens (RFC 9068) and quotes, each kind with a key of its own.

use std::collections::HashMap;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{QuoteClaims, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::AccessClaims;

/// A kind of token: its key, its `typ` and its audience, so that none passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenKind {
    /// The name of its key.
    pub name: &'static str,
    /// The `typ` header.
    pub typ: &'static str,
    /// The audience.
    pub audience: &'static str,
}

/// Who a user is: ten minutes, for every function.
pub const ACCESS_TOKEN: TokenKind = TokenKind { name: "access-token", typ: "at+jwt", audience: "tiffin" };
/// What a basket costs: ten minutes, for orders.
pub const QUOTE: TokenKind = TokenKind { name: "quote", typ: "quote+jwt", audience: "tiffin-orders" };

/// Who issues every token.
const ISSUER: &str = "tiffin";
/// How far clocks may differ, in seconds.
const LEEWAY_S: i64 = 5;

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not ours, not of this kind, or not a token at all.
    #[error("the token is not valid")]
    Invalid,
    /// It was ours, and its time has passed.
    #[error("the token has expired")]
    Expired,
}

/// A key could not be made or read.
#[derive(Debug, thiserror::Error)]
#[error("the key {name} can't be used")]
pub struct KeyError {
    name: String,
}

/// A private key as it is stored: PKCS #8, base64url.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyPair {
    /// Its kind's name.
    pub name: String,
    /// PKCS #8 DER, base64url without padding.
    pub pkcs8: String,
}

/// A public key, as RFC 7517 writes it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Jwk {
    /// The key type, `EC`.
    pub kty: &'static str,
    /// The curve, `P-256`.
    pub crv: &'static str,
    /// The algorithm, `ES256`.
    pub alg: &'static str,
    /// What it is for, `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The key's id: its RFC 7638 thumbprint.
    pub kid: String,
    /// The x coordinate, base64url.
    pub x: String,
    /// The y coordinate, base64url.
    pub y: String,
}

/// A set of public keys.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// The keys a host holds: public ones of every kind, private ones of those it may sign.
pub struct Keys(HashMap<&'static str, Entry>);

struct Entry {
    signing: EncodingKey,
    verifying: DecodingKey,
    jwk: Jwk,
}

/// Claims that say when they end.
pub trait Claims: DeserializeOwned {
    /// Expires at, Unix seconds.
    fn exp(&self) -> i64;
}

impl Claims for AccessClaims {
    fn exp(&self) -> i64 {
        self.exp
    }
}

impl Claims for QuoteClaims {
    fn exp(&self) -> i64 {
        self.exp
    }
}

#[derive(Serialize)]
struct Signed<T> {
    iss: String,
    aud: String,
    #[serde(flatten)]
    claims: T,
}

impl KeyPair {
    /// A new key for this kind of token.
    pub fn generate(kind: TokenKind) -> Result<Self, KeyError> {
        let error = |_| KeyError { name: kind.name.to_owned() };
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(error)?;
        let document = pair.to_pkcs8v1().map_err(error)?;
        Ok(Self { name: kind.name.to_owned(), pkcs8: URL_SAFE_NO_PAD.encode(document.as_ref()) })
    }
}

impl Keys {
    /// The kinds of tokens there are.
    pub const KINDS: [TokenKind; 2] = [ACCESS_TOKEN, QUOTE];

    /// One new key per kind.
    pub fn generate() -> Result<Vec<KeyPair>, KeyError> {
        Self::KINDS.into_iter().map(KeyPair::generate).collect()
    }

    /// Makes stored keys usable; every kind must be among them.
    pub fn from_pairs(pairs: &[KeyPair]) -> Result<Self, KeyError> {
        let mut entries = HashMap::new();
        for kind in Self::KINDS {
            let missing = || KeyError { name: kind.name.to_owned() };
            let pair = pairs.iter().find(|pair| pair.name == kind.name).ok_or_else(missing)?;
            entries.insert(kind.name, Entry::read(pair)?);
        }
        Ok(Self(entries))
    }

    /// The public keys that verify access tokens.
    pub fn jwks(&self) -> Jwks {
        Jwks { keys: self.0.get(ACCESS_TOKEN.name).map(|entry| entry.jwk.clone()).into_iter().collect() }
    }

    /// Signs `claims`, which hold `exp`, and adds the issuer and the kind's audience.
    pub fn sign<T: Serialize>(&self, kind: TokenKind, claims: &T) -> Result<String, KeyError> {
        let error = || KeyError { name: kind.name.to_owned() };
        let entry = self.0.get(kind.name).ok_or_else(error)?;
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(kind.typ.to_owned());
        header.kid = Some(entry.jwk.kid.clone());
        let signed = Signed { iss: ISSUER.to_owned(), aud: kind.audience.to_owned(), claims };
        jsonwebtoken::encode(&header, &signed, &entry.signing).map_err(|_| error())
    }

    /// Verifies a token: signature, algorithm, `typ`, issuer, audience, and its expiry against `now`.
    pub fn verify<T: Claims>(&self, kind: TokenKind, token: &str, now: Timestamp) -> Result<T, TokenError> {
        let entry = self.0.get(kind.name).ok_or(TokenError::Invalid)?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false; // checked below, against the clock that was handed in
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[kind.audience]);
        let token = jsonwebtoken::decode::<T>(token, &entry.verifying, &validation).map_err(|_| TokenError::Invalid)?;
        if token.header.typ.as_deref() != Some(kind.typ) {
            return Err(TokenError::Invalid);
        }
        if token.claims.exp() + LEEWAY_S <= now.as_second() {
            return Err(TokenError::Expired);
        }
        Ok(token.claims)
    }
}

impl Entry {
    fn read(pair: &KeyPair) -> Result<Self, KeyError> {
        let error = || KeyError { name: pair.name.clone() };
        let pkcs8 = URL_SAFE_NO_PAD.decode(&pair.pkcs8).map_err(|_| error())?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).map_err(|_| error())?;
        // An uncompressed point: 0x04, then x and y of 32 bytes each (SEC 1, 2.3.3).
        let point = key.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
        let thumbprint = Sha256::digest(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        Ok(Self {
            signing: EncodingKey::from_ec_der(&pkcs8),
            verifying: DecodingKey::from_ec_components(&x, &y).map_err(|_| error())?,
            jwk: Jwk {
                kty: "EC",
                crv: "P-256",
                alg: "ES256",
                usage: "sig",
                kid: URL_SAFE_NO_PAD.encode(thumbprint),
                x,
                y,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Ticket {
        sub: String,
        exp: i64,
    }

    impl Claims for Ticket {
        fn exp(&self) -> i64 {
            self.exp
        }
    }

    const NOW: i64 = 1_800_000_000;

    fn keys() -> Keys {
        Keys::from_pairs(&Keys::generate().unwrap()).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(NOW)
    }

    fn ticket(keys: &Keys, kind: TokenKind, exp: i64) -> String {
        keys.sign(kind, &json!({"sub": "me", "exp": exp})).unwrap()
    }

    #[test]
    fn a_token_is_taken_by_its_own_kind_and_key_alone() {
        let (keys, others) = (keys(), keys());
        let token = ticket(&keys, QUOTE, NOW + 60);
        assert_eq!(keys.verify::<Ticket>(QUOTE, &token, now()).unwrap().sub, "me");
        assert_eq!(keys.verify::<Ticket>(ACCESS_TOKEN, &token, now()), Err(TokenError::Invalid));
        assert_eq!(others.verify::<Ticket>(QUOTE, &token, now()), Err(TokenError::Invalid));
        let (head, rest) = token.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        let forged = URL_SAFE_NO_PAD.encode(r#"{"sub":"you","exp":99999999999,"iss":"tiffin","aud":"tiffin-orders"}"#);
        for bad in
            [format!("{head}.{forged}.{signature}"), format!("{head}.{payload}."), head.to_owned(), String::new()]
        {
            assert_eq!(keys.verify::<Ticket>(QUOTE, &bad, now()), Err(TokenError::Invalid), "{bad}");
        }
    }

    #[test]
    fn a_token_ends_by_the_clock_that_was_handed_in() {
        let keys = keys();
        let ended = |exp| keys.verify::<Ticket>(QUOTE, &ticket(&keys, QUOTE, exp), now()).err();
        assert_eq!(ended(NOW - LEEWAY_S + 1), None);
        assert_eq!(ended(NOW - LEEWAY_S), Some(TokenError::Expired));
    }

    #[test]
    fn no_other_algorithm_passes_the_public_key_as_a_secret_included() {
        let keys = keys();
        let jwk = &keys.jwks().keys[0];
        let claims = json!({"sub": "me", "exp": NOW + 60, "iss": ISSUER, "aud": ACCESS_TOKEN.audience});
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(ACCESS_TOKEN.typ.to_owned());
        header.kid = Some(jwk.kid.clone());
        for secret in [jwk.x.as_bytes(), jwk.kid.as_bytes(), b""] {
            let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap();
            assert_eq!(keys.verify::<Ticket>(ACCESS_TOKEN, &token, now()), Err(TokenError::Invalid));
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = format!("{}.{}.", part(&json!({"alg": "none", "typ": ACCESS_TOKEN.typ})), part(&claims));
        assert_eq!(keys.verify::<Ticket>(ACCESS_TOKEN, &none, now()), Err(TokenError::Invalid));
    }

    #[test]
    fn a_right_signature_with_another_typ_issuer_or_audience_is_not_enough() {
        let keys = keys();
        let entry = &keys.0[ACCESS_TOKEN.name];
        let sign = |typ: &str, iss: &str, aud: &str| {
            let mut header = Header::new(Algorithm::ES256);
            header.typ = Some(typ.to_owned());
            let claims = json!({"sub": "me", "exp": NOW + 60, "iss": iss, "aud": aud});
            jsonwebtoken::encode(&header, &claims, &entry.signing).unwrap()
        };
        let verify = |token: String| keys.verify::<Ticket>(ACCESS_TOKEN, &token, now());
        assert!(verify(sign("at+jwt", "tiffin", "tiffin")).is_ok());
        for (typ, iss, aud) in
            [("JWT", "tiffin", "tiffin"), ("at+jwt", "other", "tiffin"), ("at+jwt", "tiffin", "other")]
        {
            assert_eq!(verify(sign(typ, iss, aud)), Err(TokenError::Invalid), "{typ} {iss} {aud}");
        }
    }
}
