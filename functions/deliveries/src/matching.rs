//! Who is offered what: the score of a courier for a delivery, and the choice among candidates. Pure and deterministic.

use std::cmp::Reverse;

use domain::{Timestamp, UserId};

use crate::{Courier, Delivery, Rules, State};

/// What a courier at the pick-up gets for distance; at the edge of near it is 0.
const DISTANCE_POINTS: i64 = 1000;
/// What a courier gets who has been idle for the longest time that counts.
const IDLE_POINTS: i64 = 300;
/// The longest idle time that counts, in seconds.
const IDLE_MAX_S: i64 = 1800;
/// What a courier gets who takes every offer.
const ACCEPTANCE_POINTS: i64 = 200;
/// How many offers taken a newcomer is trusted with, so that the first answer does not decide.
const TRUSTED_OFFERS: i64 = 5;

/// What speaks for a courier, in points; no part is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// `1000 × (near − metres to the pick-up) / near`.
    pub distance: i64,
    /// `300 × idle seconds / 1800`, idle seconds being 1800 at most; 0 with something to do.
    pub idle: i64,
    /// `200 × (accepted + 5) / (accepted + turned down + 5)`.
    pub acceptance: i64,
}

impl Score {
    /// The sum; the highest is asked first.
    pub const fn total(self) -> i64 {
        self.distance + self.idle + self.acceptance
    }
}

/// The score of a courier who is `to_pick_up_m` metres from the pick-up. Each part is rounded down.
pub fn score(courier: &Courier, to_pick_up_m: u32, now: Timestamp, rules: &Rules) -> Score {
    let near = i64::from(rules.near_m).max(1);
    let left = (near - i64::from(to_pick_up_m)).max(0);
    let idle_s = courier.idle_since.map_or(0, |since| since.seconds_until(now)).clamp(0, IDLE_MAX_S);
    let accepted = i64::from(courier.accepted);
    let turned_down = i64::from(courier.turned_down);
    let trusted = accepted + TRUSTED_OFFERS;
    Score {
        distance: DISTANCE_POINTS * left / near,
        idle: IDLE_POINTS * idle_s / IDLE_MAX_S,
        acceptance: ACCEPTANCE_POINTS * trusted / (trusted + turned_down),
    }
}

/// How many metres the courier has to the pick-up, if the delivery may be offered to them: it waits and its time is not
/// over, they are free and near, and were not passed over.
pub(crate) fn may_offer(delivery: &Delivery, courier: &Courier, now: Timestamp, rules: &Rules) -> Option<u32> {
    let waits = delivery.state == State::Searching && now < delivery.gives_up_at();
    let place = courier.place.filter(|_| waits && courier.is_free() && !delivery.passes_over(courier))?;
    Some(place.distance_m(delivery.pick_up.place)).filter(|distance_m| *distance_m <= rules.near_m)
}

/// Of those who may be offered the delivery, the one with the highest score; of equals, the one with the lower id.
pub(crate) fn best_courier<'a>(
    delivery: &Delivery,
    couriers: impl IntoIterator<Item = &'a Courier>,
    now: Timestamp,
    rules: &Rules,
) -> Option<UserId> {
    let candidates = couriers.into_iter().filter_map(|courier| {
        let to_pick_up_m = may_offer(delivery, courier, now, rules)?;
        Some((score(courier, to_pick_up_m, now, rules).total(), Reverse(courier.id)))
    });
    candidates.max().map(|(_, Reverse(id))| id)
}

