//! Every path of an order's life, over HTTP. One suite for every host: a flow needs only a town.

use std::path::Path;

use futures::future::LocalBoxFuture;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    Person, Restaurant, Town, delivery_of, fleet::Platform, order::an_order_goes_all_the_way_to_the_door, payment_of,
};
use tokio::task::coop;

use crate::accounts::{
    a_guest_orders_and_keeps_it_as_an_account, a_new_password_ends_the_sessions_before_it,
    a_suspended_account_is_signed_out_until_that_is_lifted, an_invited_administrator_signs_up,
};
use crate::closing::a_suspended_merchants_restaurants_take_no_quotes_until_they_are_active_again;
use crate::erasure::{
    an_erased_customer_leaves_the_figures_and_nothing_else, everybody_exports_what_is_theirs_and_nothing_of_the_others,
};
use crate::sessions::{
    a_session_outlives_its_access_token_and_reuse_ends_it, signing_out_ends_the_session_and_no_other,
    two_refreshes_at_once_give_one_successor,
};

/// A flow, with its name.
pub(crate) type Flow = (&'static str, for<'a> fn(&'a Town) -> LocalBoxFuture<'a, ()>);

/// Makes a test of each flow on each host, and one list of them all.
macro_rules! flows {
    ($($name:ident)*) => {
        pub(crate) const FLOWS: &[Flow] = &[$((stringify!($name), |town| Box::pin($name(town)))),*];

        mod in_one_process {
            $(#[tokio::test]
            async fn $name() {
                let town = tests::Town::open().await;
                super::$name(&town).await;
                super::keeps_the_invariants(&town).await;
            })*
        }

        mod over_http {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&super::of_programs(tests::fleet::Platform::Http).await).await;
            })*
        }

        mod on_lambda {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(&super::of_programs(tests::fleet::Platform::Lambda).await).await;
            })*
        }
    };
}

/// What `tiffin check` looks for is not there.
pub(crate) async fn keeps_the_invariants(town: &Town) {
    town.wait_until_idle().await;
    let report = tiffin::check::check(town.store()).await.expect("the store can be read");
    assert!(report.broken.is_empty(), "{:#?}", report.broken);
}

/// A town whose functions are processes.
async fn of_programs(platform: Platform) -> Town {
    Town::of_programs(platform, Path::new(env!("CARGO_BIN_EXE_function-under-test"))).await
}

flows! {
    an_order_goes_all_the_way_to_the_door
    a_declined_card_ends_the_order_and_its_merchant_never_learns_of_it
    a_rejected_order_gets_its_money_voided
    a_customer_cancels_before_acceptance_and_the_money_is_voided
    a_merchant_cancels_after_acceptance_and_the_money_is_refunded
    a_merchant_gives_some_of_the_money_back_and_then_the_rest
    a_slow_provider_answers_by_webhook
    a_provider_that_loses_its_answers_or_is_away_at_first_is_asked_again
    without_funds_the_order_ends_and_its_payment_says_why
    a_silent_restaurant_is_rejected_and_the_money_voided
    a_declined_offer_goes_to_the_next_courier
    an_expired_offer_goes_to_the_next_courier
    a_courier_who_comes_online_is_offered_a_waiting_delivery_at_once
    without_a_courier_the_order_is_cancelled_and_refunded
    an_overdue_pick_up_cancels_the_order
    an_overdue_drop_off_ends_the_order_undeliverable
    a_payment_that_times_out_ends_the_order
    an_administrator_cancels_on_the_way_and_the_order_is_undeliverable
    going_offline_passes_the_offer_on
    everybody_sees_their_own_lists
    an_expired_quote_is_refused
    a_session_outlives_its_access_token_and_reuse_ends_it
    two_refreshes_at_once_give_one_successor
    signing_out_ends_the_session_and_no_other
    a_guest_orders_and_keeps_it_as_an_account
    a_new_password_ends_the_sessions_before_it
    a_suspended_account_is_signed_out_until_that_is_lifted
    an_invited_administrator_signs_up
    everybody_exports_what_is_theirs_and_nothing_of_the_others
    an_erased_customer_leaves_the_figures_and_nothing_else
    what_a_suspended_courier_has_not_picked_up_goes_to_another
    a_suspended_merchants_restaurants_take_no_quotes_until_they_are_active_again
}

