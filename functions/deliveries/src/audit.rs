//! The audit: whether couriers and deliveries agree. For `tiffin check` and for tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use app::{Item, Key, StoreError, Stored, Violation};
use domain::{DeliveryId, UserId};

use crate::{Account, Courier, Delivery, MAX_ACTIVE, State};

/// Everything that is wrong with the items of the table of `deliveries`. They come from a scan while nothing was written.
///
/// Checked: at most one courier and one offer a delivery, as its state says; at most two active deliveries and one open
/// offer a courier; what couriers have to do or are asked is what the deliveries say, and the other way round; who may not
/// act is off duty; exactly the searching deliveries are listed as waiting; every delivery that is offered or assigned earns
/// something.
pub fn violations(items: &[Item]) -> Vec<Violation> {
    let mut book = Book::default();
    let mut found = Vec::new();
    for item in items {
        if let Err(error) = book.enter(item) {
            let about = format!("{}/{} ({error})", item.key.pk, item.key.sk);
            found.push(Violation { about, what: "can't be read" });
        }
    }
    let mut report = |about: &dyn fmt::Display, checks: &[(bool, &'static str)]| {
        let broken = checks.iter().filter(|(holds, _)| !holds);
        found.extend(broken.map(|(_, what)| Violation { about: about.to_string(), what }));
    };
    book.deliveries.values().for_each(|delivery| report(&delivery.id, &book.checks_of_delivery(delivery)));
    book.couriers.values().for_each(|courier| report(&courier.id, &book.checks_of_courier(courier)));
    let listed = book.deliveries.values().flat_map(Stored::beside);
    let searching: BTreeSet<Key> = listed.map(|item| item.key).collect();
    for Key { pk, sk } in book.waiting.difference(&searching) {
        report(&format_args!("{pk}/{sk}"), &[(false, "waits and does not search")]);
    }
    found
}

#[derive(Default)]
struct Book {
    deliveries: BTreeMap<DeliveryId, Delivery>,
    couriers: BTreeMap<UserId, Courier>,
    accounts: BTreeMap<UserId, Account>,
    waiting: BTreeSet<Key>,
}

impl Book {
    fn enter(&mut self, item: &Item) -> Result<(), StoreError> {
        match &*item.kind {
            Delivery::ITEM => {
                if let Some(delivery) = Delivery::read(item)? {
                    self.deliveries.insert(delivery.id, delivery);
                }
            }
            Courier::ITEM => {
                let courier: Courier = item.read()?;
                self.couriers.insert(courier.id, courier);
            }
            Account::ITEM => {
                let account: Account = item.read()?;
                self.accounts.insert(account.courier_id, account);
            }
            "waiting" => {
                self.waiting.insert(item.key.clone());
            }
            // Positions, placeholders, and what the host keeps: outbox, inbox, idempotency records.
            _ => {}
        }
        Ok(())
    }

    fn checks_of_delivery(&self, delivery: &Delivery) -> [(bool, &'static str); 7] {
        let state = delivery.state;
        let id = delivery.id;
        let brings = delivery.courier.as_ref().and_then(|card| self.couriers.get(&card.id));
        let asked = delivery.offer.and_then(|offer| self.couriers.get(&offer.courier_id));
        let searching = state == State::Searching;
        let needs_courier = matches!(state, State::Assigned | State::PickedUp | State::Delivered);
        let earns = state == State::Offered || needs_courier;
        [
            (delivery.offer.is_some() == (state == State::Offered), "an offer without being offered, or none"),
            (!needs_courier || delivery.courier.is_some(), "no courier on its way"),
            (
                !(searching || state == State::Offered) || delivery.courier.is_none(),
                "a courier before anybody accepted",
            ),
            (
                !state.is_under_way() || brings.is_some_and(|it| it.active.contains(&id)),
                "its courier does not know of it",
            ),
            (
                delivery.offer.is_none() || asked.is_some_and(|it| it.open_offer == Some(id)),
                "who is asked does not know",
            ),
            (
                delivery.beside().iter().all(|item| self.waiting.contains(&item.key)),
                "it searches and nobody can find it",
            ),
            (!earns || delivery.earning.is_some(), "nothing to earn"),
        ]
    }

    fn checks_of_courier(&self, courier: &Courier) -> [(bool, &'static str); 5] {
        let brings = |id: &DeliveryId| {
            let delivery = self.deliveries.get(id).filter(|delivery| delivery.state.is_under_way());
            delivery.is_some_and(|delivery| delivery.is_brought_by(courier.id))
        };
        let is_asked = |id: DeliveryId| {
            let offer = self.deliveries.get(&id).and_then(|delivery| delivery.offer);
            offer.is_some_and(|offer| offer.courier_id == courier.id)
        };
        let distinct: BTreeSet<_> = courier.active.iter().collect();
        let may_act = self.accounts.get(&courier.id).is_none_or(|account| account.known.state.is_active());
        [
            (courier.active.len() <= MAX_ACTIVE && distinct.len() == courier.active.len(), "too much to do"),
            (courier.active.iter().all(brings), "has to do what is not theirs"),
            (courier.open_offer.is_none_or(is_asked), "is asked what is not offered to them"),
            (courier.open_offer.is_none() || courier.active.len() < MAX_ACTIVE, "is asked with too much to do"),
            (may_act || (!courier.online && courier.open_offer.is_none()), "is on duty and may not act"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::TestCity;

    async fn with_one_changed(kind: &str, change: impl Fn(&str) -> String) -> Vec<&'static str> {
        let city = TestCity::with_couriers(&[100]).await;
        city.assigned(1, 1).await;
        city.paid(2).await;
        city.offline(1).await;
        let mut items = city.everything().await;
        assert_eq!(violations(&items), []);
        let item = items.iter_mut().find(|item| item.kind == kind).unwrap();
        item.body = change(&item.body);
        violations(&items).into_iter().map(|violation| violation.what).collect()
    }

    #[tokio::test]
    async fn what_does_not_agree_is_found() {
        let forgotten = with_one_changed("courier", |body| {
            let mut courier: Courier = serde_json::from_str(body).unwrap();
            courier.active.clear();
            serde_json::to_string(&courier).unwrap()
        });
        assert_eq!(forgotten.await, ["its courier does not know of it"]);
        let doubled = with_one_changed("courier", |body| {
            let mut courier: Courier = serde_json::from_str(body).unwrap();
            courier.active = [courier.active.clone(), courier.active].concat();
            serde_json::to_string(&courier).unwrap()
        });
        assert_eq!(doubled.await, ["too much to do"]);
        let ended =
            with_one_changed("delivery", |body| body.replace(r#""state":"assigned""#, r#""state":"cancelled""#));
        assert_eq!(ended.await, ["has to do what is not theirs"]);
        assert_eq!(with_one_changed("delivery", |_| "?".to_owned()).await.first(), Some(&"can't be read"));
    }

    #[tokio::test]
    async fn nobody_is_on_duty_who_may_not_act() {
        let city = TestCity::with_couriers(&[100]).await;
        city.suspend(1).await;
        let mut items = city.everything().await;
        assert_eq!(violations(&items), []);
        let courier = items.iter_mut().find(|item| item.kind == Courier::ITEM).unwrap();
        courier.body = courier.body.replace(r#""online":false"#, r#""online":true"#);
        let found: Vec<_> = violations(&items).into_iter().map(|violation| violation.what).collect();
        assert_eq!(found, ["is on duty and may not act"]);
    }

    #[tokio::test]
    async fn what_waits_and_what_searches_are_the_same() {
        let city = TestCity::new();
        city.paid(1).await;
        let items = city.everything().await;
        let without = |kind: &str| {
            let rest: Vec<Item> = items.iter().filter(|item| item.kind != kind).cloned().collect();
            violations(&rest).into_iter().map(|violation| violation.what).collect::<Vec<_>>()
        };
        assert_eq!(without("waiting"), ["it searches and nobody can find it"]);
        assert_eq!(without("delivery"), ["waits and does not search"]);
    }
}
