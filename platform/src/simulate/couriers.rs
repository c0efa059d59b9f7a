//! Couriers: online at a place in the city, they take what is offered, fetch it when it is ready and bring it.

use std::time::Duration;

use domain::{Phone, Place, Vehicle};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    actor::Actor,
    api::{ApiError, Client, Page},
    pace::Pace,
    plans::Plans,
};

/// How long a way takes at most, in seconds of life.
const LONGEST_WAY_S: u32 = 2400;
/// How many of a courier's deliveries are looked at, more than can be open.
const LATEST: usize = 20;
/// How far from their stand a courier who has one picks up, in metres.
const STAND_REACH_M: u32 = 1000;

/// How somebody delivers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// How long an answer to an offer takes, in seconds of life; an offer stands for thirty.
    pub(super) answer_s: (u32, u32),
    /// One offer in so many is declined.
    pub(super) declined_one_in: Option<u32>,
    /// How long they wait at the counter for what is accepted and not ready, in seconds of life, if not for ever.
    pub(super) at_the_counter_s: Option<(u32, u32)>,
    /// How long it takes to be handed what is ready, in seconds of life.
    pub(super) loading_s: (u32, u32),
    /// How they come from one place to another.
    pub(super) ways: Ways,
    /// How long until the next look, where there is something to do.
    pub(super) busy: Duration,
    /// How long where there is nothing.
    pub(super) idle: Duration,
}

/// How somebody comes from one place to another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ways {
    /// As far as it is, as fast as their vehicle.
    Ridden,
    /// In as long as a spectator likes to wait, in seconds of life.
    Shown {
        /// To the restaurant.
        fetch_s: (u32, u32),
        /// To the customer.
        bring_s: (u32, u32),
    },
}

/// As it is done in the city.
pub(super) const CITY: Habits = Habits {
    answer_s: (3, 12),
    declined_one_in: Some(20),
    at_the_counter_s: Some((900, 1200)),
    loading_s: (0, 0),
    ways: Ways::Ridden,
    busy: Duration::from_secs(2),
    idle: Duration::from_secs(4),
};

pub(super) struct Courier {
    client: Client,
    pace: Pace,
    habits: Habits,
    vehicle: Vehicle,
    phone: Phone,
    place: Place,
    /// Where they come back to, if anywhere.
    stand: Option<Place>,
    online: bool,
    plans: Plans,
}

/// What the platform knows of a courier.
#[derive(Deserialize)]
struct CourierState {
    online: bool,
    place: Option<Place>,
}

#[derive(Deserialize)]
struct Delivery {
    id: String,
    order_status: String,
    pick_up: End,
    deliver_to: Option<End>,
    distance_m: u32,
    allowed_actions: Vec<String>,
}

#[derive(Deserialize)]
struct End {
    place: Option<Place>,
}

impl Delivery {
    fn allows(&self, action: &str) -> bool {
        self.allowed_actions.iter().any(|allowed| allowed == action)
    }
}

impl Courier {
    /// Somebody who rides this vehicle and begins at this place.
    pub(super) fn new(
        client: Client,
        pace: Pace,
        habits: Habits,
        vehicle: Vehicle,
        place: Place,
        phone: Phone,
    ) -> Self {
        let plans = Plans::default();
        Self { client, pace, habits, vehicle, phone, place, stand: None, online: false, plans }
    }

    /// Somebody who waits where they begin: takes what is picked up near there, and comes back.
    pub(super) fn with_stand(self) -> Self {
        Self { stand: Some(self.place), ..self }
    }

    /// Comes online where they begin.
    async fn come_online(&mut self) -> Result<(), ApiError> {
        let path = format!("/v1/couriers/{}", self.client.user_id);
        self.client.put(&path, &json!({ "vehicle": self.vehicle, "phone": self.phone })).await?;
        self.say(&json!({ "online": true, "place": self.place })).await
    }

    /// Is online, and at the stand while there is nothing to do. A person may have changed that meanwhile; it is sent again
    /// only where the platform knows something else.
    async fn keep_stand(&mut self, stand: Place, idle: bool) -> Result<(), ApiError> {
        let known: CourierState = self.client.get(&format!("/v1/couriers/{}", self.client.user_id)).await?;
        let there = known.place.is_some_and(|place| place.distance_m(stand) == 0);
        if known.online && (there || !idle) {
            return Ok(());
        }
        self.say(&json!({ "online": true, "place": idle.then_some(stand) })).await
    }

    async fn say(&mut self, availability: &Value) -> Result<(), ApiError> {
        let path = format!("/v1/couriers/{}/availability", self.client.user_id);
        self.client.put(&path, availability).await
    }

    /// Those of their deliveries in which there is something for them to do.
    async fn open_deliveries(&mut self) -> Result<Vec<Delivery>, ApiError> {
        let latest: Page<Delivery> = self.client.get(&format!("/v1/deliveries?limit={LATEST}")).await?;
        Ok(latest.items.into_iter().filter(|delivery| !delivery.allowed_actions.is_empty()).collect())
    }

