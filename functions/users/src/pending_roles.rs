//! Roles whose accounts wait for an administrator.

use app::{Context, TextSetting};
use domain::Role;

pub const PENDING_ROLES: TextSetting = TextSetting {
    name: "TIFFIN_USERS_PENDING_ROLES",
    must_be: "roles other than `admin`, separated by commas",
    accepts: |text| words(text).all(|word| roles_that_may_wait().any(|role| role.word() == word)),
    default: "none",
    about: "The roles whose new accounts wait until an administrator lets them in",
};

/// Whether a new account of this role waits.
pub(crate) fn begins_pending(context: &Context, role: Role) -> bool {
    context.text(&PENDING_ROLES).is_some_and(|text| words(text).any(|word| word == role.word()))
}

/// The operator has let administrators in already, by their invitations.
fn roles_that_may_wait() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| *role != Role::Admin)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anybody_but_administrators_may_have_to_wait() {
        for text in ["courier", "courier,merchant", "courier, merchant,customer"] {
            assert!((PENDING_ROLES.accepts)(text), "{text}");
        }
        for text in ["admin", "merchant,admin", "cook", "courier merchant", "courier,"] {
            assert!(!(PENDING_ROLES.accepts)(text), "{text}");
        }
    }
}
