//! What notices say, in plain English.

use domain::{DeliveryFact, DeliveryKind, OrderFact, OrderKind, PaymentFact, PaymentKind, Vehicle, isolated};

use crate::notices::Party;

/// What a notice says.
pub(crate) struct Words {
    /// What happened, in a few words.
    pub title: String,
    /// What it means for the reader, in a sentence or two.
    pub body: String,
}

/// What somebody reads about an order; none where they are not notified of this.
pub(crate) fn of_order(kind: OrderKind, party: Party, fact: &OrderFact) -> Option<Words> {
    match party {
        Party::Customer => to_customer(kind, fact),
        Party::Merchant => to_merchant(kind, fact),
        Party::Courier => to_courier(kind, fact),
    }
}

/// What the customer reads about a payment.
pub(crate) fn of_payment(kind: PaymentKind, fact: &PaymentFact) -> Option<Words> {
    let amount = fact.amount;
    (kind == PaymentKind::Refunded)
        .then(|| words(format!("{amount} refunded"), format!("We have sent {amount} back to your means of payment.")))
}

/// What the customer reads about a delivery, or the courier who was asked or lost it.
pub(crate) fn of_delivery(kind: DeliveryKind, fact: &DeliveryFact) -> Option<Words> {
    match kind {
        DeliveryKind::Offered => Some(offer(fact)),
        DeliveryKind::Assigned => Some(assignment(fact)),
        DeliveryKind::Unassigned => Some(loss(fact)),
        _ => None,
    }
}

fn to_customer(kind: OrderKind, fact: &OrderFact) -> Option<Words> {
    let OrderFact { number, restaurant_name, total, prep_minutes, .. } = fact;
    let restaurant = isolated(restaurant_name);
    let why = why(fact);
    let money = money(fact);
    let (title, body) = match kind {
        OrderKind::Placed => (
            format!("We have your order {number}"),
            format!("You ordered from {restaurant} for {total}. The restaurant hears of it as soon as you have paid."),
        ),
        OrderKind::PaymentFailed => (
            format!("Payment for order {number} failed"),
            format!("Your order from {restaurant} for {total} was not placed{why}. {money}"),
        ),
        OrderKind::Accepted => (
            format!("{restaurant} is preparing your order"),
            format!("Order {number} should be ready in about {prep_minutes} minutes."),
        ),
        OrderKind::Rejected => {
            (format!("{restaurant} can't take your order"), format!("Order {number} was turned down{why}. {money}"))
        }
        OrderKind::PickedUp => (
            "Your order is on its way".to_owned(),
            format!("The courier has picked up order {number} from {restaurant}."),
        ),
        OrderKind::Delivered => {
            ("Enjoy your meal!".to_owned(), format!("Order {number} from {restaurant} was delivered."))
        }
        OrderKind::Cancelled => (
            format!("Order {number} was cancelled"),
            format!("Your order from {restaurant} will not come{why}. {money}"),
        ),
        OrderKind::Undeliverable => (
            format!("Order {number} could not be delivered"),
            format!("We are sorry: your order from {restaurant} did not reach you{why}. {money}"),
        ),
        _ => return None,
    };
    Some(words(title, body))
}

fn to_merchant(kind: OrderKind, fact: &OrderFact) -> Option<Words> {
    let OrderFact { number, restaurant_name, total, .. } = fact;
    let restaurant = isolated(restaurant_name);
    let why = why(fact);
    let (title, body) = match kind {
        OrderKind::Paid => (
            format!("New order {number}"),
            format!("A paid order for {total} at {restaurant} is waiting for your answer."),
        ),
        OrderKind::Cancelled => (
            format!("Order {number} was cancelled"),
            format!("Order {number} for {total} at {restaurant} is no longer needed{why}."),
        ),
        OrderKind::Undeliverable => (
            format!("Order {number} could not be delivered"),
            format!("Order {number} for {total} from {restaurant} did not reach the customer{why}."),
        ),
        _ => return None,
    };
    Some(words(title, body))
}

fn to_courier(kind: OrderKind, fact: &OrderFact) -> Option<Words> {
    let OrderFact { number, restaurant_name, .. } = fact;
    let restaurant = isolated(restaurant_name);
    let (title, body) = match kind {
        OrderKind::Ready => (format!("Order {number} is ready"), format!("You can pick it up at {restaurant} now.")),
        OrderKind::Rejected => (
            format!("Order {number} was turned down"),
            format!("{restaurant} can't take it, so there is nothing to deliver."),
        ),
        OrderKind::Delivered => {
            (format!("Order {number} was delivered"), format!("The delivery from {restaurant} is done. Thank you!"))
        }
        OrderKind::Cancelled => (
            format!("Order {number} was cancelled"),
            format!("The order from {restaurant} is no longer to be delivered."),
        ),
        OrderKind::Undeliverable => (
            format!("Order {number} could not be delivered"),
            format!("The delivery from {restaurant} has ended without a handover."),
        ),
        _ => return None,
    };
    Some(words(title, body))
}