/// After how long the slow provider answers, in seconds.
const SLOW_S: i64 = 3;

/// A customer, a merchant and their restaurant.
async fn cast(town: &Town) -> (Person, Person, Restaurant) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    (customer, merchant, restaurant)
}

async fn a_declined_card_ends_the_order_and_its_merchant_never_learns_of_it(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_declined").await;
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "payment_failed");
    assert_eq!(seen["reason"], "payment_declined");
    assert_eq!(town.payment(&customer, &order).await["status"], "failed");
    town.get(&merchant, &format!("/v1/orders/{order}")).await.refused(404, "not-found");
    let notices = town.get(&merchant, "/v1/notifications").await.expect(200);
    assert_eq!(notices.body["items"], json!([]));
}

async fn a_rejected_order_gets_its_money_voided(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "reject", json!({"reason": "out of carrots"})).await.expect(200);
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "rejected");
    assert_eq!(seen["reason"], "out of carrots");
    assert_holds_nothing(town, &customer, &order, "voided").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.refused(409, "illegal-transition");
}

async fn a_customer_cancels_before_acceptance_and_the_money_is_voided(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "cancel", json!({"reason": "too early"}))
        .await
        .refused(409, "illegal-transition");
    town.order_action(&customer, &order, "cancel", json!({"reason": "changed my mind"})).await.expect(200);
    assert_eq!(town.status(&customer, &order).await, "cancelled");
    assert_holds_nothing(town, &customer, &order, "voided").await;
}

async fn a_merchant_cancels_after_acceptance_and_the_money_is_refunded(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    assert_eq!(town.payment(&customer, &order).await["status"], "captured");
    town.order_action(&customer, &order, "cancel", json!({"reason": "too late"}))
        .await
        .refused(409, "illegal-transition");
    town.order_action(&merchant, &order, "cancel", json!({"reason": "the oven broke"})).await.expect(200);
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "cancelled");
    assert_eq!(seen["refunded"], seen["total"]);
    assert_holds_nothing(town, &customer, &order, "refunded").await;
}

async fn a_merchant_gives_some_of_the_money_back_and_then_the_rest(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    let path = format!("/v1/payments/{}", payment_of(&order));
    let total = town.get(&merchant, &path).await.expect(200).body["captured"].clone();
    let refund = async |key: &str, body: Value| {
        let request = town.request(Method::POST, &format!("{path}/refunds"), Some(&merchant));
        town.send(request.header("idempotency-key", key).json(&body)).await
    };
    let some = json!({"amount": {"amount": 100, "currency": total["currency"]}, "reason": "The soup was cold."});
    let first = refund("some", some.clone()).await.expect(201);
    assert_eq!(first.header("location"), Some(path.as_str()));
    assert_eq!(refund("some", some).await.expect(201).body, first.body, "the same request refunds once");
    let seen = town.get(&customer, &path).await.expect(200).body;
    assert_eq!(seen["status"], "partially_refunded");
    assert_eq!(seen["refunds"][0]["status"], "succeeded", "the provider was asked at once");
    assert_eq!(seen["allowed_actions"], json!([]));

    refund("rest", json!({"reason": "All of it, then."})).await.expect(201);
    town.wait_until_idle().await;
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["refunded"], total);
    assert_eq!(seen["status"], "accepted", "giving money back ends no order");
    assert_eq!(town.payment(&customer, &order).await["status"], "refunded");
    refund("more", json!({"reason": "Sorry."})).await.refused(422, "refund-exceeds-captured");
}

async fn a_slow_provider_answers_by_webhook(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_slow").await;
    assert_eq!(town.status(&customer, &order).await, "placed");
    answered(town, &customer, &order, "authorized").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    assert_eq!(town.payment(&customer, &order).await["status"], "authorized");
    answered(town, &customer, &order, "captured").await;
    let path = format!("/v1/payments/{}/refunds", payment_of(&order));
    let request = town.request(Method::POST, &path, Some(&merchant)).header("idempotency-key", "some");
    town.send(request.json(&json!({"reason": "The soup was cold."}))).await.expect(201);
    assert_eq!(town.payment(&customer, &order).await["refunds"][0]["status"], "pending");
    answered(town, &customer, &order, "refunded").await;

    // One that is cancelled before the provider has answered: its money is let go as soon as it has.
    let order = town.order(&customer, &restaurant, "tok_slow").await;
    town.order_action(&customer, &order, "cancel", json!({"reason": "changed my mind"})).await.expect(200);
    answered(town, &customer, &order, "authorized").await;
    answered(town, &customer, &order, "voided").await;
}

