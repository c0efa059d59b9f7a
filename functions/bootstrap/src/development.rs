//! The keys of `local.env`, which everybody can read: they work where an emulator is, on a computer that somebody works at,
//! and nowhere else.

use app::{KeyError, Keys, PublicKeys};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use host::requirements::{AWS_ENDPOINT, CURSOR_KEY, LOCAL, PUBLIC_KEYS, STAGE, key_variable, shared_secret_variable};
use sha2::{Digest as _, Sha256};

use crate::program::ProgramSecrets;

/// The public halves, by thumbprint (RFC 7638).
const THUMBPRINTS: [&str; 2] =
    ["oQlOKHS9HyumfSTnZm5FsQ8Nsn5K3sRGIPyMF1LlReU", "Ztk0uCh-JgKELH0TVjWtLrrm148Q-jqvnFFoVqR5V-Q"];
/// The secrets, by hash (SHA-256, base64url): that of cursors, and that of webhooks.
const HASHES: [&str; 2] =
    ["9VMWg6gaQwJSWfcF488ucG1UmH8kbRLSKC96-HZLewY", "Fj8JDtA-D_fhfhBDWpJqvEAAgPjodu7gSus96cvnr0E"];

/// A key that is for development alone, elsewhere.
#[derive(Debug, thiserror::Error)]
#[error(
    "{variable} holds a key for development, which everybody can read: make others by `tiffin keys`; it works only where \
     {STAGE} is {LOCAL} and {AWS_ENDPOINT} says where the emulator is"
)]
pub struct DevelopmentKey {
    variable: String,
}

/// Refuses them all, whatever they are called and however they came.
pub(crate) fn refuse(public: &PublicKeys, secrets: &ProgramSecrets) -> Result<(), DevelopmentKey> {
    let refused = |variable: String| Err(DevelopmentKey { variable });
    if public.thumbprints().any(is_known) {
        return refused(PUBLIC_KEYS.to_owned());
    }
    if let Some(pair) = secrets.keys.iter().find(|pair| is_known(pair.thumbprint())) {
        let kind = Keys::KINDS.into_iter().find(|kind| kind.name == pair.name);
        return refused(kind.map_or_else(|| pair.name.clone(), key_variable));
    }
    if is_hashed(&secrets.cursor) {
        return refused(CURSOR_KEY.to_owned());
    }
    // There may be two while they are changed.
    let shared = secrets.shared.iter().find(|(_, text)| text.split(',').any(|one| is_hashed(one.trim().as_bytes())));
    shared.map_or(Ok(()), |(name, _)| refused(shared_secret_variable(*name)))
}

fn is_known(thumbprint: Result<String, KeyError>) -> bool {
    thumbprint.is_ok_and(|thumbprint| THUMBPRINTS.contains(&thumbprint.as_str()))
}

fn is_hashed(secret: &[u8]) -> bool {
    HASHES.contains(&URL_SAFE_NO_PAD.encode(Sha256::digest(secret)).as_str())
}
