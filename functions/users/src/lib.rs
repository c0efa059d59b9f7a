//! Accounts, sessions and the keys that others verify them with.

mod account;
mod accounts;
mod families;
mod family;
mod get_jwks;
mod get_openid_configuration;
mod get_user;
mod password;
mod paths;
mod refresh_session;
mod refresh_token;
mod register_user;
#[cfg(test)]
mod sample;
mod session;
mod sign_in;
mod sign_out;

use app::{Audit, Declaration, Service, StoredType};

use accounts::Claim;
use families::Issued;
use family::Family;
use refresh_token::Sealed;

pub use account::{Account, UserView};
pub use accounts::{USERS, account_by_email, registration};
pub use password::{HASHES_AT_ONCE, MEMORY_KIB, PasswordHash};
pub use refresh_token::RefreshToken;
pub use register_user::Registered;
pub use session::{ACCESS_TOKEN_S, Session};

pub const SERVICE: Service = Service {
    name: "users",
    about: "Accounts, sessions and the keys that others verify them with.",
    table: USERS,
    functions: &[
        Declaration::endpoint::<register_user::RegisterUser>(),
        Declaration::endpoint::<sign_in::SignIn>(),
        Declaration::endpoint::<refresh_session::RefreshSession>(),
        Declaration::endpoint::<sign_out::SignOut>(),
        Declaration::endpoint::<get_user::GetUser>(),
        Declaration::endpoint::<get_jwks::GetJwks>(),
        Declaration::endpoint::<get_openid_configuration::GetOpenidConfiguration>(),
    ],
    settings: &[MEMORY_KIB, ACCESS_TOKEN_S],
    stored: &[
        StoredType::of::<Account>(),
        StoredType::of::<Claim>(),
        StoredType::of::<Family>(),
        StoredType::of::<Issued>(),
        StoredType::of::<Sealed>(),
    ],
    audit: Audit::NONE,
};