/// Of the deliveries that may be offered to the courier, the one that has waited longest, so that none starves; of equals,
/// the nearest, then the one with the lower id.
pub(crate) fn best_delivery<'a>(
    courier: &Courier,
    deliveries: impl IntoIterator<Item = &'a Delivery>,
    now: Timestamp,
    rules: &Rules,
) -> Option<domain::DeliveryId> {
    let candidates = deliveries.into_iter().filter_map(|delivery| {
        let to_pick_up_m = may_offer(delivery, courier, now, rules)?;
        Some((delivery.made_at, to_pick_up_m, delivery.id))
    });
    candidates.min().map(|(_, _, id)| id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::{courier, delivery, delivery_id, north, now, rules};

    fn at(number: u16, metres: i32) -> Courier {
        Courier { place: Some(north(metres)), ..courier(number) }
    }

    #[test]
    fn the_parts_are_what_the_documentation_says() {
        let rules = rules();
        let busy = Courier { idle_since: None, accepted: 5, turned_down: 10, ..courier(1) };
        assert_eq!(score(&busy, 5000, now(), &rules), Score { distance: 0, idle: 0, acceptance: 100 });
        let idle = Courier { idle_since: Some(now().plus_minutes(-15)), accepted: 0, turned_down: 0, ..courier(1) };
        assert_eq!(score(&idle, 1000, now(), &rules), Score { distance: 800, idle: 150, acceptance: 200 });
        let day = Courier { idle_since: Some(now().plus_minutes(-1440)), ..idle };
        assert_eq!(score(&day, 0, now(), &rules).total(), DISTANCE_POINTS + IDLE_POINTS + ACCEPTANCE_POINTS);
    }

    #[test]
    fn the_nearest_is_asked_unless_another_has_waited_long() {
        let rules = rules();
        let near = at(1, 200);
        let far = at(2, 900);
        assert_eq!(best_courier(&delivery(1), [&near, &far], now(), &rules), Some(near.id));
        let idle = Courier { idle_since: Some(now().plus_minutes(-30)), ..far };
        assert_eq!(best_courier(&delivery(1), [&near, &idle], now(), &rules), Some(idle.id));
        assert_eq!(
            best_courier(&delivery(1), [&at(4, 100), &at(3, -100)], now(), &rules),
            Some(at(3, 0).id),
            "of equals"
        );
    }

    #[test]
    fn near_is_five_kilometres_and_its_edge_is_in() {
        let rules = rules();
        let place = delivery(1).pick_up.place;
        let distance = |courier: &Courier| courier.place.unwrap().distance_m(place);
        for (metres, offered) in [(4900, true), (5100, false)] {
            let courier = at(1, metres);
            assert_eq!(may_offer(&delivery(1), &courier, now(), &rules), offered.then(|| distance(&courier)));
        }
        let courier = at(1, 3000);
        let exact = Rules { near_m: distance(&courier), ..rules };
        assert!(may_offer(&delivery(1), &courier, now(), &exact).is_some());
        let less = Rules { near_m: exact.near_m - 1, ..exact };
        assert!(may_offer(&delivery(1), &courier, now(), &less).is_none());
    }

    #[test]
    fn a_busy_courier_and_a_delivery_that_does_not_wait_are_no_match() {
        let rules = rules();
        let free = courier(1);
        assert!(may_offer(&delivery(1), &free, now(), &rules).is_some());
        for busy in [
            free.went_offline(None, now()),
            free.asked(delivery_id(2)).unwrap(),
            Courier { place: None, ..free.clone() },
            Courier { active: vec![delivery_id(2), delivery_id(3)], ..free.clone() },
        ] {
            assert!(may_offer(&delivery(1), &busy, now(), &rules).is_none(), "{busy:?}");
        }
        let offered = delivery(1).offered(&courier(2), 1, now(), &rules).unwrap();
        assert!(may_offer(&offered, &free, now(), &rules).is_none());
        assert!(may_offer(&delivery(1), &free, delivery(1).gives_up_at(), &rules).is_none(), "its time is over");
    }

    #[test]
    fn a_free_courier_gets_what_has_waited_longest() {
        let rules = rules();
        let older = Delivery { made_at: now().plus_minutes(-9), ..delivery(2) };
        assert_eq!(best_delivery(&courier(1), [&delivery(1), &older], now(), &rules), Some(older.id));
        let mut nearer = delivery(3);
        nearer.pick_up.place = courier(1).place.unwrap();
        assert_eq!(best_delivery(&courier(1), [&delivery(1), &nearer], now(), &rules), Some(nearer.id));
        assert_eq!(best_delivery(&courier(1), [&delivery(2), &delivery(1)], now(), &rules), Some(delivery(1).id));
    }

    proptest! {
        #[test]
        fn no_part_is_negative_or_over_its_points(
            metres: u32, idle_s: i32, accepted: u32, turned_down: u32, near_m in 1..20_000_u32,
        ) {
            let rules = Rules { near_m, ..rules() };
            let idle_since = Some(now().plus_seconds(-i64::from(idle_s)));
            let Score { distance, idle, acceptance } =
                score(&Courier { idle_since, accepted, turned_down, ..courier(1) }, metres, now(), &rules);
            prop_assert!((0..=DISTANCE_POINTS).contains(&distance) && (0..=IDLE_POINTS).contains(&idle));
            prop_assert!((0..=ACCEPTANCE_POINTS).contains(&acceptance));
        }

        #[test]
        fn the_choice_does_not_depend_on_the_order_of_candidates(metres in proptest::collection::vec(-6000..6000_i32, 0..6)) {
            let rules = rules();
            let couriers: Vec<Courier> = metres.iter().zip(1..).map(|(metres, number)| at(number, *metres)).collect();
            let best = best_courier(&delivery(1), &couriers, now(), &rules);
            prop_assert_eq!(best, best_courier(&delivery(1), couriers.iter().rev(), now(), &rules));
            prop_assert_eq!(best.is_some(), couriers.iter().any(|courier| may_offer(&delivery(1), courier, now(), &rules).is_some()));
        }
    }
}
