//! What a delivered order costs on Lambda: invocations, messages, read and write units, each with a bound. `docs/aws.md`
//! prices them.

use std::path::Path;

use serde_json::json;
use tests::{Town, fleet::Platform};

/// The most that one order may cost, from its quote to the door: a little more than it does.
const MOST_INVOCATIONS: u64 = 34;
const MOST_MESSAGES: u64 = 24;
const MOST_READ_UNITS: f64 = 100.0;
const MOST_WRITE_UNITS: f64 = 430.0;
const MOST_UNITS: f64 = 520.0;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "the figures that docs/aws.md prices")]
async fn an_order_costs_what_the_docs_reckon_with() {
    let town = Town::of_programs(Platform::Lambda, Path::new(env!("CARGO_BIN_EXE_function-under-test"))).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    town.wait_until_idle().await;
    let before = town.fleet().stopped_cost().await;

    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.offered(&courier, &order).await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    town.delivery_action(&courier, &order, "accept").await.expect(200);
    town.order_action(&merchant, &order, "ready", json!({})).await.expect(200);
    town.delivery_action(&courier, &order, "pick-up").await.expect(200);
    town.delivery_action(&courier, &order, "complete").await.expect(200);

    let cost = town.fleet().stopped_cost().await - before;
    assert_eq!(town.status(&customer, &order).await, "delivered");
    eprintln!("{cost:?}");
    assert!((1..=MOST_INVOCATIONS).contains(&cost.invocations), "{cost:?}");
    assert!((1..=MOST_MESSAGES).contains(&cost.messages), "{cost:?}");
    assert!((1.0..=MOST_READ_UNITS).contains(&cost.read_units), "{cost:?}");
    assert!((1.0..=MOST_WRITE_UNITS).contains(&cost.write_units), "{cost:?}");
    assert!(cost.read_units + cost.write_units <= MOST_UNITS, "{cost:?}");
}
