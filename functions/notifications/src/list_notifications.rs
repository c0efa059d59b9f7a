//! `list-notifications`: a user looks into their inbox.

use app::{Access, Caller, Context, Effect, Empty, Endpoint, Function, Problem, Reply, Route, SignCursor};
use domain::{Limit, Page, Position};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{NOTIFICATIONS, Notification, NotificationView, Notifications, UNREAD};

/// A user looks into their inbox: notices about their orders, newest first, and how many of them all are unread.
#[derive(JsonSchema)]
pub struct ListNotifications;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationsQuery {
    /// Only the unread (`true`) or only the read (`false`); all where left out.
    unread: Option<bool>,
    limit: Option<Limit>,
    cursor: Option<Position>,
}

/// Some notices of an inbox.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "NotificationPage")]
pub struct Inbox {
    /// The entries; there may be few or none, though more follow.
    items: Vec<NotificationView>,
    /// What to send as `cursor` for the next page; null at the end.
    next_cursor: Option<Position>,
    /// How many notices of the whole inbox are unread.
    unread_count: u64,
}

impl Inbox {
    fn of(page: Page<Notification>, unread_count: u64) -> Self {
        let Page { items, next_cursor } = page.map(NotificationView::from);
        Self { items, next_cursor, unread_count }
    }
}

impl Reply for Inbox {
    fn sign_cursor(&mut self, sign: SignCursor<'_>) {
        self.next_cursor = self.next_cursor.take().map(|position| Position::new(sign(position.as_str())));
    }
}

impl Endpoint for ListNotifications {
    const FUNCTION: Function = Function::new("list-notifications")
        .gets(NOTIFICATIONS)
        .queries(NOTIFICATIONS)
        .queries_index(NOTIFICATIONS, UNREAD);
    const ROUTE: Route = Route::get("/v1/notifications");
    const ACCESS: Access = Access::SIGNED_IN;
    const EXAMPLE: &'static str = r#"{"unread": true, "limit": 20}"#;
    type Path = Empty;
    type Input = NotificationsQuery;
    type Reply = Inbox;

    async fn call(
        context: &Context,
        caller: &Caller,
        Empty {}: &Empty,
        &NotificationsQuery { unread, limit, ref cursor }: &NotificationsQuery,
    ) -> Result<Effect<Inbox>, Problem> {
        let limit = limit.unwrap_or_default().get() as usize;
        let page = context.notifications(caller, unread, cursor.as_ref(), limit).await?;
        let unread_count = context.unread_count(caller.signed_in()?.id).await?;
        Ok(Effect::reply(Inbox::of(page, unread_count)))
    }
}

#[cfg(test)]
mod tests {
    use app::code;
    use domain::{Kind, Role};
    use serde_json::Value;
    use testing::{World, a_user, input};

    use super::*;
    use crate::{
        paths::NotificationPath,
        read_notification::ReadNotification,
        sample::{as_customer, event, handle},
    };

    async fn listed(world: &World, caller: &Caller, query: &str) -> Value {
        let context = world.context(crate::SERVICE, "list-notifications");
        let reply = ListNotifications::call(&context, caller, &Empty {}, &input(query)).await.unwrap().reply;
        serde_json::to_value(reply).unwrap()
    }

    fn kinds(page: &Value) -> Vec<&str> {
        page["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect()
    }

    async fn three_events_of_an_order(world: &World) {
        for (kind, number) in [(Kind::OrderPlaced, 1), (Kind::OrderAccepted, 2), (Kind::OrderDelivered, 3)] {
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
        let context = world.context(crate::SERVICE, "list-notifications");
        let refusal = ListNotifications::call(&context, &Caller::anyone(), &Empty {}, &NotificationsQuery::default())
            .await
            .unwrap_err();
        assert_eq!(refusal.code, code::UNAUTHENTICATED);
    }
}
