//! The search: a delivery that waits finds the best courier near, a courier who is free the best delivery near, within the
//! same plan that made them wait or free.

use std::collections::BTreeSet;

use app::{Context, Item, Key, MAX_PAGE, Query, StoreError, Versioned};
use domain::{Cell, DeliveryId, Resolution, UserId, cells_within};
use futures::future::try_join_all;

use crate::{
    Courier, DELIVERIES, Delivery, FREE_COURIERS, State, StoredDelivery,
    couriers::{courier_key, free_partition},
    deliveries::{Waiting, delivery_key, delivery_of, waiting_partition},
    matching::{best_courier, best_delivery, may_offer},
    plan::Plan,
    refusal::Refusal,
};

/// With this many candidates, couriers farther out are not looked at.
const ENOUGH: usize = 5;

impl Plan {
    /// Offers every delivery of the plan that waits to the best courier near, then every courier of the plan who is free the
    /// delivery near that has waited longest. What is found this way becomes part of the plan.
    pub(crate) async fn match_up(&mut self, context: &Context) -> Result<(), Refusal> {
        let waiting: Vec<DeliveryId> = self
            .deliveries()
            .filter(|delivery| delivery.state == State::Searching)
            .map(|delivery| delivery.id)
            .collect();
        for id in waiting {
            if let Some(courier_id) = self.find_courier(context, id).await? {
                self.offer(id, courier_id)?;
            }
        }
        let free: Vec<UserId> = self.couriers().filter(|courier| courier.is_free()).map(|courier| courier.id).collect();
        for courier_id in free {
            if let Some(id) = self.find_delivery(context, courier_id).await? {
                self.offer(id, courier_id)?;
            }
        }
        Ok(())
    }

    /// Reads a courier and adds them to the plan. Not guarded: nothing of them is shown.
    pub(crate) async fn load_courier(&mut self, context: &Context, id: UserId) -> Result<(), Refusal> {
        if let Some(found) = context.get(DELIVERIES, &courier_key(id)).await? {
            self.add_courier(found);
        }
        Ok(())
    }

    /// Reads a delivery and adds it to the plan. Not guarded: nothing of it is shown.
    pub(crate) async fn load_delivery(&mut self, context: &Context, id: DeliveryId) -> Result<(), Refusal> {
        let found: Option<Versioned<StoredDelivery>> = context.get(DELIVERIES, &delivery_key(id)).await?;
        if let Some(found) = found.and_then(delivery_of) {
            self.add_delivery(found);
        }
        Ok(())
    }

    /// Walks outwards in rings around the pick-up, until there are enough to choose from or near has ended. Of each cell, a
    /// hundred free couriers are looked at.
    async fn find_courier(&mut self, context: &Context, id: DeliveryId) -> Result<Option<UserId>, Refusal> {
        let delivery = self.delivery(id)?.value.clone();
        let rules = *self.rules();
        let now = self.now();
        let place = delivery.pick_up.place;
        let near: BTreeSet<Cell> = cells_within(place, rules.near_m, Resolution::Couriers).into_iter().collect();
        let mut found: Vec<Versioned<Courier>> = Vec::new();
        let suits = |courier: &Courier| may_offer(&delivery, courier, now, &rules).is_some();
        let mut candidates = self.couriers().filter(|courier| suits(courier)).count();
        for step in 0.. {
            let ring: Vec<Cell> =
                place.cell(Resolution::Couriers).ring(step).into_iter().filter(|cell| near.contains(cell)).collect();
            if ring.is_empty() || candidates >= ENOUGH {
                break;
            }
            let hints = ring.into_iter().map(|cell| Query::index(FREE_COURIERS, free_partition(cell)));
            // Somebody on the move may be listed in two cells.
            let mut keys: BTreeSet<Key> = pages(context, hints).await?.into_iter().map(|item| item.key).collect();
            for known in self.couriers().chain(found.iter().map(|found| &found.value)) {
                keys.remove(&courier_key(known.id));
            }
            for item in get_all(context, &Vec::from_iter(keys)).await? {
                found.push(Versioned { value: item.read()?, version: item.version });
            }
            found.retain(|courier| suits(courier));
            candidates = found.len() + self.couriers().filter(|courier| suits(courier)).count();
        }
        let best = best_courier(&delivery, self.couriers().chain(found.iter().map(|found| &found.value)), now, &rules);
        found.into_iter().filter(|courier| Some(courier.id) == best).for_each(|courier| self.add_courier(courier));
        Ok(best)
    }

    /// Looks where deliveries wait near the courier. Of each cell, those of the hundred oldest orders are looked at.
    async fn find_delivery(&mut self, context: &Context, id: UserId) -> Result<Option<DeliveryId>, Refusal> {
        let courier = self.courier(id)?.value.clone();
        let rules = *self.rules();
        let now = self.now();
        let Some(place) = courier.place else { return Ok(None) };
        let near = cells_within(place, rules.near_m, Resolution::Restaurants);
        let items = pages(context, near.into_iter().map(|cell| Query::partition(waiting_partition(cell)))).await?;
        let mut keys = Vec::new();
        for item in items {
            let Waiting { delivery_id } = item.read()?;
            if self.delivery(delivery_id).is_err() {
                keys.push(delivery_key(delivery_id));
            }
        }
        let mut found: Vec<Versioned<Delivery>> = Vec::new();
        for item in get_all(context, &keys).await? {
            let stored: StoredDelivery = item.read()?;
            found.extend(delivery_of(Versioned { value: stored, version: item.version }));
        }
        let best =
            best_delivery(&courier, self.deliveries().chain(found.iter().map(|found| &found.value)), now, &rules);
        found.into_iter().filter(|delivery| Some(delivery.id) == best).for_each(|delivery| self.add_delivery(delivery));
        Ok(best)
    }
}

/// The first page of each query, read side by side.
async fn pages(context: &Context, queries: impl Iterator<Item = Query>) -> Result<Vec<Item>, StoreError> {
    let queries: Vec<Query> = queries.collect();
    let pages = try_join_all(queries.iter().map(|query| context.query(DELIVERIES, query))).await?;
    Ok(pages.into_iter().flat_map(|page| page.items).collect())
}

/// The items at these keys as they are now; what indexes say is a hint. Not guarded: nothing of it is shown to anybody.
async fn get_all(context: &Context, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
    let batches = try_join_all(keys.chunks(MAX_PAGE).map(|keys| context.store().get_many(DELIVERIES, keys))).await?;
    Ok(batches.into_iter().flatten().collect())
}