async fn a_provider_that_loses_its_answers_or_is_away_at_first_is_asked_again(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    for (method, waits) in [("tok_lost", &[RETRY_S][..]), ("tok_flaky", &[RETRY_S, 2 * RETRY_S])] {
        let order = town.order(&customer, &restaurant, method).await;
        assert_eq!(town.payment(&customer, &order).await["status"], "pending");
        asked_again(town, &customer, &order, waits, "authorized").await;
        assert_eq!(town.status(&customer, &order).await, "paid");
        town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
        assert_eq!(town.payment(&customer, &order).await["status"], "authorized");
        asked_again(town, &customer, &order, waits, "captured").await;
        town.order_action(&merchant, &order, "cancel", json!({"reason": "the oven broke"})).await.expect(200);
        asked_again(town, &customer, &order, waits, "refunded").await;
        assert_holds_nothing(town, &customer, &order, "refunded").await;
    }
}

/// After how long a provider is asked again that did not answer, in seconds.
const RETRY_S: i64 = payments::RETRY_S.default;

/// Lets the payment's sweep ask again after each of these waits, and waits until it is so far.
async fn asked_again(town: &Town, customer: &Person, order: &str, waits: &[i64], status: &str) {
    let (last, first) = waits.split_last().expect("it is asked again");
    for wait in first {
        let before = town.payment(customer, order).await["version"].clone();
        pass_until(town, *wait, "another call", async || {
            (town.payment(customer, order).await["version"] != before).then_some(())
        })
        .await;
    }
    pass_until(town, *last, status, async || (town.payment(customer, order).await["status"] == status).then_some(()))
        .await;
}

async fn without_funds_the_order_ends_and_its_payment_says_why(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_insufficient_funds").await;
    assert_eq!(town.status(&customer, &order).await, "payment_failed");
    let payment = town.payment(&customer, &order).await;
    assert_eq!(payment["status"], "failed");
    assert_eq!(payment["failure"], "insufficient_funds");
}

/// Waits until the slow provider has posted its answer, well before anybody asks it again.
async fn answered(town: &Town, customer: &Person, order: &str, status: &str) {
    pass_until(town, SLOW_S, status, async || (town.payment(customer, order).await["status"] == status).then_some(()))
        .await;
}

/// Lets so much time pass, and looks and sweeps until there is something to see.
async fn pass_until(town: &Town, seconds: i64, what: &str, look: impl AsyncFn() -> Option<()>) {
    town.pass_s(seconds).await;
    town.eventually(what, async || {
        town.tick().await;
        look().await
    })
    .await;
}

async fn a_silent_restaurant_is_rejected_and_the_money_voided(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let (status, reason) = ends_after(town, &customer, &order, 300).await;
    assert_eq!(status, "rejected");
    assert_eq!(reason, "restaurant_silent");
    assert_holds_nothing(town, &customer, &order, "voided").await;
}

async fn a_declined_offer_goes_to_the_next_courier(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let first = town.courier_online().await;
    let second = town.courier().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.offered(&first, &order).await;
    town.delivery_action(&second, &order, "accept").await.refused(404, "not-found");
    town.go_online(&second).await.expect(200);
    town.delivery_action(&first, &order, "decline").await.expect(200);
    town.offered(&second, &order).await;
    town.delivery_action(&first, &order, "accept").await.refused(409, "offer-expired");
    town.delivery_action(&second, &order, "accept").await.expect(200);
}

async fn an_expired_offer_goes_to_the_next_courier(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let first = town.courier_online().await;
    let second = town.courier().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.offered(&first, &order).await;
    town.go_online(&second).await.expect(200);
    town.pass_s(30).await;
    town.offered(&second, &order).await;
    town.delivery_action(&first, &order, "accept").await.refused(409, "offer-expired");
}