    async fn do_next(&mut self, delivery: &Delivery) -> Result<(), ApiError> {
        if delivery.allows("accept") {
            self.answer(delivery).await
        } else if delivery.allows("pick-up") {
            self.pick_up(delivery).await
        } else if delivery.allows("complete") {
            self.complete(delivery).await
        } else {
            Ok(())
        }
    }

    async fn answer(&mut self, delivery: &Delivery) -> Result<(), ApiError> {
        if self.is_far_from_stand(delivery) {
            return self.post(delivery, "decline").await;
        }
        let Self { pace, habits, plans, .. } = self;
        if !plans.is_time(&delivery.id, "answer", || pace.takes_s(habits.answer_s)) {
            return Ok(());
        }
        let declines = habits.declined_one_in.is_some_and(|times| pace.one_in(times));
        let declines = declines && delivery.allows("decline");
        self.post(delivery, if declines { "decline" } else { "accept" }).await
    }

    fn is_far_from_stand(&self, delivery: &Delivery) -> bool {
        let distance_m = self.stand.zip(delivery.pick_up.place).map(|(stand, place)| stand.distance_m(place));
        distance_m.is_some_and(|metres| metres > STAND_REACH_M)
    }

    /// Rides to the restaurant and picks up what is ready, or what was announced and is long overdue. They say then where they are.
    async fn pick_up(&mut self, delivery: &Delivery) -> Result<(), ApiError> {
        let to_pick_up = delivery.pick_up.place.map_or(0, |place| self.place.distance_m(place));
        let way = match self.habits.ways {
            Ways::Ridden => self.ride(to_pick_up),
            Ways::Shown { fetch_s, .. } => self.pace.takes_s(fetch_s),
        };
        let Self { pace, habits, plans, .. } = self;
        if !plans.is_time(&delivery.id, "fetch", || way) {
            return Ok(());
        }
        let mut is_time = |what, takes_s| plans.is_time(&delivery.id, what, || pace.takes_s(takes_s));
        let picks_up = match delivery.order_status.as_str() {
            "ready" => is_time("load", habits.loading_s),
            "accepted" => habits.at_the_counter_s.is_some_and(|takes_s| is_time("wait", takes_s)),
            _ => false,
        };
        if !picks_up {
            return Ok(());
        }
        self.post(delivery, "pick-up").await?;
        self.place = delivery.pick_up.place.unwrap_or(self.place);
        let path = format!("/v1/couriers/{}/location", self.client.user_id);
        self.client.put(&path, &json!({ "place": self.place })).await
    }

    /// Rides to the customer and hands over. They are there then, which the platform knows too.
    async fn complete(&mut self, delivery: &Delivery) -> Result<(), ApiError> {
        let way = match self.habits.ways {
            Ways::Ridden => self.ride(delivery.distance_m),
            Ways::Shown { bring_s, .. } => self.pace.takes_s(bring_s),
        };
        if !self.plans.is_time(&delivery.id, "bring", || way) {
            return Ok(());
        }
        self.post(delivery, "complete").await?;
        self.place = delivery.deliver_to.as_ref().and_then(|end| end.place).unwrap_or(self.place);
        Ok(())
    }

    async fn post(&mut self, delivery: &Delivery, action: &str) -> Result<(), ApiError> {
        self.client.post::<Value>(&format!("/v1/deliveries/{}/{action}", delivery.id), &json!({})).await.map(drop)
    }

    /// How long so many metres take.
    fn ride(&self, metres: u32) -> Duration {
        let life_s = metres / metres_per_s(self.vehicle);
        self.pace.shortened(Duration::from_secs(u64::from(life_s))).min(Duration::from_secs(u64::from(LONGEST_WAY_S)))
    }
}

/// As the crow flies, through a city.
const fn metres_per_s(vehicle: Vehicle) -> u32 {
    match vehicle {
        Vehicle::Foot => 1,
        Vehicle::Bicycle => 4,
        Vehicle::Scooter => 6,
        Vehicle::Car => 5,
    }
}

impl Actor for Courier {
    async fn act(&mut self) -> Result<Duration, ApiError> {
        let open = self.open_deliveries().await?;
        match self.stand {
            Some(stand) => self.keep_stand(stand, open.is_empty()).await?,
            None if self.online => {}
            None => self.come_online().await?,
        }
        self.online = true;
        self.plans.keep(open.iter().map(|delivery| delivery.id.as_str()));
        for delivery in &open {
            match self.do_next(delivery).await {
                Err(error) if error.is_bad_luck() => tracing::debug!(%error, "a courier was too late"),
                outcome => outcome?,
            }
        }
        Ok(if open.is_empty() { self.habits.idle } else { self.habits.busy })
    }

    fn step_aside(&mut self) {
        self.online = false;
        self.plans = Plans::default();
    }

    async fn leave(&mut self) -> Result<(), ApiError> {
        if self.online { self.say(&json!({ "online": false })).await } else { Ok(()) }
    }
}
