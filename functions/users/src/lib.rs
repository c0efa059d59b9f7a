//! Accounts, sessions and the keys that others verify them with.

mod account;
mod accounts;
mod add_address;
mod audit;
mod delete_user;
mod deletion;
mod export_user;
mod families;
mod family;
mod get_jwks;
mod get_openid_configuration;
mod get_user;
mod guest;
mod list_addresses;
mod list_users;
mod open_orders;
mod password;
mod paths;
mod pending_roles;
mod refresh_session;
mod refresh_token;
mod register_user;
mod remove_address;
mod reset_password;
#[cfg(test)]
mod sample;
mod saved_address;
mod saved_addresses;
mod session;
mod sign_in;
mod sign_out;
mod sign_up;
mod sweep_users;
mod track_deliveries;
mod track_open_orders;
mod tracked_order;
mod update_user;
mod used_resets;
mod user_patch;
mod wrong;

use app::{Declaration, Service, StoredType};

use accounts::Claim;
use families::Issued;
use family::Family;
use refresh_token::Sealed;
use tracked_order::TrackedOrder;
use used_resets::UsedReset;

pub use account::{Account, UserView};
pub use accounts::{BY_ROLE, DUE, USERS, account_by_email, registration};
pub use export_user::PARTS;
pub use guest::{GUEST_DAYS, Guest, later_deadline};
pub use open_orders::has_open_orders;
pub use password::{HASHES_AT_ONCE, MEMORY_KIB, PasswordHash};
pub use pending_roles::PENDING_ROLES;
pub use refresh_token::RefreshToken;
pub use register_user::Registered;
pub use saved_address::{AddressDetails, AddressView, SavedAddress};
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
        Declaration::endpoint::<reset_password::ResetPassword>(),
        Declaration::endpoint::<list_users::ListUsers>(),
        Declaration::endpoint::<get_user::GetUser>(),
        Declaration::endpoint::<update_user::UpdateUser>(),
        Declaration::endpoint::<delete_user::DeleteUser>(),
        Declaration::endpoint::<export_user::ExportUser>(),
        Declaration::endpoint::<list_addresses::ListAddresses>(),
        Declaration::endpoint::<add_address::AddAddress>(),
        Declaration::endpoint::<remove_address::RemoveAddress>(),
        Declaration::endpoint::<get_jwks::GetJwks>(),
        Declaration::endpoint::<get_openid_configuration::GetOpenidConfiguration>(),
        Declaration::subscriber::<track_open_orders::TrackOpenOrders>(),
        Declaration::subscriber::<track_deliveries::TrackDeliveries>(),
        Declaration::sweep::<sweep_users::SweepUsers>(),
    ],
    settings: &[MEMORY_KIB, ACCESS_TOKEN_S, GUEST_DAYS],
    stored: &[
        StoredType::of::<Account>(),
        StoredType::of::<Claim>(),
        StoredType::of::<Family>(),
        StoredType::of::<Issued>(),
        StoredType::of::<Sealed>(),
        StoredType::of::<Guest>(),
        StoredType::of::<SavedAddress>(),
        StoredType::of::<TrackedOrder>(),
        StoredType::of::<UsedReset>(),
    ],
    audit: audit::AUDIT,
};
