//! The theatre of the local process: its control routes, what is built for it, and which roles simulators play in it.

mod built;
mod control;
mod played;
mod switches;

use domain::Role;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tests::{Person, Reply, Town, TownOptions};
use tiffin::simulate::Simulate;

const SESSIONS: &str = "/_tiffin/sessions";
const THEATRE: &str = "/_tiffin/theatre";

/// A town with the demo city in it.
async fn city(simulate: Simulate) -> Town {
    Town::with(TownOptions { simulate, city: true, prompt: true, ..TownOptions::default() }).await
}

/// The same request from a page of the process.
fn from_own_page(town: &Town, request: RequestBuilder) -> RequestBuilder {
    request.header("origin", &town.url)
}

/// Asks for a session, as a page of the process does.
async fn session(town: &Town, who: &str) -> Reply {
    let request = town.request(Method::POST, SESSIONS, None).json(&json!({"who": who}));
    town.send(from_own_page(town, request)).await
}

/// One of the theatre's people, signed in.
async fn person(town: &Town, who: &str) -> Person {
    let session = session(town, who).await.expect(201);
    let role: Role = serde_json::from_value(session.body["role"].clone()).expect("a role");
    Person { id: session.text("user_id"), token: session.text("access_token"), role, email: String::new() }
}

/// The state that its pages get.
async fn theatre(town: &Town) -> Value {
    get(town, THEATRE).await.expect(200).body
}

async fn get(town: &Town, path: &str) -> Reply {
    town.send(town.request(Method::GET, path, None)).await
}

/// Sets the switch of a role.
async fn put(town: &Town, role: &str, on: bool) -> Reply {
    let path = format!("{THEATRE}/plays/{role}");
    town.send(town.request(Method::PUT, &path, None).json(&json!({"on": on}))).await
}

/// Dinner at the theatre's restaurant, ordered as its pages do. Returns the order's id.
async fn dinner(town: &Town, customer: &Person) -> String {
    let theatre = theatre(town).await;
    let restaurant = theatre["restaurant"]["id"].as_str().expect("an id");
    let basket = json!({"items": [theatre["dish"]], "deliver_to": theatre["home"]});
    let quote = town.post(customer, &format!("/v1/restaurants/{restaurant}/quotes"), basket).await.expect(200);
    let order = town.place(customer, &town.unique(), &quote.text("quote"), "tok_ok").await.expect(201).text("id");
    town.wait_until_idle().await;
    order
}
