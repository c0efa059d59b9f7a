//! A delivery, as its viewer may see it.

use app::{Reply, User};
use domain::{Address, DeliveryId, Eta, Money, Name, OrderId, Phone, Place, Role, Stop, Text, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Delivery, OrderStatus, Rules, State, eta::eta};

/// To how many decimals of a degree a courier who is only asked sees the drop-off: about a hundred metres.
const COARSE_DECIMALS: u32 = 3;

/// A delivery.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Delivery")]
pub struct DeliveryView {
    id: DeliveryId,
    order_id: OrderId,
    order_number: String,
    /// The order's status, as far as it is known here.
    order_status: OrderStatus,
    state: State,
    /// Where the food is fetched.
    pick_up: EndView,
    /// Where it is brought. While a courier is only asked, a place to three decimals; after the end, and for merchants, nothing.
    deliver_to: Option<EndView>,
    courier_id: Option<UserId>,
    /// The offer that was not answered yet.
    offer: Option<OfferView>,
    /// What the courier earns, the tip included; fixed when offered.
    earning: Option<Money>,
    /// When the food should be ready.
    ready_by: Option<Timestamp>,
    /// When the customer should have it.
    eta: Option<Eta>,
    /// Metres from pick-up to drop-off.
    distance_m: u32,
    version: u64,
    /// What the caller may do now.
    allowed_actions: Vec<&'static str>,
}

/// An end of the way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "DeliveryEnd", inline)]
struct EndView {
    name: Option<Name>,
    phone: Option<Phone>,
    place: Option<Place>,
    address: Option<Address>,
    notes: Option<Text>,
}

/// An offer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "DeliveryOffer", inline)]
struct OfferView {
    courier_id: UserId,
    expires_at: Timestamp,
    /// Metres from the courier to the pick-up.
    to_pick_up_m: u32,
}

/// Who looks, of those who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Viewer {
    Admin,
    /// Who waits for it.
    Customer,
    /// Whose restaurant it is.
    Merchant,
    /// The courier who is asked.
    Asked,
    /// The courier who delivers it.
    Courier,
    /// A courier who delivered it or was asked, and has nothing to do with it any more.
    Former,
}

impl DeliveryView {
    /// A delivery, as this caller may see it: they may see it anyway, or have just answered an offer of it.
    pub fn of(delivery: &Delivery, version: u64, user: &User, now: Timestamp, rules: &Rules) -> Self {
        let viewer = viewer(delivery, user);
        let offer = delivery.offer.filter(|offer| viewer == Viewer::Admin || user.is(offer.courier_id));
        let allowed = delivery.allowed_actions(user.id, now);
        let mine = viewer == Viewer::Admin || delivery.is_brought_by(user.id);
        let awaited = mine || matches!(viewer, Viewer::Customer | Viewer::Merchant);
        Self {
            id: delivery.id,
            order_id: delivery.order_id(),
            order_number: delivery.order_number.clone(),
            order_status: delivery.order_status(),
            state: delivery.state,
            pick_up: pick_up(delivery, viewer),
            deliver_to: deliver_to(delivery, viewer),
            courier_id: delivery.courier.as_ref().map(|courier| courier.id).filter(|_| awaited),
            offer: offer.map(|offer| OfferView {
                courier_id: offer.courier_id,
                expires_at: offer.expires_at,
                to_pick_up_m: offer.to_pick_up_m,
            }),
            earning: delivery.earning.filter(|_| mine || offer.is_some()),
            ready_by: delivery.progress.ready_by,
            eta: eta(delivery, rules).filter(|_| awaited),
            distance_m: delivery.distance_m,
            version,
            allowed_actions: allowed.iter().map(|action| action.word()).collect(),
        }
    }
}

impl Reply for DeliveryView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}

fn viewer(delivery: &Delivery, user: &User) -> Viewer {
    let brings = delivery.is_brought_by(user.id);
    let asked = delivery.offer.is_some_and(|offer| user.is(offer.courier_id));
    match (user.role, brings, asked) {
        (Role::Admin, ..) => Viewer::Admin,
        (Role::Customer, ..) if user.is(delivery.customer_id) => Viewer::Customer,
        (Role::Merchant, ..) if user.is(delivery.merchant_id) => Viewer::Merchant,
        (_, true, _) if !delivery.state.is_final() => Viewer::Courier,
        (_, false, true) => Viewer::Asked,
        (_, true | false, _) => Viewer::Former,
    }
}

fn pick_up(delivery: &Delivery, viewer: Viewer) -> EndView {
    let name = match viewer {
        Viewer::Admin | Viewer::Customer | Viewer::Merchant | Viewer::Asked | Viewer::Courier => {
            Some(delivery.restaurant_name.clone())
        }
        Viewer::Former => None,
    };
    end(&delivery.pick_up, name, delivery.restaurant_phone.clone())
}

fn deliver_to(delivery: &Delivery, viewer: Viewer) -> Option<EndView> {
    let contact = &delivery.contact;
    match viewer {
        Viewer::Admin | Viewer::Customer | Viewer::Courier => {
            Some(end(&delivery.deliver_to, contact.name.clone(), contact.phone.clone()))
        }
        Viewer::Asked => {
            let place = delivery.deliver_to.place.rounded(COARSE_DECIMALS);
            Some(EndView { place: Some(place), ..EndView::default() })
        }
        Viewer::Merchant | Viewer::Former => None,
    }
}

