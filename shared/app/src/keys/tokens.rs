//! Signing and verifying tokens with the keys that a host holds.

use std::collections::HashMap;

use domain::Timestamp;
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use serde::Serialize;

use super::{
    ACCESS_TOKEN, ALGORITHM, Claims, Jwks, KeyError, KeyPair, PublicKeys, QUOTE, TokenKind, TokenProfile,
    kinds::OPERATOR, pairs::Signing,
};

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

/// The keys a host holds: public ones of every kind, private ones of those it may sign; and who issues what they sign.
#[derive(Default)]
pub struct Keys {
    verifying: HashMap<&'static str, JwkSet>,
    signing: HashMap<&'static str, Signing>,
    issuer: String,
}

impl Keys {
    /// The kinds of tokens that functions sign.
    pub const KINDS: [TokenKind; 2] = [ACCESS_TOKEN, QUOTE];

    /// One new key per kind.
    pub fn generate() -> Result<Vec<KeyPair>, KeyError> {
        Self::KINDS.into_iter().map(KeyPair::generate).collect()
    }

    /// Makes stored keys usable, for signing and verifying; every kind must be among them.
    pub fn from_pairs(pairs: &[KeyPair], issuer: impl Into<String>) -> Result<Self, KeyError> {
        Self::new(&PublicKeys::of(pairs)?, pairs, issuer)
    }

    /// Public keys of every kind, the operator's where it has one, and the private ones of those this host signs. What is signed
    /// here must be verifiable by everybody, so each private key's public half must be among the public ones.
    pub fn new(public: &PublicKeys, private: &[KeyPair], issuer: impl Into<String>) -> Result<Self, KeyError> {
        let mut keys = Self::issued_by(issuer);
        for TokenKind { name, .. } in Self::KINDS {
            let verifying = public.named(name)?.ok_or_else(|| KeyError::of(name))?;
            if let Some(pair) = private.iter().find(|pair| pair.name == name) {
                let signing = pair.signing()?;
                if !verifying.iter().any(|key| key.common.key_id == signing.kid) {
                    return Err(KeyError::of(name));
                }
                keys.signing.insert(name, signing);
            }
            keys.verifying.insert(name, JwkSet { keys: verifying.to_vec() });
        }
        if let Some(operator) = public.named(OPERATOR)? {
            keys.verifying.insert(OPERATOR, JwkSet { keys: operator.to_vec() });
        }
        Ok(keys)
    }

