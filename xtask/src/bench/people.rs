//! The people of the town who ask for things: customers and couriers of our own, and the city's merchants.

use std::{collections::HashMap, sync::Arc};

use anyhow::Result;
use domain::Role;
use http::HeaderValue;
use serde::Deserialize;
use serde_json::{Value, json};
use tiffin::city::{self, Part};

use super::{
    baskets::{self, QuoteRequest},
    client::{Ask, Client, Person},
    town::BenchTown,
};

/// How many couriers are online for each customer who orders.
const COURIERS_PER_CUSTOMER: usize = 2;
/// How many people live on each side of a square around the middle of the city.
const SIDE: usize = 20;
/// How many degrees apart they live (about 150 m).
const APART: f64 = 0.0015;

/// Somebody who orders.
pub(super) struct Customer {
    pub(super) person: Person,
    /// What they may order: one basket for each restaurant.
    pub(super) quote_requests: Vec<QuoteRequest>,
}

/// Everybody who is signed in.
pub(super) struct People {
    /// Those who order.
    pub(super) customers: Vec<Arc<Customer>>,
    /// Those who cook, by their restaurants.
    pub(super) merchants: HashMap<String, Arc<Person>>,
    /// Those who deliver, by their ids.
    pub(super) couriers: HashMap<String, Arc<Person>>,
}

/// What signing in or up replies.
#[derive(Deserialize)]
struct Session {
    access_token: String,
    user_id: String,
}

#[derive(Deserialize)]
struct Registered {
    session: Session,
}

impl People {
    /// Registers customers in a town, with couriers who are online.
    pub(super) async fn register(town: &BenchTown, customers: usize) -> Result<Self> {
        let mut client = Client::connect(town.server.address).await?;
        let mut people =
            Self { customers: Vec::new(), merchants: merchants(&mut client).await?, couriers: HashMap::new() };
        for number in 0..customers {
            let person = register(&mut client, Role::Customer, number).await?;
            let quote_requests = baskets::quote_requests(&mut client, place(number)).await?;
            people.customers.push(Arc::new(Customer { person, quote_requests }));
        }
        for number in 0..customers * COURIERS_PER_CUSTOMER {
            let courier = register(&mut client, Role::Courier, number).await?;
            let base = format!("/v1/couriers/{}", courier.id);
            put(&mut client, &courier, &base, &json!({"vehicle": "bicycle"})).await?;
            let online = json!({"online": true, "place": place(number)});
            put(&mut client, &courier, &format!("{base}/availability"), &online).await?;
            people.couriers.insert(courier.id.clone(), Arc::new(courier));
        }
        Ok(people)
    }
}

/// The city's merchants, signed in.
async fn merchants(client: &mut Client) -> Result<HashMap<String, Arc<Person>>> {
    let mut merchants = HashMap::new();
    for account in city::city().accounts() {
        let Part::Merchant { restaurants } = &account.part else { continue };
        let body = json!({"email": account.email, "password": city::PASSWORD});
        let session: Session = client.send(Ask::post("/v1/sessions", body.to_string())).await?.read()?;
        let merchant = Arc::new(Person::of(session)?);
        merchants.extend(restaurants.iter().map(|restaurant| (restaurant.to_string(), merchant.clone())));
    }
    Ok(merchants)
}

async fn register(client: &mut Client, role: Role, number: usize) -> Result<Person> {
    let email = format!("{}-{number}@bench.example", role.word());
    let body = json!({
        "email": email, "password": city::PASSWORD, "name": "Sam Bench", "role": role, "phone": "+40 700 000 000",
    });
    let registered: Registered = client.send(Ask::post("/v1/users", body.to_string())).await?.read()?;
    Person::of(registered.session)
}

async fn put(client: &mut Client, who: &Person, path: &str, body: &Value) -> Result<()> {
    client.send(Ask::put(path, body.to_string()).by(who)).await?.read::<Value>()?;
    Ok(())
}

impl Person {
    fn of(session: Session) -> Result<Self> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", session.access_token))?;
        Ok(Self { id: session.user_id, bearer })
    }
}

/// Where the person of this number lives.
fn place(number: usize) -> Value {
    let off = |steps: usize| {
        let steps = i32::try_from(steps % SIDE).unwrap_or_default() - i32::try_from(SIDE / 2).unwrap_or_default();
        f64::from(steps) * APART
    };
    // A step of seven comes by every column of a row before it repeats itself.
    json!({"lat": city::CENTRE.0 + off(number / SIDE * 3), "lon": city::CENTRE.1 + off(number * 7)})
}
