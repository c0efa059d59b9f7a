//! Requests that cross events: two services decide at the same time, and it must come out right.

use serde_json::json;
use tests::{Town, delivery_of};

use crate::flows::deliveries_of;

#[tokio::test]
async fn a_cancellation_beats_a_crossing_pick_up_and_the_courier_is_paid() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(&courier, &order).await;
    town.delivery_action(&courier, &order, "accept").await.expect(200);
    {
        let _held = town.hold().await;
        let delivery = delivery_of(&order);
        town.post(&merchant, &format!("/v1/orders/{order}/cancel"), json!({"reason": "the oven broke"}))
            .await
            .expect(200);
        town.act(&courier, &format!("/v1/deliveries/{delivery}/pick-up")).await.expect(200);
    }
    town.wait_until_idle().await;

    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "cancelled");
    assert_eq!(seen["refunded"], seen["total"]);
    let delivery = deliveries_of(&town, &courier, &order).await;
    assert_eq!(delivery["state"], "failed");
    assert!(delivery["earning"]["amount"].as_i64().is_some_and(|amount| amount > 0));
    let journey = town.journey(&customer, &order).await;
    assert_eq!(journey.iter().filter(|entry| *entry == "order.picked_up").count(), 0, "{journey:?}");
    let kinds = notices_of(&town, &courier).await;
    assert!(kinds.contains(&"order.cancelled".to_owned()), "the courier is notified: {kinds:?}");
}

#[tokio::test]
async fn a_delivery_completed_before_the_cancellation_arrives_stays_so() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(&courier, &order).await;
    town.delivery_action(&courier, &order, "accept").await.expect(200);
    {
        let _held = town.hold().await;
        let delivery = delivery_of(&order);
        town.post(&merchant, &format!("/v1/orders/{order}/cancel"), json!({"reason": "the oven broke"}))
            .await
            .expect(200);
        for action in ["pick-up", "complete"] {
            town.act(&courier, &format!("/v1/deliveries/{delivery}/{action}")).await.expect(200);
        }
    }
    town.wait_until_idle().await;
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "cancelled");
    assert_eq!(seen["refunded"], seen["total"]);
    assert_eq!(deliveries_of(&town, &courier, &order).await["state"], "delivered");
}

async fn notices_of(town: &Town, who: &tests::Person) -> Vec<String> {
    let notices = town.get(who, "/v1/notifications?limit=100").await.expect(200);
    let items = notices.body["items"].as_array().expect("items").clone();
    items.iter().map(|notice| notice["kind"].as_str().expect("a kind").to_owned()).collect()
}
