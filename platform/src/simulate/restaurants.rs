//! Restaurants: a merchant looks at the orders of each, takes them on and cooks; seldom there is no more dough.

use std::time::Duration;

use domain::RestaurantId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Actor, ApiError, Client, Pace, client::Page, plans::Plans};

/// How long an answer takes, in seconds of life.
const ANSWER_S: (u32, u32) = (10, 60);
/// How long a meal is announced to take, in minutes.
const PREP_MINUTES: (u32, u32) = (8, 20);
/// How long it takes, in seconds of life.
const COOKING_S: (u32, u32) = (180, 600);
/// One order in so many is turned down.
const REJECTED_ONE_IN: u32 = 25;
/// How many orders of a restaurant are looked at; the open ones come first.
const FIRST_OPEN: u32 = 20;
/// How long until the next look, where there is something to do.
const BUSY: Duration = Duration::from_secs(3);
/// How long where there is nothing.
const IDLE: Duration = Duration::from_secs(8);

/// A merchant and their restaurants.
pub(super) struct Merchant {
    client: Client,
    pace: Pace,
    restaurants: Vec<RestaurantId>,
    plans: Plans,
}

#[derive(Deserialize)]
struct Order {
    id: String,
    allowed_actions: Vec<String>,
}

impl Order {
    fn allows(&self, action: &str) -> bool {
        self.allowed_actions.iter().any(|allowed| allowed == action)
    }
}

impl Merchant {
    /// Somebody who runs these.
    pub(super) fn new(client: Client, pace: Pace, restaurants: Vec<RestaurantId>) -> Self {
        Self { client, pace, restaurants, plans: Plans::default() }
    }

    /// Orders of every restaurant that wait for something.
    async fn waiting(&mut self) -> Result<Vec<Order>, ApiError> {
        let mut waiting = Vec::new();
        for restaurant in &self.restaurants {
            let page: Page<Order> =
                self.client.get(&format!("/v1/orders?restaurant_id={restaurant}&limit={FIRST_OPEN}")).await?;
            waiting.extend(page.items.into_iter().filter(|order| order.allows("accept") || order.allows("ready")));
        }
        Ok(waiting)
    }

    async fn serve(&mut self, order: &Order) -> Result<(), ApiError> {
        let Self { client, pace, plans, .. } = self;
        let (action, body) = if order.allows("accept") {
            if !plans.is_time(&order.id, "answer", || pace.takes_s(ANSWER_S.0, ANSWER_S.1)) {
                return Ok(());
            }
            if order.allows("reject") && pace.chance.one_in(REJECTED_ONE_IN) {
                ("reject", json!({ "reason": "We have run out of something for this order." }))
            } else {
                ("accept", json!({ "prep_minutes": pace.chance.between(PREP_MINUTES.0, PREP_MINUTES.1) }))
            }
        } else if plans.is_time(&order.id, "ready", || pace.takes_s(COOKING_S.0, COOKING_S.1)) {
            ("ready", json!({}))
        } else {
            return Ok(());
        };
        client.post::<Value>(&format!("/v1/orders/{}/{action}", order.id), &body).await.map(drop)
    }
}

impl Actor for Merchant {
    async fn act(&mut self) -> Result<Duration, ApiError> {
        let waiting = self.waiting().await?;
        self.plans.keep(waiting.iter().map(|order| order.id.as_str()));
        for order in &waiting {
            match self.serve(order).await {
                Err(error) if error.is_bad_luck() => tracing::debug!(%error, "a restaurant was too late"),
                outcome => outcome?,
            }
        }
        Ok(if waiting.is_empty() { IDLE } else { BUSY })
    }
}
