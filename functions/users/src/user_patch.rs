//! What may be changed of an account, and by whom.

use std::borrow::Cow;

use app::{Problem, User};
use domain::{AccountState, Email, Locale, Name, Password, Phone};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use crate::{Account, wrong::Wrong};

/// What changes (RFC 7396): what is left out stays as it is, null clears.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserPatch {
    name: Member<Name>,
    phone: Member<Option<Phone>>,
    locale: Member<Option<Locale>>,
    /// Of a guest, together with a password: the account that they have from then on.
    email: Member<Email>,
    /// One's own new password, together with the current one; a guest's first, together with an e-mail.
    password: Member<Password>,
    /// The password that is replaced.
    current_password: Member<Password>,
    /// Whether they may act; administrators alone say so, of others. Who is stopped is signed out everywhere.
    state: Member<GivenState>,
}

/// A member of a patch, which may be left out. It is null only where its type takes that.
#[derive(Clone, Debug, Default)]
enum Member<T> {
    #[default]
    LeftOut,
    Given(T),
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
        if self.state.is_given() && !caller.is_admin() {
            wrong.field("/state", "is for administrators");
        }
        let login = [
            ("/email", self.email.is_given(), account.is_guest(), "is for guests: an account keeps its e-mail"),
            ("/password", self.password.is_given(), true, ""),
            ("/current_password", self.current_password.is_given(), !account.is_guest(), "is for who has a password"),
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
        self.state.given().map(|state| match state {
            GivenState::Active => AccountState::Active,
            GivenState::Suspended => AccountState::Suspended,
        })
    }

    pub(crate) const fn email(&self) -> Option<&Email> {
        self.email.given()
    }

    pub(crate) const fn password(&self) -> Option<&Password> {
        self.password.given()
    }

    pub(crate) const fn current_password(&self) -> Option<&Password> {
        self.current_password.given()
    }

    /// Changes all but e-mail and password.
    pub(crate) fn apply(&self, account: &mut Account) {
        self.name.set(&mut account.name);
        self.phone.set(&mut account.phone);
        self.locale.set(&mut account.locale);
        if let Some(state) = self.state() {
            account.set_state(state);
        }
    }
}

impl<T> Member<T> {
    const fn given(&self) -> Option<&T> {
        match self {
            Self::LeftOut => None,
            Self::Given(value) => Some(value),
        }
    }

    const fn is_given(&self) -> bool {
        self.given().is_some()
    }
}

impl<T: Clone> Member<T> {
    /// Sets a field to what is given.
    fn set(&self, field: &mut T) {
        if let Some(value) = self.given() {
            field.clone_from(value);
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Member<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        T::deserialize(from).map(Self::Given)
    }
}

/// The schema is that of what may be given.
impl<T: JsonSchema> JsonSchema for Member<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
