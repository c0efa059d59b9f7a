//! A courier: where they stand, whether they are free, and what they have to do. Pure.

use app::{Policy, User};
use domain::{Cell, CourierCard, DeliveryId, Name, Phone, Place, Resolution, Timestamp, UserId, Vehicle};
use serde::{Deserialize, Serialize};

use crate::{position::Position, refusal::Refusal};

/// The most deliveries a courier has to do at once.
pub const MAX_ACTIVE: usize = 2;

/// A courier, as they are stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Courier {
    pub id: UserId,
    /// The name of their account.
    pub name: Name,
    pub vehicle: Vehicle,
    pub phone: Option<Phone>,
    /// Whether they take offers.
    pub online: bool,
    /// Where they are found while they are free. They may have reported a newer [`Position`] since, within the same cell or
    /// while they were not free.
    pub place: Option<Place>,
    /// When they were there.
    pub located_at: Option<Timestamp>,
    /// Counts their times online: a courier who turned an offer down is not asked again within the same one.
    pub session: u64,
    /// Since when they are online without anything to do.
    pub idle_since: Option<Timestamp>,
    /// The delivery they are asked to take, until they answer.
    pub open_offer: Option<DeliveryId>,
    /// What they have to do, oldest first.
    pub active: Vec<DeliveryId>,
    /// How many offers they took.
    pub accepted: u32,
    /// How many they declined, or let run out.
    pub turned_down: u32,
}

impl Courier {
    /// A new courier, offline.
    pub fn new(id: UserId, name: Name, vehicle: Vehicle, phone: Option<Phone>) -> Self {
        Self {
            id,
            name,
            vehicle,
            phone,
            online: false,
            place: None,
            located_at: None,
            session: 0,
            idle_since: None,
            open_offer: None,
            active: Vec::new(),
            accepted: 0,
            turned_down: 0,
        }
    }

    /// What others may know of them, as facts publish it.
    pub fn card(&self) -> CourierCard {
        CourierCard { id: self.id, name: self.name.clone(), vehicle: self.vehicle }
    }

    /// Whether they may be asked, as far as they are concerned.
    pub const fn is_free(&self) -> bool {
        self.online && self.place.is_some() && self.open_offer.is_none() && self.active.len() < MAX_ACTIVE
    }

    /// The cell they are listed in while they are free.
    pub(crate) fn listed_in(&self) -> Option<Cell> {
        self.place.filter(|_| self.is_free()).map(|place| place.cell(Resolution::Couriers))
    }

    /// The same courier where they were last known to be: here, or where they reported a newer position.
    #[must_use]
    pub(crate) fn at_newest(&self, position: Option<&Position>) -> Self {
        let courier = self.clone();
        match position.filter(|position| self.located_at.is_none_or(|at| at < position.at)) {
            Some(position) => courier.at(Some(position.place), position.at),
            None => courier,
        }
    }

    /// They begin a time online, perhaps at a place.
    #[must_use]
    pub fn went_online(&self, place: Option<Place>, now: Timestamp) -> Self {
        Self { online: true, session: self.session + 1, ..self.clone() }.at(place, now).resting(now)
    }

    /// They take no offers any more; what they have to do stays theirs.
    #[must_use]
    pub fn went_offline(&self, place: Option<Place>, now: Timestamp) -> Self {
        Self { online: false, ..self.clone() }.at(place, now).resting(now)
    }

    /// They are asked.
    pub(crate) fn asked(&self, delivery: DeliveryId) -> Result<Self, Refusal> {
        if !self.is_free() {
            return Err(Refusal::Disagreement("the courier asked is not free"));
        }
        Ok(Self { open_offer: Some(delivery), ..self.clone() })
    }

    /// They said yes.
    pub(crate) fn took(&self, delivery: DeliveryId, now: Timestamp) -> Result<Self, Refusal> {
        let mut courier = self.no_longer_asked(delivery)?;
        if courier.active.len() >= MAX_ACTIVE || courier.active.contains(&delivery) {
            return Err(Refusal::Disagreement("the courier has too much to do"));
        }
        courier.active.push(delivery);
        courier.accepted = courier.accepted.saturating_add(1);
        Ok(courier.resting(now))
    }

    /// They said no, or did not answer in time.
    pub(crate) fn passed(&self, delivery: DeliveryId) -> Result<Self, Refusal> {
        let courier = self.no_longer_asked(delivery)?;
        Ok(Self { turned_down: courier.turned_down.saturating_add(1), ..courier })
    }

    /// The offer was taken back.
    pub(crate) fn no_longer_asked(&self, delivery: DeliveryId) -> Result<Self, Refusal> {
        if self.open_offer != Some(delivery) {
            return Err(Refusal::Disagreement("the courier was not asked"));
        }
        Ok(Self { open_offer: None, ..self.clone() })
    }

