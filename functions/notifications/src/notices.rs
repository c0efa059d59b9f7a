//! Who is notified of what: the contract's table, and the notices of one event.

use domain::{
    Actor, ActorRole, AnyFact, DeliveryFact, DeliveryKind, Kind, OrderFact, OrderId, OrderKind, PaymentFact,
    PaymentKind, UserId,
};

use crate::wording::{self, Words};

/// What one person is notified of by one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub to: UserId,
    pub kind: Kind,
    /// What happened, in a few words.
    pub title: String,
    /// What it means for them, in a sentence or two.
    pub body: String,
    pub order_id: OrderId,
}

/// The role somebody has in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    Customer,
    Merchant,
    /// Who delivers, was asked to, or was to and does not after all.
    Courier,
}

/// The notices of an event: at most one per person, and none to the person who did it, except the customer's receipt.
pub fn notices(fact: &AnyFact) -> Vec<Notice> {
    match fact {
        AnyFact::User(..) => Vec::new(),
        AnyFact::Order(kind, fact) => of_order(*kind, fact),
        AnyFact::Payment(kind, fact) => of_payment(*kind, fact),
        AnyFact::Delivery(kind, fact) => of_delivery(*kind, fact),
    }
}

/// Who is notified of a kind of event.
pub(crate) const fn audience(kind: Kind) -> &'static [Party] {
    match kind {
        Kind::User(_) => &[],
        Kind::Order(kind) => match kind {
            OrderKind::Placed | OrderKind::PaymentFailed | OrderKind::Accepted | OrderKind::PickedUp => {
                &[Party::Customer]
            }
            OrderKind::Paid => &[Party::Merchant],
            OrderKind::Ready => &[Party::Courier],
            OrderKind::Rejected | OrderKind::Delivered => &[Party::Customer, Party::Courier],
            OrderKind::Cancelled | OrderKind::Undeliverable => &[Party::Customer, Party::Merchant, Party::Courier],
        },
        Kind::Payment(kind) => match kind {
            PaymentKind::Refunded => &[Party::Customer],
            PaymentKind::Authorized | PaymentKind::Captured | PaymentKind::Voided | PaymentKind::Failed => &[],
        },
        Kind::Delivery(kind) => match kind {
            DeliveryKind::Assigned => &[Party::Customer],
            DeliveryKind::Offered | DeliveryKind::Unassigned => &[Party::Courier],
            DeliveryKind::PickedUp | DeliveryKind::Completed | DeliveryKind::Failed => &[],
        },
    }
}

fn of_order(kind: OrderKind, fact: &OrderFact) -> Vec<Notice> {
    let person = |party| match party {
        Party::Customer => Some(fact.customer_id),
        // An order that was never paid does not exist for its merchant.
        Party::Merchant => fact.paid_at.map(|_| fact.merchant_id),
        Party::Courier => fact.courier_id,
    };
    let is_notified = |party| kind == OrderKind::Placed || !did_it(fact.by, party, person(party));
    let words = |party| wording::of_order(kind, party, fact);
    assemble(kind.into(), fact.order_id, |party| person(party).filter(|_| is_notified(party)), words)
}

fn of_payment(kind: PaymentKind, fact: &PaymentFact) -> Vec<Notice> {
    let person = |party| match party {
        Party::Customer => Some(fact.customer_id),
        Party::Merchant => Some(fact.merchant_id),
        Party::Courier => None,
    };
    assemble(kind.into(), fact.order_id, person, |_| wording::of_payment(kind, fact))
}

fn of_delivery(kind: DeliveryKind, fact: &DeliveryFact) -> Vec<Notice> {
    let person = |party| match party {
        Party::Customer => Some(fact.customer_id),
        Party::Merchant => Some(fact.merchant_id),
        Party::Courier if kind == DeliveryKind::Unassigned => fact.unassigned,
        Party::Courier => fact.offered_to,
    };
    let is_notified = |party| !did_it(fact.by, party, person(party));
    let words = |_| wording::of_delivery(kind, fact);
    assemble(kind.into(), fact.order_id, |party| person(party).filter(|_| is_notified(party)), words)
}

/// One notice for each party of the audience whose person is known and for whom there is a text.
fn assemble(
    kind: Kind,
    order_id: OrderId,
    person: impl Fn(Party) -> Option<UserId>,
    words: impl Fn(Party) -> Option<Words>,
) -> Vec<Notice> {
    let notice = |&party: &Party| {
        let to = person(party)?;
        let Words { title, body } = words(party)?;
        Some(Notice { to, kind, title, body, order_id })
    };
    audience(kind).iter().filter_map(notice).collect()
}