    /// No keys, of a host that only has to know who issues tokens.
    pub fn issued_by(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), ..Self::default() }
    }

    /// Who issues tokens: the address that the API is served under.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The public keys that verify access tokens.
    pub fn jwks(&self) -> Jwks {
        let verifying = self.verifying.get(ACCESS_TOKEN.name).into_iter().flat_map(|set| &set.keys);
        Jwks { keys: verifying.cloned().collect() }
    }

    /// Signs `claims`, which hold `exp`, and adds the issuer and the kind's audience.
    pub fn sign<T: Serialize>(&self, kind: TokenKind, claims: &T) -> Result<String, KeyError> {
        let signing = self.signing.get(kind.name).ok_or_else(|| KeyError::of(kind.name))?;
        signing.sign(kind.into(), &self.issuer, claims)
    }

    /// Verifies a token: signature, algorithm, `typ`, issuer, audience, and its expiry against `now`. Where no key of its kind is
    /// known, as that of an operator need not be, none is valid.
    pub fn verify<T: Claims>(
        &self,
        kind: impl Into<TokenProfile>,
        token: &str,
        now: Timestamp,
    ) -> Result<T, TokenError> {
        let TokenProfile { key, typ, audience } = kind.into();
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or(TokenError::Invalid)?;
        let key = self.verifying.get(key).and_then(|set| set.find(&kid)).ok_or(TokenError::Invalid)?;
        let key = DecodingKey::from_jwk(key).map_err(|_| TokenError::Invalid)?;
        let mut validation = Validation::new(ALGORITHM);
        validation.validate_exp = false; // checked below, against the clock that was handed in
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[audience]);
        let token = jsonwebtoken::decode::<T>(token, &key, &validation).map_err(|_| TokenError::Invalid)?;
        if token.header.typ.as_deref() != Some(typ) {
            return Err(TokenError::Invalid);
        }
        if token.claims.exp() + LEEWAY_S <= now.as_second() {
            return Err(TokenError::Expired);
        }
        Ok(token.claims)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use serde::Deserialize;
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
    const ISSUER: &str = "https://tiffin.example";

    fn keys() -> Keys {
        Keys::from_pairs(&Keys::generate().unwrap(), ISSUER).unwrap()
    }

    fn now() -> Timestamp {
        Timestamp::from_second(NOW)
    }

    fn ticket(keys: &Keys, kind: TokenKind, exp: i64) -> String {
        keys.sign(kind, &json!({"sub": "me", "exp": exp})).unwrap()
    }

    #[test]
    fn a_token_is_taken_by_its_own_kind_and_key_alone() {
        let others = keys();
        let keys = keys();
        let token = ticket(&keys, QUOTE, NOW + 60);
        assert_eq!(keys.verify::<Ticket>(QUOTE, &token, now()).unwrap().sub, "me");
        assert_eq!(keys.verify::<Ticket>(ACCESS_TOKEN, &token, now()), Err(TokenError::Invalid));
        assert_eq!(others.verify::<Ticket>(QUOTE, &token, now()), Err(TokenError::Invalid));
        let (head, rest) = token.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        let forged = URL_SAFE_NO_PAD
            .encode(r#"{"sub":"you","exp":99999999999,"iss":"https://tiffin.example","aud":"tiffin-orders"}"#);
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
        let jwk = serde_json::to_value(&keys.jwks().keys[0]).unwrap();
        let [x, kid] = ["x", "kid"].map(|member| jwk[member].as_str().unwrap());
        let claims = json!({"sub": "me", "exp": NOW + 60, "iss": ISSUER, "aud": ACCESS_TOKEN.audience});
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(ACCESS_TOKEN.typ.to_owned());
        header.kid = Some(kid.to_owned());
        for secret in [x.as_bytes(), kid.as_bytes(), b""] {
            let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap();
            assert_eq!(keys.verify::<Ticket>(ACCESS_TOKEN, &token, now()), Err(TokenError::Invalid));
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = format!("{}.{}.", part(&json!({"alg": "none", "typ": ACCESS_TOKEN.typ, "kid": kid})), part(&claims));
        assert_eq!(keys.verify::<Ticket>(ACCESS_TOKEN, &none, now()), Err(TokenError::Invalid));
    }

    #[test]
    fn a_right_signature_with_another_typ_issuer_or_audience_is_not_enough() {
        let keys = keys();
        let signing = &keys.signing[ACCESS_TOKEN.name];
        let sign = |typ: &str, iss: &str, aud: &str| {
            let mut header = Header::new(ALGORITHM);
            header.typ = Some(typ.to_owned());
            let claims = json!({"sub": "me", "exp": NOW + 60, "iss": iss, "aud": aud});
            header.kid.clone_from(&signing.kid);
            jsonwebtoken::encode(&header, &claims, &signing.key).unwrap()
        };
        let verify = |token: String| keys.verify::<Ticket>(ACCESS_TOKEN, &token, now());
        assert!(verify(sign("at+jwt", ISSUER, "tiffin")).is_ok());
        for (typ, iss, aud) in
            [("JWT", ISSUER, "tiffin"), ("at+jwt", "https://other.example", "tiffin"), ("at+jwt", ISSUER, "other")]
        {
            assert_eq!(verify(sign(typ, iss, aud)), Err(TokenError::Invalid), "{typ} {iss} {aud}");
        }
    }

    #[test]
    fn a_host_without_the_private_key_verifies_and_does_not_sign() {
        let pairs = Keys::generate().unwrap();
        let public: PublicKeys =
            serde_json::from_str(&serde_json::to_string(&PublicKeys::of(&pairs).unwrap()).unwrap()).unwrap();
        let signer = Keys::new(&public, &pairs[1..], ISSUER).unwrap();
        let token = ticket(&signer, QUOTE, NOW + 60);
        let verifier = Keys::new(&public, &[], ISSUER).unwrap();
        assert_eq!(verifier.verify::<Ticket>(QUOTE, &token, now()).unwrap().sub, "me");
        assert!(verifier.sign(QUOTE, &json!({"exp": NOW})).is_err() && signer.sign(ACCESS_TOKEN, &json!({})).is_err());
    }

    #[test]
    fn during_rotation_both_keys_verify_and_an_unpublished_one_is_refused() {
        let old = Keys::generate().unwrap();
        let new = Keys::generate().unwrap();
        let both = PublicKeys::of(&[old.clone(), new.clone()].concat()).unwrap();
        let verifier = Keys::new(&both, &[], ISSUER).unwrap();
        for pairs in [&old, &new] {
            let token = ticket(&Keys::from_pairs(pairs, ISSUER).unwrap(), QUOTE, NOW + 60);
            assert!(verifier.verify::<Ticket>(QUOTE, &token, now()).is_ok());
        }
        assert_eq!(verifier.jwks().keys.len(), 2);
        assert!(Keys::new(&PublicKeys::of(&old).unwrap(), &new, ISSUER).is_err());
        assert!(Keys::new(&PublicKeys::default(), &[], ISSUER).is_err(), "a kind without a key");
    }
}