    /// They have one thing less to do, and are now there, where that is known.
    pub(crate) fn done_with(
        &self,
        delivery: DeliveryId,
        place: Option<Place>,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if !self.active.contains(&delivery) {
            return Err(Refusal::Disagreement("the courier does not deliver it"));
        }
        let mut courier = self.clone();
        courier.active.retain(|active| *active != delivery);
        Ok(courier.at(place, now).resting(now))
    }

    fn at(self, place: Option<Place>, now: Timestamp) -> Self {
        if place.is_none() { self } else { Self { place, located_at: Some(now), ..self } }
    }

    /// Idle time goes on where they were idle before, and begins where they just became so.
    fn resting(self, now: Timestamp) -> Self {
        let idle = self.online && self.active.is_empty();
        Self { idle_since: idle.then(|| self.idle_since.unwrap_or(now)), ..self }
    }
}

/// What a caller wants of a courier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CourierAction {
    /// To see them.
    Read,
    /// To change their profile or availability.
    Change,
}

impl Policy for Courier {
    type Purpose = CourierAction;

    fn permits(&self, user: &User, action: CourierAction) -> bool {
        user.is(self.id) || (action == CourierAction::Read && user.is_admin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{courier, delivery_id, now, pick_up};

    #[test]
    fn free_is_online_somewhere_unasked_and_with_less_than_two_to_do() {
        let now = now();
        let free = courier(1);
        assert!(free.is_free());
        assert!(!free.went_offline(None, now).is_free());
        assert!(!Courier { place: None, ..free.clone() }.is_free());
        let asked = free.asked(delivery_id(1)).unwrap();
        assert!(!asked.is_free());
        let one = asked.took(delivery_id(1), now).unwrap();
        assert!(one.is_free());
        let two = one.asked(delivery_id(2)).unwrap().took(delivery_id(2), now).unwrap();
        assert_eq!(two.active.len(), MAX_ACTIVE);
        assert!(!two.is_free());
        assert!(two.done_with(delivery_id(1), None, now).unwrap().is_free());
    }

    #[test]
    fn what_contradicts_is_refused() {
        let now = now();
        let asked = courier(1).asked(delivery_id(1)).unwrap();
        assert!(asked.asked(delivery_id(2)).is_err(), "one offer at a time");
        assert!(asked.took(delivery_id(2), now).is_err() && asked.passed(delivery_id(2)).is_err());
        let full = Courier { active: vec![delivery_id(2), delivery_id(3)], ..asked };
        assert!(full.took(delivery_id(1), now).is_err(), "never three to do");
        assert!(full.done_with(delivery_id(1), None, now).is_err());
    }

    #[test]
    fn idle_time_runs_from_coming_online_or_from_the_last_handover() {
        let now = now();
        let later = now.plus_minutes(5);
        let fresh = Courier::new(courier(1).id, courier(1).name, Vehicle::Foot, None).went_online(Some(pick_up()), now);
        assert_eq!(fresh.idle_since, Some(now));
        assert_eq!(fresh.went_online(None, later).idle_since, Some(now), "saying so again does not begin it anew");
        assert_eq!(fresh.went_offline(None, later).went_online(None, later).idle_since, Some(later));
        let busy = fresh.asked(delivery_id(1)).unwrap().took(delivery_id(1), later).unwrap();
        assert_eq!(busy.idle_since, None);
        assert_eq!(busy.went_online(None, later).idle_since, None);
        assert_eq!(busy.done_with(delivery_id(1), None, later).unwrap().idle_since, Some(later));
    }

    #[test]
    fn each_time_online_is_a_new_session_and_the_last_place_stays() {
        let now = now();
        let first = courier(1);
        let again = first.went_online(None, now.plus_minutes(1));
        assert_eq!(again.session, first.session + 1);
        assert_eq!(again.place, first.place);
        assert_eq!(again.located_at, first.located_at);
        assert_eq!(again.went_offline(None, now).session, again.session);
    }

    #[test]
    fn answers_are_counted() {
        let now = now();
        let asked = |courier: &Courier| courier.asked(delivery_id(1)).unwrap();
        let first = courier(1);
        let declined = asked(&first).passed(delivery_id(1)).unwrap();
        let took = asked(&declined).took(delivery_id(1), now).unwrap();
        assert_eq!(took.accepted, 1);
        assert_eq!(took.turned_down, 1);
        assert_eq!(
            asked(&first).no_longer_asked(delivery_id(1)).unwrap(),
            first,
            "a withdrawn offer counts for nothing"
        );
    }
}
