//! Couriers: online at a place in the city, they take what is offered, fetch it when it is ready and bring it.

use std::time::Duration;

use domain::{Phone, Place, Vehicle};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Actor, ApiError, Client, Pace, client::Page, plans::Plans};

/// How long an answer to an offer takes, in seconds of life; an offer stands for thirty.
const ANSWER_S: (u32, u32) = (3, 12);
/// One offer in so many is declined.
const DECLINED_ONE_IN: u32 = 20;
/// How long a courier waits at the counter for what is accepted and not ready, in seconds of life.
const AT_THE_COUNTER_S: (u32, u32) = (900, 1200);
/// How long a way takes at most, in seconds of life.
const LONGEST_WAY_S: u32 = 2400;
/// How long until the next look, where there is something to do.
const BUSY: Duration = Duration::from_secs(2);
/// How long where there is nothing.
const IDLE: Duration = Duration::from_secs(4);
/// How many of a courier's deliveries are looked at, more than can be open.
const LATEST: usize = 20;

/// A courier.
pub(super) struct Courier {
    client: Client,
    pace: Pace,
    vehicle: Vehicle,
    phone: Phone,
    place: Place,
    online: bool,
    plans: Plans,
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
    /// Somebody who rides that and begins there.
    pub(super) fn new(client: Client, pace: Pace, vehicle: Vehicle, place: Place, phone: Phone) -> Self {
        Self { client, pace, vehicle, phone, place, online: false, plans: Plans::default() }
    }

    async fn go_online(&mut self) -> Result<(), ApiError> {
        let path = format!("/v1/couriers/{}", self.client.user_id);
        self.client.put(&path, &json!({ "vehicle": self.vehicle, "phone": self.phone })).await?;
        self.say_where(true).await?;
        self.online = true;
        Ok(())
    }

    async fn say_where(&mut self, online: bool) -> Result<(), ApiError> {
        let path = format!("/v1/couriers/{}/availability", self.client.user_id);
        let said = if online { json!({ "online": true, "place": self.place }) } else { json!({ "online": false }) };
        self.client.put(&path, &said).await
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
        let Self { pace, plans, .. } = self;
        if !plans.is_time(&delivery.id, "answer", || pace.takes_s(ANSWER_S.0, ANSWER_S.1)) {
            return Ok(());
        }
        let declines = delivery.allows("decline") && pace.chance.one_in(DECLINED_ONE_IN);
        self.post(delivery, if declines { "decline" } else { "accept" }).await
    }

    /// Rides to the restaurant and picks up what is ready, or what was announced and is long overdue.
    async fn pick_up(&mut self, delivery: &Delivery) -> Result<(), ApiError> {
        let to_pick_up = delivery.pick_up.place.map_or(0, |place| self.place.distance_m(place));
        let way = self.way(to_pick_up);
        let Self { pace, plans, .. } = self;
        if !plans.is_time(&delivery.id, "fetch", || way) {
            return Ok(());
        }
        let mut impatient =
            || plans.is_time(&delivery.id, "wait", || pace.takes_s(AT_THE_COUNTER_S.0, AT_THE_COUNTER_S.1));
        match delivery.order_status.as_str() {
            "ready" => {}
            "accepted" if impatient() => {}
            _ => return Ok(()),
        }
        self.post(delivery, "pick-up").await?;
        self.place = delivery.pick_up.place.unwrap_or(self.place);
        Ok(())
    }

    /// Rides to the customer, hands over, and is there, which the platform knows, for the next.
    async fn complete(&mut self, delivery: &Delivery) -> Result<(), ApiError> {
        let way = self.way(delivery.distance_m);
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
    fn way(&self, metres: u32) -> Duration {
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
        if !self.online {
            self.go_online().await?;
        }
        let latest: Page<Delivery> = self.client.get(&format!("/v1/deliveries?limit={LATEST}")).await?;
        let open: Vec<Delivery> = latest.items.into_iter().filter(|it| !it.allowed_actions.is_empty()).collect();
        self.plans.keep(open.iter().map(|delivery| delivery.id.as_str()));
        for delivery in &open {
            match self.do_next(delivery).await {
                Err(error) if error.is_bad_luck() => tracing::debug!(%error, "a courier was too late"),
                outcome => outcome?,
            }
        }
        Ok(if open.is_empty() { IDLE } else { BUSY })
    }

    async fn leave(&mut self) -> Result<(), ApiError> {
        if self.online { self.say_where(false).await } else { Ok(()) }
    }
}
