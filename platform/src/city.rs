//! The small city that a first start builds: restaurants with menus, couriers, and people to sign in as.
//!
//! It is the same every time, down to the ids, and is made by the services' own constructors, so that nothing can be in
//! it that the API would refuse.

mod cast;
mod facts;
mod kitchens;
mod people;
mod seeding;

use app::{Changes, Draft, Table};
use deliveries::{Courier, DELIVERIES};
use domain::{Email, ItemId, RestaurantId, Role, Timestamp, UserId};
use restaurants::RESTAURANTS;
use users::{PasswordHash, USERS};

pub use cast::{Cast, Dish, cast};
pub use facts::{CENTRE, COUNTRY, EXAMPLE_STOP, NAME, PASSWORD, RADIUS_M};
pub use people::{DemoAccount, Part};
pub use seeding::{BuildError, build, build_without_theatre, is_built};

use kitchens::Kitchen;

/// A dish of the first restaurant that needs no options.
const EXAMPLE_DISH: &str = "Sarmale cu mămăligă";

/// The city, before it is built.
#[derive(Clone, Debug)]
pub struct DemoCity {
    people: Vec<DemoAccount>,
    kitchens: Vec<Kitchen>,
}

/// The demo city, the same every time.
///
/// # Panics
/// Never: what it is made of is tested.
pub fn city() -> DemoCity {
    let mut people = people::everybody();
    let kitchens = kitchens::every_kitchen(kitchens::CITY, |merchant| {
        let owner = people.iter().find(|person| person.email.as_str() == merchant);
        owner.expect("each restaurant has an owner in the city").id
    });
    for person in &mut people {
        if let Part::Merchant { restaurants } = &mut person.part {
            let own = kitchens.iter().filter(|kitchen| kitchen.restaurant.merchant_id == person.id);
            restaurants.extend(own.map(|kitchen| kitchen.restaurant.id));
        }
    }
    DemoCity { people, kitchens }
}

impl DemoCity {
    /// The changes that build it, a transaction of its own each. `password` is the hash of everybody's password.
    pub fn changes(&self, password: &PasswordHash, now: Timestamp) -> Vec<(Table, Changes)> {
        let accounts = self.people.iter().map(|person| {
            let account = person.account(password.clone(), now);
            (USERS, users::registration(&account))
        });
        let kitchens = self.kitchens.iter().map(|kitchen| (RESTAURANTS, kitchen.creation()));
        let couriers = self.couriers().map(|courier| (DELIVERIES, Draft::new(&courier.id, courier.clone()).into()));
        accounts.chain(kitchens).chain(couriers).collect()
    }

    /// Its couriers, offline.
    pub fn couriers(&self) -> impl Iterator<Item = Courier> {
        self.people.iter().filter_map(DemoAccount::courier)
    }

    /// The accounts that simulators play: all but the customer who is left to people who try the API by hand.
    pub fn accounts(&self) -> Vec<DemoAccount> {
        let by_hand = self.customer();
        self.people.iter().filter(|person| person.email != by_hand).cloned().collect()
    }

    /// How many restaurants there are.
    pub fn restaurant_count(&self) -> usize {
        self.kitchens.len()
    }

    /// Who to sign in as: one person of each role.
    pub fn sign_ins(&self) -> Vec<(&'static str, Email)> {
        vec![
            (Role::Customer.word(), self.customer()),
            (Role::Merchant.word(), self.example_merchant()),
            (Role::Courier.word(), self.example_courier().1),
            (Role::Admin.word(), self.first(Role::Admin).email.clone()),
        ]
    }

    /// The customer that no simulator plays.
    pub fn customer(&self) -> Email {
        self.first(Role::Customer).email.clone()
    }

    /// A dish that needs no options, of which two make an order; and its restaurant.
    ///
    /// # Panics
    /// Never: what the city is made of is tested.
    pub fn example_dish(&self) -> (RestaurantId, ItemId) {
        let menu = &self.kitchens[0].menu;
        let dish = menu.items.iter().find(|item| item.name.as_str() == EXAMPLE_DISH);
        (menu.restaurant_id, dish.expect("the example is on the menu").id)
    }

    /// The owner of that restaurant.
    ///
    /// # Panics
    /// Never: what the city is made of is tested.
    pub fn example_merchant(&self) -> Email {
        let owner = self.kitchens[0].restaurant.merchant_id;
        let owner = self.people.iter().find(|person| person.id == owner);
        owner.expect("each restaurant has an owner in the city").email.clone()
    }

    pub fn example_courier(&self) -> (UserId, Email) {
        let courier = self.first(Role::Courier);
        (courier.id, courier.email.clone())
    }

