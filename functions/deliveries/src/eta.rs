//! When the customer should have the food.

use domain::Eta;

use crate::{Delivery, Rules, State};

/// From assignment to the end: the way to the pick-up, but not before the food is ready, then the way to the customer
/// (begun minutes count whole), give or take the spread. It counts from when things happened, not from when it is
/// shown, so that it stays until something happens.
pub(crate) fn eta(delivery: &Delivery, rules: &Rules) -> Option<Eta> {
    let leaves_at = match delivery.state {
        State::Assigned => {
            let to_pick_up = rules.pace.travel_minutes(delivery.to_pick_up_m.unwrap_or(0));
            let arrives_at = delivery.assigned_at?.plus_minutes(to_pick_up);
            delivery.progress.ready_by.map_or(arrives_at, |ready_by| ready_by.max(arrives_at))
        }
        State::PickedUp => delivery.picked_up_at?,
        State::Searching | State::Offered | State::Delivered | State::Failed | State::Cancelled => return None,
    };
    let middle = leaves_at.plus_minutes(rules.pace.travel_minutes(delivery.distance_m));
    let from = middle.plus_minutes(-rules.pace.spread_minutes).max(leaves_at);
    Some(Eta { from, to: middle.plus_minutes(rules.pace.spread_minutes) })
}

#[cfg(test)]
mod tests {
    use app::Projected;

    use super::*;
    use crate::{
        OrderProgress, OrderStatus,
        sample::{courier, delivery, now, progress, rules},
    };

    #[test]
    fn it_is_the_way_there_the_cooking_and_the_way_back_give_or_take() {
        let rules = rules();
        let minutes = |delivery: &Delivery| {
            eta(delivery, &rules).map(|eta| [eta.from, eta.to].map(|at| now().seconds_until(at) / 60))
        };
        let searching = Delivery { distance_m: 2000, ..delivery(1) };
        assert_eq!(minutes(&searching), None);
        let offered = searching.offered(&courier(1), 600, now(), &rules).unwrap();
        assert_eq!(minutes(&offered), None);
        let assigned = offered.accepted(&courier(1), now()).unwrap();
        assert_eq!(minutes(&assigned), Some([6, 16]), "3 to the pick-up, 8 from there");
        let ready_by = Some(now().plus_minutes(20));
        let accepted = OrderProgress { ready_by, ..*progress(3, OrderStatus::Accepted) };
        let cooking = assigned.with_progress(Projected { value: accepted, sequence: 3 });
        assert_eq!(minutes(&cooking), Some([23, 33]), "ready after 20, 8 from there");
        let on_the_way = cooking.taken(now().plus_minutes(1)).unwrap();
        assert_eq!(minutes(&on_the_way), Some([4, 14]));
        let near = Delivery { distance_m: 1, ..on_the_way.clone() };
        assert_eq!(minutes(&near), Some([1, 7]), "not before the pick-up");
        assert_eq!(minutes(&on_the_way.completed(None, now()).unwrap()), None);
    }
}
