//! The audit: whether what stands beside accounts and orders follows from them. For `tiffin check` and for tests.

use std::collections::BTreeSet;

use app::{Audit, Item, Key, StoreError, Stored, Violation};

use crate::{Account, Guest, USERS, accounts::Claim, open_orders::OPEN_ORDER, tracked_order::TrackedOrder};

pub(crate) const AUDIT: Audit = Audit { tables: &[USERS], violations };

/// Everything that is wrong with the items of the table of `users`. They come from a scan while nothing was written.
///
/// Checked: each account has its e-mail to itself, or is marked as a guest's, and nothing else is; whoever is in an order that goes on, and
/// nobody else, has an open order.
fn violations(items: &[Item]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut wanted = BTreeSet::new();
    let mut there = BTreeSet::new();
    for item in items {
        match following(item) {
            Ok(keys) => wanted.extend(keys),
            Err(error) => {
                let about = format!("{} ({error})", path(&item.key));
                found.push(Violation { about, what: "can't be read" });
            }
        }
        if [Claim::ITEM, Guest::ITEM, OPEN_ORDER].contains(&&*item.kind) {
            there.insert(item.key.clone());
        }
    }
    let missing = wanted.difference(&there).map(|key| Violation { about: path(key), what: "is not there" });
    let left = there.difference(&wanted).map(|key| Violation { about: path(key), what: "follows from nothing" });
    found.into_iter().chain(missing).chain(left).collect()
}

/// What has to stand because of an item.
fn following(item: &Item) -> Result<Vec<Key>, StoreError> {
    Ok(match &*item.kind {
        Account::ITEM => {
            let account: Account = item.read()?;
            vec![account.email.map_or_else(|| Guest::key(&account.id), |email| Claim::key(&email))]
        }
        TrackedOrder::ITEM => item.read::<TrackedOrder>()?.beside().into_iter().map(|item| item.key).collect(),
        _ => Vec::new(),
    })
}

fn path(Key { pk, sk }: &Key) -> String {
    format!("{pk}/{sk}")
}

#[cfg(test)]
mod tests {
    use app::{Changes, Condition, MAX_PAGE};
    use domain::{DeliveryKind, OrderKind};
    use testing::World;

    use super::*;
    use crate::sample::{ana, courier, customer, guest, handle_delivery, handle_order};

    async fn found(world: &World) -> Vec<String> {
        let items = world.store().scan(USERS, None, MAX_PAGE).await.unwrap();
        violations(&items).iter().map(ToString::to_string).collect()
    }

    async fn a_world() -> World {
        let (world, _) = ana().await;
        guest(&world).await;
        handle_order(&world, customer(), OrderKind::Placed, 1).await;
        handle_delivery(&world, courier(), DeliveryKind::Assigned, 3).await;
        world
    }

    #[tokio::test]
    async fn whatever_is_missing_or_left_is_found() {
        let world = a_world().await;
        assert_eq!(found(&world).await, [""; 0]);
        let items = world.store().scan(USERS, None, MAX_PAGE).await.unwrap();
        let mut tried = 0;
        for item in items {
            let is_beside = [Claim::ITEM, Guest::ITEM, OPEN_ORDER].contains(&&*item.kind);
            let is_origin = [Account::ITEM, TrackedOrder::ITEM].contains(&&*item.kind);
            if !is_beside && !is_origin {
                continue;
            }
            let gone = Changes::none().delete(item.key.clone(), Condition::None);
            world.commit(USERS, gone).await;
            let wrong = found(&world).await;
            let what = if is_beside { "is not there" } else { "follows from nothing" };
            assert!(!wrong.is_empty() && wrong.iter().all(|wrong| wrong.ends_with(what)), "{item:?}: {wrong:?}");
            world.commit(USERS, Changes::none().put(item, Condition::None)).await;
            tried += 1;
        }
        assert_eq!(tried, 2 + 2 + 1 + 3, "accounts, what is theirs, an order and who is in it");
        assert_eq!(found(&world).await, [""; 0]);
    }

    #[tokio::test]
    async fn an_order_that_ended_leaves_nothing() {
        let world = a_world().await;
        handle_order(&world, customer(), OrderKind::Cancelled, 4).await;
        assert_eq!(found(&world).await, [""; 0]);
    }
}
