//! Each step on a delivery's way: what it becomes, or why it does not. Pure.

use app::Projected;
use domain::{Timestamp, UserId};

use crate::{
    Action, Asked, Courier, Delivery, IllegalTransition, Offer, OrderProgress, Outcome, Proof, Rules, State,
    Unassigned, delivery::SOON_S, refusal::Refusal,
};

/// The reason of a delivery that failed because nobody took it on.
const NO_COURIER: &str = "no_courier";
/// The reason of a delivery that failed because its order ended after the pick-up.
const ORDER_ENDED: &str = "order_ended";

impl Delivery {
    /// The courier is asked. An offer ends with the search at the latest.
    pub(crate) fn offered(
        &self,
        courier: &Courier,
        to_pick_up_m: u32,
        now: Timestamp,
        rules: &Rules,
    ) -> Result<Self, Refusal> {
        let state = self.state.after(Action::Offer)?;
        let expires_at = now.plus_seconds(rules.offer_s).min(self.gives_up_at());
        let offer = Offer { courier_id: courier.id, expires_at, to_pick_up_m };
        let earning = rules.earning(self.distance_m, self.tip)?;
        let offered = Self { state, offer: Some(offer), earning: Some(earning), ..self.clone() };
        Ok(offered.with_outcome(courier, Outcome::Open))
    }

    /// The courier answers; refused where there is nothing for them to answer (any more).
    pub(crate) fn answered(&self, courier: UserId, action: Action, now: Timestamp) -> Result<Offer, Refusal> {
        match self.offer.filter(|_| self.is_open_to(courier, now)) {
            Some(offer) => Ok(offer),
            None if self.is_brought_by(courier) => Err(IllegalTransition { from: self.state, action }.into()),
            None => Err(Refusal::OfferExpired),
        }
    }

    /// The courier asked will deliver.
    pub(crate) fn accepted(&self, courier: &Courier, now: Timestamp) -> Result<Self, Refusal> {
        let offer = self.answered(courier.id, Action::Accept, now)?;
        let accepted = Self {
            state: self.state.after(Action::Accept)?,
            offer: None,
            courier: Some(courier.card()),
            to_pick_up_m: Some(offer.to_pick_up_m),
            assigned_at: Some(now),
            ..self.clone()
        };
        Ok(accepted.with_outcome(courier, Outcome::Accepted))
    }

    /// The courier asked will not deliver: they said so, or did not answer in time. Another is looked for.
    pub(crate) fn turned_down(&self, courier: &Courier, action: Action, now: Timestamp) -> Result<Self, Refusal> {
        let state = self.state.after(action)?;
        let outcome = if action == Action::Expire { Outcome::Expired } else { Outcome::Declined };
        let searching =
            Self { state, offer: None, earning: None, look_again_at: now.plus_seconds(SOON_S), ..self.clone() };
        Ok(searching.with_outcome(courier, outcome))
    }

    /// The courier assigned does not deliver after all. Another is looked for, for as long as the first was.
    pub(crate) fn released(&self, courier: &Courier, now: Timestamp, rules: &Rules) -> Result<Self, Refusal> {
        let searching = Self {
            state: self.state.after(Action::Release)?,
            search_until: now.plus_seconds(rules.search_s),
            look_again_at: now.plus_seconds(SOON_S),
            unassigned: Some(Unassigned { courier_id: courier.id, at: now }),
            courier: None,
            to_pick_up_m: None,
            earning: None,
            assigned_at: None,
            ..self.clone()
        };
        Ok(searching.with_outcome(courier, Outcome::Released))
    }

    /// Nobody was found just now; it is looked at again later.
    pub(crate) fn looked_for(&self, now: Timestamp, rules: &Rules) -> Self {
        Self { look_again_at: now.plus_seconds(rules.retry_s), ..self.clone() }
    }

    /// The courier takes the food.
    pub(crate) fn taken(&self, now: Timestamp) -> Result<Self, Refusal> {
        let state = self.state.after(Action::PickUp)?;
        if !self.progress.status.lets_pick_up() {
            return Err(Refusal::OrderNotAccepted);
        }
        Ok(Self { state, picked_up_at: Some(now), ..self.clone() })
    }

