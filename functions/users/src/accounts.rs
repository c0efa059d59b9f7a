//! The repository of accounts: an item per account, and a claim on each e-mail.

use app::{Changes, Context, Draft, Key, StoreError, Stored, Table, Versioned};
use domain::{Email, UserId};
use serde::{Deserialize, Serialize};

use crate::Account;

pub const USERS: Table = Table::new("users", &[]);

/// Reserves an e-mail for one account.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claim {
    user_id: UserId,
}

impl Stored for Account {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "account";
    type Id = UserId;

    fn key(id: &UserId) -> Key {
        Key::new(format!("USER#{id}"), "ACCOUNT")
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.id]
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }
}

impl Stored for Claim {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "email";
    type Id = Email;

    fn key(email: &Email) -> Key {
        Key::new(format!("EMAIL#{}", email.folded()), "CLAIM")
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.user_id]
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        None
    }
}

/// The account that signs in with this e-mail. Not guarded: the caller has yet to prove who they are.
pub async fn account_by_email(context: &Context, email: &Email) -> Result<Option<Versioned<Account>>, StoreError> {
    let Some(claim) = context.find::<Claim>(email).await? else { return Ok(None) };
    context.find(&claim.user_id).await
}

/// Saves a new account, if its e-mail is free.
pub fn registration(account: &Account) -> Changes {
    let claim = Draft::new(&account.email, Claim { user_id: account.id });
    Changes::from(Draft::new(&account.id, account.clone())).and(claim)
}