    fn first(&self, role: Role) -> &DemoAccount {
        self.people.iter().find(|person| person.role() == role).expect("there is somebody of every role")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use app::MAX_WRITES;
    use domain::{Password, Place, Stop};
    use restaurants::{Allergen, Dietary};

    use super::{facts::FOUNDED, *};

    fn changes() -> Vec<(Table, Changes)> {
        let hash = serde_json::from_str("\"a hash\"").unwrap();
        let now = Timestamp::of(FOUNDED);
        [city().changes(&hash, now), cast().changes(&hash, now)].concat()
    }

    /// Every dish, the theatre's too.
    fn dishes() -> impl Iterator<Item = restaurants::Item> {
        let kitchens = city().kitchens.into_iter().chain([cast().kitchen]);
        kitchens.flat_map(|kitchen| kitchen.menu.items)
    }

    #[test]
    fn it_is_the_same_every_time_and_nothing_in_it_is_there_twice() {
        let built = changes();
        assert_eq!(built, changes());
        let writes =
            built.iter().flat_map(|(table, changes)| changes.writes.iter().map(|write| (table.name, write.key())));
        assert_eq!(writes.clone().collect::<BTreeSet<_>>().len(), writes.count());
        assert!(built.iter().all(|(_, changes)| (1..=MAX_WRITES).contains(&changes.writes.len())));
        let options = dishes().flat_map(|item| item.option_groups).flat_map(|group| group.options);
        let options: Vec<_> = options.map(|option| option.id).collect();
        assert_eq!(options.iter().collect::<BTreeSet<_>>().len(), options.len());
    }

    #[test]
    fn twenty_restaurants_of_eight_dishes_stand_in_reach_of_everybody() {
        let DemoCity { people, kitchens } = city();
        assert_eq!(kitchens.len(), 20);
        let centre = Place::new(CENTRE.0, CENTRE.1).unwrap();
        let homes = people.iter().filter_map(|person| match &person.part {
            Part::Customer { home } => Some(home.place),
            Part::Merchant { .. } | Part::Courier { .. } | Part::Admin => None,
        });
        for place in homes.chain([centre]) {
            let reach = |kitchen: &&Kitchen| {
                kitchen.restaurant.place.distance_m(place) <= kitchen.restaurant.delivery_radius_m.get()
            };
            assert!(kitchens.iter().filter(reach).count() >= 15, "{place:?}");
        }
        assert!(kitchens.iter().all(|kitchen| kitchen.menu.items.len() == 8));
        assert!(kitchens.iter().all(|kitchen| kitchen.restaurant.place.distance_m(centre) <= RADIUS_M));
    }

    #[test]
    fn what_dishes_are_for_agrees_with_what_is_in_them() {
        for item in dishes() {
            let is = |diet| item.dietary.contains(&diet);
            let holds = |of: &[Allergen]| of.iter().any(|allergen| item.allergens.contains(allergen));
            let sea = [Allergen::Fish, Allergen::Crustaceans, Allergen::Molluscs];
            assert!(!is(Dietary::Vegetarian) || !holds(&sea), "{}", item.name);
            assert!(!is(Dietary::Vegan) || !holds(&[Allergen::Milk, Allergen::Eggs]), "{}", item.name);
            assert!(!is(Dietary::Vegan) || (is(Dietary::Vegetarian) && is(Dietary::LactoseFree)), "{}", item.name);
            assert!(!is(Dietary::LactoseFree) || !holds(&[Allergen::Milk]), "{}", item.name);
            assert!(!is(Dietary::GlutenFree) || !holds(&[Allergen::Gluten]), "{}", item.name);
        }
    }

    #[test]
    fn the_example_makes_an_order() {
        let city = city();
        let (restaurant, dish) = city.example_dish();
        let Kitchen { restaurant: kitchen, menu } =
            city.kitchens.iter().find(|kitchen| kitchen.restaurant.id == restaurant).unwrap();
        let dish = menu.item(dish).unwrap();
        assert!(dish.option_groups.is_empty());
        assert!(dish.price.times(2).unwrap().amount >= kitchen.min_order.amount);
        let stop: Stop = serde_json::from_str(EXAMPLE_STOP).unwrap();
        assert!(kitchen.place.distance_m(stop.place) <= kitchen.delivery_radius_m.get());
        assert!(!EXAMPLE_STOP.contains('\''));
        assert!(PASSWORD.parse::<Password>().is_ok());
    }

    #[test]
    fn simulators_play_everybody_but_the_customer_left_to_the_newcomer() {
        let city = city();
        let accounts = city.accounts();
        assert_eq!(accounts.len() + 1, city.people.len());
        assert!(accounts.iter().all(|account| account.email != city.customer()));
        let owned = accounts.iter().filter_map(|account| match &account.part {
            Part::Merchant { restaurants } => Some(restaurants.len()),
            Part::Customer { .. } | Part::Courier { .. } | Part::Admin => None,
        });
        assert_eq!(owned.clone().sum::<usize>(), 20);
        assert!(owned.min() > Some(0));
        let roles: Vec<&str> = city.sign_ins().iter().map(|(role, _)| *role).collect();
        assert_eq!(roles, ["customer", "merchant", "courier", "admin"]);
    }
}
