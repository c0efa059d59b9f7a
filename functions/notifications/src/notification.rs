//! A notification: one notice in somebody's inbox, unread until they read it.

use std::time::Duration;

use app::{Policy, User};
use domain::{Event, EventData, KindName, NotificationId, OrderId, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Notice;

/// A notification, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    pub id: NotificationId,
    /// Whose inbox it is in.
    pub to: UserId,
    pub kind: KindName,
    /// What happened, in a few words.
    pub title: String,
    /// What it means, in a sentence or two.
    pub body: String,
    pub order_id: OrderId,
    pub read: bool,
    /// When it happened.
    pub created_at: Timestamp,
}

impl Notification {
    /// The notification of a notice of `event`. Its id is derived from the event, so a redelivery makes the same one.
    pub fn of<D: EventData>(event: &Event<D>, notice: Notice) -> Self {
        let Notice { to, kind, title, body, order_id } = notice;
        let second = event.time.jiff();
        let recorded = second.checked_add(within_second(event)).unwrap_or(second);
        let id = NotificationId::derived(recorded, &event.id, &to.to_string());
        Self { id, to, kind: kind.into(), title, body, order_id, read: false, created_at: event.time }
    }
}

impl Policy for Notification {
    type Purpose = ();

    fn permits(&self, user: &User, (): ()) -> bool {
        user.is(self.to)
    }
}

/// How far into its second an event was recorded, from the time in its id, so that notices of one second keep their order.
fn within_second<D: EventData>(event: &Event<D>) -> Duration {
    let recorded = event.id.uuid().get_timestamp().map(|timestamp| timestamp.to_unix());
    Duration::from_nanos(recorded.map_or(0, |(_, nanoseconds)| u64::from(nanoseconds)))
}

/// A notice to the caller.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Notification")]
pub struct NotificationView {
    /// The notification.
    id: NotificationId,
    /// What happened, by the event's short name: `order.accepted`.
    kind: String,
    /// What happened, in a few words.
    title: String,
    /// What it means, in a sentence or two.
    body: String,
    /// The order it is about.
    order_id: OrderId,
    /// Whether it was read.
    read: bool,
    /// When it happened.
    created_at: Timestamp,
}

impl From<Notification> for NotificationView {
    fn from(notification: Notification) -> Self {
        let Notification { id, to: _, kind, title, body, order_id, read, created_at } = notification;
        Self { id, kind: kind.short().to_owned(), title, body, order_id, read, created_at }
    }
}
