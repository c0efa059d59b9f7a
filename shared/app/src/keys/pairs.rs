//! Private keys as they are stored, and signing with them.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    EncodingKey, Header,
    jwk::{Jwk, PublicKeyUse},
};
use serde::{Deserialize, Serialize};

use super::{ALGORITHM, KeyError, TokenKind, TokenProfile, public::thumbprint};

/// A private key as it is stored: PKCS #8, base64url.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyPair {
    /// Its kind's name.
    pub name: String,
    /// PKCS #8 DER, base64url without padding.
    pub pkcs8: String,
}

/// A private key that is ready to sign.
pub(super) struct Signing {
    pub(super) kid: Option<String>,
    pub(super) key: EncodingKey,
}

#[derive(Serialize)]
struct Signed<'a, T> {
    iss: &'a str,
    aud: &'a str,
    #[serde(flatten)]
    claims: &'a T,
}

impl KeyPair {
    /// A new key for this kind of token.
    pub fn generate(kind: TokenKind) -> Result<Self, KeyError> {
        Self::named(kind.name)
    }

    /// A new key of this name.
    pub(super) fn named(name: &str) -> Result<Self, KeyError> {
        let error = |_| KeyError::of(name);
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(error)?;
        let document = pair.to_pkcs8v1().map_err(error)?;
        Ok(Self { name: name.to_owned(), pkcs8: URL_SAFE_NO_PAD.encode(document.as_ref()) })
    }

    /// The public half.
    pub fn public(&self) -> Result<Jwk, KeyError> {
        let error = |_| KeyError::of(&self.name);
        let mut jwk = Jwk::from_encoding_key(&EncodingKey::from_ec_der(&self.der()?), ALGORITHM).map_err(error)?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(thumbprint(&self.name, &jwk)?);
        Ok(jwk)
    }

    /// The thumbprint of the public half (RFC 7638).
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        thumbprint(&self.name, &self.public()?)
    }

    pub(super) fn signing(&self) -> Result<Signing, KeyError> {
        Ok(Signing { kid: self.public()?.common.key_id, key: EncodingKey::from_ec_der(&self.der()?) })
    }

    fn der(&self) -> Result<Vec<u8>, KeyError> {
        URL_SAFE_NO_PAD.decode(&self.pkcs8).map_err(|_| KeyError::of(&self.name))
    }
}

impl Signing {
    /// Signs `claims`, which hold `exp`, and adds the issuer and the audience.
    pub(super) fn sign<T: Serialize>(
        &self,
        TokenProfile { key, typ, audience }: TokenProfile,
        issuer: &str,
        claims: &T,
    ) -> Result<String, KeyError> {
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(typ.to_owned());
        header.kid.clone_from(&self.kid);
        let signed = Signed { iss: issuer, aud: audience, claims };
        jsonwebtoken::encode(&header, &signed, &self.key).map_err(|_| KeyError::of(key))
    }
}
