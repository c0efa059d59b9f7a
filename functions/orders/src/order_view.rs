//! An order, as the people it concerns see it.

use app::{Reply, User};
use domain::{
    Contact, CourierCard, DeliveryId, Eta, Line, Money, Name, OrderId, PaymentId, RestaurantCard, RestaurantId, Role,
    Stop, Text, Timestamp, UserId, Vehicle,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Order, Status};

/// An order.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub struct OrderView {
    id: OrderId,
    /// Eight characters for people.
    number: String,
    customer_id: UserId,
    restaurant_id: RestaurantId,
    merchant_id: UserId,
    status: Status,
    /// Why it ended, where it did not end well.
    reason: Option<String>,
    restaurant: RestaurantCard,
    /// Whom the courier asks for; merchants do not see the phone.
    contact: Contact,
    lines: Vec<Line>,
    subtotal: Money,
    delivery_fee: Money,
    service_fee: Money,
    small_order_fee: Money,
    discount: Money,
    tax: Money,
    tip: Money,
    total: Money,
    refunded: Money,
    pick_up: Stop,
    /// Where it is brought; null for merchants.
    deliver_to: Option<Stop>,
    /// For the kitchen.
    notes: Option<Text>,
    payment_id: PaymentId,
    delivery_id: DeliveryId,
    courier_id: Option<UserId>,
    courier: Option<CourierView>,
    placed_at: Timestamp,
    /// When it was promised to be there, at the latest.
    promised_at: Timestamp,
    ready_by: Option<Timestamp>,
    /// When it will be there; null once it has ended.
    eta: Option<Eta>,
    ended_at: Option<Timestamp>,
    /// Until when the present status may last; null once it has ended.
    deadline: Option<Timestamp>,
    version: u64,
    /// What this caller may do now.
    allowed_actions: Vec<&'static str>,
}

/// Who brings it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderCourier")]
pub struct CourierView {
    name: Name,
    vehicle: Vehicle,
}

impl OrderView {
    /// An order at this version, as this caller sees it.
    pub fn of(order: Order, version: u64, user: &User) -> Self {
        let for_merchant = user.role == Role::Merchant;
        let contact = order.contact.clone();
        Self {
            promised_at: order.promised_at(),
            eta: eta(&order),
            allowed_actions: order.allowed_actions(user.role),
            id: order.id,
            number: order.number,
            customer_id: order.customer_id,
            restaurant_id: order.restaurant_id,
            merchant_id: order.merchant_id,
            status: order.status,
            reason: order.reason,
            restaurant: order.restaurant,
            contact: Contact { phone: contact.phone.filter(|_| !for_merchant), ..contact },
            lines: order.price.lines,
            subtotal: order.price.subtotal,
            delivery_fee: order.price.delivery_fee,
            service_fee: order.price.service_fee,
            small_order_fee: order.price.small_order_fee,
            discount: order.price.discount,
            tax: order.price.tax,
            tip: order.price.tip,
            total: order.price.total,
            refunded: order.refunded,
            pick_up: order.pick_up,
            deliver_to: (!for_merchant).then_some(order.deliver_to),
            notes: order.notes,
            payment_id: PaymentId::of(order.id),
            delivery_id: DeliveryId::of(order.id),
            courier_id: order.courier.as_ref().map(|courier| courier.id),
            courier: order.courier.map(|CourierCard { id: _, name, vehicle }| CourierView { name, vehicle }),
            placed_at: order.placed_at,
            ready_by: order.ready_by,
            ended_at: order.ended_at,
            deadline: order.deadline,
            version,
        }
    }
}

impl Reply for OrderView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// Before acceptance what was quoted, from placing on; after it the quoted way, from when it is ready or was picked up.
fn eta(order: &Order) -> Option<Eta> {
    if order.status.is_final() {
        return None;
    }
    let quoted = order.eta_minutes;
    let way = |minutes: u32| i64::from(minutes.saturating_sub(order.prep_minutes));
    let (start, from, to) = match order.picked_up_at.or(order.ready_at).or(order.ready_by) {
        None => (order.placed_at, i64::from(quoted.min), i64::from(quoted.max)),
        Some(start) => (start, way(quoted.min), way(quoted.max)),
    };
    Some(Eta { from: start.plus_minutes(from), to: start.plus_minutes(to) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testing::user;

    use super::*;
    use crate::{Action, sample};

    fn shown(order: &Order, id: UserId, role: Role) -> Value {
        serde_json::to_value(OrderView::of(order.clone(), 3, &user(id, role))).unwrap()
    }

    #[test]
    fn a_merchant_sees_neither_phone_nor_door() {
        let order = sample::order();
        let merchants = shown(&order, order.merchant_id, Role::Merchant);
        let customers = shown(&order, order.customer_id, Role::Customer);
        assert_eq!(merchants["contact"]["name"], customers["contact"]["name"]);
        assert_eq!(merchants["contact"]["phone"], Value::Null);
        assert_eq!(merchants["deliver_to"], Value::Null);
        assert!(customers["contact"]["phone"].is_string());
        assert!(customers["deliver_to"]["place"].is_object());
    }

    #[test]
    fn everybody_is_shown_what_they_may_do_now() {
        let mut order = sample::order();
        assert_eq!(shown(&order, order.customer_id, Role::Customer)["allowed_actions"], json!(["cancel"]));
        order.act(Action::Authorize, None, order.placed_at, &sample::RULES).unwrap();
        assert_eq!(shown(&order, order.merchant_id, Role::Merchant)["allowed_actions"], json!(["accept", "reject"]));
        order.act(Action::Accept, None, order.placed_at, &sample::RULES).unwrap();
        assert_eq!(shown(&order, order.merchant_id, Role::Merchant)["allowed_actions"], json!(["ready", "cancel"]));
        assert_eq!(shown(&order, order.customer_id, Role::Customer)["allowed_actions"], json!([]));
    }

    #[test]
    fn the_estimate_follows_what_is_known_and_ends_with_the_order() {
        let mut order = sample::order();
        let placed = order.placed_at;
        let rules = sample::RULES;
        let minutes = |order: &Order| eta(order).map(|eta| [eta.from, eta.to].map(|at| placed.seconds_until(at) / 60));
        assert_eq!(minutes(&order), Some([20, 30]));
        order.act(Action::Authorize, None, placed, &rules).unwrap();
        order.accepted_prep_minutes = Some(25);
        order.act(Action::Accept, None, placed.plus_minutes(2), &rules).unwrap();
        assert_eq!(minutes(&order), Some([37, 47]), "the way is as long as it was quoted");
        order.act(Action::Cancel, None, placed.plus_minutes(5), &rules).unwrap();
        assert_eq!(minutes(&order), None);
    }
}
