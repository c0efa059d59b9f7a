//! Passwords, hashed with argon2id (RFC 9106) and stored as PHC strings.

use std::fmt;

use app::{Context, Problem, Scratch, Setting};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{self, Output, ParamsString, Salt},
};
use domain::Password;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

/// How many requests that hash a password an instance with one core takes at once; each keeps it for a hundredth of a second.
pub const HASHES_AT_ONCE: u32 = 8;

/// The default is the least that OWASP recommends with two passes.
pub const MEMORY_KIB: Setting = Setting {
    name: "TIFFIN_USERS_PASSWORD_MEMORY_KIB",
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

/// A PHC string.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password with a salt of its own.
    pub async fn of(context: &Context, password: Password) -> Result<Self, Problem> {
        let params = params(context)?;
        let salt = context.random::<SALT_BYTES>();
        context.compute(move |scratch| hash(scratch, &params, &password, &salt)).await?.map(Self)
    }

    /// Whether `password` is right. Without a hash it takes as long as with a wrong password, so that nobody learns who
    /// has an account.
    pub async fn verify(context: &Context, hash: Option<Self>, password: Password) -> Result<bool, Problem> {
        let params = params(context)?;
        context.compute(move |scratch| matches(scratch, &params, hash, &password)).await?
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

fn params(context: &Context) -> Result<Params, Problem> {
    let memory = u32::try_from(context.setting(&MEMORY_KIB)).map_err(Problem::internal)?;
    Params::new(memory, PASSES, LANES, None).map_err(internal)
}

fn hash(scratch: &mut Scratch, params: &Params, password: &Password, salt: &[u8]) -> Result<String, Problem> {
    let hash = phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(internal)?,
        salt: Some(Salt::new(salt).map_err(internal)?),
        hash: Some(output(scratch, params, password, salt)?),
    };
    Ok(hash.to_string())
}

fn matches(
    scratch: &mut Scratch,
    params: &Params,
    stored: Option<PasswordHash>,
    password: &Password,
) -> Result<bool, Problem> {
    let Some(PasswordHash(stored)) = stored else {
        output(scratch, params, password, &[0; SALT_BYTES])?;
        return Ok(false);
    };
    let stored = phc::PasswordHash::new(&stored).map_err(internal)?;
    let (Some(salt), Some(hash)) = (&stored.salt, &stored.hash) else {
        return Err(internal("a stored hash has no salt or no hash"));
    };
    // The library compares in constant time.
    Ok(output(scratch, &Params::try_from(&stored).map_err(internal)?, password, salt)? == *hash)
}

fn output(scratch: &mut Scratch, params: &Params, password: &Password, salt: &[u8]) -> Result<Output, Problem> {
    let mut memory: Zeroizing<Vec<Block>> = scratch.take();
    let size = memory.len().max(params.block_count());
    memory.resize(size, Block::new());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut bytes = [0; Params::DEFAULT_OUTPUT_LEN];
    let hashed = argon2.hash_password_into_with_memory(password.as_str().as_bytes(), salt, &mut bytes, &mut **memory);
    memory.iter_mut().zeroize();
    scratch.leave(memory);
    hashed.map_err(internal)?;
    Output::new(&bytes).map_err(internal)
}

fn internal(error: impl ToString) -> Problem {
    Problem::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;
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

    #[test]
    fn hashes_are_those_of_the_library_whatever_memory_was_used_before() {
        let params = |memory| Params::new(memory, PASSES, LANES, None).unwrap();
        let scratch = &mut Scratch::default();
        for memory in [64, 8, 32] {
            let ours = hash(scratch, &params(memory), &password("correct horse"), &[7; SALT_BYTES]).unwrap();
            let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(memory));
            let theirs: phc::PasswordHash =
                library.hash_password_with_salt(b"correct horse", &[7; SALT_BYTES]).unwrap();
            assert_eq!(ours, theirs.to_string());
            // The memory that a hash names applies, not the configured one.
            let stored = || Some(PasswordHash(ours.clone()));
            assert!(matches(scratch, &params(16), stored(), &password("correct horse")).unwrap());
            assert!(!matches(scratch, &params(16), stored(), &password("wrong horses")).unwrap());
            // Nothing of a password stays behind.
            let left: Zeroizing<Vec<Block>> = scratch.take();
            assert!(left.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
            scratch.leave(left);
        }
    }
}
