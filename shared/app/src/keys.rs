//! ES256 keys: what signs and verifies access tokens (RFC 9068) and quotes, each kind with a key of its own.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{QuoteClaims, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse, ThumbprintHash},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::AccessClaims;

/// A kind of token: its key, its `typ` and its audience, so that none passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenKind {
    /// The name of its key.
    pub name: &'static str,
    /// The `typ` header.
    pub typ: &'static str,
    /// The `aud` claim.
    pub audience: &'static str,
}

/// Who a user is: ten minutes, for every function.
pub const ACCESS_TOKEN: TokenKind = TokenKind { name: "access-token", typ: "at+jwt", audience: "tiffin" };
/// What a basket costs: ten minutes, for orders.
pub const QUOTE: TokenKind = TokenKind { name: "quote", typ: "quote+jwt", audience: "tiffin-orders" };

/// What signs every token.
const ALGORITHM: Algorithm = Algorithm::ES256;
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

/// Keys as one word of `A-Za-z0-9_-`, which every shell and every file of variables takes as it is: their JSON, base64url.
pub fn to_word(keys: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(keys)?))
}

/// Keys from one word, or from their JSON.
pub fn from_word<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let text = text.trim();
    match URL_SAFE_NO_PAD.decode(text) {
        Ok(json) => serde_json::from_slice(&json),
        Err(_) => serde_json::from_str(text),
    }
}

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
/// `{"access-token": [JWK, …], "quote": [JWK, …]}`. More than one while keys are rotated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys(BTreeMap<String, Vec<Jwk>>);

/// The keys a host holds: public ones of every kind, private ones of those it may sign; and who issues what they sign.
#[derive(Default)]
pub struct Keys {
    entries: HashMap<&'static str, Entry>,
    issuer: String,
}

struct Entry {
    signing: Option<Signing>,
    verifying: JwkSet,
}

struct Signing {
    kid: Option<String>,
    key: EncodingKey,
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

impl KeyPair {
    /// The public half.
    pub fn public(&self) -> Result<Jwk, KeyError> {
        let error = |_| KeyError { name: self.name.clone() };
        let mut jwk = Jwk::from_encoding_key(&EncodingKey::from_ec_der(&self.der()?), ALGORITHM).map_err(error)?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(thumbprint(&self.name, &jwk)?);
        Ok(jwk)
    }

    /// The thumbprint of the public half (RFC 7638).
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        thumbprint(&self.name, &self.public()?)
    }

    fn signing(&self) -> Result<Signing, KeyError> {
        Ok(Signing { kid: self.public()?.common.key_id, key: EncodingKey::from_ec_der(&self.der()?) })
    }

    fn der(&self) -> Result<Vec<u8>, KeyError> {
        URL_SAFE_NO_PAD.decode(&self.pkcs8).map_err(|_| KeyError { name: self.name.clone() })
    }
}

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

    /// The thumbprint of each (RFC 7638), whatever its id says.
    pub fn thumbprints(&self) -> impl Iterator<Item = Result<String, KeyError>> {
        self.0.iter().flat_map(|(name, keys)| keys.iter().map(|key| thumbprint(name, key)))
    }
}

fn thumbprint(name: &str, key: &Jwk) -> Result<String, KeyError> {
    key.thumbprint(ThumbprintHash::SHA256).map_err(|_| KeyError { name: name.to_owned() })
}

impl Keys {
    /// The kinds of tokens there are.
    pub const KINDS: [TokenKind; 2] = [ACCESS_TOKEN, QUOTE];

    /// One new key per kind.
    pub fn generate() -> Result<Vec<KeyPair>, KeyError> {
        Self::KINDS.into_iter().map(KeyPair::generate).collect()
    }

    /// Makes stored keys usable, for signing and verifying; every kind must be among them.
    pub fn from_pairs(pairs: &[KeyPair], issuer: impl Into<String>) -> Result<Self, KeyError> {
        Self::new(&PublicKeys::of(pairs)?, pairs, issuer)
    }

