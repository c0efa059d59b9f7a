//! The repository of accounts: an item per account, and a claim on each e-mail.

use app::{Changes, Condition, Context, Guarded, Item, Key, StoreError, Table, Versioned};
use domain::{Email, UserId};
use serde::{Deserialize, Serialize};

use crate::Account;

pub const USERS: Table = Table::new("users", &[]);

/// The version of a new account.
const FIRST: u64 = 1;

/// Reads accounts.
pub trait Accounts {
    fn account(&self, id: UserId) -> impl Future<Output = Result<Guarded<Account>, StoreError>> + Send;

    /// The account that signs in with this e-mail. Not guarded: the caller has yet to prove who they are.
    fn account_by_email(
        &self,
        email: &Email,
    ) -> impl Future<Output = Result<Option<Versioned<Account>>, StoreError>> + Send;
}

impl Accounts for Context {
    async fn account(&self, id: UserId) -> Result<Guarded<Account>, StoreError> {
        Ok(Guarded::new(self.get(USERS, &account_key(id)).await?))
    }

    async fn account_by_email(&self, email: &Email) -> Result<Option<Versioned<Account>>, StoreError> {
        let Some(claim) = self.get::<Claim>(USERS, &email_key(email)).await? else { return Ok(None) };
        self.get(USERS, &account_key(claim.user_id)).await
    }
}

/// Saves a new account, if its e-mail is free.
pub fn registration(account: &Account) -> Changes {
    let claim = Claim { user_id: account.id };
    Changes::none()
        .put(Item::of(account_key(account.id), "account", FIRST, account), Condition::Absent)
        .put(Item::of(email_key(&account.email), "email", FIRST, &claim), Condition::Absent)
}

/// Reserves an e-mail for one account.
#[derive(Serialize, Deserialize)]
struct Claim {
    user_id: UserId,
}

pub(crate) fn account_key(id: UserId) -> Key {
    Key::new(format!("USER#{id}"), "ACCOUNT")
}

fn email_key(email: &Email) -> Key {
    Key::new(format!("EMAIL#{}", email.folded()), "CLAIM")
}
