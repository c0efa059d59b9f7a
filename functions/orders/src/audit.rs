//! The audit: whether orders agree with their journeys. For `tiffin check` and for tests.

use std::collections::BTreeMap;

use app::{Item, StoreError, Stored as _, Violation};
use domain::OrderId;

use crate::{Action, Entry, Order, Status};

/// Everything that is wrong with the items of the table of `orders`, as a scan gives them. Checked are versions without a
/// gap, a status that never goes backwards and is the one its journey ends with, a total that adds up, and a deadline as
/// long as it is open.
pub fn violations(items: &[Item]) -> Vec<Violation> {
    let mut journeys = BTreeMap::<String, Vec<Entry>>::new();
    let mut orders = Vec::new();
    let mut found = Vec::new();
    for item in items {
        let mut read = || -> Result<(), StoreError> {
            match &*item.kind {
                Order::ITEM => orders.push((item.read::<Order>()?, item.version)),
                Entry::ITEM => journeys.entry(item.key.pk.clone()).or_default().push(item.read()?),
                // Lists of couriers, and what the host keeps.
                _ => {}
            }
            Ok(())
        };
        if read().is_err() {
            found.push(Violation { about: format!("{}/{}", item.key.pk, item.key.sk), what: "can't be read" });
        }
    }
    for (order, version) in orders {
        let journey = journeys.remove(&Order::key(&order.id).pk).unwrap_or_default();
        found.extend(faults(&order, version, &journey).into_iter().map(|what| of(order.id, what)));
    }
    found.extend(journeys.into_keys().map(|about| Violation { about, what: "a journey without an order" }));
    found
}

fn faults(order: &Order, version: u64, journey: &[Entry]) -> Vec<&'static str> {
    let mut sequences = journey.iter().map(|entry| entry.sequence);
    let checks = [
        (journey.len() as u64 == version && sequences.by_ref().eq(1..=version), "its versions are not contiguous"),
        (follows_the_state_machine(journey), "its status jumps or goes backwards"),
        (journey.last().is_some_and(|entry| entry.status == order.status), "its journey ends with another status"),
        (order.price.recomputed_total() == Ok(order.price.total), "its total does not add up"),
        (order.deadline.is_none() == order.status.is_final(), "it is open without a deadline, or ended with one"),
        (order.ended_at.is_some() == order.status.is_final(), "it ended without a time, or the other way round"),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what).collect()
}

/// From placed on, each step keeps the status or makes a transition that the state machine allows.
fn follows_the_state_machine(journey: &[Entry]) -> bool {
    let leads = |from: Status, to: Status| from == to || Action::ALL.iter().any(|action| from.after(*action) == Ok(to));
    journey.first().is_some_and(|entry| entry.status == Status::Placed)
        && journey.windows(2).all(|steps| leads(steps[0].status, steps[1].status))
}

fn of(id: OrderId, what: &'static str) -> Violation {
    Violation { about: id.to_string(), what }
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;
    use crate::{ORDERS, sample};

    async fn items() -> Vec<Item> {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize, Action::Accept]).await;
        world.store().scan(ORDERS, None, 100).await.unwrap()
    }

    type Plant<'a> = &'a dyn Fn(&mut Vec<Item>);

    #[tokio::test]
    async fn a_sound_order_has_no_faults_and_each_planted_fault_is_found() {
        let sound = items().await;
        assert_eq!(violations(&sound), []);
        let second = Entry::key(&(sample::order().id, 2));
        let planted: [(&str, Plant<'_>); 5] = [
            ("its versions are not contiguous", &|items| items.retain(|item| item.key != second)),
            ("its status jumps or goes backwards", &|items| replace(items, "journey", "\"paid\"", "\"delivered\"")),
            ("its journey ends with another status", &|items| {
                replace(items, "order", "\"status\":\"accepted\"", "\"status\":\"ready\"");
            }),
            ("its total does not add up", &|items| replace(items, "order", "\"amount\":3023", "\"amount\":3022")),
            ("can't be read", &|items| replace(items, "order", "{", "[")),
        ];
        for (what, plant) in planted {
            let mut broken = sound.clone();
            plant(&mut broken);
            let found = violations(&broken);
            assert!(found.iter().any(|violation| violation.what == what), "{what}: {found:?}");
        }
    }

    fn replace(items: &mut [Item], kind: &str, from: &str, to: &str) {
        for item in items.iter_mut().filter(|item| item.kind == kind) {
            item.body = item.body.replace(from, to);
        }
    }
}
