//! `list-notifications`: a user looks into their inbox.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Paged, Problem, Reply, Route, SignCursor, User};
use domain::Page;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    NOTIFICATIONS, NotificationView,
    notifications::{UNREAD, inbox, unread_count},
};

/// A user looks into their inbox: notices about their orders, newest first, and how many of them all are unread.
#[derive(JsonSchema)]
pub struct ListNotifications;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationsQuery {
    /// Only the unread (`true`) or only the read (`false`); all where left out.
    unread: Option<bool>,
}

/// Some notices of an inbox.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "NotificationPage")]
pub struct Inbox {
    #[serde(flatten)]
    page: Page<NotificationView>,
    /// How many notices of the whole inbox are unread.
    unread_count: u64,
}

impl Reply for Inbox {
    fn sign_cursor(&mut self, sign: SignCursor<'_>) {
        self.page.sign_cursor(sign);
    }
}

impl Endpoint for ListNotifications {
    const FUNCTION: Function = Function::new("list-notifications")
        .gets(NOTIFICATIONS)
        .queries(NOTIFICATIONS)
        .queries_index(NOTIFICATIONS, UNREAD);
    const ROUTE: Route = Route::get("/v1/notifications").live();
    const ACCESS: Access = Access::SIGNED_IN;
    const EXAMPLE: &'static str = r#"{"unread": true, "limit": 20}"#;
    type Caller = User;
    type Path = Empty;
    type Input = Paged<NotificationsQuery>;
    type Reply = Inbox;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &Paged<NotificationsQuery>,
    ) -> Result<Effect<Inbox>, Problem> {
        let page = inbox(caller.id, input.unread, input.page()).shown_to(context, caller, ()).await?;
        let page = page.map(|notification| notification.value.into());
        Ok(Effect::reply(Inbox { page, unread_count: unread_count(context, caller.id).await? }))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Kind, OrderKind, Role};
    use serde_json::Value;
    use testing::{World, a_user, input, sent};

    use super::*;
    use crate::{
        paths::NotificationPath,
        read_notification::ReadNotification,
        sample::{as_customer, event, handle},
    };

    async fn listed(world: &World, caller: &User, query: &str) -> Value {
        let context = world.context(crate::SERVICE, "list-notifications");
        let input = sent::<ListNotifications>(query);
        let reply = ListNotifications::call(&context, caller, &Empty {}, &input).await.unwrap().reply;
        serde_json::to_value(reply).unwrap()
    }

    fn kinds(page: &Value) -> Vec<&str> {
        page["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect()
    }

    async fn three_events_of_an_order(world: &World) {
        for (kind, number) in [
            (Kind::Order(OrderKind::Placed), 1),
            (Kind::Order(OrderKind::Accepted), 2),
            (Kind::Order(OrderKind::Delivered), 3),
        ] {
            let id = domain::EventId::generate(app::Clock::now(&*world.clock), [u8::try_from(number).unwrap(); 10]);
            handle(world, &domain::Event { id, ..event(kind, number) }).await;
            world.clock.advance_ms(100);
        }
    }

    #[tokio::test]
    async fn an_inbox_is_read_newest_first_a_page_at_a_time() {
        let world = World::new();
        three_events_of_an_order(&world).await;
        let first = listed(&world, &as_customer(), r#"{"limit": 2}"#).await;
        assert_eq!(kinds(&first), ["order.delivered", "order.accepted"]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = listed(&world, &as_customer(), &format!(r#"{{"limit": 2, "cursor": "{cursor}"}}"#)).await;
        assert_eq!(kinds(&rest), ["order.placed"]);
        assert_eq!(rest["next_cursor"], Value::Null);
        assert_eq!(rest["unread_count"], 3);
    }

    #[tokio::test]
    async fn the_unread_and_the_read_are_listed_separately() {
        let world = World::new();
        three_events_of_an_order(&world).await;
        let all = listed(&world, &as_customer(), "{}").await;
        let path: NotificationPath = input(&format!(r#"{{"notification_id": {}}}"#, all["items"][1]["id"]));
        let context = world.context(crate::SERVICE, "read-notification");
        let read = ReadNotification::call(&context, &as_customer(), &path, &Empty {}).await.unwrap();
        world.commit(NOTIFICATIONS, read.changes).await;

        let unread = listed(&world, &as_customer(), r#"{"unread": true}"#).await;
        assert_eq!(kinds(&unread), ["order.delivered", "order.placed"]);
        assert_eq!(unread["unread_count"], 2);
        assert_eq!(kinds(&listed(&world, &as_customer(), r#"{"unread": false}"#).await), ["order.accepted"]);
    }

    #[tokio::test]
    async fn nobody_sees_anothers_inbox_not_even_administrators() {
        let world = World::new();
        three_events_of_an_order(&world).await;
        for role in Role::ALL {
            let empty = listed(&world, &a_user(role), "{}").await;
            assert!(kinds(&empty).is_empty(), "{role}");
            assert_eq!(empty["unread_count"], 0, "{role}");
        }
    }
}
