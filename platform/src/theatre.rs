//! The theatre while the process runs: its own restaurant and people, which of them simulators play, and its ticker.

mod switches;
mod ticker;

use std::sync::Arc;

use app::{Clock, Key, Store, StoreError, Stored as _};
use deliveries::{Courier, DELIVERIES};

use crate::{
    city::{self, Cast},
    simulate::Simulate,
};

pub use switches::{Played, Plays, Switches, UNSEEN_S};
pub(crate) use ticker::listen;
pub use ticker::{KEPT, Ticker, TickerPage};

/// The theatre of a running process; the facts of its ticker are gone with it.
pub struct Theatre {
    /// Its restaurant and people.
    pub cast: Cast,
    /// Who the command line says is simulated in the city.
    pub simulated: Simulate,
    /// Which of its people simulators play.
    pub switches: Switches,
    /// The latest facts about orders.
    pub ticker: Ticker,
    restaurants: usize,
    couriers: Vec<Key>,
}

/// How much goes on in the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Its restaurants, the theatre's among them.
    pub restaurants: usize,
    /// Those of its couriers who take offers now, the theatre's among them.
    pub couriers_online: usize,
}

impl Theatre {
    /// The theatre of a process that simulates these.
    pub fn new(clock: Arc<dyn Clock>, simulated: Simulate) -> Self {
        let city = city::city();
        let cast = city::cast();
        let couriers: Vec<Courier> = city.couriers().chain(cast.courier.courier()).collect();
        let names = couriers.iter().map(|courier| (courier.id, courier.name.clone()));
        Self {
            ticker: Ticker::new(cast.restaurant().id, cast.merchant.id, names),
            switches: Switches::new(clock, simulated),
            simulated,
            restaurants: city.restaurant_count() + 1,
            couriers: couriers.iter().map(|courier| Courier::key(&courier.id)).collect(),
            cast,
        }
    }

    /// How much goes on. Restaurants and couriers that joined the city later don't count.
    pub async fn counts(&self, store: &dyn Store) -> Result<Counts, StoreError> {
        let found = store.get_many(DELIVERIES, &self.couriers).await?;
        let couriers: Vec<Courier> = found.iter().map(app::Item::read).collect::<Result<_, _>>()?;
        let couriers_online = couriers.iter().filter(|courier| courier.online).count();
        Ok(Counts { restaurants: self.restaurants, couriers_online })
    }
}
