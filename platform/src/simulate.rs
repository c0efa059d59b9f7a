//! Simulators: people of the city who order, cook and deliver all day, as plain clients of the public API.
//!
//! What they may do they read from `allowed_actions`, as a page does. `speed` shortens their waiting and nothing else; the
//! platform's own deadlines stay as they are.

mod actor;
mod api;
mod basket;
mod couriers;
mod customers;
mod pace;
mod plans;
mod restaurants;
mod theatre;
mod which;

use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use futures::future::{BoxFuture, join, join_all};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::{
    city::{self, Cast, DemoAccount, Part},
    theatre::{Played, Theatre},
};
use actor::Actor;
use api::Client;
use client::Http;
use pace::Pace;

pub use which::{Simulate, UnknownSimulator};

/// How long a simulator waits after a first failure; doubled after each further one.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);
/// The longest wait after a failure.
const LAST_BACKOFF: Duration = Duration::from_secs(30);
/// How long somebody may take to leave.
const LEAVING: Duration = Duration::from_secs(3);

/// Plays these accounts of the city, as far as `which` says, until `stop` holds true or its sender is gone.
pub async fn run(
    base_url: String,
    accounts: Vec<DemoAccount>,
    which: Simulate,
    speed: f64,
    seed: u64,
    stop: watch::Receiver<bool>,
) {
    let http = Http::new();
    let turn = Arc::new(Semaphore::new(1));
    let mut rng = Rng::with_seed(seed);
    let mut lives: Vec<BoxFuture<'static, ()>> = Vec::new();
    for account in accounts {
        let client = Client::new(http.clone(), base_url.clone(), &account, city::PASSWORD, turn.clone());
        let pace = Pace::new(speed, rng.fork());
        let stop = stop.clone();
        match account.part {
            Part::Customer { home } if which.customers => {
                lives.push(Box::pin(live("customer", customers::Customer::new(client, pace, home), stop)));
            }
            Part::Merchant { restaurants } if which.restaurants => {
                lives.push(Box::pin(live(
                    "restaurant",
                    restaurants::Merchant::new(client, pace, restaurants::CITY, restaurants),
                    stop,
                )));
            }
            Part::Courier { vehicle, place } if which.couriers => {
                let courier = couriers::Courier::new(client, pace, couriers::CITY, vehicle, place, account.phone);
                lives.push(Box::pin(live("courier", courier, stop)));
            }
            Part::Customer { .. } | Part::Merchant { .. } | Part::Courier { .. } | Part::Admin => {}
        }
    }
    join_all(lives).await;
}

/// Plays the theatre's owner and courier, each while their switch is on, until `stop` holds true. Spectators want to see
/// every step and not to wait: `speed` is 1 unless nobody watches.
pub async fn play_theatre(base_url: String, theatre: Arc<Theatre>, speed: f64, seed: u64, stop: watch::Receiver<bool>) {
    let http = Http::new();
    let turn = Arc::new(Semaphore::new(1));
    let mut rng = Rng::with_seed(seed);
    let mut part = |account: &DemoAccount| {
        let client = Client::new(http.clone(), base_url.clone(), account, city::PASSWORD, turn.clone());
        (client, Pace::new(speed, rng.fork()))
    };
    let Cast { merchant, courier, vehicle, .. } = &theatre.cast;
    let (client, pace) = part(merchant);
    let habits = theatre::owner(&pace);
    let owner = restaurants::Merchant::new(client, pace, habits, vec![theatre.cast.restaurant().id]);
    let (client, pace) = part(courier);
    let habits = theatre::courier(&pace);
    let stand = theatre.cast.stand();
    let phone = courier.phone.clone();
    let rider = couriers::Courier::new(client, pace, habits, *vehicle, stand, phone).with_stand();
    let owner = theatre::WhileOn::new(theatre.clone(), Played::Merchant, owner);
    let rider = theatre::WhileOn::new(theatre.clone(), Played::Courier, rider);
    join(live("restaurant", owner, stop.clone()), live("courier", rider, stop)).await;
}

/// Lets somebody act until it is time to stop; failures are logged and retried with backoff.
async fn live<A: Actor>(simulator: &'static str, mut actor: A, mut stop: watch::Receiver<bool>) {
    let mut backoff = FIRST_BACKOFF;
    loop {
        let outcome = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            outcome = actor.act() => outcome,
        };
        let idle = match outcome {
            Ok(idle) => {
                backoff = FIRST_BACKOFF;
                idle
            }
            Err(error) => {
                let wait = backoff;
                backoff = (backoff * 2).min(LAST_BACKOFF);
                tracing::warn!(simulator, %error, wait_s = wait.as_secs(), "a simulator failed, and tries again");
                wait
            }
        };
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            () = tokio::time::sleep(idle) => {}
        }
    }
    match timeout(LEAVING, actor.leave()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(simulator, %error, "a simulator could not leave in good order"),
        Err(_) => tracing::warn!(simulator, "a simulator took too long to leave"),
    }
}

#[cfg(test)]
mod tests {
    use super::{api::ApiError, *};

    /// Fails the first time, and records everything.
    struct Somebody(watch::Sender<Vec<&'static str>>);

    impl Somebody {
        fn record(&self, what: &'static str) {
            self.0.send_modify(|recorded| recorded.push(what));
        }
    }

    impl Actor for Somebody {
        async fn act(&mut self) -> Result<Duration, ApiError> {
            let first = self.0.borrow().is_empty();
            self.record("acts");
            let status = 503;
            let code = "unavailable".to_owned();
            let method = http::Method::GET;
            let path = "/thing".to_owned();
            if first { Err(ApiError::Refused { status, code, method, path }) } else { Ok(Duration::from_hours(1)) }
        }

        async fn leave(&mut self) -> Result<(), ApiError> {
            self.record("leaves");
            Ok(())
        }
    }

    #[tokio::test]
    async fn somebody_tries_again_after_a_failure_and_leaves_when_stopped() {
        let (record, mut recorded) = watch::channel(Vec::new());
        let (stop, stopping) = watch::channel(false);
        let life = tokio::spawn(live("somebody", Somebody(record), stopping));
        recorded.wait_for(|recorded| recorded.len() == 2).await.unwrap();
        stop.send_replace(true);
        life.await.unwrap();
        assert_eq!(*recorded.borrow(), ["acts", "acts", "leaves"]);
    }

    #[tokio::test]
    async fn nobody_is_played_where_nobody_is_asked_for() {
        let (_stop, stopping) = watch::channel(false);
        let accounts = city::city().accounts();
        timeout(LEAVING, run("http://127.0.0.1:9".to_owned(), accounts, Simulate::NONE, 1.0, 1, stopping))
            .await
            .unwrap();
    }
}
