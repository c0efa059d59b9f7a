//! A plan: the deliveries and couriers one decision is about, changed together in memory and saved as one unit of work.

use std::collections::BTreeMap;

use app::{Changes, Draft, Fact, Projected, Versioned};
use domain::{Actor, DeliveryId, DeliveryKind, Role, Timestamp, UserId};

use crate::{
    Action, Courier, CourierView, Delivery, OrderProgress, Proof, Rules, State, matching::may_offer,
    position::Position, refusal::Refusal,
};

/// What changes together. Each step makes one version of each thing it changes, and is either taken whole or refused.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    rules: Rules,
    now: Timestamp,
    deliveries: BTreeMap<DeliveryId, Draft<Delivery>>,
    couriers: BTreeMap<UserId, Draft<Courier>>,
    facts: Vec<Fact>,
}

impl Plan {
    /// A plan about nothing yet.
    pub(crate) const fn new(rules: Rules, now: Timestamp) -> Self {
        Self { rules, now, deliveries: BTreeMap::new(), couriers: BTreeMap::new(), facts: Vec::new() }
    }

    /// Adds a delivery, as it was read.
    pub(crate) fn add_delivery(&mut self, found: Versioned<Delivery>) {
        self.deliveries.entry(found.id).or_insert_with(|| Draft::of(found));
    }

    /// Adds a courier, as they were read.
    pub(crate) fn add_courier(&mut self, found: Versioned<Courier>) {
        self.couriers.entry(found.id).or_insert_with(|| Draft::of(found));
    }

    /// Adds a new courier.
    pub(crate) fn make_courier(&mut self, courier: Courier) {
        let id = courier.id;
        self.couriers.insert(id, Draft::new(&id, courier));
    }

    /// Adds a new delivery, where nothing or a placeholder of this version was read; those who are being erased get no pointer to
    /// it.
    pub(crate) fn make_delivery(&mut self, delivery: Delivery, placeholder: Option<u64>, erased: &[UserId]) {
        let id = delivery.id;
        let draft = Draft::replacing(&id, delivery, placeholder, self.now).without_pointers_of(erased);
        self.deliveries.insert(id, draft);
    }

    /// The settings and the time it decides by.
    pub(crate) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// When.
    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    /// A delivery it is about, as it is now.
    pub(crate) fn delivery(&self, id: DeliveryId) -> Result<&Draft<Delivery>, Refusal> {
        self.deliveries.get(&id).ok_or(Refusal::Disagreement("the delivery is not there"))
    }

    /// A courier it is about, as they are now.
    pub(crate) fn courier(&self, id: UserId) -> Result<&Draft<Courier>, Refusal> {
        self.couriers.get(&id).ok_or(Refusal::Disagreement("the courier is not there"))
    }

    /// The courier as they see themselves, who reported this position.
    pub(crate) fn courier_view(&self, id: UserId, position: Option<&Position>) -> Result<CourierView, Refusal> {
        let courier = self.courier(id)?;
        Ok(CourierView::of(courier.at_newest(position), courier.version()))
    }

