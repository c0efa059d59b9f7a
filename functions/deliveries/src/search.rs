//! The search: a delivery that waits finds the best courier near, a courier who is free the best delivery near, within the
//! same plan that made them wait or free.

use std::collections::BTreeSet;

use app::{Context, Item, Key, Query, StoreError, Stored as _, Versioned};
use domain::{Cell, DeliveryId, Resolution, UserId, cells_within};
use futures::future::try_join_all;

use crate::{
    Courier, DELIVERIES, Delivery, State,
    couriers::free_in,
    deliveries::{Waiting, waiting_in},
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
        if let Some(found) = context.find::<Courier>(&id).await? {
            self.add_courier(found);
        }
        Ok(())
    }

    /// Reads a delivery and adds it to the plan. Not guarded: nothing of it is shown.
    pub(crate) async fn load_delivery(&mut self, context: &Context, id: DeliveryId) -> Result<(), Refusal> {
        if let Some(found) = context.find::<Delivery>(&id).await? {
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
            let hints = ring.into_iter().map(free_in);
            // Somebody on the move may be listed in two cells.
            let mut keys: BTreeSet<Key> = pages(context, hints).await?.into_iter().map(|item| item.key).collect();
            for known in self.couriers().chain(found.iter().map(|found| &found.value)) {
                keys.remove(&Courier::key(&known.id));
            }
            found.extend(context.find_at::<Courier>(&Vec::from_iter(keys)).await?.into_iter().flatten());
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
        let items = pages(context, near.into_iter().map(waiting_in)).await?;
        let mut keys = Vec::new();
        for item in items {
            let Waiting { delivery_id } = item.read()?;
            if self.delivery(delivery_id).is_err() {
                keys.push(Delivery::key(&delivery_id));
            }
        }
        let found: Vec<_> = context.find_at::<Delivery>(&keys).await?.into_iter().flatten().collect();
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
