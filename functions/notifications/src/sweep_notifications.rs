//! `sweep-notifications`: the inboxes of people whose accounts are gone.

use app::{Changes, Context, Failure, Function, Index, Key, Sweep, System, Table};
use schemars::JsonSchema;

use crate::{
    NOTIFICATIONS,
    notifications::{DUE, PEOPLE},
};

/// Erases the inboxes of people whose accounts are gone.
#[derive(JsonSchema)]
pub struct SweepNotifications;

impl Sweep for SweepNotifications {
    const FUNCTION: Function =
        Function::new("sweep-notifications").gets(NOTIFICATIONS).queries(NOTIFICATIONS).writes(NOTIFICATIONS);
    const TABLE: Table = NOTIFICATIONS;
    const DUE: Index = DUE;

    async fn decide(context: &Context, _system: &System, key: &Key) -> Result<Changes, Failure> {
        Ok(PEOPLE.go_on(context, key).await?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use app::erasure::AGAIN_S;
    use domain::{Kind, OrderKind, Role};
    use testing::{World, user_deleted};

    use super::*;
    use crate::{
        SERVICE,
        erase_from_notifications::EraseFromNotifications,
        notify::Notify,
        sample::{customer, event, merchant},
    };

    async fn hear<T: app::Subscriber>(world: &World, event: &domain::Event) {
        let context = world.context(SERVICE, T::FUNCTION.name);
        let changes = world.handle::<T>(&context, event).await.unwrap();
        world.commit(NOTIFICATIONS, changes).await;
    }

    async fn bodies(world: &World) -> Vec<String> {
        let items = world.store().scan(NOTIFICATIONS, None, 1000).await.unwrap();
        items.into_iter().map(|item| format!("{} {}", item.key.pk, item.body)).collect()
    }

    #[tokio::test]
    async fn an_inbox_goes_and_no_fact_brings_anything_back() {
        let world = World::new();
        hear::<Notify>(&world, &event(Kind::Order(OrderKind::Accepted), 1)).await;
        hear::<Notify>(&world, &event(Kind::Order(OrderKind::Cancelled), 2)).await;
        let erased = customer();
        hear::<EraseFromNotifications>(&world, &user_deleted(customer(), Role::Customer)).await;
        hear::<Notify>(&world, &event(Kind::Order(OrderKind::Delivered), 4)).await;

        let context = world.context(SERVICE, SweepNotifications::FUNCTION.name);
        let key = Key::new(format!("ERASURE#{erased}"), "ERASURE");
        for _ in 0..2 {
            SweepNotifications::decide(&context, &world.system(), &key).await.unwrap();
            let left = bodies(&world).await;
            let of_erased: Vec<_> = left.iter().filter(|body| body.contains(&erased.to_string())).collect();
            assert!(of_erased.iter().all(|body| body.starts_with("ERASURE#")), "{of_erased:?}");
            assert!(left.iter().any(|body| body.contains(&merchant().to_string())), "others keep theirs");
            world.clock.advance_s(AGAIN_S);
        }
    }
}
