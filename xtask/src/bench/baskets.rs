//! What customers order: of every restaurant that delivers to them, a basket of two dishes.

use anyhow::{Context as _, Result};
use hyper::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Ask, Client};

/// How many dishes a basket holds.
const DISHES: usize = 2;

/// A basket that may be ordered.
pub(super) struct QuoteRequest {
    /// The id of the restaurant.
    pub(super) restaurant: String,
    /// Where to ask for a quote.
    pub(super) path: String,
    /// What to send there.
    pub(super) body: Bytes,
}

#[derive(Deserialize)]
struct FoundRestaurants {
    items: Vec<FoundRestaurant>,
}

#[derive(Deserialize)]
struct FoundRestaurant {
    id: String,
    min_order: Amount,
}

#[derive(Deserialize)]
struct Menu {
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    items: Vec<Dish>,
}

#[derive(Deserialize)]
struct Dish {
    id: String,
    price: Amount,
    option_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    min: usize,
    options: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    id: String,
}

#[derive(Deserialize)]
struct Amount {
    amount: u64,
}

/// What can be ordered to this place.
pub(super) async fn quote_requests(client: &mut Client, place: Value) -> Result<Vec<QuoteRequest>> {
    let path = format!("/v1/restaurants?lat={}&lon={}&limit=100", place["lat"], place["lon"]);
    let cards: FoundRestaurants = client.send(Ask::get(&path)).await?.read()?;
    let deliver_to = json!({
        "place": place,
        "address": {"street": "Strada Lunga 7", "city": "Bucharest", "postcode": "030101", "country": "RO"},
        "notes": "second floor",
    });
    let mut requests = Vec::with_capacity(cards.items.len());
    for card in cards.items {
        let menu: Menu = client.send(Ask::get(&menu_path(&card.id))).await?.read()?;
        let body = json!({"items": basket(&menu, card.min_order.amount)?, "deliver_to": deliver_to}).to_string();
        let path = format!("/v1/restaurants/{}/quotes", card.id);
        requests.push(QuoteRequest { restaurant: card.id, path, body: body.into() });
    }
    Ok(requests)
}

/// Where the menu of a restaurant is read.
pub(super) fn menu_path(restaurant: &str) -> String {
    format!("/v1/restaurants/{restaurant}/menu")
}

/// The first dishes, with as few options as allowed, in the quantity that reaches the restaurant's minimum.
fn basket(menu: &Menu, least: u64) -> Result<Vec<Value>> {
    let dishes = menu.sections.iter().flat_map(|section| &section.items).take(DISHES);
    let price: u64 = dishes.clone().map(|dish| dish.price.amount).sum();
    let quantity = least.checked_div(price).context("a menu has dishes, and they cost something")? + 1;
    let line = |dish: &Dish| {
        let chosen = dish.option_groups.iter().flat_map(|group| group.options.iter().take(group.min));
        let options: Vec<&str> = chosen.map(|choice| choice.id.as_str()).collect();
        json!({"item_id": dish.id, "quantity": quantity, "options": options})
    };
    Ok(dishes.map(line).collect())
}
