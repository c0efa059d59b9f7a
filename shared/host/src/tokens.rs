//! Access tokens that were verified before: a signature costs a tenth of a millisecond, and clients send the same token
//! for ten minutes.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use app::{ACCESS_TOKEN, AccessClaims, Keys, User};
use domain::Timestamp;
use sha2::{Digest, Sha256};

/// How many tokens are remembered; then all are forgotten, and verified again.
const MAX_REMEMBERED: usize = 10_000;

/// Whose tokens are known to be good, by their SHA-256. Keys do not change while a host runs, so a
/// signature that was right stays right; only time passes.
#[derive(Default)]
pub(crate) struct Tokens(RwLock<HashMap<[u8; 32], User>>);

impl Tokens {
    /// Whose token this is, if it is good now.
    pub(crate) fn user(&self, keys: &Keys, token: &str, now: Timestamp) -> Option<User> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if let Some(user) = known.filter(|user| now < user.expires_at) {
            return Some(user);
        }
        let AccessClaims { sub: id, role, name, sid: session, exp, .. } = keys.verify(ACCESS_TOKEN, token, now).ok()?;
        let user = User { id, role, name, session, expires_at: Timestamp::from_second(exp) };
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(digest, user.clone());
        Some(user)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Role, UserId};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_remembered_token_expires_and_a_changed_one_is_not_remembered() {
        let pairs = Keys::generate().unwrap();
        let keys = Keys::from_pairs(&pairs, testing::ISSUER).unwrap();
        let tokens = Tokens::default();
        let id: UserId = "usr_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let claims =
            json!({"sub": id, "role": "customer", "name": "Ana", "sid": "s", "jti": "j", "iat": NOW, "exp": NOW + 600});
        let token = keys.sign(ACCESS_TOKEN, &claims).unwrap();
        let user = |token: &str, second| tokens.user(&keys, token, Timestamp::from_second(second));
        for second in [NOW, NOW + 1, NOW + 599] {
            let user = user(&token, second).unwrap();
            assert_eq!(user.role, Role::Customer);
            assert_eq!(user.session, "s");
        }
        assert!(user(&token, NOW + 700).is_none());
        assert!(user(&format!("{token}A"), NOW).is_none());
        assert!(user(&token[..token.len() - 1], NOW).is_none());
    }
}
