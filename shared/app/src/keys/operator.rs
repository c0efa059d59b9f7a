//! The operator's key: it signs by hand what no function can sign, and no function has it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Email, Timestamp};
use serde::{Deserialize, Serialize};

use super::{KeyError, KeyPair, OperatorClaims, OperatorToken, PublicKeys, kinds::OPERATOR};
use crate::Random;

/// The operator's private key. Not one of [`Keys`](crate::Keys), which know its public half at most.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "KeyPair", into = "KeyPair")]
pub struct OperatorKey(KeyPair);

/// How many random bytes make the id of a token.
const ID_BYTES: usize = 16;

impl OperatorKey {
    /// A new one.
    pub fn generate() -> Result<Self, KeyError> {
        KeyPair::named(OPERATOR).map(Self)
    }

    /// Its public half, for functions to verify by.
    pub fn public(&self) -> Result<PublicKeys, KeyError> {
        PublicKeys::of(std::slice::from_ref(&self.0))
    }

    /// Signs a token of this kind for somebody, from now on, for those who take what `issuer` issues.
    pub fn sign(
        &self,
        kind: OperatorToken,
        email: Email,
        issuer: &str,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<String, KeyError> {
        let mut id = [0; ID_BYTES];
        random.fill(&mut id);
        let iat = now.as_second();
        let claims = OperatorClaims { email, jti: URL_SAFE_NO_PAD.encode(id), iat, exp: iat + kind.life_s };
        self.0.signing()?.sign(kind.into(), issuer, &claims)
    }
}

impl TryFrom<KeyPair> for OperatorKey {
    type Error = KeyError;

    fn try_from(pair: KeyPair) -> Result<Self, KeyError> {
        if pair.name != OPERATOR {
            return Err(KeyError::of(&pair.name));
        }
        pair.public()?;
        Ok(Self(pair))
    }
}

impl From<OperatorKey> for KeyPair {
    fn from(OperatorKey(pair): OperatorKey) -> Self {
        pair
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ACCESS_TOKEN, INVITATION, Keys, RESET, TokenError, from_word, to_word};

    const NOW: i64 = 1_800_000_000;
    const ISSUER: &str = "https://tiffin.example";

    struct Same;

    impl Random for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(NOW)
    }

    fn signed(key: &OperatorKey, kind: OperatorToken) -> String {
        let email = "ana@tiffin.example".parse().unwrap();
        key.sign(kind, email, ISSUER, now(), &Same).unwrap()
    }

    #[test]
    fn who_knows_the_public_half_takes_each_kind_for_its_time() {
        let key = OperatorKey::generate().unwrap();
        let pairs = Keys::generate().unwrap();
        let public = PublicKeys::of(&pairs).unwrap().and(key.public().unwrap());
        let keys = Keys::new(&public, &pairs, ISSUER).unwrap();
        for (kind, other, life_s) in [(INVITATION, RESET, 86_400), (RESET, INVITATION, 3_600)] {
            let token = signed(&key, kind);
            let claims: OperatorClaims = keys.verify(kind, &token, now()).unwrap();
            assert_eq!(claims.email.as_str(), "ana@tiffin.example");
            assert!(claims.iat == NOW && claims.exp == NOW + life_s && !claims.jti.is_empty());
            let verify = |second| keys.verify::<OperatorClaims>(kind, &token, Timestamp::from_second(second));
            assert!(verify(NOW + life_s - 1).is_ok());
            assert_eq!(verify(NOW + life_s + 60), Err(TokenError::Expired));
            assert_eq!(keys.verify::<OperatorClaims>(other, &token, now()), Err(TokenError::Invalid));
            assert_eq!(keys.verify::<OperatorClaims>(ACCESS_TOKEN, &token, now()), Err(TokenError::Invalid));
        }
        assert_eq!(keys.jwks().keys.len(), 1, "only what verifies access tokens is published");
    }

    #[test]
    fn who_knows_another_or_none_starts_and_takes_nothing() {
        let token = signed(&OperatorKey::generate().unwrap(), INVITATION);
        let pairs = Keys::generate().unwrap();
        let none = PublicKeys::of(&pairs).unwrap();
        let another = none.clone().and(OperatorKey::generate().unwrap().public().unwrap());
        assert_eq!(another.clone().without_operator(), none);
        for public in [none, another] {
            let keys = Keys::new(&public, &pairs, ISSUER).unwrap();
            assert_eq!(keys.verify::<OperatorClaims>(INVITATION, &token, now()), Err(TokenError::Invalid));
        }
    }

    #[test]
    fn it_is_read_from_its_word_and_no_other_key_passes_for_it() {
        let key = OperatorKey::generate().unwrap();
        let read: OperatorKey = from_word(&to_word(&key).unwrap()).unwrap();
        assert_eq!(read.public().unwrap(), key.public().unwrap());
        for pair in Keys::generate().unwrap() {
            assert!(from_word::<OperatorKey>(&to_word(&pair).unwrap()).is_err(), "{}", pair.name);
        }
        let torn = KeyPair { name: OPERATOR.to_owned(), pkcs8: "bm8".to_owned() };
        assert!(OperatorKey::try_from(torn).is_err());
    }
}
