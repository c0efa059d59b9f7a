//! Passwords, hashed with argon2id (RFC 9106) and stored as PHC strings.

use std::fmt;

use app::{Context, Problem, Setting};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc};
use domain::Password;
use serde::{Deserialize, Serialize};

/// The memory of one hash. The default is what OWASP asks at least, with two passes.
pub const MEMORY_KIB: Setting = Setting {
    name: "TIFFIN_PASSWORD_MEMORY_KIB",
    default: 19_456,
    min: 8,
    max: 1_048_576,
    about: "Memory of one password hash (argon2id)",
};

/// Passes over that memory.
const PASSES: u32 = 2;
/// Lanes of that memory.
const LANES: u32 = 1;
/// Bytes of salt.
const SALT_BYTES: usize = 16;

/// A hashed password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password with a salt of its own.
    pub async fn of(context: &Context, password: Password) -> Result<Self, Problem> {
        let argon2 = argon2(context)?;
        let salt = context.random::<SALT_BYTES>();
        context.heavy(move || hash(&argon2, &password, &salt)).await?.map(Self)
    }

    /// Whether `password` is the one. Without a hash it takes as long as with a wrong one, so that nobody learns who
    /// has an account.
    pub async fn verify(context: &Context, hash: Option<Self>, password: Password) -> Result<bool, Problem> {
        let argon2 = argon2(context)?;
        context.heavy(move || matches(&argon2, hash, &password)).await?
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

fn argon2(context: &Context) -> Result<Argon2<'static>, Problem> {
    let memory = u32::try_from(context.setting(&MEMORY_KIB)).map_err(Problem::internal)?;
    let params = Params::new(memory, PASSES, LANES, None).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(argon2: &Argon2<'_>, password: &Password, salt: &[u8]) -> Result<String, Problem> {
    argon2
        .hash_password_with_salt(password.as_str().as_bytes(), salt)
        .map(|hash: phc::PasswordHash| hash.to_string())
        .map_err(|error| Problem::internal(error.to_string()))
}

fn matches(argon2: &Argon2<'_>, stored: Option<PasswordHash>, password: &Password) -> Result<bool, Problem> {
    let Some(PasswordHash(stored)) = stored else {
        hash(argon2, password, &[0; SALT_BYTES])?;
        return Ok(false);
    };
    let stored = phc::PasswordHash::new(&stored).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(argon2.verify_password(password.as_str().as_bytes(), &stored).is_ok())
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;

    fn password(text: &str) -> Password {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_matches_and_the_hash_never_shows() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "register-user");
        let hash = PasswordHash::of(&context, password("correct horse")).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$"), "{}", hash.0);
        assert_eq!(format!("{hash:?}"), "***");
        assert!(PasswordHash::verify(&context, Some(hash.clone()), password("correct horse")).await.unwrap());
        assert!(!PasswordHash::verify(&context, Some(hash), password("wrong horses")).await.unwrap());
        assert!(!PasswordHash::verify(&context, None, password("correct horse")).await.unwrap());
    }
}
