//! `read-notification`: a user has read a notice.

use app::{Access, Context, Effect, Empty, Endpoint, Function, NoContent, Problem, Route, User};
use schemars::JsonSchema;

use crate::{NOTIFICATIONS, Notification, notifications::reading, paths::NotificationPath};

/// A user has read a notice. Reading it again changes nothing.
#[derive(JsonSchema)]
pub struct ReadNotification;

impl Endpoint for ReadNotification {
    const FUNCTION: Function = Function::new("read-notification").gets(NOTIFICATIONS).writes(NOTIFICATIONS);
    const ROUTE: Route = Route::post("/v1/notifications/{notification_id}/read");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = NotificationPath;
    type Input = Empty;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        caller: &User,
        &NotificationPath { notification_id }: &NotificationPath,
        Empty {}: &Empty,
    ) -> Result<Effect<NoContent>, Problem> {
        let id = (caller.id, notification_id);
        let notification = context.read::<Notification>(&id).await?.authorize(caller, ())?;
        if notification.read {
            return Ok(Effect::reply(NoContent));
        }
        Ok(Effect::reply(NoContent).saves(reading(context, notification).await?))
    }
}

#[cfg(test)]
mod tests {
    use app::{Precondition, code};
    use domain::{Kind, OrderKind, Role};
    use testing::{World, a_user};

    use super::*;
    use crate::{
        notifications::unread_count,
        sample::{as_customer, customer, event, handle, notification},
    };

    async fn a_notice(world: &World) -> NotificationPath {
        handle(world, &event(Kind::Order(OrderKind::Placed), 1)).await;
        NotificationPath { notification_id: notification(1).id }
    }

    #[tokio::test]
    async fn reading_twice_counts_once() {
        let world = World::new();
        let path = a_notice(&world).await;
        handle(&world, &event(Kind::Order(OrderKind::Accepted), 2)).await;
        let context = world.context(crate::SERVICE, "read-notification");
        for changed in [true, false] {
            let effect = ReadNotification::call(&context, &as_customer(), &path, &Empty {}).await.unwrap();
            assert_eq!(!effect.changes.is_empty(), changed);
            world.commit(NOTIFICATIONS, effect.changes).await;
            let inbox = world.context(crate::SERVICE, "list-notifications");
            assert_eq!(unread_count(&inbox, customer()).await.unwrap(), 1);
        }
    }

    #[tokio::test]
    async fn anothers_notice_is_not_found() {
        let world = World::new();
        let path = a_notice(&world).await;
        let context = world.context(crate::SERVICE, "read-notification");
        for role in Role::ALL {
            let refusal = ReadNotification::call(&context, &a_user(role), &path, &Empty {}).await.unwrap_err();
            assert_eq!(refusal.code, code::NOT_FOUND, "{role}");
        }
    }

    #[tokio::test]
    async fn a_version_that_has_moved_is_stale() {
        let world = World::new();
        let path = a_notice(&world).await;
        let context = world.context(crate::SERVICE, "read-notification");
        let context = context.expecting(Precondition::Versions(vec![7]));
        let refusal = ReadNotification::call(&context, &as_customer(), &path, &Empty {}).await.unwrap_err();
        assert_eq!(refusal.code, code::STALE);
    }
}
