//! The theatre's own: a restaurant with its owner, a customer and a courier. Nobody else in the city has to do with them.
//!
//! Distance separates them. The restaurant is farther from every other than couriers are looked for, so that its courier is
//! asked for its orders and no others; and it delivers to nobody's home but its customer's.

use app::{Changes, Draft, Table};
use deliveries::{Courier, DELIVERIES};
use domain::{ItemId, OptionId, Place, Role, Stop, Text, Timestamp, Vehicle};
use restaurants::{RESTAURANTS, Restaurant};
use users::{PasswordHash, USERS};

use super::{
    DemoAccount, Part,
    kitchens::{self, Kitchen},
    people::{address, person},
};

/// The theatre's people are numbered from here.
const FIRST_NUMBER: u32 = 200;
/// Where the customer has food brought: degrees north and east.
const HOME: (f64, f64) = (44.3950, 26.0880);
/// What is ordered for somebody who only wants to watch.
const DINNER: &str = "Margherita";
/// How many dinners are ordered.
const DINNER_QUANTITY: u32 = 2;

/// The theatre's own, before they are built.
#[derive(Clone, Debug)]
pub struct Cast {
    pub(super) kitchen: Kitchen,
    /// Where the customer has food brought.
    pub home: Stop,
    pub customer: DemoAccount,
    pub merchant: DemoAccount,
    pub courier: DemoAccount,
    pub vehicle: Vehicle,
}

/// A dish as it is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dish {
    pub item_id: ItemId,
    pub quantity: u32,
    /// The chosen ones of every group.
    pub options: Vec<OptionId>,
}

/// The theatre's own, the same every time.
///
/// # Panics
/// Never: what they are made of is tested.
pub fn cast() -> Cast {
    let notes: Text = "Second floor, the bell says Dobre".parse().expect("the notes are well-formed");
    let home = Stop {
        place: Place::new(HOME.0, HOME.1).expect("the home is on Earth"),
        address: address("Str. Lunca Bârzești 7", "040195"),
        notes: Some(notes),
    };
    let customer = person(FIRST_NUMBER, "mara", "Mara Dobre", Part::Customer { home: home.clone() });
    let owner = person(FIRST_NUMBER + 1, "enzo", "Enzo Bianchi", Part::Merchant { restaurants: Vec::new() });
    let mut kitchens = kitchens::every_kitchen(kitchens::THEATRE, |_| owner.id);
    let kitchen = kitchens.pop().expect("the theatre has a restaurant");
    let restaurants = vec![kitchen.restaurant.id];
    let merchant = DemoAccount { part: Part::Merchant { restaurants }, ..owner };
    let vehicle = Vehicle::Scooter;
    let place = kitchen.restaurant.place;
    let courier = person(FIRST_NUMBER + 2, "nico", "Nico Pavel", Part::Courier { vehicle, place });
    Cast { kitchen, home, customer, merchant, courier, vehicle }
}

impl Cast {
    /// The changes that build it, a transaction of its own each. `password` is the hash of everybody's password.
    pub fn changes(&self, password: &PasswordHash, now: Timestamp) -> Vec<(Table, Changes)> {
        let accounts = [&self.customer, &self.merchant, &self.courier].map(|person| {
            let account = person.account(password.clone(), now);
            (USERS, users::registration(&account))
        });
        let kitchen = (RESTAURANTS, self.kitchen.creation());
        let courier = self.courier.courier().map(|courier| {
            // Offline, but where the stand is, so that coming online is enough.
            let waiting = Courier { place: Some(self.stand()), located_at: Some(now), ..courier };
            (DELIVERIES, Draft::new(&waiting.id, waiting.clone()).into())
        });
        accounts.into_iter().chain([kitchen]).chain(courier).collect()
    }

    pub const fn restaurant(&self) -> &Restaurant {
        &self.kitchen.restaurant
    }

    /// Where the courier waits: at the restaurant's door.
    pub fn stand(&self) -> Place {
        self.kitchen.restaurant.place
    }

    /// The person who plays this role, if there is one.
    pub fn person(&self, role: Role) -> Option<&DemoAccount> {
        match role {
            Role::Customer => Some(&self.customer),
            Role::Merchant => Some(&self.merchant),
            Role::Courier => Some(&self.courier),
            Role::Admin => None,
        }
    }

    /// What is ordered for somebody who only wants to watch: of each group as few options as it asks for, the first ones.
    ///
    /// # Panics
    /// Never: what the menu holds is tested.
    pub fn dinner(&self) -> Dish {
        let item = self.kitchen.menu.items.iter().find(|item| item.name.as_str() == DINNER);
        let item = item.expect("dinner is on the menu");
        let options = item.option_groups.iter().flat_map(|group| {
            let fewest = usize::try_from(group.min.get()).unwrap_or(usize::MAX);
            group.options.iter().take(fewest).map(|option| option.id)
        });
        Dish { item_id: item.id, quantity: DINNER_QUANTITY, options: options.collect() }
    }
}

