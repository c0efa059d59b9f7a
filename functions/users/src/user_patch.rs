//! What may be changed of an account, and by whom.

use app::{Problem, User};
use domain::{AccountState, Email, Locale, Name, Password, Phone};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::{Account, wrong::Wrong};

/// What changes (RFC 7396): what is left out stays as it is, null clears.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "UserPatch", transform = without_defaults)]
pub struct UserPatch {
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Name")]
    name: Option<Name>,
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Option<Phone>")]
    phone: Option<Option<Phone>>,
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Option<Locale>")]
    locale: Option<Option<Locale>>,
    /// Of a guest, together with a password: the account that they have from then on.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Email")]
    pub(crate) email: Option<Email>,
    /// One's own new password, together with the current one; a guest's first, together with an e-mail.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Password")]
    pub(crate) password: Option<Password>,
    /// The password that is replaced.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Password")]
    pub(crate) current_password: Option<Password>,
    /// Whether they may act; administrators alone say so, of others. Who is stopped is signed out everywhere.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "GivenState")]
    state: Option<GivenState>,
}

/// What administrators say of an account: `pending` is what it begins as, and never again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum GivenState {
    /// They may.
    Active,
    /// They may not.
    Suspended,
}

impl UserPatch {
    /// Requires that who asks may change this, of this account.
    pub(crate) fn check(&self, caller: &User, account: &Account) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        if self.state.is_some() && !caller.is_admin() {
            wrong.field("/state", "is for administrators");
        }
        let login = [
            ("/email", self.email.is_some(), account.is_guest(), "is for guests: an account keeps its e-mail"),
            ("/password", self.password.is_some(), true, ""),
            ("/current_password", self.current_password.is_some(), !account.is_guest(), "is for who has a password"),
        ];
        for (pointer, is_given, is_wanted, else_said) in login {
            if is_given && !caller.is(account.id) {
                wrong.field(pointer, "is for the account's owner");
            } else if is_given && !is_wanted {
                wrong.field(pointer, else_said);
            }
        }
        let is_any_given = login.iter().any(|(_, is_given, ..)| *is_given);
        for (pointer, is_given, is_wanted, _) in login {
            if is_any_given && is_wanted && !is_given && caller.is(account.id) {
                wrong.missing(pointer);
            }
        }
        wrong.refuse()
    }

    /// The state that is asked for.
    pub(crate) fn state(&self) -> Option<AccountState> {
        self.state.map(|state| match state {
            GivenState::Active => AccountState::Active,
            GivenState::Suspended => AccountState::Suspended,
        })
    }

    /// Changes all but e-mail and password.
    pub(crate) fn apply(&self, account: &mut Account) {
        if let Some(name) = &self.name {
            account.name = name.clone();
        }
        if let Some(phone) = &self.phone {
            account.phone = phone.clone();
        }
        if let Some(locale) = &self.locale {
            account.locale = locale.clone();
        }
        if let Some(state) = self.state() {
            account.set_state(state);
        }
    }
}

/// What is left out is not as if it were null.
fn without_defaults(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for member in properties.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        member.remove("default");
    }
}

/// What is there, null included where the type takes it.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
