//! The kinds of tokens: what functions sign, and what the operator signs.

use domain::{Email, QuoteClaims};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::AccessClaims;

/// A kind of token that functions sign: its key, its `typ` and its audience, so that none passes for another. There are those below
/// and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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

/// A kind of token that the operator signs and functions verify. It is no [`TokenKind`], so no function can be granted to sign it:
///
/// ```compile_fail,E0308
/// app::Function::new("register-user").signs(app::INVITATION);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperatorToken {
    /// The `typ` header.
    pub typ: &'static str,
    /// The `aud` claim.
    pub audience: &'static str,
    /// How long it is good for, in seconds.
    pub life_s: i64,
}

/// Who has it may register its e-mail as an administrator.
pub const INVITATION: OperatorToken =
    OperatorToken { typ: "invitation+jwt", audience: "tiffin-users", life_s: 24 * 60 * 60 };
/// Who has it may set a new password for its e-mail's account.
pub const RESET: OperatorToken = OperatorToken { typ: "reset+jwt", audience: "tiffin-users", life_s: 60 * 60 };

/// The name of the operator's key.
pub(super) const OPERATOR: &str = "operator";

/// What a token is verified by: the key that signs it, its `typ` and its audience.
#[derive(Clone, Copy, Debug)]
pub struct TokenProfile {
    pub(super) key: &'static str,
    pub(super) typ: &'static str,
    pub(super) audience: &'static str,
}

impl From<TokenKind> for TokenProfile {
    fn from(TokenKind { name, typ, audience }: TokenKind) -> Self {
        Self { key: name, typ, audience }
    }
}

impl From<OperatorToken> for TokenProfile {
    fn from(OperatorToken { typ, audience, .. }: OperatorToken) -> Self {
        Self { key: OPERATOR, typ, audience }
    }
}

/// The claims of what the operator signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorClaims {
    /// Whom it is for.
    pub email: Email,
    /// The token's own id.
    pub jti: String,
    /// Signed at, Unix seconds.
    pub iat: i64,
    /// Good until, Unix seconds.
    pub exp: i64,
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

impl Claims for OperatorClaims {
    fn exp(&self) -> i64 {
        self.exp
    }
}
