//! How an account goes: at once, and with it everything that is found by it; the sweep finds the rest by its pointers.

use app::{Changes, Condition, Context, Fact, StoreError, Stored, Versioned};
use domain::{Actor, UserFact, UserKind};

use crate::{
    Account,
    accounts::{Claim, PEOPLE},
    guest::Guest,
    saved_addresses::of_user,
};

/// The end of an account, by whoever ends it.
pub(crate) async fn deletion(
    context: &Context,
    account: &Versioned<Account>,
    by: Actor,
) -> Result<Changes, StoreError> {
    let Account { id, role, .. } = account.value;
    let addresses = context.query(Account::TABLE, &of_user(id)).await?;
    let gone = addresses.items.into_iter().map(|address| address.key);
    let gone = gone.chain(account.email.as_ref().map(Claim::key)).chain([Guest::key(&id)]);
    let changes = Changes::none().delete(account.key.clone(), Condition::Version(account.version));
    let changes = gone.fold(changes, |changes, key| changes.delete(key, Condition::None));
    let fact = UserFact { user_id: id, role, name: None, state: None, by };
    let changes = changes.publish(Fact::new(UserKind::Deleted, id, id, account.version + 1, &fact));
    Ok(changes.and(PEOPLE.erasure(id, context.now())))
}