/// Whether `by` is this person: by id, or by role where the event does not name the id.
fn did_it(by: Actor, party: Party, person: Option<UserId>) -> bool {
    let same_role = match by.role {
        ActorRole::Customer => party == Party::Customer,
        ActorRole::Merchant => party == Party::Merchant,
        ActorRole::Courier => party == Party::Courier,
        ActorRole::Admin | ActorRole::System => false,
    };
    by.id.map_or(same_role, |id| person == Some(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::Event;

    use proptest::{prelude::*, sample::select};
    use serde_json::json;

    use super::*;
    use crate::sample::{courier, customer, event, merchant, notices_of, with};

    fn recipients(event: &Event) -> Vec<UserId> {
        notices_of(event).into_iter().map(|notice| notice.to).collect()
    }

    fn person(party: Party) -> UserId {
        match party {
            Party::Customer => customer(),
            Party::Merchant => merchant(),
            Party::Courier => courier(),
        }
    }

    #[test]
    fn everyone_in_the_table_gets_a_text_and_nobody_else_does() {
        for kind in Kind::ALL {
            let made = notices_of(&event(kind, 1));
            let people: Vec<UserId> = made.iter().map(|notice| notice.to).collect();
            let named: Vec<UserId> = audience(kind).iter().map(|party| person(*party)).collect();
            assert_eq!(people, named, "{kind}");
            for notice in made {
                assert_eq!(notice.kind, kind);
                assert!(!notice.title.is_empty() && notice.body.ends_with(['.', '!']), "{kind}: {notice:?}");
            }
        }
    }

    #[test]
    fn an_order_never_paid_does_not_exist_for_its_merchant() {
        for kind in [Kind::Order(OrderKind::Cancelled), Kind::Order(OrderKind::PaymentFailed)] {
            let unpaid = with(event(kind, 1), json!({ "paid_at": null, "accepted_at": null, "courier_id": null }));
            assert_eq!(recipients(&unpaid), [customer()], "{kind}");
        }
    }

    #[test]
    fn the_person_who_did_it_is_not_notified_except_by_the_receipt() {
        let by = |role, id: Option<UserId>| json!({ "by": { "role": role, "id": id } });
        let cancelled = |by| recipients(&with(event(Kind::Order(OrderKind::Cancelled), 1), by));
        assert_eq!(cancelled(by("customer", Some(customer()))), [merchant(), courier()]);
        assert_eq!(cancelled(by("merchant", Some(merchant()))), [customer(), courier()]);
        assert_eq!(cancelled(by("merchant", None)), [customer(), courier()]);
        assert_eq!(cancelled(by("admin", Some(testing::user_id(7)))), [customer(), merchant(), courier()]);
        let delivered = with(event(Kind::Order(OrderKind::Delivered), 1), by("courier", Some(courier())));
        assert_eq!(recipients(&delivered), [customer()]);
        let placed = with(event(Kind::Order(OrderKind::Placed), 1), by("customer", Some(customer())));
        assert_eq!(recipients(&placed), [customer()]);
        let unassigned = |by| recipients(&with(event(Kind::Delivery(DeliveryKind::Unassigned), 1), by));
        assert_eq!(unassigned(by("courier", Some(courier()))), []);
        assert_eq!(unassigned(by("system", None)), [courier()]);
    }

    #[test]
    fn a_courier_is_notified_of_an_order_only_while_assigned() {
        for kind in [Kind::Order(OrderKind::Ready), Kind::Order(OrderKind::Rejected), Kind::Order(OrderKind::Cancelled)]
        {
            let unassigned = with(event(kind, 1), json!({ "courier_id": null }));
            assert!(!recipients(&unassigned).contains(&courier()), "{kind}");
        }
        assert_eq!(
            recipients(&with(event(Kind::Delivery(DeliveryKind::Offered), 1), json!({ "offered_to": null }))),
            []
        );
    }

    proptest! {
        #[test]
        fn nobody_is_notified_twice_of_one_event(
            kind in select(&Kind::ALL[..]),
            role in select(vec!["customer", "merchant", "courier", "admin", "system"]),
            by in 1..5_u16,
            (known, paid, assigned) in any::<(bool, bool, bool)>(),
        ) {
            let by = known.then(|| testing::user_id(by));
            let mut event = with(event(kind, 1), json!({ "by": { "role": role, "id": by } }));
            if !paid {
                event = with(event, json!({ "paid_at": null }));
            }
            if !assigned {
                event = with(event, json!({ "courier_id": null }));
            }
            let notified = recipients(&event);
            prop_assert_eq!(notified.iter().collect::<BTreeSet<_>>().len(), notified.len());
            let notifies_its_actor = kind == OrderKind::Placed || matches!(kind, Kind::Payment(_));
            prop_assert!(notifies_its_actor || by.is_none_or(|by| !notified.contains(&by)));
        }
    }
}