async fn a_courier_who_comes_online_is_offered_a_waiting_delivery_at_once(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let courier = town.courier().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.pass_s(10).await;
    town.go_online(&courier).await.expect(200);
    town.wait_until_idle().await;
    // No sweep in between: being online is enough.
    town.delivery_action(&courier, &order, "accept").await.expect(200);
}

async fn without_a_courier_the_order_is_cancelled_and_refunded(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    let (status, reason) = ends_after(town, &customer, &order, 20 * 60).await;
    assert_eq!(status, "cancelled");
    assert_eq!(reason, "no_courier");
    assert_holds_nothing(town, &customer, &order, "refunded").await;
}

async fn an_overdue_pick_up_cancels_the_order(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(&courier, &order).await;
    town.delivery_action(&courier, &order, "accept").await.expect(200);
    let (status, reason) = ends_after(town, &customer, &order, 65 * 60).await;
    assert_eq!(status, "cancelled");
    assert_eq!(reason, "pick_up_overdue");
    assert_holds_nothing(town, &customer, &order, "refunded").await;
}

async fn an_overdue_drop_off_ends_the_order_undeliverable(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    picked_up(town, &merchant, &courier, &order).await;
    let (status, reason) = ends_after(town, &customer, &order, 90 * 60).await;
    assert_eq!(status, "undeliverable");
    assert_eq!(reason, "drop_off_overdue");
    assert_holds_nothing(town, &customer, &order, "refunded").await;
    let courier = town.sign_in_again(&courier).await;
    let delivery = deliveries_of(town, &courier, &order).await;
    assert_eq!(delivery["state"], "failed");
    assert_eq!(delivery["earning"], json!(null), "nothing is earned by what was not brought in time");
}

async fn a_payment_that_times_out_ends_the_order(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let order = {
        // No event that the order was placed arrives before its deadline.
        let _held = town.hold().await;
        let order = town.place(&customer, "k", &quote, "tok_ok").await.expect(201).text("id");
        town.clock.advance_s(120);
        town.eventually_swept(&customer, &order).await;
        order
    };
    town.wait_until_idle().await;
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "payment_failed");
    assert_eq!(seen["reason"], "payment_timeout");
    assert_holds_nothing(town, &customer, &order, "voided").await;
}

async fn an_administrator_cancels_on_the_way_and_the_order_is_undeliverable(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let courier = town.courier_online().await;
    let admin = town.person(domain::Role::Admin).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let track = format!("/v1/deliveries/{}/track", delivery_of(&order));
    town.get(&customer, &track).await.refused(409, "not-under-way");
    picked_up(town, &merchant, &courier, &order).await;
    // Newer than where they said they were when they came online, and in another cell.
    town.clock.advance_s(1);
    let place = json!({"lat": 44.47, "lon": 26.1025});
    town.put(&courier, &format!("/v1/couriers/{}/location", courier.id), json!({"place": place})).await.expect(204);
    assert_eq!(town.get(&customer, &track).await.expect(200).body["place"], place);
    town.order_action(&merchant, &order, "cancel", json!({"reason": "late"})).await.refused(409, "illegal-transition");
    town.order_action(&admin, &order, "cancel", json!({"reason": "the courier had an accident"})).await.expect(200);
    assert_eq!(town.status(&customer, &order).await, "undeliverable");
    assert_holds_nothing(town, &customer, &order, "refunded").await;
    let delivery = deliveries_of(town, &courier, &order).await;
    assert_eq!(delivery["state"], "failed");
    assert!(delivery["earning"]["amount"].as_i64().is_some_and(|amount| amount > 0), "the courier keeps the earning");
}

async fn going_offline_passes_the_offer_on(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let first = town.courier_online().await;
    let second = town.courier().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.offered(&first, &order).await;
    town.go_online(&second).await.expect(200);
    let offline = format!("/v1/couriers/{}/availability", first.id);
    let courier = town.put(&first, &offline, json!({"online": false})).await.expect(200);
    assert_eq!(courier.body["online"], false);
    assert_eq!(town.get(&first, &format!("/v1/couriers/{}", first.id)).await.expect(200).body, courier.body);
    town.offered(&second, &order).await;
}