#[cfg(test)]
mod tests {
    use deliveries::NEAR_M;

    use super::*;
    use crate::city::{DemoCity, city};

    /// Everybody's restaurant but the theatre's.
    fn others() -> impl Iterator<Item = Restaurant> {
        city().kitchens.into_iter().map(|kitchen| kitchen.restaurant)
    }

    fn near_m() -> u32 {
        NEAR_M.default.try_into().unwrap()
    }

    #[test]
    fn nobody_of_the_theatre_is_anybody_of_the_city() {
        let cast = cast();
        let DemoCity { people, .. } = city();
        for role in [Role::Customer, Role::Merchant, Role::Courier] {
            let person = cast.person(role).unwrap();
            assert_eq!(person.role(), role);
            let is_other =
                |other: &DemoAccount| other.id != person.id && other.email != person.email && other.name != person.name;
            assert!(people.iter().all(|other| is_other(other) && other.phone != person.phone), "{role}");
        }
        assert_eq!(cast.person(Role::Admin), None);
        let restaurant = cast.restaurant();
        assert_eq!(restaurant.merchant_id, cast.merchant.id);
        assert!(others().all(|other| other.name != restaurant.name && other.phone != restaurant.phone));
    }

    #[test]
    fn nobody_who_is_simulated_lives_where_its_restaurant_delivers() {
        let cast = cast();
        let delivers_to =
            |place: Place| cast.restaurant().place.distance_m(place) <= cast.restaurant().delivery_radius_m.get();
        assert!(delivers_to(cast.home.place));
        for person in city().people {
            let Part::Customer { home } = person.part else { continue };
            assert!(!delivers_to(home.place), "{}", person.name);
        }
    }

    #[test]
    fn its_courier_is_asked_first_and_for_no_other_orders() {
        let cast = cast();
        for other in others() {
            let metres = other.place.distance_m(cast.stand());
            assert!(metres > near_m(), "{} is {metres} m away", other.name);
        }
        // At a drop-off, until they are back, they are nearer than anybody else in the city has reason to be.
        let from_home = cast.home.place.distance_m(cast.stand());
        let homes = city().people.into_iter().filter_map(|person| match person.part {
            Part::Customer { home } => Some(home.place),
            Part::Courier { place, .. } => Some(place),
            Part::Merchant { .. } | Part::Admin => None,
        });
        let distances: Vec<u32> = homes.map(|place| place.distance_m(cast.stand())).collect();
        // Resting and always taking offers is worth half of near.
        assert!(distances.iter().all(|metres| *metres > from_home + near_m() / 2), "{distances:?}");
        assert!(distances.iter().any(|metres| *metres < near_m()), "but somebody would come, were they not there");
    }

    #[test]
    fn its_customer_is_in_reach_of_most_and_nearest_to_its_restaurant() {
        let cast = cast();
        let from_home = |restaurant: &Restaurant| restaurant.place.distance_m(cast.home.place);
        let near = others().filter(|other| from_home(other) <= other.delivery_radius_m.get());
        assert!(near.count() > 10);
        assert!(others().all(|other| from_home(&other) > from_home(cast.restaurant())));
    }

    #[test]
    fn dinner_is_an_order_that_its_menu_allows() {
        let cast = cast();
        let Dish { item_id, quantity, options } = cast.dinner();
        let item = cast.kitchen.menu.item(item_id).unwrap();
        assert!(item.price.times(quantity).unwrap().amount >= cast.restaurant().min_order.amount);
        let mut chosen = 0;
        for group in &item.option_groups {
            let of_group = group.options.iter().filter(|option| options.contains(&option.id)).count();
            assert!((group.min.get()..=group.max.get()).contains(&of_group.try_into().unwrap()), "{}", group.name);
            chosen += of_group;
        }
        assert_eq!(chosen, options.len());
    }

    #[test]
    fn its_menu_shows_all_that_a_menu_can() {
        let items = cast().kitchen.menu.items;
        let mut sections: Vec<&str> = items.iter().map(|item| item.section.as_str()).collect();
        sections.dedup();
        assert_eq!(sections, ["Starters", "Pizza", "Pasta", "Desserts", "Drinks"]);
        let groups = || items.iter().flat_map(|item| &item.option_groups);
        assert!(groups().any(|group| group.min.get() == 1 && group.max.get() == 1), "one of several");
        assert!(groups().any(|group| group.min.get() == 0 && group.max.get() > 1), "some or none");
        assert!(groups().any(|group| group.min.get() == 2 && group.max.get() == 2), "two of several");
        assert!(
            items.iter().any(|item| !item.allergens.is_empty()) && items.iter().any(|item| !item.dietary.is_empty())
        );
        assert!(items.iter().all(|item| item.picture.is_some()));
    }
}