    /// The courier hands the food over.
    pub(crate) fn completed(&self, proof: Option<Proof>, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self { state: self.state.after(Action::Complete)?, proof, ended_at: Some(now), ..self.clone() })
    }

    /// No courier was found in time.
    pub(crate) fn given_up(&self, now: Timestamp) -> Result<Self, Refusal> {
        let state = self.state.after(Action::GiveUp)?;
        Ok(Self { state, reason: Some(NO_COURIER.to_owned()), ..self.withdrawn(now) })
    }

    /// More is known of the order.
    pub(crate) fn with_progress(&self, progress: Projected<OrderProgress>) -> Self {
        Self { progress: self.progress.then(progress), ..self.clone() }
    }

    /// The order ended without a delivery. A courier who has picked up keeps the earning, unless the drop-off is overdue.
    pub(crate) fn stood_down(&self, now: Timestamp) -> Result<Self, Refusal> {
        let state = self.state.after(Action::EndOrder)?;
        if state == State::Failed {
            let earning = self.earning.filter(|_| !self.progress.drop_off_overdue);
            return Ok(Self {
                state,
                earning,
                reason: Some(ORDER_ENDED.to_owned()),
                ended_at: Some(now),
                ..self.clone()
            });
        }
        Ok(Self { state, ..self.withdrawn(now) })
    }

    /// Ended before the pick-up: nobody is asked any more, and nobody earns anything.
    fn withdrawn(&self, now: Timestamp) -> Self {
        let mut ended = Self { offer: None, earning: None, ended_at: Some(now), ..self.clone() };
        for asked in ended.asked.iter_mut().filter(|asked| asked.outcome == Outcome::Open) {
            asked.outcome = Outcome::Withdrawn;
        }
        ended
    }

    fn with_outcome(mut self, courier: &Courier, outcome: Outcome) -> Self {
        self.asked.retain(|asked| asked.courier_id != courier.id);
        self.asked.push(Asked { courier_id: courier.id, session: courier.session, outcome });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        OrderStatus,
        sample::{courier, delivery, now, progress, rules},
    };

    fn offered_to(number: u16) -> Delivery {
        delivery(1).offered(&courier(number), 700, now(), &rules()).unwrap()
    }

    fn at(sequence: u64, value: OrderProgress) -> Projected<OrderProgress> {
        Projected { value, sequence }
    }

    #[test]
    fn an_offer_stands_thirty_seconds_and_ends_with_the_search_at_the_latest() {
        let rules = rules();
        let offer = offered_to(1).offer.unwrap();
        assert_eq!(now().seconds_until(offer.expires_at), 30);
        assert!(offer.is_open(offer.expires_at.plus_seconds(-1)) && !offer.is_open(offer.expires_at));
        let late = delivery(1).gives_up_at().plus_seconds(-10);
        let last = delivery(1).offered(&courier(1), 700, late, &rules).unwrap();
        assert_eq!(last.due(), Some(delivery(1).gives_up_at()));
        assert_eq!(last.offer.unwrap().expires_at, delivery(1).gives_up_at());
    }

    #[test]
    fn the_search_lasts_until_the_food_is_ready() {
        let made = delivery(1);
        assert_eq!(made.made_at.seconds_until(made.gives_up_at()), 20 * 60);
        let ready_by = Some(made.gives_up_at().plus_minutes(7));
        let late = made.with_progress(at(3, OrderProgress { ready_by, ..*progress(3, OrderStatus::Accepted) }));
        assert_eq!(Some(late.gives_up_at()), ready_by);
        let early = at(3, OrderProgress { ready_by: Some(made.made_at), ..*progress(3, OrderStatus::Accepted) });
        assert_eq!(made.with_progress(early).gives_up_at(), made.gives_up_at());
    }

    #[test]
    fn who_turned_it_down_is_passed_over_until_they_are_online_anew() {
        for action in [Action::Decline, Action::Expire] {
            let first = courier(1);
            let open = offered_to(1);
            assert!(!open.passes_over(&first), "an open offer rules nobody out");
            let again = open.turned_down(&first, action, now()).unwrap();
            assert_eq!(again.state, State::Searching);
            assert_eq!(again.offer, None);
            assert_eq!(again.earning, None);
            assert!(again.passes_over(&first) && !again.passes_over(&courier(2)));
            assert!(!again.passes_over(&first.went_online(None, now())));
        }
    }

    #[test]
    fn everybody_is_remembered_once() {
        let rules = rules();
        let declined = offered_to(1).turned_down(&courier(1), Action::Decline, now()).unwrap();
        let fresh = courier(1).went_online(None, now());
        let again = declined.offered(&fresh, 700, now(), &rules).unwrap();
        assert_eq!(again.asked.len(), 1);
        assert_eq!(again.asked[0].session, fresh.session);
        assert_eq!(again.asked[0].outcome, Outcome::Open);
    }

    #[test]
    fn only_the_courier_whom_it_is_open_to_may_answer() {
        let open = offered_to(1);
        let now = now();
        assert!(open.accepted(&courier(1), now).is_ok());
        assert!(matches!(open.accepted(&courier(2), now), Err(Refusal::OfferExpired)));
        let expiry = open.offer.unwrap().expires_at;
        assert!(matches!(open.accepted(&courier(1), expiry), Err(Refusal::OfferExpired)));
        let assigned = open.accepted(&courier(1), now).unwrap();
        let Err(Refusal::Transition(refused)) = assigned.accepted(&courier(1), now) else { panic!() };
        assert_eq!(refused.from, State::Assigned);
        assert_eq!(refused.action, Action::Accept);
    }

    #[test]
    fn food_is_picked_up_once_the_restaurant_took_the_order_on() {
        let now = now();
        let assigned = offered_to(1).accepted(&courier(1), now).unwrap();
        assert!(matches!(assigned.taken(now), Err(Refusal::OrderNotAccepted)));
        for status in [OrderStatus::Accepted, OrderStatus::Ready] {
            let taken = assigned.with_progress(progress(3, status)).taken(now).unwrap();
            assert_eq!(taken.state, State::PickedUp);
            assert_eq!(taken.picked_up_at, Some(now));
        }
        assert!(matches!(offered_to(1).taken(now), Err(Refusal::Transition(_))), "the state comes first");
    }

    #[test]
    fn one_that_is_released_is_as_if_nobody_had_taken_it_on() {
        let later = now().plus_minutes(7);
        let assigned = offered_to(1).accepted(&courier(1), now()).unwrap();
        let released = assigned.released(&courier(1), later, &rules()).unwrap();
        let expected = Delivery {
            search_until: later.plus_minutes(20),
            look_again_at: later.plus_seconds(SOON_S),
            asked: vec![Asked { courier_id: courier(1).id, session: courier(1).session, outcome: Outcome::Released }],
            unassigned: Some(Unassigned { courier_id: courier(1).id, at: later }),
            ..delivery(1)
        };
        assert_eq!(released, expected);
        assert!(released.passes_over(&courier(1)) && !released.passes_over(&courier(1).went_online(None, later)));
        let taken = assigned.with_progress(progress(3, OrderStatus::Ready)).taken(now()).unwrap();
        for other in [delivery(1), offered_to(1), taken] {
            assert!(matches!(other.released(&courier(1), later, &rules()), Err(Refusal::Transition(_))));
        }
    }

    #[test]
    fn an_end_keeps_the_earning_only_of_a_courier_who_has_picked_up() {
        let now = now();
        let assigned = offered_to(1).accepted(&courier(1), now).unwrap();
        let on_the_way = assigned.with_progress(progress(3, OrderStatus::Ready)).taken(now).unwrap();
        let failed = on_the_way.stood_down(now).unwrap();
        assert_eq!(failed.state, State::Failed);
        assert_eq!(failed.reason.as_deref(), Some("order_ended"));
        assert!(failed.earning.is_some() && failed.earning == on_the_way.earning);
        let too_long = at(5, OrderProgress { drop_off_overdue: true, ..*progress(5, OrderStatus::Undeliverable) });
        assert_eq!(on_the_way.with_progress(too_long).stood_down(now).unwrap().earning, None, "not brought in time");
        for before in [delivery(1), offered_to(1), assigned] {
            let cancelled = before.stood_down(now).unwrap();
            assert_eq!(cancelled.state, State::Cancelled);
            assert_eq!(cancelled.earning, None);
            assert_eq!(cancelled.offer, None);
            assert_eq!(cancelled.ended_at, Some(now));
            assert_eq!(cancelled.due(), None);
        }
    }
}
