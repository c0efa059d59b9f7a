//! `notify`: facts become notices in the inboxes of those they concern.

use app::{Changes, Context, Failure, Function, Subscriber, System, erasure::erased};
use domain::{AnyFact, DeliveryKind, Event, Kind, OrderKind, PaymentKind, UserId};
use schemars::JsonSchema;

use crate::{NOTIFICATIONS, Notification, notices, notifications::arrival};

/// Facts become notices in the inboxes of those they concern: one per fact and person, however often it is delivered; none for
/// whoever is being erased.
#[derive(JsonSchema)]
pub struct Notify;

impl Subscriber for Notify {
    const FUNCTION: Function = Function::new("notify").gets(NOTIFICATIONS).writes(NOTIFICATIONS);
    type Data = AnyFact;
    const SUBSCRIBES_TO: &'static [Kind] = &[
        Kind::Order(OrderKind::Placed),
        Kind::Order(OrderKind::Paid),
        Kind::Order(OrderKind::PaymentFailed),
        Kind::Order(OrderKind::Accepted),
        Kind::Order(OrderKind::Rejected),
        Kind::Order(OrderKind::Ready),
        Kind::Order(OrderKind::PickedUp),
        Kind::Order(OrderKind::Delivered),
        Kind::Order(OrderKind::Cancelled),
        Kind::Order(OrderKind::Undeliverable),
        Kind::Payment(PaymentKind::Refunded),
        Kind::Delivery(DeliveryKind::Offered),
        Kind::Delivery(DeliveryKind::Assigned),
        Kind::Delivery(DeliveryKind::Unassigned),
    ];

    async fn handle(context: &Context, _system: &System, event: &Event<AnyFact>) -> Result<Changes, Failure> {
        let mut changes = Changes::none();
        let notices = notices(&event.data);
        let readers: Vec<UserId> = notices.iter().map(|notice| notice.to).collect();
        let erased = erased(context, NOTIFICATIONS, &readers).await?;
        for notice in notices.into_iter().filter(|notice| !erased.contains(&notice.to)) {
            changes = changes.and(arrival(context, Notification::of(event, notice)).await?);
        }
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use app::Endpoint as _;
    use domain::UserId;
    use testing::{World, user};

    use super::*;
    use crate::{
        list_notifications::ListNotifications,
        notices::audience,
        sample::{courier, customer, event, handle, merchant},
    };

    async fn inbox(world: &World, of: UserId) -> (Vec<String>, u64) {
        let context = world.context(crate::SERVICE, "list-notifications");
        let caller = user(of, domain::Role::Customer);
        let everything = testing::sent::<ListNotifications>(r#"{"limit": 100}"#);
        let reply = ListNotifications::call(&context, &caller, &app::Empty {}, &everything).await.unwrap().reply;
        let reply = serde_json::to_value(reply).unwrap();
        let kinds = reply["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned());
        (kinds.collect(), reply["unread_count"].as_u64().unwrap())
    }

    #[test]
    fn it_subscribes_to_exactly_the_events_that_have_an_audience() {
        let with_audience = Kind::ALL.into_iter().filter(|kind| !audience(*kind).is_empty());
        assert_eq!(Notify::SUBSCRIBES_TO, with_audience.collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn each_event_is_one_notice_per_person_however_often_it_is_delivered() {
        let world = World::new();
        let events: Vec<Event> =
            Notify::SUBSCRIBES_TO.iter().zip(100..).map(|(kind, number)| event(*kind, number)).collect();
        for event in events.iter().chain(events.iter().rev()) {
            handle(&world, event).await;
        }
        for (person, expected) in [(customer(), 10), (merchant(), 3), (courier(), 7)] {
            let (kinds, unread) = inbox(&world, person).await;
            assert_eq!(kinds.len(), expected);
            assert_eq!(unread, expected as u64);
        }
    }

    #[tokio::test]
    async fn data_that_cannot_be_read_is_never_retried() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "notify");
        let mut broken = event(Kind::Order(OrderKind::Paid), 1);
        broken.data["total"] = "much".into();
        let failure = world.handle::<Notify>(&context, &broken).await.unwrap_err();
        assert!(matches!(failure, Failure::Never(_)));
    }
}
