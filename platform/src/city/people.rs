//! Who lives in the city.

use std::str::FromStr;

use deliveries::Courier;
use domain::{AccountState, Address, Email, Name, Phone, Place, RestaurantId, Role, Stop, Timestamp, UserId, Vehicle};
use users::{Account, PasswordHash};

use super::facts::{COUNTRY, FOUNDED, NAME, founding};

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoAccount {
    pub id: UserId,
    pub email: Email,
    pub name: Name,
    pub phone: Phone,
    /// What they do in the city.
    pub part: Part,
}

/// What somebody does in the city, and with what.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Orders food.
    Customer {
        /// Where they have food brought.
        home: Stop,
    },
    /// Owns restaurants.
    Merchant { restaurants: Vec<RestaurantId> },
    /// Delivers.
    Courier {
        vehicle: Vehicle,
        /// Where they begin.
        place: Place,
    },
    /// Runs the platform.
    Admin,
}

impl DemoAccount {
    pub const fn role(&self) -> Role {
        match self.part {
            Part::Customer { .. } => Role::Customer,
            Part::Merchant { .. } => Role::Merchant,
            Part::Courier { .. } => Role::Courier,
            Part::Admin => Role::Admin,
        }
    }

    /// Their account, as the service stores it.
    pub(super) fn account(&self, password: PasswordHash, now: Timestamp) -> Account {
        Account {
            id: self.id,
            email: Some(self.email.clone()),
            name: self.name.clone(),
            role: self.role(),
            state: AccountState::Active,
            phone: Some(self.phone.clone()),
            locale: None,
            password: Some(password),
            password_changed_at: None,
            created_at: now,
            epoch: 0,
        }
    }

    /// A courier's profile. They are offline, so that no offer goes to somebody who is not there.
    pub(crate) fn courier(&self) -> Option<Courier> {
        let Part::Courier { vehicle, .. } = self.part else { return None };
        Some(Courier::new(self.id, self.name.clone(), vehicle, Some(self.phone.clone())))
    }
}

/// A login, a name, and what else the part needs.
type Row<T> = (&'static str, &'static str, T);

/// Customers: where they live. The first is left to people who try the API by hand.
const CUSTOMERS: [Row<(&'static str, &'static str, f64, f64)>; 6] = [
    ("ana", "Ana Popescu", ("Bd. Magheru 7", "010322", 44.4361, 26.1027)),
    ("mihai", "Mihai Dumitru", ("Str. Armenească 12", "021042", 44.4372, 26.1105)),
    ("sofia", "Sofia Marin", ("Calea Moșilor 88", "030157", 44.4345, 26.1098)),
    ("tudor", "Tudor Stan", ("Str. Berzei 40", "010525", 44.4408, 26.0842)),
    ("irina", "Irina Vlad", ("Bd. Mărășești 21", "040251", 44.4192, 26.1036)),
    ("matei", "Matei Georgescu", ("Str. Washington 9", "011793", 44.4531, 26.0880)),
];

/// Merchants: a login and a name.
const MERCHANTS: [(&str, &str); 8] = [
    ("ioana", "Ioana Zamfirescu"),
    ("luca", "Luca Ferri"),
    ("andrei", "Andrei Neagu"),
    ("yuki", "Yuki Tanaka"),
    ("mei", "Mei Lin"),
    ("priya", "Priya Nair"),
    ("karim", "Karim Haddad"),
    ("elena", "Elena Dobre"),
];

/// Couriers: what they ride and where they begin.
const COURIERS: [Row<(Vehicle, f64, f64)>; 10] = [
    ("radu", "Radu Ilie", (Vehicle::Bicycle, 44.4325, 26.1010)),
    ("bogdan", "Bogdan Matei", (Vehicle::Scooter, 44.4390, 26.0975)),
    ("cristina", "Cristina Oprea", (Vehicle::Bicycle, 44.4440, 26.1040)),
    ("dan", "Dan Stoica", (Vehicle::Car, 44.4500, 26.0930)),
    ("eva", "Eva Lungu", (Vehicle::Bicycle, 44.4270, 26.1080)),
    ("florin", "Florin Barbu", (Vehicle::Scooter, 44.4205, 26.1090)),
    ("gabi", "Gabi Tănase", (Vehicle::Foot, 44.4310, 26.1025)),
    ("horia", "Horia Munteanu", (Vehicle::Car, 44.4365, 26.0820)),
    ("ilinca", "Ilinca Rusu", (Vehicle::Bicycle, 44.4360, 26.1120)),
    ("jana", "Jana Crăciun", (Vehicle::Scooter, 44.4480, 26.1060)),
];

/// Everybody; merchants own nothing yet.
pub(super) fn everybody() -> Vec<DemoAccount> {
    let customers = CUSTOMERS.into_iter().map(|(login, name, (street, postcode, lat, lon))| {
        let place = Place::new(lat, lon).expect("homes are on Earth");
        let home = Stop { place, address: address(street, postcode), notes: None };
        (login, name, Part::Customer { home })
    });
    let merchants =
        MERCHANTS.into_iter().map(|(login, name)| (login, name, Part::Merchant { restaurants: Vec::new() }));
    let couriers = COURIERS.into_iter().map(|(login, name, (vehicle, lat, lon))| {
        let place = Place::new(lat, lon).expect("couriers are on Earth");
        (login, name, Part::Courier { vehicle, place })
    });
    let admin = ("admin", "Alexandra Ionescu", Part::Admin);
    let everybody = customers.chain(merchants).chain(couriers).chain([admin]);
    (100..).zip(everybody).map(|(number, (login, name, part))| person(number, login, name, part)).collect()
}

/// An address in the city.
pub(super) fn address(street: &str, postcode: &str) -> Address {
    Address { street: parse(street), city: parse(NAME), postcode: Some(parse(postcode)), country: parse(COUNTRY) }
}

/// Somebody who signs in as `login`; the number ends their phone number, which no two share.
pub(super) fn person(number: u32, login: &str, name: &str, part: Part) -> DemoAccount {
    let email: Email = parse(&format!("{login}@tiffin.example"));
    let id = UserId::derived(FOUNDED, &founding(), &email);
    DemoAccount { id, email, name: parse(name), phone: parse(&format!("+40 700 000 {number}")), part }
}

/// Parses a word of the city's own data.
fn parse<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("the city's own words are well-formed")
}