async fn everybody_sees_their_own_lists(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let stranger = town.customer().await;
    let other = town.merchant().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.clock.advance_s(1);
    let unpaid = town.order(&customer, &restaurant, "tok_declined").await;
    let ids = async |who: &Person, path: &str| -> Vec<String> {
        let reply = town.get(who, path).await.expect(200);
        let items = reply.body["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    };
    let own = format!("/v1/orders?restaurant_id={}", restaurant.id);
    // Index reads lag, each by another time.
    let shows = async |who: &Person, path: &str, expected: &[&String]| {
        town.eventually(path, async || ids(who, path).await.iter().eq(expected.iter().copied()).then_some(())).await;
    };
    // Newest first.
    shows(&customer, "/v1/orders", &[&unpaid, &order]).await;
    let restaurants = |of: &Person| format!("/v1/merchants/{}/restaurants", of.id);
    shows(&merchant, &restaurants(&merchant), &[&restaurant.id]).await;
    assert!(ids(&other, &restaurants(&other)).await.is_empty());
    town.get(&other, &restaurants(&merchant)).await.refused(404, "not-found");
    // An order never paid does not exist for its merchant.
    shows(&merchant, &own, &[&order]).await;
    assert!(ids(&other, &own).await.is_empty() && ids(&stranger, "/v1/orders").await.is_empty());
    assert_eq!(ids(&customer, &format!("/v1/payments?order_id={order}")).await.len(), 1);
    assert!(ids(&stranger, &format!("/v1/payments?order_id={order}")).await.is_empty());
    town.get(&stranger, &format!("/v1/orders/{order}")).await.refused(404, "not-found");
    town.get(&other, &format!("/v1/orders/{order}/events")).await.refused(404, "not-found");

    shows(&customer, "/v1/orders?status=paid", &[&order]).await;
    shows(&customer, "/v1/orders?status=payment_failed,ready", &[&unpaid]).await;
}

async fn an_expired_quote_is_refused(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let other = town.customer().await;
    town.place(&other, "k", &quote, "tok_ok").await.refused(422, "quote-invalid");
    town.place(&customer, "k", &format!("{quote}x"), "tok_ok").await.refused(422, "quote-invalid");
    town.clock.advance_s(9 * 60);
    let late = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    town.clock.advance_s(70);
    let fresh = town.sign_in_again(&customer).await;
    town.place(&fresh, "k", &quote, "tok_ok").await.refused(422, "quote-expired");
    town.place(&fresh, "k", &late, "tok_ok").await.expect(201);
}

#[tokio::test]
async fn a_payment_whose_answer_was_lost_is_resumed_by_its_sweep() {
    a_payment_is_lost_half_way(&Town::open().await).await;
}

/// Only in one process, where a test can drop a function half way.
pub(crate) async fn a_payment_is_lost_half_way(town: &Town) {
    let (customer, _, restaurant) = cast(town).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let mut events = town.local().bus.listen();
    let held = town.hold().await;
    let order = town.place(&customer, "k", &quote, "tok_ok").await.expect(201).text("id");
    let placed = events.recv().await.expect("it is published");
    {
        // The function dies once its intent is recorded: it is polled once, and with none of its budget left it sees no
        // commit come back, however fast that is.
        while coop::has_budget_remaining() {
            coop::consume_budget().await;
        }
        let mut authorizing = std::pin::pin!(town.local().host.deliver("authorize-payment", &placed));
        assert!(futures::poll!(&mut authorizing).is_pending());
        town.eventually_while_busy("the intent", async || {
            let payment = town.payment(&customer, &order).await;
            (payment["status"] == "pending").then_some(())
        })
        .await;
    }
    town.clock.advance_s(60);
    town.eventually_while_busy("the sweep", async || {
        town.sweep().await;
        (town.payment(&customer, &order).await["status"] == "authorized").then_some(())
    })
    .await;
    drop(held);
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &order).await, "paid");
}