fn end(stop: &Stop, name: Option<Name>, phone: Option<Phone>) -> EndView {
    let Stop { place, address, notes } = stop.clone();
    EndView { name, phone, place: Some(place), address: Some(address), notes }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testing::user;

    use super::*;
    use crate::{
        Action,
        sample::{courier, delivery, now, progress, rules, someone},
    };

    fn seen(delivery: &Delivery, caller: &User) -> Value {
        serde_json::to_value(DeliveryView::of(delivery, 7, caller, now(), &rules())).unwrap()
    }

    fn the_courier() -> User {
        user(someone(1), Role::Courier)
    }

    fn offered() -> Delivery {
        delivery(1).offered(&courier(1), 700, now(), &rules()).unwrap()
    }

    fn assigned(status: OrderStatus) -> Delivery {
        let assigned = offered().accepted(&courier(1), now()).unwrap();
        assigned.with_progress(progress(3, status))
    }

    #[test]
    fn a_courier_who_is_asked_learns_roughly_where_it_goes() {
        let shown = seen(&offered(), &the_courier());
        let nothing = json!(null);
        let place = json!({ "lat": 44.435, "lon": 26.112 });
        let deliver_to =
            json!({ "name": nothing, "phone": nothing, "place": place, "address": nothing, "notes": nothing });
        assert_eq!(shown["deliver_to"], deliver_to);
        let text = shown.to_string();
        for hidden in ["Ana", "+40 700", "Armeneasc", "third floor", "44.43512"] {
            assert!(!text.contains(hidden), "{hidden}");
        }
        assert_eq!(shown["pick_up"]["name"], "Casa Veche");
        assert_eq!(shown["pick_up"]["address"]["street"], "Str. Lipscani 1");
        assert_eq!(shown["offer"]["to_pick_up_m"], 700);
        assert_eq!(shown["courier_id"], nothing);
        assert_eq!(shown["allowed_actions"], json!(["accept", "decline"]));
        assert_eq!(shown["earning"]["amount"], 250 + 144 + 300);
    }

    #[test]
    fn every_field_of_the_shape_is_present() {
        let shown = seen(&assigned(OrderStatus::Ready), &the_courier());
        let mut members: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        let mut wanted: Vec<&str> = "id order_id order_number order_status state pick_up deliver_to courier_id offer \
            earning ready_by eta distance_m version allowed_actions"
            .split_whitespace()
            .collect();
        wanted.sort_unstable();
        assert_eq!(members, wanted);
        assert_eq!(shown["version"], 7);
        assert_eq!(shown["state"], "assigned");
        assert_eq!(shown["offer"], json!(null));
        assert_eq!(shown["deliver_to"]["name"], "Ana Pop");
        assert_eq!(shown["deliver_to"]["notes"], "third floor");
        assert_eq!(shown["courier_id"], someone(1).to_string());
        assert!(shown["eta"]["from"].is_string());
    }

    #[test]
    fn after_the_end_their_delivery_is_shown_without_drop_off_and_names() {
        let delivered = assigned(OrderStatus::Ready).taken(now()).unwrap().completed(None, now()).unwrap();
        let shown = seen(&delivered, &the_courier());
        assert_eq!(shown["deliver_to"], json!(null));
        assert_eq!(shown["pick_up"]["name"], json!(null));
        assert_eq!(shown["eta"], json!(null));
        assert!(shown["earning"]["amount"].is_number());
        assert_eq!(shown["allowed_actions"], json!([]));
        let admin = seen(&delivered, &testing::a_user(Role::Admin));
        assert_eq!(admin["deliver_to"]["name"], "Ana Pop");
        assert_eq!(admin["pick_up"]["name"], "Casa Veche");
    }

    #[test]
    fn what_they_may_do_now_is_what_will_not_be_refused() {
        let now = now();
        let actions = |delivery: &Delivery| seen(delivery, &the_courier())["allowed_actions"].clone();
        assert_eq!(actions(&assigned(OrderStatus::Paid)), json!([]));
        assert_eq!(actions(&assigned(OrderStatus::Accepted)), json!(["pick-up"]));
        let on_the_way = assigned(OrderStatus::Ready).taken(now).unwrap();
        assert_eq!(actions(&on_the_way), json!(["complete"]));
        let admin = testing::a_user(Role::Admin);
        for delivery in [delivery(1), offered(), assigned(OrderStatus::Ready), on_the_way] {
            assert_eq!(seen(&delivery, &admin)["allowed_actions"], json!([]));
        }
    }

    #[test]
    fn the_orders_status_follows_the_food() {
        let now = now();
        let status = |delivery: &Delivery| seen(delivery, &the_courier())["order_status"].clone();
        let on_the_way = assigned(OrderStatus::Ready).taken(now).unwrap();
        assert_eq!(status(&assigned(OrderStatus::Ready)), "ready");
        assert_eq!(status(&on_the_way), "picked_up");
        assert_eq!(status(&on_the_way.completed(None, now).unwrap()), "delivered");
        let crossed = on_the_way.with_progress(progress(4, OrderStatus::Cancelled));
        assert_eq!(status(&crossed), "cancelled");
    }

    #[test]
    fn who_turned_an_offer_down_learns_nothing_of_the_next() {
        let searching = offered().turned_down(&courier(1), Action::Decline, now()).unwrap();
        let next = searching.offered(&courier(2), 900, now(), &rules()).unwrap();
        let shown = seen(&next, &the_courier());
        for member in ["offer", "earning", "courier_id", "deliver_to", "eta"] {
            assert_eq!(shown[member], json!(null), "{member}");
        }
        assert!(!shown.to_string().contains(&someone(2).to_string()));
    }
}