fn offer(fact: &DeliveryFact) -> Words {
    let DeliveryFact { order_number: number, restaurant_name, to_pick_up_m, earning, .. } = fact;
    let restaurant = isolated(restaurant_name);
    let way = to_pick_up_m.map_or_else(String::new, |metres| format!(", {metres} m from you"));
    let pay = earning.map_or_else(String::new, |earning| format!(" You earn {earning}."));
    words(
        format!("A delivery from {restaurant}"),
        format!("Order {number} is to be picked up at {restaurant}{way}.{pay} Please answer soon."),
    )
}

fn assignment(fact: &DeliveryFact) -> Words {
    let DeliveryFact { order_number: number, restaurant_name, courier, .. } = fact;
    let restaurant = isolated(restaurant_name);
    let how = courier.as_ref().map_or("", |card| riding(card.vehicle));
    words("A courier brings your order".to_owned(), format!("A courier fetches order {number} from {restaurant}{how}."))
}

fn loss(fact: &DeliveryFact) -> Words {
    let DeliveryFact { order_number: number, restaurant_name, .. } = fact;
    let restaurant = isolated(restaurant_name);
    words(
        format!("Order {number} is no longer yours"),
        format!("You need not fetch it from {restaurant}: it goes to another courier."),
    )
}

const fn riding(vehicle: Vehicle) -> &'static str {
    match vehicle {
        Vehicle::Foot => " on foot",
        Vehicle::Bicycle => " by bicycle",
        Vehicle::Scooter => " by scooter",
        Vehicle::Car => " by car",
    }
}

/// Why an order ended, as a clause: the system's words in plain English, a person's as they wrote them.
fn why(fact: &OrderFact) -> String {
    let Some(reason) = fact.reason.as_deref() else { return String::new() };
    let clause = match reason {
        "payment_declined" => "the payment was declined",
        "payment_timeout" => "the payment did not arrive in time",
        "restaurant_silent" => "the restaurant did not answer in time",
        "no_courier" => "no courier could be found",
        "pick_up_overdue" => "it was not picked up in time",
        "drop_off_overdue" => "it was not delivered in time",
        "capture_refused" => "the payment could not be completed",
        own => &isolated(own.trim_end_matches('.')),
    };
    format!(": {clause}")
}

/// What becomes of the customer's money when an order ends without a meal: it is taken on acceptance, held until then.
fn money(fact: &OrderFact) -> String {
    if fact.accepted_at.is_some() {
        format!("You get your {} back in full.", fact.total)
    } else {
        "You will not be charged.".to_owned()
    }
}

const fn words(title: String, body: String) -> Words {
    Words { title, body }
}

#[cfg(test)]
mod tests {
    use domain::{Event, Kind, UserId};
    use serde_json::json;

    use super::*;
    use crate::sample::{courier, customer, event, merchant, notices_of, with};

    fn read(event: &Event, by: UserId) -> String {
        let notice = notices_of(event).into_iter().find(|notice| notice.to == by).unwrap();
        format!("{}: {}", notice.title, notice.body).replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn what_people_wrote_is_isolated_from_the_sentence() {
        let cancelled = with(event(Kind::Order(OrderKind::Cancelled), 1), json!({ "reason": "مغلق." }));
        let notices = notices_of(&cancelled);
        let notice = notices.iter().find(|notice| notice.to == customer()).unwrap();
        let begins = "Your order from \u{2068}Casa Veche\u{2069} will not come: \u{2068}مغلق\u{2069}. ";
        assert!(notice.body.starts_with(begins), "{}", notice.body);
    }

    #[test]
    fn texts_name_the_order_the_restaurant_and_the_amounts() {
        for (kind, reader, text) in [
            (
                Kind::Order(OrderKind::Paid),
                merchant(),
                "New order K7Q2M9XA: A paid order for 54.50 RON at Casa Veche is waiting for your answer.",
            ),
            (
                Kind::Delivery(DeliveryKind::Offered),
                courier(),
                "A delivery from Casa Veche: Order K7Q2M9XA is to be picked up at Casa Veche, 850 m from you. \
                 You earn 12.00 RON. Please answer soon.",
            ),
            (
                Kind::Delivery(DeliveryKind::Assigned),
                customer(),
                "A courier brings your order: A courier fetches order K7Q2M9XA from Casa Veche by bicycle.",
            ),
            (
                Kind::Delivery(DeliveryKind::Unassigned),
                courier(),
                "Order K7Q2M9XA is no longer yours: You need not fetch it from Casa Veche: it goes to another courier.",
            ),
            (
                Kind::Payment(PaymentKind::Refunded),
                customer(),
                "12.50 RON refunded: We have sent 12.50 RON back to your means of payment.",
            ),
        ] {
            assert_eq!(read(&event(kind, 1), reader), text);
        }
    }

    #[test]
    fn an_end_says_why_and_what_becomes_of_the_money() {
        let cancelled = |members| read(&with(event(Kind::Order(OrderKind::Cancelled), 1), members), customer());
        assert_eq!(
            cancelled(json!({ "reason": "no_courier" })),
            "Order K7Q2M9XA was cancelled: Your order from Casa Veche will not come: no courier could be found. \
             You get your 54.50 RON back in full."
        );
        assert_eq!(
            cancelled(json!({ "reason": "Too late for me.", "accepted_at": null })),
            "Order K7Q2M9XA was cancelled: Your order from Casa Veche will not come: Too late for me. \
             You will not be charged."
        );
    }
}
