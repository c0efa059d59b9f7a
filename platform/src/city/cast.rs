//! The theatre's own: a restaurant with its owner, a customer and a courier. Nobody else in the city has to do with them.
//!
//! Where they are keeps them apart. The restaurant stands farther from every other than couriers are looked for, so that
//! its courier is asked for its orders and no others; and it delivers to nobody's home but its customer's.

use app::{Changes, Table};
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
/// What is ordered for whoever only wants to watch.
const DINNER: &str = "Margherita";
/// How many of it.
const DINNER_QUANTITY: u32 = 2;

/// The theatre's own, before they are built.
#[derive(Clone, Debug)]
pub struct Cast {
    kitchen: Kitchen,
    /// Where the customer has food brought.
    pub home: Stop,
    /// Who orders.
    pub customer: DemoAccount,
    /// Who cooks.
    pub merchant: DemoAccount,
    /// Who delivers.
    pub courier: DemoAccount,
    /// What the courier rides.
    pub vehicle: Vehicle,
}

/// A dish as it is ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dish {
    /// Which.
    pub item_id: ItemId,
    /// How many.
    pub quantity: u32,
    /// Chosen how.
    pub options: Vec<OptionId>,
}

/// The theatre's own.
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
    let (vehicle, place) = (Vehicle::Scooter, kitchen.restaurant.place);
    let courier = person(FIRST_NUMBER + 2, "nico", "Nico Pavel", Part::Courier { vehicle, place });
    Cast { kitchen, home, customer, merchant, courier, vehicle }
}

impl Cast {
    /// What builds it, each a transaction of its own table. Everybody's password is the one of that hash.
    pub fn changes(&self, password: &PasswordHash, now: Timestamp) -> Vec<(Table, Changes)> {
        let accounts = [&self.customer, &self.merchant, &self.courier].map(|person| {
            let account = person.account(password.clone(), now);
            (USERS, users::registration(&account))
        });
        let kitchen = (RESTAURANTS, self.kitchen.creation());
        let courier = self.courier.courier().map(|courier| {
            // Offline, but where the stand is, so that coming online is enough.
            let waiting = Courier { place: Some(self.stand()), located_at: Some(now), ..courier };
            (DELIVERIES, deliveries::enlistment(&waiting))
        });
        accounts.into_iter().chain([kitchen]).chain(courier).collect()
    }

    /// The restaurant.
    pub const fn restaurant(&self) -> &Restaurant {
        &self.kitchen.restaurant
    }

    /// Where the courier waits: at the restaurant's door.
    pub const fn stand(&self) -> Place {
        self.kitchen.restaurant.place
    }

    /// Whom one may sign in as by this word.
    pub fn person(&self, role: Role) -> Option<&DemoAccount> {
        match role {
            Role::Customer => Some(&self.customer),
            Role::Merchant => Some(&self.merchant),
            Role::Courier => Some(&self.courier),
            Role::Admin => None,
        }
    }

    /// What is ordered for whoever only wants to watch: of each group as few options as it asks for, the first ones.
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
