//! One order, all the way to the door: the flow that every host is tried with.

use serde_json::json;

use crate::Town;

/// From sign-up to delivered: payment, kitchen, courier.
pub async fn an_order_goes_all_the_way_to_the_door(town: &Town) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    assert_eq!(town.status(&customer, &order).await, "paid");

    let offer = town.offered(&courier, &order).await;
    assert_eq!(offer["deliver_to"]["address"], json!(null), "an offer does not show the exact address");
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    town.delivery_action(&courier, &order, "accept").await.expect(200);
    town.order_action(&merchant, &order, "ready", json!({})).await.expect(200);
    town.delivery_action(&courier, &order, "pick-up").await.expect(200);
    assert_eq!(town.status(&customer, &order).await, "picked_up");
    town.delivery_action(&courier, &order, "complete").await.expect(200);

    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "delivered");
    assert_eq!(seen["deadline"], json!(null));
    assert_eq!(seen["allowed_actions"], json!([]));
    let payment = town.payment(&customer, &order).await;
    assert_eq!(payment["status"], "captured");
    assert_eq!(payment["captured"], seen["total"]);
    let journey = town.journey(&customer, &order).await;
    for step in ["order.placed", "order.paid", "order.accepted", "payment.captured", "order.ready", "delivery.assigned"]
    {
        assert!(journey.iter().any(|entry| entry == step), "{step} is missing in {journey:?}");
    }
    assert_eq!(journey.last().map(String::as_str), Some("order.delivered"));
}
