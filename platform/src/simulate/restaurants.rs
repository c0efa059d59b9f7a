//! Restaurants: a merchant looks at the orders of each, takes them on and cooks; seldom there is no more dough.

use std::time::Duration;

use domain::RestaurantId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    actor::Actor,
    api::{ApiError, Client, Page},
    pace::Pace,
    plans::Plans,
};

/// How many orders of a restaurant are looked at; the open ones come first.
const FIRST_OPEN: u32 = 20;

/// How somebody runs their restaurants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// How long an answer takes, in seconds of life.
    pub(super) answer_s: (u32, u32),
    /// How long a meal is announced to take, in minutes.
    pub(super) prep_minutes: (u32, u32),
    /// How long it takes, in seconds of life.
    pub(super) cooking_s: (u32, u32),
    /// One order in so many is turned down.
    pub(super) rejected_one_in: Option<u32>,
    /// How long until the next look, where there is something to do.
    pub(super) busy: Duration,
    /// How long where there is nothing.
    pub(super) idle: Duration,
}

/// As it is done in the city.
pub(super) const CITY: Habits = Habits {
    answer_s: (10, 60),
    prep_minutes: (8, 20),
    cooking_s: (180, 600),
    rejected_one_in: Some(25),
    busy: Duration::from_secs(3),
    idle: Duration::from_secs(8),
};

/// A merchant and their restaurants.
pub(super) struct Merchant {
    client: Client,
    pace: Pace,
    habits: Habits,
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
    /// Somebody who runs these restaurants.
    pub(super) fn new(client: Client, pace: Pace, habits: Habits, restaurants: Vec<RestaurantId>) -> Self {
        Self { client, pace, habits, restaurants, plans: Plans::default() }
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
        let Self { client, pace, habits, plans, .. } = self;
        let Habits { answer_s, prep_minutes, cooking_s, rejected_one_in, .. } = *habits;
        let (action, body) = if order.allows("accept") {
            if !plans.is_time(&order.id, "answer", || pace.takes_s(answer_s)) {
                return Ok(());
            }
            if order.allows("reject") && rejected_one_in.is_some_and(|times| pace.one_in(times)) {
                ("reject", json!({ "reason": "We have run out of something for this order." }))
            } else {
                ("accept", json!({ "prep_minutes": pace.rng.u32(prep_minutes.0..=prep_minutes.1) }))
            }
        } else if plans.is_time(&order.id, "ready", || pace.takes_s(cooking_s)) {
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
        Ok(if waiting.is_empty() { self.habits.idle } else { self.habits.busy })
    }

    fn step_aside(&mut self) {
        self.plans = Plans::default();
    }
}