pub(crate) async fn what_a_suspended_courier_has_not_picked_up_goes_to_another(town: &Town) {
    let (customer, merchant, restaurant) = cast(town).await;
    let first = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(&first, &order).await;
    town.delivery_action(&first, &order, "accept").await.expect(200);
    assert_eq!(town.see(&customer, &order).await["courier_id"], first.id);
    let second = town.courier_online().await;
    town.clock.advance_s(60);
    account_becomes(town, &first, "suspended").await;

    let waiting = town.see(&customer, &order).await;
    assert_eq!(waiting["courier_id"], Value::Null);
    assert_eq!(waiting["deadline"], json!(town.now().plus_minutes(20)));
    town.get(&first, &format!("/v1/orders/{order}")).await.refused(404, "not-found");
    town.delivery_action(&first, &order, "pick-up").await.refused(404, "not-found");
    town.go_online(&first).await.refused(403, "account-suspended");
    let told = town.get(&first, "/v1/notifications").await.expect(200).body;
    assert_eq!(told["items"][0]["kind"], "delivery.unassigned");

    town.offered(&second, &order).await;
    town.delivery_action(&second, &order, "accept").await.expect(200);
    assert_eq!(town.see(&customer, &order).await["courier_id"], second.id);
    account_becomes(town, &first, "active").await;
    town.go_online(&first).await.expect(200);
    for action in ["pick-up", "complete"] {
        town.delivery_action(&second, &order, action).await.expect(200);
    }
    let journey = town.journey(&customer, &order).await;
    let ways: Vec<&str> = journey.iter().map(String::as_str).filter(|kind| kind.starts_with("delivery.")).collect();
    assert_eq!(ways, ["delivery.assigned", "delivery.unassigned", "delivery.assigned"]);
    assert_eq!(town.status(&customer, &order).await, "delivered");
}

/// An administrator says whether somebody may act.
async fn account_becomes(town: &Town, person: &Person, state: &str) {
    let admin = town.person(domain::Role::Admin).await;
    let request = town.request(Method::PATCH, &format!("/v1/users/{}", person.id), Some(&admin));
    town.send(request.json(&json!({"state": state}))).await.expect(200);
    town.wait_until_idle().await;
}

/// Brings an order from paid to on its way.
pub(crate) async fn picked_up(town: &Town, merchant: &Person, courier: &Person, order: &str) {
    town.order_action(merchant, order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(courier, order).await;
    town.delivery_action(courier, order, "accept").await.expect(200);
    town.delivery_action(courier, order, "pick-up").await.expect(200);
}

/// What a courier sees of the delivery of an order.
pub(crate) async fn deliveries_of(town: &Town, courier: &Person, order: &str) -> serde_json::Value {
    let id = delivery_of(order);
    town.eventually("the delivery", async || {
        let reply = town.get(courier, "/v1/deliveries?limit=100").await.expect(200);
        reply.body["items"].as_array().expect("items").iter().find(|item| item["id"] == id.as_str()).cloned()
    })
    .await
}

/// Lets almost all of the time pass and sees nothing happen; then the rest, and returns the status and reason it ends with.
async fn ends_after(town: &Town, customer: &Person, order: &str, seconds: i64) -> (String, String) {
    let customer = town.sign_in_again(customer).await;
    let before = town.status(&customer, order).await;
    let deadline: domain::Timestamp =
        town.see(&customer, order).await["deadline"].as_str().expect("a deadline").parse().expect("a time");
    let left = town.now().seconds_until(deadline);
    assert!((seconds - 10..=seconds).contains(&left), "{left} s are left of {seconds} s");
    town.pass_s(left - 1).await;
    let customer = town.sign_in_again(&customer).await;
    assert_eq!(town.status(&customer, order).await, before, "nothing happens before the deadline");
    town.clock.advance_s(1);
    town.eventually_swept(&customer, order).await;
    let seen = town.see(&customer, order).await;
    let text = |name: &str| seen[name].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

/// The order ended, so nothing of the customer's is held.
async fn assert_holds_nothing(town: &Town, customer: &Person, order: &str, status: &str) {
    town.wait_until_idle().await;
    let customer = town.sign_in_again(customer).await;
    let payment = town.payment(&customer, order).await;
    assert_eq!(payment["status"], status, "{payment:#}");
    assert_eq!(payment["captured"], payment["refunded"]);
}
