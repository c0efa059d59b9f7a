//! The repository of accounts: an item per account, and a claim on each e-mail.

use app::{
    Changes, Code, Context, Draft, Index, Item, Key, Query, StoreError, Stored, StoredType, Table, Versioned,
    erasure::People, sharded,
};
use domain::{Email, Role, UserId};
use serde::{Deserialize, Serialize};

use crate::{Account, SavedAddress, family::Family, guest::Guest};

/// The accounts of a role by their e-mails, spread over shards; guests come last.
pub const BY_ROLE: Index = Index("by-role");
/// What has a deadline.
pub const DUE: Index = Index("due");

pub const USERS: Table = Table::new("users", &[BY_ROLE, DUE]);

/// What is held of people: what lies with their accounts, and the families of their sessions.
pub const PEOPLE: People = People {
    table: USERS,
    due: DUE,
    own: |user| vec![user_partition(user)],
    stored: &[
        StoredType::of::<Account>(),
        StoredType::of::<Guest>(),
        StoredType::of::<SavedAddress>(),
        StoredType::of::<Family>(),
    ],
};

pub(crate) const EMAIL_TAKEN: Code =
    Code::new("email-taken", 409, "E-mail taken", "Another account has this e-mail. Sign in, or use another.");

/// How much of an e-mail its account is listed by, in characters: a sort key is 1,024 bytes at most.
const LISTED_BY: usize = 200;

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
        Key::new(user_partition(*id), "ACCOUNT")
    }

    fn enter(&self, item: Item) -> Item {
        let place = match &self.email {
            Some(email) => format!("{}#{}", beginning(&email.folded()), self.id),
            None => format!("GUEST#{}", self.id),
        };
        item.indexed(BY_ROLE, sharded(&role_partition(self.role), &self.id.to_string()), place)
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
    let claim = account.email.as_ref().map(|email| claim(email, account.id));
    Changes::from(Draft::new(&account.id, account.clone())).and(claim.unwrap_or_default())
}

/// Reserves an e-mail, if it is free.
pub(crate) fn claim(email: &Email, user_id: UserId) -> Changes {
    Draft::new(email, Claim { user_id }).into()
}

/// The accounts of a role, by e-mail: all of them, or those whose e-mail begins so.
pub(crate) fn of_role(role: Role, email: Option<&str>) -> Query {
    let query = Query::index(BY_ROLE, role_partition(role));
    match email {
        Some(email) => query.beginning(&beginning(&email.to_lowercase())),
        None => query,
    }
}

/// The partition of what belongs to a user.
pub(crate) fn user_partition(id: UserId) -> String {
    format!("USER#{id}")
}

fn role_partition(role: Role) -> String {
    format!("ROLE#{role}")
}

/// What accounts with this folded e-mail are listed by.
fn beginning(folded: &str) -> String {
    let listed: String = folded.chars().take(LISTED_BY).collect();
    format!("EMAIL#{listed}")
}

#[cfg(test)]
mod tests {
    use app::{Condition, StoredType, Write, shard_of};
    use serde_json::Value;

    use super::*;

    #[test]
    fn an_account_of_before_enters_the_list_when_it_is_written_anew() {
        let fixture: Value = serde_json::from_str(include_str!("../fixtures/account.1.json")).unwrap();
        let id: UserId = fixture["body"]["id"].as_str().unwrap().parse().unwrap();
        let before = Item::of(Account::key(&id), Account::ITEM, 7, &fixture["body"]);
        assert!(before.indexed.is_empty());
        let writes = (StoredType::of::<Account>().reindex)(&before).unwrap();
        let [Write::Put(anew, Condition::Version(7))] = &writes[..] else { panic!("{writes:?}") };
        let listed = anew.indexed.iter().find(|entry| entry.index == BY_ROLE).unwrap();
        assert_eq!(listed.pk, format!("ROLE#customer#{:02}", shard_of(&id.to_string())));
        assert_eq!(listed.sk, format!("EMAIL#ana@example.com#{id}"));
        let body: Value = serde_json::from_str(&anew.body).unwrap();
        assert_eq!(body["state"], "active");
    }
}
