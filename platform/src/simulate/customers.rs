//! Customers: hungry now and then, they look around, fill a basket and order; some think better of it.

use std::time::Duration;

use domain::Stop;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    actor::Actor,
    api::{ApiError, Client, Page},
    basket::{Menu, choose},
    pace::Pace,
};

/// How long a customer is not hungry after ordering, in seconds of life.
const FULL_S: (u32, u32) = (300, 900);
/// How long after the start the first customers are hungry, in seconds of life.
const FIRST_HUNGER_S: (u32, u32) = (5, 240);
/// The shortest time between two orders of one customer, whatever the speed.
const LEAST_FULL: Duration = Duration::from_secs(5);
/// How long a customer looks at what is there before ordering, in seconds of life.
const LOOKING_S: (u32, u32) = (10, 40);
/// How long a customer takes to think better of it, in seconds of life.
const REGRET_S: (u32, u32) = (10, 60);
/// The most orders of one customer under way.
const MOST_OPEN: usize = 2;
/// How many of a customer's latest orders are looked at.
const LATEST: usize = 10;
/// One card in so many is declined.
const DECLINED_ONE_IN: u32 = 12;
/// One order in so many is regretted.
const REGRETTED_ONE_IN: u32 = 12;
/// A tip, in minor units.
const TIP: (u32, u32) = (200, 1200);

pub(super) struct Customer {
    client: Client,
    pace: Pace,
    home: Stop,
    hungry_at_all: bool,
}

#[derive(Deserialize)]
struct Order {
    id: String,
    ended_at: Option<String>,
    allowed_actions: Vec<String>,
}

#[derive(Deserialize)]
struct FoundRestaurant {
    id: String,
    min_order: Amount,
}

#[derive(Deserialize)]
struct Amount {
    amount: i64,
}

#[derive(Deserialize)]
struct Quote {
    id: String,
    quote: String,
}

impl Customer {
    /// Somebody who has their food brought to `home`.
    pub(super) const fn new(client: Client, pace: Pace, home: Stop) -> Self {
        Self { client, pace, home, hungry_at_all: false }
    }

    async fn open_orders(&mut self) -> Result<usize, ApiError> {
        let latest: Page<Order> = self.client.get(&format!("/v1/orders?limit={LATEST}")).await?;
        Ok(latest.items.iter().filter(|order| order.ended_at.is_none()).count())
    }

    /// Orders something from somewhere near.
    async fn dine(&mut self) -> Result<(), ApiError> {
        let place = self.home.place;
        let near = format!("/v1/restaurants?lat={}&lon={}&limit=50", place.lat(), place.lon());
        let cards: Page<FoundRestaurant> = self.client.get(&near).await?;
        let Some(card) = self.pace.rng.choice(&cards.items) else { return Ok(()) };
        let menu: Menu = self.client.get(&format!("/v1/restaurants/{}/menu", card.id)).await?;
        tokio::time::sleep(self.pace.takes_s(LOOKING_S)).await;
        let Some(lines) = choose(&menu, card.min_order.amount, &mut self.pace.rng) else { return Ok(()) };
        let mut basket = json!({ "items": lines, "deliver_to": self.home });
        if self.pace.one_in(2) {
            basket["tip"] = json!({ "amount": self.pace.rng.u32(TIP.0..=TIP.1), "currency": menu.currency });
        }
        let quote: Quote = self.client.post(&format!("/v1/restaurants/{}/quotes", card.id), &basket).await?;
        let order = self.place(&quote).await?;
        if self.pace.one_in(REGRETTED_ONE_IN) { self.regret(&order.id).await } else { Ok(()) }
    }

    async fn place(&mut self, quote: &Quote) -> Result<Order, ApiError> {
        let card = if self.pace.one_in(DECLINED_ONE_IN) { "tok_declined" } else { "tok_ok" };
        let order = json!({ "quote": quote.quote, "payment_method": card });
        // A quote makes one order, so its id is the idempotency key.
        self.client.post_once("/v1/orders", &quote.id, &order).await
    }

    /// Cancels while that is still possible.
    async fn regret(&mut self, order_id: &str) -> Result<(), ApiError> {
        tokio::time::sleep(self.pace.takes_s(REGRET_S)).await;
        let order: Order = self.client.get(&format!("/v1/orders/{order_id}")).await?;
        if !order.allowed_actions.iter().any(|action| action == "cancel") {
            return Ok(());
        }
        let why = json!({ "reason": "I changed my mind." });
        self.client.post::<Value>(&format!("/v1/orders/{order_id}/cancel"), &why).await.map(drop)
    }
}

impl Actor for Customer {
    async fn act(&mut self) -> Result<Duration, ApiError> {
        if !self.hungry_at_all {
            self.hungry_at_all = true;
            return Ok(self.pace.takes_s(FIRST_HUNGER_S));
        }
        if self.open_orders().await? < MOST_OPEN {
            match self.dine().await {
                Err(error) if error.is_bad_luck() => tracing::debug!(%error, "a customer goes without"),
                outcome => outcome?,
            }
        }
        Ok(self.pace.takes_s(FULL_S).max(LEAST_FULL))
    }
}
