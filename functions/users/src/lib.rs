//! Accounts, sessions and the keys that others verify them with.

mod account;
mod accounts;
mod get_jwks;
mod get_user;
mod password;
mod register_user;
mod session;
mod sign_in;

use app::{Declaration, Service};

pub use account::{Account, UserView};
pub use accounts::{Accounts, USERS, registration};
pub use password::{MEMORY_KIB, PasswordHash};
pub use register_user::Registered;
pub use session::Session;

/// The service.
pub const SERVICE: Service = Service {
    name: "users",
    about: "Accounts, sessions and the keys that others verify them with.",
    table: USERS,
    functions: &[
        Declaration::endpoint::<register_user::RegisterUser>(),
        Declaration::endpoint::<sign_in::SignIn>(),
        Declaration::endpoint::<get_user::GetUser>(),
        Declaration::endpoint::<get_jwks::GetJwks>(),
    ],
    settings: &[MEMORY_KIB],
};
