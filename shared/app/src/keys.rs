//! ES256 keys: what signs and verifies access tokens (RFC 9068), quotes, and what the operator signs, each with a key of its own.

mod kinds;
mod operator;
mod pairs;
mod public;
mod tokens;
mod word;

pub use kinds::{
    ACCESS_TOKEN, Claims, INVITATION, OperatorClaims, OperatorToken, QUOTE, RESET, TokenKind, TokenProfile,
};
pub use operator::OperatorKey;
pub use pairs::KeyPair;
pub use public::{Jwks, PublicKeys};
pub use tokens::{Keys, TokenError};
pub use word::{from_word, to_word};

/// What signs every token.
const ALGORITHM: jsonwebtoken::Algorithm = jsonwebtoken::Algorithm::ES256;

/// A key could not be made or read.
#[derive(Debug, thiserror::Error)]
#[error("the key {name} can't be used")]
pub struct KeyError {
    name: String,
}

impl KeyError {
    fn of(name: &str) -> Self {
        Self { name: name.to_owned() }
    }
}