    /// Public keys of every kind, and the private ones of those this host signs. What is signed here must be verifiable
    /// by everybody, so each private key's public half must be among the public ones.
    pub fn new(public: &PublicKeys, private: &[KeyPair], issuer: impl Into<String>) -> Result<Self, KeyError> {
        let mut entries = HashMap::new();
        for kind in Self::KINDS {
            let error = || KeyError { name: kind.name.to_owned() };
            let keys = public.0.get(kind.name).filter(|keys| !keys.is_empty()).ok_or_else(error)?;
            if !keys.iter().all(is_ours) {
                return Err(error());
            }
            let pair = private.iter().find(|pair| pair.name == kind.name);
            let signing = pair.map(KeyPair::signing).transpose()?;
            if let Some(signing) = &signing
                && !keys.iter().any(|key| key.common.key_id == signing.kid)
            {
                return Err(error());
            }
            let verifying = JwkSet { keys: keys.clone() };
            entries.insert(kind.name, Entry { signing, verifying });
        }
        Ok(Self { entries, issuer: issuer.into() })
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
        let verifying = self.entries.get(ACCESS_TOKEN.name).into_iter().flat_map(|entry| &entry.verifying.keys);
        Jwks { keys: verifying.cloned().collect() }
    }

    /// Signs `claims`, which hold `exp`, and adds the issuer and the kind's audience.
    pub fn sign<T: Serialize>(&self, kind: TokenKind, claims: &T) -> Result<String, KeyError> {
        let error = || KeyError { name: kind.name.to_owned() };
        let signing = self.entries.get(kind.name).and_then(|entry| entry.signing.as_ref()).ok_or_else(error)?;
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(kind.typ.to_owned());
        header.kid.clone_from(&signing.kid);
        let signed = Signed { iss: self.issuer.clone(), aud: kind.audience.to_owned(), claims };
        jsonwebtoken::encode(&header, &signed, &signing.key).map_err(|_| error())
    }

    /// Verifies a token: signature, algorithm, `typ`, issuer, audience, and its expiry against `now`.
    pub fn verify<T: Claims>(&self, kind: TokenKind, token: &str, now: Timestamp) -> Result<T, TokenError> {
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or(TokenError::Invalid)?;
        let entry = self.entries.get(kind.name).ok_or(TokenError::Invalid)?;
        let key = entry.verifying.find(&kid).ok_or(TokenError::Invalid)?;
        let key = DecodingKey::from_jwk(key).map_err(|_| TokenError::Invalid)?;
        let mut validation = Validation::new(ALGORITHM);
        validation.validate_exp = false; // checked below, against the clock that was handed in
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[kind.audience]);
        let token = jsonwebtoken::decode::<T>(token, &key, &validation).map_err(|_| TokenError::Invalid)?;
        if token.header.typ.as_deref() != Some(kind.typ) {
            return Err(TokenError::Invalid);
        }
        if token.claims.exp() + LEEWAY_S <= now.as_second() {
            return Err(TokenError::Expired);
        }
        Ok(token.claims)
    }
}

/// Whether a public key may verify: it is of the one algorithm, and whole.
fn is_ours(key: &Jwk) -> bool {
    key.common.key_algorithm == Some(KeyAlgorithm::ES256) && DecodingKey::from_jwk(key).is_ok()
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
        let signing = keys.entries[ACCESS_TOKEN.name].signing.as_ref().unwrap();
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

    #[test]
    fn keys_are_read_from_a_word_and_from_json() {
        let public = PublicKeys::of(&Keys::generate().unwrap()).unwrap();
        let word = to_word(&public).unwrap();
        assert!(word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)), "{word}");
        for text in [word, format!("{}\n", serde_json::to_string(&public).unwrap())] {
            assert_eq!(from_word::<PublicKeys>(&text).unwrap(), public);
        }
        for nothing in ["", "{", "e30x!", "bm8"] {
            assert!(from_word::<PublicKeys>(nothing).is_err(), "{nothing}");
        }
    }
}
