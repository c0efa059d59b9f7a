//! Refresh tokens: 256 random bits that are stored only as a hash, and the successor of a used one, sealed so that only the
//! token before it opens it.

use app::{Context, Problem};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{SHA256, digest},
    error::Unspecified,
    hkdf::{HKDF_SHA256, Salt},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::text;
use serde::{Deserialize, Serialize};

text! {
    /// What a new session is given for, once.
    pub struct RefreshToken(1..=255): secret, pattern("^[!-~]+$"), check(is_visible_ascii, "must be visible ASCII characters");
}

/// How many random bytes a token is made of.
const TOKEN_BYTES: usize = 32;
/// The purpose that the sealing key is derived for, so that it serves no other.
const PURPOSE: &[u8] = b"tiffin refresh token: its successor";

/// A token that only its predecessor opens: the nonce, then the ciphertext of AES-256-GCM; base64url.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

impl RefreshToken {
    /// A new random token.
    pub(crate) fn generate(context: &Context) -> Self {
        Self(URL_SAFE_NO_PAD.encode(context.random::<TOKEN_BYTES>()))
    }

    /// What it is stored under: SHA-256, which reveals nothing of 256 random bits.
    pub(crate) fn hash(&self) -> String {
        let hash = digest(&SHA256, self.0.as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }

    /// Seals the token that comes after this one.
    pub(crate) fn seal(&self, context: &Context, successor: &Self) -> Result<Sealed, Problem> {
        let nonce = context.random::<NONCE_LEN>();
        let mut text = successor.0.clone().into_bytes();
        let sealed = self
            .key()
            .and_then(|key| key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text));
        sealed.map_err(internal)?;
        Ok(Sealed(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat())))
    }

    /// Opens what was sealed with this token.
    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Self, Problem> {
        self.opened(sealed).ok_or_else(|| internal("the successor of a refresh token can't be opened"))
    }

    fn opened(&self, sealed: &Sealed) -> Option<Self> {
        let mut bytes = URL_SAFE_NO_PAD.decode(&sealed.0).ok()?;
        let (nonce, text) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.key().ok()?.open_in_place(nonce, Aad::empty(), text).ok()?;
        String::from_utf8(text.to_vec()).ok().map(Self)
    }

    /// A token has one successor, so its key seals one text; a second only where the first was never stored.
    fn key(&self) -> Result<LessSafeKey, Unspecified> {
        let secret = Salt::new(HKDF_SHA256, &[]).extract(self.0.as_bytes());
        let key = secret.expand(&[PURPOSE], &AES_256_GCM)?;
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }
}

fn is_visible_ascii(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_graphic())
}

fn internal(error: impl ToString) -> Problem {
    Problem::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;

    #[test]
    fn a_token_is_256_bits_and_shows_neither_in_debug_nor_in_its_hash() {
        let context = World::new().context(crate::SERVICE, "sign-in");
        let one = RefreshToken::generate(&context);
        let other = RefreshToken::generate(&context);
        assert_eq!(URL_SAFE_NO_PAD.decode(one.as_str()).unwrap().len(), TOKEN_BYTES);
        assert_eq!(one.as_str().parse::<RefreshToken>().unwrap(), one, "what is given out is accepted back");
        assert_ne!(one, other);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(format!("{one:?}"), "***");
        assert_eq!(one.hash().len(), 64);
    }

    #[test]
    fn a_successor_opens_for_its_predecessor_alone_and_only_unchanged() {
        let context = World::new().context(crate::SERVICE, "sign-in");
        let [one, other, successor] = [(); 3].map(|()| RefreshToken::generate(&context));
        let sealed = one.seal(&context, &successor).unwrap();
        assert_eq!(one.open(&sealed).unwrap(), successor);
        assert!(other.open(&sealed).is_err());
        assert_ne!(one.seal(&context, &successor).unwrap().0, sealed.0, "no nonce twice");
        let bytes = URL_SAFE_NO_PAD.decode(&sealed.0).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(one.open(&Sealed(URL_SAFE_NO_PAD.encode(changed))).is_err(), "byte {index}");
            assert!(one.open(&Sealed(URL_SAFE_NO_PAD.encode(&bytes[..index]))).is_err(), "length {index}");
        }
    }
}
