//! Keys as text.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Keys, PublicKeys};

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
