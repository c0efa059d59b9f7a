//! A restaurant and a menu for tests, made from the examples of the operations by the same code; and what happens to its
//! merchant.

use app::{Empty, Endpoint, Sweep as _, User, due_query, query_shards};
use domain::{AccountState, Event, EventId, OptionId, RestaurantId, Role, UserKind};
use serde_json::{Value, json};
use testing::{NOON, World, input, user, user_id};

use crate::{
    BasketLine, Ids, Item, Menu, NewItem, RESTAURANTS, Restaurant, add_menu_item::AddMenuItem,
    create_restaurant::CreateRestaurant, creation, follow_merchant::FollowMerchant, get_restaurant::GetRestaurant,
    paths::RestaurantPath, restaurants::DUE, sweep_restaurants::SweepRestaurants,
};

/// The number of the merchant's user id.
const MERCHANT: u16 = 7;

/// La Mama, in the middle of Bucharest.
pub fn restaurant() -> Restaurant {
    restaurant_like(1, |_| ())
}

/// The same with another id, and something changed.
pub fn restaurant_like(number: u16, change: impl FnOnce(&mut Restaurant)) -> Restaurant {
    let id = RestaurantId::from_uuid(user_id(number).uuid());
    let mut restaurant = Restaurant::new(id, user_id(MERCHANT), input(CreateRestaurant::EXAMPLE)).unwrap();
    change(&mut restaurant);
    restaurant
}

/// Who owns [`restaurant`].
pub fn merchant() -> User {
    user(user_id(MERCHANT), Role::Merchant)
}

/// Opens a restaurant, its menu empty.
pub async fn open(world: &World, restaurant: Restaurant) {
    let menu = Menu::of(&restaurant);
    world.commit(RESTAURANTS, creation(restaurant, menu).into()).await;
}

/// A world in which [`restaurant`] has this menu.
pub async fn world_with(menu: Menu) -> World {
    let world = World::new();
    world.commit(RESTAURANTS, creation(restaurant(), menu).into()).await;
    world
}

/// A soup for 20 lei and a pizza with options.
pub fn menu() -> Menu {
    let items = vec![dish("Ciorbă"), dish_with_options("Margherita")];
    Menu { items, ..Menu::of(&restaurant()) }
}

/// A soup for 20 lei, without options.
pub fn dish(name: &str) -> Item {
    let price = r#"{"section": "Soups", "name": "Soup", "price": {"amount": 2000, "currency": "RON"}}"#;
    item(name, price)
}

/// A pizza for 35 lei: its size must be chosen, and two extras may be; one of the extras is not available.
pub fn dish_with_options(name: &str) -> Item {
    item(name, AddMenuItem::EXAMPLE)
}

/// A line of a basket.
pub fn line(item: &Item, quantity: u32, options: &[OptionId]) -> BasketLine {
    BasketLine {
        item_id: item.id,
        quantity: quantity.try_into().unwrap(),
        options: options.to_vec().try_into().unwrap(),
    }
}

/// What is said of the account of [`merchant`]: its state, or that it is gone.
pub fn account_event(sequence: u16, state: Option<AccountState>) -> Event {
    let id = merchant().id;
    let kind = if state.is_some() { UserKind::Updated } else { UserKind::Deleted };
    Event {
        id: EventId::from_uuid(user_id(5000 + sequence).uuid()),
        kind: kind.into(),
        subject: id.to_string(),
        time: NOON.parse().unwrap(),
        partition_key: id.to_string(),
        sequence: sequence.into(),
        traceparent: None,
        data: json!({
            "user_id": id, "role": "merchant", "name": state.map(|_| "Maria Pop"), "state": state,
            "by": { "role": "admin", "id": user_id(503) },
        }),
    }
}

/// Lets what is said of an account be heard.
pub async fn tell(world: &World, event: &Event) {
    let context = world.context(crate::SERVICE, "follow-merchant");
    let changes = world.handle::<FollowMerchant>(&context, event).await.unwrap();
    world.commit(RESTAURANTS, changes).await;
}

/// Sweeps what is due, as a host would. Returns how much was.
pub async fn sweep(world: &World) -> usize {
    let context = world.context(crate::SERVICE, "sweep-restaurants");
    let due = due_query(DUE).before(world.clock.seconds().plus_seconds(1));
    let due = query_shards(world.store(), RESTAURANTS, &due).await.unwrap().items;
    for item in &due {
        let changes = SweepRestaurants::decide(&context, &world.system(), &item.key).await.unwrap();
        world.commit(RESTAURANTS, changes).await;
    }
    due.len()
}

/// Whether a restaurant is shown as open.
pub async fn is_open(world: &World, restaurant_id: RestaurantId) -> bool {
    let context = world.context(crate::SERVICE, "get-restaurant");
    let path = RestaurantPath { restaurant_id };
    let shown = GetRestaurant::call(&context, &None, &path, &Empty {}).await.unwrap().reply;
    match &serde_json::to_value(shown).unwrap()["state"] {
        Value::String(state) if state == "open" => true,
        Value::String(state) if state == "closed" => false,
        other => panic!("{other}"),
    }
}

fn item(name: &str, json: &str) -> Item {
    let mut count = 0_u8;
    let mut random = || {
        count += 1;
        let mut bytes = [count; 10];
        bytes.iter_mut().zip(name.bytes()).for_each(|(byte, letter)| *byte ^= letter);
        bytes
    };
    let mut ids = Ids::new(NOON.parse().unwrap(), &mut random);
    let new: NewItem = input(json);
    new.check().unwrap();
    new.check_currency(restaurant().currency).unwrap();
    Item { name: name.parse().unwrap(), ..Item::new(new, &mut ids) }
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