    /// Every delivery it is about, as it is now.
    pub(crate) fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.values().map(|draft| &draft.value)
    }

    /// Every courier it is about, as they are now.
    pub(crate) fn couriers(&self) -> impl Iterator<Item = &Courier> {
        self.couriers.values().map(|draft| &draft.value)
    }

    /// The courier becomes this.
    pub(crate) fn change_courier(&mut self, courier: Courier) {
        if let Some(draft) = self.couriers.get_mut(&courier.id) {
            draft.becomes(courier);
        }
    }

    /// The delivery is offered to the courier.
    pub(crate) fn offer(&mut self, id: DeliveryId, courier_id: UserId) -> Result<(), Refusal> {
        let delivery = self.delivery(id)?;
        let courier = self.courier(courier_id)?;
        let to_pick_up_m =
            may_offer(delivery, courier, self.now, &self.rules).ok_or(Refusal::Disagreement("no match"))?;
        let offered = delivery.offered(courier, to_pick_up_m, self.now, &self.rules)?;
        let asked = courier.asked(id)?;
        self.change_courier(asked);
        self.change_delivery(offered);
        self.publish(id, DeliveryKind::Offered, Actor::SYSTEM)
    }

    /// The courier takes the delivery on.
    pub(crate) fn accept(&mut self, id: DeliveryId, courier_id: UserId) -> Result<(), Refusal> {
        let delivery = self.delivery(id)?;
        let now = self.now;
        // Whose offer it is comes first: another caller may not even have a profile.
        delivery.answered(courier_id, Action::Accept, now)?;
        let courier = self.courier(courier_id)?;
        let accepted = delivery.accepted(courier, now)?;
        let took = courier.took(id, now)?;
        self.change_courier(took);
        self.change_delivery(accepted);
        self.publish(id, DeliveryKind::Assigned, Actor::user(Role::Courier, courier_id))
    }

    /// The courier does not take the delivery on.
    pub(crate) fn decline(&mut self, id: DeliveryId, courier_id: UserId) -> Result<(), Refusal> {
        self.delivery(id)?.answered(courier_id, Action::Decline, self.now)?;
        self.turn_down(id, Action::Decline)
    }

    /// The offer, answered or not, leads to nothing.
    pub(crate) fn turn_down(&mut self, id: DeliveryId, action: Action) -> Result<(), Refusal> {
        let delivery = self.delivery(id)?;
        let asked = delivery.offer.ok_or(Refusal::Disagreement("nobody was asked"))?.courier_id;
        let courier = self.courier(asked)?;
        let searching = delivery.turned_down(courier, action, self.now)?;
        let passed = courier.passed(id)?;
        self.change_courier(passed);
        self.change_delivery(searching);
        Ok(())
    }

    /// The courier assigned does not deliver it after all, of their own accord or not.
    pub(crate) fn release(&mut self, id: DeliveryId, by: Actor) -> Result<(), Refusal> {
        let delivery = self.delivery(id)?;
        let assigned = delivery.courier.as_ref().ok_or(Refusal::Disagreement("nobody delivers it"))?.id;
        let courier = self.courier(assigned)?;
        let searching = delivery.released(courier, self.now, &self.rules)?;
        let freed = courier.done_with(id, None, self.now)?;
        self.change_courier(freed);
        self.change_delivery(searching);
        self.publish(id, DeliveryKind::Unassigned, by)
    }

    /// The courier has the food.
    pub(crate) fn pick_up(&mut self, id: DeliveryId, courier_id: UserId) -> Result<(), Refusal> {
        let taken = self.delivery(id)?.taken(self.now)?;
        self.change_delivery(taken);
        self.publish(id, DeliveryKind::PickedUp, Actor::user(Role::Courier, courier_id))
    }

    /// The customer has the food, and the courier is there.
    pub(crate) fn complete(&mut self, id: DeliveryId, courier_id: UserId, proof: Option<Proof>) -> Result<(), Refusal> {
        let delivery = self.delivery(id)?;
        let now = self.now;
        let completed = delivery.completed(proof, now)?;
        let place = delivery.deliver_to.place;
        let freed = self.courier(courier_id)?.done_with(id, Some(place), now)?;
        self.change_courier(freed);
        self.change_delivery(completed);
        self.publish(id, DeliveryKind::Completed, Actor::user(Role::Courier, courier_id))
    }

    /// No courier was found for now.
    pub(crate) fn look_again(&mut self, id: DeliveryId) -> Result<(), Refusal> {
        let looked_for = self.delivery(id)?.looked_for(self.now, &self.rules);
        self.change_delivery(looked_for);
        Ok(())
    }

    /// No courier was found in time.
    pub(crate) fn give_up(&mut self, id: DeliveryId) -> Result<(), Refusal> {
        let given_up = self.delivery(id)?.given_up(self.now)?;
        self.end(given_up)?;
        self.publish(id, DeliveryKind::Failed, Actor::SYSTEM)
    }

    /// More is known of the order.
    pub(crate) fn apply_order(&mut self, id: DeliveryId, progress: Projected<OrderProgress>) -> Result<(), Refusal> {
        let updated = self.delivery(id)?.with_progress(progress);
        self.change_delivery(updated);
        Ok(())
    }

    /// The order ended without a delivery: the delivery ends too, and its courier is free of it. A fact is published only
    /// where somebody waits for it: a delivery that nobody had picked up ends without one.
    pub(crate) fn stand_down(&mut self, id: DeliveryId) -> Result<(), Refusal> {
        let ended = self.delivery(id)?.stood_down(self.now)?;
        let failed = ended.state == State::Failed;
        self.end(ended)?;
        if failed { self.publish(id, DeliveryKind::Failed, Actor::SYSTEM) } else { Ok(()) }
    }

    /// The delivery ends otherwise than by a handover, and the courier who is asked or delivers is free of it.
    fn end(&mut self, ended: Delivery) -> Result<(), Refusal> {
        let before = self.delivery(ended.id)?;
        let freed = match (before.state, before.party()) {
            (State::Offered, Some(asked)) => Some(self.courier(asked)?.no_longer_asked(ended.id)?),
            (State::Assigned | State::PickedUp, Some(courier)) => {
                Some(self.courier(courier)?.done_with(ended.id, None, self.now)?)
            }
            (State::Searching | State::Delivered | State::Failed | State::Cancelled, _) | (_, None) => None,
        };
        if let Some(courier) = freed {
            self.change_courier(courier);
        }
        self.change_delivery(ended);
        Ok(())
    }

    fn change_delivery(&mut self, delivery: Delivery) {
        if let Some(draft) = self.deliveries.get_mut(&delivery.id) {
            draft.becomes(delivery);
        }
    }

    fn publish(&mut self, id: DeliveryId, kind: DeliveryKind, by: Actor) -> Result<(), Refusal> {
        let delivery = self.delivery(id)?;
        let fact = delivery.fact(kind, by, delivery.version());
        self.facts.push(fact);
        Ok(())
    }
}

impl From<Plan> for Changes {
    /// Everything that changed, on condition that nobody else has changed any of it meanwhile.
    fn from(plan: Plan) -> Self {
        let changes = plan.deliveries.into_values().fold(Self::none(), Self::and);
        let changes = plan.couriers.into_values().fold(changes, Self::and);
        plan.facts.into_iter().fold(changes, Self::publish)
    }
}
